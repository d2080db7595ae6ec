package web

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

// programOf makes an engagement with a program of so many forms, named A, B, C and so on,
// that are sent by hand.
func (w *world) programOf(p party, many int) (app.Engagement, []app.Item) {
	w.t.Helper()
	engagement, first := w.engagement(p)
	for n := range many {
		spec := coaching.ItemSpec{Kind: coaching.FormItem, Title: string(rune('A' + n)), FormID: first.FormID, Release: first.Release, Recipients: first.Recipients}
		_, err := w.app.AddItem(w.t.Context(), p.admin, engagement.ID, -1, spec)
		require.NoError(w.t, err)
	}
	require.NoError(w.t, w.app.RemoveItem(w.t.Context(), p.admin, first.ID))
	program, err := w.app.GetProgram(w.t.Context(), p.admin, engagement.ID)
	require.NoError(w.t, err)
	require.Len(w.t, program.Items, many)
	return engagement, program.Items
}

func (w *world) programNow(engagement uuid.UUID) app.Program {
	w.t.Helper()
	program, err := w.app.GetProgram(w.t.Context(), w.ours.admin, engagement)
	require.NoError(w.t, err)
	return program
}

// titles are those of a program, in order.
func (w *world) titles(engagement uuid.UUID) string {
	w.t.Helper()
	var titles []string
	for _, item := range w.programNow(engagement).Items {
		titles = append(titles, item.Title)
	}
	return strings.Join(titles, "")
}

// orderedAs is an order of the items at the places, as the console writes it.
func orderedAs(items []app.Item, places ...int) string {
	var ids []string
	for _, place := range places {
		ids = append(ids, "item-"+items[place].ID.String())
	}
	return strings.Join(ids, ",")
}

func TestR16_MovesAndARemovalAreOneEditWithOnePreview(t *testing.T) {
	w := newWorld(t)
	engagement, items := w.programOf(w.ours, 5)
	v := w.login(w.ours.coach)
	path := "/engagements/" + engagement.ID.String() + "/order"
	order := orderedAs(items, 4, 0, 3, 1) // E first, D before B, without C
	before := w.snapshot()
	page := v.get(path + "?order=" + order)
	require.Equal(t, http.StatusOK, page.status, page.body)
	require.Contains(t, page.body, "&#34;C&#34; is removed")
	require.Contains(t, page.body, "&#34;E&#34; moves to another place")
	require.Contains(t, page.body, "&#34;B&#34; moves to another place")
	require.Equal(t, before, w.snapshot(), "a preview changes nothing")

	apply := url.Values{"order": {order}, "revision": {revision(t, page.body)}}
	require.Contains(t, v.follow(path, apply).body, "The program is changed.")
	require.Equal(t, "EADB", w.titles(engagement.ID))
	changed := w.programNow(engagement.ID)
	require.Contains(t, v.follow(path, apply).body, "was changed since", "the same button pressed twice")
	require.Equal(t, changed, w.programNow(engagement.ID))
}

func TestR16_AnOrderOfAnOlderProgramIsRefusedAndChangesNothing(t *testing.T) {
	w := newWorld(t)
	engagement, items := w.programOf(w.ours, 3)
	v := w.login(w.ours.admin)
	path := "/engagements/" + engagement.ID.String() + "/order"
	order := orderedAs(items, 2, 1, 0)
	seen := revision(t, v.get("/engagements/"+engagement.ID.String()).body)
	spec := items[0].ItemSpec
	spec.Title = "D"
	_, err := w.app.AddItem(t.Context(), w.ours.admin, engagement.ID, -1, spec)
	require.NoError(t, err)

	before := w.programNow(engagement.ID)
	page := v.follow(path, url.Values{"order": {order}, "revision": {seen}})
	require.Contains(t, page.body, "was changed since")
	require.Equal(t, "ABCD", w.titles(engagement.ID))
	looked := v.get(path + "?revision=" + seen + "&order=" + order)
	require.Equal(t, http.StatusSeeOther, looked.status, "its preview would take D out unasked: %s", looked.body)
	require.Contains(t, v.get(looked.location).body, "The program was changed meanwhile, so this order does not fit it any more. Nothing was changed.")
	require.Equal(t, before, w.programNow(engagement.ID))
}

func TestR16_AnOrderWithForeignOrDoubledItemsIsRefused(t *testing.T) {
	w := newWorld(t)
	engagement, items := w.programOf(w.ours, 2)
	_, theirs := w.programOf(w.theirs, 1)
	v := w.login(w.ours.coach)
	path := "/engagements/" + engagement.ID.String() + "/order"
	now := revision(t, v.get("/engagements/"+engagement.ID.String()).body)
	before := w.programNow(engagement.ID)
	for name, order := range map[string]string{"of another program": orderedAs(theirs, 0), "beside ours": orderedAs(append(items, theirs...), 0, 1, 2),
		"twice": orderedAs(items, 0, 0), "nothing like an id": "item-1", "empty places": ",,", "unknown": "item-" + uuid.NewString()} {
		require.Contains(t, v.follow(path, url.Values{"order": {order}, "revision": {now}}).body, "The program was changed meanwhile", name)
		require.Equal(t, http.StatusSeeOther, v.get(path+"?order="+url.QueryEscape(order)).status, name)
	}
	require.Equal(t, before, w.programNow(engagement.ID))
}

func TestR16_AProgramIsPutInOrderByLinksAlone(t *testing.T) {
	w := newWorld(t)
	engagement, _ := w.programOf(w.ours, 3)
	v := w.login(w.ours.coach)
	path := "/engagements/" + engagement.ID.String() + "/order"
	page := v.get(path)
	require.NotContains(t, page.body, "Apply the change", "nothing is chosen yet")
	for _, label := range []string{"Move “C” up", "Move “C” up", "Remove “B”"} {
		page = v.get(linkNamed(t, page.body, label))
		require.Equal(t, http.StatusOK, page.status, page.body)
	}
	require.Equal(t, "ABC", w.titles(engagement.ID))
	require.Contains(t, page.body, "Apply the change")
	v.follow(path, url.Values{"order": {valueOf(t, page.body, "order")}, "revision": {revision(t, page.body)}})
	require.Equal(t, "CA", w.titles(engagement.ID))

	page = v.get(path)
	for _, label := range []string{"Remove “C”", "Remove “A”"} {
		page = v.get(linkNamed(t, page.body, label))
	}
	v.follow(path, url.Values{"order": {valueOf(t, page.body, "order")}, "revision": {revision(t, page.body)}})
	require.Empty(t, w.titles(engagement.ID), "all of them")
}

// linkNamed is where the link with a label leads to.
func linkNamed(t *testing.T, body, label string) string {
	t.Helper()
	before, _, found := strings.Cut(body, `" aria-label="`+label+`"`)
	require.True(t, found, "no link %q", label)
	return html.UnescapeString(before[strings.LastIndex(before, `href="`)+len(`href="`):])
}

func valueOf(t *testing.T, body, field string) string {
	t.Helper()
	_, rest, found := strings.Cut(body, `name="`+field+`" value="`)
	require.True(t, found, "no field %q", field)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}
