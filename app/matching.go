package app

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/matching"
	"coachflow/workflows"
)

// Matching is one attempt to find a coach for an engagement, as admins see it.
type Matching struct {
	ID           uuid.UUID                 `json:"id"`
	EngagementID uuid.UUID                 `json:"engagement_id"`
	Attempt      int                       `json:"attempt"`
	CoacheeID    uuid.UUID                 `json:"coachee_id"`
	CoacheeName  string                    `json:"coachee_name"`
	PoolID       *uuid.UUID                `json:"pool_id,omitempty"`
	Status       coaching.MatchingStatus   `json:"status" doc:"choosing, interviewing, selecting, approving, stalled, matched or cancelled"`
	Since        time.Time                 `json:"since"`
	Settings     coaching.MatchingSettings `json:"settings" doc:"Those that it goes by, as they were when it started."`
	Wishes       coaching.MatchingWishes   `json:"wishes"`
	Coaches      []MatchingCoach           `json:"coaches"`
	Interviews   []MatchingInterview       `json:"interviews"`
	Selection    *coaching.Selection       `json:"selection,omitempty"`
	CoachID      *uuid.UUID                `json:"coach_id,omitempty" doc:"Who was found."`
	Reason       string                    `json:"reason,omitempty"`
	Waits        []MatchingWait            `json:"waits" doc:"What it waits for now."`
	NextAt       *time.Time                `json:"next_at,omitempty" doc:"When something happens by itself next."`
	StartedAt    time.Time                 `json:"started_at"`
	EndedAt      *time.Time                `json:"ended_at,omitempty"`

	rules *coaching.Matching
	names rows.MatchingContextRow
}

// MatchingCoach is a coach who is offered in a matching.
type MatchingCoach struct {
	ID         uuid.UUID             `json:"id"`
	Name       string                `json:"name"`
	TimeZone   string                `json:"time_zone"`
	Profile    coaching.CoachProfile `json:"profile"`
	Photo      string                `json:"photo,omitempty"`
	Pinned     bool                  `json:"pinned,omitempty"`
	Gone       bool                  `json:"gone,omitempty" doc:"Not offered any more."`
	Full       bool                  `json:"full,omitempty" doc:"No room for another client now."`
	Clients    int                   `json:"clients"`
	Suggestion *coaching.Suggestion  `json:"suggestion,omitempty" doc:"How well they fit, as it was reckoned at the start."`
}

// MatchingInterview is an interview of a matching.
type MatchingInterview struct {
	ID        uuid.UUID               `json:"id"`
	CoachID   uuid.UUID               `json:"coach_id"`
	CoachName string                  `json:"coach_name"`
	State     coaching.InterviewState `json:"state"`
	Since     time.Time               `json:"since"`
	Until     *time.Time              `json:"until,omitempty" doc:"When its state ends by itself."`
	StartsAt  *time.Time              `json:"starts_at,omitempty"`
	EndsAt    *time.Time              `json:"ends_at,omitempty"`
	Place     string                  `json:"place,omitempty"`
	Proposals []time.Time             `json:"proposals,omitempty"`
	Decision  *coaching.Decision      `json:"decision,omitempty"`
	Memo      string                  `json:"memo,omitempty" doc:"What the coachee wrote to the coach."`
	Reason    string                  `json:"reason,omitempty"`
}

// MatchingWait is something that a matching waits for.
type MatchingWait struct {
	For       coaching.LadderKind `json:"for"`
	Since     time.Time           `json:"since"`
	CoachID   *uuid.UUID          `json:"coach_id,omitempty"`
	Interview *uuid.UUID          `json:"interview_id,omitempty"`
}

// GetMatching reads a matching. Only admins see it whole.
func (a *App) GetMatching(ctx context.Context, p Principal, id uuid.UUID) (Matching, error) {
	if err := adminOnly(p); err != nil {
		return Matching{}, err
	}
	var out Matching
	err := a.inOrg(ctx, p, func(q *rows.Queries) (err error) {
		out, err = readMatching(ctx, q, p.Org, id)
		return err
	})
	return out, err
}

// ListMatchings lists the attempts of an engagement, the newest first: each keeps its own
// dates (R18).
func (a *App) ListMatchings(ctx context.Context, p Principal, engagement uuid.UUID) ([]Matching, error) {
	if err := adminOnly(p); err != nil {
		return nil, err
	}
	out := []Matching{}
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		if _, err := engagementFor(ctx, q, p, engagement); err != nil {
			return err
		}
		list, err := q.MatchingsOfEngagement(ctx, p.Org, engagement)
		if err != nil {
			return wrap(err, "list matchings")
		}
		for _, row := range list {
			m, err := readMatching(ctx, q, p.Org, row.ID)
			if err != nil {
				return err
			}
			out = append(out, m)
		}
		return nil
	})
	return out, err
}

// OpenMatching is an attempt that has not ended, in a list.
type OpenMatching struct {
	ID           uuid.UUID               `json:"id"`
	EngagementID uuid.UUID               `json:"engagement_id"`
	Attempt      int                     `json:"attempt"`
	CoacheeID    uuid.UUID               `json:"coachee_id"`
	CoacheeName  string                  `json:"coachee_name"`
	Status       coaching.MatchingStatus `json:"status"`
	Since        time.Time               `json:"since" doc:"Since when it waits like this."`
	NextAt       *time.Time              `json:"next_at,omitempty" doc:"When something happens by itself next."`
	StartedAt    time.Time               `json:"started_at"`
}

// ListOpenMatchings lists the attempts that have not ended, the oldest first.
func (a *App) ListOpenMatchings(ctx context.Context, p Principal, paging Paging) (Page[OpenMatching], error) {
	if err := adminOnly(p); err != nil {
		return Page[OpenMatching]{}, err
	}
	after, most, err := paging.read()
	if err != nil {
		return Page[OpenMatching]{}, err
	}
	var list []rows.MatchingsOpenRow
	err = a.list(ctx, p, func(q *rows.Queries) (err error) {
		list, err = q.MatchingsOpen(ctx, rows.MatchingsOpenParams{OrgID: p.Org, After: after, Most: most + 1})
		return wrap(err, "list open matchings")
	})
	return page(list, most, func(r rows.MatchingsOpenRow) uuid.UUID { return r.ID }, func(r rows.MatchingsOpenRow) OpenMatching {
		return OpenMatching{ID: r.ID, EngagementID: r.EngagementID, Attempt: int(r.Attempt), CoacheeID: r.CoacheeID, CoacheeName: r.CoacheeName,
			Status: coaching.MatchingStatus(r.Status), Since: r.Since, NextAt: r.NextAt, StartedAt: r.StartedAt}
	}), err
}

func readMatching(ctx context.Context, q *rows.Queries, org, id uuid.UUID) (Matching, error) {
	names, err := q.MatchingContext(ctx, org, id)
	if err != nil {
		return Matching{}, found(err, "matching")
	}
	row := names.Matching
	out := Matching{ID: id, EngagementID: row.EngagementID, Attempt: int(row.Attempt), CoacheeID: names.CoacheeID, CoacheeName: names.CoacheeName, PoolID: row.PoolID,
		Status: coaching.MatchingStatus(row.Status), Since: row.Since, CoachID: row.CoachID, Reason: row.Reason, NextAt: row.NextAt, StartedAt: row.StartedAt, EndedAt: row.EndedAt, names: names,
		Coaches: []MatchingCoach{}, Interviews: []MatchingInterview{}, Waits: []MatchingWait{}}
	if err := json.Unmarshal(row.Wishes, &out.Wishes); err != nil {
		return out, wrap(err, "read wishes")
	}
	m, detail, err := matching.Load(ctx, q, row)
	if err != nil {
		return out, err
	}
	out.rules, out.Settings, out.Selection = m, m.Settings, m.Selection
	if err := out.addCoaches(detail); err != nil {
		return out, err
	}
	for _, i := range m.Interviews {
		out.Interviews = append(out.Interviews, matchingInterview(i, detail))
	}
	for _, w := range m.Waits() {
		out.Waits = append(out.Waits, MatchingWait{For: w.Ladder, Since: w.Since, CoachID: optional(w.Coach), Interview: optional(w.Interview)})
	}
	return out, nil
}

func (m *Matching) addCoaches(detail matching.Detail) error {
	for _, offered := range m.rules.Coaches {
		row := detail.Coaches[offered.ID]
		c := MatchingCoach{ID: row.CoachID, Name: row.Name, TimeZone: row.TimeZone, Photo: row.Photo, Pinned: row.Pinned, Gone: offered.Gone, Full: offered.Full, Clients: int(row.Clients)}
		if err := json.Unmarshal(row.Profile, &c.Profile); err != nil {
			return wrap(err, "read profile")
		}
		if row.Suggestion != nil {
			if err := json.Unmarshal(row.Suggestion, &c.Suggestion); err != nil {
				return wrap(err, "read suggestion")
			}
		}
		m.Coaches = append(m.Coaches, c)
	}
	return nil
}

func matchingInterview(i coaching.Interview, detail matching.Detail) MatchingInterview {
	row := detail.Interviews[i.ID]
	out := MatchingInterview{ID: i.ID, CoachID: i.Coach, CoachName: detail.Coaches[i.Coach].Name, State: i.State, Since: i.Since, Until: row.Until, StartsAt: row.StartsAt,
		Place: row.Place, Proposals: i.Proposals, Decision: i.Decision, Memo: row.Memo, Reason: row.Reason}
	if row.StartsAt != nil {
		end := i.End()
		out.EndsAt = &end
	}
	return out
}

// MatchingActInput is an act of an admin in a matching, for whoever it is of.
type MatchingActInput struct {
	Kind        coaching.MatchingActKind `json:"kind" doc:"ask, propose, take, ask_again, decline, move, cancel_interview, held, no_show, approve_interview, reject_interview, select, approve_selection, reject_selection, take_back, offer_coach, withdraw_coach or cancel"`
	InterviewID uuid.UUID                `json:"interview_id,omitzero" doc:"Which interview it is about."`
	CoachID     uuid.UUID                `json:"coach_id,omitzero"`
	At          *time.Time               `json:"at,omitempty" doc:"The time of an interview."`
	Proposals   []time.Time              `json:"proposals,omitempty" maxItems:"3"`
	Words       string                   `json:"words,omitempty" maxLength:"2000" doc:"A memo or a reason, read by those who are told."`
}

func (in MatchingActInput) act() coaching.MatchingAct {
	act := coaching.MatchingAct{Kind: in.Kind, Interview: in.InterviewID, Coach: in.CoachID, Proposals: in.Proposals, Words: in.Words}
	if in.At != nil {
		act.At = in.At.UTC()
	}
	return act
}

// ActInMatching does something in a matching as an admin, also for coachee and coach: their
// name stands with it in the timeline.
func (a *App) ActInMatching(ctx context.Context, p Principal, id uuid.UUID, in MatchingActInput) (Matching, error) {
	if err := adminOnly(p); err != nil {
		return Matching{}, err
	}
	m, err := a.GetMatching(ctx, p, id)
	if err != nil {
		return m, err
	}
	if err := a.applyToMatching(ctx, p.Org, m.names.Matching, in.act(), &p.Person); err != nil {
		return m, err
	}
	return a.GetMatching(ctx, p, id)
}

// applyToMatching stores an act, and has the workflow of the matching carry it out.
func (a *App) applyToMatching(ctx context.Context, org uuid.UUID, m rows.Matching, act coaching.MatchingAct, actor *uuid.UUID) error {
	if problem := act.Check(now()); problem != nil {
		return problem
	}
	if act.Kind == coaching.AskInterview {
		act.Interview = db.NewID()
	}
	if actor != nil {
		act.By = *actor
	}
	wanted, err := json.Marshal(act)
	if err != nil {
		return wrap(err, "write act")
	}
	id := db.NewID()
	err = a.DB.InOrg(ctx, org, func(q *rows.Queries) error {
		return wrap(q.MatchingActInsert(ctx, rows.MatchingActInsertParams{OrgID: org, ID: id, MatchingID: m.ID, Kind: string(act.Kind), Wanted: wanted, ActorID: actor, CreatedAt: now()}), "store act")
	})
	if err != nil {
		return err
	}
	return a.updateMatching(ctx, m, workflows.MatchingAct{ID: id, Kind: act.Kind, Actor: actor})
}

// updateMatching sends an act to the workflow of a matching and waits for its answer. A
// workflow that was lost is started again from its rows, and asked then.
func (a *App) updateMatching(ctx context.Context, m rows.Matching, act workflows.MatchingAct) error {
	var result workflows.MatchingResult
	id := workflows.MatchingID(m.EngagementID, int(m.Attempt))
	err := a.update(ctx, id, workflows.ActUpdate, act.ID.String(), act, &result)
	if !missing(err) {
		return err
	}
	if m.EndedAt != nil {
		return coaching.Problemf(coaching.Conflict, "matching_over", "This search for a coach has ended; nothing of it can be changed.")
	}
	if err := a.startMatching(ctx, m); err != nil {
		return a.explain(ctx, err)
	}
	return a.update(ctx, id, workflows.ActUpdate, act.ID.String(), act, &result)
}

func (a *App) startMatching(ctx context.Context, m rows.Matching) error {
	ctx, cancel := context.WithTimeout(ctx, a.Patience)
	defer cancel()
	return matchingStart(m).By(ctx, a.Temporal)
}

func matchingStart(m rows.Matching) workflows.Start {
	return workflows.StartMatching(workflows.MatchingInput{Org: m.OrgID, Matching: m.ID, Engagement: m.EngagementID, Attempt: int(m.Attempt)})
}
