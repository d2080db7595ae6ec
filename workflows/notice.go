package workflows

import (
	"time"

	"coachflow/outbox"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"
)

// NoticeID is the id of the workflow that sees one single mail out.
func NoticeID(notification uuid.UUID) string { return "notice/" + notification.String() }

// NoticeInput names a planned mail that is not part of a long-running workflow.
type NoticeInput struct {
	Org uuid.UUID `json:"org"`
	ID  uuid.UUID `json:"id"`
	// SendAt is when it leaves; until then it can be taken back.
	SendAt time.Time `json:"send_at,omitzero"`
}

// Notice sees one mail out, however long the mail server is away, or until it
// would come too late.
func Notice(ctx workflow.Context, in NoticeInput) error {
	if wait := in.SendAt.Sub(workflow.Now(ctx)); wait > 0 {
		timer := workflow.TimerOptions{Summary: "time to take the mail back"}
		if err := workflow.NewTimerWithOptions(ctx, wait, timer).Get(ctx, nil); err != nil {
			return err
		}
	}
	due := outbox.StandaloneMail{Org: in.Org, ID: in.ID}
	return workflow.ExecuteActivity(withMail(ctx, "send one mail"), registered.SendNotice, due).Get(ctx, nil)
}

// sendNotices starts a workflow of its own for each mail.
func sendNotices(ctx workflow.Context, list []outbox.StandaloneMail) {
	for _, n := range list {
		starting(StartNotice(NoticeInput{Org: n.Org, ID: n.ID}), "")(ctx)
	}
}
