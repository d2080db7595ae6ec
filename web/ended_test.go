package web

import (
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/app"
)

// Whoever looks at an engagement that has ended sees of what was open that it is closed
// without an answer, and nowhere that something is waited for.
func TestEngagement_WhatWasOpenAtItsEndIsClosed(t *testing.T) {
	for _, status := range []string{"completed", "cancelled"} {
		t.Run(status, func(t *testing.T) {
			w := newWorld(t)
			engagement, item := w.sent(w.ours)
			path := "/engagements/" + engagement.ID.String()
			require.Contains(t, w.login(w.ours.admin).get(path).body, "waiting for answers")
			w.exec("UPDATE engagements SET status = $2, ended_at = now() WHERE id = $1", engagement.ID, status)
			for _, who := range []app.Principal{w.ours.admin, w.ours.coach, w.ours.coachee} {
				v := w.login(who)
				page := v.get(path)
				require.Equal(t, http.StatusOK, page.status)
				require.Contains(t, page.body, "closed, not answered", who.Name)
				require.Contains(t, page.body, "Closed, not answered: the engagement has ended.", who.Name)
				for _, at := range []string{path, path + "/timeline", "/"} {
					body := v.get(at).body
					for _, words := range []string{"waiting for answers", "It waits for your answers", "Next:</strong>", "All reminders have been sent", "No answer yet", "Goes out"} {
						require.NotContains(t, body, words, "%s at %s", who.Name, at)
					}
				}
			}
			shown, err := w.app.GetItem(t.Context(), w.ours.coach, item.ID)
			require.NoError(t, err)
			require.Equal(t, app.ItemClosed, shown.Status)
			require.Nil(t, shown.Next)
		})
	}
}

// An admin cancels an engagement whose process does not answer: the page says what
// happened, and what is to come. Whoever comes second is told which state holds.
func TestEngagement_IsCancelledThoughItsProcessDoesNotAnswer(t *testing.T) {
	w := newWorld(t)
	w.agree(errors.New("no answer"))
	engagement, _ := w.sent(w.ours)
	path := "/engagements/" + engagement.ID.String()
	coach := w.login(w.ours.coach).follow(path+"/cancel", url.Values{})
	require.Contains(t, coach.body, "This was not done")
	require.Contains(t, coach.body, "An admin can cancel the engagement even now")
	v := w.login(w.ours.admin)
	page := v.follow(path+"/cancel", url.Values{})
	require.Contains(t, page.body, "The engagement is cancelled. Its process did not answer and is ended by itself.")
	require.Contains(t, page.body, "Its process has not taken up yet that it is cancelled. Nothing of it is sent any more")
	require.Contains(t, v.follow(path+"/complete", url.Values{}).body, "The engagement is cancelled; nothing of it can be changed.")
	require.NotContains(t, w.login(w.ours.coachee).get(path).body, "process", "it is nothing to the coachee")
	w.exec("UPDATE engagements SET taken_up_at = now() WHERE id = $1", engagement.ID)
	require.NotContains(t, v.get(path).body, "Its process has not taken up")
}
