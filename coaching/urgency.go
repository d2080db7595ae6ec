package coaching

import "time"

// endOfUrgency is so far ahead that nothing is planned behind it: 2200-01-01 in seconds
// since 1970. The migration that made the column reckons with the same.
const endOfUrgency = 7258118400

// Urgency orders programs in lists, the greatest first: what is overdue for longest, then
// what comes next, by its moment. It counts the seconds from then to a far end, so that
// it does not change as time passes. 0 is a program in which nothing is due or planned.
func Urgency(items []ItemState) int64 {
	first := FirstDue(items)
	for _, item := range items {
		first = earlier(first, item.Next.At)
	}
	if first.IsZero() {
		return 0
	}
	return max(endOfUrgency-first.Unix(), 1)
}

// UrgencyAt is the urgency of a program whose first moment is t.
func UrgencyAt(t time.Time) int64 { return endOfUrgency - t.Unix() }

// FirstDue is when the first of the open items is due; zero where none is.
func FirstDue(items []ItemState) (due time.Time) {
	for _, item := range items {
		if item.Status == Open {
			due = earlier(due, item.DueAt)
		}
	}
	return due
}

// earlier is the earlier of two moments, of which each may be none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}
