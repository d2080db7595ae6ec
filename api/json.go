package api

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"coachflow/coaching"
)

// checkJSON refuses text that is not UTF-8, nesting beyond reason, names that an object
// has twice, and control characters in strings, in one pass over the body. Whether it is
// JSON at all is seen later.
func checkJSON(body []byte) error {
	if !utf8.Valid(body) {
		return coaching.Problemf(unreadable, "body_not_utf8", "The body is not UTF-8, as JSON must be.")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber() // a number of any size is fine here
	var w jsonWalk
	for {
		token, err := decoder.Token()
		if err != nil { // the end, or no JSON
			return nil
		}
		if err := w.take(token); err != nil {
			return err
		}
	}
}

// jsonWalk is where a pass over a body stands: within which objects and lists.
type jsonWalk struct{ within []jsonPlace }

// jsonPlace is an object or a list that has begun.
type jsonPlace struct {
	names map[string]bool // those of an object so far; nil: a list
	name  string          // of an object, whose value comes next
	value bool            // whether a value comes next, and not a name
	index int             // of a list
}

// take looks at one token, and moves on.
func (w *jsonWalk) take(token json.Token) error {
	switch token := token.(type) {
	case json.Delim:
		return w.nest(token)
	case string:
		if at := w.top(); at != nil && at.names != nil && !at.value {
			return w.takeName(at, token)
		}
		if !clean(token) {
			return controlCharacter(w.path())
		}
	}
	w.next()
	return nil
}

func (w *jsonWalk) nest(delim json.Delim) error {
	switch delim {
	case '{':
		w.within = append(w.within, jsonPlace{names: map[string]bool{}})
	case '[':
		w.within = append(w.within, jsonPlace{})
	default:
		w.within = w.within[:len(w.within)-1]
		w.next()
	}
	if len(w.within) > maxDepth {
		return coaching.Problemf(coaching.Invalid, "json_too_deep", "The JSON is nested more than %d levels deep.", maxDepth)
	}
	return nil
}

// takeName notes a name of an object. Which of two values would count depends on the
// reader: what one checks, the next one may not use.
func (w *jsonWalk) takeName(at *jsonPlace, name string) error {
	if !clean(name) {
		return controlCharacter(w.path())
	}
	twice := at.names[name]
	at.names[name], at.name, at.value = true, name, true
	if twice {
		return coaching.Problemf(coaching.Invalid, "field_twice", "The same field is given twice; keep one of them.").
			WithField(w.path(), "field_twice", "given before in the same object")
	}
	return nil
}

// next is behind a value.
func (w *jsonWalk) next() {
	if at := w.top(); at != nil {
		at.value, at.index = false, at.index+1
	}
}

func (w *jsonWalk) top() *jsonPlace {
	if len(w.within) == 0 {
		return nil
	}
	return &w.within[len(w.within)-1]
}

// path is where the walk stands, as problems name places.
func (w *jsonWalk) path() string {
	var path strings.Builder
	for _, at := range w.within {
		switch {
		case at.names == nil:
			path.WriteString("[" + strconv.Itoa(at.index) + "]")
		case at.value:
			path.WriteString("." + at.name)
		}
	}
	return strings.TrimPrefix(path.String(), ".")
}

func controlCharacter(path string) error {
	return coaching.Problemf(coaching.Invalid, "control_character", "A text holds a control character, which no text needs.").
		WithField(path, "control_character", "not allowed")
}
