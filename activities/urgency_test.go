package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/program"
)

// Whatever changes a program keeps what lists are ordered by: it is what the rule says of
// its items.
func TestActivities_KeepTheUrgencyOfPrograms(t *testing.T) {
	t.Parallel()
	after := coaching.DueRule{After: &coaching.Delay{Amount: 7, Unit: coaching.Days}}
	s := newWorld(t).startItems(coaching.ItemSpec{Release: coaching.ReleaseRule{Rule: coaching.AfterPrior}, Due: &after, Recipients: []coaching.RecipientSpec{{Role: "coachee"}}})
	due := func() (since time.Duration, urgency int64) {
		require.NoError(t, s.app.DB.InOrg(t.Context(), s.admin.Org, func(q *rows.Queries) error {
			e, err := q.EngagementGet(t.Context(), s.admin.Org, s.engagement.ID)
			if urgency = e.Urgency; e.DueAt != nil {
				since = e.DueAt.Sub(*s.engagement.StartedAt).Round(24 * time.Hour)
			}
			return err
		}))
		return since, urgency
	}
	row := func() app.EngagementRow {
		list, err := s.app.FindEngagements(t.Context(), s.admin, app.EngagementFilter{})
		require.NoError(t, err)
		return list.Items[0]
	}
	s.does(s.activities.LoadProgram(t.Context(), s.onProgram(0, "load")))
	since, urgency := due()
	require.Zero(t, since, "it has not gone out")
	require.Equal(t, coaching.UrgencyAt(*s.engagement.StartedAt), urgency, "it goes out at once")
	require.Equal(t, coaching.IssueStep, row().Next.Step)

	s.does(s.activities.TakeStep(t.Context(), s.command(0, time.Minute, "issue")))
	since, urgency = due()
	require.Equal(t, 7*24*time.Hour, since)
	next := row().Next
	require.Equal(t, coaching.ReminderStep, next.Step)
	require.Equal(t, coaching.UrgencyAt(next.At), urgency, "the first reminder comes before it is due")

	s.does(s.activities.Pause(t.Context(), s.onProgram(time.Hour, "pause")))
	since, urgency = due()
	require.Zero(t, since)
	require.Zero(t, urgency, "nothing of a paused program is urgent")
	s.does(s.activities.Resume(t.Context(), s.onProgram(2*time.Hour, "resume")))
	since, urgency = due()
	require.Equal(t, 7*24*time.Hour, since)
	require.Equal(t, coaching.UrgencyAt(row().Next.At), urgency)

	_, err := s.activities.EndEngagement(t.Context(), program.Ending{CommandContext: s.onProgram(3*time.Hour, "end"), Status: "completed"})
	require.NoError(t, err)
	since, urgency = due()
	require.Zero(t, since)
	require.Zero(t, urgency)
}
