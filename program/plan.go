package program

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// Planned sends are rows, written as a set when the plan is made and replaced
// as a set when it changes.

// stepEscalation is the step of the word that an item stays open.
const stepEscalation = "escalation"

// stepReplaced begins the step of the word that a file was replaced, and the file's id
// ends it.
const stepReplaced = "replaced-"

// unplanned reports whether a step stands outside the plan of reminders.
func unplanned(step string) bool {
	return step == outbox.StepRequest || strings.HasPrefix(step, "resend-") || strings.HasPrefix(step, stepReplaced)
}

// recipient is a recipient of an item as a letter needs it.
type recipient = rows.RecipientsOfItemRow

// recipientsOf reads the recipients of an item, once in a transaction.
func (p *locked) recipientsOf(ctx context.Context, item uuid.UUID) ([]recipient, error) {
	if known, is := p.recipients[item]; is {
		return known, nil
	}
	list, err := p.RecipientsOfItem(ctx, p.command.Org, item)
	if err != nil {
		return nil, fmt.Errorf("read recipients: %w", err)
	}
	p.recipients[item] = list
	return list, nil
}

// planned makes the row of one mail of an item to one recipient, through the
// gate.
func (p *locked) planned(item coaching.ProgramItem, r recipient, kind coaching.NotificationKind, step string, at time.Time) rows.NotificationPlanParams {
	s := item.State
	if unplanned(step) {
		s.Plan = 0
	}
	n := rows.NotificationPlanParams{
		OrgID: p.command.Org, ID: db.NewID(), EngagementID: &p.command.Engagement, ItemID: &s.ID, RecipientID: &r.ID,
		Kind: string(kind), Step: step, Plan: int32(s.Plan), PersonID: r.PersonID, Address: r.Address, RecipientName: r.Name,
		Key:    fmt.Sprintf("%s/%s/%d/%d/%s", kind, r.ID, s.Round, s.Plan, step),
		Reason: "recipient of " + item.Spec.Title, State: "planned", PlannedAt: at,
	}
	gate := outbox.GateOf(kind, coaching.Standing(r.Standing), r.Blocked)
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

// requests are the first mails to all recipients.
func (p *locked) requests(item coaching.ProgramItem, to []recipient) []rows.NotificationPlanParams {
	var plans []rows.NotificationPlanParams
	switch {
	case p.toBook(item):
		return p.bookingRequests(item, to, outbox.StepRequest, item.State.IssuedAt)
	case item.Spec.Kind.Rules().Meets:
		return nil // there is nothing to tell before a session has its time
	}
	for _, r := range to {
		plans = append(plans, p.planned(item, r, coaching.LettersOf(item.Spec.Kind).Request, outbox.StepRequest, item.State.IssuedAt))
	}
	return plans
}

// planFollowUp plans the reminders to those who have not answered, each in the hours of
// its reader, and the word that the item stays open at the end. Steps that do not go out
// are written down as dropped, with the reason.
func (p *locked) planFollowUp(ctx context.Context, item coaching.ProgramItem, to []recipient) error {
	if item.Spec.Kind.Rules().Meets {
		plans, err := p.sessionPlan(ctx, item)
		if err != nil {
			return err
		}
		return outbox.PlanAll(ctx, p.Queries, plans)
	}
	follow, err := outbox.FollowUpOf(ctx, p.Queries, p.command.Org, coaching.ItemLadder)
	if err != nil {
		return err
	}
	var plans []rows.NotificationPlanParams
	for _, r := range to {
		if r.AnsweredAt == nil {
			zones := coaching.LadderZones{Reader: p.zoneOf(r)}
			plans = append(plans, p.reminders(item, r, follow.Ladder.OfItem(item.State, zones, follow.Hours))...)
		}
	}
	words, err := p.escalations(ctx, item, follow)
	if err != nil {
		return err
	}
	return outbox.PlanAll(ctx, p.Queries, append(plans, words...))
}

// zoneOf is the clock of a reader: a bare address has the coachee's.
func (p *locked) zoneOf(r recipient) *time.Location {
	if r.TimeZone == "" {
		return coaching.ZoneOrUTC(p.names.CoacheeZone)
	}
	return coaching.ZoneOrUTC(r.TimeZone)
}

// reminders are the rows of the reminders to one reader.
func (p *locked) reminders(item coaching.ProgramItem, r recipient, laid coaching.Layout) []rows.NotificationPlanParams {
	kind := coaching.LettersOf(item.Spec.Kind).Reminder
	var plans []rows.NotificationPlanParams
	for _, step := range laid.Steps {
		if !step.End {
			plans = append(plans, p.planned(item, r, kind, step.Name, step.At))
		}
	}
	for _, step := range laid.Dropped {
		n := p.planned(item, r, kind, step.Name, step.At)
		n.State, n.StateReason = "dropped", step.Reason.Words()
		plans = append(plans, n)
	}
	return plans
}

// escalations are the words to who is responsible that an item stays open, each in the
// hours of its reader.
func (p *locked) escalations(ctx context.Context, item coaching.ProgramItem, follow outbox.FollowUp) ([]rows.NotificationPlanParams, error) {
	to, err := p.responsibleFor(ctx)
	kind := coaching.LettersOf(item.Spec.Kind).Escalation
	var plans []rows.NotificationPlanParams
	for _, r := range to {
		zone := p.zoneOf(r)
		laid := follow.Ladder.OfItem(item.State, coaching.LadderZones{Reader: zone, Coach: zone, Admins: zone}, follow.Hours)
		for _, step := range laid.Steps {
			if !step.End {
				continue
			}
			n := p.planned(item, r, kind, stepEscalation, step.At)
			n.Key = fmt.Sprintf("%s/%s/%s/%d/%d", kind, item.State.ID, r.PersonID, item.State.Round, item.State.Plan)
			n.RecipientID, n.Reason = nil, "coach of the engagement"
			plans = append(plans, n)
		}
	}
	return plans, err
}

// responsibleFor is the coach of the engagement or, while it has none, the admins.
func (p *locked) responsibleFor(ctx context.Context) ([]recipient, error) {
	if p.responsible != nil {
		return p.responsible, nil
	}
	list, err := p.Responsible(ctx, p.command.Org, p.command.Engagement)
	if err != nil {
		return nil, fmt.Errorf("read who is responsible: %w", err)
	}
	p.responsible = make([]recipient, len(list))
	for i, r := range list {
		p.responsible[i] = recipient{PersonID: &r.ID, Name: r.Name, Address: r.Address, Standing: r.State, TimeZone: r.TimeZone, Blocked: r.Blocked}
	}
	return p.responsible, nil
}

// replacePlan takes the pending steps of an open item back and plans those of its
// present state, as one.
func (p *locked) replacePlan(ctx context.Context, item coaching.ProgramItem, why string) error {
	if item.State.Status != coaching.Open {
		return nil
	}
	err := p.NotificationsCancelPlan(ctx, rows.NotificationsCancelPlanParams{OrgID: p.command.Org, ItemID: &item.State.ID,
		Plan: int32(item.State.Plan), StateReason: why, OutcomeAt: &p.command.At})
	if err != nil {
		return fmt.Errorf("take back pending reminders: %w", err)
	}
	delete(p.recipients, item.State.ID) // they may have been opened again
	to, err := p.recipientsOf(ctx, item.State.ID)
	if err != nil {
		return err
	}
	if err := p.linkRecipients(ctx, item, to); err != nil {
		return err
	}
	return p.planFollowUp(ctx, item, to)
}

// resendStep names the pending resend of an item. Its number is the moment it was
// asked for, so that two are two, and a repeat is the same.
func resendStep(s coaching.ItemState) string {
	return fmt.Sprintf("resend-%d-%d", s.Round, s.SendAt.UnixMicro())
}

func (p *locked) planResend(ctx context.Context, item coaching.ProgramItem) error {
	if item.Spec.Kind.Rules().Meets && !p.toBook(item) {
		return p.planInvitationsAgain(ctx, item)
	}
	to, err := p.recipientsOf(ctx, item.State.ID)
	if err != nil {
		return err
	}
	if err := p.linkRecipients(ctx, item, to); err != nil {
		return err
	}
	if p.toBook(item) {
		return outbox.PlanAll(ctx, p.Queries, p.bookingRequests(item, to, resendStep(item.State), item.State.SendAt))
	}
	var plans []rows.NotificationPlanParams
	for _, r := range to {
		if r.AnsweredAt == nil {
			plans = append(plans, p.planned(item, r, coaching.LettersOf(item.Spec.Kind).Request, resendStep(item.State), item.State.SendAt))
		}
	}
	return outbox.PlanAll(ctx, p.Queries, plans)
}

func (p *locked) cancelResend(ctx context.Context, s coaching.ItemState) error {
	err := p.NotificationsCancelStep(ctx, rows.NotificationsCancelStepParams{OrgID: p.command.Org, ItemID: &s.ID,
		Step: resendStep(s), StateReason: "taken back", OutcomeAt: &p.command.At})
	if err != nil {
		return fmt.Errorf("take resend back: %w", err)
	}
	return nil
}

// linkRecipients makes the personal links of an item of a kind that has them.
func (p *locked) linkRecipients(ctx context.Context, item coaching.ProgramItem, to []recipient) error {
	if !item.Spec.Kind.Rules().HasLink {
		return nil
	}
	expires := p.command.At
	if item.State.DueAt.After(expires) {
		expires = item.State.DueAt
	}
	for _, r := range to {
		link := rows.LinkInsertParams{OrgID: p.command.Org, ID: coaching.LinkID(coaching.FormLink, r.ID, holder(r.PersonID, r.ID), r.Address),
			Purpose: coaching.FormLink.Name(), SubjectID: r.ID, PersonID: r.PersonID, Email: &r.Address, ExpiresAt: expires.Add(outbox.LinkLife)}
		if err := p.LinkInsert(ctx, link); err != nil {
			return fmt.Errorf("make link: %w", err)
		}
		p.linked[link.ID] = true
	}
	return nil
}

// holder is who a link of a recipient is for.
func holder(person *uuid.UUID, fallback uuid.UUID) uuid.UUID {
	if person != nil {
		return *person
	}
	return fallback
}
