package api

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestInvitations_FromInviteToWithdraw(t *testing.T) {
	w := newWorld(t)
	person := w.call("POST", "/api/v1/people", kim).id()
	w.call("POST", "/api/v1/invitations", map[string]any{"person_id": person}, as(w.ours.coachKey)...).refused(403, "admin_only")
	made := w.call("POST", "/api/v1/invitations", map[string]any{"person_id": person}).ok(201)
	require.Equal(t, "open", made["status"])
	require.Equal(t, "request", made["next"].(map[string]any)["step"])
	require.Equal(t, made["send_at"], made["next"].(map[string]any)["at"])
	path := "/api/v1/invitations/" + made["id"].(string)
	require.Equal(t, made, w.call("GET", path, nil).ok(200))
	require.Equal(t, "invited", w.call("GET", "/api/v1/people/"+person, nil).ok(200)["state"])
	w.call("GET", path, nil, as(w.theirs.key)...).refused(404, "invitation_not_found")
	w.call("POST", path+"/withdraw", nil, as(w.theirs.key)...).refused(404, "invitation_not_found")

	again := w.call("POST", "/api/v1/invitations", map[string]any{"person_id": person}).ok(201)
	require.Equal(t, "replaced", w.call("GET", path, nil).ok(200)["status"])
	require.NotContains(t, w.call("GET", path, nil).ok(200), "next", "nothing comes of it any more")
	open := w.call("GET", "/api/v1/invitations?status=open&person_id="+person, nil).ok(200)["items"].([]any)
	require.Len(t, open, 1)
	require.Equal(t, again["id"], open[0].(map[string]any)["id"])

	path = "/api/v1/invitations/" + again["id"].(string) + "/withdraw"
	require.Equal(t, "withdrawn", w.call("POST", path, nil).ok(200)["status"])
	w.call("POST", path, nil).refused(409, "invitation_not_open")
	require.Equal(t, "internal", w.call("GET", "/api/v1/people/"+person, nil).ok(200)["state"])
	for _, n := range w.call("GET", "/api/v1/notifications", nil).ok(200)["items"].([]any) {
		require.Equal(t, "cancelled", n.(map[string]any)["state"], "nothing of it is planned any more")
	}
}
