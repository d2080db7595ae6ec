package workflows_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/workflows"
)

func TestR16_ARunningProgramIsEdited(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		edit func(w *world, items []app.EditItem) []app.EditItem // of One (open), Two, Three
		want []string                                            // what is sent after One is answered at 2h, and Two, Three at 4h
	}{
		{"nothing", func(_ *world, items []app.EditItem) []app.EditItem { return items }, []string{"2h request Two", "4h request Three"}},
		{"an item is added next", func(w *world, items []app.EditItem) []app.EditItem {
			return slices.Insert(items, 1, app.EditItem{ItemSpec: w.formItem("New")})
		}, []string{"2h request New"}},
		{"an item is added before what was sent", func(w *world, items []app.EditItem) []app.EditItem {
			return slices.Insert(items, 0, app.EditItem{ItemSpec: w.formItem("New")})
		}, []string{"1h request New", "2h request Two", "4h request Three"}}, // the first one, and the program has begun
		{"two items change places", func(_ *world, items []app.EditItem) []app.EditItem {
			items[1], items[2] = items[2], items[1]
			return items
		}, []string{"2h request Three", "4h request Two"}},
		{"an item is moved behind what is open", func(_ *world, items []app.EditItem) []app.EditItem {
			return []app.EditItem{items[1], items[0], items[2]}
		}, []string{"1h request Two", "2h request Three"}},
		{"a waiting item is removed", func(_ *world, items []app.EditItem) []app.EditItem {
			return []app.EditItem{items[0], items[2]}
		}, []string{"2h request Three"}},
		{"the open item is removed", func(_ *world, items []app.EditItem) []app.EditItem { return items[1:] },
			[]string{"1h request Two", "4h request Three"}},
		{"an item waits for a person from now on", func(_ *world, items []app.EditItem) []app.EditItem {
			manual(&items[1].ItemSpec)
			return items
		}, nil},
		{"an item waits longer", func(_ *world, items []app.EditItem) []app.EditItem {
			delayed(1, coaching.Hours)(&items[1].ItemSpec)
			return items
		}, []string{"3h request Two", "4h request Three"}},
		{"an item goes to somebody else, too", func(_ *world, items []app.EditItem) []app.EditItem {
			to(coaching.RecipientSpec{Role: "coachee"}, coaching.RecipientSpec{Email: peer, Optional: true})(&items[1].ItemSpec)
			return items
		}, []string{"2h request Two", "2h request Two to peer", "4h request Three"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			r := w.program(w.engagement(w.formItem("One"), w.formItem("Two"), w.formItem("Three")))
			answerIfOpen := func(titles ...string) {
				for _, item := range r.listed() {
					if slices.Contains(titles, item.Title) && r.item(item.Title).Status == "open" {
						r.answer(item.Title, ben)
					}
				}
			}
			r.at(time.Hour, func() { r.edit(func(items []app.EditItem) []app.EditItem { return test.edit(w, items) }) })
			r.at(2*time.Hour, func() { answerIfOpen("One") })
			r.at(4*time.Hour, func() { answerIfOpen("Two", "Three") })
			r.at(6*time.Hour, func() { r.update(workflows.EndUpdate, workflows.ProgramEnd{Status: "completed"}) })
			r.execute()
			var got []string
			for _, m := range w.mails.all()[1:] {
				line := short(m.at.Sub(r.start)) + " " + about(m.Subject)
				if m.To.Addr == peer {
					line += " to peer"
				}
				got = append(got, line)
			}
			slices.Sort(got)
			require.Equal(t, test.want, got)
		})
	}
}

// Preview and application are one function, so they say the same.
func TestR16_ThePreviewTellsWhatTheEditDoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("One"), w.formItem("Two")))
	r.at(time.Hour, func() {
		items := append(r.listed()[:1:1], app.EditItem{ItemSpec: w.formItem("New")})
		preview, err := w.app.PreviewProgram(t.Context(), w.admin, r.engagement.ID, items)
		require.NoError(t, err)
		var changes []string
		for _, e := range preview.Effects {
			changes = append(changes, e.Change)
		}
		require.Equal(t, []string{"added", "removed"}, changes)
		require.Len(t, r.listed(), 2)
		require.Equal(t, "Two", r.listed()[1].Title, "the preview changed nothing")
	})
	r.at(2*time.Hour, func() { r.answer("One", ben) })
	r.at(3*time.Hour, func() { r.answer("Two", ben) })
	r.execute()
	require.Len(t, r.sent(), 2)
}

func TestR4_ANewDueDateReplacesThePlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := berlin("2030-06-03T10:00")
	r := w.program(w.engagementFrom(start, w.formItem("Intake", dueAfter(8, coaching.Days))))
	due := func(days int) func(items []app.EditItem) []app.EditItem {
		return func(items []app.EditItem) []app.EditItem {
			dueAfter(days, coaching.Days)(&items[0].ItemSpec)
			return items
		}
	}
	r.at(time.Minute, func() {
		require.Equal(t, []string{"4d reminder " + ben, "6d reminder " + ben, "7d reminder " + ben, "8d escalation " + clara}, r.pending())
	})
	r.at(day, func() { r.edit(due(20)) })
	r.at(day+time.Minute, func() {
		require.Equal(t, []string{"10d reminder " + ben, "15d reminder " + ben, "19d reminder " + ben, "20d escalation " + clara}, r.pending())
	})
	r.at(11*day, func() { r.edit(due(30)) })
	r.at(11*day+time.Minute, func() {
		require.Equal(t, []string{"15d reminder " + ben, "22d12h reminder " + ben, "29d reminder " + ben, "30d escalation " + clara}, r.pending())
	})
	r.at(12*day, func() { // an edit elsewhere leaves the plan alone
		r.edit(func(items []app.EditItem) []app.EditItem {
			return append(items, app.EditItem{ItemSpec: w.formItem("Later", manual)})
		})
	})
	r.at(12*day+time.Minute, func() { require.Len(t, r.pending(), 4) })
	r.at(16*day, func() {
		r.edit(func(items []app.EditItem) []app.EditItem {
			items[0].Due = nil
			return items
		})
	})
	r.at(16*day+time.Minute, func() { require.Equal(t, []string{"18d escalation " + clara}, r.pending()) })
	r.execute()
	require.Equal(t, []string{"0d request Intake " + ben, "10d reminder Intake " + ben, "15d reminder Intake " + ben, "18d escalation Intake " + clara}, r.sent())
}

func TestR16_AnEditOfAnOldProgramIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("One"), w.formItem("Two")))
	edits := make([]workflows.ProgramEdit, 2)
	r.at(time.Hour, func() { // two people edit at once: both are stored, one is applied
		for i := range edits {
			w.away.take()
			_, err := w.app.EditProgram(t.Context(), w.admin, r.engagement.ID, 0, r.listed()[:1])
			require.Error(t, err)
			edits[i] = w.away.take()[0].Args[0].(workflows.ProgramEdit)
		}
		r.update(workflows.EditUpdate, edits[0])
	})
	r.at(time.Hour+time.Minute, func() { r.refused(workflows.EditUpdate, edits[1], "program_changed") })
	r.at(2*time.Hour, func() {
		_, err := w.app.EditProgram(t.Context(), w.admin, r.engagement.ID, 1, r.listed())
		problem, _ := coaching.AsProblem(err)
		require.Equal(t, coaching.Stale, problem.Class, "what is old already is not even stored")
		r.refused(workflows.EditUpdate, workflows.ProgramEdit{ID: w.admin.Person}, "edit_not_found")
	})
	r.at(3*time.Hour, func() { r.answer("One", ben) })
	r.execute()
	require.Equal(t, []string{"0d request One " + ben}, r.sent())
}

func TestR16_WhatIsIssuedNeverChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("One"), w.formItem("Two")))
	r.at(time.Hour, func() {
		items := r.listed()
		items[0].Title = "Another"
		_, err := w.app.EditProgram(t.Context(), w.admin, r.engagement.ID, 0, items)
		problem, is := coaching.AsProblem(err)
		require.True(t, is)
		require.Equal(t, "item_issued", problem.Code)
		require.Empty(t, w.away.take(), "the workflow was not asked")
	})
	r.at(2*time.Hour, func() { r.answer("One", ben) })
	r.at(3*time.Hour, func() { r.answer("Two", ben) })
	r.execute()
}

// A due date set on what has been open for long brings no backlog: the steps
// that it would have had are dropped, and told as dropped.
func TestR5_ADueDateSetLateActsOnTheFutureOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("One"), w.formItem("Two")))
	r.at(2*day, func() { r.answer("One", ben) })
	r.at(16*day, func() {
		r.edit(func(items []app.EditItem) []app.EditItem {
			dueAfter(16, coaching.Days)(&items[1].ItemSpec)
			return items
		})
	})
	r.at(16*day+time.Minute, func() {
		require.Equal(t, []string{"17d reminder " + ben, "18d escalation " + clara}, r.pending())
	})
	r.execute()
	sent := r.sent()
	require.Equal(t, []string{"17d reminder Two " + ben, "18d escalation Two " + clara}, sent[len(sent)-2:])
	require.Positive(t, r.outcomes()["reminder dropped"])
}

// Set on an item whose prior is complete already, a rule acts at once.
func TestR17_ARuleSetOnACompletePriorReleasesAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("One"), w.formItem("Two", manual)))
	r.at(time.Hour, func() { r.answer("One", ben) })
	r.at(5*day, func() {
		r.edit(func(items []app.EditItem) []app.EditItem {
			items[1].Release = coaching.ReleaseRule{Rule: coaching.AfterPrior}
			return items
		})
	})
	r.at(6*day, func() { r.answer("Two", ben) })
	r.execute()
	require.Equal(t, []string{"0d request One " + ben, "5d request Two " + ben}, r.sent())
}
