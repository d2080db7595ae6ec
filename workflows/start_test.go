package workflows_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"coachflow/workflows"
)

// Nobody works at the queue, so what is started stays as it was started.
func TestServed_OneStartForEveryWorkflow(t *testing.T) {
	c, org, id := dial(t), uuid.New(), uuid.New()
	for kind, start := range map[string]workflows.Start{
		"program":       workflows.StartProgram(workflows.ProgramInput{Org: org, Engagement: id}),
		"invitation":    workflows.StartInvitation(workflows.InvitationInput{Org: org, Person: id}),
		"inbound_mail":  workflows.StartInboundMail(workflows.InboundMailInput{Org: org, ID: id}),
		"mail_release":  workflows.StartMailRelease(workflows.InboundMailInput{Org: org, ID: id}),
		"busy_calendar": workflows.StartBusyCalendar(org, id),
		"notice":        workflows.StartStandaloneMail(workflows.StandaloneMailInput{Org: org, ID: id}),
	} {
		require.NoError(t, start.By(t.Context(), c), kind)
		t.Cleanup(func() { require.NoError(t, c.TerminateWorkflow(context.Background(), start.ID, "", "end of the test")) })
		first := startedRun(t, c, start, kind, org)

		require.NoError(t, start.By(t.Context(), c), "one that runs is what was wanted")
		require.NoError(t, start.SignalBy(t.Context(), c, workflows.LookAgainSignal))
		require.Equal(t, first, startedRun(t, c, start, kind, org), kind)

		require.NoError(t, c.TerminateWorkflow(t.Context(), start.ID, "", "ends early"))
		require.NoError(t, start.By(t.Context(), c), "one that has ended does not stand in the way")
		require.NotEqual(t, first, startedRun(t, c, start, kind, org), kind)
	}
}

// startedRun holds a running workflow against its start, and returns its run.
func startedRun(t *testing.T, c client.Client, start workflows.Start, kind string, org uuid.UUID) (run string) {
	t.Helper()
	found, err := c.DescribeWorkflow(t.Context(), start.ID, "")
	require.NoError(t, err)
	require.Equal(t, enums.WORKFLOW_EXECUTION_STATUS_RUNNING, found.Status)
	summary, err := found.GetStaticSummary()
	require.NoError(t, err)
	require.Equal(t, start.Summary, summary)
	details, err := found.GetStaticDetails()
	require.NoError(t, err)
	require.Equal(t, start.Details, details)
	attributes := found.TypedSearchAttributes
	word, _ := attributes.GetKeyword(workflows.KindAttribute)
	require.Equal(t, kind, word)
	word, _ = attributes.GetKeyword(workflows.OrganizationAttribute)
	require.Equal(t, org.String(), word)
	return found.WorkflowExecution.RunID
}
