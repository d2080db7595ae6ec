package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/web/parts"
)

func TestLists_AreSearchedFilteredAndPagedBothWays(t *testing.T) {
	w := newWorld(t)
	v := w.login(w.ours.admin)
	for n := range listSize + 3 {
		_, err := w.app.CreatePerson(t.Context(), w.ours.admin, app.PersonInput{Name: fmt.Sprintf("Pat %02d", n), Roles: []string{"coachee"}, Emails: []string{fmt.Sprintf("pat%d@example.com", n)}})
		require.NoError(t, err)
	}
	first := v.get("/people?q=pat&sort=name")
	require.Equal(t, http.StatusOK, first.status)
	require.Contains(t, first.body, "Pat 00")
	require.NotContains(t, first.body, "Pat 27")
	require.Contains(t, first.body, fmt.Sprintf(`Coachees <span class="cf-count">%d</span>`, listSize+3))
	require.NotContains(t, first.body, `rel="prev"`)

	second := v.get(pageLink(t, first.body, "next"))
	require.Contains(t, second.body, "Pat 27")
	require.NotContains(t, second.body, "Pat 00")
	require.NotContains(t, second.body, `rel="next"`)
	require.Contains(t, second.body, `value="pat"`, "the search stays")

	back := v.get(pageLink(t, second.body, "prev"))
	require.Contains(t, back.body, "Pat 00")

	none := v.get("/people?q=nobody+of+that+name")
	require.Contains(t, none.body, "Nothing found")
	require.Equal(t, http.StatusUnprocessableEntity, v.get("/people?cursor=nonsense").status)
	require.Equal(t, http.StatusUnprocessableEntity, v.get("/people?sort=nonsense").status)
	for _, odd := range []string{"%00", "%ff", "%25_%5C", "'", strings.Repeat("a", 5000)} {
		for _, path := range []string{"/people", "/", "/mails", "/streams", "/forms", "/templates", "/addresses", "/search"} {
			require.Equal(t, http.StatusOK, v.get(path+"?q="+odd).status, path+odd)
		}
	}
}

// pageLink is the address that a page gives for the page before or after it.
func pageLink(t *testing.T, body, rel string) string {
	t.Helper()
	found := regexp.MustCompile(`rel="` + rel + `" href="([^"]+)"`).FindStringSubmatch(body)
	require.NotNil(t, found, rel)
	return strings.ReplaceAll(found[1], "&amp;", "&")
}

func TestSearch_FindsWhatTheReaderMaySee(t *testing.T) {
	w := newWorld(t)
	amara, err := w.app.CreatePerson(t.Context(), w.ours.admin, app.PersonInput{Name: "Amara Okafor", Roles: []string{"coachee"}, Emails: []string{"amara@example.com"}})
	require.NoError(t, err)
	engagement, err := w.app.CreateEngagement(t.Context(), w.ours.admin, app.EngagementInput{Name: "Growth", CoacheeID: amara.ID, CoachID: &w.ours.coach.Person})
	require.NoError(t, err)
	page := w.login(w.ours.admin).get("/search?q=okaf")
	require.Contains(t, page.body, engagementURL(engagement.ID, ""))
	require.Contains(t, page.body, "/people/"+amara.ID.String())
	coach := w.login(w.ours.coach).get("/search?q=okaf")
	require.Contains(t, coach.body, engagementURL(engagement.ID, ""))
	require.NotContains(t, coach.body, `href="/people/`, "a person's page is the admins'")
	require.NotContains(t, w.login(w.theirs.admin).get("/search?q=okaf").body, engagement.ID.String())
	require.Equal(t, http.StatusNotFound, w.login(w.ours.coachee).get("/search?q=okaf").status)
	require.Contains(t, w.login(w.ours.admin).get("/search?q=%3Cscript%3E").body, "&lt;script&gt;")
}

func TestProgressOf_NothingIsUnderWayInWhatIsOver(t *testing.T) {
	t.Parallel()
	row := app.EngagementRow{Engagement: app.Engagement{Status: "active"}, Progress: []string{"done", "current", "waiting"}}
	require.Equal(t, parts.Progress{parts.Done, parts.Now, ""}, progressOf(row))
	row.Status = "cancelled"
	require.Equal(t, parts.Progress{parts.Done, parts.Over, ""}, progressOf(row))
}

// Without a filter in the address the first chip holds, whatever it is.
func TestLists_TheFirstChipHolds(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]int{"": 0, "state=quarantined": 0, "state=": 2, "state=ignored": 1, "state=nonsense": 0, "q=a": 0} {
		asked, err := url.ParseQuery(query)
		require.NoError(t, err)
		require.Equal(t, want, inboundLook.chosen(asked), query)
	}
	require.Equal(t, "/quarantine?q=a", inboundLook.chipAddress(0, url.Values{"q": {"a"}, "state": {"ignored"}}))
	require.Equal(t, "/quarantine?state=", inboundLook.chipAddress(2, url.Values{}))
}
