package matching

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
)

// person reads somebody who is written to, once in a transaction.
func (o *open) person(ctx context.Context, id uuid.UUID) (rows.ContactGetRow, error) {
	if known, is := o.known[id]; is {
		return known, nil
	}
	who, err := o.ContactGet(ctx, o.ref.Org, id)
	if err != nil {
		return who, fmt.Errorf("read person: %w", err)
	}
	o.known[id] = who
	return who, nil
}

// readers are the people who are told a word.
func (o *open) readers(ctx context.Context, w coaching.MatchingWord) ([]rows.ContactGetRow, error) {
	var ids []uuid.UUID
	switch w.To {
	case coaching.MatchingCoachee:
		ids = []uuid.UUID{o.names.CoacheeID}
	case coaching.MatchingCoach:
		ids = []uuid.UUID{w.Coach}
	case coaching.MatchingAdmins:
		return o.admins(ctx, w.Letter == coaching.ApprovalNeededLetter || w.Letter == coaching.ApprovalReminderLetter || w.Letter == coaching.ApprovalExpiredLetter)
	}
	var out []rows.ContactGetRow
	for _, id := range ids {
		who, err := o.person(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, who)
	}
	return out, nil
}

// admins are those who decide or, where it is not about a decision or none of them is an
// admin any more, all of them.
func (o *open) admins(ctx context.Context, deciding bool) ([]rows.ContactGetRow, error) {
	list, err := o.AdminsOf(ctx, o.ref.Org)
	if err != nil {
		return nil, fmt.Errorf("read admins: %w", err)
	}
	var all, chosen []rows.ContactGetRow
	for _, admin := range list {
		all = append(all, rows.ContactGetRow(admin))
		if slices.Contains(o.m.Settings.Approvers, admin.ID) {
			chosen = append(chosen, rows.ContactGetRow(admin))
		}
	}
	if deciding && len(chosen) > 0 {
		return chosen, nil
	}
	return all, nil
}
