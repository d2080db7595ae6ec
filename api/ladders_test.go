package api

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

const ladderOfInvitation = `{"steps":[{"when":{"rule":"after_start","delay":{"amount":2,"unit":"business_days"}},"to":"reader"}],
	"end":{"when":{"rule":"after_start","delay":{"amount":30,"unit":"days"}},"does":"expire","to":"admins"}}`

func TestLadders_AreReadReplacedAndTakenBack(t *testing.T) {
	w := newWorld(t)
	list := w.call("GET", "/api/v1/ladders", nil).ok(200)["items"].([]any)
	require.Len(t, list, len(app.LaddersInUse))
	path := "/api/v1/ladders/invitation"
	before := w.call("GET", path, nil).ok(200)
	require.Equal(t, false, before["own"])
	require.Equal(t, "Invitation to create an account", before["title"])

	set := w.call("PUT", path, ladderOfInvitation).ok(200)
	require.Equal(t, true, set["own"])
	require.EqualValues(t, 1, set["version"])
	require.EqualValues(t, 4, set["min_gap_hours"], "what is left out is the default's")
	require.Equal(t, []any{"2 working days after the invitation.", "30 days after the invitation, it expires, and the admins are told."}, set["words"])
	require.Equal(t, set, w.call("GET", path, nil).ok(200))
	require.EqualValues(t, 2, w.call("PUT", path, `{"steps":[],"min_gap_hours":0,"keeps_moment":true,"end":{"when":{"rule":"after_start","delay":{"amount":1,"unit":"days"}},"does":"expire","to":"admins"}}`).ok(200)["version"])
	none := w.call("GET", path, nil).ok(200)
	require.Equal(t, []any{}, none["steps"])
	require.Equal(t, true, none["keeps_moment"])
	require.EqualValues(t, 0, none["min_gap_hours"])

	w.call("GET", path, nil, as(w.theirs.key)...).ok(200)
	require.Equal(t, before, w.call("GET", path, nil, as(w.theirs.key)...).ok(200), "another organization keeps its own")
	require.Empty(t, w.call("DELETE", path, nil).ok(204))
	require.Empty(t, w.call("DELETE", path, nil).ok(204), "twice is once")
	require.Equal(t, before, w.call("GET", path, nil).ok(200))
}

func TestLadders_BelongToAdmins(t *testing.T) {
	w := newWorld(t)
	for _, key := range []string{w.ours.coachKey, w.ours.coacheeKey} {
		w.call("GET", "/api/v1/ladders", nil, as(key)...).refused(403, "admin_only")
		w.call("GET", "/api/v1/ladders/item", nil, as(key)...).refused(403, "admin_only")
		w.call("PUT", "/api/v1/ladders/invitation", ladderOfInvitation, as(key)...).refused(403, "admin_only")
		w.call("DELETE", "/api/v1/ladders/item", nil, as(key)...).refused(403, "admin_only")
		w.call("POST", "/api/v1/ladders/item/preview", `{}`, as(key)...).refused(403, "admin_only")
	}
	for _, kind := range []string{"tea", "milestone"} {
		w.call("GET", "/api/v1/ladders/"+kind, nil).refused(404, "ladder_not_found")
		w.call("PUT", "/api/v1/ladders/"+kind, ladderOfInvitation).refused(404, "ladder_not_found")
		w.call("DELETE", "/api/v1/ladders/"+kind, nil).refused(404, "ladder_not_found")
		w.call("POST", "/api/v1/ladders/"+kind+"/preview", `{}`).refused(404, "ladder_not_found")
	}
}

// places are the wrong places of a problem with their codes.
func places(p Problem) []string {
	var out []string
	for _, e := range p.Errors {
		out = append(out, e.Path+" "+e.Code)
	}
	return out
}

func TestLadders_TellEveryFaultAtOnce(t *testing.T) {
	w := newWorld(t)
	wrong := `{"min_gap_hours":-1,"steps":[
			{"when":{"rule":"before_due","delay":{"amount":0,"unit":"days"}},"to":"coach"},
			{"when":{"rule":"soon"},"to":"peer"}],
		"end":{"when":{"rule":"at_due"},"does":"expire","to":"admins"},
		"without_due":{"steps":[{"when":{"rule":"at_due"},"to":"reader"}]}}`
	want := []string{"min_gap_hours min_gap_out_of_range", "steps[0].when.delay.amount delay_out_of_range", "steps[0].to ladder_step_audience",
		"steps[1].when.rule when_unknown", "steps[1].to audience_unknown", "end.does end_act_wrong", "end.to ladder_end_audience",
		"without_due.steps[0].when.rule due_unknown", "without_due.end end_missing"}
	require.Equal(t, want, places(w.call("PUT", "/api/v1/ladders/item", wrong).refused(422, "ladder_invalid")))
	require.Equal(t, false, w.call("GET", "/api/v1/ladders/item", nil).ok(200)["own"])
	for i := range want {
		want[i] = "ladder." + want[i]
	}
	preview := w.call("POST", "/api/v1/ladders/item/preview", `{"due_days":731,"ladder":`+wrong+`}`).refused(422, "ladder_invalid")
	require.Equal(t, append(want, "due_days due_days_invalid"), places(preview))

	require.Equal(t, []string{"due_days due_days_invalid"}, places(w.call("POST", "/api/v1/ladders/item/preview", `{"due_days":-1}`).refused(422, "due_days_invalid")))
	require.Equal(t, []string{"due_days due_days_misplaced"}, places(w.call("POST", "/api/v1/ladders/invitation/preview", `{"due_days":7}`).refused(422, "due_days_invalid")))
	require.Equal(t, []string{"end end_missing"}, places(w.call("PUT", "/api/v1/ladders/invitation", `{"steps":[]}`).refused(422, "ladder_invalid")))
	w.checkBad(t, []badInput{
		{name: "no steps", method: "PUT", path: "/ladders/item", body: `{}`, status: 422, code: "request_invalid", at: "steps", its: "required"},
		{name: "steps that are none", method: "PUT", path: "/ladders/item", body: `{"steps":null}`, status: 422, code: "request_invalid", at: "steps", its: "wrong_type"},
		{name: "another kind in the body", method: "PUT", path: "/ladders/item", body: `{"kind":"invitation","steps":[]}`, status: 422, code: "request_invalid", at: "kind", its: "unknown_field"},
		{name: "preview without a body", method: "POST", path: "/ladders/item/preview", status: 400, code: "body_missing"},
	})
}

func (w *world) preview(kind, body string) app.LadderPreview {
	w.t.Helper()
	a := w.call("POST", "/api/v1/ladders/"+kind+"/preview", body)
	require.Equal(w.t, 200, a.status, a.body)
	var out app.LadderPreview
	require.NoError(w.t, json.Unmarshal([]byte(a.body), &out))
	return out
}

// stepNames are the names of the steps of a preview that go out, and the words of the
// others.
func stepNames(p app.LadderPreview) (going, dropped []string) {
	for _, s := range p.Steps {
		if s.Dropped == "" {
			going = append(going, s.Name)
		} else {
			dropped = append(dropped, s.Words+": "+s.Dropped)
		}
	}
	return going, dropped
}

func TestLadders_APreviewShowsWhatASendingOfNowWouldBring(t *testing.T) {
	w := newWorld(t)
	due := w.preview("item", `{"due_days":30}`)
	require.NotNil(t, due.Due)
	going, _ := stepNames(due)
	require.Equal(t, []string{"reminder-1", "reminder-2", "reminder-3", "escalation"}, going)
	require.Equal(t, "after half of the time", due.Steps[0].Words)
	require.Equal(t, "when it is due, the coach is told", due.Steps[3].Words)
	require.Equal(t, coaching.ToCoach, due.Steps[3].To)
	require.True(t, due.Steps[3].Effect.Equal(*due.Due))
	for _, s := range due.Steps {
		zone := coaching.ZoneOrUTC("Europe/Berlin")
		require.True(t, coaching.DefaultWorkingHours.Next(s.At, zone).Equal(s.At), "in working hours: %s", s.Text)
		require.Equal(t, coaching.ShowTime(s.At, zone), s.Text, "on the clock of the organization")
	}
	open := w.preview("item", `{}`)
	require.Nil(t, open.Due)
	going, dropped := stepNames(open)
	require.Contains(t, going, "reminder-5", "%v", dropped)

	invited := w.preview("invitation", `{"ladder":`+ladderOfInvitation+`}`)
	going, dropped = stepNames(invited)
	require.Equal(t, []string{"request", "reminder-1", "end"}, going)
	require.Empty(t, dropped)
	require.WithinDuration(t, invited.Start.Add(30*24*time.Hour), *invited.Steps[2].Effect, time.Hour, "a change of the clocks aside")
	require.Equal(t, false, w.call("GET", "/api/v1/ladders/invitation", nil).ok(200)["own"], "nothing is saved")
}

func TestLadders_APreviewSaysWhatDoesNotGoOutAndWhy(t *testing.T) {
	w := newWorld(t)
	steps := `{"min_gap_hours":4,"keeps_moment":true,"steps":[{"when":{"rule":"before_due","delay":{"amount":3,"unit":"days"}},"to":"reader"},
		{"when":{"rule":"after_start","delay":{"amount":20,"unit":"hours"}},"to":"reader"},{"when":{"rule":"after_start","delay":{"amount":22,"unit":"hours"}},"to":"reader"},
		{"when":{"rule":"after_start","delay":{"amount":9,"unit":"days"}},"to":"reader"}],
		"end":{"when":{"rule":"at_due"},"does":"escalate","to":"coach"},
		"without_due":{"steps":[],"end":{"when":{"rule":"after_start","delay":{"amount":1,"unit":"days"}},"does":"escalate","to":"coach"}}}`
	going, dropped := stepNames(w.preview("item", `{"due_days":2,"ladder":`+steps+`}`))
	require.Equal(t, []string{"reminder-1", "escalation"}, going)
	require.Equal(t, []string{"3 days before it is due: " + coaching.DropPassed.Words(), "22 hours after it was sent: " + coaching.DropTooClose.Words(),
		"9 days after it was sent: " + coaching.DropAfterEnd.Words()}, dropped)
}

func TestOrganization_WorkingHours(t *testing.T) {
	w := newWorld(t)
	put := func(hours string) answer {
		return w.call("PUT", "/api/v1/organization", `{"name":"O","time_zone":"UTC","undo_seconds":1`+hours+`}`)
	}
	hours := func() any { return w.call("GET", "/api/v1/organization", nil).ok(200)["working_hours"] }
	require.Equal(t, map[string]any{"from": "08:00", "to": "18:00", "days": []any{"monday", "tuesday", "wednesday", "thursday", "friday"}}, hours())
	own := map[string]any{"from": "22:30", "to": "24:00", "days": []any{"saturday", "monday"}}
	require.Equal(t, own, put(`,"working_hours":{"from":"22:30","to":"24:00","days":["saturday","monday"]}`).ok(200)["working_hours"])
	require.Equal(t, own, hours())
	put("").ok(200)
	require.Equal(t, own, hours(), "left out, they stay as they were")

	all := put(`,"working_hours":{"from":"18:00","to":"08:00","days":["monday","someday","monday"]}`).refused(422, "working_hours_invalid")
	require.Equal(t, []string{"working_hours.to working_hours_empty", "working_hours.days[1] weekday_unknown", "working_hours.days[2] weekday_twice"}, places(all))
	times := put(`,"working_hours":{"from":"8 o'clock","to":"25:00","days":7}`).refused(422, "request_invalid")
	require.ElementsMatch(t, []string{"working_hours.from format_invalid", "working_hours.to format_invalid", "working_hours.days wrong_type"}, places(times))
	require.Equal(t, []string{"working_hours.days working_days_missing"}, places(put(`,"working_hours":{"from":"08:00","to":"09:00","days":[]}`).refused(422, "working_hours_invalid")))
	require.Equal(t, own, hours())

	several := w.call("PUT", "/api/v1/organization", `{"name":" ","time_zone":"Mars/Base","undo_seconds":1,"working_hours":{"from":"08:00","to":"08:00","days":["monday"]}}`)
	require.Equal(t, []string{"name name_invalid", "time_zone time_zone_unknown", "working_hours.to working_hours_empty"}, places(several.refused(422, "organization_invalid")))
}
