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
)

// Due names the step of an item whose time has come.
type Due struct {
	Act
	Step int `json:"n"`
	Plan int `json:"p"`
}

// linkLife is how long a form's link works after the form went out, or after
// its due date where that is later.
const linkLife = 180 * 24 * time.Hour

// IssueItem sends a waiting item out: it opens it and plans its first mails in
// one transaction, hands them over, and plans the follow-up. Repeating it does
// what is missing.
func (a *Activities) IssueItem(ctx context.Context, act Act) (Change, error) {
	change, err := a.deliver(ctx, act, func(ctx context.Context, p *program) (string, error) {
		item, err := p.item()
		if err != nil || p.over() {
			return "", err
		}
		switch {
		case item.State.Status == coaching.Open: // a repeat: hand over what is missing, even while paused
			return stepRequest, nil
		case p.engagement.Status != "active" || !p.released():
			return "", nil // skipped, taken back or put off while this deed waited for its turn
		}
		return stepRequest, p.issue(ctx, item)
	}, askPrior, askForm, askWords(coaching.FormRequest))
	open := func(s coaching.ItemState) bool { return s.ID == act.Item && s.Status == coaching.Open }
	if !slices.ContainsFunc(change.Items, open) {
		return change, err
	}
	// Also when a mail was not taken: the follow-up of the others goes on.
	planned, failed := a.planFollowUps(ctx, act)
	if err != nil {
		return Change{}, err
	}
	return planned, failed
}

// planFollowUps plans the follow-up of an item that went out. The first mail
// does not wait for it.
func (a *Activities) planFollowUps(ctx context.Context, act Act) (Change, error) {
	return a.changeItem(ctx, act, func(ctx context.Context, p *program) error {
		item, err := p.item()
		if err != nil || p.over() {
			return err
		}
		return p.planFollowUp(ctx, item, p.recipients[act.Item])
	}, askResponsible)
}

// askForm asks for the newest version of the item's form: an answer belongs to
// the version that was sent.
func askForm(ctx context.Context, q *rows.Queries, p *program) error {
	version, err := q.FormOfItem(ctx, rows.FormOfItemParams{OrgID: p.act.Org, EngagementID: p.act.Engagement, ID: p.act.Item})
	if db.NoRow(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read form: %w", err)
	}
	p.formVersion = &version
	return nil
}

// askWords asks for the organization's words for a kind of letter.
func askWords(kind coaching.NotificationKind) ask {
	return func(ctx context.Context, q *rows.Queries, p *program) (err error) {
		p.templates[kind], err = readWords(ctx, q, p.act.Org, kind)
		return err
	}
}

// released asks the rules once more whether the item of the deed goes out now.
func (p *program) released() bool {
	i := slices.Index(p.order, p.act.Item)
	r := coaching.ReleaseOf(coaching.States(p.list()), i, deref(p.engagement.StartedAt))
	return r.Known() && !r.At.After(p.act.At)
}

func (p *program) issue(ctx context.Context, item coaching.ProgramItem) error {
	s, at := &item.State, p.act.At
	due, err := coaching.DueAt(item.Spec, at, s.Zone)
	if err != nil {
		return err
	}
	s.Status, s.IssuedAt, s.DueAt, s.SendAt = coaching.Open, at, due, time.Time{}
	s.FollowFrom, s.PlannedAt, s.Round, s.Plan, s.Followed = at, at, s.Round+1, s.Plan+1, 0
	row := p.rows[s.ID]
	row.FormVersion = p.formVersion
	p.rows[s.ID] = row
	to, err := p.recipientsOf(ctx, s.ID)
	if err != nil {
		return err
	}
	if err := p.linkRecipients(ctx, item, to); err != nil {
		return err
	}
	p.planRequest(item, to)
	p.put(item)
	return p.event(ctx, "item_sent", s, "")
}

// linkRecipients makes the links of a form. A task is opened after a login, and
// needs none.
func (p *program) linkRecipients(ctx context.Context, item coaching.ProgramItem, to []recipient) error {
	if item.Spec.Kind != coaching.FormItem {
		return nil
	}
	expires := p.act.At
	if item.State.DueAt.After(expires) {
		expires = item.State.DueAt
	}
	for _, r := range to {
		link := rows.LinkInsertParams{OrgID: p.act.Org, ID: coaching.LinkID(coaching.FormLink, r.ID, holder(r.PersonID, r.ID)),
			Purpose: coaching.FormLink.Name(), SubjectID: r.ID, PersonID: r.PersonID, ExpiresAt: expires.Add(linkLife)}
		if r.PersonID == nil {
			link.Email = &r.Address
		}
		if err := p.LinkInsert(ctx, link); err != nil {
			return fmt.Errorf("make link: %w", err)
		}
	}
	return nil
}

// SendFollowUp takes one step of an open item's follow-up. What was answered,
// moved or held in the meantime is not sent.
func (a *Activities) SendFollowUp(ctx context.Context, in Due) (Change, error) {
	return a.deliver(ctx, in.Act, func(ctx context.Context, p *program) (string, error) {
		item, err := p.item()
		if err != nil || p.over() || item.State.Status != coaching.Open || item.State.Plan != in.Plan {
			return "", err
		}
		step := p.followUpStep(item, in.Step)
		if item.State.Followed >= in.Step {
			return step.Name(), nil // a repeat: hand over what is missing
		}
		if p.engagement.Status != "active" {
			return "", nil
		}
		item.State.Followed = in.Step
		p.put(item)
		if p.overtaken(item, in.Step) {
			return "", p.drop(ctx, item.State, step.Name())
		}
		if step.Escalate {
			return step.Name(), p.event(ctx, "follow_up_ended", &item.State, "")
		}
		return step.Name(), p.stopHeld(ctx, item.State, step.Name())
	})
}

// overtaken reports whether the step after this one is due, too, because
// nothing could be sent for long: then only the last of them leaves.
func (p *program) overtaken(item coaching.ProgramItem, step int) bool {
	next := p.followUpStep(item, step+1)
	return !next.At.IsZero() && !next.At.After(p.act.At)
}

func (p *program) drop(ctx context.Context, s coaching.ItemState, step string) error {
	due, err := p.dueMails(ctx, s, step)
	if err != nil {
		return err
	}
	for _, n := range due {
		if err := stopPlanned(ctx, p.Queries, n, p.act.At, "dropped", "the one after it was due as well"); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) followUpStep(item coaching.ProgramItem, step int) coaching.FollowUp {
	for _, f := range coaching.DefaultFollowUp.Plan(item.State.FollowFrom, item.State.DueAt) {
		if f.Step == step {
			return f
		}
	}
	return coaching.FollowUp{Step: step}
}

// stopHeld takes back the step's mail to those for whom the coach holds the
// follow-up.
func (p *program) stopHeld(ctx context.Context, s coaching.ItemState, step string) error {
	to, err := p.recipientsOf(ctx, s.ID)
	if err != nil {
		return err
	}
	held := map[uuid.UUID]bool{}
	for _, r := range to {
		held[r.ID] = r.FollowUpHeld
	}
	due, err := p.dueMails(ctx, s, step)
	if err != nil {
		return err
	}
	for _, n := range due {
		if n.RecipientID == nil || !held[*n.RecipientID] {
			continue
		}
		if err := stopPlanned(ctx, p.Queries, n, p.act.At, "cancelled", "follow-up is held for this person"); err != nil {
			return err
		}
	}
	return nil
}

// ResendItem hands over a resend whose time to be taken back is over.
func (a *Activities) ResendItem(ctx context.Context, act Act) (Change, error) {
	change, err := a.deliver(ctx, act, func(ctx context.Context, p *program) (string, error) {
		item, err := p.item()
		if err != nil || item.State.Status != coaching.Open || !p.resendDue(item) || p.engagement.Status != "active" {
			return "", err
		}
		return resendStep(item.State), nil
	})
	if err != nil {
		return change, err
	}
	return a.changeItem(ctx, act, func(ctx context.Context, p *program) error {
		item, err := p.item()
		if err != nil || !p.resendDue(item) {
			return err
		}
		left, err := p.dueMails(ctx, item.State, resendStep(item.State))
		if err != nil || len(left) > 0 {
			return err // paused in between: it leaves after the pause
		}
		p.act.Key = resendStep(item.State)
		item.State.SendAt = time.Time{}
		p.put(item)
		return p.event(ctx, "item_resent", &item.State, "")
	})
}

// resendDue reports whether a resend waits whose time has come: it may have
// been taken back, and asked for anew, while the deed waited for its turn.
func (p *program) resendDue(item coaching.ProgramItem) bool {
	return !item.State.SendAt.IsZero() && !item.State.SendAt.After(p.act.At)
}

// deliver runs a deed that names a step, and hands the mails of that step over.
// The rows are committed before the first mail leaves, so a crash in between
// leaves a plan, not a gap; what they changed is told even where a mail was not
// taken.
func (a *Activities) deliver(ctx context.Context, act Act, do func(context.Context, *program) (string, error), more ...ask) (Change, error) {
	defer alive(ctx)()
	var out []outbound
	change, err := a.changeIn(ctx, act, itemBehind(askNames, more...), func(ctx context.Context, p *program) error {
		step, err := do(ctx, p)
		if err != nil || step == "" {
			return err
		}
		out, err = a.prepareStep(ctx, p, step)
		return err
	})
	if err != nil {
		return Change{}, err
	}
	return change, a.handOverAll(ctx, out)
}

// prepareStep renders the mails of a step and stores the copies.
func (a *Activities) prepareStep(ctx context.Context, p *program, step string) ([]outbound, error) {
	item, err := p.item()
	if err != nil {
		return nil, err
	}
	due, err := p.dueMails(ctx, item.State, step)
	if err != nil {
		return nil, err
	}
	if len(due) == 0 {
		return nil, nil
	}
	letters, err := a.itemLetters(ctx, p, item)
	if err != nil {
		return nil, err
	}
	out := make([]outbound, 0, len(due))
	for _, n := range due {
		o, err := letters.prepare(ctx, n)
		if err != nil {
			return nil, err
		}
		if o != nil {
			out = append(out, *o)
		}
	}
	return out, nil
}

// dueMails are the rows of a step that are not handed over yet. Requests and
// resends do not belong to a plan: a new due date does not touch them.
func (p *program) dueMails(ctx context.Context, s coaching.ItemState, step string) ([]rows.Notification, error) {
	plan := s.Plan
	if unplanned(step) {
		plan = 0
	}
	if list := p.plannedNow(s.ID, step, plan); len(list) > 0 {
		return list, nil
	}
	due, err := p.NotificationsDue(ctx, rows.NotificationsDueParams{OrgID: p.act.Org, ItemID: &s.ID, Step: step, Plan: int32(plan)})
	if err != nil {
		return nil, fmt.Errorf("read planned mails: %w", err)
	}
	return due, nil
}

// over reports whether the engagement has ended, so that nothing leaves.
func (p *program) over() bool {
	return p.engagement.Status == "completed" || p.engagement.Status == "cancelled"
}
