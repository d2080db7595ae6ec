package api

import (
	"net/http"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// unwritable makes an engagement whose program has a moment that JSON cannot say, as
// the database could hold it.
func (w *world) unwritable() string {
	w.t.Helper()
	engagement := w.engagement()
	w.addItem(engagement, w.form())
	conn, err := pgx.Connect(w.t.Context(), w.superuser)
	require.NoError(w.t, err)
	_, err = conn.Exec(w.t.Context(), "UPDATE items SET due_at = '10000-01-01 10:59Z' WHERE engagement_id = $1", engagement)
	require.NoError(w.t, err)
	require.NoError(w.t, conn.Close(w.t.Context()))
	return engagement
}

func TestAnswer_ThatCannotBeWrittenIsAProblem(t *testing.T) {
	w := newWorld(t)
	path := "/api/v1/engagements/" + w.unwritable()
	got := w.call(http.MethodGet, path+"/program", nil)
	got.refused(http.StatusInternalServerError, "internal_error")
	require.Empty(t, got.header.Get("ETag"), "there is nothing that it is the version of")
	require.Contains(t, w.log.String(), "answer cannot be written out")
	require.NotContains(t, w.log.String(), "panic")

	post := func() answer {
		return w.call(http.MethodPost, path+"/items", with(item(w.form()), "position", 0), "Idempotency-Key", "one")
	}
	w.call(http.MethodGet, path, nil).ok(http.StatusOK)
	require.Equal(t, http.StatusCreated, post().status, "the rest of it goes on")
}

// A deadline for a body that is read already ended what took longer than five seconds,
// as a command does that waits for its workflow, and with it whatever came later on
// the same connection.
func TestOperations_HaveNoDeadlineForABodyThatIsRead(t *testing.T) {
	for _, op := range operationsOf(newWorld(t).document()) {
		require.Negative(t, op.BodyReadTimeout, op.OperationID)
	}
}
