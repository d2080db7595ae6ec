package coaching

// LadderKind names what is waited for.
type LadderKind string

// What is waited for.
const (
	InvitationLadder      LadderKind = "invitation"        // the invited person creates an account
	MatchingLadder        LadderKind = "matching_start"    // the coachee begins to look for a coach
	ApprovalLadder        LadderKind = "approval"          // an admin decides
	InterviewLadder       LadderKind = "interview_answer"  // a coach answers a request for an interview
	SelectionLadder       LadderKind = "selection"         // the coachee chooses a coach
	ItemLadder            LadderKind = "item"              // a recipient answers a form, or does a task
	FeedbackLadder        LadderKind = "goal_feedback"     // somebody gives feedback on a goal
	SessionLadder         LadderKind = "session"           // a session begins
	NoSessionBookedLadder LadderKind = "no_session_booked" // a coach books the first session
	MilestoneLadder       LadderKind = "milestone"         // the coachee reaches a milestone
	InvoiceLadder         LadderKind = "invoice"           // the payer pays
)

// LadderKinds are all kinds, in the order in which a page lists them.
var LadderKinds = []LadderKind{InvitationLadder, MatchingLadder, ApprovalLadder, InterviewLadder, SelectionLadder,
	NoSessionBookedLadder, ItemLadder, SessionLadder, MilestoneLadder, FeedbackLadder, InvoiceLadder}

// Audience is to whom a step speaks.
type Audience string

// The audiences. The reader is who gets the first mail: the coachee, the
// stakeholder, the payer.
const (
	ToReader Audience = "reader"
	ToCoach  Audience = "coach"
	ToAdmins Audience = "admins"
)

// WhenRule says how the moment of a step is reckoned.
type WhenRule string

// The rules for a moment.
const (
	AfterStart WhenRule = "after_start" // Delay after the start
	Every      WhenRule = "every"       // each Delay after the start, Most times
	PartOfTime WhenRule = "part"        // after Percent of the time from the start until due
	BeforeDue  WhenRule = "before_due"  // Delay before it is due
	AtDue      WhenRule = "at_due"      // when it is due
	AfterDue   WhenRule = "after_due"   // Delay after it was due
)

// When is the moment of a step. Each rule has only the fields that its comment
// names.
type When struct {
	Rule    WhenRule `json:"rule"`
	Delay   Delay    `json:"delay,omitzero"`
	Percent int      `json:"percent,omitempty"`
	Most    int      `json:"most,omitempty"`
}

// Rung is a step of a ladder as an organization sets it; one with the rule
// "every" is laid out as several.
type Rung struct {
	When When     `json:"when"`
	To   Audience `json:"to"`
}

// EndAct is what the end of a ladder does.
type EndAct string

// What ends do. What escalates is still waited for; all others close it.
const (
	Escalate EndAct = "escalate"  // To is told, and the waiting goes on without reminders
	Expire   EndAct = "expire"    // it can no longer be done
	Decline  EndAct = "decline"   // the silence counts as a no
	CloseOut EndAct = "close"     // what has come until then is the result
	HandOver EndAct = "hand_over" // To decides what happens next
)

// LadderEnd is the end of a ladder. To is told of it; where To is empty, the
// process itself tells those whom the outcome concerns.
type LadderEnd struct {
	When When     `json:"when"`
	Does EndAct   `json:"does"`
	To   Audience `json:"to,omitempty"`
}

// LadderSteps are steps and their end. No steps is allowed: then nobody is
// reminded, and the end comes all the same.
type LadderSteps struct {
	Steps []Rung     `json:"steps"`
	End   *LadderEnd `json:"end,omitempty"`
}

// Ladder says what follows while something is waited for: steps at moments,
// each to somebody, and an end. It is data, which an organization can replace.
type Ladder struct {
	Kind LadderKind `json:"kind"`
	LadderSteps
	// WithoutDue stands in for the steps above where there is no due date; only
	// a kind that may or may not have one has it.
	WithoutDue *LadderSteps `json:"without_due,omitempty"`
	// MinGapHours is the least distance between two mails about the same thing
	// to the same audience, and between a reminder and the end.
	MinGapHours int `json:"min_gap_hours"`
	// KeepsMoment lets steps leave at any hour, where a later one is no use.
	KeepsMoment bool `json:"keeps_moment,omitempty"`
}

// DefaultLadders are the ladders of an organization that has set none of its
// own. An end that is only "then" comes when the last reminder has had its time:
// 3 days where reminders come every 3 days, a week otherwise.
var DefaultLadders = map[LadderKind]Ladder{
	// Day 3 and 7. The link lives for 14 days; then the admins are told.
	InvitationLadder: {Kind: InvitationLadder, MinGapHours: 4, LadderSteps: LadderSteps{
		Steps: remind(ToReader, afterStart(3, Days), afterStart(7, Days)),
		End:   &LadderEnd{afterStart(14, Days), Expire, ToAdmins}}},
	// Day 3 and 7; the admins learn of it on day 10.
	MatchingLadder: {Kind: MatchingLadder, MinGapHours: 4, LadderSteps: LadderSteps{
		Steps: remind(ToReader, afterStart(3, Days), afterStart(7, Days)),
		End:   &LadderEnd{afterStart(10, Days), Escalate, ToAdmins}}},
	// After 1 and 2 business days. After 5 the request expires, and the process
	// tells everyone.
	ApprovalLadder: {Kind: ApprovalLadder, MinGapHours: 4, LadderSteps: LadderSteps{
		Steps: remind(ToAdmins, afterStart(1, BusinessDays), afterStart(2, BusinessDays)),
		End:   &LadderEnd{When: afterStart(5, BusinessDays), Does: Expire}}},
	// Day 2. After day 4 the request counts as declined, and the process tells
	// both sides.
	InterviewLadder: {Kind: InterviewLadder, MinGapHours: 4, LadderSteps: LadderSteps{
		Steps: remind(ToCoach, afterStart(2, Days)),
		End:   &LadderEnd{When: afterStart(4, Days), Does: Decline}}},
	// Day 2 and 5; the admins learn of it on day 7.
	SelectionLadder: {Kind: SelectionLadder, MinGapHours: 4, LadderSteps: LadderSteps{
		Steps: remind(ToReader, afterStart(2, Days), afterStart(5, Days)),
		End:   &LadderEnd{afterStart(7, Days), Escalate, ToAdmins}}},
	// Half and three quarters of the time, and 1 day before; without a due date
	// every 3 days, 5 times at most. Then the coach is told.
	ItemLadder: {Kind: ItemLadder, MinGapHours: 4, LadderSteps: LadderSteps{
		Steps: remind(ToReader, part(50), part(75), beforeDue(1, Days)),
		End:   &LadderEnd{When{Rule: AtDue}, Escalate, ToCoach}},
		WithoutDue: &LadderSteps{
			Steps: remind(ToReader, every(3, Days, 5)),
			End:   &LadderEnd{afterStart(18, Days), Escalate, ToCoach}}},
	// Weekly, 3 at most, and closed on day 21. The third would come in the very
	// moment of the end, and is left out until the end is set later.
	FeedbackLadder: {Kind: FeedbackLadder, MinGapHours: 4, LadderSteps: LadderSteps{
		Steps: remind(ToReader, every(7, Days, 3)),
		End:   &LadderEnd{When: afterStart(21, Days), Does: CloseOut}}},
	// 24 hours and 1 hour before it begins. Its begin is its end.
	SessionLadder: {Kind: SessionLadder, MinGapHours: 1, KeepsMoment: true, LadderSteps: LadderSteps{
		Steps: remind(ToReader, beforeDue(24, Hours), beforeDue(1, Hours))}},
	// The coach 5 days after it could be scheduled, the admins after 10.
	NoSessionBookedLadder: {Kind: NoSessionBookedLadder, MinGapHours: 4, LadderSteps: LadderSteps{
		Steps: remind(ToCoach, afterStart(5, Days)),
		End:   &LadderEnd{afterStart(10, Days), Escalate, ToAdmins}}},
	// 7 days and 1 day before and on the day, for a due moment of 09:00 in the
	// coachee's zone; overdue after 1 and 7 days, then the coach is told.
	MilestoneLadder: {Kind: MilestoneLadder, MinGapHours: 4, LadderSteps: LadderSteps{
		Steps: remind(ToReader, beforeDue(7, Days), beforeDue(1, Days), When{Rule: AtDue}, afterDue(1, Days), afterDue(7, Days)),
		End:   &LadderEnd{afterDue(14, Days), Escalate, ToCoach}}},
	// 3 days before, on the due date, 7, 15 and 30 days after it; then the admins
	// decide. Never two contacts within 3 days.
	InvoiceLadder: {Kind: InvoiceLadder, MinGapHours: 72, LadderSteps: LadderSteps{
		Steps: remind(ToReader, beforeDue(3, Days), When{Rule: AtDue}, afterDue(7, Days), afterDue(15, Days), afterDue(30, Days)),
		End:   &LadderEnd{afterDue(37, Days), HandOver, ToAdmins}}},
}

func remind(to Audience, moments ...When) []Rung {
	rungs := make([]Rung, len(moments))
	for i, when := range moments {
		rungs[i] = Rung{when, to}
	}
	return rungs
}

func afterStart(n int, unit DelayUnit) When { return When{Rule: AfterStart, Delay: Delay{n, unit}} }
func beforeDue(n int, unit DelayUnit) When  { return When{Rule: BeforeDue, Delay: Delay{n, unit}} }
func afterDue(n int, unit DelayUnit) When   { return When{Rule: AfterDue, Delay: Delay{n, unit}} }
func part(percent int) When                 { return When{Rule: PartOfTime, Percent: percent} }
func every(n int, unit DelayUnit, most int) When {
	return When{Rule: Every, Delay: Delay{n, unit}, Most: most}
}

// dueUse says whether what is waited for has a due moment.
type dueUse int

const (
	neverDue dueUse = iota
	mayBeDue
	alwaysDue
)

// ladderRules is what a kind of ladder fixes, whatever an organization sets.
type ladderRules struct {
	// waits is who is waited for: days are counted on their calendar, and it is
	// they who got the first mail.
	waits Audience
	due   dueUse
	// does is what the end does; empty: there is no end.
	does EndAct
	// steps and told are the only ones to whom steps and the end of this kind can
	// speak, since mails to others are not made; empty: anybody.
	steps, told Audience
	// endName is the end's part in keys.
	endName string
	// request counts the first mail as step 1, as the rows of invitations do.
	request bool
	// title, start and moment are words: for the whole ladder, for the start of
	// it ("after ..."), and for its due moment ("before ...").
	title, start, moment string
}

var ladderKinds = map[LadderKind]ladderRules{
	InvitationLadder:      {waits: ToReader, does: Expire, steps: ToReader, told: ToAdmins, endName: "end", request: true, title: "Invitation to create an account", start: "the invitation"},
	MatchingLadder:        {waits: ToReader, does: Escalate, endName: "end", title: "Start of matching", start: "the start of matching"},
	ApprovalLadder:        {waits: ToAdmins, does: Expire, endName: "end", title: "Approval by an admin", start: "the request"},
	InterviewLadder:       {waits: ToCoach, does: Decline, endName: "end", title: "Answer to an interview request", start: "the request"},
	SelectionLadder:       {waits: ToReader, does: Escalate, endName: "end", title: "Selection of a coach", start: "the question"},
	ItemLadder:            {waits: ToReader, due: mayBeDue, does: Escalate, steps: ToReader, told: ToCoach, endName: "escalation", title: "Form, file or task", start: "it was sent", moment: "it is due"},
	FeedbackLadder:        {waits: ToReader, does: CloseOut, endName: "end", title: "Feedback on a goal", start: "the request"},
	SessionLadder:         {waits: ToReader, due: alwaysDue, steps: ToReader, title: "Session", start: "it was scheduled", moment: "it begins"},
	NoSessionBookedLadder: {waits: ToCoach, does: Escalate, steps: ToCoach, told: ToAdmins, endName: "end", title: "No session booked", start: "it could be scheduled"},
	MilestoneLadder:       {waits: ToReader, due: alwaysDue, does: Escalate, endName: "end", title: "Milestone of a goal", start: "it was set", moment: "it is due"},
	InvoiceLadder:         {waits: ToReader, due: alwaysDue, does: HandOver, endName: "end", title: "Invoice", start: "it was sent", moment: "it is due"},
}

// Title is the kind in words, as the head of a ladder on a page.
func (k LadderKind) Title() string { return ladderKinds[k].title }

// HasDue reports whether what is waited for has, or may have, a due moment.
func (k LadderKind) HasDue() bool { return ladderKinds[k].due != neverDue }

// Reminds is to whom the steps of the kind speak, where that is fixed.
func (k LadderKind) Reminds() Audience {
	if to := ladderKinds[k].steps; to != "" {
		return to
	}
	return ToReader
}

// MayBeDue reports whether what is waited for may or may not have a due date: then a
// ladder of the kind has two sets of steps.
func (k LadderKind) MayBeDue() bool { return ladderKinds[k].due == mayBeDue }
