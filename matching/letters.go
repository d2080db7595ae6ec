package matching

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"coachflow/calendar/ics"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/mail/compose"
	"coachflow/outbox"
)

// Writers write the letters about matching, each when it leaves.
func (s *Matchings) Writers() map[coaching.NotificationKind]outbox.Writer {
	writers := map[coaching.NotificationKind]outbox.Writer{}
	for _, letter := range outbox.MatchingLetters() {
		writers[letter] = s.write
	}
	for _, letter := range calendarLetters {
		writers[letter] = s.writeCalendarMail
	}
	return writers
}

// calendarLetters are those on which something for calendars rides.
var calendarLetters = []coaching.NotificationKind{coaching.InterviewScheduledLetter, coaching.InterviewRescheduledLetter, coaching.InterviewCancelledLetter}

// write writes a letter, if it is still true (R1).
func (s *Matchings) write(ctx context.Context, q *rows.Queries, n rows.Notification) (*outbox.Draft, error) {
	o, err := s.open(ctx, q, Ref{Org: n.OrgID, Matching: *n.MatchingID, At: db.Now()}, nil)
	if err != nil {
		return nil, err
	}
	if n.State == "planned" && !o.stillTrue(n) {
		return nil, outbox.TakeBack(ctx, q, n, "things have gone on since it was planned")
	}
	return o.draft(ctx, n)
}

// writeCalendarMail writes a mail to a calendar, if it is its turn: what calendars get of an
// interview arrives in order, or not at all (R11).
func (s *Matchings) writeCalendarMail(ctx context.Context, q *rows.Queries, n rows.Notification) (*outbox.Draft, error) {
	o, err := s.open(ctx, q, Ref{Org: n.OrgID, Matching: *n.MatchingID, At: db.Now()}, nil)
	if err != nil {
		return nil, err
	}
	list, err := o.calendarMailsOf(ctx, *n.InterviewID)
	if err != nil {
		return nil, err
	}
	next, _, err := outbox.NextCalendarMail(ctx, q, n.OrgID, list, n.Address, o.ref.At)
	if err != nil {
		return nil, err
	}
	if next != n.ID {
		return nil, outbox.Behind(ctx, q, n)
	}
	d, err := o.prepare(ctx, n)
	if err != nil {
		return nil, err
	}
	if n.State == "planned" {
		if d.Calendar, err = o.calendarObject(n); err != nil {
			return nil, err
		}
	}
	return d, o.render(ctx, d)
}

// calendarObject is what a mail tells a calendar, as its act said it.
func (o *open) calendarObject(n rows.Notification) (string, error) {
	m := coaching.CalendarMail{To: coaching.Attendee{Address: n.Address, Name: n.RecipientName}, UID: n.CalendarUid, Method: coaching.CalendarMethod(n.CalendarMethod),
		Sequence: int(n.CalendarSequence), Stamp: db.Deref(n.CalendarStamp)}
	if err := json.Unmarshal(n.CalendarSays, &m.Appointment); err != nil {
		return "", fmt.Errorf("read what a calendar is told: %w", err)
	}
	by := ics.Person{Name: o.names.OrganizationName, Address: o.interviews[*n.InterviewID].Organizer + "@" + o.s.Outbox.CalendarDomain()}
	object, err := ics.Mail(m, by, coaching.ZoneOrUTC(o.names.CoacheeZone))
	if err != nil {
		return "", fmt.Errorf("write calendar object: %w", err)
	}
	return string(object), nil
}

func (o *open) draft(ctx context.Context, n rows.Notification) (*outbox.Draft, error) {
	d, err := o.prepare(ctx, n)
	if err != nil {
		return nil, err
	}
	return d, o.render(ctx, d)
}

// prepare makes the draft with its link.
func (o *open) prepare(ctx context.Context, n rows.Notification) (*outbox.Draft, error) {
	d := &outbox.Draft{Row: n, Sender: o.names.OrganizationName}
	link, has := o.link(n)
	if !has {
		return d, nil
	}
	err := o.LinkInsert(ctx, rows.LinkInsertParams{OrgID: n.OrgID, ID: link.ref.ID, Purpose: link.ref.Purpose.Name(), SubjectID: link.subject, PersonID: n.PersonID,
		Email: &n.Address, ExpiresAt: o.ref.At.Add(outbox.LinkLife)})
	if err != nil {
		return nil, fmt.Errorf("make link: %w", err)
	}
	d.Links = []coaching.LinkRef{link.ref}
	return d, nil
}

func (o *open) render(ctx context.Context, d *outbox.Draft) error {
	values, err := o.values(ctx, d.Row)
	if err != nil {
		return err
	}
	return o.s.Outbox.Render(ctx, o.Queries, d, values, compose.Layout{OrganizationName: o.names.OrganizationName})
}

// linkOf is a link with what it is about.
type linkOf struct {
	ref     coaching.LinkRef
	subject uuid.UUID
}

// link is the link that a letter has for its reader: the coachee's to the whole search, the
// coach's to an interview, an admin's to a decision.
func (o *open) link(n rows.Notification) (linkOf, bool) {
	purpose, subject := coaching.MatchingLink, o.ref.Matching
	switch {
	case *n.PersonID == o.names.CoacheeID:
	case n.InterviewID != nil && o.m.Interview(*n.InterviewID) != nil && o.m.Interview(*n.InterviewID).Coach == *n.PersonID:
		purpose, subject = coaching.InterviewLink, *n.InterviewID
	case slices.Contains([]coaching.NotificationKind{coaching.ApprovalNeededLetter, coaching.ApprovalReminderLetter}, coaching.NotificationKind(n.Kind)):
		purpose = coaching.ApprovalLink
		if n.InterviewID != nil {
			subject = *n.InterviewID
		}
	default:
		return linkOf{}, false
	}
	id := coaching.LinkID(purpose, subject, *n.PersonID, n.Address)
	return linkOf{coaching.LinkRef{Purpose: purpose, Org: n.OrgID, ID: id}, subject}, true
}

// stillTrue reports whether what a letter says is so by now.
func (o *open) stillTrue(n rows.Notification) bool {
	var i *coaching.Interview
	if n.InterviewID != nil {
		i = o.m.Interview(*n.InterviewID)
	}
	state := func(states ...coaching.InterviewState) bool { return i != nil && slices.Contains(states, i.State) }
	switch coaching.NotificationKind(n.Kind) {
	case coaching.MatchingStartedLetter, coaching.MatchingGoesOnLetter, coaching.CoachGoneLetter:
		return !o.m.Status.Over()
	case coaching.MatchingReminderLetter:
		return o.m.Status == coaching.MatchingChoosing || o.m.Status == coaching.MatchingSelecting
	case coaching.MatchingStalledLetter:
		return o.m.Status == coaching.MatchingStalled
	case coaching.MatchingLateLetter:
		return !o.m.Status.Over()
	case coaching.InterviewAskedLetter, coaching.InterviewAskedReminder, coaching.InterviewRequestedLetter:
		return state(coaching.InterviewAsked)
	case coaching.InterviewProposedLetter, coaching.InterviewProposedReminder:
		return state(coaching.InterviewProposed)
	case coaching.InterviewPendingLetter:
		return state(coaching.InterviewPending)
	case coaching.InterviewReminderLetter:
		return state(coaching.InterviewScheduled) && i.Start.After(o.ref.At)
	case coaching.SelectCoachLetter, coaching.SelectCoachReminder:
		return o.m.Status == coaching.MatchingSelecting
	case coaching.SelectionPendingLetter:
		return o.m.Selection != nil
	case coaching.ApprovalNeededLetter, coaching.ApprovalReminderLetter:
		if i != nil {
			return i.State == coaching.InterviewPending && i.Decision == nil
		}
		return o.m.Selection != nil && o.m.Selection.Decision == nil
	}
	return true // it tells what has happened
}

// values are the placeholders of a letter, for its reader.
func (o *open) values(ctx context.Context, n rows.Notification) (map[string]string, error) {
	reader, err := o.person(ctx, *n.PersonID)
	if err != nil {
		return nil, err
	}
	zone := coaching.ZoneOrUTC(reader.TimeZone)
	v := map[string]string{"name": n.RecipientName, "organization": o.names.OrganizationName, "coachee": o.names.CoacheeName, "coach": "", "link": "",
		"page": o.s.Outbox.BaseURL + "/engagements/" + o.row.EngagementID.String(), "until": "", "when": "", "length": fmt.Sprintf("%d minutes", o.m.Settings.InterviewMinutes),
		"place": "your coach tells you", "times": "", "words": o.row.Reason, "welcome": o.m.Settings.Welcome, "about": o.m.Settings.InterviewText, "asked": "", "waits": o.waitsFor(zone)}
	if link, has := o.link(n); has {
		v["link"] = o.s.Outbox.LinkPlaceholder(link.ref.Purpose, link.ref.ID)
	}
	if s := o.m.Selection; s != nil && n.InterviewID == nil {
		v["until"] = showUntil(s.Until, zone)
	}
	coach := uuid.Nil
	if len(n.AboutIds) > 0 {
		coach = n.AboutIds[0]
	}
	if n.InterviewID != nil {
		if i := o.m.Interview(*n.InterviewID); i != nil {
			coach = i.Coach
			o.interviewValues(v, n, i, zone)
		}
	}
	if coach != uuid.Nil {
		who, err := o.person(ctx, coach)
		if err != nil {
			return nil, err
		}
		v["coach"] = who.Name
	}
	if v["asked"] == "" {
		v["asked"] = "to have " + v["coach"] + " as coach"
	}
	return v, nil
}

func showUntil(at time.Time, zone *time.Location) string {
	if at.IsZero() {
		return ""
	}
	return coaching.ShowTime(at, zone)
}

// interviewValues are the placeholders of a letter about an interview. A mail to calendars
// says what its act said, whatever was changed since.
func (o *open) interviewValues(v map[string]string, n rows.Notification, i *coaching.Interview, zone *time.Location) {
	row := o.interviews[i.ID]
	v["until"] = showUntil(i.Until, zone)
	start, end, place := i.Start, i.End(), row.Place
	if n.CalendarSays != nil {
		var says coaching.Appointment
		if json.Unmarshal(n.CalendarSays, &says) == nil { // as it was written
			start, end, place = says.Start, says.End, says.Place
		}
	}
	if !start.IsZero() {
		v["when"], v["length"] = coaching.ShowTime(start, zone), fmt.Sprintf("%d minutes", int(end.Sub(start).Minutes()))
		v["asked"] = "an interview with a coach on " + v["when"]
	}
	if place != "" {
		v["place"] = place
	}
	var times []string
	for _, at := range i.Proposals {
		times = append(times, "- "+coaching.ShowTime(at, zone))
	}
	v["times"] = strings.Join(times, "\n")
	switch coaching.NotificationKind(n.Kind) {
	case coaching.InterviewAskedLetter, coaching.InterviewAskedReminder:
		v["words"] = row.Memo
	default:
		v["words"] = row.Reason
	}
}

// waitsFor says what the search waits for, to admins.
func (o *open) waitsFor(zone *time.Location) string {
	var out []string
	for _, w := range o.m.Waits() {
		name := o.coaches[w.Coach].Name
		words := map[coaching.LadderKind]string{
			coaching.MatchingLadder:  "for " + o.names.CoacheeName + ", who has not asked for an interview",
			coaching.InterviewLadder: "for the answer of " + name + " to a request for an interview",
			coaching.SelectionLadder: "for " + o.names.CoacheeName + ", who is to choose",
			coaching.ApprovalLadder:  "for the decision of an admin",
			coaching.SessionLadder:   "for the interview with " + name,
		}[w.Ladder]
		out = append(out, words+", since "+coaching.ShowTime(w.Since, zone))
	}
	return strings.Join(out, "; ")
}
