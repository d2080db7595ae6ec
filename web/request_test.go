package web

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBroken_TellsNothingOfTheInside(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	w.exec("ALTER TABLE engagements RENAME TO gone")
	page := v.do(http.MethodGet, "/", nil)
	require.Equal(t, http.StatusInternalServerError, page.status)
	require.Contains(t, page.body, "Something went wrong on our side")
	require.NotContains(t, page.body, "engagements&#34;")
	require.True(t, bytes.Contains(w.log.Bytes(), []byte("page failed")))
}
