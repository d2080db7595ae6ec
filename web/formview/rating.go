package formview

import "coachflow/coaching"

// The fields of a rating's page.
var (
	ScoreField       = coaching.Question{Name: "score"}.Field()
	RatingWordsField = coaching.Question{Name: "words"}.Field()
)

// RatingPage asks how useful a session was.
type RatingPage struct {
	Frame
	Title   string
	Session string // which session, and when it was
	Body    string // how the rating stands, in paragraphs
	Readers string // who reads the answer
	Action  string // URL that the button posts to
	Button  string // empty: nothing is taken any more
	// The question, and what its ends mean.
	Question, Low, High string
	Score, Words        string // typed, or given before
	Problem, Notice     string // what became of the last press
	Problems            map[string]string
	Hint                string
}

// scoreQuestion is the question with its numbers.
func (p RatingPage) scoreQuestion() question {
	low, high, step := float64(coaching.RatingLow), float64(coaching.RatingHigh), 1.0
	asked := coaching.Question{Name: "score", Kind: coaching.AskScale, Title: p.Question, Min: &low, Max: &high, Step: &step, LowLabel: p.Low, HighLabel: p.High, Required: true}
	return question{Question: asked, id: "score", typed: []string{p.Score}, problem: p.Problems["score"]}
}

// wordsQuestion asks for words beside the number.
func (p RatingPage) wordsQuestion() question {
	asked := coaching.Question{Name: "words", Kind: coaching.AskLongText, Title: "Anything that you want to add?", Rows: 4}
	return question{Question: asked, id: "words", typed: []string{p.Words}, problem: p.Problems["words"]}
}
