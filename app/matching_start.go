package app

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"coachflow/booking"
	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/matching"
)

// MatchingStart says how an admin starts matching.
type MatchingStart struct {
	PoolID uuid.UUID               `json:"pool_id"`
	Wishes coaching.MatchingWishes `json:"wishes,omitzero" doc:"What is looked for; the suggestions go by it."`
	// Coaches leaves out or orders the coaches of the pool.
	Coaches []uuid.UUID `json:"coach_ids,omitempty" maxItems:"200" doc:"The coaches of the pool who are offered, in this order; left out: all, the best suggestion first."`
	Pinned  []uuid.UUID `json:"pinned_ids,omitempty" maxItems:"200" doc:"Who stands first, whatever the suggestions say."`
	// Settings are those of this engagement.
	Settings coaching.MatchingChoices `json:"settings,omitzero" doc:"Settings of this engagement; left out: those of the pool."`
}

// StartMatching begins to look for a coach for an engagement that is a draft: one mail goes
// to the coachee. Starting twice is a conflict, and sends nothing.
func (a *App) StartMatching(ctx context.Context, p Principal, engagement uuid.UUID, in MatchingStart) (Matching, error) {
	if err := adminOnly(p); err != nil {
		return Matching{}, err
	}
	if problem := checkStart(&in); problem != nil {
		return Matching{}, problem
	}
	var row rows.Matching
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		start, err := a.matchingInput(ctx, q, p, engagement, in)
		if err != nil {
			return err
		}
		started, err := a.Matchings.Start(ctx, q, start)
		if err != nil {
			return err
		}
		row, err = q.MatchingGet(ctx, p.Org, started.ID)
		return wrap(err, "read matching")
	})
	if err != nil {
		return Matching{}, err
	}
	a.startSaved(ctx, matchingStart(row))
	return a.GetMatching(ctx, p, row.ID)
}

func checkStart(in *MatchingStart) *coaching.Problem {
	if problem := in.Wishes.Clean("wishes"); problem != nil {
		return problem
	}
	return in.Settings.Check("settings")
}

// matchingInput is what a matching starts with: the settings of all places, and the coaches
// of the pool with what speaks for them.
func (a *App) matchingInput(ctx context.Context, q *rows.Queries, p Principal, engagement uuid.UUID, in MatchingStart) (matching.StartInput, error) {
	out := matching.StartInput{Org: p.Org, Engagement: engagement, Pool: &in.PoolID, Wishes: in.Wishes, By: p.Person, At: now()}
	e, err := engagementFor(ctx, q, p, engagement)
	if err != nil {
		return out, err
	}
	coachee, err := q.ContactGet(ctx, p.Org, e.CoacheeID)
	if err != nil {
		return out, wrap(err, "read coachee")
	}
	if coachee.Address == "" {
		return out, coaching.Problemf(coaching.Conflict, "address_missing", "%s has no email address, so that nobody would be told. Add one first.", coachee.Name)
	}
	settings, err := resolveMatching(ctx, q, p, in.PoolID, in.Settings)
	if err != nil {
		return out, err
	}
	out.Settings = settings.MatchingSettings
	out.Coaches, err = offers(ctx, q, p, e, coachee, in, out.At)
	return out, err
}

// resolveMatching are the settings that a matching with a pool starts with.
func resolveMatching(ctx context.Context, q *rows.Queries, p Principal, pool uuid.UUID, own coaching.MatchingChoices) (coaching.ResolvedMatching, error) {
	places := []coaching.ChoicesAt{{Place: coaching.FromOrganization}, {Place: coaching.FromPool}, {Place: coaching.FromEngagement, Choices: own}}
	organization, err := q.OrganizationGet(ctx, p.Org)
	if err != nil {
		return coaching.ResolvedMatching{}, wrap(err, "read organization")
	}
	if err := json.Unmarshal(organization.Matching, &places[0].Choices); err != nil {
		return coaching.ResolvedMatching{}, wrap(err, "read settings")
	}
	row, err := q.PoolGet(ctx, p.Org, pool)
	if err != nil {
		return coaching.ResolvedMatching{}, found(err, "pool")
	}
	if err := json.Unmarshal(row.Choices, &places[1].Choices); err != nil {
		return coaching.ResolvedMatching{}, wrap(err, "read settings")
	}
	return coaching.ResolveMatching(places...), nil
}

// offers are the coaches of a pool who can be offered, pinned ones first, the others in the
// order that was asked for or by how well they fit.
func offers(ctx context.Context, q *rows.Queries, p Principal, e rows.Engagement, coachee rows.ContactGetRow, in MatchingStart, at time.Time) ([]matching.Offer, error) {
	list, err := q.PoolCoaches(ctx, p.Org, in.PoolID)
	if err != nil {
		return nil, wrap(err, "read coaches of pool")
	}
	var out []matching.Offer
	for _, c := range list {
		if !c.IsCoach || c.CoachID == e.CoacheeID || len(in.Coaches) > 0 && !slices.Contains(in.Coaches, c.CoachID) {
			continue
		}
		suggestion, err := suggest(ctx, q, p.Org, c.CoachID, c.Profile, in.Wishes, coaching.ZoneOrUTC(coachee.TimeZone), at)
		if err != nil {
			return nil, err
		}
		out = append(out, matching.Offer{Coach: c.CoachID, Pinned: slices.Contains(in.Pinned, c.CoachID), Suggestion: suggestion})
	}
	slices.SortStableFunc(out, func(a, b matching.Offer) int {
		if a.Pinned != b.Pinned {
			if a.Pinned {
				return -1
			}
			return 1
		}
		if len(in.Coaches) > 0 {
			return slices.Index(in.Coaches, a.Coach) - slices.Index(in.Coaches, b.Coach)
		}
		return b.Suggestion.Score - a.Suggestion.Score
	})
	return out, nil
}

// suggest says how well a coach fits.
func suggest(ctx context.Context, q *rows.Queries, org, coach uuid.UUID, profile json.RawMessage, wishes coaching.MatchingWishes, coachee *time.Location, at time.Time) (coaching.Suggestion, error) {
	var candidate coaching.Candidate
	if err := json.Unmarshal(profile, &candidate.Profile); err != nil {
		return coaching.Suggestion{}, wrap(err, "read profile")
	}
	c, err := booking.ReadCoach(ctx, q, org, coach, at)
	if err != nil {
		return coaching.Suggestion{}, err
	}
	clients, err := q.ClientsOfCoach(ctx, org, &coach)
	if err != nil {
		return coaching.Suggestion{}, wrap(err, "count clients")
	}
	until := coaching.Date(at.AddDate(0, 0, 14).In(c.Zone).Format(time.DateOnly))
	candidate.Zone, candidate.FreeSlots, candidate.Clients = c.Zone, len(c.Slots(at, "", until)), int(clients)
	return wishes.Suggest(candidate, coachee, at), nil
}
