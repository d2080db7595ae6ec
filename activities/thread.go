package activities

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/mail"
)

// A message can answer another one. The mail that goes on says so by the ids under
// which its reader's mailbox has the earlier ones (RFC 5322, section 3.6.4): those
// that the reader wrote by their own, the others by those of our mails.

// answered is the message that a mail answers; nil for none that is known.
func answered(ctx context.Context, q *rows.Queries, m rows.MessageInsertParams, letter *mail.Inbound) (*uuid.UUID, error) {
	ids := slices.Clone(letter.References)
	if letter.InReplyTo != "" {
		ids = append(ids, letter.InReplyTo)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = mail.MessageKey(&mail.Inbound{MessageID: id})
	}
	id, err := q.MessageAnswered(ctx, rows.MessageAnsweredParams{OrgID: m.OrgID, StreamID: m.StreamID, AuthorID: &m.AuthorID, MessageIds: ids, MessageKeys: keys})
	if db.NoRow(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find answered message: %w", err)
	}
	return &id, nil
}

// threadHeaders name what the message of an onward mail answers, as its reader
// knows it.
func (a *Activities) threadHeaders(ctx context.Context, q *rows.Queries, m rows.Message, reader uuid.UUID) (map[string]string, error) {
	if m.RepliesToID == nil {
		return nil, nil
	}
	thread, err := q.MessageThread(ctx, m.OrgID, m.ID)
	if err != nil {
		return nil, fmt.Errorf("read what the message answers: %w", err)
	}
	var ids []string
	for _, earlier := range thread {
		if earlier.AuthorID != reader {
			if earlier.InboundMailID != nil {
				ids = append(ids, mail.MessageID(a.mailDomain(), messageKey+earlier.InboundMailID.String()))
			}
		} else if id, is := strings.CutPrefix(deref(earlier.MessageKey), "mid:"); is {
			ids = append(ids, id)
		}
	}
	return mail.References(ids), nil
}
