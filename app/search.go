package app

import (
	"context"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"coachflow/db/rows"
)

// longestSearch is how many letters of a search are read.
const longestSearch = 100

// search is what a list is searched for, as its statements take it: small letters
// without accents. Words may have something between them, but stand in their order.
type search struct {
	pattern *string // of LIKE; nil: nothing is searched for
	// With fewer than three letters in a row it is the beginning that is searched for:
	// the index of trigrams has nothing to go by.
	beginning, beyond string
}

// searchFor reads what somebody typed.
func searchFor(ctx context.Context, q *rows.Queries, typed string) (search, error) {
	words := typedWords(typed)
	if words == "" {
		return search{}, nil
	}
	words, err := q.SearchText(ctx, words)
	if err != nil {
		return search{}, wrap(err, "read search")
	}
	if words == "" {
		return search{}, nil // accents of nothing
	}
	escaped := likeEscapes.Replace(words)
	if !hasTrigram(words) {
		beginning := escaped + "%"
		return search{pattern: &beginning, beginning: words, beyond: words + lastRune}, nil
	}
	within := "%" + strings.Join(strings.Fields(escaped), "%") + "%"
	return search{pattern: &within}, nil
}

// lastRune comes behind everything that a text can begin with.
const lastRune = "\U0010FFFF"

var likeEscapes = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// typedWords is what of a search can stand in a text: no control characters, and not more than a name or an address has.
func typedWords(typed string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(typed, " "))
	clean = strings.Join(strings.Fields(clean), " ")
	if runes := []rune(clean); len(runes) > longestSearch {
		clean = strings.TrimSpace(string(runes[:longestSearch]))
	}
	return clean
}

func hasTrigram(words string) bool {
	run := 0
	for _, r := range words {
		if run++; !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			run = 0
		}
		if run == 3 {
			return true
		}
	}
	return false
}

// match is what a search has found of a list: all of it by ids or, where that is more
// than is looked at one by one, the pattern that the rows of the list are tried on.
type match struct {
	ids     []uuid.UUID // nil: look at all rows
	pattern *string
}

func (s search) match(ids []uuid.UUID, more bool) match {
	if more {
		return match{pattern: s.pattern}
	}
	return match{ids: ids}
}

// Of what a quarter of a sample fits, the newest are looked at in their order: they are
// most likely more than are wanted already.
const (
	sample    = 400
	manyOf    = sample / 4
	walkAmong = 20_000
)

// people finds people of the organization: most at most, and whether there are more.
func (s search) people(ctx context.Context, q *rows.Queries, org uuid.UUID, most int) ([]uuid.UUID, bool, error) {
	return s.find(most, finders{
		beginning: func(most int32) ([]uuid.UUID, error) {
			return q.PeopleBeginning(ctx, rows.PeopleBeginningParams{OrgID: org, Beginning: s.beginning, Beyond: s.beyond, Most: most})
		},
		sample: func() (int64, error) {
			return q.PeopleSample(ctx, rows.PeopleSampleParams{OrgID: org, Pattern: *s.pattern, Sample: sample})
		},
		newest: func(most int32) ([]uuid.UUID, error) {
			return q.PeopleNewest(ctx, rows.PeopleNewestParams{OrgID: org, Pattern: *s.pattern, Among: walkAmong, Most: most})
		},
		within: func(most int32) ([]uuid.UUID, error) { return q.PeopleSearch(ctx, *s.pattern, most) },
	})
}

// engagements finds engagements of the organization, as people does.
func (s search) engagements(ctx context.Context, q *rows.Queries, org uuid.UUID, most int) ([]uuid.UUID, bool, error) {
	return s.find(most, finders{
		beginning: func(most int32) ([]uuid.UUID, error) {
			return q.EngagementsBeginning(ctx, rows.EngagementsBeginningParams{OrgID: org, Beginning: s.beginning, Beyond: s.beyond, Most: most})
		},
		sample: func() (int64, error) {
			return q.EngagementsSample(ctx, rows.EngagementsSampleParams{OrgID: org, Pattern: *s.pattern, Sample: sample})
		},
		newest: func(most int32) ([]uuid.UUID, error) {
			return q.EngagementsNewest(ctx, rows.EngagementsNewestParams{OrgID: org, Pattern: *s.pattern, Among: walkAmong, Most: most})
		},
		within: func(most int32) ([]uuid.UUID, error) { return q.EngagementsSearch(ctx, *s.pattern, most) },
	})
}

// finders are the ways to find rows of one table.
type finders struct {
	beginning func(most int32) ([]uuid.UUID, error)
	sample    func() (int64, error)
	newest    func(most int32) ([]uuid.UUID, error)
	within    func(most int32) ([]uuid.UUID, error)
}

// find takes the way that is short: most rows at most, and whether there are more. The ids
// are nil where nothing is searched for.
func (s search) find(most int, by finders) (ids []uuid.UUID, more bool, err error) {
	switch {
	case s.pattern == nil:
		return nil, false, nil
	case s.beginning != "":
		ids, err = by.beginning(int32(most) + 1)
	default:
		ids, err = s.findWithin(most, by)
	}
	if more = len(ids) > most; more {
		ids = ids[:most]
	}
	return ids, more, wrap(err, "search")
}

func (s search) findWithin(most int, by finders) ([]uuid.UUID, error) {
	n, err := by.sample()
	if err != nil {
		return nil, err
	}
	if n >= manyOf {
		if ids, err := by.newest(int32(most) + 1); err != nil || len(ids) > most {
			return ids, err
		}
	}
	return by.within(int32(most) + 1)
}

// Findings are what a search over everything has found: the people and engagements that
// come first.
type Findings struct {
	People      []PersonRow     `json:"people"`
	Engagements []EngagementRow `json:"engagements"`
}

// mostFindings is how many of each Search gives.
const mostFindings = 8

// Search finds people by name and address, and engagements by coachee, coach and name,
// of what the principal may see.
func (a *App) Search(ctx context.Context, p Principal, text string) (Findings, error) {
	out := Findings{People: []PersonRow{}, Engagements: []EngagementRow{}}
	if typedWords(text) == "" {
		return out, nil
	}
	query := ListQuery{Limit: mostFindings}
	err := a.list(ctx, p, func(q *rows.Queries) error {
		s, err := searchFor(ctx, q, text)
		if err != nil {
			return err
		}
		if p.Admin() || p.Coach() {
			among, err := peopleFound(ctx, q, p, s)
			if err != nil {
				return err
			}
			people, err := among.list(ctx, q, PeopleFilter{ListQuery: query})
			if err != nil {
				return err
			}
			out.People = people.Items
		}
		among, err := engagementsFound(ctx, q, p, s)
		if err != nil {
			return err
		}
		engagements, err := among.list(ctx, q, EngagementFilter{ListQuery: query})
		out.Engagements = engagements.Items
		return err
	})
	return out, err
}
