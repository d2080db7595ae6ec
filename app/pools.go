package app

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

// Pool is a set of coaches whom admins offer together.
type Pool struct {
	ID      uuid.UUID                `json:"id"`
	Name    string                   `json:"name"`
	Version int                      `json:"version"`
	Choices coaching.MatchingChoices `json:"settings" doc:"The settings made at this pool; what is left out is the organization's."`
	// Resolved are the settings that apply, and where each was made.
	Resolved coaching.ResolvedMatching `json:"resolved" doc:"The settings that apply, and by their names where each was made: product, organization or pool."`
	Coaches  []PoolCoach               `json:"coaches"`
}

// PoolCoach is a coach of a pool.
type PoolCoach struct {
	ID      uuid.UUID             `json:"id"`
	Name    string                `json:"name"`
	Profile coaching.CoachProfile `json:"profile"`
	Photo   string                `json:"photo,omitempty"`
}

// PoolInput is what an admin says of a pool.
type PoolInput struct {
	Name     string                   `json:"name" minLength:"1" maxLength:"200"`
	Coaches  []uuid.UUID              `json:"coach_ids" maxItems:"200" doc:"In the order in which they are shown."`
	Settings coaching.MatchingChoices `json:"settings,omitzero"`
}

const mostPoolCoaches = 200

func (in *PoolInput) check(ctx context.Context, q *rows.Queries, p Principal) (err error) {
	if in.Name, err = coaching.CleanName("A pool", in.Name); err != nil {
		return err
	}
	if problem := in.Settings.Check("settings"); problem != nil {
		return problem
	}
	if len(in.Coaches) > mostPoolCoaches {
		return coaching.Problemf(coaching.Invalid, "too_many", "A pool has at most %d coaches.", mostPoolCoaches).WithField("coach_ids", "too_many", "at most %d", mostPoolCoaches)
	}
	for i, id := range in.Coaches {
		if slices.Contains(in.Coaches[:i], id) {
			return coaching.Problemf(coaching.Invalid, "coach_twice", "A coach stands in a pool once.").WithField("coach_ids", "coach_twice", "the same coach twice")
		}
		if err := checkRole(ctx, q, p, id, "coach", "coach_ids"); err != nil {
			return err
		}
	}
	return checkMatchingChoices(ctx, q, p, in.Settings)
}

// checkMatchingChoices refuses approvers who are no admins, and a template that is not there.
func checkMatchingChoices(ctx context.Context, q *rows.Queries, p Principal, c coaching.MatchingChoices) error {
	if c.Approvers != nil {
		for _, id := range *c.Approvers {
			if err := checkRole(ctx, q, p, id, "admin", "settings.approvers"); err != nil {
				return err
			}
		}
	}
	if c.TemplateID != nil && *c.TemplateID != uuid.Nil {
		_, err := templateItems(ctx, q, p, c.TemplateID)
		return err
	}
	return nil
}

// CreatePool makes a pool.
func (a *App) CreatePool(ctx context.Context, p Principal, in PoolInput) (Pool, error) {
	if err := adminOnly(p); err != nil {
		return Pool{}, err
	}
	id := db.NewID()
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		if err := in.check(ctx, q, p); err != nil {
			return err
		}
		choices, err := json.Marshal(in.Settings)
		if err != nil {
			return wrap(err, "write settings")
		}
		if err := q.PoolInsert(ctx, rows.PoolInsertParams{OrgID: p.Org, ID: id, Name: in.Name, Choices: choices, CreatedAt: now()}); err != nil {
			return poolName(err)
		}
		return setPoolCoaches(ctx, q, p, id, in.Coaches)
	})
	if err != nil {
		return Pool{}, err
	}
	return a.GetPool(ctx, p, id)
}

func poolName(err error) error {
	if db.Violates(err, "pools_name_key") {
		return coaching.Problemf(coaching.Conflict, "pool_exists", "There is a pool of this name already.").WithField("name", "pool_exists", "taken")
	}
	return wrap(err, "store pool")
}

func setPoolCoaches(ctx context.Context, q *rows.Queries, p Principal, pool uuid.UUID, coaches []uuid.UUID) error {
	if err := q.PoolCoachesClear(ctx, p.Org, pool); err != nil {
		return wrap(err, "clear coaches of pool")
	}
	for k, id := range coaches {
		if err := q.PoolCoachInsert(ctx, rows.PoolCoachInsertParams{OrgID: p.Org, PoolID: pool, CoachID: id, Position: int32(k)}); err != nil {
			return wrap(err, "store coach of pool")
		}
	}
	return nil
}

// GetPool reads a pool.
func (a *App) GetPool(ctx context.Context, p Principal, id uuid.UUID) (Pool, error) {
	if err := adminOnly(p); err != nil {
		return Pool{}, err
	}
	var out Pool
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		row, err := q.PoolGet(ctx, p.Org, id)
		if err != nil {
			return found(err, "pool")
		}
		out = Pool{ID: row.ID, Name: row.Name, Version: int(row.Version), Coaches: []PoolCoach{}}
		if err := json.Unmarshal(row.Choices, &out.Choices); err != nil {
			return wrap(err, "read settings")
		}
		if out.Resolved, err = resolveMatching(ctx, q, p, id, coaching.MatchingChoices{}); err != nil {
			return err
		}
		list, err := q.PoolCoaches(ctx, p.Org, id)
		if err != nil {
			return wrap(err, "read coaches of pool")
		}
		for _, c := range list {
			coach := PoolCoach{ID: c.CoachID, Name: c.Name, Photo: c.Photo}
			if err := json.Unmarshal(c.Profile, &coach.Profile); err != nil {
				return wrap(err, "read profile")
			}
			out.Coaches = append(out.Coaches, coach)
		}
		return nil
	})
	return out, err
}

// UpdatePool replaces name, coaches and settings of a pool. Matchings that run keep theirs.
func (a *App) UpdatePool(ctx context.Context, p Principal, id uuid.UUID, version int, in PoolInput) (Pool, error) {
	if err := adminOnly(p); err != nil {
		return Pool{}, err
	}
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		if err := in.check(ctx, q, p); err != nil {
			return err
		}
		if _, err := q.PoolGet(ctx, p.Org, id); err != nil {
			return found(err, "pool")
		}
		choices, err := json.Marshal(in.Settings)
		if err != nil {
			return wrap(err, "write settings")
		}
		changed, err := q.PoolUpdate(ctx, rows.PoolUpdateParams{OrgID: p.Org, ID: id, Version: int32(version), Name: in.Name, Choices: choices})
		if err != nil {
			return poolName(err)
		}
		if changed != 1 {
			return stale("pool")
		}
		return setPoolCoaches(ctx, q, p, id, in.Coaches)
	})
	if err != nil {
		return Pool{}, err
	}
	return a.GetPool(ctx, p, id)
}

// ArchivePool takes a pool out of the lists. Matchings that run go on.
func (a *App) ArchivePool(ctx context.Context, p Principal, id uuid.UUID) error {
	if err := adminOnly(p); err != nil {
		return err
	}
	at := now()
	return a.inOrg(ctx, p, func(q *rows.Queries) error {
		gone, err := q.PoolArchive(ctx, rows.PoolArchiveParams{OrgID: p.Org, ID: id, ArchivedAt: &at})
		if err == nil && gone != 1 {
			return notFound("pool")
		}
		return wrap(err, "archive pool")
	})
}

// PoolLine is a pool in a list.
type PoolLine struct {
	ID      uuid.UUID `json:"id"`
	Name    string    `json:"name"`
	Coaches int       `json:"coaches" doc:"How many."`
}

// ListPools lists the pools, the oldest first.
func (a *App) ListPools(ctx context.Context, p Principal, paging Paging) (Page[PoolLine], error) {
	if err := adminOnly(p); err != nil {
		return Page[PoolLine]{}, err
	}
	after, most, err := paging.read()
	if err != nil {
		return Page[PoolLine]{}, err
	}
	var list []rows.PoolListRow
	err = a.list(ctx, p, func(q *rows.Queries) (err error) {
		list, err = q.PoolList(ctx, rows.PoolListParams{OrgID: p.Org, After: after, Most: most + 1})
		return wrap(err, "list pools")
	})
	return page(list, most, func(r rows.PoolListRow) uuid.UUID { return r.ID }, func(r rows.PoolListRow) PoolLine { return PoolLine{r.ID, r.Name, int(r.Coaches)} }), err
}
