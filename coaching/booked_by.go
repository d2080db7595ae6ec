package coaching

import "slices"

// BookedBy says who gives the session of an item its time.
type BookedBy string

// Who can.
const (
	BookedByCoach   BookedBy = "coach"   // the coach or an admin, by hand
	BookedByCoachee BookedBy = "coachee" // the coachee, who chooses among the coach's free times
)

// SelfBooked reports whether the coachee books the session of the item.
func (s ItemSpec) SelfBooked() bool { return s.Kind.Rules().Meets && s.BookedBy == BookedByCoachee }

// FirstLetter is the first mail about an item, which an item can have in words of its own.
func (s ItemSpec) FirstLetter() NotificationKind {
	if s.SelfBooked() {
		return SessionBookingLetter
	}
	return LettersOf(s.Kind).Request
}

// OwnLetter are the words that the item has of its own for a letter; nil: none.
func (s ItemSpec) OwnLetter(kind NotificationKind) *LetterSpec {
	if kind != s.FirstLetter() {
		return nil
	}
	return s.Letter
}

// checkBookedBy refuses a way to book that there is none of. Who books a session chooses
// among the free times of the coach, so both of them attend it.
func (s ItemSpec) checkBookedBy(path string) *Problem {
	path += ".booked_by"
	switch s.BookedBy {
	case "", BookedByCoach:
		return nil
	case BookedByCoachee:
		if s.names("coachee") && s.names("coach") {
			return nil
		}
		return Problemf(Invalid, "item_booking_attendees", "A session that the coachee books is one with the coach: add coachee and coach to those who attend it.").
			WithField(path, "item_booking_attendees", "coachee and coach must be among the recipients")
	}
	return Problemf(Invalid, "item_booking_unknown", "A session is booked by the coach or by the coachee.").
		WithField(path, "item_booking_unknown", "%q is neither coach nor coachee", s.BookedBy)
}

// names reports whether a role is among the recipients.
func (s ItemSpec) names(role string) bool {
	return slices.ContainsFunc(s.Recipients, func(r RecipientSpec) bool { return r.Role == role })
}
