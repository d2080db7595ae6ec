package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/mocks"

	"coachflow/app"
)

const lamps = "seven quiet green lamps"

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

func TestForgotPassword_TheAnswerTellsNothing(t *testing.T) {
	w := newWorld(t)
	v := w.visitor()
	ask := func(email string) response { return v.post("/password", url.Values{"email": {email}}) }
	known, unknown := ask(address(w.ours.coach)), ask("nobody@ours.example")
	w.pages.Wait()
	require.Equal(t, http.StatusOK, known.status)
	require.Equal(t, strings.ReplaceAll(known.body, address(w.ours.coach), "nobody@ours.example"), unknown.body)
	require.Equal(t, http.StatusUnprocessableEntity, ask("no address").status)
	require.Equal(t, http.StatusUnprocessableEntity, ask("").status)
	for range loginBurst {
		unknown = ask("nobody@ours.example")
	}
	require.Equal(t, http.StatusTooManyRequests, unknown.status)
	require.NotEmpty(t, unknown.header.Get("Retry-After"))
	list, err := w.app.ListNotifications(t.Context(), w.ours.admin, nil, "", app.Paging{})
	require.NoError(t, err)
	require.Len(t, list.Items, 1)
	require.Equal(t, "password_reset", list.Items[0].Kind)
	require.Equal(t, address(w.ours.coach), list.Items[0].Address)
}

func TestAccount_ANewPasswordEndsOtherLogins(t *testing.T) {
	w := newWorld(t)
	here, elsewhere := w.login(w.ours.coach), w.login(w.ours.coach)
	require.Contains(t, here.get("/account").body, "Change the password")
	wrong := here.post("/account", url.Values{"present": {"not it, sorry"}, "password": {lamps}, "again": {lamps}})
	require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
	require.Contains(t, wrong.body, "not your present password")
	w.exec("CREATE TABLE old_sessions AS TABLE sessions")
	page := here.follow("/account", url.Values{"present": {password}, "password": {lamps}, "again": {lamps}})
	require.Contains(t, page.body, "The new password is set")
	require.Equal(t, http.StatusOK, here.get("/").status, "who changed it stays logged in")
	w.exec("INSERT INTO sessions SELECT * FROM old_sessions ON CONFLICT DO NOTHING") // as a request that was under way would write it back
	require.Equal(t, http.StatusSeeOther, elsewhere.get("/").status, "and nobody else")
	require.Equal(t, http.StatusUnauthorized, w.visitor().post("/login", url.Values{"email": {address(w.ours.coach)}, "password": {password}}).status)
	for range loginBurst + 1 {
		wrong = here.post("/account", url.Values{"present": {"guess"}, "password": {lamps}, "again": {lamps}})
	}
	require.Equal(t, http.StatusTooManyRequests, wrong.status)
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
