package coaching

// CalendarOutcome is how far a calendar mail has come.
type CalendarOutcome string

// The outcomes.
const (
	CalendarWaits   CalendarOutcome = "waits"   // it surely has not left
	CalendarUnknown CalendarOutcome = "unknown" // it was tried, and may have left
	CalendarLeft    CalendarOutcome = "left"
	CalendarDropped CalendarOutcome = "dropped" // it will not leave
)

// QueuedCalendarMail is a calendar mail of one UID to one person.
type QueuedCalendarMail struct {
	Method  CalendarMethod
	Outcome CalendarOutcome
}

// NextCalendarMail says which of the mails of one UID to one person leaves next, and which
// ones will not leave at all, so that a CANCEL never overtakes its REQUEST (R11). The mails
// are in the order in which they were planned; next is -1 where none is to leave.
//
//   - One leaves at a time. One that may have left is tried again, with the same bytes,
//     before any other.
//   - What waits is dropped where a later REQUEST waits as well: that one says it all.
//   - A CANCEL is dropped, with the REQUEST before it, where the person's calendar surely
//     does not hold the session. Where it does, what waits leaves in order, so that the
//     person knows of the time that is cancelled.
func NextCalendarMail(queue []QueuedCalendarMail) (next int, dropped []int) {
	holds := false
	var waits []int
	for i, m := range queue {
		switch m.Outcome {
		case CalendarUnknown:
			return i, nil
		case CalendarLeft:
			holds = m.Method == CalendarRequest
		case CalendarWaits:
			if m.Method == CalendarRequest {
				dropped = append(dropped, waits...)
				waits = nil
			}
			waits = append(waits, i)
		}
	}
	if len(waits) == 0 {
		return -1, dropped
	}
	last := queue[waits[len(waits)-1]]
	if last.Method == CalendarCancel && !holds {
		return -1, append(dropped, waits...)
	}
	return waits[0], dropped
}
