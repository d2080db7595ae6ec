package coaching

// InboundMailState is what became of a mail to a system address:
//
//	received ──▶ posted (a message), filed (a shared file), taken (an answer about a
//	   │         session, or words to its coach), duplicate
//	   ├──machine──▶ ignored ──────let through──▶ as from received
//	   └──doubt────▶ quarantined ──let through──▶ as from received
//	                    └──put aside by a person──▶ discarded
type InboundMailState string

// The states of an inbound mail.
const (
	InboundReceived    InboundMailState = "received"
	InboundPosted      InboundMailState = "posted"
	InboundFiled       InboundMailState = "filed"
	InboundTaken       InboundMailState = "taken"
	InboundDuplicate   InboundMailState = "duplicate"
	InboundIgnored     InboundMailState = "ignored"
	InboundQuarantined InboundMailState = "quarantined"
	InboundDiscarded   InboundMailState = "discarded"
)

// InboundMailStates are all of them.
var InboundMailStates = []InboundMailState{InboundReceived, InboundPosted, InboundFiled, InboundTaken, InboundDuplicate, InboundIgnored, InboundQuarantined, InboundDiscarded}

// Direction says who writes to a system address.
type Direction string

// The directions of a stream.
const (
	DirectionToClient Direction = "to_client" // the coach writes
	DirectionToCoach  Direction = "to_coach"  // the client writes
)

// Directions are both of them.
var Directions = []Direction{DirectionToClient, DirectionToCoach}
