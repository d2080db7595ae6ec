package worker

import (
	"context"
	"errors"

	"coachflow/inbox"
	"coachflow/mail/receive"
	"coachflow/workflows"
)

// ingest takes mails out of the mailbox: bytes stored, row committed, workflow
// started, and only then is the mail filed. Each step can be repeated.
type ingest struct{ Config }

func (in *ingest) take(ctx context.Context, arrived receive.Arrived) error {
	mails, err := in.Domain.Inbox.Store(ctx, arrived)
	if errors.Is(err, inbox.ErrStoreAway) {
		return errors.Join(receive.ErrPause, err)
	}
	if err != nil {
		return err // this mail's own trouble: it waits, the others go on
	}
	for _, m := range mails {
		if err := workflows.StartInboundMail(workflows.InboundMailInput{Org: m.Org, ID: m.ID}).By(ctx, in.Temporal); err != nil {
			return errors.Join(receive.ErrPause, err)
		}
	}
	return nil
}
