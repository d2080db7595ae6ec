package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

// What an organization sets is its own: reading it must not write into the defaults,
// which all others share.
func TestLadders_OnesOwnLeaveTheDefaultsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	own := coaching.DefaultLadders[coaching.ItemLadder]
	after := func(days int) coaching.When {
		return coaching.When{Rule: coaching.AfterStart, Delay: coaching.Delay{Amount: days, Unit: coaching.Days}}
	}
	own.LadderSteps = coaching.LadderSteps{Steps: []coaching.Rung{{When: after(1), To: coaching.ToReader}},
		End: &coaching.LadderEnd{When: after(9), Does: coaching.Escalate, To: coaching.ToCoach}}
	own.WithoutDue = &own.LadderSteps
	_, err := w.app.SetLadder(t.Context(), w.admin, coaching.ItemLadder, own)
	require.NoError(t, err)
	hours := coaching.WorkingHours{From: 60, To: 120, Days: []coaching.Weekday{coaching.Sunday, coaching.Saturday}}
	organization, err := w.app.UpdateOrganization(t.Context(), w.admin, app.OrganizationInput{Name: "Own", TimeZone: "UTC", WorkingHours: &hours})
	require.NoError(t, err)
	require.Equal(t, hours, organization.WorkingHours)
	laid, err := w.app.PreviewLadder(t.Context(), w.admin, coaching.ItemLadder, app.LadderPreviewInput{})
	require.NoError(t, err)
	require.Equal(t, "9 days after it was sent, the coach is told", laid.Steps[len(laid.Steps)-1].Words)

	require.Equal(t, []coaching.Weekday{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}, coaching.Weekdays)
	require.Equal(t, "08:00 to 18:00, Monday to Friday", coaching.DefaultWorkingHours.String())
	require.Equal(t, []string{"With a due date:", "After half of the time.", "After three quarters of the time.", "1 day before it is due.", "When it is due, the coach is told.",
		"Without a due date:", "Every 3 days, 5 times at most.", "18 days after it was sent, the coach is told."}, coaching.Describe(coaching.DefaultLadders[coaching.ItemLadder]))
}
