package db_test

import (
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"coachflow/db"
	"coachflow/dev/testkit"
)

// A server that answers, and lets nobody in, is away as much as one that does not
// answer: nothing is wrong with what was to be stored.
func TestAway_ADatabaseThatLetsNobodyIn(t *testing.T) {
	t.Parallel()
	u, err := url.Parse(testkit.Database(t))
	require.NoError(t, err)
	admin, err := pgx.Connect(t.Context(), testkit.Postgres(t))
	require.NoError(t, err)
	_, err = admin.Exec(t.Context(), "ALTER DATABASE "+pgx.Identifier{u.Path[1:]}.Sanitize()+" WITH ALLOW_CONNECTIONS false")
	require.NoError(t, err)
	require.NoError(t, admin.Close(t.Context()))
	_, err = db.Open(t.Context(), u.String())
	require.ErrorContains(t, err, "reach database")
	require.True(t, db.Away(err), "%v", err)
}
