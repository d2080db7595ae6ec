package outbox

// What tests outside of the package look at.
var (
	MailDelay = mailDelay
	OneFault  = oneFault
)
