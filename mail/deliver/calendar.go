package deliver

import (
	"context"
	"errors"

	"coachflow/mail/compose"
)

// WithCalendar is a transport beside which calendar mail goes by another one. Resend's API
// makes a calendar object a mere file: some programs show no invitation then, and others
// do not with the parameter that the first ones need.
type WithCalendar struct {
	Transport
	// Calendar takes the mails with a calendar object.
	Calendar Transport
}

// Send hands a mail to the transport for its kind.
func (t WithCalendar) Send(ctx context.Context, o compose.Outgoing) (Receipt, error) {
	if o.Calendar != nil {
		return t.Calendar.Send(ctx, o)
	}
	return t.Transport.Send(ctx, o)
}

// Close closes both.
func (t WithCalendar) Close() error { return errors.Join(t.Transport.Close(), t.Calendar.Close()) }
