package db

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"coachflow/db/rows"
)

// InOrg runs do in one transaction that sees only org's rows, and commits it unless do
// fails. BEGIN and the organization are set in one round trip.
func (d *DB) InOrg(ctx context.Context, org uuid.UUID, do func(*rows.Queries) error) error {
	begin := fmt.Sprintf("begin; select set_config('app.org_id', '%s', true)", org)
	return pgx.BeginTxFunc(ctx, d.pool, pgx.TxOptions{BeginQuery: begin}, func(tx pgx.Tx) error { return do(rows.New(tx)) })
}
