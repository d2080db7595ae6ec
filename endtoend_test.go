package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"coachflow/dev/demo"
)

// TestEndToEnd plays the demo through as its people do.
func TestEndToEnd(t *testing.T) {
	_, o := shared(t)
	ben := openBrowser(t)
	ask[thing](o, http.MethodPut, "/organization", map[string]any{"name": "Northwind Coaching", "time_zone": "Europe/Berlin", "undo_seconds": 0})
	post[thing](o, "/engagements/"+o.Engagement+"/start", nil)

	intake := o.waitMail(o.ClientEmail, "Getting to know you")
	remindersArePlanned(o)
	answerIntake(ben, intake.link())
	goals := o.waitMail(o.ClientEmail, "Your goals") // the answer is taken up
	remindersAreCancelled(o)
	answerGoals(ben, goals.link())
	answerAsPeer(o, o.waitMail(demo.PeerEmail, "A view from your peers").link())

	// The coach, who is optional, has not answered, and does not block.
	o.eventually(time.Minute, "the peers' form is complete", func() bool { return o.program(o.Engagement).Items[2].Status == "completed" })
	closing := o.program(o.Engagement).Items[3]
	require.Equal(t, "waiting", closing.Status, "it is sent by hand")
	post[itemOf](o, "/items/"+closing.ID+"/send", nil)
	answerClosing(o, o.waitMail(o.ClientEmail, "Looking back").link())
	o.eventually(time.Minute, "all is answered", func() bool { return o.program(o.Engagement).Items[3].Status == "completed" })
	timelineTellsIt(o)
	eachMailCameOnce(o)
}

// remindersArePlanned looks at the rows that the first form brought.
func remindersArePlanned(o *outside) {
	o.Helper()
	var steps []string
	for _, n := range list[notificationOf](o, "/notifications?state=planned&engagement_id="+o.Engagement) {
		require.NotEmpty(o, n.Reason)
		require.True(o, n.PlannedAt.After(time.Now()), "%s is planned for %s", n.Step, n.PlannedAt)
		steps = append(steps, n.Kind+" "+n.Step)
	}
	require.ElementsMatch(o, []string{"form_reminder reminder-1", "form_reminder reminder-2", "form_reminder reminder-3", "form_escalation escalation"}, steps)
}

// remindersAreCancelled holds R1 from the outside: nothing reminds about what
// is answered.
func remindersAreCancelled(o *outside) {
	o.Helper()
	first := o.program(o.Engagement).Items[0]
	for _, n := range list[notificationOf](o, "/notifications?engagement_id="+o.Engagement) {
		if n.ItemID == first.ID && n.Kind != "form_request" {
			require.Equal(o, "cancelled", n.State, "%s", n.Step)
			require.NotEmpty(o, n.StateReason)
		}
	}
}

// answerIntake makes a mistake, saves a draft, comes back, and sends.
func answerIntake(b *browser, link string) {
	b.Helper()
	b.visit(link)
	b.write("role", "Head of Service")
	b.choose("energy", "7")
	b.press("submit", "#problems")
	require.Equal(b, "Head of Service", b.value("role"), "what was typed is kept")
	require.Contains(b, b.text(), "Nothing that you typed is lost.")

	b.write("reason", "A bigger team, and less time.")
	b.press("draft", ".notice.success")
	b.visit("about:blank")
	b.visit(link)
	require.Equal(b, "Head of Service", b.value("role"))
	require.Equal(b, "A bigger team, and less time.", b.value("reason"))
	b.do(chromedp.WaitReady(chromedp.CSS(`input[name="q.energy"][value="7"]:checked`)))

	b.choose("before", "unsure")
	b.press("submit", ".summary")
	text := b.text()
	require.Contains(b, text, "A bigger team, and less time.")
	require.Contains(b, text, "Something like it")
}

func answerGoals(b *browser, link string) {
	b.Helper()
	b.visit(link)
	b.write("goal", "Delegate what others can do.")
	b.choose("areas", "Leading others")
	b.choose("areas", "Career")
	b.write("hours", "3")
	b.press("submit", ".summary")
	require.Contains(b, b.text(), "Delegate what others can do.")
}

// answerAsPeer takes part from a bare email address, in a browser that has
// never seen the site.
func answerAsPeer(o *outside, link string) {
	o.Helper()
	paul := openBrowser(o.TB)
	paul.visit(link)
	paul.choose("clarity", "4")
	paul.write("more", "Asking back.")
	paul.press("submit", ".summary")
	require.Contains(o, paul.text(), "Asking back.")
}

// answerClosing answers without a browser, as one without script would.
func answerClosing(o *outside, link string) {
	o.Helper()
	page, err := o.fill(link, map[string]string{"reached": "8", "learned": "To wait.", "again": "true"})
	require.NoError(o, err)
	require.Equal(o, http.StatusOK, page.Status, "%s", page.Body)
}

func timelineTellsIt(o *outside) {
	o.Helper()
	timeline := get[struct {
		Events []struct {
			Kind  string `json:"kind"`
			Title string `json:"item_title"`
			Text  string `json:"text"`
		} `json:"events"`
	}](o, "/engagements/"+o.Engagement+"/timeline?limit=200")
	var told []string
	for _, e := range timeline.Events {
		require.NotEmpty(o, e.Text)
		told = append(told, strings.TrimSpace(e.Kind+" "+e.Title))
	}
	require.Subset(o, told, []string{"engagement_started", "item_sent Getting to know you", "form_answered Getting to know you", "item_completed Getting to know you",
		"item_sent A view from your peers", "form_answered A view from your peers", "item_send_asked Looking back", "item_completed Looking back"})
	require.Equal(o, "item_completed Looking back", told[len(told)-1])
}

func eachMailCameOnce(o *outside) {
	o.Helper()
	subjects := map[string]int{}
	for _, m := range o.mails(o.ClientEmail, "") {
		subjects[m.Subject] += 1 + m.Duplicates
	}
	for _, title := range []string{"Getting to know you", "Your goals", "Looking back"} {
		require.Equal(o, 1, subjects[title+": a form to fill out"], "%v", subjects)
	}
}
