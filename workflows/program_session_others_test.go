package workflows_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
)

// letsSee sets whether attendees are told of each other.
func (r *run) letsSee(each bool) {
	r.Helper()
	_, err := r.app.UpdateOrganization(r.Context(), r.admin, app.OrganizationInput{Name: "Acme Coaching", TimeZone: "Europe/Berlin", AttendeesSeeEachOther: &each})
	require.NoError(r, err)
}

// told is what the last mail to an address tells in its text and in its calendar.
func (w *world) lastMail(address string) (text, calendar string) {
	w.Helper()
	mails := w.mails.to(address)
	require.NotEmpty(w, mails)
	last := mails[len(mails)-1]
	return last.Text + last.HTML, strings.ReplaceAll(string(last.Calendar.Data), "\r\n ", "")
}

// R5: attendees learn of each other only where the organization lets them, with the next
// mail after that was switched.
func TestR5_AttendeesSeeEachOtherFromTheNextMailOn(t *testing.T) {
	t.Parallel()
	withSession(t, func(r *run) {
		alone := func() {
			t.Helper()
			text, calendar := r.lastMail(ben)
			for _, canary := range []string{sam, "Sam", clara} {
				require.NotContains(t, text, canary)
				require.NotContains(t, calendar, canary)
			}
		}
		_, state := r.receives(r.answerMail("gmail", r.entryOf(sam), clicked{From: sam, Part: "ACCEPTED"}).bytes())
		require.Equal(t, counts+"accepted", state)
		r.moves("First session", 6*day, "")
		r.at(3*time.Hour, func() {
			alone()
			r.newBooks()
			r.letsSee(true)
			_, state := r.receives(r.answerMail("gmail", r.entryOf(sam), clicked{From: sam, Part: "DECLINED"}).bytes())
			require.Equal(t, counts+"declined", state)
			require.Empty(t, r.mails.all(), "nothing is mailed for the switch")
			place := "Room 2"
			r.does(func() error {
				_, err := r.app.RescheduleSession(t.Context(), r.admin, r.item("First session").ID, app.SessionTime{At: r.localAt(6 * day), TimeZone: "Europe/Berlin", Place: &place})
				return err
			})
		})
		r.at(4*time.Hour, func() {
			text, calendar := r.lastMail(ben)
			require.Contains(t, text, "With: Clara Schumann, Sam")
			require.Contains(t, calendar, "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=DECLINED;CN=\"Sam\":mailto:"+sam)
			require.Contains(t, calendar, "PARTSTAT=NEEDS-ACTION;CN=\"Clara Schumann\":mailto:"+clara)
			require.Equal(t, 1, strings.Count(calendar, "RSVP=TRUE"), "only the reader is asked")
			r.newBooks()
			r.letsSee(false)
			r.moves("First session", 7*day, "")
		})
		r.at(5*time.Hour, alone)
	})
}
