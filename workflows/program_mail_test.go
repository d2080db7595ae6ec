package workflows_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/mail/compose"
	"coachflow/mail/deliver"
	"coachflow/workflows"
)

// mailOutage is shorter than the ten tries that the test environment allows.
const mailOutage = 100 * time.Second

func peers(w *world) coaching.ItemSpec {
	return w.formItem("Peers", to(coaching.RecipientSpec{Role: "coachee"}, coaching.RecipientSpec{Email: peer}))
}

// One address that does not exist stops neither the other mails nor the
// program, is told in the timeline, and gets no more mail.
func TestProgram_AMailRefusedForGood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mails.refuse(func(o compose.Outgoing) error {
		if o.To.Addr == peer {
			return &deliver.SendError{Permanent: true, BadAddress: true, Code: "recipient_refused", Err: errors.New("550 no such user")}
		}
		return nil
	})
	r := w.program(w.engagement(peers(w), w.formItem("Next")))
	r.at(time.Hour, func() { r.answer("Peers", ben) })
	r.at(7*day, func() {
		for _, to := range r.item("Peers").To {
			require.Equal(t, to.Address == peer, to.Undelivered != "", "the program says whom its mail did not reach: %s %s", to.Address, to.Undelivered)
		}
		r.update(workflows.SkipUpdate, r.act("Peers"))
	})
	r.at(8*day, func() { r.answer("Next", ben) })
	r.execute()
	require.Equal(t, []string{"0d request Peers " + ben, "7d request Next " + ben}, r.sent())
	outcomes := r.outcomes()
	require.Equal(t, 1, outcomes["request failed"])
	require.Equal(t, 2, outcomes["reminder suppressed"], "the address is known to be bad when they are due")
	require.Equal(t, []string{"mail_failed"}, r.events("mail_failed"))
	blocked, err := w.app.ListBlockedAddresses(t.Context(), w.admin)
	require.NoError(t, err)
	require.Len(t, blocked, 1)
	for _, n := range w.notifications(r.engagement.ID) {
		if n.State == "failed" {
			require.Equal(t, "the mail was refused for good: recipient_refused", n.StateReason)
		}
	}
}

func TestR15_AMailThatIsTriedAgainIsTheSameMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake")))
	until := r.start.Add(mailOutage)
	w.mails.refuse(func(compose.Outgoing) error {
		if r.env.Now().Before(until) {
			return &deliver.SendError{Code: "provider_unavailable", Err: errors.New("503")}
		}
		return nil
	})
	r.at(mailOutage/2, func() { require.Equal(t, "open", r.item("Intake").Status, "the form is open by then") })
	r.at(time.Hour, func() { r.answer("Intake", ben) })
	r.execute()
	require.Len(t, w.mails.all(), 1)
	for key, tries := range w.mails.tries {
		require.Greater(t, len(tries), 4)
		for _, o := range tries {
			require.Equal(t, tries[0], o)
			require.Equal(t, key, o.IdempotencyKey)
		}
	}
}

// A provider that is away for long is asked less and less often, for two
// recipients as for one, and gets the mails soon after its return.
func TestMail_AProviderThatIsAwayForLongIsAskedLessOften(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(peers(w)))
	var tried []time.Duration
	w.mails.refuse(func(o compose.Outgoing) error {
		at := r.env.Now().Sub(r.start).Round(time.Second)
		if o.To.Addr == ben {
			tried = append(tried, at)
		}
		if at < 20*time.Minute {
			return errors.New("no route to host")
		}
		return nil
	})
	r.at(time.Hour, func() {
		require.Len(t, w.mails.to(ben), 1)
		require.Len(t, w.mails.to(peer), 1)
		r.answer("Peers", ben)
		r.answer("Peers", peer)
	})
	r.execute()
	var seconds []int
	for _, at := range tried {
		seconds = append(seconds, int(at.Seconds()))
	}
	require.Equal(t, []int{0, 10, 30, 70, 150, 310, 610, 910, 1210}, seconds)
}

// A reminder that the provider does not take for a while is not sent to those
// who answer in the meantime.
func TestR1_AnAnswerStopsAMailThatIsTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(peers(w)))
	until := r.start.Add(3*day + mailOutage)
	w.mails.refuse(func(o compose.Outgoing) error {
		if strings.HasPrefix(o.Subject, "Reminder") && r.env.Now().Before(until) {
			return errors.New("no route to host")
		}
		return nil
	})
	r.at(3*day+mailOutage/2, func() { r.answer("Peers", ben) })
	r.at(4*day, func() { r.answer("Peers", peer) })
	r.execute()
	require.Len(t, w.mails.to(ben), 1)
	require.Len(t, w.mails.to(peer), 2)
}

// The engagement ends while a mail is being tried: the workflow ends, too.
func TestR1_TheEndStopsAMailThatIsTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake")))
	w.mails.refuse(func(compose.Outgoing) error { return errors.New("no route to host") })
	r.at(mailOutage/2, func() { r.update(workflows.EndUpdate, workflows.ProgramEnd{Status: "cancelled"}) })
	r.execute()
	require.Empty(t, w.mails.all())
	require.Less(t, r.env.Now().Sub(r.start), time.Hour)
}

func TestR1_TheAddressIsReadAgainWhenItIsSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake")))
	r.at(day, func() {
		_, err := w.app.UpdatePerson(t.Context(), w.admin, w.client.ID, w.client.Version, app.PersonInput{Name: "Ben Okri", Roles: []string{"coachee"}, State: "internal",
			TimeZone: "Europe/Berlin", Emails: []string{"new@client.test"}})
		require.NoError(t, err)
	})
	works := func(m posted) bool {
		token := strings.Fields(m.Text[strings.Index(m.Text, "/l/")+len("/l/"):])[0]
		ref, err := w.app.OpenLink(token)
		require.NoError(t, err)
		_, err = w.app.ReadFormLink(t.Context(), ref)
		return err == nil
	}
	r.at(4*day, func() {
		require.True(t, works(w.mails.to("new@client.test")[0]), "the link in the reminder is made for the new address")
		require.False(t, works(w.mails.to(ben)[0]), "the one that was mailed to the old address is dead")
		r.answer("Intake", "new@client.test")
	})
	r.execute()
	require.Equal(t, []string{"0d request Intake " + ben, "3d reminder Intake new@client.test"}, r.sent())
}

// A hard bounce between two mails stops the second, until it is cleared.
func TestProgram_ABounceStopsFurtherMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake")))
	r.at(day, func() {
		sent := w.mails.all()[0]
		require.NoError(t, w.app.RecordDelivery(t.Context(), deliver.DeliveryEvent{Type: deliver.DeliveryBounced, HardBounce: true, ProviderID: sent.MessageID, At: r.env.Now(), Reason: "mailbox full"}))
	})
	r.at(8*day, func() { require.NoError(t, w.app.ClearBlockedAddress(t.Context(), w.admin, ben)) })
	r.at(10*day, func() { r.answer("Intake", ben) })
	r.env.ExecuteWorkflow(workflows.Program, workflows.ProgramInput{Org: w.admin.Org, Engagement: r.engagement.ID})
	require.Equal(t, []string{"0d request Intake " + ben, "9d reminder Intake " + ben}, r.sent())
	require.Equal(t, 1, r.outcomes()["request bounced"])
	require.Equal(t, 2, r.outcomes()["reminder suppressed"])
}
