package link_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"coachflow/db/rows"
)

// Two windows of one person, one after the other or at the same time.

func TestForm_ADraftOfAnOlderWindowReplacesNoNewerOne(t *testing.T) {
	w := newWorld(t)
	w.agree(nil)
	_, _, path := w.sent(w.ours)
	for _, button := range []string{"draft", "submit"} {
		older, newer := w.visitor().get(path), w.visitor().get(path)
		require.Contains(t, newer.send("draft", "role", "Head of "+button, "why", "an hour of writing for "+button).body, "Your draft is saved")

		refused := older.send(button, "role", "Head of "+button, "why", "two words")
		require.Equal(t, http.StatusConflict, refused.status)
		require.Contains(t, refused.body, "Not saved: there is a newer draft")
		require.Contains(t, refused.body, "an hour of writing for "+button)
		require.Contains(t, refused.body, "two words")
		_, differs, _ := strings.Cut(refused.body, `id="newer-title"`)
		differs, _, _ = strings.Cut(differs, "</dl>")
		require.NotContains(t, differs, "Head of", "what is the same is not shown twice")
		require.Contains(t, w.visitor().get(path).body, "an hour of writing for "+button, "the newer one is kept")

		decided := refused.send("draft", "role", "Head of "+button, "why", "both: two words, an hour of writing")
		require.Contains(t, decided.body, "Your draft is saved")
		require.Contains(t, w.visitor().get(path).body, "both: two words")
	}
}

func TestForm_AButtonPressedTwiceIsNoOlderWindow(t *testing.T) {
	w := newWorld(t)
	w.agree(nil)
	_, _, path := w.sent(w.ours)
	page := w.visitor().get(path)
	for range 2 {
		require.Contains(t, page.send("draft", "role", "Head of Operations").body, "Your draft is saved")
	}
	require.Contains(t, page.send("submit", "role", "Head of Operations").body, "your answers are in")
	require.Contains(t, page.send("submit", "role", "Head of Operations").body, "your answers are in")
}

func TestForm_WhatSavedNothingStartsFromTheSameDraft(t *testing.T) {
	w := newWorld(t)
	_, _, path := w.sent(w.ours)
	w.visitor().get(path).send("draft", "role", "first")
	older := w.visitor().get(path)
	w.visitor().get(path).send("draft", "role", "second")
	machine := older.fields()
	machine.Set("q.role", "third")
	asked := w.visitor().post(path, machine, "Sec-Fetch-Site", "same-origin", "Sec-Fetch-User", "?0")
	require.Equal(t, older.fields().Get("started_from"), asked.fields().Get("started_from"))
	require.Equal(t, http.StatusConflict, asked.send("draft", "role", "third").status)
	for _, nonsense := range []string{"-1", "x", "99999999999999999999", ""} {
		machine.Set("started_from", nonsense)
		require.Equal(t, http.StatusConflict, w.visitor().post(path, machine).status, nonsense)
	}
	w.db.Close()
	away := older.send("draft", "role", "third")
	require.Equal(t, http.StatusServiceUnavailable, away.status)
	require.Equal(t, older.fields().Get("started_from"), away.fields().Get("started_from"))
	w.restart()
	require.Equal(t, older.fields().Get("started_from"), older.send("draft", "role", "third").fields().Get("started_from"), "also where the form cannot be drawn")
}

// together runs both at once and gives what each answered. lock is a statement
// that keeps both from writing until each has read: they overlap for sure.
func (w *world) together(lock string, first, second func() response) [2]response {
	w.t.Helper()
	conn, err := pgx.Connect(w.t.Context(), w.superuser)
	require.NoError(w.t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	_, err = conn.Exec(w.t.Context(), "BEGIN; "+lock)
	require.NoError(w.t, err)
	var out [2]response
	var group sync.WaitGroup
	group.Go(func() { out[0] = first() })
	group.Go(func() { out[1] = second() })
	require.Eventually(w.t, func() bool {
		var waiting int
		err := conn.QueryRow(w.t.Context(), "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())").Scan(&waiting)
		return err == nil && waiting == 2
	}, 20*time.Second, time.Millisecond)
	_, err = conn.Exec(w.t.Context(), "COMMIT")
	require.NoError(w.t, err)
	group.Wait()
	return out
}

const answersLock = "LOCK TABLE answers IN SHARE MODE"

func TestForm_EveryAcknowledgedAnswerIsStored(t *testing.T) {
	w := newWorld(t)
	w.agree(nil)
	_, item, path := w.sent(w.ours)
	for round := 1; round <= 50; round++ {
		w.exec("UPDATE items SET round = $1 WHERE id = $2", round, item.ID)
		typed := [2]string{"one of " + strconv.Itoa(round), "other of " + strconv.Itoa(round)}
		first, second := w.visitor().get(path), w.visitor().get(path)
		pages := w.together(answersLock, func() response { return first.send("submit", "role", typed[0]) }, func() response { return second.send("submit", "role", typed[1]) })
		stored := w.stored(item.To[0].ID, round)
		for i, page := range pages {
			require.Equal(t, http.StatusOK, page.status)
			if typed[i] == stored {
				require.NotContains(t, page.body, "had been sent before")
				continue
			}
			require.Contains(t, page.body, "had been sent before")
			counts, notTaken, found := strings.Cut(page.body, "what was not taken")
			require.True(t, found)
			require.Contains(t, counts, stored)
			require.Contains(t, notTaken, typed[i])
			require.Contains(t, page.body, "open it again")
		}
		require.Contains(t, typed, stored)
	}
}

// stored is the role that counts as answered.
func (w *world) stored(recipient uuid.UUID, round int) string {
	w.t.Helper()
	var answer string
	w.inOrg(w.ours.org, func(ctx context.Context, q *rows.Queries) error {
		row, err := q.AnswerGet(ctx, rows.AnswerGetParams{OrgID: w.ours.org, RecipientID: recipient, Round: int32(round)})
		answer = string(row.Answer)
		return err
	})
	return strings.TrimSuffix(strings.TrimPrefix(answer, `{"role": "`), `"}`)
}

func TestForm_ADraftBesideASubmissionIsToldSo(t *testing.T) {
	w := newWorld(t)
	w.agree(nil)
	_, item, path := w.sent(w.ours)
	for round := 1; round <= 50; round++ {
		w.exec("UPDATE items SET round = $1 WHERE id = $2", round, item.ID)
		first, second := w.visitor().get(path), w.visitor().get(path)
		pages := w.together(answersLock, func() response { return first.send("submit", "role", "sent") }, func() response { return second.send("draft", "role", "kept") })
		submitted, draft := pages[0], pages[1]
		if submitted.status == http.StatusConflict { // the draft was first
			require.Contains(t, draft.body, "Your draft is saved")
			require.Contains(t, w.visitor().get(path).body, `value="kept"`)
			continue
		}
		require.Equal(t, "sent", w.stored(item.To[0].ID, round))
		require.Contains(t, draft.body, "had been sent before")
		require.Contains(t, draft.body, "kept")
	}
}

func TestForm_AfterTheEndNobodyCanOpenItAgain(t *testing.T) {
	w := newWorld(t)
	w.agree(nil)
	engagement, _, path := w.sent(w.ours)
	page := w.visitor().get(path)
	page.send("submit", "role", "first")
	w.exec("UPDATE engagements SET status = 'completed', ended_at = now() WHERE id = $1", engagement.ID)
	late := page.send("submit", "role", "second")
	require.Contains(t, late.body, "had been sent before")
	require.NotContains(t, late.body, "open it again")
}
