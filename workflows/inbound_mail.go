package workflows

import (
	"coachflow/inbox"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"
)

// InboundMailID is the id of the workflow that sees one received mail through, and
// MailReleaseID that of the one which posts it after a person let it through.
func InboundMailID(mail uuid.UUID) string { return "mail/" + mail.String() }
func MailReleaseID(mail uuid.UUID) string { return InboundMailID(mail) + "/release" }

// InboundMailInput starts either of them.
type InboundMailInput struct {
	Org uuid.UUID `json:"org"`
	ID  uuid.UUID `json:"id"`
}

// InboundMail sees one mail through: posted and forwarded, its file shared, ignored, or
// put into quarantine, with the letters that this leads to. It waits for nobody: what is
// in quarantine is a row, and so is what a person decides about it.
func InboundMail(ctx workflow.Context, in InboundMailInput) (inbox.Verdict, error) {
	if workflow.GetVersion(ctx, "quarantine-is-a-row", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return inboundMailBefore(ctx, in)
	}
	return receiveMail(ctx, "read, post and forward", inbox.Inbound{Org: in.Org, ID: in.ID, RunEnds: true})
}

// MailRelease posts a mail that a person let through. Its row says so.
func MailRelease(ctx workflow.Context, in InboundMailInput) (inbox.Verdict, error) {
	return receiveMail(ctx, "post and forward what was let through", inbox.Inbound{Org: in.Org, ID: in.ID})
}

// receiveMail has a mail read, and shows what became of it to people who run the system.
func receiveMail(ctx workflow.Context, summary string, in inbox.Inbound) (inbox.Verdict, error) {
	var verdict inbox.Verdict
	in.At = stamp(ctx)
	if err := workflow.ExecuteActivity(withMail(ctx, summary), registered.ReceiveMail, in).Get(ctx, &verdict); err != nil {
		workflow.SetCurrentDetails(ctx, endedEarly)
		return verdict, err
	}
	workflow.SetCurrentDetails(ctx, verdictWords(verdict))
	return verdict, nil
}

func verdictWords(verdict inbox.Verdict) string {
	if verdict.Reason == "" {
		return verdict.State
	}
	return verdict.State + ": " + verdict.Reason
}
