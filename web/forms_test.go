package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestForm_CanBeTriedAndKeepsNothing(t *testing.T) {
	w := newWorld(t)
	_, item := w.engagement(w.ours)
	v := w.login(w.ours.coach)
	path := "/forms/" + item.FormID.String() + "/try"
	before := w.snapshot()
	require.Equal(t, http.StatusUnprocessableEntity, v.post(path, url.Values{"action": {"submit"}}).status)
	require.Contains(t, v.post(path, url.Values{"action": {"submit"}, "q.role": {"x"}}).body, "nothing was kept")
	require.Equal(t, before, w.snapshot())
}
