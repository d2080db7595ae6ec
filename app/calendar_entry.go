package app

import (
	"encoding/json"
	"time"

	"coachflow/coaching"
	"coachflow/db/rows"
)

// Entry is what a mail tells calendars of a session.
type Entry struct {
	Method   coaching.CalendarMethod `json:"method" enum:"REQUEST,CANCEL" doc:"REQUEST puts it in, or changes it; CANCEL takes it out."`
	UID      string                  `json:"uid"`
	Sequence int                     `json:"sequence" doc:"Which of its changes it is; the first mail has 0."`
	StartsAt time.Time               `json:"starts_at"`
	EndsAt   time.Time               `json:"ends_at"`
	Title    string                  `json:"title"`
	Place    string                  `json:"place,omitempty"`
}

// entryOf is what a mail tells calendars; nil: nothing.
func entryOf(n rows.Notification) (*Entry, error) {
	if n.CalendarMethod == "" {
		return nil, nil
	}
	var says coaching.Appointment
	if err := json.Unmarshal(n.CalendarSays, &says); err != nil {
		return nil, wrap(err, "read what calendars are told")
	}
	return &Entry{Method: coaching.CalendarMethod(n.CalendarMethod), UID: n.CalendarUid, Sequence: int(n.CalendarSequence),
		StartsAt: says.Start, EndsAt: says.End, Title: says.Title, Place: says.Place}, nil
}
