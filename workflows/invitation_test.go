package workflows_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/mail/compose"
	"coachflow/outbox"
	"coachflow/program"
	"coachflow/workflows"
)

// invited is one person who was invited, followed in controlled time.
type invited struct {
	*world
	env   *testsuite.TestWorkflowEnvironment
	who   app.Person
	first app.Invitation
	start time.Time
}

// invite invites Ben. Time begins at that moment.
func (w *world) invite() *invited {
	w.Helper()
	made, err := w.app.Invite(w.Context(), w.admin, app.InvitationInput{PersonID: w.client.ID})
	require.NoError(w, err)
	r := &invited{world: w, who: w.client, first: made, start: made.InvitedAt}
	r.env = w.environment(r.start)
	r.env.RegisterWorkflow(workflows.Invitation)
	r.env.RegisterWorkflowWithOptions(workflows.StandaloneMail, workflow.RegisterOptions{Name: workflows.StandaloneMailType})
	return r
}

func (r *invited) at(after time.Duration, do func()) { r.env.RegisterDelayedCallback(do, after) }

// tells is the signal that the application sends after an act.
func (r *invited) tells() { r.env.SignalWorkflow(workflows.LookAgainSignal, nil) }

// ends runs the invitation to its end, and finds that nothing is left pending.
func (r *invited) ends(status coaching.InvitationStatus) {
	r.Helper()
	r.env.ExecuteWorkflow(workflows.Invitation, workflows.InvitationInput{Org: r.admin.Org, Person: r.who.ID})
	require.True(r, r.env.IsWorkflowCompleted())
	require.NoError(r, r.env.GetWorkflowError())
	var got coaching.InvitationStatus
	require.NoError(r, r.env.GetWorkflowResult(&got))
	require.Equal(r, status, got)
	require.Empty(r, r.pending(), "nothing stays planned")
}

// sent lists what was sent so far, like "3d reminder ben@client.test".
func (r *invited) sent() []string {
	out := []string{}
	for _, m := range r.mails.all() {
		out = append(out, fmt.Sprintf("%s %s %s", short(m.at.Sub(r.start)), invitationMail(m.Subject), m.To.Addr))
	}
	return out
}

func invitationMail(subject string) string {
	switch {
	case strings.HasPrefix(subject, "Reminder: "):
		return "reminder"
	case strings.HasSuffix(subject, "has not created an account"):
		return "word"
	}
	return "invitation"
}

// pending lists the planned mails of all invitations, in the order of their time.
func (w *world) pending() []string {
	w.Helper()
	out := []string{}
	page, err := w.app.ListNotifications(w.Context(), w.admin, nil, "", app.Paging{Most: 200})
	require.NoError(w, err)
	for _, n := range page.Items {
		if n.State == "planned" || n.State == "sending" {
			out = append(out, n.Step+" "+n.Address)
		}
	}
	return out
}

func (r *invited) state() string {
	r.Helper()
	p, err := r.app.GetPerson(r.Context(), r.admin, r.who.ID)
	require.NoError(r, err)
	return p.State
}

// link is what the newest link in a mail to an address names.
func (r *invited) link(address string) coaching.LinkRef {
	r.Helper()
	list := r.mails.to(address)
	require.NotEmpty(r, list)
	text := list[len(list)-1].Text
	_, token, found := strings.Cut(text, "http://coachflow.test/l/")
	require.True(r, found, text)
	ref, err := r.app.OpenLink(strings.FieldsFunc(token, func(c rune) bool { return strings.ContainsRune(" \r\n)>", c) })[0])
	require.NoError(r, err)
	return ref
}

const secret = "seven quiet green lamps"

func (r *invited) accepts(address string) {
	r.Helper()
	account, err := r.app.ChoosePassword(r.Context(), r.link(address), secret, secret)
	require.NoError(r, err)
	require.Equal(r, app.AccountDone, account.Stand)
	r.tells()
}

func TestInvitation_SilenceEndsWithTheAdmins(t *testing.T) {
	t.Parallel()
	r := newWorld(t).invite()
	require.Equal(t, "invited", r.state())
	require.Equal(t, []string{"request ben@client.test", "reminder-1 ben@client.test", "reminder-2 ben@client.test", "end ada@acme.test"}, r.pending(), "R12: each can be seen before it leaves")
	r.ends(coaching.InvitationExpired)
	require.Equal(t, []string{"30s invitation ben@client.test", "3d30s reminder ben@client.test", "7d30s reminder ben@client.test", "14d30s word ada@acme.test"}, r.sent())
	require.Equal(t, "internal", r.state())
	word := r.mails.to("ada@acme.test")[0]
	require.Contains(t, word.Text, "http://coachflow.test/people/"+r.who.ID.String())
	require.NotContains(t, word.Text, "/l/", "nobody gets another one's link")
}

func TestInvitation_AcceptedAfterTheFirstReminder(t *testing.T) {
	t.Parallel()
	r := newWorld(t).invite()
	r.at(4*day, func() { r.accepts(ben) })
	r.ends(coaching.InvitationAccepted)
	require.Equal(t, []string{"30s invitation ben@client.test", "3d30s reminder ben@client.test"}, r.sent())
	require.Equal(t, "active", r.state())
	who, err := r.app.Login(t.Context(), ben, secret, coaching.Device{})
	require.NoError(t, err)
	require.Equal(t, r.who.ID, who.Person)
}

// The workflow may not have heard of what was done: it looks before it sends.
func TestR1_AnAcceptedInvitationIsNotRemindedOf(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*invited){
		"accepted": func(r *invited) {
			_, err := r.app.ChoosePassword(r.Context(), r.link(ben), secret, secret)
			require.NoError(r, err)
		},
		"withdrawn": func(r *invited) {
			_, err := r.app.WithdrawInvitation(r.Context(), r.admin, r.first.ID)
			require.NoError(r, err)
		},
		"a password by other means": func(r *invited) {
			require.NoError(r, r.app.SetPassword(r.Context(), r.admin, app.PasswordInput{Person: r.who.ID, Password: secret}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newWorld(t).invite()
			r.at(day, func() { end(r) }) // and nobody tells
			want := coaching.InvitationAccepted
			if name == "withdrawn" {
				want = coaching.InvitationWithdrawn
			}
			r.ends(want)
			require.Equal(t, []string{"30s invitation ben@client.test"}, r.sent())
		})
	}
}

func TestInvitation_TakenBackInTimeSendsNothing(t *testing.T) {
	t.Parallel()
	r := newWorld(t).invite()
	r.at(20*time.Second, func() {
		withdrawn, err := r.app.WithdrawInvitation(r.Context(), r.admin, r.first.ID)
		require.NoError(t, err)
		require.Equal(t, "withdrawn", withdrawn.Status)
		require.Nil(t, withdrawn.Next)
		_, err = r.app.WithdrawInvitation(r.Context(), r.admin, r.first.ID)
		requireProblem(t, err, "invitation_not_open")
		r.tells()
	})
	r.ends(coaching.InvitationWithdrawn)
	require.Empty(t, r.sent())
	require.Equal(t, "internal", r.state())
}

func TestR4_ASecondInvitationReplacesTheFirst(t *testing.T) {
	t.Parallel()
	r := newWorld(t).invite()
	var old coaching.LinkRef
	r.at(5*day, func() {
		old = r.link(ben)
		r.exec("UPDATE organizations SET undo_seconds = 0")
		second, err := r.app.Invite(r.Context(), r.admin, app.InvitationInput{PersonID: r.who.ID})
		require.NoError(t, err)
		require.Equal(t, []string{"request ben@client.test", "reminder-1 ben@client.test", "reminder-2 ben@client.test", "end ada@acme.test"}, r.pending(), "exactly the new ones")
		// The act is of this moment; the story is of the fifth day.
		by := fmt.Sprintf("%d microseconds", r.env.Now().Sub(second.InvitedAt).Microseconds())
		r.exec("UPDATE invitations SET invited_at = invited_at + $1::interval, send_at = send_at + $1::interval, expires_at = expires_at + $1::interval WHERE status = 'open'", by)
		r.exec("UPDATE notifications SET planned_at = planned_at + $1::interval WHERE state = 'planned'", by)
		r.tells()
	})
	r.at(6*day, func() {
		account, err := r.app.ReadAccountLink(t.Context(), old)
		require.NoError(t, err)
		require.Equal(t, app.AccountOver, account.Stand, "the old link is dead")
		_, err = r.app.ChoosePassword(t.Context(), old, secret, secret)
		require.NoError(t, err)
		require.Equal(t, "invited", r.state(), "and opens nothing")
		r.accepts(ben)
	})
	r.ends(coaching.InvitationAccepted)
	require.Equal(t, []string{"30s invitation ben@client.test", "3d30s reminder ben@client.test", "5d invitation ben@client.test"}, r.sent())
	require.Equal(t, "active", r.state())
}

func TestR15_AfterALongAbsenceOneMailLeaves(t *testing.T) {
	t.Parallel()
	r := newWorld(t).invite()
	r.env.SetStartTime(r.start.Add(8 * day)) // no worker was there for so long
	r.ends(coaching.InvitationExpired)
	require.Equal(t, []string{"8d reminder ben@client.test", "14d30s word ada@acme.test"}, r.sent())
	require.Equal(t, 2, r.count("SELECT count(*) FROM notifications WHERE state = 'dropped' AND state_reason <> ''"))
}

func TestR15_ARepeatedStepSendsNothingTwice(t *testing.T) {
	t.Parallel()
	r := newWorld(t).invite()
	var failed bool
	r.mails.refuse(func(o compose.Outgoing) error {
		if invitationMail(o.Subject) == "invitation" && !failed {
			failed = true
			return errors.New("the line broke, and nobody knows whether it was taken")
		}
		return nil
	})
	r.at(day, func() { r.accepts(ben) })
	r.ends(coaching.InvitationAccepted)
	require.Len(t, r.mails.tries["invitation/"+r.first.ID.String()+"/request"], 2, "tried again under the same key")
	require.Len(t, r.mails.all(), 1)
	require.Equal(t, r.mails.tries["invitation/"+r.first.ID.String()+"/request"][0].Text, r.mails.all()[0].Text)
}

func TestInvitation_GoesToWhereThePersonIsNow(t *testing.T) {
	t.Parallel()
	r := newWorld(t).invite()
	var stranger coaching.LinkRef
	r.at(day, func() {
		stranger = r.link(ben)
		person, err := r.app.GetPerson(t.Context(), r.admin, r.who.ID)
		require.NoError(t, err)
		_, err = r.app.UpdatePerson(t.Context(), r.admin, r.who.ID, person.Version, app.PersonInput{Name: person.Name, Roles: person.Roles, TimeZone: "America/New_York", Emails: []string{"ben.okri@client.test"}})
		require.NoError(t, err)
		_, err = r.app.ReadAccountLink(t.Context(), stranger)
		requireProblem(t, err, "link_invalid")
		require.Equal(t, []string{"reminder-1 ben.okri@client.test", "reminder-2 ben.okri@client.test", "end ada@acme.test"}, r.pending(), "what is planned says where it goes")
	})
	r.at(4*day, func() { r.accepts("ben.okri@client.test") })
	r.ends(coaching.InvitationAccepted)
	require.Equal(t, []string{"30s invitation ben@client.test", "3d30s reminder ben.okri@client.test"}, r.sent())
	require.Contains(t, r.mails.to("ben.okri@client.test")[0].Text, "America/New_York", "the reader's zone")
	_, err := r.app.ChoosePassword(t.Context(), stranger, secret, secret)
	requireProblem(t, err, "link_invalid")
}

func TestInvitation_NewAdminsAreToldAndFormerOnesNot(t *testing.T) {
	t.Parallel()
	r := newWorld(t).invite()
	r.at(day, func() {
		second := r.person("Grace Hopper", "admin", "grace@acme.test")
		require.NoError(t, r.app.SetPassword(t.Context(), r.admin, app.PasswordInput{Person: second.ID, Password: secret}))
		r.exec("UPDATE people SET roles = '{coach}' WHERE id = $1", r.admin.Person)
	})
	r.env.ExecuteWorkflow(workflows.Invitation, workflows.InvitationInput{Org: r.admin.Org, Person: r.who.ID})
	require.NoError(t, r.env.GetWorkflowError())
	require.Equal(t, "14d30s word grace@acme.test", r.sent()[len(r.sent())-1])
	require.Empty(t, r.mails.to("ada@acme.test"))
}

// The word to the admins is asked for again when it leaves: by then the person may
// be invited anew.
func TestR1_TheWordAboutAnInvitationThatWasSentAgainIsTakenBack(t *testing.T) {
	t.Parallel()
	r := newWorld(t).invite()
	r.mails.refuse(func(o compose.Outgoing) error {
		if o.To.Addr == "ada@acme.test" {
			return errors.New("the mailbox takes none")
		}
		return nil
	})
	r.env.ExecuteWorkflow(workflows.Invitation, workflows.InvitationInput{Org: r.admin.Org, Person: r.who.ID})
	require.NoError(t, r.env.GetWorkflowError(), "it ends, whoever cannot be told")
	r.mails.refuse(nil)
	_, err := r.app.Invite(t.Context(), r.admin, app.InvitationInput{PersonID: r.who.ID})
	require.NoError(t, err)
	var id string
	r.ask("SELECT id::text FROM notifications WHERE kind = 'invitation_expired' AND invitation_id = $1", &id, r.first.ID)
	require.NoError(t, r.activities.SendNotice(t.Context(), outbox.StandaloneMail{Org: r.admin.Org, ID: uuid.MustParse(id)}))
	require.Empty(t, r.mails.to("ada@acme.test"))
	require.Equal(t, 1, r.count("SELECT count(*) FROM notifications WHERE id = $1 AND state = 'cancelled' AND state_reason LIKE '%invited again%'", id))
}

func TestInvitation_ABlockedAddressIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec("INSERT INTO blocked_addresses SELECT org_id, 'ben@client.test', 'bounced', now() FROM organizations")
	_, err := w.app.Invite(t.Context(), w.admin, app.InvitationInput{PersonID: w.client.ID})
	requireProblem(t, err, "address_blocked")
	_, err = w.app.Invite(t.Context(), w.admin, app.InvitationInput{PersonID: w.admin.Person})
	requireProblem(t, err, "account_active")
	_, err = w.app.Invite(t.Context(), w.admin, app.InvitationInput{PersonID: uuid.New()})
	requireProblem(t, err, "person_not_found")
	require.Zero(t, w.count("SELECT count(*) FROM invitations"))
	require.Zero(t, w.count("SELECT count(*) FROM notifications"))
}

// A block that comes after the plan stops the mail with its reason, and the
// invitation goes on to its end.
func TestInvitation_ABounceOnTheWayIsRecorded(t *testing.T) {
	t.Parallel()
	r := newWorld(t).invite()
	r.at(day, func() {
		r.exec("INSERT INTO blocked_addresses SELECT org_id, 'ben@client.test', 'bounced', now() FROM organizations")
	})
	r.ends(coaching.InvitationExpired)
	require.Equal(t, []string{"30s invitation ben@client.test", "14d30s word ada@acme.test"}, r.sent())
	require.Equal(t, 2, r.count("SELECT count(*) FROM notifications WHERE state = 'suppressed' AND state_reason LIKE '%bounced%'"))
}

func requireProblem(t *testing.T, err error, code string) {
	t.Helper()
	problem, is := coaching.AsProblem(err)
	require.True(t, is, "%v", err)
	require.Equal(t, code, problem.Code)
}

func (w *world) newPasswordMail() coaching.LinkRef {
	w.Helper()
	env := w.environment(time.Now())
	env.RegisterWorkflowWithOptions(workflows.StandaloneMail, workflow.RegisterOptions{Name: workflows.StandaloneMailType})
	var id string
	w.ask("SELECT id::text FROM notifications WHERE kind = 'password_reset' AND state = 'planned'", &id)
	env.ExecuteWorkflow(workflows.StandaloneMail, workflows.StandaloneMailInput{Org: w.admin.Org, ID: uuid.MustParse(id)})
	require.NoError(w, env.GetWorkflowError())
	return (&invited{world: w}).link("ada@acme.test")
}

func TestNewPassword_TheLinkWorksOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.app.AskNewPassword(t.Context(), " ADA@acme.test"))
	ref := w.newPasswordMail()
	for range 2 { // R9: opening it changes nothing
		account, err := w.app.ReadAccountLink(t.Context(), ref)
		require.NoError(t, err)
		require.Equal(t, app.AccountOpen, account.Stand)
	}
	require.NoError(t, w.app.SaveSession(t.Context(), []byte("hash"), app.SessionRow{Org: w.admin.Org, Person: w.admin.Person, Data: []byte{}, Expires: time.Now().Add(time.Hour)}))
	account, err := w.app.ChoosePassword(t.Context(), ref, secret, secret)
	require.NoError(t, err)
	require.Equal(t, app.AccountDone, account.Stand)
	_, there, err := w.app.FindSession(t.Context(), []byte("hash"))
	require.NoError(t, err)
	require.False(t, there, "whoever was logged in is not any more")
	_, err = w.app.Login(t.Context(), "ada@acme.test", secret, coaching.Device{})
	require.NoError(t, err)
	account, err = w.app.ChoosePassword(t.Context(), ref, "another long password", "another long password")
	require.NoError(t, err)
	require.Equal(t, app.AccountDone, account.Stand, "the same result")
	_, err = w.app.Login(t.Context(), "ada@acme.test", "another long password", coaching.Device{})
	requireProblem(t, err, "login_failed")
}

func TestNewPassword_OnlyForWhoHasOneAndNotInAFlood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.app.AskNewPassword(t.Context(), ben), "the answer does not tell that nobody has an account")
	require.NoError(t, w.app.AskNewPassword(t.Context(), "nobody@nowhere.test"))
	require.Zero(t, w.count("SELECT count(*) FROM notifications"))
	for range 4 {
		require.NoError(t, w.app.AskNewPassword(t.Context(), "ada@acme.test"))
	}
	require.Equal(t, 1, w.count("SELECT count(*) FROM notifications"), "one is fresh enough")
	for range 20 {
		w.exec("UPDATE notifications SET planned_at = planned_at - interval '3 minutes'")
		require.NoError(t, w.app.AskNewPassword(t.Context(), "ada@acme.test"))
	}
	require.Equal(t, 5, w.count("SELECT count(*) FROM notifications"), "and five a day")
}

// Whoever asks for mails to somebody else's address does not leave its owner without
// one: there is always a link that works.
func TestNewPassword_AfterAFloodThereIsALinkThatWorks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 6 * 12 { // six hours
		w.exec("UPDATE notifications SET planned_at = planned_at - interval '5 minutes'")
		require.NoError(t, w.app.AskNewPassword(t.Context(), "ada@acme.test"))
		require.Equal(t, 1, w.count("SELECT least(count(*), 1) FROM notifications WHERE planned_at > now() - interval '1 hour'"))
	}
	require.Equal(t, 5+5, w.count("SELECT count(*) FROM notifications"), "one an hour, after the first five")
}

// A new password makes worthless what was asked for before it, also what has not
// left yet; so does the end of the account.
func TestR1_NoLinkOutlivesThePassword(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*world) error{
		"changed": func(w *world) error {
			return w.app.ChangePassword(w.Context(), w.admin, "correct horse battery", secret, secret)
		},
		"closed": func(w *world) error {
			second := w.person("Grace Hopper", "admin", "grace@acme.test")
			w.active(second)
			_, err := w.app.UpdatePerson(w.Context(), w.admin, w.admin.Person, w.version(w.admin.Person), app.PersonInput{Name: "Ada", Roles: []string{"admin"}, State: "internal", TimeZone: "UTC", Emails: []string{"ada@acme.test"}})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			require.NoError(t, w.app.AskNewPassword(t.Context(), "ada@acme.test"))
			require.NoError(t, end(w))
			var id string
			w.ask("SELECT id::text FROM notifications WHERE kind = 'password_reset'", &id)
			require.NoError(t, w.activities.SendNotice(t.Context(), outbox.StandaloneMail{Org: w.admin.Org, ID: uuid.MustParse(id)}))
			require.Empty(t, w.mails.all())
			require.Equal(t, 1, w.count("SELECT count(*) FROM notifications WHERE state = 'cancelled' AND state_reason <> ''"))
		})
	}
}

func (w *world) version(person uuid.UUID) int {
	w.Helper()
	return w.count("SELECT version FROM people WHERE id = $1", person)
}

// Who had an account is told that its password was changed; who creates one is not.
func TestNewPassword_TheOwnerIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.active(w.client)
	require.Zero(t, w.count("SELECT count(*) FROM notifications"))
	require.NoError(t, w.app.ChangePassword(t.Context(), w.admin, "correct horse battery", secret, secret))
	var id string
	w.ask("SELECT id::text FROM notifications WHERE kind = 'password_changed' AND state = 'planned'", &id)
	w.exec("UPDATE notifications SET planned_at = planned_at - interval '1 minute' WHERE id = $1", id)
	found, err := w.activities.FindUnprocessed(t.Context())
	require.NoError(t, err)
	require.Equal(t, []outbox.StandaloneMail{{Org: w.admin.Org, ID: uuid.MustParse(id)}}, found.StandaloneMails, "the sweep finds it, should the engine have been away")
	w.leaves(app.Notification{ID: uuid.MustParse(id)}, nil)
	told := w.mails.to("ada@acme.test")
	require.Len(t, told, 1)
	require.Contains(t, told[0].Text, "http://coachflow.test/password")
	require.Contains(t, told[0].Text, "(Europe/Berlin)")
	require.NotContains(t, told[0].Text, "/l/")
}

// While the new password is being hashed, an admin closes the account: it stays
// closed.
func TestChangePassword_DoesNotOpenAClosedAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	coach := w.active(w.coach)
	done := make(chan error, 1)
	go func() {
		done <- w.app.ChangePassword(t.Context(), coach, secret, "another long password", "another long password")
	}()
	_, err := w.app.UpdatePerson(t.Context(), w.admin, coach.Person, w.version(coach.Person), app.PersonInput{Name: w.coach.Name, Roles: w.coach.Roles, State: "internal", TimeZone: "UTC", Emails: w.coach.Emails})
	changed := <-done
	if err != nil { // the change was quicker, and the admin is told that the person is not as they saw it
		requireProblem(t, err, "person_changed")
		require.NoError(t, changed)
		return
	}
	requireProblem(t, changed, "password_wrong")
	require.Equal(t, 1, w.count("SELECT count(*) FROM people WHERE id = $1 AND state = 'internal' AND password_hash IS NULL", coach.Person))
}

// An account that comes again begins anew: keys of the old one stay dead.
func TestCloseAccount_EndsItsKeysForGood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second := w.active(w.person("Grace Hopper", "admin", "grace@acme.test"))
	key, err := w.app.CreateAPIKey(t.Context(), second, "script")
	require.NoError(t, err)
	_, err = w.app.WithAPIKey(t.Context(), key.Key)
	require.NoError(t, err)
	_, err = w.app.UpdatePerson(t.Context(), w.admin, second.Person, w.version(second.Person), app.PersonInput{Name: "Grace Hopper", Roles: []string{"admin"}, State: "internal", TimeZone: "UTC", Emails: []string{"grace@acme.test"}})
	require.NoError(t, err)
	w.active(app.Person{ID: second.Person})
	_, err = w.app.WithAPIKey(t.Context(), key.Key)
	requireProblem(t, err, "api_key_invalid")
}

// What writes about a person does not wait for who changes the person, and the
// other way round: nothing of it can end in a deadlock.
func TestPerson_ManyActsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.active(w.client)
	e := w.engagement(taskItem("Talk"), w.formItem("Intake", manual))
	present, err := w.app.GetProgram(t.Context(), w.admin, e.ID)
	require.NoError(t, err)
	items := []uuid.UUID{present.Items[0].ID, present.Items[1].ID}
	act := program.CommandContext{Org: w.admin.Org, Engagement: e.ID, At: time.Now().UTC().Truncate(time.Microsecond)}
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			zone := []string{"Europe/Berlin", "Asia/Tokyo"}[i%2]
			for range 3 {
				in := app.PersonInput{Name: w.client.Name, Roles: w.client.Roles, TimeZone: zone, Emails: w.client.Emails}
				_, err := w.app.UpdatePerson(t.Context(), w.admin, w.client.ID, w.version(w.client.ID), in)
				if _, told := coaching.AsProblem(err); !told {
					require.NoError(t, err)
				}
			}
		})
		wait.Go(func() {
			one := act
			one.Item, one.Key = items[i%2], fmt.Sprint("many ", i)
			_, err := w.activities.SendItem(t.Context(), one)
			require.NoError(t, err)
			_, err = w.activities.TakeStep(t.Context(), one)
			require.NoError(t, err)
			_, err = w.app.CreateEngagement(t.Context(), w.admin, app.EngagementInput{Name: "Another", CoacheeID: w.client.ID, CoachID: &w.coach.ID})
			require.NoError(t, err)
		})
	}
	wait.Wait()
}

func TestNewPassword_TooLateIsNotSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.app.AskNewPassword(t.Context(), "ada@acme.test"))
	w.exec("UPDATE notifications SET planned_at = planned_at - interval '61 minutes'")
	var id string
	w.ask("SELECT id::text FROM notifications", &id)
	env := w.environment(time.Now())
	env.RegisterWorkflowWithOptions(workflows.StandaloneMail, workflow.RegisterOptions{Name: workflows.StandaloneMailType})
	env.ExecuteWorkflow(workflows.StandaloneMail, workflows.StandaloneMailInput{Org: w.admin.Org, ID: uuid.MustParse(id)})
	require.NoError(t, env.GetWorkflowError())
	require.Empty(t, w.mails.all())
	require.Equal(t, 1, w.count("SELECT count(*) FROM notifications WHERE state = 'failed' AND state_reason LIKE '%run out%'"))
}
