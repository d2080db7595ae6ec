package api

import (
	"net/http"
	"testing"
)

func TestItemFiles_AreSentReplacedAndCompleted(t *testing.T) {
	w := newWorld(t)
	w.onDisk(t)
	file := w.upload(w.ours.coachKey, []filePart{{"values.txt", "the values"}}).id()
	engagement := w.engagement()
	spec := map[string]any{"kind": "file", "title": "Values", "file_ids": []any{file}, "description": "Read **it**.", "release": map[string]any{"rule": "manual"}, "recipients": []any{map[string]any{"role": "coachee"}}}
	items := "/api/v1/engagements/" + engagement + "/items"
	w.call("POST", items, with(spec, "file_ids", []any{})).refused(http.StatusUnprocessableEntity, "item_files_missing")
	w.call("POST", items, with(spec, "file_ids", []any{engagement})).refused(http.StatusUnprocessableEntity, "file_not_found")
	w.call("POST", items, with(spec, "recipients", []any{map[string]any{"email": "a@example.com"}})).refused(http.StatusUnprocessableEntity, "recipient_without_account")
	item := w.call("POST", items, spec).id()
	path := "/api/v1/items/" + item
	if got := w.call("GET", path, nil).ok(http.StatusOK)["files"].([]any)[0].(map[string]any); got["name"] != "values.txt" || got["version"] != float64(1) {
		t.Fatalf("%v", got)
	}
	w.call("POST", path+"/complete", nil, as(w.ours.coacheeKey)...).refused(http.StatusNotFound, "task_not_found")
	w.exec("UPDATE items SET status = 'open', issued_at = now(), round = 1 WHERE id = $1", item)
	better := w.upload(w.ours.key, []filePart{{"better.txt", "better values"}}).id()
	w.call("POST", path+"/files/"+file+"/replace", map[string]any{"file_id": better}).ok(http.StatusOK)
	w.call("POST", path+"/files/"+file+"/replace", map[string]any{"file_id": better}).refused(http.StatusNotFound, "item_file_not_found")
	w.call("GET", "/api/v1/files/"+better+"/content", nil, as(w.ours.coacheeKey)...)
	task := w.call("GET", "/api/v1/tasks/"+item, nil, as(w.ours.coacheeKey)...).ok(http.StatusOK)
	if files := task["files"].([]any); len(files) != 1 || files[0].(map[string]any)["version"] != float64(2) {
		t.Fatalf("%v", files)
	}
	w.call("POST", path+"/complete", nil, as(w.ours.coacheeKey)...).ok(http.StatusOK)
	w.call("POST", path+"/complete", nil, as(w.ours.coacheeKey)...).ok(http.StatusOK)
}
