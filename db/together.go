package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"coachflow/db/rows"
)

// Together asks several questions in one trip to the database, with everything
// that waits before them. Each function asks at most one question, of the
// Queries that it is given, and takes its answer. They are asked in the order of
// the arguments, and the first fault in that order is returned.
func Together(ctx context.Context, q *rows.Queries, questions ...func(*rows.Queries) error) error {
	t, ok := q.Way().(*transaction)
	if !ok {
		for _, ask := range questions {
			if err := ask(q); err != nil {
				return err
			}
		}
		return nil
	}
	asked := make([]*question, len(questions))
	before := t.waits.Len()
	for i, ask := range questions {
		asked[i] = &question{t: t, put: make(chan struct{}), answer: make(chan reply, 1), end: make(chan error, 1)}
		asked[i].run(ask)
	}
	return t.answerAll(ctx, asked, before)
}

// question is the way to the database of one function of Together: it keeps
// the question, and the function waits for the answer.
type question struct {
	t      *transaction
	put    chan struct{} // closed when the question waits with the others
	is     bool          // it does
	answer chan reply
	end    chan error // how the function ended
}

type reply struct {
	rows pgx.Rows
	err  error
}

// run starts the function and returns when it waits, or has ended.
func (q *question) run(ask func(*rows.Queries) error) {
	go func() {
		err := errors.New("db: the question did not return")
		defer func() {
			if fault := recover(); fault != nil {
				err = fmt.Errorf("db: panic in a question: %v", fault)
			}
			q.end <- err
		}()
		err = ask(rows.New(q))
	}()
	select {
	case <-q.put:
	case err := <-q.end:
		q.end <- err
	}
}

// answerAll sends what waits and gives every function its answer in turn.
func (t *transaction) answerAll(ctx context.Context, asked []*question, before int) error {
	if t.waits.Len() == before { // nobody asked
		return ended(asked)
	}
	results, err := t.send(ctx, t.take(), before)
	for _, q := range asked {
		switch {
		case q.is && err != nil:
			q.answer <- reply{err: err}
		case q.is:
			found, err := results.Query()
			q.answer <- reply{found, err}
		}
		end := <-q.end // it has read its rows
		q.end <- end
	}
	if err != nil {
		return err
	}
	failed := ended(asked)
	if err := results.Close(); err != nil && failed == nil {
		failed = fmt.Errorf("read: %w", err)
	}
	return failed
}

// ended waits for all functions and is the first fault.
func ended(asked []*question) (first error) {
	for _, q := range asked {
		if err := <-q.end; err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Query keeps the question and waits for its rows.
func (q *question) Query(_ context.Context, sql string, args ...any) (pgx.Rows, error) {
	if q.is {
		return nil, errOneQuestion
	}
	q.t.waits.Queue(sql, args...)
	q.is = true
	close(q.put)
	r := <-q.answer
	return r.rows, r.err
}

// QueryRow keeps the question and waits for its row.
func (q *question) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	found, err := q.Query(ctx, sql, args...)
	return oneRow{found, err}
}

var errOneQuestion = errors.New("db: only one question each can be asked together with others")

// Exec is no question.
func (q *question) Exec(context.Context, string, ...any) (pgconn.CommandTag, error) {
	return pgconn.CommandTag{}, errOneQuestion
}

// SendBatch is no question.
func (q *question) SendBatch(context.Context, *pgx.Batch) pgx.BatchResults {
	return waiting{errOneQuestion}
}
