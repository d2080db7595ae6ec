package link_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/coaching"
	"coachflow/web/serve"
)

func TestFile_IsGivenAsADownloadByTheButtonAlone(t *testing.T) {
	w := newWorld(t)
	file := w.file(w.ours)
	path := w.link(w.ours, coaching.FileLink, file, w.ours.coach.Person, time.Hour)
	page := w.visitor().get(path)
	require.Contains(t, page.body, "Montag")
	require.Contains(t, page.body, "4 bytes")
	require.Equal(t, 1, strings.Count(page.body, "<button"))
	require.Empty(t, w.views(file))

	given := w.visitor().post(path, url.Values{}, "Sec-Fetch-User", "?1", "Sec-Fetch-Site", "same-origin")
	require.Equal(t, "data", given.body)
	require.Equal(t, "application/octet-stream", given.header.Get("Content-Type"), "HTML is not given as such")
	require.True(t, strings.HasPrefix(given.header.Get("Content-Disposition"), "attachment"))
	require.Equal(t, "nosniff", given.header.Get("X-Content-Type-Options"))
	require.Equal(t, serve.FilePolicy, given.header.Get("Content-Security-Policy"))
	require.Len(t, w.views(file), 1)
	require.Equal(t, w.ours.coach.Person, w.views(file)[0])
}

func (w *world) views(file uuid.UUID) []uuid.UUID {
	w.t.Helper()
	f, err := w.app.GetFile(w.t.Context(), w.ours.admin, file)
	require.NoError(w.t, err)
	var people []uuid.UUID
	for _, view := range f.Views {
		people = append(people, view.PersonID)
	}
	return people
}
