package ics

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"coachflow/coaching"

	"github.com/stretchr/testify/require"
)

// feed is a calendar of lines.
func feed(lines ...string) []byte {
	return []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VCALENDAR\r\n")
}

// event is an event of lines, which are separated by " | ".
func event(lines string) string {
	return "BEGIN:VEVENT\r\n" + strings.ReplaceAll(lines, " | ", "\r\n") + "\r\nEND:VEVENT"
}

// march reads a feed of an owner in Berlin for March 2027, and writes the busy times like
// "02 09:00-10:00" in UTC, with the codes of the warnings behind them.
func march(t testing.TB, raw []byte) string {
	t.Helper()
	got, err := ReadBusy(raw, zoneOf(t, "Europe/Berlin"), moment(t, "2027-03-01T00:00:00Z"), moment(t, "2027-04-01T00:00:00Z"))
	if p, is := coaching.AsProblem(err); is {
		return p.Code
	}
	require.NoError(t, err)
	var words []string
	for _, b := range got.Intervals {
		to := b.To.Format("15:04")
		if b.To.YearDay() != b.From.YearDay() {
			to = b.To.Format("02 15:04")
		}
		words = append(words, b.From.Format("02 15:04")+"-"+to)
	}
	for _, w := range got.Warnings {
		words = append(words, w.Code)
	}
	return strings.Join(words, ", ")
}

func TestReadBusy_Kinds(t *testing.T) {
	t.Parallel()
	check := func(name, want string, lines ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, want, march(t, feed(lines...)))
		})
	}
	const ten = "DTSTART;TZID=Europe/Berlin:20270302T100000 | DURATION:PT1H"
	weekly := event("UID:a | SEQUENCE:3 | " + ten + " | RRULE:FREQ=WEEKLY;COUNT=4")
	instance := func(lines string) string { return event("UID:a | " + lines) }

	// Zones.
	check("a Windows name alone", "02 15:00-16:00", event("DTSTART;TZID=Eastern Standard Time:20270302T100000 | DURATION:PT1H"))
	check("a Windows name in quotation marks", "02 15:00-16:00", event(`DTSTART;TZID="Eastern Standard Time":20270302T100000 | DURATION:PT1H`))
	check("a name that nobody knows is the owner's zone", "02 09:00-10:00, zone_unknown", event("DTSTART;TZID=Customized Time Zone:20270302T100000 | DURATION:PT1H"))
	check("a name that nobody knows is that of the feed", "02 15:00-16:00, zone_unknown", "X-WR-TIMEZONE:America/New_York", event("DTSTART;TZID=Nowhere:20270302T100000 | DURATION:PT1H"))
	check("Outlook's UTC", "02 10:00-11:00", event("DTSTART;TZID=tzone://Microsoft/Utc:20270302T100000 | DURATION:PT1H"))
	check("a display name without quotation marks", "02 09:00-10:00, zone_unknown", event("DTSTART;TZID=(UTC+01:00) Amsterdam, Berlin:20270302T100000 | DURATION:PT1H"))
	check("a Z is UTC beside any TZID", "02 10:00-11:00", event("DTSTART;TZID=Nowhere:20270302T100000Z | DURATION:PT1H"))
	check("a start in one zone and an end in another", "02 09:00-13:00", event("DTSTART;TZID=Europe/Berlin:20270302T100000 | DTEND;TZID=America/New_York:20270302T080000"))
	check("an own zone with summer time, defined after its use", "02 09:00-10:00, 30 08:00-09:00",
		event("UID:1 | DTSTART;TZID=tzone://Microsoft/Custom:20270302T100000 | DURATION:PT1H"), event("UID:2 | DTSTART;TZID=tzone://Microsoft/Custom:20270330T100000 | DURATION:PT1H"),
		"BEGIN:VTIMEZONE\r\nTZID:tzone://Microsoft/Custom\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD",
		"BEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE")
	check("an own zone whose rules have ended", "02 08:00-09:00", event("DTSTART;TZID=X:20270302T100000 | DURATION:PT1H"),
		"BEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10;UNTIL=20151025T010000Z\r\nEND:STANDARD",
		"BEGIN:DAYLIGHT\r\nDTSTART:19700329T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3;UNTIL=20160327T010000Z\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE")
	check("an own zone of single onsets", "02 07:00-08:00", event("DTSTART;TZID=X:20270302T100000 | DURATION:PT1H"),
		"BEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nRDATE:20101025T030000,\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0300\r\nEND:STANDARD\r\nEND:VTIMEZONE")

	// What takes time.
	check("cancelled", "", event(ten+" | STATUS:CANCELLED"))
	check("elsewhere", "", event(ten+" | X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE"))
	check("lower case", "", event(ten+" | transp:transparent"))
	check("periods that are busy", "02 09:00-10:00, 03 09:00-11:00, 05 09:00-10:00",
		"BEGIN:VFREEBUSY\r\nFREEBUSY:20270302T090000Z/PT1H,20270303T090000Z/20270303T110000Z,\r\nFREEBUSY;FBTYPE=FREE:20270304T090000Z/PT1H\r\nFREEBUSY;FBTYPE=BUSY-TENTATIVE:20270305T090000Z/PT1H\r\nEND:VFREEBUSY")

	// Dates and lengths.
	check("a date without an end", "01 23:00-02 23:00", event("DTSTART;VALUE=DATE:20270302"))
	check("a date without VALUE", "01 23:00-02 23:00", event("DTSTART:20270302"))
	check("a date that has a time", "01 23:00-02 23:00", event("DTSTART;VALUE=DATE:20270302T000000"))
	check("two days", "26 23:00-28 22:00", event("DTSTART;VALUE=DATE:20270327 | DURATION:P2D"))
	check("dates the wrong way round", "entry_takes_no_time", event("DTSTART;VALUE=DATE:20270305 | DTEND;VALUE=DATE:20270303"))
	check("a day over the change of the clocks", "27 11:00-28 10:00", event("DTSTART;TZID=Europe/Berlin:20270327T120000 | DURATION:P1D"))
	check("24 hours over the change of the clocks", "27 11:00-28 11:00", event("DTSTART;TZID=Europe/Berlin:20270327T120000 | DURATION:PT24H"))
	check("midnight as 24:00", "02 23:00-23:30", event("DTSTART;TZID=Europe/Berlin:20270302T240000 | DURATION:PT30M"))
	check("without seconds", "02 10:00-11:00", event("DTSTART:20270302T1000Z | DURATION:PT1H"))
	check("a leap second", "02 10:01-11:01", event("DTSTART:20270302T100060Z | DURATION:PT1H"))
	check("into the window and out of it", "01 00:00-06:00, 31 22:00-01 00:00", event("UID:1 | DTSTART:20270228T180000Z | DURATION:PT12H"), event("UID:2 | DTSTART:20270331T220000Z | DURATION:P3D"))
	check("for ever", "01 00:00-01 00:00", event("DTSTART:19000101T000000Z | DTEND:99991231T235959Z"))
	check("what touches is one", "02 09:00-11:00", event("UID:1 | "+ten), event("UID:2 | DTSTART:20270302T100000Z | DURATION:PT1H"))
	check("one bad entry is left out", "02 09:00-10:00, entry_unreadable", event("UID:1 | DTSTART:2027-03-02T10:00 | DURATION:PT1H"), event("UID:2 | "+ten))
	check("no start", "entry_unreadable", event("UID:1 | SUMMARY:x"))
	check("a length that nobody can read", "entry_unreadable", event("DTSTART:20270302T100000Z | DURATION:1H"))
	check("an end that nobody can read", "entry_unreadable", event("DTSTART:20270302T100000Z | DTEND:20270231T100000Z"))
	check("an entry without its end", "02 09:00-10:00, entry_unreadable", event("UID:1 | "+ten), "BEGIN:VEVENT\r\nDTSTART:20270303T100000Z")

	// Rules.
	check("an empty part and a trailing semicolon", "02 09:00-10:00, 09 09:00-10:00", event(ten+" | RRULE:FREQ=WEEKLY;;COUNT=2;"))
	check("lower case, spaces", "02 09:00-10:00, 09 09:00-10:00", event(ten+" | rrule: freq=weekly; count=2"))
	check("the start counts, though the rule does not name it", "02 09:00-10:00, 03 09:00-10:00, 10 09:00-10:00", event(ten+" | RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=2"))
	check("the second Tuesday and the last Friday", "02 09:00-10:00, 09 09:00-10:00, 26 09:00-10:00", event(ten+" | RRULE:FREQ=MONTHLY;BYDAY=2TU,-1FR"))
	check("the last working day of the month", "02 09:00-10:00, 31 08:00-09:00", event(ten+" | RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"))
	check("a day that the month does not have", "31 08:00-09:00", event("DTSTART;TZID=Europe/Berlin:20270131T100000 | DURATION:PT1H | RRULE:FREQ=MONTHLY"))
	check("29 February is no 1 March", "", event("DTSTART;VALUE=DATE:20240229 | RRULE:FREQ=YEARLY"))
	check("every 99 days since 1980", "01 06:00-07:00", event("DTSTART:19800101T060000Z | DURATION:PT1H | RRULE:FREQ=DAILY;INTERVAL=99"))
	check("every seven hours", "02 09:00-09:30, 02 16:00-16:30, 02 23:00-23:30", event("DTSTART;TZID=Europe/Berlin:20270302T100000 | DURATION:PT30M | RRULE:FREQ=HOURLY;INTERVAL=7;UNTIL=20270302T235959Z"))
	check("by the hour, at an hour that never comes", "02 06:00-06:30", event("DTSTART:20270302T060000Z | DURATION:PT30M | RRULE:FREQ=HOURLY;INTERVAL=24;BYHOUR=5"))
	check("a day that never comes", "02 09:00-10:00", event(ten+" | RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"))
	check("the 53rd Monday of a month", "02 09:00-10:00", event(ten+" | RRULE:FREQ=MONTHLY;BYDAY=53MO"))
	check("since the year 1", "01 06:00-06:30, 02 06:00-06:30", event("DTSTART:00010101T060000Z | DURATION:PT30M | RRULE:FREQ=DAILY;UNTIL=20270302T120000Z"))
	check("UNTIL on the owner's clock", "02 09:00-10:00, 09 09:00-10:00", event(ten+" | RRULE:FREQ=WEEKLY;UNTIL=20270309T100000"))
	check("whole days until a midnight of the owner", "01 23:00-02 23:00, 08 23:00-09 23:00", event("DTSTART;VALUE=DATE:20270302 | RRULE:FREQ=WEEKLY;UNTIL=20270308T230000Z"))
	check("whole days until a date in UTC", "01 23:00-02 23:00, 08 23:00-09 23:00", event("DTSTART;VALUE=DATE:20270302 | RRULE:FREQ=WEEKLY;UNTIL=20270309T000000Z"))
	check("whole days until the last second before one", "01 23:00-02 23:00", event("DTSTART;VALUE=DATE:20270302 | RRULE:FREQ=WEEKLY;UNTIL=20270308T235959Z"))
	check("a rule that nobody can read", "rule_unreadable", event(ten+" | RRULE:FREQ=SOMETIMES"))
	check("a Hebrew year", "rule_unreadable", event(ten+" | RRULE:RSCALE=HEBREW;FREQ=YEARLY"))
	check("by the minute", "rule_too_often", event(ten+" | RRULE:FREQ=MINUTELY;INTERVAL=5"))
	check("more dates", "02 09:00-10:00, 04 10:00-11:00, 05 09:00-10:00, 06 08:00-08:20", event(ten+" | RDATE:20270304T100000Z, | RDATE;VALUE=DATE:20270305 | RDATE;VALUE=PERIOD:20270306T080000Z/PT20M"))

	// Exceptions.
	check("a trailing comma", "02 09:00-10:00, 16 09:00-10:00, 23 09:00-10:00", event(ten+" | RRULE:FREQ=WEEKLY;COUNT=4 | EXDATE;TZID=Europe/Berlin:20270309T100000,"))
	check("without a zone", "02 09:00-10:00, 16 09:00-10:00, 23 09:00-10:00", event(ten+" | RRULE:FREQ=WEEKLY;COUNT=4 | EXDATE:20270309T100000"))
	check("a date takes the day out", "02 09:00-10:00, 16 09:00-10:00, 23 09:00-10:00", event(ten+" | RRULE:FREQ=WEEKLY;COUNT=4 | EXDATE;VALUE=DATE:20270309"))
	check("a midnight takes a whole day out", "01 23:00-02 23:00, 15 23:00-16 23:00", event("DTSTART;VALUE=DATE:20270302 | RRULE:FREQ=WEEKLY;COUNT=3 | EXDATE;TZID=America/New_York:20270309T000000"))
	check("the start itself", "09 09:00-10:00", event(ten+" | RRULE:FREQ=WEEKLY;COUNT=2 | EXDATE;TZID=Europe/Berlin:20270302T100000"))
	check("no exception at another time", "02 09:00-10:00, 09 09:00-10:00", event(ten+" | RRULE:FREQ=WEEKLY;COUNT=2 | EXDATE;TZID=Europe/Berlin:20270309T110000"))

	// Single instances.
	check("cancelled, one of them", "02 09:00-10:00, 16 09:00-10:00, 23 09:00-10:00", weekly, instance("SEQUENCE:3 | RECURRENCE-ID;TZID=Europe/Berlin:20270309T100000 | DTSTART;TZID=Europe/Berlin:20270309T100000 | DURATION:PT1H | STATUS:CANCELLED"))
	check("before its series in the file", "02 09:00-10:00, 10 12:00-13:00, 16 09:00-10:00, 23 09:00-10:00", instance("RECURRENCE-ID:20270309T090000Z | DTSTART:20270310T120000Z | DURATION:PT1H"), weekly)
	check("by a date", "02 09:00-10:00, 10 12:00-13:00, 16 09:00-10:00, 23 09:00-10:00", weekly, instance("RECURRENCE-ID;VALUE=DATE:20270309 | DTSTART:20270310T120000Z | DURATION:PT1H"))
	check("without its series", "10 12:00-13:00", instance("RECURRENCE-ID:20270309T090000Z | DTSTART:20270310T120000Z | DURATION:PT1H"))
	check("of a series that is free", "10 12:00-13:00", event("UID:a | TRANSP:TRANSPARENT | "+ten+" | RRULE:FREQ=WEEKLY;COUNT=4"), instance("RECURRENCE-ID:20270309T090000Z | DTSTART:20270310T120000Z | DURATION:PT1H"))
	check("older than the exception", "02 09:00-10:00, 16 09:00-10:00, 23 09:00-10:00",
		event("UID:a | SEQUENCE:3 | "+ten+" | RRULE:FREQ=WEEKLY;COUNT=4 | EXDATE;TZID=Europe/Berlin:20270309T100000"), instance("SEQUENCE:2 | RECURRENCE-ID:20270309T090000Z | DTSTART:20270310T120000Z | DURATION:PT1H"))
	check("as new as the exception", "02 09:00-10:00, 10 12:00-13:00, 16 09:00-10:00, 23 09:00-10:00",
		event("UID:a | SEQUENCE:3 | "+ten+" | RRULE:FREQ=WEEKLY;COUNT=4 | EXDATE;TZID=Europe/Berlin:20270309T100000"), instance("SEQUENCE:3 | RECURRENCE-ID:20270309T090000Z | DTSTART:20270310T120000Z | DURATION:PT1H"))
	check("twice: the newer one", "02 09:00-10:00, 11 12:00-13:00, 16 09:00-10:00, 23 09:00-10:00", weekly,
		instance("SEQUENCE:4 | RECURRENCE-ID:20270309T090000Z | DTSTART:20270311T120000Z | DURATION:PT1H"), instance("SEQUENCE:3 | RECURRENCE-ID:20270309T090000Z | DTSTART:20270310T120000Z | DURATION:PT1H"))
	check("this and the later ones are free", "02 09:00-10:00", weekly, instance("RECURRENCE-ID;RANGE=THISANDFUTURE:20270309T090000Z | DTSTART:20270309T090000Z | DURATION:PT1H | TRANSP:TRANSPARENT"))
	check("this and the later ones, then one alone", "02 09:00-10:00, 09 11:00-11:30, 16 11:00-11:30, 24 07:00-08:00", weekly,
		instance("RECURRENCE-ID;RANGE=THISANDFUTURE:20270309T090000Z | DTSTART:20270309T110000Z | DURATION:PT30M"), instance("RECURRENCE-ID:20270323T090000Z | DTSTART:20270324T070000Z | DURATION:PT1H"))
	check("the later ones come into the window", "05 09:00-10:00, 12 09:00-10:00", event("UID:a | DTSTART:20260601T090000Z | DURATION:PT1H | RRULE:FREQ=WEEKLY;COUNT=2"),
		instance("RECURRENCE-ID;RANGE=THISANDFUTURE:20260601T090000Z | DTSTART:20270305T090000Z | DURATION:PT1H"))

	// One UID several times.
	check("the later stamp", "03 09:00-10:00", event("UID:a | DTSTAMP:20270201T000000Z | DTSTART:20270302T090000Z | DURATION:PT1H"), event("UID:a | DTSTAMP:20270202T000000Z | DTSTART:20270303T090000Z | DURATION:PT1H"))
	check("nobody knows which: both", "02 09:00-10:00, 03 09:00-10:00", event("UID:a | DTSTART:20270302T090000Z | DURATION:PT1H"), event("UID:a | DTSTART:20270303T090000Z | DURATION:PT1H"))
	check("no UID: each is one", "02 09:00-10:00, 03 09:00-10:00", event("SEQUENCE:1 | DTSTART:20270302T090000Z | DURATION:PT1H"), event("DTSTART:20270303T090000Z | DURATION:PT1H"))

	// Lines.
	check("folded in the middle of a name", "02 09:00-10:00", "BEGIN:VEVENT\r\nDTST\r\n ART:20270302T09\r\n\t0000Z\r\nDURATION:PT1H\r\nEND:VEVENT")
	check("lines that are none", "02 09:00-10:00", event("X;A= | : | ; | nonsense | DESCRIPTION;X=\"open:x | "+ten))
	check("an alarm that is not closed", "02 09:00-10:00", event(ten+" | BEGIN:VALARM | TRIGGER:-PT5M"))
	check("an end without a begin", "02 09:00-10:00", "END:VEVENT", event(ten))
}

func TestReadBusy_WhatIsNoCalendar(t *testing.T) {
	t.Parallel()
	whole := string(feed(event("DTSTART:20270302T090000Z | DURATION:PT1H")))
	check := func(want, raw string) {
		t.Helper()
		require.Equal(t, want, march(t, []byte(raw)))
	}
	check("calendar_not_found", "")
	check("calendar_not_found", " \r\n\r\n")
	check("calendar_not_found", "Not found")
	check("calendar_not_found", "BEGIN:VCARD\r\nEND:VCARD\r\n")
	check("calendar_not_found", "{}\n"+whole)
	check("02 09:00-10:00", "\r\n"+whole+"\r\n<!-- served in 3 ms -->\r\n")
	check("02 09:00-10:00", strings.TrimSpace(whole))
	for cut := range len(whole) - len("\r\n") - 1 {
		if cut >= len("BEGIN:VCALENDAR") {
			check("calendar_cut_off", whole[:cut])
		}
	}
	check("calendar_too_large", whole+strings.Repeat(" ", maxFeed))
	check("calendar_too_large", strings.Repeat("BEGIN:VCALENDAR\n", maxDepth+1))
	check("calendar_too_large", "BEGIN:VCALENDAR\n"+strings.Repeat("BEGIN:VEVENT\nEND:VEVENT\n", maxEntries)+"END:VCALENDAR\n")
}

func TestReadBusy_AWindowOfYears(t *testing.T) {
	t.Parallel()
	_, err := ReadBusy(feed(), time.UTC, moment(t, "2027-03-01T00:00:00Z"), moment(t, "2030-03-01T00:00:00Z"))
	require.Error(t, err)
	var p *coaching.Problem
	require.False(t, errors.As(err, &p), "that is a fault of ours")
}

// What a stranger writes costs a bounded number of steps, and is refused beyond.
func TestReadBusy_Bombs(t *testing.T) {
	t.Parallel()
	many := func(n int, lines string) string {
		var all strings.Builder
		for i := range n {
			fmt.Fprintf(&all, "%s\r\n", event(strings.ReplaceAll(lines, "#", fmt.Sprint(i))))
		}
		return all.String()
	}
	check := func(name, want string, lines ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, want, march(t, feed(lines...)))
		})
	}
	check("every minute of an hour's list", "rule_too_often", event("DTSTART:20270302T090000Z | DURATION:PT1S | RRULE:FREQ=DAILY;BYHOUR=1,2;BYMINUTE="+strings.Join(strings.Split(strings.Repeat("0123456789", 6), ""), ",")+",10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59"))
	check("a list of a million numbers", "02 09:00-10:00", event("DTSTART:20270302T090000Z | DURATION:PT1H | RRULE:FREQ=YEARLY;BYMONTHDAY=2"+strings.Repeat(",2", 1_000_000)))
	check("all that counts, since the year 1", "entry_too_costly", event("DTSTART:00010101T060000Z | DURATION:PT1S | RRULE:FREQ=HOURLY;COUNT=1000000000"))
	check("rules that never come true", "calendar_too_large", many(20000, "UID:# | DTSTART:00010101T060000Z | DURATION:PT1S | RRULE:FREQ=DAILY;COUNT=9;BYMONTH=2;BYMONTHDAY=30"))
	check("a megabyte of parameters", "02 09:00-10:00", event("DTSTART;X="+strings.Repeat(";A=\"b", 200_000)+"\":20270302T090000Z | DURATION:PT1H"), event("UID:x | DTSTART:20270302T090000Z | DURATION:PT1H"))
	check("many exceptions and instances", "", event("UID:a | SEQUENCE:9 | DTSTART:20270302T090000Z | DURATION:PT1H | EXDATE:20270302T090000Z"+strings.Repeat(",20270302T090000Z", 100_000)),
		many(20000, "UID:a | RECURRENCE-ID:20270302T090000Z | DTSTART:20270302T090000Z | SEQUENCE:# | DURATION:PT1H | STATUS:CANCELLED"))
	check("many changes of the later ones", "01 00:00-01 00:00", event("UID:a | DTSTART:19800302T090000Z | DURATION:PT1H | RRULE:FREQ=HOURLY"),
		many(2000, "UID:a | SEQUENCE:# | RECURRENCE-ID;RANGE=THISANDFUTURE:20270302T090000Z | DTSTART:20270302T090000Z | DURATION:PT1H"))
	check("lengths beyond all measure", "entry_unreadable", event("DTSTART:20270302T090000Z | DURATION:P"+strings.Repeat("39999W", 100_000)))
	check("an interval beyond all measure", "02 09:00-10:00", event("DTSTART:20270302T090000Z | DURATION:PT1H | RRULE:FREQ=YEARLY;INTERVAL=99999999999999999999"))
	check("a shift beyond all measure", "02 09:00-10:00", event("UID:a | DTSTART:20270302T090000Z | DURATION:PT1H | RRULE:FREQ=DAILY;COUNT=3"),
		event("UID:a | RECURRENCE-ID;RANGE=THISANDFUTURE:20270303T090000Z | DTSTART:99990302T090000Z | DTEND:00010101T000000Z"))
}
