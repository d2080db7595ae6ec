package coaching

import (
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

// InvitationState is what the rules need to know of a person's newest
// invitation, and all that its workflow keeps of it.
type InvitationState struct {
	ID     uuid.UUID        `json:"i,omitzero"`
	Status InvitationStatus `json:"s"`
	SendAt time.Time        `json:"t,omitzero"`
	Zone   string           `json:"z,omitempty"` // the invited person's, by its IANA name
	// Followed is how many of the steps are behind.
	Followed int `json:"f,omitempty"`
	// Next is the step that comes next: "request", "reminder-N" or "end".
	Next NextStep `json:"x,omitzero"`
}
