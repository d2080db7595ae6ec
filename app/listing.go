package app

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
)

// ListQuery asks for one page of a list: for what is found by Search, in an order, as
// many as Limit. Cursor is the Next or the Previous of another page of the same list;
// without one it is the first page.
type ListQuery struct {
	Search string
	Sort   string // one of the list's own; its first one where it is left out
	Cursor string
	Limit  int
}

// The orders of lists. Each list has some of them.
const (
	UrgentFirst = "urgent" // what needs somebody, then the newest
	NewestFirst = "newest"
	ByName      = "name"
)

// Listing is one page of a list.
type Listing[T any] struct {
	Items    []T    `json:"items"`
	Next     string `json:"next_cursor,omitempty" doc:"Pass it as cursor to get the next page; absent on the last page."`
	Previous string `json:"previous_cursor,omitempty" doc:"Pass it as cursor to get the page before; absent on the first page."`
	Counts   Counts `json:"counts,omitempty" doc:"How many there are with each value of a filter, by the filter's name and the value; the value \"\" is all. Absent where the search finds too many to count."`
	Narrow   bool   `json:"narrow,omitempty" doc:"The search fits so many people that not all of them were looked at: search for more letters."`
}

// Counts are how many there are with each value of a filter.
type Counts map[string]map[string]Count

// Count is a number that is exact up to mostCounted.
type Count struct {
	Count int  `json:"count"`
	More  bool `json:"more,omitempty" doc:"There are more than that."`
}

// mostCounted is up to where lists count, mostFound how many rows of its list a search
// looks at one by one, and mostPeople how many people whose mails and messages it reads.
const (
	mostCounted = 1000
	mostFound   = 2000
	mostPeople  = 300
)

func count(n int64) Count {
	return Count{Count: int(min(n, mostCounted)), More: n > mostCounted}
}

// String is the number as lists show it: 1,000+ for more.
func (c Count) String() string {
	text := fmt.Sprint(c.Count)
	if c.Count >= 1000 {
		text = fmt.Sprintf("%d,%03d", c.Count/1000, c.Count%1000)
	}
	if c.More {
		text += "+"
	}
	return text
}

// cursor says behind which row of which order a page begins, or with Back, before which
// one it ends. What the order goes by is in it, since the row can have changed.
type cursor struct {
	Sort   string    `json:"s"`
	Back   bool      `json:"b,omitempty"`
	Flag   bool      `json:"f,omitempty"`
	Number int64     `json:"n,omitempty"`
	Text   string    `json:"w,omitempty"`
	Time   time.Time `json:"t,omitzero"`
	ID     uuid.UUID `json:"i"`
}

func (c cursor) String() string {
	raw, _ := json.Marshal(c) // its fields all have a form in JSON
	return base64.RawURLEncoding.EncodeToString(raw)
}

func parseCursor(text string) (c cursor, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(raw, &c)
	}
	if err == nil && strings.Contains(c.Text, "\x00") {
		err = fmt.Errorf("no text")
	}
	return c, err
}

// place is where in a list a page is, as its statement takes it.
type place struct {
	cursor
	sort string // the order, with " back" where the page is read from its end
	part string // the same where the page begins at the cursor, else empty
	most int32  // one row more than the page has, which tells whether there is another page
}

// place reads what a list with these orders is asked for.
func (in ListQuery) place(sorts ...string) (place, error) {
	limit := int32(min(max(in.Limit, 0), largestPage))
	if limit == 0 {
		limit = defaultPage
	}
	at := place{cursor: cursor{Sort: in.Sort}, most: limit + 1}
	if at.Sort == "" {
		at.Sort = sorts[0]
	}
	if !slices.Contains(sorts, at.Sort) {
		return at, coaching.Problemf(coaching.Invalid, "sort_unknown", "This list can be sorted by %s.", strings.Join(sorts, ", ")).WithField("sort", "sort_unknown", "not an order of this list")
	}
	at.sort = at.Sort
	if in.Cursor == "" {
		return at, nil
	}
	c, err := parseCursor(in.Cursor)
	if err != nil || c.Sort != at.Sort {
		return at, coaching.Problemf(coaching.Invalid, "cursor_invalid", "The cursor is not one that this list gave out; start without one.")
	}
	at.cursor = c
	if at.Back {
		at.sort += " back"
	}
	at.part = at.sort
	return at, nil
}

// among is the place in a list of which a filter has left what is equally urgent: there
// the newest come first, which has an index.
func (at place) among(equals bool) place {
	if equals {
		at.sort = strings.Replace(at.sort, UrgentFirst, NewestFirst, 1)
		at.part = strings.Replace(at.part, UrgentFirst, NewestFirst, 1)
	}
	return at
}

// listing makes a page of the rows that were read for it. key tells what the order goes
// by in a row.
func listing[R, T any](at place, list []R, key func(R) cursor, show func(R) T) Listing[T] {
	more := len(list) == int(at.most)
	if more {
		list = list[:at.most-1]
	}
	if at.Back {
		slices.Reverse(list)
	}
	out := Listing[T]{Items: make([]T, 0, len(list))}
	for _, row := range list {
		out.Items = append(out.Items, show(row))
	}
	if len(list) == 0 {
		return out
	}
	first, last := key(list[0]), key(list[len(list)-1])
	first.Sort, last.Sort, first.Back = at.Sort, at.Sort, true
	if at.Back || more {
		out.Next = last.String()
	}
	if (at.Back && more) || (!at.Back && at.part != "") {
		out.Previous = first.String()
	}
	return out
}
