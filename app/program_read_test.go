package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

// What an item waits for can be somebody else's: a coachee learns that it waits,
// and not for which.
func TestProgram_OfACoacheeNamesNoItemOfOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e, err := w.app.CreateEngagement(t.Context(), w.admin, app.EngagementInput{Name: "E", CoacheeID: w.ben.Person, CoachID: &w.clara.Person})
	require.NoError(t, err)
	for _, role := range []string{"coachee", "coachee", "coach", "coachee"} {
		_, err := w.app.AddItem(t.Context(), w.admin, e.ID, -1, coaching.ItemSpec{Kind: coaching.TaskItem, Title: role + "'s",
			Release: coaching.ReleaseRule{Rule: coaching.AfterPrior}, Recipients: []coaching.RecipientSpec{{Role: role}}})
		require.NoError(t, err)
	}
	whole, err := w.app.GetProgram(t.Context(), w.clara, e.ID)
	require.NoError(t, err)
	require.Equal(t, whole.Items[2].ID, *whole.Items[3].Next.WaitsFor)

	own, err := w.app.GetProgram(t.Context(), w.ben, e.ID)
	require.NoError(t, err)
	require.Len(t, own.Items, 3)
	require.Equal(t, whole.Items[0].ID, *own.Items[1].Next.WaitsFor, "the item before is theirs, too")
	require.Equal(t, whole.Items[3].ID, own.Items[2].ID)
	require.Nil(t, own.Items[2].Next.WaitsFor)
	require.Equal(t, "release_after", own.Items[2].Next.What)
	for i, item := range own.Items {
		require.Equal(t, i, item.Position)
		require.NotContains(t, item.Title, "coach's")
	}
}
