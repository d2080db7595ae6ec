package ics

import (
	"iter"
	"net/url"
	"strings"

	"coachflow/coaching"
)

// The extremes of what is read. They bound the memory that a feed takes.
const (
	maxFeed       = 10 << 20 // bytes
	maxEntries    = 50000    // components in a feed
	maxProperties = 5000     // of one component, of those that are looked at
	maxDepth      = 16       // of components in components
)

// property is a line of a calendar: NAME;PARAMETERS:VALUE.
type property struct{ name, parameters, value string }

// component is what stands between BEGIN:NAME and END:NAME.
type component struct {
	name       string
	properties []property
	parts      []*component
	broken     bool // it has no end of its own, or more than anybody writes
}

// lookedAt are the components and properties that are looked at. Others are passed over.
var lookedAt = func() map[string]bool {
	names := map[string]bool{}
	for name := range strings.FieldsSeq(`VCALENDAR VTIMEZONE STANDARD DAYLIGHT VEVENT VFREEBUSY
		METHOD X-WR-TIMEZONE TZID TZOFFSETFROM TZOFFSETTO FREEBUSY
		UID SEQUENCE DTSTAMP DTSTART DTEND DURATION RRULE RDATE EXDATE RECURRENCE-ID STATUS TRANSP X-MICROSOFT-CDO-BUSYSTATUS
		ATTENDEE COMMENT`) {
		names[name] = true
	}
	return names
}()

// read gives the calendars of a file. What is no calendar, is cut off or is too large is a
// Problem.
func read(raw []byte) ([]*component, *coaching.Problem) {
	if len(raw) > maxFeed {
		return nil, tooLarge()
	}
	in := reading{}
	for line := range unfolded(strings.TrimPrefix(string(raw), "\ufeff")) {
		if p := in.line(line); p != nil {
			return nil, p
		}
	}
	switch {
	case len(in.open) > 0:
		return nil, coaching.Problemf(coaching.Invalid, "calendar_cut_off", "The calendar ends in the middle. Try again later.")
	case len(in.done) == 0:
		return nil, noCalendar()
	}
	return in.done, nil
}

func tooLarge() *coaching.Problem {
	return coaching.Problemf(coaching.TooLarge, "calendar_too_large", "The calendar is larger than can be read: %d MB, %d entries. Share a smaller one.", maxFeed>>20, maxEntries)
}

func noCalendar() *coaching.Problem {
	return coaching.Problemf(coaching.Invalid, "calendar_not_found", "There is no calendar at this address, but something else. Check the address: it is the one for calendar programs, and needs no login.")
}

// reading is a file while it is read: the components that are open, outermost first.
type reading struct {
	open    []*component
	done    []*component
	entries int
}

func (in *reading) line(line string) *coaching.Problem {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	p, is := parseLine(line)
	name := strings.ToUpper(strings.TrimSpace(p.value))
	switch {
	case len(in.open) == 0 && (!is || p.name != "BEGIN" || name != "VCALENDAR"):
		if len(in.done) == 0 {
			return noCalendar()
		}
	case is && p.name == "BEGIN":
		return in.begin(name)
	case is && p.name == "END":
		in.end(name)
	case is && lookedAt[p.name]:
		in.add(p)
	}
	return nil
}

func (in *reading) begin(name string) *coaching.Problem {
	if in.entries++; in.entries > maxEntries || len(in.open) == maxDepth {
		return tooLarge()
	}
	in.open = append(in.open, &component{name: name})
	return nil
}

// end closes the innermost component of that name, and those in it that were not closed.
func (in *reading) end(name string) {
	i := len(in.open) - 1
	for i >= 0 && in.open[i].name != name {
		i--
	}
	for last := len(in.open) - 1; i >= 0 && last >= i; last-- {
		c := in.open[last]
		c.broken = c.broken || last > i
		in.open = in.open[:last]
		switch {
		case last == 0:
			in.done = append(in.done, c)
		case lookedAt[c.name]:
			in.open[last-1].parts = append(in.open[last-1].parts, c)
		}
	}
}

func (in *reading) add(p property) {
	c := in.open[len(in.open)-1]
	switch {
	case !lookedAt[c.name]:
	case len(c.properties) >= maxProperties:
		c.broken = true
	default:
		c.properties = append(c.properties, p)
	}
}

// unfolded are the lines of a text, those that go on behind a line break as one.
func unfolded(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for len(text) > 0 {
			line, rest, _ := strings.Cut(text, "\n")
			line = strings.TrimSuffix(line, "\r")
			if rest == "" || rest[0] != ' ' && rest[0] != '\t' {
				text = rest
				if !yield(line) {
					return
				}
				continue
			}
			var whole strings.Builder
			whole.WriteString(line)
			for rest != "" && (rest[0] == ' ' || rest[0] == '\t') {
				line, rest, _ = strings.Cut(rest[1:], "\n")
				whole.WriteString(strings.TrimSuffix(line, "\r"))
			}
			text = rest
			if !yield(whole.String()) {
				return
			}
		}
	}
}

// withoutColon are properties whose values have no colon. So the last one of the line ends
// the parameters, whatever they hold: Outlook writes TZID=tzone://Microsoft/Custom.
var withoutColon = map[string]bool{"DTSTART": true, "DTEND": true, "DURATION": true, "RRULE": true, "RDATE": true, "EXDATE": true, "RECURRENCE-ID": true}

// parseLine reads a line; false for one that is none.
func parseLine(line string) (property, bool) {
	end := strings.IndexAny(line, ";:")
	if end <= 0 {
		return property{}, false
	}
	name := strings.ToUpper(strings.TrimSpace(line[:end]))
	colon := outsideQuotes(line, end, ':')
	switch {
	case withoutColon[name]:
		colon = strings.LastIndexByte(line, ':')
	case colon < 0: // a quotation mark that is not closed
		colon = strings.IndexByte(line, ':')
	}
	if colon < 0 {
		return property{}, false
	}
	return property{name, strings.TrimPrefix(line[end:colon], ";"), line[colon+1:]}, true
}

// outsideQuotes is the first place of a mark from a place on, outside of quotation marks; -1
// where there is none.
func outsideQuotes(s string, from int, mark byte) int {
	quoted := false
	for i := from; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == mark && !quoted:
			return i
		}
	}
	return -1
}

// parameter is the value of a parameter without its quotation marks; "" where there is none.
func (p property) parameter(name string) string {
	for rest := p.parameters; rest != ""; {
		end := outsideQuotes(rest, 0, ';')
		if end < 0 {
			end = len(rest)
		}
		key, value, _ := strings.Cut(rest[:end], "=")
		if strings.EqualFold(strings.TrimSpace(key), name) {
			return strings.Trim(strings.TrimSpace(value), `"`)
		}
		rest = rest[min(end+1, len(rest)):]
	}
	return ""
}

// first is the first property of a name; a property without one where there is none.
func (c *component) first(name string) property {
	for _, p := range c.properties {
		if p.name == name {
			return p
		}
	}
	return property{}
}

// word is the value of the first property of a name, in capital letters.
func (c *component) word(name string) string {
	return strings.ToUpper(strings.TrimSpace(c.first(name).value))
}

// plain is a value of the type TEXT as it was meant.
func plain(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\\' && i+1 < len(s) {
			i++
			if c = s[i]; c == 'n' || c == 'N' {
				c = '\n'
			}
		}
		out.WriteByte(c)
	}
	return out.String()
}

// address is the mailbox of an organizer or attendee; "" where there is none.
func (p property) address() string {
	const scheme = "mailto:"
	written := strings.TrimSpace(p.value)
	if len(written) < len(scheme) || !strings.EqualFold(written[:len(scheme)], scheme) {
		return coaching.MailboxKey(p.parameter("EMAIL"))
	}
	written = written[len(scheme):]
	if decoded, err := url.PathUnescape(written); err == nil {
		written = decoded
	}
	return coaching.MailboxKey(written)
}
