package app

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/api/serviceerror"

	"coachflow/accounts"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
	"coachflow/workflows"
)

// Invitation asks a person by mail to create an account.
type Invitation struct {
	ID         uuid.UUID       `json:"id"`
	PersonID   uuid.UUID       `json:"person_id"`
	PersonName string          `json:"person_name"`
	Status     string          `json:"status" doc:"open, accepted, withdrawn, replaced (sent again) or expired"`
	InvitedBy  uuid.UUID       `json:"invited_by"`
	Inviter    string          `json:"invited_by_name"`
	InvitedAt  time.Time       `json:"invited_at"`
	SendAt     time.Time       `json:"send_at" doc:"When the mail leaves; until then the invitation can be withdrawn unsent."`
	ExpiresAt  time.Time       `json:"expires_at" doc:"When the link has run out and the admins are told."`
	EndedAt    *time.Time      `json:"ended_at,omitempty"`
	Next       *InvitationNext `json:"next,omitempty" doc:"What happens next by itself, while the invitation is open."`
}

// InvitationNext is what comes next of an open invitation.
type InvitationNext struct {
	Step string    `json:"step" doc:"request, reminder-1, reminder-2, end"`
	At   time.Time `json:"at"`
}

// InvitationInput says who is invited.
type InvitationInput struct {
	PersonID uuid.UUID `json:"person_id"`
}

// invitation adds to a row what comes next: the mail that is planned, or the end.
func invitation(r rows.Invitation, person, inviter, nextStep string, nextAt time.Time) Invitation {
	out := Invitation{ID: r.ID, PersonID: r.PersonID, PersonName: person, Status: r.Status, InvitedBy: r.InvitedBy, Inviter: inviter,
		InvitedAt: r.InvitedAt, SendAt: r.SendAt, ExpiresAt: r.ExpiresAt, EndedAt: r.EndedAt}
	if r.Status != string(coaching.InvitationOpen) {
		return out
	}
	out.Next = &InvitationNext{Step: nextStep, At: nextAt}
	if nextAt.After(r.ExpiresAt) {
		out.Next = &InvitationNext{Step: "end", At: r.ExpiresAt}
	}
	return out
}

// Invite sends a person an invitation to create an account; one that is open is
// replaced, and its link dies. It is saved first; should the engine be away, the
// sweep tells it later.
func (a *App) Invite(ctx context.Context, p Principal, in InvitationInput) (Invitation, error) {
	if err := adminOnly(p); err != nil {
		return Invitation{}, err
	}
	var id uuid.UUID
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		if _, err := q.PersonGet(ctx, p.Org, in.PersonID); db.NoRow(err) {
			return coaching.Problemf(coaching.Invalid, "person_not_found", "There is no such person in this organization.").WithField("person_id", "person_not_found", "no such person")
		}
		row, err := accounts.Invite(ctx, q, invitee(p.Org, in.PersonID), p.Person)
		id = row.ID
		return err
	})
	if err != nil {
		return Invitation{}, wrapUnlessTold(err, "invite")
	}
	a.tellInvitation(ctx, p.Org, in.PersonID)
	return a.GetInvitation(ctx, p, id)
}

func invitee(org, person uuid.UUID) outbox.Addressee {
	return outbox.Addressee{Org: org, Person: person, At: now()}
}

// wrapUnlessTold adds what was being done to an error that is not for people.
func wrapUnlessTold(err error, doing string) error {
	if _, told := coaching.AsProblem(err); told {
		return err
	}
	return wrap(err, doing)
}

// tellInvitation starts the workflow of a person's invitation, or lets a running
// one look again. Should that fail, the sweep does it.
func (a *App) tellInvitation(ctx context.Context, org, person uuid.UUID) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.Patience)
	defer cancel()
	err := workflows.StartInvitation(workflows.InvitationInput{Org: org, Person: person}).SignalBy(ctx, a.Temporal, workflows.LookAgainSignal)
	if err != nil {
		a.Log.WarnContext(ctx, "invitation saved, its workflow will be told later", "person", person, "error", err)
	}
}

// tellInvitationEnded lets a running workflow see that its invitation is over.
// One that misses the signal sees it at its next step, and sends nothing.
func (a *App) tellInvitationEnded(ctx context.Context, person uuid.UUID) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.Patience)
	defer cancel()
	err := a.Temporal.SignalWorkflow(ctx, workflows.InvitationID(person), "", workflows.LookAgainSignal, nil)
	var none *serviceerror.NotFound
	if err != nil && !errors.As(err, &none) {
		a.Log.WarnContext(ctx, "invitation ended, its workflow will see it later", "person", person, "error", err)
	}
}

// WithdrawInvitation takes an open invitation back: its link dies, and nothing
// more is sent. The person is a record only again.
func (a *App) WithdrawInvitation(ctx context.Context, p Principal, id uuid.UUID) (Invitation, error) {
	present, err := a.GetInvitation(ctx, p, id)
	if err != nil {
		return present, err
	}
	who := invitee(p.Org, present.PersonID)
	err = a.inOrg(ctx, p, func(q *rows.Queries) error {
		if _, err := q.PersonLock(ctx, p.Org, who.Person); err != nil {
			return wrap(err, "lock person")
		}
		row, err := q.InvitationGet(ctx, p.Org, id)
		if err != nil {
			return wrap(err, "read invitation")
		}
		if row.Invitation.Status != string(coaching.InvitationOpen) {
			return coaching.Problemf(coaching.Conflict, "invitation_not_open", "The invitation is %s; there is nothing to withdraw.", row.Invitation.Status)
		}
		return accounts.EndInvitation(ctx, q, who, coaching.InvitationWithdrawn, "the invitation was withdrawn")
	})
	if err != nil {
		return present, err
	}
	a.tellInvitationEnded(ctx, who.Person)
	return a.GetInvitation(ctx, p, id)
}

// GetInvitation reads one invitation.
func (a *App) GetInvitation(ctx context.Context, p Principal, id uuid.UUID) (Invitation, error) {
	if err := adminOnly(p); err != nil {
		return Invitation{}, err
	}
	var out Invitation
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		r, err := q.InvitationGet(ctx, p.Org, id)
		out = invitation(r.Invitation, r.PersonName, r.InviterName, r.NextStep, r.NextAt)
		return found(err, "invitation")
	})
	return out, err
}

// ListInvitations lists invitations, of one person or all (uuid.Nil), in one
// state or any.
func (a *App) ListInvitations(ctx context.Context, p Principal, person uuid.UUID, status string, paging Paging) (Page[Invitation], error) {
	if err := adminOnly(p); err != nil {
		return Page[Invitation]{}, err
	}
	after, most, err := paging.read()
	if err != nil {
		return Page[Invitation]{}, err
	}
	var list []rows.InvitationListRow
	err = a.list(ctx, p, func(q *rows.Queries) (err error) {
		list, err = q.InvitationList(ctx, rows.InvitationListParams{OrgID: p.Org, After: after, Status: optional(status), Person: optional(person), Most: most + 1})
		return wrap(err, "list invitations")
	})
	return page(list, most, func(r rows.InvitationListRow) uuid.UUID { return r.Invitation.ID }, func(r rows.InvitationListRow) Invitation {
		return invitation(r.Invitation, r.PersonName, r.InviterName, r.NextStep, r.NextAt)
	}), err
}
