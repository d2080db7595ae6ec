package coaching

// Standing is what a recipient is to the organization.
type Standing string

// The standings. BareCoach is a coach who is written to about an interview
// without an account of their own.
const (
	ActivePerson   Standing = "active"
	InvitedPerson  Standing = "invited"
	InternalPerson Standing = "internal"
	BareEmail      Standing = "bare_email"
	BareCoach      Standing = "bare_coach"
)

// Gate is what becomes of a notification for a recipient of some standing.
type Gate string

// The outcomes of the gate. Held ones go out by themselves when the coachee
// activates; suppressed ones never do; refused ones are an error of whoever
// asked for them.
const (
	GateSend     Gate = "send"
	GateHold     Gate = "held"
	GateSuppress Gate = "suppressed"
	GateRefuse   Gate = "refused"
)

// GateDecision is a gate's outcome with the reason that is recorded.
type GateDecision struct {
	Gate   Gate
	Reason string
}

// GateRow is a row of the table of who receives what. Each kind of notification
// follows one; the zero row refuses everything.
type GateRow int

// The rows, by their numbers in the table. Rows that no notification follows yet
// wait for theirs.
const (
	InvitationRow   GateRow = iota + 1 // 1: invitation to create an account
	MatchingRow                        // 2: matching started
	InterviewRow                       // 3: interview requested, scheduled, approved, rejected, expired
	SelectionRow                       // 4: select your coach; selection pending, approved, rejected
	ResourceRow                        // 5: new resource shared
	SessionRow                         // 6: session scheduled, rescheduled, cancelled, reminder
	FormRow                            // 7: form to fill out, and its reminders
	FileRow                            // 8: file to review, and its reminders
	TaskRow                            // 9: task to complete, and its reminders
	MilestoneRow                       // 10: goal milestone reminder
	GoalFeedbackRow                    // 11: goal feedback request
	InvoiceRow                         // 12: invoice, its reminders, its receipt
	StreamRow                          // 13: stream message, shared file, and what belongs to them

	// Beyond the table: what is told to coaches and admins about the work itself
	// always goes, and who has no password has none to replace.
	WorkRow
	PasswordRow
)

// gateRow is what becomes of a notification, by the recipient's standing.
type gateRow struct {
	active, invited, internal, bareEmail, bareCoach Gate
	// toActive is the reason for an active person, where it is one of its own.
	toActive string
}

var gateRows = map[GateRow]gateRow{
	InvitationRow:   {GateRefuse, GateSend, GateSend, GateRefuse, GateRefuse, "the person has an active account already"},
	MatchingRow:     {GateSend, GateHold, GateHold, GateRefuse, GateRefuse, ""},
	InterviewRow:    {GateSend, GateHold, GateHold, GateRefuse, GateSend, ""},
	SelectionRow:    {GateSend, GateHold, GateHold, GateRefuse, GateRefuse, ""},
	ResourceRow:     {GateSend, GateSuppress, GateSuppress, GateRefuse, GateRefuse, ""},
	SessionRow:      {GateSend, GateSend, GateSend, GateSend, GateSend, ""},
	FormRow:         {GateSend, GateSend, GateSend, GateSend, GateSend, ""},
	FileRow:         {GateSend, GateHold, GateHold, GateRefuse, GateRefuse, ""},
	TaskRow:         {GateSend, GateHold, GateHold, GateRefuse, GateRefuse, ""},
	MilestoneRow:    {GateSend, GateSuppress, GateSuppress, GateRefuse, GateRefuse, ""},
	GoalFeedbackRow: {GateSend, GateSend, GateSend, GateSend, GateSend, ""},
	InvoiceRow:      {GateSend, GateSend, GateSend, GateSend, GateSend, ""},
	StreamRow:       {GateSend, GateSend, GateSend, GateRefuse, GateRefuse, ""},
	WorkRow:         {GateSend, GateSend, GateSend, GateSend, GateSend, ""},
	PasswordRow:     {GateSend, GateRefuse, GateRefuse, GateRefuse, GateRefuse, ""},
}

// to is the gate for a recipient of some standing; empty: there is no such standing.
func (r gateRow) to(standing Standing) Gate {
	switch standing {
	case ActivePerson:
		return r.active
	case InvitedPerson:
		return r.invited
	case InternalPerson:
		return r.internal
	case BareEmail:
		return r.bareEmail
	case BareCoach:
		return r.bareCoach
	}
	return ""
}

var gateReasons = map[Gate]string{
	GateHold:     "held until the person activates their account",
	GateSuppress: "not sent to people without an active account",
	GateRefuse:   "not possible for a recipient of this kind",
}

// Decide decides whether a notification that follows the row goes to a recipient of
// some standing whose address may be blocked after a hard bounce or complaint. An
// unknown row or standing is refused: nothing goes out by mistake.
func (r GateRow) Decide(standing Standing, blocked bool) GateDecision {
	row := gateRows[r]
	gate := row.to(standing)
	switch {
	case gate == "":
		return GateDecision{GateRefuse, "unknown notification or recipient"}
	case standing == ActivePerson && row.toActive != "":
		return GateDecision{gate, row.toActive}
	case gate == GateSend && blocked:
		return GateDecision{GateSuppress, "mail to the address is stopped, because it bounced, its owner complained, or it is another person's, too; an admin can clear it"}
	}
	return GateDecision{gate, gateReasons[gate]}
}
