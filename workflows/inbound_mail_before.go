package workflows

import (
	"errors"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"

	"coachflow/inbox"
)

// Runs of the version before wait, for 90 days, until a person decides about a
// quarantined mail, and hear of it by an Update. This file keeps their way, so that
// their histories replay. ReadAgainSignal, which the recovery sweep sends to each of
// them, makes them go on in a run of today, which reads the row and ends. The file can go
// when the last of them has.

// The Updates of then.
const (
	releaseUpdateBefore = "release"
	discardUpdateBefore = "discard"
)

// InboundMailDecision is what an Update of then says: who decides.
type InboundMailDecision struct {
	Actor *uuid.UUID `json:"actor,omitempty"`
}

// quarantineLifeBefore is how long a run waited for the decision.
const quarantineLifeBefore = 90 * 24 * time.Hour

// inboundMailBefore is InboundMail as it was, and hears the signal.
func inboundMailBefore(ctx workflow.Context, in InboundMailInput) (inbox.Verdict, error) {
	m := &inboundMailRunBefore{in: in}
	if err := m.listen(ctx); err != nil {
		return inbox.Verdict{}, err
	}
	verdict, err := m.receive(ctx, inbox.Inbound{})
	if err != nil {
		return inbox.Verdict{}, err
	}
	m.settle(ctx, verdict)
	readAgain := workflow.GetSignalChannel(ctx, ReadAgainSignal)
	if verdict.State == "quarantined" {
		options := workflow.AwaitOptions{Timeout: quarantineLifeBefore, TimerOptions: workflow.TimerOptions{Summary: "time to decide on the quarantined mail"}}
		if _, err := workflow.AwaitWithOptions(ctx, options, func() bool { return m.verdict.State != "quarantined" || readAgain.Len() > 0 }); err != nil {
			return m.verdict, err
		}
	}
	if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
		return m.verdict, err
	}
	if readAgain.Len() > 0 {
		return m.verdict, workflow.NewContinueAsNewError(ctx, InboundMail, in)
	}
	return m.verdict, nil
}

type inboundMailRunBefore struct {
	in       InboundMailInput
	verdict  inbox.Verdict
	deciding bool
}

func (m *inboundMailRunBefore) listen(ctx workflow.Context) error {
	return errors.Join(m.handle(ctx, releaseUpdateBefore, m.receive), m.handle(ctx, discardUpdateBefore, m.discard))
}

func (m *inboundMailRunBefore) handle(ctx workflow.Context, name string, do func(workflow.Context, inbox.Inbound) (inbox.Verdict, error)) error {
	handler := func(ctx workflow.Context, in InboundMailDecision) (inbox.Verdict, error) {
		return m.decide(ctx, do, inbox.Inbound{Released: name == releaseUpdateBefore, Actor: in.Actor})
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

func (m *inboundMailRunBefore) mayDecide() error {
	if m.verdict.State != "quarantined" || m.deciding {
		return refusal("conflict", "mail_not_quarantined", "The mail is not in quarantine, or somebody has just decided about it.")
	}
	return nil
}

func (m *inboundMailRunBefore) decide(ctx workflow.Context, do func(workflow.Context, inbox.Inbound) (inbox.Verdict, error), in inbox.Inbound) (inbox.Verdict, error) {
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

func (m *inboundMailRunBefore) receive(ctx workflow.Context, in inbox.Inbound) (inbox.Verdict, error) {
	var verdict inbox.Verdict
	in.Org, in.ID, in.At = m.in.Org, m.in.ID, stamp(ctx)
	err := workflow.ExecuteActivity(withMail(ctx, "read, post and forward"), registered.ReceiveMail, in).Get(ctx, &verdict)
	return verdict, err
}

func (m *inboundMailRunBefore) discard(ctx workflow.Context, in inbox.Inbound) (inbox.Verdict, error) {
	var verdict inbox.Verdict
	in.Org, in.ID, in.At = m.in.Org, m.in.ID, stamp(ctx)
	err := workflow.ExecuteLocalActivity(withRowsBefore(ctx, "discard"), registered.DiscardMail, in).Get(ctx, &verdict)
	return verdict, err
}

func (m *inboundMailRunBefore) settle(ctx workflow.Context, verdict inbox.Verdict) {
	m.verdict = verdict
	workflow.SetCurrentDetails(ctx, verdictWords(verdict))
}
