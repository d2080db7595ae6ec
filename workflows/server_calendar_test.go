package workflows_test

import (
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"

	"coachflow/app"
	"coachflow/workflows"
)

// names has Clara name a calendar on a real server, and waits until it was fetched.
func (s *served) names(t *testing.T, feed *feedServer, name string) (calendar uuid.UUID) {
	t.Helper()
	made, err := s.app.AddBusyCalendar(t.Context(), s.admin, s.coach.ID, app.BusyCalendarInput{Address: feed.url + "/" + name, Name: name})
	require.NoError(t, err)
	s.stands(t, made.ID, func(c app.BusyCalendar) bool { return c.FetchedAt != nil })
	return made.ID
}

func (s *served) stands(t *testing.T, calendar uuid.UUID, so func(app.BusyCalendar) bool) {
	t.Helper()
	require.Eventually(t, func() bool {
		c, err := s.app.GetBusyCalendar(t.Context(), s.admin, s.coach.ID, calendar)
		return err == nil && so(c)
	}, 20*time.Second, 20*time.Millisecond)
}

// fetchesNow asks for a calendar whose last fetch is made to lie back.
func (s *served) fetchesNow(t *testing.T, calendar uuid.UUID, state string) {
	t.Helper()
	_, err := s.app.FetchBusyCalendar(t.Context(), s.admin, s.coach.ID, calendar)
	require.ErrorContains(t, err, "calendar_fetched_lately")
	s.exec("UPDATE busy_calendars SET fetched_at = fetched_at - interval '11 minutes' WHERE id = $1", calendar)
	_, err = s.app.FetchBusyCalendar(t.Context(), s.admin, s.coach.ID, calendar)
	require.NoError(t, err)
	s.stands(t, calendar, func(c app.BusyCalendar) bool { return c.State == state && time.Since(*c.FetchedAt) < 10*time.Minute })
}

func (s *served) removesCalendar(t *testing.T, calendar uuid.UUID) string {
	t.Helper()
	require.NoError(t, s.app.RemoveBusyCalendar(t.Context(), s.admin, s.coach.ID, calendar))
	ends(t, s.temporal, workflows.BusyCalendarID(calendar))
	return workflows.BusyCalendarID(calendar)
}

// recordCalendar is a calendar that works, fails for a day, and is removed.
func (s *served) recordCalendar(t *testing.T) string {
	feed := serveFeed(t)
	feed.answers(http.StatusOK, calendarOf(time.Now().Add(48*time.Hour)))
	calendar := s.names(t, feed, "Family")
	feed.answers(http.StatusGone, "")
	s.fetchesNow(t, calendar, app.BusyFailing)
	s.exec("UPDATE busy_calendars SET failing_since = failing_since - interval '1 day' WHERE id = $1", calendar)
	s.fetchesNow(t, calendar, app.BusyFailing)
	require.Eventually(t, func() bool { return len(s.mails.to("clara@acme.test")) > 0 }, 20*time.Second, 20*time.Millisecond)
	feed.answers(http.StatusOK, calendarOf())
	s.fetchesNow(t, calendar, app.BusyWorks)
	return s.removesCalendar(t, calendar)
}

// recordCalendarRun is a run that has fetched often enough, and goes on in a new one.
func (s *served) recordCalendarRun(t *testing.T) (id, run string) {
	feed := serveFeed(t)
	feed.answers(http.StatusOK, calendarOf())
	calendar := s.names(t, feed, "Work")
	s.removesRun(t, calendar)
	start := workflows.StartBusyCalendar(s.admin.Org, calendar)
	start.Input = workflows.BusyCalendarInput{Org: s.admin.Org, Calendar: calendar, Fetches: 1}
	require.NoError(t, start.By(t.Context(), s.temporal))
	first, err := s.temporal.DescribeWorkflow(t.Context(), start.ID, "")
	require.NoError(t, err)
	require.NoError(t, s.temporal.SignalWorkflow(t.Context(), start.ID, "", workflows.LookAgainSignal, nil))
	run = first.WorkflowExecution.RunID
	require.Eventually(t, func() bool {
		found, err := s.temporal.DescribeWorkflow(t.Context(), start.ID, run)
		return err == nil && found.Status == enums.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW
	}, 20*time.Second, 20*time.Millisecond)
	s.removesCalendar(t, calendar)
	return start.ID, run
}

func (s *served) removesRun(t *testing.T, calendar uuid.UUID) {
	t.Helper()
	require.NoError(t, s.temporal.TerminateWorkflow(t.Context(), workflows.BusyCalendarID(calendar), "", "lost"))
}

func TestServed_ABusyCalendarIsFollowedUntilItIsRemoved(t *testing.T) {
	s := serve(t)
	s.recordCalendar(t)
	require.Len(t, s.mails.to("clara@acme.test"), 1)
	s.recordCalendarRun(t)
}

// A calendar whose workflow is not there is fetched all the same: one that was named while
// the engine was away, one that was asked for, and one whose workflow was lost.
func TestServed_TheSweepFindsCalendars(t *testing.T) {
	s := serve(t)
	feed := serveFeed(t)
	feed.answers(http.StatusOK, calendarOf())
	lost, asked, well := s.names(t, feed, "lost"), s.names(t, feed, "asked"), s.names(t, feed, "well")
	s.removesRun(t, lost)
	s.app.Temporal = &away{}
	made, err := s.app.AddBusyCalendar(t.Context(), s.admin, s.coach.ID, app.BusyCalendarInput{Address: feed.url + "/new"})
	require.NoError(t, err, "it is saved")
	s.exec("UPDATE busy_calendars SET fetched_at = now() - interval '11 minutes' WHERE id = $1", asked)
	_, err = s.app.FetchBusyCalendar(t.Context(), s.admin, s.coach.ID, asked)
	require.NoError(t, err)
	s.app.Temporal = s.temporal
	s.exec("UPDATE busy_calendars SET fetched_at = now() - interval '2 hours' WHERE id = $1", lost)
	s.exec("UPDATE busy_calendars SET created_at = created_at - interval '1 minute', asked_at = asked_at - interval '1 minute'")
	before := feed.counts()[0]
	for range 2 { // a second sweep finds nothing more to do
		s.sweep(t)
		for _, calendar := range []uuid.UUID{lost, asked, made.ID} {
			s.stands(t, calendar, func(c app.BusyCalendar) bool { return c.FetchedAt != nil && time.Since(*c.FetchedAt) < 10*time.Minute })
		}
	}
	require.Equal(t, before+3, feed.counts()[0])
	for _, calendar := range []uuid.UUID{lost, asked, well, made.ID} {
		s.removesCalendar(t, calendar)
	}
}

func TestRecordCalendarHistories(t *testing.T) {
	if os.Getenv("COACHFLOW_RECORD") != "1" {
		return // made by hand, see TestRecordHistories
	}
	s := serve(t)
	s.record(t, "busy_calendar", s.recordCalendar(t))
	id, run := s.recordCalendarRun(t)
	s.recordRun(t, "busy_calendar_run", id, run)
	s.recordRun(t, "recovery_sweep_calendars", workflows.SweepID, s.recordSweepOfCalendars(t))
}

// recordSweepOfCalendars is a run of the sweep that finds a calendar without a workflow, and
// goes on in a new one: a minute.
func (s *served) recordSweepOfCalendars(t *testing.T) (run string) {
	feed := serveFeed(t)
	feed.answers(http.StatusOK, calendarOf())
	calendar := s.names(t, feed, "lost")
	s.removesRun(t, calendar)
	s.exec("UPDATE busy_calendars SET fetched_at = now() - interval '2 hours' WHERE id = $1", calendar)
	start := workflows.StartRecoverySweep()
	start.Input = workflows.SweepInput{Rounds: 1, Events: 4000, Started: 1000}
	require.NoError(t, start.By(t.Context(), s.temporal))
	first, err := s.temporal.DescribeWorkflow(t.Context(), workflows.SweepID, "")
	require.NoError(t, err)
	run = first.WorkflowExecution.RunID
	s.stands(t, calendar, func(c app.BusyCalendar) bool { return time.Since(*c.FetchedAt) < time.Hour })
	s.removesCalendar(t, calendar)
	require.Eventually(t, func() bool {
		found, err := s.temporal.DescribeWorkflow(t.Context(), workflows.SweepID, run)
		return err == nil && found.Status == enums.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW
	}, 2*time.Minute, time.Second)
	require.NoError(t, s.temporal.TerminateWorkflow(t.Context(), workflows.SweepID, "", "recorded"))
	return run
}
