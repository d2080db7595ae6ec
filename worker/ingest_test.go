package worker

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/dev"
	"coachflow/mail/receive"
)

// What the next step finds when a step has just been done: so much is safe, should
// the process end between the two.
func TestIngest_EachStepIsDoneBeforeTheNext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	steps := []string{}
	w.blobs.lets(func() error {
		steps = append(steps, fmt.Sprintf("bytes: %d in the queue, %d rows", w.in("INBOX"), len(w.column("SELECT id::text FROM mailbox_mails"))))
		return nil
	})
	w.engine.lets(func() error {
		steps = append(steps, fmt.Sprintf("workflow: %d in the queue, %d filed, %d bytes, row %s", w.in("INBOX"), w.in("Processed"), len(w.blobs.contents()), w.column("SELECT state FROM inbound_mails")))
		return nil
	})
	raw := w.arrives("One", w.address)
	w.ingests()
	w.filed(1)

	_, started := w.engine.seen()
	require.Equal(t, w.workflowIDs(), started)
	require.Equal(t, []string{"bytes: 1 in the queue, 0 rows", "workflow: 1 in the queue, 0 filed, 1 bytes, row [received]"}, steps)
	stored := w.blobs.contents()
	require.True(t, strings.HasSuffix(stored[0], raw), "the receiving server's field stands before what was sent: %s", stored[0])
}

func TestIngest_WithTheDatabaseAwayTheMailboxIsLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 3 {
		w.arrives(fmt.Sprint("M", i), w.address)
	}
	w.away(true)
	w.ingests()
	w.becomes("it has paused again and again", func() bool { pauses, _ := w.said.read(); return pauses > 5 })
	require.Equal(t, 3, w.in("INBOX"))
	require.Zero(t, w.in("Processed"))
	tried, _ := w.engine.seen()
	require.Zero(t, tried)

	w.away(false)
	w.filed(3)
	_, started := w.engine.seen()
	require.ElementsMatch(t, w.workflowIDs(), started)
	require.Len(t, started, 3)
	_, faults := w.said.read()
	require.Empty(t, faults, "no mail is held to be at fault")
}

func TestIngest_WithTheFilesAwayTheMailboxIsLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.blobs.lets(func() error { return errors.New("the disk is full") })
	w.arrives("One", w.address)
	w.ingests()
	w.becomes("it has paused again and again", func() bool { pauses, _ := w.said.read(); return pauses > 3 })
	require.Equal(t, 1, w.in("INBOX"))
	require.Empty(t, w.column("SELECT id::text FROM mailbox_mails"), "no row without its bytes")
	w.blobs.lets(nil)
	w.filed(1)
	require.Len(t, w.workflowIDs(), 1)
	_, faults := w.said.read()
	require.Empty(t, faults)
}

// The trouble of one mail is that mail's.
func TestIngest_AMailThatCannotBeStoredHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.uid = 1 THEN RAISE 'not this one'; END IF; RETURN NEW; END $$`)
	w.exec("CREATE TRIGGER refuse BEFORE INSERT ON mailbox_mails FOR EACH ROW EXECUTE FUNCTION refuse()")
	for i := range 4 {
		w.arrives(fmt.Sprint("M", i), w.address)
	}
	w.ingests()
	w.becomes("the others are filed", func() bool { return w.in("Processed") == 3 })
	w.arrives("Later", w.address)
	w.becomes("a later one is filed, too", func() bool { return w.in("Processed") == 4 })
	require.Equal(t, 1, w.in("INBOX"), "the mail waits where it is")
	require.Len(t, w.workflowIDs(), 4)
	w.becomes("it is tried again", func() bool { _, faults := w.said.read(); return len(faults) > 2 })
	pauses, _ := w.said.read()
	require.Zero(t, pauses, "the mailbox is not left alone for it")

	w.exec("DROP TRIGGER refuse ON mailbox_mails")
	w.filed(5)
	_, started := w.engine.seen()
	require.ElementsMatch(t, w.workflowIDs(), started)
	require.Len(t, started, 5)
}

// The mail stays in the queue until its workflow is started, and is stored once,
// however often that is tried.
func TestIngest_AWorkflowThatDoesNotStartLosesNoMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.engine.lets(func() error { return errors.New("away") })
	w.arrives("One", w.address)
	w.ingests()
	w.becomes("it has paused again and again", func() bool { pauses, _ := w.said.read(); return pauses > 3 })
	require.Equal(t, 1, w.in("INBOX"))
	require.Zero(t, w.in("Processed"))
	require.Equal(t, []string{"received"}, w.column("SELECT state FROM inbound_mails"), "so that the sweep finds it, too")

	w.engine.lets(nil)
	w.filed(1)
	_, started := w.engine.seen()
	require.Equal(t, w.workflowIDs(), started)
	require.Len(t, started, 1)
	_, faults := w.said.read()
	require.Empty(t, faults, "no mail is held to be at fault")
}

// Taking a mail again, as after a crash before it was filed, makes no second row
// and asks for the same workflow.
func TestIngest_TakenAgainItIsTheSameMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second := newWorldBeside(w)
	w.arrives("One", w.address)
	w.engine.lets(func() error { return errors.New("away") }) // so that the first one does not file it
	w.ingests()
	w.becomes("the first has stored it", func() bool { return len(w.workflowIDs()) == 1 })
	second.ingests()
	w.filed(1)
	require.Len(t, w.workflowIDs(), 1)
	_, started := second.engine.seen()
	require.Equal(t, w.workflowIDs(), started)
}

// newWorldBeside is another worker over the same mailbox and database.
func newWorldBeside(w *world) *world {
	beside := *w
	beside.engine, beside.said = &engine{}, &answers{}
	return &beside
}

func TestIngest_AMailToNobodyIsKeptWithItsReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.arrives("Lost", "nobody@in.example")
	w.ingests()
	w.filed(1)
	require.Equal(t, []string{"unknown_address"}, w.column("SELECT unrouted FROM mailbox_mails"))
	require.Len(t, w.blobs.contents(), 1)
	tried, _ := w.engine.seen()
	require.Zero(t, tried, "it belongs to no organization, so there is no workflow")
}

// A mail over what is read goes into the store whole, and is filed as any other.
func TestIngest_ALargeMailIsStoredWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	raw := "From: clara@example.com\r\nTo: " + w.address + "\r\nSubject: Large\r\n\r\n" + strings.Repeat(strings.Repeat("x", 70)+"\r\n", receive.MaxMailSize/72+1)
	require.NoError(t, dev.SendSMTP(t.Context(), w.box.SMTPAddr(), "clara@example.com", []string{w.address}, []byte(raw)))
	w.ingests()
	w.filed(1)
	stored := w.blobs.contents()
	require.Len(t, stored, 1)
	require.True(t, strings.HasSuffix(stored[0], raw))
	require.Equal(t, []string{"false"}, w.column("SELECT too_large::text FROM inbound_mails"))
	_, started := w.engine.seen()
	require.Len(t, started, 1)
}
