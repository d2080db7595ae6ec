package matching

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// tellCalendars brings the calendars of coachee and coach to how the interviews stand now.
// coaching.SessionCalendar decides which act mails what to whom.
func (o *open) tellCalendars(ctx context.Context) error {
	for k := range o.m.Interviews {
		if err := o.tellCalendarsOf(ctx, &o.m.Interviews[k]); err != nil {
			return err
		}
	}
	return nil
}

func (o *open) tellCalendarsOf(ctx context.Context, i *coaching.Interview) error {
	row := o.interviews[i.ID]
	var held coaching.SessionCalendar
	if err := json.Unmarshal(row.Calendar, &held); err != nil {
		return fmt.Errorf("read calendar of interview: %w", err)
	}
	if i.CalendarStatus() == coaching.CalendarPending {
		return nil // R10
	}
	session, people, err := o.calendarSession(ctx, i)
	if err != nil {
		return err
	}
	now, mails := held.Update(session, o.ref.At)
	if err := o.saveCalendar(ctx, row, held, now); err != nil {
		return err
	}
	var plans []rows.NotificationPlanParams
	for _, m := range mails {
		n, err := o.calendarMail(i, m, people[m.To.Address], calendarLetter(m, held))
		if err != nil {
			return err
		}
		plans = append(plans, n)
	}
	if err := outbox.PlanAll(ctx, o.Queries, plans); err != nil {
		return err
	}
	return o.dropCalendarMails(ctx, i, mails)
}

// saveCalendar stores what calendars hold of an interview, if it is something else now.
func (o *open) saveCalendar(ctx context.Context, row rows.Interview, held, now coaching.SessionCalendar) (err error) {
	if reflect.DeepEqual(held, now) {
		return nil
	}
	if row.Calendar, err = json.Marshal(now); err != nil {
		return fmt.Errorf("write calendar of interview: %w", err)
	}
	o.interviews[row.ID] = row
	if err := o.InterviewUpsert(ctx, rows.InterviewUpsertParams(row)); err != nil {
		return fmt.Errorf("store calendar of interview: %w", err)
	}
	return nil
}

// calendarSession is the interview as calendars are to have it, with the people of it by
// their addresses: also by those at which a calendar has it from before.
func (o *open) calendarSession(ctx context.Context, i *coaching.Interview) (coaching.CalendarSession, map[string]rows.ContactGetRow, error) {
	people := map[string]rows.ContactGetRow{}
	coach, err := o.person(ctx, i.Coach)
	if err != nil {
		return coaching.CalendarSession{}, nil, err
	}
	coachee, err := o.person(ctx, o.names.CoacheeID)
	if err != nil {
		return coaching.CalendarSession{}, nil, err
	}
	out := coaching.CalendarSession{Status: i.CalendarStatus(), Appointment: coaching.Appointment{Start: i.Start, End: i.End(), Title: "Interview: " + coachee.Name + " and " + coach.Name,
		Text: o.m.Settings.InterviewText, Place: o.interviews[i.ID].Place, URL: coaching.JoinURL(o.interviews[i.ID].Place), Coach: coach.Name}}
	for _, who := range []rows.ContactGetRow{coach, coachee} {
		if who.Address != "" {
			out.Attendees = append(out.Attendees, coaching.Attendee{Address: who.Address, Name: who.Name})
			people[coaching.MailboxKey(who.Address)] = who
		}
	}
	mailed, err := o.CalendarMailsOfInterview(ctx, o.ref.Org, &i.ID)
	if err != nil {
		return out, nil, fmt.Errorf("read mails to calendars: %w", err)
	}
	for _, n := range mailed {
		address := coaching.MailboxKey(n.Address)
		if _, known := people[address]; known {
			continue
		}
		people[address] = coachee
		if n.RecipientID != nil && *n.RecipientID == coach.ID {
			people[address] = coach
		}
	}
	return out, people, nil
}

// calendarMail is the row of one mail to one calendar, through the gate.
func (o *open) calendarMail(i *coaching.Interview, m coaching.CalendarMail, to rows.ContactGetRow, letter coaching.NotificationKind) (rows.NotificationPlanParams, error) {
	says, err := json.Marshal(m.Appointment)
	if err != nil {
		return rows.NotificationPlanParams{}, fmt.Errorf("write what calendars are told: %w", err)
	}
	reader := coaching.MatchingCoachee
	if to.ID == i.Coach {
		reader = coaching.MatchingCoach
	}
	word := coaching.MatchingWord{Letter: letter, To: reader, Coach: i.Coach, Interview: i.ID}
	n := o.planned(to, word, "", o.ref.At)
	n.Address, n.Step = m.To.Address, fmt.Sprintf("%s-%d", m.Method, m.Sequence)
	n.Key = fmt.Sprintf("%s/%s/%s/%d", letter, i.ID, to.ID, m.Sequence)
	n.CalendarUid, n.CalendarMethod, n.CalendarSequence, n.CalendarStamp, n.CalendarSays = m.UID, string(m.Method), int32(m.Sequence), &m.Stamp, says
	return n, nil
}

// calendarLetter is the letter that a mail to a calendar rides on.
func calendarLetter(m coaching.CalendarMail, before coaching.SessionCalendar) coaching.NotificationKind {
	known := slices.ContainsFunc(before.Copies, func(c coaching.CalendarCopy) bool {
		return c.Address == m.To.Address && c.Method == coaching.CalendarRequest
	})
	switch {
	case m.Method == coaching.CalendarCancel:
		return coaching.InterviewCancelledLetter
	case known:
		return coaching.InterviewRescheduledLetter
	}
	return coaching.InterviewScheduledLetter
}

// dropCalendarMails takes back the mails that nobody needs any more. Where an interview was
// cancelled before its invitation had left, a letter without a calendar says so to those
// who know of the request (R7).
func (o *open) dropCalendarMails(ctx context.Context, i *coaching.Interview, mails []coaching.CalendarMail) error {
	for _, m := range mails {
		list, err := o.calendarMailsOf(ctx, i.ID)
		if err != nil {
			return err
		}
		next, dropped, err := outbox.NextCalendarMail(ctx, o.Queries, o.ref.Org, list, m.To.Address, o.ref.At)
		if err != nil {
			return err
		}
		if m.Method == coaching.CalendarCancel && next == uuid.Nil && len(dropped) > 0 && !o.m.Status.Over() {
			to := coaching.MatchingCoachee
			if coach, err := o.person(ctx, i.Coach); err == nil && coaching.SameMailbox(coach.Address, m.To.Address) {
				to = coaching.MatchingCoach
			}
			o.words = append(o.words, coaching.MatchingWord{Letter: coaching.InterviewWithdrawnLetter, To: to, Coach: i.Coach, Interview: i.ID})
		}
	}
	return nil
}

func (o *open) calendarMailsOf(ctx context.Context, interview uuid.UUID) ([]rows.CalendarMailsRow, error) {
	list, err := o.CalendarMailsOfInterview(ctx, o.ref.Org, &interview)
	if err != nil {
		return nil, fmt.Errorf("read mails to calendars: %w", err)
	}
	out := make([]rows.CalendarMailsRow, len(list))
	for k, n := range list {
		out[k] = rows.CalendarMailsRow(n)
	}
	return out, nil
}
