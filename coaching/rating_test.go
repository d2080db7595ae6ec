package coaching

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRating_WhatIsTaken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		score int
		words string
		want  string // the code of the problem; empty: it is taken
	}{
		{1, "", ""}, {5, strings.Repeat("ß", maxRatingWords), ""}, {3, "One\nTwo\tשלום \u202e 👩\u200d⚕️", ""}, {3, "One\r\nTwo", ""},
		{0, "", "rating_score_invalid"}, {6, "", "rating_score_invalid"}, {-1, "", "rating_score_invalid"},
		{3, strings.Repeat("x", maxRatingWords+1), "rating_text_invalid"}, {3, "a\x00b", "rating_text_invalid"}, {3, "a\xff", "rating_text_invalid"},
		{0, "a\x00b", "rating_invalid"},
	} {
		rating := Rating{Score: c.score, Words: c.words}
		problem := rating.Clean()
		if c.want == "" {
			require.Nil(t, problem, "%+v", c)
			continue
		}
		require.NotNil(t, problem, "%+v", c)
		require.Equal(t, c.want, problem.Code)
	}
}

func TestRating_Settings(t *testing.T) {
	t.Parallel()
	usual := DefaultRatings
	require.Nil(t, usual.Clean("ratings"))
	for name, c := range map[string]struct {
		change func(*RatingSettings)
		want   string
	}{
		"padded": {func(s *RatingSettings) { s.Question = "  Useful?\t" }, ""},
		"longest": {func(s *RatingSettings) {
			s.Question, s.Low, s.High = strings.Repeat("ß", 300), strings.Repeat("x", 60), "1"
		}, ""},
		"no question":   {func(s *RatingSettings) { s.Question = " " }, "rating_words_invalid"},
		"too long":      {func(s *RatingSettings) { s.High = strings.Repeat("x", 61) }, "rating_words_invalid"},
		"two lines":     {func(s *RatingSettings) { s.Low = "not\nuseful" }, "rating_words_invalid"},
		"hidden":        {func(s *RatingSettings) { s.Question = "Use\u202eful?" }, "invisible_character"},
		"no readers":    {func(s *RatingSettings) { s.Readers = "" }, "rating_readers_unknown"},
		"several":       {func(s *RatingSettings) { s.Readers, s.Low = "all", "" }, "ratings_invalid"},
		"everyone":      {func(s *RatingSettings) { s.Readers = RatingsForEveryone }, ""},
		"admins":        {func(s *RatingSettings) { s.Readers = RatingsForAdmins }, ""},
		"right to left": {func(s *RatingSettings) { s.Question = "כמה מועיל?" }, ""},
	} {
		s := DefaultRatings
		c.change(&s)
		problem := s.Clean("ratings")
		if c.want == "" {
			require.Nil(t, problem, name)
			continue
		}
		require.NotNil(t, problem, name)
		require.Equal(t, c.want, problem.Code, name)
		require.True(t, strings.HasPrefix(problem.Fields[0].Path, "ratings."), "%s: %s", name, problem.Fields[0].Path)
	}
}

func TestRating_Stand(t *testing.T) {
	t.Parallel()
	asked := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	closes := asked.Add(RatingPeriod)
	for name, c := range map[string]struct {
		facts RatingFacts
		want  RatingStand
	}{
		"just asked":                      {RatingFacts{Now: asked}, RatingOpen},
		"a moment before its end":         {RatingFacts{Now: closes.Add(-time.Microsecond)}, RatingOpen},
		"at its end":                      {RatingFacts{Now: closes}, RatingClosed},
		"answered":                        {RatingFacts{Now: asked.Add(time.Hour), AnsweredAt: asked.Add(time.Minute)}, RatingAnswered},
		"answered, and over":              {RatingFacts{Now: closes.Add(time.Hour), AnsweredAt: asked.Add(time.Minute)}, RatingClosed},
		"the engagement is over":          {RatingFacts{Now: asked, Over: true}, RatingClosed},
		"not held after all":              {RatingFacts{Now: asked, EndedAt: asked}, RatingEnded},
		"answered, not held after all":    {RatingFacts{Now: asked, AnsweredAt: asked, EndedAt: asked}, RatingEnded},
		"not held, and all of it is over": {RatingFacts{Now: closes, EndedAt: asked, Over: true}, RatingEnded},
	} {
		c.facts.ClosesAt = closes
		got := c.facts.Stand()
		require.Equal(t, c.want, got, name)
		require.Equal(t, c.want == RatingOpen || c.want == RatingAnswered, got.Takes(), name)
	}
}

// Whoever answers reads who else does, and exactly those do.
func TestR27_ARatingSaysWhoReadsIt(t *testing.T) {
	t.Parallel()
	names := RatingNames{Organization: "Acme", Coach: "Clara", Coachee: "Ben"}
	for _, readers := range AllRatingReaders {
		for _, role := range RatingRoles {
			words := readers.Words(role, names)
			require.Contains(t, words, "the admins of Acme")
			require.True(t, reads(readers, true, false), "admins always do")
			if role == CoacheeRates {
				require.Equal(t, reads(readers, false, true), strings.Contains(words, "Clara"), words)
				require.Equal(t, reads(readers, false, false), strings.Contains(words, "You see it, too"), words)
			} else {
				require.Equal(t, reads(readers, false, false), strings.Contains(words, "and by Ben"), words)
				require.Equal(t, reads(readers, false, true), strings.Contains(words, "You see it, too"), words)
			}
		}
	}
}

func reads(readers RatingReaders, admin, coach bool) bool {
	for _, r := range ReadBy(admin, coach) {
		if r == readers {
			return true
		}
	}
	return false
}

func TestRating_WhoIsAsked(t *testing.T) {
	t.Parallel()
	require.Equal(t, []RatingRole{CoacheeRates, CoachRates}, RatingAskedOf(true, true))
	require.Equal(t, []RatingRole{CoachRates}, RatingAskedOf(true, false), "who was not to attend has nothing to rate")
	require.Equal(t, []RatingRole{CoacheeRates}, RatingAskedOf(false, true))
	require.Empty(t, RatingAskedOf(false, false))
}
