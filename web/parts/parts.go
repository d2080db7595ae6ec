// Package parts holds what the pages are made of: each part once, with its
// samples, so that all pages look alike. Parts know no use case: a page gives
// them words, addresses and states.
package parts

import (
	"context"
	"hash/fnv"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"coachflow/coaching"
)

// Tone is what a state means to whoever looks.
type Tone string

// The tones, each with a colour of its own.
const (
	Now     Tone = "now"     // under way
	Waits   Tone = "waits"   // for somebody's act, or for its moment
	Done    Tone = "done"    // went well
	Trouble Tone = "trouble" // went wrong
	Over    Tone = "over"    // over, or not begun: nothing to look at
)

// Reader is who looks at a page: their clock and their zone. It travels in the
// context that a page is rendered with.
type Reader struct {
	Now  time.Time
	Zone *time.Location
}

type readerKey struct{}

// WithReader gives the parts of a page its reader.
func WithReader(ctx context.Context, reader Reader) context.Context {
	return context.WithValue(ctx, readerKey{}, reader)
}

// readerOf is the reader of a page; without one, the clock is UTC's.
func readerOf(ctx context.Context) Reader {
	reader, is := ctx.Value(readerKey{}).(Reader)
	if !is {
		return Reader{Now: time.Now(), Zone: time.UTC}
	}
	return reader
}

// NowOf is the moment at which a page is read.
func NowOf(ctx context.Context) time.Time { return readerOf(ctx).Now }

// farOff is the distance from which on a date says more than a number of days.
const farOff = 60

// relative says how far a moment is from now, as people say it: "in 3 days",
// "yesterday". Days are those of the reader's calendar. A moment that is far off
// is its date.
func (r Reader) relative(t time.Time) string {
	ahead := t.After(r.Now)
	distance := t.Sub(r.Now).Abs()
	days := calendarDays(r.Now.In(r.Zone), t.In(r.Zone))
	switch {
	case distance < time.Minute && ahead:
		return "in a moment"
	case distance < time.Minute:
		return "just now"
	case distance < time.Hour:
		return fromNow(ahead, int(distance.Minutes()), "minute")
	case days == 0 || distance < 6*time.Hour:
		return fromNow(ahead, int(distance.Hours()), "hour")
	case days == 1:
		return "tomorrow"
	case days == -1:
		return "yesterday"
	case days > farOff || days < -farOff:
		return t.In(r.Zone).Format("2 Jan 2006")
	}
	return fromNow(ahead, max(days, -days), "day")
}

// calendarDays is how many midnights lie between two moments of one zone.
func calendarDays(from, to time.Time) int {
	day := func(t time.Time) time.Time {
		year, month, day := t.Date()
		return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	}
	return int(day(to).Sub(day(from)) / (24 * time.Hour))
}

func fromNow(ahead bool, n int, unit string) string {
	words := Count(n, unit, unit+"s")
	if ahead {
		return "in " + words
	}
	return words + " ago"
}

// Count is a number with its noun.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func (r Reader) full(t time.Time) string { return coaching.ShowTime(t, r.Zone) }

// Short is a moment for tables and short sentences, with the zone's letters.
func Short(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("2 Jan 2006, 15:04 MST")
}

// initials are the first letters of the first and the last word of a name.
func initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r) })
	switch len(words) {
	case 0:
		return "?"
	case 1:
		return FirstLetter(words[0])
	}
	return FirstLetter(words[0]) + FirstLetter(words[len(words)-1])
}

// FirstLetter is what stands for a name on a tile.
func FirstLetter(word string) string {
	r, _ := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(r))
}

// hues is how many grounds avatars have; console.css has one class for each.
const hues = 6

// hueOf gives a name always the same ground.
func hueOf(name string) string {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(name))
	return [hues]string{"cf-hue-0", "cf-hue-1", "cf-hue-2", "cf-hue-3", "cf-hue-4", "cf-hue-5"}[hash.Sum32()%hues]
}

func (t Tone) status() string {
	return map[Tone]string{Now: "cf-now", Waits: "cf-waits", Done: "cf-done", Trouble: "cf-trouble"}[t]
}

func (t Tone) class() string {
	if class := t.status(); class != "" {
		return class
	}
	return "cf-over"
}
