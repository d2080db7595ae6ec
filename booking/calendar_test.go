package booking

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/coaching"
)

func TestPack_IsReadBack(t *testing.T) {
	t.Parallel()
	at := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	for _, busy := range [][]coaching.Interval{{}, {{From: at, To: at.Add(time.Hour)}}, {{From: at, To: at.Add(time.Second)}, {From: at.AddDate(1, 0, 0), To: at.AddDate(1, 0, 1)}}} {
		stored, err := pack(busy)
		require.NoError(t, err)
		got, err := unpack(stored)
		require.NoError(t, err)
		require.Equal(t, busy, got)
	}
	stored, err := pack(nil)
	require.NoError(t, err)
	require.Equal(t, "[]", string(stored), "nothing is busy, which is known")
}

func TestWorkOut_OneWordForEachSortOfWarning(t *testing.T) {
	t.Parallel()
	feed := "BEGIN:VCALENDAR\r\n"
	for range 3 {
		feed += "BEGIN:VEVENT\r\nDTSTART:soon\r\nEND:VEVENT\r\n"
	}
	for _, uid := range []string{"a", "b"} {
		feed += "BEGIN:VEVENT\r\nUID:" + uid + "\r\nDTSTART:soon\r\nEND:VEVENT\r\n"
	}
	got, err := workOut([]byte(feed+"END:VCALENDAR\r\n"), time.UTC, time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	require.Empty(t, got.busy)
	require.Equal(t, []string{"An entry of the calendar cannot be read, and is left out. (3 times)"}, got.warnings.Words, "those without a UID are one for the reader of feeds")
}

// A time at which another calendar has something is not booked either. A session that is
// moved may overlap its old time, also where the coach has it in that calendar, too.
func TestCoach_WhatIsBusyIsNotBooked(t *testing.T) {
	t.Parallel()
	now := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC) // a Monday
	at := func(hour int) time.Time { return time.Date(2027, 3, 3, hour, 0, 0, 0, time.UTC) }
	session := coaching.Interval{From: at(9), To: at(10)}
	id := uuid.New()
	c := Coach{Zone: time.UTC, Own: true, Availability: coaching.DefaultAvailability(), Booked: []Appointment{{session, id}},
		Busy: coaching.MergeIntervals([]coaching.Interval{session, {From: at(14), To: at(15)}})}
	check := func(start time.Time, moves uuid.UUID, want string) {
		t.Helper()
		problem := c.Check(coaching.SlotRequest{Start: start, Minutes: 60, Moves: moves, Now: now})
		if want == "" {
			require.Nil(t, problem)
			return
		}
		require.NotNil(t, problem)
		require.Equal(t, want, problem.Code)
	}
	check(at(14), uuid.Nil, "slot_taken")
	check(at(15), uuid.Nil, "slot_taken") // the padding
	check(at(16), uuid.Nil, "")
	check(at(9).Add(30*time.Minute), uuid.Nil, "slot_taken")
	check(at(9).Add(30*time.Minute), id, "")
	check(at(14), id, "slot_taken")
	require.Len(t, c.Busy, 2, "the coach is as before")
}
