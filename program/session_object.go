package program

import (
	"context"
	"encoding/json"
	"fmt"

	"coachflow/calendar/ics"
	"coachflow/coaching"
	"coachflow/db/rows"
)

// calendarObject is the calendar object of a mail (RFC 5545). Its reader is the only
// attendee in it, beside the others whom they may know of as it is written. The session's own
// address organizes it: the answers of calendars go
// there. Times are on the clock on which the session was scheduled.
func (p *locked) calendarObject(ctx context.Context, session *rows.ItemSession, n rows.Notification, domain string) (string, error) {
	m := coaching.CalendarMail{To: coaching.Attendee{Address: n.Address, Name: n.RecipientName}, UID: n.CalendarUid,
		Method: coaching.CalendarMethod(n.CalendarMethod), Sequence: int(n.CalendarSequence), Stamp: *n.CalendarStamp}
	if err := json.Unmarshal(n.CalendarSays, &m.Appointment); err != nil {
		return "", fmt.Errorf("read what calendars are told: %w", err)
	}
	if m.Method == coaching.CalendarRequest {
		var err error
		if m.Others, err = p.othersOf(ctx, session, n.Address); err != nil {
			return "", err
		}
	}
	by := ics.Person{Name: p.names.OrganizationName, Address: session.Organizer + "@" + domain}
	data, err := ics.Mail(m, by, coaching.ZoneOrUTC(session.Zone))
	if err != nil {
		return "", fmt.Errorf("write calendar object: %w", err)
	}
	return string(data), nil
}

// othersOf are those who attend a session beside the reader at an address, as far as the
// organization lets them know.
func (p *locked) othersOf(ctx context.Context, session *rows.ItemSession, address string) ([]coaching.OtherAttendee, error) {
	if !p.names.AttendeesSeeEachOther {
		return nil, nil
	}
	to, err := p.attendees(ctx, session.ItemID)
	if err != nil {
		return nil, err
	}
	invited, err := p.invited(ctx, session)
	if err != nil {
		return nil, err
	}
	var people []coaching.OtherAttendee
	for _, r := range to {
		if a, is := invited[r.ID]; is {
			people = append(people, coaching.OtherAttendee{Attendee: coaching.Attendee{Address: r.Address, Name: r.Name}, Answer: coaching.Attendance(a.Answer)})
		}
	}
	return coaching.OthersOf(true, people, address), nil
}
