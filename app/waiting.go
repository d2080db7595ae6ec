package app

import (
	"context"

	"coachflow/db/rows"
)

// Waiting is how much waits for somebody, by where; each number is 100 at most.
type Waiting struct {
	Quarantined int // mails in quarantine, for admins
}

// CountWaiting counts what waits for the principal.
func (a *App) CountWaiting(ctx context.Context, p Principal) (Waiting, error) {
	var out Waiting
	if !p.Admin() {
		return out, nil
	}
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		n, err := q.InboundMailQuarantinedCount(ctx, p.Org)
		out.Quarantined = int(n)
		return wrap(err, "count mails in quarantine")
	})
	return out, err
}
