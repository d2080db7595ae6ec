package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// errorDocs say what each status of a problem means here.
var errorDocs = map[int]string{
	http.StatusBadRequest:            "The body is no JSON that can be read: json_invalid, body_missing, body_not_utf8, body_incomplete.",
	http.StatusUnauthorized:          "Who asks is not known: login_needed, api_key_invalid.",
	http.StatusForbidden:             "Known, but not allowed: admin_only, coach_only, cross_origin_refused.",
	http.StatusNotFound:              "There is no such thing, or it is another organization's: person_not_found and the like.",
	http.StatusMethodNotAllowed:      "The address does not take this method: method_not_allowed.",
	http.StatusRequestTimeout:        "The body took too long to arrive: body_timeout.",
	http.StatusConflict:              "The state of the thing does not allow it, such as engagement_started; or idempotency_in_progress.",
	http.StatusPreconditionFailed:    "It was changed since it was read: person_changed and the like. Read it again.",
	http.StatusRequestEntityTooLarge: "Too large: body_too_large, form_too_large.",
	http.StatusUnsupportedMediaType:  "The body is not sent as JSON: content_type_unsupported.",
	http.StatusUnprocessableEntity:   "The content is wrong, and errors lists where: request_invalid, or a code of its own such as email_invalid.",
	http.StatusPreconditionRequired:  "If-Match is missing: if_match_needed.",
	http.StatusTooManyRequests:       "Too many requests; Retry-After says when to come back.",
	http.StatusInternalServerError:   "The mistake is ours: internal_error.",
	http.StatusServiceUnavailable:    "A part of the system is away: unavailable, engine_unavailable. Retry-After says when to come back.",
}

func problemDocs() []docsProblem {
	var out []docsProblem
	for status := 400; status < 600; status++ {
		if text, is := errorDocs[status]; is {
			out = append(out, docsProblem{Status: status, Title: http.StatusText(status), Description: text})
		}
	}
	return out
}

// describeErrors puts the meaning, with the codes, beside every error status.
func describeErrors(doc *huma.OpenAPI) {
	for _, op := range operationsOf(doc) {
		for status, response := range op.Responses {
			if code, err := strconv.Atoi(status); err == nil && errorDocs[code] != "" {
				response.Description = errorDocs[code]
			}
		}
	}
}

// curlOf shows an operation as a command.
func curlOf(doc *huma.OpenAPI, op *huma.Operation) string {
	var b strings.Builder
	b.WriteString("curl ")
	if op.Method != http.MethodGet {
		b.WriteString("-X " + op.Method + " ")
	}
	b.WriteString("\"$COACHFLOW" + strings.NewReplacer("{", "$", "}", "").Replace(op.Path) + "\" \\\n  -H \"Authorization: Bearer $API_KEY\"")
	for _, p := range op.Parameters {
		switch {
		case p.Name == "If-Match":
			b.WriteString(" \\\n  -H 'If-Match: \"1\"'")
		case p.Name == "Idempotency-Key":
			b.WriteString(" \\\n  -H \"Idempotency-Key: $(uuidgen)\"")
		}
	}
	if schema := bodySchema(op); schema != nil {
		body, err := json.Marshal(exampleOf(doc, schema, 0))
		if err != nil {
			body = []byte("{}")
		}
		b.WriteString(" \\\n  --json '" + string(body) + "'")
	}
	return b.String()
}

// exampleOf makes a small value that a schema takes: what is needed, and what
// has an example of its own.
func exampleOf(doc *huma.OpenAPI, s *huma.Schema, depth int) any {
	for s.Ref != "" {
		s = doc.Components.Schemas.SchemaFromRef(s.Ref)
	}
	switch {
	case depth > 6:
		return nil
	case len(s.Examples) > 0:
		return s.Examples[0]
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Type == huma.TypeObject:
		out := map[string]any{}
		for name, property := range s.Properties {
			if slices.Contains(s.Required, name) || len(property.Examples) > 0 {
				out[name] = exampleOf(doc, property, depth+1)
			}
		}
		return out
	case s.Type == huma.TypeArray:
		return []any{exampleOf(doc, s.Items, depth+1)}
	}
	return exampleScalar(s)
}

func exampleScalar(s *huma.Schema) any {
	switch {
	case s.Type == huma.TypeInteger || s.Type == huma.TypeNumber:
		return 1
	case s.Type == huma.TypeBoolean:
		return true
	case s.Format == "uuid":
		return exampleID
	case s.Format != "":
		return fmt.Sprintf("…(%s)", s.Format)
	}
	return "…"
}
