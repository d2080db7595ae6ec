package coaching

import (
	"encoding/json"
	"time"
)

// wallLayout is how a LocalTime is written: a date and a time of day without a
// zone, as an HTML datetime-local field has it.
const wallLayout = "2006-01-02T15:04"

// LocalTime is a date and time of day as the reader's clock shows it. It
// becomes a moment only together with a zone.
type LocalTime struct{ wall time.Time }

// ParseLocalTime reads "2026-03-04T09:00", with optional seconds, which are
// dropped.
func ParseLocalTime(s string) (LocalTime, error) {
	for _, layout := range []string{wallLayout, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return LocalTime{t.Truncate(time.Minute)}, nil
		}
	}
	return LocalTime{}, Problemf(Invalid, "local_time_invalid",
		"%q is not a local date and time; write it like 2026-03-04T09:00, without a zone.", s)
}

// In is the moment at which a clock in zone shows l. A time that the zone
// skips when it goes over to summer time becomes the moment an hour later;
// one that it has twice is the first of the two.
func (l LocalTime) In(zone *time.Location) time.Time { return momentOf(l.wall, zone) }

// momentOf is the moment at which a clock in zone shows what wall shows in
// UTC. time.Date leaves open which offset it takes around a change of the
// clocks, and takes the earlier moment in America, so both are tried here: the
// offset before the change first, which is right for a time that comes twice,
// and which moves one that never comes by the length of the gap.
func momentOf(wall time.Time, zone *time.Location) time.Time {
	before := atOffsetOf(wall.Add(-24*time.Hour), wall, zone)
	if sameWall(before, wall) {
		return before
	}
	if after := atOffsetOf(wall.Add(24*time.Hour), wall, zone); sameWall(after, wall) {
		return after
	}
	return before
}

func atOffsetOf(moment, wall time.Time, zone *time.Location) time.Time {
	_, offset := moment.In(zone).Zone()
	return wall.Add(-time.Duration(offset) * time.Second).In(zone)
}

func sameWall(t, wall time.Time) bool { return wallOf(t).Equal(wall) }

// wallOf is what t's clock shows, as a time in UTC.
func wallOf(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.Add(time.Duration(offset) * time.Second).UTC()
}

// IsZero reports whether l was never set.
func (l LocalTime) IsZero() bool { return l.wall.IsZero() }

// String is the form that ParseLocalTime reads.
func (l LocalTime) String() string { return l.wall.Format(wallLayout) }

// MarshalJSON writes l as a string.
func (l LocalTime) MarshalJSON() ([]byte, error) { return json.Marshal(l.String()) }

// UnmarshalJSON reads a string as ParseLocalTime does.
func (l *LocalTime) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return Problemf(Invalid, "local_time_invalid", "A local time is a string like 2026-03-04T09:00.")
	}
	parsed, err := ParseLocalTime(s)
	*l = parsed
	return err
}

// DelayUnit is what a Delay counts.
type DelayUnit string

// The units of delays.
const (
	Hours        DelayUnit = "hours"
	Days         DelayUnit = "days"
	BusinessDays DelayUnit = "business_days" // Monday to Friday
)

// maxDelay bounds each unit at about two years.
var maxDelay = map[DelayUnit]int{Hours: 17520, Days: 730, BusinessDays: 520}

// Delay is a span after an event, counted on the reader's calendar.
type Delay struct {
	Amount int       `json:"amount"`
	Unit   DelayUnit `json:"unit"`
}

// Check refuses negative and absurd delays.
func (d Delay) Check(path string) *Problem {
	limit, known := maxDelay[d.Unit]
	if !known {
		return Problemf(Invalid, "delay_unit_unknown", "A delay is counted in hours, days or business_days.").
			WithField(path+".unit", "delay_unit_unknown", "%q is none of hours, days, business_days", d.Unit)
	}
	if d.Amount < 0 || d.Amount > limit {
		return Problemf(Invalid, "delay_out_of_range", "A delay is between 0 and %d %s.", limit, d.Unit).
			WithField(path+".amount", "delay_out_of_range", "%d is not between 0 and %d", d.Amount, limit)
	}
	return nil
}

// After is the moment d after t on a calendar in zone. Days keep the time of
// day across a change to or from summer time; business days pass over
// Saturdays and Sundays, so that the first one after a weekend's event is the
// Monday. A delay of 0 is none, whatever the day.
func (d Delay) After(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	switch {
	case d.Amount <= 0:
		return t
	case d.Unit == Days:
		return momentOf(wallOf(t).AddDate(0, 0, d.Amount), zone)
	case d.Unit == BusinessDays:
		return momentOf(addBusinessDays(wallOf(t), d.Amount), zone)
	}
	return t.Add(time.Duration(d.Amount) * time.Hour)
}

func addBusinessDays(wall time.Time, n int) time.Time {
	for n > 0 {
		wall = wall.AddDate(0, 0, 1)
		if !weekend(wall) {
			n--
		}
	}
	return wall
}

func weekend(t time.Time) bool {
	return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday
}

// ShowTime writes a moment for a reader in zone, with the zone's name:
// "Wednesday, 4 March 2026, 09:00 (Europe/Berlin)".
func ShowTime(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("Monday, 2 January 2006, 15:04") + " (" + zone.String() + ")"
}
