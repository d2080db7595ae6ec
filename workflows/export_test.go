package workflows

// SetContinueAfter sets after how many events a program goes on in a new run,
// until the returned function is called.
func SetContinueAfter(events int) (restore func()) {
	before := continueAfter
	continueAfter = events
	return func() { continueAfter = before }
}

// InboundMailBefore is what the version before ran as InboundMail.
var InboundMailBefore = inboundMailBefore
