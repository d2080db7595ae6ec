package workflows_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/coaching"
	"coachflow/workflows"
)

const ben, clara, peer = "ben@client.test", "clara@acme.test", "peer@elsewhere.test"

func TestProgram_HappyStory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake"), w.formItem("Goals"), w.formItem("Review")))
	r.at(time.Hour, func() { r.answer("Intake", ben) })
	r.at(2*time.Hour, func() { r.answer("Goals", ben) })
	r.at(26*time.Hour, func() { r.answer("Review", ben) })
	r.execute()
	require.Equal(t, []string{"0d request Intake " + ben, "1h request Goals " + ben, "2h request Review " + ben}, r.sent())
}

func TestR13_EveryMailCanBeSeenAsItWasSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake", to(coaching.RecipientSpec{Role: "coachee"}, coaching.RecipientSpec{Email: peer, Name: "Pia"}))))
	r.at(time.Hour, func() { r.update(workflows.EndUpdate, workflows.ProgramEnd{Status: "completed"}) })
	r.execute()
	require.Len(t, w.mails.all(), 2)
	for _, m := range w.mails.all() {
		require.Contains(t, m.Text, "http://coachflow.test/l/", "the mail has the link")
		for _, n := range w.notifications(r.engagement.ID) {
			if n.MessageID != m.MessageID {
				continue
			}
			shown, err := w.app.GetNotification(t.Context(), w.admin, n.ID)
			require.NoError(t, err)
			require.Equal(t, blotted(m.Text), blotted(shown.Text))
			require.Equal(t, blotted(m.HTML), blotted(shown.HTML))
			require.NotEqual(t, m.Text, shown.Text, "the copy holds no token")
			require.Equal(t, "recipient of Intake", shown.Reason)
			require.NotEmpty(t, shown.TemplateVersion)
			require.NotNil(t, shown.SentAt)
		}
	}
}

// Two forms are open at once, and the later one is answered first: that
// releases what follows the later one, and answering the earlier one nothing.
func TestProgram_AnswersOutOfOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake"), w.formItem("Goals"), w.formItem("Review")))
	r.at(time.Hour, func() { r.update(workflows.SendUpdate, r.act("Goals")) })
	r.at(2*time.Hour, func() { r.answer("Goals", ben) })
	r.at(3*time.Hour, func() { r.answer("Intake", ben) })
	r.at(4*time.Hour, func() { r.answer("Review", ben) })
	r.execute()
	require.Equal(t, []string{"0d request Intake " + ben, "1h0m30s request Goals " + ben, "2h request Review " + ben}, r.sent())
}

func TestProgram_OptionalRecipientsNeverBlock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	both := to(coaching.RecipientSpec{Role: "coachee"}, coaching.RecipientSpec{Role: "coach"}, coaching.RecipientSpec{Email: peer, Optional: true})
	r := w.program(w.engagement(w.formItem("Peers", both), w.formItem("Next")))
	r.at(time.Hour, func() { r.answer("Peers", ben) })
	r.at(2*time.Hour, func() {
		require.Equal(t, "open", r.item("Peers").Status, "a required answer is missing")
		r.answer("Peers", clara)
	})
	r.at(3*time.Hour, func() {
		require.Equal(t, "completed", r.item("Peers").Status)
		r.answer("Peers", peer)
		require.Equal(t, "open", r.item("Next").Status)
	})
	r.execute()
	require.ElementsMatch(t, []string{"0d request Peers " + ben, "0d request Peers " + clara, "0d request Peers " + peer}, r.sent()[:3])
	require.Equal(t, "2h request Next "+ben, r.sent()[3])
	for _, s := range r.sent()[4:] {
		require.Contains(t, s, "Next", "a complete item reminds nobody, also not who need not answer")
	}
}

// blotted is a letter without the parts in which the copy may differ.
func blotted(letter string) string { return linkPart.ReplaceAllString(letter, "/l/X") }

var linkPart = regexp.MustCompile(`/l/[A-Za-z0-9_-]+`)
