package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/db/rows"
)

const kim = `{"name":"Kim","roles":["coachee"],"emails":["kim@example.com"]}`

func TestIdempotency_TheSameRequestIsCarriedOutOnce(t *testing.T) {
	w := newWorld(t)
	first := w.call("POST", "/api/v1/people", kim, "Idempotency-Key", "k1")
	require.Equal(t, http.StatusCreated, first.status, first.body)
	require.Empty(t, first.header.Get("Idempotent-Replayed"))
	for range 2 {
		again := w.call("POST", "/api/v1/people", kim, "Idempotency-Key", "k1")
		require.Equal(t, http.StatusCreated, again.status)
		require.Equal(t, first.body, again.body)
		require.Equal(t, "true", again.header.Get("Idempotent-Replayed"))
		for _, name := range []string{"ETag", "Location", "Content-Type"} {
			require.Equal(t, first.header.Get(name), again.header.Get(name))
		}
	}
	require.Len(t, w.call("GET", "/api/v1/people?role=coachee", nil).ok(200)["items"], 2)

	w.call("POST", "/api/v1/people", strings.Replace(kim, "Kim", "Tim", 1), "Idempotency-Key", "k1").refused(422, "idempotency_key_reused")
	w.call("POST", "/api/v1/api-keys", `{"name":"x"}`, "Idempotency-Key", "k1").refused(422, "idempotency_key_reused")
	w.call("POST", "/api/v1/people", kim, "Idempotency-Key", "k2").refused(409, "email_taken")
	other := w.call("POST", "/api/v1/people", kim, append(as(w.theirs.key), "Idempotency-Key", "k1")...)
	require.Equal(t, http.StatusCreated, other.status, "keys are the caller's own")
	require.NotEqual(t, first.id(), other.id())
}

func TestIdempotency_ARefusalIsReplayedToo(t *testing.T) {
	w := newWorld(t)
	bad := strings.Replace(kim, "coachee", "owner", 1)
	w.call("POST", "/api/v1/people", bad, "Idempotency-Key", "k").refused(422, "role_unknown")
	again := w.call("POST", "/api/v1/people", bad, "Idempotency-Key", "k")
	require.Equal(t, 422, again.status)
	require.Equal(t, "role_unknown", codeOf(t, again))
	require.Equal(t, "application/problem+json", again.header.Get("Content-Type"))
}

func TestIdempotency_KeysThatAreNone(t *testing.T) {
	w := newWorld(t)
	for _, key := range []string{strings.Repeat("k", 201), "ünicode", "tab\there", "nul\x00"} {
		w.call("POST", "/api/v1/people", kim, "Idempotency-Key", key).refused(422, "idempotency_key_invalid")
	}
	require.Equal(t, 201, w.call("POST", "/api/v1/people", kim, "Idempotency-Key", strings.Repeat("~", 200)).status)
}

func TestIdempotency_AtTheSameTime(t *testing.T) {
	w := newWorld(t)
	var wait sync.WaitGroup
	statuses := make([]int, 8)
	for i := range statuses {
		wait.Go(func() { statuses[i] = w.call("POST", "/api/v1/people", kim, "Idempotency-Key", "race").status })
	}
	wait.Wait()
	for _, status := range statuses {
		require.Contains(t, []int{http.StatusCreated, http.StatusConflict}, status)
	}
	require.Contains(t, statuses, http.StatusCreated)
	require.Len(t, w.call("GET", "/api/v1/people?role=coachee", nil).ok(200)["items"], 2)
}

func TestIdempotency_WhileItIsUnderWay(t *testing.T) {
	w := newWorld(t)
	p := app.Principal{Org: w.ours.org, Person: w.ours.admin}
	hash := []byte("the first request")
	replay, err := w.app.ClaimRequest(t.Context(), p, "k", hash)
	require.NoError(t, err)
	require.Nil(t, replay)
	_, err = w.app.ClaimRequest(t.Context(), p, "k", hash)
	require.ErrorContains(t, err, "idempotency_in_progress")
	require.NoError(t, w.app.ReleaseRequest(t.Context(), p, "k"))
	_, err = w.app.ClaimRequest(t.Context(), p, "k", hash)
	require.NoError(t, err, "given back, it can be tried again")
	require.NoError(t, w.app.FinishRequest(t.Context(), p, "k", app.StoredResponse{Status: 201, Header: map[string]string{"ETag": `"1"`}, Body: []byte("{}")}))
	require.NoError(t, w.app.ReleaseRequest(t.Context(), p, "k"))
	replay, err = w.app.ClaimRequest(t.Context(), p, "k", hash)
	require.NoError(t, err)
	require.Equal(t, &app.StoredResponse{Status: 201, Header: map[string]string{"ETag": `"1"`}, Body: []byte("{}")}, replay, "an answer is not given back")
}

func TestIdempotency_KeysAreForgottenAfterADay(t *testing.T) {
	w := newWorld(t)
	first := w.call("POST", "/api/v1/api-keys", `{"name":"x"}`, "Idempotency-Key", "old")
	require.Equal(t, 201, first.status)
	w.age(25 * time.Hour)
	again := w.call("POST", "/api/v1/api-keys", `{"name":"x"}`, "Idempotency-Key", "old")
	require.Equal(t, 201, again.status, again.body)
	require.Empty(t, again.header.Get("Idempotent-Replayed"))
	require.NotEqual(t, first.id(), again.id())
}

func TestIdempotency_FailuresOfOursAreNotKept(t *testing.T) {
	w := newWorld(t)
	w.app.Temporal = nil // a call to it panics
	engagement := w.engagement()
	w.startedWithoutWorkflow(engagement)
	for range 2 {
		w.call("POST", "/api/v1/engagements/"+engagement+"/pause", nil, "Idempotency-Key", "k").refused(500, "internal_error")
	}
	w.app.Temporal = awayTemporal()
	for range 2 {
		a := w.call("POST", "/api/v1/engagements/"+engagement+"/pause", nil, "Idempotency-Key", "k")
		a.refused(503, "engine_unavailable")
		require.Equal(t, "5", a.header.Get("Retry-After"))
		require.Empty(t, a.header.Get("Idempotent-Replayed"))
	}
}

func TestAPIKeys_TheSecretIsShownOnceAndStoredNowhere(t *testing.T) {
	w := newWorld(t)
	made := w.call("POST", "/api/v1/api-keys", `{"name":"import"}`, "Idempotency-Key", "k").ok(201)
	key := made["key"].(string)
	require.Equal(t, 200, w.call("GET", "/api/v1/organization", nil, as(key)...).status)
	again := w.call("POST", "/api/v1/api-keys", `{"name":"import"}`, "Idempotency-Key", "k")
	require.Equal(t, made["id"], again.ok(201)["id"])
	require.NotContains(t, again.body, "cfk_")
	require.NotContains(t, w.call("GET", "/api/v1/api-keys", nil).body, "cfk_")
	w.inOrg(w.ours.org, func(ctx context.Context, q *rows.Queries) error {
		row, err := q.IdempotencyGet(ctx, rows.IdempotencyGetParams{OrgID: w.ours.org, PrincipalID: w.ours.admin, Key: "k"})
		require.NotContains(t, string(row.Body), "cfk_")
		return err
	})
	require.Equal(t, 204, w.call("DELETE", fmt.Sprintf("/api/v1/api-keys/%s", made["id"]), nil).status)
	w.call("GET", "/api/v1/organization", nil, as(key)...).refused(401, "api_key_invalid")
	w.call("DELETE", fmt.Sprintf("/api/v1/api-keys/%s", made["id"]), nil).refused(404, "api_key_not_found")
}
