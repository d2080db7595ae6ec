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
	"coachflow/outbox"
)

// open is one matching inside a transaction that holds its engagement's lock: read whole,
// changed in memory by the rules, written back in what differs.
type open struct {
	*rows.Queries
	s      *Matchings
	ref    Ref
	actor  *uuid.UUID
	row    rows.Matching
	names  rows.MatchingContextRow
	clock  coaching.MatchingClock
	m      *coaching.Matching
	before coaching.Matching // as it was read
	// coaches and interviews are the rows of what m holds.
	coaches    map[uuid.UUID]rows.MatchingCoachesRow
	interviews map[uuid.UUID]rows.Interview
	words      []coaching.MatchingWord
	ladders    map[coaching.LadderKind]outbox.FollowUp
	known      map[uuid.UUID]rows.ContactGetRow // people, read once
}

func (s *Matchings) open(ctx context.Context, q *rows.Queries, in Ref, actor *uuid.UUID) (*open, error) {
	row, err := q.MatchingGet(ctx, in.Org, in.Matching)
	if db.NoRow(err) {
		return nil, coaching.Problemf(coaching.NotFound, "matching_not_found", "There is no such search for a coach.")
	}
	if err != nil {
		return nil, fmt.Errorf("read matching: %w", err)
	}
	if _, err := q.EngagementLock(ctx, in.Org, row.EngagementID); err != nil {
		return nil, fmt.Errorf("lock engagement: %w", err)
	}
	o := &open{Queries: q, s: s, ref: in, actor: actor,
		ladders: map[coaching.LadderKind]outbox.FollowUp{}, known: map[uuid.UUID]rows.ContactGetRow{}}
	if o.names, err = q.MatchingContext(ctx, in.Org, in.Matching); err != nil {
		return nil, fmt.Errorf("read matching: %w", err)
	}
	o.row = o.names.Matching
	if err := o.readLadders(ctx); err != nil {
		return nil, err
	}
	m, detail, err := Load(ctx, q, o.row)
	if err != nil {
		return nil, err
	}
	o.m, o.coaches, o.interviews = m, detail.Coaches, detail.Interviews
	o.before = o.m.Copied()
	return o, nil
}

// readLadders reads how long what the rules bound themselves is waited for.
func (o *open) readLadders(ctx context.Context) error {
	for _, kind := range []coaching.LadderKind{coaching.ApprovalLadder, coaching.InterviewLadder} {
		if _, err := o.followUp(ctx, kind); err != nil {
			return err
		}
	}
	o.clock = coaching.MatchingClock{Now: o.ref.At, Undo: time.Duration(o.names.UndoSeconds) * time.Second, Ends: o.ends}
	return nil
}

func (o *open) followUp(ctx context.Context, kind coaching.LadderKind) (outbox.FollowUp, error) {
	if known, is := o.ladders[kind]; is {
		return known, nil
	}
	follow, err := outbox.FollowUpOf(ctx, o.Queries, o.ref.Org, kind)
	if err == nil {
		o.ladders[kind] = follow
	}
	return follow, err
}

// ends is when a ladder ends that began at a moment, on the organization's clock.
func (o *open) ends(kind coaching.LadderKind, start time.Time) time.Time {
	follow := o.ladders[kind]
	zones := coaching.LadderZones{Reader: follow.Zone, Coach: follow.Zone, Admins: follow.Zone}
	return follow.Ladder.Lay(coaching.LadderInput{Start: start, Now: start, Zones: zones, Hours: follow.Hours}).End().Effect
}

// Detail are the rows behind a matching.
type Detail struct {
	Coaches    map[uuid.UUID]rows.MatchingCoachesRow
	Interviews map[uuid.UUID]rows.Interview
}

// Load brings a matching into the form of the rules, with the rows behind it.
func Load(ctx context.Context, q *rows.Queries, row rows.Matching) (*coaching.Matching, Detail, error) {
	m := &coaching.Matching{Status: coaching.MatchingStatus(row.Status), Since: row.Since, AskedToSelect: db.Deref(row.AskedAt), Coach: db.Deref(row.CoachID)}
	detail := Detail{map[uuid.UUID]rows.MatchingCoachesRow{}, map[uuid.UUID]rows.Interview{}}
	if err := json.Unmarshal(row.Settings, &m.Settings); err != nil {
		return m, detail, fmt.Errorf("read settings of matching: %w", err)
	}
	if row.Selection != nil {
		if err := json.Unmarshal(row.Selection, &m.Selection); err != nil {
			return m, detail, fmt.Errorf("read selection: %w", err)
		}
	}
	if err := loadCoaches(ctx, q, row, m, detail); err != nil {
		return m, detail, err
	}
	list, err := q.InterviewsOfMatching(ctx, row.OrgID, row.ID)
	if err != nil {
		return m, detail, fmt.Errorf("read interviews: %w", err)
	}
	for _, row := range list {
		i, err := InterviewOf(row)
		if err != nil {
			return m, detail, err
		}
		detail.Interviews[row.ID] = row
		m.Interviews = append(m.Interviews, i)
	}
	return m, detail, nil
}

func loadCoaches(ctx context.Context, q *rows.Queries, row rows.Matching, m *coaching.Matching, detail Detail) error {
	coaches, err := q.MatchingCoaches(ctx, row.OrgID, row.ID)
	if err != nil {
		return fmt.Errorf("read coaches of matching: %w", err)
	}
	for _, c := range coaches {
		candidate, err := candidateOf(c.Profile, c.Clients)
		if err != nil {
			return err
		}
		detail.Coaches[c.CoachID] = c
		m.Coaches = append(m.Coaches, coaching.OfferedCoach{ID: c.CoachID, Gone: c.GoneAt != nil, Full: candidate.Full()})
	}
	return nil
}

func candidateOf(profile json.RawMessage, clients int32) (coaching.Candidate, error) {
	out := coaching.Candidate{Clients: int(clients)}
	if err := json.Unmarshal(profile, &out.Profile); err != nil {
		return out, fmt.Errorf("read profile: %w", err)
	}
	return out, nil
}

// InterviewOf reads a row as the rules see it.
func InterviewOf(row rows.Interview) (coaching.Interview, error) {
	i := coaching.Interview{ID: row.ID, Coach: row.CoachID, State: coaching.InterviewState(row.State), Since: row.Since, Until: db.Deref(row.Until), Start: db.Deref(row.StartsAt),
		Minutes: int(row.Minutes), Proposals: row.Proposals, CoachKnows: row.CoachKnows, Silent: row.Silent, Scheduled: row.Scheduled}
	if row.Decision != nil {
		if err := json.Unmarshal(row.Decision, &i.Decision); err != nil {
			return i, fmt.Errorf("read decision: %w", err)
		}
	}
	return i, nil
}

// refresh takes over what has changed beside the matching, and what the time has brought.
func (o *open) refresh() {
	gone := func(coach uuid.UUID) bool {
		row, known := o.coaches[coach]
		return known && !row.IsCoach
	}
	full := func(coach uuid.UUID) bool {
		offered := o.m.Offered(coach)
		return offered != nil && offered.Full
	}
	o.words = append(o.words, o.m.Refresh(gone, full, o.clock)...)
}

// applyStored carries a stored act out.
func (o *open) applyStored(ctx context.Context, id uuid.UUID) error {
	row, err := o.MatchingActGet(ctx, rows.MatchingActGetParams{OrgID: o.ref.Org, ID: id, MatchingID: o.ref.Matching})
	if db.NoRow(err) {
		return coaching.Problemf(coaching.NotFound, "matching_act_not_found", "There is no such act.")
	}
	if err != nil {
		return fmt.Errorf("read act: %w", err)
	}
	if row.AppliedAt != nil {
		return nil
	}
	var act coaching.MatchingAct
	if err := json.Unmarshal(row.Wanted, &act); err != nil {
		return fmt.Errorf("read act: %w", err)
	}
	if err := o.apply(ctx, act); err != nil {
		return err
	}
	applied, err := o.MatchingActApplied(ctx, rows.MatchingActAppliedParams{OrgID: o.ref.Org, ID: id, AppliedAt: &o.ref.At})
	if err != nil || applied != 1 {
		return fmt.Errorf("note act as done (%d): %w", applied, err)
	}
	return nil
}

// apply does an act, and keeps what people wrote with it.
func (o *open) apply(ctx context.Context, act coaching.MatchingAct) error {
	o.refresh()
	if err := o.checkSlot(ctx, act); err != nil {
		return err
	}
	words, problem := o.m.Apply(act, o.clock)
	if problem != nil {
		return problem
	}
	o.words = append(o.words, words...)
	if i := o.m.Interview(act.Interview); i != nil {
		row := o.interviews[i.ID]
		switch act.Kind {
		case coaching.AskInterview, coaching.AskAgain:
			row.Memo = act.Words
		case coaching.ApproveInterview, coaching.TakeDecisionBack, coaching.HoldInterview, coaching.MissInterview, coaching.TakeProposal:
		default:
			row.Reason = act.Words
		}
		if act.Kind == coaching.AskInterview || act.Kind == coaching.TakeProposal {
			row.Place = o.meetingOf(i.Coach)
		}
		o.interviews[i.ID] = row
	}
	switch act.Kind {
	case coaching.CancelMatching, coaching.RejectSelection:
		o.row.Reason = act.Words
	}
	return nil
}

// checkSlot refuses a time that the coachee chose and that is not free.
func (o *open) checkSlot(ctx context.Context, act coaching.MatchingAct) error {
	if !act.FreeSlot {
		return nil
	}
	want, coach := coaching.SlotRequest{Start: act.At, Minutes: o.m.Settings.InterviewMinutes, Now: o.ref.At}, act.Coach
	if i := o.m.Interview(act.Interview); i != nil {
		want.Minutes, want.Moves, coach = i.Minutes, i.ID, i.Coach
	}
	return o.s.CheckSlot(ctx, o.Queries, o.ref.Org, coach, want)
}

// meetingOf is where interviews with a coach are held.
func (o *open) meetingOf(coach uuid.UUID) string {
	candidate, err := candidateOf(o.coaches[coach].Profile, 0)
	if err != nil {
		return ""
	}
	return candidate.Profile.Meeting
}
