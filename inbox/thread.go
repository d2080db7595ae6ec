package inbox

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/mail/compose"
	"coachflow/mail/receive"
)

// A message can answer another one. The mail that goes on says so by the ids under
// which its reader's mailbox has the earlier ones (RFC 5322, section 3.6.4): those
// that the reader wrote by their own, the others by those of our mails. A mail
// provider may put a Message-ID of its own in the place of ours, so every onward
// mail also names its message by an id that no mail has; mail programs copy it into
// the answer, and group by it.

// threadID names a message in References.
func (x *Inbox) threadID(message uuid.UUID) string {
	return "message." + message.String() + "@" + x.Outbox.Domain()
}

// threadMessage is the message that an id of threadID names.
func (x *Inbox) threadMessage(id string) (uuid.UUID, bool) {
	left, domain, _ := strings.Cut(id, "@")
	text, ours := strings.CutPrefix(left, "message.")
	message, err := uuid.Parse(text)
	return message, ours && err == nil && strings.EqualFold(domain, x.Outbox.Domain())
}

// answered is the message that a mail answers; nil for none that is known.
func (x *Inbox) answered(ctx context.Context, q *rows.Queries, m rows.MessageInsertParams, letter *receive.Inbound) (*uuid.UUID, error) {
	find := rows.MessageAnsweredParams{OrgID: m.OrgID, StreamID: m.StreamID, AuthorID: &m.AuthorID, Ids: []uuid.UUID{}, MessageIds: slices.Clone(letter.References)}
	if letter.InReplyTo != "" {
		find.MessageIds = append(find.MessageIds, letter.InReplyTo)
	}
	if len(find.MessageIds) == 0 {
		return nil, nil
	}
	for _, id := range find.MessageIds {
		find.MessageKeys = append(find.MessageKeys, receive.MessageKey(&receive.Inbound{MessageID: id}))
		if message, is := x.threadMessage(id); is {
			find.Ids = append(find.Ids, message)
		}
	}
	id, err := q.MessageAnswered(ctx, find)
	if db.NoRow(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find answered message: %w", err)
	}
	return &id, nil
}

// threadHeaders name what the message of an onward mail answers, as its reader
// knows it, and the message itself.
func (x *Inbox) threadHeaders(ctx context.Context, q *rows.Queries, m rows.Message, reader uuid.UUID) (map[string]string, error) {
	if m.RepliesToID == nil {
		return compose.References("", x.threadID(m.ID)), nil
	}
	thread, err := q.MessageThread(ctx, m.OrgID, m.ID)
	if err != nil {
		return nil, fmt.Errorf("read what the message answers: %w", err)
	}
	var ids []string
	answers := ""
	for _, earlier := range thread {
		ids = append(ids, x.threadID(earlier.ID))
		switch {
		case earlier.AuthorID == reader:
			answers = earlier.MailMessageID
		case earlier.InboundMailID != nil:
			answers = compose.MessageID(x.Outbox.Domain(), messageKey+earlier.InboundMailID.String())
		}
		ids = append(ids, answers)
	}
	return compose.References(answers, append(ids, x.threadID(m.ID))...), nil
}
