package coaching

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// CoachProfile is what coachees read of a coach before they choose.
type CoachProfile struct {
	// Headline is one line, Biography text in Markdown.
	Headline  string `json:"headline,omitempty" maxLength:"200"`
	Biography string `json:"biography,omitempty" maxLength:"20000" doc:"In Markdown."`
	// Languages, Specialities and Places are words of the organization's own: "German".
	Languages    []string `json:"languages,omitempty"`
	Specialities []string `json:"specialities,omitempty"`
	Places       []string `json:"places,omitempty" doc:"Where sessions can be held in person."`
	// Remote says that sessions can be held from afar.
	Remote bool `json:"remote"`
	// Meeting is where interviews are held: a place, or an address to join.
	Meeting string `json:"meeting,omitempty" maxLength:"500" doc:"Where interviews are held: a place, or the address to join."`
	// Capacity is how many clients the coach takes at a time; 0: no limit is set.
	Capacity int `json:"capacity,omitempty" minimum:"0" maximum:"1000"`
}

// Bounds of a profile.
const (
	maxProfileWords = 30
	maxProfileWord  = 60
	maxCapacity     = 1000
)

// Clean trims a profile and names all its faults at once. path is where it stands in the
// input.
func (p *CoachProfile) Clean(path string) *Problem {
	found := Problemf(Invalid, "profile_invalid", "The profile cannot be used as it is. Correct the places that are named.")
	p.Headline = strings.TrimSpace(p.Headline)
	if utf8.RuneCountInString(p.Headline) > maxName || !utf8.ValidString(p.Headline) || strings.ContainsFunc(p.Headline, isControl) {
		found.WithField(path+".headline", "text_invalid", "at most %d characters on one line", maxName)
	}
	checkMatchingText(found, &p.Biography, path+".biography")
	p.Meeting = strings.TrimSpace(p.Meeting)
	if fault := CheckPlace(p.Meeting, path+".meeting"); fault != nil {
		found.Fields = append(found.Fields, fault.Fields...)
	}
	p.Languages = cleanWords(found, p.Languages, path+".languages")
	p.Specialities = cleanWords(found, p.Specialities, path+".specialities")
	p.Places = cleanWords(found, p.Places, path+".places")
	if p.Capacity < 0 || p.Capacity > maxCapacity {
		found.WithField(path+".capacity", "number_out_of_range", "%d is not between 0 and %d", p.Capacity, maxCapacity)
	}
	if len(found.Fields) == 0 {
		return nil
	}
	return found
}

// cleanWords trims words, leaves out empty ones and repetitions, and names what is no word.
func cleanWords(found *Problem, words []string, path string) []string {
	var out []string
	if len(words) > maxProfileWords {
		found.WithField(path, "too_many", "%d are more than %d", len(words), maxProfileWords)
		return words
	}
	for i, word := range words {
		word = strings.TrimSpace(strings.ReplaceAll(word, "\t", " "))
		switch {
		case word == "" || slices.ContainsFunc(out, func(other string) bool { return strings.EqualFold(word, other) }):
			continue
		case utf8.RuneCountInString(word) > maxProfileWord || !utf8.ValidString(word) || strings.ContainsFunc(word, isControl):
			found.WithField(indexed(path, i), "text_invalid", "at most %d characters on one line", maxProfileWord)
		default:
			if p := CheckVisible("The word", word, indexed(path, i)); p != nil {
				found.Fields = append(found.Fields, p.Fields...)
			}
		}
		out = append(out, word)
	}
	return out
}
