package inbox

import (
	"context"
	"fmt"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// manyAtOnce is why a planned onward mail waits.
const manyAtOnce = "waits: many messages at once"

// pace gives an onward mail its moment: now or, where many of the same side went on
// within the hour, later. One that waits stands alone: the recovery sweep finds it when
// its moment has come.
func pace(ctx context.Context, q *rows.Queries, in Inbound, row rows.InboundMailGetRow, n *rows.NotificationPlanParams) error {
	n.AboutIds = append(n.AboutIds, row.StreamID)
	if err := q.StreamLock(ctx, in.Org, row.StreamID); err != nil {
		return fmt.Errorf("lock stream: %w", err)
	}
	recent, err := q.OnwardRecent(ctx, rows.OnwardRecentParams{OrgID: in.Org, PersonID: n.PersonID, StreamID: row.StreamID, Since: in.At.Add(-coaching.OnwardWithin),
		Kinds: []string{string(outbox.StreamMessage), string(outbox.FileShared)}})
	if err != nil {
		return fmt.Errorf("count recent mails of stream: %w", err)
	}
	at := coaching.OnwardAt(in.At, int(recent.Mails), int(recent.OnwardPerHour), recent.LastThatWaited)
	if at.After(in.At) && n.State == "planned" {
		n.PlannedAt, n.Standalone, n.StateReason = at, true, manyAtOnce
	}
	return nil
}

// writeOnward writes an onward mail that had to wait.
func (x *Inbox) writeOnward(ctx context.Context, q *rows.Queries, n rows.Notification) (*outbox.Draft, error) {
	mail, known := MailOfLetter(n.Key)
	if !known {
		return nil, fmt.Errorf("no mail led to the letter with the key %q", n.Key)
	}
	return x.prepareInbound(ctx, q, Inbound{Org: n.OrgID, ID: mail}, n)
}
