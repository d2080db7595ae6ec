package coaching

import (
	"slices"
	"time"
)

// LadderZones are the clocks of the audiences; one that is not known is UTC.
type LadderZones struct{ Reader, Coach, Admins *time.Location }

func (z LadderZones) of(to Audience) *time.Location {
	zone := z.Reader
	switch to {
	case ToCoach:
		zone = z.Coach
	case ToAdmins:
		zone = z.Admins
	}
	if zone == nil {
		return time.UTC
	}
	return zone
}

// LadderInput is what a ladder is laid out for.
type LadderInput struct {
	// Start is the event that all counts from (R2), Due the moment until which
	// there is time; zero: none.
	Start, Due time.Time
	// Now is when the plan is made, not when somebody looks at it: what had
	// passed by then is dropped (R3). Zero: nothing has.
	Now   time.Time
	Zones LadderZones
	Hours WorkingHours // zero: the default
}

// LadderStep is a step at its moment.
type LadderStep struct {
	// Number counts the steps of the plan from 1, by their moments before working
	// hours move or drop any: so it is the same at any hours and any time of
	// planning, and with a start and a due moment that a pause has shifted.
	// Numbers of dropped steps are missing.
	Number int
	// Name is the step's part in keys and on pages: "reminder-2".
	Name string
	At   time.Time // in UTC
	To   Audience
	// Rung is the place in the ladder's steps; -1 for the first mail and the end.
	Rung int
	// Request marks the first mail, in the one kind that counts it.
	Request bool
	// End marks the end, with what it does and when that takes effect. The word
	// about it leaves at At, which is never earlier.
	End     bool
	Does    EndAct
	Effect  time.Time
	nominal time.Time
}

// DropReason says why a step of a ladder does not go out.
type DropReason string

// The reasons.
const (
	DropPassed   DropReason = "passed"
	DropNoHour   DropReason = "no_hour_left"
	DropTooClose DropReason = "too_close"
	DropSameDay  DropReason = "same_day"
	DropAfterEnd DropReason = "after_end"
)

// Words is the reason for people who look at what did not go out (R28).
func (r DropReason) Words() string {
	switch r {
	case DropPassed:
		return "its time had passed when it was planned"
	case DropNoHour:
		return "no working hour of its reader was left before the due moment"
	case DropTooClose:
		return "it would come too close to another mail about the same thing"
	case DropSameDay:
		return "another one about the same thing goes out on the same day"
	case DropAfterEnd:
		return "the waiting is over before it"
	}
	return string(r)
}

// DroppedStep is a step that does not go out. At is when it would have.
type DroppedStep struct {
	LadderStep
	Reason DropReason
}

// Layout is a ladder at its moments.
type Layout struct {
	// Steps are what goes out, in the order of their numbers and moments.
	Steps []LadderStep
	// Dropped are steps of the plan that do not go out.
	Dropped []DroppedStep
	// LeftOut are steps for which there is no room between start and end. They
	// are no part of the plan and have no number: a reminder one day before does
	// not exist for what must be done in an hour.
	LeftOut []DroppedStep
}

// After is what is left of the layout for who is followed up to a step already.
func (l Layout) After(followed int) Layout {
	if followed == 0 {
		return l
	}
	behind := func(s LadderStep) bool { return s.Number <= followed }
	return Layout{
		Steps:   slices.DeleteFunc(slices.Clone(l.Steps), behind),
		Dropped: slices.DeleteFunc(slices.Clone(l.Dropped), func(s DroppedStep) bool { return behind(s.LadderStep) }),
	}
}

// Next is the step that comes next, if there is one. A step after which another
// one is due as well by now, because nothing could be sent for long, is passed
// over: nobody gets two mails about the same thing at once. A zero now passes
// over none.
func (l Layout) Next(followed int, now time.Time) (next LadderStep, more bool) {
	for _, s := range l.Steps {
		if s.Number > followed && (!more || !s.At.After(now)) {
			next, more = s, true
		}
	}
	return next, more
}

// End is the last step; the zero step where the ladder has no end.
func (l Layout) End() LadderStep {
	for _, s := range l.Steps {
		if s.End {
			return s
		}
	}
	return LadderStep{}
}

// Step finds a step by its number.
func (l Layout) Step(number int) (LadderStep, bool) {
	for _, s := range l.Steps {
		if s.Number == number {
			return s, true
		}
	}
	return LadderStep{}, false
}

// OfItem lays the ladder out for an item of a program, from the step after
// those that are behind. Only an open item is followed up (R1).
func (l Ladder) OfItem(item ItemState, zones LadderZones, hours WorkingHours) Layout {
	if item.Status != Open {
		return Layout{}
	}
	in := LadderInput{Start: item.FollowFrom, Due: item.DueAt, Now: item.PlannedAt, Zones: zones, Hours: hours}
	return l.Lay(in).After(item.Followed)
}

// OfInvitation lays the ladder out for a person's newest invitation, from the
// step after those that are behind. Only an open one is followed up (R1).
func (l Ladder) OfInvitation(s InvitationState, zones LadderZones, hours WorkingHours) Layout {
	if s.Status != InvitationOpen {
		return Layout{}
	}
	return l.Lay(LadderInput{Start: s.SendAt, Now: s.SendAt, Zones: zones, Hours: hours}).After(s.Followed)
}

// OfSession lays the ladder out for a session, as it was planned at a moment: when it was
// scheduled, or changed. Only one that takes place is reminded of (R1).
func (l Ladder) OfSession(s CalendarSession, planned time.Time) Layout {
	if s.Status != CalendarScheduled {
		return Layout{}
	}
	return l.Lay(LadderInput{Start: planned, Due: s.Start, Now: planned})
}
