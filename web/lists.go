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
	Search string     // the label of the search; empty: nothing to search
	Chips  []listChip // the first one holds where the address has none
	Sorts  []option   // the first one is the default
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
	chosen := look.chosen(asked)
	for n, chip := range look.Chips {
		count := ""
		if known, counted := list.Counts[chip.Param][chip.Value]; counted {
			count = known.String()
		}
		view.Filters.Chips = append(view.Filters.Chips, parts.Chip{Label: chip.Label, URL: look.chipAddress(n, asked), Count: count, Current: n == chosen})
	}
	if chosen > 0 {
		view.Narrowed = true
		view.Filters.Kept.Set(look.Chips[chosen].Param, look.Chips[chosen].Value)
	}
	return view
}

// chosen is the place of the chip that a list is filtered by.
func (l listLook) chosen(asked url.Values) int {
	return max(0, slices.IndexFunc(l.Chips, func(c listChip) bool { return asked.Has(c.Param) && asked.Get(c.Param) == c.Value }))
}

// filter is what a list is filtered by under the name of a chip.
func (v *request) filter(look listLook, param string) string {
	if value, given := v.GetQuery(param); given || look.Chips[0].Param != param {
		return value
	}
	return look.Chips[0].Value
}

// chipAddress is the list filtered by one of the chips alone, with the search and the
// order as they are.
func (l listLook) chipAddress(n int, asked url.Values) string {
	values := url.Values{}
	for _, name := range []string{"q", "sort"} {
		if asked.Get(name) != "" {
			values.Set(name, asked.Get(name))
		}
	}
	if n > 0 {
		values.Set(l.Chips[n].Param, l.Chips[n].Value)
	}
	return withQuery(l.Path, values)
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
