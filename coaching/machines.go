package coaching

import (
	"slices"
	"time"
)

// Two machines that answer each other would go on for ever, whatever they write and
// whether or not their mails say what they answer. What tells them from people is
// their hurry, again and again: people write several mails in a row, and answer one
// at once now and then; machines answer every one.
//
// A round is a mail and the answer to it from the other side within QuickAnswer.
// After MostRounds of them within RoundsWithin, the next quick answer of the side
// that gave these is held:
//
//	coach   m1      m3      m5      m7
//	client      m2      m4      m6      m8 (held)
//
// What somebody writes without being answered in between is one side of a round,
// however many mails it is.
const (
	QuickAnswer  = 2 * time.Minute
	MostRounds   = 3
	RoundsWithin = time.Hour
)

// StreamMail is what the rule needs to know of a mail in the stream of a pair.
type StreamMail struct {
	At      time.Time // when it arrived
	ToCoach bool      // its direction
}

// AnswersLikeAMachine reports whether a mail is to be held because its side has
// answered MostRounds times within RoundsWithin at once. posted are the mails of
// both directions that came before and went on, at least those of RoundsWithin and
// QuickAnswer; mails that are held are not among them. They come in any order, but
// for mails of the same moment, which stand as they came.
func AnswersLikeAMachine(posted []StreamMail, next StreamMail) bool {
	before := slices.Clone(posted)
	before = slices.DeleteFunc(before, func(m StreamMail) bool { return m.At.After(next.At) })
	slices.SortStableFunc(before, func(a, b StreamMail) int { return a.At.Compare(b.At) })
	if !answersQuickly(before, next) {
		return false
	}
	rounds := 0
	for i, m := range before {
		if m.ToCoach == next.ToCoach && m.At.After(next.At.Add(-RoundsWithin)) && answersQuickly(before[:i], m) {
			rounds++
		}
	}
	return rounds >= MostRounds
}

// answersQuickly reports whether the last mail before is of the other side, and
// came shortly before.
func answersQuickly(before []StreamMail, m StreamMail) bool {
	if len(before) == 0 {
		return false
	}
	last := before[len(before)-1]
	return last.ToCoach != m.ToCoach && m.At.Sub(last.At) <= QuickAnswer
}
