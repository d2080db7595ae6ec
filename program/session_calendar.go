package program

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// What calendars are told of a session. coaching.SessionCalendar decides which act mails
// what to whom; here its mails become rows, one for each calendar, which leave by
// themselves and in order (coaching.NextCalendarMail).

// attendees are the recipients of an item who can be told, the coach first.
func (p *locked) attendees(ctx context.Context, item uuid.UUID) ([]recipient, error) {
	list, err := p.recipientsOf(ctx, item)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(slices.Clone(list), func(r recipient) bool { return r.Address == "" })
	coach := func(r recipient) int {
		if p.isCoach(r) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(list, func(a, b recipient) int { return cmp.Compare(coach(a), coach(b)) })
	return list, nil
}

// updateCalendars brings the calendars to how the session stands now, and notes who
// attends it. The session is stored by who calls this.
func (p *locked) updateCalendars(ctx context.Context, item coaching.ProgramItem, s *rows.ItemSession) error {
	var held coaching.SessionCalendar
	if err := json.Unmarshal(s.Calendar, &held); err != nil {
		return fmt.Errorf("read calendar of session: %w", err)
	}
	to, err := p.attendees(ctx, item.State.ID)
	if err != nil {
		return err
	}
	now, mails := held.Update(p.calendarSession(item, s, to), p.command.At)
	if s.Calendar, err = json.Marshal(now); err != nil {
		return fmt.Errorf("write calendar of session: %w", err)
	}
	if s.State == string(coaching.SessionScheduled) {
		if err := p.noteAttendees(ctx, s, to); err != nil {
			return err
		}
	}
	return p.planCalendarMails(ctx, item, s, held, mails)
}

// calendarSession is the session as calendars are to have it.
func (p *locked) calendarSession(item coaching.ProgramItem, s *rows.ItemSession, to []recipient) coaching.CalendarSession {
	out := coaching.CalendarSession{Status: coaching.CalendarOver, Visible: p.names.AttendeesSeeEachOther, Appointment: coaching.Appointment{Start: s.StartsAt, End: endOf(s), Title: item.Spec.Title,
		Text: item.Spec.Description, Place: s.Place, URL: coaching.JoinURL(s.Place), Coach: p.names.CoachName}}
	switch coaching.SessionState(s.State) {
	case coaching.SessionScheduled:
		out.Status = coaching.CalendarScheduled
	case coaching.SessionCancelled:
		out.Status = coaching.CalendarCancelled
	}
	for _, r := range to {
		out.Attendees = append(out.Attendees, coaching.Attendee{Address: r.Address, Name: r.Name})
	}
	return out
}

func endOf(s *rows.ItemSession) time.Time {
	return s.StartsAt.Add(time.Duration(s.Minutes) * time.Minute)
}

// noteAttendees keeps the list of who is invited, and since when.
func (p *locked) noteAttendees(ctx context.Context, s *rows.ItemSession, to []recipient) error {
	invited, err := p.invited(ctx, s)
	if err != nil {
		return err
	}
	for _, r := range to {
		if _, is := invited[r.ID]; is {
			delete(invited, r.ID)
			continue
		}
		add := rows.AttendeeInsertParams{OrgID: s.OrgID, ID: db.NewID(), SessionID: s.ID, RecipientID: r.ID, InvitedAt: p.command.At}
		if err := p.AttendeeInsert(ctx, add); err != nil {
			return fmt.Errorf("store attendee: %w", err)
		}
	}
	for _, gone := range invited {
		removed, err := p.AttendeeRemove(ctx, rows.AttendeeRemoveParams{OrgID: s.OrgID, ID: gone.ID, RemovedAt: &p.command.At})
		if err != nil || removed != 1 {
			return fmt.Errorf("note that an attendee is removed (%d): %w", removed, err)
		}
		end := rows.ProposalsEndParams{OrgID: s.OrgID, SessionID: s.ID, AttendeeID: &gone.ID, State: string(coaching.ProposalCancelled), EndedAt: &p.command.At}
		if err := p.endProposals(ctx, end, "they do not attend the session any more"); err != nil {
			return err
		}
	}
	return nil
}

// invited are those who are invited to a session now, by their recipient.
func (p *locked) invited(ctx context.Context, s *rows.ItemSession) (map[uuid.UUID]rows.SessionAttendee, error) {
	list, err := p.AttendeesOfSession(ctx, s.OrgID, s.ID)
	if err != nil {
		return nil, fmt.Errorf("read attendees: %w", err)
	}
	out := map[uuid.UUID]rows.SessionAttendee{}
	for _, a := range list {
		if a.RemovedAt == nil {
			out[a.RecipientID] = a
		}
	}
	return out, nil
}

// planCalendarMails makes the rows of mails to calendars, and takes back those before
// them that have not left and that nobody needs any more.
func (p *locked) planCalendarMails(ctx context.Context, item coaching.ProgramItem, s *rows.ItemSession, before coaching.SessionCalendar, mails []coaching.CalendarMail) error {
	if len(mails) == 0 {
		return nil
	}
	readers, err := p.calendarReaders(ctx, s)
	if err != nil {
		return err
	}
	var plans []rows.NotificationPlanParams
	for _, m := range mails {
		n, err := p.calendarMail(item, s, m, readers[m.To.Address])
		if err != nil {
			return err
		}
		n.Kind = string(calendarLetter(m, before, s))
		n.Key = fmt.Sprintf("%s/%s/%s/%d", n.Kind, s.ID, n.ID, m.Sequence)
		plans = append(plans, n)
	}
	if err := p.planStandalone(ctx, plans); err != nil {
		return err
	}
	for _, m := range mails {
		if _, err := p.nextCalendarMail(ctx, s, m.To.Address); err != nil {
			return err
		}
	}
	return nil
}

// planStandalone plans mails that leave by themselves, and tells the workflow of them.
func (p *locked) planStandalone(ctx context.Context, plans []rows.NotificationPlanParams) error {
	for _, n := range plans {
		if n.State == "planned" {
			p.out.Mails = append(p.out.Mails, leaving(p.command, n.ID, n.PlannedAt))
		}
	}
	return outbox.PlanAll(ctx, p.Queries, plans)
}

// leaving names a mail that leaves by itself, at once or at a moment.
func leaving(c CommandContext, id uuid.UUID, at time.Time) outbox.StandaloneMail {
	mail := outbox.StandaloneMail{Org: c.Org, ID: id}
	if at.After(c.At) {
		mail.At = at
	}
	return mail
}

// mailsAgain tells of the mails of a command that is repeated, which have not left.
func (p *locked) mailsAgain(ctx context.Context) error {
	list, err := p.StandaloneOfItem(ctx, p.command.Org, &p.command.Item)
	if err != nil {
		return fmt.Errorf("read mails that leave by themselves: %w", err)
	}
	for _, n := range list {
		p.out.Mails = append(p.out.Mails, leaving(p.command, n.ID, n.PlannedAt))
	}
	return nil
}

// calendarLetter is the letter that a mail to a calendar rides on.
func calendarLetter(m coaching.CalendarMail, before coaching.SessionCalendar, s *rows.ItemSession) coaching.NotificationKind {
	known := slices.ContainsFunc(before.Copies, func(c coaching.CalendarCopy) bool {
		return c.Address == m.To.Address && c.Method == coaching.CalendarRequest
	})
	switch {
	case m.Method == coaching.CalendarCancel && s.State == string(coaching.SessionCancelled):
		return coaching.SessionCancelledLetter
	case m.Method == coaching.CalendarCancel:
		return coaching.SessionRemovedLetter
	case known:
		return coaching.SessionRescheduledLetter
	}
	return coaching.SessionScheduledLetter
}

// calendarReaders are who gets mails about a session, by their addresses: who is or was
// invited, also at an address of before.
func (p *locked) calendarReaders(ctx context.Context, s *rows.ItemSession) (map[string]recipient, error) {
	readers := map[string]recipient{}
	list, err := p.AttendeesOfSession(ctx, s.OrgID, s.ID)
	if err != nil {
		return nil, fmt.Errorf("read attendees: %w", err)
	}
	byID := map[uuid.UUID]recipient{}
	for _, a := range list {
		if _, known := byID[a.RecipientID]; known {
			continue
		}
		r, err := p.SessionReader(ctx, s.OrgID, a.RecipientID)
		if err != nil {
			return nil, fmt.Errorf("read attendee: %w", err)
		}
		byID[a.RecipientID] = recipient(r)
	}
	mailed, err := p.CalendarMails(ctx, rows.CalendarMailsParams{OrgID: s.OrgID, ItemID: &s.ItemID, CalendarUid: s.Uid})
	if err != nil {
		return nil, fmt.Errorf("read mails to calendars: %w", err)
	}
	for _, n := range mailed {
		if n.RecipientID != nil {
			readers[coaching.MailboxKey(n.Address)] = byID[*n.RecipientID]
		}
	}
	for _, r := range byID {
		readers[coaching.MailboxKey(r.Address)] = r
	}
	return readers, nil
}

// calendarMail is the row of one mail to one calendar, through the gate.
func (p *locked) calendarMail(item coaching.ProgramItem, s *rows.ItemSession, m coaching.CalendarMail, r recipient) (rows.NotificationPlanParams, error) {
	says, err := json.Marshal(m.Appointment)
	if err != nil {
		return rows.NotificationPlanParams{}, fmt.Errorf("write what calendars are told: %w", err)
	}
	n := rows.NotificationPlanParams{
		OrgID: p.command.Org, ID: db.NewID(), EngagementID: &p.command.Engagement, ItemID: &item.State.ID, RecipientID: &r.ID, PersonID: r.PersonID,
		Address: m.To.Address, RecipientName: r.Name, Step: fmt.Sprintf("%s-%d", m.Method, m.Sequence), Reason: "attendee of " + item.Spec.Title,
		State: "planned", PlannedAt: p.command.At, CalendarUid: s.Uid, CalendarMethod: string(m.Method), CalendarSequence: int32(m.Sequence), CalendarStamp: &m.Stamp, CalendarSays: says,
	}
	if gate := coaching.SessionRow.Decide(coaching.Standing(r.Standing), r.Blocked); gate.Gate != coaching.GateSend {
		n.State, n.StateReason = string(gate.Gate), gate.Reason
	}
	return n, nil
}

// nextCalendarMail is the mail about a session that leaves next to one calendar; the zero
// id: none. Those that nobody needs any more are taken back.
func (p *locked) nextCalendarMail(ctx context.Context, s *rows.ItemSession, address string) (uuid.UUID, error) {
	list, err := p.CalendarMails(ctx, rows.CalendarMailsParams{OrgID: s.OrgID, ItemID: &s.ItemID, CalendarUid: s.Uid})
	if err != nil {
		return uuid.Nil, fmt.Errorf("read mails to calendars: %w", err)
	}
	list = slices.DeleteFunc(list, func(n rows.CalendarMailsRow) bool { return !coaching.SameMailbox(n.Address, address) })
	queue := make([]coaching.QueuedCalendarMail, len(list))
	for i, n := range list {
		queue[i] = coaching.QueuedCalendarMail{Method: coaching.CalendarMethod(n.CalendarMethod), Outcome: calendarOutcome(n)}
	}
	next, dropped := coaching.NextCalendarMail(queue)
	for _, i := range dropped {
		drop := rows.CalendarMailDropParams{OrgID: s.OrgID, ID: list[i].ID, StateReason: droppedWords(queue[i].Method), OutcomeAt: &p.command.At}
		if gone, err := p.CalendarMailDrop(ctx, drop); err != nil || gone != 1 {
			return uuid.Nil, fmt.Errorf("drop mail to calendar (%d): %w", gone, err)
		}
	}
	if next < 0 {
		return uuid.Nil, nil
	}
	return list[next].ID, nil
}

func droppedWords(method coaching.CalendarMethod) string {
	if method == coaching.CalendarCancel {
		return "the invitation had not left, so there is nothing to take back"
	}
	return "it had not left when the session was changed again"
}

// calendarOutcome is how far a mail to a calendar has come. One that an attempt holds, or
// held when its worker died, may have left.
func calendarOutcome(n rows.CalendarMailsRow) coaching.CalendarOutcome {
	switch coaching.NotificationState(n.State) {
	case coaching.NotificationSent, coaching.NotificationDelivered, coaching.NotificationBounced:
		return coaching.CalendarLeft
	case coaching.NotificationPlanned, coaching.NotificationHeld, coaching.NotificationSending:
		if n.Doubtful || n.ClaimedUntil != nil {
			return coaching.CalendarUnknown
		}
		return coaching.CalendarWaits
	}
	return coaching.CalendarDropped
}
