package workflows_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/mail/compose"
)

// answer is a mail of the client to the coach, or back, as a mail program writes
// an answer to a mail of ours.
func (w *world) answers(fromClient bool, to compose.Outgoing, id string) *draft {
	w.Helper()
	d := w.mail("Re: "+to.Subject, "My answer "+id).set("Message-ID", "<"+id+">").
		set("In-Reply-To", "<"+to.MessageID+">").set("References", strings.TrimSpace(to.Headers["References"]+" <"+to.MessageID+">"))
	if fromClient {
		_, back := w.addresses()
		d.set("From", ben).set("To", back.Address).set(results, "mx.coachflow.test; dmarc=pass header.from=client.test")
	}
	return d
}

// newest is the last mail to an address.
func (w *world) newest(address string) compose.Outgoing {
	w.Helper()
	list := w.mails.to(address)
	require.NotEmpty(w, list)
	return list[len(list)-1].Outgoing
}

// In each mailbox the conversation hangs together: what goes on names what it
// answers by the ids that its reader's mailbox knows.
func TestInbound_AConversationHangsTogetherInBothMailboxes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	posts := func(d *draft) {
		t.Helper()
		_, state := w.receives(d.bytes())
		require.Equal(t, "posted", state)
	}
	posts(w.mail("Thursday", "Shall we?").set("Message-ID", "<first@acme.test>"))
	toBen := w.newest(ben)
	require.Empty(t, toBen.Headers["In-Reply-To"], "it begins the conversation")

	posts(w.answers(true, toBen, "second@client.test"))
	toClara := w.newest(clara)
	require.Equal(t, "<first@acme.test>", toClara.Headers["In-Reply-To"], "the coach's own mail, as her mailbox knows it")
	require.Contains(t, toClara.Headers["References"], " <first@acme.test> ")

	posts(w.answers(false, toClara, "third@acme.test"))
	again := w.newest(ben)
	require.Equal(t, "<second@client.test>", again.Headers["In-Reply-To"])
	require.Regexp(t, "<"+toBen.MessageID+"> <message.[-0-9a-f]+@mail.coachflow.test> <second@client.test> <message.", again.Headers["References"])

	// Without In-Reply-To, as some programs write, and to one's own earlier mail.
	posts(w.answers(false, toClara, "fourth@acme.test").without("In-Reply-To").set("References", "<first@acme.test>"))
	require.Equal(t, "<"+toBen.MessageID+">", w.newest(ben).Headers["In-Reply-To"])

	posts(w.mail("Something else", "New").set("Message-ID", "<fifth@acme.test>").set("In-Reply-To", "<unknown@elsewhere.test>"))
	require.Empty(t, w.newest(ben).Headers["In-Reply-To"], "an answer to nothing that is known")
}

// The mail provider has put a Message-ID of its own in the place of ours: the
// answer names that one, and the id of the message that mail programs copy along.
func TestInbound_AConversationSurvivesAnotherMessageID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, state := w.receives(w.mail("Thursday", "Shall we?").set("Message-ID", "<First.Mail@Acme.TEST>").bytes())
	require.Equal(t, "posted", state)
	toBen := w.newest(ben)
	toBen.MessageID = "0101019abc-1234@eu-west-1.provider.example"
	_, state = w.receives(w.answers(true, toBen, "second@client.test").bytes())
	require.Equal(t, "posted", state)
	require.Equal(t, "<First.Mail@Acme.TEST>", w.newest(clara).Headers["In-Reply-To"], "letter by letter")
}

// Nobody can hang a message into another conversation by naming its ids.
func TestInbound_AnswersStayWithinTheirStream(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, state := w.receives(w.mail("Thursday", "Shall we?").set("Message-ID", "<first@acme.test>").bytes())
	require.Equal(t, "posted", state)
	known := w.newest(ben)
	other := w.pair(w.coach, "Zoë Quist", "zoe@client.test")
	var address string
	w.ask("SELECT local_part FROM system_addresses WHERE stream_id = $1 AND direction = 'to_client' AND retired_at IS NULL", &address, other.ID)
	_, state = w.receives(w.mail("Re: Thursday", "x").set("To", address+"@in.coachflow.test").set("In-Reply-To", "<"+known.MessageID+">").set("References", "<first@acme.test>").bytes())
	require.Equal(t, "posted", state)
	require.Empty(t, w.newest("zoe@client.test").Headers["In-Reply-To"])
	require.NotContains(t, w.newest("zoe@client.test").Headers["References"], "first@acme.test")
}

func TestInbound_OddIdsBreakNoHeader(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i, id := range []string{"a b@acme.test", strings.Repeat("x", 600) + "@acme.test", "no-at", "ü@acme.test", `"q"@acme.test`} {
		at := time.Now().Add(time.Duration(i-5) * 10 * time.Minute) // people take their time
		_, state := w.receivesAt(at, w.mail("Thursday", "Words "+id).set("Message-ID", "<"+id+">"))
		require.Equal(t, "posted", state, i)
		_, state = w.receivesAt(at.Add(5*time.Minute), w.answers(true, w.newest(ben), "answer-"+string(rune('a'+i))+"@client.test"))
		require.Equal(t, "posted", state, i)
		raw, err := compose.BuildMIME(w.newest(clara))
		require.NoError(t, err)
		require.NotContains(t, string(raw), "\r\n b@")
	}
}
