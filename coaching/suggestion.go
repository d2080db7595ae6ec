package coaching

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// MatchingWishes are what is looked for in a coach, in the words of profiles. What is empty
// does not matter.
type MatchingWishes struct {
	Languages    []string `json:"languages,omitempty"`
	Specialities []string `json:"specialities,omitempty"`
	// Place is where sessions are to be held; empty: from afar, or anywhere.
	Place string `json:"place,omitempty" maxLength:"60"`
}

// Clean trims wishes and names all their faults at once.
func (w *MatchingWishes) Clean(path string) *Problem {
	found := Problemf(Invalid, "wishes_invalid", "The wishes cannot be used as they are. Correct the places that are named.")
	w.Languages = cleanWords(found, w.Languages, path+".languages")
	w.Specialities = cleanWords(found, w.Specialities, path+".specialities")
	if place := cleanWords(found, []string{w.Place}, path+".place"); len(place) == 1 {
		w.Place = place[0]
	} else {
		w.Place = ""
	}
	if len(found.Fields) == 0 {
		return nil
	}
	return found
}

// Candidate is what is known of a coach who can be suggested.
type Candidate struct {
	Profile CoachProfile
	Zone    *time.Location
	// FreeSlots are those that can be booked in the next two weeks.
	FreeSlots int
	// Clients are the engagements of the coach that are not over.
	Clients int
}

// Full reports whether a coach with a capacity has as many clients as they take.
func (c Candidate) Full() bool { return c.Profile.Capacity > 0 && c.Clients >= c.Profile.Capacity }

// Suggestion says how well a coach fits, and why.
type Suggestion struct {
	// Score is between 0 and 100.
	Score   int                `json:"score"`
	Reasons []SuggestionReason `json:"reasons"`
}

// SuggestionReason is one part of a score.
type SuggestionReason struct {
	Points int    `json:"points"`
	Of     int    `json:"of"`
	Words  string `json:"words"`
}

// What each part of a score weighs. A part of which nothing is wished or known is left out,
// and the others make up the whole.
const (
	languageWeight   = 30
	specialityWeight = 30
	placeWeight      = 10
	zoneWeight       = 10
	slotWeight       = 10
	loadWeight       = 10
	// manySlots is from how many free slots on more do not count.
	manySlots = 10
	// workday is how many hours a day has in which people meet: from 9 to 17.
	workdayFrom, workdayTo = 9, 17
)

// Suggest says how well a coach fits the wishes of a coachee whose clock is in a zone, as
// the two stand at a moment.
func (w MatchingWishes) Suggest(c Candidate, coachee *time.Location, now time.Time) Suggestion {
	var s Suggestion
	s.shared("languages", languageWeight, w.Languages, c.Profile.Languages)
	s.shared("specialities", specialityWeight, w.Specialities, c.Profile.Specialities)
	s.place(w.Place, c.Profile)
	hours := sharedHours(coachee, c.Zone, now)
	s.add(zoneWeight*hours/(workdayTo-workdayFrom), zoneWeight, fmt.Sprintf("%d of the %d hours of a working day in common", hours, workdayTo-workdayFrom))
	s.add(slotWeight*min(c.FreeSlots, manySlots)/manySlots, slotWeight, counted(c.FreeSlots, "free time", "free times")+" in the next two weeks")
	if most := c.Profile.Capacity; most > 0 {
		free := max(most-c.Clients, 0)
		s.add(loadWeight*free/most, loadWeight, fmt.Sprintf("room for %d more of %d", free, most))
	}
	got, of := 0, 0
	for _, r := range s.Reasons {
		got, of = got+r.Points, of+r.Of
	}
	s.Score = (100*got + of/2) / of
	return s
}

func (s *Suggestion) add(points, of int, words string) {
	s.Reasons = append(s.Reasons, SuggestionReason{Points: points, Of: of, Words: words})
}

// shared counts how many of the wished words a profile has.
func (s *Suggestion) shared(what string, weight int, wished, has []string) {
	if len(wished) == 0 {
		return
	}
	var both []string
	for _, word := range wished {
		if hasWord(has, word) {
			both = append(both, word)
		}
	}
	words := "none of the " + what + " in common"
	if len(both) > 0 {
		words = what + " in common: " + strings.Join(both, ", ")
	}
	s.add(weight*len(both)/len(wished), weight, words)
}

func hasWord(words []string, word string) bool {
	return slices.ContainsFunc(words, func(other string) bool { return strings.EqualFold(other, word) })
}

func (s *Suggestion) place(wished string, p CoachProfile) {
	switch {
	case wished == "":
	case hasWord(p.Places, wished):
		s.add(placeWeight, placeWeight, "meets in "+wished)
	case p.Remote:
		s.add(placeWeight/2, placeWeight, "not in "+wished+", but from afar")
	default:
		s.add(0, placeWeight, "does not meet in "+wished)
	}
}

// sharedHours are how many hours of the working day two zones have in common.
func sharedHours(a, b *time.Location, now time.Time) int {
	_, first := now.In(a).Zone()
	_, second := now.In(b).Zone()
	apart := (first - second) / 3600
	if apart < 0 {
		apart = -apart
	}
	apart = min(apart, 24-apart)
	return max(workdayTo-workdayFrom-apart, 0)
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
