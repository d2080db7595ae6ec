// Package workflows holds the processes: what waits, reminds, retries and
// follows. A workflow decides by the rules of coaching and changes the world
// through activities alone. Its history holds ids, states and times.
package workflows

import (
	"errors"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"coachflow/activities"
)

// The task queues. Workflows and what touches only rows run on TaskQueue, what
// sends mail on MailTaskQueue, whose rate is the mail provider's limit.
const (
	TaskQueue     = "coachflow"
	MailTaskQueue = "coachflow-mail"
)

// The search attributes of every workflow. They hold ids and words, nothing
// personal.
var (
	OrganizationAttribute = temporal.NewSearchAttributeKeyKeyword("CoachflowOrganization")
	EngagementAttribute   = temporal.NewSearchAttributeKeyKeyword("CoachflowEngagement")
	KindAttribute         = temporal.NewSearchAttributeKeyKeyword("CoachflowKind")
	StageAttribute        = temporal.NewSearchAttributeKeyKeyword("CoachflowStage")
)

// SearchAttributes lists them by name and type, for the server's set-up.
var SearchAttributes = map[string]string{
	OrganizationAttribute.GetName(): "Keyword",
	EngagementAttribute.GetName():   "Keyword",
	KindAttribute.GetName():         "Keyword",
	StageAttribute.GetName():        "Keyword",
}

// registered names the activities; it is never called through.
var registered *activities.Activities

// rowRetry tries again until it works: a database that is away comes back, and
// nobody is told before the row is there.
var rowRetry = &temporal.RetryPolicy{InitialInterval: 200 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 5 * time.Second}

// withRows sets the options for a short activity on rows.
func withRows(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second, RetryPolicy: rowRetry, Summary: summary})
}

// withMail sets the options for an activity that sends mail. Its heartbeat tells that
// a worker died long before the time for the whole activity is over.
func withMail(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: MailTaskQueue, StartToCloseTimeout: 10 * time.Minute, HeartbeatTimeout: 12 * time.Second, Summary: summary,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 10 * time.Second},
	})
}

// refused reports whether err is an activity's final refusal, and its code.
func refused(err error) (code string, is bool) {
	var app *temporal.ApplicationError
	if errors.As(err, &app) && app.NonRetryable() {
		return app.Type(), true
	}
	return "", false
}

// Refusal is the error of a validator: the state does not allow the command. class
// and code reach the page.
func refusal(class, code, message string) error {
	return temporal.NewNonRetryableApplicationError(message, code, nil, class)
}

// stamp is the workflow's time as rows keep it: UTC, in microseconds.
func stamp(ctx workflow.Context) time.Time {
	return workflow.Now(ctx).UTC().Truncate(time.Microsecond)
}

// endedEarly is what people who run the system read of a workflow that was cancelled or
// failed: nothing is waited for any more.
const endedEarly = "**ended early**; started again from its rows, it goes on with what is left"

// shortID is the part of an id that tells siblings apart on a screen.
func shortID(id uuid.UUID) string { return id.String()[24:] }

// tellStage makes the stage of a workflow searchable.
func tellStage(ctx workflow.Context, stage string) {
	if err := workflow.UpsertTypedSearchAttributes(ctx, StageAttribute.ValueSet(stage)); err != nil {
		workflow.GetLogger(ctx).Warn("stage not shown", "error", err)
	}
}
