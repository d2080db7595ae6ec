package web

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/files"
)

func TestLogo_StandsOnPagesAndBehindLinks(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	send := func(v *visitor, field string, picture []byte) response {
		t.Helper()
		return v.send("/settings/logo", nil, field, pickedFile{"logo.png", string(picture)})
	}
	var drawn bytes.Buffer
	require.NoError(t, png.Encode(&drawn, image.NewRGBA(image.Rect(0, 0, 300, 100))))
	require.Equal(t, http.StatusNotFound, send(w.login(w.ours.coach), "logo", drawn.Bytes()).status, "the settings are the admins'")
	for name, one := range map[string]struct {
		field   string
		picture []byte
	}{"no picture": {"logo", []byte("<svg/>")}, "no file": {"other", drawn.Bytes()}, "too large": {"logo", make([]byte, files.LargestLogo+100_000)}} {
		require.Equal(t, http.StatusSeeOther, send(v, one.field, one.picture).status, name)
		require.Contains(t, v.get("/settings").body, `role="alert"`, name)
	}
	require.Contains(t, v.get("/").body, `<span class="cf-logo"`, "nothing of it was taken")

	require.Equal(t, http.StatusSeeOther, send(v, "logo", drawn.Bytes()).status)
	page := v.get("/settings").body
	require.Contains(t, page, "The logo is set.")
	_, rest, found := strings.Cut(page, `<img class="cf-logo-picture" src="`)
	require.True(t, found)
	path, _, _ := strings.Cut(rest, `"`)
	shown := w.visitor().get(path)
	require.Equal(t, http.StatusOK, shown.status, "mails show it to people without a login")
	require.Equal(t, "image/png", shown.header.Get("Content-Type"))
	require.Equal(t, "public, max-age=31536000, immutable", shown.header.Get("Cache-Control"))
	require.Equal(t, "nosniff", shown.header.Get("X-Content-Type-Options"))
	size, err := png.DecodeConfig(strings.NewReader(shown.body))
	require.NoError(t, err)
	require.Equal(t, 96, size.Height)

	require.Contains(t, v.follow("/settings/logo/remove", url.Values{}).body, "The logo is removed.")
	require.Contains(t, v.get("/").body, `<span class="cf-logo"`)
	require.Equal(t, http.StatusOK, w.visitor().get(path).status, "mails that were sent keep it")
	for _, none := range []string{"/logo/x/y.png", "/logo/" + uuid.NewString() + "/" + path[len(path)-20:], strings.TrimSuffix(path, ".png"), "/logo/" + w.ours.org.String() + "/0000000000000000.png"} {
		require.Equal(t, http.StatusNotFound, w.visitor().get(none).status, none)
	}
}
