package web

import (
	"net/url"
	"slices"

	"coachflow/app"
	"coachflow/web/parts"
)

// listSize is how many rows a page of a list has.
const listSize = 25

// listLook says how a list can be looked at. All of it stands in the page's address: "q"
// for the search, "sort", "cursor", and what the chips filter by.
type listLook struct {
	Path   string
	Search string // the label of the search; empty: nothing to search
	Chips  []listChip
	Sorts  []option // the first one is the default
}

// listChip is a value of a filter that a list offers. The one without a value is all.
type listChip struct{ Label, Param, Value string }

// listView is one page of a list with how it is looked at.
type listView[T any] struct {
	app.Listing[T]
	Filters       parts.Filters
	Before, After string // the addresses of the pages around this one
	Narrowed      bool   // by a search or a filter
}

// The orders that lists offer.
var (
	urgentFirst = option{Value: app.UrgentFirst, Label: "Most urgent first"}
	newestFirst = option{Value: app.NewestFirst, Label: "Newest first"}
	byName      = option{Value: app.ByName, Label: "By name"}
)

// listQuery is what the page's address asks of a list.
func (v *request) listQuery() app.ListQuery {
	return app.ListQuery{Search: v.Query("q"), Sort: v.Query("sort"), Cursor: v.Query("cursor"), Limit: listSize}
}

// lay makes the page of a list that was read.
func lay[T any](v *request, look listLook, list app.Listing[T]) listView[T] {
	asked := v.Request.URL.Query()
	asked.Del("cursor")
	view := listView[T]{Listing: list, Before: pageAt(look.Path, asked, list.Previous), After: pageAt(look.Path, asked, list.Next), Narrowed: asked.Get("q") != ""}
	view.Filters = parts.Filters{Path: look.Path, Search: asked.Get("q"), SearchLabel: look.Search, Sort: asked.Get("sort"), Sorts: look.Sorts, Kept: url.Values{}}
	for _, chip := range look.Chips {
		chosen := chip.chosen(asked, look.Chips)
		if chosen && chip.Value != "" {
			view.Narrowed = true
			view.Filters.Kept.Set(chip.Param, chip.Value)
		}
		count := ""
		if n, counted := list.Counts[chip.Param][chip.Value]; counted {
			count = n.String()
		}
		view.Filters.Chips = append(view.Filters.Chips, parts.Chip{Label: chip.Label, URL: chip.address(look, asked), Count: count, Current: chosen})
	}
	return view
}

// chosen reports whether a list is filtered by the chip, or by none where it is the one
// for all.
func (c listChip) chosen(asked url.Values, all []listChip) bool {
	if c.Value != "" {
		return asked.Get(c.Param) == c.Value
	}
	return !slices.ContainsFunc(all, func(other listChip) bool { return other.Value != "" && asked.Get(other.Param) == other.Value })
}

// address is the list filtered by the chip alone, with the search and the order as they
// are.
func (c listChip) address(look listLook, asked url.Values) string {
	values := url.Values{}
	for _, name := range []string{"q", "sort"} {
		if asked.Get(name) != "" {
			values.Set(name, asked.Get(name))
		}
	}
	if c.Value != "" {
		values.Set(c.Param, c.Value)
	}
	return withQuery(look.Path, values)
}

func pageAt(path string, asked url.Values, cursor string) string {
	if cursor == "" {
		return ""
	}
	values := url.Values{"cursor": {cursor}}
	for name, given := range asked {
		values[name] = given
	}
	return withQuery(path, values)
}

func withQuery(path string, values url.Values) string {
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}
