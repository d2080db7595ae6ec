// Package deliver hands composed mails to the outside, over SMTP or Resend, says
// whether a failed try is worth repeating, and reads the provider's reports.
package deliver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"coachflow/mail/compose"
)

// Transport hands one mail to the outside. An implementation is safe for use
// by several goroutines. Send may be called again with the same Outgoing: its
// IdempotencyKey and MessageID stay the same over all tries.
type Transport interface {
	// Send returns once the other side has taken responsibility for the mail.
	// Its error is a *SendError, or the context's error wrapped in one.
	Send(ctx context.Context, o compose.Outgoing) (Receipt, error)
	// Close ends idle connections. A closed transport sends no more.
	Close() error
}

// Receipt is what a transport knows about a mail that was taken.
type Receipt struct {
	// ProviderID is the name by which the provider's later reports (delivered,
	// bounced) call this mail: Resend's email id, or the Message-ID over SMTP.
	ProviderID string
}

// SendError says why a mail was not taken, and whether to try again.
type SendError struct {
	// Permanent is true where the same mail will be refused again.
	Permanent bool
	// BadAddress is true where the recipient's address itself was refused, so
	// that no other mail will reach it either. It implies Permanent.
	BadAddress bool
	// Doubtful is true where nobody knows whether the other side has the mail: it broke
	// off when it could have taken it.
	Doubtful bool
	// Code is stable snake_case, for the record and for alarms.
	Code string
	// RetryAfter is how long the other side asked us to wait; 0 if it did not.
	RetryAfter time.Duration
	// Err is the cause. It may hold words of the other side.
	Err error
}

// Error gives the code and the cause.
func (e *SendError) Error() string {
	kind := "temporary"
	if e.Permanent {
		kind = "permanent"
	}
	return fmt.Sprintf("send mail: %s (%s): %v", e.Code, kind, e.Err)
}

// Unwrap returns the cause.
func (e *SendError) Unwrap() error { return e.Err }

// IsPermanent reports whether err says that trying the same mail again is of
// no use. An error that is not a SendError is taken to be temporary: a mail
// tried once too often is cheaper than one given up too early.
func IsPermanent(err error) bool {
	var se *SendError
	return errors.As(err, &se) && se.Permanent
}

// IsBadAddress reports whether err says that the recipient's address cannot
// receive any mail: what a hard bounce says, only sooner.
func IsBadAddress(err error) bool {
	var se *SendError
	return errors.As(err, &se) && se.BadAddress
}

// IsDoubtful reports whether the mail may have left although the try failed. Of an error
// that is no SendError nobody knows.
func IsDoubtful(err error) bool {
	var se *SendError
	return err != nil && (!errors.As(err, &se) || se.Doubtful)
}

// Reason is the stable code of a failed send, for the record; "unknown" where
// the error is no SendError.
func Reason(err error) string {
	var se *SendError
	if errors.As(err, &se) {
		return se.Code
	}
	return "unknown"
}

// RetryAfter returns how long the other side asked us to wait before the next
// try, or 0.
func RetryAfter(err error) time.Duration {
	var se *SendError
	if errors.As(err, &se) {
		return se.RetryAfter
	}
	return 0
}

// refused is the SendError of a mail that compose refuses: no try of it will
// ever be taken.
func refused(err error) error {
	var r *compose.Refused
	if !errors.As(err, &r) {
		return err
	}
	return &SendError{Permanent: true, BadAddress: r.BadAddress, Code: r.Code, Err: r.Err}
}

// refusef makes the permanent error for a mail that must not leave as it is.
func refusef(code, format string, args ...any) *SendError {
	return &SendError{Permanent: true, Code: code, Err: fmt.Errorf(format, args...)}
}
