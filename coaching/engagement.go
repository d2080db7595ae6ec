package coaching

// EngagementStatus is where an engagement stands:
//
//	draft ──▶ matching ──▶ active ──▶ completed
//	  └────with a coach────▲ │ ▲
//	                   pause ▼ │ resume
//	                        paused ──▶ completed
//
// Whatever is not completed can be cancelled.
type EngagementStatus string

// The states of an engagement.
const (
	EngagementDraft     EngagementStatus = "draft"
	EngagementMatching  EngagementStatus = "matching"
	EngagementActive    EngagementStatus = "active"
	EngagementPaused    EngagementStatus = "paused"
	EngagementCompleted EngagementStatus = "completed"
	EngagementCancelled EngagementStatus = "cancelled"
)

// EngagementStatuses are all of them.
var EngagementStatuses = []EngagementStatus{EngagementDraft, EngagementMatching, EngagementActive, EngagementPaused, EngagementCompleted, EngagementCancelled}

// Over reports whether nothing of the engagement goes on.
func (s EngagementStatus) Over() bool { return s == EngagementCompleted || s == EngagementCancelled }
