package accounts

import (
	"context"
	"fmt"
	"time"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/mail/compose"
	"coachflow/outbox"
)

// passwordLinkLife is how long a link to choose a new password works.
// passwordMailEvery is how often one person is sent one, and passwordMailsADay how
// many, so that nobody can flood a mailbox through the page that asks. After that one
// still leaves when the link of the last one has run out: whatever strangers do, who
// owns the mailbox finds a link in it that works.
const (
	passwordLinkLife  = time.Hour
	passwordMailEvery = 2 * time.Minute
	passwordMailsADay = 5
)

// AskNewPassword plans the mail by which an active person chooses a new
// password, unless they have a fresh one. It is a part of the transaction in
// which somebody asks for it.
func AskNewPassword(ctx context.Context, q *rows.Queries, who outbox.Addressee) (notice outbox.StandaloneMail, planned bool, err error) {
	if _, err := q.PersonLock(ctx, who.Org, who.Person); err != nil {
		return notice, false, fmt.Errorf("lock person: %w", err)
	}
	today, err := passwordMailsWithin(ctx, q, who, 24*time.Hour)
	if err != nil {
		return notice, false, err
	}
	pause := passwordMailEvery
	if today >= passwordMailsADay {
		pause = passwordLinkLife
	}
	fresh, err := passwordMailsWithin(ctx, q, who, pause)
	if err != nil || fresh > 0 {
		return notice, false, err
	}
	return outbox.PlanStandalone(ctx, q, who, outbox.PasswordReset, "asked for a new password")
}

func passwordMailsWithin(ctx context.Context, q *rows.Queries, who outbox.Addressee, span time.Duration) (int64, error) {
	recent, err := q.NotificationsRecent(ctx, rows.NotificationsRecentParams{OrgID: who.Org, PersonID: &who.Person, Kind: string(outbox.PasswordReset), Since: who.At.Add(-span)})
	if err != nil {
		return 0, fmt.Errorf("count recent mails: %w", err)
	}
	return recent, nil
}

// writePasswordReset writes the letter with the link to choose a new password. One
// that could not be sent while its link works has failed.
func (a *Accounts) writePasswordReset(ctx context.Context, q *rows.Queries, n rows.Notification) (*outbox.Draft, error) {
	at := db.Now() // not the workflow's: a mail that is tried again and again ages meanwhile
	if !n.PlannedAt.Add(passwordLinkLife).After(at) {
		return nil, q.NotificationFailed(ctx, rows.NotificationFailedParams{OrgID: n.OrgID, ID: n.ID, StateReason: "its link had run out before it could be sent", OutcomeAt: &at})
	}
	d, err := a.passwordLetter(ctx, q, n)
	return &d, err
}

func (a *Accounts) passwordChangedLetter(ctx context.Context, q *rows.Queries, n rows.Notification) (outbox.Draft, error) {
	d, to, err := outbox.AboutPerson(ctx, q, n, *n.PersonID)
	if err != nil {
		return d, err
	}
	values := map[string]string{"name": n.RecipientName, "organization": d.Sender, "page": a.Outbox.BaseURL + "/password",
		"when": coaching.ShowTime(n.PlannedAt, coaching.ZoneOrUTC(to.TimeZone))}
	return d, a.Outbox.Render(ctx, q, &d, values, compose.Layout{OrganizationName: d.Sender})
}

func (a *Accounts) passwordLetter(ctx context.Context, q *rows.Queries, n rows.Notification) (outbox.Draft, error) {
	d, to, err := outbox.AboutPerson(ctx, q, n, *n.PersonID)
	if err != nil {
		return d, err
	}
	expires := n.PlannedAt.Add(passwordLinkLife)
	link := accountLink(n, coaching.PasswordLink, n.ID)
	if err := insertAccountLink(ctx, q, link, n, n.ID, expires); err != nil {
		return d, err
	}
	d.Links = []coaching.LinkRef{link}
	values := map[string]string{"name": n.RecipientName, "organization": d.Sender, "link": a.Outbox.LinkPlaceholder(link.Purpose, link.ID),
		"until": coaching.ShowTime(expires, coaching.ZoneOrUTC(to.TimeZone))}
	return d, a.Outbox.Render(ctx, q, &d, values, compose.Layout{OrganizationName: d.Sender})
}

// writePasswordChanged writes the word to somebody whose password was changed.
func (a *Accounts) writePasswordChanged(ctx context.Context, q *rows.Queries, n rows.Notification) (*outbox.Draft, error) {
	d, err := a.passwordChangedLetter(ctx, q, n)
	return &d, err
}
