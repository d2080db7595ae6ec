package parts

import (
	"maps"
	"net/url"
	"slices"
)

// Input is one field of a form.
type Input struct {
	Name, Label, Value, Hint, Fault string
	Type, List, Autocomplete        string
	Required, Code                  bool
	Rows                            int
}

func (i Input) kind() string {
	if i.Type == "" {
		return "text"
	}
	return i.Type
}

// Option is one choice of a field.
type Option struct{ Value, Label string }

func sortedKeys(values url.Values) []string { return slices.Sorted(maps.Keys(values)) }
