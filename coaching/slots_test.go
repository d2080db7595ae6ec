package coaching

import (
	"strings"
	"testing"
	"time"

	"coachflow/dev/cases"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// slotRow is a row of the table: an availability, and the slots that it has.
type slotRow struct {
	ID, Zone, Viewer        string
	Weekly                  map[string][][2]string
	Exceptions              map[Date][][2]string
	Duration, Step, Padding int
	Notice                  int `json:"notice_minutes"`
	Horizon                 int `json:"horizon_days"`
	Most                    int `json:"most_per_day"`
	Now                     time.Time
	Busy                    [][2]time.Time
	Days                    []Date
	Slots                   []time.Time
	Shown                   map[Date][]string `json:"shown_to_viewer"`
}

func dayHours(t testing.TB, spans [][2]string) []DayHours {
	t.Helper()
	hours := make([]DayHours, len(spans))
	for i, span := range spans {
		require.NoError(t, hours[i].From.UnmarshalText([]byte(span[0])))
		require.NoError(t, hours[i].To.UnmarshalText([]byte(span[1])))
	}
	return hours
}

// availability is that of a row.
func (r slotRow) availability(t testing.TB) Availability {
	t.Helper()
	a := Availability{Weekly: map[Weekday][]DayHours{}, Exceptions: map[Date][]DayHours{}, Duration: r.Duration, Step: r.Step,
		Padding: r.Padding, Notice: r.Notice, Horizon: r.Horizon, MostPerDay: r.Most}
	for short, spans := range r.Weekly {
		for _, day := range Weekdays {
			if strings.HasPrefix(string(day), short) {
				a.Weekly[day] = dayHours(t, spans)
			}
		}
	}
	require.Len(t, a.Weekly, len(r.Weekly))
	for date, spans := range r.Exceptions {
		a.Exceptions[date] = dayHours(t, spans)
	}
	return a
}

func TestShared_Slots(t *testing.T) {
	t.Parallel()
	var table struct{ Rows []slotRow }
	cases.JSON(t, "calendar", "slots.json", &table)
	require.NotEmpty(t, table.Rows)
	for _, row := range table.Rows {
		t.Run(row.ID, func(t *testing.T) {
			t.Parallel()
			a := row.availability(t)
			in := SlotsInput{Zone: zone(t, row.Zone), Now: row.Now}
			for _, busy := range row.Busy {
				in.Busy = append(in.Busy, Interval{busy[0], busy[1]})
			}
			got := []time.Time{}
			for _, day := range row.Days {
				in.First, in.Last = day, day
				got = append(got, a.Slots(in)...)
			}
			require.Equal(t, row.Slots, got)
			shown := map[Date][]string{}
			for _, day := range SlotsByDay(got, zone(t, row.Viewer)) {
				for _, at := range day.Slots {
					shown[day.Date] = append(shown[day.Date], at.Format("15:04-0700"))
				}
			}
			require.Equal(t, row.Shown, shown)
			checkOneByOne(t, a, in, row)
		})
	}
}

// checkOneByOne asks about each five minutes of the row's days: those that are slots can be
// booked, and no other.
func checkOneByOne(t *testing.T, a Availability, in SlotsInput, row slotRow) {
	t.Helper()
	first, _ := row.Days[0].wall()
	last, _ := row.Days[len(row.Days)-1].wall()
	var can []time.Time
	for at := momentOf(first, in.Zone); at.Before(momentOf(last.AddDate(0, 0, 1), in.Zone)); at = at.Add(5 * time.Minute) {
		if a.CheckSlot(at, in) == nil {
			can = append(can, at.UTC())
		}
	}
	require.Equal(t, row.Slots, append([]time.Time{}, can...))
}

// office is Monday to Friday, 09:00 to 17:00 in Berlin, an hour each.
func office(t testing.TB) Availability {
	t.Helper()
	a := Availability{Weekly: map[Weekday][]DayHours{}, Duration: 60, Step: 60, Horizon: 14}
	for _, day := range Weekdays[:5] {
		a.Weekly[day] = dayHours(t, [][2]string{{"09:00", "17:00"}})
	}
	return a
}

func TestSlots_MostPerDay(t *testing.T) {
	t.Parallel()
	a := office(t)
	a.MostPerDay = 2
	in := SlotsInput{Zone: zone(t, "Europe/Berlin"), Now: at(t, "2027-03-01T00:00:00Z"), First: "2027-03-02", Last: "2027-03-03"}
	session := func(from string) Interval { return Interval{at(t, from), at(t, from).Add(time.Hour)} }
	in.Busy = []Interval{session("2027-03-02T08:00:00Z"), session("2027-03-02T09:00:00Z")}
	in.Booked = []Interval{session("2027-03-02T10:00:00Z")}
	require.Len(t, a.Slots(in), 5+8, "what is in the coach's own calendar does not count")
	in.Booked = append(in.Booked, session("2027-03-02T13:00:00Z"))
	require.Len(t, a.Slots(in), 8)
	require.Equal(t, "slot_taken", a.CheckSlot(at(t, "2027-03-02T11:00:00Z"), in).Code)
	in.Booked[1] = session("2027-03-02T23:30:00Z") // the next date in Berlin
	require.Len(t, a.Slots(in), 5+8)
}

func TestCheckSlot_SaysWhy(t *testing.T) {
	t.Parallel()
	a := office(t)
	a.Padding, a.Notice, a.Step = 20, 24*60, 30
	in := SlotsInput{Zone: zone(t, "Europe/Berlin"), Now: at(t, "2027-03-01T10:17:00Z")}
	in.Booked = []Interval{{at(t, "2027-03-03T09:00:00Z"), at(t, "2027-03-03T09:50:00Z")}}
	check := func(moment, code string) {
		t.Helper()
		p := a.CheckSlot(at(t, moment), in)
		if code == "" {
			require.Nil(t, p, moment)
			return
		}
		require.NotNil(t, p, moment)
		require.Equal(t, code, p.Code, moment)
	}
	check("2027-03-02T10:00:00Z", "slot_too_soon")
	check("2027-03-02T10:30:00Z", "")
	check("2027-02-01T10:00:00Z", "slot_too_soon")
	check("2027-03-03T09:00:00Z", "slot_taken")
	check("2027-03-03T10:00:00Z", "slot_taken") // in the padding
	check("2027-03-03T10:30:00Z", "")
	check("2027-03-03T10:35:00Z", "slot_not_offered")
	check("2027-03-03T10:30:01Z", "slot_not_offered")
	check("2027-03-03T15:30:00Z", "slot_not_offered") // would end after the hours
	check("2027-03-06T10:00:00Z", "slot_not_offered") // a Saturday
	check("2027-03-15T10:00:00Z", "")
	check("2027-03-16T10:00:00Z", "slot_too_far")
	check("9999-12-31T23:30:00Z", "slot_too_far")
}

// What a session takes is gone, and nothing else; which is what a list of slots and the
// check of one agree on, however the hours and the clocks lie.
func TestSlots_ABookedSlotIsGone(t *testing.T) {
	t.Parallel()
	zones := []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo", "Antarctica/Troll", "Pacific/Apia"}
	rapid.Check(t, func(r *rapid.T) {
		in := SlotsInput{Zone: zone(t, rapid.SampledFrom(zones).Draw(r, "zone")), Now: time.Unix(rapid.Int64Range(1800000000, 1830000000).Draw(r, "now"), 0)}
		from := TimeOfDay(rapid.IntRange(0, 1380).Draw(r, "from"))
		hours := []DayHours{{from, TimeOfDay(rapid.IntRange(int(from)+1, 1440).Draw(r, "to"))}}
		a := Availability{Weekly: map[Weekday][]DayHours{}, Duration: rapid.IntRange(5, 120).Draw(r, "duration"), Step: rapid.IntRange(5, 90).Draw(r, "step"),
			Padding: rapid.IntRange(0, 60).Draw(r, "padding"), Notice: rapid.IntRange(0, 3000).Draw(r, "notice"), Horizon: rapid.IntRange(1, 10).Draw(r, "horizon")}
		for _, day := range Weekdays {
			a.Weekly[day] = hours
		}
		before := a.Slots(in)
		if len(before) == 0 {
			return
		}
		chosen := rapid.SampledFrom(before).Draw(r, "slot")
		require.Nil(t, a.CheckSlot(chosen, in))
		in.Booked = []Interval{{chosen, chosen.Add(a.length())}}
		after := a.Slots(in)
		away := a.length() + time.Duration(a.Padding)*time.Minute
		for _, at := range before {
			free := at.Sub(chosen).Abs() >= away
			require.Equal(t, free, hasSlot(after, at), at)
			require.Equal(t, free, a.CheckSlot(at, in) == nil, at)
			require.False(t, at.Before(in.Now.Add(time.Duration(a.Notice)*time.Minute)))
		}
		require.LessOrEqual(t, len(after), len(before))
	})
}
