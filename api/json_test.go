package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/coaching"
)

func TestCheckJSON(t *testing.T) {
	t.Parallel()
	check := func(body, code, path string) {
		t.Helper()
		problem, is := coaching.AsProblem(checkJSON([]byte(body)))
		if code == "" {
			require.False(t, is, "%s: %v", body, problem)
			return
		}
		require.True(t, is, body)
		require.Equal(t, code, problem.Code, body)
		if len(problem.Fields) > 0 {
			require.Equal(t, path, problem.Fields[0].Path, body)
		}
	}
	check(`{"a": 1, "b": [{"a": 1}, {"a": 2}], "c": {"a": {"a": 1}}}`, "", "")
	check(`{"a": 1, "a": 1}`, "field_twice", "a")
	check(`{"a": 1, "b": 2, "\u0061": 3}`, "field_twice", "a")
	check(`{"a": {"b": [0, {"c": 1, "d": [], "c": null}]}}`, "field_twice", "a.b[1].c")
	check(`[{"a": {}}, [[], {"": 1, "x": "y", "": 1}]]`, "field_twice", "[1][1].")
	check(`{"a": {"x": 1}, "b": 1, "a": {"x": 1}}`, "field_twice", "a")
	check(`{"Title": 1, "title": 2}`, "", "") // one of them is no field, which is told later
	check(`{"a": "x", "b": "a", "x": "a"}`, "", "")

	check(`{"a": ["tab\t, break\n", "\u0007"]}`, "control_character", "a[1]")
	check(`{"a": {"\u0000": 1}}`, "control_character", "a")
	check(`"\u001b"`, "control_character", "")
	check(`{"a": "\\u0000"}`, "", "")
	check("\xff", "body_not_utf8", "")

	check(strings.Repeat("[", maxDepth)+strings.Repeat("]", maxDepth), "", "")
	check(strings.Repeat("[", maxDepth+1), "json_too_deep", "")
	check(strings.Repeat(`{"a":`, maxDepth+1), "json_too_deep", "")
	for _, none := range []string{``, ` `, `{`, `]`, `}`, `{"a"`, `{"a" "b"}`, `{1: 2}`, `{"a": 1,}`, `[1 2]`, `nul`, `"a`, `{"a": 1}}`, `{} {}`, `1e999999999`} {
		check(none, "", "") // told by who reads it
	}
}

// TestBody_FieldsGivenTwiceAreRefused sends them where they were taken before: the last
// of two names of a person, and of two items.
func TestBody_FieldsGivenTwiceAreRefused(t *testing.T) {
	w := newWorld(t)
	p := w.call(http.MethodPost, "/api/v1/people", `{"name": "A", "roles": ["coachee"], "emails": ["a@example.com"], "name": "B"}`).
		refused(http.StatusUnprocessableEntity, "field_twice")
	require.Equal(t, "name", p.Errors[0].Path)
	p = w.call(http.MethodPost, "/api/v1/engagements/"+w.engagement()+"/items",
		`{"kind": "task", "title": "T", "release": {"rule": "manual", "rule": "after_prior"}, "recipients": [{"role": "coachee"}]}`).
		refused(http.StatusUnprocessableEntity, "field_twice")
	require.Equal(t, "release.rule", p.Errors[0].Path)
}
