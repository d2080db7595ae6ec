package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
)

// base is where the JSON API begins.
const base = "/api/v1"

const about = `What people do in coachflow, for programs.

Send an API key as "Authorization: Bearer cfk_…"; admins make keys in the settings. A key acts as the admin who made it.
Lists come in pages: pass next_cursor as cursor until it is absent. Those that can be searched go back by previous_cursor, too; a cursor is for one order, and goes on with the same search and filters. A thing with a version has an ETag; to change it, send that back as If-Match.
A POST with an Idempotency-Key is carried out once, however often it is sent: repeating it gives the same answer for 24 hours, with "Idempotent-Replayed: true".
Failures are problems (RFC 9457) with a code that does not change.`

func newHuma(engine *gin.Engine, log *slog.Logger) huma.API {
	config := huma.DefaultConfig("coachflow", "1")
	config.Info.Description = about
	config.OpenAPIPath, config.DocsPath, config.SchemasPath, config.CreateHooks = "", "", "", nil
	config.RejectUnknownQueryParameters = true
	config.Formats = maps.Clone(config.Formats)
	for name := range config.Formats {
		config.Formats[name] = huma.Format{Marshal: marshalWhole(log), Unmarshal: unmarshal}
	}
	schemas := config.Components.Schemas
	schemas.RegisterTypeAlias(reflect.TypeFor[uuid.UUID](), reflect.TypeFor[uuidSchema]())
	schemas.RegisterTypeAlias(reflect.TypeFor[coaching.LocalTime](), reflect.TypeFor[localTimeSchema]())
	schemas.RegisterTypeAlias(reflect.TypeFor[coaching.TimeOfDay](), reflect.TypeFor[timeOfDaySchema]())
	schemas.RegisterTypeAlias(reflect.TypeFor[json.RawMessage](), reflect.TypeFor[objectSchema]())
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"apiKey": {Type: "http", Scheme: "bearer", Description: "An API key of an admin, cfk_…"}}
	config.Security = []map[string][]string{{"apiKey": {}}}
	return humagin.New(engine, config)
}

// uuidSchema, localTimeSchema, timeOfDaySchema and objectSchema say how types look in JSON that
// cannot say it themselves.
type (
	uuidSchema      struct{}
	localTimeSchema struct{}
	timeOfDaySchema struct{}
	objectSchema    struct{}
)

// Schema is that of an id.
func (uuidSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "uuid"}
}

// Schema is that of a coaching.LocalTime.
func (localTimeSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Description: "A date and time of day on the recipient's clock, without a zone: 2026-03-04T09:00",
		Examples: []any{"2026-03-04T09:00"}}
}

// Schema is that of a coaching.TimeOfDay. It has a pattern, so that a time that is none
// is told with its place, beside whatever else is wrong.
func (timeOfDaySchema) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Description: "A time of day like 08:00; 24:00 is midnight at the day's end", Examples: []any{"08:00"},
		Pattern: `^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$`, PatternDescription: "a time of day like 08:00"}
	s.PrecomputeMessages()
	return s
}

// Schema is that of any JSON object.
func (objectSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
}

// route registers an operation under /api/v1. The id is unique and in camel
// case; the summary says in a few words what it does.
func route[I, O any](s *server, method, path, id, tag, summary string, handle func(context.Context, app.Principal, *I) (*O, error), with ...func(*huma.Operation)) {
	op := huma.Operation{Method: method, Path: base + path, OperationID: id, Tags: []string{tag}, Summary: summary,
		Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusServiceUnavailable},
		// readBody has read the body, within the server's own limits: a deadline for it
		// would end the command that follows, and all others on the same connection.
		MaxBodyBytes: -1, BodyReadTimeout: -1}
	if strings.Contains(path, "{") {
		op.Errors = append(op.Errors, http.StatusNotFound)
	}
	if method != http.MethodGet && method != http.MethodDelete {
		op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)
	}
	if method == http.MethodPost {
		op.Parameters = append(op.Parameters, idempotencyKeyParam)
	}
	if _, updates := reflect.TypeFor[I]().FieldByName("IfMatch"); updates {
		op.Errors = append(op.Errors, http.StatusPreconditionFailed, http.StatusPreconditionRequired)
	}
	for _, change := range with {
		change(&op)
	}
	huma.Register(s.huma, op, func(ctx context.Context, in *I) (*O, error) { return handle(ctx, principalOf(ctx), in) })
}

var longestKey = 200

var idempotencyKeyParam = &huma.Param{Name: "Idempotency-Key", In: "header", Description: "Makes the request safe to repeat.",
	Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &longestKey}}

// creates marks an operation whose success is 201.
func creates(op *huma.Operation) { op.DefaultStatus = http.StatusCreated }

// holdsSecret marks an operation whose answer has a field that is shown once
// and stored nowhere in the clear.
func holdsSecret(field string) func(*huma.Operation) {
	return func(op *huma.Operation) { op.Metadata = map[string]any{secret: field} }
}

// says adds a description.
func says(text string) func(*huma.Operation) {
	return func(op *huma.Operation) { op.Description = text }
}

// ByID is an operation on one thing.
type ByID struct {
	ID uuid.UUID `path:"id"`
}

// Paged is an operation on a list.
type Paged struct {
	Cursor string `query:"cursor" maxLength:"100" doc:"next_cursor of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (p Paged) paging() app.Paging { return app.Paging{After: p.Cursor, Most: p.Limit} }

// None is an operation that is told nothing, or answers nothing.
type None struct{}

// With is an operation with a body.
type With[T any] struct{ Body T }

// Change is a change of one thing that was read before.
type Change[T any] struct {
	ByID
	IfMatch string `header:"If-Match" doc:"The ETag of what was read; needed."`
	Body    T
}

// Plain is an answer without more.
type Plain[T any] struct{ Body T }

// Tagged is an answer with a version.
type Tagged[T any] struct {
	ETag string `header:"ETag" doc:"The version, for If-Match."`
	Body T
}

// Created is the answer to what was made.
type Created[T any] struct {
	Location string `header:"Location" doc:"Where it is."`
	ETag     string `header:"ETag" doc:"The version, for If-Match; absent where there is none."`
	Body     T
}

func plain[T any](body T, err error) (*Plain[T], error) { return &Plain[T]{Body: body}, err }

func all[T any](items []T, err error) (*Plain[app.Page[T]], error) {
	return &Plain[app.Page[T]]{Body: app.Page[T]{Items: items}}, err
}

func tagged[T any](body T, version int, err error) (*Tagged[T], error) {
	return &Tagged[T]{ETag: etag(version), Body: body}, err
}

func created[T any](path string, id uuid.UUID, version int, body T, err error) (*Created[T], error) {
	out := &Created[T]{Location: base + path + "/" + id.String(), Body: body}
	if version > 0 {
		out.ETag = etag(version)
	}
	return out, err
}

func etag(version int) string { return `"` + strconv.Itoa(version) + `"` }

// ifMatch reads the version that the client has seen. A weak tag counts, since
// proxies that compress make strong ones weak. What no version can be has no
// match, so it is -1.
func ifMatch(header string) (int, error) {
	header = strings.TrimSpace(header)
	if header == "" || header == "*" {
		return 0, coaching.Problemf(blind, "if_match_needed", "Read the thing first, and send its ETag back as If-Match, so that nobody's change is lost.")
	}
	quoted := strings.TrimPrefix(header, "W/")
	version, err := strconv.ParseInt(strings.Trim(quoted, `"`), 10, 32)
	if err != nil || version < 1 {
		return -1, nil
	}
	return int(version), nil
}
