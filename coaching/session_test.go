package coaching

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSessionFacts_May(t *testing.T) {
	t.Parallel()
	now := time.Date(2027, 3, 28, 1, 0, 0, 0, time.UTC)
	before, after := now.Add(-time.Minute), now.Add(time.Minute)
	check := func(state SessionState, start time.Time, want string, kinds ...SessionActKind) {
		t.Helper()
		for _, kind := range kinds {
			code := ""
			if p := (SessionFacts{State: state, Start: start, Now: now}).May(kind); p != nil {
				code = p.Code
				require.Equal(t, Conflict, p.Class)
			}
			require.Equal(t, want, code, "%s of a session that is %s", kind, state)
		}
	}
	for _, state := range []SessionState{SessionToSchedule, SessionCancelled, SessionNoShow} {
		check(state, before, "", ScheduleSession, AddAttendee, RemoveAttendee)
		check(state, before, "session_not_scheduled", RescheduleSession, CancelSession, AskForChange, MissSession)
	}
	check(SessionToSchedule, time.Time{}, "session_not_scheduled", HoldSession)
	check(SessionCancelled, before, "session_not_scheduled", HoldSession)
	check(SessionNoShow, before, "", HoldSession)
	check(SessionScheduled, after, "", RescheduleSession, CancelSession, AskForChange, AddAttendee, RemoveAttendee)
	check(SessionScheduled, after, "session_scheduled", ScheduleSession)
	check(SessionScheduled, after, "session_not_begun", HoldSession, MissSession)
	for _, start := range []time.Time{now, before} { // in the very moment it has begun
		check(SessionScheduled, start, "", HoldSession, MissSession)
		check(SessionScheduled, start, "session_begun", RescheduleSession, CancelSession, AskForChange, AddAttendee, RemoveAttendee)
	}
}

func TestSessionAct_Check(t *testing.T) {
	t.Parallel()
	at, err := ParseLocalTime("2027-03-28T02:30") // a time that Berlin's clocks skip
	require.NoError(t, err)
	check := func(act SessionAct, want ...string) {
		t.Helper()
		var paths []string
		if p := act.Check(); p != nil {
			for _, field := range p.Fields {
				paths = append(paths, field.Path)
			}
		}
		require.Equal(t, want, paths)
	}
	check(SessionAct{Kind: ScheduleSession, At: &at, Zone: "Europe/Berlin"})
	check(SessionAct{Kind: ScheduleSession}, "at")
	check(SessionAct{Kind: RescheduleSession, At: &at, Zone: "Local", Minutes: 3, Place: new("a\nb"), Reason: strings.Repeat("x", 1001)}, "time_zone", "minutes", "place", "reason")
	check(SessionAct{Kind: AddAttendee}, "attendee")
	check(SessionAct{Kind: AddAttendee, Attendee: &RecipientSpec{Email: "kim"}}, "attendee.email")
	check(SessionAct{Kind: AskForChange, Reason: " \n"}, "reason")
	check(SessionAct{Kind: CancelSession, Reason: "a\x00b"}, "reason")
}

func TestCheckPlace(t *testing.T) {
	t.Parallel()
	for place, fine := range map[string]bool{
		"": true, "Room 4, Hauptstraße 1": true, "https://meet.example.com/r?x=1": true, "At 5: the café": true, "Büro :// links": true,
		"https://": false, "javascript://x/%0aalert(1)": false, "ftp://example.com/": false, "https://a:b@example.com/": false, "https://example.com/a b": false,
		"Room\u200b": false, "Room 1\r\nBEGIN:VALARM": false, strings.Repeat("x", 501): false,
	} {
		require.Equal(t, fine, CheckPlace(place, "place") == nil, "%q", place)
	}
	require.Equal(t, "https://meet.example.com/r", JoinURL("https://meet.example.com/r"))
	require.Empty(t, JoinURL("Room 4"))
}

func TestHeldByItself(t *testing.T) {
	t.Parallel()
	start := time.Date(2027, 3, 27, 12, 0, 0, 0, time.UTC) // the clocks change in the night: elapsed time counts
	require.Equal(t, time.Date(2027, 3, 28, 13, 0, 0, 0, time.UTC), HeldByItself(start, 60, true))
	require.Zero(t, HeldByItself(start, 60, false))
	require.Equal(t, start.Add(-24*time.Hour), ByLinkUntil(start, 24))
}
