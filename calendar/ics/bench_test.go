package ics

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// largeFeed is a feed of about a megabyte, as calendars of several years are: most entries
// are single ones of before, and one of ten comes again each week.
func largeFeed() []byte {
	var lines []string
	for i := range 3300 {
		at := time.Date(2021, 1, 4, 8, 0, 0, 0, time.UTC).Add(time.Duration(i) * 17 * time.Hour).Format("20060102T150405")
		entry := "UID:" + fmt.Sprint(i) + "@example.org | DTSTAMP:20260101T000000Z | DTSTART;TZID=Europe/Berlin:" + at + " | DURATION:PT1H | SUMMARY:Something | DESCRIPTION:" + strings.Repeat("words ", 25)
		if i%10 == 0 {
			entry += " | RRULE:FREQ=WEEKLY;BYDAY=MO,TH"
		}
		lines = append(lines, event(entry))
	}
	return feed(lines...)
}

// What the page with the slots waits for, where a coach has one feed of a megabyte.
func BenchmarkReadBusy_AMegabyte(b *testing.B) {
	raw := largeFeed()
	from := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		got, err := ReadBusy(raw, time.UTC, from, from.AddDate(0, 0, 60))
		require.NoError(b, err)
		require.NotEmpty(b, got.Intervals)
	}
}
