package receive

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMailboxQueue_FailuresRestLongerAndLonger(t *testing.T) {
	t.Parallel()
	q := newMailboxQueue(MailboxTimeouts{RetryMin: time.Second, RetryMax: time.Minute})
	now := time.Now()
	heads := []mailHead{{uid: 1, receivedAt: now.Add(-time.Hour)}, {uid: 2, receivedAt: now}}
	q.listed(heads)
	require.Len(t, q.due(heads, now), 2)
	for attempt := range 40 {
		wait := q.failedNow(1, now)
		most := min(time.Minute, time.Second<<min(attempt, 10))
		require.LessOrEqual(t, wait, most)
		require.GreaterOrEqual(t, wait, most/2-1)
	}
	require.Equal(t, heads[1:], q.due(heads, now))
	require.Len(t, q.due(heads, now.Add(time.Minute)), 2)
	require.LessOrEqual(t, q.nextDue(now), time.Minute)
	require.Equal(t, now.Add(-time.Hour), q.oldest())
}

func TestMailboxQueue_ForgetsWhatIsGone(t *testing.T) {
	t.Parallel()
	q := newMailboxQueue(MailboxTimeouts{})
	heads := []mailHead{{uid: 1}, {uid: 2}, {uid: 3}}
	q.listed(heads)
	q.failedNow(1, time.Now())
	q.takenNow(2, "Processed")
	q.listed(heads[2:])
	require.Empty(t, q.failed)
	require.Empty(t, q.taken)
	require.Len(t, q.due(heads[2:], time.Now()), 1)
}

func TestMailboxQueue_NewUIDValidityForgetsAll(t *testing.T) {
	t.Parallel()
	q := newMailboxQueue(MailboxTimeouts{})
	require.False(t, q.reset(7), "the first is no change")
	q.listed([]mailHead{{uid: 1}})
	q.takenNow(1, "Processed")
	require.False(t, q.reset(7))
	require.NotEmpty(t, q.taken)
	require.True(t, q.reset(8))
	require.Empty(t, q.taken)
	require.Empty(t, q.heads)
}

func TestNextBatch_BoundsMailsAndBytes(t *testing.T) {
	t.Parallel()
	many := make([]mailHead, 120)
	require.Len(t, nextBatch(many, 30<<20), batchMails)
	require.Len(t, nextBatch(many[:3], 30<<20), 3)
	big := []mailHead{{uid: 1, size: 29 << 20}, {uid: 2, size: 1}, {uid: 3, size: 9 << 20}, {uid: 4, size: 9 << 20}}
	require.Len(t, nextBatch(big, 30<<20), 1, "a big one goes alone")
	require.Len(t, nextBatch(big[1:], 30<<20), 2)
	over := []mailHead{{uid: 1, size: 90 << 20}, {uid: 2, size: 1}}
	require.Len(t, nextBatch(over, 30<<20), 2, "only the header of the first is fetched")
}

func TestMailboxConfig_NameHasNoPort(t *testing.T) {
	t.Parallel()
	cfg := MailboxConfig{Addr: "imap.example.com:993", Username: "in@example.com", Inbox: "INBOX"}
	require.Equal(t, "imap://in%40example.com@imap.example.com/INBOX", cfg.name())
}
