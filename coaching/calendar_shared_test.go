package coaching

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"coachflow/dev/cases"

	"github.com/stretchr/testify/require"
)

// lifecycleRow is the story of one session.
type lifecycleRow struct {
	Row   int
	Name  string
	Steps []struct {
		Act       string
		Mails     []lifecycleMail
		Reminders *[][2]string `json:"reminders_pending"`
	}
	// What the client may have received in the end, and what never, where mails to
	// them cannot be sent for a while.
	Allowed [][]string `json:"allowed_for_K"`
	Never   [][]string `json:"never_for_K"`
}

type lifecycleMail struct {
	To, Method, UID string
	Sequence        int
	Status, Start   string
	Attendees       []string
}

// lifecyclePeople are the people of the rows by the letters of the acts.
var lifecyclePeople = map[string]Attendee{
	"C":  {"coach@example.org", "Clara"},
	"C2": {"coach2@example.org", "Cora"},
	"K":  {"client@example.org", "Kim"},
	"S":  {"sam@example.net", "Sam"},
}

var lifecycleTimes = map[string]string{"T0": "2027-03-30T10:00", "T1": "2027-03-31T10:00", "T2": "2027-04-01T14:00"}

// lifecycleActs say what the words of an act do to the session.
var lifecycleActs = []struct {
	words *regexp.Regexp
	do    func(t *testing.T, s *CalendarSession, word []string)
}{
	{regexp.MustCompile(`^schedule ([A-Z0-9,]+) at (T\d)`), func(t *testing.T, s *CalendarSession, word []string) {
		s.Status, s.Attendees = CalendarScheduled, nil
		for _, letter := range strings.Split(word[1], ",") {
			s.Attendees = append(s.Attendees, lifecyclePerson(t, letter))
		}
		s.Title, s.Coach = "Coaching session", s.Attendees[0].Name
		lifecycleMove(t, s, word[2])
	}},
	{regexp.MustCompile(`^schedule again at (T\d)`), func(t *testing.T, s *CalendarSession, word []string) {
		s.Status = CalendarScheduled
		lifecycleMove(t, s, word[1])
	}},
	{regexp.MustCompile(`^request at (T\d) with approval`), func(t *testing.T, s *CalendarSession, word []string) {
		s.Status, s.Attendees = CalendarPending, []Attendee{lifecyclePeople["C"], lifecyclePeople["K"]}
		s.Title, s.Coach = "Coaching session", "Clara"
		lifecycleMove(t, s, word[1])
	}},
	{regexp.MustCompile(`^approved`), func(_ *testing.T, s *CalendarSession, _ []string) { s.Status = CalendarScheduled }},
	{regexp.MustCompile(`^moved? to (T\d)`), func(t *testing.T, s *CalendarSession, word []string) { lifecycleMove(t, s, word[1]) }},
	{regexp.MustCompile(`^add ([A-Z]\d?)\b`), func(t *testing.T, s *CalendarSession, word []string) {
		s.Attendees = append(s.Attendees, lifecyclePerson(t, word[1]))
	}},
	{regexp.MustCompile(`^remove ([A-Z]\d?)\b`), func(t *testing.T, s *CalendarSession, word []string) {
		out := lifecyclePerson(t, word[1])
		s.Attendees = slices.DeleteFunc(slices.Clone(s.Attendees), func(a Attendee) bool { return a == out })
	}},
	{regexp.MustCompile(`^(?:cancel|rejected)`), func(_ *testing.T, s *CalendarSession, _ []string) { s.Status = CalendarCancelled }},
	{regexp.MustCompile(`^coach2 takes over`), func(_ *testing.T, s *CalendarSession, _ []string) {
		s.Attendees = append([]Attendee{lifecyclePeople["C2"]}, s.Attendees[1:]...)
		s.Coach = lifecyclePeople["C2"].Name
	}},
	{regexp.MustCompile(`^client's address changes`), func(_ *testing.T, s *CalendarSession, _ []string) {
		s.Attendees = slices.Clone(s.Attendees)
		for i := range s.Attendees {
			s.Attendees[i].Address = strings.Replace(s.Attendees[i].Address, "client@", "client.new@", 1)
		}
	}},
	{regexp.MustCompile(`^(?:join )?URL changed`), func(_ *testing.T, s *CalendarSession, _ []string) { s.URL += "https://meet.example.org/room" }},
	{regexp.MustCompile(`^(?:place|room)\b.* changed`), func(_ *testing.T, s *CalendarSession, _ []string) { s.Place += "Room 5" }},
	{regexp.MustCompile(`^title\b.* changed`), func(_ *testing.T, s *CalendarSession, _ []string) { s.Title += ", second part" }},
	{regexp.MustCompile(`^marked held`), func(_ *testing.T, s *CalendarSession, _ []string) { s.Status = CalendarOver }},
	{regexp.MustCompile(`^(?:coach's private note|saved without|same time chosen|METHOD:REPLY)`), func(*testing.T, *CalendarSession, []string) {}},
}

func lifecyclePerson(t *testing.T, letter string) Attendee {
	t.Helper()
	person, known := lifecyclePeople[letter]
	require.True(t, known, "who is %s?", letter)
	return person
}

func lifecycleMove(t *testing.T, s *CalendarSession, to string) {
	t.Helper()
	wall, err := ParseLocalTime(lifecycleTimes[to])
	require.NoError(t, err, to)
	s.Start = wall.In(zone(t, "Europe/Berlin"))
	s.End = s.Start.Add(time.Hour)
}

func lifecycleAct(t *testing.T, s *CalendarSession, act string) {
	t.Helper()
	for _, known := range lifecycleActs {
		if word := known.words.FindStringSubmatch(act); word != nil {
			known.do(t, s, word)
			return
		}
	}
	require.Fail(t, "the test does not know this act", act)
}

func TestShared_Lifecycle(t *testing.T) {
	t.Parallel()
	var table struct{ Rows []lifecycleRow }
	cases.JSON(t, "calendar", "lifecycle.json", &table)
	require.NotEmpty(t, table.Rows)
	for _, row := range table.Rows {
		t.Run(fmt.Sprintf("%d %s", row.Row, row.Name), func(t *testing.T) {
			t.Parallel()
			checkLifecycle(t, row)
		})
	}
}

func checkLifecycle(t *testing.T, row lifecycleRow) {
	t.Helper()
	var session CalendarSession
	calendar := SessionCalendar{UID: "sess-1@example.org"}
	now := at(t, "2027-03-01T09:00:00Z")
	var toClient [][]CalendarMail // of each step
	for _, step := range row.Steps {
		now = now.Add(time.Hour)
		lifecycleAct(t, &session, step.Act)
		var mails []CalendarMail
		calendar, mails = calendar.Update(session, now)
		if row.Allowed != nil {
			toClient = append(toClient, slices.DeleteFunc(slices.Clone(mails), func(m CalendarMail) bool { return m.To != lifecyclePeople["K"] }))
			mails = slices.DeleteFunc(mails, func(m CalendarMail) bool { return m.To == lifecyclePeople["K"] })
		}
		require.Equal(t, step.Mails, lifecycleMails(t, mails), step.Act)
		if step.Reminders != nil {
			require.Equal(t, *step.Reminders, lifecycleReminders(session, now), step.Act)
		}
	}
	if row.Allowed != nil {
		checkOutage(t, row, toClient)
	}
}

func lifecycleMails(t *testing.T, mails []CalendarMail) []lifecycleMail {
	t.Helper()
	out := []lifecycleMail{}
	for _, m := range mails {
		status := map[CalendarMethod]string{CalendarRequest: "CONFIRMED", CalendarCancel: "CANCELLED"}[m.Method]
		start := m.Start.In(zone(t, "Europe/Berlin")).Format(wallLayout) + " Europe/Berlin"
		attendees := []string{m.To.Address}
		for _, other := range m.Others {
			attendees = append(attendees, other.Address)
		}
		slices.Sort(attendees)
		out = append(out, lifecycleMail{m.To.Address, string(m.Method), m.UID, m.Sequence, status, start, attendees})
	}
	return out
}

func lifecycleReminders(s CalendarSession, now time.Time) [][2]string {
	pending := [][2]string{}
	for _, person := range s.People() {
		for _, step := range DefaultLadders[SessionLadder].OfSession(s, now).Steps {
			pending = append(pending, [2]string{person.Address, fmt.Sprintf("-%.0fh", s.Start.Sub(step.At).Hours())})
		}
	}
	return pending
}

// checkOutage tries all ways in which the mails of the steps can fare until the transport
// is back in the last one: each try leaves, surely does not leave, or nobody knows.
func checkOutage(t *testing.T, row lifecycleRow, steps [][]CalendarMail) {
	t.Helper()
	type fate struct {
		outcome CalendarOutcome
		arrives bool
	}
	fates := []fate{{CalendarWaits, false}, {CalendarUnknown, false}, {CalendarUnknown, true}, {CalendarLeft, true}}
	seen := map[string]bool{}
	var story func(step int, mails []CalendarMail, queue []QueuedCalendarMail, received []string)
	story = func(step int, mails []CalendarMail, queue []QueuedCalendarMail, received []string) {
		if step == len(steps) {
			require.Contains(t, row.Allowed, received)
			require.NotContains(t, row.Never, received)
			seen[strings.Join(received, ", ")] = true
			return
		}
		mails = append(slices.Clone(mails), steps[step]...)
		for range steps[step] {
			queue = append(slices.Clone(queue), QueuedCalendarMail{mails[len(queue)].Method, CalendarWaits})
		}
		last := step == len(steps)-1
		var try func(tries int, queue []QueuedCalendarMail, received []string)
		try = func(tries int, queue []QueuedCalendarMail, received []string) {
			next, dropped := NextCalendarMail(queue)
			queue = slices.Clone(queue)
			for _, i := range dropped {
				queue[i].Outcome = CalendarDropped
			}
			if next < 0 || tries == 0 {
				story(step+1, mails, queue, received)
				return
			}
			for _, f := range fates {
				after, got := slices.Clone(queue), received
				switch {
				case last:
					f = fates[3]
				case f.outcome == CalendarWaits:
					f.outcome = queue[next].Outcome // what may have left stays so
				}
				after[next].Outcome = f.outcome
				name := fmt.Sprintf("%s %d", mails[next].Method, mails[next].Sequence)
				if f.arrives && !slices.Contains(got, name) { // the same bytes twice are one mail
					got = append(slices.Clone(got), name)
				}
				try(tries-1, after, got)
				if last {
					return
				}
			}
		}
		tries := 2
		if last {
			tries = 5
		}
		try(tries, queue, received)
	}
	story(0, nil, nil, []string{})
	for _, allowed := range row.Allowed {
		require.True(t, seen[strings.Join(allowed, ", ")], "%v never comes about", allowed)
	}
}
