package web

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/app"
)

// Of an engagement that has ended, what was open is closed for whoever looks, and the
// page offers nothing that would be refused.
func TestProgram_OfAnEngagementThatIsOverOffersNothing(t *testing.T) {
	for _, status := range []string{"completed", "cancelled"} {
		t.Run(status, func(t *testing.T) {
			w := newWorld(t)
			engagement, item := w.sent(w.ours)
			path := "/engagements/" + engagement.ID.String()
			w.exec("UPDATE items SET due_at = now() - interval '1 day' WHERE id = $1", item.ID)
			require.Contains(t, w.login(w.ours.coach).get(path).body, "overdue")
			w.exec("UPDATE engagements SET status = $2, ended_at = now() WHERE id = $1", engagement.ID, status)
			for _, who := range []app.Principal{w.ours.admin, w.ours.coach, w.ours.coachee} {
				page := w.login(who).get(path)
				require.Equal(t, http.StatusOK, page.status)
				require.Contains(t, page.body, `<span class="cf-status cf-over"><span class="cf-dot" aria-hidden="true"></span>closed, not answered</span>`, who.Name)
				require.Contains(t, page.body, "Closed, not answered: the engagement has ended.", who.Name)
				require.Contains(t, page.body, "0 of 1 item done", who.Name)
				for _, words := range []string{"Next:", "overdue", "Hold reminders", "Send again", ">Skip<", ">Change<", ">Remove<", ">Reopen<", "Preview the mail", "Add a form", "It waits for your answers"} {
					require.NotContains(t, page.body, words, who.Name)
				}
			}
		})
	}
}

func TestTask_OfAnEngagementThatIsOverIsClosed(t *testing.T) {
	w := newWorld(t)
	item := w.task(w.ours)
	w.exec("UPDATE engagements SET status = 'completed', ended_at = now() WHERE id = $1", item.EngagementID)
	v := w.login(w.ours.coachee)
	page := v.get("/tasks/" + item.ID.String())
	require.Contains(t, page.body, "This task is closed")
	require.NotContains(t, page.body, "Mark as complete")
	require.Contains(t, v.get("/engagements/"+item.EngagementID.String()).body, "closed, not done")
}

// A draft says what is missing before it can start, with the way to mend it.
func TestProgram_ADraftSaysWhatIsMissing(t *testing.T) {
	w := newWorld(t)
	engagement, item := w.engagement(w.ours)
	path := "/engagements/" + engagement.ID.String()
	require.NotContains(t, w.login(w.ours.admin).get(path).body, "It has no coach yet")
	w.exec("UPDATE engagements SET coach_id = NULL WHERE id = $1", engagement.ID)
	page := w.login(w.ours.admin).get(path)
	require.Contains(t, page.body, "It has no coach yet, so it cannot start.")
	require.Contains(t, page.body, `class="btn btn-sm" href="`+path+`/details"`)
	require.NoError(t, w.app.RemoveItem(t.Context(), w.ours.admin, item.ID))
	page = w.login(w.ours.admin).get(path)
	require.Contains(t, page.body, "The program is empty")
	require.Contains(t, page.body, `href="`+path+`/items/new?kind=form"`)
}
