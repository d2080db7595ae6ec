package workflows

import (
	"errors"
	"fmt"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"

	"coachflow/accounts"
	"coachflow/coaching"
	"coachflow/outbox"
)

// InvitationID is the id of the workflow that follows the invitations of one
// person. While it runs, LookAgainSignal tells it that the rows were changed:
// the person was invited again, the invitation was withdrawn, or the person has
// set a password.
func InvitationID(person uuid.UUID) string { return "invitation/" + person.String() }

// InvitationInput starts the workflow of a person's invitation.
type InvitationInput struct {
	Org    uuid.UUID `json:"org"`
	Person uuid.UUID `json:"person"`
}

// Invitation sees an invitation through: the mail, the reminders, and the word to the
// admins when the link has run out. It answers with how it ended.
func Invitation(ctx workflow.Context, in InvitationInput) (coaching.InvitationStatus, error) {
	if workflow.GetVersion(ctx, "next-steps-from-activities", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return invitationBefore(ctx, in)
	}
	v := &invitationRun{in: in, changed: workflow.GetSignalChannel(ctx, LookAgainSignal)}
	for {
		if err := v.read(ctx); err != nil {
			workflow.SetCurrentDetails(ctx, endedEarly)
			return "", err
		}
		if err := v.followUp(ctx); err != nil {
			workflow.SetCurrentDetails(ctx, endedEarly)
			return "", err
		}
		if v.changed.Len() == 0 {
			return v.state.Status, nil
		}
	}
}

// invitationRun is one run of the workflow.
type invitationRun struct {
	in      InvitationInput
	state   coaching.InvitationState
	changed workflow.ReceiveChannel
	failed  error
}

// read reads the invitation as it stands; what was signalled before is known with it.
func (v *invitationRun) read(ctx workflow.Context) error {
	for v.changed.ReceiveAsync(nil) {
	}
	var state coaching.InvitationState
	if err := workflow.ExecuteActivity(withRows(ctx, "read the invitation"), registered.ReadInvitation, v.in.invitee(ctx)).Get(ctx, &state); err != nil {
		return err
	}
	v.settle(ctx, state)
	return nil
}

// followUp takes the steps of the invitation until it has none, or something changes.
func (v *invitationRun) followUp(ctx workflow.Context) error {
	err := takeSteps(ctx, steps{
		next:    func() coaching.NextStep { return v.state.Next },
		stop:    func() bool { return v.failed != nil || v.changed.Len() > 0 },
		take:    v.takeStep,
		summary: invitationWords,
	})
	return errors.Join(err, v.failed)
}

// takeStep sends what is due, and takes over what comes next.
func (v *invitationRun) takeStep(ctx workflow.Context, n coaching.NextStep) {
	var out accounts.InvitationStepDone
	due := accounts.InvitationDue{Addressee: v.in.invitee(ctx), Invitation: v.state.ID}
	if v.failed = workflow.ExecuteActivity(withMail(ctx, invitationWords(n)), registered.TakeInvitationStep, due).Get(ctx, &out); v.failed != nil {
		return
	}
	sendStandaloneMails(ctx, out.Words)
	v.settle(ctx, out.State)
}

// settle takes over a state, and shows it to people who run the system.
func (v *invitationRun) settle(ctx workflow.Context, state coaching.InvitationState) {
	if state.Status != v.state.Status {
		tellStage(ctx, string(state.Status))
	}
	v.state = state
	words := "**" + string(state.Status) + "**"
	if state.Next.Step != coaching.NoStep {
		words += fmt.Sprintf(" – waiting for the password; %s on %s", state.Next.Step, state.Next.At.Format("2 Jan 2006 15:04 MST"))
	}
	workflow.SetCurrentDetails(ctx, words)
}

func invitationWords(n coaching.NextStep) string { return string(n.Step) + " of the invitation" }

func (in InvitationInput) invitee(ctx workflow.Context) outbox.Addressee {
	return outbox.Addressee{Org: in.Org, Person: in.Person, At: stamp(ctx)}
}
