package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"coachflow/dev"
)

// TestThousandMails sends very many mails at once to one system address.
func TestThousandMails(t *testing.T) {
	_, o := shared(t)
	count := 1000
	if testing.Short() {
		count = 200
	}
	subjects := make([]string, count)
	began := time.Now()
	var senders errgroup.Group
	senders.SetLimit(8) // connections at a time
	for i := range subjects {
		subjects[i] = fmt.Sprintf("Load %04d", i)
		senders.Go(func() error {
			raw := crlf(plainMail(o.CoachEmail, o.ToClient, subjects[i], "One of very many."))
			return dev.SendSMTP(o.Context(), o.SMTP, o.CoachEmail, []string{o.ToClient}, raw)
		})
	}
	require.NoError(t, senders.Wait())
	accepted := time.Since(began)
	checkLetters(o, subjects)
	t.Logf("%d mails accepted in %s; all posted and gone on %s after the first was sent", count, accepted.Round(10*time.Millisecond), time.Since(began).Round(10*time.Millisecond))
}

// TestSingleMails_Arrive sends one mail at a time, and says how long each took.
func TestSingleMails_Arrive(t *testing.T) {
	_, o := shared(t)
	stream := o.demoStream()
	var posted, arrived []time.Duration
	for i := range 50 {
		subject := fmt.Sprintf("Single %02d", i)
		o.send(o.CoachEmail, o.ToClient, plainMail(o.CoachEmail, o.ToClient, subject, "A short one."))
		accepted := time.Now()
		posted = append(posted, o.postedAfter(stream, subject, accepted))
		arrived = append(arrived, o.waitMail(o.ClientEmail, subject).Time.Sub(accepted))
	}
	t.Logf("from accepted to in the stream: median %s, slowest %s", median(posted), slices.Max(posted))
	t.Logf("from accepted to at the client: median %s, slowest %s", median(arrived), slices.Max(arrived))
}

// postedAfter waits for a message and returns how long after a moment it was
// seen in the stream.
func (o *outside) postedAfter(stream, subject string, from time.Time) time.Duration {
	o.Helper()
	var after time.Duration
	o.eventually(30*time.Second, "message "+subject, func() bool {
		for _, m := range slices.Backward(list[messageOf](o, "/streams/"+stream+"/messages")) {
			if m.Subject == subject {
				after = time.Since(from)
				return true
			}
		}
		return false
	})
	return after
}

func median(d []time.Duration) time.Duration { return percentile(d, 50) }

// percentile is the value below which so many percent lie.
func percentile(d []time.Duration, percent int) time.Duration {
	sorted := slices.Sorted(slices.Values(d))
	return sorted[min(len(sorted)-1, len(sorted)*percent/100)].Round(100 * time.Microsecond)
}
