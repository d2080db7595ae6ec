package inbox

import (
	"context"
	"fmt"
	"strings"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/mail/receive"
	"coachflow/outbox"

	"github.com/google/uuid"
)

// Each session has an address of its own, which organizes it in calendars. What comes there
// are the answers of calendars, and now and then words of a person. Only what is from an
// attendee counts, for whom the receiving server vouches; what that does, Sessions decides.

// Sessions carries out what the mails to the addresses of sessions say.
type Sessions interface {
	// TakeMail carries out one mail, in the transaction of q. It says what became of it,
	// and names the letters that leave by themselves because of it.
	TakeMail(ctx context.Context, q *rows.Queries, m coaching.SessionMail) (state coaching.InboundMailState, reason string, letters []outbox.StandaloneMail, err error)
}

// receiveSession settles a mail to the address of a session, unless that is done.
func (x *Inbox) receiveSession(ctx context.Context, in Inbound) (Verdict, error) {
	var row rows.SessionMailGetRow
	var about sessionAbout
	err := x.DB.InOrg(ctx, in.Org, func(q *rows.Queries) (err error) {
		if row, err = q.SessionMailGet(ctx, in.Org, in.ID); err != nil {
			return fmt.Errorf("read mail: %w", err)
		}
		about, err = readAbout(ctx, q, in.Org, *row.SessionID)
		return err
	})
	if err != nil {
		return Verdict{}, err
	}
	in.Released = letThrough(asInbound(row))
	verdict := Verdict{State: row.State, Reason: row.Reason}
	if row.State == string(coaching.InboundReceived) || in.Released {
		if verdict, err = x.takeSession(ctx, in, row, about); err != nil {
			return Verdict{}, err
		}
	} else if verdict.Reason == answeredOnce {
		return verdict, x.answerAgain(ctx, in, row.RawKey)
	}
	if in.RunEnds && !row.RunEnded && (verdict.State == string(coaching.InboundQuarantined) || row.ReleasedBy != nil) {
		return verdict, x.noteRunEnded(ctx, in)
	}
	return verdict, nil
}

// answerAgain sends the answer to a mail that was settled, if it has not left.
func (x *Inbox) answerAgain(ctx context.Context, in Inbound, key string) error {
	mail, err := x.readUnread(ctx, key)
	if err != nil {
		return err
	}
	return x.sendAnswer(ctx, in, mail)
}

// sessionAbout is what a mail is about, and who can have sent it.
type sessionAbout struct {
	rows.SessionMailItemRow
	authors []rows.SessionMailAuthorsRow
}

func readAbout(ctx context.Context, q *rows.Queries, org, session uuid.UUID) (about sessionAbout, err error) {
	if about.SessionMailItemRow, err = q.SessionMailItem(ctx, org, session); err != nil {
		return about, fmt.Errorf("read session of mail: %w", err)
	}
	if about.authors, err = q.SessionMailAuthors(ctx, org, session); err != nil {
		return about, fmt.Errorf("read attendees: %w", err)
	}
	return about, nil
}

// attendee is the attendee whose address it is; nil: nobody's.
func (a sessionAbout) attendee(address string) *rows.SessionMailAuthorsRow {
	for i := range a.authors {
		if address != "" && coaching.SameMailbox(a.authors[i].Address, address) {
			return &a.authors[i]
		}
	}
	return nil
}

// takeSession reads the mail, judges it, and does what follows.
func (x *Inbox) takeSession(ctx context.Context, in Inbound, row rows.SessionMailGetRow, about sessionAbout) (Verdict, error) {
	if large(asInbound(row)) {
		return x.setLargeAside(ctx, in, row, about)
	}
	select {
	case readSlots <- struct{}{}:
		defer func() { <-readSlots }()
	case <-ctx.Done():
		return Verdict{}, ctx.Err()
	}
	raw, err := x.Blobs.Get(ctx, row.RawKey)
	if err != nil {
		return Verdict{}, fmt.Errorf("read stored mail: %w", err)
	}
	m := x.judgeSession(in, about, raw)
	switch {
	case m.verdict.State != "":
		return m.verdict, x.settleSession(ctx, in, row, m)
	case m.answer == nil && m.attendee != nil && m.attendee.PersonID != nil && about.CoachID != nil && *m.attendee.PersonID == *about.CoachID:
		return x.answerCoach(ctx, in, raw)
	}
	return x.carryOut(ctx, in, row, m)
}

// answerCoach tells a coach who has written to the address of a session what to do instead:
// there is nobody to whom their words could go on.
func (x *Inbox) answerCoach(ctx context.Context, in Inbound, raw []byte) (Verdict, error) {
	mail := x.judgeHeader(raw[:min(len(raw), receive.MaxHeaderSize)])
	verdict, err := x.settleUnread(ctx, in, mail)
	if err != nil || verdict.Reason != answeredOnce {
		return verdict, err
	}
	return verdict, x.sendAnswer(ctx, in, mail)
}

// carryOut has the session take the mail, and sends the letters that this leads to.
func (x *Inbox) carryOut(ctx context.Context, in Inbound, row rows.SessionMailGetRow, m sessionMail) (Verdict, error) {
	var verdict Verdict
	var letters []outbox.StandaloneMail
	err := x.DB.InOrg(ctx, in.Org, func(q *rows.Queries) error {
		state, reason, list, err := x.Sessions.TakeMail(ctx, q, x.sessionMail(in, row, m))
		if err != nil {
			return err
		}
		verdict, letters = Verdict{string(state), reason}, list
		return settleRow(ctx, q, in, asInbound(row), m.letter, verdict)
	})
	if err != nil {
		return Verdict{}, fmt.Errorf("take mail to session: %w", err)
	}
	for _, letter := range letters {
		if !letter.At.IsZero() {
			continue // the recovery sweep sends it when its moment comes
		}
		if err := x.Outbox.SendStandalone(ctx, letter); err != nil {
			return verdict, err // and what could not leave now
		}
	}
	return verdict, nil
}

// sessionMail is the mail as the session takes it. The same mail twice has the same key.
func (x *Inbox) sessionMail(in Inbound, row rows.SessionMailGetRow, m sessionMail) coaching.SessionMail {
	out := coaching.SessionMail{Org: in.Org, ID: in.ID, Session: *row.SessionID, At: in.At, ReceivedAt: row.ReceivedAt, From: m.from,
		Key: receive.MessageKey(m.letter) + " " + receive.ContentHash(m.letter)}
	if m.attendee != nil {
		out.Attendee = m.attendee.RecipientID
	}
	if m.answer != nil {
		out.Answer, out.Words = answerOf(*m.answer, m.by), coaching.AnswerWordsOf(x.blot(m.answer.Comment))
		return out
	}
	out.Words = coaching.AnswerWordsOf(x.blot(m.letter.Text))
	var files []string
	for _, file := range m.letter.Attachments() {
		files = append(files, file.Name)
	}
	if len(files) > 0 {
		out.Words += "\n\n[It has files, which are not passed on: " + strings.Join(files, ", ") + ". An admin finds them in the mail, among those received.]"
	}
	return out
}

// settleSession records a mail that does not count. Of a doubtful one the attendee is told
// in whose name it came, never the sender.
func (x *Inbox) settleSession(ctx context.Context, in Inbound, row rows.SessionMailGetRow, m sessionMail) error {
	return x.DB.InOrg(ctx, in.Org, func(q *rows.Queries) error {
		if err := settleRow(ctx, q, in, asInbound(row), m.letter, m.verdict); err != nil {
			return err
		}
		if m.verdict.State != string(coaching.InboundQuarantined) || m.attendee == nil || m.attendee.PersonID == nil {
			return nil
		}
		return x.planQuarantineWord(ctx, q, in, *m.attendee.PersonID, m.verdict, m.vouched)
	})
}

// setLargeAside settles a mail that is over what is read.
func (x *Inbox) setLargeAside(ctx context.Context, in Inbound, row rows.SessionMailGetRow, about sessionAbout) (Verdict, error) {
	header, err := x.headerOf(ctx, row.RawKey)
	if err != nil {
		return Verdict{}, err
	}
	m := sessionMail{letter: receive.ReadHeader(header), verdict: Verdict{"quarantined", mailLarge}}
	if row.TooLarge {
		m.verdict.Reason = mailTooLarge
	}
	x.readSender(&m, about, header)
	if reason, robot := receive.ReadSigns(header, x.Outbox.From.Addr).Automatic(m.attendee != nil); robot {
		m.verdict = Verdict{"ignored", reason}
	}
	return m.verdict, x.settleSession(ctx, in, row, m)
}

// asInbound is a mail to a session with what it has in common with those to system addresses.
func asInbound(row rows.SessionMailGetRow) rows.InboundMailGetRow {
	return rows.InboundMailGetRow{OrgID: row.OrgID, ID: row.ID, RawKey: row.RawKey, State: row.State, Reason: row.Reason, FromAddress: row.FromAddress, Subject: row.Subject,
		TooLarge: row.TooLarge, ReceivedAt: row.ReceivedAt, SettledAt: row.SettledAt, ReleasedAt: row.ReleasedAt, ReleasedBy: row.ReleasedBy, RunEnded: row.RunEnded,
		Size: row.Size, OrganizationName: row.OrganizationName}
}

// inboundMail reads a mail to a system address or, with what it has in common with those,
// one to a session.
func inboundMail(ctx context.Context, q *rows.Queries, in Inbound) (rows.InboundMailGetRow, error) {
	row, err := q.InboundMailGet(ctx, in.Org, in.ID)
	if !db.NoRow(err) {
		return row, err
	}
	session, err := q.SessionMailGet(ctx, in.Org, in.ID)
	return asInbound(session), err
}
