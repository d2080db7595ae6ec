package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/mocks"

	"coachflow/app"
	"coachflow/coaching"
)

const lamps = "seven quiet green lamps"

// invited adds a coach who is invited, and gives the path of the link in the
// invitation.
func (w *world) invited(p party, email string) (person app.Person, made app.Invitation, path string) {
	w.t.Helper()
	w.temporal.On("SignalWithStartWorkflow", mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything).Return(&mocks.WorkflowRun{}, nil).Maybe()
	w.temporal.On("SignalWorkflow", mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything).Return(nil).Maybe()
	ctx := w.t.Context()
	person, err := w.app.CreatePerson(ctx, p.admin, app.PersonInput{Name: "Nora Newcomer", Roles: []string{"coach"}, Emails: []string{email}})
	require.NoError(w.t, err)
	made, err = w.app.Invite(ctx, p.admin, app.InvitationInput{PersonID: person.ID})
	require.NoError(w.t, err)
	return person, made, w.accountLink(p, coaching.InvitationLink, made.ID, person.ID, email, 24*time.Hour)
}

func (w *world) accountLink(p party, purpose coaching.LinkPurpose, subject, person uuid.UUID, email string, lives time.Duration) string {
	w.t.Helper()
	id := uuid.New()
	w.exec("INSERT INTO links (org_id, id, purpose, subject_id, person_id, email, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		p.org, id, purpose.Name(), subject, person, email, time.Now().Add(lives))
	return "/l/" + w.app.Outbox.Links.Sign(coaching.LinkRef{Purpose: purpose, Org: p.org, ID: id})
}

func passwords(password, again string) url.Values {
	return url.Values{"password": {password}, "again": {again}}
}

func TestInvitationLink_ChoosesThePasswordAndLogsNobodyIn(t *testing.T) {
	w := newWorld(t)
	person, _, path := w.invited(w.ours, "nora@ours.example")
	v := w.visitor()

	before := w.snapshot()
	for range 3 {
		page := v.get(path)
		require.Equal(t, http.StatusOK, page.status)
		require.Contains(t, page.body, "Hello Nora Newcomer")
		require.Contains(t, page.body, `value="nora@ours.example"`)
		require.Contains(t, page.body, `autocomplete="new-password"`)
	}
	require.Equal(t, before, w.snapshot(), "R9: opening the link changes nothing")

	for _, bad := range []struct{ password, again, says string }{
		{"short", "short", "at least 12 characters"},
		{lamps, lamps + "!", "not the same"},
		{"nora@ours.example", "nora@ours.example", "must not be your email address"},
		{"aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "repeats the same few characters"},
	} {
		page := v.post(path, passwords(bad.password, bad.again))
		require.Equal(t, http.StatusUnprocessableEntity, page.status)
		require.Contains(t, page.body, bad.says)
		require.NotContains(t, page.body, `type="password" value`, "nothing typed comes back")
	}
	scanner := v.post(path, passwords(lamps, lamps), "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "navigate")
	require.Contains(t, scanner.body, "Create your account", "a scanner that sends the form gets the page again")
	require.Contains(t, scanner.body, "Nothing has been set yet", "and a person whose browser does not tell knows what to do")
	require.Equal(t, before, w.snapshot())

	page := v.post(path, passwords(lamps, lamps))
	require.Equal(t, http.StatusOK, page.status)
	require.Contains(t, page.body, "Your account is ready")
	require.Empty(t, v.cookie, "no link alone logs anybody in")
	again := v.post(path, passwords("another long password", "another long password"))
	require.Contains(t, again.body, "Your account is ready", "doing it again shows the same result")
	require.Contains(t, v.get(path).body, "Your account is ready")

	in := v.post("/login", url.Values{"email": {"nora@ours.example"}, "password": {lamps}})
	require.Equal(t, http.StatusSeeOther, in.status, in.body)
	require.Contains(t, v.get("/").body, "Nora Newcomer")
	changed, err := w.app.GetPerson(t.Context(), w.ours.admin, person.ID)
	require.NoError(t, err)
	require.Equal(t, "active", changed.State)
	require.NotContains(t, w.log.String(), strings.TrimPrefix(path, "/l/"), "no log holds a token")
	require.NotContains(t, w.log.String(), lamps)
}

func TestInvitationLink_ThatIsOverSaysSo(t *testing.T) {
	w := newWorld(t)
	person, made, path := w.invited(w.ours, "nora@ours.example")
	v := w.visitor()
	_, err := w.app.WithdrawInvitation(t.Context(), w.ours.admin, made.ID)
	require.NoError(t, err)
	require.Contains(t, v.get(path).body, "This invitation is not valid any more")
	require.Contains(t, v.post(path, passwords(lamps, lamps)).body, "This invitation is not valid any more")
	still, err := w.app.GetPerson(t.Context(), w.ours.admin, person.ID)
	require.NoError(t, err)
	require.Equal(t, "internal", still.State)

	ref, err := w.app.OpenLink(strings.TrimPrefix(path, "/l/"))
	require.NoError(t, err)
	for name, dead := range map[string]string{
		"expired":          w.accountLink(w.ours, coaching.InvitationLink, made.ID, person.ID, "nora@ours.example", -time.Second),
		"another address":  w.accountLink(w.ours, coaching.InvitationLink, made.ID, person.ID, "somebody@else.example", time.Hour),
		"another org":      "/l/" + w.app.Outbox.Links.Sign(coaching.LinkRef{Purpose: coaching.InvitationLink, Org: w.theirs.org, ID: made.ID}),
		"another purpose":  "/l/" + w.app.Outbox.Links.Sign(coaching.LinkRef{Purpose: coaching.PasswordLink, Org: w.ours.org, ID: ref.ID}),
		"a form's purpose": "/l/" + w.app.Outbox.Links.Sign(coaching.LinkRef{Purpose: coaching.FormLink, Org: w.ours.org, ID: made.ID}),
	} {
		for _, page := range []response{v.get(dead), v.post(dead, passwords(lamps, lamps))} {
			require.Equal(t, http.StatusNotFound, page.status, name)
			require.Contains(t, page.body, "This link does not work", name)
			require.NotContains(t, page.body, "Nora", name)
			require.NotContains(t, page.body, "Ours", name)
		}
	}
}

func TestPasswordLink_OfAClosedAccount(t *testing.T) {
	w := newWorld(t)
	path := w.accountLink(w.ours, coaching.PasswordLink, uuid.New(), w.ours.coach.Person, address(w.ours.coach), time.Hour)
	v := w.visitor()
	require.Contains(t, v.get(path).body, "Choose a new password")
	w.exec("UPDATE people SET state = 'internal' WHERE id = $1", w.ours.coach.Person)
	require.Contains(t, v.get(path).body, "The account is closed")
	require.Contains(t, v.post(path, passwords(lamps, lamps)).body, "The account is closed")
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
	person, _, _ := w.invited(w.ours, "nora@ours.example")
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
