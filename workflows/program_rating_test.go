package workflows_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/workflows"
)

// asksForRatings switches the question after sessions on.
func (w *world) asksForRatings(readers coaching.RatingReaders, heldByThemselves bool) {
	w.Helper()
	ask := coaching.DefaultRatings
	ask.Asked, ask.Readers, ask.Question = true, readers, "Was it of use?"
	_, err := w.app.UpdateOrganization(w.Context(), w.admin, app.OrganizationInput{Name: "Acme Coaching", TimeZone: "Europe/Berlin", Ratings: &ask, SessionsHeldByThemselves: &heldByThemselves})
	require.NoError(w, err)
}

func (r *run) holds(title string) {
	r.Helper()
	r.does(func() error {
		_, err := r.app.MarkSessionHeld(r.Context(), r.admin, r.item(title).ID)
		return err
	})
}

// ratingMails are the mails to an address that ask for a rating.
func (w *world) ratingMails(address string) []string {
	w.Helper()
	var out []string
	for _, m := range w.mails.to(address) {
		if strings.HasPrefix(m.Subject, "A short rating: ") {
			out = append(out, m.Text)
		}
	}
	return out
}

// ratingLink is what the link in the last of them names.
func (w *world) ratingLink(address string) coaching.LinkRef {
	w.Helper()
	mails := w.ratingMails(address)
	require.NotEmpty(w, mails)
	token := between(mails[len(mails)-1], "http://coachflow.test/l/", "\n")
	ref, err := w.app.OpenLink(strings.TrimRight(token, "> "))
	require.NoError(w, err)
	require.Equal(w, coaching.RatingLink, ref.Purpose)
	return ref
}

// ratings are those that somebody reads of an engagement.
func (r *run) ratings(p app.Principal) []app.SessionRating {
	r.Helper()
	list, err := r.app.ListRatings(r.Context(), p, r.engagement.ID, app.Paging{})
	require.NoError(r, err)
	return list.Items
}

func TestRating_IsAskedAnsweredAndChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.asksForRatings(coaching.RatingsForCoach, false)
	r := w.program(w.engagement(sessionItem("First session"), w.formItem("Review")))
	r.at(time.Hour, func() { r.schedules("First session", 3*day) })
	r.at(3*day+2*time.Hour, func() {
		require.Empty(t, w.ratingMails(ben), "not before it was held")
		r.holds("First session")
	})
	r.at(3*day+3*time.Hour, func() {
		require.Len(t, w.ratingMails(ben), 1)
		require.Len(t, w.ratingMails(clara), 1)
		require.Contains(t, w.ratingMails(ben)[0], "Was it of use?")
		require.Contains(t, w.ratingMails(ben)[0], "by your coach, Clara Schumann", "R27")
		link := w.ratingLink(ben)
		for range 3 { // R9: looking changes nothing
			asked, err := w.app.ReadRatingLink(ctx, link)
			require.NoError(t, err)
			require.Equal(t, coaching.RatingOpen, asked.Stand)
			require.Nil(t, asked.Given)
		}
		_, err := w.app.RateByLink(ctx, link, coaching.Rating{Score: 6})
		problem, _ := coaching.AsProblem(err)
		require.Equal(t, "rating_score_invalid", problem.Code)
		for _, said := range []coaching.Rating{{Score: 2}, {Score: 4, Words: "Better, on second thought."}} {
			asked, err := w.app.RateByLink(ctx, link, said)
			require.NoError(t, err)
			require.Equal(t, coaching.RatingAnswered, asked.Stand)
			require.Equal(t, said, *asked.Given)
		}
		coach, coachee := app.Principal{Org: w.admin.Org, Person: w.coach.ID}, app.Principal{Org: w.admin.Org, Person: w.client.ID}
		require.Empty(t, r.ratings(coachee), "the question named admins and coach")
		for _, p := range []app.Principal{w.admin, coach} {
			list := r.ratings(p)
			require.Len(t, list, 2)
			require.Equal(t, "Better, on second thought.", list[0].Words)
			require.Equal(t, 4, *list[0].Score)
			require.Equal(t, coaching.CoachRates, list[1].Role)
			require.Nil(t, list[1].Score)
		}
		average, err := w.app.RatingOfCoach(ctx, w.admin, w.coach.ID)
		require.NoError(t, err)
		require.Equal(t, app.CoachRating{Answers: 1, Average: 4}, average, "the coach's own do not count")
		w.exec("UPDATE session_ratings SET closes_at = now()")
		asked, err := w.app.RateByLink(ctx, link, coaching.Rating{Score: 1})
		problem, _ = coaching.AsProblem(err)
		require.Equal(t, "rating_closed", problem.Code)
		require.Equal(t, coaching.RatingClosed, asked.Stand)
		require.Equal(t, 4, asked.Given.Score)
	})
	r.execute()
	require.Len(t, w.ratingMails(ben), 1, "nobody is reminded")
}

func TestRating_OfASessionThatCountsAsHeldByItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.asksForRatings(coaching.RatingsForEveryone, true)
	r := w.program(w.engagement(sessionItem("First session", to(coaching.RecipientSpec{Role: "coach"}, coaching.RecipientSpec{Email: sam})), w.formItem("Review")))
	r.at(time.Hour, func() { r.schedules("First session", 2*day) })
	r.execute()
	require.Len(t, w.ratingMails(clara), 1, "it leaves with the step, and waits for no sweep")
	require.Empty(t, w.ratingMails(ben), "the coachee was not to attend")
	require.Empty(t, w.ratingMails(sam))
	require.Contains(t, w.ratingMails(clara)[0], "and by Ben Okri. You see it, too.")
}

func TestRating_IsNotAskedWhereTheSettingIsOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(sessionItem("First session")))
	r.at(time.Hour, func() { r.schedules("First session", 2*day) })
	r.at(2*day+2*time.Hour, func() { r.holds("First session") })
	r.at(2*day+3*time.Hour, func() { w.asksForRatings(coaching.RatingsForCoach, false) }) // R5: it asks about later ones
	r.execute()
	require.Empty(t, w.ratingMails(ben))
	require.Zero(t, w.count("SELECT count(*) FROM session_ratings"))
}

// A session is asked about once for each person, however often it is said that it was held;
// one that takes its place is another one.
func TestR15_ASessionIsRatedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.asksForRatings(coaching.RatingsForCoach, false)
	r := w.program(w.engagement(sessionItem("First session")))
	r.at(time.Hour, func() { r.schedules("First session", 2*day) })
	r.at(2*day+2*time.Hour, func() {
		r.does(func() error {
			_, err := r.app.MarkSessionNoShow(t.Context(), w.admin, r.item("First session").ID)
			return err
		})
	})
	r.at(2*day+3*time.Hour, func() {
		require.Empty(t, w.ratingMails(ben), "nobody came")
		r.holds("First session") // the coach was wrong
		act := uuid.Nil
		w.ask("SELECT id FROM session_acts WHERE kind = 'held'", &act)
		r.update(workflows.SessionUpdate, workflows.ProgramSession{Item: r.item("First session").ID, ID: act, Kind: coaching.HoldSession})
	})
	r.at(2*day+4*time.Hour, func() { require.Len(t, w.ratingMails(ben), 1) })
	r.at(3*day, func() { r.update(workflows.ReopenUpdate, r.act("First session")) })
	r.at(3*day+time.Hour, func() {
		asked, err := w.app.ReadRatingLink(t.Context(), w.ratingLink(ben))
		require.NoError(t, err)
		require.Equal(t, coaching.RatingEnded, asked.Stand, "it was not held after all")
		_, err = w.app.RateByLink(t.Context(), w.ratingLink(ben), coaching.Rating{Score: 3})
		problem, _ := coaching.AsProblem(err)
		require.Equal(t, "rating_closed", problem.Code)
		r.schedules("First session", 5*day)
	})
	r.at(5*day+2*time.Hour, func() { r.holds("First session") })
	r.execute()
	require.Len(t, w.ratingMails(ben), 2, "about two sessions")
	require.Len(t, w.ratingMails(clara), 2)
}

// A mail that could not leave asks nothing any more once the session was not held after
// all, or the engagement has ended.
func TestR1_ARatingThatIsOverIsNotAskedFor(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*run){
		"reopened": func(r *run) { r.update(workflows.ReopenUpdate, r.act("First session")) },
		"ended":    func(r *run) { r.update(workflows.EndUpdate, workflows.ProgramEnd{Status: "completed"}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.asksForRatings(coaching.RatingsForCoach, false)
			r := w.program(w.engagement(sessionItem("First session")))
			r.at(time.Hour, func() { r.schedules("First session", 2*day) })
			r.at(2*day+2*time.Hour, func() {
				w.awayFor(ben, false)
				r.holds("First session")
			})
			r.at(2*day+2*time.Hour+time.Second, func() { end(r) })
			r.execute()
			w.awayFor("", false)
			r.sendsStandalone()
			require.Empty(t, w.ratingMails(ben))
		})
	}
}
