package matching

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

// Offer is a coach who is offered in a matching that starts.
type Offer struct {
	Coach      uuid.UUID
	Pinned     bool
	Suggestion coaching.Suggestion
}

// StartInput says what a matching starts with.
type StartInput struct {
	Org, Engagement uuid.UUID
	Pool            *uuid.UUID
	Settings        coaching.MatchingSettings
	Wishes          coaching.MatchingWishes
	Coaches         []Offer // in the order in which they are shown
	By              uuid.UUID
	At              time.Time
}

// Started is a matching that was started.
type Started struct {
	ID      uuid.UUID
	Attempt int
}

// Start begins an attempt for an engagement that is a draft, within a transaction. Starting
// twice is a conflict, and sends nothing.
func (s *Matchings) Start(ctx context.Context, q *rows.Queries, in StartInput) (Started, error) {
	if _, err := q.EngagementLock(ctx, in.Org, in.Engagement); err != nil {
		return Started{}, fmt.Errorf("lock engagement: %w", err)
	}
	if len(in.Coaches) == 0 {
		return Started{}, coaching.Problemf(coaching.Conflict, "pool_empty", "The pool has no coach who could be offered; add one first.")
	}
	begin := rows.EngagementMatchingParams{OrgID: in.Org, ID: in.Engagement, Status: string(coaching.EngagementMatching), Before: string(coaching.EngagementDraft)}
	begun, err := q.EngagementMatching(ctx, begin)
	if err != nil {
		return Started{}, fmt.Errorf("note that the engagement looks for a coach: %w", err)
	}
	if begun != 1 {
		return Started{}, coaching.Problemf(coaching.Conflict, "matching_started", "Matching can start for a draft alone, and once: this engagement looks for a coach already, or has begun.")
	}
	out := Started{ID: db.NewID()}
	attempts, err := q.MatchingAttempts(ctx, in.Org, in.Engagement)
	if err != nil {
		return out, fmt.Errorf("count attempts: %w", err)
	}
	out.Attempt = int(attempts) + 1
	return out, s.insert(ctx, q, in, out)
}

// insert stores a new attempt, and plans its first letters.
func (s *Matchings) insert(ctx context.Context, q *rows.Queries, in StartInput, new Started) error {
	offered := make([]coaching.OfferedCoach, len(in.Coaches))
	for k, c := range in.Coaches {
		offered[k] = coaching.OfferedCoach{ID: c.Coach}
	}
	m, words := coaching.NewMatching(in.Settings, offered, coaching.MatchingClock{Now: in.At})
	settings, err := json.Marshal(in.Settings)
	if err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	wishes, err := json.Marshal(in.Wishes)
	if err != nil {
		return fmt.Errorf("write wishes: %w", err)
	}
	row := rows.MatchingInsertParams{OrgID: in.Org, ID: new.ID, EngagementID: in.Engagement, Attempt: int32(new.Attempt), PoolID: in.Pool, Settings: settings, Wishes: wishes,
		Status: string(m.Status), Since: in.At, StartedBy: &in.By}
	if err := q.MatchingInsert(ctx, row); err != nil {
		return fmt.Errorf("store matching: %w", err)
	}
	for k, c := range in.Coaches {
		suggestion, err := json.Marshal(c.Suggestion)
		if err != nil {
			return fmt.Errorf("write suggestion: %w", err)
		}
		set := rows.MatchingCoachSetParams{OrgID: in.Org, MatchingID: new.ID, CoachID: c.Coach, Position: int32(k), Pinned: c.Pinned, Suggestion: suggestion}
		if err := q.MatchingCoachSet(ctx, set); err != nil {
			return fmt.Errorf("store coach of matching: %w", err)
		}
	}
	o, err := s.open(ctx, q, Ref{Org: in.Org, Matching: new.ID, At: in.At}, &in.By)
	if err != nil {
		return err
	}
	o.words = words
	if err := o.event(ctx, "matching_started", uuid.Nil, ""); err != nil {
		return err
	}
	_, err = o.save(ctx)
	return err
}
