package accounts

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// Invite opens an invitation, in the place of one that may be open, and plans
// its mails. It is a part of the transaction in which a person invites.
func Invite(ctx context.Context, q *rows.Queries, who outbox.Addressee, by uuid.UUID) (rows.Invitation, error) {
	to, undo, err := mayBeInvited(ctx, q, who)
	if err != nil {
		return rows.Invitation{}, err
	}
	if err := EndInvitation(ctx, q, who, coaching.InvitationReplaced, "the person was invited again"); err != nil {
		return rows.Invitation{}, err
	}
	follow, err := outbox.FollowUpOf(ctx, q, who.Org, coaching.InvitationLadder)
	if err != nil {
		return rows.Invitation{}, err
	}
	open := coaching.InvitationState{Status: coaching.InvitationOpen, SendAt: who.At.Add(undo)}
	laid := follow.Ladder.OfInvitation(open, coaching.LadderZones{Reader: coaching.ZoneOrUTC(to.TimeZone)}, follow.Hours)
	row, err := q.InvitationInsert(ctx, rows.InvitationInsertParams{OrgID: who.Org, ID: db.NewID(), PersonID: who.Person, InvitedBy: by,
		InvitedAt: who.At, SendAt: open.SendAt, ExpiresAt: laid.End().Effect})
	if err != nil {
		return row, fmt.Errorf("insert invitation: %w", err)
	}
	if err := q.PersonInvite(ctx, who.Org, who.Person); err != nil {
		return row, fmt.Errorf("note person as invited: %w", err)
	}
	return row, planInvitation(ctx, q, row, laid, to)
}

// mayBeInvited locks the person and asks the gate. The second result is how
// long a mail sent by hand can be taken back.
func mayBeInvited(ctx context.Context, q *rows.Queries, who outbox.Addressee) (rows.ContactGetRow, time.Duration, error) {
	if _, err := q.PersonLock(ctx, who.Org, who.Person); err != nil {
		return rows.ContactGetRow{}, 0, fmt.Errorf("lock person: %w", err)
	}
	to, err := q.ContactGet(ctx, who.Org, who.Person)
	if err != nil {
		return to, 0, fmt.Errorf("read person: %w", err)
	}
	switch gate := outbox.GateOf(outbox.InvitationMail, coaching.Standing(to.State), to.Blocked); gate.Gate {
	case coaching.GateRefuse:
		return to, 0, coaching.Problemf(coaching.Conflict, "account_active", "%s has an active account already.", to.Name)
	case coaching.GateSuppress:
		return to, 0, outbox.BlockedProblem(to.Address)
	}
	organization, err := q.OrganizationGet(ctx, who.Org)
	if err != nil {
		return to, 0, fmt.Errorf("read organization: %w", err)
	}
	return to, time.Duration(organization.UndoSeconds) * time.Second, nil
}

// planInvitation plans the mail, its reminders, and the words to the admins at the end.
func planInvitation(ctx context.Context, q *rows.Queries, row rows.Invitation, laid coaching.Layout, to rows.ContactGetRow) error {
	mail := func(step coaching.LadderStep) rows.NotificationPlanParams {
		kind := outbox.InvitationReminder
		if step.Request {
			kind = outbox.InvitationMail
		}
		n := outbox.PlanTo(to, kind, "invitation/"+row.ID.String()+"/"+step.Name, "invited to create an account")
		n.OrgID, n.InvitationID, n.Step, n.PlannedAt = row.OrgID, &row.ID, step.Name, step.At
		return n
	}
	var plans []rows.NotificationPlanParams
	for _, step := range laid.Steps {
		if !step.End {
			plans = append(plans, mail(step))
		}
	}
	for _, step := range laid.Dropped {
		n := mail(step.LadderStep)
		n.State, n.StateReason = "dropped", step.Reason.Words()
		plans = append(plans, n)
	}
	words, err := planWordToAdmins(ctx, q, row)
	if err != nil {
		return err
	}
	return outbox.PlanAll(ctx, q, append(plans, words...))
}

// planWordToAdmins is the plan of what the admins are told at the end, each in their own
// hours.
func planWordToAdmins(ctx context.Context, q *rows.Queries, row rows.Invitation) ([]rows.NotificationPlanParams, error) {
	follow, err := outbox.FollowUpOf(ctx, q, row.OrgID, coaching.InvitationLadder)
	if err != nil {
		return nil, err
	}
	at := func(zone *time.Location) time.Time {
		if follow.Ladder.KeepsMoment {
			return row.ExpiresAt
		}
		return follow.Hours.Next(row.ExpiresAt, zone)
	}
	plans, err := outbox.PlanToAdmins(ctx, q, row.OrgID, outbox.InvitationRanOut, "invitation/"+row.ID.String()+"/end", at)
	for i := range plans {
		plans[i].InvitationID, plans[i].Step = &row.ID, stepEnd
	}
	return plans, err
}

// EndInvitation ends the open invitation of a person, if there is one, and takes
// back what of it is planned. Without it, a person who was invited is internal
// again.
func EndInvitation(ctx context.Context, q *rows.Queries, who outbox.Addressee, status coaching.InvitationStatus, why string) error {
	return endInvitation(ctx, q, who, status, why, "")
}

// endInvitation keeps the mails of one step.
func endInvitation(ctx context.Context, q *rows.Queries, who outbox.Addressee, status coaching.InvitationStatus, why, keep string) error {
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
func Activate(ctx context.Context, q *rows.Queries, who outbox.Addressee, passwordHash string) (Activated, error) {
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
		notice, planned, err := outbox.PlanStandalone(ctx, q, who, outbox.PasswordChanged, "their password was changed")
		if err != nil {
			return out, err
		}
		if planned {
			out.StandaloneMails = []outbox.StandaloneMail{notice}
		}
	}
	out.Released, err = outbox.ReleaseHeld(ctx, q, who)
	return out, err
}

// Activated is what a new password has brought about: what was held may leave, of
// which the programs of these items are to be told, and mails are to be sent.
type Activated struct {
	Released        []outbox.Released
	StandaloneMails []outbox.StandaloneMail
}

// EndPasswordLinks ends every link by which a person can choose a new password,
// and takes back the mails that bring them.
func EndPasswordLinks(ctx context.Context, q *rows.Queries, who outbox.Addressee) error {
	revoke := rows.LinksRevokeParams{OrgID: who.Org, PersonID: &who.Person, Purpose: coaching.PasswordLink.Name(), RevokedAt: &who.At}
	if err := q.LinksRevoke(ctx, revoke); err != nil {
		return fmt.Errorf("revoke links for a new password: %w", err)
	}
	err := q.NotificationsCancelOfKind(ctx, rows.NotificationsCancelOfKindParams{OrgID: who.Org, PersonID: &who.Person, Kind: string(outbox.PasswordReset),
		StateReason: "the password was changed, or the account closed", OutcomeAt: &who.At})
	if err != nil {
		return fmt.Errorf("take back mails with a link for a new password: %w", err)
	}
	return nil
}
