package workflows_test

import (
	"errors"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

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
	begun      time.Duration // after the start, of the present environment
	unanswered int           // Updates
}

// program prepares a run. Time stands at the start of the engagement, and
// passes by itself whenever the workflow waits.
func (w *world) program(e app.Engagement) *run {
	r := &run{world: w, engagement: e, start: *e.StartedAt}
	r.env = w.environment(r.start)
	r.registers()
	return r
}

// registers registers what a program runs.
func (r *run) registers() {
	r.env.RegisterWorkflow(workflows.Program)
	r.env.RegisterWorkflowWithOptions(workflows.StandaloneMail, workflow.RegisterOptions{Name: workflows.StandaloneMailType})
}

func (w *world) environment(start time.Time) *testsuite.TestWorkflowEnvironment {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(nopLogger{})
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(time.Minute)
	env.SetStartTime(start)
	env.RegisterActivity(w.activities)
	w.mails.now = env.Now
	return env
}

// at does something at a moment after the start.
func (r *run) at(after time.Duration, do func()) { r.env.RegisterDelayedCallback(do, after-r.begun) }

// execute runs the program to its end, which is asked for at the latest after
// a year, and then looks through the books.
func (r *run) execute() {
	r.Helper()
	r.at(366*day, func() {
		if !r.env.IsWorkflowCompleted() {
			r.update(workflows.EndUpdate, workflows.ProgramEnd{Status: "completed"})
		}
	})
	r.executeFrom(workflows.ProgramInput{Org: r.admin.Org, Engagement: r.engagement.ID})
}

func (r *run) executeFrom(in workflows.ProgramInput) {
	r.Helper()
	r.env.ExecuteWorkflow(workflows.Program, in)
	require.True(r, r.env.IsWorkflowCompleted())
	require.NoError(r, r.env.GetWorkflowError())
	require.Zero(r, r.unanswered, "Updates without an answer")
	r.checkBooks()
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
	r.unanswered++
	answered := func(err error) {
		r.unanswered--
		done(err)
	}
	r.env.UpdateWorkflow(name, uuid.NewString(), &testsuite.TestUpdateCallback{
		OnReject: answered, OnAccept: func() {}, OnComplete: func(_ any, err error) { answered(err) },
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
func (r *run) act(title string) workflows.ProgramCommand {
	return workflows.ProgramCommand{Item: r.item(title).ID, Actor: &r.admin.Person}
}

// answer fills out the form of an item as the recipient of an address, and
// tells the program.
func (r *run) answer(title, address string) {
	r.Helper()
	r.env.SignalWorkflow(workflows.AnsweredSignal, r.submit(title, address))
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
	return coaching.LinkRef{Purpose: coaching.FormLink, Org: w.admin.Org, ID: coaching.LinkID(coaching.FormLink, to.ID, holder, to.Address)}
}
