package activities

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/mail/compose"
)

// Invitee names the person whose invitation or account a deed is about.
type Invitee struct {
	Org    uuid.UUID `json:"o"`
	Person uuid.UUID `json:"p"`
	At     time.Time `json:"t"`
}

// InvitationDue names the step of an invitation whose time has come.
type InvitationDue struct {
	Invitee
	Invitation uuid.UUID `json:"i"`
	Step       int       `json:"n"`
}

// Invite opens an invitation, in the place of one that may be open, and plans
// its mails. It is a part of the transaction in which a person invites.
func Invite(ctx context.Context, q *rows.Queries, who Invitee, by uuid.UUID) (rows.Invitation, error) {
	to, undo, err := mayBeInvited(ctx, q, who)
	if err != nil {
		return rows.Invitation{}, err
	}
	if err := EndInvitation(ctx, q, who, coaching.InvitationReplaced, "the person was invited again"); err != nil {
		return rows.Invitation{}, err
	}
	steps := coaching.DefaultInvitation.Steps(who.At.Add(undo), coaching.ZoneOrUTC(to.TimeZone))
	row, err := q.InvitationInsert(ctx, rows.InvitationInsertParams{OrgID: who.Org, ID: db.NewID(), PersonID: who.Person, InvitedBy: by,
		InvitedAt: who.At, SendAt: steps[0].At, ExpiresAt: steps[len(steps)-1].At})
	if err != nil {
		return row, fmt.Errorf("insert invitation: %w", err)
	}
	if err := q.PersonInvite(ctx, who.Org, who.Person); err != nil {
		return row, fmt.Errorf("note person as invited: %w", err)
	}
	return row, planInvitation(ctx, q, row, steps, to)
}

// mayBeInvited locks the person and asks the gate. The second result is how
// long a mail sent by hand can be taken back.
func mayBeInvited(ctx context.Context, q *rows.Queries, who Invitee) (rows.ContactGetRow, time.Duration, error) {
	if _, err := q.PersonLock(ctx, who.Org, who.Person); err != nil {
		return rows.ContactGetRow{}, 0, fmt.Errorf("lock person: %w", err)
	}
	to, err := q.ContactGet(ctx, who.Org, who.Person)
	if err != nil {
		return to, 0, fmt.Errorf("read person: %w", err)
	}
	switch gate := coaching.GateOf(coaching.InvitationMail, coaching.Standing(to.State), to.Blocked); gate.Gate {
	case coaching.GateRefuse:
		return to, 0, coaching.Problemf(coaching.Conflict, "account_active", "%s has an active account already.", to.Name)
	case coaching.GateSuppress:
		return to, 0, errBlocked(to.Address)
	}
	organization, err := q.OrganizationGet(ctx, who.Org)
	if err != nil {
		return to, 0, fmt.Errorf("read organization: %w", err)
	}
	return to, time.Duration(organization.UndoSeconds) * time.Second, nil
}

func planInvitation(ctx context.Context, q *rows.Queries, row rows.Invitation, steps []coaching.InvitationStep, to rows.ContactGetRow) error {
	var plans []rows.NotificationPlanParams
	for _, step := range steps {
		if step.End {
			continue
		}
		kind := coaching.InvitationReminder
		if step.Number == 1 {
			kind = coaching.InvitationMail
		}
		n := planTo(to, kind, "invitation/"+row.ID.String()+"/"+step.Name(), "invited to create an account")
		n.OrgID, n.InvitationID, n.Step, n.PlannedAt = row.OrgID, &row.ID, step.Name(), step.At
		plans = append(plans, n)
	}
	words, err := planWordToAdmins(ctx, q, row, steps[len(steps)-1])
	if err != nil {
		return err
	}
	return planAll(ctx, q, append(plans, words...))
}

// planWordToAdmins is the plan of what the admins are told at the end.
func planWordToAdmins(ctx context.Context, q *rows.Queries, row rows.Invitation, end coaching.InvitationStep) ([]rows.NotificationPlanParams, error) {
	plans, err := planToAdmins(ctx, q, row.OrgID, coaching.InvitationRanOut, "invitation/"+row.ID.String()+"/end", end.At)
	for i := range plans {
		plans[i].InvitationID, plans[i].Step = &row.ID, end.Name()
	}
	return plans, err
}

// EndInvitation ends the open invitation of a person, if there is one, and takes
// back what of it is planned. Without it, a person who was invited is internal
// again.
func EndInvitation(ctx context.Context, q *rows.Queries, who Invitee, status coaching.InvitationStatus, why string) error {
	return endInvitation(ctx, q, who, status, why, "")
}

// endInvitation keeps the mails of one step.
func endInvitation(ctx context.Context, q *rows.Queries, who Invitee, status coaching.InvitationStatus, why, keep string) error {
	ended, err := q.InvitationEnd(ctx, rows.InvitationEndParams{OrgID: who.Org, PersonID: who.Person, Status: string(status), EndedAt: &who.At})
	if err != nil {
		return fmt.Errorf("end invitation: %w", err)
	}
	for _, id := range ended {
		err := q.NotificationsCancelOfInvitation(ctx, rows.NotificationsCancelOfInvitationParams{OrgID: who.Org, InvitationID: &id, StateReason: why, OutcomeAt: &who.At, Keep: keep})
		if err != nil {
			return fmt.Errorf("take back mails of invitation: %w", err)
		}
	}
	if len(ended) == 0 || status == coaching.InvitationAccepted || status == coaching.InvitationReplaced {
		return nil
	}
	if err := q.PersonUninvite(ctx, who.Org, who.Person); err != nil {
		return fmt.Errorf("note person as internal: %w", err)
	}
	return nil
}

// Activate gives a person a password, which makes them active: their invitation
// is accepted, every login with an older password ends, and so does every link
// by which one could be chosen. Who had an account before is told of the change.
func Activate(ctx context.Context, q *rows.Queries, who Invitee, passwordHash string) (Activated, error) {
	var out Activated
	before, err := q.PersonLock(ctx, who.Org, who.Person)
	if err != nil {
		return out, fmt.Errorf("lock person: %w", err)
	}
	if err := q.PersonSetPassword(ctx, rows.PersonSetPasswordParams{OrgID: who.Org, ID: who.Person, PasswordHash: &passwordHash, PasswordSetAt: &who.At}); err != nil {
		return out, fmt.Errorf("set password: %w", err)
	}
	if err := q.SessionDeleteOfPerson(ctx, who.Org, who.Person); err != nil {
		return out, fmt.Errorf("end sessions: %w", err)
	}
	if err := EndPasswordLinks(ctx, q, who); err != nil {
		return out, err
	}
	if err := EndInvitation(ctx, q, who, coaching.InvitationAccepted, "the person has created the account"); err != nil {
		return out, err
	}
	if before == string(coaching.ActivePerson) {
		notice, planned, err := planNotice(ctx, q, who, coaching.PasswordChanged, "their password was changed")
		if err != nil {
			return out, err
		}
		if planned {
			out.Notices = []Notice{notice}
		}
	}
	out.Released, err = ReleaseHeld(ctx, q, who)
	return out, err
}

// Activated is what a new password has brought about: what was held may leave, of
// which the programs of these items are to be told, and mails are to be sent.
type Activated struct {
	Released []Released
	Notices  []Notice
}

// EndPasswordLinks ends every link by which a person can choose a new password,
// and takes back the mails that bring them.
func EndPasswordLinks(ctx context.Context, q *rows.Queries, who Invitee) error {
	revoke := rows.LinksRevokeParams{OrgID: who.Org, PersonID: &who.Person, Purpose: coaching.PasswordLink.Name(), RevokedAt: &who.At}
	if err := q.LinksRevoke(ctx, revoke); err != nil {
		return fmt.Errorf("revoke links for a new password: %w", err)
	}
	err := q.NotificationsCancelOfKind(ctx, rows.NotificationsCancelOfKindParams{OrgID: who.Org, PersonID: &who.Person, Kind: string(coaching.PasswordReset),
		StateReason: "the password was changed, or the account closed", OutcomeAt: &who.At})
	if err != nil {
		return fmt.Errorf("take back mails with a link for a new password: %w", err)
	}
	return nil
}

// ReadInvitation reads the newest invitation of a person for its workflow, and
// notes that the workflow knows it.
func (a *Activities) ReadInvitation(ctx context.Context, who Invitee) (coaching.InvitationState, error) {
	var out coaching.InvitationState
	err := a.DB.InOrg(ctx, who.Org, func(q *rows.Queries) error {
		row, err := q.InvitationNewest(ctx, who.Org, who.Person)
		if err != nil {
			return fmt.Errorf("read invitation: %w", err)
		}
		out = coaching.InvitationState{ID: row.ID, Status: coaching.InvitationStatus(row.Status), SendAt: row.SendAt, Zone: row.TimeZone, Followed: int(row.Followed)}
		return q.InvitationTakeUp(ctx, rows.InvitationTakeUpParams{OrgID: who.Org, ID: row.ID, TakenUpAt: &who.At})
	})
	return out, err
}

// SendInvitation takes one step of an invitation: the mail, a reminder, or the
// end. What was accepted or withdrawn in the meantime is not sent. Repeating it
// hands over what is missing. At the end it answers with the words to the admins,
// each to be sent by itself: one mailbox that takes none must hold up nobody.
func (a *Activities) SendInvitation(ctx context.Context, in InvitationDue) ([]Notice, error) {
	defer alive(ctx)()
	var out []outbound
	var words []Notice
	err := a.DB.InOrg(ctx, in.Org, func(q *rows.Queries) error {
		if _, err := q.PersonLock(ctx, in.Org, in.Person); err != nil {
			return fmt.Errorf("lock person: %w", err)
		}
		row, err := q.InvitationGet(ctx, in.Org, in.Invitation)
		if err != nil {
			return fmt.Errorf("read invitation: %w", err)
		}
		step, wanted, err := in.take(ctx, q, row.Invitation)
		if err != nil || !wanted {
			return err
		}
		list, err := ofStep(ctx, q, row.Invitation, step)
		if err != nil {
			return err
		}
		if step.End {
			for _, n := range list {
				words = append(words, Notice{Org: n.OrgID, ID: n.ID})
			}
			return nil
		}
		out, err = a.prepareInvitation(ctx, q, row, list)
		return err
	})
	if err != nil {
		return nil, refuse(err)
	}
	return words, a.handOverAll(ctx, out)
}

// ofStep are the mails of a step that have not left.
func ofStep(ctx context.Context, q *rows.Queries, row rows.Invitation, step coaching.InvitationStep) ([]rows.Notification, error) {
	list, err := q.NotificationsOfInvitation(ctx, row.OrgID, &row.ID)
	if err != nil {
		return nil, fmt.Errorf("read mails of invitation: %w", err)
	}
	return slices.DeleteFunc(list, func(n rows.Notification) bool { return n.Step != step.Name() }), nil
}

// take notes the step as taken, unless it was before, and says whether there is
// something to hand over.
func (in InvitationDue) take(ctx context.Context, q *rows.Queries, row rows.Invitation) (step coaching.InvitationStep, wanted bool, err error) {
	to, err := q.ContactGet(ctx, in.Org, in.Person)
	if err != nil {
		return step, false, fmt.Errorf("read person: %w", err)
	}
	steps := coaching.DefaultInvitation.Steps(row.SendAt, coaching.ZoneOrUTC(to.TimeZone))
	if in.Step < 1 || in.Step > len(steps) {
		return step, false, coaching.Problemf(coaching.Invalid, "invitation_step_unknown", "The invitation has no such step.")
	}
	step = steps[in.Step-1]
	open := row.Status == string(coaching.InvitationOpen)
	switch {
	case !open && !(step.End && row.Status == string(coaching.InvitationExpired)):
		return step, false, nil
	case !open || int(row.Followed) >= in.Step:
		return step, true, nil // a repeat
	}
	if err := dropPassedOver(ctx, q, in, row, steps); err != nil {
		return step, false, err
	}
	if err := q.InvitationFollowed(ctx, rows.InvitationFollowedParams{OrgID: in.Org, ID: row.ID, Followed: int32(in.Step)}); err != nil {
		return step, false, fmt.Errorf("note step of invitation: %w", err)
	}
	if !step.End {
		return step, true, nil
	}
	if err := endInvitation(ctx, q, in.Invitee, coaching.InvitationExpired, "the invitation has run out", step.Name()); err != nil {
		return step, false, err
	}
	return step, true, replanWordToAdmins(ctx, q, in, row, step)
}

// replanWordToAdmins makes the word go to those who are admins now.
func replanWordToAdmins(ctx context.Context, q *rows.Queries, in InvitationDue, row rows.Invitation, end coaching.InvitationStep) error {
	words, err := planWordToAdmins(ctx, q, row, end)
	if err != nil {
		return err
	}
	if err := planAll(ctx, q, words); err != nil {
		return err
	}
	list, err := q.NotificationsOfInvitation(ctx, row.OrgID, &row.ID)
	if err != nil {
		return fmt.Errorf("read mails of invitation: %w", err)
	}
	for _, n := range list {
		if slices.ContainsFunc(words, func(w rows.NotificationPlanParams) bool { return w.Key == n.Key }) {
			continue
		}
		if err := stopPlanned(ctx, q, n, in.At, "cancelled", "not an admin any more"); err != nil {
			return err
		}
	}
	return nil
}

// dropPassedOver writes down that steps before this one are not sent any more.
func dropPassedOver(ctx context.Context, q *rows.Queries, in InvitationDue, row rows.Invitation, steps []coaching.InvitationStep) error {
	passed := map[string]bool{}
	for _, step := range steps[row.Followed : in.Step-1] {
		passed[step.Name()] = true
	}
	list, err := q.NotificationsOfInvitation(ctx, row.OrgID, &row.ID)
	if err != nil {
		return fmt.Errorf("read mails of invitation: %w", err)
	}
	for _, n := range list {
		if !passed[n.Step] {
			continue
		}
		if err := stopPlanned(ctx, q, n, in.At, "dropped", "the one after it was due as well"); err != nil {
			return err
		}
	}
	return nil
}

// prepareInvitation renders the mails of a step and stores the copies.
func (a *Activities) prepareInvitation(ctx context.Context, q *rows.Queries, row rows.InvitationGetRow, list []rows.Notification) ([]outbound, error) {
	var out []outbound
	for _, n := range list {
		n, err := readAgain(ctx, q, n)
		if err != nil {
			return nil, err
		}
		if n.State != "planned" && n.State != "sending" {
			continue
		}
		o, err := a.invitationLetter(ctx, q, row, n)
		if err != nil {
			if err := failUnwritten(ctx, q, n, err); err != nil {
				return nil, err
			}
			continue
		}
		out = append(out, o)
	}
	return out, nil
}

func (a *Activities) invitationLetter(ctx context.Context, q *rows.Queries, row rows.InvitationGetRow, n rows.Notification) (outbound, error) {
	o := outbound{row: n, sender: row.OrganizationName}
	to, err := q.ContactGet(ctx, n.OrgID, row.Invitation.PersonID)
	if err != nil {
		return o, fmt.Errorf("read person: %w", err)
	}
	values := map[string]string{"name": n.RecipientName, "organization": row.OrganizationName, "inviter": row.InviterName, "address": to.Address,
		"invited": row.PersonName, "page": a.BaseURL + "/people/" + row.Invitation.PersonID.String(),
		"until": coaching.ShowTime(row.Invitation.ExpiresAt, coaching.ZoneOrUTC(to.TimeZone)), "link": ""}
	if *n.PersonID == row.Invitation.PersonID {
		link := accountLink(n, coaching.InvitationLink, row.Invitation.ID)
		if err := insertAccountLink(ctx, q, link, n, row.Invitation.ID, row.Invitation.ExpiresAt); err != nil {
			return o, err
		}
		o.links = []coaching.LinkRef{link}
		values["link"] = a.placeholderLink(link.Purpose, link.ID)
	}
	return o, a.renderOnce(ctx, q, &o, values, compose.Layout{OrganizationName: row.OrganizationName})
}

// accountLink is the link in a mail by which its reader chooses a password. It
// is bound to the address that the mail goes to: should that have been somebody
// else's, correcting it makes the link worthless.
func accountLink(n rows.Notification, purpose coaching.LinkPurpose, subject uuid.UUID) coaching.LinkRef {
	holder := uuid.NewSHA1(*n.PersonID, []byte(n.Address))
	return coaching.LinkRef{Purpose: purpose, Org: n.OrgID, ID: coaching.LinkID(purpose, subject, holder)}
}

func insertAccountLink(ctx context.Context, q *rows.Queries, link coaching.LinkRef, n rows.Notification, subject uuid.UUID, expires time.Time) error {
	err := q.LinkInsert(ctx, rows.LinkInsertParams{OrgID: n.OrgID, ID: link.ID, Purpose: link.Purpose.Name(), SubjectID: subject,
		PersonID: n.PersonID, Email: &n.Address, ExpiresAt: expires})
	if err != nil {
		return fmt.Errorf("make link: %w", err)
	}
	return nil
}
