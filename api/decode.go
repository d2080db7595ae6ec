package api

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"coachflow/coaching"
)

// decodeMark begins the messages of our own decoder's errors, which Huma passes
// on as text; what follows is a FieldProblem.
const decodeMark = "\x00decode:"

func asDecodeError(message string) (out coaching.FieldProblem, is bool) {
	encoded, is := strings.CutPrefix(message, decodeMark)
	return out, is && json.Unmarshal([]byte(encoded), &out) == nil
}

// decodeError is what is wrong with a body, in a form that survives as text.
type decodeError coaching.FieldProblem

// Error is for asDecodeError.
func (d decodeError) Error() string {
	encoded, err := json.Marshal(coaching.FieldProblem(d))
	if err != nil {
		return "json_invalid"
	}
	return decodeMark + string(encoded)
}

// unmarshal reads JSON, with errors that name no Go type.
func unmarshal(data []byte, into any) error {
	err := json.Unmarshal(data, into)
	if err == nil {
		return nil
	}
	if problem, is := coaching.AsProblem(err); is {
		return decodeError{Code: problem.Code, Message: problem.Message}
	}
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) && strings.HasPrefix(kind.Value, "number") {
		return decodeError{Path: fieldPath(kind.Field), Code: "number_out_of_range", Message: "A number is too large, or not whole where it must be."}
	}
	if errors.As(err, &kind) {
		return decodeError{Path: fieldPath(kind.Field), Code: "wrong_type", Message: "not of the type that is expected here"}
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return decodeError{Code: "json_invalid", Message: "The body is not valid JSON: " + syntax.Error() + "."}
	}
	return decodeError{Code: "value_invalid", Message: "A value in the body cannot be read."}
}

// fieldPath drops the Go types of embedded structs, which are no part of the
// JSON, from a path.
func fieldPath(field string) string {
	names := strings.Split(field, ".")
	return strings.Join(slices.DeleteFunc(names, func(name string) bool { return name != "" && name[0] >= 'A' && name[0] <= 'Z' }), ".")
}
