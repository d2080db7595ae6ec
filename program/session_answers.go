package program

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// The answers of calendars to the invitations to a session, and words that came to its
// address by mail. Whether an answer counts, coaching.AnswerFacts decides.

// TakeMail carries out what a mail to the address of a session says, in the transaction of
// q. It says what became of the mail and why, and names the letters that leave by themselves.
func (s *Programs) TakeMail(ctx context.Context, q *rows.Queries, m coaching.SessionMail) (state coaching.InboundMailState, reason string, letters []outbox.StandaloneMail, err error) {
	about, err := q.SessionMailItem(ctx, m.Org, m.Session)
	if err != nil {
		return "", "", nil, fmt.Errorf("read session of mail: %w", err)
	}
	c := CommandContext{Org: m.Org, Engagement: about.EngagementID, Item: about.ItemSession.ItemID, At: m.At, Key: m.ID.String()}
	p, session, err := s.openSessionOf(ctx, q, c, about.ItemSession.Uid)
	if err != nil {
		return "", "", nil, err
	}
	take := p.takeAttendance
	if m.Answer == nil {
		take = p.takeWords
	}
	state, reason, err = take(ctx, session, m)
	return state, reason, p.out.Mails, err
}

// openSessionOf opens a program with a session as that of its item: a later one may have come.
func (s *Programs) openSessionOf(ctx context.Context, q *rows.Queries, c CommandContext, uid string) (*locked, *rows.ItemSession, error) {
	p, err := s.open(ctx, q, c)
	if err != nil {
		return nil, nil, err
	}
	session, err := q.SessionByUID(ctx, c.Org, uid)
	if err != nil {
		return nil, nil, fmt.Errorf("read session: %w", err)
	}
	p.sessions[c.Item] = &session
	return p, &session, nil
}

// takeAttendance takes the answer of an attendee's calendar.
func (p *locked) takeAttendance(ctx context.Context, session *rows.ItemSession, m coaching.SessionMail) (coaching.InboundMailState, string, error) {
	attendee, err := p.SessionAttendeeNewest(ctx, rows.SessionAttendeeNewestParams{OrgID: m.Org, SessionID: m.Session, RecipientID: m.Attendee})
	if err != nil {
		return "", "", fmt.Errorf("read attendee: %w", err)
	}
	reader, err := p.SessionReader(ctx, m.Org, m.Attendee)
	if err != nil {
		return "", "", fmt.Errorf("read attendee: %w", err)
	}
	facts, err := p.answerFacts(session, attendee, reader.Address)
	if err != nil {
		return "", "", err
	}
	if reason := facts.Refuse(*m.Answer, m.ReceivedAt); reason != "" {
		return coaching.InboundIgnored, reason, nil
	}
	kind := coaching.SessionAnswerKind(m.Answer.Attendance)
	if m.Answer.Counter {
		kind = coaching.AnswerProposed
	}
	counts, err := p.noteAnswer(ctx, session, m, &attendee.ID, kind)
	if err != nil || !counts {
		return coaching.InboundDuplicate, "answered_twice", err
	}
	if err := p.setAttendance(ctx, attendee, m); err != nil {
		return "", "", err
	}
	item, err := p.item()
	if err != nil {
		return "", "", err
	}
	switch {
	case m.Answer.Counter:
		err = p.planProposal(ctx, item, session, attendee, m)
	case m.Answer.Attendance == coaching.Declined && attendee.Answer != string(coaching.Declined) && reader.Required:
		err = p.planWords(ctx, item, session, coaching.SessionDeclinedLetter, m.ID)
	}
	if err != nil {
		return "", "", err
	}
	reason := "session_" + string(kind)
	return coaching.InboundTaken, reason, p.eventOf(ctx, reason, &item.State, "", m.Attendee)
}

// answerFacts are what decides whether an answer of an attendee counts.
func (p *locked) answerFacts(session *rows.ItemSession, attendee rows.SessionAttendee, address string) (coaching.AnswerFacts, error) {
	var held coaching.SessionCalendar
	if err := json.Unmarshal(session.Calendar, &held); err != nil {
		return coaching.AnswerFacts{}, fmt.Errorf("read calendar of session: %w", err)
	}
	facts := coaching.AnswerFacts{State: coaching.SessionState(session.State), Start: session.StartsAt, End: endOf(session), Now: p.command.At,
		Invited: attendee.RemovedAt == nil, Sequence: held.Sequence, LastSequence: int(attendee.AnswerSequence), LastStamp: db.Deref(attendee.AnswerStamp)}
	for _, c := range held.Copies {
		if c.Method == coaching.CalendarRequest && coaching.SameMailbox(c.Address, address) {
			facts.Sequence = c.Sequence
		}
	}
	return facts, nil
}

// noteAnswer keeps what came, and reports whether it counts: the same mail twice does not.
func (p *locked) noteAnswer(ctx context.Context, session *rows.ItemSession, m coaching.SessionMail, attendee *uuid.UUID, kind coaching.SessionAnswerKind) (bool, error) {
	row := rows.SessionAnswerInsertParams{OrgID: m.Org, ID: m.ID, SessionID: m.Session, AttendeeID: attendee, MailKey: m.Key, Kind: string(kind),
		Address: m.From, Words: m.Words, ReceivedAt: m.ReceivedAt}
	if kind == coaching.AnswerProposed {
		start, minutes := m.Answer.Proposed(time.Duration(session.Minutes) * time.Minute)
		row.StartsAt, row.Minutes, row.State = &start, new(int32(minutes)), string(coaching.ProposalOpen)
	}
	inserted, err := p.SessionAnswerInsert(ctx, row)
	if err != nil {
		return false, fmt.Errorf("store answer: %w", err)
	}
	return inserted == 1, nil
}

// setAttendance stores what an attendee has answered. A proposal can say so, too.
func (p *locked) setAttendance(ctx context.Context, attendee rows.SessionAttendee, m coaching.SessionMail) error {
	set := rows.AttendeeAnswerParams{OrgID: m.Org, ID: attendee.ID, Answer: string(m.Answer.Attendance), AnswerWords: m.Words, AnsweredAt: &m.ReceivedAt,
		AnswerSequence: int32(m.Answer.Sequence), AnswerStamp: new(m.Answer.Stamped(m.ReceivedAt))}
	if m.Answer.Attendance == coaching.NotAnswered {
		set.Answer, set.AnsweredAt = attendee.Answer, attendee.AnsweredAt
	}
	changed, err := p.AttendeeAnswer(ctx, set)
	if err != nil || changed != 1 {
		return fmt.Errorf("store answer of attendee (%d): %w", changed, err)
	}
	return nil
}

// takeWords passes words that came to the address of a session on to who is responsible.
func (p *locked) takeWords(ctx context.Context, session *rows.ItemSession, m coaching.SessionMail) (coaching.InboundMailState, string, error) {
	written, err := p.SessionWordsRecent(ctx, rows.SessionWordsRecentParams{OrgID: m.Org, Address: m.From, Since: m.At.Add(-coaching.SessionWordsWithin)})
	if err != nil {
		return "", "", fmt.Errorf("count words: %w", err)
	}
	if written >= coaching.MostSessionWords {
		return coaching.InboundQuarantined, coaching.WordsTooOften, nil
	}
	var attendee *uuid.UUID
	if m.Attendee != uuid.Nil {
		row, err := p.SessionAttendeeNewest(ctx, rows.SessionAttendeeNewestParams{OrgID: m.Org, SessionID: m.Session, RecipientID: m.Attendee})
		if err != nil {
			return "", "", fmt.Errorf("read attendee: %w", err)
		}
		attendee = &row.ID
	}
	counts, err := p.noteAnswer(ctx, session, m, attendee, coaching.AnswerWords)
	if err != nil || !counts {
		return coaching.InboundDuplicate, "answered_twice", err
	}
	item, err := p.item()
	if err != nil {
		return "", "", err
	}
	if err := p.planWords(ctx, item, session, coaching.SessionWordsLetter, m.ID); err != nil {
		return "", "", err
	}
	return coaching.InboundTaken, "session_words", p.eventOf(ctx, "session_words", &item.State, "", m.Attendee)
}

// planWords plans a letter about an answer to who is responsible.
func (p *locked) planWords(ctx context.Context, item coaching.ProgramItem, session *rows.ItemSession, kind coaching.NotificationKind, answer uuid.UUID) error {
	to, err := p.responsibleFor(ctx)
	if err != nil {
		return err
	}
	var plans []rows.NotificationPlanParams
	for _, r := range to {
		plans = append(plans, p.answerLetter(item, session, r, kind, answer, p.command.At))
	}
	return p.planStandalone(ctx, plans)
}

// answerLetter is the row of a letter about an answer, to who is responsible or to an attendee.
func (p *locked) answerLetter(item coaching.ProgramItem, session *rows.ItemSession, r recipient, kind coaching.NotificationKind, answer uuid.UUID, at time.Time) rows.NotificationPlanParams {
	n := p.planned(item, r, kind, "answer", at)
	n.Plan, n.Reason = 0, "attendee of "+item.Spec.Title
	if r.ID == uuid.Nil {
		n.RecipientID, n.Reason = nil, "responsible for the engagement"
	}
	n.Key = fmt.Sprintf("%s/%s/%s", kind, answer, holder(r.PersonID, r.ID))
	n.AboutIds, n.CalendarUid = []uuid.UUID{answer}, session.Uid
	return n
}
