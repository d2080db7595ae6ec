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

// way is InOrg or InOrgPipelined.
type way func(context.Context, uuid.UUID, func(*rows.Queries) error) error

func ways(d *db.DB) map[string]way {
	return map[string]way{"at once": d.InOrg, "pipelined": d.InOrgPipelined}
}

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
	for name, in := range ways(d) {
		form := db.NewID()
		err := in(ctx, org, func(q *rows.Queries) error {
			require.NoError(t, insertForm(ctx, q, org, form))
			require.NoError(t, insertVersion(ctx, q, org, form))
			got, err := q.FormGet(ctx, org, form)
			require.NoError(t, err, name)
			require.Equal(t, "Goals", got.Form.Name)
			all, err := q.FormList(ctx, rows.FormListParams{OrgID: org, Most: 10})
			require.NoError(t, err, name)
			require.NotEmpty(t, all)
			_, err = q.FormGet(ctx, org, db.NewID())
			require.True(t, db.NoRow(err), name)
			return nil
		})
		require.NoError(t, err, name)
	}
}

// A fault of a write that waited comes up at the next question or at the end,
// leaves nothing behind, and the connection is as good as before.
func TestTransaction_FaultsComeUp(t *testing.T) {
	t.Parallel()
	d := openDB(t, testkit.Database(t))
	ctx := t.Context()
	org, _ := newOrg(t, d, "mine")
	taken := db.NewID()
	require.NoError(t, d.InOrg(ctx, org, func(q *rows.Queries) error { return insertForm(ctx, q, org, taken) }))
	for name, in := range ways(d) {
		fresh := db.NewID()
		atTheEnd := in(ctx, org, func(q *rows.Queries) error {
			return errors.Join(insertForm(ctx, q, org, fresh), insertForm(ctx, q, org, taken))
		})
		requireRefused(t, atTheEnd, uniqueViolation)
		atAQuestion := in(ctx, org, func(q *rows.Queries) error {
			if err := errors.Join(insertForm(ctx, q, org, fresh), insertForm(ctx, q, org, taken)); err != nil {
				return err
			}
			_, err := q.FormGet(ctx, org, taken)
			return err
		})
		requireRefused(t, atAQuestion, uniqueViolation)
		together := in(ctx, org, func(q *rows.Queries) error {
			if err := errors.Join(insertForm(ctx, q, org, fresh), insertForm(ctx, q, org, taken)); err != nil {
				return err
			}
			return db.Together(ctx, q, func(q *rows.Queries) error { _, err := q.OrganizationGet(ctx, org); return err })
		})
		requireRefused(t, together, uniqueViolation)
		require.NoError(t, in(ctx, org, func(q *rows.Queries) error { return insertForm(ctx, q, org, fresh) }), "%s: nothing was left behind", name)
	}
}

func TestTransaction_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	d := openDB(t, testkit.Database(t))
	org, _ := newOrg(t, d, "mine")
	for name, in := range ways(d) {
		ctx, cancel := context.WithCancel(t.Context())
		form := db.NewID()
		err := in(ctx, org, func(q *rows.Queries) error {
			if err := insertForm(ctx, q, org, form); err != nil {
				return err
			}
			_, err := q.OrganizationGet(ctx, org)
			cancel()
			return err
		})
		require.ErrorIs(t, err, context.Canceled, name)
		require.NoError(t, in(t.Context(), org, func(q *rows.Queries) error { return insertForm(t.Context(), q, org, form) }), name)
	}
}

// The lock of one transaction is waited for, and what is read behind it is what
// the other one wrote.
func TestTogether_ReadsBehindItsLock(t *testing.T) {
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
		if err := q.EngagementLock(ctx, org, engagement); err != nil {
			return err
		}
		go func() {
			close(locked)
			second <- d.InOrgPipelined(ctx, org, func(q *rows.Queries) error {
				if err := q.EngagementLock(ctx, org, engagement); err != nil {
					return err
				}
				return db.Together(ctx, q, func(q *rows.Queries) (err error) { seen, err = q.EngagementGet(ctx, org, engagement); return err })
			})
		}()
		<-locked
		waitForLock(t, owner)
		return q.EngagementTouch(ctx, rows.EngagementTouchParams{OrgID: org, ID: engagement})
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

func TestTogether_AsksInOrderAndOnceEach(t *testing.T) {
	t.Parallel()
	d := openDB(t, testkit.Database(t))
	ctx := t.Context()
	org, person := newOrg(t, d, "mine")
	for name, in := range ways(d) {
		err := in(ctx, org, func(q *rows.Queries) error {
			form := db.NewID()
			if err := errors.Join(insertForm(ctx, q, org, form), insertVersion(ctx, q, org, form)); err != nil {
				return err
			}
			var forms []rows.Form
			var gone error
			err := db.Together(ctx, q,
				func(q *rows.Queries) error {
					_, err := q.FormBump(ctx, rows.FormBumpParams{OrgID: org, ID: form, LatestVersion: 1, Name: "Values"})
					return err
				},
				func(q *rows.Queries) (err error) {
					forms, err = q.FormList(ctx, rows.FormListParams{OrgID: org, After: form, Most: 10})
					return err
				},
				func(*rows.Queries) error { return nil }, // asks nothing
				func(q *rows.Queries) error { _, gone = q.PersonGet(ctx, org, db.NewID()); return nil },
				func(q *rows.Queries) (err error) { _, err = q.PersonGet(ctx, org, person); return err },
			)
			require.NoError(t, err, name)
			require.Empty(t, forms)
			require.True(t, db.NoRow(gone), name)
			got, err := q.FormList(ctx, rows.FormListParams{OrgID: org, Most: 10})
			require.NoError(t, err)
			require.Equal(t, "Values", got[len(got)-1].Name, name)
			return nil
		})
		require.NoError(t, err, name)
	}
}

func TestTogether_TellsTheFirstFault(t *testing.T) {
	t.Parallel()
	d := openDB(t, testkit.Database(t))
	ctx := t.Context()
	org, person := newOrg(t, d, "mine")
	for name, in := range ways(d) {
		boom := errors.New("boom")
		err := in(ctx, org, func(q *rows.Queries) error {
			return db.Together(ctx, q,
				func(q *rows.Queries) error { _, err := q.PersonGet(ctx, org, person); return errors.Join(err, boom) },
				func(q *rows.Queries) error { _, err := q.PersonGet(ctx, org, db.NewID()); return err },
			)
		})
		require.ErrorIs(t, err, boom, name)
		err = in(ctx, org, func(q *rows.Queries) error {
			return db.Together(ctx, q,
				func(q *rows.Queries) error { return q.FormVersionInsert(ctx, rows.FormVersionInsertParams{}) })
		})
		require.ErrorContains(t, err, "one question", name)
		twice := func(q *rows.Queries) error {
			if _, err := q.PersonGet(ctx, org, person); err != nil {
				return err
			}
			_, err := q.PersonGet(ctx, org, person)
			return err
		}
		err = in(ctx, org, func(q *rows.Queries) error { return db.Together(ctx, q, twice) })
		require.ErrorContains(t, err, "one question", name)
		panics := func(q *rows.Queries) error { panic("a bad row") }
		after := func(q *rows.Queries) error { _, err := q.PersonGet(ctx, org, person); return err }
		err = in(ctx, org, func(q *rows.Queries) error { return db.Together(ctx, q, after, panics, after) })
		require.ErrorContains(t, err, "a bad row", name)
		violates := func(q *rows.Queries) error {
			_, err := q.PersonInsert(ctx, rows.PersonInsertParams{OrgID: org, ID: person, Name: "Somebody", Roles: []string{"coach"}, State: "active", TimeZone: "UTC"})
			return err
		}
		err = in(ctx, org, func(q *rows.Queries) error { return db.Together(ctx, q, violates, after) })
		requireRefused(t, err, uniqueViolation)
		require.NoError(t, in(ctx, org, after), "%s: the connection is as good as before", name)
	}
}

// A batch of writes tells which of them failed, also when the transaction begins
// with it.
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
	err = d.InOrgPipelined(ctx, org, func(q *rows.Queries) error {
		q.NotificationPlan(ctx, []rows.NotificationPlanParams{plan("first", nil), plan("second", &nowhere)}).Exec(func(_ int, err error) { require.NoError(t, err) })
		return nil
	})
	requireRefused(t, err, foreignKeyViolation)
}
