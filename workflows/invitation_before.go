package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"coachflow/accounts"
	"coachflow/coaching"
	"coachflow/outbox"
)

// Runs of the version before decide themselves what comes next. This file keeps their
// way, so that their histories replay: it uses no rule that can change. Invitations end
// after 14 days, so it can go soon.

// invitationBefore is Invitation as it was.
func invitationBefore(ctx workflow.Context, in InvitationInput) (coaching.InvitationStatus, error) {
	changed := workflow.GetSignalChannel(ctx, LookAgainSignal)
	stage := coaching.InvitationStatus("")
	for {
		for changed.ReceiveAsync(nil) {
		}
		state, err := in.readBefore(ctx)
		if err != nil {
			return "", err
		}
		next, more := nextInvitationBefore(state, stamp(ctx))
		describeInvitationBefore(ctx, state, next)
		if state.Status != stage {
			stage = state.Status
			tellStage(ctx, string(stage))
		}
		switch {
		case more && next.at.After(stamp(ctx)):
			err = in.waitBefore(ctx, changed, next)
		case more:
			err = in.takeBefore(ctx, state, next)
		case changed.Len() == 0:
			return state.Status, nil
		}
		if err != nil {
			return "", err
		}
	}
}

func (in InvitationInput) readBefore(ctx workflow.Context) (state coaching.InvitationState, err error) {
	err = workflow.ExecuteLocalActivity(withRowsBefore(ctx, "read the invitation"), registered.ReadInvitation, in.invitee(ctx)).Get(ctx, &state)
	return state, err
}

// wait waits for the moment of a step, or for a change.
func (in InvitationInput) waitBefore(ctx workflow.Context, changed workflow.ReceiveChannel, next invitationStepBefore) error {
	options := workflow.AwaitOptions{Timeout: next.at.Sub(stamp(ctx)), TimerOptions: workflow.TimerOptions{Summary: next.name + " of the invitation"}}
	_, err := workflow.AwaitWithOptions(ctx, options, func() bool { return changed.Len() > 0 })
	return err
}

func (in InvitationInput) takeBefore(ctx workflow.Context, state coaching.InvitationState, next invitationStepBefore) error {
	due := accounts.InvitationDue{Addressee: in.invitee(ctx), Invitation: state.ID, Step: int32(next.number)}
	var words []outbox.StandaloneMail
	if err := workflow.ExecuteActivity(withMail(ctx, next.name+" of the invitation"), registered.SendInvitation, due).Get(ctx, &words); err != nil {
		return err
	}
	sendStandaloneMails(ctx, words)
	return nil
}

// describeInvitationBefore puts the state in words for people who run the system.
func describeInvitationBefore(ctx workflow.Context, state coaching.InvitationState, next invitationStepBefore) {
	words := "**" + string(state.Status) + "**"
	if state.Status == coaching.InvitationOpen {
		words += fmt.Sprintf(" – waiting for the password; %s on %s", next.name, next.at.Format("2 Jan 2006 15:04 MST"))
	}
	workflow.SetCurrentDetails(ctx, words)
}

// invitationStepBefore is one step of an invitation as it was fixed then.
type invitationStepBefore struct {
	number int
	at     time.Time
	name   string
}

// nextInvitationBefore is the step that came next: the mail, reminders on day 3 and 7 on
// the calendar of the invited person, and the end on day 14. A step after which another
// one was due as well was passed over.
func nextInvitationBefore(s coaching.InvitationState, now time.Time) (invitationStepBefore, bool) {
	names, days := []string{"request", "reminder-1", "reminder-2", "end"}, []int{0, 3, 7, 14}
	if s.Status != coaching.InvitationOpen || s.Followed >= len(days) {
		return invitationStepBefore{}, false
	}
	var next invitationStepBefore
	for i := s.Followed; i < len(days); i++ {
		at := coaching.Delay{Amount: days[i], Unit: coaching.Days}.After(s.SendAt, coaching.ZoneOrUTC(s.Zone)).UTC()
		if i == s.Followed || !at.After(now) {
			next = invitationStepBefore{i + 1, at, names[i]}
		}
	}
	return next, true
}
