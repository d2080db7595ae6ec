package workflows_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"coachflow/app"
	"coachflow/booking"
	"coachflow/coaching"
	"coachflow/workflows"
)

// feedServer gives a calendar, or what a test has it answer instead.
type feedServer struct {
	mu      sync.Mutex
	url     string
	body    string
	status  int
	fetched int
	whole   int // of these, how often it gave the body
}

func serveFeed(t *testing.T) *feedServer {
	t.Helper()
	f := &feedServer{status: http.StatusOK}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

func (f *feedServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fetched++
	tag := fmt.Sprintf("%q", fmt.Sprint(len(f.body)))
	switch {
	case f.status != http.StatusOK:
		w.WriteHeader(f.status)
	case r.Header.Get("If-None-Match") == tag:
		w.WriteHeader(http.StatusNotModified)
	default:
		f.whole++
		w.Header().Set("ETag", tag)
		_, _ = w.Write([]byte(f.body))
	}
}

func (f *feedServer) answers(status int, body string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status, f.body = status, body
}

func (f *feedServer) counts() [2]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return [2]int{f.fetched, f.whole}
}

// calendarOf is a calendar with an hour at each of the moments.
func calendarOf(starts ...time.Time) string {
	lines := []string{"BEGIN:VCALENDAR", "VERSION:2.0"}
	for i, at := range starts {
		lines = append(lines, "BEGIN:VEVENT", fmt.Sprintf("UID:%d@example.org", i), "DTSTAMP:20270101T000000Z", "DTSTART:"+at.UTC().Format("20060102T150405Z"), "DURATION:PT1H", "SUMMARY:Dentist", "END:VEVENT")
	}
	return strings.Join(append(lines, "END:VCALENDAR", ""), "\r\n")
}

// busy is one busy calendar of Clara's, followed in controlled time.
type busy struct {
	*world
	env   *testsuite.TestWorkflowEnvironment
	feed  *feedServer
	id    uuid.UUID
	clara app.Principal
	start time.Time
}

func (w *world) addsCalendar(feed *feedServer) *busy {
	w.Helper()
	b := &busy{world: w, feed: feed, clara: app.Principal{Org: w.admin.Org, Person: w.coach.ID, Roles: []string{"coach"}}}
	made, err := w.app.AddBusyCalendar(w.Context(), b.clara, w.coach.ID, app.BusyCalendarInput{Address: feed.url + "/private-4f1c.ics", Name: "Family"})
	require.NoError(w, err)
	b.id, b.start = made.ID, made.CreatedAt
	b.env = w.environment(b.start)
	b.env.RegisterWorkflow(workflows.BusyCalendar)
	b.env.RegisterWorkflowWithOptions(workflows.StandaloneMail, workflow.RegisterOptions{Name: workflows.StandaloneMailType})
	return b
}

func (b *busy) at(after time.Duration, do func()) { b.env.RegisterDelayedCallback(do, after) }

func (b *busy) reads() app.BusyCalendar {
	b.Helper()
	c, err := b.app.GetBusyCalendar(b.Context(), b.clara, b.coach.ID, b.id)
	require.NoError(b, err)
	return c
}

func (b *busy) removes() {
	b.Helper()
	require.NoError(b, b.app.RemoveBusyCalendar(b.Context(), b.clara, b.coach.ID, b.id))
	b.env.SignalWorkflow(workflows.LookAgainSignal, nil)
}

// ends runs the workflow until the calendar is removed.
func (b *busy) ends(after time.Duration) {
	b.Helper()
	b.at(after, b.removes)
	b.env.ExecuteWorkflow(workflows.BusyCalendar, workflows.BusyCalendarInput{Org: b.admin.Org, Calendar: b.id, Fetches: 1 << 20})
	require.True(b, b.env.IsWorkflowCompleted())
	require.NoError(b, b.env.GetWorkflowError())
}

// words lists the mails so far, like "24h0m0s clara@acme.test".
func (b *busy) words() (out []string) {
	for _, m := range b.mails.all() {
		out = append(out, fmt.Sprintf("%s %s", m.at.Sub(b.start).Round(time.Minute), m.To.Addr))
	}
	return out
}

func TestBusyCalendar_IsFetchedAgainAndAgain(t *testing.T) {
	t.Parallel()
	feed := serveFeed(t)
	w := newWorld(t)
	feed.answers(http.StatusOK, calendarOf(time.Now().Add(48*time.Hour)))
	b := w.addsCalendar(feed)
	require.Equal(t, app.BusyNew, b.reads().State)
	b.at(time.Minute, func() {
		require.Equal(t, app.BusyWorks, b.reads().State)
		b.env.SignalWorkflow(workflows.LookAgainSignal, nil)
	})
	b.at(2*time.Minute, func() { require.Equal(t, [2]int{1, 1}, feed.counts(), "it was fetched a moment ago") })
	b.at(12*time.Minute, func() { b.env.SignalWorkflow(workflows.LookAgainSignal, nil) })
	b.at(13*time.Minute, func() { require.Equal(t, [2]int{2, 1}, feed.counts(), "somebody wants it fetched now") })
	b.ends(12*time.Minute + 3*time.Hour + time.Minute)
	require.Equal(t, [2]int{14, 1}, feed.counts(), "every 15 minutes, and the body once")
	require.Empty(t, b.mails.all())
}

func TestR15_OneLetterForEachTimeThatACalendarFails(t *testing.T) {
	t.Parallel()
	feed := serveFeed(t)
	w := newWorld(t)
	feed.answers(http.StatusOK, calendarOf())
	b := w.addsCalendar(feed)
	b.at(time.Hour+time.Minute, func() { feed.answers(http.StatusNotFound, "") })
	b.at(2*time.Hour, func() {
		c := b.reads()
		require.Equal(t, app.BusyFailing, c.State)
		require.Equal(t, "calendar_gone", c.Fault.Code)
	})
	b.at(20*time.Hour, func() { feed.answers(http.StatusOK, calendarOf()) })
	b.at(21*time.Hour+time.Minute, func() {
		c := b.reads()
		require.Equal(t, app.BusyWorks, c.State)
		require.Nil(t, c.Fault)
		feed.answers(http.StatusOK, "<html>")
	})
	b.at(100*time.Hour, func() {
		require.Equal(t, []string{"45h15m0s clara@acme.test"}, b.words(), "it worked in between")
		feed.answers(http.StatusOK, calendarOf())
	})
	b.at(102*time.Hour, func() { feed.answers(http.StatusServiceUnavailable, "") })
	b.ends(200 * time.Hour)
	words := b.words()
	require.Len(t, words, 2)
	letter := b.mails.to("clara@acme.test")[0]
	require.Equal(t, "Your calendar “Family” cannot be read", letter.Subject)
	require.Contains(t, letter.Text, "There is no calendar at this address, but something else.")
	for _, m := range b.mails.all() {
		require.NotContains(t, m.Text, "4f1c", "the address is a secret")
	}
}

// Between the plan of the mail and its turn the calendar can work again, or be gone.
func TestR1_NoWordOfACalendarThatWorksAgain(t *testing.T) {
	t.Parallel()
	for _, then := range []string{"works", "removed"} {
		feed := serveFeed(t)
		w := newWorld(t)
		feed.answers(http.StatusNotFound, "")
		b := w.addsCalendar(feed)
		w.exec("UPDATE busy_calendars SET failing_since = created_at - interval '2 days', fetched_at = created_at - interval '1 hour' WHERE id = $1", b.id)
		fetched, err := w.activities.FetchCalendar(t.Context(), b.due(0))
		require.NoError(t, err)
		require.Len(t, fetched.Mails, 1)
		again, err := w.activities.FetchCalendar(t.Context(), b.due(time.Hour))
		require.NoError(t, err)
		require.Empty(t, again.Mails, "once")
		if then == "works" {
			feed.answers(http.StatusOK, calendarOf())
			_, err = w.activities.FetchCalendar(t.Context(), b.due(2*time.Hour))
		} else {
			err = b.app.RemoveBusyCalendar(t.Context(), b.clara, w.coach.ID, b.id)
		}
		require.NoError(t, err)
		require.NoError(t, w.activities.SendNotice(t.Context(), fetched.Mails[0]))
		require.Empty(t, w.mails.all(), then)
	}
}

func TestBusyCalendar_WhatWasReadBeforeCountsWhileItFails(t *testing.T) {
	t.Parallel()
	feed := serveFeed(t)
	w := newWorld(t)
	in := coaching.DefaultAvailability()
	for _, day := range coaching.Weekdays {
		in.Weekly[day] = []coaching.DayHours{{From: 0, To: 24 * 60}}
	}
	b := w.addsCalendar(feed)
	_, err := w.app.SetAvailability(t.Context(), b.clara, w.coach.ID, 1, in)
	require.NoError(t, err)
	dentist := time.Now().Add(72 * time.Hour).Truncate(time.Hour)
	free := func() bool {
		slots, err := w.app.ListSlots(t.Context(), b.clara, w.coach.ID, "", "")
		require.NoError(t, err)
		require.NotEmpty(t, slots)
		for _, slot := range slots {
			if slot.Start.Before(dentist.Add(75*time.Minute)) && slot.End.After(dentist.Add(-15*time.Minute)) {
				return true
			}
		}
		return false
	}
	fetch := func(after time.Duration, state string) {
		t.Helper()
		_, err := w.activities.FetchCalendar(t.Context(), b.due(after))
		require.NoError(t, err)
		require.Equal(t, state, b.reads().State)
	}
	feed.answers(http.StatusForbidden, "")
	fetch(0, app.BusyNeverRead)
	require.True(t, free(), "it was never read: times are offered without it")
	feed.answers(http.StatusOK, calendarOf(dentist))
	fetch(time.Hour, app.BusyWorks)
	require.False(t, free(), "with the padding around it")
	for i, bad := range []string{"", "<html>", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"} {
		feed.answers(http.StatusOK, bad)
		fetch(time.Duration(i+2)*time.Hour, app.BusyFailing)
		require.False(t, free())
	}
	w.exec("UPDATE people SET time_zone = 'America/New_York' WHERE id = $1", w.coach.ID)
	require.False(t, free(), "worked out again from what was read, for the zone of today")
	week, err := w.app.BusyWeek(t.Context(), b.clara, w.coach.ID)
	require.NoError(t, err)
	require.Len(t, week, 1)
	feed.answers(http.StatusOK, calendarOf())
	fetch(10*time.Hour, app.BusyWorks)
	require.True(t, free(), "it is over")
	require.Zero(t, w.count("SELECT count(*) FROM busy_calendars WHERE busy::text LIKE '%Dentist%'"))
}

// A run goes on in a new one with a request that has just come.
func TestBusyCalendar_GoesOnInANewRun(t *testing.T) {
	t.Parallel()
	feed := serveFeed(t)
	feed.answers(http.StatusOK, calendarOf())
	b := newWorld(t).addsCalendar(feed)
	b.at(20*time.Minute, func() { b.env.SignalWorkflow(workflows.LookAgainSignal, nil) })
	b.env.ExecuteWorkflow(workflows.BusyCalendar, workflows.BusyCalendarInput{Org: b.admin.Org, Calendar: b.id, Fetches: 2})
	var onwards *workflow.ContinueAsNewError
	require.ErrorAs(t, b.env.GetWorkflowError(), &onwards)
	require.Equal(t, 2, feed.counts()[0], "and the new run begins with a fetch")
}

func (b *busy) due(after time.Duration) booking.CalendarDue {
	return booking.CalendarDue{Org: b.admin.Org, Calendar: b.id, At: b.start.Add(after)}
}
