package parts

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// All pictures are drawn on the server as SVG. What they show stands in words beside
// them or as their title, so that nobody has to see them.

// The measures of the strip of segments, in pixels.
const (
	segmentWidth  = 14
	segmentGap    = 3
	segmentHeight = 8
	mostSegments  = 16
)

// Progress is how far a program is: the state of each of its items, in order.
type Progress []Tone

// Done is how many items are complete.
func (p Progress) Done() (n int) {
	for _, tone := range p {
		if tone == Done {
			n++
		}
	}
	return n
}

// words say a progress: "2 of 6 done".
func (p Progress) words() string {
	return strconv.Itoa(p.Done()) + " of " + strconv.Itoa(len(p)) + " done"
}

// segments are the items of a strip: of a long program, each stands for several, and
// shows the least finished of them.
func (p Progress) segments() []Tone {
	if len(p) <= mostSegments {
		return p
	}
	rank := map[Tone]int{Trouble: 4, Now: 3, Waits: 2, Over: 1, Done: 0}
	out := make([]Tone, mostSegments)
	for i := range out {
		group := p[i*len(p)/mostSegments : (i+1)*len(p)/mostSegments]
		out[i] = group[0]
		for _, tone := range group {
			if rank[tone] > rank[out[i]] {
				out[i] = tone
			}
		}
	}
	return out
}

func segmentX(i int) string { return strconv.Itoa(i * (segmentWidth + segmentGap)) }

func stripWidth(n int) string { return strconv.Itoa(max(1, n*(segmentWidth+segmentGap)-segmentGap)) }

// Bar is one row of a bar chart.
type Bar struct {
	Label string
	Value int
}

// share is the part of the longest bar, in percent of the picture's width.
func share(bars []Bar, value int) string {
	most := 0
	for _, b := range bars {
		most = max(most, b.Value)
	}
	if most == 0 {
		return "0"
	}
	return strconv.FormatFloat(100*float64(value)/float64(most), 'f', 1, 64)
}

// The ring's measures, in pixels: its box is 40 by 40.
const ringRadius = 16

// ringDash is the length of the part of a ring that is drawn, and the length of all
// of it.
func ringDash(part, whole int) string {
	round := 2 * math.Pi * ringRadius
	if whole == 0 {
		return fmt.Sprintf("0 %.2f", round)
	}
	return fmt.Sprintf("%.2f %.2f", round*float64(part)/float64(whole), round)
}

// Bucket is one part of an aging bar: what waits for that long.
type Bucket struct {
	Label string
	Value int    // decides its width
	Words string // the value as people read it
	Tone  Tone
}

// placed is a bucket with its place in the bar, in percent.
type placed struct {
	Bucket
	X, Width string
}

func lay(buckets []Bucket) []placed {
	sum := 0
	for _, b := range buckets {
		sum += b.Value
	}
	var out []placed
	at := 0.0
	for _, b := range buckets {
		if b.Value == 0 {
			continue
		}
		width := 100 * float64(b.Value) / float64(sum)
		out = append(out, placed{b, strconv.FormatFloat(at, 'f', 2, 64), strconv.FormatFloat(width, 'f', 2, 64)})
		at += width
	}
	return out
}

func agingWords(buckets []Bucket) string {
	var words []string
	for _, b := range buckets {
		words = append(words, b.Label+": "+b.Words)
	}
	return strings.Join(words, ", ")
}

// Day is one day of a strip, with how much there is on it.
type Day struct {
	Date  time.Time
	Value int
}

// The strip of days, in pixels.
const (
	dayWidth   = 40
	dayHeight  = 48
	dayBarWide = 24
)

func dayBar(days []Day, value int) int {
	most := 1
	for _, d := range days {
		most = max(most, d.Value)
	}
	if value == 0 {
		return 2
	}
	return max(4, value*dayHeight/most)
}

func daysWords(days []Day) string {
	var words []string
	for _, d := range days {
		words = append(words, d.Date.Format("Monday 2 January")+": "+strconv.Itoa(d.Value))
	}
	return strings.Join(words, ", ")
}

func pixels(n int) string { return strconv.Itoa(n) }
