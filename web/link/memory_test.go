package link

import (
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/db"
)

func TestFormMemory_ForgetsTheOldestAndKeepsNoAnswers(t *testing.T) {
	t.Parallel()
	m := newFormMemory()
	first := coaching.LinkRef{ID: db.NewID()}
	for i := range mostForms + 1 {
		ref := coaching.LinkRef{ID: db.NewID()}
		if i == 0 {
			ref = first
		}
		m.keep(ref, app.FormLink{Draft: coaching.Draft{"role": {"private"}}})
		m.keep(ref, app.FormLink{})
	}
	require.Len(t, m.forms, mostForms)
	_, known := m.recall(first)
	require.False(t, known)
	last, known := m.recall(m.order[mostForms-1])
	require.True(t, known)
	require.Empty(t, last.Draft)
}
