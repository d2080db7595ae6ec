package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"coachflow/db/rows"
)

// InOrg runs do in one transaction that sees only org's rows, and commits it
// unless do fails.
func (d *DB) InOrg(ctx context.Context, org uuid.UUID, do func(*rows.Queries) error) error {
	return d.inOrg(ctx, org, false, do)
}

// InOrgPipelined is InOrg for work that writes much and looks at few results:
// statements of kind :exec and :batchexec wait and travel together, before the
// next question or with the commit. Their faults come up there. A statement
// that counts rows (:execrows) must not be used in it: its count is always 0.
func (d *DB) InOrgPipelined(ctx context.Context, org uuid.UUID, do func(*rows.Queries) error) error {
	return d.inOrg(ctx, org, true, do)
}

func (d *DB) inOrg(ctx context.Context, org uuid.UUID, hold bool, do func(*rows.Queries) error) error {
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer conn.Release() // which closes one that is still in a transaction
	t := &transaction{conn: conn.Conn(), waits: &pgx.Batch{}, hold: hold}
	t.waits.Queue("begin")
	t.waits.Queue("select set_config('app.org_id', $1, true)", org.String())
	err = do(rows.New(t))
	if err == nil {
		err = t.commit(ctx)
	}
	if err != nil {
		t.rollback(ctx)
	}
	return err
}

// beginning is the number of statements that begin a transaction.
const beginning = 2

// transaction is one transaction on one connection. On the way of an act from
// a person's click to the mail that follows, trips to the database are most of
// the time: so its beginning travels with the first statement, and what waits
// travels with its end.
type transaction struct {
	conn  *pgx.Conn
	waits *pgx.Batch // to be sent before anything else
	hold  bool       // writes wait, too
	sent  bool       // anything was sent
}

// take is what waits, which is then no longer waiting.
func (t *transaction) take() *pgx.Batch {
	batch := t.waits
	t.waits = &pgx.Batch{}
	return batch
}

// travel sends what waits and one more statement, and gives its results, which
// must be closed.
func (t *transaction) travel(ctx context.Context, sql string, args ...any) (pgx.BatchResults, error) {
	before := t.waits.Len()
	t.waits.Queue(sql, args...)
	return t.send(ctx, t.take(), before)
}

// travelWrite is travel with a statement that has no rows.
func (t *transaction) travelWrite(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	results, err := t.travel(ctx, sql, args...)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	tag, err := results.Exec()
	if closed := results.Close(); err == nil {
		err = closed
	}
	return tag, err
}

// send sends a batch and reads the results of its first statements.
func (t *transaction) send(ctx context.Context, batch *pgx.Batch, before int) (pgx.BatchResults, error) {
	t.sent = true
	results := t.conn.SendBatch(ctx, batch)
	for range before {
		if _, err := results.Exec(); err != nil {
			_ = results.Close() // repeats the fault
			return nil, fmt.Errorf("write: %w", err)
		}
	}
	return results, nil
}

func (t *transaction) commit(ctx context.Context) error {
	if !t.sent && t.waits.Len() == beginning {
		return nil // nothing was asked or written
	}
	tag, err := t.travelWrite(ctx, "commit")
	if err == nil && tag.String() != "COMMIT" {
		err = errors.New("it was rolled back")
	}
	if err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// rollback gives the connection back in order; where that does not work, it is
// closed when it is released.
func (t *transaction) rollback(ctx context.Context) {
	if !t.sent || t.conn.IsClosed() || t.conn.PgConn().TxStatus() == 'I' {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_, _ = t.conn.Exec(ctx, "rollback") // releasing the connection finds out
}

// Exec writes, or lets a write wait.
func (t *transaction) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if t.hold {
		t.waits.Queue(sql, args...)
		return pgconn.CommandTag{}, nil
	}
	if t.waits.Len() == 0 {
		return t.conn.Exec(ctx, sql, args...)
	}
	return t.travelWrite(ctx, sql, args...)
}

// Query asks for rows, behind what waits.
func (t *transaction) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if t.waits.Len() == 0 {
		return t.conn.Query(ctx, sql, args...)
	}
	results, err := t.travel(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	found, err := results.Query()
	if err != nil {
		_ = results.Close() // repeats the fault
		return nil, err
	}
	return lastRows{found, results}, nil
}

// QueryRow asks for a row, behind what waits.
func (t *transaction) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	found, err := t.Query(ctx, sql, args...)
	return oneRow{found, err}
}

// SendBatch writes a batch, or lets it wait.
func (t *transaction) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	before := t.waits.Len()
	for _, q := range b.QueuedQueries {
		t.waits.Queue(q.SQL, q.Arguments...)
	}
	if t.hold {
		return waiting{}
	}
	results, err := t.send(ctx, t.take(), before)
	if err != nil {
		return waiting{err}
	}
	return results
}

// lastRows are the rows of a question that travelled behind what waited.
type lastRows struct {
	pgx.Rows
	results pgx.BatchResults
}

// Next goes on to the next row; after the last one the connection is free.
func (r lastRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.Close()
	return false
}

// Close frees the connection.
func (r lastRows) Close() {
	r.Rows.Close()
	_ = r.results.Close() // nothing comes after the question; its own fault is the rows'
}

// oneRow is the first row of an answer.
type oneRow struct {
	rows pgx.Rows
	err  error
}

// Scan reads the row; pgx.ErrNoRows where there is none.
func (r oneRow) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	r.rows.Close()
	return r.rows.Err()
}

// waiting stands for the results of writes that have not been sent yet, or
// that could not be.
type waiting struct{ err error }

// Exec reports nothing wrong: what is wrong comes up when the writes travel.
func (w waiting) Exec() (pgconn.CommandTag, error) { return pgconn.CommandTag{}, w.err }

// Query is never asked of writes.
func (w waiting) Query() (pgx.Rows, error) { return nil, errNoQuestion }

// QueryRow is never asked of writes.
func (w waiting) QueryRow() pgx.Row { return oneRow{err: errNoQuestion} }

// Close does nothing.
func (w waiting) Close() error { return w.err }

// Tx is nil: the writes belong to the transaction they wait in.
func (w waiting) Tx() pgx.Tx { return nil }

var errNoQuestion = errors.New("db: a waiting write has no rows")
