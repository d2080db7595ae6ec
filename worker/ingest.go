package worker

import (
	"context"
	"errors"

	"coachflow/activities"
	"coachflow/mail"
	"coachflow/workflows"
)

// ingest takes mails out of the mailbox: bytes stored, row committed, workflow
// started, and only then is the mail filed. Each step can be repeated.
type ingest struct{ Config }

func (in *ingest) take(ctx context.Context, arrived mail.Arrived) error {
	mails, err := in.Deeds.StoreMail(ctx, arrived)
	if errors.Is(err, activities.ErrStoreAway) {
		return errors.Join(mail.ErrPause, err)
	}
	if err != nil {
		return err // this mail's own trouble: it waits, the others go on
	}
	for _, m := range mails {
		if err := workflows.StartInboundMail(workflows.InboundMailInput{Org: m.Org, ID: m.ID}).By(ctx, in.Temporal); err != nil {
			return errors.Join(mail.ErrPause, err)
		}
	}
	return nil
}
