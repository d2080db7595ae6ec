package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// place is a page with who of our organization may see it.
type where struct {
	path                  string
	admin, coach, coachee bool
}

func (w *world) places() []where {
	engagement, item := w.sent(w.ours)
	stream, file, image := w.message(w.ours)
	mail, inbound, template := w.rest(engagement.ID, item.ID, stream.ID)
	e, i := "/engagements/"+engagement.ID.String(), "/engagements/"+engagement.ID.String()+"/items/"+item.ID.String()
	messages, err := w.app.ListMessages(w.t.Context(), w.ours.admin, stream.ID, noPaging)
	require.NoError(w.t, err)
	return []where{
		{"/", true, true, true}, {"/sessions", true, true, true}, {e, true, true, true}, {e + "/messages", true, true, true}, {"/streams", true, true, true},
		{"/streams/" + stream.ID.String(), true, true, true}, {"/streams/" + stream.ID.String() + "/messages/" + messages.Items[0].ID.String(), true, true, true},
		{"/files/" + file.String() + "/download", true, true, true}, {"/files/" + image.String() + "/image", true, true, true},
		{e + "/timeline", true, true, false}, {e + "/mails", true, true, false}, {e + "/start", true, true, false}, {e + "/pause", true, true, false},
		{e + "/items/new", true, true, false}, {e + "/order", true, true, false}, {i + "/edit", true, true, false}, {i + "/remove", true, true, false}, {i + "/skip", true, true, false},
		{i + "/reopen", true, true, false}, {i + "/preview", true, true, false}, {i + "/letter", true, true, false}, {i + "/answers", true, true, false},
		{"/mails/" + mail.String(), true, true, false}, {"/mails/" + mail.String() + "/letter", true, true, false},
		{"/forms", true, true, false}, {"/forms/" + item.FormID.String(), true, true, false}, {"/forms/" + item.FormID.String() + "/try", true, true, false},
		{"/addresses", true, true, false},
		{e + "/details", true, false, false}, {"/engagements/new", true, false, false}, {"/people", true, false, false}, {"/people/new", true, false, false},
		{"/people/" + w.ours.coachee.Person.String(), true, false, false}, {"/forms/new", true, false, false}, {"/forms/" + item.FormID.String() + "/edit", true, false, false},
		{"/templates", true, false, false}, {"/templates/" + template.String(), true, false, false}, {"/mails", true, false, false},
		{"/quarantine", true, false, false}, {"/quarantine/" + inbound.String(), true, false, false}, {"/quarantine/" + inbound.String() + "/raw", true, false, false},
		{"/settings", true, false, false}, {"/settings/letters", true, false, false}, {"/settings/letters/form_request", true, false, false}, {"/settings/api-keys", true, false, false},
	}
}

func (w *world) rest(engagement, item, stream uuid.UUID) (mail, inbound, template uuid.UUID) {
	w.t.Helper()
	mail, inbound, template = uuid.New(), uuid.New(), uuid.New()
	org := w.ours.org
	w.exec(`INSERT INTO notifications (org_id, id, engagement_id, item_id, kind, step, key, address, recipient_name, reason, state, planned_at, subject, html, body, sent_at)
		VALUES ($1, $2, $3, $4, 'form_request', 'request', 'k1', 'a@example.com', 'Amara', 'recipient of the form', 'sent', now(), 'A form to fill out', '<p style="color:red">Hello</p>', 'Hello', now())`, org, mail, engagement, item)
	w.exec(`INSERT INTO notifications (org_id, id, engagement_id, item_id, kind, step, key, address, recipient_name, reason, state, planned_at)
		VALUES ($1, $2, $3, $4, 'form_reminder', 'reminder-1', 'k2', 'a@example.com', 'Amara', 'recipient of the form', 'planned', now() + interval '1 day')`, org, uuid.New(), engagement, item)
	box := uuid.New()
	w.exec("INSERT INTO mailbox_mails (id, mailbox, uidvalidity, uid, size, raw_key, received_at) VALUES ($1, 'm', 1, 1, 4, 'raw', now())", box)
	w.exec(`INSERT INTO inbound_mails (org_id, id, mailbox_mail_id, system_address_id, raw_key, state, reason, from_address, subject, received_at)
		SELECT $1, $2, $3, id, 'raw', 'quarantined', 'dmarc_failed', 'ben@example.com', '<b>Money</b>', now() FROM system_addresses WHERE stream_id = $4 LIMIT 1`, org, inbound, box, stream)
	require.NoError(w.t, w.app.Inbox.Blobs.Put(w.t.Context(), "raw", []byte("From: <script>")))
	w.exec(`INSERT INTO program_templates (org_id, id, name, items) SELECT $1, $2, 'Standard', jsonb_build_array(spec) FROM items WHERE id = $3`, org, template, item)
	return mail, inbound, template
}

func TestPages_EverybodySeesTheirOwnAndNothingElse(t *testing.T) {
	w := newWorld(t)
	places := w.places()
	admin, coach, coachee := w.login(w.ours.admin), w.login(w.ours.coach), w.login(w.ours.coachee)
	otherCoach, otherCoachee := w.login(w.person(w.ours.org, "Else", "coach")), w.login(w.person(w.ours.org, "Other", "coachee"))
	foreign := w.login(w.theirs.admin)
	want := map[bool]int{true: http.StatusOK, false: http.StatusNotFound}
	ours := func(path string) bool { return len(path) > 30 } // it names something of ours
	for _, place := range places {
		require.Equal(t, want[place.admin], admin.get(place.path).status, "admin %s", place.path)
		require.Equal(t, want[place.coach], coach.get(place.path).status, "coach %s", place.path)
		require.Equal(t, want[place.coachee], coachee.get(place.path).status, "coachee %s", place.path)
		require.Equal(t, http.StatusSeeOther, w.visitor().get(place.path).status, "nobody %s", place.path)
		if ours(place.path) {
			require.Equal(t, http.StatusNotFound, foreign.get(place.path).status, "foreign admin %s", place.path)
			require.Equal(t, http.StatusNotFound, otherCoachee.get(place.path).status, "another coachee %s", place.path)
		}
		if ours(place.path) && place.coach && place.path[:6] != "/forms" {
			require.Equal(t, http.StatusNotFound, otherCoach.get(place.path).status, "another coach %s", place.path)
		}
	}
}

func TestPages_WhatIsMissingAndWhatIsForeignLookTheSame(t *testing.T) {
	w := newWorld(t)
	engagement, _ := w.engagement(w.theirs)
	v := w.login(w.ours.admin)
	foreign, missing := v.get("/engagements/"+engagement.ID.String()), v.get("/engagements/"+uuid.NewString())
	require.Equal(t, http.StatusNotFound, foreign.status)
	require.Equal(t, missing.body, foreign.body)
	require.Equal(t, missing.body, v.get("/engagements/nonsense").body)
	require.Equal(t, http.StatusNotFound, v.get("/no/such/page").status)
	require.Contains(t, w.visitor().get("/no/such/page").body, "Go to the start page")
}

func TestActs_OfThoseWhoMayNotDoNothing(t *testing.T) {
	w := newWorld(t)
	w.agree(nil)
	engagement, item := w.sent(w.ours)
	e := "/engagements/" + engagement.ID.String()
	i := e + "/items/" + item.ID.String()
	acts := []string{e + "/pause", e + "/cancel", e + "/complete", e + "/messages", e + "/items/new", i + "/edit", i + "/remove", e + "/order", i + "/send", i + "/take-back",
		i + "/skip", i + "/reopen", i + "/hold/" + item.To[0].ID.String(), e + "/details", "/engagements/new", "/people/new", "/forms/new", "/settings", "/settings/api-keys",
		"/settings/letters/form_request", "/settings/letters/form_request/reset", "/blocked-addresses/clear"}
	coachee, foreign := w.login(w.ours.coachee), w.login(w.theirs.coach)
	before := w.snapshot()
	for _, act := range acts {
		for _, v := range []*visitor{coachee, foreign} {
			require.Equal(t, http.StatusNotFound, v.post(act, url.Values{"action": {"apply"}, "name": {"x"}}).status, act)
		}
		require.Equal(t, http.StatusSeeOther, w.visitor().post(act, url.Values{}).status, act)
	}
	require.Equal(t, before, w.snapshot())
}

func TestPortal_ACoacheeSeesNoAddressesOfOthersAndNoButtons(t *testing.T) {
	w := newWorld(t)
	engagement, _ := w.sent(w.ours)
	page := w.login(w.ours.coachee).get("/engagements/" + engagement.ID.String()).body
	require.Contains(t, page, "Before we begin")
	require.Contains(t, page, "It waits for your answers")
	for _, hidden := range []string{"coach@ours.example", "Send again", "Remove", "Pause", "Timeline", "Quarantine"} {
		require.NotContains(t, page, hidden)
	}
}
