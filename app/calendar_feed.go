package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"coachflow/calendar/ics"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

// Each person with an account can have a secret address, at which a calendar program
// subscribes to what they have here. Who has the address reads it, without a login.

// CalendarPath is where the feeds are; the token and CalendarEnding follow.
const (
	CalendarPath   = "/calendar/"
	CalendarEnding = ".ics"
)

// CalendarFeed is the address of a person's calendar.
type CalendarFeed struct {
	Made   bool
	MadeAt time.Time
	// Address is there once, when it is made.
	Address string
}

// GetCalendarFeed tells whether the person has an address for their calendar.
func (a *App) GetCalendarFeed(ctx context.Context, p Principal) (CalendarFeed, error) {
	var out CalendarFeed
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		at, err := q.CalendarFeedGet(ctx, p.Org, p.Person)
		if db.NoRow(err) {
			return nil
		}
		out.Made, out.MadeAt = err == nil, at
		return wrap(err, "read calendar feed")
	})
	return out, err
}

// NewCalendarFeed makes the address of the person's calendar. One that there was is dead at
// once.
func (a *App) NewCalendarFeed(ctx context.Context, p Principal) (CalendarFeed, error) {
	token := NewSecret("")
	out := CalendarFeed{Made: true, MadeAt: now(), Address: a.Outbox.BaseURL + CalendarPath + token + CalendarEnding}
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		if _, err := q.PersonLock(ctx, p.Org, p.Person); err != nil {
			return wrapUnlessTold(found(err, "person"), "lock person")
		}
		return wrap(q.CalendarFeedSet(ctx, rows.CalendarFeedSetParams{OrgID: p.Org, PersonID: p.Person, TokenHash: KeyHash(token), MadeAt: out.MadeAt}), "make calendar feed")
	})
	return out, err
}

// RemoveCalendarFeed kills the address of the person's calendar.
func (a *App) RemoveCalendarFeed(ctx context.Context, p Principal) error {
	return a.inOrg(ctx, p, func(q *rows.Queries) error {
		return wrap(q.CalendarFeedDelete(ctx, p.Org, p.Person), "remove calendar feed")
	})
}

// Calendar is a person's calendar as a program reads it. The same content is the same
// bytes, and has the same ETag.
type Calendar struct {
	Body []byte
	ETag string
}

// OpenCalendar writes the calendar whose address has a token. It changes nothing. A token
// that opens none, or none any more, is as if there were nothing.
func (a *App) OpenCalendar(ctx context.Context, token string) (Calendar, error) {
	whose, err := a.DB.Across().LookupCalendarFeed(ctx, KeyHash(token))
	if err != nil {
		return Calendar{}, wrapUnlessTold(found(err, "calendar"), "look calendar feed up")
	}
	var feed ics.Calendar
	err = a.DB.InOrg(ctx, whose.OrgID, func(q *rows.Queries) (err error) {
		feed, err = a.calendarFeed(ctx, q, Principal{Org: whose.OrgID, Person: whose.PersonID})
		return err
	})
	if err != nil {
		return Calendar{}, err
	}
	body, err := feed.Write()
	sum := sha256.Sum256(body)
	return Calendar{Body: body, ETag: `"` + hex.EncodeToString(sum[:16]) + `"`}, wrap(err, "write calendar feed")
}

// pastShown is for how long a feed shows what is over.
const pastShown = 90 * 24 * time.Hour

// feedOwner is whose calendar a feed is.
type feedOwner struct {
	Principal
	zone         *time.Location
	organization string
	since        time.Time
}

// entriesOf are the kinds of entries of a feed.
var entriesOf = []func(*App, context.Context, *rows.Queries, feedOwner) ([]ics.Event, error){(*App).sessionEntries, (*App).dueEntries}

func (a *App) calendarFeed(ctx context.Context, q *rows.Queries, p Principal) (ics.Calendar, error) {
	row, err := q.FeedOwner(ctx, p.Org, p.Person)
	if err != nil {
		return ics.Calendar{}, wrap(err, "read owner of calendar feed")
	}
	owner := feedOwner{p, coaching.ZoneOrUTC(row.TimeZone), row.OrganizationName, now().Add(-pastShown)}
	out := ics.Calendar{Method: ics.Publish, Name: row.OrganizationName}
	for _, entries := range entriesOf {
		list, err := entries(a, ctx, q, owner)
		if err != nil {
			return out, err
		}
		out.Events = append(out.Events, list...)
	}
	return out, nil
}
