package main

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
)

// mostRead is how many things of a kind, and pages of a sort, are read.
const mostRead = 25

// runningProgram is a program that has begun, for the client of the demo, with an item
// of every sort of text and the last date that is taken.
func (w *extremesWorld) runningProgram() string {
	w.Helper()
	id := post[thing](w.outside, "/engagements", map[string]any{"name": "Running", "coachee_id": w.client, "coach_id": w.coach}).ID
	last := extremeDates()[1]
	add := func(kind, title string, more map[string]any) {
		spec := map[string]any{"kind": kind, "title": title, "release": map[string]any{"rule": "after_prior"}, "recipients": []any{map[string]any{"role": "coachee"}}, "due": map[string]any{"at": last}}
		for name, value := range more {
			spec[name] = value
		}
		post[thing](w.outside, "/engagements/"+id+"/items", spec)
	}
	add("form", "Every question", map[string]any{"form_id": w.form})
	for _, value := range w.doc.extremes("title", map[string]any{"type": "string"}) {
		title, is := value.(string)
		if problem := w.call(w.APIKey, http.MethodPost, "/engagements/"+id+"/program/preview", map[string]any{"items": []any{map[string]any{"kind": "task", "title": title,
			"release": map[string]any{"rule": "manual"}, "recipients": []any{map[string]any{"role": "coachee"}}}}}); !is || problem.Status != http.StatusOK {
			continue
		}
		add("task", title, map[string]any{"description": title + "\n" + title})
	}
	post[thing](w.outside, "/engagements/"+id+"/start", nil)
	return id
}

// readAPI calls every operation that reads, with the ids of everything that there is.
func (w *extremesWorld) readAPI() {
	w.Helper()
	for _, op := range w.doc.operations(http.MethodGet) {
		for _, path := range w.addressesOf(op) {
			w.read(op.ID, path)
		}
		path := regexp.MustCompile(`\{[a-z]+\}`)
		for _, bad := range []string{"%00", "%ff", "%C0%80", "%ED%A0%80", "%F0%9F%91%A9", "%E2%80%8B", "seven", strings.Repeat("x", 5000), "..%2f"} {
			if strings.Contains(op.path, "{") {
				w.read(op.ID, path.ReplaceAllString(op.path, bad))
			}
			for _, p := range op.Parameters {
				if p.In == "query" {
					address := path.ReplaceAllString(op.path, w.client)
					w.read(op.ID, address+"?"+p.Name+"="+bad)
					w.read(op.ID, address+"?"+bad+"=1")
				}
			}
		}
	}
}

// read asks for something, which is to answer in order.
func (w *extremesWorld) read(what, path string) reply {
	w.Helper()
	answer, err := w.do(http.MethodGet, w.API+path, nil, http.Header{"Authorization": {"Bearer " + w.APIKey}})
	require.NoError(w, err, "%s %s", what, path)
	require.Less(w, answer.Status, 500, "%s %s: %s", what, path, answer.Body)
	if strings.Contains(answer.Header.Get("Content-Type"), "json") {
		require.True(w, json.Valid(answer.Body), "%s %s", what, path)
	}
	return answer
}

// addressesOf are those of an operation, for all that its first id can name.
func (w *extremesWorld) addressesOf(op apiOperation) []string {
	w.Helper()
	before, after, named := strings.Cut(op.path, "/{")
	if !named {
		return []string{op.path}
	}
	_, rest, _ := strings.Cut(after, "}")
	var out []string
	for _, id := range w.idsOf(strings.TrimPrefix(before, "/")) {
		out = append(out, before+"/"+id+rest)
	}
	require.NotEmpty(w, out, "nothing to read for %s", op.ID)
	return out
}

func (w *extremesWorld) idsOf(noun string) (ids []string) {
	w.Helper()
	add := func(id string) {
		if len(ids) < mostRead {
			ids = append(ids, id)
		}
	}
	switch noun {
	case "items", "tasks", "sessions":
		for _, e := range w.newest("/engagements") {
			for _, item := range w.program(e).Items {
				add(item.ID)
			}
		}
	case "ladders":
		return []string{"item", "invitation"}
	default:
		for _, id := range w.newest("/" + noun) {
			add(id)
		}
	}
	if noun == "inbound-mails" || noun == "invitations" {
		add(w.client)
	}
	return ids
}

// newest are the ids of a list, the newest first.
func (w *extremesWorld) newest(path string) (ids []string) {
	w.Helper()
	all := list[thing](w.outside, path)
	for i := range all {
		ids = append(ids, all[len(all)-1-i].ID)
	}
	return ids
}

func most(n int, ids []string) []string { return ids[:min(n, len(ids))] }

// readPages follows every link of the pages as admin, coach and coachee.
func (w *extremesWorld) readPages() {
	w.Helper()
	for _, who := range []string{w.AdminEmail, w.CoachEmail, w.ClientEmail} {
		v := w.reader(who)
		login := v.visit(http.MethodPost, "/login", url.Values{"email": {who}, "password": {w.AdminPassword}})
		require.NotContains(w, login, `name="password"`, "%s is logged in", who)
		v.follow("/")
		for _, id := range append(most(20, w.newest("/engagements")), most(20, w.newest("/people"))...) {
			for _, path := range []string{"/engagements/" + id, "/people/" + id} {
				v.follow(path)
			}
		}
		require.Greater(w, len(v.perSort), 5, "sorts of pages of %s: %v", who, v.perSort)
		w.Logf("%s has read %v", who, v.perSort)
	}
}

// reader is somebody who reads pages.
type reader struct {
	*extremesWorld
	who     string
	client  *http.Client
	perSort map[string]int
	seen    map[string]bool
}

func (w *extremesWorld) reader(who string) *reader {
	w.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(w, err)
	return &reader{extremesWorld: w, who: who, client: &http.Client{Jar: jar, Timeout: time.Minute}, perSort: map[string]int{}, seen: map[string]bool{}}
}

var (
	pageLink = regexp.MustCompile(`(?:href|src)="(/[^"]*)"`)
	anyID    = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)
)

// follow reads a page, and every one that it leads to.
func (v *reader) follow(start string) {
	v.Helper()
	for waiting := []string{start}; len(waiting) > 0; waiting = waiting[1:] {
		path, _, _ := strings.Cut(waiting[0], "#")
		sort := anyID.ReplaceAllString(path, "ID")
		bare, _, _ := strings.Cut(sort, "?")
		if v.seen[path] || v.perSort[bare] >= mostRead || strings.HasPrefix(path, "/static/") || strings.HasPrefix(path, "/dev/") || strings.HasPrefix(path, "/api/") {
			continue
		}
		v.seen[path] = true
		if v.perSort[bare]++; v.perSort[bare] == 1 {
			for _, bad := range []string{"%00", "%ff", "%F0%9F", "%E2%80%AE"} {
				v.visit(http.MethodGet, strings.SplitN(path, "?", 2)[0]+"?cursor="+bad+"&role="+bad+"&state="+bad+"&kind="+bad+"&to="+bad+"&"+bad+"="+bad, nil)
			}
		}
		for _, link := range pageLink.FindAllStringSubmatch(v.visit(http.MethodGet, path, nil), -1) {
			waiting = append(waiting, html.UnescapeString(link[1]))
		}
	}
}

// visit reads one page, which is to answer in order.
func (v *reader) visit(method, path string, form url.Values) string {
	v.Helper()
	r, err := http.NewRequestWithContext(v.Context(), method, v.Web+path, strings.NewReader(form.Encode()))
	require.NoError(v, err)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := v.client.Do(r)
	require.NoError(v, err, "%s %s", v.who, path)
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	require.NoError(v, err, "%s %s", v.who, path)
	require.Less(v, answer.StatusCode, 500, "%s %s: %s", v.who, path, body)
	return string(body)
}

// checkWorkflow has the program paused and resumed, and looks at its history: nothing in
// it has failed.
func (w *extremesWorld) checkWorkflow(s *devStack, engagement string) {
	w.Helper()
	post[thing](w.outside, "/engagements/"+engagement+"/pause", nil)
	post[thing](w.outside, "/engagements/"+engagement+"/resume", nil)
	events := s.parts.temporal.GetWorkflowHistory(w.Context(), "program/"+engagement, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	count := 0
	for events.HasNext() {
		event, err := events.Next()
		require.NoError(w, err)
		count++
		require.NotContains(w, []enums.EventType{enums.EVENT_TYPE_WORKFLOW_TASK_FAILED, enums.EVENT_TYPE_ACTIVITY_TASK_FAILED, enums.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
			enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED}, event.GetEventType(), "%s", event)
	}
	require.Greater(w, count, 20)
}
