package parts

import (
	"fmt"
	"strings"
)

// A line of scores over time, as what is said of one session after the other. Its table
// beside it has every number.

// ScoreLine is one line of scores: one for each point in time, 0 where there is none.
type ScoreLine struct {
	Label  string
	Scores []int
}

// The measures of the picture, in pixels.
const (
	scoreStep   = 44 // between two points
	scoreLeft   = 30
	scoreTop    = 14
	scoreHeight = 26 // of one score
	fewestSteps = 5
	mostScore   = 5
)

func scoreX(i int) string { return pixels(scoreLeft + scoreStep/2 + i*scoreStep) }

func scoreY(score int) string { return pixels(scoreTop + (mostScore-score)*scoreHeight) }

func scoreBottom() int { return scoreTop + (mostScore-1)*scoreHeight }

// points is how many points in time there are.
func points(lines []ScoreLine) (n int) {
	for _, l := range lines {
		n = max(n, len(l.Scores))
	}
	return n
}

func scoreWidth(lines []ScoreLine) int { return scoreLeft + scoreStep*max(points(lines), fewestSteps) }

func scoreBox(lines []ScoreLine) string {
	return fmt.Sprintf("0 0 %d %d", scoreWidth(lines), scoreBottom()+34)
}

// path joins the scores that there are: it goes straight over those that are missing.
func (l ScoreLine) path() string {
	var b strings.Builder
	move := "M"
	for i, score := range l.Scores {
		if score > 0 {
			b.WriteString(move + scoreX(i) + " " + scoreY(score))
			move = " L"
		}
	}
	return b.String()
}

// scoreClass tells the lines apart, also by their dashes.
func scoreClass(line int) string {
	if line == 0 {
		return "cf-score-first"
	}
	return "cf-score-second"
}

func scoreWords(label string, lines []ScoreLine) string {
	var parts []string
	for _, l := range lines {
		var scores []string
		for _, score := range l.Scores {
			if score == 0 {
				scores = append(scores, "none")
				continue
			}
			scores = append(scores, pixels(score))
		}
		parts = append(parts, l.Label+": "+strings.Join(scores, ", "))
	}
	return label + ". " + strings.Join(parts, ". ")
}
