package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAddress_IsReplacedAfterAQuestion(t *testing.T) {
	w := newWorld(t)
	engagement, _ := w.engagement(w.ours)
	v := w.login(w.ours.coach)
	path := "/engagements/" + engagement.ID.String() + "/messages"
	require.Contains(t, v.get(path).body, "have no conversation yet")
	require.Contains(t, v.follow(path, url.Values{}).body, "The conversation is open")
	list, err := w.app.ListSystemAddresses(t.Context(), w.ours.admin, nil, noPaging)
	require.NoError(t, err)
	replace := "/addresses/" + list.Items[0].ID.String() + "/regenerate"
	require.Contains(t, v.get(replace).body, list.Items[0].Address)
	page := v.follow(replace, url.Values{})
	require.Contains(t, page.body, "The new address is")
	require.NotContains(t, page.body, list.Items[0].Address)
	require.Equal(t, http.StatusNotFound, v.post(replace, url.Values{}).status, "it is gone")
	require.Equal(t, http.StatusNotFound, w.login(w.theirs.admin).get(replace).status)
}
