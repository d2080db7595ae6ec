package coaching

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// stream plays mails in turn and gives which of them were held.
type stream struct{ posted []StreamMail }

// write has a side write at a moment, in seconds from the start.
func (s *stream) write(second int, toCoach bool) (held bool) {
	m := StreamMail{At: time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC).Add(time.Duration(second) * time.Second), ToCoach: toCoach}
	if AnswersLikeAMachine(s.posted, m) {
		return true
	}
	s.posted = append(s.posted, m)
	return false
}

func TestR20_TwoMachinesAreStoppedAfterThreeRounds(t *testing.T) {
	t.Parallel()
	for _, gap := range []int{0, 1, 30, 120} {
		for _, first := range []bool{true, false} {
			s, second, side := stream{}, 0, first
			for !s.write(second, side) {
				require.Less(t, len(s.posted), 20)
				second, side = second+gap, !side
			}
			require.Len(t, s.posted, 7, "three rounds, and the mail that would begin the fourth; a gap of %d s", gap)
		}
	}
}

func TestR20_TwoMachinesStartAgainAfterAnHour(t *testing.T) {
	t.Parallel()
	s := stream{}
	for i := range 7 {
		require.False(t, s.write(i*60, i%2 == 1))
	}
	require.True(t, s.write(7*60, true), "the fourth answer")
	require.True(t, s.write(7*60+30, true), "and the next one")
	require.False(t, s.write(9*60+1, true), "a mail of its own, later")
	require.False(t, s.write(2*3600, false))
	require.False(t, s.write(2*3600+1, true), "an answer, after an hour")
}

// TestR20_PeopleAreNotStopped: several mails in a row, a slow conversation, quick
// answers now and then, and somebody whose mails a machine answers one by one.
func TestR20_PeopleAreNotStopped(t *testing.T) {
	t.Parallel()
	row := stream{}
	for i := range 30 {
		require.False(t, row.write(i, false), "a mail of a row")
	}
	require.False(t, row.write(31, true), "one answer to all of them")

	slow := stream{}
	for i := range 30 {
		require.False(t, slow.write(i*121, i%2 == 1), "a conversation of two minutes a mail")
	}

	quick := stream{}
	for i := range 3 {
		require.False(t, quick.write(i*600, false))
		require.False(t, quick.write(i*600+20, true), "a quick answer every ten minutes, three times")
	}

	answered, held := stream{}, 0
	for i := range 12 {
		require.False(t, answered.write(i*10, false), "a person's mail")
		if answered.write(i*10+1, true) {
			held++
		}
	}
	require.Equal(t, 9, held, "of the machine, all but three answers")
}

func TestR20_RoundsInAnyOrderOfRows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, second := stream{}, 0
		for range rapid.IntRange(0, 20).Draw(t, "mails") {
			second += rapid.IntRange(1, 200).Draw(t, "gap")
			s.write(second, rapid.Bool().Draw(t, "side"))
		}
		next := StreamMail{At: time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC).Add(time.Duration(second+60) * time.Second), ToCoach: true}
		later := append(slices.Clone(s.posted), StreamMail{At: next.At.Add(time.Second)})
		want := AnswersLikeAMachine(s.posted, next)
		require.Equal(t, want, AnswersLikeAMachine(rapid.Permutation(later).Draw(t, "rows"), next))
		if want {
			rounds := 0
			for i := 1; i < len(s.posted); i++ {
				a, b := s.posted[i-1], s.posted[i]
				if b.ToCoach && !a.ToCoach && b.At.Sub(a.At) <= QuickAnswer && next.At.Sub(b.At) < RoundsWithin {
					rounds++
				}
			}
			require.GreaterOrEqual(t, rounds, MostRounds)
			require.False(t, s.posted[len(s.posted)-1].ToCoach)
		}
	})
}
