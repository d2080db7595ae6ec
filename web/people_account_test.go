package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/mocks"

	"coachflow/app"
)

// invited adds a coach who is invited.
func (w *world) invited(p party, email string) app.Person {
	w.t.Helper()
	w.temporal.On("SignalWithStartWorkflow", mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything).Return(&mocks.WorkflowRun{}, nil).Maybe()
	w.temporal.On("SignalWorkflow", mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything).Return(nil).Maybe()
	ctx := w.t.Context()
	person, err := w.app.CreatePerson(ctx, p.admin, app.PersonInput{Name: "Nora Newcomer", Roles: []string{"coach"}, Emails: []string{email}})
	require.NoError(w.t, err)
	_, err = w.app.Invite(ctx, p.admin, app.InvitationInput{PersonID: person.ID})
	require.NoError(w.t, err)
	return person
}

func TestPerson_InvitedFromTheConsole(t *testing.T) {
	w := newWorld(t)
	person := w.invited(w.ours, "nora@ours.example")
	v, path := w.login(w.ours.admin), "/people/"+person.ID.String()
	page := v.get(path)
	require.Contains(t, page.body, "The invitation is about to leave")
	require.Contains(t, page.body, "Take it back")
	require.Contains(t, v.follow(path+"/withdraw", url.Values{}).body, "The invitation is withdrawn.")
	page = v.follow(path+"/invite", url.Values{})
	require.Contains(t, page.body, "is on its way")
	require.Contains(t, page.body, "withdrawn", "the earlier one is still told of")
	w.exec("UPDATE invitations SET followed = 1, send_at = now() - interval '1 hour' WHERE status = 'open'")
	w.exec("UPDATE notifications SET state = 'sent' WHERE state = 'planned' AND step = 'request'")
	page = v.get(path)
	require.Contains(t, page.body, "has not chosen a password yet")
	require.Contains(t, page.body, "A reminder leaves on")
	require.Contains(t, v.get(path+"/withdraw").body, "Withdraw the invitation?")
	w.exec("UPDATE people SET state = 'active' WHERE id = $1", person.ID)
	w.exec("UPDATE invitations SET status = 'accepted', ended_at = now() WHERE status = 'open'")
	require.Contains(t, v.get(path).body, "has an account and can log in")
	require.Contains(t, v.follow(path+"/invite", url.Values{}).body, "has an active account already")
	require.Contains(t, v.follow(path+"/close", url.Values{}).body, "The account is closed.")
	require.Contains(t, v.get(path).body, "is a record only")

	for _, who := range []app.Principal{w.ours.coach, w.theirs.admin} {
		other := w.login(who)
		for _, act := range []string{"/invite", "/withdraw", "/close"} {
			require.Equal(t, http.StatusNotFound, other.post(path+act, url.Values{}).status, act)
		}
	}
}
