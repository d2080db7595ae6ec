package program

import (
	"encoding/json"
	"fmt"

	"coachflow/calendar/ics"
	"coachflow/coaching"
	"coachflow/db/rows"
)

// calendarObject is the calendar object of a mail (RFC 5545). Its reader is the only
// attendee in it, and the session's own address organizes it: the answers of calendars go
// there. Times are on the clock on which the session was scheduled.
func (p *locked) calendarObject(session *rows.ItemSession, n rows.Notification, domain string) (string, error) {
	m := coaching.CalendarMail{To: coaching.Attendee{Address: n.Address, Name: n.RecipientName}, UID: n.CalendarUid,
		Method: coaching.CalendarMethod(n.CalendarMethod), Sequence: int(n.CalendarSequence), Stamp: *n.CalendarStamp}
	if err := json.Unmarshal(n.CalendarSays, &m.Appointment); err != nil {
		return "", fmt.Errorf("read what calendars are told: %w", err)
	}
	by := ics.Person{Name: p.names.OrganizationName, Address: session.Organizer + "@" + domain}
	data, err := ics.Mail(m, by, coaching.ZoneOrUTC(session.Zone))
	if err != nil {
		return "", fmt.Errorf("write calendar object: %w", err)
	}
	return string(data), nil
}
