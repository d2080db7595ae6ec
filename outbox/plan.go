package outbox

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

// PlanTo makes the row of a letter to a person outside of programs, through
// the gate.
func PlanTo(to rows.ContactGetRow, kind coaching.NotificationKind, key, reason string) rows.NotificationPlanParams {
	n := rows.NotificationPlanParams{ID: db.NewID(), Kind: string(kind), Step: StepRequest, Key: key, PersonID: &to.ID,
		Address: to.Address, RecipientName: to.Name, Reason: reason, State: "planned"}
	if gate := GateOf(kind, coaching.Standing(to.State), to.Blocked); gate.Gate != coaching.GateSend {
		n.State, n.StateReason = string(gate.Gate), gate.Reason
	}
	if n.State == string(coaching.GateRefuse) {
		n.State = "failed"
	}
	return n
}

// BlockedProblem refuses a mail by hand to an address that takes none.
func BlockedProblem(address string) error {
	return coaching.Problemf(coaching.Conflict, "address_blocked",
		"No mail goes to %s, because the address bounced, its owner complained, or it is another person's, too. Correct the address, or clear the block first.", address)
}

// PlanToAdmins makes the rows of the same letter to every admin, each under the key
// with the admin's id behind it, and at the moment that at gives for the admin's clock.
func PlanToAdmins(ctx context.Context, q *rows.Queries, org uuid.UUID, kind coaching.NotificationKind, key string, at func(zone *time.Location) time.Time) ([]rows.NotificationPlanParams, error) {
	admins, err := q.AdminsOf(ctx, org)
	if err != nil {
		return nil, fmt.Errorf("read admins: %w", err)
	}
	var plans []rows.NotificationPlanParams
	for _, admin := range admins {
		n := PlanTo(rows.ContactGetRow(admin), kind, key+"/"+admin.ID.String(), "admin of the organization")
		n.OrgID, n.PlannedAt = org, at(coaching.ZoneOrUTC(admin.TimeZone))
		plans = append(plans, n)
	}
	return plans, nil
}

// PlanOne plans one mail, as PlanAll does.
func PlanOne(ctx context.Context, q *rows.Queries, n rows.NotificationPlanParams) error {
	return PlanAll(ctx, q, []rows.NotificationPlanParams{n})
}

// PlanAll plans mails, each under its key: planning one again is harmless. It refuses
// a mail of a kind that is not registered, and notes with the others which of them
// stand alone.
func PlanAll(ctx context.Context, q *rows.Queries, list []rows.NotificationPlanParams) error {
	for i := range list {
		letter, registered := LetterOf(coaching.NotificationKind(list[i].Kind))
		if !registered {
			return fmt.Errorf("plan notification: no letter of kind %q is registered", list[i].Kind)
		}
		list[i].Standalone = letter.Standalone || letter.MayWait && list[i].Standalone
	}
	var failed error
	q.NotificationPlan(ctx, list).Exec(func(_ int, err error) {
		if err != nil && failed == nil {
			failed = fmt.Errorf("plan notification: %w", err)
		}
	})
	return failed
}

// Stop takes one planned mail back, with the reason.
func Stop(ctx context.Context, q *rows.Queries, n rows.Notification, at time.Time, state, why string) error {
	err := q.NotificationStop(ctx, rows.NotificationStopParams{OrgID: n.OrgID, ID: n.ID, State: state, StateReason: why, OutcomeAt: &at})
	if err != nil {
		return fmt.Errorf("stop planned mail: %w", err)
	}
	return nil
}

// StopAtGate holds or suppresses a planned mail that may not leave any more.
func StopAtGate(ctx context.Context, q *rows.Queries, n rows.Notification, gate coaching.GateDecision) (bool, error) {
	if gate.Gate == coaching.GateSend {
		return false, nil
	}
	state := string(gate.Gate)
	if gate.Gate == coaching.GateRefuse {
		state = "failed"
	}
	return true, Stop(ctx, q, n, db.Now(), state, gate.Reason)
}

// ReadAgain asks once more who is written to, and whether: an address may have
// changed or bounced since the mail was planned.
func ReadAgain(ctx context.Context, q *rows.Queries, n rows.Notification) (rows.Notification, error) {
	if n.State != "planned" {
		return n, nil
	}
	if n.PersonID == nil || n.CalendarMethod != "" {
		return readAddressAgain(ctx, q, n)
	}
	to, err := q.ContactGet(ctx, n.OrgID, *n.PersonID)
	if err != nil {
		return n, fmt.Errorf("read recipient: %w", err)
	}
	n.Address, n.RecipientName = to.Address, to.Name
	gate := GateOf(coaching.NotificationKind(n.Kind), standingOf(n, to), to.Blocked)
	if stopped, err := StopAtGate(ctx, q, n, gate); stopped || err != nil {
		n.State = string(gate.Gate)
		return n, err
	}
	return n, nil
}

// readAddressAgain is ReadAgain for a mail that goes to one address and to no other: that
// of somebody without an account, or that at which a calendar has an invitation.
func readAddressAgain(ctx context.Context, q *rows.Queries, n rows.Notification) (rows.Notification, error) {
	blocked, err := q.AddressBlocked(ctx, n.OrgID, n.Address)
	if err != nil {
		return n, fmt.Errorf("read address: %w", err)
	}
	standing := coaching.BareEmail
	if n.PersonID != nil {
		to, err := q.ContactGet(ctx, n.OrgID, *n.PersonID)
		if err != nil {
			return n, fmt.Errorf("read recipient: %w", err)
		}
		n.RecipientName, standing = to.Name, standingOf(n, to)
	}
	gate := GateOf(coaching.NotificationKind(n.Kind), standing, blocked)
	if stopped, err := StopAtGate(ctx, q, n, gate); stopped || err != nil {
		n.State = string(gate.Gate)
		return n, err
	}
	return n, nil
}

// standingOf is what the reader of a planned mail is to the organization. A coach is
// written to about their own interviews with or without an account.
func standingOf(n rows.Notification, to rows.ContactGetRow) coaching.Standing {
	standing := coaching.Standing(to.State)
	if n.MatchingID != nil && standing != coaching.ActivePerson && len(n.AboutIds) == 1 && n.AboutIds[0] == to.ID {
		return coaching.BareCoach
	}
	return standing
}
