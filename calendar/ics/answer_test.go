package ics

import (
	"strings"
	"testing"
	"time"

	"coachflow/coaching"

	"github.com/stretchr/testify/require"
)

func TestReadAnswer(t *testing.T) {
	t.Parallel()
	check := func(name string, want Answer, lines ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ReadAnswer(feed(lines...), zoneOf(t, "Europe/Berlin"))
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
	stamp, ten := moment(t, "2027-03-02T09:00:00Z"), moment(t, "2027-03-30T08:00:00Z")
	kim := func(part Participation) []AnswerBy { return []AnswerBy{{"kim@example.org", "Kim", part}} }
	check("Google accepts", Answer{Method: "REPLY", UID: "sess-1@example.org", Sequence: 2, Stamp: stamp, Attendees: kim(Accepted), Start: ten, End: ten.Add(time.Hour)},
		"METHOD:REPLY", event("DTSTART:20270330T080000Z | DTEND:20270330T090000Z | DTSTAMP:20270302T090000Z | ORGANIZER;CN=X:mailto:sessions@coaching.example.org | UID:sess-1@example.org | "+
			"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=Kim;X-NUM-GUESTS=0:mailto:kim@example.org | SEQUENCE:2 | STATUS:CONFIRMED"))
	check("without an organizer, in small letters, in its own zone", Answer{Method: "REPLY", UID: "sess-1@example.org", Stamp: stamp, Attendees: kim(Declined), Start: ten, End: ten.Add(time.Hour), Comment: "Sorry,\nnot then"},
		"method:reply", "BEGIN:VTIMEZONE\r\nTZID:W. Europe\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD",
		"BEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE",
		event(`uid:sess-1@example.org | dtstamp:20270302T090000Z | dtstart;tzid=W. Europe:20270330T100000 | duration:PT1H | comment:Sorry\,\nnot then | attendee;cn="Kim";partstat=declined:MAILTO:Kim@Example.org`))
	check("another time is proposed", Answer{Method: "COUNTER", UID: "s", Sequence: 1, Attendees: kim(Tentative), Start: ten.Add(24 * time.Hour), End: ten.Add(25 * time.Hour)},
		"METHOD:COUNTER", event("UID:s | SEQUENCE:1 | DTSTART;TZID=W. Europe Standard Time:20270331T100000 | DTEND;TZID=W. Europe Standard Time:20270331T110000 | ATTENDEE;PARTSTAT=TENTATIVE;CN=Kim:mailto:kim@example.org"))
	check("a calendar of somebody's own, with many people", Answer{Method: "CANCEL", UID: "s", Instance: true,
		Attendees: []AnswerBy{{"kim@example.org", "", NoAnswer}, {"sam+a%b@example.net", "Sam", NoAnswer}, {"x@example.org", "", NoAnswer}, {"", "", NoAnswer}}},
		"METHOD:CANCEL", event("UID:s | RECURRENCE-ID:20270330T080000Z | ATTENDEE:mailto:kim@example.org | ATTENDEE;PARTSTAT=X-MAYBE;CN=Sam:mailto:sam+a%25b@example.net | ATTENDEE;EMAIL=x@example.org:/principals/x | ATTENDEE:"))
	check("times that nobody can read", Answer{Method: "REPLY", UID: "s", Attendees: kim(Accepted)},
		"METHOD:REPLY", event("UID:s | SEQUENCE:many | DTSTART:tomorrow | DTSTAMP:x | ATTENDEE;PARTSTAT=ACCEPTED;CN=Kim:mailto:kim@example.org"))
}

func TestReadAnswer_WhatIsNone(t *testing.T) {
	t.Parallel()
	check := func(want string, raw []byte) {
		t.Helper()
		_, err := ReadAnswer(raw, time.UTC)
		p, is := coaching.AsProblem(err)
		require.True(t, is)
		require.Equal(t, want, p.Code)
	}
	check("calendar_not_found", nil)
	check("calendar_without_event", feed("METHOD:REPLY", event("ATTENDEE:mailto:kim@example.org")))
	check("calendar_cut_off", []byte("BEGIN:VCALENDAR\nMETHOD:REPLY\n"))
	check("calendar_too_large", feed("METHOD:REPLY", "X:"+strings.Repeat("x", maxAnswer)))
}

// What the writer writes, the reader reads: the same moments, the same names, the same
// text, in every zone.
func TestReadAnswer_ReadsWhatIsWritten(t *testing.T) {
	t.Parallel()
	for _, name := range allZones(t) {
		for _, start := range []string{"2027-03-28T00:30:00Z", "2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z", "2027-04-03T15:15:00Z", "2027-11-07T06:30:00Z", "2027-07-01T10:15:00Z"} {
			m := sample(t, coaching.CalendarRequest)
			m.UID, m.To.Name, m.To.Address = `a,b;c\n@example.org`, "Kim; \\ K:ü,", "kim%41?#@example.org"
			m.Start = moment(t, start)
			m.End = m.Start.Add(50 * time.Minute)
			raw, err := Mail(m, organizer, zoneOf(t, name))
			require.NoError(t, err)
			got, err := ReadAnswer(raw, time.UTC)
			require.NoError(t, err)
			want := Answer{Method: "REQUEST", UID: m.UID, Sequence: 3, Stamp: m.Stamp, Start: m.Start, End: m.End, Attendees: []AnswerBy{{m.To.Address, m.To.Name, NoAnswer}}}
			if got.Start != want.Start || got.End != want.End || got.UID != want.UID {
				require.Equal(t, want, got, "%s\n%s", name, raw)
			}
			require.Equal(t, want.Attendees, got.Attendees)
		}
	}
}
