package workflows_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/inbox"
	"coachflow/outbox"
)

// responder writes the answers of a machine, the n-th of them to a mail.
type responder func(d *draft, n int) *draft

var apologies = []string{"I am out of office.", "Ich bin nicht im Haus.", "Je suis absente.", "No estoy en la oficina.", "Sono fuori ufficio.", "Jestem poza biurem.", "Olen lomalla.", "Estou ausente."}

// responders answer without the signs by which machines are told.
var responders = map[string]responder{
	"in a thread, the same words":    func(d *draft, _ int) *draft { return d },
	"in a thread, varying words":     func(d *draft, n int) *draft { d.body = fmt.Sprintf("Your ticket is number %d.", n); return d },
	"in a thread, many languages":    func(d *draft, n int) *draft { d.body = apologies[n%len(apologies)]; return d },
	"without references, same words": func(d *draft, _ int) *draft { return d.without("In-Reply-To").without("References") },
	"without references, other words": func(d *draft, n int) *draft {
		d.body = fmt.Sprintf("Thank you, we count %d.", n)
		return d.without("In-Reply-To").without("References").set("Subject", fmt.Sprintf("Received %d", n))
	},
	"with a sign of bulk": func(d *draft, n int) *draft { d.body = apologies[n%len(apologies)]; return d.set("Precedence", "bulk") },
}

// loop has both sides answer each other until a mail is not posted. at is the
// moment of the first mail.
func (w *world) loop(at time.Time, answer responder) (posted int, last inbox.Inbound, state string) {
	w.Helper()
	for n := range 20 {
		d := w.mail("Hello", "How are you?")
		if n > 0 {
			to := clara
			if n%2 == 1 {
				to = ben
			}
			d = answer(w.answers(n%2 == 1, w.newest(to), uuid.NewString()+"@x.test"), n)
		}
		last, state = w.receivesAt(at.Add(time.Duration(n)*time.Second), d)
		if state != "posted" {
			return n, last, state
		}
	}
	return 20, last, state
}

func (w *world) receivesAt(at time.Time, d *draft) (inbox.Inbound, string) {
	w.Helper()
	arrived := w.arrives(d.bytes())
	arrived.ReceivedAt = at
	mails, err := w.domain.Inbox.Store(w.Context(), arrived)
	require.NoError(w, err)
	mails[0].At = at
	return mails[0], w.reads(mails[0])
}

func (w *world) toldOfMachines() int {
	return w.count("SELECT count(*) FROM notifications WHERE kind = $1", string(outbox.MachinesStopped))
}

// R20: two machines that answer each other are stopped after three rounds, whatever
// they write; the admins are told once; a person's mail still goes through.
func TestR20_TwoMachinesAreStoppedWhateverTheyWrite(t *testing.T) {
	t.Parallel()
	for name, answer := range responders {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			at := time.Now().UTC().Truncate(time.Second).Add(-30 * time.Minute)
			posted, held, state := w.loop(at, answer)
			require.Contains(t, []string{"quarantined answers_like_a_machine", "quarantined repeats_itself"}, state)
			require.LessOrEqual(t, posted, 7, "the first mail and three rounds")
			require.GreaterOrEqual(t, posted, 3, "people may answer at once")

			_, state = w.receivesAt(at.Add(5*time.Minute), w.mail("Really", "Ben, let us talk on the phone."))
			require.Equal(t, "posted", state, "a person's mail goes through")
			require.Equal(t, "posted", w.releases(held), "what was let through is not held again")
		})
	}
}

// A machine that says what it is ends the loop at once.
func TestR20_AMachineThatSaysSoIsNotAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	posted, _, state := w.loop(time.Now().Add(-time.Minute), func(d *draft, _ int) *draft { return d.set("Auto-Submitted", "auto-replied") })
	require.Equal(t, 1, posted)
	require.Contains(t, state, "ignored")
	require.Zero(t, w.toldOfMachines())
}

func TestR20_TheAdminsAreToldOfMachinesOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at := time.Now().UTC().Truncate(time.Second).Add(-3 * time.Hour)
	vary := responders["in a thread, varying words"]
	posted, _, state := w.loop(at, vary)
	require.Equal(t, "quarantined answers_like_a_machine", state)
	require.Equal(t, 7, posted)
	_, state = w.receivesAt(at.Add(10*time.Second), vary(w.answers(true, w.newest(ben), uuid.NewString()+"@x.test"), 9))
	require.Equal(t, "quarantined answers_like_a_machine", state)
	require.Equal(t, 1, w.toldOfMachines(), "once an hour")

	var id uuid.UUID
	w.ask("SELECT id FROM notifications WHERE kind = $1", &id, string(outbox.MachinesStopped))
	require.NoError(t, w.domain.Outbox.SendStandalone(t.Context(), outbox.StandaloneMail{Org: w.admin.Org, ID: id}))
	told := w.newest("ada@acme.test")
	require.Equal(t, "Mails between Clara Schumann and Ben Okri answer each other", told.Subject)
	require.Contains(t, told.Text, "http://coachflow.test/quarantine")

	_, _, state = w.loop(at.Add(2*time.Hour), vary)
	require.Equal(t, "quarantined answers_like_a_machine", state)
	require.Equal(t, 2, w.toldOfMachines(), "and again later")
}
