package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
)

// pickedFile is a file as somebody has chosen it. Without a name none was.
type pickedFile struct{ name, content string }

// send posts a form with files, as a browser without script does.
func (v *visitor) send(path string, fields url.Values, field string, files ...pickedFile) response {
	v.w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, file := range files {
		part, err := form.CreateFormFile(field, file.name)
		require.NoError(v.w.t, err)
		_, err = part.Write([]byte(file.content))
		require.NoError(v.w.t, err)
	}
	for name, values := range fields {
		for _, value := range values {
			require.NoError(v.w.t, form.WriteField(name, value))
		}
	}
	require.NoError(v.w.t, form.Close())
	r := httptest.NewRequestWithContext(v.w.t.Context(), http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Add("Cookie", v.cookie)
	rec := httptest.NewRecorder()
	v.w.engine.ServeHTTP(rec, r)
	return response{status: rec.Code, header: rec.Header(), body: rec.Body.String(), location: rec.Header().Get("Location")}
}

func TestFiles_SeveralAreUploadedWithoutScript(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.coach)
	require.Contains(t, v.get("/files").body, "No file yet")
	sent := v.send("/files", nil, "files", pickedFile{"Values.pdf", "%PDF-1.7 values"}, pickedFile{"<b>Notes</b>.txt", "notes"})
	require.Equal(t, http.StatusSeeOther, sent.status, sent.body)
	page := v.get("/files")
	require.Contains(t, page.body, "2 files are uploaded.")
	require.Contains(t, page.body, "Values.pdf")
	require.NotContains(t, page.body, "<b>Notes")
	require.NotContains(t, v.get("/files?q=notes").body, "Values.pdf")

	list, err := w.app.FindFiles(t.Context(), w.ours.coach, app.LibraryFilter{ListQuery: app.ListQuery{Search: "values"}})
	require.NoError(t, err)
	path := "/files/" + list.Items[0].ID.String() + "/download"
	file := v.get(path)
	require.Equal(t, "%PDF-1.7 values", file.body)
	require.Equal(t, "application/pdf", file.header.Get("Content-Type"))
	require.Equal(t, "nosniff", file.header.Get("X-Content-Type-Options"))
	require.Equal(t, "attachment; filename=Values.pdf", file.header.Get("Content-Disposition"))
	require.Equal(t, http.StatusNotFound, w.login(w.ours.coachee).get(path).status)
	require.Equal(t, http.StatusNotFound, w.login(w.theirs.admin).get(path).status)
	require.Equal(t, http.StatusNotFound, w.login(w.ours.coachee).get("/files").status)
}

func TestFiles_WhatIsRefusedIsToldAndNothingIsKept(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.coach)
	refused := v.send("/files", nil, "files", pickedFile{"fine.txt", "fine"}, pickedFile{"empty.txt", ""})
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.body, "“empty.txt” is empty.")
	none := v.send("/files", nil, "files", pickedFile{"", ""})
	require.Contains(t, none.body, "Choose a file first.")
	require.Equal(t, http.StatusUnprocessableEntity, v.post("/files", url.Values{"files": {"typed"}}).status)
	require.Equal(t, http.StatusNotFound, w.login(w.ours.coachee).send("/files", nil, "files", pickedFile{"a.txt", "a"}).status)
	require.Equal(t, "0", w.value("SELECT ((SELECT count(*) FROM files) + (SELECT count(*) FROM uploads))::text"))
}

// What a browser fetches ahead of its reader is no view.
func TestFiles_AFetchAheadIsNoView(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.coach)
	require.Equal(t, http.StatusSeeOther, v.send("/files", nil, "files", pickedFile{"a.txt", "a"}).status)
	id := w.value("SELECT id::text FROM files WHERE client_id IS NULL")
	path, admin := "/files/"+id+"/download", w.login(w.ours.admin)
	require.Equal(t, http.StatusServiceUnavailable, admin.do(http.MethodGet, path, nil, "Sec-Purpose", "prefetch").status)
	require.NotEqual(t, http.StatusOK, admin.do(http.MethodHead, path, nil).status)
	require.Equal(t, http.StatusSeeOther, w.visitor().get(path).status, "a scanner has no login")
	read, err := w.app.GetFile(t.Context(), w.ours.coach, uuid.MustParse(id))
	require.NoError(t, err)
	require.Empty(t, read.Views)
	require.Equal(t, "a", strings.TrimSpace(admin.get(path).body))
	read, err = w.app.GetFile(t.Context(), w.ours.coach, uuid.MustParse(id))
	require.NoError(t, err)
	require.Len(t, read.Views, 1)
}
