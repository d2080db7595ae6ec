package app

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

// Profile is what coachees read of a coach before they choose.
type Profile struct {
	CoachID uuid.UUID `json:"coach_id"`
	Name    string    `json:"name"`
	Version int       `json:"version" doc:"1 until it is set."`
	coaching.CoachProfile
}

// GetCoachProfile reads the profile of a coach, for the coach and the admins.
func (a *App) GetCoachProfile(ctx context.Context, p Principal, coach uuid.UUID) (Profile, error) {
	var out Profile
	if err := ofCoach(p, coach); err != nil {
		return out, err
	}
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		row, err := q.CoachProfileGet(ctx, p.Org, coach)
		if db.NoRow(err) || err == nil && !row.IsCoach {
			return notFound("coach")
		}
		if err != nil {
			return wrap(err, "read profile")
		}
		out = Profile{CoachID: coach, Name: row.Name, Version: int(row.Version)}
		return wrap(json.Unmarshal(row.Profile, &out.CoachProfile), "read profile")
	})
	return out, err
}

// SetCoachProfile replaces the profile of a coach.
func (a *App) SetCoachProfile(ctx context.Context, p Principal, coach uuid.UUID, version int, in coaching.CoachProfile) (Profile, error) {
	if _, err := a.GetCoachProfile(ctx, p, coach); err != nil {
		return Profile{}, err
	}
	if problem := in.Clean("body"); problem != nil {
		return Profile{}, problem
	}
	text, err := json.Marshal(in)
	if err != nil {
		return Profile{}, wrap(err, "write profile")
	}
	err = a.inOrg(ctx, p, func(q *rows.Queries) error {
		_, err := q.CoachProfileSet(ctx, rows.CoachProfileSetParams{OrgID: p.Org, CoachID: coach, Profile: text, ChangedAt: now(), Version: int32(version)})
		if db.NoRow(err) {
			return stale("profile")
		}
		return wrap(err, "store profile")
	})
	if err != nil {
		return Profile{}, err
	}
	return a.GetCoachProfile(ctx, p, coach)
}
