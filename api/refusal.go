package api

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"coachflow/coaching"
)

// Huma's own settings are globals, so they are set once, before any API.
func init() {
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError { return refusal(nil, status, msg, errs) }
	huma.NewErrorWithContext = func(c huma.Context, status int, msg string, errs ...error) huma.StatusError {
		return refusal(c, status, msg, errs)
	}
	huma.ValidateStrictCasing = true // "Name" is not "name"
	huma.DefaultArrayNullable = false
}

// refusal gives every error that Huma or a handler comes up with the one shape
// and a stable code.
func refusal(c huma.Context, status int, msg string, errs []error) *Problem {
	req := noRequest
	if c != nil {
		req = requestOf(c.Context())
	}
	out := refused(c, req, status, msg, errs)
	out.RequestID = req.id
	if c != nil {
		out.headers(c.SetHeader)
	}
	return out
}

func refused(c huma.Context, req *request, status int, msg string, errs []error) *Problem {
	if len(errs) == 1 {
		if _, is := coaching.AsProblem(errs[0]); is {
			return explain(req, errs[0])
		}
	}
	if status >= http.StatusInternalServerError {
		return explain(req, errors.Join(append([]error{errors.New(msg)}, errs...)...))
	}
	if noun := wrongID(c, errs); noun != "" {
		return problemOf(coaching.Problemf(coaching.NotFound, noun+"_not_found", "There is no such %s.", strings.ReplaceAll(noun, "_", " ")))
	}
	return invalid(status, errs)
}

// invalid tells what is wrong with a request, place by place.
func invalid(status int, errs []error) *Problem {
	out := &Problem{}
	for _, err := range errs {
		out.Errors = append(out.Errors, fieldOf(err))
	}
	switch {
	case len(out.Errors) == 1 && out.Errors[0].Path == "" && !general[out.Errors[0].Code]:
		// A problem with the body as a whole names itself.
		out.fill(bodyStatus(out.Errors[0].Code), out.Errors[0].Code, out.Errors[0].Message)
		out.Errors = nil
	case status == http.StatusBadRequest && len(errs) == 0:
		out.fill(status, "body_missing", "This request needs a JSON body.")
	default:
		out.fill(http.StatusUnprocessableEntity, "request_invalid", "Some of the request is not as it should be; errors lists the places.")
	}
	return out
}

// general are codes that say what sort of mistake a place has; alone they
// would not say what is wrong.
var general = map[string]bool{"wrong_type": true, "required": true, "unknown_field": true, "invalid": true}

// bodyStatus is 400 for what is no JSON at all, 422 for JSON that does not fit.
func bodyStatus(code string) int {
	if code == "json_invalid" {
		return http.StatusBadRequest
	}
	return http.StatusUnprocessableEntity
}

// codes are found by how Huma's messages begin; the first that fits counts.
var codes = []struct{ begins, code string }{
	{"unexpected property", "unknown_field"},
	{"unknown query parameter", "unknown_parameter"},
	{"expected required property", "required"},
	{"required ", "required"},
	{"expected value to be one of", "not_in_list"},
	{"expected number >", "too_small"},
	{"expected number <", "too_large"},
	{"expected length >", "too_short"},
	{"expected length <", "too_long"},
	{"expected array length >", "too_few"},
	{"expected array length <", "too_many"},
	{"expected string to", "format_invalid"},
	{"expected ", "wrong_type"},
	{"invalid ", "format_invalid"},
}

var missing = regexp.MustCompile(`^expected required property (\S+) to be present$`)

// fieldOf tells one wrong place, with its path in the body or the name of the
// parameter.
func fieldOf(err error) coaching.FieldProblem {
	detail := &huma.ErrorDetail{Message: err.Error()}
	if detailer, is := err.(huma.ErrorDetailer); is {
		detail = detailer.ErrorDetail()
	}
	if given, is := asDecodeError(detail.Message); is {
		return given
	}
	out := coaching.FieldProblem{Path: pathOf(detail.Location), Code: "invalid", Message: detail.Message}
	for _, c := range codes {
		if strings.HasPrefix(detail.Message, c.begins) {
			out.Code = c.code
			break
		}
	}
	if m := missing.FindStringSubmatch(detail.Message); m != nil {
		out.Path = strings.TrimPrefix(out.Path+"."+m[1], ".")
		out.Message = "is needed"
	}
	return out
}

func pathOf(location string) string {
	for _, place := range []string{"body", "query", "header", "path"} {
		if rest, is := strings.CutPrefix(location, place); is && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return strings.TrimPrefix(rest, ".")
		}
	}
	return location
}

// singular names what an id in a path is the id of.
var singular = map[string]string{
	"people": "person", "api-keys": "api_key", "forms": "form", "program-templates": "program_template", "engagements": "engagement",
	"items": "item", "recipients": "recipient", "notifications": "notification", "streams": "stream", "files": "file",
	"system-addresses": "system_address", "inbound-mails": "inbound_mail",
}

// wrongID finds an id in the path that is none: nothing has it, so it is
// answered like the id of nothing.
func wrongID(c huma.Context, errs []error) string {
	for _, err := range errs {
		detailer, is := err.(huma.ErrorDetailer)
		if !is || c == nil {
			continue
		}
		name, inPath := strings.CutPrefix(detailer.ErrorDetail().Location, "path.")
		before, _, found := strings.Cut(c.Operation().Path, "/{"+name+"}")
		if inPath && found {
			return singular[before[strings.LastIndex(before, "/")+1:]]
		}
	}
	return ""
}

// refuse answers a request from within a middleware.
func (s *server) refuse(c huma.Context, err error) {
	_ = huma.WriteErr(s.huma, c, http.StatusInternalServerError, "refused", err) // it reports its own failure
}
