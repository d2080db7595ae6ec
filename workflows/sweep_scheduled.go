package workflows

import (
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"coachflow/activities"
)

// Sweep is one round of the recovery sweep as a workflow of its own, which a
// schedule started every minute before RecoverySweep came. It stays registered
// for runs that are under way during the update, and for its recorded history:
// its steps keep their order, one after the other. It can go, with the history,
// when no installation is updated any more from a version with the schedule.
func Sweep(ctx workflow.Context) (activities.Unprocessed, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Second, ScheduleToCloseTimeout: time.Minute, Summary: "look for what was not acknowledged"})
	var found activities.Unprocessed
	if err := workflow.ExecuteActivity(ctx, registered.FindUntold).Get(ctx, &found); err != nil {
		return found, err
	}
	for _, step := range slices.Concat(startPrograms(found, ""), startMails(found), tellAnswers(found), tellChanges(found, LookAgainSignal),
		startInvitations(found), startStandaloneMails(found)) {
		step(ctx)
	}
	return found, nil
}
