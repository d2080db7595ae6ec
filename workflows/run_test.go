package workflows_test

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/workflows"
)

// run is one run of a program in controlled time.
type run struct {
	*world
	env        *testsuite.TestWorkflowEnvironment
	engagement app.Engagement
	start      time.Time
}

// program prepares a run. Time stands at the start of the engagement, and
// passes by itself whenever the workflow waits.
func (w *world) program(e app.Engagement) *run {
	r := &run{world: w, engagement: e, start: *e.StartedAt}
	r.env = w.environment(r.start)
	r.env.RegisterWorkflow(workflows.Program)
	return r
}

func (w *world) environment(start time.Time) *testsuite.TestWorkflowEnvironment {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(nopLogger{})
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(time.Minute)
	env.SetStartTime(start)
	env.RegisterActivity(w.deeds)
	w.mails.now = env.Now
	return env
}

// at does something at a moment after the start.
func (r *run) at(after time.Duration, do func()) { r.env.RegisterDelayedCallback(do, after) }

// execute runs the program to its end, which is asked for at the latest after
// a year, and then looks through the books.
func (r *run) execute() {
	r.Helper()
	r.at(366*day, func() { r.update(workflows.EndUpdate, workflows.ProgramEnd{Status: "completed"}) })
	r.env.ExecuteWorkflow(workflows.Program, workflows.ProgramInput{Org: r.admin.Org, Engagement: r.engagement.ID})
	require.True(r, r.env.IsWorkflowCompleted())
	require.NoError(r, r.env.GetWorkflowError())
	r.checkBooks()
}

// checkBooks holds what must be true at the end of every story: each mail left
// once and is shown as it left, and nothing stays planned.
func (r *run) checkBooks() {
	r.Helper()
	sent := map[string]app.Notification{}
	for _, n := range r.notifications(r.engagement.ID) {
		require.NotContains(r, []string{"planned", "sending"}, n.State, "%s %s to %s is pending after the end", n.Kind, n.Step, n.Address)
		require.NotEmpty(r, n.Reason)
		if n.State == "sent" {
			sent[n.MessageID] = n
		}
	}
	for _, m := range r.mails.all() {
		n, is := sent[m.MessageID]
		require.True(r, is, "%s to %s left and is not shown", m.Subject, m.To.Addr)
		require.Equal(r, n.Subject, m.Subject)
		require.Equal(r, n.Address, m.To.Addr)
		delete(sent, m.MessageID)
	}
	require.Empty(r, sent, "shown as sent, and never left")
}

// update sends an Update and notes a refusal as a failure of the test.
func (r *run) update(name string, arg any) {
	r.tryUpdate(name, arg, func(err error) { require.NoError(r, err, name) })
}

// refused sends an Update that is to be refused with a code.
func (r *run) refused(name string, arg any, code string) {
	r.tryUpdate(name, arg, func(err error) {
		var refusal *temporal.ApplicationError
		require.True(r, errors.As(err, &refusal), "%s: %v", name, err)
		require.Equal(r, code, refusal.Type())
	})
}

func (r *run) tryUpdate(name string, arg any, done func(error)) {
	r.env.UpdateWorkflow(name, uuid.NewString(), &testsuite.TestUpdateCallback{
		OnReject: done, OnAccept: func() {}, OnComplete: func(_ any, err error) { done(err) },
	}, arg)
}

// does does an act of a person through the application, and tells the program
// what the application would have told it.
func (r *run) does(act func() error) {
	r.Helper()
	r.away.take()
	problem, is := coaching.AsProblem(act())
	require.True(r, is)
	require.Equal(r, "engine_unavailable", problem.Code, problem.Message)
	for _, told := range r.away.take() {
		require.Equal(r, workflows.ProgramID(r.engagement.ID), told.WorkflowID)
		r.update(told.UpdateName, told.Args[0])
	}
}

// edit changes the program as a person who edits it does.
func (r *run) edit(change func([]app.EditItem) []app.EditItem) {
	r.Helper()
	r.does(func() error {
		_, err := r.app.EditProgram(r.Context(), r.admin, r.engagement.ID, 0, change(r.listed()))
		return err
	})
}

// listed is the program as an edit lists it.
func (r *run) listed() []app.EditItem {
	r.Helper()
	p, err := r.app.GetProgram(r.Context(), r.admin, r.engagement.ID)
	require.NoError(r, err)
	list := make([]app.EditItem, len(p.Items))
	for i, item := range p.Items {
		list[i] = app.EditItem{ID: &item.ID, ItemSpec: item.ItemSpec}
	}
	return list
}

// item finds an item of the program by its title.
func (r *run) item(title string) app.Item {
	r.Helper()
	p, err := r.app.GetProgram(r.Context(), r.admin, r.engagement.ID)
	require.NoError(r, err)
	i := slices.IndexFunc(p.Items, func(item app.Item) bool { return item.Title == title })
	require.GreaterOrEqual(r, i, 0, "no item %q", title)
	return p.Items[i]
}

// act makes the argument of an act on an item.
func (r *run) act(title string) workflows.ProgramAct {
	return workflows.ProgramAct{Item: r.item(title).ID, Actor: &r.admin.Person}
}

// answer fills out the form of an item as the recipient of an address, and
// tells the program.
func (r *run) answer(title, address string) {
	r.Helper()
	r.update(workflows.AnswerUpdate, r.submit(title, address))
}

// submit fills out a form of which the program is not told yet.
func (r *run) submit(title, address string) workflows.ProgramAnswer {
	r.Helper()
	item, round := r.item(title), r.count("SELECT i.round FROM items i WHERE id = $1", r.item(title).ID)
	i := slices.IndexFunc(item.To, func(to app.ItemRecipient) bool { return to.Address == address })
	require.GreaterOrEqual(r, i, 0, "%q does not go to %s", title, address)
	link, faults, err := r.app.SubmitForm(r.Context(), r.linkOf(item.To[i]), url.Values{"q.q": {"my answer"}})
	require.NoError(r, err)
	require.Empty(r, faults)
	require.Equal(r, app.FormPending, link.Stand)
	return workflows.ProgramAnswer{Item: item.ID, Recipient: item.To[i].ID, Round: round}
}

// linkOf is what the link in a recipient's mail names.
func (w *world) linkOf(to app.ItemRecipient) coaching.LinkRef {
	holder := to.ID
	if to.PersonID != nil {
		holder = *to.PersonID
	}
	return coaching.LinkRef{Purpose: coaching.FormLink, Org: w.admin.Org, ID: coaching.LinkID(coaching.FormLink, to.ID, holder)}
}

// sent lists what was sent so far, like "3d reminder Intake ben@client.test".
func (r *run) sent() []string {
	var out []string
	for _, m := range r.mails.all() {
		out = append(out, fmt.Sprintf("%s %s %s", short(m.at.Sub(r.start)), about(m.Subject), m.To.Addr))
	}
	return out
}

// about shortens the subjects of the default letters.
func about(subject string) string {
	if title, is := strings.CutSuffix(subject, ": a form to fill out"); is {
		return "request " + title
	}
	if title, is := strings.CutPrefix(subject, "Reminder: "); is {
		return "reminder " + strings.TrimSuffix(title, " is waiting for you")
	}
	if title, _, is := strings.Cut(subject, " of Ben Okri is still open"); is {
		return "escalation " + title
	}
	return subject
}

// pending lists what is planned now, in the order of its time. It is what the
// coach sees to come.
func (r *run) pending() []string {
	r.Helper()
	planned := r.notifications(r.engagement.ID)
	planned = slices.DeleteFunc(planned, func(n app.Notification) bool { return n.State != "planned" && n.State != "sending" })
	slices.SortStableFunc(planned, func(a, b app.Notification) int { return a.PlannedAt.Compare(b.PlannedAt) })
	out := []string{}
	for _, n := range planned {
		out = append(out, fmt.Sprintf("%s %s %s", short(n.PlannedAt.Sub(r.start)), strings.TrimPrefix(n.Kind, "form_"), n.Address))
	}
	return out
}

// outcomes counts the mails of the engagement by kind and state.
func (r *run) outcomes() map[string]int {
	r.Helper()
	out := map[string]int{}
	for _, n := range r.notifications(r.engagement.ID) {
		out[strings.TrimPrefix(n.Kind, "form_")+" "+n.State]++
	}
	return out
}

// short writes a span after the start: "3d", "3d2h", "12m30s".
func short(d time.Duration) string {
	d = d.Round(time.Second)
	days, rest := d/day, d%day
	text := rest.String()
	for _, none := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, none) {
			text = text[:len(text)-2]
		}
	}
	switch {
	case rest == 0:
		return fmt.Sprintf("%dd", days)
	case days == 0:
		return text
	}
	return fmt.Sprintf("%dd%s", days, text)
}

// events lists those of some kinds in the timeline, oldest first.
func (r *run) events(kinds ...string) []string {
	r.Helper()
	shown, err := r.app.GetTimeline(r.Context(), r.admin, r.engagement.ID, app.Paging{Most: 200})
	require.NoError(r, err)
	var out []string
	for _, e := range shown.Events {
		if slices.Contains(kinds, e.Kind) {
			out = append(out, e.Kind)
		}
	}
	return out
}
