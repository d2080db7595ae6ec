package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
)

// FollowUp is what follows in an organization while something is waited for: its ladder
// for it, and the hours in which its reminders leave.
type FollowUp struct {
	Ladder coaching.Ladder
	Hours  coaching.WorkingHours
	// Zone is the organization's: the clock of readers of whom none is known.
	Zone *time.Location
}

// FollowUpOf reads what follows while something of a kind is waited for. It is read when
// a plan is made, so a setting acts on the plans that are made from then on (R5).
func FollowUpOf(ctx context.Context, q *rows.Queries, org uuid.UUID, kind coaching.LadderKind) (FollowUp, error) {
	out := FollowUp{Ladder: coaching.DefaultLadders[kind], Hours: coaching.DefaultWorkingHours}
	row, err := q.LadderGet(ctx, string(kind), org)
	if err != nil {
		return out, fmt.Errorf("read ladder of kind %s: %w", kind, err)
	}
	out.Zone = coaching.ZoneOrUTC(row.TimeZone)
	// Each is read into a value of its own: the defaults share their lists with everybody.
	if row.WorkingHours != nil {
		out.Hours = coaching.WorkingHours{}
		if err := json.Unmarshal(row.WorkingHours, &out.Hours); err != nil {
			return out, fmt.Errorf("read working hours: %w", err)
		}
	}
	if row.Ladder != nil {
		out.Ladder = coaching.Ladder{}
		if err := json.Unmarshal(row.Ladder, &out.Ladder); err != nil {
			return out, fmt.Errorf("read ladder of kind %s: %w", kind, err)
		}
	}
	return out, nil
}
