package booking

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"coachflow/calendar/fetch"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// Booking keeps the busy calendars of coaches.
type Booking struct {
	DB     *db.DB
	Outbox *outbox.Outbox
	Fetch  *fetch.Fetcher
	Log    *slog.Logger
}

// CalendarDue names a busy calendar that is to be fetched.
type CalendarDue struct {
	Org      uuid.UUID `json:"o"`
	Calendar uuid.UUID `json:"c"`
	At       time.Time `json:"t"`
}

// CalendarFetched is what became of it: nothing of what is in it.
type CalendarFetched struct {
	// Over: it was removed, or its owner is no coach any more.
	Over bool `json:"x,omitempty"`
	// Next is when it is fetched again by itself.
	Next time.Time `json:"n,omitzero"`
	// Works reports whether it was read well.
	Works bool `json:"w,omitempty"`
	// Mails tell the coach that it does not.
	Mails []outbox.StandaloneMail `json:"m,omitempty"`
}

// FetchCalendar fetches a busy calendar and works out when its coach is busy, unless that
// was done a moment ago. What cannot be fetched or read leaves what was read before in
// force. Repeating it is harmless.
func (b *Booking) FetchCalendar(ctx context.Context, in CalendarDue) (CalendarFetched, error) {
	row, there, err := b.calendar(ctx, in)
	if err != nil || !there {
		return CalendarFetched{Over: !there}, err
	}
	c := row.BusyCalendar
	if c.FetchedAt != nil && in.At.Before(c.FetchedAt.Add(coaching.BusyAtMost)) {
		return CalendarFetched{Next: c.FetchedAt.Add(coaching.BusyEvery).UTC(), Works: c.FailingSince == nil}, nil
	}
	feed, err := b.Fetch.Fetch(ctx, c.Address, fetch.Seen{ETag: c.Etag, Modified: c.Modified})
	if ctx.Err() != nil {
		return CalendarFetched{}, ctx.Err() // it says nothing of the calendar
	}
	save, err := outcome(row, feed, err, in.At)
	if err != nil {
		return CalendarFetched{}, err
	}
	if save.FaultCode != "" {
		b.Log.InfoContext(ctx, "busy calendar not read", "calendar", c.ID, "code", save.FaultCode)
	}
	return b.save(ctx, c, save)
}

func (b *Booking) calendar(ctx context.Context, in CalendarDue) (row rows.BusyCalendarGetRow, there bool, err error) {
	err = b.DB.InOrg(ctx, in.Org, func(q *rows.Queries) error {
		row, err = q.BusyCalendarGet(ctx, in.Org, in.Calendar)
		if there = err == nil; there || db.NoRow(err) {
			return nil
		}
		return fmt.Errorf("read busy calendar: %w", err)
	})
	return row, there, err
}

// outcome is what a fetch makes of a calendar.
func outcome(row rows.BusyCalendarGetRow, feed fetch.Feed, failed error, at time.Time) (rows.BusyCalendarSaveParams, error) {
	c := row.BusyCalendar
	state := coaching.BusyState{WorkedAt: c.WorkedAt, FailingSince: c.FailingSince, ToldAt: c.ToldAt}
	save := rows.BusyCalendarSaveParams{OrgID: c.OrgID, ID: c.ID, FetchedAt: &at, Etag: c.Etag, Modified: c.Modified, BusyZone: c.BusyZone, BusyFrom: c.BusyFrom, BusyUntil: c.BusyUntil}
	zone := coaching.ZoneOrUTC(row.TimeZone)
	if failed == nil && !feed.Unchanged {
		var read worked
		if read, failed = workOut(feed.Body, zone, at); failed == nil {
			save.Feed, save.Etag, save.Modified = feed.Body, feed.ETag, feed.Seen.Modified
			if err := fill(&save, read); err != nil {
				return save, err
			}
		}
	}
	if problem, told := coaching.AsProblem(failed); told {
		state, _ = state.Failed(at)
		save.FaultCode, save.FaultWords = problem.Code, problem.Message
	} else if failed != nil {
		return save, failed
	} else {
		state = state.Worked(at)
	}
	save.WorkedAt, save.FailingSince, save.ToldAt = state.WorkedAt, state.FailingSince, state.ToldAt
	return save, keepUp(&save, c, zone, at)
}

// keepUp works the busy times of a feed that stays out again, where time has gone on or the
// coach has moved to another zone.
func keepUp(save *rows.BusyCalendarSaveParams, c rows.BusyCalendar, zone *time.Location, at time.Time) error {
	if save.Busy != nil || c.Feed == nil || c.BusyZone == zone.String() && at.Before(c.BusyFrom.Add(busyBehind+coaching.BusyAgain)) {
		return nil
	}
	read, err := workOut(c.Feed, zone, at)
	if err != nil {
		return fmt.Errorf("work busy times out again: %w", err)
	}
	return fill(save, read)
}

func fill(save *rows.BusyCalendarSaveParams, read worked) (err error) {
	if save.Busy, err = pack(read.busy); err != nil {
		return fmt.Errorf("write busy times: %w", err)
	}
	if save.Warnings, err = json.Marshal(read.warnings); err != nil {
		return fmt.Errorf("write warnings: %w", err)
	}
	save.BusyZone, save.BusyFrom, save.BusyUntil = read.zone, &read.from, &read.until
	return nil
}

// save stores what became of a fetch, and plans the mail to the coach where one is due.
func (b *Booking) save(ctx context.Context, c rows.BusyCalendar, save rows.BusyCalendarSaveParams) (CalendarFetched, error) {
	out := CalendarFetched{Next: save.FetchedAt.Add(coaching.BusyEvery).UTC(), Works: save.FailingSince == nil}
	err := b.DB.InOrg(ctx, c.OrgID, func(q *rows.Queries) error {
		saved, err := q.BusyCalendarSave(ctx, save)
		if err != nil {
			return fmt.Errorf("save busy calendar: %w", err)
		}
		if out.Over = saved == 0; out.Over || c.ToldAt != nil || save.ToldAt == nil {
			return nil
		}
		out.Mails, err = planFailing(ctx, q, c, save)
		return err
	})
	return out, err
}

// Unfetched names a busy calendar that nobody has fetched though it is time.
type Unfetched struct {
	Org      uuid.UUID `json:"o"`
	Calendar uuid.UUID `json:"c"`
}

// unfetchedLong is when a calendar that should have been fetched in between is looked after.
const unfetchedLong = 3 * coaching.BusyEvery

// FindUnfetched looks across organizations for calendars that no workflow fetches: those
// that are new or asked for since before, and those that were fetched long ago.
func (b *Booking) FindUnfetched(ctx context.Context, before time.Time, most int32) ([]Unfetched, error) {
	list, err := b.DB.Across().SweepCalendars(ctx, rows.SweepCalendarsParams{Before: before, LongBefore: before.Add(-unfetchedLong), Most: most})
	if err != nil {
		return nil, fmt.Errorf("sweep busy calendars: %w", err)
	}
	var out []Unfetched
	for _, row := range list {
		out = append(out, Unfetched{Org: row.OrgID, Calendar: row.ID})
	}
	return out, nil
}
