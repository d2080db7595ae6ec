package web

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestBefore_IsTheIDJustBelow(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"00000000-0000-0000-0000-000000000001": "00000000-0000-0000-0000-000000000000",
		"00000000-0000-0000-0000-000000010000": "00000000-0000-0000-0000-00000000ffff",
		"01a203e2-7cb9-7c73-92d0-6c5eedb8fb5d": "01a203e2-7cb9-7c73-92d0-6c5eedb8fb5c",
	} {
		require.Equal(t, want, before(uuid.MustParse(id)).String())
	}
}

func TestStream_ShowsTextImagesQuotesAndFilesWithTheirViews(t *testing.T) {
	w := newWorld(t)
	stream, file, image := w.message(w.ours)
	w.login(w.ours.coach).get("/files/" + file.String() + "/download")
	page := w.login(w.ours.coachee).get("/streams/" + stream.ID.String()).body
	for _, part := range []string{"Shall we meet?", `src="/files/` + image.String() + `/image"`, "Quoted text", "an older mail", `sandbox="allow-popups`, "&lt;Montag&gt;",
		"Ours coach opened it on"} {
		require.Contains(t, page, part)
	}
	require.NotContains(t, page, "alert(1)")
}

func TestR25_TheWordsOfAMailThatSharedAFileStandBesideIt(t *testing.T) {
	w := newWorld(t)
	stream, file, _ := w.message(w.ours)
	w.exec(`UPDATE files SET note = 'Page 3 is <b>yours</b>.', note_quoted = '> Where is the plan?' WHERE id = $1`, file)
	page := w.login(w.ours.coachee).get("/streams/" + stream.ID.String()).body
	_, files, found := strings.Cut(page, `id="files"`)
	require.True(t, found)
	require.Contains(t, files, "Page 3 is &lt;b&gt;yours&lt;/b&gt;.")
	require.Contains(t, files, "&gt; Where is the plan?")
}

func TestStream_OlderFilesAreOnePageOn(t *testing.T) {
	w := newWorld(t)
	stream, file, _ := w.message(w.ours)
	w.exec(`INSERT INTO files (org_id, id, client_id, message_id, uploaded_by, name, content_type, size, blob_key, created_at)
		SELECT org_id, gen_random_uuid(), client_id, message_id, uploaded_by, 'number-' || n || '.txt', content_type, size, blob_key, created_at - n * interval '1 minute'
		FROM files, generate_series(1, 60) n WHERE id = $1`, file)
	v := w.login(w.ours.coachee)
	listed := func(page string) []string {
		_, files, found := strings.Cut(page, `id="files"`)
		require.True(t, found)
		return regexp.MustCompile(`number-\d+\.txt`).FindAllString(files, -1)
	}
	page := v.get("/streams/" + stream.ID.String()).body
	names := listed(page)
	require.Len(t, names, latest-1)
	next := regexp.MustCompile(`\?files=[0-9a-f-]{36}`).FindString(page)
	require.NotEmpty(t, next)
	page = v.get("/streams/" + stream.ID.String() + next).body
	require.Equal(t, "number-60.txt", slices.Concat(names, listed(page))[59])
	require.NotContains(t, page, "?files=")
}
