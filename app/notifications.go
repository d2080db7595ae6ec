package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/mail/deliver"
	"coachflow/outbox"
)

// Notification is a mail that is planned, held back or sent, with its reason;
// once it was rendered, as it was sent (link tokens apart).
type Notification struct {
	ID              uuid.UUID  `json:"id"`
	EngagementID    *uuid.UUID `json:"engagement_id,omitempty"`
	ItemID          *uuid.UUID `json:"item_id,omitempty"`
	Kind            string     `json:"kind"`
	Step            string     `json:"step"`
	PersonID        *uuid.UUID `json:"person_id,omitempty"`
	Address         string     `json:"address"`
	RecipientName   string     `json:"recipient_name,omitempty"`
	Reason          string     `json:"reason" doc:"Why this recipient gets it."`
	State           string     `json:"state" doc:"planned, held, suppressed, sending, sent, delivered, bounced, failed, cancelled or dropped"`
	StateReason     string     `json:"state_reason,omitempty"`
	PlannedAt       time.Time  `json:"planned_at"`
	SentAt          *time.Time `json:"sent_at,omitempty"`
	OutcomeAt       *time.Time `json:"outcome_at,omitempty"`
	Subject         string     `json:"subject,omitempty"`
	TemplateVersion string     `json:"template_version,omitempty"`
	MessageID       string     `json:"message_id,omitempty"`
	ProviderID      string     `json:"provider_id,omitempty"`
	ReplyTo         string     `json:"reply_to,omitempty" doc:"Where a reply to it goes. Only where one notification is read."`
	HTML            string     `json:"html,omitempty" doc:"Only where one notification is read."`
	Text            string     `json:"text,omitempty" doc:"Only where one notification is read."`
	Calendar        string     `json:"calendar,omitempty" doc:"The calendar object that rode on it, of a mail about a session. Only where one notification is read."`
	Entry           *Entry     `json:"calendar_entry,omitempty" doc:"What that object tells calendars."`
}

// notification shows a mail of a list.
func notification(n rows.NotificationListRow) Notification {
	return Notification{ID: n.ID, EngagementID: n.EngagementID, ItemID: n.ItemID, Kind: n.Kind, Step: n.Step, PersonID: n.PersonID, Address: n.Address,
		RecipientName: n.RecipientName, Reason: n.Reason, State: n.State, StateReason: n.StateReason, PlannedAt: n.PlannedAt, SentAt: n.SentAt,
		OutcomeAt: n.OutcomeAt, Subject: n.Subject, TemplateVersion: n.TemplateVersion, MessageID: n.MailMessageID, ProviderID: n.ProviderID}
}

// wholeNotification shows a mail that was read with its letter, and leaves that
// out.
func wholeNotification(n rows.Notification) Notification {
	return notification(rows.NotificationListRow{ID: n.ID, EngagementID: n.EngagementID, ItemID: n.ItemID, Kind: n.Kind, Step: n.Step, PersonID: n.PersonID, Address: n.Address,
		RecipientName: n.RecipientName, Reason: n.Reason, State: n.State, StateReason: n.StateReason, PlannedAt: n.PlannedAt, SentAt: n.SentAt,
		OutcomeAt: n.OutcomeAt, Subject: n.Subject, TemplateVersion: n.TemplateVersion, MailMessageID: n.MailMessageID, ProviderID: n.ProviderID})
}

// ListNotifications lists mails, of one engagement or all, in one state or any.
func (a *App) ListNotifications(ctx context.Context, p Principal, engagement *uuid.UUID, state string, paging Paging) (Page[Notification], error) {
	after, most, err := paging.read()
	if err != nil {
		return Page[Notification]{}, err
	}
	var list []rows.NotificationListRow
	err = a.list(ctx, p, func(q *rows.Queries) error {
		if engagement == nil {
			if err := adminOnly(p); err != nil {
				return err
			}
			list, err = q.NotificationList(ctx, rows.NotificationListParams{OrgID: p.Org, After: after, State: optional(state), Most: most + 1})
			return wrap(err, "list notifications")
		}
		if err := mayEdit(ctx, q, p, *engagement); err != nil {
			return err
		}
		own, err := q.NotificationsOfEngagement(ctx, rows.NotificationsOfEngagementParams{OrgID: p.Org, EngagementID: engagement, After: after, State: optional(state), Most: most + 1})
		for _, n := range own {
			list = append(list, rows.NotificationListRow(n))
		}
		return wrap(err, "list notifications")
	})
	return page(list, most, func(r rows.NotificationListRow) uuid.UUID { return r.ID }, notification), err
}

// NotificationsOf lists the latest mails to a person, about whatever, newest
// first.
func (a *App) NotificationsOf(ctx context.Context, p Principal, person uuid.UUID) ([]Notification, error) {
	if err := adminOnly(p); err != nil {
		return nil, err
	}
	var out []Notification
	err := a.list(ctx, p, func(q *rows.Queries) error {
		list, err := q.NotificationsOfPerson(ctx, rows.NotificationsOfPersonParams{OrgID: p.Org, PersonID: &person, Most: 20})
		for _, n := range list {
			out = append(out, notification(rows.NotificationListRow(n)))
		}
		return wrap(err, "list mails of person")
	})
	return out, err
}

// GetNotification reads one mail as it was sent.
func (a *App) GetNotification(ctx context.Context, p Principal, id uuid.UUID) (Notification, error) {
	var out Notification
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		row, err := q.NotificationGet(ctx, p.Org, id)
		if err != nil {
			return found(err, "notification")
		}
		if row.EngagementID != nil {
			if err := mayEdit(ctx, q, p, *row.EngagementID); err != nil {
				return notFound("notification")
			}
		} else if !p.Admin() {
			return notFound("notification")
		}
		out = wholeNotification(row)
		out.HTML, out.Text, out.ReplyTo, out.Calendar = row.Html, row.Body, row.ReplyTo, row.Calendar
		out.Entry, err = entryOf(row)
		return err
	})
	return out, err
}

// Letter is a rendered mail.
type Letter struct {
	Subject         string `json:"subject"`
	HTML            string `json:"html"`
	Text            string `json:"text"`
	TemplateVersion string `json:"template_version"`
	To              string `json:"to"`
}

// PreviewInput says which letter of an item to show, for which recipient, and
// optionally with which template instead of the one in force.
type PreviewInput struct {
	Kind        string               `json:"kind,omitempty" doc:"the kind of the item with _request, _reminder or _escalation, like form_request; where it is left out, the request"`
	RecipientID *uuid.UUID           `json:"recipient_id,omitempty" doc:"The first one where it is left out."`
	Letter      *coaching.LetterSpec `json:"letter,omitempty"`
}

// PreviewItem renders a letter of an item as it would be sent now, links apart.
func (a *App) PreviewItem(ctx context.Context, p Principal, id uuid.UUID, in PreviewInput) (Letter, error) {
	engagement, err := a.engagementOf(ctx, p, id)
	if err != nil {
		return Letter{}, err
	}
	var out Letter
	err = a.inOrg(ctx, p, func(q *rows.Queries) error {
		if err := mayEdit(ctx, q, p, engagement); err != nil {
			return err
		}
		letter, to, err := a.Programs.PreviewLetter(ctx, q, a.command(p, engagement, id), coaching.NotificationKind(in.Kind), in.RecipientID, in.Letter)
		out = Letter{Subject: letter.Subject, HTML: letter.HTML, Text: letter.Text, TemplateVersion: letter.TemplateVersion, To: to}
		return err
	})
	return out, err
}

// NotificationTemplate is the letter of a kind: when it is sent and to whom, and the
// default words, or what the organization put in their place.
type NotificationTemplate struct {
	Kind         string      `json:"kind"`
	Label        string      `json:"label" doc:"Names it in lists."`
	When         string      `json:"when" doc:"When it is sent, in a sentence."`
	To           string      `json:"to" doc:"To whom it is sent, in a sentence."`
	Gate         LetterGates `json:"gate" doc:"What becomes of it, by what the recipient is to the organization."`
	Subject      string      `json:"subject"`
	Body         string      `json:"body" doc:"Markdown with placeholders like {{name}}."`
	Placeholders []string    `json:"placeholders"`
	Version      int         `json:"version" doc:"0: the default"`
}

// LetterGates say what becomes of a letter for each standing: send, held,
// suppressed or refused.
type LetterGates struct {
	Active    coaching.Gate `json:"active" enum:"send,held,suppressed,refused" doc:"To a person with an account."`
	Invited   coaching.Gate `json:"invited" enum:"send,held,suppressed,refused" doc:"To a person who is invited to create one."`
	Internal  coaching.Gate `json:"internal" enum:"send,held,suppressed,refused" doc:"To a person without an account."`
	BareEmail coaching.Gate `json:"bare_email" enum:"send,held,suppressed,refused" doc:"To an email address of nobody in the organization."`
}

func gatesOf(row coaching.GateRow) LetterGates {
	to := func(standing coaching.Standing) coaching.Gate { return row.Decide(standing, false).Gate }
	return LetterGates{to(coaching.ActivePerson), to(coaching.InvitedPerson), to(coaching.InternalPerson), to(coaching.BareEmail)}
}

// ListNotificationTemplates lists every letter that the product can send.
func (a *App) ListNotificationTemplates(ctx context.Context, p Principal) ([]NotificationTemplate, error) {
	if err := adminOnly(p); err != nil {
		return nil, err
	}
	out := []NotificationTemplate{}
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		list, err := q.NotificationTemplateList(ctx, p.Org)
		replaced := map[string]rows.NotificationTemplate{}
		for _, row := range list {
			replaced[row.Kind] = row
		}
		for _, letter := range outbox.Letters() {
			out = append(out, templateOf(letter, replaced[string(letter.Kind)]))
		}
		return wrap(err, "list templates")
	})
	return out, err
}

func templateOf(letter outbox.Letter, own rows.NotificationTemplate) NotificationTemplate {
	t := NotificationTemplate{Kind: string(letter.Kind), Label: letter.Label, When: letter.When, To: letter.To, Gate: gatesOf(letter.Gate),
		Subject: letter.Subject, Body: letter.Body, Placeholders: letter.Names()}
	if own.Version > 0 {
		t.Subject, t.Body, t.Version = own.Subject, own.Body, int(own.Version)
	}
	return t
}

// SetNotificationTemplate replaces the letter of a kind for the organization.
func (a *App) SetNotificationTemplate(ctx context.Context, p Principal, kind string, in coaching.LetterSpec) (NotificationTemplate, error) {
	if err := adminOnly(p); err != nil {
		return NotificationTemplate{}, err
	}
	letter, known := outbox.LetterOf(coaching.NotificationKind(kind))
	if !known {
		return NotificationTemplate{}, notFound("notification_template")
	}
	if err := outbox.CheckLetter(letter.Kind, in); err != nil {
		return NotificationTemplate{}, err
	}
	if problem := coaching.CheckVisible("The subject", in.Subject, "subject"); problem != nil {
		return NotificationTemplate{}, problem
	}
	var out NotificationTemplate
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		row, err := q.NotificationTemplateUpsert(ctx, rows.NotificationTemplateUpsertParams{OrgID: p.Org, Kind: kind, Subject: in.Subject, Body: in.Body, UpdatedAt: now()})
		out = templateOf(letter, row)
		return wrap(err, "store template")
	})
	return out, err
}

// ResetNotificationTemplate goes back to the default letter.
func (a *App) ResetNotificationTemplate(ctx context.Context, p Principal, kind string) error {
	if err := adminOnly(p); err != nil {
		return err
	}
	return a.inOrg(ctx, p, func(q *rows.Queries) error {
		reset, err := q.NotificationTemplateDelete(ctx, p.Org, kind)
		if err == nil && reset == 0 {
			return notFound("notification_template")
		}
		return wrap(err, "reset template")
	})
}

// RecordDelivery takes the provider's news about a mail.
func (a *App) RecordDelivery(ctx context.Context, event deliver.DeliveryEvent) error {
	return a.Outbox.RecordOutcome(ctx, event)
}

// Event is one line of an engagement's timeline.
type Event struct {
	ID        uuid.UUID  `json:"id"`
	At        time.Time  `json:"at"`
	Kind      string     `json:"kind"`
	Actor     string     `json:"actor" doc:"A person's name, an email address, or coachflow itself."`
	ActorID   *uuid.UUID `json:"actor_id,omitempty"`
	ItemID    *uuid.UUID `json:"item_id,omitempty"`
	ItemTitle string     `json:"item_title,omitempty"`
	// SessionAt and SessionBefore are of an event about a session.
	SessionAt     *time.Time `json:"session_at,omitempty" doc:"When the session begins, of an event about one: after it was moved, its new time."`
	SessionBefore *time.Time `json:"session_before,omitempty" doc:"When it was to begin before it was moved."`
	Reason        string     `json:"reason,omitempty"`
	Text          string     `json:"text"`
}

// Timeline is what happened in an engagement, who did it and why, and what
// comes next and when, worked out by the rules that the workflow uses.
type Timeline struct {
	Events []Event      `json:"events"`
	Next   string       `json:"next_cursor,omitempty"`
	Coming []ComingItem `json:"coming"`
}

// ComingItem is what comes next for one item.
type ComingItem struct {
	ItemID    uuid.UUID `json:"item_id"`
	ItemTitle string    `json:"item_title"`
	Coming
}

// GetTimeline reads an engagement's timeline, oldest first.
func (a *App) GetTimeline(ctx context.Context, p Principal, engagement uuid.UUID, paging Paging) (Timeline, error) {
	after, most, err := paging.read()
	if err != nil {
		return Timeline{}, err
	}
	out := Timeline{Coming: []ComingItem{}}
	err = a.list(ctx, p, func(q *rows.Queries) error {
		e, err := engagementFor(ctx, q, p, engagement)
		if err != nil {
			return err
		}
		if err := mayRun(p, e); err != nil {
			return err // it names stakeholders, who did not answer to the coachee
		}
		list, err := q.EventList(ctx, rows.EventListParams{OrgID: p.Org, EngagementID: &engagement, After: after, Most: most + 1})
		if err != nil {
			return wrap(err, "list events")
		}
		me, err := q.ContactGet(ctx, p.Org, p.Person)
		if err != nil {
			return wrap(err, "read zone")
		}
		zone := coaching.ZoneOrUTC(me.TimeZone)
		events := page(list, most, func(r rows.EventListRow) uuid.UUID { return r.ID }, func(r rows.EventListRow) Event { return eventOf(r, zone) })
		out.Events, out.Next = events.Items, events.Next
		present, err := readProgram(ctx, q, e)
		for _, item := range present.Items {
			if item.Next != nil {
				out.Coming = append(out.Coming, ComingItem{ItemID: item.ID, ItemTitle: item.Title, Coming: *item.Next})
			}
		}
		return err
	})
	return out, err
}

// eventWords say events in words.
var eventWords = map[string]string{
	"engagement_created": "created the engagement", "engagement_started": "started the engagement", "engagement_paused": "paused the program",
	"engagement_resumed": "resumed the program", "engagement_completed": "completed the engagement", "engagement_cancelled": "cancelled the engagement",
	"coach_set": "set the coach", "program_edited": "edited the program", "item_sent": "sent", "item_send_asked": "asked to send", "item_taken_back": "took back the sending of",
	"item_resent": "sent again", "item_file_replaced": "replaced a file of", "item_files_added": "added files to", "item_skipped": "skipped", "item_reopened": "reopened", "item_completed": "completed",
	"follow_up_held": "held the reminders of", "follow_up_resumed": "resumed the reminders of", "follow_up_ended": "told the coach about", "mail_failed": "could not deliver a mail of",
	"session_opened": "opened for scheduling", "session_scheduled": "scheduled", "session_rescheduled": "moved", "session_cancelled": "cancelled", "session_no_show": "noted that nobody came to",
	"session_unbooked": "told the admins that there is no time yet for", "session_change_asked": "asked for another time of", "session_time_asked": "asked for a time of", "session_accepted": "accepted", "session_declined": "declined",
	"session_tentative": "may come to", "session_proposed": "proposed another time for", "session_proposal_refused": "refused a time that was proposed for", "session_words": "wrote about",
	"attendee_added": "added somebody to", "attendee_removed": "took somebody off",
}

// wordsOfEvent are those of an event of an engagement, of one recipient being done
// with an item, or of one that has no words yet.
func wordsOfEvent(kind string) string {
	if words := eventWords[kind]; words != "" {
		return words
	}
	for _, item := range coaching.ItemKinds {
		if rules := item.Rules(); rules.CompletedEvent == kind {
			return rules.EventWords
		}
	}
	return spaced(kind)
}

// eventOf words an event for a reader with this zone.
func eventOf(r rows.EventListRow, zone *time.Location) Event {
	e := Event{ID: r.ID, At: r.At, Kind: r.Kind, Actor: r.ActorName, ActorID: r.ActorID, ItemID: r.ItemID, ItemTitle: r.ItemTitle, Reason: r.Reason, SessionAt: r.SessionAt, SessionBefore: r.SessionBefore}
	switch {
	case r.ActorEmail != nil:
		e.Actor = *r.ActorEmail
	case e.Actor == "":
		e.Actor = "coachflow"
	}
	if words := e.ofSession(zone); words != "" {
		e.Text = e.Actor + " " + words
		return e
	}
	e.Text = e.Actor + " " + wordsOfEvent(r.Kind)
	if e.ItemTitle != "" {
		e.Text += " “" + e.ItemTitle + "”"
	}
	return e
}

// ofSession words what happened to a session, with its times; empty: it is no such event,
// or one of before times were kept.
func (e Event) ofSession(zone *time.Location) string {
	if e.SessionAt == nil {
		return ""
	}
	title, at := "“"+e.ItemTitle+"”", coaching.ShowTime(*e.SessionAt, zone)
	switch e.Kind {
	case "session_scheduled":
		return "scheduled " + title + " for " + at
	case "session_rescheduled":
		if e.SessionBefore == nil {
			return "changed the place or the length of " + title + ", which is on " + at
		}
		return "moved " + title + " from " + coaching.ShowTime(*e.SessionBefore, zone) + " to " + at
	case "session_cancelled":
		return "cancelled " + title + ", which was to be on " + at
	case "session_held":
		return "noted that " + title + " was held, on " + at
	case "session_no_show":
		return "noted that nobody came to " + title + " on " + at
	}
	return ""
}
