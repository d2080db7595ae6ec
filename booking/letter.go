package booking

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/mail/compose"
	"coachflow/outbox"
)

// Writers write the mails of this package, which stand alone.
func (b *Booking) Writers() map[coaching.NotificationKind]outbox.Writer {
	return map[coaching.NotificationKind]outbox.Writer{outbox.CalendarFailing: b.writeFailing}
}

// planFailing plans the word to a coach that a calendar cannot be read: once for each time
// that it begins to fail.
func planFailing(ctx context.Context, q *rows.Queries, c rows.BusyCalendar, save rows.BusyCalendarSaveParams) ([]outbox.StandaloneMail, error) {
	to, err := q.ContactGet(ctx, c.OrgID, c.CoachID)
	if err != nil {
		return nil, fmt.Errorf("read coach: %w", err)
	}
	n := outbox.PlanTo(to, outbox.CalendarFailing, failingKey(c.ID)+save.FailingSince.UTC().Format("20060102T150405"), "a calendar of theirs cannot be read")
	n.OrgID, n.PlannedAt = c.OrgID, *save.ToldAt
	if n.State != "planned" {
		return nil, outbox.PlanOne(ctx, q, n)
	}
	return []outbox.StandaloneMail{{Org: c.OrgID, ID: n.ID}}, outbox.PlanOne(ctx, q, n)
}

// The key of the mail names the calendar.
const failingPrefix = "calendar_failing/"

func failingKey(calendar uuid.UUID) string { return failingPrefix + calendar.String() + "/" }

func calendarOf(key string) (uuid.UUID, error) {
	id, _, _ := strings.Cut(strings.TrimPrefix(key, failingPrefix), "/")
	return uuid.Parse(id)
}

// writeFailing writes the word to a coach, unless the calendar works again or is removed.
func (b *Booking) writeFailing(ctx context.Context, q *rows.Queries, n rows.Notification) (*outbox.Draft, error) {
	id, err := calendarOf(n.Key)
	if err != nil {
		return nil, fmt.Errorf("read which calendar a mail is about: %w", err)
	}
	row, err := q.BusyCalendarGet(ctx, n.OrgID, id)
	if db.NoRow(err) {
		return nil, outbox.TakeBack(ctx, q, n, "the calendar was removed")
	}
	if err != nil {
		return nil, fmt.Errorf("read busy calendar: %w", err)
	}
	c := row.BusyCalendar
	if c.FailingSince == nil {
		return nil, outbox.TakeBack(ctx, q, n, "the calendar can be read again")
	}
	d, _, err := outbox.AboutPerson(ctx, q, n, c.CoachID)
	if err != nil {
		return nil, err
	}
	zone := coaching.ZoneOrUTC(row.TimeZone)
	values := map[string]string{"name": n.RecipientName, "organization": d.Sender, "calendar": c.Name, "since": coaching.ShowTime(*c.FailingSince, zone), "fault": c.FaultWords,
		"stand": "It was never read, so your times are offered without it.", "page": b.Outbox.BaseURL + "/availability#calendars"}
	if c.WorkedAt != nil {
		values["stand"] = "Until it can be read again, what was in it on " + coaching.ShowTime(*c.WorkedAt, zone) + " keeps times from being offered. What you have entered since does not."
	}
	return &d, b.Outbox.Render(ctx, q, &d, values, compose.Layout{OrganizationName: d.Sender})
}
