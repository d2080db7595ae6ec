package formview

// Names and values of the fields of the pages on which the time of a session is chosen.
const (
	AtField    = "at"   // the time, as in RFC 3339
	ActionBook = "book" // book the session then, or move it
)

// TimesPage offers the free times of a week, each as a link to the page that confirms it.
type TimesPage struct {
	Frame
	Title   string
	Body    string // what is chosen, in paragraphs
	Problem string
	Zone    string // in which the times are, by its name
	Days    []TimesDay
	// EarlierURL and LaterURL lead to the weeks before and after it that have free times,
	// BackURL to the session as it is.
	EarlierURL, LaterURL, BackURL string
	Action                        string // URL that the words to the coach are posted to
	Words                         string // typed so far
}

// TimesDay are the free times of one day.
type TimesDay struct {
	Label string
	Times []TimeChoice
}

// TimeChoice is one free time.
type TimeChoice struct{ Label, URL string }
