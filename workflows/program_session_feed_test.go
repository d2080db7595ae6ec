package workflows_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
)

var uidOf = regexp.MustCompile(`\r\nUID:([^\r]+)\r\nSEQUENCE:(\d+)\r\nDTSTAMP:([^\r]+)\r\nDTSTART[^:]*:([^\r]+)\r\n`)

// The calendar that somebody subscribes to has the entries of the mails: the same UID,
// sequence, stamp and time, whatever happens to the session.
func TestR11_TheFeedHasTheEntriesOfTheMails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := w.active(w.client)
	made, err := w.app.NewCalendarFeed(t.Context(), client)
	require.NoError(t, err)
	token := strings.TrimSuffix(made.Address[strings.LastIndex(made.Address, "/")+1:], app.CalendarEnding)
	r := w.program(w.engagement(sessionItem("First session")))
	var steps []string
	compare := func(status string) func() {
		return func() {
			mails := w.mails.to(ben)
			feed, err := w.app.OpenCalendar(t.Context(), token)
			require.NoError(t, err)
			mailed := uidOf.FindStringSubmatch(string(mails[len(mails)-1].Calendar.Data))
			require.Len(t, mailed, 5)
			entries := uidOf.FindAllStringSubmatch(string(feed.Body), -1)
			require.Contains(t, entries, mailed, string(feed.Body))
			require.Contains(t, string(feed.Body), "STATUS:"+status)
			steps = append(steps, mailed[2])
		}
	}
	r.at(time.Hour, func() { r.schedules("First session", 9*day) })
	r.at(2*time.Hour, compare("CONFIRMED"))
	r.at(3*time.Hour, func() { r.moves("First session", 10*day, "") })
	r.at(4*time.Hour, compare("CONFIRMED"))
	r.at(5*time.Hour, func() { r.cancels("First session", "") })
	r.at(6*time.Hour, compare("CANCELLED"))
	r.at(7*time.Hour, func() { r.schedules("First session", 12*day) })
	r.at(8*time.Hour, compare("CONFIRMED"))
	r.at(2*day, func() { r.skips("First session") })
	r.execute()
	require.Equal(t, []string{"0", "1", "2", "0"}, steps)
}
