package outbox_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"coachflow/outbox"
)

func TestMailDelay(t *testing.T) {
	t.Parallel()
	want := []time.Duration{10 * time.Second, 20 * time.Second, 40 * time.Second, 80 * time.Second, 160 * time.Second, 5 * time.Minute, 5 * time.Minute}
	for i, delay := range want {
		require.Equal(t, delay, outbox.MailDelay(i+1), "attempt %d", i+1)
	}
	for _, attempt := range []int{-1, 0} {
		require.Equal(t, 10*time.Second, outbox.MailDelay(attempt))
	}
	require.Equal(t, 5*time.Minute, outbox.MailDelay(1<<31-1))
	tries := 0
	for at := time.Duration(0); at < 72*time.Hour; at += outbox.MailDelay(tries) {
		tries++
	}
	require.Less(t, tries, 900, "over the 72 hours in which a mail is tried; with 10 s there were 26,000")
}

func TestOneFault(t *testing.T) {
	t.Parallel()
	delayed := func(delay time.Duration) error {
		return temporal.NewApplicationErrorWithOptions("not taken", "mail_delayed", temporal.ApplicationErrorOptions{NextRetryDelay: delay})
	}
	away := errors.New("the database is away")
	delayOf := func(faults ...error) time.Duration {
		err, is := outbox.OneFault(faults).(*temporal.ApplicationError)
		if !is {
			return 0
		}
		return err.NextRetryDelay()
	}
	require.NoError(t, outbox.OneFault(nil))
	require.Equal(t, time.Minute, delayOf(delayed(time.Minute)))
	require.Equal(t, time.Minute, delayOf(delayed(time.Second), delayed(time.Minute), delayed(time.Second)))
	require.Zero(t, delayOf(delayed(time.Minute), away), "what is ours is tried again soon")
	require.ErrorIs(t, outbox.OneFault([]error{delayed(time.Minute), away}), away)
	require.Equal(t, away, outbox.OneFault([]error{away}))
}
