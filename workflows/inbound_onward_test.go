package workflows_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/coaching"
	"coachflow/inbox"
)

// The id that the sender gave to an image may not be allowed in a mail of ours.
func TestR23_ImagesOfWhateverContentIDGoOn(t *testing.T) {
	t.Parallel()
	for id, named := range map[string]string{"Screenshot 2026-03-02 at 10.00.00.png": "Screenshot%202026-03-02%20at%2010.00.00.png",
		"Büro@x": "B%C3%BCro%40x", `a"b@x`: "a%22b@x", "picture%40acme": "picture%40acme"} {
		w := newWorld(t)
		html := fmt.Sprintf("Content-Type: text/html; charset=utf-8\r\n\r\n<p>Look <img src=\"cid:%s\"> here</p>", named)
		image := encoded("Content-Type: image/png\r\nContent-ID: <"+id+">\r\nContent-Disposition: inline", png)
		_, state := w.receives(w.mail("Photo", "").multipart("related", html, image).bytes())
		require.Equal(t, "posted", state, id)
		require.Len(t, w.mails.all(), 1, id)
		onward := w.mails.all()[0]
		require.Len(t, onward.Inline, 1, id)
		require.Regexp(t, `Look <img src="cid:`+onward.Inline[0].ContentID+`"/> here`, onward.HTML, id)
		require.NotContains(t, onward.Inline[0].ContentID, " ")
	}
}

// Outlook marks the place of an image in the text.
func TestR23_AnImageStandsWhereTheTextMarksIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	text := "Content-Type: text/plain; charset=utf-8\r\n\r\nSee this: [cid:image001.png@01DB.ABC] and tell me."
	image := encoded("Content-Type: image/png; name=image001.png\r\nContent-ID: <image001.png@01DB.ABC>\r\nContent-Disposition: inline", png)
	w.receives(w.mail("Photo", "").multipart("related", text, image).bytes())
	onward := w.mails.all()[0]
	require.Contains(t, onward.HTML, `See this: <img src="cid:`+onward.Inline[0].ContentID+`" alt="image001.png"> and tell me.`)
}

// A letter has a limit; a mail of very many files goes on all the same.
func TestR23_VeryManyFilesGoOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	parts := []string{"Content-Type: text/plain\r\n\r\n" + strings.Repeat("All of it. ", 18_000)}
	for i := range 450 {
		parts = append(parts, fmt.Sprintf("Content-Type: text/plain\r\nContent-Disposition: attachment; filename=\"%s-%d.txt\"\r\n\r\nx", strings.Repeat("long", 38), i))
	}
	_, state := w.receives(w.mail("Files", "").multipart("mixed", parts...).bytes())
	require.Equal(t, "posted", state)
	onward := w.mails.all()[0]
	require.Regexp(t, `and \d+ more, which are in the stream`, onward.Text)
	require.Len(t, w.messages()[0].Files, 450)
}

// A mail that is passed on is what its author has to say.
func TestInbound_WhatIsPassedOnGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	text := "Please read this.\r\n\r\nFrom: Boss <boss@x.test>\r\nSent: Monday\r\nTo: Clara\r\nSubject: Offer\r\n\r\nWe offer Ben the post."
	w.receives(w.letter("FW: Offer", text))
	w.receives(w.letter("Re: Offer", text))
	require.Contains(t, w.mails.all()[0].Text, "We offer Ben the post.")
	messages := w.messages()
	require.Contains(t, messages[0].Text, "We offer Ben the post.")
	require.NotContains(t, messages[1].Text, "We offer Ben the post.", "of an answer, the quotation is folded away")
	require.Contains(t, messages[1].Quoted, "We offer Ben the post.")
	require.Contains(t, w.mails.all()[1].Text, "We offer Ben the post.", "and not lost")
}

// What stands below a divider of the author's own is the author's, and goes on.
func TestR25_AFirstMailGoesOnWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i, divider := range []string{"--", "-- ", "_____", "________________________________", "-----", "* * *"} {
		_, state := w.receives(w.letter("Plan", "Above "+divider+"\r\n\r\n"+divider+"\r\nBelow the line, Clara's own.\r\n\r\n"+divider+"\r\nThe last words."))
		require.Equal(t, "posted", state)
		m, onward := w.messages()[i], w.mails.all()[i]
		require.Empty(t, m.Quoted, divider)
		for _, text := range []string{m.Text, onward.Text, onward.HTML} {
			require.Contains(t, text, "Below the line", divider)
			require.Contains(t, text, "The last words.", divider)
		}
	}
}

// What is folded away of an answer goes on below its words, without our links.
func TestR25_AnAnswerGoesOnWithAllItsWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.domain.Outbox.Links.Sign(coaching.LinkRef{Purpose: coaching.FormLink, Org: w.admin.Org, ID: w.admin.Person})
	_, state := w.receives(w.letter("Re: Plan", "Fine with me.\r\n\r\n-- \r\nClara, Acme & Sons\r\n\r\nOn Sun, 22 Nov 2026 at 10:00, Ben Okri wrote:\r\n> Tuesday?\r\n> http://coachflow.test/l/"+token))
	require.Equal(t, "posted", state)
	m, onward := w.messages()[0], w.mails.all()[0]
	require.Equal(t, "Fine with me.", m.Text)
	for text, words := range map[string][]string{
		onward.Text: {"Fine with me.", "Clara, Acme & Sons", "Ben Okri wrote:", "> Tuesday?"},
		onward.HTML: {"Fine with me.", "Clara, Acme &amp; Sons", "Ben Okri wrote:", "&gt; Tuesday?"},
	} {
		at := -1
		for _, word := range words {
			next := strings.Index(text, word)
			require.Greater(t, next, at, word)
			at = next
		}
		require.NotContains(t, text, token)
	}
}

// A mail has a limit, also with what was folded away.
func TestR25_ALongQuotationGoesOnInPart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, state := w.receives(w.letter("Re: Plan", "Fine with me.\r\n\r\nOn Sun, 22 Nov 2026 at 10:00, Ben Okri wrote:\r\n"+strings.Repeat("> Tuesday?\r\n", 40_000)))
	require.Equal(t, "posted", state)
	require.Contains(t, w.mails.all()[0].Text, "Fine with me.")
	require.Contains(t, w.mails.all()[0].Text, "all of it is in the stream.]")
	require.Less(t, len(w.mails.all()[0].Text), 256<<10)
}

func TestInbound_RightToLeftTextGoesOnWithItsDirection(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.receives(w.letter("תוכנית", "שלום בן, נפגש ביום שלישי?"))
	w.receives(w.mail("תוכנית", "<p>שלום בן</p>").set("Content-Type", "text/html; charset=utf-8").bytes())
	w.receives(w.letter("Plan", "Hello Ben, שלום"))
	for i, rtl := range []bool{true, true, false} {
		require.Equal(t, rtl, strings.Contains(w.mails.all()[i].HTML, `<div dir="rtl">`), i)
	}
}

// Messages stand in the order in which their mails arrived.
func TestInbound_MessagesStandInTheOrderOfArrival(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at := time.Now().Truncate(time.Second) // a mailbox tells no more
	stores := func(subject string) inbox.Inbound {
		arrived := w.arrives(w.letter(subject, "x"))
		arrived.ReceivedAt = at
		mails, err := w.domain.Inbox.Store(t.Context(), arrived)
		require.NoError(t, err)
		return mails[0]
	}
	first, second, third := stores("One"), stores("Two"), stores("Three")
	w.reads(third)
	w.reads(first)
	w.reads(second)
	messages := w.messages()
	require.Len(t, messages, 3)
	for i, subject := range []string{"One", "Two", "Three"} {
		require.Equal(t, subject, messages[i].Subject)
		require.False(t, i > 0 && messages[i].PostedAt.Before(messages[i-1].PostedAt))
	}
}

// Links of others that only look like ours stay; ours are taken out also where
// a mail filter has put them into a link of its own.
func TestInbound_OnlyLinksOfOursAreBlotted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.domain.Outbox.Links.Sign(coaching.LinkRef{Purpose: coaching.FormLink, Org: w.admin.Org, ID: w.admin.Person})
	foreign := "https://share.example.com/l/AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIj"
	wrapped := "https://safelinks.example.com/?url=" + url.QueryEscape(w.domain.Outbox.BaseURL+"/l/"+token) + "&data=1"
	w.receives(w.letter("Links", foreign+"\r\n"+wrapped))
	text := w.messages()[0].Text
	require.Contains(t, text, foreign)
	require.NotContains(t, text, token)
	require.Contains(t, text, "%2Fl%2F…&data=1")
}

// R20: two machines that answer each other, and do not say that they are
// machines, are stopped. A person who says the same twice is not, nor are many
// mails that answer nothing.
func TestR20_AnswersThatRepeatThemselvesStop(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer := func(to, words string) string {
		_, state := w.receives(w.mail("I am away", words).set("In-Reply-To", to).bytes())
		return state
	}
	ours := "<something@mail.coachflow.test>"
	for range 3 {
		require.Equal(t, "posted", answer(ours, "I am out of office."))
	}
	require.Equal(t, "quarantined repeats_itself", answer(ours, "I am out of office."))
	require.Equal(t, "posted", answer(ours, "I am back."))
	require.Equal(t, "posted", answer("<other@elsewhere.test>", "I am out of office."))
	for range 5 {
		_, state := w.receives(w.letter("Note", "I am out of office."))
		require.Equal(t, "posted", state)
	}
	require.Len(t, w.messages(), 10)
}
