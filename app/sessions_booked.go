package app

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"coachflow/booking"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/program"
)

// A coachee books the session of an item, or moves it, to a free time of the coach: by the
// link in their mail, without a login, or after one.

// settleBooking finds out whether the attendee can choose the time of the session.
//
//   - The coachee books a session that has no time where the item says so, and again after it
//     was cancelled or missed.
//   - The coachee moves one that is scheduled where the coach offers times, however it got
//     its own. Other attendees can ask for another time.
//
// Both take the coach's time, so the coach must attend.
func (s *AttendedSession) settleBooking(ctx context.Context, q *rows.Queries, spec coaching.ItemSpec, itemStatus, engagementStatus string) error {
	who, err := q.SessionBooker(ctx, s.ref.org, s.ref.recipient)
	if err != nil {
		return wrap(err, "read who books the session")
	}
	if !who.IsCoachee || !who.CoachAttends || s.Stand == SessionNotYours {
		return nil
	}
	coach, err := booking.ReadCoach(ctx, q, s.ref.org, *who.CoachID, now())
	if _, none := coaching.AsProblem(err); err != nil && !none {
		return err // somebody who is no coach any more offers nothing
	}
	s.CanMove = s.Stand == SessionOpen && coach.Own
	if s.CanBook, err = s.canBook(ctx, q, spec, itemStatus, engagementStatus); err != nil {
		return err
	}
	switch {
	case s.CanMove:
		s.Minutes = int(s.ref.session.Minutes)
	case s.CanBook:
		s.Minutes = spec.Minutes
	}
	s.ref.coach = coach.For(s.Minutes, s.moves())
	return nil
}

// canBook reports whether the session can get a time by the coachee now.
func (s *AttendedSession) canBook(ctx context.Context, q *rows.Queries, spec coaching.ItemSpec, itemStatus, engagementStatus string) (bool, error) {
	item := coaching.ItemStatus(itemStatus)
	if !spec.SelfBooked() || item != coaching.Open || coaching.EngagementStatus(engagementStatus).Over() {
		return false, nil
	}
	switch program.SessionStateOf(s.ref.session, item) {
	case coaching.SessionToSchedule, coaching.SessionCancelled, coaching.SessionNoShow:
		return s.isPresent(ctx, q)
	}
	return false, nil
}

// isPresent reports whether the session that is shown is the newest one of its item: the
// link to a session of before does not book another one beside that.
func (s *AttendedSession) isPresent(ctx context.Context, q *rows.Queries) (bool, error) {
	list, err := q.SessionsOfEngagements(ctx, s.ref.org, []uuid.UUID{s.ref.engagement})
	if err != nil {
		return false, wrap(err, "read session")
	}
	for _, newest := range list {
		if newest.ItemID == s.ref.item && newest.State == string(coaching.SessionScheduled) {
			return s.ref.session != nil && s.ref.session.ID == newest.ID, nil
		}
	}
	return true, nil
}

func readBookingLink(ctx context.Context, q *rows.Queries, ref coaching.LinkRef) (AttendedSession, error) {
	r, err := q.BookingLinkGet(ctx, ref.Org, ref.ID)
	if db.NoRow(err) || (err == nil && !live(ref, r.Purpose, r.RevokedAt, r.ExpiresAt)) {
		return AttendedSession{}, errLink()
	}
	if err != nil {
		return AttendedSession{}, wrap(err, "read item of link")
	}
	parsed, err := program.Item(rows.Item{ID: r.ItemID, Spec: r.Spec, Kind: string(coaching.SessionItem)})
	if err != nil {
		return AttendedSession{}, err
	}
	list, err := q.SessionsOfEngagements(ctx, ref.Org, []uuid.UUID{r.EngagementID})
	if err != nil {
		return AttendedSession{}, wrap(err, "read session")
	}
	out := AttendedSession{ID: r.ItemID, EngagementID: r.EngagementID, Title: r.Title, Description: parsed.Spec.Description,
		Brand: r.BrandColor, Logo: coaching.LogoPath(ref.Org, r.Logo), Organization: r.OrganizationName, Attendee: r.DisplayName, Coach: r.CoachName, Zone: coaching.ZoneOrUTC(r.Zone),
		ref: attendeeRef{org: ref.Org, engagement: r.EngagementID, item: r.ItemID, recipient: r.RecipientID, session: presentSession(list, r.ItemID, r.ItemStatus)}}
	out.settle(int(r.SessionNoticeHours), r.ItemStatus, r.EngagementStatus, r.RemovedAt != nil)
	return out, out.settleBooking(ctx, q, parsed.Spec, r.ItemStatus, r.EngagementStatus)
}

// moves is the session that is moved; zero: a new one is booked.
func (s AttendedSession) moves() uuid.UUID {
	if s.CanMove {
		return s.ref.session.ID
	}
	return uuid.Nil
}

// Times are the times that the attendee can choose for the session, in order, where they can
// book or move it.
func (s AttendedSession) Times() []time.Time {
	if !s.CanBook && !s.CanMove {
		return nil
	}
	return s.ref.coach.Slots(now(), "", "")
}

// CheckTime refuses a time that cannot be chosen for the session.
func (s AttendedSession) CheckTime(start time.Time) *coaching.Problem {
	if !s.CanBook && !s.CanMove {
		return coaching.Problemf(coaching.Conflict, "session_not_bookable", "The time of this session cannot be chosen here, or not any more.")
	}
	return s.ref.coach.Check(coaching.SlotRequest{Start: start, Minutes: s.Minutes, Moves: s.moves(), Now: now()})
}

// BookByLink books a session, or moves it. What comes back is how it stands then; booking
// the time that it has shows the same.
func (a *App) BookByLink(ctx context.Context, ref coaching.LinkRef, start time.Time, reason string) (AttendedSession, error) {
	return a.bookAttended(ctx, start, reason, nil, func() (AttendedSession, error) { return a.ReadSessionLink(ctx, ref) })
}

// BookAttendedSession is BookByLink for an attendee who has logged in.
func (a *App) BookAttendedSession(ctx context.Context, p Principal, id uuid.UUID, start time.Time, reason string) (AttendedSession, error) {
	return a.bookAttended(ctx, start, reason, &p.Person, func() (AttendedSession, error) { return a.GetAttendedSession(ctx, p, id) })
}

// ListTimes lists the times that can be chosen for a session that the principal attends.
func (a *App) ListTimes(ctx context.Context, p Principal, id uuid.UUID) ([]Slot, error) {
	s, err := a.GetAttendedSession(ctx, p, id)
	if err != nil {
		return nil, err
	}
	slots := []Slot{}
	for _, at := range s.Times() {
		slots = append(slots, Slot{at, at.Add(time.Duration(s.Minutes) * time.Minute)})
	}
	return slots, nil
}

func (a *App) bookAttended(ctx context.Context, start time.Time, reason string, actor *uuid.UUID, read func() (AttendedSession, error)) (AttendedSession, error) {
	out, err := read()
	if err != nil || out.beginsAt(start) {
		return out, err
	}
	if problem := out.CheckTime(start); problem != nil {
		return out, problem
	}
	act := coaching.SessionAct{Kind: coaching.ScheduleSession, Start: start.UTC(), Recipient: out.ref.recipient}
	if out.CanMove {
		act.Kind, act.Reason, act.Session = coaching.RescheduleSession, strings.TrimSpace(reason), out.ref.session.ID
	}
	if problem := act.Check(); problem != nil {
		return out, problem
	}
	e, err := a.engagementRow(ctx, out.ref.org, out.ref.engagement)
	if err != nil {
		return out, err
	}
	refused := a.applyToSession(ctx, e, out.ref.item, act, actor)
	if out, err = read(); err != nil || out.beginsAt(start) {
		return out, err // also where the same was asked for twice at once
	}
	return out, refused
}

// beginsAt reports whether the session is scheduled for a moment.
func (s AttendedSession) beginsAt(start time.Time) bool {
	return (s.Stand == SessionOpen || s.Stand == SessionLate) && s.StartsAt.Equal(start)
}

// BookWords say to an attendee who can book or move a session what there is to choose.
func (s AttendedSession) BookWords() string {
	length := strconv.Itoa(s.Minutes) + " minutes"
	switch {
	case s.CanMove:
		return "It is booked for " + coaching.ShowTime(*s.StartsAt, s.Zone) + ". Choose another time that " + s.Coach + " has free, for " + length + "."
	case s.Stand == SessionOff:
		return "This session was cancelled. Choose another time that " + s.Coach + " has free, for " + length + "."
	case s.Stand == SessionOver:
		return "The time that was booked has passed. Choose another one that " + s.Coach + " has free, for " + length + "."
	}
	return "Choose a time that " + s.Coach + " has free, for " + length + "."
}

// NoTimesWords say that there is nothing to choose.
const NoTimesWords = "At the moment no time is free that could be booked here. Write below which times suit you: your coach gets it by mail."
