package web

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/coaching"
)

func TestAvailability_ACoachSetsTheirOwn(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.coach)
	page := v.get("/availability")
	require.Equal(t, http.StatusOK, page.status)
	require.Contains(t, page.body, "Nothing can be booked yet.")
	require.Contains(t, page.body, `value="09:00-12:00, 13:00-17:00"`)

	form := url.Values{"version": {"1"}, "duration": {"50"}, "step": {"10"}, "padding": {"0"}, "notice": {"60"}, "horizon": {"30"}, "most": {"0"},
		"monday": {"9-12, 13:30 to 17:00"}, "exception0_date": {"2027-12-24"}, "exception1_date": {"2027-12-27"}, "exception1_hours": {"10-14"}}
	require.Equal(t, http.StatusSeeOther, v.post("/availability", form).status)
	saved := v.get("/availability").body
	for _, want := range []string{`value="09:00-12:00, 13:30-17:00"`, `value="2027-12-24"`, `value="10:00-14:00"`, `<option value="50" selected>50 minutes</option>`, `<option value="10" selected>10 minutes</option>`} {
		require.Contains(t, saved, want)
	}
	require.NotContains(t, saved, "Nothing can be booked")

	stale := v.post("/availability", form)
	require.Contains(t, stale.body, "was changed since you read it")
	require.Contains(t, stale.body, `name="version" value="2"`, "a second press saves")
}

func TestAvailability_EveryFaultStandsAtItsField(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.coach)
	typed := url.Values{"version": {"1"}, "duration": {"60"}, "step": {"30"}, "padding": {"0"}, "notice": {"0"}, "horizon": {"30"}, "most": {"0"},
		"monday": {"nine to five"}, "exception0_date": {"2027-12-24"}, "exception1_date": {"2027-12-24"}, "exception2_hours": {"9-10"}}
	page := v.post("/availability", typed)
	for _, want := range []string{"“nine to five” are no hours.", "This date is there twice.", "Enter the date of these hours.", `value="nine to five"`} {
		require.Contains(t, page.body, want)
	}
	rules := v.post("/availability", url.Values{"version": {"1"}, "duration": {"60"}, "step": {"30"}, "padding": {"0"}, "notice": {"0"}, "horizon": {"30"}, "most": {"0"},
		"monday": {"9-12, 11-14"}, "tuesday": {"9:00-9:30"}, "exception3_date": {"2027-12-24"}, "exception3_hours": {"12-9"}})
	for _, want := range []string{"overlaps", "has no room for 60 minutes", "Must be later than the begin"} {
		require.Contains(t, rules.body, want)
	}
	require.Contains(t, v.get("/availability").body, "Nothing can be booked yet.", "nothing of it was stored")
}

func TestAvailability_IsTheCoachsAndTheAdmins(t *testing.T) {
	w := newWorld(t)
	path := "/people/" + w.ours.coach.Person.String() + "/availability"
	require.Equal(t, http.StatusOK, w.login(w.ours.admin).get(path).status)
	require.Equal(t, http.StatusNotFound, w.login(w.ours.coachee).get("/availability").status)
	require.Equal(t, http.StatusNotFound, w.login(w.ours.coachee).get(path).status)
	require.Equal(t, http.StatusNotFound, w.login(w.ours.admin).get("/people/"+w.ours.coachee.Person.String()+"/availability").status, "who is no coach has none")
}

func TestNumberChoices_HoldWhatIsChosen(t *testing.T) {
	require.Len(t, numberChoices([]int{1, 3}, "2", minutesWords), 3)
	require.Len(t, numberChoices([]int{1, 3}, "3", minutesWords), 2)
	require.Len(t, numberChoices([]int{1, 3}, "many", minutesWords), 2)
	require.Equal(t, []string{"nothing", "1 minute", "60 minutes", "2 hours", "90 minutes"}, []string{minutesWords(0), minutesWords(1), minutesWords(60), minutesWords(120), minutesWords(90)})
	require.Equal(t, []string{"up to its start", "90 minutes before", "24 hours before", "3 days before"}, []string{noticeWords(0), noticeWords(90), noticeWords(24 * 60), noticeWords(72 * 60)})
}

// The pointer paints hours into the fields, and takes them away; what is typed shows in
// the picture.
func TestAvailability_HoursArePainted(t *testing.T) {
	w := newWorld(t)
	c := w.openConsole(w.ours.coach)
	c.visit("/availability")
	// drag goes down a day from one hour to another, as the first and the last hour of the
	// picture say.
	drag := func(day string, from, to float64) {
		t.Helper()
		c.eval(`(() => {
			const picture = document.querySelector("[data-paint]"), first = Number(picture.dataset.first), last = Number(picture.dataset.last);
			const box = picture.querySelector('[data-field="` + day + `"] .cf-hours-ground').getBoundingClientRect();
			const at = (type, hour) => picture.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 1, buttons: type === "pointerup" ? 0 : 1,
				clientX: box.left + box.width / 2, clientY: box.top + (box.height * (hour - first)) / (last - first) }));
			picture.setPointerCapture = () => {};
			at("pointerdown", ` + number(from) + `);
			for (let hour = ` + number(from) + `; hour < ` + number(to) + `; hour += 0.25) at("pointermove", hour);
			at("pointerup", ` + number(to) + `);
		})()`)
	}
	field := func(day string) string { return c.eval(`document.getElementById("` + day + `").value`) }
	shown := func(day string) string {
		return c.eval(`document.querySelectorAll('[data-field="` + day + `"] .cf-hours-open').length`)
	}
	drag("monday", 12.1, 13)
	require.Equal(t, "09:00-17:00", field("monday"), "what touches becomes one")
	require.Equal(t, "1", shown("monday"))
	drag("monday", 10.1, 11)
	require.Equal(t, "09:00-10:00, 11:00-17:00", field("monday"), "where it was open it is closed")
	drag("sunday", 15.1, 16)
	require.Equal(t, "15:00-16:00", field("sunday"))
	c.eval(`(() => { const f = document.getElementById("friday"); f.value = "08:00-09:00, 10:00-11:00, 12:00-13:00"; f.dispatchEvent(new Event("input")); })()`)
	require.Equal(t, "3", shown("friday"))
	c.follow(`form[action="/availability"] button[type="submit"]`, ".alert-success")
	read, err := w.app.GetAvailability(t.Context(), w.ours.coach, w.ours.coach.Person)
	require.NoError(t, err)
	require.Equal(t, "09:00-10:00, 11:00-17:00", coaching.ShowHours(read.Weekly[coaching.Monday]))
	require.Len(t, read.Weekly[coaching.Friday], 3)
}

func number(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
