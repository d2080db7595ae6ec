package link_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/mocks"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/program"
	"coachflow/workflows"
)

// byScanner is how a mail scanner submits a form, byPerson how a browser does.
var (
	byScanner = []string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "navigate"}
	byPerson  = append([]string{"Sec-Fetch-User", "?1"}, byScanner...)
)

// toBook is a session that the coachee of our party books, and the path of its link.
func (w *world) toBook() (engagement app.Engagement, item app.Item, path string) {
	w.t.Helper()
	ctx, p := w.t.Context(), w.ours
	in := coaching.DefaultAvailability()
	for _, day := range coaching.Weekdays {
		in.Weekly[day] = []coaching.DayHours{{From: 9 * 60, To: 17 * 60}}
	}
	_, err := w.app.SetAvailability(ctx, p.coach, p.coach.Person, 1, in)
	require.NoError(w.t, err)
	engagement, err = w.app.CreateEngagement(ctx, p.admin, app.EngagementInput{Name: "Leadership", CoacheeID: p.coachee.Person, CoachID: &p.coach.Person})
	require.NoError(w.t, err)
	item, err = w.app.AddItem(ctx, p.admin, engagement.ID, -1, coaching.ItemSpec{Kind: coaching.SessionItem, Title: "First session", Minutes: 60, BookedBy: coaching.BookedByCoachee,
		Release: coaching.ReleaseRule{Rule: coaching.Manual}, Recipients: []coaching.RecipientSpec{{Role: "coachee"}, {Role: "coach"}}})
	require.NoError(w.t, err)
	_, err = w.app.StartEngagement(ctx, p.admin, engagement.ID)
	require.NoError(w.t, err)
	w.exec("UPDATE items SET status = 'open', issued_at = now(), round = 1, plan = 1 WHERE id = $1", item.ID)
	recipient := uuid.MustParse(w.value("SELECT id::text FROM item_recipients WHERE item_id = $1 AND person_id = $2", item.ID, p.coachee.Person))
	return engagement, item, w.link(p, coaching.BookingLink, recipient, p.coachee.Person, 24*time.Hour)
}

// carriesOut lets the program carry out what the process engine is asked for.
func (w *world) carriesOut(engagement uuid.UUID) {
	handle := &mocks.WorkflowUpdateHandle{}
	handle.On("Get", mock.Anything, mock.Anything).Return(nil).Maybe()
	w.temporal.On("UpdateWorkflow", mock.Anything, mock.Anything).Return(handle, nil).Run(func(args mock.Arguments) {
		in, is := args.Get(1).(client.UpdateWorkflowOptions).Args[0].(workflows.ProgramSession)
		if !is {
			return
		}
		command := program.CommandContext{Org: w.ours.org, Engagement: engagement, Item: in.Item, Actor: in.Actor, At: time.Now().UTC().Truncate(time.Microsecond), Key: in.ID.String()}
		_, err := w.app.Programs.ApplySession(w.t.Context(), program.SessionCommand{CommandContext: command, Act: in.ID})
		if err != nil {
			w.t.Error(err)
		}
	}).Maybe()
}

// choices are the addresses to which the times on a page lead.
func choices(page response) []string {
	var out []string
	for _, found := range regexp.MustCompile(`href="([^"]*\?at=[^"]*)"`).FindAllStringSubmatch(page.body, -1) {
		out = append(out, html.UnescapeString(found[1]))
	}
	return out
}

// posted is what the button of a page that confirms a time sends.
func posted(choice string) url.Values {
	u, _ := url.Parse(choice)
	return url.Values{"action": {"book"}, "at": {u.Query().Get("at")}}
}

func TestR9_ChoosingATimeChangesNothingBeforeTheButton(t *testing.T) {
	w := newWorld(t)
	engagement, _, path := w.toBook()
	w.carriesOut(engagement.ID)
	before := w.snapshot()
	v := w.visitor()
	page := v.get(path)
	require.Equal(t, http.StatusOK, page.status)
	require.Contains(t, page.body, "Europe/Berlin")
	free := choices(page)
	require.NotEmpty(t, free)
	require.NotEmpty(t, choices(v.get(path+"?week="+time.Now().AddDate(0, 0, 21).Format(time.DateOnly))))
	require.NotEmpty(t, choices(v.get(path+"?week=nonsense")))
	confirm := v.get(free[0])
	require.Contains(t, confirm.body, "Book this time?")
	require.Equal(t, 1, strings.Count(confirm.body, "<button"))
	again := v.post(path, posted(free[0]), byScanner...)
	require.Contains(t, again.body, "Book this time?", "who does not press gets the page again")
	require.Contains(t, again.body, "press the button")
	require.Equal(t, before, w.snapshot())

	booked := v.post(path, posted(free[0]), byPerson...)
	require.Equal(t, http.StatusOK, booked.status)
	require.Contains(t, booked.body, "It is booked.")
	require.Contains(t, booked.body, "Cancel the session")
	require.Equal(t, "1", w.value("SELECT count(*)::text FROM bookings"))
	after := w.value("SELECT count(*)::text FROM session_acts")
	require.Contains(t, v.post(path, posted(free[0]), byPerson...).body, "takes place as planned", "pressed twice shows the same")
	require.Equal(t, after, w.value("SELECT count(*)::text FROM session_acts"))
}

func TestBooking_MovedByTheSameLinkWithAReason(t *testing.T) {
	w := newWorld(t)
	engagement, _, path := w.toBook()
	w.carriesOut(engagement.ID)
	v := w.visitor()
	free := choices(v.get(path))
	require.Contains(t, v.post(path, posted(free[len(free)-1]), byPerson...).body, "It is booked.")
	later := choices(v.get(path + "?week=" + time.Now().AddDate(0, 0, 14).Format(time.DateOnly)))
	require.NotEmpty(t, later)
	require.Contains(t, v.get(later[0]).body, "Move the session to this time?")
	form := posted(later[0])
	form.Set("reason", "I am travelling.")
	require.Contains(t, v.post(path, form, byPerson...).body, "It is moved.")
	require.Equal(t, "I am travelling.", w.value("SELECT reason FROM item_sessions"))
	require.Equal(t, form.Get("at"), w.value(`SELECT to_char(starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') FROM bookings`))
	require.Contains(t, v.post(path, url.Values{"action": {"cancel"}, "reason": {"Ill."}}, byPerson...).body, "This session was cancelled. Choose another time")
	require.Equal(t, "0", w.value("SELECT count(*)::text FROM bookings"))
	require.NotEmpty(t, choices(v.get(path)), "the same link books again")
}

func TestBooking_ATimeThatIsTakenLeadsToTheNextFreeOnes(t *testing.T) {
	w := newWorld(t)
	engagement, _, path := w.toBook()
	w.carriesOut(engagement.ID)
	v := w.visitor()
	free := choices(v.get(path))
	at := posted(free[1]).Get("at")
	w.exec(`WITH s AS (INSERT INTO item_sessions (org_id, id, item_id, state, uid, organizer, calendar, starts_at, minutes, zone, created_at)
		SELECT org_id, gen_random_uuid(), id, 'cancelled', 'other', 'session-aaaaaaaaaaaaaaaaaaaa', '{"uid": "u"}', $2::timestamptz, 60, 'UTC', '2020-01-01' FROM items LIMIT 1 RETURNING org_id, id)
		INSERT INTO bookings (org_id, id, coach_id, starts_at, ends_at, blocked_until, session_id)
		SELECT org_id, gen_random_uuid(), $1, $2::timestamptz, $2::timestamptz + interval '1 hour', $2::timestamptz + interval '1 hour', id FROM s`, w.ours.coach.Person, at)
	taken := v.post(path, posted(free[1]), byPerson...)
	require.Equal(t, http.StatusConflict, taken.status)
	require.Contains(t, taken.body, "This time is taken by now.")
	require.NotEmpty(t, choices(taken))
	require.NotContains(t, choices(taken), free[1])
	require.Contains(t, v.get(free[1]).body, "This time is taken by now.", "so does the page that would confirm it")
	for _, nonsense := range []string{"", "x", "2001-01-01T00:00:00Z", "2999-01-01T00:00:00Z"} {
		page := v.post(path, url.Values{"action": {"book"}, "at": {nonsense}}, byPerson...)
		require.Less(t, page.status, 500, nonsense)
		require.NotEmpty(t, choices(page), nonsense)
	}
}

func TestBooking_NothingFreeSaysSoAndTakesWords(t *testing.T) {
	w := newWorld(t)
	_, _, path := w.toBook()
	w.exec("DELETE FROM availabilities")
	v := w.visitor()
	page := v.get(path)
	require.Contains(t, page.body, "no time is free")
	require.Empty(t, choices(page))
	require.Equal(t, http.StatusUnprocessableEntity, v.post(path, url.Values{"action": {"ask"}, "words": {" "}}, byPerson...).status)
	require.Contains(t, v.post(path, url.Values{"action": {"ask"}, "words": {"In the evening?"}}, byPerson...).body, "Your coach gets your words by mail.")
	require.Equal(t, "1", w.value("SELECT count(*)::text FROM notifications WHERE kind = 'session_time_asked'"))
}
