package api

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

//go:embed docs.html
var docsPage string

//go:embed docs.css
var docsStyle string

// docsTemplate draws the page of /docs: everything is in it, so that nothing is
// loaded, and no script is needed.
var docsTemplate = template.Must(template.New("docs").Parse(docsPage))

// serveDocs renders the document and the page once: they do not change while
// the program runs.
func serveDocs(engine *gin.Engine, doc *huma.OpenAPI) error {
	document, err := json.Marshal(doc)
	if err != nil {
		return fmt.Errorf("api: write OpenAPI document: %w", err)
	}
	var page bytes.Buffer
	if err := docsTemplate.Execute(&page, newDocs(doc)); err != nil {
		return fmt.Errorf("api: draw documentation: %w", err)
	}
	sum := sha256.Sum256([]byte(docsStyle))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	engine.GET("/openapi.json", func(c *gin.Context) { c.Data(http.StatusOK, "application/json", document) })
	engine.GET("/docs", func(c *gin.Context) {
		c.Header("Content-Security-Policy", policy)
		c.Data(http.StatusOK, "text/html; charset=utf-8", page.Bytes())
	})
	return nil
}

// docs is what the page shows.
type docs struct {
	Title    string
	About    []string
	Style    template.CSS
	Groups   []docsGroup
	Problems []docsProblem
	Schemas  []docsSchema
}

type docsGroup struct {
	Tag, Anchor string
	Operations  []docsOperation
}

type docsOperation struct {
	Method, Path, ID, Summary, Description string
	Params                                 []docsField
	Body                                   *docsType
	Responses                              []docsResponse
	Curl                                   string
}

type docsField struct {
	Name, In, Description string
	Type                  docsType
	Required              bool
}

// docsType is a type in words, with the schema that it leads to, if any.
type docsType struct{ Words, Schema string }

type docsResponse struct {
	Status, Description string
	Type                docsType
}

type docsProblem struct {
	Status             int
	Title, Description string
}

type docsSchema struct {
	Name   string
	Fields []docsField
}

func newDocs(doc *huma.OpenAPI) docs {
	out := docs{Title: doc.Info.Title, About: strings.Split(doc.Info.Description, "\n\n"), Style: template.CSS(docsStyle), Problems: problemDocs()} //nolint:gosec // our own file
	for _, op := range operationsOf(doc) {
		tag := op.Tags[0]
		at := slices.IndexFunc(out.Groups, func(g docsGroup) bool { return g.Tag == tag })
		if at < 0 {
			at = len(out.Groups)
			out.Groups = append(out.Groups, docsGroup{Tag: tag, Anchor: strings.ReplaceAll(strings.ToLower(tag), " ", "-")})
		}
		out.Groups[at].Operations = append(out.Groups[at].Operations, docsOf(doc, op))
	}
	schemas := doc.Components.Schemas.Map()
	for _, name := range sortedKeys(schemas) {
		out.Schemas = append(out.Schemas, docsSchema{Name: name, Fields: fieldDocs(schemas[name])})
	}
	return out
}

// operationsOf lists the operations by path, and on one path in the order of
// reading, making, changing and removing.
func operationsOf(doc *huma.OpenAPI) []*huma.Operation {
	var out []*huma.Operation
	for _, path := range sortedKeys(doc.Paths) {
		item := doc.Paths[path]
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil {
				out = append(out, op)
			}
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func docsOf(doc *huma.OpenAPI, op *huma.Operation) docsOperation {
	out := docsOperation{Method: op.Method, Path: op.Path, ID: op.OperationID, Summary: op.Summary, Description: op.Description, Curl: curlOf(doc, op)}
	for _, p := range op.Parameters {
		out.Params = append(out.Params, docsField{Name: p.Name, In: p.In, Description: p.Description, Type: typeOf(p.Schema), Required: p.Required})
	}
	if schema := bodySchema(op); schema != nil {
		body := typeOf(schema)
		out.Body = &body
	}
	for _, status := range sortedKeys(op.Responses) {
		response := docsResponse{Status: status, Description: op.Responses[status].Description}
		for _, content := range op.Responses[status].Content {
			response.Type = typeOf(content.Schema)
		}
		out.Responses = append(out.Responses, response)
	}
	return out
}

func bodySchema(op *huma.Operation) *huma.Schema {
	if op.RequestBody == nil {
		return nil
	}
	if content := op.RequestBody.Content["application/json"]; content != nil {
		return content.Schema
	}
	return nil
}

func fieldDocs(s *huma.Schema) []docsField {
	var out []docsField
	for _, name := range sortedKeys(s.Properties) {
		property := s.Properties[name]
		out = append(out, docsField{Name: name, Description: property.Description, Type: typeOf(property), Required: slices.Contains(s.Required, name)})
	}
	return out
}

// typeOf says a schema in words.
func typeOf(s *huma.Schema) docsType {
	switch {
	case s == nil:
		return docsType{Words: "anything"}
	case s.Ref != "":
		name := s.Ref[strings.LastIndex(s.Ref, "/")+1:]
		return docsType{Words: name, Schema: name}
	case s.Type == huma.TypeArray:
		item := typeOf(s.Items)
		return docsType{Words: "list of " + item.Words, Schema: item.Schema}
	case len(s.Enum) > 0:
		words := make([]string, len(s.Enum))
		for i, value := range s.Enum {
			words[i] = fmt.Sprint(value)
		}
		return docsType{Words: strings.Join(words, " | ")}
	case s.Format != "" && s.Format != "int64" && s.Format != "int32":
		return docsType{Words: s.Type + " (" + s.Format + ")"}
	}
	return docsType{Words: s.Type}
}
