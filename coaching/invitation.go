package coaching

import (
	"fmt"
	"time"

	"github.com/google/uuid"
)

// InvitationStatus is where an invitation to create an account stands:
//
//	open ──the person sets a password──▶ accepted
//	  ├────taken back by an admin──────▶ withdrawn
//	  ├────sent again──────────────────▶ replaced (by a new one)
//	  └────its link has run out────────▶ expired, and the admins are told
//
// A person is in state invited exactly while an invitation of theirs is open.
type InvitationStatus string

// The states of an invitation.
const (
	InvitationOpen      InvitationStatus = "open"
	InvitationAccepted  InvitationStatus = "accepted"
	InvitationWithdrawn InvitationStatus = "withdrawn"
	InvitationReplaced  InvitationStatus = "replaced"
	InvitationExpired   InvitationStatus = "expired"
)

// InvitationStatuses are all of them.
var InvitationStatuses = []InvitationStatus{InvitationOpen, InvitationAccepted, InvitationWithdrawn, InvitationReplaced, InvitationExpired}

// InvitationRule is the rule for what follows an invitation, in days after it
// went out.
type InvitationRule struct {
	Reminders []int
	// Life is how long the link works. At its end the admins are told.
	Life int
}

// DefaultInvitation reminds on day 3 and 7; the link lives for 14 days.
var DefaultInvitation = InvitationRule{Reminders: []int{3, 7}, Life: 14}

// InvitationStep is one step of an invitation: the mail itself, a reminder, or
// the end.
type InvitationStep struct {
	Number int // from 1
	At     time.Time
	End    bool
}

// Name is the step's part in keys and on pages.
func (s InvitationStep) Name() string {
	switch {
	case s.End:
		return "end"
	case s.Number == 1:
		return "request"
	}
	return fmt.Sprintf("reminder-%d", s.Number-1)
}

// Steps lays out an invitation whose mail leaves at sendAt, on the calendar of
// the invited person: reminders come at the same time of day.
func (r InvitationRule) Steps(sendAt time.Time, zone *time.Location) []InvitationStep {
	steps := []InvitationStep{{Number: 1, At: sendAt.UTC()}}
	for _, days := range r.Reminders {
		steps = append(steps, InvitationStep{Number: len(steps) + 1, At: Delay{days, Days}.After(sendAt, zone).UTC()})
	}
	return append(steps, InvitationStep{Number: len(steps) + 1, At: Delay{r.Life, Days}.After(sendAt, zone).UTC(), End: true})
}

// InvitationState is what the rules need to know of a person's newest
// invitation, and all that its workflow keeps of it.
type InvitationState struct {
	ID     uuid.UUID        `json:"i,omitzero"`
	Status InvitationStatus `json:"s"`
	SendAt time.Time        `json:"t,omitzero"`
	Zone   string           `json:"z,omitempty"` // the invited person's, by its IANA name
	// Followed is how many of the steps are behind.
	Followed int `json:"f,omitempty"`
}

// Next is the step that comes next, if there is one. A step after which another
// one is due as well, because nothing could be sent for long, is passed over:
// nobody gets two mails about the same thing at once.
func (r InvitationRule) Next(s InvitationState, now time.Time) (InvitationStep, bool) {
	if s.Status != InvitationOpen {
		return InvitationStep{}, false
	}
	steps := r.Steps(s.SendAt, ZoneOrUTC(s.Zone))
	if s.Followed >= len(steps) {
		return InvitationStep{}, false
	}
	next := steps[s.Followed]
	for _, later := range steps[s.Followed+1:] {
		if !later.At.After(now) {
			next = later
		}
	}
	return next, true
}
