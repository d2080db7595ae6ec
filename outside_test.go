package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"coachflow/coaching"

	"github.com/stretchr/testify/require"
)

// outside is the system as it is met by somebody who knows no more than what
// dev.json says.
type outside struct {
	testing.TB
	devInfo
	client *http.Client
}

// look reads dev.json in a data directory.
func look(t testing.TB, dir string) *outside {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "dev.json"))
	require.NoError(t, err)
	o := &outside{TB: t, client: &http.Client{Timeout: 60 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
	require.NoError(t, json.Unmarshal(data, &o.devInfo))
	t.Cleanup(o.client.CloseIdleConnections)
	o.keepMoments()
	return o
}

// keepMoments lets reminders leave at any hour, so that what is planned does not depend
// on the day on which the tests run.
func (o *outside) keepMoments() {
	o.Helper()
	usual := coaching.DefaultLadders[coaching.ItemLadder]
	ask[thing](o, http.MethodPut, "/ladders/item", map[string]any{"steps": usual.Steps, "end": usual.End, "without_due": usual.WithoutDue,
		"min_gap_hours": usual.MinGapHours, "keeps_moment": true})
}

// in is the same for a test inside of a test.
func (o *outside) in(t testing.TB) *outside {
	inner := *o
	inner.TB = t
	return &inner
}

// eventually waits until the condition holds. It is asked about every 30 ms.
func (o *outside) eventually(patience time.Duration, what string, holds func() bool) {
	o.Helper()
	o.eventuallyEvery(30*time.Millisecond, patience, what, holds)
}

func (o *outside) eventuallyEvery(step, patience time.Duration, what string, holds func() bool) {
	o.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(step) {
		if time.Now().After(deadline) {
			o.Fatalf("not within %s: %s", patience, what)
		}
	}
}

// reply is an answer over HTTP.
type reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// do sends a request as it is.
func (o *outside) do(method, address string, body io.Reader, header http.Header) (reply, error) {
	r, err := http.NewRequestWithContext(o.Context(), method, address, body)
	if err != nil {
		return reply{}, err
	}
	for name, values := range header {
		r.Header[name] = values
	}
	response, err := o.client.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, data}, err
}

// call asks the API as the holder of a key. The body is JSON, or sent as it is
// where it is a string.
func (o *outside) call(key, method, path string, body any) reply {
	o.Helper()
	header := http.Header{"Authorization": {"Bearer " + key}}
	var content io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		content = strings.NewReader(body)
		header.Set("Content-Type", "application/json")
	default:
		data, err := json.Marshal(body)
		require.NoError(o, err)
		content = bytes.NewReader(data)
		header.Set("Content-Type", "application/json")
	}
	answer, err := o.do(method, o.API+path, content, header)
	require.NoError(o, err)
	return answer
}

// get reads something from the API, which must be there.
func get[T any](o *outside, path string) T {
	o.Helper()
	return ask[T](o, http.MethodGet, path, nil)
}

// post does something over the API, which must succeed.
func post[T any](o *outside, path string, body any) T {
	o.Helper()
	return ask[T](o, http.MethodPost, path, body)
}

func ask[T any](o *outside, method, path string, body any) T {
	o.Helper()
	answer := o.call(o.APIKey, method, path, body)
	require.Less(o, answer.Status, 300, "%s %s: %s", method, path, answer.Body)
	var out T
	require.NoError(o, json.Unmarshal(answer.Body, &out), "%s", answer.Body)
	return out
}

// list reads all pages of a list.
func list[T any](o *outside, path string) []T {
	o.Helper()
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	var all []T
	for cursor := ""; ; {
		page := get[struct {
			Items []T    `json:"items"`
			Next  string `json:"next_cursor"`
		}](o, path+separator+"limit=200"+cursor)
		all = append(all, page.Items...)
		if page.Next == "" {
			return all
		}
		cursor = "&cursor=" + page.Next
	}
}

// What the tests read of the API's answers.
type (
	thing struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		State string `json:"state"`
	}
	programOf struct {
		Revision int      `json:"revision"`
		Items    []itemOf `json:"items"`
	}
	itemOf struct {
		ID     string `json:"id"`
		Title  string `json:"title"`
		Status string `json:"status"`
	}
	answerOf struct {
		Answer map[string]any `json:"answer"`
	}
	notificationOf struct {
		ItemID      string    `json:"item_id"`
		Kind        string    `json:"kind"`
		Step        string    `json:"step"`
		Address     string    `json:"address"`
		Reason      string    `json:"reason"`
		State       string    `json:"state"`
		StateReason string    `json:"state_reason"`
		PlannedAt   time.Time `json:"planned_at"`
	}
	messageOf struct {
		ID         string   `json:"id"`
		AuthorName string   `json:"author_name"`
		Subject    string   `json:"subject"`
		Text       string   `json:"text"`
		Files      []fileOf `json:"files"`
	}
	fileOf struct {
		ID     string `json:"id"`
		Name   string `json:"name"`
		Inline bool   `json:"inline"`
		Views  []struct {
			Name  string `json:"name"`
			Views int    `json:"views"`
		} `json:"views"`
	}
)

func (o *outside) program(engagement string) programOf {
	o.Helper()
	return get[programOf](o, "/engagements/"+engagement+"/program")
}

// demoStream is the stream of the demo's coach and client.
func (o *outside) demoStream() string {
	o.Helper()
	type address struct {
		Address string `json:"address"`
		Stream  string `json:"stream_id"`
	}
	for _, a := range list[address](o, "/system-addresses") {
		if a.Address == o.ToClient {
			return a.Stream
		}
	}
	o.Fatal("the demo has no stream")
	return ""
}
