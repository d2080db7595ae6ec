package app

import (
	"context"
	"encoding/json"
	"slices"

	"coachflow/coaching"
	"coachflow/db/rows"
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
var LaddersInUse = []coaching.LadderKind{coaching.InvitationLadder, coaching.ItemLadder, coaching.SessionLadder, coaching.NoSessionBookedLadder}

func ladderSetting(l coaching.Ladder, version int) LadderSetting {
	if l.Steps == nil {
		l.Steps = []coaching.Rung{} // a list in JSON, though of nothing
	}
	if l.WithoutDue != nil && l.WithoutDue.Steps == nil {
		l.WithoutDue = &coaching.LadderSteps{Steps: []coaching.Rung{}, End: l.WithoutDue.End}
	}
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

// ItemReminders are the reminders of items in words that go on a sentence: "a reminder
// every 3 days, 5 times at most".
type ItemReminders struct{ WithDue, WithoutDue string }

// RemindersOfItems are the words for the organization's reminders of items, for whoever
// plans an item.
func (a *App) RemindersOfItems(ctx context.Context, p Principal) (ItemReminders, error) {
	if !p.Admin() && !p.Coach() {
		return ItemReminders{}, coachOnly()
	}
	var out ItemReminders
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		setting, err := readLadder(ctx, q, p, coaching.ItemLadder)
		out.WithDue = setting.Kind.ReminderWords(setting.LadderSteps)
		if setting.WithoutDue != nil {
			out.WithoutDue = setting.Kind.ReminderWords(*setting.WithoutDue)
		}
		return err
	})
	return out, err
}
