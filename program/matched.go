package program

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

// BeginMatched gives an engagement that looks for a coach the one who was found, within a
// transaction. A template that is gone by now stands in nobody's way.
func (s *Programs) BeginMatched(ctx context.Context, q *rows.Queries, in coaching.FoundCoach) error {
	c := CommandContext{Org: in.Org, Engagement: in.Engagement, At: in.At, Key: in.Key}
	set, err := q.EngagementMatched(ctx, rows.EngagementMatchedParams{OrgID: in.Org, ID: in.Engagement, CoachID: &in.Coach})
	if err != nil || set != 1 {
		return fmt.Errorf("set the coach who was found (%d): %w", set, err)
	}
	if err := SyncRecipients(ctx, q, c); err != nil {
		return err
	}
	if err := s.layOutTemplate(ctx, q, c, in.Template); err != nil {
		return err
	}
	if !in.Starts {
		return nil
	}
	if _, err := q.EngagementStart(ctx, rows.EngagementStartParams{OrgID: in.Org, ID: in.Engagement, StartedAt: &in.At}); err != nil {
		return fmt.Errorf("start engagement: %w", err)
	}
	return q.EventInsert(ctx, rows.EventInsertParams{OrgID: in.Org, ID: db.NewID(), EngagementID: &in.Engagement, At: in.At, Kind: "engagement_started",
		ActorKind: string(coaching.ActorProcess), Key: "engagement_started/" + in.Engagement.String() + "/" + in.Key})
}

func (s *Programs) layOutTemplate(ctx context.Context, q *rows.Queries, c CommandContext, template *uuid.UUID) error {
	items, err := q.ItemList(ctx, c.Org, c.Engagement)
	if err != nil || template == nil || len(items) > 0 {
		return err
	}
	row, err := q.ProgramTemplateGet(ctx, c.Org, *template)
	if db.NoRow(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read template: %w", err)
	}
	var specs []coaching.ItemSpec
	if err := json.Unmarshal(row.Items, &specs); err != nil {
		return fmt.Errorf("read template: %w", err)
	}
	wanted := make([]coaching.EditItem, len(specs))
	for i, spec := range specs {
		wanted[i] = coaching.EditItem{ID: db.NewID(), New: true, Spec: spec}
	}
	return s.EditDraft(ctx, q, c, wanted)
}
