package workflows_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/inbox"
	"coachflow/mail/compose"
	"coachflow/mail/deliver"
	"coachflow/outbox"
)

const counts = "taken session_"

func TestSessionAnswer_OfEachProgram(t *testing.T) {
	t.Parallel()
	withSession(t, func(r *run) {
		e := r.entryOf(ben)
		stamp := time.Now().Add(-time.Hour)
		for n, shape := range slices.Sorted(maps.Keys(calendarShapes)) {
			for m, part := range []string{"ACCEPTED", "TENTATIVE"} {
				c := clicked{From: ben, Part: part, Stamp: stamp.Add(time.Duration(10*n+m) * time.Minute), Comment: "Looking forward\\, Ben"}
				in, state := r.receives(r.answerMail(shape, e, c).bytes())
				require.Equal(t, counts+strings.ToLower(part), state, shape)
				require.Equal(t, strings.ToLower(part), r.attendance(ben))
				require.Equal(t, state, r.reads(in), "read again it is the same")
			}
		}
		item := r.item("First session")
		at := slices.IndexFunc(item.To, func(r app.ItemRecipient) bool { return r.Address == ben })
		require.Equal(t, "Looking forward, Ben", item.To[at].AttendanceWords)
		require.NotNil(t, item.To[at].AttendanceAt)
		require.Empty(t, r.attendance(clara))
		require.Empty(t, r.mails.all(), "R20: nothing answers a calendar, and nobody is bothered")
		require.Empty(t, r.messages())

		_, state := r.receives(r.answerMail("gmail", r.entryOf(sam), clicked{From: "Sam@stake.test", Part: "DECLINED"}).bytes())
		require.Equal(t, counts+"declined", state, "who has no account answers, too")
		require.Equal(t, "declined", r.attendance(sam))
		require.Zero(t, r.kinds(coaching.SessionDeclinedLetter), "who need not come bothers nobody")
	})
}

// R22, R28: only what an attendee sends counts, for whom the receiving server vouches. The
// rest is put aside, and can be seen with its reason.
func TestR22_AForgedAnswerNeverCounts(t *testing.T) {
	t.Parallel()
	withSession(t, func(r *run) {
		e := r.entryOf(ben)
		aside := func(want string, d *draft) {
			t.Helper()
			in, state := r.receives(d.bytes())
			require.Equal(t, want, state)
			words, known := reasonOf(state)
			require.True(t, known, state)
			require.NotEmpty(t, words)
			shown, err := r.app.GetInboundMail(t.Context(), r.admin, in.ID)
			require.NoError(t, err)
			require.NotNil(t, shown.SessionID)
			require.Empty(t, r.attendance(ben))
			require.Empty(t, r.proposals())
		}
		for _, method := range []string{"REPLY", "COUNTER"} {
			answer := func() *draft {
				return r.answerMail("gmail", e, clicked{From: ben, Part: "DECLINED", Method: method, Start: "20300304T090000", End: "20300304T100000"})
			}
			aside("quarantined dmarc_failed", answer().set(results, "mx.coachflow.test; dmarc=fail header.from=client.test"))
			aside("quarantined not_authenticated", answer().set(results, "mx.coachflow.test; spf=pass smtp.mailfrom=evil.test"))
			aside("quarantined no_results", answer().without(results))
			aside("quarantined author_unclear", answer().set("From", ben+", "+clara))
			aside("quarantined sender_not_attendee", answer().set("From", "stranger@evil.test").set(results, "mx.coachflow.test; dmarc=pass header.from=evil.test"))
			aside("quarantined calendar_of_somebody_else", answer().set("From", clara).set(results, "mx.coachflow.test; dmarc=pass header.from=acme.test"))
		}
		told := r.mails.to(ben)
		require.NotEmpty(t, told, "the attendee in whose name it came is told")
		require.Contains(t, told[0].Text, "did not count")
		require.Empty(t, r.mails.to("stranger@evil.test"))
		require.Zero(t, r.kinds(coaching.SessionDeclinedLetter))
		require.Zero(t, r.kinds(coaching.SessionProposedLetter))
	})
}

// R28: what a calendar can say beside an answer changes nothing, and is seen.
func TestR28_CalendarsThatAreNoAnswerArePutAside(t *testing.T) {
	t.Parallel()
	withSession(t, func(r *run) {
		e := r.entryOf(ben)
		zero := e.Sequence - 1
		check := func(want string, d *draft) {
			t.Helper()
			_, state := r.receives(d.bytes())
			require.Equal(t, want, state)
			_, known := reasonOf(state)
			require.True(t, known, state)
			require.Empty(t, r.attendance(ben))
		}
		of := func(c clicked) *draft {
			if c.From = ben; c.Part == "" {
				c.Part = "ACCEPTED"
			}
			return r.answerMail("outlook", e, c)
		}
		other := e
		other.UID = uuid.NewString() + "@elsewhere.test"
		check("quarantined calendar_other_event", r.answerMail("gmail", other, clicked{From: ben, Part: "ACCEPTED"}))
		check("quarantined calendar_no_answer", of(clicked{Method: "CANCEL"}))
		check("quarantined calendar_no_answer", of(clicked{Method: "REQUEST"}))
		check("quarantined calendar_repeats", of(clicked{More: []string{"RRULE:FREQ=WEEKLY"}}))
		check("quarantined calendar_repeats", of(clicked{More: []string{"RECURRENCE-ID:20300304T080000Z"}}))
		check("quarantined calendar_several_events", of(clicked{More: []string{"END:VEVENT", "BEGIN:VEVENT", "UID:two@elsewhere.test"}}))
		check("quarantined calendar_delegated", of(clicked{Part: "DELEGATED"}))
		check("quarantined calendar_of_somebody_else", of(clicked{More: []string{"ATTENDEE;PARTSTAT=ACCEPTED:mailto:" + clara}}))
		check("ignored answer_says_nothing", of(clicked{Part: "NEEDS-ACTION"}))
		check("ignored answer_outdated", of(clicked{Sequence: &zero}))
		check("ignored proposal_of_same_time", of(clicked{Method: "COUNTER"}))
		check("ignored proposal_of_passed_time", of(clicked{Method: "COUNTER", Start: "20200304T090000", End: "20200304T100000"}))
		check("ignored proposal_without_time", of(clicked{Method: "COUNTER", Start: "soon", End: "later"}))
		check("quarantined calendar_broken", r.mailFrom(ben, e).set("Content-Type", "text/calendar; method=REPLY"))
		check("quarantined session_words_missing", func() *draft { d := r.mailFrom(ben, e); d.body = " "; return d }())
		require.Equal(t, coaching.SessionScheduled, r.item("First session").Session.State)
	})
}

// R21: the same mail twice counts once, and what comes late changes nothing.
func TestR21_TheSameAnswerTwiceIsOne(t *testing.T) {
	t.Parallel()
	withSession(t, func(r *run) {
		e, now := r.entryOf(ben), time.Now()
		declined := r.answerMail("outlook", e, clicked{From: ben, Part: "DECLINED", Stamp: now.Add(-3 * time.Minute)}).bytes()
		accepted := r.answerMail("outlook", e, clicked{From: ben, Part: "ACCEPTED", Stamp: now.Add(-time.Minute)}).bytes()
		_, state := r.receives(declined)
		require.Equal(t, counts+"declined", state)
		_, state = r.receives(declined)
		require.Equal(t, "duplicate answered_twice", state)
		_, state = r.receives(accepted)
		require.Equal(t, counts+"accepted", state)
		_, state = r.receives(declined)
		require.Equal(t, "ignored answer_overtaken", state)
		require.Equal(t, "accepted", r.attendance(ben))

		proposal := r.answerMail("gmail", e, clicked{From: ben, Part: "TENTATIVE", Method: "COUNTER", Start: "20300304T090000", End: "20300304T100000"}).bytes()
		_, state = r.receives(proposal)
		require.Equal(t, counts+"proposed", state)
		_, state = r.receives(proposal)
		require.Equal(t, "duplicate answered_twice", state)
		require.Len(t, r.proposals(), 1)
		require.Len(t, r.mails.to(clara), 2, "one word that he declined, one that he proposes")

		_, state = r.receives(r.answerMail("gmail", e, clicked{From: ben, Part: "DECLINED", Stamp: now.Add(24 * time.Hour)}).bytes())
		require.Equal(t, counts+"declined", state, "a clock that is ahead")
		_, state = r.receives(r.answerMail("gmail", e, clicked{From: ben, Part: "ACCEPTED", Stamp: time.Now().Add(time.Second)}).bytes())
		require.Equal(t, counts+"accepted", state, "hides no later answer")
	})
}

// R15: of one who must come and declines the coach hears at once, and once for each change.
func TestR15_ADeclineIsToldOnceForEachChange(t *testing.T) {
	t.Parallel()
	withSession(t, func(r *run) {
		e, at := r.entryOf(ben), time.Now().Add(-time.Hour)
		answers := func(part string) {
			t.Helper()
			at = at.Add(time.Minute)
			in, state := r.receives(r.answerMail("outlook", e, clicked{From: ben, Part: part, Stamp: at, Comment: "I am travelling that day."}).bytes())
			require.Equal(t, counts+strings.ToLower(part), state)
			r.reads(in)
		}
		answers("DECLINED")
		require.Len(t, r.mails.to(clara), 1)
		require.Equal(t, "Ben Okri declines: First session, "+between(r.mails.to(clara)[0].Subject, "session, ", "\x00"), r.mails.to(clara)[0].Subject)
		require.Contains(t, r.mails.to(clara)[0].Text, "I am travelling that day.")
		answers("DECLINED")
		require.Len(t, r.mails.to(clara), 1)
		answers("ACCEPTED")
		answers("DECLINED")
		require.Len(t, r.mails.to(clara), 2)
		require.Empty(t, r.calendars(), "no calendar is told")
	})
}

// R1: a word that could not leave is read again when it can.
func TestR1_ADeclineThatIsTakenBackIsNotTold(t *testing.T) {
	t.Parallel()
	withSession(t, func(r *run) {
		e, at := r.entryOf(ben), time.Now().Add(-time.Hour)
		in := r.stores(r.answerMail("gmail", e, clicked{From: ben, Part: "DECLINED", Stamp: at}).bytes())
		r.mails.refuse(func(compose.Outgoing) error { return &deliver.SendError{Code: "away"} })
		_, err := r.activities.ReceiveMail(t.Context(), in)
		require.Error(t, err)
		require.Equal(t, counts+"declined", r.reads(in), "it counts although the word could not leave")
		r.mails.refuse(nil)
		r.exec("UPDATE notifications SET claimed_until = NULL")
		_, state := r.receives(r.answerMail("gmail", e, clicked{From: ben, Part: "ACCEPTED", Stamp: at.Add(time.Minute)}).bytes())
		require.Equal(t, counts+"accepted", state)
		var id uuid.UUID
		r.ask("SELECT id FROM notifications WHERE kind = 'session_declined'", &id)
		require.NoError(t, r.activities.SendNotice(t.Context(), outbox.StandaloneMail{Org: r.admin.Org, ID: id}))
		require.Empty(t, r.mails.to(clara))
		require.Zero(t, r.kinds(coaching.SessionDeclinedLetter))
	})
}

// A session that is moved is answered anew: what was said about the time before says nothing.
func TestSessionAnswer_AMoveBeginsAnew(t *testing.T) {
	t.Parallel()
	withSession(t, func(r *run) {
		e := r.entryOf(ben)
		_, state := r.receives(r.answerMail("gmail", e, clicked{From: ben, Part: "ACCEPTED"}).bytes())
		require.Equal(t, counts+"accepted", state)
		r.does(func() error {
			place := "Room 2"
			_, err := r.app.RescheduleSession(t.Context(), r.admin, r.item("First session").ID, app.SessionTime{At: r.localAt(5 * day), TimeZone: "Europe/Berlin", Place: &place})
			return err
		})
		r.at(3*time.Hour, func() {
			require.Equal(t, "accepted", r.attendance(ben), "another place is the same time")
			r.moves("First session", 6*day, "")
		})
		r.at(4*time.Hour, func() {
			require.Empty(t, r.attendance(ben))
			_, state := r.receives(r.answerMail("gmail", e, clicked{From: ben, Part: "DECLINED"}).bytes())
			require.Equal(t, "ignored answer_outdated", state)
			require.Empty(t, r.attendance(ben))
			_, state = r.receives(r.answerMail("gmail", r.entryOf(ben), clicked{From: ben, Part: "ACCEPTED"}).bytes())
			require.Equal(t, counts+"accepted", state)
		})
	})
}

// An admin who knows better lets an answer through that nobody vouches for.
func TestSessionAnswer_IsLetThrough(t *testing.T) {
	t.Parallel()
	withSession(t, func(r *run) {
		e := r.entryOf(ben)
		in, state := r.receives(r.answerMail("apple", e, clicked{From: ben, Part: "ACCEPTED"}).set("From", "ben@private.test").without(results).bytes())
		require.Equal(t, "quarantined sender_not_attendee", state)
		require.Equal(t, counts+"accepted", r.releases(in))
		require.Equal(t, "accepted", r.attendance(ben))
		in, state = r.receives(r.answerMail("apple", e, clicked{From: ben, Part: "DELEGATED"}).bytes())
		require.Equal(t, "quarantined calendar_delegated", state)
		require.Equal(t, "mail_not_postable", r.releaseRefused(in))
	})
}

// Words of a person are not lost: those of an attendee go on to the coach, and the coach is
// told what to do instead.
func TestR28_WordsToTheAddressOfASessionReachSomebody(t *testing.T) {
	t.Parallel()
	withSession(t, func(r *run) {
		e := r.entryOf(ben)
		_, state := r.receives(r.mailFrom(ben, e).multipart("mixed", "Content-Type: text/plain\r\n\r\nI may be late.\r\n\r\n-- \r\nBen", "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=plan.pdf\r\n\r\n%PDF").bytes())
		require.Equal(t, "taken session_words", state)
		told := r.mails.to(clara)
		require.Len(t, told, 1)
		require.Equal(t, "Ben Okri wrote about First session", told[0].Subject)
		require.Contains(t, told[0].Text, "I may be late.")
		require.Contains(t, told[0].Text, "plan.pdf")
		_, state = r.receives(r.mailFrom(clara, e).bytes())
		require.Equal(t, "ignored answered_once", state)
		require.Len(t, r.mails.to(clara), 2)
		_, state = r.receives(r.mailFrom(ben, e).set("Auto-Submitted", "auto-replied").bytes())
		require.Equal(t, "ignored auto_reply", state)
		_, state = r.receives(r.mailFrom("stranger@elsewhere.test", e).bytes())
		require.Equal(t, "quarantined sender_not_attendee", state)
		for range coaching.MostSessionWords {
			_, state = r.receives(r.mailFrom(ben, e).bytes())
		}
		require.Equal(t, "quarantined session_words_too_often", state)
	})
}

// R7: a proposal waits for the coach, and the attendee is told what came of it.
func TestR7_AProposalIsRefused(t *testing.T) {
	t.Parallel()
	withSession(t, func(r *run) {
		proposed(r, "20300304T090000")
		proposed(r, "20300305T090000")
		require.Len(t, r.proposals(), 1, "the newer one replaces the one before")
		link := r.decisionLink()
		for range 3 { // R9: looking changes nothing
			v, err := r.app.ReadProposalLink(t.Context(), link)
			require.NoError(t, err)
			require.Equal(t, coaching.ProposalOpen, v.State)
			require.Equal(t, "Ben Okri", v.Asker)
		}
		r.newBooks()
		for range 2 { // again it is the same
			v, err := r.app.RefuseProposalByLink(t.Context(), link, "I am away that week.")
			require.NoError(t, err)
			require.Equal(t, coaching.ProposalRefused, v.State)
		}
		_, err := r.app.TakeProposalByLink(t.Context(), link)
		requireProblem(t, err, "proposal_ended")
		r.sendsStandalone()
		require.Len(t, r.mails.to(ben), 1)
		require.Contains(t, r.mails.to(ben)[0].Text, "I am away that week.")
		require.Contains(t, r.mails.to(ben)[0].Text, "5 March 2030")
		require.Empty(t, r.mails.to(clara), "nothing more is to be decided")
		require.Empty(t, r.calendars())
	})
}

func TestR7_AProposalIsTaken(t *testing.T) {
	t.Parallel()
	withSession(t, func(r *run) {
		proposed(r, "20300304T090000")
		link := r.decisionLink()
		r.newBooks()
		r.does(func() error {
			_, err := r.app.TakeProposalByLink(t.Context(), link)
			return err
		})
		r.at(3*time.Hour, func() {
			item := r.item("First session")
			require.Equal(t, "2030-03-04T08:00:00Z", item.Session.StartsAt.UTC().Format(time.RFC3339))
			require.Equal(t, "Europe/Berlin", item.Session.TimeZone)
			require.Empty(t, item.Session.Proposals)
			require.Equal(t, byReader([]string{"REQUEST 1 " + ben, "REQUEST 1 " + clara, "REQUEST 1 " + sam}), r.calendars(), "who asked is told, as all are")
			v, err := r.app.TakeProposalByLink(t.Context(), link)
			require.NoError(t, err)
			require.Equal(t, coaching.ProposalTaken, v.State)
		})
	})
}

// R1, R6: a proposal ends by itself with the session's present time, and both sides are told
// when nobody has decided.
func TestR6_AProposalEndsByItself(t *testing.T) {
	t.Parallel()
	withSession(t, func(r *run) {
		proposed(r, "20300304T090000")
		link := r.decisionLink()
		r.newBooks()
		r.exec("UPDATE item_sessions SET starts_at = now() - interval '1 minute'")
		_, err := r.app.TakeProposalByLink(t.Context(), link)
		requireProblem(t, err, "proposal_ended")
		r.exec("UPDATE notifications SET planned_at = now() - interval '1 hour' WHERE kind = 'session_proposal_expired'")
		r.sendsStandalone()
		for _, reader := range []string{ben, clara} {
			require.Len(t, r.mails.to(reader), 1, reader)
			require.Contains(t, r.mails.to(reader)[0].Subject, "No decision in time")
		}
		v, err := r.app.ReadProposalLink(t.Context(), link)
		require.NoError(t, err)
		require.Equal(t, coaching.ProposalExpired, v.State)
		r.exec("UPDATE item_sessions SET starts_at = now() + interval '5 days'")
	})
}

func TestR1_AProposalEndsWithAMoveAndACancellation(t *testing.T) {
	t.Parallel()
	withSession(t, func(r *run) {
		proposed(r, "20300304T090000")
		first := r.decisionLink()
		r.moves("First session", 6*day, "")
		r.at(3*time.Hour, func() {
			v, err := r.app.ReadProposalLink(t.Context(), first)
			require.NoError(t, err)
			require.Equal(t, coaching.ProposalMoved, v.State)
			require.Zero(t, r.count("SELECT count(*) FROM notifications WHERE kind = 'session_proposal_expired' AND state = 'planned'"))
			proposed(r, "20300304T090000")
			first = r.decisionLink()
			r.cancels("First session", "")
		})
		r.at(4*time.Hour, func() {
			v, err := r.app.ReadProposalLink(t.Context(), first)
			require.NoError(t, err)
			require.Equal(t, coaching.ProposalCancelled, v.State)
			_, err = r.app.TakeProposalByLink(t.Context(), first)
			requireProblem(t, err, "proposal_ended")
			require.Zero(t, r.count("SELECT count(*) FROM notifications WHERE kind IN ('session_proposal_expired', 'session_proposed') AND state = 'planned'"))
		})
	})
}

// proposed is Ben's proposal of an hour that begins then, which counts.
func proposed(r *run, start string) {
	r.Helper()
	d := r.answerMail("outlook", r.entryOf(ben), clicked{From: ben, Part: "TENTATIVE", Method: "COUNTER", Start: start, End: start[:9] + "100000"})
	_, state := r.receives(d.bytes())
	require.Equal(r, counts+"proposed", state)
}

// decisionLink is that in the last mail to the coach.
func (w *world) decisionLink() coaching.LinkRef {
	w.Helper()
	mails := w.mails.to(clara)
	require.Contains(w, mails[len(mails)-1].Subject, "proposes another time")
	token := between(mails[len(mails)-1].Text, "http://coachflow.test/l/", "\n")
	ref, err := w.app.OpenLink(strings.TrimRight(token, "> "))
	require.NoError(w, err)
	require.Equal(w, coaching.ProposalLink, ref.Purpose)
	return ref
}

func reasonOf(state string) (words string, known bool) {
	_, code, _ := strings.Cut(state, " ")
	return inbox.ReasonWords(code)
}
