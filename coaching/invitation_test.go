package coaching

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestInvitationRule_Steps(t *testing.T) {
	t.Parallel()
	check := func(name, zone, sendAt string, want ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			where := ZoneOrUTC(zone)
			at, err := time.ParseInLocation(wallLayout, sendAt, where)
			require.NoError(t, err)
			var got []string
			for i, step := range DefaultInvitation.Steps(at, where) {
				require.Equal(t, i+1, step.Number)
				require.Equal(t, time.UTC, step.At.Location(), "two steps are compared with ==")
				got = append(got, step.Name()+" "+step.At.In(where).Format(wallLayout))
			}
			require.Equal(t, want, got)
		})
	}
	check("plain", "Europe/Berlin", "2026-05-04T09:30", "request 2026-05-04T09:30", "reminder-1 2026-05-07T09:30", "reminder-2 2026-05-11T09:30", "end 2026-05-18T09:30")
	check("over the change to summer time, at the same time of day", "Europe/Berlin", "2026-03-27T09:30", "request 2026-03-27T09:30", "reminder-1 2026-03-30T09:30", "reminder-2 2026-04-03T09:30", "end 2026-04-10T09:30")
	check("a reminder in the hour that is left out", "Europe/Berlin", "2026-03-26T02:30", "request 2026-03-26T02:30", "reminder-1 2026-03-29T03:30", "reminder-2 2026-04-02T02:30", "end 2026-04-09T02:30")
	check("over the end of a year", "Pacific/Auckland", "2026-12-29T23:59", "request 2026-12-29T23:59", "reminder-1 2027-01-01T23:59", "reminder-2 2027-01-05T23:59", "end 2027-01-12T23:59")
}

func TestInvitationRule_Next(t *testing.T) {
	t.Parallel()
	sent := day(0)
	check := func(name string, status InvitationStatus, followed int, now time.Time, want string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			next, more := DefaultInvitation.Next(InvitationState{Status: status, SendAt: sent, Zone: "UTC", Followed: followed}, now)
			require.Equal(t, want != "", more)
			if more {
				require.Equal(t, want, next.Name())
			}
		})
	}
	check("before the mail", InvitationOpen, 0, sent.Add(-30*time.Second), "request")
	check("the mail is due", InvitationOpen, 0, sent, "request")
	check("after the mail", InvitationOpen, 1, sent.Add(time.Second), "reminder-1")
	check("R15: two are due, one leaves", InvitationOpen, 1, day(8), "reminder-2")
	check("R15: all are due, and only the end is left", InvitationOpen, 0, day(20), "end")
	check("the end is due in this moment", InvitationOpen, 3, day(14), "end")
	check("all steps are behind", InvitationOpen, 4, day(15), "")
	check("accepted", InvitationAccepted, 1, day(3), "")
	check("withdrawn", InvitationWithdrawn, 0, sent, "")
	check("replaced", InvitationReplaced, 1, day(3), "")
	check("expired", InvitationExpired, 4, day(15), "")
	check("unknown", "", 0, sent, "")
}

// Whatever the times at which somebody looks, the steps come in order, none
// twice, and the end comes.
func TestInvitationRule_EveryWayLeadsToTheEnd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := InvitationState{Status: InvitationOpen, SendAt: day(0), Zone: rapid.SampledFrom([]string{"UTC", "America/New_York", "Pacific/Apia"}).Draw(t, "zone")}
		now, seen := day(0), []string{}
		for {
			next, more := DefaultInvitation.Next(s, now)
			if !more {
				break
			}
			if next.At.After(now) {
				now = now.Add(time.Duration(rapid.IntRange(1, 200).Draw(t, "hours")) * time.Hour)
				continue
			}
			require.Greater(t, next.Number, s.Followed)
			s.Followed = next.Number
			seen = append(seen, next.Name())
		}
		require.Equal(t, "end", seen[len(seen)-1])
		require.LessOrEqual(t, len(seen), 4)
	})
}
