package app_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

func TestAvailability_NothingIsOfferedUntilItIsSet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	read, err := w.app.GetAvailability(t.Context(), w.clara, w.clara.Person)
	require.NoError(t, err)
	require.False(t, read.Set)
	slots, err := w.app.ListSlots(t.Context(), w.clara, w.clara.Person, "", "")
	require.NoError(t, err)
	require.Empty(t, slots)

	in := read.Availability
	in.MostPerDay = 2
	set, err := w.app.SetAvailability(t.Context(), w.clara, w.clara.Person, read.Version, in)
	require.NoError(t, err)
	require.True(t, set.Set)
	require.Equal(t, in, set.Availability, "what is stored is read back")
	slots, err = w.app.ListSlots(t.Context(), w.admin, w.clara.Person, "", "")
	require.NoError(t, err)
	require.NotEmpty(t, slots)
	date := coaching.Date(slots[len(slots)-1].Start.Format("2006-01-02"))
	last, err := w.app.ListSlots(t.Context(), w.admin, w.clara.Person, date, date)
	require.NoError(t, err)
	require.Equal(t, slots[len(slots)-len(last):], last)
	require.Less(t, len(last), len(slots))
}

func TestAvailability_OfTwoChangesTheSecondReadsAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := coaching.DefaultAvailability()
	for _, version := range []int{2, 3} {
		_, err := w.app.SetAvailability(t.Context(), w.clara, w.clara.Person, version, in)
		requireProblem(t, err, "availability_changed")
	}
	first, err := w.app.SetAvailability(t.Context(), w.clara, w.clara.Person, 1, in)
	require.NoError(t, err)
	for _, version := range []int{1, 3} {
		_, err = w.app.SetAvailability(t.Context(), w.admin, w.clara.Person, version, in)
		requireProblem(t, err, "availability_changed")
	}
	second, err := w.app.SetAvailability(t.Context(), w.admin, w.clara.Person, first.Version, in)
	require.NoError(t, err)
	require.Greater(t, second.Version, first.Version)
}

func TestAvailability_WhatCannotBeMeantIsRefusedWithItsPlaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := coaching.DefaultAvailability()
	in.Duration, in.Weekly["someday"] = 1, nil
	in.Exceptions = map[coaching.Date][]coaching.DayHours{"2027-02-30": nil}
	_, err := w.app.SetAvailability(t.Context(), w.clara, w.clara.Person, 1, in)
	problem, is := coaching.AsProblem(err)
	require.True(t, is)
	var paths []string
	for _, field := range problem.Fields {
		paths = append(paths, field.Path)
	}
	slices.Sort(paths)
	require.Equal(t, []string{"body.duration_minutes", "body.exceptions.2027-02-30", "body.weekly.someday"}, paths)
	_, err = w.app.ListSlots(t.Context(), w.clara, w.clara.Person, "tomorrow", "")
	requireProblem(t, err, "date_invalid")
}

func TestAvailability_AScheduledSessionIsTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := coaching.DefaultAvailability()
	for _, day := range coaching.Weekdays {
		in.Weekly[day] = []coaching.DayHours{{From: 0, To: 24 * 60}}
	}
	_, err := w.app.SetAvailability(t.Context(), w.clara, w.clara.Person, 1, in)
	require.NoError(t, err)
	free := func() []app.Slot {
		slots, err := w.app.ListSlots(t.Context(), w.clara, w.clara.Person, "", "")
		require.NoError(t, err)
		return slots
	}
	before := free()
	w.scheduledSession()
	var starts time.Time
	require.NoError(t, w.superuser.QueryRow(t.Context(), "SELECT starts_at FROM item_sessions WHERE state = 'scheduled' AND org_id = $1", w.admin.Org).Scan(&starts))
	near := func(s app.Slot) bool {
		return s.Start.Before(starts.Add(75*time.Minute)) && s.End.After(starts.Add(-15*time.Minute))
	}
	count := func(slots []app.Slot) (n int) {
		for _, slot := range slots {
			if near(slot) {
				n++
			}
		}
		return n
	}
	taken := count(before)
	require.NotZero(t, taken)
	require.Zero(t, count(free()), "the padding around it is kept free, too")
	require.Len(t, free(), len(before)-taken, "nothing else is gone")
	w.exec("DELETE FROM bookings WHERE org_id = $1", w.admin.Org)
	require.Equal(t, taken, count(free()), "what is not booked any more is free again")
}
