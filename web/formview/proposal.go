package formview

// What is pressed on the page of a proposal.
const (
	ActionTake   = "take"
	ActionRefuse = "refuse"
)

// ProposalPage is a time that an attendee of a session proposes.
type ProposalPage struct {
	Frame
	Title   string
	Body    string // how it stands, in paragraphs
	Asker   string
	Details []Detail
	Action  string // URL that the buttons post to
	Open    bool   // it can be decided about
	Reason  string // typed so far
	Problem string // why the last press did nothing
}

// proposalSamples are the page in its states.
func proposalSamples(frame Frame) []Sample {
	open := ProposalPage{Frame: frame, Title: "Another time for “Half-time”?", Body: "Amara Okafor proposes another time. You decide about it as Jonas Weber. Until then the session stays as it is.",
		Asker: "Amara Okafor", Action: "/l/sample", Open: true, Details: []Detail{{"Now", "Monday, 9 March 2026, 10:00 (Europe/Berlin)"},
			{"Proposed", "Thursday, 12 March 2026, 14:00 (Europe/Berlin), 60 minutes"}, {"Amara Okafor wrote", "I am travelling on Monday."}}}
	refused, taken := open, open
	refused.Problem, refused.Reason = "Nothing has been changed yet. Please press the button below.", "I am away that day."
	taken.Open, taken.Body = false, "It is taken: whoever attends the session is told of its new time."
	return []Sample{{"proposal", Proposal(open)}, {"proposal-problem", Proposal(refused)}, {"proposal-taken", Proposal(taken)}}
}
