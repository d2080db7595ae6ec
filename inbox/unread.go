package inbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/mail/receive"
	"coachflow/outbox"
)

// Letters that belong to no conversation, of organizations without a reply address,
// have a Reply-To that nobody reads: the unread address. A mail to it, or of somebody known
// to an address that there is not, is kept, and
// listed as ignored with its reason. Its sender is told once a day what to do, unless
// a machine wrote it, or nobody vouches for the sender: the answer to a forged mail
// would go to somebody who wrote none.

// Why a mail to the unread address is ignored: beside the signs of machines and the
// doubts about senders.
const (
	answeredOnce    = "answered_once"
	answeredBefore  = "answered_before"
	answersAnAnswer = "answers_an_answer"
)

// answerOncePerSender is how long one sender is told nothing again.
const answerOncePerSender = 24 * time.Hour

// isUnread finds the organization whose unread address has a local part.
func (x *Inbox) isUnread(ctx context.Context, local string) (uuid.UUID, bool, error) {
	org, is := outbox.OrgOfUnread(local)
	if !is {
		return org, false, nil
	}
	err := x.DB.InOrg(ctx, org, func(q *rows.Queries) error {
		_, err := q.OrganizationGet(ctx, org)
		return err
	})
	if err != nil && !db.NoRow(err) {
		return org, false, fmt.Errorf("look organization up: %w", err)
	}
	return org, err == nil, nil
}

// receiveOther settles a mail that came to no system address: to that of a session, or to the
// unread one.
func (x *Inbox) receiveOther(ctx context.Context, in Inbound) (Verdict, error) {
	var row rows.ReplyMailGetRow
	err := x.DB.InOrg(ctx, in.Org, func(q *rows.Queries) (err error) {
		row, err = q.ReplyMailGet(ctx, in.Org, in.ID)
		return err
	})
	if db.NoRow(err) {
		return Verdict{}, noSuchMail()
	}
	if err != nil {
		return Verdict{}, fmt.Errorf("read mail: %w", err)
	}
	if row.SessionID != nil {
		return x.receiveSession(ctx, in)
	}
	return x.receiveUnread(ctx, in, row)
}

// receiveUnread settles a mail to the unread address, and sends the answer if there is
// one. Repeating it sends what is missing.
func (x *Inbox) receiveUnread(ctx context.Context, in Inbound, row rows.ReplyMailGetRow) (Verdict, error) {
	verdict := Verdict{State: row.State, Reason: row.Reason}
	if verdict.State != string(coaching.InboundReceived) && verdict.Reason != answeredOnce {
		return verdict, nil
	}
	mail, err := x.readUnread(ctx, row.RawKey)
	if err != nil {
		return Verdict{}, err
	}
	if verdict.State == string(coaching.InboundReceived) {
		if verdict, err = x.settleUnread(ctx, in, mail); err != nil {
			return Verdict{}, err
		}
	}
	if verdict.Reason != answeredOnce {
		return verdict, nil
	}
	return verdict, x.sendAnswer(ctx, in, mail)
}

// unreadMail is what counts of a mail that nobody reads: its header.
type unreadMail struct {
	*receive.Inbound
	from   string // whoever is believed to have sent it, in the one spelling
	reason string // why nobody is believed, or answered
}

func (x *Inbox) readUnread(ctx context.Context, key string) (unreadMail, error) {
	header, err := x.headerOf(ctx, key)
	if err != nil {
		return unreadMail{}, err
	}
	return x.judgeHeader(header), nil
}

// judgeHeader reads who is believed to have sent a mail, and why nobody is.
func (x *Inbox) judgeHeader(header []byte) unreadMail {
	mail := unreadMail{Inbound: receive.ReadHeader(header)}
	author, unclear := mail.SoleAuthor()
	signs := receive.ReadSigns(header, x.Outbox.From.Addr)
	sender := receive.VerifySender(header, x.AuthservID)
	robot, isRobot := signs.Automatic(false)
	switch {
	case isRobot:
		mail.reason = robot
	case unclear != nil:
		mail.reason = "author_unclear"
	case strings.EqualFold(author.Domain(), x.Domain):
		mail.reason = receive.AutomaticOwn
	case mail.Answers(answerDomain(x.Outbox)):
		mail.reason = answersAnAnswer
	case !sender.Pass:
		mail.reason = sender.Reason
	default:
		mail.from = coaching.MailboxKey(author.Addr)
	}
	return mail
}

// settleUnread decides whether a mail is answered, and plans the answer with it.
func (x *Inbox) settleUnread(ctx context.Context, in Inbound, mail unreadMail) (Verdict, error) {
	verdict := Verdict{State: string(coaching.InboundIgnored), Reason: mail.reason}
	err := x.DB.InOrg(ctx, in.Org, func(q *rows.Queries) (err error) {
		if verdict.Reason == "" {
			// Of two mails at once the second sees that the first is answered.
			if err := q.OrganizationLock(ctx, in.Org); err != nil {
				return fmt.Errorf("lock organization: %w", err)
			}
			if verdict.Reason, err = answerable(ctx, q, in, mail.from); err != nil {
				return err
			}
		}
		if verdict.Reason == answeredOnce {
			if err := planAnswer(ctx, q, in, mail.from); err != nil {
				return err
			}
		}
		set := settled(in, rows.InboundMailGetRow{State: string(coaching.InboundReceived)}, mail.Inbound, verdict)
		if mail.from != "" {
			set.FromAddress = mail.from
		}
		settled, err := q.InboundMailSettle(ctx, set)
		if err == nil && settled == 0 {
			return errOvertaken // what is planned here is undone
		}
		return err
	})
	if errors.Is(err, errOvertaken) {
		return Verdict{}, err
	}
	if err != nil {
		return Verdict{}, fmt.Errorf("settle mail that nobody reads: %w", err)
	}
	return verdict, nil
}

// answerable reports whether a sender is told now what to do: answeredOnce, or why not.
// Machines that do not say that they are some, and write from a new address each time,
// are told by the hurry in which mails of their domain answer ours.
func answerable(ctx context.Context, q *rows.Queries, in Inbound, from string) (string, error) {
	find := rows.ReplyMailsRecentParams{OrgID: in.Org, Since: new(in.At.Add(-answerOncePerSender)), Domain: from[strings.LastIndexByte(from, '@')+1:]}
	recent, err := q.ReplyMailsRecent(ctx, find)
	if err != nil {
		return "", fmt.Errorf("read recent mails of sender: %w", err)
	}
	var rounds []coaching.StreamMail
	for _, m := range recent {
		if m.FromAddress == from && m.Reason == answeredOnce {
			return answeredBefore, nil
		}
		if m.Reason == answeredOnce { // a mail, and our answer to it
			rounds = append(rounds, coaching.StreamMail{At: m.SettledAt, ToCoach: true}, coaching.StreamMail{At: m.SettledAt})
		}
	}
	if _, err := q.PersonByAddress(ctx, in.Org, from); err == nil {
		return answeredOnce, nil
	} else if !db.NoRow(err) {
		return "", fmt.Errorf("look sender up: %w", err)
	}
	if coaching.AnswersLikeAMachine(rounds, coaching.StreamMail{At: in.At, ToCoach: true}) {
		return answersLikeAMachine, nil
	}
	return answeredOnce, nil
}
