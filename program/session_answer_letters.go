package program

import (
	"context"
	"fmt"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// The letters about answers to an invitation. Each reads again, when it leaves, whether what
// it says still holds (R1).

// answerNews is what a letter about an answer has to go by.
type answerNews struct {
	p       *locked
	l       itemLetters
	session *rows.ItemSession
	answer  rows.SessionAnswerGetRow
}

// open reports whether the session is still to come.
func (a answerNews) open() bool {
	return a.session.State == string(coaching.SessionScheduled) && a.p.command.At.Before(a.session.StartsAt)
}

func (s *Programs) readNews(ctx context.Context, q *rows.Queries, n rows.Notification) (a answerNews, err error) {
	if a.p, err = s.openMail(ctx, q, n); err != nil {
		return a, err
	}
	a.session = a.p.sessions[*n.ItemID]
	if a.l, err = s.mailLetters(ctx, a.p, n); err != nil {
		return a, err
	}
	if a.answer, err = q.SessionAnswerGet(ctx, n.OrgID, n.AboutIds[0]); err != nil {
		return a, fmt.Errorf("read answer: %w", err)
	}
	return a, nil
}

// writeDeclined writes that somebody who must attend does not come.
func (s *Programs) writeDeclined(ctx context.Context, q *rows.Queries, n rows.Notification) (*outbox.Draft, error) {
	a, err := s.readNews(ctx, q, n)
	if err != nil {
		return nil, err
	}
	if !a.open() || a.answer.Removed || a.answer.Answer != string(coaching.Declined) {
		return nil, outbox.TakeBack(ctx, q, n, "it is not true any more")
	}
	return a.write(ctx, n)
}

// writeWords writes the words of somebody that came to the address of a session.
func (s *Programs) writeWords(ctx context.Context, q *rows.Queries, n rows.Notification) (*outbox.Draft, error) {
	a, err := s.readNews(ctx, q, n)
	if err != nil {
		return nil, err
	}
	return a.write(ctx, n)
}

// writeProposed writes that an attendee proposes another time, with the link to decide.
func (s *Programs) writeProposed(ctx context.Context, q *rows.Queries, n rows.Notification) (*outbox.Draft, error) {
	a, err := s.readNews(ctx, q, n)
	if err != nil {
		return nil, err
	}
	if !a.open() || a.answer.SessionAnswer.State != string(coaching.ProposalOpen) {
		return nil, outbox.TakeBack(ctx, q, n, "nothing waits for a decision any more")
	}
	return a.write(ctx, n)
}

// writeRefused writes to an attendee that the session stays as it is.
func (s *Programs) writeRefused(ctx context.Context, q *rows.Queries, n rows.Notification) (*outbox.Draft, error) {
	a, err := s.readNews(ctx, q, n)
	if err != nil {
		return nil, err
	}
	if !a.open() || a.answer.Removed {
		return nil, outbox.TakeBack(ctx, q, n, "the session went another way")
	}
	return a.write(ctx, n)
}

// writeExpired writes to both sides that nobody has decided in time. The first of these
// letters ends the proposal.
func (s *Programs) writeExpired(ctx context.Context, q *rows.Queries, n rows.Notification) (*outbox.Draft, error) {
	a, err := s.readNews(ctx, q, n)
	if err != nil {
		return nil, err
	}
	if a.answer.SessionAnswer.State == string(coaching.ProposalOpen) {
		end := rows.ProposalEndParams{OrgID: n.OrgID, ID: a.answer.SessionAnswer.ID, State: string(coaching.ProposalExpired), EndedAt: new(db.Now())}
		if ended, err := q.ProposalEnd(ctx, end); err != nil || ended != 1 {
			return nil, fmt.Errorf("end proposal (%d): %w", ended, err)
		}
	} else if a.answer.SessionAnswer.State != string(coaching.ProposalExpired) {
		return nil, outbox.TakeBack(ctx, q, n, "somebody has decided about it")
	}
	return a.write(ctx, n)
}

// write renders a letter about an answer.
func (a answerNews) write(ctx context.Context, n rows.Notification) (*outbox.Draft, error) {
	values, err := a.values(ctx, n)
	if err != nil {
		return nil, err
	}
	d := &outbox.Draft{Row: n, Sender: a.p.names.OrganizationName, ReplyTo: a.l.replyTo(n)}
	switch {
	case n.Kind == string(coaching.SessionProposedLetter):
		link, err := a.decisionLink(ctx, n)
		if err != nil {
			return nil, err
		}
		d.Links = []coaching.LinkRef{link}
		values["link"] = a.l.outbox.LinkPlaceholder(link.Purpose, link.ID)
	case n.RecipientID != nil:
		if d.Links, err = a.l.sessionLinks(ctx, n); err != nil {
			return nil, err
		}
	}
	template, why, err := a.p.template(ctx, coaching.NotificationKind(n.Kind), nil)
	if err != nil {
		return nil, err
	}
	return d, a.l.outbox.RenderWith(ctx, a.p.Queries, d, template, why, values, a.l.layout())
}

// values are the placeholders, with times on the reader's clock.
func (a answerNews) values(ctx context.Context, n rows.Notification) (map[string]string, error) {
	v := a.l.values(n)
	zone := coaching.ZoneOrUTC(a.p.names.CoacheeZone)
	if n.PersonID != nil {
		reader, err := a.p.ContactGet(ctx, n.OrgID, *n.PersonID)
		if err != nil {
			return nil, fmt.Errorf("read zone of reader: %w", err)
		}
		zone = coaching.ZoneOrUTC(reader.TimeZone)
	}
	answer := a.answer.SessionAnswer
	v["when"], v["words"], v["reason"] = coaching.ShowTime(a.session.StartsAt, zone), answer.Words, answer.Reason
	v["asker"] = coaching.ShowAddress(answer.Address)
	if a.answer.RecipientID != nil {
		asker, err := a.p.SessionReader(ctx, n.OrgID, *a.answer.RecipientID)
		if err != nil {
			return nil, fmt.Errorf("read who has answered: %w", err)
		}
		if asker.Name != "" {
			v["asker"] = asker.Name
		}
	}
	v["proposed"], v["says"] = "", ""
	if answer.StartsAt != nil {
		v["proposed"] = fmt.Sprintf("%s, %d minutes", coaching.ShowTime(*answer.StartsAt, zone), *answer.Minutes)
	}
	if a.answer.Answer == string(coaching.Declined) {
		v["says"] = "They decline the present time."
	}
	return v, nil
}

// decisionLink makes the link by which whoever is responsible decides about a proposal.
func (a answerNews) decisionLink(ctx context.Context, n rows.Notification) (coaching.LinkRef, error) {
	answer := a.answer.SessionAnswer
	link := coaching.LinkRef{Purpose: coaching.ProposalLink, Org: n.OrgID, ID: coaching.LinkID(coaching.ProposalLink, answer.ID, *n.PersonID, n.Address)}
	err := a.p.LinkInsert(ctx, rows.LinkInsertParams{OrgID: n.OrgID, ID: link.ID, Purpose: link.Purpose.Name(), SubjectID: answer.ID, PersonID: n.PersonID,
		Email: &n.Address, ExpiresAt: a.session.StartsAt.Add(outbox.LinkLife)})
	if err != nil {
		return link, fmt.Errorf("make link: %w", err)
	}
	return link, nil
}
