package coaching

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// calendarActs are acts on a session by the words of a test. An upper case letter is a
// person.
func calendarAct(s *CalendarSession, act string) {
	what, who, _ := strings.Cut(act, " ")
	switch what {
	case "in":
		s.Attendees = append(slices.Clone(s.Attendees), Attendee{strings.ToLower(who) + "@example.org", who})
	case "out":
		s.Attendees = slices.DeleteFunc(slices.Clone(s.Attendees), func(a Attendee) bool { return a.Name == who })
	case "move":
		s.Start, s.End = s.Start.Add(time.Hour), s.End.Add(time.Hour)
	case "place":
		s.Place += "x"
	case "pending", "scheduled", "cancelled", "over":
		s.Status = CalendarStatus(what)
	}
}

// written is a mail in a few letters: "R1 K 10" is a REQUEST of sequence 1 to K for ten
// o'clock, and "R0' K 10" one of the second UID.
func written(m CalendarMail) string {
	round := strings.Repeat("'", strings.Count(m.UID, ".2@")+2*strings.Count(m.UID, ".3@"))
	return fmt.Sprintf("%c%d%s %s %s", m.Method[0], m.Sequence, round, m.To.Name, m.Start.UTC().Format("15"))
}

func TestR11_WhoGetsWhichCalendarMail(t *testing.T) {
	t.Parallel()
	// Acts that are joined by "+" are saved as one; what is mailed stands behind the arrow.
	check := func(name string, story ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := at(t, "2027-03-30T10:00:00Z")
			session := CalendarSession{Status: CalendarPending, Appointment: Appointment{Start: start, End: start.Add(time.Hour), Title: "Session", Coach: "C"}}
			calendar := SessionCalendar{UID: "s@example.org"}
			var told []string
			for _, line := range story {
				acts, _, _ := strings.Cut(line, " →")
				for act := range strings.SplitSeq(acts, " + ") {
					calendarAct(&session, act)
				}
				stored, err := json.Marshal(calendar) // each act finds what the one before has stored
				require.NoError(t, err)
				calendar = SessionCalendar{}
				require.NoError(t, json.Unmarshal(stored, &calendar))
				var mails []CalendarMail
				calendar, mails = calendar.Update(session, start.AddDate(0, 0, -7))
				words := make([]string, len(mails))
				for i, m := range mails {
					words[i] = written(m)
				}
				told = append(told, strings.TrimSpace(acts+" → "+strings.Join(words, ", ")))
			}
			require.Equal(t, story, told)
		})
	}
	check("removed and moved in one act: the CANCEL names the time that S knows",
		"in C + in S + scheduled → R0 C 10, R0 S 10", "out S + move → C1 S 10, R1 C 11")
	check("added and moved in one act: everybody has one number",
		"in C + scheduled → R0 C 10", "in S + move → R1 C 11, R1 S 11")
	check("added again after others have gone on: above all that was",
		"in C + in S + scheduled → R0 C 10, R0 S 10", "out S → C1 S 10", "move → R2 C 11", "in S → R3 S 11", "in K → R3 K 11", "move → R4 C 12, R4 S 12, R4 K 12")
	check("the last one is removed, and others come",
		"in S + scheduled → R0 S 10", "out S → C1 S 10", "move →", "in K → R1 K 11", "in S → R2 S 11", "cancelled → C3 S 11, C3 K 11")
	check("one mailbox in two spellings is one calendar",
		"in K + in K + scheduled → R0 K 10", "in K →")
	check("nobody to tell", "scheduled →", "move →", "in K → R0 K 11")
	check("cancelled twice, and anew twice",
		"in K + scheduled → R0 K 10", "cancelled → C1 K 10", "cancelled →", "move →", "scheduled → R0' K 11", "move → R1' K 12", "cancelled → C2' K 12", "scheduled → R0'' K 12")
	check("cancelled before anybody knew: the UID is still new",
		"in K →", "cancelled →", "scheduled → R0 K 10")
	check("people change while it is off", "in K + in S + scheduled → R0 K 10, R0 S 10", "cancelled → C1 K 10, C1 S 10", "out S →", "in C →", "scheduled → R0' K 10, R0' C 10")
	check("a move that waits for an approval", "in K + scheduled → R0 K 10", "pending + move →", "move →", "scheduled → R1 K 12")
	check("an approval that is refused ends it for who has it", "in K + scheduled → R0 K 10", "pending + move →", "cancelled → C1 K 10")
	check("over, and opened again", "in K + scheduled → R0 K 10", "over →", "place →", "out K →", "in K →", "scheduled → R1 K 10")
	check("cancelled and changed in one act", "in K + scheduled → R0 K 10", "cancelled + move → C1 K 10")
}

func TestR10_NoCalendarMailBeforeTheApproval(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		session := CalendarSession{Status: CalendarPending, Appointment: Appointment{Start: time.Unix(1806400800, 0)}}
		calendar := SessionCalendar{UID: "s@example.org"}
		for range rapid.IntRange(0, 10).Draw(t, "acts") {
			calendarAct(&session, rapid.SampledFrom([]string{"in K", "in C", "out K", "move", "place", "cancelled", "pending"}).Draw(t, "act"))
			var mails []CalendarMail
			calendar, mails = calendar.Update(session, time.Unix(1800000000, 0))
			require.Empty(t, mails)
		}
		require.Equal(t, SessionCalendar{UID: "s@example.org"}, calendar)
	})
}

// Over any acts: each mail to a calendar is above the one before it, in number and stamp,
// a CANCEL follows a REQUEST, and in the end those who come hold what is true.
func TestR11_OverAnyOrderOfActs(t *testing.T) {
	t.Parallel()
	acts := []string{"in K", "in C", "in S", "out K", "out C", "out S", "move", "place", "pending", "scheduled", "cancelled", "over", "nothing"}
	rapid.Check(t, func(t *rapid.T) {
		session := CalendarSession{Status: CalendarPending, Appointment: Appointment{Start: time.Unix(1806400800, 0).UTC()}}
		calendar := SessionCalendar{UID: "s@example.org"}
		last := map[[2]string]CalendarMail{}
		now := time.Unix(1800000000, 0)
		for range rapid.IntRange(1, 30).Draw(t, "acts") {
			calendarAct(&session, rapid.SampledFrom(acts).Draw(t, "act"))
			now = now.Add(time.Duration(rapid.IntRange(-1, 2).Draw(t, "milliseconds")) * 400 * time.Millisecond)
			var mails []CalendarMail
			calendar, mails = calendar.Update(session, now)
			for _, m := range mails {
				before, known := last[[2]string{m.UID, m.To.Address}]
				if known {
					require.Greater(t, m.Sequence, before.Sequence)
					require.True(t, m.Stamp.After(before.Stamp))
				}
				if m.Method == CalendarCancel {
					require.True(t, known && before.Method == CalendarRequest)
					require.Equal(t, before.Appointment, m.Appointment)
				}
				last[[2]string{m.UID, m.To.Address}] = m
			}
			again, mails := calendar.Update(session, now)
			require.Empty(t, mails)
			require.Equal(t, calendar, again)
		}
		if session.Status != CalendarScheduled && session.Status != CalendarCancelled {
			return
		}
		var hold []string
		for _, m := range last {
			if m.Method == CalendarRequest {
				hold = append(hold, m.To.Address)
				require.Equal(t, calendar.UIDNow(), m.UID)
				require.Equal(t, session.Appointment, m.Appointment)
			}
		}
		var come []string
		for _, a := range session.People() {
			if session.Status == CalendarScheduled {
				come = append(come, a.Address)
			}
		}
		require.ElementsMatch(t, come, hold)
	})
}

func TestR11_ACancelNeverOvertakesItsRequest(t *testing.T) {
	t.Parallel()
	// r and c wait, R? and C? may have left, R and C have left, x is dropped.
	outcomes := map[string]CalendarOutcome{"": CalendarLeft, "?": CalendarUnknown, "x": CalendarDropped}
	check := func(queue string, next int, dropped ...int) {
		t.Helper()
		var mails []QueuedCalendarMail
		for word := range strings.FieldsSeq(queue) {
			m := QueuedCalendarMail{CalendarRequest, outcomes[word[1:]]}
			if word[0] == 'c' || word[0] == 'C' {
				m.Method = CalendarCancel
			}
			if word == "r" || word == "c" {
				m.Outcome = CalendarWaits
			}
			mails = append(mails, m)
		}
		gotNext, gotDropped := NextCalendarMail(mails)
		require.Equal(t, next, gotNext, queue)
		require.Equal(t, dropped, gotDropped, queue)
	}
	check("", -1)
	check("r", 0)
	check("R r", 1)
	check("r r r", 2, 0, 1)
	check("R r r", 2, 1)
	check("R c", 1)
	check("R r c", 1)
	check("R R c", 2)
	check("r c", -1, 0, 1)
	check("r r c", -1, 0, 1, 2)
	check("R? c", 0)
	check("R? r c", 0)
	check("R C", -1)
	check("R C r", 2)
	check("R C r c", -1, 2, 3)
	check("R C? r", 1)
	check("R c r", 2, 1) // removed and added again before anybody was told
	check("r c r", 2, 0, 1)
	check("R c r c", 2, 1)
	check("Rx c", -1, 1)
}
