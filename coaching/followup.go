package coaching

import (
	"fmt"
	"time"
)

// FollowUp is one step of the follow-up of an open item: a reminder to those
// who have not answered, or, last, the word to the coach that it stays open.
type FollowUp struct {
	Step int // from 1
	At   time.Time
	// Escalate marks the last step, which goes to the coach.
	Escalate bool
}

// Name is the step's part in keys and on pages.
func (f FollowUp) Name() string {
	if f.Escalate {
		return "escalation"
	}
	return fmt.Sprintf("reminder-%d", f.Step)
}

// FollowUpRule is the organization's rule for what waits for an answer.
type FollowUpRule struct {
	// Every is the distance of reminders without a due date, Most their number.
	Every time.Duration
	Most  int
	// BeforeDue are the last calls before a due date.
	BeforeDue time.Duration
	// MinGap is the least distance between two mails about the same thing.
	MinGap time.Duration
}

// DefaultFollowUp reminds at half and three quarters of the time and one day
// before the due date; without a due date every three days, five times. Then
// the coach is told.
var DefaultFollowUp = FollowUpRule{Every: 72 * time.Hour, Most: 5, BeforeDue: 24 * time.Hour, MinGap: 4 * time.Hour}

// Plan lays out the follow-up of an item issued at from and due at due (zero:
// no due date). Steps that would come too close to the one before are left
// out; numbering is by order, so that step n of one plan is always the same. A
// due date that had passed before the issue is none: nobody is told that an
// item stays open which has only just gone out.
func (r FollowUpRule) Plan(from, due time.Time) []FollowUp {
	if !due.After(from) {
		return r.openEnded(from)
	}
	span := due.Sub(from)
	wanted := []time.Time{from.Add(span / 2), from.Add(span * 3 / 4), due.Add(-r.BeforeDue)}
	var plan []FollowUp
	last := from
	for _, at := range inOrder(wanted) {
		if at.Sub(last) < r.MinGap || due.Sub(at) < r.MinGap {
			continue
		}
		plan = append(plan, FollowUp{Step: len(plan) + 1, At: at})
		last = at
	}
	return append(plan, FollowUp{Step: len(plan) + 1, At: due, Escalate: true})
}

func (r FollowUpRule) openEnded(from time.Time) []FollowUp {
	plan := make([]FollowUp, 0, r.Most+1)
	for step := 1; step <= r.Most+1; step++ {
		at := from.Add(time.Duration(step) * r.Every)
		plan = append(plan, FollowUp{Step: step, At: at, Escalate: step == r.Most+1})
	}
	return plan
}

func inOrder(times []time.Time) []time.Time {
	for i := 1; i < len(times); i++ {
		for j := i; j > 0 && times[j].Before(times[j-1]); j-- {
			times[j], times[j-1] = times[j-1], times[j]
		}
	}
	return times
}

// FollowUpsOf is the plan of an open item, split in what is still to come and
// what had passed when the plan was made and is dropped.
func (r FollowUpRule) FollowUpsOf(item ItemState) (pending, dropped []FollowUp) {
	if item.Status != Open {
		return nil, nil
	}
	for _, f := range r.Plan(item.FollowFrom, item.DueAt) {
		switch {
		case f.Step <= item.Followed:
		case f.At.Before(item.PlannedAt) && !f.Escalate:
			dropped = append(dropped, f)
		default:
			pending = append(pending, f)
		}
	}
	return pending, dropped
}

// NextFollowUp is the step that comes next, if there is one.
func (r FollowUpRule) NextFollowUp(item ItemState) (FollowUp, bool) {
	pending, _ := r.FollowUpsOf(item)
	if len(pending) == 0 {
		return FollowUp{}, false
	}
	return pending[0], true
}
