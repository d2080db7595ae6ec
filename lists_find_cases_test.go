package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"coachflow/app"
	"coachflow/coaching"
)

// The lists with search, filters, orders and counts, by who asks. Most cases look at as
// few rows as the other lists; those that count or search say how many more they may.

// Rows that a statement may look at beside those that it shows, for each of its parts.
const (
	counting = 11_500 // each of eleven numbers is counted up to a thousand
	matching = 12_500 // two thousand that a search has found are looked at one by one, and in six ways counted
	merging  = 40_000 // a page is made of a page of each of three hundred streams, with four addresses each
)

type finder struct {
	w     listWorld
	cases []listCase
}

func (w listWorld) findCases(admin, coach, coachee app.Principal) []listCase {
	f := &finder{w: w}
	f.people(admin, coach)
	f.engagements(admin, coach, coachee)
	f.mails(admin)
	f.messages(admin, coach, coachee)
	f.inbound(admin)
	f.addresses(admin, coach)
	f.library(admin, coach)
	for _, p := range []app.Principal{admin, coach, coachee} {
		for _, text := range searches {
			f.add(matching, "everything, for the "+p.Name+", search "+text, func(ctx context.Context, a *app.App) error { return fault(a.Search(ctx, p, text)) })
		}
	}
	return f.cases
}

func (f *finder) add(most int, name string, read func(context.Context, *app.App) error) {
	f.cases = append(f.cases, listCase{name, read, most})
}

// searches are what is searched for: what many have, what few or none have, with and
// without accents, an address, too little for an index of trigrams, everybody's.
var searches = []string{"anna", "Müllerbach", "jorg muller", "person1234-", "xyzzy", "p", "jo", "example.com"}

// queries are a list's beginning, its middle and what comes before, in each order, and
// its searches.
func (f *finder) queries(middle map[string]string) map[string]app.ListQuery {
	out := map[string]app.ListQuery{}
	for order, fields := range middle {
		out["by "+order] = app.ListQuery{Sort: order}
		out["by "+order+", middle"] = app.ListQuery{Sort: order, Cursor: cursorOf(order, fields)}
		out["by "+order+", back from the middle"] = app.ListQuery{Sort: order, Cursor: cursorOf(order, fields+`, "b": true`)}
	}
	for _, text := range searches {
		out["search "+text] = app.ListQuery{Search: text}
	}
	return out
}

func cursorOf(order, fields string) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"s": %q, %s}`, order, fields))
}

func middleID(kind, n int) string { return fmt.Sprintf(`"i": %q`, nth(kind, n)) }

func (f *finder) people(admin, coach app.Principal) {
	middle := middleID(ofPerson, f.w.people()/2)
	queries := f.queries(map[string]string{"urgent": middle, "newest": middle, "name": `"w": "marie", ` + middle})
	for _, p := range []app.Principal{admin, coach} {
		for name, query := range queries {
			f.findPeople(p, name, app.PeopleFilter{ListQuery: query})
		}
		for _, role := range coaching.Roles {
			f.findPeople(p, "role "+string(role), app.PeopleFilter{Role: string(role)})
		}
		for _, state := range coaching.PersonStates {
			f.findPeople(p, "state "+string(state), app.PeopleFilter{State: string(state)})
		}
		f.findPeople(p, "blocked", app.PeopleFilter{Blocked: true})
		f.findPeople(p, "search anna, state invited", app.PeopleFilter{ListQuery: app.ListQuery{Search: "anna"}, State: "invited"})
	}
}

func (f *finder) findPeople(p app.Principal, name string, in app.PeopleFilter) {
	f.add(matching, "people, for the "+p.Name+", "+name, func(ctx context.Context, a *app.App) error { return fault(a.FindPeople(ctx, p, in)) })
}

func (f *finder) engagements(admin, coach, coachee app.Principal) {
	middle := middleID(ofEngagement, f.w.scale/2)
	soon := fmt.Sprintf(`"n": %d, `, coaching.UrgencyAt(time.Now().AddDate(0, 0, 7)))
	queries := f.queries(map[string]string{"urgent": soon + middle, "newest": middle, "name": `"w": "marie", ` + middle})
	queries["by urgent, where nothing is"] = app.ListQuery{Cursor: cursorOf("urgent", middle)}
	for _, p := range []app.Principal{admin, coach, coachee} {
		for name, query := range queries {
			f.findEngagements(p, name, app.EngagementFilter{ListQuery: query})
		}
		for _, status := range coaching.EngagementStatuses {
			f.findEngagements(p, "status "+string(status), app.EngagementFilter{Status: string(status)})
		}
		f.findEngagements(p, "overdue", app.EngagementFilter{Overdue: true})
		f.findEngagements(p, "held", app.EngagementFilter{Held: true})
		f.findEngagements(p, "of a coach", app.EngagementFilter{Coach: f.w.coach()})
		f.findEngagements(p, "of a coachee", app.EngagementFilter{Coachee: f.w.coachee()})
	}
}

func (f *finder) findEngagements(p app.Principal, name string, in app.EngagementFilter) {
	f.add(matching, "engagements, for the "+p.Name+", "+name, func(ctx context.Context, a *app.App) error { return fault(a.FindEngagements(ctx, p, in)) })
}

func (f *finder) mails(admin app.Principal) {
	middle := middleID(ofNotification, f.w.notifications()/2)
	queries := f.queries(map[string]string{"urgent": middle, "newest": middle})
	queries["search peer1234"] = app.ListQuery{Search: "peer1234"}
	find := func(most int, name string, in app.MailFilter) {
		f.add(most, "mails, "+name, func(ctx context.Context, a *app.App) error { return fault(a.FindMails(ctx, admin, in)) })
	}
	for name, query := range queries {
		find(merging, name, app.MailFilter{ListQuery: query})
	}
	for _, state := range coaching.NotificationStates {
		find(counting, "state "+string(state), app.MailFilter{State: string(state)})
	}
	few := app.ListQuery{Search: "jorg muller"}
	find(merging, "search jorg muller, state planned", app.MailFilter{ListQuery: few, State: "planned"})
	find(merging, "of an engagement", app.MailFilter{Engagement: f.w.busyEngagement()})
	find(merging, "of an engagement, search jorg muller", app.MailFilter{ListQuery: few, Engagement: f.w.busyEngagement()})
	find(counting, "to a person", app.MailFilter{Person: f.w.coachee()})
}

func (f *finder) messages(admin, coach, coachee app.Principal) {
	middle := middleID(ofMessage, f.w.messages()/2)
	queries := f.queries(map[string]string{"urgent": middle, "newest": middle})
	for _, p := range []app.Principal{admin, coach, coachee} {
		for name, query := range queries {
			f.findMessages(p, name, app.MessageFilter{ListQuery: query})
		}
		f.findMessages(p, "that wait", app.MessageFilter{Waits: true})
	}
}

func (f *finder) findMessages(p app.Principal, name string, in app.MessageFilter) {
	f.add(merging, "messages, for the "+p.Name+", "+name, func(ctx context.Context, a *app.App) error { return fault(a.FindMessages(ctx, p, in)) })
}

func (f *finder) inbound(admin app.Principal) {
	middle := fmt.Sprintf(`"t": %q, `, time.Now().AddDate(0, 0, -180).Format(time.RFC3339)) + middleID(ofInboundMail, f.w.messages()/2)
	find := func(most int, name string, in app.InboundMailFilter) {
		f.add(most, "mails that came in, "+name, func(ctx context.Context, a *app.App) error { return fault(a.FindInboundMails(ctx, admin, in)) })
	}
	for name, query := range f.queries(map[string]string{"urgent": middle, "newest": middle}) {
		find(merging, name, app.InboundMailFilter{ListQuery: query})
	}
	for _, state := range coaching.InboundMailStates {
		find(counting, "state "+string(state), app.InboundMailFilter{State: string(state)})
	}
	find(counting, "in quarantine, search anna", app.InboundMailFilter{ListQuery: app.ListQuery{Search: "anna"}, State: "quarantined"})
}

func (f *finder) addresses(admin, coach app.Principal) {
	middle := middleID(ofAddress, 3*f.w.scale)
	for _, p := range []app.Principal{admin, coach} {
		find := func(name string, in app.AddressFilter) {
			f.add(merging, "addresses, for the "+p.Name+", "+name, func(ctx context.Context, a *app.App) error { return fault(a.FindSystemAddresses(ctx, p, in)) })
		}
		for name, query := range f.queries(map[string]string{"newest": middle}) {
			find(name, app.AddressFilter{ListQuery: query})
		}
		for _, direction := range coaching.Directions {
			find("direction "+string(direction), app.AddressFilter{Direction: string(direction)})
		}
		find("of a coach", app.AddressFilter{Coach: f.w.coach()})
	}
}

func (f *finder) library(admin, coach app.Principal) {
	for name, query := range f.queries(map[string]string{"newest": middleID(ofForm, f.w.scale/20), "name": `"w": "marie", ` + middleID(ofForm, f.w.scale/20)}) {
		in := app.LibraryFilter{ListQuery: query}
		f.add(matching, "forms, "+name, func(ctx context.Context, a *app.App) error { return fault(a.FindForms(ctx, admin, in)) })
		f.add(matching, "programs, "+name, func(ctx context.Context, a *app.App) error { return fault(a.FindProgramTemplates(ctx, admin, in)) })
	}
	for name, query := range f.queries(map[string]string{"newest": middleID(ofUpload, f.w.scale/20), "name": `"w": "upload 5", ` + middleID(ofUpload, f.w.scale/20)}) {
		in := app.LibraryFilter{ListQuery: query}
		for _, p := range []app.Principal{admin, coach} {
			f.add(matching, "uploaded files, for the "+p.Name+", "+name, func(ctx context.Context, a *app.App) error { return fault(a.FindFiles(ctx, p, in)) })
		}
	}
}
