package accounts

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// InvitationDue names an invitation of which something is due.
type InvitationDue struct {
	outbox.Addressee
	Invitation uuid.UUID `json:"i"`
	// Step is the number of the step that a run of the version before takes.
	Step int32 `json:"n,omitempty"`
}

// InvitationStepDone is what became of a step: where the invitation stands, and the words
// to the admins that are to be sent, each by itself: one mailbox that takes none must
// hold up nobody.
type InvitationStepDone struct {
	State coaching.InvitationState `json:"s"`
	Words []outbox.StandaloneMail  `json:"w,omitempty"`
}

// stepEnd is the step at which an invitation runs out.
const stepEnd = "end"

// ReadInvitation reads the newest invitation of a person for its workflow, and notes
// that the workflow has read it.
func (a *Accounts) ReadInvitation(ctx context.Context, who outbox.Addressee) (coaching.InvitationState, error) {
	var out coaching.InvitationState
	err := a.DB.InOrg(ctx, who.Org, func(q *rows.Queries) error {
		newest, err := q.InvitationNewest(ctx, who.Org, who.Person)
		if err != nil {
			return fmt.Errorf("read invitation: %w", err)
		}
		row, err := q.InvitationGet(ctx, who.Org, newest)
		if err != nil {
			return fmt.Errorf("read invitation: %w", err)
		}
		if out, err = invitationState(ctx, q, row.Invitation, row.PersonZone, nil); err != nil {
			return err
		}
		return q.InvitationTakeUp(ctx, rows.InvitationTakeUpParams{OrgID: who.Org, ID: row.Invitation.ID, TakenUpAt: &who.At})
	})
	return out, err
}

// invitationState is where an invitation stands and what comes next, but for the mails
// of sending, which leave now.
func invitationState(ctx context.Context, q *rows.Queries, row rows.Invitation, zone string, sending []outbox.Draft) (coaching.InvitationState, error) {
	out := coaching.InvitationState{ID: row.ID, Status: coaching.InvitationStatus(row.Status), SendAt: row.SendAt, Zone: zone, Followed: int(row.Followed)}
	if out.Status != coaching.InvitationOpen {
		return out, nil
	}
	list, err := mailsOf(ctx, q, row)
	if err != nil {
		return out, err
	}
	out.Next = coaching.NextStep{Step: stepEnd, At: row.ExpiresAt.UTC()}
	for _, n := range list {
		leaves := slices.ContainsFunc(sending, func(d outbox.Draft) bool { return d.Row.ID == n.ID })
		if n.Step != stepEnd && !leaves && n.PlannedAt.Before(out.Next.At) {
			out.Next = coaching.NextStep{Step: coaching.StepKind(n.Step), At: n.PlannedAt.UTC()}
		}
	}
	return out, nil
}

// mailsOf are the mails of an invitation that have not left, the first first.
func mailsOf(ctx context.Context, q *rows.Queries, row rows.Invitation) ([]rows.Notification, error) {
	list, err := q.NotificationsOfInvitation(ctx, row.OrgID, &row.ID)
	if err != nil {
		return nil, fmt.Errorf("read mails of invitation: %w", err)
	}
	return list, nil
}

// TakeInvitationStep does what is due for an invitation: the mail, a reminder, or the
// end. What was accepted or withdrawn in the meantime is not sent. Repeating it sends
// what is missing.
func (a *Accounts) TakeInvitationStep(ctx context.Context, in InvitationDue) (InvitationStepDone, error) {
	var out InvitationStepDone
	var drafts []outbox.Draft
	err := a.DB.InOrg(ctx, in.Org, func(q *rows.Queries) error {
		if _, err := q.PersonLock(ctx, in.Org, in.Person); err != nil {
			return fmt.Errorf("lock person: %w", err)
		}
		row, err := q.InvitationGet(ctx, in.Org, in.Invitation)
		if err != nil {
			return fmt.Errorf("read invitation: %w", err)
		}
		if out.Words, err = in.end(ctx, q, &row.Invitation); err != nil {
			return err
		}
		if row.Invitation.Status == string(coaching.InvitationOpen) {
			if drafts, err = a.takeDue(ctx, q, in, row); err != nil {
				return err
			}
		}
		out.State, err = invitationState(ctx, q, row.Invitation, row.PersonZone, drafts)
		return err
	})
	if err != nil {
		return InvitationStepDone{}, err
	}
	return out, a.Outbox.Send(ctx, drafts)
}

// end ends an open invitation whose time is over, and answers with the words to those
// who are admins now.
func (in InvitationDue) end(ctx context.Context, q *rows.Queries, row *rows.Invitation) ([]outbox.StandaloneMail, error) {
	if row.Status == string(coaching.InvitationOpen) && !row.ExpiresAt.After(in.At) {
		if err := in.dropAllBut(ctx, q, *row, func(n rows.Notification) bool { return n.Step == stepEnd || n.State == "sending" }); err != nil {
			return nil, err
		}
		if err := endInvitation(ctx, q, in.Addressee, coaching.InvitationExpired, "the invitation has run out", stepEnd); err != nil {
			return nil, err
		}
		if err := replanWordToAdmins(ctx, q, in, *row); err != nil {
			return nil, err
		}
		row.Status = string(coaching.InvitationExpired)
	}
	if row.Status != string(coaching.InvitationExpired) {
		return nil, nil
	}
	list, err := mailsOf(ctx, q, *row)
	var words []outbox.StandaloneMail
	for _, n := range list {
		if n.Step == stepEnd {
			words = append(words, outbox.StandaloneMail{Org: n.OrgID, ID: n.ID, At: n.PlannedAt})
		}
	}
	return words, err
}

// takeDue writes the mail that is due: of several the last, since nobody gets two mails
// about the same thing at once. An attempt of which nobody knows the end goes on.
func (a *Accounts) takeDue(ctx context.Context, q *rows.Queries, in InvitationDue, row rows.InvitationGetRow) ([]outbox.Draft, error) {
	list, err := mailsOf(ctx, q, row.Invitation)
	if err != nil {
		return nil, err
	}
	due := slices.DeleteFunc(list, func(n rows.Notification) bool {
		return n.Step == stepEnd || (n.State != "sending" && n.PlannedAt.After(in.At))
	})
	if len(due) == 0 {
		return nil, in.followed(ctx, q, in.Step)
	}
	last := due[len(due)-1]
	kept := func(n rows.Notification) bool {
		return n.ID == last.ID || n.State == "sending" || n.PlannedAt.After(in.At)
	}
	if err := in.dropAllBut(ctx, q, row.Invitation, kept); err != nil {
		return nil, err
	}
	if err := in.followed(ctx, q, max(in.Step, invitationStepNumber(last.Step))); err != nil {
		return nil, err
	}
	return a.prepareInvitation(ctx, q, row, slices.DeleteFunc(due, func(n rows.Notification) bool { return !kept(n) }))
}

// followed notes how many steps of the invitation are behind.
func (in InvitationDue) followed(ctx context.Context, q *rows.Queries, number int32) error {
	if err := q.InvitationFollowed(ctx, rows.InvitationFollowedParams{OrgID: in.Org, ID: in.Invitation, Followed: number}); err != nil {
		return fmt.Errorf("note step of invitation: %w", err)
	}
	return nil
}

// invitationStepNumber counts the steps: the mail itself is the first.
func invitationStepNumber(step string) int32 {
	var number int32
	if _, err := fmt.Sscanf(strings.TrimPrefix(step, "reminder-"), "%d", &number); err != nil {
		return 1
	}
	return number + 1
}

// dropAllBut writes down that mails are not sent any more because the one after them was
// due as well.
func (in InvitationDue) dropAllBut(ctx context.Context, q *rows.Queries, row rows.Invitation, keep func(rows.Notification) bool) error {
	list, err := mailsOf(ctx, q, row)
	if err != nil {
		return err
	}
	for _, n := range list {
		if keep(n) {
			continue
		}
		if err := outbox.Stop(ctx, q, n, in.At, "dropped", "the one after it was due as well"); err != nil {
			return err
		}
	}
	return nil
}

// replanWordToAdmins makes the word go to those who are admins now.
func replanWordToAdmins(ctx context.Context, q *rows.Queries, in InvitationDue, row rows.Invitation) error {
	words, err := planWordToAdmins(ctx, q, row)
	if err != nil {
		return err
	}
	if err := outbox.PlanAll(ctx, q, words); err != nil {
		return err
	}
	list, err := mailsOf(ctx, q, row)
	if err != nil {
		return err
	}
	for _, n := range list {
		if slices.ContainsFunc(words, func(w rows.NotificationPlanParams) bool { return w.Key == n.Key }) {
			continue
		}
		if err := outbox.Stop(ctx, q, n, in.At, "cancelled", "not an admin any more"); err != nil {
			return err
		}
	}
	return nil
}
