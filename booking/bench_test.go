package booking

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/coaching"
)

// largeFeed is a feed of about a megabyte, as calendars of several years are: most entries
// are single ones, and one of ten comes again each week.
func largeFeed() []byte {
	var out strings.Builder
	out.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
	for i := range 3300 {
		at := time.Date(2024, 1, 4, 8, 0, 0, 0, time.UTC).Add(time.Duration(i) * 17 * time.Hour)
		fmt.Fprintf(&out, "BEGIN:VEVENT\r\nUID:%d@example.org\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;TZID=Europe/Berlin:%s\r\nDURATION:PT1H\r\nSUMMARY:Something\r\nDESCRIPTION:%s\r\n",
			i, at.Format("20060102T150405"), strings.Repeat("words ", 25))
		if i%10 == 0 {
			out.WriteString("RRULE:FREQ=WEEKLY;BYDAY=MO,TH\r\n")
		}
		out.WriteString("END:VEVENT\r\n")
	}
	out.WriteString("END:VCALENDAR\r\n")
	return []byte(out.String())
}

var benchNow = time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)

// What a fetch takes for a feed of a megabyte, beside the network and the database.
func BenchmarkWorkOut_AMegabyte(b *testing.B) {
	raw := largeFeed()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		read, err := workOut(raw, time.UTC, benchNow)
		require.NoError(b, err)
		require.NotEmpty(b, read.busy)
	}
}

// What the slots of a coach take with the busy times of five such feeds, beside the
// database.
func BenchmarkSlots_FiveLargeCalendars(b *testing.B) {
	read, err := workOut(largeFeed(), time.UTC, benchNow)
	require.NoError(b, err)
	stored, err := pack(read.busy)
	require.NoError(b, err)
	c := Coach{Zone: time.UTC, Own: true, Availability: coaching.DefaultAvailability()}
	for b.Loop() {
		c.Busy = nil
		for range coaching.MostBusyCalendars {
			busy, err := unpack(stored)
			require.NoError(b, err)
			c.Busy = append(c.Busy, busy...)
		}
		c.Busy = coaching.MergeIntervals(c.Busy)
		c.Slots(benchNow, "", "")
	}
}
