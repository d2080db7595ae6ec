package program

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
	"coachflow/outbox"
)

// TakeStep does what is due for an item: it sends the item out, sends it again,
// reminds, or tells the coach that it stays open. What is due is read now: what was
// answered, moved, held or paused in the meantime is not sent. The rows are committed
// before the first mail leaves, so a crash in between leaves a plan, not a gap;
// repeating the step sends what is missing.
func (s *Programs) TakeStep(ctx context.Context, c CommandContext) (Change, error) {
	var drafts []outbox.Draft
	change, err := s.change(ctx, c, func(ctx context.Context, p *locked) (err error) {
		drafts, err = s.takeStep(ctx, p)
		return err
	})
	if err != nil {
		return Change{}, err
	}
	return change, s.Outbox.Send(ctx, drafts)
}

func (s *Programs) takeStep(ctx context.Context, p *locked) ([]outbox.Draft, error) {
	item, err := p.item()
	if err != nil || p.engagement.Status != "active" {
		return nil, err
	}
	if p.released() {
		if item, err = p.issue(ctx, item, p.requests); err != nil {
			return nil, err
		}
	}
	if item.State.Status != coaching.Open {
		return nil, nil
	}
	if held, err := p.countAsHeld(ctx, item); held || err != nil {
		return nil, err
	}
	if item, err = p.settleResend(ctx, p.items[item.State.ID]); err != nil {
		return nil, err
	}
	due, err := p.NotificationsUnsent(ctx, rows.NotificationsUnsentParams{OrgID: p.command.Org, ItemID: &item.State.ID, Plan: int32(item.State.Plan), Moment: p.command.At})
	if err != nil {
		return nil, fmt.Errorf("read what is to be sent: %w", err)
	}
	if due, err = p.settleFollowUp(ctx, item, due); err != nil {
		return nil, err
	}
	return s.write(ctx, p, item, due)
}

// released asks the rules once more whether the item of the command goes out now: it
// may have been skipped, taken back or put off while the step waited for its turn.
func (p *locked) released() bool {
	i := slices.Index(p.order, p.command.Item)
	r := coaching.ReleaseOf(coaching.States(p.list()), i, db.Deref(p.engagement.StartedAt))
	return r.Known() && !r.At.After(p.command.At)
}

// issue opens an item: it fixes the due date and the version of the form, makes the
// links, and plans the first mails, the reminders and the word to the coach as one.
func (p *locked) issue(ctx context.Context, item coaching.ProgramItem, requests func(coaching.ProgramItem, []recipient) []rows.NotificationPlanParams) (coaching.ProgramItem, error) {
	s, at := &item.State, p.command.At
	due, err := coaching.DueAt(item.Spec, at, s.Zone)
	if err != nil {
		return item, err
	}
	s.Status, s.IssuedAt, s.DueAt, s.SendAt = coaching.Open, at, due, time.Time{}
	s.FollowFrom, s.PlannedAt, s.Round, s.Plan, s.Followed = at, at, s.Round+1, s.Plan+1, 0
	if err := p.fixFormVersion(ctx, s.ID); err != nil {
		return item, err
	}
	to, err := p.recipientsOf(ctx, s.ID)
	if err != nil {
		return item, err
	}
	if err := p.linkRecipients(ctx, item, to); err != nil {
		return item, err
	}
	p.put(item)
	if err := outbox.PlanAll(ctx, p.Queries, requests(item, to)); err != nil {
		return item, err
	}
	if err := p.planFollowUp(ctx, item, to); err != nil {
		return item, err
	}
	if item.Spec.Kind.Rules().Meets {
		return item, p.event(ctx, "session_opened", s)
	}
	return item, p.event(ctx, "item_sent", s)
}

// fixFormVersion notes the newest version of the item's form: an answer belongs to
// the version that was sent.
func (p *locked) fixFormVersion(ctx context.Context, id uuid.UUID) error {
	version, err := p.FormOfItem(ctx, rows.FormOfItemParams{OrgID: p.command.Org, EngagementID: p.command.Engagement, ID: id})
	if db.NoRow(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read form: %w", err)
	}
	row := p.stored[id]
	row.FormVersion = &version
	p.stored[id] = row
	return nil
}

// settleResend notes a resend by hand as done whose time to be taken back is over.
func (p *locked) settleResend(ctx context.Context, item coaching.ProgramItem) (coaching.ProgramItem, error) {
	s := &item.State
	if s.SendAt.IsZero() || s.SendAt.After(p.command.At) {
		return item, nil
	}
	p.command.Key = resendStep(*s)
	s.SendAt = time.Time{}
	p.put(item)
	return item, p.event(ctx, "item_resent", s)
}

// settleFollowUp notes the steps of the follow-up that are due as taken, and keeps of
// their mails those that are still wanted: of several to one reader the last, none to
// those for whom the coach holds the follow-up, and no reminder beside the word that
// the item stays open. An attempt of which nobody knows the end goes on.
func (p *locked) settleFollowUp(ctx context.Context, item coaching.ProgramItem, due []rows.Notification) ([]rows.Notification, error) {
	held, err := p.followUpHeld(ctx, item.State.ID)
	if err != nil {
		return nil, err
	}
	last := lastByReader(due)
	s, ended := &item.State, slices.ContainsFunc(due, isEscalation)
	var kept []rows.Notification
	for _, n := range due {
		if n.Plan == 0 || n.State == "sending" {
			kept = append(kept, n)
			continue
		}
		s.Followed = max(s.Followed, stepNumber(n.Step))
		state, why := "", ""
		switch {
		case isEscalation(n):
		case ended || last[readerOf(n)] != n.ID:
			state, why = "dropped", "the one after it was due as well"
		case held[readerOf(n)]:
			state, why = "cancelled", "follow-up is held for this person"
		}
		if state == "" {
			kept = append(kept, n)
		} else if err := outbox.Stop(ctx, p.Queries, n, p.command.At, state, why); err != nil {
			return nil, err
		}
	}
	if s.Followed == p.items[s.ID].State.Followed {
		return kept, nil
	}
	p.put(item)
	switch {
	case ended && item.Spec.Kind.Rules().Meets:
		return kept, p.event(ctx, "session_unbooked", s)
	case ended:
		return kept, p.event(ctx, "follow_up_ended", s)
	}
	return kept, nil
}

// readerOf is who reads a mail: a recipient of the item or, of a word to who is
// responsible, the person.
func readerOf(n rows.Notification) uuid.UUID {
	switch {
	case n.RecipientID != nil:
		return *n.RecipientID
	case n.PersonID != nil:
		return *n.PersonID
	}
	return n.ID
}

func isEscalation(n rows.Notification) bool { return n.Plan > 0 && n.Step == stepEscalation }

// lastByReader finds the latest reminder to each recipient.
func lastByReader(due []rows.Notification) map[uuid.UUID]uuid.UUID {
	last := map[uuid.UUID]uuid.UUID{}
	for _, n := range due { // in the order of their moments
		if n.Plan > 0 {
			last[readerOf(n)] = n.ID
		}
	}
	return last
}

func (p *locked) followUpHeld(ctx context.Context, item uuid.UUID) (map[uuid.UUID]bool, error) {
	to, err := p.recipientsOf(ctx, item)
	held := map[uuid.UUID]bool{}
	for _, r := range to {
		held[r.ID] = r.FollowUpHeld
	}
	return held, err
}

// stepNumber is the number of a step of the follow-up, by its name.
func stepNumber(step string) int {
	if step == stepEscalation {
		return coaching.FollowedAll
	}
	number := 0
	if _, err := fmt.Sscanf(strings.TrimPrefix(step, "reminder-"), "%d", &number); err != nil {
		return 0
	}
	return number
}

// write renders the mails that are due and stores their copies.
func (s *Programs) write(ctx context.Context, p *locked, item coaching.ProgramItem, due []rows.Notification) ([]outbox.Draft, error) {
	if len(due) == 0 {
		return nil, nil
	}
	letters, err := s.itemLetters(ctx, p, item)
	if err != nil {
		return nil, err
	}
	drafts := make([]outbox.Draft, 0, len(due))
	for _, n := range due {
		draft, err := letters.write(ctx, n)
		if err != nil {
			return nil, err
		}
		if draft != nil {
			drafts = append(drafts, *draft)
			p.sending = append(p.sending, n.ID)
		}
	}
	return drafts, nil
}
