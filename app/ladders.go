package app

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// LadderSetting is what follows while something of a kind is waited for: the reminders and
// the end, as the organization has set them or by default.
type LadderSetting struct {
	coaching.Ladder
	Title   string   `json:"title"`
	Own     bool     `json:"own" doc:"Whether the organization has set it; else it is the default."`
	Version int      `json:"version" doc:"0 for the default."`
	Words   []string `json:"words" doc:"What it does, in sentences."`
}

// LaddersInUse are the kinds of things that are waited for today; the others come with
// what they are about.
var LaddersInUse = []coaching.LadderKind{coaching.InvitationLadder, coaching.ItemLadder}

func ladderSetting(l coaching.Ladder, version int) LadderSetting {
	return LadderSetting{Ladder: l, Title: l.Kind.Title(), Own: version > 0, Version: version, Words: coaching.Describe(l)}
}

// ListLadders lists what follows for each kind of thing that is waited for.
func (a *App) ListLadders(ctx context.Context, p Principal) ([]LadderSetting, error) {
	if err := adminOnly(p); err != nil {
		return nil, err
	}
	out := []LadderSetting{}
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		for _, kind := range LaddersInUse {
			setting, err := readLadder(ctx, q, p, kind)
			if err != nil {
				return err
			}
			out = append(out, setting)
		}
		return nil
	})
	return out, err
}

// GetLadder reads one of them.
func (a *App) GetLadder(ctx context.Context, p Principal, kind coaching.LadderKind) (LadderSetting, error) {
	var out LadderSetting
	if err := ladderInUse(p, kind); err != nil {
		return out, err
	}
	err := a.inOrg(ctx, p, func(q *rows.Queries) (err error) {
		out, err = readLadder(ctx, q, p, kind)
		return err
	})
	return out, err
}

func ladderInUse(p Principal, kind coaching.LadderKind) error {
	if err := adminOnly(p); err != nil {
		return err
	}
	if !slices.Contains(LaddersInUse, kind) {
		return notFound("ladder")
	}
	return nil
}

func readLadder(ctx context.Context, q *rows.Queries, p Principal, kind coaching.LadderKind) (LadderSetting, error) {
	row, err := q.LadderGet(ctx, string(kind), p.Org)
	if err != nil {
		return LadderSetting{}, wrap(err, "read ladder")
	}
	if row.Ladder == nil {
		return ladderSetting(coaching.DefaultLadders[kind], 0), nil
	}
	var own coaching.Ladder
	if err := json.Unmarshal(row.Ladder, &own); err != nil {
		return LadderSetting{}, wrap(err, "read ladder")
	}
	return ladderSetting(own, int(row.Version)), nil
}

// SetLadder replaces what follows for a kind. It acts on plans that are made from then on
// (R5): reminders that are planned already stay as they are.
func (a *App) SetLadder(ctx context.Context, p Principal, kind coaching.LadderKind, in coaching.Ladder) (LadderSetting, error) {
	if err := ladderInUse(p, kind); err != nil {
		return LadderSetting{}, err
	}
	in.Kind = kind
	if problem := in.Check(""); problem != nil {
		return LadderSetting{}, problem
	}
	data, err := json.Marshal(in)
	if err != nil {
		return LadderSetting{}, wrap(err, "write ladder")
	}
	var out LadderSetting
	err = a.inOrg(ctx, p, func(q *rows.Queries) error {
		row, err := q.LadderUpsert(ctx, rows.LadderUpsertParams{OrgID: p.Org, Kind: string(kind), Ladder: data, UpdatedAt: now()})
		out = ladderSetting(in, int(row.Version))
		return wrap(err, "store ladder")
	})
	return out, err
}

// ResetLadder goes back to the default of a kind.
func (a *App) ResetLadder(ctx context.Context, p Principal, kind coaching.LadderKind) (LadderSetting, error) {
	if err := ladderInUse(p, kind); err != nil {
		return LadderSetting{}, err
	}
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		return wrap(q.LadderDelete(ctx, p.Org, string(kind)), "delete ladder")
	})
	return ladderSetting(coaching.DefaultLadders[kind], 0), err
}

// LadderPreview is what a sending of today would bring.
type LadderPreview struct {
	Start time.Time           `json:"start"`
	Due   *time.Time          `json:"due,omitempty"`
	Steps []LadderPreviewStep `json:"steps"`
}

// LadderPreviewStep is one mail of it, or one that would not go out.
type LadderPreviewStep struct {
	Name    string            `json:"name" doc:"request, reminder-1, escalation, end"`
	At      time.Time         `json:"at"`
	Text    string            `json:"text" doc:"The moment on the clock of the organization."`
	To      coaching.Audience `json:"to,omitempty"`
	Dropped string            `json:"dropped,omitempty" doc:"Why it does not go out; absent where it does."`
}

// PreviewLadder lays a ladder out for something that is sent now and is due some days
// later (0: without a due date), on the clock of the organization.
func (a *App) PreviewLadder(ctx context.Context, p Principal, in coaching.Ladder, dueDays int) (LadderPreview, error) {
	if err := ladderInUse(p, in.Kind); err != nil {
		return LadderPreview{}, err
	}
	if problem := in.Check(""); problem != nil {
		return LadderPreview{}, problem
	}
	out := LadderPreview{Start: now(), Steps: []LadderPreviewStep{}}
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		follow, err := outbox.FollowUpOf(ctx, q, p.Org, in.Kind)
		if err != nil {
			return err
		}
		lay := coaching.LadderInput{Start: out.Start, Now: out.Start, Hours: follow.Hours, Zones: coaching.LadderZones{Reader: follow.Zone, Coach: follow.Zone, Admins: follow.Zone}}
		if dueDays > 0 {
			lay.Due = coaching.Delay{Amount: dueDays, Unit: coaching.Days}.After(out.Start, follow.Zone).UTC()
			out.Due = &lay.Due
		}
		out.lay(in.Lay(lay), follow.Zone)
		return nil
	})
	return out, err
}

func (l *LadderPreview) lay(laid coaching.Layout, zone *time.Location) {
	for _, s := range laid.Steps {
		l.Steps = append(l.Steps, LadderPreviewStep{Name: s.Name, At: s.At, Text: coaching.ShowTime(s.At, zone), To: s.To})
	}
	for _, s := range laid.Dropped {
		l.Steps = append(l.Steps, LadderPreviewStep{Name: s.Name, At: s.At, Text: coaching.ShowTime(s.At, zone), To: s.To, Dropped: s.Reason.Words()})
	}
	slices.SortStableFunc(l.Steps, func(a, b LadderPreviewStep) int { return a.At.Compare(b.At) })
}
