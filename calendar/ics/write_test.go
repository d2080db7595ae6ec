package ics

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"coachflow/coaching"

	"github.com/stretchr/testify/require"
)

func moment(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	require.NoError(t, err)
	return at
}

// sample is a calendar mail about a session in Berlin.
func sample(t testing.TB, method coaching.CalendarMethod) coaching.CalendarMail {
	t.Helper()
	return coaching.CalendarMail{
		To: coaching.Attendee{Address: "client@example.org", Name: "Kim"}, UID: "sess-1@example.org", Method: method, Sequence: 3,
		Stamp: moment(t, "2027-03-01T09:00:00Z"),
		Appointment: coaching.Appointment{Start: moment(t, "2027-03-30T08:00:00Z"), End: moment(t, "2027-03-30T09:00:00Z"),
			Title: "Coaching session", Text: "First line\nsecond; line, with \\n", Place: "Room 5", URL: "https://meet.example.org/a?b=c;d,e", Coach: "Clara"},
	}
}

var organizer = Person{"Northwind Coaching", "sessions@coaching.example.org"}

func TestR11_CalendarMailAsWritten(t *testing.T) {
	t.Parallel()
	raw, err := Mail(sample(t, coaching.CalendarRequest), organizer, zoneOf(t, "Europe/Berlin"))
	require.NoError(t, err)
	require.Equal(t, strings.ReplaceAll(`BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//coachflow//calendar//EN
CALSCALE:GREGORIAN
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
DTSTART:19700329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:sess-1@example.org
SEQUENCE:3
DTSTAMP:20270301T090000Z
DTSTART;TZID=Europe/Berlin:20270330T100000
DTEND;TZID=Europe/Berlin:20270330T110000
SUMMARY:Coaching session
DESCRIPTION:First line\nsecond\; line\, with \\n
LOCATION:Room 5
URL:https://meet.example.org/a?b=c;d,e
ORGANIZER;CN="Northwind Coaching":mailto:sessions@coaching.example.org
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=
 TRUE;CN="Kim":mailto:client@example.org
STATUS:CONFIRMED
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
`, "\n", "\r\n"), string(raw))

	raw, err = Mail(sample(t, coaching.CalendarCancel), organizer, zoneOf(t, "Africa/Cairo"))
	require.NoError(t, err)
	require.Equal(t, strings.ReplaceAll(`BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//coachflow//calendar//EN
CALSCALE:GREGORIAN
METHOD:CANCEL
BEGIN:VEVENT
UID:sess-1@example.org
SEQUENCE:3
DTSTAMP:20270301T090000Z
DTSTART:20270330T080000Z
DTEND:20270330T090000Z
SUMMARY:Coaching session
DESCRIPTION:First line\nsecond\; line\, with \\n
LOCATION:Room 5
URL:https://meet.example.org/a?b=c;d,e
ORGANIZER;CN="Northwind Coaching":mailto:sessions@coaching.example.org
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;CN="Kim":mailto:client@exam
 ple.org
STATUS:CANCELLED
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
`, "\n", "\r\n"), string(raw))
}

// Times that the clock shows twice are written in UTC, so that nobody can take one for the
// other.
func TestWrite_TimesThatComeTwice(t *testing.T) {
	t.Parallel()
	check := func(zone, start, end, wantStart, wantEnd string) {
		t.Helper()
		m := sample(t, coaching.CalendarRequest)
		m.Start, m.End = moment(t, start), moment(t, end)
		raw, err := Mail(m, organizer, zoneOf(t, zone))
		require.NoError(t, err)
		require.Contains(t, string(raw), "\r\nDTSTART"+wantStart+"\r\nDTEND"+wantEnd+"\r\n")
		require.Equal(t, strings.Contains(wantStart, "TZID"), bytes.Contains(raw, []byte("VTIMEZONE")))
	}
	check("Europe/Berlin", "2027-10-30T23:30:00Z", "2027-10-30T23:59:00Z", ";TZID=Europe/Berlin:20271031T013000", ";TZID=Europe/Berlin:20271031T015900")
	check("Europe/Berlin", "2027-10-30T23:30:00Z", "2027-10-31T00:00:00Z", ":20271030T233000Z", ":20271031T000000Z")
	check("Europe/Berlin", "2027-10-31T00:30:00Z", "2027-10-31T00:59:00Z", ":20271031T003000Z", ":20271031T005900Z")
	check("Europe/Berlin", "2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z", ":20271031T003000Z", ":20271031T013000Z")
	check("Europe/Berlin", "2027-10-31T01:30:00Z", "2027-10-31T02:30:00Z", ":20271031T013000Z", ":20271031T023000Z")
	check("Europe/Berlin", "2027-10-31T02:00:00Z", "2027-10-31T02:30:00Z", ";TZID=Europe/Berlin:20271031T030000", ";TZID=Europe/Berlin:20271031T033000")
	check("Australia/Lord_Howe", "2027-04-03T14:29:00Z", "2027-04-03T15:30:00Z", ";TZID=Australia/Lord_Howe:20270404T012900", ";TZID=Australia/Lord_Howe:20270404T020000")
	check("Australia/Lord_Howe", "2027-04-03T14:30:00Z", "2027-04-03T15:30:00Z", ":20270403T143000Z", ":20270403T153000Z")
	check("Australia/Lord_Howe", "2027-04-03T15:00:00Z", "2027-04-03T15:15:00Z", ":20270403T150000Z", ":20270403T151500Z")
	check("UTC", "2027-04-03T15:00:00Z", "2027-04-03T15:15:00Z", ":20270403T150000Z", ":20270403T151500Z")
}

func TestWrite_NothingBreaksOut(t *testing.T) {
	t.Parallel()
	evil := "a\r\nATTENDEE:mailto:x@example.org\nb\rc\u2028d\u0085e\x00\x07\"; CN=\"Clara: Bob\" \\\\ \xff"
	m := sample(t, coaching.CalendarRequest)
	m.To.Name, m.Title, m.Text, m.Place, m.URL, m.UID = evil, evil, evil, evil, evil, evil
	m.To.Address = "kim\r\nX-EVIL:1@example.org"
	raw, err := Mail(m, Person{evil, "sessions@coaching.example.org"}, zoneOf(t, "Europe/Berlin"))
	require.NoError(t, err)
	require.True(t, utf8.Valid(raw))
	names := []string{}
	for line := range strings.SplitSeq(strings.ReplaceAll(string(raw), "\r\n ", ""), "\r\n") {
		require.NotContains(t, line, "\n")
		require.NotContains(t, line, "\r")
		name, _, _ := strings.Cut(line, ":")
		name, _, _ = strings.Cut(name, ";")
		names = append(names, name)
	}
	require.Equal(t, strings.Fields("UID SEQUENCE DTSTAMP DTSTART DTEND SUMMARY DESCRIPTION LOCATION URL ORGANIZER ATTENDEE STATUS TRANSP END END"), names[len(names)-16:len(names)-1])
	require.Contains(t, strings.ReplaceAll(string(raw), "\r\n ", ""), `;CN="aATTENDEE:mailto:x@example.orgbcde'; CN='Clara: Bob' \\ �":mailto:kimx-evil:1@example.org`)
}

func TestWrite_LinesAreFoldedBetweenCharacters(t *testing.T) {
	t.Parallel()
	for shift := range 8 {
		title := strings.Repeat("x", shift) + strings.Repeat("ü👩‍👩‍👧‍👦", 500)
		m := sample(t, coaching.CalendarRequest)
		m.Title = title
		raw, err := Mail(m, organizer, zoneOf(t, "Europe/Berlin"))
		require.NoError(t, err)
		for line := range strings.SplitSeq(string(raw), "\r\n") {
			require.LessOrEqual(t, len(line), 75)
			require.True(t, utf8.ValidString(line))
		}
		require.Contains(t, strings.ReplaceAll(string(raw), "\r\n ", ""), "\r\nSUMMARY:"+title+"\r\n")
	}
}

func TestWrite_Feed(t *testing.T) {
	t.Parallel()
	feed := Calendar{Method: Publish, Name: "Clara, coach", Events: []Event{
		{UID: "sess-1@example.org", Sequence: 2, Stamp: moment(t, "2027-03-01T09:00:00Z"), Start: moment(t, "2027-03-30T08:00:00Z"), End: moment(t, "2027-03-30T09:00:00Z"),
			Zone: zoneOf(t, "Europe/Berlin"), Title: "Session", URL: "https://meet.example.org"},
		{UID: "sess-2@example.org", Stamp: moment(t, "2027-03-01T09:00:00Z"), Start: moment(t, "2027-04-30T08:00:00Z"), End: moment(t, "2027-04-30T09:00:00Z"),
			Zone: zoneOf(t, "Europe/Berlin"), Title: "Session"},
		{UID: "due-1@example.org", Stamp: moment(t, "2027-03-01T09:00:00Z"), Start: moment(t, "2027-03-30T22:30:00Z"), Zone: zoneOf(t, "Europe/Berlin"),
			AllDay: true, Free: true, Title: "Reflection is due"},
	}}
	raw, err := feed.Write()
	require.NoError(t, err)
	again, err := feed.Write()
	require.NoError(t, err)
	require.Equal(t, raw, again)
	written := string(raw)
	require.Contains(t, written, "METHOD:PUBLISH\r\nNAME:Clara\\, coach\r\nX-WR-CALNAME:Clara\\, coach\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\nBEGIN:VTIMEZONE\r\n")
	require.Equal(t, 1, strings.Count(written, "BEGIN:VTIMEZONE"))
	require.Contains(t, written, "UID:due-1@example.org\r\nSEQUENCE:0\r\nDTSTAMP:20270301T090000Z\r\nDTSTART;VALUE=DATE:20270331\r\nSUMMARY:Reflection is due\r\nSTATUS:CONFIRMED\r\nTRANSP:TRANSPARENT\r\n")
	require.Contains(t, written, "LOCATION:https://meet.example.org\r\nURL:https://meet.example.org\r\n")
	require.NotContains(t, written, "ATTENDEE")
	require.NotContains(t, written, "ORGANIZER")
}

func TestWrite_Refuses(t *testing.T) {
	t.Parallel()
	check := func(words string, change func(m *coaching.CalendarMail, by *Person)) {
		t.Helper()
		m, by := sample(t, coaching.CalendarRequest), organizer
		change(&m, &by)
		_, err := Mail(m, by, time.UTC)
		require.ErrorContains(t, err, words)
	}
	check("no UID", func(m *coaching.CalendarMail, _ *Person) { m.UID = "" })
	check("no time", func(m *coaching.CalendarMail, _ *Person) { m.Stamp = time.Time{} })
	check("ends before", func(m *coaching.CalendarMail, _ *Person) { m.End = m.Start.Add(-time.Minute) })
	check("negative", func(m *coaching.CalendarMail, _ *Person) { m.Sequence = -1 })
	check("nobody", func(_ *coaching.CalendarMail, by *Person) { by.Address = "" })
	check("organizer is an attendee", func(m *coaching.CalendarMail, by *Person) { m.To.Address = strings.ToUpper(by.Address) })
	check("is not written", func(m *coaching.CalendarMail, _ *Person) { m.Method = "REPLY" })
	_, err := Calendar{Method: Publish, Events: []Event{{UID: "x", Stamp: time.Unix(1, 0), Start: time.Unix(1, 0), End: time.Unix(2, 0), Attendees: []Person{organizer}}}}.Write()
	require.ErrorContains(t, err, "names no attendees")
}
