package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"coachflow/activities"
	"coachflow/app"
	"coachflow/db"
)

// mostRows is how many rows a statement of a list may look at, for pages of 50:
// as many as it shows, those that go with them, and as many as lie between them.
const mostRows = 600

// mostStatements is how many statements a list may take, however long it is.
const mostStatements = 10

// TestLists_LookAtAsManyRowsAsTheyShow reads every list with each of its filters
// and asks the planner about each statement of it. What it finds at this size by
// its index, it finds so at any.
func TestLists_LookAtAsManyRowsAsTheyShow(t *testing.T) {
	w := newListWorld(t, 2000)
	a, seen := w.open(t)
	plans := w.plans(t, asWithMore)
	for _, c := range w.listCases() {
		seen.reset()
		require.NoError(t, c.read(t.Context(), a), c.name)
		statements := seen.list()
		require.NotEmpty(t, statements, c.name)
		if len(statements) > mostStatements {
			t.Errorf("%s takes %d statements; it must not take more for more rows", c.name, len(statements))
		}
		for _, s := range statements {
			if plan := plans.explain(t, s); plan.most() > max(c.most, mostRows) {
				t.Errorf("%s looks at %d rows:\n%s\n%s", c.name, plan.most(), s.sql, plan.text)
			}
		}
	}
}

// open is the application on the world, and what it asks the database.
func (w listWorld) open(t testing.TB) (*app.App, *statementLog) {
	t.Helper()
	seen := &statementLog{}
	d, err := db.Open(t.Context(), w.url, db.WithTracer(seen))
	require.NoError(t, err)
	t.Cleanup(d.Close)
	log := slog.New(slog.DiscardHandler)
	return app.New(activities.NewDomain(activities.Config{DB: d, InboundDomain: "in.example", Log: log}), nil, log, time.Second), seen
}

// statement is one statement as it was asked.
type statement struct {
	sql      string
	args     []any
	byValues bool // planned for its values
}

// statementLog notes the statements of the application.
type statementLog struct {
	mu       sync.Mutex
	seen     []statement
	byValues bool
}

var (
	_ pgx.QueryTracer = (*statementLog)(nil)
	_ pgx.BatchTracer = (*statementLog)(nil)
)

func (l *statementLog) note(sql string, args []any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case strings.Contains(sql, "-- name: PlanByValues"):
		l.byValues = true
	case strings.HasPrefix(sql, "begin"):
		l.byValues = false
	case strings.Contains(sql, "-- name: "):
		l.seen = append(l.seen, statement{sql, args, l.byValues})
	}
}

func (l *statementLog) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen = nil
}

func (l *statementLog) list() []statement {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seen
}

// TraceQueryStart notes a statement.
func (l *statementLog) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	l.note(data.SQL, data.Args)
	return ctx
}

// TraceQueryEnd has nothing to note.
func (l *statementLog) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart has nothing to note: a batch tells each of its statements.
func (l *statementLog) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

// TraceBatchQuery notes a statement of a batch.
func (l *statementLog) TraceBatchQuery(_ context.Context, _ *pgx.Conn, data pgx.TraceBatchQueryData) {
	l.note(data.SQL, data.Args)
}

// TraceBatchEnd has nothing to note.
func (l *statementLog) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// planner explains statements as the application's role.
type planner struct{ conn *pgx.Conn }

func (w listWorld) plans(t testing.TB, settings ...string) planner {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), w.url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(context.Background())) })
	for _, sql := range append(settings, "SET ROLE coachflow_app", "SET app.org_id = '"+w.org.String()+"'", "SET jit = off") {
		_, err := conn.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	return planner{conn}
}

// plan is what Postgres did for a statement.
type plan struct {
	root planNode
	text string
}

type planNode struct {
	Type    string     `json:"Node Type"`
	Rows    float64    `json:"Actual Rows"` // on the average of the loops
	Loops   float64    `json:"Actual Loops"`
	Filter  float64    `json:"Rows Removed by Filter"`
	Join    float64    `json:"Rows Removed by Join Filter"`
	Recheck float64    `json:"Rows Removed by Index Recheck"`
	Plans   []planNode `json:"Plans"`
}

// most is the largest number of rows that any node of the plan looked at.
func (p plan) most() int { return int(p.root.most()) }

func (n planNode) most() float64 {
	most := (n.Rows + n.Filter + n.Join + n.Recheck) * n.Loops
	if n.Type == "Bitmap Index Scan" {
		most /= 10 // entries of an index, side by side
	}
	for _, below := range n.Plans {
		most = max(most, below.most())
	}
	return most
}

// asWithMore lets Postgres plan as it would with many more rows: reading a whole
// table, to find rows or to join them, is the last resort.
const asWithMore = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off"

// explain runs a statement and says how.
func (p planner) explain(t testing.TB, s statement) plan {
	t.Helper()
	mode := "force_generic_plan"
	if s.byValues {
		mode = "force_custom_plan"
	}
	run := func(sql string) {
		_, err := p.conn.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
	}
	run("SET plan_cache_mode = " + mode)
	run("SET max_parallel_workers_per_gather = 0") // as db.List does
	run("PREPARE asked AS " + s.sql)
	defer run("DEALLOCATE asked")
	execute := " EXECUTE asked"
	if len(s.args) > 0 {
		execute += "(" + literals(t, s.args) + ")"
	}
	var whole []struct{ Plan planNode }
	var data string
	require.NoError(t, p.conn.QueryRow(t.Context(), "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON)"+execute).Scan(&data), s.sql)
	require.NoError(t, json.Unmarshal([]byte(data), &whole))
	lines, err := p.conn.Query(t.Context(), "EXPLAIN (ANALYZE, BUFFERS)"+execute)
	require.NoError(t, err)
	text, err := pgx.CollectRows(lines, pgx.RowTo[string])
	require.NoError(t, err)
	return plan{root: whole[0].Plan, text: strings.Join(text, "\n")}
}

// literals writes arguments as SQL.
func literals(t testing.TB, args []any) string {
	t.Helper()
	out := make([]string, len(args))
	for i, arg := range args {
		out[i] = literal(t, arg)
	}
	return strings.Join(out, ", ")
}

func literal(t testing.TB, arg any) string {
	t.Helper()
	quote := func(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
	switch value := arg.(type) {
	case uuid.UUID:
		return quote(value.String())
	case string:
		return quote(value)
	case int32, int64, bool:
		return fmt.Sprint(value)
	case *bool:
		if value != nil {
			return literal(t, *value)
		}
	case *time.Time:
		if value != nil {
			return literal(t, *value)
		}
	case []string:
		return quote("{" + strings.Join(value, ",") + "}")
	case time.Time:
		return quote(value.Format(time.RFC3339Nano))
	case []uuid.UUID:
		if value == nil {
			return "NULL"
		}
		texts := make([]string, len(value))
		for i, id := range value {
			texts[i] = id.String()
		}
		return quote("{" + strings.Join(texts, ",") + "}")
	case *uuid.UUID:
		if value != nil {
			return literal(t, *value)
		}
	case *string:
		if value != nil {
			return literal(t, *value)
		}
	default:
		t.Fatalf("no literal for %T", arg)
	}
	return "NULL"
}
