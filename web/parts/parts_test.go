package parts

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRelative_SaysTheDistanceInTheReadersCalendar(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	now := time.Date(2026, 11, 28, 22, 30, 0, 0, berlin)
	r := Reader{Now: now, Zone: berlin}
	for want, at := range map[string]time.Time{
		"in a moment":   now.Add(20 * time.Second),
		"just now":      now.Add(-20 * time.Second),
		"in 20 minutes": now.Add(20 * time.Minute),
		"1 minute ago":  now.Add(-time.Minute),
		"in 3 hours":    now.Add(3 * time.Hour), // after midnight, and still soon
		"tomorrow":      now.Add(14 * time.Hour),
		"yesterday":     now.Add(-23 * time.Hour),
		"in 3 days":     time.Date(2026, 12, 1, 0, 1, 0, 0, berlin),
		"60 days ago":   now.AddDate(0, 0, -60),
		"1 Feb 2027":    time.Date(2027, 2, 1, 9, 0, 0, 0, berlin),
	} {
		require.Equal(t, want, r.relative(at))
	}
}

func TestRelative_CountsDaysOverTheChangeOfTheClock(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	r := Reader{Now: time.Date(2026, 10, 24, 12, 0, 0, 0, berlin), Zone: berlin}
	require.Equal(t, "in 2 days", r.relative(time.Date(2026, 10, 26, 1, 0, 0, 0, berlin)))
}

func TestInitials(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"Amara Okafor": "AO", "clara": "C", "Jean-Luc de Vries": "JV", "": "?", "…": "?", "李 小龙": "李小", "Ben (Contoso)": "BC"} {
		require.Equal(t, want, initials(name), name)
	}
}

func TestSegments_AreFewAndShowTheLeastFinished(t *testing.T) {
	t.Parallel()
	long := make(Progress, 40)
	for i := range long {
		long[i] = Done
	}
	long[39] = Trouble
	segments := long.segments()
	require.Len(t, segments, mostSegments)
	require.Equal(t, Trouble, segments[mostSegments-1])
	require.Equal(t, Done, segments[0])
	require.Equal(t, "39 of 40 done", long.words())
	require.Empty(t, Progress{}.segments())
}

func TestAging_FillsTheBarAndLeavesOutWhatIsEmpty(t *testing.T) {
	t.Parallel()
	laid := lay([]Bucket{{Label: "a", Value: 1}, {Label: "b"}, {Label: "c", Value: 3}})
	require.Len(t, laid, 2)
	require.Equal(t, "25.00", laid[0].Width)
	require.Equal(t, "25.00", laid[1].X)
	require.Equal(t, "75.00", laid[1].Width)
	require.Empty(t, lay(nil))
}
