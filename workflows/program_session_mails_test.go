package workflows_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/mail/compose"
	"coachflow/mail/deliver"
)

// awayFor lets mails to an address wait: nothing of them leaves, as far as anybody knows,
// or, where doubtful, nobody knows.
func (w *world) awayFor(address string, doubtful bool) {
	w.mails.refuse(func(o compose.Outgoing) error {
		if o.To.Addr != address {
			return nil
		}
		return &deliver.SendError{Code: "smtp_connect", Doubtful: doubtful, RetryAfter: 40 * time.Minute, Err: errors.New("away")}
	})
}

// While mails to one reader cannot leave, the others are told as usual; and that reader
// gets in the end what is allowed, never a CANCEL without or before its REQUEST.
func TestR11_WithTheMailServerAway(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		doubtful  bool
		steps     []func(*run)
		back      int // before which step the server is back
		forBen    []string
		forClara  []string
		ofDropped string
	}{
		"the invitation never left": {
			steps: []func(*run){func(r *run) { r.schedules("First session", 9*day) }, func(r *run) { r.cancels("First session", "") }}, back: 2,
			forBen: nil, forClara: []string{"REQUEST 0", "CANCEL 1"}, ofDropped: "the invitation had not left, so there is nothing to take back"},
		"nor when it was moved before": {
			steps: []func(*run){func(r *run) { r.schedules("First session", 9*day) }, func(r *run) { r.moves("First session", 10*day, "") }, func(r *run) { r.cancels("First session", "") }}, back: 3,
			forBen: nil, forClara: []string{"REQUEST 0", "REQUEST 1", "CANCEL 2"}},
		"moved meanwhile: the newest invitation alone": {
			steps: []func(*run){func(r *run) { r.schedules("First session", 9*day) }, func(r *run) { r.moves("First session", 10*day, "") }, func(r *run) {}, func(r *run) { r.cancels("First session", "") }}, back: 2,
			forBen: []string{"REQUEST 1", "CANCEL 2"}, forClara: []string{"REQUEST 0", "REQUEST 1", "CANCEL 2"}},
		"nobody knows whether it left": {
			doubtful: true,
			steps:    []func(*run){func(r *run) { r.schedules("First session", 9*day) }, func(r *run) { r.cancels("First session", "") }}, back: 2,
			forBen: []string{"REQUEST 0", "CANCEL 1"}, forClara: []string{"REQUEST 0", "CANCEL 1"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			r := w.program(w.engagement(sessionItem("First session")))
			r.at(30*time.Minute, func() { w.awayFor(ben, test.doubtful) })
			for n, step := range test.steps {
				at := time.Duration(n+1) * 3 * time.Hour
				r.at(at, func() { step(r) })
				if n+1 == test.back {
					r.at(at+2*time.Hour, func() { w.mails.refuse(nil) })
					r.at(at+170*time.Minute, func() { r.sendsStandalone() }) // the test environment tries ten times, and no more
				}
			}
			r.at(2*day, func() { r.skips("First session") })
			r.execute()
			require.Equal(t, test.forBen, calendarsOf(w, ben))
			require.Equal(t, test.forClara, calendarsOf(w, clara))
			if test.ofDropped != "" {
				require.Equal(t, 1, r.count("SELECT count(*) FROM notifications WHERE state = 'dropped' AND state_reason = $1", test.ofDropped))
			}
			for _, tries := range w.mails.tries {
				for _, one := range tries {
					require.Equal(t, mime(t, tries[0]), mime(t, one), "each try has the same bytes")
				}
			}
		})
	}
}

func mime(t *testing.T, o compose.Outgoing) string {
	t.Helper()
	raw, err := compose.BuildMIME(o)
	require.NoError(t, err)
	return string(raw)
}

func calendarsOf(w *world, address string) []string {
	var out []string
	for _, line := range w.calendars() {
		if what, is := strings.CutSuffix(line, " "+address); is {
			out = append(out, what)
		}
	}
	return out
}

// R13: each calendar mail can be seen as it was sent, with its reason.
func TestR13_CalendarMailsAreKeptAsSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(sessionItem("First session")))
	r.at(time.Hour, func() { r.schedules("First session", 3*day) })
	r.at(2*time.Hour, func() {
		for _, n := range r.notifications(r.engagement.ID) {
			if n.State != "sent" {
				continue
			}
			shown, err := w.app.GetNotification(t.Context(), w.admin, n.ID)
			require.NoError(t, err)
			require.Equal(t, "attendee of First session", shown.Reason)
			require.Equal(t, string(w.mails.to(n.Address)[0].Calendar.Data), shown.Calendar)
		}
		r.skips("First session")
	})
	r.execute()
}

// R15: who gets the invitation again gets it since a person asked, as it was.
func TestR15_AnInvitationIsSentAgainOnlyByHand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(sessionItem("First session", to(coaching.RecipientSpec{Role: "coachee"}))))
	r.at(time.Hour, func() { r.schedules("First session", 3*day) })
	r.at(2*time.Hour, func() {
		r.does(func() error { return r.sendAgain("First session") })
	})
	r.at(2*time.Hour+10*time.Second, func() {
		r.does(func() error {
			_, err := w.app.TakeItemBack(t.Context(), w.admin, r.item("First session").ID)
			return err
		})
	})
	r.at(3*time.Hour, func() {
		require.Len(t, w.mails.to(ben), 1, "it was taken back")
		r.does(func() error { return r.sendAgain("First session") })
	})
	r.at(4*time.Hour, func() {
		mails := w.mails.to(ben)
		require.Len(t, mails, 2)
		require.Equal(t, mails[0].Calendar, mails[1].Calendar)
		r.skips("First session")
	})
	r.execute()
}

// sessionLink is what the link in the last mail to an address names.
func (w *world) sessionLink(address string) coaching.LinkRef {
	w.Helper()
	mails := w.mails.to(address)
	text := mails[len(mails)-1].Text
	token := between(text, "http://coachflow.test/l/", "\n")
	token = strings.TrimRight(strings.SplitN(token, "#", 2)[0], "> ")
	ref, err := w.app.OpenLink(token)
	require.NoError(w, err)
	require.Equal(w, coaching.SessionLink, ref.Purpose)
	return ref
}

func TestR14_AttendeesAskAndCancelByLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	r := w.program(w.engagement(sessionItem("First session", to(coaching.RecipientSpec{Role: "coachee"}, coaching.RecipientSpec{Role: "coach"}, coaching.RecipientSpec{Email: sam, Name: "Sam"}))))
	r.at(time.Hour, func() { r.schedules("First session", 5*day) })
	var link coaching.LinkRef
	r.at(2*time.Hour, func() {
		link = w.sessionLink(sam)
		for range 3 { // R9: looking changes nothing
			s, err := w.app.ReadSessionLink(ctx, link)
			require.NoError(t, err)
			require.Equal(t, app.SessionOpen, s.Stand)
		}
		require.Len(t, w.calendars(), 3)
		_, err := w.app.AskByLink(ctx, link, " ")
		requireProblem(t, err, "session_words_missing")
		_, err = w.app.AskByLink(ctx, link, "Would Thursday suit you?")
		require.NoError(t, err)
		r.sendsStandalone()
		asked := w.mails.to(clara)[1]
		require.Equal(t, "Sam asks for another time: First session", asked.Subject)
		require.Contains(t, asked.Text, "Would Thursday suit you?")
		require.Equal(t, coaching.SessionScheduled, r.item("First session").Session.State, "asking changes nothing")
		r.does(func() error {
			_, err := w.app.CancelSessionByLink(ctx, link, "I am ill.")
			return err
		})
	})
	r.at(3*time.Hour, func() {
		require.Contains(t, w.mails.to(ben)[1].Text, "I am ill.", "the others read why")
		again, err := w.app.CancelSessionByLink(ctx, link, "I am ill.")
		require.NoError(t, err, "doing it again shows the same")
		require.Equal(t, app.SessionOff, again.Stand)
		r.schedules("First session", 6*day)
	})
	r.at(4*time.Hour, func() {
		old, err := w.app.ReadSessionLink(ctx, link)
		require.NoError(t, err)
		require.Equal(t, app.SessionOff, old.Stand, "the old link says that this one was cancelled")
		_, err = w.app.AskByLink(ctx, link, "And now?")
		requireProblem(t, err, "session_closed")
		require.Equal(t, coaching.SessionScheduled, r.item("First session").Session.State)
		link = w.sessionLink(sam)
		// Nobody waits for the test's clock: the session is brought close instead.
		r.exec("UPDATE item_sessions SET starts_at = now() + interval '3 hours' WHERE state = 'scheduled'")
		late, err := w.app.ReadSessionLink(ctx, link)
		require.NoError(t, err)
		require.Equal(t, app.SessionLate, late.Stand)
		_, err = w.app.CancelSessionByLink(ctx, link, "")
		requireProblem(t, err, "session_notice_passed")
		r.exec("UPDATE item_sessions SET starts_at = now() - interval '3 hours' WHERE state = 'scheduled'")
		begun, err := w.app.ReadSessionLink(ctx, link)
		require.NoError(t, err)
		require.Equal(t, app.SessionBegun, begun.Stand)
		r.exec("UPDATE item_sessions SET starts_at = now() + interval '10 days' WHERE state = 'scheduled'")
		r.skips("First session")
	})
	r.execute()
	require.Equal(t, []string{"session_change_asked", "session_cancelled"}, r.events("session_change_asked", "session_cancelled")[:2])
}

// Every mail about a session that takes place carries the links to change it.
func TestR14_SessionMailsCarryTheirLinks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(sessionItem("First session", to(coaching.RecipientSpec{Role: "coachee"}))))
	r.at(time.Hour, func() { r.schedules("First session", 3*day) })
	r.at(2*time.Hour, func() { r.moves("First session", 4*day, "") })
	r.execute()
	mails := w.mails.to(ben)
	require.Len(t, mails, 4)
	for _, m := range mails {
		require.Equal(t, 2, strings.Count(m.Text, "http://coachflow.test/l/"), m.Subject)
		require.Contains(t, m.Text, "#cancel", m.Subject)
	}
}
