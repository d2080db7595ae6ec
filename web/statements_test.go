package web

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"coachflow/db"
	"coachflow/db/rows"
)

// statementCount counts the statements of a database.
type statementCount struct{ n atomic.Int64 }

var (
	_ pgx.QueryTracer = (*statementCount)(nil)
	_ pgx.BatchTracer = (*statementCount)(nil)
)

func (c *statementCount) note(sql string) {
	if strings.Contains(sql, "-- name: ") {
		c.n.Add(1)
	}
}

// TraceQueryStart counts a statement.
func (c *statementCount) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	c.note(data.SQL)
	return ctx
}

// TraceQueryEnd counts nothing.
func (c *statementCount) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart counts nothing: a batch tells each of its statements.
func (c *statementCount) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

// TraceBatchQuery counts a statement.
func (c *statementCount) TraceBatchQuery(_ context.Context, _ *pgx.Conn, data pgx.TraceBatchQueryData) {
	c.note(data.SQL)
}

// TraceBatchEnd counts nothing.
func (c *statementCount) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// A page takes as many statements for one row as for many.
func TestPages_TakeNoMoreStatementsForMoreRows(t *testing.T) {
	w := newWorld(t)
	count := &statementCount{}
	counted, err := db.Open(t.Context(), w.superuser, db.WithTracer(count))
	require.NoError(t, err)
	t.Cleanup(counted.Close)

	engagement, item := w.sent(w.ours)
	stream, _, _ := w.message(w.ours)
	w.more(item.ID.String(), stream.ID.String())
	v := w.login(w.ours.admin)
	w.app.DB = counted
	pages := []string{"/", "/people", "/mails", "/forms", "/templates", "/quarantine", "/addresses", "/streams", "/streams/" + stream.ID.String(),
		"/engagements/" + engagement.ID.String(), "/engagements/" + engagement.ID.String() + "/messages", "/engagements/" + engagement.ID.String() + "/items/" + item.ID.String() + "/answers"}
	measure := func() map[string]int64 {
		out := map[string]int64{}
		for _, page := range pages {
			count.n.Store(0)
			answer := v.get(page)
			require.Equal(t, http.StatusOK, answer.status, page)
			out[page] = count.n.Load()
		}
		return out
	}
	one := measure()
	for range 3 {
		w.more(item.ID.String(), stream.ID.String())
	}
	require.Equal(t, one, measure())
}

// more adds one more of what pages list.
func (w *world) more(item, stream string) {
	w.t.Helper()
	person := w.person(w.ours.org, "Ours"+db.NewID().String(), "coachee")
	other := party{org: w.ours.org, admin: w.ours.admin, coach: w.ours.coach, coachee: person}
	w.sent(other)
	w.message(other)
	file := db.NewID()
	w.exec(`INSERT INTO messages (org_id, id, stream_id, author_id, body, posted_at) VALUES ($1, $2, $3, $4, 'Hello', now())`, w.ours.org, file, stream, w.ours.coach.Person)
	w.exec(`INSERT INTO files (org_id, id, client_id, message_id, stream_id, uploaded_by, name, content_type, size, blob_key, created_at)
		VALUES ($1, $2, $3, $2, $4, $3, 'Plan', 'text/plain', 4, 'file', now())`, w.ours.org, file, w.ours.coachee.Person, stream)
	recipient := db.NewID()
	w.exec(`INSERT INTO item_recipients (org_id, id, item_id, person_id, required) VALUES ($1, $2, $3, $4, true)`, w.ours.org, recipient, item, person.Person)
	w.exec(`INSERT INTO answers (org_id, id, recipient_id, round, form_id, form_version, answer, saved_at, submitted_at)
		SELECT org_id, $2, $3, 1, form_id, 1, '{"role": "Peer"}', now(), now() FROM items WHERE org_id = $1 AND id = $4`, w.ours.org, db.NewID(), recipient, item)
	w.inOrg(w.ours.org, func(ctx context.Context, q *rows.Queries) error {
		return q.FileViewed(ctx, rows.FileViewedParams{OrgID: w.ours.org, FileID: file, PersonID: w.ours.coachee.Person})
	})
}
