package coaching

// Role is what a person may be in an organization; a person has one or more.
type Role string

// The roles.
const (
	AdminRole   Role = "admin"   // runs the organization
	CoachRole   Role = "coach"   // has clients
	CoacheeRole Role = "coachee" // is coached
)

// Roles are all of them.
var Roles = []Role{AdminRole, CoachRole, CoacheeRole}

// PersonStates are the standings that a person of an organization can have:
//
//	internal ──invited──▶ invited ──sets a password──▶ active
//	   ▲ withdrawn, expired ──┘                          │
//	   └──────────────the account is closed──────────────┘
var PersonStates = []Standing{InternalPerson, InvitedPerson, ActivePerson}

// ActorKind says who did what a line of the timeline tells.
type ActorKind string

// The kinds of actors.
const (
	ActorPerson  ActorKind = "person"  // somebody who was logged in
	ActorEmail   ActorKind = "email"   // the holder of a link, without an account
	ActorProcess ActorKind = "process" // coachflow itself
)

// ActorKinds are all of them.
var ActorKinds = []ActorKind{ActorPerson, ActorEmail, ActorProcess}
