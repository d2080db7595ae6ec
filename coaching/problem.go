package coaching

import (
	"errors"
	"fmt"
)

// Class says what sort of problem a Problem is. The web layers have one table
// from Class to HTTP status; nothing else looks at it.
type Class string

// The classes of problems.
const (
	Invalid         Class = "invalid"         // the input is wrong; changing it helps
	NotFound        Class = "not_found"       // no such thing, or not in this organization
	Conflict        Class = "conflict"        // the state of the thing does not allow the command
	Forbidden       Class = "forbidden"       // known, but not allowed
	Unauthenticated Class = "unauthenticated" // who is asking is not known
	TooLarge        Class = "too_large"       // the input is over a size limit
	Stale           Class = "stale"           // the thing was changed since it was read
	TooMany         Class = "too_many"        // try again later
	Unavailable     Class = "unavailable"     // a part of the system cannot be reached; try again
)

// Problem is the one error type that people see. Code is stable and meant for
// programs; Message is one English sentence or two that say what is wrong and
// what to do about it, and never names an internal.
type Problem struct {
	Class   Class
	Code    string
	Message string
	// Fields name the places in the input that are wrong, where that is known.
	Fields []FieldProblem
}

// FieldProblem is one wrong place in an input. Path is a dotted path into the
// JSON body ("pages[0].elements[2].type") or a query parameter's name.
type FieldProblem struct {
	Path    string `json:"path"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Error gives code and message, for logs.
func (p *Problem) Error() string {
	if len(p.Fields) == 0 {
		return p.Code + ": " + p.Message
	}
	return fmt.Sprintf("%s: %s (%s: %s)", p.Code, p.Message, p.Fields[0].Path, p.Fields[0].Message)
}

// Problemf makes a Problem whose message is formatted.
func Problemf(class Class, code, format string, args ...any) *Problem {
	return &Problem{Class: class, Code: code, Message: fmt.Sprintf(format, args...)}
}

// WithField adds one wrong place and returns p.
func (p *Problem) WithField(path, code, format string, args ...any) *Problem {
	p.Fields = append(p.Fields, FieldProblem{Path: path, Code: code, Message: fmt.Sprintf(format, args...)})
	return p
}

// AtPath is the Problem of one value, told at the path where the value stands in the
// input; nil where err is none.
func AtPath(err error, path string) *Problem {
	p, is := AsProblem(err)
	if !is {
		return nil
	}
	at := Problemf(p.Class, p.Code, "%s", p.Message)
	if len(p.Fields) == 0 {
		return at.WithField(path, p.Code, "%s", p.Message)
	}
	return at.WithField(path, p.Fields[0].Code, "%s", p.Fields[0].Message)
}

// AsProblem finds the Problem in an error chain.
func AsProblem(err error) (*Problem, bool) {
	var p *Problem
	ok := errors.As(err, &p)
	return p, ok
}
