package app

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"coachflow/calendar/ics"
	"coachflow/coaching"
	"coachflow/db/rows"
)

// sessionEntries are the sessions that somebody attends, and as a coach those of their
// engagements. An entry has the UID, the sequence and the words of the mails about its
// session. Nobody else's address is in it.
func (a *App) sessionEntries(ctx context.Context, q *rows.Queries, owner feedOwner) ([]ics.Event, error) {
	list, err := q.SessionsOfPerson(ctx, rows.SessionsOfPersonParams{OrgID: owner.Org, PersonID: &owner.Person, Since: owner.since})
	if err != nil {
		return nil, wrap(err, "read sessions of a calendar")
	}
	var events []ics.Event
	for _, s := range list {
		var held coaching.SessionCalendar
		var spec coaching.ItemSpec
		if err := json.Unmarshal(s.Calendar, &held); err != nil {
			return nil, wrap(err, "read calendar of a session")
		}
		if err := json.Unmarshal(s.Spec, &spec); err != nil {
			return nil, wrap(err, "read item of a session")
		}
		e := ics.Event{UID: held.UIDNow(), Sequence: held.Sequence, Stamp: s.CreatedAt, Start: s.StartsAt, End: s.StartsAt.Add(time.Duration(s.Minutes) * time.Minute), Zone: coaching.ZoneOrUTC(s.Zone),
			Title: s.Title, Text: spec.Description, Place: s.Place, URL: coaching.JoinURL(s.Place), Cancelled: s.State == string(coaching.SessionCancelled),
			Organizer: ics.Person{Name: owner.organization, Address: s.Organizer + "@" + a.Inbox.Domain}}
		if !held.Stamp.IsZero() {
			e.Stamp = held.Stamp
		}
		events = append(events, e)
	}
	return events, nil
}

// dueEntries are the days on which something of theirs is due that is open. They take no
// time.
func (a *App) dueEntries(ctx context.Context, q *rows.Queries, owner feedOwner) ([]ics.Event, error) {
	list, err := q.DueDatesOfPerson(ctx, rows.DueDatesOfPersonParams{OrgID: owner.Org, PersonID: &owner.Person, Since: owner.since})
	if err != nil {
		return nil, wrap(err, "read due dates of a calendar")
	}
	by := ics.Person{Name: owner.organization, Address: a.Outbox.UnreadAddress(owner.Org)}
	var events []ics.Event
	for _, row := range list {
		kind := coaching.ItemKind(row.Kind).Rules()
		words := kind.Words.Ask + " " + coaching.ShowTime(row.DueAt, owner.zone) + ". It is part of “" + row.EngagementName + "”."
		if kind.HasLink {
			words += " The link to it is in the mail that you got."
		}
		e := ics.Event{UID: "due-" + row.RecipientID.String() + "@" + cmp.Or(a.Inbox.Domain, "coachflow"), Stamp: row.IssuedAt, Start: row.DueAt, Zone: owner.zone, AllDay: true, Free: true,
			Title: row.Title, Text: words, Organizer: by}
		if kind.Path != "" {
			e.URL = a.Outbox.BaseURL + kind.Path + row.ItemID.String()
		}
		events = append(events, e)
	}
	return events, nil
}
