package coaching

// NotificationKind is what a mail is about. Each has its own template.
type NotificationKind string

// The kinds of notifications, by the row of the gate table that they belong to.
const (
	InvitationMail         NotificationKind = "invitation"
	InvitationReminder     NotificationKind = "invitation_reminder"
	MatchingStarted        NotificationKind = "matching_started"
	InterviewMail          NotificationKind = "interview"
	SelectCoach            NotificationKind = "select_coach"
	ResourceShared         NotificationKind = "resource_shared"
	SessionMail            NotificationKind = "session"
	FormRequest            NotificationKind = "form_request"
	FormReminder           NotificationKind = "form_reminder"
	FileRequest            NotificationKind = "file_request"
	FileReminder           NotificationKind = "file_reminder"
	TaskRequest            NotificationKind = "task_request"
	TaskReminder           NotificationKind = "task_reminder"
	MilestoneReminder      NotificationKind = "milestone_reminder"
	GoalFeedbackRequest    NotificationKind = "goal_feedback_request"
	InvoiceMail            NotificationKind = "invoice"
	StreamMessage          NotificationKind = "stream_message"
	FileShared             NotificationKind = "file_shared"
	FileNotShared          NotificationKind = "file_not_shared"
	ContactsForCoach       NotificationKind = "contacts_for_coach"
	AddressForClient       NotificationKind = "address_for_client"
	FormEscalation         NotificationKind = "form_escalation"
	InboundMailQuarantined NotificationKind = "inbound_mail_quarantined"
	InvitationRanOut       NotificationKind = "invitation_expired"
	PasswordReset          NotificationKind = "password_reset"
	PasswordChanged        NotificationKind = "password_changed"
	TaskEscalation         NotificationKind = "task_escalation"
	HeldTooLong            NotificationKind = "held_too_long"
)

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

// gates is the table of who receives what: active, invited, internal, bare.
var gates = map[NotificationKind][4]Gate{
	InvitationMail:      {GateRefuse, GateSend, GateSend, GateRefuse},
	InvitationReminder:  {GateRefuse, GateSend, GateSend, GateRefuse},
	MatchingStarted:     {GateSend, GateHold, GateHold, GateRefuse},
	InterviewMail:       {GateSend, GateHold, GateHold, GateRefuse},
	SelectCoach:         {GateSend, GateHold, GateHold, GateRefuse},
	ResourceShared:      {GateSend, GateSuppress, GateSuppress, GateRefuse},
	SessionMail:         {GateSend, GateSend, GateSend, GateSend},
	FormRequest:         {GateSend, GateSend, GateSend, GateSend},
	FormReminder:        {GateSend, GateSend, GateSend, GateSend},
	FileRequest:         {GateSend, GateHold, GateHold, GateRefuse},
	FileReminder:        {GateSend, GateHold, GateHold, GateRefuse},
	TaskRequest:         {GateSend, GateHold, GateHold, GateRefuse},
	TaskReminder:        {GateSend, GateHold, GateHold, GateRefuse},
	MilestoneReminder:   {GateSend, GateSuppress, GateSuppress, GateRefuse},
	GoalFeedbackRequest: {GateSend, GateSend, GateSend, GateSend},
	InvoiceMail:         {GateSend, GateSend, GateSend, GateSend},
	StreamMessage:       {GateSend, GateSend, GateSend, GateRefuse},
	FileShared:          {GateSend, GateSend, GateSend, GateRefuse},
	FileNotShared:       {GateSend, GateSend, GateSend, GateRefuse},
	ContactsForCoach:    {GateSend, GateSend, GateSend, GateRefuse},
	AddressForClient:    {GateSend, GateSend, GateSend, GateRefuse},
	// Words to coaches and admins about the work itself always go.
	FormEscalation:         {GateSend, GateSend, GateSend, GateSend},
	InboundMailQuarantined: {GateSend, GateSend, GateSend, GateSend},
	TaskEscalation:         {GateSend, GateSend, GateSend, GateSend},
	InvitationRanOut:       {GateSend, GateSend, GateSend, GateSend},
	HeldTooLong:            {GateSend, GateSend, GateSend, GateSend},
	// Who has no password has none to replace.
	PasswordReset:   {GateSend, GateRefuse, GateRefuse, GateRefuse},
	PasswordChanged: {GateSend, GateRefuse, GateRefuse, GateRefuse},
}

var standingColumn = map[Standing]int{ActivePerson: 0, InvitedPerson: 1, InternalPerson: 2, BareEmail: 3, BareCoach: 3}

var gateReasons = map[Gate]string{
	GateHold:     "held until the person activates their account",
	GateSuppress: "not sent to people without an active account",
	GateRefuse:   "not possible for a recipient of this kind",
}

// GateOf decides whether a notification of some kind goes to a recipient of
// some standing whose address may be blocked after a hard bounce or complaint.
// An unknown kind or standing is refused: nothing goes out by mistake.
func GateOf(kind NotificationKind, standing Standing, blocked bool) GateDecision {
	row, known := gates[kind]
	column, stands := standingColumn[standing]
	if !known || !stands {
		return GateDecision{GateRefuse, "unknown notification or recipient"}
	}
	gate := row[column]
	switch {
	case kind == InterviewMail && standing == BareCoach:
		gate = GateSend
	case (kind == InvitationMail || kind == InvitationReminder) && standing == ActivePerson:
		return GateDecision{GateRefuse, "the person has an active account already"}
	}
	if gate == GateSend && blocked {
		return GateDecision{GateSuppress, "the address bounced or complained; an admin can clear it"}
	}
	return GateDecision{gate, gateReasons[gate]}
}
