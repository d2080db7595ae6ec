package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

// holidays sets those of the organization.
func (w *world) holidays(text string) {
	w.Helper()
	hours := coaching.DefaultWorkingHours
	hours.Holidays = coaching.ParseHolidays(text)
	_, err := w.app.UpdateOrganization(w.Context(), w.admin, app.OrganizationInput{Name: "Acme Coaching", TimeZone: "Europe/Berlin", UndoSeconds: 30, WorkingHours: &hours})
	require.NoError(w, err)
}

// What is planned stays as it was planned; what is planned later keeps the holidays free.
func TestR4_HolidaysActOnLaterPlans(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	_, err = w.app.ResetLadder(t.Context(), w.admin, coaching.ItemLadder) // that of this test leaves at any hour
	require.NoError(t, err)
	w.holidays("")
	r := w.program(w.engagement(w.formItem("First"), w.formItem("Second")))
	planned := func(title string) (dates []string) {
		for _, n := range w.notifications(r.engagement.ID) {
			if n.ItemID != nil && *n.ItemID == r.item(title).ID && n.State == "planned" {
				dates = append(dates, n.PlannedAt.In(berlin).Format("2006-01-02"))
			}
		}
		return dates
	}
	var before []string
	r.at(time.Hour, func() {
		before = planned("First")
		require.NotEmpty(t, before)
		text := ""
		for day := range 40 {
			text += r.start.AddDate(0, 0, day).In(berlin).Format("2006-01-02") + " off\n"
		}
		w.holidays(text)
	})
	r.at(2*time.Hour, func() {
		require.Equal(t, before, planned("First"), "planned already")
		r.answer("First", ben)
	})
	r.at(3*time.Hour, func() {
		after := planned("Second")
		require.NotEmpty(t, after)
		for _, date := range after {
			require.Greater(t, date, r.start.AddDate(0, 0, 39).In(berlin).Format("2006-01-02"))
		}
	})
	r.at(4*time.Hour, func() { r.skips("Second") })
	r.execute()
}
