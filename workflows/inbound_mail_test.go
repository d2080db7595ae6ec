package workflows_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/inbox"
	"coachflow/mail/compose"
	"coachflow/workflows"
)

// ends runs a workflow of a mail to its end, which comes without any time passing.
func (w *world) ends(run any, in inbox.Inbound) inbox.Verdict {
	w.Helper()
	env := w.environment(time.Now())
	start := env.Now()
	env.RegisterWorkflow(run)
	env.ExecuteWorkflow(run, workflows.InboundMailInput{Org: in.Org, ID: in.ID})
	var verdict inbox.Verdict
	require.NoError(w, env.GetWorkflowResult(&verdict))
	require.Equal(w, start, env.Now(), "it waits for nobody")
	return verdict
}

func (w *world) forged(text string) inbox.Inbound {
	w.Helper()
	return w.stores(w.mail("Forged", text).without(results).bytes())
}

// A run ends with its mail, whatever became of it.
func TestInboundMail_Ends(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, inbox.Verdict{State: "posted"}, w.ends(workflows.InboundMail, w.stores(w.letter("Hello", "fine"))))
	in := w.forged("Release me.")
	require.Equal(t, inbox.Verdict{State: "quarantined", Reason: "no_results"}, w.ends(workflows.InboundMail, in))
	require.Len(t, w.mails.to(clara), 1)
	require.Equal(t, 1, w.count("SELECT count(*) FROM inbound_mails WHERE id = $1 AND run_ended", in.ID), "and this is known")
}

// Pressed twice, it is posted once, and shown as the same.
func TestInboundMail_AReleaseIsMadeOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.forged("Release me.")
	w.ends(workflows.InboundMail, in)
	w.mails.clear()
	for range 2 {
		m, err := w.app.ReleaseInboundMail(t.Context(), w.admin, in.ID)
		require.NoError(t, err)
		require.True(t, m.BeingPosted(), "saved, while the engine is away")
		require.False(t, m.Releasable)
	}
	require.Equal(t, inbox.Verdict{State: "posted"}, w.ends(workflows.MailRelease, in))
	require.Equal(t, inbox.Verdict{State: "posted"}, w.ends(workflows.MailRelease, in))
	m, err := w.app.ReleaseInboundMail(t.Context(), w.admin, in.ID)
	require.NoError(t, err)
	require.Equal(t, "posted", m.State)
	require.NotNil(t, m.ReleasedAt)
	require.Len(t, w.messages(), 1)
	require.Len(t, w.mails.all(), 1, "one onward mail, and no more words")
	require.Equal(t, 1, w.count("SELECT count(*) FROM inbound_mails WHERE id = $1 AND released_by = $2", in.ID, w.admin.Person), "who decided is written down")
}

// Whoever is first decides; the other is told, and nothing is done by halves.
func TestInboundMail_ReleaseRacesRefusal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 8 {
		in := w.forged("Decide.")
		w.reads(in)
		before := len(w.messages())
		var released, discarded error
		var both sync.WaitGroup
		both.Go(func() { _, released = w.app.ReleaseInboundMail(t.Context(), w.admin, in.ID) })
		both.Go(func() { _, discarded = w.app.DiscardInboundMail(t.Context(), w.admin, in.ID) })
		both.Wait()
		w.ends(workflows.MailRelease, in)
		if released == nil {
			require.Equal(t, "mail_not_quarantined", w.code(discarded))
			require.Equal(t, "posted", w.mailState(in.ID))
			require.Len(t, w.messages(), before+1)
			continue
		}
		require.NoError(t, discarded)
		require.Equal(t, "mail_not_quarantined", w.code(released))
		require.Equal(t, "discarded no_results", w.mailState(in.ID))
		require.Len(t, w.messages(), before)
	}
}

// Two runs read the mail at once: it is posted once, and both say so.
func TestInboundMail_TwoRunsPostOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, release := range []bool{false, true} {
		w.mails.clear()
		before := len(w.messages())
		in := w.stores(w.letter("Hello", "fine"))
		if release {
			in = w.forged("Release me.")
			w.reads(in)
			w.mails.clear()
			_, err := w.app.ReleaseInboundMail(t.Context(), w.admin, in.ID)
			require.NoError(t, err)
		}
		verdicts, errs := make([]inbox.Verdict, 4), make([]error, 4)
		var all sync.WaitGroup
		for i := range verdicts {
			all.Go(func() { verdicts[i], errs[i] = w.domain.Inbox.Receive(t.Context(), in) })
		}
		all.Wait()
		for i := range verdicts {
			if errs[i] == nil { // one that meets the mail while another sends it tries again
				require.Equal(t, inbox.Verdict{State: "posted"}, verdicts[i])
			}
		}
		require.Equal(t, "posted", w.reads(in))
		require.Len(t, w.messages(), before+1)
		require.Len(t, w.mails.to(ben), 1)
	}
}

// R1: a person who was to hear that a mail is in quarantine does not, once somebody has
// decided about it.
func TestR1_NobodyHearsOfAQuarantineThatIsOver(t *testing.T) {
	t.Parallel()
	for decision, want := range map[string]string{"release": "posted", "discard": "discarded no_results"} {
		t.Run(decision, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			in := w.forged("Release me.")
			w.mails.refuse(func(compose.Outgoing) error { return errors.New("the mail server is away") })
			_, err := w.domain.Inbox.Receive(t.Context(), in)
			require.Error(t, err)
			w.mails.refuse(nil)
			require.Equal(t, "quarantined no_results", w.mailState(in.ID))
			if decision == "release" {
				w.releases(in)
			} else {
				_, err := w.app.DiscardInboundMail(t.Context(), w.admin, in.ID)
				require.NoError(t, err)
			}
			w.outage()
			require.Equal(t, want, w.reads(in))
			require.Empty(t, w.mails.to(clara))
			require.Zero(t, w.count("SELECT count(*) FROM notifications WHERE kind = 'inbound_mail_quarantined' AND state <> 'cancelled'"), "and it is never late")
		})
	}
}
