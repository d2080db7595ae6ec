package compose

import "fmt"

// Refused says why a mail must not leave as it is. Trying it again is of no use.
type Refused struct {
	// Code is stable snake_case, for the record and for alarms.
	Code string
	// BadAddress is true where the recipient's address is none, so that no other
	// mail will reach it either.
	BadAddress bool
	// Err is the cause.
	Err error
}

// Error gives the code and the cause.
func (r *Refused) Error() string { return fmt.Sprintf("compose mail: %s: %v", r.Code, r.Err) }

// Unwrap returns the cause.
func (r *Refused) Unwrap() error { return r.Err }

func refuse(code, format string, args ...any) *Refused {
	return &Refused{Code: code, Err: fmt.Errorf(format, args...)}
}
