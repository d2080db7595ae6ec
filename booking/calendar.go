package booking

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"coachflow/calendar/ics"
	"coachflow/coaching"
	"coachflow/db/rows"
)

// The busy calendars of a coach: their other calendars. Of an entry it is known when it
// is, and nothing else. Working that out of a feed of a megabyte takes 20 ms, and a coach
// may have five: so it is done when a calendar is fetched, and its result is stored.

// Calendar is a busy calendar without what is in it.
type Calendar struct {
	ID                    uuid.UUID
	Name, Address         string
	CreatedAt             time.Time
	FetchedAt             *time.Time
	AskedAt               *time.Time
	State                 coaching.BusyState
	FaultCode, FaultWords string
	Warnings              Warnings
}

// Warnings are what in a calendar is not as it should be, in words for its coach.
type Warnings struct {
	Words []string `json:"words"`
	More  int      `json:"more,omitempty"`
}

// busyBehind is how far back busy times are worked out: those of today count as a whole.
const busyBehind = 24 * time.Hour

// worked is what was worked out of a feed.
type worked struct {
	busy        []coaching.Interval
	zone        string
	from, until time.Time
	warnings    Warnings
}

// workOut reads the busy times of a feed from now on. The error is a *coaching.Problem.
func workOut(feed []byte, zone *time.Location, now time.Time) (worked, error) {
	w := worked{zone: zone.String(), from: now.Add(-busyBehind).Truncate(time.Second), until: now.Add(coaching.BusyAhead).Truncate(time.Second)}
	read, err := ics.ReadBusy(feed, zone, w.from, w.until)
	if err != nil {
		return w, err
	}
	w.busy, w.warnings.More = read.Intervals, read.MoreWarnings
	counts := map[string]int{}
	for _, warning := range read.Warnings {
		if counts[warning.Text]++; counts[warning.Text] == 1 {
			w.warnings.Words = append(w.warnings.Words, warning.Text)
		}
	}
	for i, words := range w.warnings.Words {
		if n := counts[words]; n > 1 {
			w.warnings.Words[i] = fmt.Sprintf("%s (%d times)", words, n)
		}
	}
	return w, nil
}

// readCalendars reads the busy calendars of a coach, and when they are busy.
func readCalendars(ctx context.Context, q *rows.Queries, org, coach uuid.UUID, zone *time.Location, now time.Time) (list []Calendar, busy []coaching.Interval, err error) {
	found, err := q.BusyCalendarsOfCoach(ctx, org, coach)
	if err != nil {
		return nil, nil, fmt.Errorf("read busy calendars: %w", err)
	}
	for _, row := range found {
		c := Calendar{ID: row.ID, Name: row.Name, Address: row.Address, CreatedAt: row.CreatedAt, FetchedAt: row.FetchedAt, AskedAt: row.AskedAt,
			State: coaching.BusyState{WorkedAt: row.WorkedAt, FailingSince: row.FailingSince}, FaultCode: row.FaultCode, FaultWords: row.FaultWords}
		if row.Warnings != nil {
			if err := json.Unmarshal(row.Warnings, &c.Warnings); err != nil {
				return nil, nil, fmt.Errorf("read warnings of a calendar: %w", err)
			}
		}
		list = append(list, c)
		times, err := busyTimes(ctx, q, org, row, zone, now)
		if err != nil {
			return nil, nil, err
		}
		busy = append(busy, times...)
	}
	return list, coaching.MergeIntervals(busy), nil
}

// busyTimes are those of a calendar that was read well at least once. They are stored, but
// where the coach has moved to another zone, or nothing was fetched for very long.
func busyTimes(ctx context.Context, q *rows.Queries, org uuid.UUID, row rows.BusyCalendarsOfCoachRow, zone *time.Location, now time.Time) ([]coaching.Interval, error) {
	if row.Busy == nil {
		return nil, nil
	}
	if row.BusyZone == zone.String() && row.BusyUntil.After(now.AddDate(0, 0, coaching.MostHorizon+2)) {
		return unpack(row.Busy)
	}
	feed, err := q.BusyCalendarFeed(ctx, org, row.ID)
	if err != nil {
		return nil, fmt.Errorf("read feed of a calendar: %w", err)
	}
	again, err := workOut(feed, zone, now)
	if err != nil {
		return nil, fmt.Errorf("work busy times out again: %w", err)
	}
	return again.busy, nil
}

// pack writes busy times as they are stored: the seconds since 1970 of each begin and end in
// turn. Calendars know no parts of seconds, and a page reads thousands of these.
func pack(busy []coaching.Interval) ([]byte, error) {
	seconds := make([]int64, 0, 2*len(busy))
	for _, b := range busy {
		seconds = append(seconds, b.From.Unix(), b.To.Unix())
	}
	return json.Marshal(seconds)
}

func unpack(stored []byte) ([]coaching.Interval, error) {
	var seconds []int64
	if err := json.Unmarshal(stored, &seconds); err != nil {
		return nil, fmt.Errorf("read busy times: %w", err)
	}
	busy := make([]coaching.Interval, len(seconds)/2)
	for i := range busy {
		busy[i] = coaching.Interval{From: time.Unix(seconds[2*i], 0).UTC(), To: time.Unix(seconds[2*i+1], 0).UTC()}
	}
	return busy, nil
}
