package formview

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// RetryPage brings back what was typed into a form that cannot be drawn at the
// moment, by the fields' names, and offers to send it again.
type RetryPage struct {
	Frame
	Title  string
	Body   string
	Action string            // URL that the button posts to
	Hidden map[string]string // hidden fields beside what was typed
	Values url.Values
	Button string
}

// names are the fields of questions in which something was typed.
func (p RetryPage) names() []string {
	names := slices.Sorted(maps.Keys(p.Values))
	return slices.DeleteFunc(names, func(name string) bool {
		return !strings.HasPrefix(name, "q.") || strings.TrimSpace(strings.Join(p.Values[name], "")) == ""
	})
}

func questionName(field string) string { return strings.TrimPrefix(field, "q.") }
