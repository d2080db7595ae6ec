package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"coachflow/coaching"
	"coachflow/program"
	"coachflow/workflows"
)

// continues runs the program until it goes on in a new run, and prepares that
// run: it begins at a moment after the start of the engagement.
func (r *run) continues(begin time.Duration) workflows.ProgramInput {
	r.Helper()
	r.env.ExecuteWorkflow(workflows.Program, workflows.ProgramInput{Org: r.admin.Org, Engagement: r.engagement.ID})
	var next *workflow.ContinueAsNewError
	require.ErrorAs(r, r.env.GetWorkflowError(), &next)
	require.Zero(r, r.unanswered, "no Update is left without its answer")
	var in workflows.ProgramInput
	require.NoError(r, converter.GetDefaultDataConverter().FromPayloads(next.Input, &in))
	r.env, r.begun = r.environment(r.start.Add(begin)), begin
	r.env.RegisterWorkflow(workflows.Program)
	return in
}

// carried is what the next run reads: the rows, and nothing that could be older.
func (r *run) carried(in workflows.ProgramInput) program.Change {
	r.Helper()
	require.Equal(r, r.engagement.ID, in.Engagement)
	require.Equal(r, r.admin.Org, in.Org)
	require.Nil(r, in.State)
	rows, err := r.activities.LoadProgram(r.Context(), program.CommandContext{Org: r.admin.Org, Engagement: r.engagement.ID, At: r.start})
	require.NoError(r, err)
	return rows
}

// growsLong lets the program's history be long from the middle of the next activity on.
func (r *run) growsLong() {
	r.env.SetOnActivityStartedListener(func(*activity.Info, context.Context, converter.EncodedValues) {
		r.env.SetCurrentHistoryLength(1_000_000)
	})
}

func TestContinueAsNew_CarriesWhatIsInFlight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := berlin("2030-06-03T10:00")
	r := w.program(w.engagementFrom(start, w.formItem("One", dueAfter(8, coaching.Days)), w.formItem("Two", manual), w.formItem("Three", delayed(1, coaching.Days)),
		w.formItem("Four", releasedAt("2030-06-20T09:00"))))
	r.at(2*day, func() { r.update(workflows.SendUpdate, r.act("Two")) })
	r.at(2*day+10*time.Second, func() {
		r.growsLong()
		item := r.item("One") // an Update that is answered before the run ends
		r.update(workflows.HoldUpdate, workflows.ProgramHold{Item: item.ID, Recipient: item.To[0].ID, Held: false})
	})
	in := r.continues(2*day + 10*time.Second)
	rows := r.carried(in)
	require.Equal(t, []coaching.ItemStatus{coaching.Open, coaching.Sending, coaching.Waiting, coaching.Waiting},
		[]coaching.ItemStatus{rows.Items[0].Status, rows.Items[1].Status, rows.Items[2].Status, rows.Items[3].Status})

	r.at(5*day, func() { r.answer("Two", ben) })
	r.at(6*day+time.Hour, func() { r.answer("Three", ben); r.answer("One", ben) })
	r.at(18*day, func() { r.update(workflows.EndUpdate, workflows.ProgramEnd{Status: "completed"}) })
	r.executeFrom(in)
	require.Equal(t, []string{"0d request One " + ben, "2d30s request Two " + ben, "4d reminder One " + ben, "6d request Three " + ben,
		"6d reminder One " + ben, "16d23h request Four " + ben}, reordered(r.sent(), 3, 4))
}

// Two mails of the same moment may leave in either order.
func reordered(list []string, i, j int) []string {
	if len(list) > j && list[i] > list[j] {
		return list
	}
	list[i], list[j] = list[j], list[i]
	return list
}

// A signal that is being taken up when the run ends is part of what is carried.
func TestContinueAsNew_WaitsForSignals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("One"), w.formItem("Two")))
	r.at(time.Hour, func() {
		answer := r.submit("One", ben)
		r.growsLong()
		r.env.SignalWorkflow(workflows.AnsweredSignal, answer)
	})
	in := r.continues(time.Hour + time.Second)
	rows := r.carried(in)
	require.Equal(t, coaching.Completed, rows.Items[0].Status)
	r.at(2*time.Hour, func() { r.answer("Two", ben) })
	r.at(3*time.Hour, func() { r.update(workflows.EndUpdate, workflows.ProgramEnd{Status: "completed"}) })
	r.executeFrom(in)
	require.Equal(t, []string{"0d request One " + ben, "1h0m1s request Two " + ben}, r.sent())
}

func TestContinueAsNew_WhilePaused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("One")))
	r.at(day, func() { r.update(workflows.PauseUpdate, workflows.ProgramCommand{}) })
	r.at(2*day, func() {
		r.growsLong()
		item := r.item("One")
		r.update(workflows.HoldUpdate, workflows.ProgramHold{Item: item.ID, Recipient: item.To[0].ID})
	})
	in := r.continues(2 * day)
	rows := r.carried(in)
	require.False(t, rows.PausedAt.IsZero())
	r.at(5*day, func() { r.update(workflows.ResumeUpdate, workflows.ProgramCommand{}) })
	r.at(8*day, func() { r.answer("One", ben) })
	r.at(9*day, func() { r.update(workflows.EndUpdate, workflows.ProgramEnd{Status: "completed"}) })
	r.executeFrom(in)
	require.Equal(t, []string{"0d request One " + ben, "7d reminder One " + ben}, r.sent())
}

// After ten days in which nothing ran, three reminders are due at once: one
// leaves, the others are written down as dropped.
func TestR15_AnOutageIsNotFollowedByABurst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("One")))
	r.at(day, func() {
		r.growsLong()
		item := r.item("One")
		r.update(workflows.HoldUpdate, workflows.ProgramHold{Item: item.ID, Recipient: item.To[0].ID})
	})
	in := r.continues(10 * day)
	r.at(13*day, func() { r.answer("One", ben) })
	r.at(14*day, func() { r.update(workflows.EndUpdate, workflows.ProgramEnd{Status: "completed"}) })
	r.executeFrom(in)
	require.Equal(t, []string{"0d request One " + ben, "10d reminder One " + ben, "12d reminder One " + ben}, r.sent())
	require.Equal(t, 2, r.outcomes()["reminder dropped"])
}
