package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/db"
)

func TestStream_ShowsTheLatestMessagesInOrder(t *testing.T) {
	w := newWorld(t)
	stream, err := w.app.OpenStream(t.Context(), w.ours.admin, app.StreamInput{CoachID: w.ours.coach.Person, ClientID: w.ours.coachee.Person})
	require.NoError(t, err)
	var words []string
	for range latest + 3 {
		id := db.NewID()
		words = append(words, "said "+id.String())
		w.exec(`INSERT INTO messages (org_id, id, stream_id, author_id, body, posted_at) VALUES ($1, $2, $3, $4, $5, now())`,
			w.ours.org, id, stream.ID, w.ours.coach.Person, words[len(words)-1])
	}
	shown := func(path string) (shown []string, body string) {
		page := w.login(w.ours.coachee).get(path)
		require.Equal(t, http.StatusOK, page.status)
		for _, word := range words {
			if strings.Contains(page.body, word) {
				shown = append(shown, word)
			}
		}
		for i := range shown[1:] {
			require.Less(t, strings.Index(page.body, shown[i]), strings.Index(page.body, shown[i+1]))
		}
		return shown, page.body
	}
	path := "/streams/" + stream.ID.String()
	newest, body := shown(path)
	require.Equal(t, words[3:], newest)
	require.Contains(t, body, "Show earlier messages")
	all, body := shown(path + "?all=1")
	require.Equal(t, words, all)
	require.NotContains(t, body, "Show earlier messages")
}

// Every state of a mail can be picked.
func TestStates_CanAllBePicked(t *testing.T) {
	t.Parallel()
	for _, state := range coaching.NotificationStates {
		require.True(t, slices.ContainsFunc(mailsLook.Chips, func(c listChip) bool { return c.Value == string(state) }), state)
	}
	for _, state := range coaching.InboundMailStates {
		require.True(t, slices.ContainsFunc(inboundLook.Chips, func(c listChip) bool { return c.Value == string(state) }), state)
	}
}
