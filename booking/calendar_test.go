package booking

import (
	"testing"
	"time"

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
