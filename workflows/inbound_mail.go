package workflows

import (
	"errors"
	"time"

	"coachflow/inbox"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"
)

// InboundMailID is the id of the workflow that sees one mail through.
func InboundMailID(mail uuid.UUID) string { return "mail/" + mail.String() }

// What may be said to the workflow of a quarantined mail.
const (
	ReleaseUpdate = "release" // InboundMailDecision: post it after all
	DiscardUpdate = "discard" // InboundMailDecision: keep it aside for good
)

// InboundMailInput starts the workflow of one stored mail.
type InboundMailInput struct {
	Org uuid.UUID `json:"org"`
	ID  uuid.UUID `json:"id"`
}

// InboundMailDecision is an admin's decision about a quarantined mail.
type InboundMailDecision struct {
	Actor *uuid.UUID `json:"actor,omitempty"`
}

// quarantineLife is how long a quarantined mail can be decided on. Its row and
// its bytes stay after that.
const quarantineLife = 90 * 24 * time.Hour

// InboundMail sees one mail through: posted and forwarded, set aside for good,
// or quarantined until somebody decides.
func InboundMail(ctx workflow.Context, in InboundMailInput) (inbox.Verdict, error) {
	m := &inboundMail{in: in}
	if err := m.listen(ctx); err != nil {
		return inbox.Verdict{}, err
	}
	verdict, err := m.receive(ctx, inbox.Inbound{})
	if err != nil {
		return inbox.Verdict{}, err
	}
	m.settle(ctx, verdict)
	if verdict.State == "quarantined" {
		options := workflow.AwaitOptions{Timeout: quarantineLife, TimerOptions: workflow.TimerOptions{Summary: "time to decide on the quarantined mail"}}
		if _, err := workflow.AwaitWithOptions(ctx, options, func() bool { return m.verdict.State != "quarantined" }); err != nil {
			return m.verdict, err
		}
	}
	err = workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
	return m.verdict, err
}

type inboundMail struct {
	in       InboundMailInput
	verdict  inbox.Verdict
	deciding bool
}

func (m *inboundMail) listen(ctx workflow.Context) error {
	return errors.Join(m.handle(ctx, ReleaseUpdate, m.receive), m.handle(ctx, DiscardUpdate, m.discard))
}

func (m *inboundMail) handle(ctx workflow.Context, name string, do func(workflow.Context, inbox.Inbound) (inbox.Verdict, error)) error {
	handler := func(ctx workflow.Context, in InboundMailDecision) (inbox.Verdict, error) {
		return m.decide(ctx, do, inbox.Inbound{Released: name == ReleaseUpdate, Actor: in.Actor})
	}
	// The row says "quarantined" a moment before this workflow knows: who decides
	// by then is let in, waits for that, and is judged then.
	options := workflow.UpdateHandlerOptions{Validator: func(InboundMailDecision) error {
		if m.verdict.State == "" {
			return nil
		}
		return m.mayDecide()
	}}
	return workflow.SetUpdateHandlerWithOptions(ctx, name, handler, options)
}

func (m *inboundMail) mayDecide() error {
	if m.verdict.State != "quarantined" || m.deciding {
		return refusal("conflict", "mail_not_quarantined", "The mail is not in quarantine, or somebody has just decided about it.")
	}
	return nil
}

func (m *inboundMail) decide(ctx workflow.Context, do func(workflow.Context, inbox.Inbound) (inbox.Verdict, error), in inbox.Inbound) (inbox.Verdict, error) {
	if err := workflow.Await(ctx, func() bool { return m.verdict.State != "" }); err != nil {
		return inbox.Verdict{}, err
	}
	if err := m.mayDecide(); err != nil {
		return inbox.Verdict{}, err
	}
	m.deciding = true
	defer func() { m.deciding = false }()
	verdict, err := do(ctx, in)
	if err == nil {
		m.settle(ctx, verdict)
	}
	return verdict, err
}

func (m *inboundMail) receive(ctx workflow.Context, in inbox.Inbound) (inbox.Verdict, error) {
	var verdict inbox.Verdict
	in.Org, in.ID, in.At = m.in.Org, m.in.ID, stamp(ctx)
	err := workflow.ExecuteActivity(withMail(ctx, "read, post and forward"), registered.ReceiveMail, in).Get(ctx, &verdict)
	return verdict, err
}

func (m *inboundMail) discard(ctx workflow.Context, in inbox.Inbound) (inbox.Verdict, error) {
	var verdict inbox.Verdict
	in.Org, in.ID, in.At = m.in.Org, m.in.ID, stamp(ctx)
	err := workflow.ExecuteLocalActivity(withRowsBefore(ctx, "discard"), registered.DiscardMail, in).Get(ctx, &verdict)
	return verdict, err
}

func (m *inboundMail) settle(ctx workflow.Context, verdict inbox.Verdict) {
	m.verdict = verdict
	words := verdict.State
	if verdict.Reason != "" {
		words += ": " + verdict.Reason
	}
	workflow.SetCurrentDetails(ctx, words)
}
