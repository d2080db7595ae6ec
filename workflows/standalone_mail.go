package workflows

import (
	"time"

	"coachflow/outbox"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"
)

// StandaloneMailType is the type of the workflow StandaloneMail. The type, the ids and
// the activity SendNotice keep the name that running workflows know them by.
const StandaloneMailType = "Notice"

// StandaloneMailID is the id of the workflow that sees one single mail out.
func StandaloneMailID(notification uuid.UUID) string { return "notice/" + notification.String() }

// StandaloneMailInput names a planned mail that is not part of a long-running workflow.
type StandaloneMailInput struct {
	Org uuid.UUID `json:"org"`
	ID  uuid.UUID `json:"id"`
	// SendAt is when it leaves; until then it can be taken back.
	SendAt time.Time `json:"send_at,omitzero"`
}

// StandaloneMail sees one mail out, however long the mail server is away, or until it
// would come too late.
func StandaloneMail(ctx workflow.Context, in StandaloneMailInput) error {
	err := in.send(ctx)
	if err != nil {
		workflow.SetCurrentDetails(ctx, "**ended early**; if the mail is still planned, the recovery sweep starts this again")
		return err
	}
	workflow.SetCurrentDetails(ctx, "done; the mail itself says how it went")
	return nil
}

// send waits for the moment of the mail, and sends it.
func (in StandaloneMailInput) send(ctx workflow.Context) error {
	if wait := in.SendAt.Sub(workflow.Now(ctx)); wait > 0 {
		workflow.SetCurrentDetails(ctx, "leaves on "+in.SendAt.UTC().Format("2 Jan 2006 15:04:05 MST")+"; until then it can be taken back")
		timer := workflow.TimerOptions{Summary: "time to take the single mail back"}
		if err := workflow.NewTimerWithOptions(ctx, wait, timer).Get(ctx, nil); err != nil {
			return err
		}
	}
	workflow.SetCurrentDetails(ctx, "is being sent; tried for three days while the mail server is away")
	due := outbox.StandaloneMail{Org: in.Org, ID: in.ID}
	return workflow.ExecuteActivity(withMail(ctx, "send the single mail"), registered.SendNotice, due).Get(ctx, nil)
}

// sendStandaloneMails starts a workflow of its own for each mail.
func sendStandaloneMails(ctx workflow.Context, list []outbox.StandaloneMail) {
	for _, n := range list {
		starting(StartStandaloneMail(StandaloneMailInput{Org: n.Org, ID: n.ID, SendAt: n.At}), "")(ctx)
	}
}
