package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/coaching"
)

var hiddenFile = regexp.MustCompile(`name="file_ids" value="([0-9a-f-]+)"`)

// An item with two files is added without script: they are uploaded with the form, kept
// while something is mended, and go out when what the edit does was confirmed.
func TestItemForm_AddsAFile(t *testing.T) {
	w := newWorld(t)
	engagement, _ := w.engagement(w.ours)
	v, path := w.login(w.ours.coach), "/engagements/"+engagement.ID.String()+"/items/new"
	page := v.get(path + "?kind=file")
	require.Contains(t, page.body, "Add a file to the program")
	require.Contains(t, page.body, `enctype="multipart/form-data"`)
	require.NotContains(t, page.body, "Others, by email address alone")
	values := url.Values{"kind": {"file"}, "title": {""}, "description": {"Read **both**."}, "rule": {"manual"}, "due": {"none"}, "coachee": {"required"}}
	mend := v.send(path, values, "files", pickedFile{"Values.pdf", "%PDF-1.7"}, pickedFile{"Questions.txt", "Who are you?"})
	require.Contains(t, mend.body, "An item needs a title")
	require.Contains(t, mend.body, "Values.pdf · 8 bytes", "what was uploaded is there still")
	var ids []string
	for _, found := range hiddenFile.FindAllStringSubmatch(mend.body, -1) {
		ids = append(ids, found[1])
	}
	require.Len(t, ids, 2)
	require.Contains(t, v.send(path, with(values, "title", "Values"), "files", pickedFile{"empty.txt", ""}).body, "“empty.txt” is empty.")
	require.Contains(t, v.send(path, with(values, "title", "Values"), "files", pickedFile{"", ""}).body, "Choose at least one file.")

	values = with(values, "title", "Values")
	values["file_ids"] = ids
	preview := v.send(path, values, "files", pickedFile{"", ""})
	require.Contains(t, preview.body, "This is what the change does")
	require.Len(t, hiddenFile.FindAllString(preview.body, -1), 2)
	v.follow(path, with(values, "action", "apply"))
	program, err := w.app.GetProgram(t.Context(), w.ours.admin, engagement.ID)
	require.NoError(t, err)
	added := program.Items[1]
	require.Equal(t, coaching.FileItem, added.Kind)
	require.Equal(t, "Read **both**.", added.Description)
	require.Equal(t, []uuid.UUID{uuid.MustParse(ids[0]), uuid.MustParse(ids[1])}, added.FileIDs)
	edit := v.get("/engagements/" + engagement.ID.String() + "/items/" + added.ID.String() + "/edit")
	require.Len(t, hiddenFile.FindAllString(edit.body, -1), 2)
	require.Contains(t, html.UnescapeString(v.get("/engagements/"+engagement.ID.String()).body), "Questions.txt")

	other := w.login(w.theirs.coach)
	require.Equal(t, http.StatusNotFound, other.send(path, values, "files").status)
	theirs, _ := w.engagement(w.theirs)
	refused := other.send("/engagements/"+theirs.ID.String()+"/items/new", values, "files")
	require.Contains(t, refused.body, "There is no such file among those that you can send.")
}

func with(values url.Values, name, value string) url.Values {
	out := url.Values{name: {value}}
	for n, list := range values {
		if n != name {
			out[n] = list
		}
	}
	return out
}

func TestFileItem_IsReadReplacedAndCompletedAfterALogin(t *testing.T) {
	w := newWorld(t)
	w.agree(nil)
	engagement, _ := w.engagement(w.ours)
	coach := w.login(w.ours.coach)
	require.Equal(t, http.StatusSeeOther, coach.send("/files", nil, "files", pickedFile{"Values.txt", "the values"}).status)
	file := uuid.MustParse(w.value("SELECT id::text FROM files WHERE client_id IS NULL"))
	item, err := w.app.AddItem(t.Context(), w.ours.coach, engagement.ID, -1, coaching.ItemSpec{Kind: coaching.FileItem, Title: "Your <values>", FileIDs: []uuid.UUID{file},
		Description: "Read **all**.\n\n<script>alert(1)</script>", Release: coaching.ReleaseRule{Rule: coaching.Manual}, Recipients: []coaching.RecipientSpec{{Role: "coachee"}}})
	require.NoError(t, err)
	client, path := w.login(w.ours.coachee), "/tasks/"+item.ID.String()
	require.Equal(t, http.StatusNotFound, client.get("/files/"+file.String()+"/download").status, "it did not go out yet")
	_, err = w.app.StartEngagement(t.Context(), w.ours.admin, engagement.ID)
	require.NoError(t, err)
	w.exec("UPDATE items SET status = 'open', issued_at = now(), round = 1, due_at = now() + interval '7 days' WHERE id = $1", item.ID)

	page := client.get(path)
	require.Contains(t, page.body, "Your &lt;values&gt;")
	require.Contains(t, page.body, "<strong>all</strong>")
	require.NotContains(t, page.body, "<script>alert")
	require.Equal(t, "the values", client.get("/files/"+file.String()+"/download").body)
	program := "/engagements/" + engagement.ID.String()
	require.Contains(t, coach.get(program).body, "Ours coachee opened it on")

	replace := program + "/items/" + item.ID.String() + "/files/" + file.String() + "/replace"
	require.Contains(t, coach.get(program).body, replace)
	require.Contains(t, coach.get(replace).body, "as version 2")
	require.Contains(t, coach.send(replace, nil, "file").body, "Choose the new version first.")
	require.Equal(t, http.StatusNotFound, client.send(replace, nil, "file").status)
	sent := coach.send(replace, nil, "file", pickedFile{"Better.txt", "better values"})
	require.Equal(t, http.StatusSeeOther, sent.status, sent.body)
	page = client.get(path)
	require.Contains(t, page.body, "Better.txt")
	require.NotContains(t, page.body, "Values.txt")
	require.Contains(t, coach.get(program).body, "Values.txt", "who runs the program sees the version before")
	require.Equal(t, http.StatusNotFound, coach.get(replace).status)
	require.Contains(t, client.follow(path, url.Values{}).body, "is complete.")
	require.Contains(t, client.get(program).body, path)
}
