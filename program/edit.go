package program

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// Edit names a stored edit of a program.
type Edit struct {
	CommandContext
	ID uuid.UUID `json:"d"`
}

// ApplyEdit applies a stored edit as one: items, recipients, plans of
// reminders. It refuses when the program was changed since the edit was made.
// An edit that was applied before changes nothing.
func (s *Programs) ApplyEdit(ctx context.Context, in Edit) (Change, error) {
	return s.change(ctx, in.CommandContext, func(ctx context.Context, p *locked) error {
		edit, err := p.ProgramEditGet(ctx, in.Org, in.ID)
		if db.NoRow(err) {
			return coaching.Problemf(coaching.NotFound, "edit_not_found", "There is no such edit.")
		}
		if err != nil {
			return fmt.Errorf("read edit: %w", err)
		}
		if edit.AppliedAt != nil {
			p.whole()
			return nil
		}
		if edit.BaseRevision != p.engagement.ProgramRevision {
			return coaching.Problemf(coaching.Stale, "program_changed", "The program was changed in the meantime; look at it again and repeat the edit.")
		}
		var wanted []coaching.EditItem
		if err := json.Unmarshal(edit.Wanted, &wanted); err != nil {
			return fmt.Errorf("read edit: %w", err)
		}
		outcome, err := p.planEdit(ctx, wanted)
		if err != nil {
			return err
		}
		if err := p.takeOver(ctx, outcome); err != nil {
			return err
		}
		if err := p.ProgramEditApplied(ctx, rows.ProgramEditAppliedParams{OrgID: in.Org, ID: in.ID, AppliedAt: &in.At}); err != nil {
			return fmt.Errorf("note applied edit: %w", err)
		}
		return p.event(ctx, "program_edited", nil)
	})
}

// PreviewEdit works an edit out without doing it. The revision is the one that
// the preview was made on.
func (s *Programs) PreviewEdit(ctx context.Context, q *rows.Queries, c CommandContext, wanted []coaching.EditItem) (coaching.EditOutcome, int32, error) {
	p, err := s.open(ctx, q, c)
	if err != nil {
		return coaching.EditOutcome{}, 0, err
	}
	outcome, err := p.planEdit(ctx, wanted)
	return outcome, p.engagement.ProgramRevision, err
}

func (p *locked) planEdit(ctx context.Context, wanted []coaching.EditItem) (coaching.EditOutcome, error) {
	if p.over() {
		return coaching.EditOutcome{}, Over(p.engagement.Status)
	}
	people := p.resolver()
	for i, w := range wanted {
		if problem := w.Spec.CheckChange(p.items[w.ID].Spec, fmt.Sprintf("items[%d]", i)); problem != nil {
			return coaching.EditOutcome{}, problem
		}
		if err := people.check(ctx, w.Spec, i); err != nil {
			return coaching.EditOutcome{}, err
		}
	}
	return coaching.PlanEdit(p.list(), wanted, coaching.EditContext{
		Running: p.engagement.StartedAt != nil, Paused: p.engagement.Status == "paused",
		Started: db.Deref(p.engagement.StartedAt), Now: p.command.At, Zone: people.zone, Own: p.own,
	})
}

// takeOver stores the outcome of an edit.
func (p *locked) takeOver(ctx context.Context, outcome coaching.EditOutcome) error {
	people := p.resolver()
	before := p.items
	p.order, p.items = nil, map[uuid.UUID]coaching.ProgramItem{}
	for position, item := range outcome.Items {
		id := item.State.ID
		p.order = append(p.order, id)
		p.items[id] = item
		if old, known := before[id]; known && sameItem(old, item) {
			continue
		}
		p.touched[id] = true
		// The row must be there before its recipients.
		if err := p.saveItem(ctx, position, item); err != nil {
			return err
		}
		if err := p.settleItem(ctx, item, people); err != nil {
			return err
		}
	}
	p.out.Order, p.changed = append([]uuid.UUID{}, p.order...), true
	return nil
}

func sameItem(a, b coaching.ProgramItem) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// settleItem brings what hangs on an edited item in line with it.
func (p *locked) settleItem(ctx context.Context, item coaching.ProgramItem, people *resolver) error {
	switch item.State.Status {
	case coaching.Removed:
		if err := p.dropSession(ctx, &item, "It was taken out of the program."); err != nil {
			return err
		}
		p.put(item)
		return p.NotificationsCancelOfItem(ctx, rows.NotificationsCancelOfItemParams{OrgID: p.command.Org, ItemID: &item.State.ID,
			StateReason: "the item was removed", OutcomeAt: &p.command.At})
	case coaching.Open:
		return p.replacePlan(ctx, item, "the item was changed")
	case coaching.Waiting, coaching.Sending:
		return p.storeRecipients(ctx, item, people)
	}
	return nil
}

func (p *locked) storeRecipients(ctx context.Context, item coaching.ProgramItem, people *resolver) error {
	if err := p.RecipientsClear(ctx, p.command.Org, item.State.ID); err != nil {
		return fmt.Errorf("clear recipients: %w", err)
	}
	list, err := people.recipients(ctx, item)
	if err != nil {
		return err
	}
	for _, r := range list {
		if err := p.RecipientInsert(ctx, r); err != nil {
			return fmt.Errorf("store recipient: %w", err)
		}
	}
	return nil
}

// recipients are the rows of an item's recipients. The same reader by two
// names, one of which may be an address, gets one mail, and is required if one
// of the names is.
func (r *resolver) recipients(ctx context.Context, item coaching.ProgramItem) ([]rows.RecipientInsertParams, error) {
	var list []rows.RecipientInsertParams
	places := map[string]int{}
	for _, spec := range item.Spec.Recipients {
		row := rows.RecipientInsertParams{OrgID: r.p.command.Org, ID: db.NewID(), ItemID: item.State.ID, Name: spec.Name, Required: !spec.Optional}
		name := ""
		if row.PersonID = r.person(spec); row.PersonID != nil {
			name = row.PersonID.String()
		} else {
			address := coaching.MailboxKey(spec.Email) // it was checked when it was stored
			var err error
			if row.PersonID, err = r.owner(ctx, address); err != nil {
				return nil, err
			}
			if name = address; row.PersonID != nil {
				name = row.PersonID.String()
			} else {
				row.Email = &address
			}
		}
		if i, twice := places[name]; twice {
			list[i].Required = list[i].Required || row.Required
			continue
		}
		places[name] = len(list)
		list = append(list, row)
	}
	return list, nil
}

// owner is the person of the organization who has an address; nil for nobody.
func (r *resolver) owner(ctx context.Context, address string) (*uuid.UUID, error) {
	id, err := r.p.PersonByAddress(ctx, r.p.command.Org, address)
	if db.NoRow(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look address up: %w", err)
	}
	return &id, nil
}

// SyncRecipients follows a change of the engagement's coach: items that were not
// sent yet go to the new one where they name the role, and of open items the
// new one is told at the end of the follow-up.
func SyncRecipients(ctx context.Context, q *rows.Queries, c CommandContext) error {
	p, err := open(ctx, q, c)
	if err != nil {
		return err
	}
	if p.over() {
		return nil
	}
	people := p.resolver()
	for _, item := range p.list() {
		if item.State.Status == coaching.Open && item.Spec.Kind.Rules().Meets {
			err = p.syncAttendees(ctx, item, people)
		} else if item.State.Status == coaching.Open {
			item.State.Plan, item.State.PlannedAt = item.State.Plan+1, c.At
			p.put(item)
			err = p.replacePlan(ctx, item, "the engagement has a new coach")
		} else if !item.State.Ended() {
			err = p.storeRecipients(ctx, item, people)
		}
		if err != nil {
			return err
		}
	}
	return p.saveUnread(ctx)
}

// SyncZones follows a change of a reader's time zone: what has not been sent to
// them yet goes out at the same time of day as before, where they are now.
func SyncZones(ctx context.Context, q *rows.Queries, c CommandContext) error {
	p, err := open(ctx, q, c)
	if err != nil {
		return err
	}
	people := p.resolver()
	for _, item := range p.list() {
		if item.State.Status != coaching.Waiting {
			continue
		}
		if err := people.learnZones(ctx, item.Spec); err != nil {
			return err
		}
		if zone := people.zone(item.Spec); zone != item.State.Zone {
			p.put(coaching.MoveToZone(item, zone))
		}
	}
	return p.saveUnread(ctx)
}

// resolver turns the recipients of specifications into people.
type resolver struct {
	p     *locked
	zones map[uuid.UUID]string
	forms map[uuid.UUID]bool
}

func (p *locked) resolver() *resolver {
	return &resolver{p: p, forms: map[uuid.UUID]bool{}, zones: map[uuid.UUID]string{p.engagement.CoacheeID: p.names.CoacheeZone}}
}

// person is the person that a specification names; nil for a bare address.
func (r *resolver) person(spec coaching.RecipientSpec) *uuid.UUID {
	switch spec.Role {
	case "coachee":
		return &r.p.engagement.CoacheeID
	case "coach":
		return r.p.engagement.CoachID
	}
	return spec.PersonID
}

// check refuses people and forms that the organization does not have.
func (r *resolver) check(ctx context.Context, spec coaching.ItemSpec, i int) error {
	for j, to := range spec.Recipients {
		path := fmt.Sprintf("items[%d].recipients[%d]", i, j)
		if to.Role == "coach" && r.p.engagement.CoachID == nil {
			return coaching.Problemf(coaching.Invalid, "recipient_coach_missing", "The engagement has no coach yet; set one before the coach can get an item.").
				WithField(path+".role", "recipient_coach_missing", "no coach yet")
		}
		err := r.learnZone(ctx, to)
		if db.NoRow(err) {
			return coaching.Problemf(coaching.Invalid, "recipient_not_found", "A recipient is not a person of this organization.").
				WithField(path+".person_id", "recipient_not_found", "no such person")
		}
		if err != nil {
			return err
		}
	}
	if err := r.checkFiles(ctx, spec, i); err != nil {
		return err
	}
	return r.checkForm(ctx, spec, i)
}

// learnZones reads the zones of those who get an item.
func (r *resolver) learnZones(ctx context.Context, spec coaching.ItemSpec) error {
	for _, to := range spec.Recipients {
		if err := r.learnZone(ctx, to); err != nil {
			return err
		}
	}
	return nil
}

// learnZone reads the zone of a person, once in a transaction; a bare address has none.
func (r *resolver) learnZone(ctx context.Context, to coaching.RecipientSpec) error {
	who := r.person(to)
	if who == nil || r.zones[*who] != "" {
		return nil
	}
	contact, err := r.p.ContactGet(ctx, r.p.command.Org, *who)
	if err != nil {
		return fmt.Errorf("read recipient: %w", err)
	}
	r.zones[*who] = contact.TimeZone
	return nil
}

func (r *resolver) checkForm(ctx context.Context, spec coaching.ItemSpec, i int) error {
	if spec.Letter != nil {
		if err := outbox.CheckLetter(spec.FirstLetter(), *spec.Letter); err != nil {
			return err
		}
	}
	if spec.FormID == nil || r.forms[*spec.FormID] {
		return nil
	}
	_, err := r.p.FormGet(ctx, r.p.command.Org, *spec.FormID)
	if db.NoRow(err) {
		return coaching.Problemf(coaching.Invalid, "form_not_found", "There is no such form in this organization.").
			WithField(fmt.Sprintf("items[%d].form_id", i), "form_not_found", "no such form")
	}
	if err != nil {
		return fmt.Errorf("read form: %w", err)
	}
	r.forms[*spec.FormID] = true
	return nil
}

// zone is the zone of an item: that of its first required recipient, where it
// is a person, else the coachee's.
func (r *resolver) zone(spec coaching.ItemSpec) string {
	for _, to := range spec.Recipients {
		if to.Optional {
			continue
		}
		if who := r.person(to); who != nil && r.zones[*who] != "" {
			return r.zones[*who]
		}
		break
	}
	return r.p.names.CoacheeZone
}

// EditDraft edits the program of an engagement that has not started, inside
// the caller's transaction.
func (s *Programs) EditDraft(ctx context.Context, q *rows.Queries, c CommandContext, wanted []coaching.EditItem) error {
	p, err := s.open(ctx, q, c)
	if err != nil {
		return err
	}
	outcome, err := p.planEdit(ctx, wanted)
	if err != nil {
		return err
	}
	if err := p.takeOver(ctx, outcome); err != nil {
		return err
	}
	_, err = p.save(ctx)
	return err
}
