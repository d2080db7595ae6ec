package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

func (w *world) named(name string, emails ...string) app.Person {
	w.Helper()
	if len(emails) == 0 {
		emails = []string{uuid.NewString() + "@example.com"}
	}
	made, err := w.app.CreatePerson(w.Context(), w.admin, app.PersonInput{Name: name, Roles: []string{"coachee"}, Emails: emails})
	require.NoError(w, err)
	return made
}

// peopleFound are the names of the people that the admin's search finds.
func (w *world) peopleFound(search string) []string {
	w.Helper()
	list, err := w.app.FindPeople(w.Context(), w.admin, app.PeopleFilter{ListQuery: app.ListQuery{Search: search, Sort: app.ByName}})
	require.NoError(w, err)
	require.NotNil(w, list.Counts, search)
	require.Equal(w, len(list.Items), list.Counts["role"][""].Count, "the counts are of what is found")
	out := []string{}
	for _, p := range list.Items {
		out = append(out, p.Name)
	}
	return out
}

func TestSearch_FindsWhateverTheCaseAndAccents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.named("Jörg Müller", "anna.b@example.org", "joe_m%x@example.net")
	w.named("Weiß, Zoë", "z@weiss.example")
	w.named("Øystein Łukasz Čapek")
	w.named(`O'Brien \\ 100%`)
	check := func(search string, want ...string) {
		t.Helper()
		require.Equal(t, append([]string{}, want...), w.peopleFound(search), "%q", search)
	}
	check("muller", "Jörg Müller")
	check("MÜLLER", "Jörg Müller")
	check("Mu\u0308ller", "Jörg Müller")
	check("jorg muller", "Jörg Müller")
	check("  jorg\t\n er ", "Jörg Müller")
	check("anna.b@", "Jörg Müller")
	check("example.net", "Jörg Müller")
	check("joe_m%x@", "Jörg Müller")
	check("_m%", []string{}...)
	check("weiss", "Weiß, Zoë")
	check("zoe", "Weiß, Zoë")
	check("oystein lukasz", "Øystein Łukasz Čapek")
	check("capek", "Øystein Łukasz Čapek")
	check("o'brien", `O'Brien \\ 100%`)
	check(`\\ 100%`, `O'Brien \\ 100%`)
	check("100_", []string{}...)
	check("muller jorg", []string{}...)
}

func TestSearch_OfAnyTextAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	all := len(w.peopleFound(""))
	require.Positive(t, all)
	for search, want := range map[string]int{
		"b": 1, "be": 1, "en": 0, "B": 1, " ": all, "\x00": all, "be\x00": 1, "\xff\xfe": all, "\u0301": all, "%": 0, "_": 0, "\\": 0, "%%%": 0, "___": 0, "'": 0, `"`: 0, "@": 0, "a@": 0, "@@@@": 0,
		"'; DROP TABLE people; --": 0, "\U0010FFFF": 0, "😀": 0, "😀😀😀": 0, "日本": 0, "日本語": 0, "ben" + strings.Repeat(" ", 500): 1, "ben " + strings.Repeat("x", 500): 0,
		strings.Repeat("ü", 100_000): 0, strings.Repeat("%", 100_000): 0, strings.Repeat("a_", 300): 0, "(?i)ben": 0, "b_n": 0, "b%n": 0,
	} {
		name := search[:min(len(search), 30)]
		require.Len(t, w.peopleFound(search), want, "%q", name)
		for _, p := range []app.Principal{w.admin, w.clara, w.ben} {
			w.T = t
			w.listEverything(p, search)
		}
	}
}

// listEverything searches every list that somebody may read.
func (w *world) listEverything(p app.Principal, search string) {
	w.Helper()
	query := app.ListQuery{Search: search}
	run := func(_ any, err error) {
		w.Helper()
		if problem, is := coaching.AsProblem(err); is && problem.Class == coaching.Forbidden {
			return
		}
		require.NoError(w, err, "%.30q, for %s", search, p.Name)
	}
	ctx := w.Context()
	run(w.app.FindEngagements(ctx, p, app.EngagementFilter{ListQuery: query}))
	run(w.app.FindPeople(ctx, p, app.PeopleFilter{ListQuery: query}))
	run(w.app.FindMails(ctx, p, app.MailFilter{ListQuery: query}))
	run(w.app.FindMessages(ctx, p, app.MessageFilter{ListQuery: query}))
	run(w.app.FindInboundMails(ctx, p, app.InboundMailFilter{ListQuery: query}))
	run(w.app.FindInboundMails(ctx, p, app.InboundMailFilter{ListQuery: query, State: "quarantined"}))
	run(w.app.FindSystemAddresses(ctx, p, app.AddressFilter{ListQuery: query}))
	run(w.app.FindForms(ctx, p, app.LibraryFilter{ListQuery: query}))
	run(w.app.FindProgramTemplates(ctx, p, app.LibraryFilter{ListQuery: query}))
	run(w.app.Search(ctx, p, search))
}

// What a search finds follows every change of names and addresses, of the engagements of
// a person, too.
func TestSearch_FollowsChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	engagements := func(search string) []string {
		list, err := w.app.FindEngagements(t.Context(), w.admin, app.EngagementFilter{ListQuery: app.ListQuery{Search: search}})
		require.NoError(t, err)
		return namesOf(list.Items, func(e app.EngagementRow) string { return e.Name })
	}
	require.Equal(t, []string{"Ben's"}, engagements("clara@example"))
	require.Equal(t, []string{"Ben's"}, engagements("ben clara"))
	clara, err := w.app.GetPerson(t.Context(), w.admin, w.clara.Person)
	require.NoError(t, err)
	_, err = w.app.UpdatePerson(t.Context(), w.admin, clara.ID, clara.Version, app.PersonInput{Name: "Chloé", Roles: clara.Roles, State: clara.State, TimeZone: clara.TimeZone, Emails: []string{"new@example.org"}})
	require.NoError(t, err)
	require.Equal(t, []string{"Chloé"}, w.peopleFound("chloe"))
	require.Empty(t, w.peopleFound("clara"))
	require.Empty(t, engagements("clara"))
	require.Equal(t, []string{"Ben's"}, engagements("ben chloe"))
	require.Equal(t, []string{"Ben's"}, engagements("new@example"))

	e, err := w.app.GetEngagement(t.Context(), w.admin, w.bens)
	require.NoError(t, err)
	renamed := "Größe"
	_, err = w.app.UpdateEngagement(t.Context(), w.admin, w.bens, e.ProgramRevision, app.EngagementChange{Name: &renamed, CoachID: &w.otto.Person})
	require.NoError(t, err)
	require.Empty(t, engagements("chloe"))
	require.Equal(t, []string{"Größe"}, engagements("ben otto grosse"))
}

func namesOf[T any](list []T, name func(T) string) []string {
	out := []string{}
	for _, row := range list {
		out = append(out, name(row))
	}
	return out
}

// The functions that search past row level security see the transaction's organization.
func TestSearch_SeesOneOrganization(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, p := range []app.Principal{w.admin, w.foreign} {
		err := w.app.DB.InOrg(t.Context(), p.Org, func(q *rows.Queries) error {
			people, err := q.PeopleSearch(t.Context(), "%example.com%", 100)
			require.NoError(t, err)
			require.Len(t, people, map[bool]int{true: 8, false: 1}[p.Org == w.admin.Org])
			engagements, err := q.EngagementsSearch(t.Context(), "%clara%", 100)
			require.Len(t, engagements, map[bool]int{true: 1, false: 0}[p.Org == w.admin.Org])
			return err
		})
		require.NoError(t, err)
	}
	var n int
	for _, sql := range []string{"SELECT count(*) FROM search_people('%', 100)", "SELECT count(*) FROM search_engagements('%', 100)"} {
		require.NoError(t, w.superuser.QueryRow(t.Context(), sql).Scan(&n))
		require.Zero(t, n, "without an organization there is nothing")
	}
}

// Every list in each of its orders gives the same rows in pages of two as in one, and
// the same pages on the way back.
func TestLists_PageBothWays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 9 {
		w.named(fmt.Sprintf("Same %d", i/3))
		_, err := w.app.CreateForm(t.Context(), w.admin, app.FormInput{Name: fmt.Sprintf("Form %d", i/3), Definition: []byte(`{"elements": [{"type": "text", "name": "q", "title": "Q"}]}`)})
		require.NoError(t, err)
		_, err = w.app.CreateProgramTemplate(t.Context(), w.admin, app.ProgramTemplateInput{Name: fmt.Sprintf("Program %d", i/3), Items: []coaching.ItemSpec{task}})
		require.NoError(t, err)
		w.quarantined()
		w.conversationMessage(w.stream, w.ben.Person, i%2 == 0)
		w.exec(`INSERT INTO notifications (org_id, id, kind, step, key, person_id, address, reason, state, planned_at)
			VALUES ($1, $2, 'form_request', 'request', $3, $4, 'ben@example.com', 'r', $5, now())`, w.admin.Org, db.NewID(), fmt.Sprint("paging/", i), w.ben.Person, []string{"sent", "failed", "held"}[i%3])
		id := w.draft(w.clara, w.ben, w.petra)
		w.exec("UPDATE engagements SET urgency = $2 WHERE id = $1", id, i/4)
	}
	w.exec("UPDATE inbound_mails SET state = 'posted' WHERE id IN (SELECT id FROM inbound_mails ORDER BY id LIMIT 4)")
	w.exec("UPDATE inbound_mails SET received_at = '2026-01-01' WHERE id IN (SELECT id FROM inbound_mails ORDER BY id LIMIT 6)")
	w.exec("UPDATE people SET blocked = true WHERE name IN ('Same 1', 'Ben')")
	ctx := t.Context()
	for _, p := range []app.Principal{w.admin, w.clara} {
		for _, sort := range []string{"", app.UrgentFirst, app.NewestFirst, app.ByName} {
			walk(t, p, sort, func(q app.ListQuery) (app.Listing[app.PersonRow], error) {
				return w.app.FindPeople(ctx, p, app.PeopleFilter{ListQuery: q})
			}, func(r app.PersonRow) uuid.UUID { return r.ID })
			walk(t, p, sort, func(q app.ListQuery) (app.Listing[app.EngagementRow], error) {
				return w.app.FindEngagements(ctx, p, app.EngagementFilter{ListQuery: q})
			}, func(r app.EngagementRow) uuid.UUID { return r.ID })
		}
		for _, sort := range []string{"", app.UrgentFirst, app.NewestFirst} {
			walk(t, p, sort, func(q app.ListQuery) (app.Listing[app.MessageRow], error) {
				return w.app.FindMessages(ctx, p, app.MessageFilter{ListQuery: q})
			}, func(r app.MessageRow) uuid.UUID { return r.ID })
		}
		walk(t, p, app.NewestFirst, func(q app.ListQuery) (app.Listing[app.SystemAddress], error) {
			return w.app.FindSystemAddresses(ctx, p, app.AddressFilter{ListQuery: q})
		}, func(r app.SystemAddress) uuid.UUID { return r.ID })
	}
	for _, sort := range []string{app.UrgentFirst, app.NewestFirst} {
		for _, search := range []string{"", "ben"} {
			walk(t, w.admin, sort, func(q app.ListQuery) (app.Listing[app.MailRow], error) {
				q.Search = search
				return w.app.FindMails(ctx, w.admin, app.MailFilter{ListQuery: q})
			}, func(r app.MailRow) uuid.UUID { return r.ID })
			walk(t, w.admin, sort, func(q app.ListQuery) (app.Listing[app.InboundMailRow], error) {
				q.Search = search
				return w.app.FindInboundMails(ctx, w.admin, app.InboundMailFilter{ListQuery: q})
			}, func(r app.InboundMailRow) uuid.UUID { return r.ID })
			walk(t, w.admin, sort, func(q app.ListQuery) (app.Listing[app.MessageRow], error) {
				q.Search = search
				return w.app.FindMessages(ctx, w.admin, app.MessageFilter{ListQuery: q})
			}, func(r app.MessageRow) uuid.UUID { return r.ID })
		}
	}
	for _, sort := range []string{app.NewestFirst, app.ByName} {
		walk(t, w.admin, sort, func(q app.ListQuery) (app.Listing[app.Form], error) {
			return w.app.FindForms(ctx, w.admin, app.LibraryFilter{ListQuery: q})
		}, func(r app.Form) uuid.UUID { return r.ID })
		walk(t, w.admin, sort, func(q app.ListQuery) (app.Listing[app.ProgramTemplateRow], error) {
			return w.app.FindProgramTemplates(ctx, w.admin, app.LibraryFilter{ListQuery: q})
		}, func(r app.ProgramTemplateRow) uuid.UUID { return r.ID })
	}
}

func (w *world) conversationMessage(stream, author uuid.UUID, waits bool) {
	w.Helper()
	w.exec("INSERT INTO messages (org_id, id, stream_id, author_id, posted_at) VALUES ($1, $2, $3, $4, now())", w.admin.Org, db.NewID(), stream, author)
	w.exec("UPDATE messages SET waits = $2 AND id = (SELECT id FROM messages WHERE stream_id = $1 ORDER BY id DESC LIMIT 1) WHERE stream_id = $1", stream, waits)
}

// walk reads a list whole, then in pages of two to its end and back.
func walk[T any](t *testing.T, p app.Principal, sort string, find func(app.ListQuery) (app.Listing[T], error), id func(T) uuid.UUID) {
	t.Helper()
	whole, err := find(app.ListQuery{Sort: sort, Limit: 200})
	require.NoError(t, err)
	require.Empty(t, whole.Next)
	require.Empty(t, whole.Previous)
	want := []uuid.UUID{}
	for _, row := range whole.Items {
		want = append(want, id(row))
	}
	require.Greater(t, len(want), 2, "%T for %s by %s", whole, p.Name, sort)
	var pages [][]uuid.UUID
	cursor, last := "", ""
	for {
		page, err := find(app.ListQuery{Sort: sort, Limit: 2, Cursor: cursor})
		require.NoError(t, err)
		require.Equal(t, cursor == "", page.Previous == "", "all but the first page have one before")
		ids := []uuid.UUID{}
		for _, row := range page.Items {
			ids = append(ids, id(row))
		}
		pages = append(pages, ids)
		last = page.Previous
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	require.Equal(t, want, slices.Concat(pages...), "%T for %s by %s", whole, p.Name, sort)
	for i := len(pages) - 2; i >= 0; i-- {
		require.NotEmpty(t, last)
		page, err := find(app.ListQuery{Sort: sort, Limit: 2, Cursor: last})
		require.NoError(t, err)
		ids := []uuid.UUID{}
		for _, row := range page.Items {
			ids = append(ids, id(row))
		}
		require.Equal(t, pages[i], ids, "%T for %s by %s, on the way back", whole, p.Name, sort)
		require.NotEmpty(t, page.Next)
		last = page.Previous
	}
	require.Empty(t, last, "there is nothing before the first page")
}

func TestLists_RefuseForeignCursorsAndOrders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	find := func(q app.ListQuery) error {
		_, err := w.app.FindPeople(t.Context(), w.admin, app.PeopleFilter{ListQuery: q})
		return err
	}
	list, err := w.app.FindPeople(t.Context(), w.admin, app.PeopleFilter{ListQuery: app.ListQuery{Limit: 1}})
	require.NoError(t, err)
	require.NoError(t, find(app.ListQuery{Cursor: list.Next}))
	for _, cursor := range []string{uuid.NewString(), "x", "e30", "bnVsbA", "%", list.Next + "x", "eyJzIjoidXJnZW50IiwidyI6IlwidTAwMDAiLCJpIjoiIn0"} {
		requireProblem(t, find(app.ListQuery{Cursor: cursor}), "cursor_invalid")
	}
	requireProblem(t, find(app.ListQuery{Cursor: list.Next, Sort: app.NewestFirst}), "cursor_invalid")
	requireProblem(t, find(app.ListQuery{Sort: "random"}), "sort_unknown")
	_, err = w.app.FindForms(t.Context(), w.admin, app.LibraryFilter{ListQuery: app.ListQuery{Sort: app.UrgentFirst}})
	requireProblem(t, err, "sort_unknown")
}

func requireProblem(t *testing.T, err error, code string) {
	t.Helper()
	problem, is := coaching.AsProblem(err)
	require.True(t, is, "%v", err)
	require.Equal(t, code, problem.Code)
}

// Engagements come by how urgent they are, with how far their programs are.
func TestFindEngagements_TheMostUrgentFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := func(name string, next, due time.Duration) uuid.UUID {
		id := w.running(w.clara, app.Principal{Name: name, Person: w.named(name).ID}, w.petra)
		w.exec("UPDATE engagements SET name = $2 WHERE id = $1", id, name)
		first := w.item(id, coacheesForm).ID
		if due != 0 {
			w.exec("UPDATE items SET due_at = $2 WHERE id = $1", first, time.Now().Add(due))
		}
		if next != 0 {
			w.exec("UPDATE items SET next_step = 'reminder', next_at = $2 WHERE id = $1", first, time.Now().Add(next))
		}
		w.keepUrgency(id)
		return id
	}
	made("quiet", 0, 0)
	made("next week", 7*24*time.Hour, 0)
	overdue := made("overdue", 3*time.Hour, -time.Hour)
	made("tomorrow", 24*time.Hour, 48*time.Hour)
	made("long overdue", 0, -200*time.Hour)
	w.exec("UPDATE items SET status = 'completed', done_at = now() WHERE id = $1", w.item(overdue, coacheesTask).ID)
	w.exec("UPDATE items SET status = 'skipped', done_at = now() WHERE id = $1", w.item(overdue, peersTask).ID)
	w.exec("UPDATE items SET status = 'waiting' WHERE id = $1", w.item(overdue, coachsForm).ID)
	w.exec(`INSERT INTO notifications (org_id, id, engagement_id, kind, step, key, person_id, address, reason, state, planned_at)
		VALUES ($1, $2, $3, 'task_request', 'request', 'k', $4, 'a@example.com', 'r', 'held', now())`, w.admin.Org, db.NewID(), overdue, w.petra.Person)

	find := func(p app.Principal, in app.EngagementFilter) app.Listing[app.EngagementRow] {
		list, err := w.app.FindEngagements(t.Context(), p, in)
		require.NoError(t, err)
		return list
	}
	named := func(list app.Listing[app.EngagementRow]) []string {
		return namesOf(list.Items, func(e app.EngagementRow) string { return e.Name })
	}
	list := find(w.clara, app.EngagementFilter{})
	require.Equal(t, []string{"long overdue", "overdue", "tomorrow", "next week", "quiet", "Ben's"}, named(list))
	require.Equal(t, []string{"long overdue", "overdue", "tomorrow", "next week", "quiet", "Erik's", "Ben's"}, named(find(w.admin, app.EngagementFilter{})))
	e := list.Items[1]
	require.Equal(t, []string{"current", "done", "skipped", "waiting", "current"}, e.Progress)
	require.Equal(t, []int{1, 2, 1, 5}, []int{e.Done, e.Current, e.Skipped, e.Total})
	require.Equal(t, "Form", e.Next.Title)
	require.Equal(t, coaching.ReminderStep, e.Next.Step)
	require.NotNil(t, e.OverdueSince)
	require.Equal(t, 1, e.Held)
	require.Nil(t, list.Items[2].OverdueSince)
	for _, p := range []app.Principal{w.admin, w.clara} {
		require.Equal(t, []string{"long overdue", "overdue"}, named(find(p, app.EngagementFilter{Overdue: true})), p.Name)
		require.Equal(t, []string{"overdue"}, named(find(p, app.EngagementFilter{Held: true})), p.Name)
		list := find(p, app.EngagementFilter{Status: "active"})
		require.Equal(t, app.Count{Count: 2}, list.Counts["overdue"]["true"])
		require.Equal(t, app.Count{Count: 1}, list.Counts["held"]["true"])
		require.Equal(t, app.Count{Count: len(list.Items)}, list.Counts["status"]["active"])
		require.Equal(t, list.Counts["status"]["active"], list.Counts["status"][""])
		require.Zero(t, list.Counts["status"]["draft"])
		list = find(p, app.EngagementFilter{ListQuery: app.ListQuery{Search: "overdue"}})
		require.Equal(t, app.Count{Count: 2}, list.Counts["status"]["active"])
		require.Equal(t, app.Count{Count: 2}, list.Counts["overdue"]["true"])
		require.Equal(t, app.Count{Count: 1}, list.Counts["held"]["true"])
	}
}

// keepUrgency does what every change of a program does.
func (w *world) keepUrgency(engagement uuid.UUID) {
	w.Helper()
	w.exec(`UPDATE engagements e SET due_at = i.due_at, urgency = CASE WHEN least(i.due_at, i.next_at) IS NULL THEN 0 ELSE 7258118400 - extract(epoch FROM least(i.due_at, i.next_at))::bigint END
		FROM (SELECT min(due_at) FILTER (WHERE status = 'open') AS due_at, min(next_at) AS next_at FROM items WHERE engagement_id = $1) i WHERE e.id = $1`, engagement)
}

// People whose address is blocked come first, from the moment it is until it is cleared.
func TestFindPeople_BlockedFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := func() string {
		list, err := w.app.FindPeople(t.Context(), w.admin, app.PeopleFilter{})
		require.NoError(t, err)
		blocked, err := w.app.FindPeople(t.Context(), w.admin, app.PeopleFilter{Blocked: true})
		require.NoError(t, err)
		require.Equal(t, list.Counts["blocked"]["true"].Count, len(blocked.Items))
		if !list.Items[0].Blocked {
			require.Empty(t, blocked.Items)
			return ""
		}
		return list.Items[0].Name
	}
	require.Empty(t, first())
	block := func(address string) {
		require.NoError(t, w.app.DB.InOrg(t.Context(), w.admin.Org, func(q *rows.Queries) error {
			return q.BlockedAddressInsert(t.Context(), rows.BlockedAddressInsertParams{OrgID: w.admin.Org, Address: address, Reason: "bounced", BlockedAt: time.Now()})
		}))
	}
	block("nobody@example.com")
	require.Empty(t, first())
	block("ben@example.com")
	require.Equal(t, "Ben", first())
	block("ben@example.com")
	require.NoError(t, w.app.ClearBlockedAddress(t.Context(), w.admin, "ben@example.com"))
	require.Empty(t, first())
	ben, err := w.app.GetPerson(t.Context(), w.admin, w.ben.Person)
	require.NoError(t, err)
	change := app.PersonInput{Name: ben.Name, Roles: ben.Roles, State: ben.State, TimeZone: ben.TimeZone, Emails: []string{"nobody@example.com", "ben@example.com"}}
	_, err = w.app.UpdatePerson(t.Context(), w.admin, ben.ID, ben.Version, change)
	require.NoError(t, err)
	require.Equal(t, "Ben", first(), "the new address is blocked")
	change.Emails = []string{"ben@example.com", "nobody@example.com"}
	_, err = w.app.UpdatePerson(t.Context(), w.admin, ben.ID, ben.Version+1, change)
	require.NoError(t, err)
	require.Empty(t, first(), "only the second one is")
}

// A client's message waits while it is the latest of its stream.
func TestFindMessages_WhatWaitsFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec("DELETE FROM messages")
	post := func(id uuid.UUID, author app.Principal) {
		require.NoError(t, w.app.DB.InOrg(t.Context(), w.admin.Org, func(q *rows.Queries) error {
			n, err := q.MessageInsert(t.Context(), rows.MessageInsertParams{OrgID: w.admin.Org, ID: id, StreamID: w.stream, AuthorID: author.Person, Subject: "S", PostedAt: time.Now()})
			require.EqualValues(t, 1, n)
			return err
		}))
	}
	waiting := func(p app.Principal) []uuid.UUID {
		list, err := w.app.FindMessages(t.Context(), p, app.MessageFilter{Waits: true})
		require.NoError(t, err)
		require.Equal(t, len(list.Items), list.Counts["waits"]["true"].Count)
		return namesOfIDs(list.Items)
	}
	early, late := db.NewID(), db.NewID()
	post(late, w.ben)
	require.Equal(t, []uuid.UUID{late}, waiting(w.admin))
	require.Equal(t, []uuid.UUID{late}, waiting(w.clara))
	post(early, w.ben)
	require.Equal(t, []uuid.UUID{late}, waiting(w.admin), "an earlier one that comes late changes nothing")
	again := db.NewID()
	post(again, w.ben)
	require.Equal(t, []uuid.UUID{again}, waiting(w.admin), "one at a time")
	post(db.NewID(), w.clara)
	require.Empty(t, waiting(w.admin))
	list, err := w.app.FindMessages(t.Context(), w.admin, app.MessageFilter{})
	require.NoError(t, err)
	require.Len(t, list.Items, 4)
}

func namesOfIDs(list []app.MessageRow) []uuid.UUID {
	out := []uuid.UUID{}
	for _, m := range list {
		out = append(out, m.ID)
	}
	return out
}

func TestFindMails_ToPeopleAndOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sent(&w.bens)
	w.exec(`INSERT INTO notifications (org_id, id, kind, step, key, address, reason, state, planned_at)
		VALUES ($1, $2, 'form_request', 'request', 'x', 'boss@example.com', 'r', 'failed', now())`, w.admin.Org, db.NewID())
	find := func(in app.MailFilter) []string {
		list, err := w.app.FindMails(t.Context(), w.admin, in)
		require.NoError(t, err)
		return namesOf(list.Items, func(m app.MailRow) string { return m.Address + " " + m.EngagementName })
	}
	search := func(text string) app.MailFilter { return app.MailFilter{ListQuery: app.ListQuery{Search: text}} }
	require.Equal(t, []string{"boss@example.com ", "ben@example.com Ben's"}, find(app.MailFilter{}), "what failed comes first")
	require.Equal(t, []string{"ben@example.com Ben's"}, find(search("BEN")))
	require.Equal(t, []string{"boss@example.com "}, find(search("Boss@")))
	require.Empty(t, find(search("clara")))
	require.Equal(t, []string{"ben@example.com Ben's"}, find(app.MailFilter{Person: w.ben.Person}))
	require.Equal(t, []string{"boss@example.com "}, find(app.MailFilter{State: "failed"}))
	list, err := w.app.FindMails(t.Context(), w.admin, app.MailFilter{})
	require.NoError(t, err)
	require.Equal(t, app.Count{Count: 2}, list.Counts["state"][""])
	require.Equal(t, app.Count{Count: 1}, list.Counts["state"]["failed"])
	require.Equal(t, app.Count{}, list.Counts["state"]["held"])
}

func TestCount_IsExactUpToAThousand(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]app.Count{"0": {}, "7": {Count: 7}, "999": {Count: 999}, "1,000": {Count: 1000}, "1,000+": {Count: 1000, More: true}, "12,034": {Count: 12034}} {
		require.Equal(t, want, c.String())
	}
}
