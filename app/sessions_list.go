package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
)

// Sessions by their time: for an admin all of the organization, for a coach those of their
// own engagements, for a coachee those that they attend.

// ListedSession is a session as lists show it.
type ListedSession struct {
	ID           uuid.UUID             `json:"id" doc:"That of the item."`
	EngagementID uuid.UUID             `json:"engagement_id"`
	Engagement   string                `json:"engagement"`
	Title        string                `json:"title"`
	Coachee      string                `json:"coachee"`
	Coach        string                `json:"coach,omitempty"`
	State        coaching.SessionState `json:"state" doc:"scheduled, held or no_show"`
	StartsAt     time.Time             `json:"starts_at"`
	EndsAt       time.Time             `json:"ends_at"`
	Place        string                `json:"place,omitempty"`
	Join         *coaching.Join        `json:"join,omitempty" doc:"Where and when it is joined; absent where its place is no address."`
	// Runs: whoever asked is an admin, or the coach of its engagement.
	Runs bool `json:"-"`
}

// SessionQuery asks for the sessions that begin from From on and before Until.
type SessionQuery struct {
	From, Until time.Time
	After       string // the Next of the page before
	Most        int
}

// mostSessionDays bounds a query.
const mostSessionDays = 62

// shownSessions are the states of sessions that lists by time show: those that take place,
// or took place.
var shownSessions = []string{string(coaching.SessionScheduled), string(coaching.SessionHeld), string(coaching.SessionNoShow)}

// ListSessions lists the sessions of the principal that begin between two moments, the
// soonest first.
func (a *App) ListSessions(ctx context.Context, p Principal, in SessionQuery) (Page[ListedSession], error) {
	if !in.From.Before(in.Until) || in.Until.Sub(in.From) > mostSessionDays*24*time.Hour {
		return Page[ListedSession]{}, coaching.Problemf(coaching.Invalid, "session_range_invalid", "Ask for the sessions of 1 to %d days: until comes after from.", mostSessionDays).
			WithField("until", "session_range_invalid", "after from, by at most %d days", mostSessionDays)
	}
	return a.sessions(ctx, p, in, shownSessions, in.From)
}

// NextSessions are the scheduled sessions of the principal that have not ended, the soonest
// first.
func (a *App) NextSessions(ctx context.Context, p Principal, most int) ([]ListedSession, error) {
	at := now()
	longest := at.Add(-24 * time.Hour) // a session that is under way began after this
	page, err := a.sessions(ctx, p, SessionQuery{From: longest, Until: at.AddDate(20, 0, 0), Most: most}, []string{string(coaching.SessionScheduled)}, at)
	return page.Items, err
}

// CountSessions counts the sessions of the organization that begin between two moments, for
// an admin.
func (a *App) CountSessions(ctx context.Context, p Principal, from, until time.Time) (Count, error) {
	if err := adminOnly(p); err != nil {
		return Count{}, err
	}
	var out Count
	err := a.list(ctx, p, func(q *rows.Queries) error {
		n, err := q.SessionsCount(ctx, rows.SessionsCountParams{OrgID: p.Org, FromMoment: from, Until: until, States: shownSessions, Most: mostCounted + 1})
		out = count(n)
		return wrap(err, "count sessions")
	})
	return out, err
}

func (a *App) sessions(ctx context.Context, p Principal, in SessionQuery, states []string, endsAfter time.Time) (Page[ListedSession], error) {
	_, most, err := Paging{Most: in.Most}.read()
	if err != nil {
		return Page[ListedSession]{}, err
	}
	behind := cursor{Time: in.From.Add(-time.Second)}
	if in.After != "" {
		if behind, err = parseCursor(in.After); err != nil {
			return Page[ListedSession]{}, coaching.Problemf(coaching.Invalid, "cursor_invalid", "The cursor is not one that this list gave out; start without one.")
		}
	}
	var list []rows.SessionsBetweenRow
	err = a.list(ctx, p, func(q *rows.Queries) error {
		ask := rows.SessionsBetweenParams{OrgID: p.Org, FromMoment: in.From, Until: in.Until, KeyTime: behind.Time, KeyID: behind.ID, States: states, EndsAfter: endsAfter, Most: most + 1}
		if p.Admin() {
			list, err = q.SessionsBetween(ctx, ask)
			return wrap(err, "list sessions")
		}
		own, err := q.SessionsOfPersonBetween(ctx, rows.SessionsOfPersonBetweenParams{OrgID: ask.OrgID, Person: p.Person, FromMoment: ask.FromMoment, Until: ask.Until, KeyTime: ask.KeyTime, KeyID: ask.KeyID,
			States: ask.States, EndsAfter: ask.EndsAfter, Most: ask.Most})
		for _, r := range own {
			list = append(list, rows.SessionsBetweenRow(r))
		}
		return wrap(err, "list sessions")
	})
	return sessionsPage(p, list, int(most), now()), err
}

// sessionsPage makes a page of the rows that were read for it, which are one more where
// there is another page.
func sessionsPage(p Principal, list []rows.SessionsBetweenRow, most int, at time.Time) Page[ListedSession] {
	out := Page[ListedSession]{Items: []ListedSession{}}
	if len(list) > most {
		list = list[:most]
		out.Next = cursor{Time: list[most-1].StartsAt, ID: list[most-1].ID}.String()
	}
	for _, r := range list {
		shown := listedSession(r, at)
		shown.Runs = p.Admin() || (r.CoachID != nil && *r.CoachID == p.Person)
		out.Items = append(out.Items, shown)
	}
	return out
}

func listedSession(r rows.SessionsBetweenRow, at time.Time) ListedSession {
	out := ListedSession{ID: r.ItemID, EngagementID: r.EngagementID, Engagement: r.EngagementName, Title: r.Title, Coachee: r.CoacheeName, Coach: r.CoachName, State: coaching.SessionState(r.State),
		StartsAt: r.StartsAt, EndsAt: r.StartsAt.Add(time.Duration(r.Minutes) * time.Minute), Place: r.Place}
	if join := coaching.JoinOf(r.Place, out.StartsAt, out.EndsAt, at); join.State != coaching.JoinNowhere {
		out.Join = &join
	}
	return out
}
