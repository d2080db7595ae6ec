package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"coachflow/coaching"
	"coachflow/db"
)

// Problem is what every failed request is answered with (RFC 9457). Programs
// go by code, which does not change; detail is for people.
type Problem struct {
	Type      string                  `json:"type" doc:"Where problems of this kind are described." example:"/docs#problem-422"`
	Title     string                  `json:"title" doc:"The same for all problems of this status." example:"Unprocessable Entity"`
	Status    int                     `json:"status" example:"422"`
	Detail    string                  `json:"detail" doc:"What is wrong and what to do about it." example:"\"kim\" is not an email address; write it like name@example.com."`
	Code      string                  `json:"code" doc:"For programs: it says exactly what is wrong, and stays." example:"email_invalid"`
	Errors    []coaching.FieldProblem `json:"errors,omitempty" doc:"The places in the request that are wrong."`
	RequestID string                  `json:"request_id" doc:"Name it when you ask about this request."`
}

// statuses is the one table from classes of problems to HTTP.
var statuses = map[coaching.Class]int{
	coaching.Invalid:         http.StatusUnprocessableEntity,
	coaching.NotFound:        http.StatusNotFound,
	coaching.Conflict:        http.StatusConflict,
	coaching.Forbidden:       http.StatusForbidden,
	coaching.Unauthenticated: http.StatusUnauthorized,
	coaching.TooLarge:        http.StatusRequestEntityTooLarge,
	coaching.Stale:           http.StatusPreconditionFailed,
	coaching.TooMany:         http.StatusTooManyRequests,
	coaching.Unavailable:     http.StatusServiceUnavailable,
	unreadable:               http.StatusBadRequest,
	foreign:                  http.StatusUnsupportedMediaType,
	slow:                     http.StatusRequestTimeout,
	blind:                    http.StatusPreconditionRequired,
}

// Classes of problems that only HTTP has.
const (
	unreadable coaching.Class = "unreadable" // not even JSON
	foreign    coaching.Class = "foreign"    // a body of another kind
	slow       coaching.Class = "slow"       // the body does not arrive
	blind      coaching.Class = "blind"      // a change of what was not read before
)

// retryAfter is when to come back after a passing failure, in seconds.
const retryAfter = 5

// Error gives the code, for logs.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of problems, whatever was negotiated.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func (p *Problem) fill(status int, code, detail string) {
	p.Status, p.Code, p.Detail = status, code, detail
	p.Type, p.Title = "/docs#problem-"+strconv.Itoa(status), http.StatusText(status)
}

// problemOf renders a Problem of the application.
func problemOf(in *coaching.Problem) *Problem {
	out := &Problem{Errors: in.Fields}
	status, known := statuses[in.Class]
	if !known {
		status = http.StatusInternalServerError
	}
	out.fill(status, in.Code, in.Message)
	return out
}

// explain turns any error of a handler into a problem. One that is not meant
// for people goes to the log, and the answer only says which request it was.
func explain(req *request, err error) *Problem {
	if problem, is := coaching.AsProblem(err); is {
		out := problemOf(problem)
		out.RequestID = req.id
		return out
	}
	if db.Away(err) {
		req.log.Log(context.Background(), levelOf(err), "a part of the system is away", "route", req.pattern(), "error", err)
		out := problemOf(coaching.Problemf(coaching.Unavailable, "unavailable", "A part of the system cannot be reached; try again in a moment."))
		out.RequestID = req.id
		return out
	}
	req.log.Error("request failed", "route", req.pattern(), "error", err)
	return internalError(req)
}

// levelOf keeps clients that have gone in the middle of a request from looking
// like a failure of ours.
func levelOf(err error) slog.Level {
	if errors.Is(err, context.Canceled) {
		return slog.LevelInfo
	}
	return slog.LevelError
}

func internalError(req *request) *Problem {
	out := &Problem{RequestID: req.id}
	out.fill(http.StatusInternalServerError, "internal_error", "Something went wrong on our side. Name the request_id when you ask about it.")
	return out
}

// headers sets what some statuses must carry.
func (p *Problem) headers(set func(name, value string)) {
	switch p.Status {
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		set("Retry-After", strconv.Itoa(retryAfter))
	case http.StatusUnauthorized:
		set("WWW-Authenticate", `Bearer realm="coachflow"`)
	}
}

// writeProblem answers a plain request with what went wrong.
func writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	write(w, explain(requestOf(r.Context()), err))
}

func write(w http.ResponseWriter, p *Problem) {
	p.headers(w.Header().Set)
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the reader is gone
}
