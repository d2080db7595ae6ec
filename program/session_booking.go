package program

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// The time of the coach that a session takes. Its row in bookings is there exactly while
// the session is scheduled and the coach attends it; a constraint keeps two rows of one
// coach from overlapping.

// coachAttends reports whether the coach of the engagement attends a session.
func (p *locked) coachAttends(ctx context.Context, item uuid.UUID) (bool, error) {
	list, err := p.recipientsOf(ctx, item)
	return slices.ContainsFunc(list, p.isCoach), err
}

func (p *locked) isCoach(r recipient) bool {
	c := p.engagement.CoachID
	return c != nil && r.PersonID != nil && *r.PersonID == *c
}

func (p *locked) isCoachee(r recipient) bool {
	return r.PersonID != nil && *r.PersonID == p.engagement.CoacheeID
}

// book takes the time of a scheduled session, instead of the one that it had. Where the
// coach has something else then, it is refused, and with it the command.
func (p *locked) book(ctx context.Context, s *rows.ItemSession, act coaching.SessionAct) error {
	if err := p.unbook(ctx, s); err != nil {
		return err
	}
	attends, err := p.coachAttends(ctx, s.ItemID)
	if err != nil || !attends {
		return err
	}
	b := rows.BookingInsertParams{OrgID: s.OrgID, ID: db.NewID(), CoachID: *p.engagement.CoachID, StartsAt: s.StartsAt, EndsAt: endOf(s), SessionID: &s.ID}
	padding, err := p.BookingPadding(ctx, b.OrgID, b.CoachID)
	if err != nil {
		return fmt.Errorf("read what the coach keeps free: %w", err)
	}
	b.BlockedUntil = b.EndsAt.Add(time.Duration(padding) * time.Minute)
	other, err := p.BookingCollision(ctx, rows.BookingCollisionParams{OrgID: b.OrgID, CoachID: b.CoachID, StartsAt: b.StartsAt, BlockedUntil: b.BlockedUntil})
	if err == nil {
		return p.taken(act, s, int(padding), &other)
	}
	if !db.NoRow(err) {
		return fmt.Errorf("read what is booked of the coach: %w", err)
	}
	if err := p.BookingInsert(ctx, b); db.Taken(err) {
		return p.taken(act, s, int(padding), nil) // somebody else's in this very moment
	} else if err != nil {
		return fmt.Errorf("book the coach: %w", err)
	}
	return nil
}

// unbook gives the time of a session back, if it has taken one.
func (p *locked) unbook(ctx context.Context, s *rows.ItemSession) error {
	if err := p.BookingDelete(ctx, s.OrgID, &s.ID); err != nil {
		return fmt.Errorf("give the time of the coach back: %w", err)
	}
	return nil
}

// taken says to who books that the time is gone, and to who sets it by hand with which
// other appointment it collides.
func (p *locked) taken(act coaching.SessionAct, s *rows.ItemSession, padding int, other *rows.BookingCollisionRow) error {
	if act.SelfBooked() {
		return coaching.SlotTaken()
	}
	zone := coaching.ZoneOrUTC(s.Zone)
	words := fmt.Sprintf("%s has another appointment at this time", p.names.CoachName)
	if other != nil {
		words = fmt.Sprintf("%s has another appointment on %s, until %s", p.names.CoachName, coaching.ShowTime(other.StartsAt, zone), other.EndsAt.In(zone).Format("15:04"))
	}
	if padding > 0 {
		words += fmt.Sprintf("; %s stay free between two", lengthWords(time.Duration(padding)*time.Minute))
	}
	return coaching.Problemf(coaching.Conflict, "coach_busy", "%s. Choose another time, or move the other one first.", words)
}

// mayBook judges, now that nobody else changes the program, what an attendee does who books
// or moves a session themselves: whether it is theirs to book, and the time is one that the
// coach offers.
func (s *Programs) mayBook(ctx context.Context, p *locked, item coaching.ProgramItem, act coaching.SessionAct) error {
	list, err := p.recipientsOf(ctx, item.State.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(r recipient) bool { return r.ID == act.Recipient })
	if i < 0 || !p.isCoachee(list[i]) || !slices.ContainsFunc(list, p.isCoach) {
		return coaching.Problemf(coaching.Conflict, "session_not_bookable", "You cannot choose the time of this session yourself. Write to the coach about it.")
	}
	want := coaching.SlotRequest{Start: act.Start, Minutes: item.Spec.Minutes, Now: p.command.At}
	switch act.Kind {
	case coaching.ScheduleSession:
		if !item.Spec.SelfBooked() || item.State.Status != coaching.Open {
			return coaching.Problemf(coaching.Conflict, "session_not_bookable", "This session cannot be booked, or not yet. Write to the coach about it.")
		}
	case coaching.RescheduleSession:
		moved := p.sessions[item.State.ID]
		if problem := p.withinNotice(moved, "move"); problem != nil {
			return problem
		}
		want.Minutes, want.Moves = int(moved.Minutes), moved.ID
	}
	return s.CheckSlot(ctx, p.Queries, p.command.Org, *p.engagement.CoachID, want)
}

// withinNotice refuses what an attendee does when it is too late for it.
func (p *locked) withinNotice(s *rows.ItemSession, what string) *coaching.Problem {
	if p.command.At.After(coaching.ByLinkUntil(s.StartsAt, int(p.names.SessionNoticeHours))) {
		return coaching.Problemf(coaching.Conflict, "session_notice_passed", "It is too late to %s the session here; write to the coach, or ask for another time.", what)
	}
	return nil
}

// toBook reports whether the coachee is to book the session of an item now.
func (p *locked) toBook(item coaching.ProgramItem) bool {
	return item.Spec.SelfBooked() && item.State.Status == coaching.Open && p.scheduled(item.State.ID) == nil
}

// bookingRequests are the mails with which the coachee books the session of an item.
func (p *locked) bookingRequests(item coaching.ProgramItem, to []recipient, step string, at time.Time) []rows.NotificationPlanParams {
	var plans []rows.NotificationPlanParams
	for _, r := range to {
		if p.isCoachee(r) {
			plans = append(plans, p.planned(item, r, coaching.SessionBookingLetter, step, at))
		}
	}
	return plans
}

// dropBookingRequests takes back the mails with which a session was to be booked that has
// its time now, also those that are tried again and again.
func (p *locked) dropBookingRequests(ctx context.Context, item coaching.ProgramItem) error {
	err := p.NotificationsCancelStep(ctx, rows.NotificationsCancelStepParams{OrgID: p.command.Org, ItemID: &item.State.ID,
		Step: outbox.StepRequest, StateReason: "the session has its time", OutcomeAt: &p.command.At})
	if err != nil {
		return fmt.Errorf("take mails to book a session back: %w", err)
	}
	return nil
}

// bookingLink is the link by which a recipient books the session of an item, as it is
// mailed to an address.
func (l itemLetters) bookingLink(r recipient, address string) coaching.LinkRef {
	return coaching.LinkRef{Purpose: coaching.BookingLink, Org: l.p.command.Org, ID: coaching.LinkID(coaching.BookingLink, r.ID, holder(r.PersonID, r.ID), address)}
}

// bookingLinks are the links in a mail with which a session is booked. Each lives on from
// when the last one was sent.
func (l itemLetters) bookingLinks(ctx context.Context, n rows.Notification) ([]coaching.LinkRef, error) {
	r := l.recipients[*n.RecipientID]
	link := l.bookingLink(r, n.Address)
	err := l.p.LinkInsert(ctx, rows.LinkInsertParams{OrgID: link.Org, ID: link.ID, Purpose: link.Purpose.Name(), SubjectID: r.ID, PersonID: r.PersonID, Email: &n.Address,
		ExpiresAt: l.p.command.At.Add(bookingLinkLife)})
	if err != nil {
		return nil, fmt.Errorf("make link: %w", err)
	}
	return []coaching.LinkRef{link}, nil
}

// bookingLinkLife is how long a session can be booked by a link, from when it was mailed:
// long enough for a session that is booked far ahead and moved then.
const bookingLinkLife = 400 * 24 * time.Hour
