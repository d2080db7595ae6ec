package ics

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"coachflow/coaching"

	"github.com/stretchr/testify/require"
)

// seeds are calendars from which the fuzzer begins.
func seeds(f *testing.F) {
	f.Helper()
	files, err := filepath.Glob("testdata/*.ics")
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(raw)
	}
}

// Whatever a feed holds, its busy times are in order and in the window, and the same feed
// gives the same again.
func FuzzReadBusy(f *testing.F) {
	seeds(f)
	from, to := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 4, 12, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, raw []byte) {
		zone := zoneOf(t, "Europe/Berlin")
		got, err := ReadBusy(raw, zone, from, to)
		if err != nil {
			_, is := coaching.AsProblem(err)
			require.True(t, is, err)
			return
		}
		end := from.Add(-time.Nanosecond)
		for _, b := range got.Intervals {
			require.True(t, b.From.After(end) && b.From.Before(b.To) && !b.To.After(to))
			end = b.To
		}
		require.LessOrEqual(t, len(got.Warnings), maxWarnings)
		again, err := ReadBusy(raw, zone, from, to)
		require.NoError(t, err)
		require.Equal(t, got, again)
	})
}

func FuzzReadAnswer(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if _, err := ReadAnswer(raw, zoneOf(t, "America/New_York")); err != nil {
			_, is := coaching.AsProblem(err)
			require.True(t, is, err)
		}
	})
}

// Whatever people type, what is written reads back as it was, in lines of 75 bytes.
func FuzzWrite(f *testing.F) {
	f.Add("Kim", "kim@example.org", "Session", "line\nline", int64(1806400800))
	f.Add("\"Coach: Bob\"", "a\r\nb@example.org", "ü👩‍👩‍👧", `a\nb`, int64(1825114800))
	f.Fuzz(func(t *testing.T, name, address, title, text string, start int64) {
		at := time.Unix(start%4_000_000_000, 0).UTC()
		m := coaching.CalendarMail{To: coaching.Attendee{Address: address, Name: name}, UID: "s@example.org", Method: coaching.CalendarRequest, Stamp: time.Unix(1, 0),
			Appointment: coaching.Appointment{Start: at, End: at.Add(time.Hour), Title: title, Text: text, Place: title, URL: text}}
		raw, err := Mail(m, organizer, zoneOf(t, "Europe/Berlin"))
		if err != nil {
			return
		}
		for line := range strings.SplitSeq(string(raw), "\r\n") {
			require.LessOrEqual(t, len(line), lineLength)
			require.True(t, utf8.ValidString(line))
			require.NotContains(t, line, "\n")
		}
		got, err := ReadAnswer(raw, time.UTC)
		require.NoError(t, err)
		require.Equal(t, "s@example.org", got.UID)
		require.Equal(t, at, got.Start)
		require.Equal(t, at.Add(time.Hour), got.End)
		require.Len(t, got.Attendees, 1)
		require.Equal(t, strings.ReplaceAll(oneLine(name), `"`, "'"), got.Attendees[0].Name)
	})
}
