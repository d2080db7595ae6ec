package workflows_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/dev"
	"coachflow/dev/testkit"
	"coachflow/worker"
	"coachflow/workflows"
)

// watches makes one round of what looks after lost workflows.
func (s *served) watches(t *testing.T) {
	t.Helper()
	w := &worker.Watch{Engine: worker.Engine{Temporal: s.temporal, Namespace: "default", Log: slog.New(slog.DiscardHandler)}, DB: s.db}
	require.NoError(t, w.Round(t.Context()))
	require.NoError(t, s.temporal.TerminateWorkflow(t.Context(), workflows.SweepID, "", "the test sweeps by itself"))
}

// ages lets a minute pass for the engagement, so that the sweep looks at it.
func (p *told) ages() {
	p.Helper()
	p.exec("UPDATE engagements SET started_at = started_at - interval '1 minute' WHERE id = $1", p.run.engagement.ID)
}

// reads waits until the workflow has read that the engagement has ended.
func (p *told) reads() {
	p.Helper()
	require.Eventually(p.T, func() bool {
		e, err := p.app.GetEngagement(p.Context(), p.admin, p.run.engagement.ID)
		return err == nil && e.Status == "cancelled" && !e.Unread
	}, 20*time.Second, 20*time.Millisecond)
	require.Eventually(p.T, func() bool { return p.status() == enums.WORKFLOW_EXECUTION_STATUS_COMPLETED }, 20*time.Second, 20*time.Millisecond)
}

func (p *told) status() enums.WorkflowExecutionStatus {
	p.Helper()
	found, err := p.temporal.DescribeWorkflow(p.Context(), workflows.ProgramID(p.run.engagement.ID), "")
	require.NoError(p.T, err)
	return found.Status
}

// fallsSilent lets the program's workflow not answer for as long as the test says: it
// has a worker, on which each of its tasks fails.
func (s *served) fallsSilent(t *testing.T) {
	t.Helper()
	s.rest()
	broken := sdk.New(s.temporal, workflows.TaskQueue, sdk.Options{StickyScheduleToStartTimeout: time.Second})
	broken.RegisterWorkflowWithOptions(func(workflow.Context, workflows.ProgramInput) error { panic("this version cannot go on") }, workflow.RegisterOptions{Name: "Program"})
	broken.RegisterWorkflowWithOptions(workflows.RecoverySweep, workflow.RegisterOptions{Name: "RecoverySweep"})
	broken.RegisterActivity(s.activities)
	require.NoError(t, broken.Start())
	s.workers = []sdk.Worker{broken}
}

// An admin can cancel an engagement whose workflow does not answer: nothing of it leaves
// any more, what was answered is not closed as if it were not, and the workflow is ended
// and finished. Everything else is not done, and says so.
func TestR1_AnEngagementWhoseWorkflowDoesNotAnswerIsCancelled(t *testing.T) {
	s := serve(t)
	ctx := t.Context()
	p := s.story(t, s.formItem("Silent one"), s.formItem("Silent two", manual), s.formItem("Silent three", manual))
	p.becomes("Silent one", "open")
	p.does(s.app.SendItem(ctx, s.admin, p.run.item("Silent two").ID))
	p.becomes("Silent two", "open")
	require.NotEmpty(t, p.run.pending())
	s.fallsSilent(t)
	p.answers("Silent one")
	s.app.Patience = time.Second

	coach := app.Principal{Org: s.admin.Org, Person: s.coach.ID, Roles: s.coach.Roles}
	three := p.run.item("Silent three")
	for _, act := range []func() error{
		func() error { _, err := s.app.SkipItem(ctx, s.admin, three.ID); return err },
		func() error { _, err := s.app.PauseEngagement(ctx, s.admin, p.run.engagement.ID); return err },
		func() error { _, err := s.app.CancelEngagement(ctx, coach, p.run.engagement.ID); return err },
	} {
		problem, is := coaching.AsProblem(act())
		require.True(t, is)
		require.Equal(t, coaching.Unavailable, problem.Class)
		require.Contains(t, problem.Message, "This was not done")
		require.Contains(t, problem.Message, "An admin can cancel the engagement")
	}
	e, err := s.app.CancelEngagement(ctx, s.admin, p.run.engagement.ID)
	require.NoError(t, err)
	require.Equal(t, "cancelled", e.Status)
	require.True(t, e.Unread, "it says that the process has not read it")
	require.Empty(t, p.run.pending())
	require.Equal(t, "completed", p.run.item("Silent one").Status, "it was answered before")
	require.NotNil(t, p.run.item("Silent one").To[0].AnsweredAt)
	require.Equal(t, "closed", p.run.item("Silent two").Status)
	require.Equal(t, "engagement_over", p.refuses(s.app.SkipItem(ctx, s.admin, three.ID)))

	p.ages()
	s.sweep(t)
	s.watches(t)
	require.Equal(t, enums.WORKFLOW_EXECUTION_STATUS_RUNNING, p.status(), "it has some time to take it up")
	s.exec("UPDATE engagements SET ended_at = ended_at - interval '11 minutes' WHERE id = $1", e.ID)
	s.watches(t)
	require.Equal(t, enums.WORKFLOW_EXECUTION_STATUS_TERMINATED, p.status())
	s.rest()
	s.work()
	s.sweep(t)
	p.reads()
	require.ElementsMatch(t, []string{"request Silent one", "request Silent two"}, p.subjects(), "nothing has left since")
	s.sweep(t)
	s.watches(t)
	require.Equal(t, enums.WORKFLOW_EXECUTION_STATUS_COMPLETED, p.status(), "and it is done with")
}

// While no worker runs the cancellation is stored; the workflow takes it up afterwards.
func TestServed_ACancellationIsTakenUpLater(t *testing.T) {
	s := serve(t)
	p := s.story(t, s.formItem("Away one"))
	p.becomes("Away one", "open")
	s.rest()
	s.app.Patience = time.Second
	e, err := s.app.CancelEngagement(t.Context(), s.admin, p.run.engagement.ID)
	require.NoError(t, err)
	require.True(t, e.Unread)
	p.ages()
	s.work()
	s.sweep(t)
	p.reads()
	require.Equal(t, []string{"request Away one"}, p.subjects())
}

// A workflow that somebody terminated is started again: by the next command, and without
// one by the watch.
func TestServed_ATerminatedProgramGoesOn(t *testing.T) {
	s := serve(t)
	p := s.story(t, s.formItem("Gone one"), s.formItem("Gone two"), s.formItem("Gone three"))
	one := p.becomes("Gone one", "open")
	terminate := func() {
		t.Helper()
		require.NoError(t, s.temporal.TerminateWorkflow(t.Context(), workflows.ProgramID(p.run.engagement.ID), "", "by hand"))
	}
	terminate()
	p.does(s.app.SkipItem(t.Context(), s.admin, one.ID))
	p.becomes("Gone two", "open")
	terminate()
	answer := p.run.submit("Gone two", ben)
	s.exec("UPDATE answers SET submitted_at = submitted_at - interval '1 minute' WHERE recipient_id = $1", answer.Recipient)
	s.watches(t)
	s.sweep(t)
	p.becomes("Gone three", "open")
	terminate()
	p.does(s.app.CancelEngagement(t.Context(), s.admin, p.run.engagement.ID))
	p.ends()
	require.ElementsMatch(t, []string{"request Gone one", "request Gone two", "request Gone three"}, p.subjects())
}

// Temporal's data is lost: everything that was under way goes on from its rows, and
// nothing is sent twice.
func TestR15_AfterTheLossOfTemporalsDataEverythingGoesOn(t *testing.T) {
	server, err := dev.StartTemporal(t.Context(), dev.TemporalConfig{Dir: t.TempDir(), InMemory: true, SearchAttributes: testkit.DefaultSearchAttributes})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop(context.Background())) })
	s := serveOn(t, dialTo(t, server.HostPort()))
	ctx := t.Context()
	p := s.story(t, s.formItem("Lost one"), s.formItem("Lost two"))
	p.becomes("Lost one", "open")
	nora := s.person("Nora Okri", "coach", "nora@acme.test")
	_, err = s.app.Invite(ctx, s.admin, app.InvitationInput{PersonID: nora.ID})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(s.mails.to("nora@acme.test")) == 1 }, 20*time.Second, 20*time.Millisecond)
	mail := s.stores(s.mail("Forged", "hello").set("Authentication-Results", "mx.coachflow.test; dmarc=fail header.from=acme.test").bytes())
	require.NoError(t, workflows.StartInboundMail(workflows.InboundMailInput{Org: mail.Org, ID: mail.ID}).By(ctx, s.temporal))
	require.Eventually(t, func() bool {
		return strings.HasPrefix(s.mailState(mail.ID), "quarantined") && len(s.mails.to(clara)) == 1
	}, 20*time.Second, 20*time.Millisecond)
	before := len(s.mails.all())

	s.rest()
	require.NoError(t, server.Restart(ctx))
	s.temporal = dialTo(t, server.HostPort())
	s.app.Temporal = s.temporal
	runs := func(id string) error {
		_, err := s.temporal.DescribeWorkflow(ctx, id, "")
		return err
	}
	ids, aside := []string{workflows.ProgramID(p.run.engagement.ID), workflows.InvitationID(nora.ID)}, workflows.InboundMailID(mail.ID)
	var none *serviceerror.NotFound
	for _, id := range append(ids, aside) {
		require.ErrorAs(t, runs(id), &none, id)
	}
	s.work()
	s.watches(t)
	for _, id := range ids {
		require.NoError(t, runs(id), id)
	}
	require.ErrorAs(t, runs(aside), &none, "a quarantined mail is a row, and nothing runs for it")
	p.answers("Lost one")
	p.becomes("Lost two", "open")
	require.Eventually(t, func() bool { return len(s.mails.all()) == before+1 }, 20*time.Second, 20*time.Millisecond, "only what is new")
	_, err = s.app.ReleaseInboundMail(ctx, s.admin, mail.ID)
	require.NoError(t, err)
	require.Equal(t, "posted", s.mailState(mail.ID))
	require.Len(t, s.mails.to("nora@acme.test"), 1)
	require.ElementsMatch(t, []string{"request Lost one", "request Lost two"}, p.subjects())
	p.does(s.app.CompleteEngagement(ctx, s.admin, p.run.engagement.ID))
	p.ends()
}
