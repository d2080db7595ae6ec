package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	updatepb "go.temporal.io/api/update/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"coachflow/activities"
	"coachflow/coaching"
	"coachflow/workflows"
)

// Every Update has a handler whose context does not inherit the options of the
// workflow's: only a real server finds that out.
func TestServer(t *testing.T) {
	s := serve(t)
	t.Run("every act of a person", s.everyAct)
	t.Run("every refusal has its code", s.everyRefusal)
	t.Run("an Update before the program was read", s.earlyUpdate)
	t.Run("a worker stops and another goes on", s.restart)
	t.Run("the sweep tells what was saved", s.sweeps)
	t.Run("a program goes on in a new run", s.continuesAsNew)
	t.Run("a mail is posted", s.postsMail)
	t.Run("a mail is quarantined and released", s.releasesMail)
	t.Run("quarantined mails leave no open workflow", s.quarantinesMany)
	t.Run("a release outlives the worker and the engine", s.releaseIsKept)
	t.Run("a waiting run of the version before ends", s.endsWaitingRuns)
}

func (s *served) everyAct(t *testing.T) {
	ctx := t.Context()
	p := s.story(t, s.formItem("Acts one"), s.formItem("Acts two"), s.formItem("Acts three", manual))
	one := p.becomes("Acts one", "open")
	p.does(s.app.HoldFollowUp(ctx, s.admin, one.ID, one.To[0].ID, true))
	p.does(s.app.PauseEngagement(ctx, s.admin, p.run.engagement.ID))
	p.answers("Acts one")
	require.Equal(t, "waiting", p.run.item("Acts two").Status)
	p.does(s.app.ResumeEngagement(ctx, s.admin, p.run.engagement.ID))
	two := p.becomes("Acts two", "open")
	p.does(s.app.ReopenItem(ctx, s.admin, one.ID))
	p.does(s.app.SkipItem(ctx, s.admin, one.ID))
	three := p.run.item("Acts three")
	p.does(s.app.SendItem(ctx, s.admin, three.ID))
	p.does(s.app.TakeItemBack(ctx, s.admin, three.ID))
	p.does(s.app.SendItem(ctx, s.admin, three.ID))
	p.becomes("Acts three", "open") // after a real second
	p.does(s.app.SendItem(ctx, s.admin, two.ID))
	p.does(s.app.AddItem(ctx, s.admin, p.run.engagement.ID, -1, s.formItem("Acts four")))
	p.does(s.app.MoveItem(ctx, s.admin, three.ID, 0))
	p.answers("Acts two")
	p.becomes("Acts four", "open")
	p.does(s.app.CompleteEngagement(ctx, s.admin, p.run.engagement.ID))
	p.ends()
	require.Subset(t, []string{"request Acts one", "request Acts two", "request Acts three", "request Acts four"}, p.subjects())
	require.GreaterOrEqual(t, len(p.subjects()), 4)
	require.Empty(t, p.run.pending())
}

func (s *served) everyRefusal(t *testing.T) {
	ctx := t.Context()
	p := s.story(t, s.formItem("No one"), s.formItem("No two", manual))
	one := p.becomes("No one", "open")
	require.Equal(t, "nothing_to_take_back", p.refuses(s.app.TakeItemBack(ctx, s.admin, one.ID)))
	require.Equal(t, "item_not_ended", p.refuses(s.app.ReopenItem(ctx, s.admin, one.ID)))
	require.Equal(t, "engagement_not_paused", p.refuses(s.app.ResumeEngagement(ctx, s.admin, p.run.engagement.ID)))
	require.Equal(t, "recipient_not_found", p.refuses(s.app.HoldFollowUp(ctx, s.admin, one.ID, s.admin.Person, true)), "from within the activity")
	p.does(s.app.SkipItem(ctx, s.admin, one.ID))
	require.Equal(t, "item_ended", p.refuses(s.app.SkipItem(ctx, s.admin, one.ID)))
	require.Equal(t, "item_not_sendable", p.refuses(s.app.SendItem(ctx, s.admin, one.ID)))
	p.does(s.app.PauseEngagement(ctx, s.admin, p.run.engagement.ID))
	require.Equal(t, "engagement_not_active", p.refuses(s.app.PauseEngagement(ctx, s.admin, p.run.engagement.ID)))
	p.does(s.app.CancelEngagement(ctx, s.admin, p.run.engagement.ID))
	p.ends()
	require.Equal(t, "engagement_over", p.refuses(s.app.SkipItem(ctx, s.admin, p.run.item("No two").ID)))
}

// The workflow's first task holds its start and two Updates.
func (s *served) earlyUpdate(t *testing.T) {
	s.rest()
	p := s.story(t, s.formItem("Early one"), s.formItem("Early two"))
	noting := &noting{Client: s.temporal, ids: make(chan string, 2)}
	s.app.Temporal = noting
	defer func() { s.app.Temporal = s.temporal }()
	first, second := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := s.app.SkipItem(t.Context(), s.admin, p.run.item("Early one").ID)
		first <- err
	}()
	go func() {
		_, err := s.app.ReopenItem(t.Context(), s.admin, p.run.item("Early two").ID)
		second <- err
	}()
	s.admitted(t, workflows.ProgramID(p.run.engagement.ID), <-noting.ids, <-noting.ids)
	s.work()
	require.NoError(t, <-first)
	require.Equal(t, "item_not_ended", p.refuses(nil, <-second), "judged by the state that was read then")
	p.becomes("Early two", "open")
	p.does(s.app.CompleteEngagement(t.Context(), s.admin, p.run.engagement.ID))
}

// noting notes the ids of the Updates that it passes on.
type noting struct {
	client.Client
	ids chan string
}

func (n *noting) UpdateWorkflow(ctx context.Context, options client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	n.ids <- options.UpdateID
	return n.Client.UpdateWorkflow(ctx, options)
}

// admitted waits until the server has Updates that no worker has accepted yet.
func (s *served) admitted(t *testing.T, workflow string, updates ...string) {
	t.Helper()
	for _, update := range updates {
		require.Eventually(t, func() bool {
			answer, err := s.temporal.WorkflowService().PollWorkflowExecutionUpdate(t.Context(), &workflowservice.PollWorkflowExecutionUpdateRequest{
				Namespace: "default", UpdateRef: &updatepb.UpdateRef{WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: workflow}, UpdateId: update}})
			return err == nil && answer.Stage == enums.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED
		}, time.Minute, 10*time.Millisecond, "the server has the Update")
	}
}

func (s *served) restart(t *testing.T) {
	p := s.story(t, s.formItem("Restart one"), s.formItem("Restart two"), s.formItem("Restart three", manual))
	p.becomes("Restart one", "open")
	p.answers("Restart one")
	p.becomes("Restart two", "open")
	p.does(s.app.SendItem(t.Context(), s.admin, p.run.item("Restart three").ID))
	s.rest()
	fired := s.happened(t, p, enums.EVENT_TYPE_TIMER_FIRED)
	require.Eventually(t, func() bool { return s.happened(t, p, enums.EVENT_TYPE_TIMER_FIRED) > fired }, time.Minute, 50*time.Millisecond, "the timer fires while nobody works")
	s.work()
	p.becomes("Restart three", "open")
	p.answers("Restart two")
	p.does(s.app.CompleteEngagement(t.Context(), s.admin, p.run.engagement.ID))
	p.ends()
	require.ElementsMatch(t, []string{"request Restart one", "request Restart two", "request Restart three"}, p.subjects())
}

// happened counts the events of a kind in a story's history.
func (s *served) happened(t *testing.T, p *told, kind enums.EventType) (count int) {
	t.Helper()
	all := s.temporal.GetWorkflowHistory(t.Context(), workflows.ProgramID(p.run.engagement.ID), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for all.HasNext() {
		event, err := all.Next()
		require.NoError(t, err)
		if event.EventType == kind {
			count++
		}
	}
	return count
}

// What people submit while the engine is away is saved, and told by the sweep.
func (s *served) sweeps(t *testing.T) {
	p := s.story(t, s.formItem("Swept one"), s.formItem("Swept two"))
	p.becomes("Swept one", "open")
	s.app.Temporal = &away{}
	answer := p.run.submit("Swept one", ben)
	missed, err := s.app.StartEngagement(t.Context(), s.admin, s.draft(s.formItem("Swept three")).ID)
	require.NoError(t, err)
	s.app.Temporal = s.temporal
	mails, err := s.domain.Inbox.Store(t.Context(), s.arrives(s.letter("Swept mail", "hello")))
	require.NoError(t, err)
	s.exec("UPDATE answers SET submitted_at = submitted_at - interval '1 minute' WHERE recipient_id = $1", answer.Recipient)
	s.exec("UPDATE engagements SET started_at = started_at - interval '1 minute' WHERE id = $1", missed.ID)
	s.exec("UPDATE inbound_mails SET received_at = received_at - interval '1 minute' WHERE id = $1", mails[0].ID)

	found := s.sweep(t)
	require.Equal(t, []activities.UnreadProgram{{Org: s.admin.Org, Engagement: missed.ID}}, found.Programs)
	require.Len(t, found.Answers, 1)
	require.Len(t, found.Mails, 1)
	p.becomes("Swept two", "open")
	q := &told{served: s, T: t, run: &run{world: s.world, engagement: missed, start: *missed.StartedAt}}
	q.becomes("Swept three", "open")
	startedRun(t, s.temporal, workflows.StartProgram(workflows.ProgramInput{Org: s.admin.Org, Engagement: missed.ID}), "program", s.admin.Org)
	require.Eventually(t, func() bool { return s.mailState(mails[0].ID) == "posted" }, 10*time.Second, 20*time.Millisecond)

	again := s.sweep(t)
	require.Empty(t, again.Programs)
	require.Empty(t, again.Answers)
	require.Empty(t, again.Mails)
	s.exec("UPDATE engagements SET taken_up_at = NULL WHERE id = $1", missed.ID)
	require.Len(t, s.sweep(t).Programs, 1, "one that runs already is what was wanted")
	p.does(s.app.CompleteEngagement(t.Context(), s.admin, p.run.engagement.ID))
	p.does(s.app.CompleteEngagement(t.Context(), s.admin, missed.ID))
}

// sweep runs the recovery sweep for one round.
func (s *served) sweep(t *testing.T) activities.Unprocessed {
	t.Helper()
	require.NoError(t, workflows.StartRecoverySweep().By(t.Context(), s.temporal))
	defer func() {
		require.NoError(t, s.temporal.TerminateWorkflow(t.Context(), workflows.SweepID, "", "one round is enough"))
	}()
	var last workflows.SweepRound
	require.Eventually(t, func() bool {
		answer, err := s.temporal.QueryWorkflow(t.Context(), workflows.SweepID, "", workflows.LastRoundQuery)
		return err == nil && answer.Get(&last) == nil && last.N == 1
	}, 20*time.Second, 20*time.Millisecond)
	require.False(t, last.Failed)
	return last.Found
}

func (s *served) continuesAsNew(t *testing.T) {
	s.rest() // since the workers read the setting
	restore := workflows.SetContinueAfter(40)
	s.work()
	titles := []string{"Run a", "Run b", "Run c", "Run d", "Run e", "Run f"}
	var items []coaching.ItemSpec
	for _, title := range titles {
		items = append(items, s.formItem(title))
	}
	p := s.story(t, items...)
	first, err := s.temporal.DescribeWorkflowExecution(t.Context(), workflows.ProgramID(p.run.engagement.ID), "")
	require.NoError(t, err)
	var want []string
	for _, title := range titles {
		p.becomes(title, "open")
		p.answers(title)
		want = append(want, "request "+title)
	}
	p.does(s.app.CompleteEngagement(t.Context(), s.admin, p.run.engagement.ID))
	p.ends()
	last, err := s.temporal.DescribeWorkflowExecution(t.Context(), workflows.ProgramID(p.run.engagement.ID), "")
	require.NoError(t, err)
	require.NotEqual(t, first.WorkflowExecutionInfo.Execution.RunId, last.WorkflowExecutionInfo.Execution.RunId)
	require.Equal(t, enums.WORKFLOW_EXECUTION_STATUS_COMPLETED, last.WorkflowExecutionInfo.Status)
	require.ElementsMatch(t, want, p.subjects())
	s.rest()
	restore()
	s.work()
}
