package activities

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

// Planned sends are rows, written as a set when the plan is made and replaced
// as a set when it changes.

// stepRequest is the step of the first mail about an item; a resend has the
// round and number of its own in its step.
const stepRequest = "request"

// unplanned reports whether a step stands outside the plan of reminders.
func unplanned(step string) bool { return step == stepRequest || strings.HasPrefix(step, "resend-") }

// recipient is a recipient of an item as a letter needs it.
type recipient = rows.RecipientsOfItemRow

// recipientsOf reads the recipients of an item, once in a deed.
func (p *program) recipientsOf(ctx context.Context, item uuid.UUID) ([]recipient, error) {
	if known, is := p.recipients[item]; is {
		return known, nil
	}
	list, err := readRecipients(ctx, p.Queries, p.act.Org, item)
	if err == nil {
		p.recipients[item] = list
	}
	return list, err
}

func readRecipients(ctx context.Context, q *rows.Queries, org, item uuid.UUID) ([]recipient, error) {
	list, err := q.RecipientsOfItem(ctx, org, item)
	if err != nil {
		return nil, fmt.Errorf("read recipients: %w", err)
	}
	return list, nil
}

// planned makes the row of one mail of an item to one recipient, through the
// gate.
func (p *program) planned(item coaching.ProgramItem, r recipient, kind coaching.NotificationKind, step string, at time.Time) rows.NotificationPlanParams {
	s := item.State
	if unplanned(step) {
		s.Plan = 0
	}
	n := rows.NotificationPlanParams{
		OrgID: p.act.Org, ID: db.NewID(), EngagementID: &p.act.Engagement, ItemID: &s.ID, RecipientID: &r.ID,
		Kind: string(kind), Step: step, Plan: int32(s.Plan), PersonID: r.PersonID, Address: r.Address, RecipientName: r.Name,
		Key:    fmt.Sprintf("%s/%s/%d/%d/%s", kind, r.ID, s.Round, s.Plan, step),
		Reason: "recipient of " + item.Spec.Title, State: "planned", PlannedAt: at,
	}
	gate := coaching.GateOf(kind, coaching.Standing(r.Standing), r.Blocked)
	switch {
	case r.Address == "":
		n.State, n.StateReason = "failed", "the recipient has no email address"
	case gate.Gate == coaching.GateRefuse:
		n.State, n.StateReason = "failed", gate.Reason
	case gate.Gate != coaching.GateSend:
		n.State, n.StateReason = string(gate.Gate), gate.Reason
	}
	return n
}

// planRequest plans the first mail to every recipient.
func (p *program) planRequest(item coaching.ProgramItem, to []recipient) {
	letters := coaching.LettersOf(item.Spec.Kind)
	for _, r := range to {
		p.plan(p.planned(item, r, letters.Request, stepRequest, item.State.IssuedAt))
	}
}

// planFollowUp plans the reminders to those who have not answered, and the
// word to the coach at the end. Steps whose time has passed are written down
// as dropped.
func (p *program) planFollowUp(ctx context.Context, item coaching.ProgramItem, to []recipient) error {
	pending, dropped := coaching.DefaultFollowUp.FollowUpsOf(item.State)
	for _, r := range to {
		if r.AnsweredAt != nil {
			continue
		}
		for _, f := range pending {
			if !f.Escalate {
				p.plan(p.planned(item, r, coaching.LettersOf(item.Spec.Kind).Reminder, f.Name(), f.At))
			}
		}
		for _, f := range dropped {
			n := p.planned(item, r, coaching.LettersOf(item.Spec.Kind).Reminder, f.Name(), f.At)
			n.State, n.StateReason = "dropped", "its time had passed when it was planned"
			p.plan(n)
		}
	}
	if len(pending) == 0 || !pending[len(pending)-1].Escalate {
		return nil
	}
	return p.planEscalation(ctx, item, pending[len(pending)-1])
}

func (p *program) planEscalation(ctx context.Context, item coaching.ProgramItem, last coaching.FollowUp) error {
	to, err := p.responsibleFor(ctx)
	kind := coaching.LettersOf(item.Spec.Kind).Escalation
	for _, r := range to {
		n := p.planned(item, r, kind, last.Name(), last.At)
		n.Key = fmt.Sprintf("%s/%s/%s/%d/%d", kind, item.State.ID, r.PersonID, item.State.Round, item.State.Plan)
		n.RecipientID, n.Reason = nil, "coach of the engagement"
		p.plan(n)
	}
	return err
}

// responsibleFor is the coach of the engagement or, while it has none, the
// admins: read once in a deed.
func (p *program) responsibleFor(ctx context.Context) ([]recipient, error) {
	if p.responsible == nil {
		if err := askResponsible(ctx, p.Queries, p); err != nil {
			return nil, err
		}
	}
	return p.responsible, nil
}

func askResponsible(ctx context.Context, q *rows.Queries, p *program) error {
	list, err := q.Responsible(ctx, p.act.Org, p.act.Engagement)
	if err != nil {
		return fmt.Errorf("read who is responsible: %w", err)
	}
	p.responsible = make([]recipient, len(list))
	for i, r := range list {
		p.responsible[i] = recipient{PersonID: &r.ID, Name: r.Name, Address: r.Address, Standing: r.State, TimeZone: r.TimeZone, Blocked: r.Blocked}
	}
	return nil
}

// replacePlan takes the pending steps of an open item back and plans those of
// its present state, as one.
func (p *program) replacePlan(ctx context.Context, item coaching.ProgramItem, why string) error {
	if item.State.Status != coaching.Open {
		return nil
	}
	err := p.NotificationsCancelPlan(ctx, rows.NotificationsCancelPlanParams{OrgID: p.act.Org, ItemID: &item.State.ID,
		Plan: int32(item.State.Plan), StateReason: why, OutcomeAt: &p.act.At})
	if err != nil {
		return fmt.Errorf("take back pending reminders: %w", err)
	}
	to, err := p.RecipientsOfItem(ctx, p.act.Org, item.State.ID)
	if err != nil {
		return fmt.Errorf("read recipients: %w", err)
	}
	if err := p.linkRecipients(ctx, item, to); err != nil {
		return err
	}
	return p.planFollowUp(ctx, item, to)
}

// resendStep names the pending resend of an item. Its number is the moment it
// was asked for, so that two are two, and a repeat is the same.
func resendStep(s coaching.ItemState) string {
	return fmt.Sprintf("resend-%d-%d", s.Round, s.SendAt.UnixMicro())
}

func (p *program) planResend(ctx context.Context, item coaching.ProgramItem) error {
	to, err := p.recipientsOf(ctx, item.State.ID)
	if err != nil {
		return err
	}
	if err := p.linkRecipients(ctx, item, to); err != nil {
		return err
	}
	for _, r := range to {
		if r.AnsweredAt == nil {
			p.plan(p.planned(item, r, coaching.LettersOf(item.Spec.Kind).Request, resendStep(item.State), item.State.SendAt))
		}
	}
	return nil
}

func (p *program) cancelResend(ctx context.Context, s coaching.ItemState) error {
	err := p.NotificationsCancelStep(ctx, rows.NotificationsCancelStepParams{OrgID: p.act.Org, ItemID: &s.ID,
		Step: resendStep(s), StateReason: "taken back", OutcomeAt: &p.act.At})
	if err != nil {
		return fmt.Errorf("take resend back: %w", err)
	}
	return nil
}

// plan takes mails into the plan. They are written with the rest of the deed.
func (p *program) plan(n rows.NotificationPlanParams) { p.plans = append(p.plans, n) }

func (p *program) writePlans(ctx context.Context) error {
	if len(p.plans) == 0 {
		return nil
	}
	failed := planAll(ctx, p.Queries, p.plans)
	p.plans = nil
	return failed
}

// plannedNow are the mails of one step that this deed has planned.
func (p *program) plannedNow(item uuid.UUID, step string, plan int) []rows.Notification {
	var list []rows.Notification
	for _, n := range p.plans {
		if n.State == "planned" && *n.ItemID == item && n.Step == step && int(n.Plan) == plan {
			list = append(list, rows.Notification{
				OrgID: n.OrgID, ID: n.ID, EngagementID: n.EngagementID, ItemID: n.ItemID, RecipientID: n.RecipientID, MessageID: n.MessageID,
				Kind: n.Kind, Step: n.Step, Key: n.Key, Plan: n.Plan, PersonID: n.PersonID, Address: n.Address, RecipientName: n.RecipientName,
				Reason: n.Reason, State: n.State, StateReason: n.StateReason, PlannedAt: n.PlannedAt,
			})
		}
	}
	return list
}

// storeCopy keeps the letter as it will be sent, with the plan where that is
// not written yet.
func (p *program) storeCopy(ctx context.Context, a *Activities, o *outbound) error {
	i := slices.IndexFunc(p.plans, func(n rows.NotificationPlanParams) bool { return n.ID == o.row.ID })
	if i < 0 {
		return a.storeCopy(ctx, p.Queries, o)
	}
	a.complete(o)
	n := &p.plans[i]
	n.State, n.Subject, n.Html, n.Body, n.TemplateVersion = "sending", o.letter.Subject, o.letter.HTML, o.letter.Text, o.letter.TemplateVersion
	n.MailMessageID, n.ClaimedUntil = o.row.MailMessageID, &o.claimed
	return nil
}

// holder is who a link of a recipient is for.
func holder(person *uuid.UUID, fallback uuid.UUID) uuid.UUID {
	if person != nil {
		return *person
	}
	return fallback
}

// stopPlanned takes one planned mail back, with the reason.
func stopPlanned(ctx context.Context, q *rows.Queries, n rows.Notification, at time.Time, state, why string) error {
	err := q.NotificationStop(ctx, rows.NotificationStopParams{OrgID: n.OrgID, ID: n.ID, State: state, StateReason: why, OutcomeAt: &at})
	if err != nil {
		return fmt.Errorf("stop planned mail: %w", err)
	}
	return nil
}
