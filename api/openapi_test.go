package api

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"
)

func (w *world) document() *huma.OpenAPI {
	s := &server{Config: Config{App: w.app}}
	s.huma = newHuma(gin.New(), slog.New(slog.DiscardHandler))
	s.routes()
	require.NoError(w.t, putWords(s.huma.OpenAPI()))
	return s.huma.OpenAPI()
}

func codeOf(t *testing.T, a answer) string {
	t.Helper()
	var p Problem
	require.NoError(t, json.Unmarshal([]byte(a.body), &p), a.body)
	require.NotEmpty(t, p.Code, a.body)
	return p.Code
}

func TestOpenAPI_IsWholeAndConsistent(t *testing.T) {
	w := newWorld(t)
	doc := w.call("GET", "/openapi.json", nil, "Authorization", "").ok(200)
	require.Equal(t, "3.1.0", doc["openapi"])
	ids := map[string]bool{}
	for path, item := range doc["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			checkOperation(t, path, method, op.(map[string]any), ids)
		}
	}
	require.Greater(t, len(ids), 60)
	schemas := doc["components"].(map[string]any)["schemas"].(map[string]any)
	for _, ref := range regexp.MustCompile(`"\$ref":"([^"]+)"`).FindAllStringSubmatch(text(t, doc), -1) {
		require.Contains(t, schemas, strings.TrimPrefix(ref[1], "#/components/schemas/"))
	}
	problem := schemas["Problem"].(map[string]any)
	require.Subset(t, problem["required"], []any{"type", "title", "status", "detail", "code", "request_id"})
	input := schemas["EditItem"].(map[string]any)
	require.Equal(t, false, input["additionalProperties"])
	at := schemas["ReleaseRule"].(map[string]any)["properties"].(map[string]any)["at"].(map[string]any)
	require.Equal(t, "string", at["type"])
}

func checkOperation(t *testing.T, path, method string, op map[string]any, ids map[string]bool) {
	t.Helper()
	where := method + " " + path
	id := op["operationId"].(string)
	require.False(t, ids[id], "two operations %s", id)
	ids[id] = true
	require.NotEmpty(t, op["summary"], where)
	require.Len(t, op["tags"], 1, where)
	params := map[string]bool{}
	if list, is := op["parameters"].([]any); is {
		for _, p := range list {
			param := p.(map[string]any)
			params[param["in"].(string)+" "+param["name"].(string)] = true
		}
	}
	for _, name := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1) {
		require.True(t, params["path "+name[1]], where)
	}
	require.Equal(t, method == "post", params["header Idempotency-Key"], where)
	responses := op["responses"].(map[string]any)
	require.Equal(t, params["header If-Match"], responses["428"] != nil, where)
	for _, status := range []string{"401", "403", "500", "503"} {
		require.Contains(t, responses, status, where)
	}
	for status, r := range responses {
		checkResponse(t, where, status, r.(map[string]any))
	}
}

// checkResponse wants every documented error to be a problem, and to name its
// codes.
func checkResponse(t *testing.T, where, status string, r map[string]any) {
	t.Helper()
	code, err := strconv.Atoi(status)
	require.NoError(t, err, where)
	require.NotEmpty(t, r["description"], where)
	if code < 400 {
		return
	}
	schema := r["content"].(map[string]any)["application/problem+json"].(map[string]any)["schema"].(map[string]any)
	require.Equal(t, "#/components/schemas/Problem", schema["$ref"], where)
	require.Equal(t, errorDocs[code], r["description"], where)
}

func TestDocs_LoadNothingAndCoverEverything(t *testing.T) {
	w := newWorld(t)
	page := w.call("GET", "/docs", nil, "Authorization", "")
	require.Equal(t, 200, page.status)
	for _, op := range operationsOf(w.document()) {
		require.Contains(t, page.body, `id="`+op.OperationID+`"`)
	}
	require.NotRegexp(t, `(?i)<script|<link|<img|url\(|@import|(src|href)="(https?:)?//`, page.body)
	require.Contains(t, page.body, "curl -X POST &#34;$COACHFLOW/api/v1/people&#34;")
	for _, anchor := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page.body, -1) {
		require.Contains(t, page.body, `id="`+anchor[1]+`"`)
	}
	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(page.body)[1]
	sum := sha256.Sum256([]byte(style))
	require.Contains(t, page.header.Get("Content-Security-Policy"), base64.StdEncoding.EncodeToString(sum[:]), "the browser takes the style")
}

// The examples can be sent as they stand: nothing in them is refused but that
// the things they name do not exist.
func TestDocs_ExamplesAreRight(t *testing.T) {
	w := newWorld(t)
	doc := w.document()
	for _, op := range operationsOf(doc) {
		schema := bodySchema(op)
		if schema == nil {
			continue
		}
		kind := "form_request"
		if strings.Contains(op.Path, "/ladders/") {
			kind = "item"
		}
		path := strings.NewReplacer("{id}", exampleID, "{pid}", exampleID, "{kind}", kind).Replace(op.Path)
		a := w.call(op.Method, path, exampleOf(doc, schema, 0), "If-Match", `"1"`)
		if a.status >= 400 {
			require.Contains(t, codeOf(t, a), "_not_found", "%s %s: %s", op.Method, path, a.body)
		}
	}
}
