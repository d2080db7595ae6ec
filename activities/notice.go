package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/mail/compose"
)

// Notice names a planned mail that stands alone: no longer process plans or
// follows it.
type Notice struct {
	Org uuid.UUID `json:"o"`
	ID  uuid.UUID `json:"i"`
}

// passwordLinkLife is how long a link to choose a new password works.
// passwordMailEvery is how often one person is sent one, and passwordMailsADay
// how many, so that nobody can flood a mailbox through the page that asks.
const (
	passwordLinkLife  = time.Hour
	passwordMailEvery = 2 * time.Minute
	passwordMailsADay = 5
)

// AskNewPassword plans the mail by which an active person chooses a new
// password, unless they have a fresh one. It is a part of the transaction in
// which somebody asks for it.
func AskNewPassword(ctx context.Context, q *rows.Queries, who Invitee) (notice Notice, planned bool, err error) {
	if _, err := q.PersonLock(ctx, who.Org, who.Person); err != nil {
		return notice, false, fmt.Errorf("lock person: %w", err)
	}
	for span, most := range map[time.Duration]int64{passwordMailEvery: 1, 24 * time.Hour: passwordMailsADay} {
		recent, err := q.NotificationsRecent(ctx, rows.NotificationsRecentParams{OrgID: who.Org, PersonID: &who.Person, Kind: string(coaching.PasswordReset), Since: who.At.Add(-span)})
		if err != nil {
			return notice, false, fmt.Errorf("count recent mails: %w", err)
		}
		if recent >= most {
			return notice, false, nil
		}
	}
	return planNotice(ctx, q, who, coaching.PasswordReset, "asked for a new password")
}

// planNotice plans a mail about a person's account to the person, and says whether
// it is to leave.
func planNotice(ctx context.Context, q *rows.Queries, who Invitee, kind coaching.NotificationKind, reason string) (notice Notice, planned bool, err error) {
	to, err := q.ContactGet(ctx, who.Org, who.Person)
	if err != nil {
		return notice, false, fmt.Errorf("read person: %w", err)
	}
	n := planTo(to, kind, "", reason)
	n.OrgID, n.Key, n.PlannedAt = who.Org, string(kind)+"/"+n.ID.String(), who.At
	return Notice{Org: who.Org, ID: n.ID}, n.State == "planned", planOne(ctx, q, n)
}

// SendNotice renders and hands over a planned mail that stands alone, unless
// what it is about is over by now. Repeating it does what is missing.
func (a *Activities) SendNotice(ctx context.Context, in Notice) error {
	defer alive(ctx)()
	var out []outbound
	err := a.DB.InOrg(ctx, in.Org, func(q *rows.Queries) error {
		n, err := q.NotificationGet(ctx, in.Org, in.ID)
		if err != nil {
			return fmt.Errorf("read notification: %w", err)
		}
		// One attempt at a time decides whether it leaves, and none while the
		// person's account changes.
		if _, err := q.PersonLock(ctx, in.Org, *n.PersonID); err != nil {
			return fmt.Errorf("lock reader: %w", err)
		}
		if n, err = q.NotificationGet(ctx, in.Org, in.ID); err != nil {
			return fmt.Errorf("read notification: %w", err)
		}
		if n, err = readAgain(ctx, q, n); err != nil || (n.State != "planned" && n.State != "sending") {
			return err
		}
		o, err := a.noticeLetter(ctx, q, n)
		if err != nil {
			return failUnwritten(ctx, q, n, err)
		}
		if o != nil {
			out = append(out, *o)
		}
		return nil
	})
	if err != nil {
		return refuse(err)
	}
	return a.handOverAll(ctx, out)
}

// takeBack ends a mail that is not true any more, planned or being tried again.
func takeBack(ctx context.Context, q *rows.Queries, n rows.Notification, why string) error {
	at := now()
	err := q.NotificationCancel(ctx, rows.NotificationCancelParams{OrgID: n.OrgID, ID: n.ID, StateReason: why, OutcomeAt: &at})
	if err != nil {
		return fmt.Errorf("take mail back: %w", err)
	}
	return nil
}

// noticeLetter renders a mail by its kind; nil is one that comes too late.
func (a *Activities) noticeLetter(ctx context.Context, q *rows.Queries, n rows.Notification) (*outbound, error) {
	switch coaching.NotificationKind(n.Kind) {
	case coaching.HeldTooLong:
		held, err := q.NotificationsHeldCount(ctx, n.OrgID, &n.AboutIds[0])
		if err != nil {
			return nil, fmt.Errorf("count held mails: %w", err)
		}
		if held == 0 {
			return nil, takeBack(ctx, q, n, "nothing is held any more")
		}
		o, err := a.heldLetter(ctx, q, n)
		return &o, err
	case coaching.PasswordChanged:
		o, err := a.passwordChangedLetter(ctx, q, n)
		return &o, err
	case coaching.ContactsForCoach, coaching.AddressForClient:
		return a.contactsLetter(ctx, q, n)
	case coaching.InvitationRanOut:
		row, err := q.InvitationGet(ctx, n.OrgID, *n.InvitationID)
		if err != nil {
			return nil, fmt.Errorf("read invitation: %w", err)
		}
		person, err := q.ContactGet(ctx, n.OrgID, row.Invitation.PersonID)
		if err != nil {
			return nil, fmt.Errorf("read person: %w", err)
		}
		if person.State != string(coaching.InternalPerson) {
			return nil, takeBack(ctx, q, n, "the person was invited again, or has an account")
		}
		o, err := a.invitationLetter(ctx, q, row, n)
		return &o, err
	}
	at := now() // not the workflow's: a mail that is tried again and again ages meanwhile
	if !n.PlannedAt.Add(passwordLinkLife).After(at) {
		return nil, q.NotificationFailed(ctx, rows.NotificationFailedParams{OrgID: n.OrgID, ID: n.ID, StateReason: "its link had run out before it could be sent", OutcomeAt: &at})
	}
	o, err := a.passwordLetter(ctx, q, n)
	return &o, err
}

// accountLetter begins a letter about somebody's account: it reads the person and
// names the organization as the sender.
func accountLetter(ctx context.Context, q *rows.Queries, n rows.Notification, about uuid.UUID) (o outbound, person rows.ContactGetRow, err error) {
	organization, err := q.OrganizationGet(ctx, n.OrgID)
	if err != nil {
		return o, person, fmt.Errorf("read organization: %w", err)
	}
	person, err = q.ContactGet(ctx, n.OrgID, about)
	if err != nil {
		return o, person, fmt.Errorf("read person: %w", err)
	}
	return outbound{row: n, sender: organization.Name}, person, nil
}

func (a *Activities) passwordChangedLetter(ctx context.Context, q *rows.Queries, n rows.Notification) (outbound, error) {
	o, to, err := accountLetter(ctx, q, n, *n.PersonID)
	if err != nil {
		return o, err
	}
	values := map[string]string{"name": n.RecipientName, "organization": o.sender, "page": a.BaseURL + "/password",
		"when": coaching.ShowTime(n.PlannedAt, coaching.ZoneOrUTC(to.TimeZone))}
	return o, a.renderOnce(ctx, q, &o, values, compose.Layout{OrganizationName: o.sender})
}

func (a *Activities) passwordLetter(ctx context.Context, q *rows.Queries, n rows.Notification) (outbound, error) {
	o, to, err := accountLetter(ctx, q, n, *n.PersonID)
	if err != nil {
		return o, err
	}
	expires := n.PlannedAt.Add(passwordLinkLife)
	link := accountLink(n, coaching.PasswordLink, n.ID)
	if err := insertAccountLink(ctx, q, link, n, n.ID, expires); err != nil {
		return o, err
	}
	o.links = []coaching.LinkRef{link}
	values := map[string]string{"name": n.RecipientName, "organization": o.sender, "link": a.placeholderLink(link.Purpose, link.ID),
		"until": coaching.ShowTime(expires, coaching.ZoneOrUTC(to.TimeZone))}
	return o, a.renderOnce(ctx, q, &o, values, compose.Layout{OrganizationName: o.sender})
}
