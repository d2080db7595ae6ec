package app

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/api/serviceerror"

	"coachflow/booking"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/workflows"
)

// BusyCalendar is another calendar of a coach, whose entries keep times from being offered.
// Of its entries nothing is shown but when they are.
type BusyCalendar struct {
	ID           uuid.UUID  `json:"id"`
	Name         string     `json:"name"`
	Address      string     `json:"address" doc:"Shortened: who has the whole address can read the calendar."`
	State        string     `json:"state" doc:"new (not fetched yet), works, failing (what was read before counts) or never_read (times are offered without it)"`
	CreatedAt    time.Time  `json:"created_at"`
	FetchedAt    *time.Time `json:"fetched_at,omitempty" doc:"When it was tried the last time."`
	WorkedAt     *time.Time `json:"worked_at,omitempty" doc:"When it was read well the last time."`
	FailingSince *time.Time `json:"failing_since,omitempty"`
	Fault        *Fault     `json:"fault,omitempty" doc:"Why it cannot be read."`
	Warnings     []string   `json:"warnings,omitempty" doc:"What in it is not as it should be; everything else in it counts."`
	MoreWarnings int        `json:"more_warnings,omitempty"`
	FetchableAt  time.Time  `json:"fetchable_at" doc:"From when on it can be fetched at once."`
}

// Fault is what is wrong, as a code and in words.
type Fault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// BusyCalendarInput is a calendar that a coach names.
type BusyCalendarInput struct {
	Address string `json:"address" maxLength:"2000" doc:"Where the calendar is given to calendar programs (ICS), without a login: https:// or webcal://." example:"https://calendar.example.com/private-4f1c/basic.ics"`
	Name    string `json:"name,omitempty" maxLength:"200" doc:"What it is called; left out: by its server."`
}

// The states of a busy calendar.
const (
	BusyNew       = "new"
	BusyWorks     = "works"
	BusyFailing   = "failing"
	BusyNeverRead = "never_read"
)

func busyCalendar(c booking.Calendar) BusyCalendar {
	out := BusyCalendar{ID: c.ID, Name: c.Name, Address: coaching.ShortCalendarAddress(c.Address), State: BusyWorks, CreatedAt: c.CreatedAt, FetchedAt: c.FetchedAt,
		WorkedAt: c.State.WorkedAt, FailingSince: c.State.FailingSince, Warnings: c.Warnings.Words, MoreWarnings: c.Warnings.More, FetchableAt: c.CreatedAt}
	if c.FetchedAt != nil {
		out.FetchableAt = c.FetchedAt.Add(coaching.BusyAtMost)
	}
	switch {
	case c.FetchedAt == nil:
		out.State = BusyNew
	case c.State.FailingSince != nil && c.State.WorkedAt == nil:
		out.State = BusyNeverRead
	case c.State.FailingSince != nil:
		out.State = BusyFailing
	}
	if c.FaultCode != "" {
		out.Fault = &Fault{c.FaultCode, c.FaultWords}
	}
	return out
}

// ListBusyCalendars lists the busy calendars of a coach, in the order in which they were
// named.
func (a *App) ListBusyCalendars(ctx context.Context, p Principal, coach uuid.UUID) ([]BusyCalendar, error) {
	c, err := a.coach(ctx, p, coach)
	out := []BusyCalendar{}
	for _, calendar := range c.Calendars {
		out = append(out, busyCalendar(calendar))
	}
	return out, err
}

// BusyWeek is when the busy calendars of a coach have something in the next seven days, on
// the coach's clock.
func (a *App) BusyWeek(ctx context.Context, p Principal, coach uuid.UUID) (map[coaching.Weekday][]coaching.DayHours, error) {
	c, err := a.coach(ctx, p, coach)
	return coaching.BusyWeek(c.Busy, now(), c.Zone), err
}

// AddBusyCalendar names a calendar of a coach. It is fetched at once, and then again and
// again by itself.
func (a *App) AddBusyCalendar(ctx context.Context, p Principal, coach uuid.UUID, in BusyCalendarInput) (BusyCalendar, error) {
	if err := ofCoach(p, coach); err != nil {
		return BusyCalendar{}, err
	}
	address, problem := coaching.CalendarAddress(in.Address, "address")
	if problem != nil {
		return BusyCalendar{}, problem
	}
	name, err := coaching.CalendarName(in.Name, address)
	if err != nil {
		return BusyCalendar{}, err
	}
	row := rows.BusyCalendarInsertParams{OrgID: p.Org, ID: db.NewID(), CoachID: coach, Address: address, Name: name, CreatedAt: now()}
	if err := a.inOrg(ctx, p, func(q *rows.Queries) error { return insertBusyCalendar(ctx, q, row) }); err != nil {
		return BusyCalendar{}, err
	}
	a.startSaved(ctx, workflows.StartBusyCalendar(p.Org, row.ID))
	return a.GetBusyCalendar(ctx, p, coach, row.ID)
}

// insertBusyCalendar stores a calendar, one at a time for a coach, so that they are not too
// many.
func insertBusyCalendar(ctx context.Context, q *rows.Queries, row rows.BusyCalendarInsertParams) error {
	if _, err := q.PersonLock(ctx, row.OrgID, row.CoachID); err != nil && !db.NoRow(err) {
		return wrap(err, "lock coach")
	}
	c, err := booking.ReadCoach(ctx, q, row.OrgID, row.CoachID, now())
	if err != nil {
		return err
	}
	for _, there := range c.Calendars {
		if there.Address == row.Address {
			return coaching.Problemf(coaching.Conflict, "calendar_known", "This calendar is in the list already, as “%s”.", there.Name).WithField("address", "calendar_known", "It is in the list already.")
		}
	}
	if len(c.Calendars) >= coaching.MostBusyCalendars {
		return coaching.Problemf(coaching.Conflict, "too_many_calendars", "There are %d calendars already, and no more can be added. Remove one first.", len(c.Calendars))
	}
	return wrap(q.BusyCalendarInsert(ctx, row), "store busy calendar")
}

// GetBusyCalendar reads one busy calendar of a coach.
func (a *App) GetBusyCalendar(ctx context.Context, p Principal, coach, id uuid.UUID) (BusyCalendar, error) {
	list, err := a.ListBusyCalendars(ctx, p, coach)
	if err != nil {
		return BusyCalendar{}, err
	}
	for _, c := range list {
		if c.ID == id {
			return c, nil
		}
	}
	return BusyCalendar{}, notFound("calendar")
}

// FetchBusyCalendar has a calendar fetched at once, if that was not done a moment ago.
func (a *App) FetchBusyCalendar(ctx context.Context, p Principal, coach, id uuid.UUID) (BusyCalendar, error) {
	present, err := a.GetBusyCalendar(ctx, p, coach, id)
	if err != nil {
		return present, err
	}
	at := now()
	err = a.inOrg(ctx, p, func(q *rows.Queries) error {
		asked, err := q.BusyCalendarAsk(ctx, rows.BusyCalendarAskParams{OrgID: p.Org, CoachID: coach, ID: id, At: at, Before: at.Add(-coaching.BusyAtMost)})
		if err == nil && asked == 0 {
			return coaching.Problemf(coaching.TooMany, "calendar_fetched_lately", "This calendar was fetched less than %d minutes ago. Try again later; it is also fetched by itself every %d minutes.",
				int(coaching.BusyAtMost.Minutes()), int(coaching.BusyEvery.Minutes()))
		}
		return wrap(err, "ask for a calendar")
	})
	if err != nil {
		return present, err
	}
	a.tellBusyCalendar(ctx, p.Org, id)
	return present, nil
}

// RemoveBusyCalendar forgets a calendar with all that was read of it.
func (a *App) RemoveBusyCalendar(ctx context.Context, p Principal, coach, id uuid.UUID) error {
	if err := ofCoach(p, coach); err != nil {
		return err
	}
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		gone, err := q.BusyCalendarDelete(ctx, rows.BusyCalendarDeleteParams{OrgID: p.Org, CoachID: coach, ID: id})
		if err == nil && gone == 0 {
			return notFound("calendar")
		}
		return wrap(err, "remove busy calendar")
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.Patience)
	defer cancel()
	err = a.Temporal.SignalWorkflow(ctx, workflows.BusyCalendarID(id), "", workflows.LookAgainSignal, nil)
	var none *serviceerror.NotFound
	if err != nil && !errors.As(err, &none) {
		a.Log.WarnContext(ctx, "busy calendar removed, its workflow will see it later", "calendar", id, "error", err)
	}
	return nil
}

// tellBusyCalendar lets the workflow of a calendar fetch it now, or starts it. Should that
// fail, the sweep does it.
func (a *App) tellBusyCalendar(ctx context.Context, org, id uuid.UUID) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.Patience)
	defer cancel()
	if err := workflows.StartBusyCalendar(org, id).SignalBy(ctx, a.Temporal, workflows.LookAgainSignal); err != nil {
		a.Log.WarnContext(ctx, "busy calendar asked for, its workflow will be told later", "calendar", id, "error", err)
	}
}
