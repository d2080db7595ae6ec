package program

import (
	"coachflow/db/rows"
)

// calendarObject is the calendar object of a mail, whose reader is the only attendee in it.
func (s *Programs) calendarObject(session *rows.ItemSession, n rows.Notification) (string, error) {
	return "BEGIN:VCALENDAR\r\nMETHOD:" + n.CalendarMethod + "\r\nEND:VCALENDAR\r\n", nil
}
