package workflows_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"coachflow/coaching"
	"coachflow/outbox"
	"coachflow/workflows"
)

// The program's part of what architecture asks of every process: it can be started from
// its rows, in every state, then goes on rightly and sends nothing twice. The states are
// made by what happens to a program in any order, and the workflow is lost at any point.
func TestR17_FromRowsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.active(w.client)
	fromRowsAlone(t, w, []coaching.ItemSpec{w.formItem("A"), w.formItem("B", delayed(2, coaching.Hours)), w.formItem("C"), w.formItem("D", manual)})
}

// The same with sessions, which are held by hand or by themselves and rated then, and with
// files: what leaves by itself is found by the recovery sweep.
func TestR17_FromRowsAloneWithSessionsAndFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.active(w.client)
	w.asksForRatings(coaching.RatingsForCoach, true)
	mine := to(coaching.RecipientSpec{Role: "coachee"})
	fromRowsAlone(t, w, []coaching.ItemSpec{sessionItem("A", mine), w.fileItem("B"), sessionItem("C", mine), sessionItem("D", mine, manual)})
}

func fromRowsAlone(t *testing.T, w *world, items []coaching.ItemSpec) {
	rapid.Check(t, func(rt *rapid.T) {
		w.mails.clear()
		defer w.mails.dies(nil)
		p := &losing{playing: playing{run: w.program(w.engagement(items...))}, unknown: map[string]int{}}
		at := time.Minute
		for i, a := range drawActs(rt) {
			at += a.Gap + 7*time.Minute // so that no act comes at the moment of a release
			p.event(at, func() {
				p.looks(fmt.Sprintf("before act %d", i))
				p.plays(i, a)
			}, func() { p.savesOnly(a) })
			p.event(at+2*time.Minute, func() { p.looks(fmt.Sprintf("after act %d, %s of item %d (%d)", i, a.Kind, a.Item, a.With)) }, func() {})
		}
		p.end = at + time.Hour
		p.executeLosing(drawLosses(rt))
		p.outage()
		p.sweepsMails() // a mail that stands alone outlives its program
		p.checkBooksBut(p.unknown)
		p.faults = append(p.faults, p.handedOver(p.unknown)...)
		if len(p.faults) > 0 {
			rt.Fatalf("%v", p.faults)
		}
	})
}

// losing is a program whose workflow is lost again and again.
type losing struct {
	playing
	events  []event
	end     time.Duration
	unknown map[string]int // mails that left and of which nobody knows, by key
}

// event is something that happens at a moment after the start.
type event struct {
	at       time.Duration
	do, away func() // while the program runs, and while nothing does
}

func (p *losing) event(at time.Duration, do, away func()) {
	p.events = append(p.events, event{at, do, away})
}

// savesOnly is what is left of an act while nothing runs: an answer to a form is saved.
func (p *losing) savesOnly(a act) {
	items := p.listed()
	if a.Kind != "answer" || len(items) == 0 {
		return
	}
	if item := p.item(items[a.Item%len(items)].Title); item.Status == "open" && item.Kind == coaching.FormItem {
		p.submit(item.Title, ben)
	}
}

// executeLosing runs the program to its end, in as many environments as it takes.
func (p *losing) executeLosing(losses []loss) {
	p.Helper()
	for {
		next := loss{}
		if len(losses) > 0 {
			next, losses = losses[0], losses[1:]
		}
		if !loses(func() { p.runOnce(next) }) {
			break
		}
		lost := p.env.Now().Sub(p.start)
		p.begun, p.unanswered = lost+next.Outage, 0
		for _, e := range p.events {
			if e.at > lost && e.at <= p.begun {
				e.away()
			}
		}
		p.outage()
		p.env = p.environment(p.start.Add(p.begun))
		p.registers()
	}
	require.True(p, p.env.IsWorkflowCompleted())
	require.NoError(p, p.env.GetWorkflowError())
	require.Zero(p, p.unanswered, "Updates without an answer")
}

// runOnce runs the program until its end or its loss. The end is asked for
// though it should have come while nothing ran.
func (p *losing) runOnce(l loss) {
	for _, e := range p.events {
		if e.at > p.begun {
			p.at(e.at, e.do)
		}
	}
	p.at(p.begun+time.Minute, p.sweeps)
	p.at(max(p.end, p.begun+time.Hour), func() { p.update(workflows.EndUpdate, workflows.ProgramEnd{Status: "completed"}) })
	p.lose(p.env, l, p.unknown)
	p.env.ExecuteWorkflow(workflows.Program, workflows.ProgramInput{Org: p.admin.Org, Engagement: p.engagement.ID})
}

// sweepsMails sends what stands alone and was lost, as the recovery sweep does, which finds
// what is planned and what was being sent: what is behind another mail to the same calendar
// is tried again.
func (p *losing) sweepsMails() {
	p.Helper()
	dies := p.mails.dying()
	p.mails.dies(nil) // a sweep outlives the program
	defer p.mails.dies(dies)
	var failed error
	for range 10 {
		var list []uuid.UUID
		p.ask("SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM notifications WHERE standalone AND state IN ('planned', 'sending')", &list)
		if len(list) == 0 {
			return
		}
		failed = nil
		for _, id := range list {
			failed = errors.Join(failed, p.activities.SendNotice(p.Context(), outbox.StandaloneMail{Org: p.admin.Org, ID: id}))
		}
	}
	require.NoError(p, failed, "mails that stand alone do not leave")
}

// sweeps tells the program of answers that were saved and of which it has not heard, as
// the recovery sweep does, and sends the mails that stand alone.
func (p *losing) sweeps() {
	p.Helper()
	p.sweepsMails()
	var list []string
	p.ask(`SELECT coalesce(array_agg(i.id || ' ' || r.id || ' ' || a.round), '{}') FROM answers a JOIN item_recipients r ON r.id = a.recipient_id JOIN items i ON i.id = r.item_id
		WHERE i.engagement_id = $1 AND a.submitted_at IS NOT NULL AND a.taken_up_at IS NULL`, &list, p.engagement.ID)
	slices.Sort(list)
	for _, one := range list {
		var item, recipient string
		var round int
		_, err := fmt.Sscan(one, &item, &recipient, &round)
		require.NoError(p, err)
		p.env.SignalWorkflow(workflows.AnsweredSignal, workflows.ProgramAnswer{Item: uuid.MustParse(item), Recipient: uuid.MustParse(recipient), Round: round})
	}
}
