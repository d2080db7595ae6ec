package web

import (
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/parts"
)

// Sessions by their time: what is next, and a week at a glance.

func (p *Pages) registerSessionList(engine *gin.Engine) {
	p.get(engine, "/sessions", sessionsPage)
}

// How many sessions a page shows: what is next, and of one week.
const (
	mostNext   = 5
	mostInWeek = 100
)

// week is one week of sessions, from Monday on, on the reader's clock.
type week struct {
	Days   []weekDay
	Zone   *time.Location
	Cursor string // of the page behind this one; empty: all of the week is shown
}

// weekDay is one day with its sessions.
type weekDay struct {
	Date     time.Time
	Today    bool
	Sessions []app.ListedSession
}

// mondayOf is the begin of the week of a day like 2026-03-02 or, where that is none, of now.
func mondayOf(day string, now time.Time, zone *time.Location) time.Time {
	date, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil || date.Year() < 1900 || date.Year() > 2200 {
		date = now.In(zone)
	}
	return time.Date(date.Year(), date.Month(), date.Day()-(int(date.Weekday())+6)%7, 0, 0, 0, 0, zone)
}

// newWeek lays sessions out by days.
func newWeek(monday, now time.Time, list []app.ListedSession, cursor string) week {
	w := week{Zone: monday.Location(), Cursor: cursor}
	for n := range 7 {
		day := weekDay{Date: monday.AddDate(0, 0, n)}
		day.Today = sameDay(day.Date, now.In(w.Zone))
		for _, s := range list {
			if sameDay(day.Date, s.StartsAt.In(w.Zone)) {
				day.Sessions = append(day.Sessions, s)
			}
		}
		w.Days = append(w.Days, day)
	}
	return w
}

func sameDay(a, b time.Time) bool { return a.Format(time.DateOnly) == b.Format(time.DateOnly) }

func (w week) monday() time.Time { return w.Days[0].Date }

// URL is the page of a week so many weeks later.
func (w week) URL(later int) string {
	return "/sessions?week=" + w.monday().AddDate(0, 0, 7*later).Format(time.DateOnly)
}

// title is the week in words: "23 to 29 November 2026".
func (w week) title() string {
	from, to := w.monday(), w.Days[6].Date
	switch {
	case from.Month() == to.Month():
		return from.Format("2") + " to " + to.Format("2 January 2006")
	case from.Year() == to.Year():
		return from.Format("2 January") + " to " + to.Format("2 January 2006")
	}
	return from.Format("2 January 2006") + " to " + to.Format("2 January 2006")
}

// more is the address of the rest of a long week.
func (w week) more() string { return w.URL(0) + "&cursor=" + url.QueryEscape(w.Cursor) }

// weekFrom reads the week that begins on a Monday.
func (v *request) weekFrom(monday time.Time) (week, error) {
	list, err := v.app().ListSessions(v.ctx, v.who, app.SessionQuery{From: monday, Until: monday.AddDate(0, 0, 7), After: v.Query("cursor"), Most: mostInWeek})
	return newWeek(monday, time.Now(), list.Items, list.Next), err
}

func sessionsPage(v *request) error {
	shown, err := v.weekFrom(mondayOf(v.Query("week"), time.Now(), v.zone))
	if err != nil {
		return err
	}
	next, err := v.app().NextSessions(v.ctx, v.who, mostNext)
	if err != nil {
		return err
	}
	_, list := placeOf(v.who, "engagements")
	v.crumbs = []crumb{{list.Label, list.URL}}
	return v.show("Sessions", "engagements", nil, sessionsContent(next, shown))
}

// desk is what a coach finds above their engagements, and an admin: nil where there is
// nothing of it.
type desk struct {
	Next  []app.ListedSession
	Week  week
	Today *app.Count // of the organization, for an admin
}

// desk reads what is next for somebody.
func (v *request) desk() (*desk, error) {
	out := &desk{}
	var err error
	if v.who.Admin() {
		day := time.Now().In(v.zone)
		from := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, v.zone)
		today, err := v.app().CountSessions(v.ctx, v.who, from, from.AddDate(0, 0, 1))
		if err != nil || today.Count == 0 {
			return nil, err
		}
		out.Today = &today
		return out, nil
	}
	if out.Next, err = v.app().NextSessions(v.ctx, v.who, mostNext); err != nil {
		return nil, err
	}
	out.Week, err = v.weekFrom(mondayOf("", time.Now(), v.zone))
	return out, err
}

// sessionURL leads to a session: for who runs its engagement, or for who attends it.
func sessionURL(s app.ListedSession) string {
	if s.Runs {
		return engagementURL(s.EngagementID, "items/"+s.ID.String()+"/session")
	}
	return coaching.SessionPage + s.ID.String()
}

// met is whom the reader meets in a session.
func met(s app.ListedSession) string {
	if s.Runs {
		return s.Coachee
	}
	return s.Coach
}

// clock is the time of day of a session.
func clock(t time.Time, zone *time.Location) string { return t.In(zone).Format("15:04") }

// listedTone is the state of a session in a list; one that is scheduled needs no word, until
// it is over and nobody has said what became of it.
func listedTone(s app.ListedSession, now time.Time) (parts.Tone, string) {
	switch {
	case s.State == coaching.SessionHeld:
		return parts.Done, "held"
	case s.State == coaching.SessionNoShow:
		return parts.Trouble, "not attended"
	case s.EndsAt.Before(now) && s.Runs:
		return parts.Waits, "was it held?"
	}
	return parts.Now, ""
}
