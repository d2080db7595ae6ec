package program

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// The commands of persons on the session of an item. What was asked for is stored first
// (session_acts), so that the workflow's history holds no addresses, places and reasons.

// SessionCommand names a stored act on the session of an item.
type SessionCommand struct {
	CommandContext
	Act uuid.UUID `json:"d"`
}

// ApplySession carries a stored act on a session out. One that was carried out before
// changes nothing.
func (s *Programs) ApplySession(ctx context.Context, in SessionCommand) (Change, error) {
	return s.command(ctx, in.CommandContext, func(ctx context.Context, p *locked) error {
		row, err := p.SessionActGet(ctx, in.Org, in.Act)
		if db.NoRow(err) {
			return coaching.Problemf(coaching.NotFound, "session_act_not_found", "There is no such change of a session.")
		}
		if err != nil {
			return fmt.Errorf("read act on session: %w", err)
		}
		if row.AppliedAt != nil {
			return p.mailsAgain(ctx)
		}
		var act coaching.SessionAct
		if err := json.Unmarshal(row.Wanted, &act); err != nil {
			return fmt.Errorf("read act on session: %w", err)
		}
		if err := s.applySession(ctx, p, act); err != nil {
			return err
		}
		applied, err := p.SessionActApplied(ctx, rows.SessionActAppliedParams{OrgID: in.Org, ID: in.Act, AppliedAt: &in.At})
		if err != nil || applied != 1 {
			return fmt.Errorf("note act on session as done (%d): %w", applied, err)
		}
		return nil
	})
}

func (s *Programs) applySession(ctx context.Context, p *locked, act coaching.SessionAct) error {
	item, err := p.item()
	if err != nil {
		return err
	}
	if problem := p.mayAct(item, act); problem != nil {
		return problem
	}
	if act.SelfBooked() {
		if err := s.mayBook(ctx, p, item, act); err != nil {
			return err
		}
		act.Zone = p.names.CoachZone // on whose clock the coach's free times are
	}
	switch act.Kind {
	case coaching.ScheduleSession:
		return p.scheduleSession(ctx, item, act, s.Outbox.CalendarDomain())
	case coaching.RescheduleSession:
		return p.rescheduleSession(ctx, item, act)
	case coaching.CancelSession:
		return p.cancelSession(ctx, item, act)
	case coaching.HoldSession:
		return p.holdSession(ctx, item)
	case coaching.MissSession:
		return p.missSession(ctx, item)
	case coaching.AddAttendee:
		return p.addAttendee(ctx, item, *act.Attendee)
	case coaching.RemoveAttendee:
		return p.removeAttendee(ctx, item, act.Recipient)
	}
	return coaching.Problemf(coaching.Invalid, "session_act_unknown", "Nothing of that kind can be done with a session.")
}

// mayAct refuses what the state of the item and of its session does not allow.
func (p *locked) mayAct(item coaching.ProgramItem, act coaching.SessionAct) *coaching.Problem {
	switch {
	case !item.Spec.Kind.Rules().Meets:
		return coaching.Problemf(coaching.Invalid, "item_not_session", "The item is a %s, and has no session.", item.Spec.Kind.Rules().Words.Noun)
	case item.State.Ended():
		return coaching.Problemf(coaching.Conflict, "item_ended", "The item has ended; reopen it first.")
	}
	facts := coaching.SessionFacts{State: p.sessionState(item), Now: p.command.At}
	if s := p.sessions[item.State.ID]; s != nil {
		facts.Start = s.StartsAt
		if act.Session != uuid.Nil && s.ID != act.Session {
			return coaching.Problemf(coaching.Conflict, "session_not_scheduled", "This session was cancelled, and another one is scheduled in its place.")
		}
	}
	return facts.May(act.Kind)
}

// readSessions reads the sessions of a program that has items of that kind.
func (p *locked) readSessions(ctx context.Context) error {
	p.sessions = map[uuid.UUID]*rows.ItemSession{}
	for _, item := range p.items {
		if item.Spec.Kind.Rules().Meets {
			list, err := p.SessionsOfEngagements(ctx, p.command.Org, []uuid.UUID{p.command.Engagement})
			if err != nil {
				return fmt.Errorf("read sessions: %w", err)
			}
			for i := range list {
				p.sessions[list[i].ItemID] = &list[i]
			}
			return nil
		}
	}
	return nil
}

// sessionState is where the session of an item stands. One of an item that was reopened
// after it was held is to be scheduled again.
func (p *locked) sessionState(item coaching.ProgramItem) coaching.SessionState {
	return SessionStateOf(p.sessions[item.State.ID], item.State.Status)
}

// SessionStateOf is where the session of an item stands, whose newest one s is; nil: it has
// none yet.
func SessionStateOf(s *rows.ItemSession, status coaching.ItemStatus) coaching.SessionState {
	if s == nil || (s.State == string(coaching.SessionHeld) && status != coaching.Completed) {
		return coaching.SessionToSchedule
	}
	return coaching.SessionState(s.State)
}

// scheduled is the session of an item if it is scheduled; nil otherwise.
func (p *locked) scheduled(item uuid.UUID) *rows.ItemSession {
	if s := p.sessions[item]; s != nil && s.State == string(coaching.SessionScheduled) {
		return s
	}
	return nil
}

// saveSession stores a changed session, which was in the state before.
func (p *locked) saveSession(ctx context.Context, s *rows.ItemSession, before coaching.SessionState) error {
	changed, err := p.SessionUpdate(ctx, rows.SessionUpdateParams{OrgID: s.OrgID, ID: s.ID, State: s.State, Calendar: s.Calendar, StartsAt: s.StartsAt, Minutes: s.Minutes,
		Zone: s.Zone, Place: s.Place, MovedFrom: s.MovedFrom, Reason: s.Reason, EndedAt: s.EndedAt, Before: string(before)})
	if err == nil && changed != 1 {
		err = fmt.Errorf("it is not %s any more", before)
	}
	if err != nil {
		return fmt.Errorf("store session: %w", err)
	}
	if s.State != string(coaching.SessionScheduled) {
		return p.unbook(ctx, s)
	}
	return nil
}

func (p *locked) scheduleSession(ctx context.Context, item coaching.ProgramItem, act coaching.SessionAct, domain string) error {
	to, err := p.attendees(ctx, item.State.ID)
	if err != nil {
		return err
	}
	if len(to) == 0 {
		return coaching.Problemf(coaching.Invalid, "attendee_missing", "Nobody would be told of the session: add somebody who attends it first.").
			WithField("attendees", "attendee_missing", "at least one")
	}
	start := act.Begins()
	if problem := coaching.CheckStart(start, p.command.At); problem != nil {
		return problem
	}
	if err := p.openSession(ctx, &item); err != nil {
		return err
	}
	id := db.NewID()
	s := &rows.ItemSession{OrgID: p.command.Org, ID: id, ItemID: item.State.ID, State: string(coaching.SessionScheduled), Uid: id.String() + "@" + domain,
		Organizer: outbox.NewOrganizer(), StartsAt: start, Minutes: int32(item.Spec.Minutes), Zone: act.Zone, Place: item.Spec.Place, CreatedAt: p.command.At}
	if act.Minutes != 0 {
		s.Minutes = int32(act.Minutes)
	}
	if act.Place != nil {
		s.Place = strings.TrimSpace(*act.Place)
	}
	if s.Calendar, err = json.Marshal(coaching.SessionCalendar{UID: s.Uid}); err != nil {
		return fmt.Errorf("write calendar of session: %w", err)
	}
	insert := rows.SessionInsertParams{OrgID: s.OrgID, ID: id, ItemID: s.ItemID, EngagementID: &p.command.Engagement, Uid: s.Uid, Organizer: s.Organizer, Calendar: s.Calendar,
		StartsAt: s.StartsAt, Minutes: s.Minutes, Zone: s.Zone, Place: s.Place, CreatedAt: s.CreatedAt}
	if err := p.SessionInsert(ctx, insert); err != nil {
		return fmt.Errorf("store session: %w", err)
	}
	p.sessions[item.State.ID] = s
	if err := p.book(ctx, s, act); err != nil {
		return err
	}
	if err := p.dropBookingRequests(ctx, item); err != nil {
		return err
	}
	return p.settleSession(ctx, item, s, "session_scheduled", "the session was scheduled", act)
}

// openSession releases an item that waits, so that its session can be scheduled.
func (p *locked) openSession(ctx context.Context, item *coaching.ProgramItem) error {
	if item.State.Status == coaching.Open {
		return nil
	}
	nothingToBook := func(coaching.ProgramItem, []recipient) []rows.NotificationPlanParams { return nil }
	opened, err := p.issue(ctx, *item, nothingToBook)
	*item = opened
	return err
}

func (p *locked) rescheduleSession(ctx context.Context, item coaching.ProgramItem, act coaching.SessionAct) error {
	s := p.sessions[item.State.ID]
	start := act.Begins()
	minutes, place := s.Minutes, s.Place
	if act.Proposal != uuid.Nil {
		if err := p.decide(ctx, act.Proposal, coaching.ProposalTaken, ""); err != nil {
			return err
		}
	}
	if act.Minutes != 0 {
		minutes = int32(act.Minutes)
	}
	if act.Place != nil {
		place = strings.TrimSpace(*act.Place)
	}
	if start.Equal(s.StartsAt) && minutes == s.Minutes && place == s.Place {
		return nil // nobody is told of nothing
	}
	if problem := coaching.CheckStart(start, p.command.At); problem != nil {
		return problem
	}
	if !start.Equal(s.StartsAt) || minutes != s.Minutes {
		if err := p.forgetAnswers(ctx, s); err != nil {
			return err
		}
	}
	s.MovedFrom = nil
	if before := s.StartsAt; !start.Equal(before) {
		s.MovedFrom = &before
	}
	elsewhen := s.MovedFrom != nil || minutes != s.Minutes
	s.StartsAt, s.Minutes, s.Zone, s.Place, s.Reason = start, minutes, act.Zone, place, act.Reason
	if elsewhen {
		if err := p.book(ctx, s, act); err != nil {
			return err
		}
	}
	return p.settleSession(ctx, item, s, "session_rescheduled", "the session was moved", act)
}

// forgetAnswers begins anew for another time: what was answered and proposed was about the
// one before.
func (p *locked) forgetAnswers(ctx context.Context, s *rows.ItemSession) error {
	if err := p.AttendeesUnanswer(ctx, s.OrgID, s.ID); err != nil {
		return fmt.Errorf("forget answers: %w", err)
	}
	return p.endAllProposals(ctx, s, coaching.ProposalMoved, "the session has another time")
}

// settleSession brings all that hangs on a session that was scheduled or changed in line
// with it: the calendars of its attendees, the reminders as one set, what comes next.
func (p *locked) settleSession(ctx context.Context, item coaching.ProgramItem, s *rows.ItemSession, event, why string, act coaching.SessionAct) error {
	if err := p.dropResend(ctx, &item); err != nil {
		return err
	}
	if err := p.updateCalendars(ctx, item, s); err != nil {
		return err
	}
	if err := p.saveSession(ctx, s, coaching.SessionScheduled); err != nil {
		return err
	}
	item.State.HeldAt = coaching.HeldByItself(s.StartsAt, int(s.Minutes), p.names.SessionsHeldByThemselves)
	if err := p.planAnew(ctx, &item, why); err != nil {
		return err
	}
	return p.eventOf(ctx, event, &item.State, act.Reason, act.Recipient)
}

// planAnew replaces the pending reminders of an item with those of its session as it is
// now.
func (p *locked) planAnew(ctx context.Context, item *coaching.ProgramItem, why string) error {
	s := &item.State
	s.Plan, s.PlannedAt, s.FollowFrom, s.Followed = s.Plan+1, p.command.At, p.command.At, 0
	p.put(*item)
	return p.replacePlan(ctx, *item, why)
}

func (p *locked) cancelSession(ctx context.Context, item coaching.ProgramItem, act coaching.SessionAct) error {
	if act.Recipient != uuid.Nil {
		if problem := p.withinNotice(p.sessions[item.State.ID], "cancel"); problem != nil {
			return problem
		}
	}
	if err := p.callOff(ctx, &item, act.Reason, act.Recipient); err != nil {
		return err
	}
	return p.planAnew(ctx, &item, "the session was cancelled")
}

// callOff cancels the session of an item: whoever has it in a calendar is told.
func (p *locked) callOff(ctx context.Context, item *coaching.ProgramItem, reason string, by uuid.UUID) error {
	s := p.sessions[item.State.ID]
	if err := p.dropResend(ctx, item); err != nil {
		return err
	}
	if err := p.endAllProposals(ctx, s, coaching.ProposalCancelled, "the session was cancelled"); err != nil {
		return err
	}
	s.State, s.Reason, s.EndedAt = string(coaching.SessionCancelled), reason, &p.command.At
	if err := p.updateCalendars(ctx, *item, s); err != nil {
		return err
	}
	if err := p.saveSession(ctx, s, coaching.SessionScheduled); err != nil {
		return err
	}
	item.State.HeldAt = time.Time{}
	p.put(*item)
	return p.eventOf(ctx, "session_cancelled", &item.State, reason, by)
}

// dropSession cancels a session that is still to come, of an item that ends. One that has
// begun stays as it is: nobody need be told.
func (p *locked) dropSession(ctx context.Context, item *coaching.ProgramItem, why string) error {
	s := p.scheduled(item.State.ID)
	if s == nil || !p.command.At.Before(s.StartsAt) {
		item.State.HeldAt = time.Time{}
		return nil
	}
	return p.callOff(ctx, item, why, uuid.Nil)
}

// dropResend takes an invitation back that was to be sent again.
func (p *locked) dropResend(ctx context.Context, item *coaching.ProgramItem) error {
	if item.State.SendAt.IsZero() {
		return nil
	}
	err := p.cancelResend(ctx, item.State)
	item.State.SendAt = time.Time{}
	return err
}

// holdSession notes that a session was held, which completes its item.
func (p *locked) holdSession(ctx context.Context, item coaching.ProgramItem) error {
	s := p.sessions[item.State.ID]
	before := coaching.SessionState(s.State)
	s.State, s.EndedAt = string(coaching.SessionHeld), &p.command.At
	if err := p.saveSession(ctx, s, before); err != nil {
		return err
	}
	if err := p.dropResend(ctx, &item); err != nil {
		return err
	}
	item.State.Status, item.State.DoneAt, item.State.HeldAt = coaching.Completed, p.command.At, time.Time{}
	if err := p.eventOf(ctx, item.Spec.Kind.Rules().CompletedEvent, &item.State, "", uuid.Nil); err != nil {
		return err
	}
	if err := p.end(ctx, item, "item_completed", "the session was held"); err != nil {
		return err
	}
	return p.askForRatings(ctx, item, s)
}

// missSession notes that a session was not attended. The item stays open: it can be
// scheduled again, or skipped.
func (p *locked) missSession(ctx context.Context, item coaching.ProgramItem) error {
	s := p.sessions[item.State.ID]
	s.State, s.EndedAt = string(coaching.SessionNoShow), &p.command.At
	if err := p.saveSession(ctx, s, coaching.SessionScheduled); err != nil {
		return err
	}
	if err := p.dropResend(ctx, &item); err != nil {
		return err
	}
	item.State.HeldAt = time.Time{}
	if err := p.planAnew(ctx, &item, "the session was not attended"); err != nil {
		return err
	}
	return p.eventOf(ctx, "session_no_show", &item.State, "", uuid.Nil)
}

// countAsHeld takes the step of a session that counts as held by itself. Where the
// organization has taken the setting back, or the session is not scheduled any more,
// nothing counts.
func (p *locked) countAsHeld(ctx context.Context, item coaching.ProgramItem) (taken bool, err error) {
	at := item.State.HeldAt
	if at.IsZero() || at.After(p.command.At) {
		return false, nil
	}
	if p.scheduled(item.State.ID) == nil || !p.names.SessionsHeldByThemselves {
		item.State.HeldAt = time.Time{}
		p.put(item)
		return false, nil
	}
	return true, p.holdSession(ctx, item)
}

// eventOf is event with a reason that people read; by is the recipient of the item who did
// it by a link, if one did.
func (p *locked) eventOf(ctx context.Context, kind string, item *coaching.ItemState, reason string, by uuid.UUID) error {
	c := p.command
	e := rows.EventInsertParams{OrgID: c.Org, ID: db.NewID(), EngagementID: &c.Engagement, At: c.At, Kind: kind, ActorKind: "process", ItemID: &item.ID, Reason: reason,
		Key: fmt.Sprintf("%s/%s/%d/%d/%s", kind, item.ID, item.Round, item.Plan, c.Key)}
	if s := p.sessions[item.ID]; s != nil {
		e.SessionAt = &s.StartsAt
		if kind == "session_rescheduled" {
			e.SessionBefore = s.MovedFrom
		}
	}
	switch {
	case c.Actor != nil:
		e.ActorKind, e.ActorID = "person", c.Actor
	case by != uuid.Nil:
		who, err := p.SessionReader(ctx, c.Org, by)
		if err != nil {
			return fmt.Errorf("read attendee: %w", err)
		}
		e.ActorKind, e.ActorID = "person", who.PersonID
		if who.PersonID == nil {
			e.ActorKind, e.ActorEmail = "email", &who.Address
		}
	}
	if err := p.EventInsert(ctx, e); err != nil {
		return fmt.Errorf("write event %s: %w", kind, err)
	}
	return nil
}
