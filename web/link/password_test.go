package link_test

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

func TestPasswordLink_EveryAcknowledgedPasswordIsSet(t *testing.T) {
	w := newWorld(t)
	person := w.ours.coach
	for range 8 {
		first := w.accountLink(w.ours, coaching.PasswordLink, uuid.New(), person.Person, address(person), time.Hour)
		second := w.accountLink(w.ours, coaching.PasswordLink, uuid.New(), person.Person, address(person), time.Hour)
		typed := [2]string{"one of two new passwords", "the other of the two"}
		pages := w.together("LOCK TABLE people IN EXCLUSIVE MODE", func() response { return w.visitor().post(first, passwords(typed[0], typed[0])) },
			func() response { return w.visitor().post(second, passwords(typed[1], typed[1])) })
		set := 0
		for i, page := range pages {
			_, err := w.app.Login(t.Context(), address(person), typed[i], coaching.Device{})
			require.Equal(t, err == nil, strings.Contains(page.body, "The new password is set"), page.body)
			require.Equal(t, err != nil, strings.Contains(page.body, "Your password was not set"))
			if err == nil {
				set++
			}
		}
		require.Equal(t, 1, set)
	}
}

func TestPasswordLink_EndedByAnotherDoesNotSayThatItHasSetAPassword(t *testing.T) {
	w := newWorld(t)
	person := w.ours.coach
	older := w.accountLink(w.ours, coaching.PasswordLink, uuid.New(), person.Person, address(person), time.Hour)
	newer := w.accountLink(w.ours, coaching.PasswordLink, uuid.New(), person.Person, address(person), time.Hour)
	v := w.visitor()
	require.Contains(t, v.post(newer, passwords(lamps, lamps)).body, "The new password is set")
	require.NotContains(t, v.get(older).body, "The new password is set")
	require.Contains(t, v.get(older).body, "This link is over")
	late := v.post(older, passwords("another long password", "another long password"))
	require.Contains(t, late.body, "Your password was not set")
	require.NotContains(t, late.body, "The new password is set")

	require.Contains(t, v.post(newer, passwords(lamps, lamps)).body, "The new password is set", "the button was pressed twice")
	w.exec("UPDATE people SET password_set_at = password_set_at - interval '1 hour' WHERE id = $1", person.Person)
	require.Contains(t, v.post(newer, passwords(lamps, lamps)).body, "Your password was not set", "a link that is over is no way to try passwords")
}

func TestInvitationLink_ASecondPasswordIsToldThatItDoesNotCount(t *testing.T) {
	w := newWorld(t)
	_, _, path := w.invited(w.ours, "nora@ours.example")
	v := w.visitor()
	require.NotContains(t, v.post(path, passwords(lamps, lamps)).body, "was not set")
	require.NotContains(t, v.post(path, passwords(lamps, lamps)).body, "was not set", "the button was pressed twice")
	late := v.post(path, passwords("another long password", "another long password"))
	require.Contains(t, late.body, "Your account is ready")
	require.Contains(t, late.body, "What you have typed now was not set")
	_, err := w.app.Login(t.Context(), "nora@ours.example", lamps, coaching.Device{})
	require.NoError(t, err)
}

func TestPasswordLink_TriesAreCountedPerLink(t *testing.T) {
	w := newWorld(t)
	person := w.ours.coach
	path := w.accountLink(w.ours, coaching.PasswordLink, uuid.New(), person.Person, address(person), time.Hour)
	v := w.visitor()
	for range 20 {
		require.Equal(t, http.StatusUnprocessableEntity, v.post(path, passwords("short", "short")).status, "what is not hashed is not counted")
	}
	require.Contains(t, v.post(path, passwords(lamps, lamps)).body, "The new password is set")
	for range 4 { // one try was the password itself
		require.Contains(t, v.post(path, passwords("another long password", "another long password")).body, "Your password was not set")
	}
	tried := v.post(path, passwords(lamps, lamps))
	require.NotContains(t, tried.body, "The new password is set", "nothing is compared any more")
	require.Equal(t, "12", tried.header.Get("Retry-After"))

	fresh := w.accountLink(w.ours, coaching.PasswordLink, uuid.New(), person.Person, address(person), time.Hour)
	w.app.Owners = app.NewLane(0, 0)
	for range 20 {
		busy := v.post(fresh, passwords(lamps, lamps))
		require.Equal(t, http.StatusServiceUnavailable, busy.status)
		require.Equal(t, "5", busy.header.Get("Retry-After"))
		require.Contains(t, busy.body, "Nothing was done")
		require.Contains(t, busy.body, "Choose a new password", "the page to try again")
	}
	w.app.Owners = app.NewLane(1, 1)
	require.Contains(t, v.post(fresh, passwords(lamps, lamps)).body, "The new password is set")
}
