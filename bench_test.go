package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/dev"
	"coachflow/mail/compose"
)

// The figures of docs/figures.md, by one command:
//
//	go test -run '^$' -bench . -benchtime 1x -timeout 30m .

// BenchmarkAnswerToNextForm measures from the submission of an answer to the
// next form at the mail server, beside a bare workflow on the same server in turns,
// which does one Update with a local activity and one activity, and nothing in them.
// Ours does one signal and two activities: the first survives a worker that dies. The
// floor, in turns as well, is what a step has to do besides: one request, three
// transactions that are on the disk (the answer, its taking up, the next form
// with its letter), each of one read and one write, and one mail over SMTP.
func BenchmarkAnswerToNextForm(b *testing.B) {
	const blocks, block = 6, 10
	s, o := startSystem(b, devOptions{})
	bare := startBare(b, s)
	for b.Loop() {
		one := beginSteps(b, s, o, blocks*block)
		var ours, theirs, floor []time.Duration
		var spent, spentBare cpuSpent
		for range blocks {
			before := cpuNow()
			for range block {
				ours = append(ours, one.next())
			}
			between := cpuNow()
			for range block {
				theirs = append(theirs, bare.next())
			}
			spent, spentBare = spent.plus(between.since(before)), spentBare.plus(cpuNow().since(between))
			for range block {
				floor = append(floor, leastStep(b, s, one))
			}
		}
		reportSteps(b, ours, theirs)
		b.ReportMetric(float64(spent.all())/float64(spentBare.all()), "times-bare-CPU")
		b.Logf("a step of ours: %s", spent.each(len(ours)))
		b.Logf("a bare step: %s", spentBare.each(len(theirs)))
		one.tellWhere()
		b.Logf("bare: the Update with its local activity alone %s; the floor beside it: %s", median(bare.answered), median(floor))
	}
}

// reading is the time between two steps. Nobody answers a form in the
// milliseconds in which its mail is still being noted as sent.
const reading = 60 * time.Millisecond

// leastStep does once what a step cannot do without, besides the workflow, and
// returns how long it took.
func leastStep(b *testing.B, s *devStack, one *steps) time.Duration {
	b.Helper()
	time.Sleep(reading)
	ctx := b.Context()
	engagement := uuid.MustParse(one.m.engagement)
	org := one.org
	began := time.Now()
	answer, err := http.Get(one.o.Web + "/healthz")
	require.NoError(b, err)
	require.NoError(b, answer.Body.Close())
	for range 3 {
		require.NoError(b, s.parts.db.InOrg(ctx, org, func(q *rows.Queries) error {
			if _, err := q.EngagementGet(ctx, org, engagement); err != nil {
				return err
			}
			return q.EventInsert(ctx, rows.EventInsertParams{OrgID: org, ID: db.NewID(), EngagementID: &engagement, At: began, Kind: "measured", ActorKind: "process", Key: db.NewID().String()})
		}))
	}
	id := db.NewID().String()
	_, err = s.parts.mail.Send(ctx, compose.Outgoing{From: s.parts.domain.Outbox.From, To: compose.Recipient{Addr: "floor@clients.example"},
		Subject: "Floor", Text: "Text", HTML: "<p>Text</p>", MessageID: id + "@floor.example", IdempotencyKey: id, Date: began})
	require.NoError(b, err)
	return time.Since(began)
}

func reportSteps(b *testing.B, ours, theirs []time.Duration) {
	b.Helper()
	ratio := float64(median(ours)) / float64(median(theirs))
	b.ReportMetric(milliseconds(median(ours)), "ms-p50")
	b.ReportMetric(milliseconds(percentile(ours, 95)), "ms-p95")
	b.ReportMetric(milliseconds(median(theirs)), "ms-bare-p50")
	b.ReportMetric(ratio, "times-bare")
	b.ReportMetric(0, "ns/op") // a run is no unit of anything
	b.Logf("answer to next form: p50 %s, p95 %s; bare: p50 %s, p95 %s; ratio of p50 %.2f (%d steps each)",
		median(ours), percentile(ours, 95), median(theirs), percentile(theirs, 95), ratio, len(ours))
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// steps is a long program, answered one form after the other.
type steps struct {
	testing.TB
	s        *devStack
	o        *outside
	m        member
	org      uuid.UUID
	at       int // the step that waits for its answer
	link     string
	began    []time.Time // when each answer was submitted
	answered []time.Time // when the page came back
	handed   []time.Time // when the next form was at the mail server
	known    map[string]bool
}

func beginSteps(b *testing.B, s *devStack, o *outside, count int) *steps {
	b.Helper()
	c := gather(o, fmt.Sprintf("bench%d", time.Now().UnixNano()), 1, count+1)
	login, err := s.parts.db.Across().LookupLogin(b.Context(), o.AdminEmail)
	require.NoError(b, err)
	p := &steps{TB: b, s: s, o: o, m: c.members[0], org: login[0].OrgID, known: map[string]bool{}}
	c.start()
	p.arrive()
	return p
}

// arrive waits for the next form and returns when the mail server had it.
func (p *steps) arrive() time.Time {
	p.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	m, err := p.s.sandbox.Wait(ctx, func(m dev.Mail) bool { return m.SentTo(p.m.email) && !p.known[m.ID] })
	require.NoError(p, err)
	p.known[m.ID] = true
	raw, err := m.Raw()
	require.NoError(p, err)
	p.link = linkPattern.FindString(strings.ReplaceAll(string(raw), "=\r\n", ""))
	p.at++
	return m.Time
}

// next answers the form that waits, and returns how long the one after it took.
func (p *steps) next() time.Duration {
	p.Helper()
	time.Sleep(reading)
	p.began = append(p.began, time.Now())
	page, err := p.o.fill(p.link, map[string]string{"a": said(p.m, p.at)})
	require.NoError(p, err)
	require.Equal(p, http.StatusOK, page.Status)
	p.answered = append(p.answered, time.Now())
	p.handed = append(p.handed, p.arrive())
	return p.handed[len(p.handed)-1].Sub(p.began[len(p.began)-1])
}

// tellWhere says where the time went, by the history of the program.
func (p *steps) tellWhere() {
	p.Helper()
	events := eventsOf(p.TB, p.s, "program/"+p.m.engagement)
	asked := timesOf(events, enums.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
	_, taken := activityTimes(events, "TakeAnswer")
	started, _ := activityTimes(events, "TakeStep")
	started = started[1:] // the first form went out before the first answer
	var save, take, page, schedule, issue []time.Duration
	for i := range p.handed {
		save = append(save, asked[i].Sub(p.began[i]))
		take = append(take, taken[i].Sub(asked[i]))
		page = append(page, p.answered[i].Sub(p.began[i]))
		schedule = append(schedule, started[i].Sub(taken[i]))
		issue = append(issue, p.handed[i].Sub(started[i]))
	}
	p.Logf("medians: request, save and signal %s; the answer taken up %s; to the start of the next activity %s; issue, render, SMTP %s; the page itself came back after %s",
		median(save), median(take), median(schedule), median(issue), median(page))
}

// activityTimes are the moments when each activity of a type was started, and when it
// had ended.
func activityTimes(events []*history.HistoryEvent, name string) (started, ended []time.Time) {
	scheduled := map[int64]bool{}
	for _, e := range events {
		switch e.EventType {
		case enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
			scheduled[e.EventId] = e.GetActivityTaskScheduledEventAttributes().ActivityType.Name == name
		case enums.EVENT_TYPE_ACTIVITY_TASK_STARTED:
			if scheduled[e.GetActivityTaskStartedEventAttributes().ScheduledEventId] {
				started = append(started, e.EventTime.AsTime())
			}
		case enums.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
			if scheduled[e.GetActivityTaskCompletedEventAttributes().ScheduledEventId] {
				ended = append(ended, e.EventTime.AsTime())
			}
		}
	}
	return started, ended
}

func eventsOf(t testing.TB, s *devStack, workflowID string) []*history.HistoryEvent {
	t.Helper()
	var events []*history.HistoryEvent
	all := s.parts.temporal.GetWorkflowHistory(context.Background(), workflowID, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for all.HasNext() {
		event, err := all.Next()
		require.NoError(t, err)
		events = append(events, event)
	}
	return events
}

func timesOf(events []*history.HistoryEvent, kind enums.EventType) []time.Time {
	var times []time.Time
	for _, e := range events {
		if e.EventType == kind {
			times = append(times, e.EventTime.AsTime())
		}
	}
	return times
}

// bare is a workflow of the same shape with nothing in it: an Update whose
// handler runs one local activity, and then an activity on another queue.
type bare struct {
	testing.TB
	temporal client.Client
	id       string
	executed chan time.Time
	answered []time.Duration // how long each Update took
}

const bareQueue, bareMailQueue = "bare", "bare-mail"

func startBare(b *testing.B, s *devStack) *bare {
	b.Helper()
	x := &bare{TB: b, temporal: s.parts.temporal, id: fmt.Sprintf("bare/%d", time.Now().UnixNano()), executed: make(chan time.Time, 1)}
	rows := sdk.New(x.temporal, bareQueue, sdk.Options{StickyScheduleToStartTimeout: time.Second})
	rows.RegisterWorkflow(x.Process)
	mails := sdk.New(x.temporal, bareMailQueue, sdk.Options{DisableWorkflowWorker: true})
	mails.RegisterActivity(x.Send)
	for _, w := range []sdk.Worker{rows, mails} {
		require.NoError(b, w.Start())
		b.Cleanup(w.Stop)
	}
	_, err := x.temporal.ExecuteWorkflow(b.Context(), client.StartWorkflowOptions{ID: x.id, TaskQueue: bareQueue}, x.Process)
	require.NoError(b, err)
	return x
}

// Process waits for answers and sends as often as it was answered.
func (x *bare) Process(ctx workflow.Context) error {
	answered := 0
	err := workflow.SetUpdateHandler(ctx, "answer", func(ctx workflow.Context) (int, error) {
		ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: 10 * time.Second})
		err := workflow.ExecuteLocalActivity(ctx, x.Save).Get(ctx, nil)
		answered++
		return answered, err
	})
	if err != nil {
		return err
	}
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{TaskQueue: bareMailQueue, StartToCloseTimeout: time.Minute})
	for sent := 0; ; sent++ {
		if err := workflow.Await(ctx, func() bool { return answered > sent }); err != nil {
			return err
		}
		if err := workflow.ExecuteActivity(ctx, x.Send).Get(ctx, nil); err != nil {
			return err
		}
	}
}

// Save does nothing.
func (x *bare) Save(context.Context) error { return nil }

// Send tells that it was executed.
func (x *bare) Send(context.Context) error {
	x.executed <- time.Now()
	return nil
}

// next sends one Update and returns how long it took until the activity ran.
func (x *bare) next() time.Duration {
	x.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	time.Sleep(reading)
	began := time.Now()
	handle, err := x.temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{WorkflowID: x.id, UpdateName: "answer", WaitForStage: client.WorkflowUpdateStageCompleted})
	require.NoError(x, err)
	require.NoError(x, handle.Get(ctx, nil))
	x.answered = append(x.answered, time.Since(began))
	return (<-x.executed).Sub(began)
}
