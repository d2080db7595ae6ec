// Package activities is what workflows call: each activity is a few lines over a
// domain package, safe to repeat, and answers with facts. Everything exported here by
// Activities is registered with Temporal.
package activities

import (
	"context"
	"log/slog"
	"time"

	"go.temporal.io/sdk/temporal"

	"coachflow/accounts"
	"coachflow/booking"
	"coachflow/coaching"
	"coachflow/files"
	"coachflow/inbox"
	"coachflow/outbox"
	"coachflow/program"
)

// Activities carry out what the workflows decide.
type Activities struct {
	programs *program.Programs
	accounts *accounts.Accounts
	inbox    *inbox.Inbox
	files    *files.Files
	booking  *booking.Booking
	outbox   *outbox.Outbox
	sweep    sweep
}

// sweep is what the recovery sweep needs beside the domain packages.
type sweep struct {
	lateAfter time.Duration
	late      func(count int64)
	log       *slog.Logger
}

// final turns a Problem into an error that no retry can mend, with its code as the
// type, and leaves other errors for the retries.
func final(err error) error {
	if problem, is := coaching.AsProblem(err); is {
		return temporal.NewNonRetryableApplicationError(problem.Message, problem.Code, nil, string(problem.Class))
	}
	return err
}

// run carries out one activity that sends mail: it heartbeats meanwhile.
func run[In, Out any](ctx context.Context, do func(context.Context, In) (Out, error), in In) (Out, error) {
	defer startHeartbeat(ctx)()
	out, err := do(ctx, in)
	return out, final(err)
}
