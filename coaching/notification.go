package coaching

// NotificationState is where a mail stands:
//
//	planned ──its time──▶ sending ──taken──▶ sent ──▶ delivered or bounced
//	   │                     └────refused for good──▶ failed
//	   ├──the gate──▶ held ──the person gets an account──▶ planned
//	   ├──the gate──▶ suppressed
//	   ├──its occasion is gone──▶ cancelled (also while it is sending)
//	   └──its time has passed──▶ dropped (also out of held)
//
// What was not sent says why.
type NotificationState string

// The states of a mail.
const (
	NotificationPlanned    NotificationState = "planned"
	NotificationHeld       NotificationState = "held"
	NotificationSuppressed NotificationState = "suppressed"
	NotificationSending    NotificationState = "sending"
	NotificationSent       NotificationState = "sent"
	NotificationDelivered  NotificationState = "delivered"
	NotificationBounced    NotificationState = "bounced"
	NotificationFailed     NotificationState = "failed"
	NotificationCancelled  NotificationState = "cancelled"
	NotificationDropped    NotificationState = "dropped"
)

// NotificationStates are all of them.
var NotificationStates = []NotificationState{NotificationPlanned, NotificationHeld, NotificationSuppressed, NotificationSending, NotificationSent,
	NotificationDelivered, NotificationBounced, NotificationFailed, NotificationCancelled, NotificationDropped}
