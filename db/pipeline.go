package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"coachflow/db/rows"
)

// InOrgPipelined is InOrg for work that writes much and looks at few results:
// statements of kind :exec and :batchexec wait and travel together, before the
// next question or the commit. Their faults come up there. A statement that
// counts rows (:execrows) must not be used in it: its count is always 0.
func (d *DB) InOrgPipelined(ctx context.Context, org uuid.UUID, do func(*rows.Queries) error) error {
	return pgx.BeginTxFunc(ctx, d.pool, beginIn(org), func(tx pgx.Tx) error {
		p := &pipeline{tx: tx, batch: &pgx.Batch{}}
		if err := do(rows.New(p)); err != nil {
			return err
		}
		return p.flush(ctx)
	})
}

// pipeline is a transaction that holds writes back until they must go.
type pipeline struct {
	tx    pgx.Tx
	batch *pgx.Batch
}

func (p *pipeline) take() *pgx.Batch {
	batch := p.batch
	p.batch = &pgx.Batch{}
	return batch
}

func (p *pipeline) flush(ctx context.Context) error {
	if p.batch.Len() == 0 {
		return nil
	}
	if err := p.tx.SendBatch(ctx, p.take()).Close(); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// Exec lets a write wait.
func (p *pipeline) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	p.batch.Queue(sql, args...)
	return pgconn.CommandTag{}, nil
}

// Query sends what waits and then asks.
func (p *pipeline) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if err := p.flush(ctx); err != nil {
		return nil, err
	}
	return p.tx.Query(ctx, sql, args...)
}

// QueryRow asks in the same round trip as what waits.
func (p *pipeline) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if p.batch.Len() == 0 {
		return p.tx.QueryRow(ctx, sql, args...)
	}
	batch := p.take()
	writes := batch.Len()
	batch.Queue(sql, args...)
	return lastRow{p.tx.SendBatch(ctx, batch), writes}
}

// SendBatch lets the writes of a batch wait with the others.
func (p *pipeline) SendBatch(_ context.Context, b *pgx.Batch) pgx.BatchResults {
	for _, q := range b.QueuedQueries {
		p.batch.Queue(q.SQL, q.Arguments...)
	}
	return waiting{}
}

// lastRow is the answer to a question that travelled behind writes.
type lastRow struct {
	results pgx.BatchResults
	writes  int
}

// Scan reads the answer, after the faults of the writes before it.
func (r lastRow) Scan(dest ...any) error {
	for range r.writes {
		if _, err := r.results.Exec(); err != nil {
			return errors.Join(fmt.Errorf("write: %w", err), ignoreClose(r.results))
		}
	}
	err := r.results.QueryRow().Scan(dest...)
	if closed := r.results.Close(); err == nil && closed != nil {
		return fmt.Errorf("write: %w", closed)
	}
	return err
}

// ignoreClose gives the connection back after a fault, which Close repeats.
func ignoreClose(results pgx.BatchResults) error {
	_ = results.Close()
	return nil
}

// waiting stands for the results of writes that have not been sent yet.
type waiting struct{}

// Exec reports nothing wrong: what is wrong comes up when the writes travel.
func (waiting) Exec() (pgconn.CommandTag, error) { return pgconn.CommandTag{}, nil }

// Query is never asked of writes.
func (waiting) Query() (pgx.Rows, error) { return nil, errors.New("db: a waiting write has no rows") }

// QueryRow is never asked of writes.
func (waiting) QueryRow() pgx.Row { return noRow{} }

// Close does nothing.
func (waiting) Close() error { return nil }

// Tx is nil: the writes belong to the transaction they wait in.
func (waiting) Tx() pgx.Tx { return nil }

type noRow struct{}

// Scan fails: there is no row.
func (noRow) Scan(...any) error { return pgx.ErrNoRows }
