package db

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"coachflow/db/rows"
)

// List is InOrg for lists. A list has filters that may be left out, and asks for
// a page of some size: one plan for all of its values is wrong for most of them
// (of a million mails it walks all to find the three that failed, or joins all
// people to show fifty). So Postgres plans the statements of this transaction for
// the values that they are given, which takes about a millisecond. Every filter
// has its index all the same.
func (d *DB) List(ctx context.Context, org uuid.UUID, do func(*rows.Queries) error) error {
	return d.InOrg(ctx, org, func(q *rows.Queries) error {
		if err := q.PlanByValues(ctx); err != nil {
			return fmt.Errorf("plan by values: %w", err)
		}
		return do(q)
	})
}
