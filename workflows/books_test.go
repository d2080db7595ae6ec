package workflows_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
)

// What a test reads of the mails of a run: those that left, from the postbox,
// and those that are planned, from the rows.

// checkBooks holds what must be true at the end of every story: each mail left
// once and is shown as it left, and nothing stays planned.
func (r *run) checkBooks() {
	r.Helper()
	r.checkBooksBut(nil)
}

// checkBooksBut is checkBooks where mails were lost, by key: of such a mail that nobody
// wants any more, the books say that it may have arrived.
func (r *run) checkBooksBut(lost map[string]int) {
	r.Helper()
	r.balance(r.notifications(r.engagement.ID), lost)
}

// balance holds mails as they are shown against those that left.
func (w *world) balance(shown []app.Notification, lost map[string]int) {
	w.Helper()
	sent, maybe := map[string]app.Notification{}, map[string]bool{}
	for _, n := range shown {
		require.NotContains(w, []string{"planned", "sending"}, n.State, "%s %s to %s is pending after the end", n.Kind, n.Step, n.Address)
		require.NotEmpty(w, n.Reason)
		if n.State == "sent" {
			sent[n.MessageID] = n
		}
		maybe[n.MessageID] = n.State == "cancelled" && strings.HasSuffix(n.StateReason, "while it was being handed over: it may have arrived")
	}
	for _, m := range w.mails.all() {
		if lost[m.IdempotencyKey] > 0 && maybe[m.MessageID] {
			continue
		}
		n, is := sent[m.MessageID]
		require.True(w, is, "%s to %s left and is not shown", m.Subject, m.To.Addr)
		require.Equal(w, n.Subject, m.Subject)
		require.Equal(w, n.Address, m.To.Addr)
		delete(sent, m.MessageID)
	}
	require.Empty(w, sent, "shown as sent, and never left")
}

// sent lists what was sent so far, like "3d reminder Intake ben@client.test".
func (r *run) sent() []string {
	var out []string
	for _, m := range r.mails.all() {
		out = append(out, fmt.Sprintf("%s %s %s", short(m.at.Sub(r.start)), about(m.Subject), m.To.Addr))
	}
	return out
}

// about shortens the subjects of the default letters.
func about(subject string) string {
	if title, is := strings.CutSuffix(subject, ": a form to fill out"); is {
		return "request " + title
	}
	if title, is := strings.CutPrefix(subject, "Reminder: "); is {
		return "reminder " + strings.TrimSuffix(title, " is waiting for you")
	}
	if title, _, is := strings.Cut(subject, " of Ben Okri is still open"); is {
		return "escalation " + title
	}
	return subject
}

// pending lists what is planned now, in the order of its time. It is what the
// coach sees to come.
func (r *run) pending() []string {
	r.Helper()
	planned := r.notifications(r.engagement.ID)
	planned = slices.DeleteFunc(planned, func(n app.Notification) bool { return n.State != "planned" && n.State != "sending" })
	slices.SortStableFunc(planned, func(a, b app.Notification) int { return a.PlannedAt.Compare(b.PlannedAt) })
	out := []string{}
	for _, n := range planned {
		out = append(out, fmt.Sprintf("%s %s %s", short(n.PlannedAt.Sub(r.start)), strings.TrimPrefix(n.Kind, "form_"), n.Address))
	}
	return out
}

// outcomes counts the mails of the engagement by kind and state.
func (r *run) outcomes() map[string]int {
	r.Helper()
	out := map[string]int{}
	for _, n := range r.notifications(r.engagement.ID) {
		out[strings.TrimPrefix(n.Kind, "form_")+" "+n.State]++
	}
	return out
}

// short writes a span after the start: "3d", "3d2h", "12m30s".
func short(d time.Duration) string {
	d = d.Round(time.Second)
	days, rest := d/day, d%day
	text := rest.String()
	for _, none := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, none) {
			text = text[:len(text)-2]
		}
	}
	switch {
	case rest == 0:
		return fmt.Sprintf("%dd", days)
	case days == 0:
		return text
	}
	return fmt.Sprintf("%dd%s", days, text)
}

// events lists those of some kinds in the timeline, oldest first.
func (r *run) events(kinds ...string) []string {
	r.Helper()
	shown, err := r.app.GetTimeline(r.Context(), r.admin, r.engagement.ID, app.Paging{Most: 200})
	require.NoError(r, err)
	var out []string
	for _, e := range shown.Events {
		if slices.Contains(kinds, e.Kind) {
			out = append(out, e.Kind)
		}
	}
	return out
}
