package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/dev/testkit"
)

func insertForm(ctx context.Context, q *rows.Queries, org, id uuid.UUID) error {
	return q.FormInsert(ctx, rows.FormInsertParams{OrgID: org, ID: id, Name: "Goals"})
}

func insertVersion(ctx context.Context, q *rows.Queries, org, form uuid.UUID) error {
	return q.FormVersionInsert(ctx, rows.FormVersionInsertParams{OrgID: org, FormID: form, Version: 1, Definition: []byte(`{}`)})
}

func TestTransaction_ReadsWhatItWrote(t *testing.T) {
	t.Parallel()
	d := openDB(t, testkit.Database(t))
	ctx := t.Context()
	org, _ := newOrg(t, d, "mine")
	form := db.NewID()
	err := d.InOrg(ctx, org, func(q *rows.Queries) error {
		require.NoError(t, insertForm(ctx, q, org, form))
		require.NoError(t, insertVersion(ctx, q, org, form))
		got, err := q.FormGet(ctx, org, form)
		require.NoError(t, err)
		require.Equal(t, "Goals", got.Form.Name)
		all, err := q.FormList(ctx, rows.FormListParams{OrgID: org, Most: 10})
		require.NoError(t, err)
		require.NotEmpty(t, all)
		_, err = q.FormGet(ctx, org, db.NewID())
		require.True(t, db.NoRow(err))
		return nil
	})
	require.NoError(t, err)
}

// A transaction with a fault leaves nothing behind, and the connection is as good as
// before.
func TestTransaction_FaultsComeUp(t *testing.T) {
	t.Parallel()
	d := openDB(t, testkit.Database(t))
	ctx := t.Context()
	org, _ := newOrg(t, d, "mine")
	taken, fresh := db.NewID(), db.NewID()
	require.NoError(t, d.InOrg(ctx, org, func(q *rows.Queries) error { return insertForm(ctx, q, org, taken) }))
	atTheEnd := d.InOrg(ctx, org, func(q *rows.Queries) error {
		return errors.Join(insertForm(ctx, q, org, fresh), insertForm(ctx, q, org, taken))
	})
	requireRefused(t, atTheEnd, uniqueViolation)
	atAQuestion := d.InOrg(ctx, org, func(q *rows.Queries) error {
		if err := errors.Join(insertForm(ctx, q, org, fresh), insertForm(ctx, q, org, taken)); err != nil {
			return err
		}
		_, err := q.FormGet(ctx, org, taken)
		return err
	})
	requireRefused(t, atAQuestion, uniqueViolation)
	require.NoError(t, d.InOrg(ctx, org, func(q *rows.Queries) error { return insertForm(ctx, q, org, fresh) }), "nothing was left behind")
}

func TestTransaction_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	d := openDB(t, testkit.Database(t))
	org, _ := newOrg(t, d, "mine")
	ctx, cancel := context.WithCancel(t.Context())
	form := db.NewID()
	err := d.InOrg(ctx, org, func(q *rows.Queries) error {
		if err := insertForm(ctx, q, org, form); err != nil {
			return err
		}
		_, err := q.OrganizationGet(ctx, org)
		cancel()
		return err
	})
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, d.InOrg(t.Context(), org, func(q *rows.Queries) error { return insertForm(t.Context(), q, org, form) }))
}

// The lock of one transaction is waited for, and what is read behind it is what
// the other one wrote.
func TestTransaction_ReadsBehindItsLock(t *testing.T) {
	t.Parallel()
	url := testkit.Database(t)
	d, owner := openDB(t, url), connect(t, url)
	ctx := t.Context()
	org, person := newOrg(t, d, "mine")
	engagement := db.NewID()
	var before rows.Engagement
	require.NoError(t, d.InOrg(ctx, org, func(q *rows.Queries) (err error) {
		before, err = q.EngagementInsert(ctx, rows.EngagementInsertParams{OrgID: org, ID: engagement, Name: "Coaching", CoacheeID: person, Status: "draft"})
		return err
	}))
	locked, second := make(chan struct{}), make(chan error, 1)
	var seen rows.Engagement
	err := d.InOrg(ctx, org, func(q *rows.Queries) error {
		if _, err := q.EngagementLock(ctx, org, engagement); err != nil {
			return err
		}
		go func() {
			close(locked)
			second <- d.InOrg(ctx, org, func(q *rows.Queries) (err error) {
				if _, err := q.EngagementLock(ctx, org, engagement); err != nil {
					return err
				}
				seen, err = q.EngagementGet(ctx, org, engagement)
				return err
			})
		}()
		<-locked
		waitForLock(t, owner)
		return q.EngagementCount(ctx, rows.EngagementCountParams{OrgID: org, ID: engagement})
	})
	require.NoError(t, err)
	require.NoError(t, <-second)
	require.EqualValues(t, before.ProgramRevision+1, seen.ProgramRevision)
}

// waitForLock returns when a transaction of the test's database waits for
// another one.
func waitForLock(t *testing.T, owner *pgx.Conn) {
	t.Helper()
	const waits = "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
	require.Eventually(t, func() bool { return column(t, owner, waits)[0] != "0" }, 10*time.Second, 5*time.Millisecond)
}

// A batch of writes tells which of them failed.
func TestTransaction_ABatchTellsWhichWriteFailed(t *testing.T) {
	t.Parallel()
	d := openDB(t, testkit.Database(t))
	ctx := t.Context()
	org, _ := newOrg(t, d, "mine")
	nowhere := db.NewID()
	plan := func(key string, engagement *uuid.UUID) rows.NotificationPlanParams {
		return rows.NotificationPlanParams{OrgID: org, ID: db.NewID(), EngagementID: engagement, Kind: "form_request", Step: "request", Key: key, State: "planned", PlannedAt: time.Now()}
	}
	var told []error
	err := d.InOrg(ctx, org, func(q *rows.Queries) error {
		q.NotificationPlan(ctx, []rows.NotificationPlanParams{plan("first", nil), plan("second", &nowhere)}).Exec(func(_ int, err error) { told = append(told, err) })
		return errors.Join(told...)
	})
	requireRefused(t, err, foreignKeyViolation)
	require.Len(t, told, 2)
	require.NoError(t, told[0])
	requireRefused(t, told[1], foreignKeyViolation)
}
