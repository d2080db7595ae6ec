package coaching

import "time"

// NextStep is the next step of an item and its moment, in UTC. The zero value is
// none: something must change first.
type NextStep struct {
	Step StepKind  `json:"s,omitempty"`
	At   time.Time `json:"t,omitzero"`
	// Plan is the item's plan of reminders of which the step is a part.
	Plan int `json:"p,omitempty"`
}

// Due reports whether there is a step and its moment has come.
func (n NextStep) Due(now time.Time) bool { return n.Step != NoStep && !n.At.After(now) }

// StepKind is what is done with an item.
type StepKind string

// The steps of an item.
const (
	NoStep         StepKind = ""
	IssueStep      StepKind = "issue"      // send its first mails
	ReminderStep   StepKind = "reminder"   // remind those who have not answered
	EscalationStep StepKind = "escalation" // tell the coach that it stays open
	ResendStep     StepKind = "resend"     // send it again, as a person asked
	HeldStep       StepKind = "held"       // a session counts as held, since nobody said otherwise
)

// PendingMails are the moments of the mails about an item that have not left yet,
// as they stand in the plan; zero for none.
type PendingMails struct{ Request, Reminder, Escalation time.Time }

// StepKinds are all of them.
var StepKinds = []StepKind{IssueStep, ReminderStep, EscalationStep, ResendStep, HeldStep}

// NextStepOf decides what comes next for item i of a program that is active. What
// an open item waits for is what is planned; what a waiting one waits for is its
// release. Pages and activities both ask here.
func NextStepOf(items []ItemState, i int, started time.Time, pending PendingMails) NextStep {
	item := items[i]
	if item.Status != Open {
		if r := ReleaseOf(items, i, started); r.Known() {
			return NextStep{Step: IssueStep, At: r.At.UTC()}
		}
		return NextStep{}
	}
	next := NextStep{}
	for _, step := range []NextStep{{IssueStep, pending.Request, 0}, {ResendStep, item.SendAt, 0},
		{ReminderStep, pending.Reminder, item.Plan}, {EscalationStep, pending.Escalation, item.Plan}, {HeldStep, item.HeldAt, 0}} {
		if !step.At.IsZero() && (next.Step == NoStep || step.At.Before(next.At)) {
			next = NextStep{Step: step.Step, At: step.At.UTC(), Plan: step.Plan}
		}
	}
	return next
}
