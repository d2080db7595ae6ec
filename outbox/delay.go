package outbox

import (
	"context"
	"errors"
	"time"

	"coachflow/mail/deliver"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
)

// oneFault makes one error of several. Where all mails were not taken, it is the
// one with the longest delay, as it is: a joined error would not say when to try
// again.
func oneFault(faults []error) error {
	if len(faults) == 1 {
		return faults[0]
	}
	var longest *temporal.ApplicationError
	for _, fault := range faults {
		var delayed *temporal.ApplicationError
		if !errors.As(fault, &delayed) || delayed.Type() != mailDelayed {
			return errors.Join(faults...)
		}
		if longest == nil || delayed.NextRetryDelay() > longest.NextRetryDelay() {
			longest = delayed
		}
	}
	if longest == nil {
		return nil
	}
	return longest
}

// mailDelayed is the type of the error of delayed.
const mailDelayed = "mail_delayed"

// delayed is the error for a mail that was not taken for a passing reason. It
// holds the reason's code alone: the server's words name addresses, and errors
// become part of histories. It also says when to try again, other than the
// workflow's retry policy: that one is made for our own database, which is to be
// asked again soon.
func (b *Outbox) delayed(ctx context.Context, d Draft, err error) error {
	delay := deliver.RetryAfter(err)
	if delay == 0 {
		delay = mailDelay(attempt(ctx))
	}
	b.Log.WarnContext(ctx, "mail not taken, will be tried again", "notification", d.Row.ID, "reason", deliver.Reason(err), "in", delay)
	return temporal.NewApplicationErrorWithOptions("the mail was not taken: "+deliver.Reason(err), mailDelayed,
		temporal.ApplicationErrorOptions{NextRetryDelay: delay})
}

// Later is the error of a writer whose mail cannot leave yet, since another one has to
// leave before it. It is tried again as one that was not taken.
func Later(ctx context.Context, why string) error {
	return temporal.NewApplicationErrorWithOptions("the mail cannot leave yet: "+why, mailDelayed,
		temporal.ApplicationErrorOptions{NextRetryDelay: mailDelay(attempt(ctx))})
}

// A provider that is away is asked again after firstMailDelay, then after twice
// as long each time, up to longestMailDelay.
const (
	firstMailDelay   = 10 * time.Second
	longestMailDelay = 5 * time.Minute
)

// mailDelay is how long a mail waits after its attempt, counted from 1, failed
// and the provider did not say how long: 10, 20, 40 … 300 s.
func mailDelay(attempt int) time.Duration {
	delay := firstMailDelay
	for range attempt - 1 {
		if delay *= 2; delay >= longestMailDelay {
			return longestMailDelay
		}
	}
	return delay
}

// attempt is the number of the activity's attempt, from 1.
func attempt(ctx context.Context) int {
	if !activity.IsActivity(ctx) {
		return 1
	}
	return int(activity.GetInfo(ctx).Attempt)
}
