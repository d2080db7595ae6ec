package coaching

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// A rating is what coach or coachee say of a session that was held: a number and a few
// words. Where the organization has set so, each is asked once, by a mail with a link.

// RatingSettings is what an organization asks after each session.
type RatingSettings struct {
	Asked bool `json:"asked" doc:"Whether coachee and coach are asked for a rating after each session that is held. It acts on sessions that are held from then on."`
	// Question is answered by a number from 1, which means Low, to 5, which means High.
	Question string `json:"question" minLength:"1" maxLength:"300" doc:"Answered by a number from 1 to 5."`
	Low      string `json:"low" minLength:"1" maxLength:"60" doc:"What 1 means."`
	High     string `json:"high" minLength:"1" maxLength:"60" doc:"What 5 means."`
	// Readers are who reads the answers, which the page of the question says.
	Readers RatingReaders `json:"readers" enum:"admins,coach,everyone" doc:"Who reads the answers: admins, coach (the admins and the coach), or everyone (the coachee as well). It acts on what is asked from then on, since everybody who answers is told."`
}

// RatingReaders are who reads the answers about the sessions of an engagement.
type RatingReaders string

// The choices: each has the readers of the one before it.
const (
	RatingsForAdmins   RatingReaders = "admins"
	RatingsForCoach    RatingReaders = "coach"
	RatingsForEveryone RatingReaders = "everyone"
)

// AllRatingReaders are all of them, the narrowest first.
var AllRatingReaders = []RatingReaders{RatingsForAdmins, RatingsForCoach, RatingsForEveryone}

// RatingRole is what somebody is in the engagement whose session is rated.
type RatingRole string

// The roles.
const (
	CoacheeRates RatingRole = "coachee"
	CoachRates   RatingRole = "coach"
)

// RatingRoles are all of them.
var RatingRoles = []RatingRole{CoacheeRates, CoachRates}

// DefaultRatings is what organizations have until they choose.
var DefaultRatings = RatingSettings{Question: "How useful was this session for you?", Low: "not useful", High: "very useful", Readers: RatingsForCoach}

// Bounds of ratings.
const (
	maxRatingQuestion = 300
	maxRatingEnd      = 60
	maxRatingWords    = 4000
	// RatingLow and RatingHigh are the ends of the scale.
	RatingLow  = 1
	RatingHigh = 5
	// RatingPeriod is how long a rating can be given and changed after it was asked for.
	RatingPeriod = 14 * 24 * time.Hour
)

// Clean trims the words, and refuses settings that cannot be.
func (s *RatingSettings) Clean(path string) *Problem {
	var found []*Problem
	add := func(p *Problem) {
		if p != nil {
			found = append(found, p)
		}
	}
	add(cleanRatingWords(&s.Question, "The question", path+".question", maxRatingQuestion))
	add(cleanRatingWords(&s.Low, "The word for 1", path+".low", maxRatingEnd))
	add(cleanRatingWords(&s.High, "The word for 5", path+".high", maxRatingEnd))
	if !slices.Contains(AllRatingReaders, s.Readers) {
		add(Problemf(Invalid, "rating_readers_unknown", "Ratings are read by admins, coach or everyone.").WithField(path+".readers", "rating_readers_unknown", "admins, coach or everyone"))
	}
	return joined(found, "ratings_invalid", "What is asked after sessions cannot be so; the fields say what to change.")
}

func cleanRatingWords(words *string, what, path string, most int) *Problem {
	*words = strings.TrimSpace(*words)
	if *words == "" || utf8.RuneCountInString(*words) > most || !utf8.ValidString(*words) || strings.ContainsFunc(*words, isControl) {
		return Problemf(Invalid, "rating_words_invalid", "%s is 1 to %d characters on one line.", what, most).
			WithField(path, "rating_words_invalid", "1 to %d characters, no line breaks or control characters", most)
	}
	return CheckVisible(what, *words, path)
}

// Rating is what somebody says of a session.
type Rating struct {
	Score int    `json:"score"`
	Words string `json:"words,omitempty"`
}

// Clean trims the words, and refuses a rating that cannot be.
func (r *Rating) Clean() *Problem {
	r.Words = strings.TrimSpace(strings.ReplaceAll(r.Words, "\r\n", "\n"))
	var found []*Problem
	if r.Score < RatingLow || r.Score > RatingHigh {
		found = append(found, Problemf(Invalid, "rating_score_invalid", "Choose a number from %d to %d.", RatingLow, RatingHigh).WithField("score", "rating_score_invalid", "%d to %d", RatingLow, RatingHigh))
	}
	unseen := func(c rune) bool { return isControl(c) && c != '\n' && c != '\t' }
	if utf8.RuneCountInString(r.Words) > maxRatingWords || !utf8.ValidString(r.Words) || strings.ContainsFunc(r.Words, unseen) {
		found = append(found, Problemf(Invalid, "rating_text_invalid", "Write at most %d characters, without control characters.", maxRatingWords).
			WithField("words", "rating_text_invalid", "at most %d characters, no control characters", maxRatingWords))
	}
	return joined(found, "rating_invalid", "Choose a number from 1 to 5, and write a little less.")
}

// RatingStand is what can be done with a rating that was asked for.
type RatingStand string

// The stands.
const (
	RatingOpen     RatingStand = "open"     // it was not given yet
	RatingAnswered RatingStand = "answered" // it was given, and can be changed
	RatingClosed   RatingStand = "closed"   // the time for it is over
	RatingEnded    RatingStand = "ended"    // the session was not held after all
)

// RatingFacts are what decides about a rating.
type RatingFacts struct {
	ClosesAt, EndedAt, AnsweredAt, Now time.Time
	// Over: the engagement has ended, and with it what was open in it.
	Over bool
}

// Stand is how a rating stands.
func (f RatingFacts) Stand() RatingStand {
	switch {
	case !f.EndedAt.IsZero():
		return RatingEnded
	case f.Over || !f.Now.Before(f.ClosesAt):
		return RatingClosed
	case !f.AnsweredAt.IsZero():
		return RatingAnswered
	}
	return RatingOpen
}

// Takes reports whether a rating can be given or changed.
func (s RatingStand) Takes() bool { return s == RatingOpen || s == RatingAnswered }

// ReadBy are the choices of readers that let an admin, or else the coach or the coachee of
// an engagement, read an answer.
func ReadBy(admin, coach bool) []RatingReaders {
	switch {
	case admin:
		return AllRatingReaders
	case coach:
		return []RatingReaders{RatingsForCoach, RatingsForEveryone}
	}
	return []RatingReaders{RatingsForEveryone}
}

// RatingNames are the names that the sentence about the readers needs.
type RatingNames struct{ Organization, Coach, Coachee string }

// Words say to who answers who reads the answer (R27).
func (r RatingReaders) Words(role RatingRole, names RatingNames) string {
	admins := "the admins of " + names.Organization
	switch {
	case r == RatingsForAdmins:
		return "Your answer is read by " + admins + ", and by nobody else."
	case role == CoachRates && r == RatingsForCoach:
		return "Your answer is read by " + admins + ". You see it, too; " + names.Coachee + " does not."
	case role == CoachRates:
		return "Your answer is read by " + admins + " and by " + names.Coachee + ". You see it, too."
	case r == RatingsForCoach:
		return "Your answer is read by " + admins + " and by your coach, " + names.Coach + "."
	}
	return "Your answer is read by " + admins + " and by your coach, " + names.Coach + ". You see it, too."
}

// RatingAskedOf are the roles of those who are asked about a session that was held: the coach, who held it,
// and the coachee, if they were to attend.
func RatingAskedOf(hasCoach, coacheeAttends bool) []RatingRole {
	var asked []RatingRole
	if coacheeAttends {
		asked = append(asked, CoacheeRates)
	}
	if hasCoach {
		asked = append(asked, CoachRates)
	}
	return asked
}
