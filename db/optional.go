package db

import "time"

// Deref is what an optional value points to; the zero value for none.
func Deref[T any](v *T) T {
	if v == nil {
		var none T
		return none
	}
	return *v
}

// OptionalTime is the stored form of a time that may be zero.
func OptionalTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// IgnoreNoRow is err, unless it says that a query found nothing.
func IgnoreNoRow(err error) error {
	if NoRow(err) {
		return nil
	}
	return err
}

// Now is the time on this machine as rows keep it: UTC, in microseconds.
func Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
