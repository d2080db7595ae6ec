package coaching

import (
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// The busy calendars of a coach: other calendars of theirs, whose entries keep times from
// being offered.
const (
	// MostBusyCalendars is how many a coach can name.
	MostBusyCalendars = 5
	// BusyEvery is how often a calendar is fetched by itself, and BusyAtMost how often when
	// somebody asks for it.
	BusyEvery  = 15 * time.Minute
	BusyAtMost = 10 * time.Minute
	// BusyFailsFor is how long a calendar fails until its coach is told by mail.
	BusyFailsFor = 24 * time.Hour
	// BusyAhead is how far ahead busy times are worked out: beyond every horizon, so that
	// they last while a calendar fails. BusyAgain is when they are worked out anew though
	// the calendar is the same, since time goes on.
	BusyAhead = (MostHorizon + 60) * 24 * time.Hour
	BusyAgain = 24 * time.Hour

	maxCalendarAddress = 2000 // bytes
)

// CalendarAddress reads the address of a calendar as people paste it, and gives it as it is
// fetched: http or https, without a user name. path is where it stands in the input; words
// of the address are never in the problem, since it is a secret.
func CalendarAddress(text, path string) (string, *Problem) {
	wrong := func(code, words string) (string, *Problem) {
		return "", Problemf(Invalid, code, "%s", words).WithField(path, code, "%s", words)
	}
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return wrong("calendar_address_missing", "Enter the address of the calendar.")
	case len(text) > maxCalendarAddress:
		return wrong("calendar_address_invalid", "The address is longer than any calendar's.")
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return wrong("calendar_address_invalid", "The address has characters that no address has. Copy it again as a whole.")
	}
	if scheme, rest, is := strings.Cut(text, "://"); is && (strings.EqualFold(scheme, "webcal") || strings.EqualFold(scheme, "webcals")) {
		text = "https://" + rest
	}
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "", u.Opaque != "":
		return wrong("calendar_address_invalid", "This is no address of a calendar. It begins with https:// or webcal://.")
	case u.User != nil:
		return wrong("calendar_address_user", "An address with a user name in it is not fetched. Use the secret address of the calendar, which needs no login.")
	}
	u.Fragment = ""
	return u.String(), nil
}

// ShortCalendarAddress is what pages show of an address: who has the whole can read the
// calendar.
func ShortCalendarAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "…"
	}
	return u.Host + "/…"
}

// CalendarName is what a calendar is called: by the name that its coach gives it, or by
// its server.
func CalendarName(name, address string) (string, error) {
	if strings.TrimSpace(name) != "" {
		return CleanName("A calendar", name)
	}
	u, err := url.Parse(address)
	if err != nil {
		return "Calendar", nil
	}
	host := []rune(strings.TrimPrefix(u.Hostname(), "www."))
	return string(host[:min(len(host), maxName)]), nil
}

// BusyState is where a calendar stands.
type BusyState struct {
	WorkedAt     *time.Time // when it was read well the last time; nil: never
	FailingSince *time.Time // nil: it works
	ToldAt       *time.Time // when its coach was told of this failing period
}

// Worked is the state after the calendar was read well: a failing period is over.
func (s BusyState) Worked(now time.Time) BusyState {
	return BusyState{WorkedAt: &now}
}

// Failed is the state after it could not be read. tell reports whether its coach is to be
// told now: once in a failing period, when it has lasted a day.
func (s BusyState) Failed(now time.Time) (after BusyState, tell bool) {
	if s.FailingSince == nil {
		s.FailingSince = &now
	}
	if s.ToldAt == nil && now.Sub(*s.FailingSince) >= BusyFailsFor {
		s.ToldAt, tell = &now, true
	}
	return s, tell
}

// BusyWeek shows busy times of the seven days from now on, by their days of the week, on
// the clock of a zone.
func BusyWeek(busy []Interval, now time.Time, zone *time.Location) map[Weekday][]DayHours {
	week := map[Weekday][]DayHours{}
	today := midnight(wallOf(now.In(zone)))
	for n := range 7 {
		day := today.AddDate(0, 0, n)
		begins, ends := momentOf(day, zone), momentOf(day.AddDate(0, 0, 1), zone)
		name := Weekdays[(int(day.Weekday())+6)%7]
		for _, b := range busy {
			if !b.From.Before(ends) || !b.To.After(begins) {
				continue
			}
			h := DayHours{From: 0, To: dayLength}
			if b.From.After(begins) {
				h.From = timeOfDayOf(b.From.In(zone))
			}
			if b.To.Before(ends) {
				h.To = timeOfDayOf(b.To.In(zone))
			}
			if h.From < h.To {
				week[name] = append(week[name], h)
			}
		}
	}
	return week
}

func timeOfDayOf(t time.Time) TimeOfDay { return TimeOfDay(t.Hour()*60 + t.Minute()) }
