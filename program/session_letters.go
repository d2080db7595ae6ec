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

// Writers write the letters about sessions that leave by themselves.
func (s *Programs) Writers() map[coaching.NotificationKind]outbox.Writer {
	return map[coaching.NotificationKind]outbox.Writer{
		coaching.SessionScheduledLetter: s.writeCalendarMail, coaching.SessionRescheduledLetter: s.writeCalendarMail,
		coaching.SessionCancelledLetter: s.writeCalendarMail, coaching.SessionRemovedLetter: s.writeCalendarMail,
		coaching.SessionChangeLetter: s.writeAsked, coaching.SessionTimeAskedLetter: s.writeAsked,
		coaching.SessionDeclinedLetter: s.writeDeclined, coaching.SessionWordsLetter: s.writeWords, coaching.SessionProposedLetter: s.writeProposed,
		coaching.ProposalRefusedLetter: s.writeRefused, coaching.ProposalExpiredLetter: s.writeExpired, coaching.SessionRatingLetter: s.writeRatingAsked,
	}
}

// writeCalendarMail writes a mail to a calendar, if it is its turn: what calendars get of a
// session arrives in order, or not at all (R11).
func (s *Programs) writeCalendarMail(ctx context.Context, q *rows.Queries, n rows.Notification) (*outbox.Draft, error) {
	p, err := s.openMail(ctx, q, n)
	if err != nil {
		return nil, err
	}
	session := p.sessions[*n.ItemID]
	next, err := p.nextCalendarMail(ctx, session, n.Address)
	if err != nil {
		return nil, err
	}
	if next != n.ID {
		return nil, p.behind(ctx, n)
	}
	l, err := s.mailLetters(ctx, p, n)
	if err != nil {
		return nil, err
	}
	d := &outbox.Draft{Row: n, Sender: p.names.OrganizationName, ReplyTo: l.replyTo(n)}
	if d.Links, err = l.sessionLinks(ctx, n); err != nil {
		return nil, err
	}
	if n.State == "planned" {
		if d.Calendar, err = p.calendarObject(ctx, session, n, s.Outbox.CalendarDomain()); err != nil {
			return nil, err
		}
	}
	template, why, err := p.template(ctx, coaching.NotificationKind(n.Kind), l.item.Spec.OwnLetter(coaching.NotificationKind(n.Kind)))
	if err != nil {
		return nil, err
	}
	return d, s.Outbox.RenderWith(ctx, q, d, template, why, l.values(n), l.layout())
}

// openMail opens the program of a mail that leaves by itself, with the session that it is
// about, if it is about one, as that of its item: a later one may have come.
func (s *Programs) openMail(ctx context.Context, q *rows.Queries, n rows.Notification) (*locked, error) {
	p, err := s.open(ctx, q, CommandContext{Org: n.OrgID, Engagement: *n.EngagementID, Item: *n.ItemID, At: db.Now()})
	if err != nil || n.CalendarUid == "" {
		return p, err
	}
	session, err := q.SessionByUID(ctx, n.OrgID, n.CalendarUid)
	if err != nil {
		return nil, fmt.Errorf("read session: %w", err)
	}
	p.sessions[*n.ItemID] = &session
	return p, nil
}

// behind is why a mail does not leave now: it was taken back, or another one comes first.
func (p *locked) behind(ctx context.Context, n rows.Notification) error {
	now, err := p.NotificationGet(ctx, n.OrgID, n.ID)
	if err != nil {
		return fmt.Errorf("read notification: %w", err)
	}
	if now.State != "planned" && now.State != "sending" {
		return nil
	}
	return outbox.Later(ctx, "the one before it to the same calendar is on its way")
}

// mailLetters are the letters of the item of a mail, whose reader may be removed by now.
func (s *Programs) mailLetters(ctx context.Context, p *locked, n rows.Notification) (itemLetters, error) {
	item, err := p.item()
	if err != nil {
		return itemLetters{}, err
	}
	l, err := s.itemLetters(ctx, p, item)
	if err != nil || n.RecipientID == nil {
		return l, err
	}
	reader, err := p.SessionReader(ctx, n.OrgID, *n.RecipientID)
	if err != nil {
		return l, fmt.Errorf("read attendee: %w", err)
	}
	l.recipients[reader.ID] = recipient(reader)
	return l, nil
}

// planInvitationsAgain plans the invitation to a scheduled session once more, as it is now,
// since a person asked.
func (p *locked) planInvitationsAgain(ctx context.Context, item coaching.ProgramItem) error {
	s := p.scheduled(item.State.ID)
	if s == nil {
		return coaching.Problemf(coaching.Conflict, "session_not_scheduled", "The session has no time yet, so there is nothing to send: schedule it.")
	}
	var held coaching.SessionCalendar
	if err := json.Unmarshal(s.Calendar, &held); err != nil {
		return fmt.Errorf("read calendar of session: %w", err)
	}
	readers, err := p.calendarReaders(ctx, s)
	if err != nil {
		return err
	}
	var plans []rows.NotificationPlanParams
	for _, c := range held.Copies {
		if c.Method != coaching.CalendarRequest {
			continue
		}
		m := coaching.CalendarMail{To: c.Attendee, UID: s.Uid, Method: c.Method, Sequence: c.Sequence, Stamp: held.Stamp, Appointment: held.Said}
		n, err := p.calendarMail(item, s, m, readers[c.Address])
		if err != nil {
			return err
		}
		n.Kind, n.Step, n.PlannedAt = string(coaching.SessionScheduledLetter), resendStep(item.State), item.State.SendAt
		n.Key = fmt.Sprintf("%s/%s/%s/%s", n.Kind, s.ID, n.RecipientID, n.Step)
		plans = append(plans, n)
	}
	return p.planStandalone(ctx, plans)
}

// sessionLinks are the links in a mail about a session: that of an attendee.
func (l itemLetters) sessionLinks(ctx context.Context, n rows.Notification) ([]coaching.LinkRef, error) {
	if n.RecipientID == nil {
		return nil, nil
	}
	if n.Kind == string(coaching.SessionBookingLetter) {
		return l.bookingLinks(ctx, n)
	}
	a, is := l.attendees[*n.RecipientID]
	if !is {
		return nil, nil
	}
	link := l.sessionLink(a, n)
	end := endOf(l.p.sessions[l.item.State.ID])
	err := l.p.LinkInsert(ctx, rows.LinkInsertParams{OrgID: link.Org, ID: link.ID, Purpose: link.Purpose.Name(), SubjectID: a.ID, PersonID: n.PersonID, Email: &n.Address,
		ExpiresAt: end.Add(outbox.LinkLife)})
	if err != nil {
		return nil, fmt.Errorf("make link: %w", err)
	}
	return []coaching.LinkRef{link}, nil
}

// sessionLink is the link of an attendee as it is mailed to an address.
func (l itemLetters) sessionLink(a rows.SessionAttendee, n rows.Notification) coaching.LinkRef {
	return coaching.LinkRef{Purpose: coaching.SessionLink, Org: l.p.command.Org, ID: coaching.LinkID(coaching.SessionLink, a.ID, holder(n.PersonID, a.RecipientID), n.Address)}
}

// sessionValues are the placeholders of a mail about a session. A mail to calendars says
// what its act said, whatever was changed since.
func (l itemLetters) sessionValues(v map[string]string, n rows.Notification, zone *time.Location) {
	v["page"] = l.outbox.BaseURL + "/engagements/" + l.p.command.Engagement.String()
	v["since"] = coaching.ShowTime(l.item.State.FollowFrom, zone)
	for _, name := range []string{"before", "reason", "change_until", "asker", "words", "attendees"} {
		v[name] = ""
	}
	v["when"], v["length"], v["place"] = "the time for which it is scheduled", lengthWords(time.Duration(l.item.Spec.Minutes)*time.Minute), placeWords(l.item.Spec.Place)
	v["cancel_link"], v["next"] = v["link"]+"#cancel", l.nextWords(n)
	if n.Kind == string(coaching.SessionBookingLetter) && n.RecipientID != nil {
		link := l.bookingLink(l.recipients[*n.RecipientID], n.Address)
		v["link"] = l.outbox.LinkPlaceholder(link.Purpose, link.ID)
		return // what it was before it is booked again is of no interest
	}
	s := l.p.sessions[l.item.State.ID]
	if s == nil {
		return
	}
	says := coaching.Appointment{Start: s.StartsAt, End: endOf(s), Place: s.Place}
	if n.CalendarSays != nil {
		_ = json.Unmarshal(n.CalendarSays, &says) // as it was written
	}
	v["when"], v["length"], v["place"] = coaching.ShowTime(says.Start, zone), lengthWords(says.End.Sub(says.Start)), placeWords(says.Place)
	v["reason"] = s.Reason
	if s.MovedFrom != nil && !s.MovedFrom.Equal(says.Start) {
		v["before"] = "It was to be on " + coaching.ShowTime(*s.MovedFrom, zone) + "."
	}
	if n.RecipientID == nil {
		return
	}
	if a, is := l.attendees[*n.RecipientID]; is {
		link := l.sessionLink(a, n)
		v["link"] = l.outbox.LinkPlaceholder(link.Purpose, link.ID)
		v["cancel_link"] = v["link"] + "#cancel"
	}
	v["change_until"] = l.untilWords(says.Start, zone)
	v["attendees"] = l.othersWords(n.Address)
	if v["files"] != "" {
		v["files"] = "Files: " + v["files"] + "\n" + v["link"] + "#files"
	}
}

// othersWords name those who attend beside the reader, as far as the organization lets them
// know.
func (l itemLetters) othersWords(address string) string {
	var names []string
	for _, o := range coaching.OthersOf(l.p.names.AttendeesSeeEachOther, l.people, address) {
		if o.Name == "" {
			o.Name = coaching.ShowAddress(o.Address)
		}
		names = append(names, o.Name)
	}
	if len(names) == 0 {
		return ""
	}
	return "With: " + strings.Join(names, ", ")
}

// nextWords say what there is to do for the reader of a cancellation.
func (l itemLetters) nextWords(n rows.Notification) string {
	if n.RecipientID != nil && l.p.toBook(l.item) && l.p.isCoachee(l.recipients[*n.RecipientID]) {
		return "You can book another time."
	}
	return "There is nothing that you need to do."
}

// untilWords say until when an attendee can cancel a session.
func (l itemLetters) untilWords(start time.Time, zone *time.Location) string {
	until := coaching.ByLinkUntil(start, int(l.p.names.SessionNoticeHours))
	if l.p.command.At.After(until) {
		return "It is too late to cancel it by the link; ask for another time, or write to your coach."
	}
	return "You can cancel it there until " + coaching.ShowTime(until, zone) + "."
}

func placeWords(place string) string {
	if place == "" {
		return "not said yet"
	}
	return place
}

// lengthWords say how long a session lasts.
func lengthWords(length time.Duration) string {
	if minutes := int(length.Minutes()); minutes != 1 {
		return fmt.Sprintf("%d minutes", minutes)
	}
	return "1 minute"
}

// PlanChangeAsked plans the word to who is responsible that an attendee asks for another
// time, whose words are those of a stored act, and names the mails.
func (s *Programs) PlanChangeAsked(ctx context.Context, q *rows.Queries, c CommandContext, session rows.ItemSession, act, attendee uuid.UUID) ([]outbox.StandaloneMail, error) {
	p, err := s.open(ctx, q, c)
	if err != nil {
		return nil, err
	}
	item, err := p.item()
	if err != nil {
		return nil, err
	}
	if problem := (coaching.SessionFacts{State: coaching.SessionState(session.State), Start: session.StartsAt, Now: c.At}).May(coaching.AskForChange); problem != nil {
		return nil, problem
	}
	return p.planAsked(ctx, item, coaching.SessionChangeLetter, session.Uid, act, attendee)
}

// PlanTimeAsked is PlanChangeAsked for a session that the coachee is to book.
func (s *Programs) PlanTimeAsked(ctx context.Context, q *rows.Queries, c CommandContext, act, attendee uuid.UUID) ([]outbox.StandaloneMail, error) {
	p, err := s.open(ctx, q, c)
	if err != nil {
		return nil, err
	}
	item, err := p.item()
	if err != nil {
		return nil, err
	}
	if !p.toBook(item) {
		return nil, coaching.Problemf(coaching.Conflict, "session_closed", "This session has its time, or is over.")
	}
	return p.planAsked(ctx, item, coaching.SessionTimeAskedLetter, "", act, attendee)
}

// planAsked plans the words of an attendee to who is responsible. uid names the session that
// they are about.
func (p *locked) planAsked(ctx context.Context, item coaching.ProgramItem, kind coaching.NotificationKind, uid string, act, attendee uuid.UUID) ([]outbox.StandaloneMail, error) {
	to, err := p.responsibleFor(ctx)
	if err != nil {
		return nil, err
	}
	var plans []rows.NotificationPlanParams
	for _, r := range to {
		n := p.planned(item, r, kind, "asked", p.command.At)
		n.Key = fmt.Sprintf("%s/%s/%s", n.Kind, act, r.PersonID)
		n.RecipientID, n.Plan, n.Reason = nil, 0, "coach of the engagement"
		n.AboutIds, n.CalendarUid = []uuid.UUID{act, attendee}, uid
		plans = append(plans, n)
	}
	if err := p.planStandalone(ctx, plans); err != nil {
		return nil, err
	}
	return p.out.Mails, p.eventOf(ctx, string(kind), &item.State, "", attendee)
}

// writeAsked writes the words of an attendee who asks for a time.
func (s *Programs) writeAsked(ctx context.Context, q *rows.Queries, n rows.Notification) (*outbox.Draft, error) {
	p, err := s.openMail(ctx, q, n)
	if err != nil {
		return nil, err
	}
	l, err := s.mailLetters(ctx, p, n)
	if err != nil {
		return nil, err
	}
	row, err := q.SessionActGet(ctx, n.OrgID, n.AboutIds[0])
	if err != nil {
		return nil, fmt.Errorf("read what was asked: %w", err)
	}
	var act coaching.SessionAct
	if err := json.Unmarshal(row.Wanted, &act); err != nil {
		return nil, fmt.Errorf("read what was asked: %w", err)
	}
	asker, err := q.SessionReader(ctx, n.OrgID, n.AboutIds[1])
	if err != nil {
		return nil, fmt.Errorf("read who asks: %w", err)
	}
	values := l.values(n)
	values["asker"], values["words"] = asker.Name, act.Reason
	if asker.Name == "" {
		values["asker"] = coaching.ShowAddress(asker.Address)
	}
	d := &outbox.Draft{Row: n, Sender: p.names.OrganizationName, ReplyTo: l.replyTo(n)}
	template, why, err := p.template(ctx, coaching.NotificationKind(n.Kind), nil)
	if err != nil {
		return nil, err
	}
	return d, s.Outbox.RenderWith(ctx, q, d, template, why, values, l.layout())
}
