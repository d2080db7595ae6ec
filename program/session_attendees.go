package program

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// addAttendee adds somebody to a session. Where it is scheduled, they alone are told.
func (p *locked) addAttendee(ctx context.Context, item coaching.ProgramItem, spec coaching.RecipientSpec) error {
	spec, err := p.checkAttendee(ctx, spec)
	if err != nil {
		return err
	}
	added, err := p.resolver().recipients(ctx, coaching.ProgramItem{Spec: coaching.ItemSpec{Recipients: []coaching.RecipientSpec{spec}}, State: item.State})
	if err != nil {
		return err
	}
	list, err := p.recipientsOf(ctx, item.State.ID)
	if err != nil {
		return err
	}
	row := added[0]
	if slices.ContainsFunc(list, func(r recipient) bool { return sameReader(r, row) }) {
		return coaching.Problemf(coaching.Conflict, "attendee_exists", "They attend the session already.").WithField("attendee", "attendee_exists", "listed already")
	}
	id, err := p.storeAttendee(ctx, row)
	if err != nil {
		return err
	}
	item.Spec.Recipients = append(slices.Clone(item.Spec.Recipients), spec)
	p.put(item)
	delete(p.recipients, item.State.ID)
	if s := p.scheduled(item.State.ID); s != nil {
		if p.engagement.CoachID != nil && row.PersonID != nil && *row.PersonID == *p.engagement.CoachID {
			if err := p.book(ctx, s, coaching.SessionAct{}); err != nil {
				return err
			}
		}
		if err := p.inviteAdded(ctx, item, s, id); err != nil {
			return err
		}
	}
	return p.event(ctx, "attendee_added", &item.State)
}

// inviteAdded tells somebody who was added, and plans their reminders beside those of
// the others, for whom nothing has changed.
func (p *locked) inviteAdded(ctx context.Context, item coaching.ProgramItem, s *rows.ItemSession, id uuid.UUID) error {
	if err := p.changeAttendees(ctx, item, s); err != nil {
		return err
	}
	to, err := p.attendees(ctx, item.State.ID)
	if err != nil {
		return err
	}
	plans, err := p.sessionReminders(ctx, item, s, slices.DeleteFunc(to, func(r recipient) bool { return r.ID != id }))
	if err != nil {
		return err
	}
	return outbox.PlanAll(ctx, p.Queries, plans)
}

// changeAttendees tells the calendars of a scheduled session who attends it now.
func (p *locked) changeAttendees(ctx context.Context, item coaching.ProgramItem, s *rows.ItemSession) error {
	if err := p.updateCalendars(ctx, item, s); err != nil {
		return err
	}
	return p.saveSession(ctx, s, coaching.SessionScheduled)
}

func sameReader(r recipient, row rows.RecipientInsertParams) bool {
	if row.PersonID != nil {
		return r.PersonID != nil && *r.PersonID == *row.PersonID
	}
	return r.PersonID == nil && r.Address == *row.Email
}

// checkAttendee refuses whom the organization does not have, and addresses of our own.
func (p *locked) checkAttendee(ctx context.Context, spec coaching.RecipientSpec) (coaching.RecipientSpec, error) {
	if spec.Role == "coach" && p.engagement.CoachID == nil {
		return spec, coaching.Problemf(coaching.Invalid, "recipient_coach_missing", "The engagement has no coach yet; set one before the coach can attend.").
			WithField("attendee.role", "recipient_coach_missing", "no coach yet")
	}
	if spec.Email != "" {
		if problem := coaching.CheckNotOwn(spec.Email, p.own, "attendee.email"); problem != nil {
			return spec, problem
		}
		return spec, nil
	}
	if who := p.resolver().person(spec); who != nil {
		if _, err := p.ContactGet(ctx, p.command.Org, *who); db.NoRow(err) {
			return spec, coaching.Problemf(coaching.Invalid, "recipient_not_found", "This is no person of the organization.").
				WithField("attendee.person_id", "recipient_not_found", "no such person")
		} else if err != nil {
			return spec, fmt.Errorf("read attendee: %w", err)
		}
	}
	return spec, nil
}

// removeAttendee takes somebody off a session. Where it is scheduled, they alone are told.
func (p *locked) removeAttendee(ctx context.Context, item coaching.ProgramItem, id uuid.UUID) error {
	list, err := p.recipientsOf(ctx, item.State.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(r recipient) bool { return r.ID == id })
	if i < 0 {
		return coaching.Problemf(coaching.NotFound, "recipient_not_found", "The session has no such attendee.")
	}
	removed, err := p.RecipientRemove(ctx, rows.RecipientRemoveParams{OrgID: p.command.Org, ID: id, ItemID: item.State.ID, RemovedAt: &p.command.At})
	if err != nil || removed != 1 {
		return fmt.Errorf("remove attendee (%d): %w", removed, err)
	}
	if err := p.forgetSpec(ctx, &item, list[i]); err != nil {
		return err
	}
	p.put(item)
	delete(p.recipients, item.State.ID)
	if s := p.scheduled(item.State.ID); s != nil {
		err := p.NotificationsCancelReminders(ctx, rows.NotificationsCancelRemindersParams{OrgID: p.command.Org, ItemID: &item.State.ID, RecipientID: &id,
			StateReason: "they do not attend the session any more", OutcomeAt: &p.command.At})
		if err != nil {
			return fmt.Errorf("take back reminders: %w", err)
		}
		if p.isCoach(list[i]) {
			if err := p.unbook(ctx, s); err != nil {
				return err
			}
		}
		if err := p.changeAttendees(ctx, item, s); err != nil {
			return err
		}
	}
	return p.event(ctx, "attendee_removed", &item.State)
}

// syncAttendees follows a change of the engagement's coach in an open session: who attends
// as the coach is another person now, and the others learn with whom they meet.
func (p *locked) syncAttendees(ctx context.Context, item coaching.ProgramItem, people *resolver) error {
	wanted, err := people.recipients(ctx, item)
	if err != nil {
		return err
	}
	list, err := p.recipientsOf(ctx, item.State.ID)
	if err != nil {
		return err
	}
	for _, r := range list {
		if slices.ContainsFunc(wanted, func(row rows.RecipientInsertParams) bool { return sameReader(r, row) }) {
			continue
		}
		removed, err := p.RecipientRemove(ctx, rows.RecipientRemoveParams{OrgID: p.command.Org, ID: r.ID, ItemID: item.State.ID, RemovedAt: &p.command.At})
		if err != nil || removed != 1 {
			return fmt.Errorf("remove attendee (%d): %w", removed, err)
		}
	}
	for _, row := range wanted {
		if slices.ContainsFunc(list, func(r recipient) bool { return sameReader(r, row) }) {
			continue
		}
		if _, err := p.storeAttendee(ctx, row); err != nil {
			return err
		}
	}
	delete(p.recipients, item.State.ID)
	if s := p.scheduled(item.State.ID); s != nil {
		s.Reason, s.MovedFrom = "", nil
		if err := p.book(ctx, s, coaching.SessionAct{}); err != nil {
			return err
		}
		if err := p.changeAttendees(ctx, item, s); err != nil {
			return err
		}
	}
	item.State.Plan, item.State.PlannedAt = item.State.Plan+1, p.command.At
	p.put(item)
	return p.replacePlan(ctx, item, "the engagement has a new coach")
}

// storeAttendee stores a recipient of a session, or takes up one who was removed.
func (p *locked) storeAttendee(ctx context.Context, row rows.RecipientInsertParams) (uuid.UUID, error) {
	id, err := p.RecipientRestore(ctx, rows.RecipientRestoreParams{OrgID: row.OrgID, ItemID: row.ItemID, PersonID: row.PersonID, Email: row.Email, Required: row.Required, Name: row.Name})
	if db.NoRow(err) {
		id, err = row.ID, p.RecipientInsert(ctx, row)
	}
	if err != nil {
		return id, fmt.Errorf("store attendee: %w", err)
	}
	return id, nil
}

// SyncAddress follows a change of a person's address: where they attend a scheduled
// session, the calendar at the old one is told to forget it, and that at the new one of it.
func SyncAddress(ctx context.Context, q *rows.Queries, c CommandContext) error {
	p, err := open(ctx, q, c)
	if err != nil {
		return err
	}
	for _, item := range p.list() {
		s := p.scheduled(item.State.ID)
		if s == nil || item.State.Ended() || !p.command.At.Before(s.StartsAt) {
			continue
		}
		if err := p.changeAttendees(ctx, item, s); err != nil {
			return err
		}
	}
	return nil
}

// forgetSpec takes somebody out of what was asked of an item, by whatever names.
func (p *locked) forgetSpec(ctx context.Context, item *coaching.ProgramItem, who recipient) error {
	people := p.resolver()
	var kept []coaching.RecipientSpec
	for _, spec := range item.Spec.Recipients {
		list, err := people.recipients(ctx, coaching.ProgramItem{Spec: coaching.ItemSpec{Recipients: []coaching.RecipientSpec{spec}}, State: item.State})
		if err != nil {
			return err
		}
		if !sameReader(who, list[0]) {
			kept = append(kept, spec)
		}
	}
	item.Spec.Recipients = kept
	return nil
}
