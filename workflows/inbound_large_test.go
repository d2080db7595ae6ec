package workflows_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/inbox"
	"coachflow/mail/receive"
)

// large is a mail over the limit as the mailbox hands it over: the header, and the whole
// to be read. Its announced size is what counts.
func (w *world) large(d *draft) (receive.Arrived, string) {
	w.Helper()
	whole := string(d.bytes())
	header, _, _ := strings.Cut(whole, "\r\n\r\n")
	arrived := w.arrives([]byte(header + "\r\n\r\n"))
	arrived.Size, arrived.Whole = receive.MaxMailSize+1, strings.NewReader(whole)
	return arrived, whole
}

func (w *world) takes(arrived receive.Arrived) (inbox.Inbound, string) {
	w.Helper()
	mails, err := w.domain.Inbox.Store(w.Context(), arrived)
	require.NoError(w, err)
	mails[0].At = time.Now().UTC().Truncate(time.Microsecond)
	return mails[0], w.reads(mails[0])
}

// A mail over the limit is kept whole, and never offered to be let through. Its author is
// told at once, and of each one, what to do instead, though they have just heard of
// another one that may be of anybody.
func TestInbound_ALargeMailIsKeptWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, state := w.receives(w.mail("Spam", "spam").without(results).bytes())
	require.Equal(t, "quarantined no_results", state)
	for range 2 {
		w.mails.clear()
		arrived, whole := w.large(w.mail("Large", "all of it"))
		in, state := w.takes(arrived)
		require.Equal(t, "quarantined mail_large", state)
		require.Equal(t, whole, w.raw(in))
		require.Empty(t, w.messages())
		require.Len(t, w.mails.all(), 1)
		told := w.mails.to(clara)[0].Text
		require.Contains(t, told, "larger than 30 MB")
		require.Contains(t, told, "send a link to them, or send them in several mails")
		require.NotContains(t, told, "release")
		m, err := w.app.GetInboundMail(t.Context(), w.admin, in.ID)
		require.NoError(t, err)
		require.False(t, m.Releasable)
		require.Contains(t, m.NotReleasable, "Download it")
		require.False(t, m.HeaderOnly)
		require.Equal(t, "mail_not_postable", w.releaseRefused(in))
		require.Nil(t, m.ReleasedAt)
		_, err = w.app.DiscardInboundMail(t.Context(), w.admin, in.ID)
		require.NoError(t, err)
	}
}

// Over the hard limit the header is kept, and said to be all.
func TestInbound_AMailThatIsTooLarge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arrived, _ := w.large(w.mail("Larger", "all of it"))
	arrived.Whole, arrived.TooLarge = nil, true
	in, state := w.takes(arrived)
	require.Equal(t, "quarantined mail_too_large", state)
	require.Equal(t, string(arrived.Raw), w.raw(in))
	require.Contains(t, w.mails.to(clara)[0].Text, "larger than 30 MB")
	m, err := w.app.GetInboundMail(t.Context(), w.admin, in.ID)
	require.NoError(t, err)
	require.True(t, m.HeaderOnly)
	require.NotContains(t, m.NotReleasable, "Download")
}

// R20: what a machine sends is not answered because it is large, and not offered to be let
// through either. Of a forged one the expected author hears once an hour, as of others.
func TestR20_ALargeMailOfAMachineIsNotAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arrived, _ := w.large(w.mail("Away", "all of it").set("Auto-Submitted", "auto-replied"))
	in, state := w.takes(arrived)
	require.Equal(t, "ignored auto_reply", state)
	require.Empty(t, w.mails.all())
	m, err := w.app.GetInboundMail(t.Context(), w.admin, in.ID)
	require.NoError(t, err)
	require.False(t, m.Releasable)
	require.Contains(t, m.NotReleasable, "larger than 30 MB")
	require.Equal(t, "mail_not_postable", w.releaseRefused(in))
	for range 3 {
		arrived, _ := w.large(w.mail("Forged", "all of it").set(results, "mx.coachflow.test; dmarc=fail"))
		_, state = w.takes(arrived)
		require.Equal(t, "quarantined mail_large", state)
	}
	require.Len(t, w.mails.to(clara), 1)
}

// A large mail that cannot be read to its end is not stored at all.
func TestInbound_ALargeMailIsStoredWholeOrNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arrived, whole := w.large(w.mail("Large", "all of it"))
	arrived.Whole = io.MultiReader(strings.NewReader(whole[:50]), iotest.ErrReader(errors.New("cut off")))
	_, err := w.domain.Inbox.Store(t.Context(), arrived)
	require.ErrorIs(t, err, inbox.ErrStoreAway)
	require.Zero(t, w.count("SELECT count(*) FROM inbound_mails"))
	arrived.Whole = strings.NewReader(whole)
	_, state := w.takes(arrived)
	require.Equal(t, "quarantined mail_large", state)
}
