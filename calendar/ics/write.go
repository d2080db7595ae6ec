package ics

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"coachflow/coaching"
)

const (
	product = "-//coachflow//calendar//EN"
	// lineLength is how many bytes a line has at most, without its end.
	lineLength = 75
	// refresh is how often a calendar is asked to read a feed again.
	refresh = "PT1H"
)

// Write gives the bytes of the calendar. The same calendar gives the same bytes.
func (c Calendar) Write() ([]byte, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	w := &writer{}
	w.line("BEGIN", "VCALENDAR")
	w.line("VERSION", "2.0")
	w.line("PRODID", product)
	w.line("CALSCALE", "GREGORIAN")
	w.line("METHOD", string(c.Method))
	if c.Name != "" {
		w.line("NAME", text(c.Name))
		w.line("X-WR-CALNAME", text(c.Name))
	}
	if c.Method == Publish {
		w.line("REFRESH-INTERVAL;VALUE=DURATION", refresh)
		w.line("X-PUBLISHED-TTL", refresh)
	}
	times := make([]eventTimes, len(c.Events))
	var zones []string
	for i, e := range c.Events {
		times[i] = e.times()
		if rules, name := times[i].rules, times[i].zone; rules != nil && !slices.Contains(zones, name) {
			zones = append(zones, name)
			rules.write(w, name)
		}
	}
	for i, e := range c.Events {
		w.event(e, times[i], c.Method)
	}
	w.line("END", "VCALENDAR")
	return w.Bytes(), nil
}

func (w *writer) event(e Event, at eventTimes, method Method) {
	w.line("BEGIN", "VEVENT")
	w.line("UID", text(e.UID))
	w.line("SEQUENCE", fmt.Sprint(e.Sequence))
	w.line("DTSTAMP", utc(e.Stamp))
	w.line("DTSTART"+at.start.parameter, at.start.value)
	if !e.AllDay {
		w.line("DTEND"+at.end.parameter, at.end.value)
	}
	w.line("SUMMARY", text(e.Title))
	w.optional("DESCRIPTION", text(e.Text))
	if e.Place != "" {
		w.line("LOCATION", text(e.Place))
	} else {
		w.optional("LOCATION", text(e.URL))
	}
	w.optional("URL", uri(e.URL))
	if e.Organizer.Address != "" {
		w.line("ORGANIZER;CN="+parameter(e.Organizer.Name), mailto(e.Organizer.Address))
	}
	for _, a := range e.Attendees {
		kind := "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT"
		if method == Request {
			kind += ";PARTSTAT=NEEDS-ACTION;RSVP=TRUE"
		}
		w.line(kind+";CN="+parameter(a.Name), mailto(a.Address))
	}
	for _, o := range e.Others {
		w.line("ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT="+string(o.Part)+";CN="+parameter(o.Name), mailto(o.Address))
	}
	status := "CONFIRMED"
	if method == Cancel || e.Cancelled {
		status = "CANCELLED"
	}
	w.line("STATUS", status)
	transparency := "OPAQUE"
	if e.Free {
		transparency = "TRANSPARENT"
	}
	w.line("TRANSP", transparency)
	w.line("END", "VEVENT")
}

// writtenTime is a time with the parameter of its property.
type writtenTime struct{ parameter, value string }

// eventTimes are the times of an event. Without rules there is no zone.
type eventTimes struct {
	start, end writtenTime
	zone       string
	rules      *zoneRules
}

const (
	wallTime = "20060102T150405"
	wallDate = "20060102"
)

func utc(t time.Time) string { return t.UTC().Format(wallTime + "Z") }

// times are written on the clock of the event's zone, where calendars can know its rules.
// Else they are written in UTC: for a zone without a yearly rule, and for a time that its
// clock shows twice.
func (e Event) times() eventTimes {
	zone := e.Zone
	if zone == nil {
		zone = time.UTC
	}
	if e.AllDay {
		return eventTimes{start: writtenTime{";VALUE=DATE", e.Start.In(zone).Format(wallDate)}}
	}
	start, end := e.Start.In(zone), e.End.In(zone)
	rules, known := rulesOf(zone, start.Year())
	if !known || end.Year() >= start.Year()+ruleYears || comesTwice(start) || comesTwice(end) {
		return eventTimes{start: writtenTime{"", utc(start)}, end: writtenTime{"", utc(end)}}
	}
	tzid := ";TZID=" + zone.String()
	return eventTimes{writtenTime{tzid, start.Format(wallTime)}, writtenTime{tzid, end.Format(wallTime)}, zone.String(), &rules}
}

// comesTwice reports whether t's clock shows the same before or after, since it is set back.
// The standard means the first of the two; not all calendars do.
func comesTwice(t time.Time) bool {
	since, until := t.ZoneBounds()
	_, now := t.Zone()
	if !since.IsZero() {
		if _, before := since.Add(-time.Second).Zone(); t.Sub(since) < time.Duration(before-now)*time.Second {
			return true
		}
	}
	if until.IsZero() {
		return false
	}
	_, after := until.Zone()
	return until.Sub(t) <= time.Duration(now-after)*time.Second
}

// writer writes lines of a calendar.
type writer struct{ bytes.Buffer }

func (w *writer) optional(name, value string) {
	if value != "" {
		w.line(name, value)
	}
}

// line writes a line and folds it: a line that goes on begins with a space. No character
// is cut in two.
func (w *writer) line(name, value string) {
	rest, room := name+":"+value, lineLength
	for len(rest) > room {
		cut := room
		for !utf8.RuneStart(rest[cut]) {
			cut--
		}
		w.WriteString(rest[:cut] + "\r\n ")
		rest, room = rest[cut:], lineLength-1
	}
	w.WriteString(rest + "\r\n")
}

var escaped = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

// text is a value of the type TEXT. Of control characters, line breaks and tabs stay.
func text(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\u0085", "\n").Replace(strings.ToValidUTF8(s, "\ufffd"))
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
	return escaped.Replace(s)
}

// oneLine is s without what could end a line.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// parameter is a quoted value of a parameter. There is no way to write a quotation mark
// that all calendars read.
func parameter(s string) string { return `"` + strings.ReplaceAll(oneLine(s), `"`, "'") + `"` }

// uri is an address of the web.
func uri(s string) string { return strings.ReplaceAll(oneLine(s), " ", "%20") }

// mailto is an address of a person, in the spelling in which it is stored.
func mailto(address string) string {
	return "mailto:" + mailtoEscaped.Replace(oneLine(coaching.MailboxKey(address)))
}

var mailtoEscaped = strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23", " ", "%20", `"`, "%22", "<", "%3C", ">", "%3E", `\`, "%5C")
