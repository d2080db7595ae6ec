package app

import (
	"time"

	"coachflow/coaching"
	"coachflow/db/rows"
)

// comingSession is what comes next for the session of an open item, of which the rules say
// next. What hangs on the time of a session is not moved by a pause.
func comingSession(e rows.Engagement, next coaching.NextStep, s *Session, zone *time.Location) *Coming {
	if s.State != coaching.SessionScheduled {
		return comingUnbooked(e, next, zone)
	}
	paused := e.Status == string(coaching.EngagementPaused)
	on := func(what, text string, at time.Time, inPause string) *Coming {
		text += " on " + coaching.ShowTime(at, zone)
		if paused {
			text += inPause
		}
		return &Coming{What: what, At: &at, Text: text}
	}
	begins := *s.StartsAt
	switch {
	case next.Step == coaching.ResendStep:
		return timed("resend", "is sent again", next.At, zone, e)
	case next.Step == coaching.ReminderStep && next.At.Before(begins) && next.At.After(now()):
		return on("reminder", "reminder", next.At, ", if the program is resumed before")
	case begins.After(now()):
		return on("begins", "begins", begins, "; nobody is reminded before the program is resumed")
	case next.Step == coaching.HeldStep:
		return on("held", "counts as held, if nobody says otherwise,", next.At, ", but not before the program is resumed")
	}
	return &Coming{What: "say_held", Text: "waits until somebody says whether it was held"}
}

// comingUnbooked is what comes next for a session that has no time.
func comingUnbooked(e rows.Engagement, next coaching.NextStep, zone *time.Location) *Coming {
	switch next.Step {
	case coaching.IssueStep:
		return timed("release", "the coachee is asked to choose a time", next.At, zone, e)
	case coaching.ResendStep:
		return timed("resend", "is sent again", next.At, zone, e)
	case coaching.ReminderStep:
		return timed("unbooked", "the coach is told that it has no time yet", next.At, zone, e)
	case coaching.EscalationStep:
		return timed("escalation", "the admins are told that it has no time yet", next.At, zone, e)
	}
	return nil
}
