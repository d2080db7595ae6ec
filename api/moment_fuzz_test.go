package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/coaching"
)

// FuzzMoment sends dates and zones of every spelling. Each is refused with a problem, or
// it is a moment that a plan can have, and is read back as it was sent.
func FuzzMoment(f *testing.F) {
	near := time.Now().AddDate(1, 0, 0).Format("2006-01-02")
	edge := time.Now().AddDate(20, 0, 0)
	for _, at := range []string{near + "T09:00", near + "T09:00:59", near + "T24:00", near + "T09:00Z", near, near + " 09:00", near + "T9:00", near + "T09:00+02:00",
		near + "T00:00", near + "T23:59", "9999-12-31T23:59", "10000-01-01T00:00", "0000-01-01T00:00", "0001-01-01T00:00", "-001-01-01T00:00", "1969-12-31T23:59",
		"2027-02-29T09:00", "2028-02-29T09:00", "2027-03-28T02:30", "2027-03-14T02:30", "2027-10-31T02:30", "2027-00-10T09:00", "2027-13-01T09:00", "2027-06-31T09:00",
		edge.Format("2006-01-02T15:04"), edge.AddDate(0, 0, 2).Format("2006-01-02T15:04"), edge.AddDate(0, 0, -2).Format("2006-01-02T15:04"),
		"", " ", "tomorrow", "2027-03-04T09:00\x00", "２０２７-03-04T09:00", "2027-03-04T09:00\u202e", "\xff", "1e9", "{}"} {
		for _, zone := range []string{"Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago"} {
			f.Add(at, zone)
		}
	}
	for _, zone := range []string{"UTC", "Pacific/Apia", "Antarctica/Troll", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Nuuk", "Etc/GMT+12", "EST5EDT", "Local", "localtime",
		"posixrules", "right/UTC", "posix/UTC", "Factory", "europe/berlin", "Europe/Berlin\x00", "../UTC", "/etc/localtime", "Mars/Olympus", "\u200bUTC", "\xff"} {
		f.Add(near+"T09:00", zone)
	}
	w := makeWorld(f)
	form := w.form()
	var n int
	f.Fuzz(func(t *testing.T, at, zone string) {
		n++
		w := w.in(t)
		made := w.call(http.MethodPost, "/api/v1/people", map[string]any{"name": "P", "roles": []string{"coachee"}, "time_zone": zone, "emails": []string{fmt.Sprintf("p%d@example.com", n)}})
		if made.status != http.StatusCreated {
			checkRefused(t, made, "time_zone_unknown", "control_character")
			return
		}
		person := made.ok(http.StatusCreated)
		if zone != "" {
			require.Equal(t, zone, person["time_zone"])
		}
		in, err := coaching.Zone(person["time_zone"].(string))
		require.NoError(t, err)
		engagement := w.call(http.MethodPost, "/api/v1/engagements", map[string]any{"name": "E", "coachee_id": person["id"], "coach_id": w.ours.coach}).id()
		path := "/api/v1/engagements/" + engagement
		for _, change := range []map[string]any{{"release": map[string]any{"rule": "at", "at": at}}, {"due": map[string]any{"at": at}}} {
			spec := item(form)
			for name, value := range change {
				spec[name] = value
			}
			added := w.call(http.MethodPost, path+"/items", spec)
			if added.status != http.StatusCreated {
				checkRefused(t, added, "local_time_invalid", "date_out_of_range", "release_time_passed", "due_time_passed", "release_rule_invalid", "control_character")
				continue
			}
			w.checkStored(path, at, in)
			require.Equal(t, http.StatusNoContent, w.call(http.MethodDelete, "/api/v1/items/"+added.id(), nil).status)
		}
	})
}

func checkRefused(t *testing.T, a answer, codes ...string) {
	t.Helper()
	require.Equal(t, http.StatusUnprocessableEntity, a.status, a.body)
	require.Contains(t, codes, codeOf(t, a), a.body)
}

// checkStored reads a program of one item back, with the date that it was given.
func (w *world) checkStored(path, at string, zone *time.Location) {
	w.t.Helper()
	var program struct {
		Items []struct {
			Release struct{ At string }
			Due     struct{ At string }
			Next    struct{ At time.Time }
		}
	}
	got := w.call(http.MethodGet, path+"/program", nil)
	require.Equal(w.t, http.StatusOK, got.status, got.body)
	require.NoError(w.t, json.Unmarshal([]byte(got.body), &program))
	require.Len(w.t, program.Items, 1)
	item := program.Items[0]
	sent, err := coaching.ParseLocalTime(at)
	require.NoError(w.t, err, "taken")
	require.Equal(w.t, sent.String(), item.Release.At+item.Due.At)
	moment := sent.In(zone)
	require.Nil(w.t, coaching.CheckMoment(moment, time.Now(), ""))
	require.True(w.t, moment.After(time.Now().Add(-time.Minute)))
	if item.Release.At != "" {
		require.True(w.t, moment.Equal(item.Next.At), "%s is not %s", item.Next.At, moment)
	}
}
