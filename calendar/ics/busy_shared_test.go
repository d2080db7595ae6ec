package ics

import (
	"errors"
	"testing"
	"time"

	"coachflow/coaching"
	"coachflow/dev/cases"

	"github.com/stretchr/testify/require"
)

// busyCase is a feed with what it says.
type busyCase struct {
	File, Rule, Zone string
	Window           [2]time.Time
	Busy             [][2]time.Time
	Error            bool // refused; what was read before stays in force
	Limit            bool // the entry is refused, and costs little
	Warning          bool
}

// inWindow is a list of busy times as ReadBusy gives it.
func (c busyCase) inWindow() []coaching.Interval {
	var in []coaching.Interval
	for _, b := range c.Busy {
		in = append(in, coaching.Interval{From: later(b[0], c.Window[0]), To: earlier(b[1], c.Window[1])})
	}
	return coaching.MergeIntervals(in)
}

func TestShared_Busy(t *testing.T) {
	t.Parallel()
	var table struct{ Cases []busyCase }
	cases.JSON(t, "calendar", "busy.json", &table)
	require.NotEmpty(t, table.Cases)
	for _, c := range table.Cases {
		t.Run(c.File, func(t *testing.T) {
			t.Parallel()
			got, err := ReadBusy(cases.Read(t, "calendar", c.File), zoneOf(t, c.Zone), c.Window[0], c.Window[1])
			if c.Limit && err == nil {
				require.NotEmpty(t, got.Warnings, c.Rule)
				require.Empty(t, got.Intervals, c.Rule)
				return
			}
			if c.Error {
				var p *coaching.Problem
				require.True(t, errors.As(err, &p), c.Rule)
				return
			}
			require.NoError(t, err, c.Rule)
			require.Equal(t, c.inWindow(), got.Intervals, c.Rule)
			if c.Warning {
				require.NotEmpty(t, got.Warnings, c.Rule)
			}
		})
	}
}

func TestShared_WindowsZones(t *testing.T) {
	t.Parallel()
	table := map[string]string{}
	cases.JSON(t, "calendar", "windows_zones.json", &table)
	require.Equal(t, table, windowsZones)
}
