package workflows

import (
	"fmt"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"

	"coachflow/activities"
	"coachflow/coaching"
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

// Invitation sees an invitation through: the mail, the reminders, and the word
// to the admins when the link has run out. It answers with how it ended.
func Invitation(ctx workflow.Context, in InvitationInput) (coaching.InvitationStatus, error) {
	changed := workflow.GetSignalChannel(ctx, LookAgainSignal)
	stage := coaching.InvitationStatus("")
	for {
		for changed.ReceiveAsync(nil) {
		}
		state, err := in.read(ctx)
		if err != nil {
			return "", err
		}
		next, more := coaching.DefaultInvitation.Next(state, stamp(ctx))
		describeInvitation(ctx, state, next)
		if state.Status != stage {
			stage = state.Status
			tellStage(ctx, string(stage))
		}
		switch {
		case more && next.At.After(stamp(ctx)):
			err = in.wait(ctx, changed, next)
		case more:
			err = in.take(ctx, state, next)
		case changed.Len() == 0:
			return state.Status, nil
		}
		if err != nil {
			return "", err
		}
	}
}

func (in InvitationInput) invitee(ctx workflow.Context) activities.Invitee {
	return activities.Invitee{Org: in.Org, Person: in.Person, At: stamp(ctx)}
}

func (in InvitationInput) read(ctx workflow.Context) (state coaching.InvitationState, err error) {
	err = workflow.ExecuteLocalActivity(withRows(ctx, "read the invitation"), deeds.ReadInvitation, in.invitee(ctx)).Get(ctx, &state)
	return state, err
}

// wait waits for the moment of a step, or for a change.
func (in InvitationInput) wait(ctx workflow.Context, changed workflow.ReceiveChannel, next coaching.InvitationStep) error {
	options := workflow.AwaitOptions{Timeout: next.At.Sub(stamp(ctx)), TimerOptions: workflow.TimerOptions{Summary: next.Name() + " of the invitation"}}
	_, err := workflow.AwaitWithOptions(ctx, options, func() bool { return changed.Len() > 0 })
	return err
}

func (in InvitationInput) take(ctx workflow.Context, state coaching.InvitationState, next coaching.InvitationStep) error {
	due := activities.InvitationDue{Invitee: in.invitee(ctx), Invitation: state.ID, Step: next.Number}
	var words []activities.Notice
	if err := workflow.ExecuteActivity(withMail(ctx, next.Name()+" of the invitation"), deeds.SendInvitation, due).Get(ctx, &words); err != nil {
		return err
	}
	sendNotices(ctx, words)
	return nil
}

// describeInvitation puts the state in words for people who run the system.
func describeInvitation(ctx workflow.Context, state coaching.InvitationState, next coaching.InvitationStep) {
	words := "**" + string(state.Status) + "**"
	if state.Status == coaching.InvitationOpen {
		words += fmt.Sprintf(" – waiting for the password; %s on %s", next.Name(), next.At.Format("2 Jan 2006 15:04 MST"))
	}
	workflow.SetCurrentDetails(ctx, words)
}
