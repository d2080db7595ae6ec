package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/dev"
)

// outageLength is how long a server is away: a few seconds, or what
// COACHFLOW_OUTAGE says.
func outageLength(t testing.TB) time.Duration {
	t.Helper()
	given := os.Getenv("COACHFLOW_OUTAGE")
	if given == "" {
		return 6 * time.Second
	}
	length, err := time.ParseDuration(given)
	require.NoError(t, err, "COACHFLOW_OUTAGE")
	return length
}

func TestOutage_Postgres(t *testing.T) {
	outage(t, func(s *devStack) (away, back func(context.Context) error) {
		return func(context.Context) error { return s.postgres.Kill() }, s.postgres.Restart
	})
}

func TestOutage_Temporal(t *testing.T) {
	outage(t, func(s *devStack) (away, back func(context.Context) error) {
		return func(context.Context) error { return s.temporal.Kill() }, s.temporal.Restart
	})
}

func TestOutage_Mail(t *testing.T) {
	outage(t, func(s *devStack) (away, back func(context.Context) error) {
		return func(context.Context) error { return s.sandbox.Pause() }, func(context.Context) error { return s.sandbox.Resume() }
	})
}

// outage takes one server away in the middle of the work, for a while, and
// holds the outcome against what was done: nothing lost, nothing doubled.
func outage(t *testing.T, server func(*devStack) (away, back func(context.Context) error)) {
	s, o := startSystem(t, devOptions{}) // not Fast: that loses what was committed last when it is killed
	away, back := server(s)
	length := outageLength(t)
	const members, steps = 6, 10
	c := gather(o, "outage", members, steps)
	c.pause = length / 10 // so that the work lasts longer than the outage
	letters := writeLetters(o)
	c.start()
	worked := make(chan error, 1)
	began := time.Now()
	go func() { worked <- c.work(length + 3*time.Minute) }()

	c.eventually(time.Minute, "the work is under way", func() bool { return c.answered() >= members })
	require.NoError(t, away(t.Context()))
	time.Sleep(length) // the outage itself
	require.NoError(t, back(t.Context()))
	returned := time.Now()

	if err := <-worked; err != nil {
		c.tellStuck(s)
		require.NoError(t, err)
	}
	accepted := letters.stop()
	duplicates := c.check(2 * time.Minute)
	checkLetters(o, accepted)
	t.Logf("away for %s; the first answer was taken up %s after the return; all is done %s after it, %s in all", length,
		c.firstTaken(returned).Round(time.Millisecond), time.Since(returned).Round(100*time.Millisecond), time.Since(began).Round(100*time.Millisecond))
	t.Logf("%d answers: %v; %d mails in, each one message; %d hand-overs repeated and dropped by the mail server", members*steps, c.stands, len(accepted), duplicates)
	require.Empty(t, s.failed, "serving and working went on")
}

// firstTaken is how long after a moment an answer was taken up again.
func (c *crowd) firstTaken(after time.Time) time.Duration {
	for _, at := range c.takenAt {
		if at.After(after) {
			return at.Sub(after)
		}
	}
	return 0
}

// tellStuck says where the programs stand that are not done.
func (c *crowd) tellStuck(s *devStack) {
	c.Helper()
	for _, m := range c.members {
		if c.complete(m) {
			continue
		}
		var stands, events []string
		for _, item := range c.program(m.engagement).Items {
			stands = append(stands, item.Status)
		}
		all := eventsOf(c.TB, s, "program/"+m.engagement)
		for _, e := range all[max(0, len(all)-25):] {
			events = append(events, e.EventTime.AsTime().Format("15:04:05.000 ")+strings.TrimPrefix(e.EventType.String(), "EVENT_TYPE_"))
		}
		c.Logf("%s stands at %v; the end of its history:\n%s", m.email, stands, strings.Join(events, "\n"))
	}
}

// letters are mails that the demo's coach writes, one after the other, whatever
// is going on.
type letters struct {
	*outside
	ctx      context.Context
	cancel   context.CancelFunc
	ended    sync.WaitGroup
	accepted []string // subjects
}

func writeLetters(o *outside) *letters {
	l := &letters{outside: o}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	l.ended.Go(func() {
		for n := 0; l.write(fmt.Sprintf("Letter %03d", n)) == nil; n++ {
			time.Sleep(300 * time.Millisecond)
		}
	})
	o.Cleanup(func() { l.stop() })
	return l
}

// write tries until the mail server takes the mail, as the author's own mail
// server does.
func (l *letters) write(subject string) error {
	raw := crlf(plainMail(l.CoachEmail, l.ToClient, subject, "Whatever is going on."))
	for l.ctx.Err() == nil {
		if dev.SendSMTP(context.Background(), l.SMTP, l.CoachEmail, []string{l.ToClient}, raw) == nil {
			l.accepted = append(l.accepted, subject)
			return nil
		}
		time.Sleep(200 * time.Millisecond)
	}
	return errors.New("stopped")
}

// stop ends the writing and returns the subjects of what was taken.
func (l *letters) stop() []string {
	l.cancel()
	l.ended.Wait()
	return l.accepted
}

// checkLetters sees that every mail became one message and went on once.
func checkLetters(o *outside, accepted []string) {
	o.Helper()
	require.NotEmpty(o, accepted)
	prefix := accepted[0][:4]
	arrived := map[string]int{}
	o.eventuallyEvery(300*time.Millisecond, 3*time.Minute, "all mails have gone on", func() bool {
		clear(arrived)
		for _, m := range o.mails(o.ClientEmail, prefix) {
			arrived[m.Subject]++
		}
		return len(arrived) >= len(accepted)
	})
	posted := map[string]int{}
	for _, m := range list[messageOf](o, "/streams/"+o.demoStream()+"/messages") {
		posted[m.Subject]++
	}
	for _, subject := range accepted {
		require.Equal(o, 1, posted[subject], "message %s", subject)
		require.Equal(o, 1, arrived[subject], "onward mail %s", subject)
	}
}
