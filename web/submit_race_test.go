package web

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"coachflow/db"
)

// Two windows, in each of which a form is sent at the same moment: what was stored
// first counts, and the other window says so instead of showing its own answers
// as sent.
func TestForm_SentInAnotherWindowMeanwhile(t *testing.T) {
	for _, action := range []string{"submit", "draft"} {
		t.Run(action, func(t *testing.T) {
			w := newWorld(t)
			w.agree(nil)
			_, item, path := w.sent(w.ours)
			other, err := pgx.Connect(t.Context(), w.superuser)
			require.NoError(t, err)
			defer func() { require.NoError(t, other.Close(context.Background())) }()
			first, err := other.Begin(t.Context())
			require.NoError(t, err)
			_, err = first.Exec(t.Context(), `INSERT INTO answers (org_id, id, recipient_id, round, form_id, form_version, draft, answer, saved_at, submitted_at)
				SELECT org_id, $2, $3, 1, form_id, 1, '{"role": ["Said first"]}', '{"role": "Said first"}', now(), now() FROM items WHERE org_id = $1 AND id = $4`,
				w.ours.org, db.NewID(), item.To[0].ID, item.ID)
			require.NoError(t, err)

			answered := make(chan response, 1)
			go func() { answered <- w.visitor().post(path, answers(action, "role", "Said second")) }()
			require.Eventually(t, func() bool {
				return w.value("SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == "1"
			}, 10*time.Second, 5*time.Millisecond)
			require.NoError(t, first.Commit(t.Context()))
			page := <-answered
			require.Equal(t, http.StatusOK, page.status, page.body)
			require.Contains(t, page.body, "Your answers had been sent before, and those are the ones that count")
			require.Contains(t, page.body, "Said first")
			require.Contains(t, page.body, "Said second", "what was typed is shown, too")
			require.Equal(t, `{"role": "Said first"}`, w.value("SELECT answer::text FROM answers WHERE org_id = $1", w.ours.org))
		})
	}
}
