package outbox

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/mail/compose"
)

// A letter is rendered once, with the links' ids where the tokens will be, and
// stored so. The token takes the id's place only in the bytes that leave:
// neither a row nor a history holds one, and every retry sends the same mail.

// LinkPlaceholder is a link as it stands in a stored copy.
func (b *Outbox) LinkPlaceholder(purpose coaching.LinkPurpose, id uuid.UUID) string {
	return b.BaseURL + "/l/" + purpose.Name() + "-" + id.String()
}

// seal puts tokens in the places of the given links.
func (b *Outbox) seal(text string, links []coaching.LinkRef) string {
	for _, l := range links {
		text = strings.ReplaceAll(text, b.LinkPlaceholder(l.Purpose, l.ID), b.BaseURL+"/l/"+b.Links.Sign(l))
	}
	return text
}

// Draft is one mail that is ready to leave.
type Draft struct {
	Row     rows.Notification
	Letter  compose.Letter
	Links   []coaching.LinkRef // whose tokens go into the bytes that leave
	ReplyTo compose.Recipient
	Sender  string // shown as the sender's name
	Inline  []compose.Attachment
	// Answers marks a mail that answers one by itself (RFC 3834).
	Answers bool
	// Headers are fields beyond those that every mail of ours has.
	Headers map[string]string
	// Attachments are the files that ride on the mail.
	Attachments []compose.Attachment
	// Calendar is the iCalendar object that rides on the mail; empty: none. Its method is
	// the row's.
	Calendar string
	// ClaimedUntil is the end of this attempt's claim, from rendering.
	ClaimedUntil time.Time
}

// calendarPart is the calendar object as a part of the mail.
func (d *Draft) calendarPart() *compose.CalendarPart {
	if d.Calendar == "" {
		return nil
	}
	return &compose.CalendarPart{Method: d.Row.CalendarMethod, Data: []byte(d.Calendar)}
}

// storeCopy keeps the letter as it will be sent, and claims it for this attempt.
func (b *Outbox) storeCopy(ctx context.Context, q *rows.Queries, d *Draft) error {
	d.Row.MailMessageID, d.ClaimedUntil = compose.MessageID(b.Domain(), d.Row.Key), db.Now().Add(claimLife)
	err := q.NotificationRendered(ctx, rows.NotificationRenderedParams{
		OrgID: d.Row.OrgID, ID: d.Row.ID, Address: d.Row.Address, RecipientName: d.Row.RecipientName, Subject: d.Letter.Subject, Html: d.Letter.HTML, Body: d.Letter.Text,
		TemplateVersion: d.Letter.TemplateVersion, MailMessageID: d.Row.MailMessageID, ReplyTo: d.ReplyTo.Addr, ClaimedUntil: &d.ClaimedUntil, Calendar: d.Calendar,
	})
	if err != nil {
		return fmt.Errorf("store copy of letter: %w", err)
	}
	return nil
}

// FailUnwritten records a mail whose letter cannot be written with these words and
// values. It is shown as failed, and holds up nothing else. Other errors come back.
func FailUnwritten(ctx context.Context, q *rows.Queries, n rows.Notification, cause error) error {
	if _, hopeless := coaching.AsProblem(cause); !hopeless {
		return cause
	}
	at := db.Now()
	err := q.NotificationFailed(ctx, rows.NotificationFailedParams{OrgID: n.OrgID, ID: n.ID, StateReason: Unwritten(cause), OutcomeAt: &at})
	if err != nil {
		return fmt.Errorf("record unwritten mail: %w", err)
	}
	return nil
}

// Unwritten says why a letter cannot be written.
func Unwritten(cause error) string {
	problem, _ := coaching.AsProblem(cause)
	return "the letter cannot be written: " + problem.Message
}

// Render renders a letter in the organization's words and stores its copy, or takes
// the copy of an earlier try.
func (b *Outbox) Render(ctx context.Context, q *rows.Queries, d *Draft, values map[string]string, layout compose.Layout) error {
	template, why, err := TemplateFor(ctx, q, d.Row.OrgID, coaching.NotificationKind(d.Row.Kind))
	if err != nil {
		return err
	}
	if err := b.fillReplyTo(ctx, q, d); err != nil {
		return err
	}
	brand, err := q.OrganizationBrand(ctx, d.Row.OrgID)
	if err != nil {
		return fmt.Errorf("read colour of organization: %w", err)
	}
	layout.Color, layout.Logo = LetterColor(brand.BrandColor), b.LogoURL(d.Row.OrgID, brand.Logo)
	return b.RenderWith(ctx, q, d, template, why, values, layout)
}

// LogoURL is where mails load a logo from; empty where there is none.
func (b *Outbox) LogoURL(org uuid.UUID, logo string) string {
	if logo == "" {
		return ""
	}
	return b.BaseURL + coaching.LogoPath(org, logo)
}

// LetterColor is the colour of buttons and links in the letters of an organization with
// a brand colour.
func LetterColor(brand string) string { return coaching.PaletteOf(brand).Light.Link }

// RenderWith is Render with a template that was chosen, and the footer's reason, for a
// draft that has its Reply-To.
func (b *Outbox) RenderWith(ctx context.Context, q *rows.Queries, d *Draft, template *compose.Template, why string, values map[string]string, layout compose.Layout) error {
	if d.Row.State == "sending" {
		d.Letter = compose.Letter{Subject: d.Row.Subject, HTML: d.Row.Html, Text: d.Row.Body, TemplateVersion: d.Row.TemplateVersion}
		d.Calendar = d.Row.Calendar
		if d.Row.ReplyTo != "" {
			d.ReplyTo.Addr = d.Row.ReplyTo
		}
		return nil
	}
	var err error
	if d.Letter, err = template.Render(values, why, layout); err != nil {
		return fmt.Errorf("render letter: %w", err)
	}
	return b.storeCopy(ctx, q, d)
}
