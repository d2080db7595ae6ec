package app_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/db"
)

// permission is what the columns of the table get who call one method about one
// thing. given makes the thing, anew for each call, and gives the arguments
// behind the principal.
type permission struct {
	method, about string
	given         func(*world) []any
	want          columns
}

// columns are the outcomes by who calls. The thing is Ben's, or about him, where
// the row says nothing else.
type columns struct {
	admin        string // Ada, and a script with her API key
	coach        string // Clara, Ben's coach
	coachee      string // Ben
	peer         string // Petra, who has one item in Ben's program
	otherCoach   string // Otto
	otherCoachee string // Erik
	nobody       string // somebody without a role, as a stakeholder is
	foreign      string // Thea, the admin of another organization
}

// The outcomes. What is missing and what somebody may not know of are the same.
const (
	allowed   = "allowed"
	nothing   = "nothing"                        // allowed, and there is nothing for them in it
	engine    = "unavailable engine_unavailable" // allowed: it got as far as the process engine, which is away
	adminOnly = "forbidden admin_only"
	coachOnly = "forbidden coach_only"
	noPerson  = "invalid person_not_found" // named in the input
)

func missing(what string) string { return "not_found " + what + "_not_found" }

// admins may, and nobody else of the organization.
func admins(foreign string) columns {
	return columns{allowed, adminOnly, adminOnly, adminOnly, adminOnly, adminOnly, adminOnly, foreign}
}

// runs is what admins and the coach of an engagement may. The coachee knows of
// the engagement, for everybody else there is no such thing.
func runs(outcome, what string) columns {
	no := missing(what)
	return columns{outcome, outcome, coachOnly, no, no, no, no, no}
}

// attends is what coach and coachee may, who attend the coachee's session; for everybody
// else there is no such session.
func attends(outcome string) columns {
	no := missing("session")
	return columns{no, outcome, outcome, no, no, no, no, no}
}

// scheduled is given with the item of a session of Ben's that has a time.
func scheduled(args ...any) func(*world) []any {
	return func(w *world) []any { return append([]any{w.scheduledSession().ID}, args...) }
}

// inTwoWeeks is a time that Clara has free.
var inTwoWeeks = time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 14).Add(10 * time.Hour)

// sessionToBook is given with the item of a session that Ben books among Clara's times.
func (w *world) sessionToBook() []any {
	w.Helper()
	item := w.item(w.bens, aSession)
	w.exec("UPDATE items SET spec = spec || '{\"booked_by\": \"coachee\"}' WHERE id = $1", item.ID)
	w.exec("UPDATE item_sessions SET state = 'cancelled' WHERE item_id = $1", item.ID)
	w.exec("DELETE FROM bookings WHERE org_id = $1", w.admin.Org)
	w.offers(w.clara)
	return []any{item.ID}
}

func (w *world) sessionToBookThen() []any { return append(w.sessionToBook(), inTwoWeeks, "") }

// offers lets a coach be booked at every hour.
func (w *world) offers(coach app.Principal) {
	w.Helper()
	read, err := w.app.GetAvailability(w.Context(), coach, coach.Person)
	require.NoError(w, err)
	in := coaching.DefaultAvailability()
	for _, day := range coaching.Weekdays {
		in.Weekly[day] = []coaching.DayHours{{From: 0, To: 24 * 60}}
	}
	_, err = w.app.SetAvailability(w.Context(), coach, coach.Person, read.Version, in)
	require.NoError(w, err)
}

// inTenDays is a time for a session.
var inTenDays = func() app.SessionTime {
	at, err := coaching.ParseLocalTime(time.Now().AddDate(0, 0, 10).Format("2006-01-02T15:04"))
	if err != nil {
		panic(err)
	}
	return app.SessionTime{At: at, TimeZone: "UTC"}
}()

// coachs is what admins and the coach may, and of which nobody else knows.
func coachs(what string) columns {
	no := missing(what)
	return columns{allowed, allowed, no, no, no, no, no, no}
}

// both is what admins, coach and coachee may.
func both(what string) columns {
	no := missing(what)
	return columns{allowed, allowed, allowed, no, no, no, no, no}
}

func everybody(outcome string) columns {
	return columns{outcome, outcome, outcome, outcome, outcome, outcome, outcome, outcome}
}

// with is given without a thing of its own.
func with(args ...any) func(*world) []any { return func(*world) []any { return args } }

// in is given with the engagement of Ben, itemOf with an item of it.
func in(args ...any) func(*world) []any {
	return func(w *world) []any { return append([]any{w.bens}, args...) }
}

func itemOf(place int, args ...any) func(*world) []any {
	return func(w *world) []any { return append([]any{w.item(w.bens, place).ID}, args...) }
}

// inDraft is given with an engagement of Ben that has not started, itemOfDraft
// with an item of it.
func inDraft(args ...any) func(*world) []any {
	return func(w *world) []any { return append([]any{w.draft(w.clara, w.ben, w.petra)}, args...) }
}

// inRunning is given with an engagement of Ben's that runs.
func inRunning(w *world) []any {
	id := w.draft(w.clara, w.ben, w.petra)
	w.exec("UPDATE engagements SET status = 'active', started_at = now(), taken_up_at = now() WHERE id = $1", id)
	return []any{id}
}

func itemOfDraft(args ...any) func(*world) []any {
	return func(w *world) []any {
		return append([]any{w.item(w.draft(w.clara, w.ben, w.petra), coacheesTask).ID}, args...)
	}
}

// newcomer adds a person of whom the lists of this test say nothing.
func (w *world) newcomer() uuid.UUID {
	w.Helper()
	made, err := w.app.CreatePerson(w.Context(), w.admin, newPerson())
	require.NoError(w, err)
	return made.ID
}

func newPerson() app.PersonInput {
	return app.PersonInput{Name: "New", Roles: []string{"coachee"}, Emails: []string{uuid.NewString() + "@example.com"}}
}

var (
	paging = app.Paging{Most: 200}
	task   = coaching.ItemSpec{Kind: coaching.TaskItem, Title: "T", Release: coaching.ReleaseRule{Rule: coaching.Manual}, Recipients: []coaching.RecipientSpec{{Role: "coachee"}}}
)

func TestPermissions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, row := range slices.Concat(peoplePermissions, accountPermissions, engagementPermissions, matchingPermissions, programPermissions, streamPermissions, mailPermissions) {
		t.Run(strings.TrimSuffix(row.method+" of "+row.about, " of "), func(t *testing.T) {
			here := *w
			here.T = t
			row.check(&here)
		})
	}
}

// caller is one who calls, and what they get.
type caller struct {
	who  string
	p    app.Principal
	want string
}

func (row permission) callers(w *world) []caller {
	nobody := app.Principal{Org: w.admin.Org, Person: db.NewID(), Name: "Nobody"}
	return []caller{{"admin", w.admin, row.want.admin}, {"API key", w.script(), row.want.admin}, {"coach", w.clara, row.want.coach}, {"coachee", w.ben, row.want.coachee},
		{"peer", w.petra, row.want.peer}, {"other coach", w.otto, row.want.otherCoach}, {"other coachee", w.erik, row.want.otherCoachee},
		{"nobody", nobody, row.want.nobody}, {"foreign admin", w.foreign, row.want.foreign}}
}

// script is who calls with an API key of the admin's.
func (w *world) script() app.Principal {
	w.Helper()
	key, err := w.app.CreateAPIKey(w.Context(), w.admin, "Script")
	require.NoError(w, err)
	p, err := w.app.WithAPIKey(w.Context(), key.Key)
	require.NoError(w, err)
	return p
}

// check lets everybody call: first those who are refused, who change nothing, and
// then each who is not about a thing of their own.
func (row permission) check(w *world) {
	w.Helper()
	refused, may := []caller{}, []caller{}
	for _, c := range row.callers(w) {
		require.NotEmpty(w, c.want, "the row says nothing about the column %s", c.who)
		if isRefusal(c.want) {
			refused = append(refused, c)
		} else {
			may = append(may, c)
		}
	}
	if len(refused) > 0 {
		args := row.given(w)
		before := w.snapshot()
		for _, c := range refused {
			require.Equal(w, c.want, w.call(row.method, c.p, args), c.who)
		}
		require.Equal(w, before, w.snapshot(), "a call that was refused has changed something")
	}
	for _, c := range may {
		require.Equal(w, c.want, w.call(row.method, c.p, row.given(w)), c.who)
	}
}

func isRefusal(outcome string) bool {
	class, _, _ := strings.Cut(outcome, " ")
	return slices.Contains([]coaching.Class{coaching.NotFound, coaching.Forbidden, coaching.Invalid}, coaching.Class(class))
}

// call calls a method of the application by its name, as p.
func (w *world) call(method string, p app.Principal, args []any) string {
	w.Helper()
	return w.callAny(method, p, append([]any{p}, args...))
}

// callAny calls a method and says what came of it: what is to be seen in the
// answer, or the class and code of the problem.
func (w *world) callAny(method string, p app.Principal, args []any) string {
	w.Helper()
	m := reflect.ValueOf(w.app).MethodByName(method)
	require.True(w, m.IsValid(), "there is no method %s", method)
	in := []reflect.Value{}
	if m.Type().NumIn() > 0 && m.Type().In(0) == reflect.TypeFor[context.Context]() {
		args = append([]any{w.Context()}, args...)
	}
	for i, arg := range args {
		if arg == nil {
			in = append(in, reflect.Zero(m.Type().In(i)))
			continue
		}
		in = append(in, reflect.ValueOf(arg))
	}
	out := m.Call(in)
	err, _ := out[len(out)-1].Interface().(error)
	if problem, is := coaching.AsProblem(err); is {
		return string(problem.Class) + " " + problem.Code
	}
	if err != nil {
		return "an error: " + err.Error()
	}
	return seen(p, out[:len(out)-1])
}

// seen is what is to be seen in an answer, where that differs by who asks.
func seen(p app.Principal, answer []reflect.Value) string {
	if len(answer) == 0 {
		return allowed
	}
	if len(answer) > 1 && answer[1].Kind() == reflect.Bool && !answer[1].Bool() {
		return nothing
	}
	switch a := answer[0].Interface().(type) {
	case app.Organization:
		return map[bool]string{true: allowed, false: "another organization"}[a.ID == p.Org]
	case app.Person:
		return personSeen(a)
	case app.Page[app.Person]:
		return names(a.Items, personSeen)
	case app.Page[app.Engagement]:
		return names(a.Items, func(e app.Engagement) string { return e.Name })
	case app.Listing[app.PersonRow]:
		return names(a.Items, func(p app.PersonRow) string { return personSeen(p.Person) })
	case app.Listing[app.EngagementRow]:
		return names(a.Items, rowSeen)
	case app.Listing[app.MessageRow]:
		return names(a.Items, func(m app.MessageRow) string { return m.ClientName })
	case app.Listing[app.SystemAddress]:
		return names(a.Items, func(s app.SystemAddress) string { return s.ClientName })
	case app.Findings:
		return names(a.People, func(p app.PersonRow) string { return personSeen(p.Person) }) + "; " + names(a.Engagements, func(e app.EngagementRow) string { return e.Name })
	case app.Page[app.Stream]:
		return names(a.Items, func(s app.Stream) string { return s.ClientName })
	case app.Page[app.SystemAddress]:
		return names(a.Items, func(s app.SystemAddress) string { return s.ClientName })
	case app.Program:
		return names(a.Items, itemSeen)
	case app.Item:
		return itemSeen(a)
	case coaching.Device:
		return map[bool]string{true: allowed, false: nothing}[a.Known()]
	case *app.StoredResponse:
		return map[bool]string{true: allowed, false: "replayed"}[a == nil]
	}
	if answer[0].Kind() == reflect.Map && answer[0].Len() == 0 {
		return nothing
	}
	if list := listOf(answer[0]); list.IsValid() && list.Len() == 0 {
		return nothing
	}
	return allowed
}

// listOf is the list that an answer is, or that it is a page of.
func listOf(answer reflect.Value) reflect.Value {
	if answer.Kind() == reflect.Struct {
		answer = answer.FieldByName("Items")
	}
	if answer.IsValid() && answer.Kind() != reflect.Slice {
		return reflect.Value{}
	}
	return answer
}

// names are the names in a list, each once, without newcomers.
func names[T any](list []T, name func(T) string) string {
	found := []string{}
	for _, item := range list {
		if s := name(item); !strings.HasPrefix(s, "New") {
			found = append(found, s)
		}
	}
	if len(found) == 0 {
		return nothing
	}
	slices.Sort(found)
	return strings.Join(slices.Compact(found), ", ")
}

// personSeen is "Ben +" where more of Ben than the name is to be seen.
func personSeen(p app.Person) string {
	if len(p.Emails) == 0 && p.TimeZone == "" && p.State == "" {
		return p.Name
	}
	return p.Name + " +"
}

// rowSeen is the name of an engagement with how many of its items are shown.
func rowSeen(e app.EngagementRow) string { return fmt.Sprintf("%s (%d)", e.Name, e.Total) }

// itemSeen is the title of an item with those of its recipients that are shown.
func itemSeen(item app.Item) string {
	to := []string{}
	for _, r := range item.To {
		to = append(to, r.Name)
	}
	return item.Title + " (" + strings.Join(to, " ") + ")"
}

// Every method of the application has its rows: those that somebody calls in the
// table by who calls, the others in the one by what they bring along.
func TestPermissions_NameEveryMethod(t *testing.T) {
	t.Parallel()
	named := map[string]bool{}
	for _, row := range slices.Concat(peoplePermissions, accountPermissions, engagementPermissions, matchingPermissions, programPermissions, streamPermissions, mailPermissions) {
		named[row.method] = true
	}
	unasked := map[string]bool{}
	for _, row := range slices.Concat(loginPasses, linkPasses()) {
		unasked[row.method] = true
	}
	methods := reflect.TypeFor[*app.App]()
	require.Greater(t, methods.NumMethod(), 50)
	for m := range methods.Methods() {
		asked := slices.ContainsFunc(parameters(m.Type), func(p reflect.Type) bool { return p == reflect.TypeFor[app.Principal]() })
		if asked {
			require.True(t, named[m.Name], "%s has no row that says who may", m.Name)
			require.False(t, unasked[m.Name], "%s asks who calls", m.Name)
		} else {
			require.True(t, unasked[m.Name], "%s has no row that says what it asks for", m.Name)
		}
	}
}

func parameters(f reflect.Type) []reflect.Type {
	list := []reflect.Type{}
	for i := range f.NumIn() {
		list = append(list, f.In(i))
	}
	return list
}
