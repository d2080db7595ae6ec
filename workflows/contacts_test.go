package workflows_test

import (
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-vcard"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/workflow"

	"coachflow/app"
	"coachflow/workflows"
)

// leaves runs the workflow of one planned mail, from now on.
func (w *world) leaves(n app.Notification, meanwhile func()) {
	w.Helper()
	env := w.environment(time.Now())
	env.RegisterWorkflowWithOptions(workflows.StandaloneMail, workflow.RegisterOptions{Name: workflows.StandaloneMailType})
	if meanwhile != nil {
		env.RegisterDelayedCallback(meanwhile, 10*time.Second)
	}
	env.ExecuteWorkflow(workflows.StandaloneMail, workflows.StandaloneMailInput{Org: w.admin.Org, ID: n.ID, SendAt: n.PlannedAt})
	require.NoError(w, env.GetWorkflowError())
}

// pair opens a conversation of the coach with another client.
func (w *world) pair(coach app.Person, client, email string) app.Stream {
	w.Helper()
	s, err := w.app.OpenStream(w.Context(), w.admin, app.StreamInput{CoachID: coach.ID, ClientID: w.person(client, "coachee", email).ID})
	require.NoError(w, err)
	return s
}

func TestContacts_GoToTheCoachAsCards(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, second := w.pair(w.coach, "Zoë Quist", "zoe@client.test"), w.pair(w.coach, "Amir Adel", "amir@client.test")
	suffix := "at Acme"
	_, err := w.app.UpdateOrganization(t.Context(), w.admin, app.OrganizationInput{Name: "Acme Coaching", TimeZone: "Europe/Berlin", UndoSeconds: 30, ContactSuffix: &suffix})
	require.NoError(t, err)
	planned, err := w.app.SendContacts(t.Context(), w.active(w.coach), app.StreamsInput{StreamIDs: []uuid.UUID{first.ID, second.ID, first.ID}})
	require.NoError(t, err)
	require.Len(t, planned, 1, "one mail for both")
	again, err := w.app.SendContacts(t.Context(), w.admin, app.StreamsInput{StreamIDs: []uuid.UUID{second.ID, first.ID}})
	require.NoError(t, err)
	require.Equal(t, planned[0].ID, again[0].ID, "R15: pressed twice is asked for once")
	w.leaves(planned[0], func() { require.Empty(t, w.mails.all(), "it waits to be taken back") })

	require.Len(t, w.mails.to(clara), 1)
	mail := w.mails.to(clara)[0]
	require.Len(t, mail.Attachments, 1)
	require.Equal(t, "contacts.vcf", mail.Attachments[0].Name)
	decoder := vcard.NewDecoder(strings.NewReader(string(mail.Attachments[0].Data)))
	addresses := map[string]string{}
	list, err := w.app.ListSystemAddresses(t.Context(), w.admin, nil, app.Paging{})
	require.NoError(t, err)
	for _, a := range list.Items {
		if a.Direction == "to_client" {
			addresses[a.ClientName+" at Acme"] = a.Address
		}
	}
	for _, name := range []string{"Amir Adel at Acme", "Zoë Quist at Acme"} {
		card, err := decoder.Decode()
		require.NoError(t, err)
		require.Equal(t, name, card.Value(vcard.FieldFormattedName))
		require.Equal(t, addresses[name], card.Value(vcard.FieldEmail))
		require.Contains(t, mail.Text, addresses[name])
	}
}

// The address that is in use when the mail leaves is the one that it names.
func TestContacts_TheClientGetsTheAddressInUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, old := w.addresses()
	planned, err := w.app.SendAddresses(t.Context(), w.active(w.coach), app.StreamsInput{StreamIDs: []uuid.UUID{old.StreamID}})
	require.NoError(t, err)
	w.leaves(planned[0], func() {
		_, err := w.app.RegenerateSystemAddress(t.Context(), w.admin, old.ID)
		require.NoError(t, err)
	})
	_, fresh := w.addresses()
	mail := w.mails.to(ben)[0]
	require.Contains(t, mail.Text, fresh.Address)
	require.NotContains(t, mail.Text, old.Address)
	require.Contains(t, string(mail.Attachments[0].Data), "FN:Clara Schumann via coachflow\r\n")
}

func TestContacts_CanBeTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, address := w.addresses()
	coach := w.active(w.coach)
	other := w.active(w.person("Olga Other", "coach", "olga@acme.test"))
	planned, err := w.app.SendAddresses(t.Context(), coach, app.StreamsInput{StreamIDs: []uuid.UUID{address.StreamID}})
	require.NoError(t, err)
	pending, err := w.app.PendingContacts(t.Context(), coach)
	require.NoError(t, err)
	require.Len(t, pending, 1)
	pending, err = w.app.PendingContacts(t.Context(), other)
	require.NoError(t, err)
	require.Empty(t, pending)
	_, err = w.app.TakeBackNotification(t.Context(), other, planned[0].ID)
	requireProblem(t, err, "notification_not_found")
	w.leaves(planned[0], func() {
		taken, err := w.app.TakeBackNotification(t.Context(), coach, planned[0].ID)
		require.NoError(t, err)
		require.Equal(t, "cancelled", taken.State)
	})
	require.Empty(t, w.mails.all())
	_, err = w.app.TakeBackNotification(t.Context(), coach, planned[0].ID)
	requireProblem(t, err, "nothing_to_take_back")

	e := w.engagement(w.formItem("Intake"))
	w.exec("INSERT INTO notifications (org_id, id, engagement_id, kind, step, key, address, reason, state, planned_at) SELECT org_id, gen_random_uuid(), id, 'form_request', 'request', 'k', 'a@b.test', 'r', 'planned', now() FROM engagements WHERE id = $1", e.ID)
	var id string
	w.ask("SELECT id::text FROM notifications WHERE key = 'k'", &id)
	_, err = w.app.TakeBackNotification(t.Context(), w.admin, uuid.MustParse(id))
	requireProblem(t, err, "nothing_to_take_back")
}

func TestContacts_OnlyOfOnesOwnClientsAllOrNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	own := w.pair(w.coach, "Zoë Quist", "zoe@client.test")
	olga := w.person("Olga Other", "coach", "olga@acme.test")
	others := w.pair(olga, "Amir Adel", "amir@client.test")
	coach := w.active(w.coach)
	for _, send := range []func(app.StreamsInput) error{
		func(in app.StreamsInput) error { _, err := w.app.SendContacts(t.Context(), coach, in); return err },
		func(in app.StreamsInput) error { _, err := w.app.SendAddresses(t.Context(), coach, in); return err },
	} {
		requireProblem(t, send(app.StreamsInput{StreamIDs: []uuid.UUID{own.ID, others.ID}}), "stream_not_found")
		requireProblem(t, send(app.StreamsInput{}), "streams_not_chosen")
	}
	w.exec("INSERT INTO blocked_addresses SELECT org_id, 'amir@client.test', 'bounced', now() FROM organizations")
	_, err := w.app.SendAddresses(t.Context(), w.admin, app.StreamsInput{StreamIDs: []uuid.UUID{own.ID, others.ID}})
	requireProblem(t, err, "address_blocked")
	require.Zero(t, w.count("SELECT count(*) FROM notifications"), "nothing is half done")
	planned, err := w.app.SendContacts(t.Context(), w.admin, app.StreamsInput{StreamIDs: []uuid.UUID{own.ID, others.ID}})
	require.NoError(t, err)
	require.Len(t, planned, 2, "to each coach their own")
}
