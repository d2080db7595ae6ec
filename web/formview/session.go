package formview

// Names and values of the fields of a session's page, beside ReasonField.
const (
	WordsField   = "words"
	ActionAsk    = "ask"    // ask for another time
	ActionCancel = "cancel" // cancel the session
	ActionFile   = "file"   // open a file; FileField says which
	FileField    = "file"
)

// SessionPage is a session as an attendee sees it, and what they can do about it.
type SessionPage struct {
	Frame
	Title   string
	Body    string // how it stands, in paragraphs
	Details []SessionDetail
	Files   []SessionFile
	Action  string // URL that the buttons post to
	// TimesURL leads to the free times, where the reader can choose another one; empty: they
	// cannot. CanAsk and CanCancel are what else is possible now.
	TimesURL, TimesText string
	CanAsk, CanCancel   bool
	Words, Reason       string // typed so far
	Problem, Notice     string // what became of the last press
	Hint                string
}

// SessionFile is a file that goes with a session.
type SessionFile struct{ ID, Name, Words string }

// SessionDetail is a fact with its name; with a URL it leads there.
type SessionDetail struct{ Label, Value, URL string }
