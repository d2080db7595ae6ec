package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/mocks"

	"coachflow/app"
	"coachflow/db"
	"coachflow/db/rows"
)

// age makes what is stored of requests older. It needs to be more than the
// application may, so it goes past it.
func (w *world) age(by time.Duration) {
	w.t.Helper()
	conn, err := pgx.Connect(w.t.Context(), w.superuser)
	require.NoError(w.t, err)
	_, err = conn.Exec(w.t.Context(), "UPDATE idempotency_keys SET created_at = created_at - make_interval(secs => $1)", by.Seconds())
	require.NoError(w.t, err)
	require.NoError(w.t, conn.Close(w.t.Context()))
}

// startedWithoutWorkflow marks an engagement as started.
func (w *world) startedWithoutWorkflow(engagement string) {
	w.t.Helper()
	w.inOrg(w.ours.org, func(ctx context.Context, q *rows.Queries) error {
		at := time.Now()
		_, err := q.EngagementStart(ctx, rows.EngagementStartParams{OrgID: w.ours.org, ID: mustID(w.t, engagement), StartedAt: &at})
		return err
	})
}

// awayTemporal answers no Update.
func awayTemporal() *mocks.Client {
	c := willingTemporal()
	c.On("UpdateWorkflow", mock.Anything, mock.Anything).Return(nil, serviceerror.NewUnavailable("connection refused to 10.0.0.7"))
	return c
}

func TestAuthentication(t *testing.T) {
	w := newWorld(t)
	for name, header := range map[string]string{"nothing": "", "a blank": " "} {
		a := w.call("GET", "/api/v1/people", nil, "Authorization", header)
		require.Equal(t, 401, a.status, name)
		require.Contains(t, a.header.Get("WWW-Authenticate"), "Bearer")
	}
	w.call("GET", "/api/v1/people", nil, "Authorization", "").refused(401, "login_needed")
	for _, bad := range []string{"Bearer", "Bearer ", "Bearer cfk_", "Bearer cfk_x", "Basic eDp5", "cfk_" + w.ours.key, w.ours.key, "Bearer cfk_" + strings.Repeat("x", 10_000), "Bearer cfk_\x00"} {
		w.call("GET", "/api/v1/people", nil, "Authorization", bad).refused(401, "api_key_invalid")
	}
	require.Equal(t, 200, w.call("GET", "/api/v1/people", nil, "Authorization", "bearer  "+w.ours.key).status)
	for _, op := range operationsOf(w.document()) {
		w.call(op.Method, op.Path, nil, "Authorization", "").refused(401, "login_needed")
	}
}

// Nobody could make an admin again.
func TestPeople_TheLastAdminStays(t *testing.T) {
	w := newWorld(t)
	admins := func(role string) map[string]any {
		return map[string]any{"name": "Ada", "roles": []string{role}, "state": "active", "time_zone": "UTC", "emails": []string{"ada.last@ours.example"}}
	}
	admin := "/api/v1/people/" + w.ours.admin.String()
	for _, change := range []map[string]any{admins("coach"), {"name": "Ada", "roles": []string{"admin"}, "state": "internal", "time_zone": "UTC", "emails": []string{"ada.last@ours.example"}}} {
		w.call("PUT", admin, change, "If-Match", `"1"`).refused(409, "last_admin")
	}
	w.person(w.ours.org, "Second", "admin")
	require.Equal(t, 200, w.call("PUT", admin, admins("coach"), "If-Match", `"1"`).status)
}

// What a role may do in a running engagement would be nobody's.
func TestPeople_ARoleThatIsNeededStays(t *testing.T) {
	w := newWorld(t)
	engagement := w.engagement()
	for id, role := range map[string]string{w.ours.coach.String(): "coach", w.ours.coachee.String(): "coachee"} {
		change := map[string]any{"name": "N", "roles": []string{"admin"}, "emails": []string{role + ".new@example.com"}}
		w.call("PUT", "/api/v1/people/"+id, change, "If-Match", `"1"`).refused(409, "role_in_use")
		change["roles"] = []string{"admin", role, role}
		require.ElementsMatch(t, []any{"admin", role}, w.call("PUT", "/api/v1/people/"+id, change, "If-Match", `"1"`).ok(200)["roles"])
	}
	w.call("POST", "/api/v1/engagements/"+engagement+"/start", nil).ok(200)
	conn, err := pgx.Connect(t.Context(), w.superuser)
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), "UPDATE engagements SET status = 'cancelled', ended_at = now()")
	require.NoError(t, errors.Join(err, conn.Close(t.Context())))
	change := map[string]any{"name": "N", "roles": []string{"admin"}, "emails": []string{"coach.new@example.com"}}
	require.Equal(t, 200, w.call("PUT", "/api/v1/people/"+w.ours.coach.String(), change, "If-Match", `"2"`).status)
}

func TestAuthentication_ASessionDoesToo(t *testing.T) {
	var w *world
	w = newWorld(t, func(c *Config) {
		c.SessionPrincipal = func(r *http.Request) (app.Principal, bool) {
			cookie, err := r.Cookie("session")
			return app.Principal{Org: w.ours.org, Person: w.ours.coachee, Roles: []string{"coachee"}}, err == nil && cookie.Value == "good"
		}
	})
	require.Equal(t, 200, w.call("GET", "/api/v1/engagements", nil, "Authorization", "", "Cookie", "session=good").status)
	w.call("GET", "/api/v1/people", nil, "Authorization", "", "Cookie", "session=good").refused(403, "admin_only")
	w.call("GET", "/api/v1/engagements", nil, "Authorization", "", "Cookie", "session=bad").refused(401, "login_needed")
	w.call("GET", "/api/v1/engagements", nil, "Authorization", "Bearer cfk_wrong", "Cookie", "session=good").refused(401, "api_key_invalid")
	w.call("POST", "/api/v1/people", kim, "Authorization", "", "Cookie", "session=good", "Sec-Fetch-Site", "cross-site").refused(403, "cross_origin_refused")
}

func TestPermissions_AreThoseOfThePerson(t *testing.T) {
	w := newWorld(t)
	engagement := w.engagement()
	w.call("POST", "/api/v1/people", kim, as(w.ours.coachKey)...).refused(403, "admin_only")
	w.call("GET", "/api/v1/api-keys", nil, as(w.ours.coachKey)...).refused(403, "admin_only")
	w.call("POST", "/api/v1/engagements/"+engagement+"/start", nil, as(w.ours.coacheeKey)...).refused(403, "coach_only")
	require.Equal(t, 200, w.call("POST", "/api/v1/engagements/"+engagement+"/start", nil, as(w.ours.coachKey)...).status)
	_, stranger := w.person(w.ours.org, "Other Coach", "coach")
	w.call("GET", "/api/v1/engagements/"+engagement, nil, as(stranger)...).refused(404, "engagement_not_found")
}

func TestIfMatch(t *testing.T) {
	w := newWorld(t)
	person := "/api/v1/people/" + w.ours.coachee.String()
	change := `{"name":"New Name","roles":["coachee"],"emails":["ours.coachee@example.com"]}`
	for _, none := range []string{"", "*", " "} {
		w.call("PUT", person, change, "If-Match", none).refused(428, "if_match_needed")
	}
	for _, stale := range []string{`"2"`, `"0"`, `"-1"`, `"x"`, `""`, `"4294967297"`, `"99999999999999999999"`, `"1","2"`} {
		w.call("PUT", person, change, "If-Match", stale).refused(412, "person_changed")
	}
	a := w.call("PUT", person, change, "If-Match", `W/"1"`)
	require.Equal(t, "New Name", a.ok(200)["name"])
	require.Equal(t, `"2"`, a.header.Get("ETag"))
	require.Equal(t, `"2"`, w.call("GET", person, nil).header.Get("ETag"))
	w.call("PUT", person, change, "If-Match", `"1"`).refused(412, "person_changed")

	form := w.form()
	definition := `{"name":"F","definition":` + oneQuestion + `}`
	w.call("PUT", "/api/v1/forms/"+form, definition).refused(428, "if_match_needed")
	w.call("PUT", "/api/v1/forms/"+form, definition, "If-Match", `"7"`).refused(412, "form_changed")
	engagement := "/api/v1/engagements/" + w.engagement()
	w.call("PATCH", engagement, `{"name":"E"}`, "If-Match", `"7"`).refused(412, "engagement_changed")
	w.call("PUT", engagement+"/program", `{"items":[]}`, "If-Match", `"0"`).refused(412, "program_changed")
	revision := w.call("GET", engagement, nil).header.Get("ETag")
	require.Equal(t, "E", w.call("PATCH", engagement, `{"name":"E"}`, "If-Match", revision).ok(200)["name"])
	w.call("PUT", engagement+"/program", `{"items":[]}`, "If-Match", revision).refused(412, "program_changed")
}

func TestPages_OfLists(t *testing.T) {
	w := newWorld(t)
	for i := range 5 {
		w.person(w.ours.org, fmt.Sprintf("Person %d", i), "coachee")
	}
	seen, path := map[string]bool{}, "/api/v1/people?role=coachee&limit=2"
	for pages := 1; ; pages++ {
		page := w.call("GET", path, nil).ok(200)
		for _, p := range page["items"].([]any) {
			id := p.(map[string]any)["id"].(string)
			require.False(t, seen[id], "twice")
			seen[id] = true
		}
		next, more := page["next_cursor"].(string)
		if !more {
			require.Equal(t, 3, pages)
			break
		}
		path = "/api/v1/people?role=coachee&limit=2&cursor=" + next
	}
	require.Len(t, seen, 6)
	for _, list := range []string{"forms", "program-templates", "engagements", "streams", "notifications", "inbound-mails", "blocked-addresses"} {
		require.Contains(t, w.call("GET", "/api/v1/"+list, nil).body, `"items":[]`, "%s: an empty list is a list", list)
	}
}

func TestFiles_AreDownloads(t *testing.T) {
	w := newWorld(t)
	id := db.NewID()
	w.blobs.data["k"] = []byte("<script>alert(1)</script>")
	w.inOrg(w.ours.org, func(ctx context.Context, q *rows.Queries) error {
		return q.FileInsert(ctx, rows.FileInsertParams{OrgID: w.ours.org, ID: id, ClientID: &w.ours.coachee, UploadedBy: w.ours.coachee,
			Name: "Plän \"x\".html", ContentType: "text/html", Size: 25, BlobKey: "k", CreatedAt: time.Now()})
	})
	a := w.call("GET", "/api/v1/files/"+id.String()+"/content", nil)
	require.Equal(t, 200, a.status, a.body)
	require.Equal(t, "<script>alert(1)</script>", a.body)
	require.True(t, strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment; filename"), a.header.Get("Content-Disposition"))
	require.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"))
	require.Contains(t, a.header.Get("Content-Security-Policy"), "sandbox")
	require.Equal(t, "text/html", a.header.Get("Content-Type"))
	views := w.call("GET", "/api/v1/files/"+id.String(), nil).ok(200)["views"].([]any)
	require.EqualValues(t, 1, views[0].(map[string]any)["views"])
	require.Len(t, w.call("GET", "/api/v1/people/"+w.ours.coachee.String()+"/files", nil).ok(200)["items"], 1)
	w.call("GET", "/api/v1/files/"+id.String()+"/content", nil, as(w.theirs.key)...).refused(404, "file_not_found")
	for _, bad := range []string{"", "x", "text/html\r\nX-Evil: 1"} {
		require.Equal(t, "application/octet-stream", download("a", bad, nil, 0).ContentType, bad)
	}
	require.NotContains(t, download("a\r\nb", "", nil, 0).Disposition, "\n")
}

// A raw mail may be large: it is sent as it is read.
func TestInboundMails_RawIsADownload(t *testing.T) {
	w := newWorld(t)
	raw := strings.Repeat("0123456789", 300_000)
	w.blobs.data["raw"] = []byte(raw)
	stream := w.call("POST", "/api/v1/streams", map[string]any{"coach_id": w.ours.coach, "client_id": w.ours.coachee}).ok(201)
	box, id := db.NewID(), db.NewID()
	w.exec("INSERT INTO mailbox_mails (id, mailbox, uidvalidity, uid, size, raw_key, received_at) VALUES ($1, 'm', 1, 1, 60000000, 'raw', now())", box)
	w.exec(`INSERT INTO inbound_mails (org_id, id, mailbox_mail_id, system_address_id, raw_key, state, reason, received_at)
		SELECT org_id, $1, $2, id, 'raw', 'quarantined', 'mail_large', now() FROM system_addresses WHERE stream_id = $3 LIMIT 1`, id, box, stream["id"])
	a := w.call("GET", "/api/v1/inbound-mails/"+id.String()+"/raw", nil)
	require.Equal(t, 200, a.status)
	require.True(t, raw == a.body)
	require.Equal(t, "3000000", a.header.Get("Content-Length"))
	require.Equal(t, "message/rfc822", a.header.Get("Content-Type"))
	require.Contains(t, a.header.Get("Content-Disposition"), id.String()+".eml")
	require.Contains(t, a.header.Get("Content-Security-Policy"), "sandbox")
	m := w.call("GET", "/api/v1/inbound-mails?state=quarantined", nil).ok(200)["items"].([]any)[0].(map[string]any)
	require.EqualValues(t, 60000000, m["size"])
	require.Equal(t, false, m["releasable"])
	require.Contains(t, m["not_releasable"], "Download it")
	w.call("POST", "/api/v1/inbound-mails/"+id.String()+"/release", nil).refused(409, "mail_not_postable")
	w.exec("UPDATE inbound_mails SET state = 'ignored', reason = 'auto_reply'")
	w.exec("UPDATE mailbox_mails SET size = 9")
	released := w.call("POST", "/api/v1/inbound-mails/"+id.String()+"/release", nil).ok(200)
	require.NotEmpty(t, released["released_at"])
	require.Equal(t, released, w.call("POST", "/api/v1/inbound-mails/"+id.String()+"/release", nil).ok(200), "asked for again")
}

func TestDatabaseAway_IsToldToComeBack(t *testing.T) {
	w := newWorld(t)
	w.db.Close()
	a := w.call("GET", "/api/v1/people", nil)
	a.refused(503, "unavailable")
	require.Equal(t, "5", a.header.Get("Retry-After"))
	require.NotContains(t, a.body, "pool")
	require.Equal(t, 200, w.call("GET", "/healthz", nil).status)
	w.call("POST", "/webhooks/resend", delivered, signed(webhookSecret, delivered, time.Now())...).refused(503, "unavailable")
}
