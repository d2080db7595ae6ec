package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"golang.org/x/sync/errgroup"

	"coachflow/dev"
	"coachflow/mail/receive"
)

// BenchmarkIngest measures mails that become messages, from the moment that the
// mail server has taken all of them, beside reading the same mails alone, and beside
// as many bare workflows, each of which runs one activity that does nothing.
func BenchmarkIngest(b *testing.B) {
	const count = 200
	s, o := startSystem(b, devOptions{})
	bare := startBareMails(b, s)
	for b.Loop() {
		mails := manyMails(o, count)
		before := cpuNow()
		theirs := bare.run(count)
		spentBare := cpuNow().since(before)
		began := time.Now()
		for _, raw := range mails {
			_, err := receive.ParseInbound(raw)
			require.NoError(b, err)
		}
		parsing := time.Since(began)
		before = cpuNow()
		took := ingest(o, mails)
		spent := cpuNow().since(before)
		b.ReportMetric(float64(spentBare.all())/float64(spent.all()), "of-bare-CPU")
		b.ReportMetric(theirs.Seconds()/took.Seconds(), "of-bare")
		b.ReportMetric(count/took.Seconds(), "mails/s")
		b.ReportMetric(count/parsing.Seconds(), "parsed/s")
		b.ReportMetric(0, "ns/op")
		b.Logf("%d mails posted and gone on within %s: %.0f a second; parsing alone %.0f a second", count, took.Round(time.Millisecond), count/took.Seconds(), count/parsing.Seconds())
		b.Logf("bare workflows with one activity: %.0f a second; mails have %.2f of that", count/theirs.Seconds(), theirs.Seconds()/took.Seconds())
		b.Logf("a mail: %s", spent.each(count))
		b.Logf("a bare workflow: %s", spentBare.each(count))
	}
}

// bareMails runs workflows of the shape of InboundMail with nothing in them.
type bareMails struct {
	testing.TB
	temporal client.Client
	executed chan struct{}
}

const bareMailsQueue, bareMailsMailQueue = "bare-mails", "bare-mails-mail"

func startBareMails(b *testing.B, s *devStack) *bareMails {
	b.Helper()
	x := &bareMails{TB: b, temporal: s.parts.temporal, executed: make(chan struct{}, 1000)}
	rows := sdk.New(x.temporal, bareMailsQueue, sdk.Options{StickyScheduleToStartTimeout: time.Second})
	rows.RegisterWorkflow(x.Process)
	mails := sdk.New(x.temporal, bareMailsMailQueue, sdk.Options{DisableWorkflowWorker: true, MaxConcurrentActivityExecutionSize: 16})
	mails.RegisterActivity(x.Receive)
	for _, w := range []sdk.Worker{rows, mails} {
		require.NoError(b, w.Start())
		b.Cleanup(w.Stop)
	}
	return x
}

// Process is one mail.
func (x *bareMails) Process(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{TaskQueue: bareMailsMailQueue, StartToCloseTimeout: time.Minute})
	return workflow.ExecuteActivity(ctx, x.Receive).Get(ctx, nil)
}

// Receive does nothing, and tells.
func (x *bareMails) Receive(context.Context) error {
	x.executed <- struct{}{}
	return nil
}

// run starts so many workflows, as many at a time as the ingest does, and returns how
// long it took until the last activity ran.
func (x *bareMails) run(count int) time.Duration {
	x.Helper()
	began := time.Now()
	var starters errgroup.Group
	starters.SetLimit(4) // MailboxConfig.Concurrency
	for range count {
		starters.Go(func() error {
			_, err := x.temporal.ExecuteWorkflow(context.Background(), client.StartWorkflowOptions{TaskQueue: bareMailsQueue}, x.Process)
			return err
		})
	}
	require.NoError(x, starters.Wait())
	for range count {
		<-x.executed
	}
	return time.Since(began)
}

func manyMails(o *outside, count int) [][]byte {
	mails := make([][]byte, count)
	for i := range mails {
		mails[i] = crlf(mailWithFiles(o.CoachEmail, o.ToClient, fmt.Sprintf("Bench %04d", i), strings.Repeat("A line of some length, as people write them. ", 40), []byte("%PDF-1.4 a plan")))
	}
	return mails
}

// ingest sends mails and waits until the last one has gone on.
func ingest(o *outside, mails [][]byte) time.Duration {
	o.Helper()
	before := len(o.mails(o.ClientEmail, "Bench"))
	began := time.Now()
	var senders errgroup.Group
	senders.SetLimit(4)
	for _, raw := range mails {
		senders.Go(func() error {
			return dev.SendSMTP(context.Background(), o.SMTP, o.CoachEmail, []string{o.ToClient}, raw)
		})
	}
	require.NoError(o, senders.Wait())
	var last time.Time
	o.eventuallyEvery(200*time.Millisecond, 5*time.Minute, "all mails have gone on", func() bool {
		arrived := o.mails(o.ClientEmail, "Bench")
		if len(arrived) > 0 {
			last = arrived[len(arrived)-1].Time
		}
		return len(arrived) >= before+len(mails)
	})
	return last.Sub(began)
}

// BenchmarkHistory measures the history of a finished program of 20 items, each
// with its request and two reminders. The reminders really go out, a second after each
// other: the database plans them so.
func BenchmarkHistory(b *testing.B) {
	const items, reminders = 20, 2
	s, o := startSystem(b, devOptions{})
	remindSoon(b, s.parts.DatabaseURL)
	for b.Loop() {
		m := remindedProgram(b, o, items, reminders)
		what, err := s.parts.temporal.DescribeWorkflowExecution(b.Context(), "program/"+m.engagement, "")
		require.NoError(b, err)
		events, size := what.WorkflowExecutionInfo.HistoryLength, what.WorkflowExecutionInfo.HistorySizeBytes
		mails := len(o.mails(m.email, ""))
		b.ReportMetric(float64(events)/items, "events/item")
		b.ReportMetric(float64(size)/items, "B/item")
		b.ReportMetric(0, "ns/op")
		b.Logf("%d items, %d mails: %d events, %d bytes; an item: %.1f events, %.0f bytes; a mail: %.1f events", items, mails, events, size,
			float64(events)/items, float64(size)/items, float64(events)/float64(mails))
	}
}

// remindSoon lets every reminder leave as many seconds after its planning as its number.
func remindSoon(b *testing.B, database string) {
	b.Helper()
	connection, err := pgx.Connect(b.Context(), database)
	require.NoError(b, err)
	_, err = connection.Exec(b.Context(), `CREATE FUNCTION remind_soon() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			NEW.planned_at := clock_timestamp() + substring(NEW.step FROM 10)::integer * interval '1 second';
			RETURN NEW;
		END $$;
		CREATE TRIGGER remind_soon BEFORE INSERT ON notifications FOR EACH ROW
		WHEN (NEW.step LIKE 'reminder-%' AND NEW.state = 'planned') EXECUTE FUNCTION remind_soon()`)
	require.NoError(b, errors.Join(err, connection.Close(b.Context())))
}

// remindedProgram answers each form of a program after its reminders, and ends
// the engagement.
func remindedProgram(b *testing.B, o *outside, items, reminders int) member {
	b.Helper()
	c := gather(o, fmt.Sprintf("history%d", time.Now().UnixNano()), 1, items, "due")
	m := c.members[0]
	c.start()
	for step := 1; step <= items; step++ {
		var mails []seen
		title := fmt.Sprintf("Step %d", step)
		o.eventually(time.Minute, "the reminders of "+title, func() bool {
			mails = nil
			for _, mail := range o.mails(m.email, "") {
				if strings.HasPrefix(mail.Subject, title+":") || strings.HasSuffix(mail.Subject, title+" is waiting for you") {
					mails = append(mails, mail)
				}
			}
			return len(mails) >= 1+reminders
		})
		open, err := o.open(mails[0])
		require.NoError(b, err)
		_, err = c.answer(open.link(), said(m, step))
		require.NoError(b, err)
	}
	post[thing](o, "/engagements/"+m.engagement+"/complete", nil)
	return m
}
