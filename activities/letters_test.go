package activities_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/activities"
	"coachflow/db"
	"coachflow/db/rows"
	letters "coachflow/outbox"
)

func TestNewDomain_EveryStandaloneLetterHasItsWriter(t *testing.T) {
	t.Parallel()
	require.NoError(t, activities.NewDomain(activities.Config{}).Outbox.Check())
}

func TestPlanned_TheSweepFindsTheLettersThatStandAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at := db.Now().Add(-time.Hour)
	var want []uuid.UUID
	require.NoError(t, w.domain.Outbox.DB.InOrg(t.Context(), w.admin.Org, func(q *rows.Queries) error {
		to, err := q.ContactGet(t.Context(), w.admin.Org, w.admin.Person)
		require.NoError(t, err)
		var plans []rows.NotificationPlanParams
		for _, letter := range letters.Letters() {
			n := letters.PlanTo(to, letter.Kind, "key/"+string(letter.Kind), "a test")
			n.OrgID, n.PlannedAt, n.State = w.admin.Org, at, "planned"
			plans = append(plans, n)
			if letter.Standalone {
				want = append(want, n.ID)
			}
		}
		return letters.PlanAll(t.Context(), q, plans)
	}))
	found, err := w.domain.Outbox.DB.Across().SweepNotices(t.Context(), db.Now(), 100)
	require.NoError(t, err)
	var ids []uuid.UUID
	for _, row := range found {
		ids = append(ids, row.ID)
	}
	require.NotEmpty(t, want)
	require.ElementsMatch(t, want, ids)
}

func TestPlanned_AKindThatIsNotRegisteredIsNotStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	count := func() (n int) {
		list, err := w.app.NotificationsOf(t.Context(), w.admin, w.admin.Person)
		require.NoError(t, err)
		return len(list)
	}
	before := count()
	err := w.domain.Outbox.DB.InOrg(t.Context(), w.admin.Org, func(q *rows.Queries) error {
		who := letters.Addressee{Org: w.admin.Org, Person: w.admin.Person, At: db.Now()}
		_, _, err := letters.PlanStandalone(t.Context(), q, who, "newsletter", "a test")
		return err
	})
	require.ErrorContains(t, err, `no letter of kind "newsletter" is registered`)
	require.Equal(t, before, count())
}
