package ics

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"coachflow/coaching"
	"coachflow/dev/readers"

	"github.com/stretchr/testify/require"
)

// manyMails are calendar mails in many zones, around changes of the clocks, with names and
// words that are hard to write.
func manyMails(t *testing.T) (mails []coaching.CalendarMail, written []string) {
	t.Helper()
	zones := strings.Fields(`Europe/Berlin America/Sao_Paulo Asia/Kathmandu America/New_York Africa/Cairo Australia/Lord_Howe
		Europe/London Europe/Dublin America/Los_Angeles America/St_Johns America/Santiago America/Havana Asia/Kolkata Asia/Tehran Asia/Jerusalem Asia/Beirut
		Australia/Sydney Pacific/Auckland Pacific/Chatham Pacific/Easter Africa/Casablanca Antarctica/Troll Atlantic/Azores Pacific/Kiritimati Pacific/Apia Etc/GMT+5 UTC`)
	starts := strings.Fields(`2027-01-15T09:00:00Z 2027-07-15T09:00:00Z 2027-03-28T00:59:00Z 2027-03-28T01:00:00Z 2027-10-31T00:30:00Z 2027-10-31T01:30:00Z
		2027-03-14T06:59:00Z 2027-03-14T07:00:00Z 2027-11-07T05:30:00Z 2027-11-07T06:30:00Z 2027-04-03T14:45:00Z 2027-04-03T15:15:00Z 2027-10-02T15:30:00Z 2030-06-01T10:00:00Z`)
	for i, zone := range zones {
		for j, start := range starts {
			m := sample(t, []coaching.CalendarMethod{coaching.CalendarRequest, coaching.CalendarCancel}[(i+j)%2])
			m.UID = fmt.Sprintf("sess-%d.%d@example.org", i, j)
			m.Start = moment(t, start)
			m.End = m.Start.Add(50 * time.Minute)
			m.To.Name = []string{"Kim", "Müller, Kim; \\n: 'x'", "日本 太郎", strings.Repeat("ü👩‍👩‍👧", 60)}[j%4]
			// No backslash before an n, and no two of them: icalendar 4 reads these wrongly.
			m.Title = []string{"Session", `a\b, c; d`, "two\nlines", strings.Repeat("ö", 2000)}[(i+j)%4]
			m.Text = "First line\nsecond; line, with \\"
			raw, err := Mail(m, organizer, zoneOf(t, zone))
			require.NoError(t, err)
			mails, written = append(mails, m), append(written, string(raw))
		}
	}
	return mails, written
}

func TestR11_APythonReaderReadsWhatIsWritten(t *testing.T) {
	t.Parallel()
	type readEvent struct {
		UID                     string
		Sequence                int
		Stamp, Start, End       time.Time
		Title, Text, Place, URL string
		Status, Organizer       string
		Attendees               [][2]string
	}
	var got []struct {
		Method string
		Zones  []string
		Events []readEvent
	}
	mails, written := manyMails(t)
	readers.Python.Read(t, written, &got)
	require.Len(t, got, len(mails))
	for i, m := range mails {
		status := map[coaching.CalendarMethod]string{coaching.CalendarRequest: "CONFIRMED", coaching.CalendarCancel: "CANCELLED"}[m.Method]
		require.Equal(t, string(m.Method), got[i].Method)
		require.Equal(t, strings.Count(written[i], "\r\nDTSTART;TZID="), len(got[i].Zones), "each zone that is used, and no other")
		require.Len(t, got[i].Events, 1)
		e := got[i].Events[0]
		for _, at := range []*time.Time{&e.Stamp, &e.Start, &e.End} {
			*at = at.UTC()
		}
		require.Equal(t, readEvent{m.UID, m.Sequence, m.Stamp, m.Start, m.End, m.Title, m.Text, m.Place, m.URL, status,
			"mailto:" + organizer.Address, [][2]string{{"mailto:" + m.To.Address, m.To.Name}}}, e, written[i])
	}
}

func TestR11_LibicalTakesWhatIsWritten(t *testing.T) {
	t.Parallel()
	_, written := manyMails(t)
	feed, err := Calendar{Method: Publish, Name: "Clara", Events: []Event{{UID: "sess-1@example.org", Stamp: moment(t, "2027-03-01T09:00:00Z"), Organizer: organizer,
		Start: moment(t, "2027-03-30T08:00:00Z"), End: moment(t, "2027-03-30T09:00:00Z"), Zone: zoneOf(t, "Europe/Berlin"), Title: "Session"}}}.Write()
	require.NoError(t, err)
	written = append(written, string(feed))
	var got []struct {
		Faults int
		Right  bool
	}
	readers.Libical.Read(t, written, &got)
	require.Len(t, got, len(written))
	for i, g := range got {
		require.Zero(t, g.Faults, written[i])
		require.True(t, g.Right, written[i])
	}
}
