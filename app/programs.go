package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/program"
	"coachflow/workflows"
)

// ProgramTemplate is the reusable form of a program.
type ProgramTemplate struct {
	ID      uuid.UUID           `json:"id"`
	Name    string              `json:"name"`
	Items   []coaching.ItemSpec `json:"items"`
	Version int                 `json:"version"`
}

func programTemplate(row rows.ProgramTemplate) (ProgramTemplate, error) {
	t := ProgramTemplate{ID: row.ID, Name: row.Name, Version: int(row.Version)}
	return t, wrap(json.Unmarshal(row.Items, &t.Items), "read template")
}

// ProgramTemplateInput is what an admin says of a template.
type ProgramTemplateInput struct {
	Name  string              `json:"name" minLength:"1" maxLength:"200"`
	Items []coaching.ItemSpec `json:"items" maxItems:"200"`
}

func (in *ProgramTemplateInput) check(ctx context.Context, q *rows.Queries, p Principal, own coaching.OwnMail) (_ []byte, err error) {
	if in.Name, err = coaching.CleanName("A template", in.Name); err != nil {
		return nil, err
	}
	var forms []uuid.UUID
	for i, item := range in.Items {
		path := fmt.Sprintf("items[%d]", i)
		if problem := item.Check(path); problem != nil {
			return nil, problem
		}
		if problem := item.CheckNotOwn(own, path); problem != nil {
			return nil, problem
		}
		if problem := item.CheckDates(now(), fmt.Sprintf("items[%d]", i)); problem != nil {
			return nil, problem
		}
		if item.FormID != nil {
			forms = append(forms, *item.FormID)
		}
	}
	if err := maySend(ctx, q, p, nil, asWanted(in.Items)); err != nil {
		return nil, err
	}
	known, err := q.FormsKnown(ctx, p.Org, forms)
	if err != nil {
		return nil, wrap(err, "look for forms")
	}
	for i, item := range in.Items {
		if item.FormID != nil && !slices.Contains(known, *item.FormID) {
			return nil, coaching.Problemf(coaching.Invalid, "form_not_found", "There is no such form in this organization.").
				WithField(fmt.Sprintf("items[%d].form_id", i), "form_not_found", "no such form")
		}
	}
	return json.Marshal(in.Items)
}

func asWanted(specs []coaching.ItemSpec) []coaching.EditItem {
	wanted := make([]coaching.EditItem, len(specs))
	for i, spec := range specs {
		wanted[i].Spec = spec
	}
	return wanted
}

// CreateProgramTemplate stores a template.
func (a *App) CreateProgramTemplate(ctx context.Context, p Principal, in ProgramTemplateInput) (ProgramTemplate, error) {
	if err := adminOnly(p); err != nil {
		return ProgramTemplate{}, err
	}
	var out ProgramTemplate
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		items, err := in.check(ctx, q, p, a.Programs.Own)
		if err != nil {
			return err
		}
		row, err := q.ProgramTemplateInsert(ctx, rows.ProgramTemplateInsertParams{OrgID: p.Org, ID: db.NewID(), Name: in.Name, Items: items})
		if err != nil {
			return wrap(err, "insert template")
		}
		out, err = programTemplate(row)
		return err
	})
	return out, err
}

// GetProgramTemplate reads a template.
func (a *App) GetProgramTemplate(ctx context.Context, p Principal, id uuid.UUID) (ProgramTemplate, error) {
	if err := adminOnly(p); err != nil {
		return ProgramTemplate{}, err
	}
	var out ProgramTemplate
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		row, err := q.ProgramTemplateGet(ctx, p.Org, id)
		if err != nil {
			return found(err, "program_template")
		}
		out, err = programTemplate(row)
		return err
	})
	return out, err
}

// UpdateProgramTemplate replaces a template. Programs laid out from it before
// stay as they are.
func (a *App) UpdateProgramTemplate(ctx context.Context, p Principal, id uuid.UUID, version int, in ProgramTemplateInput) (ProgramTemplate, error) {
	if err := adminOnly(p); err != nil {
		return ProgramTemplate{}, err
	}
	var out ProgramTemplate
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		if _, err := q.ProgramTemplateGet(ctx, p.Org, id); err != nil {
			return found(err, "program_template")
		}
		items, err := in.check(ctx, q, p, a.Programs.Own)
		if err != nil {
			return err
		}
		row, err := q.ProgramTemplateUpdate(ctx, rows.ProgramTemplateUpdateParams{OrgID: p.Org, ID: id, Version: int32(version), Name: in.Name, Items: items})
		if db.NoRow(err) {
			return stale("program_template")
		}
		if err != nil {
			return wrap(err, "update template")
		}
		out, err = programTemplate(row)
		return err
	})
	return out, err
}

// ListProgramTemplates lists the templates.
func (a *App) ListProgramTemplates(ctx context.Context, p Principal, paging Paging) (Page[ProgramTemplate], error) {
	if err := adminOnly(p); err != nil {
		return Page[ProgramTemplate]{}, err
	}
	after, most, err := paging.read()
	if err != nil {
		return Page[ProgramTemplate]{}, err
	}
	var list []rows.ProgramTemplate
	err = a.list(ctx, p, func(q *rows.Queries) (err error) {
		list, err = q.ProgramTemplateList(ctx, rows.ProgramTemplateListParams{OrgID: p.Org, After: after, Most: most + 1})
		return wrap(err, "list templates")
	})
	return page(list, most, func(r rows.ProgramTemplate) uuid.UUID { return r.ID }, func(r rows.ProgramTemplate) ProgramTemplate {
		t, _ := programTemplate(r) // what cannot be read was checked when it was stored
		return t
	}), err
}

// Item is an item of a program: what was asked for and where it stands.
type Item struct {
	ID           uuid.UUID `json:"id"`
	EngagementID uuid.UUID `json:"engagement_id"`
	Position     int       `json:"position"`
	coaching.ItemSpec
	Status      string          `json:"status" doc:"waiting, sending, open, completed, skipped, removed, or closed: it was open when the engagement ended"`
	FormVersion *int32          `json:"form_version,omitempty" doc:"The version that was sent; answers belong to it."`
	SendAt      *time.Time      `json:"send_at,omitempty" doc:"When a send by hand leaves; until then it can be taken back."`
	IssuedAt    *time.Time      `json:"issued_at,omitempty"`
	DueAt       *time.Time      `json:"due_at,omitempty"`
	DoneAt      *time.Time      `json:"done_at,omitempty"`
	To          []ItemRecipient `json:"to"`
	Files       []ItemFile      `json:"files,omitempty" doc:"The files of an item that hands files over, in all versions, the newest of each first."`
	Next        *Coming         `json:"next,omitempty"`
	Session     *Session        `json:"session,omitempty" doc:"Where the session stands; only of kind session."`
}

// ItemClosed is the status of an item that was open when its engagement ended: nobody
// waits for it any more. It is stored as open, since a completed engagement can go on.
const ItemClosed = "closed"

// ItemRecipient is one recipient of an item, by name and address.
type ItemRecipient struct {
	ID           uuid.UUID  `json:"id"`
	PersonID     *uuid.UUID `json:"person_id,omitempty"`
	Name         string     `json:"name,omitempty"`
	Address      string     `json:"address"`
	Required     bool       `json:"required"`
	AnsweredAt   *time.Time `json:"answered_at,omitempty"`
	FollowUpHeld bool       `json:"follow_up_held"`
	Undelivered  string     `json:"undelivered,omitempty" doc:"Why the last mail about the item did not reach the recipient; absent where it did, or none is known to have failed."`

	Attendance      coaching.Attendance `json:"attendance,omitempty" enum:"accepted,declined,tentative" doc:"What their calendar has answered to the present time of a session; absent: nothing yet."`
	AttendanceAt    *time.Time          `json:"attendance_at,omitempty"`
	AttendanceWords string              `json:"attendance_words,omitempty" doc:"What they wrote with it."`
}

// Coming is what comes next for an item, worked out by the rules that its
// workflow uses.
type Coming struct {
	What     string     `json:"what" doc:"release, release_by_hand, release_after, reminder, reminder_held, escalation, resend, and of a session unbooked, begins, held or say_held"`
	At       *time.Time `json:"at,omitempty" doc:"Absent where it depends on something else."`
	WaitsFor *uuid.UUID `json:"waits_for,omitempty" doc:"The item that must be done before."`
	Text     string     `json:"text"`
}

// Program is the program of an engagement. Revision is its ETag.
type Program struct {
	EngagementID uuid.UUID `json:"engagement_id"`
	Status       string    `json:"status"`
	Revision     int       `json:"revision"`
	Items        []Item    `json:"items"`
}

// GetProgram reads a program with what comes next for each item. A coachee gets
// the items that are theirs.
func (a *App) GetProgram(ctx context.Context, p Principal, engagement uuid.UUID) (Program, error) {
	var out Program
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		e, err := engagementFor(ctx, q, p, engagement)
		if err != nil {
			return err
		}
		if out, err = readProgram(ctx, q, e); err != nil {
			return err
		}
		if err := out.readFiles(ctx, q, p); err != nil {
			return err
		}
		if mayRun(p, e) != nil {
			out.reduce(p)
		}
		return nil
	})
	return out, err
}

// reduce leaves a coachee the items that are theirs, and of their recipients
// themselves: not what others are asked, nor in which words.
func (out *Program) reduce(p Principal) {
	theirs := func(r ItemRecipient) bool { return r.PersonID != nil && *r.PersonID == p.Person }
	out.Items = slices.DeleteFunc(out.Items, func(i Item) bool { return !slices.ContainsFunc(i.To, theirs) })
	for i := range out.Items {
		item := &out.Items[i]
		item.Position = i
		item.Letter, item.Recipients = nil, []coaching.RecipientSpec{}
		item.To = slices.DeleteFunc(item.To, func(r ItemRecipient) bool { return !theirs(r) })
		if item.IssuedAt == nil {
			item.Description = "" // not for them yet
		}
		item.reduceFiles(p)
		item.reduceProposals()
	}
	out.hideWaits()
}

// hideWaits lets no item name one that is not shown as what it waits for.
func (out *Program) hideWaits() {
	for _, item := range out.Items {
		if item.Next == nil || item.Next.WaitsFor == nil {
			continue
		}
		if !slices.ContainsFunc(out.Items, func(i Item) bool { return i.ID == *item.Next.WaitsFor }) {
			item.Next.WaitsFor = nil
		}
	}
}

func readProgram(ctx context.Context, q *rows.Queries, e rows.Engagement) (Program, error) {
	only := []uuid.UUID{e.ID}
	list, err := q.ItemsOfEngagements(ctx, e.OrgID, only)
	if err != nil {
		return Program{}, wrap(err, "list items")
	}
	to, err := recipientsByItem(ctx, q, e.OrgID, only)
	if err != nil {
		return Program{}, err
	}
	pending, err := program.Pending(ctx, q, e.OrgID, only, nil)
	if err != nil {
		return Program{}, err
	}
	sessions, err := sessionsByItem(ctx, q, e.OrgID, only, list)
	if err != nil {
		return Program{}, err
	}
	out, err := programOf(e, list, to, pending, sessions)
	if err != nil {
		return out, err
	}
	return out, out.readAnswers(ctx, q, e.OrgID, sessions)
}

// recipientsByItem are the recipients of all items of engagements, with why the
// last mail did not reach them.
func recipientsByItem(ctx context.Context, q *rows.Queries, org uuid.UUID, engagements []uuid.UUID) (map[uuid.UUID][]ItemRecipient, error) {
	recipients, err := q.RecipientsOfEngagements(ctx, org, engagements)
	if err != nil {
		return nil, wrap(err, "list recipients")
	}
	undelivered, err := q.NotificationsUndelivered(ctx, org, engagements)
	if err != nil {
		return nil, wrap(err, "list what was not delivered")
	}
	why := map[uuid.UUID]string{}
	for _, u := range undelivered {
		why[u.RecipientID] = u.StateReason
	}
	out := map[uuid.UUID][]ItemRecipient{}
	for _, r := range recipients {
		out[r.ItemID] = append(out[r.ItemID], ItemRecipient{ID: r.ID, PersonID: r.PersonID, Name: r.Name, Address: r.Address, Required: r.Required,
			AnsweredAt: r.AnsweredAt, FollowUpHeld: r.FollowUpHeld, Undelivered: why[r.ID]})
	}
	return out, nil
}

func programOf(e rows.Engagement, list []rows.Item, to map[uuid.UUID][]ItemRecipient, pending map[uuid.UUID]coaching.PendingMails, sessions map[uuid.UUID]*rows.ItemSession) (Program, error) {
	out := Program{EngagementID: e.ID, Status: e.Status, Revision: int(e.ProgramRevision), Items: []Item{}}
	states := make([]coaching.ItemState, len(list))
	for i, row := range list {
		parsed, err := program.Item(row)
		if err != nil {
			return out, err
		}
		states[i] = parsed.State
		shown := item(row, parsed.Spec, to[row.ID])
		if parsed.State.Status == coaching.Open && coaching.EngagementStatus(e.Status).Over() {
			shown.Status = ItemClosed
		}
		if parsed.Spec.Kind.Rules().Meets {
			shown.Session = sessionOf(sessions[row.ID], row)
		}
		out.Items = append(out.Items, shown)
	}
	for i := range out.Items {
		out.Items[i].Next = coming(e, states, i, pending[states[i].ID], out.Items[i].Session)
		out.Items[i].noteHold()
	}
	out.Items = slices.DeleteFunc(out.Items, func(i Item) bool { return i.Status == string(coaching.Removed) })
	for i := range out.Items {
		out.Items[i].Position = i
	}
	return out, nil
}

func item(row rows.Item, spec coaching.ItemSpec, to []ItemRecipient) Item {
	if to == nil {
		to = []ItemRecipient{}
	}
	return Item{ID: row.ID, EngagementID: row.EngagementID, ItemSpec: spec, Status: row.Status, FormVersion: row.FormVersion,
		SendAt: row.SendAt, IssuedAt: row.IssuedAt, DueAt: row.DueAt, DoneAt: row.DoneAt, To: to}
}

// noteHold says of the reminders of an item that they are held for all who would
// get them.
func (i *Item) noteHold() {
	owes := func(r ItemRecipient) bool { return r.AnsweredAt == nil && !r.FollowUpHeld }
	if i.Next == nil || i.Next.What != "reminder" || slices.ContainsFunc(i.To, owes) {
		return
	}
	i.Next = &Coming{What: "reminder_held", Text: "reminders are held"}
}

// coming asks the rules what comes next for an item, whose session is one of an item that
// has any. Those of a paused program say what would come.
func coming(e rows.Engagement, states []coaching.ItemState, i int, pending coaching.PendingMails, session *Session) *Coming {
	s := states[i]
	zone := coaching.ZoneOrUTC(s.Zone)
	if s.Ended() || coaching.EngagementStatus(e.Status).Over() {
		return nil
	}
	if s.Status != coaching.Open {
		return comingRelease(e, states, i, db.Deref(e.StartedAt), zone)
	}
	next := coaching.NextStepOf(states, i, db.Deref(e.StartedAt), pending)
	if session != nil {
		return comingSession(e, next, session, zone)
	}
	switch next.Step {
	case coaching.IssueStep:
		return timed("release", "is sent", next.At, zone, e)
	case coaching.ResendStep:
		return timed("resend", "is sent again", next.At, zone, e)
	case coaching.EscalationStep:
		return timed("escalation", "the coach is told that it is still open", next.At, zone, e)
	case coaching.ReminderStep:
		return timed("reminder", "reminder to those who have not "+s.Kind.Rules().Words.Past, next.At, zone, e)
	}
	return nil
}

// comingRelease says when an item goes out or, of a session, can be scheduled.
func comingRelease(e rows.Engagement, states []coaching.ItemState, i int, started time.Time, zone *time.Location) *Coming {
	r := coaching.ReleaseOf(states, i, started)
	does, byHand := "is sent", "is sent by hand"
	if states[i].Kind.Rules().Meets {
		does, byHand = "is to be scheduled", "is scheduled by hand, whenever you like"
	}
	switch {
	case r.WaitsFor != uuid.Nil:
		return &Coming{What: "release_after", WaitsFor: &r.WaitsFor, Text: does + " when the item before it is complete"}
	case e.StartedAt == nil && states[i].Release.Rule == coaching.AfterPrior:
		return &Coming{What: "release_after", Text: does + " when the program is started"}
	case !r.Known():
		return &Coming{What: "release_by_hand", Text: byHand}
	}
	return timed("release", does, r.At, zone, e)
}

func timed(what, text string, at time.Time, zone *time.Location, e rows.Engagement) *Coming {
	paused := e.Status == string(coaching.EngagementPaused)
	if paused && !at.After(now()) {
		return &Coming{What: what, At: &at, Text: text + " when the program is resumed"}
	}
	text += " on " + coaching.ShowTime(at, zone)
	if paused {
		text += ", moved by the length of the pause"
	}
	return &Coming{What: what, At: &at, Text: text}
}

// EditItem is one item of an edit: without an id it is new.
type EditItem struct {
	ID *uuid.UUID `json:"id,omitempty"`
	coaching.ItemSpec
}

// Effect is one consequence of an edit.
type Effect struct {
	ItemID uuid.UUID  `json:"item_id"`
	Change string     `json:"change" doc:"added, removed, moved, changed, due_changed, released or rescheduled"`
	Text   string     `json:"text"`
	At     *time.Time `json:"at,omitempty"`
}

// EditPreview is what an edit would do to the program at Revision.
type EditPreview struct {
	Revision int      `json:"revision"`
	Effects  []Effect `json:"effects"`
}

func wantedItems(items []EditItem) []coaching.EditItem {
	wanted := make([]coaching.EditItem, len(items))
	for i, item := range items {
		wanted[i] = coaching.EditItem{Spec: item.ItemSpec, New: item.ID == nil}
		if item.ID != nil {
			wanted[i].ID = *item.ID
		} else {
			wanted[i].ID = db.NewID()
		}
	}
	return wanted
}

// PreviewProgram tells what an edit would do, and does nothing.
func (a *App) PreviewProgram(ctx context.Context, p Principal, engagement uuid.UUID, items []EditItem) (EditPreview, error) {
	out := EditPreview{Effects: []Effect{}}
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		if err := mayEdit(ctx, q, p, engagement); err != nil {
			return err
		}
		e, err := q.EngagementGet(ctx, p.Org, engagement)
		if err != nil {
			return wrap(err, "read engagement")
		}
		present, err := readProgram(ctx, q, e)
		if err != nil {
			return err
		}
		wanted := wantedItems(items)
		if err := maySend(ctx, q, p, present.Items, wanted); err != nil {
			return err
		}
		outcome, revision, err := a.Programs.PreviewEdit(ctx, q, a.command(p, engagement, uuid.Nil), wanted)
		out.Revision = int(revision)
		for _, e := range outcome.Effects {
			effect := Effect{ItemID: e.ItemID, Change: e.Change, Text: e.Text}
			if !e.At.IsZero() {
				effect.At = &e.At
			}
			out.Effects = append(out.Effects, effect)
		}
		return err
	})
	return out, err
}

func mayEdit(ctx context.Context, q *rows.Queries, p Principal, engagement uuid.UUID) error {
	e, err := engagementFor(ctx, q, p, engagement)
	if err != nil {
		return err
	}
	return mayRun(p, e)
}

// EditProgram replaces the program as a whole: items that are not listed are
// removed. revision is the one that was read; 0 takes the program as it is.
func (a *App) EditProgram(ctx context.Context, p Principal, engagement uuid.UUID, revision int, items []EditItem) (Program, error) {
	return a.editProgram(ctx, p, engagement, revision, func([]Item) ([]coaching.EditItem, error) { return wantedItems(items), nil })
}

// editTries is how often an edit that was made on no particular revision is
// made again because the program moved on in between.
const editTries = 4

// editProgram makes an edit out of the present program, checks it, and applies
// it: through the workflow where one runs, at once where none does yet.
func (a *App) editProgram(ctx context.Context, p Principal, engagement uuid.UUID, revision int, make func([]Item) ([]coaching.EditItem, error)) (Program, error) {
	var err error
	for range editTries {
		if err = a.tryEdit(ctx, p, engagement, revision, make); err == nil {
			return a.GetProgram(ctx, p, engagement)
		}
		if problem, is := coaching.AsProblem(err); !is || problem.Code != "program_changed" || revision != 0 {
			break
		}
	}
	return Program{}, err
}

func (a *App) tryEdit(ctx context.Context, p Principal, engagement uuid.UUID, revision int, make func([]Item) ([]coaching.EditItem, error)) error {
	edit := db.NewID()
	var e rows.Engagement
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		if err := mayEdit(ctx, q, p, engagement); err != nil {
			return err
		}
		if _, err := q.EngagementLock(ctx, p.Org, engagement); err != nil {
			return found(err, "engagement")
		}
		var err error
		if e, err = q.EngagementGet(ctx, p.Org, engagement); err != nil {
			return wrap(err, "read engagement")
		}
		if revision != 0 && revision != int(e.ProgramRevision) {
			return stale("program")
		}
		present, err := readProgram(ctx, q, e)
		if err != nil {
			return err
		}
		wanted, err := make(present.Items)
		if err != nil {
			return err
		}
		if err := maySend(ctx, q, p, present.Items, wanted); err != nil {
			return err
		}
		if e.StartedAt == nil {
			return a.Programs.EditDraft(ctx, q, a.command(p, engagement, uuid.Nil), wanted)
		}
		return a.storeEdit(ctx, q, p, e, edit, wanted)
	})
	if err == nil && e.StartedAt != nil {
		err = a.updateProgram(ctx, e, workflows.EditUpdate, edit.String(), workflows.ProgramEdit{ID: edit, Actor: &p.Person})
	}
	return err
}

// storeEdit checks an edit against the program as it is and stores it for the
// workflow.
func (a *App) storeEdit(ctx context.Context, q *rows.Queries, p Principal, e rows.Engagement, id uuid.UUID, wanted []coaching.EditItem) error {
	if _, _, err := a.Programs.PreviewEdit(ctx, q, a.command(p, e.ID, uuid.Nil), wanted); err != nil {
		return err
	}
	data, err := json.Marshal(wanted)
	if err != nil {
		return wrap(err, "write edit")
	}
	return wrap(q.ProgramEditInsert(ctx, rows.ProgramEditInsertParams{OrgID: p.Org, ID: id, EngagementID: e.ID,
		BaseRevision: e.ProgramRevision, Wanted: data, ActorID: &p.Person}), "store edit")
}

func asEdit(items []Item) []coaching.EditItem {
	wanted := make([]coaching.EditItem, len(items))
	for i, item := range items {
		wanted[i] = coaching.EditItem{ID: item.ID, Spec: item.ItemSpec}
	}
	return wanted
}

// AddItem adds an item at a position (from 0; negative or too large: the end).
func (a *App) AddItem(ctx context.Context, p Principal, engagement uuid.UUID, position int, spec coaching.ItemSpec) (Item, error) {
	id := db.NewID()
	out, err := a.editProgram(ctx, p, engagement, 0, func(items []Item) ([]coaching.EditItem, error) {
		wanted := asEdit(items)
		if position < 0 || position > len(wanted) {
			position = len(wanted)
		}
		return slices.Insert(wanted, position, coaching.EditItem{ID: id, New: true, Spec: spec}), nil
	})
	return pick(out, id, err)
}

func pick(program Program, id uuid.UUID, err error) (Item, error) {
	if err != nil {
		return Item{}, err
	}
	for _, item := range program.Items {
		if item.ID == id {
			return item, nil
		}
	}
	return Item{}, notFound("item")
}

// ChangeItem replaces what is asked of an item.
func (a *App) ChangeItem(ctx context.Context, p Principal, id uuid.UUID, revision int, spec coaching.ItemSpec) (Item, error) {
	return a.onItem(ctx, p, id, revision, func(wanted []coaching.EditItem, i int) ([]coaching.EditItem, error) {
		wanted[i].Spec = spec
		return wanted, nil
	})
}

// MoveItem puts an item at another position, counted from 0.
func (a *App) MoveItem(ctx context.Context, p Principal, id uuid.UUID, position int) (Item, error) {
	return a.onItem(ctx, p, id, 0, func(wanted []coaching.EditItem, i int) ([]coaching.EditItem, error) {
		if position < 0 || position >= len(wanted) {
			return nil, coaching.Problemf(coaching.Invalid, "position_out_of_range", "The program has positions 0 to %d.", len(wanted)-1).WithField("position", "position_out_of_range", "0 to %d", len(wanted)-1)
		}
		moved := wanted[i]
		return slices.Insert(slices.Delete(wanted, i, i+1), position, moved), nil
	})
}

// RemoveItem takes an item out of the program; what was sent stays sent.
func (a *App) RemoveItem(ctx context.Context, p Principal, id uuid.UUID) error {
	_, err := a.editAround(ctx, p, id, 0, func(wanted []coaching.EditItem, i int) ([]coaching.EditItem, error) {
		return slices.Delete(wanted, i, i+1), nil
	})
	return err
}

// onItem changes one item by an edit and reads it again.
func (a *App) onItem(ctx context.Context, p Principal, id uuid.UUID, revision int, change func([]coaching.EditItem, int) ([]coaching.EditItem, error)) (Item, error) {
	out, err := a.editAround(ctx, p, id, revision, change)
	return pick(out, id, err)
}

// editAround makes an edit of the program that holds an item, given the
// item's place in it.
func (a *App) editAround(ctx context.Context, p Principal, id uuid.UUID, revision int, change func([]coaching.EditItem, int) ([]coaching.EditItem, error)) (Program, error) {
	engagement, err := a.engagementOf(ctx, p, id)
	if err != nil {
		return Program{}, err
	}
	return a.editProgram(ctx, p, engagement, revision, func(items []Item) ([]coaching.EditItem, error) {
		for i := range items {
			if items[i].ID == id {
				return change(asEdit(items), i)
			}
		}
		return nil, notFound("item")
	})
}

func (a *App) engagementOf(ctx context.Context, p Principal, id uuid.UUID) (uuid.UUID, error) {
	var engagement uuid.UUID
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		row, err := q.ItemGet(ctx, p.Org, id)
		if err != nil {
			return found(err, "item")
		}
		engagement = row.EngagementID
		if _, err := engagementFor(ctx, q, p, engagement); err != nil {
			return notFound("item")
		}
		return nil
	})
	return engagement, err
}

// GetItem reads one item.
func (a *App) GetItem(ctx context.Context, p Principal, id uuid.UUID) (Item, error) {
	engagement, err := a.engagementOf(ctx, p, id)
	if err != nil {
		return Item{}, err
	}
	out, err := a.GetProgram(ctx, p, engagement)
	return pick(out, id, err)
}

// itemCommand runs one Update on an item.
func (a *App) itemCommand(ctx context.Context, p Principal, id uuid.UUID, update string) (Item, error) {
	engagement, err := a.engagementOf(ctx, p, id)
	if err != nil {
		return Item{}, err
	}
	e, err := a.running(ctx, p, engagement)
	if err != nil {
		return Item{}, err
	}
	if err := a.updateProgram(ctx, e, update, db.NewID().String(), workflows.ProgramCommand{Item: id, Actor: &p.Person}); err != nil {
		return Item{}, err
	}
	return a.GetItem(ctx, p, id)
}

// SendItem sends an item now, or again. It leaves when the organization's time
// for taking back is over.
func (a *App) SendItem(ctx context.Context, p Principal, id uuid.UUID) (Item, error) {
	return a.itemCommand(ctx, p, id, workflows.SendUpdate)
}

// TakeItemBack undoes a send by hand that has not left.
func (a *App) TakeItemBack(ctx context.Context, p Principal, id uuid.UUID) (Item, error) {
	return a.itemCommand(ctx, p, id, workflows.TakeBackUpdate)
}

// SkipItem ends an item without an answer.
func (a *App) SkipItem(ctx context.Context, p Principal, id uuid.UUID) (Item, error) {
	return a.itemCommand(ctx, p, id, workflows.SkipUpdate)
}

// ReopenItem opens an item that has ended.
func (a *App) ReopenItem(ctx context.Context, p Principal, id uuid.UUID) (Item, error) {
	return a.itemCommand(ctx, p, id, workflows.ReopenUpdate)
}

// HoldFollowUp holds, or resumes, the reminders to one recipient of an item.
func (a *App) HoldFollowUp(ctx context.Context, p Principal, id, recipient uuid.UUID, held bool) (Item, error) {
	engagement, err := a.engagementOf(ctx, p, id)
	if err != nil {
		return Item{}, err
	}
	e, err := a.running(ctx, p, engagement)
	if err != nil {
		return Item{}, err
	}
	arg := workflows.ProgramHold{Item: id, Recipient: recipient, Held: held, Actor: &p.Person}
	if err := a.updateProgram(ctx, e, workflows.HoldUpdate, db.NewID().String(), arg); err != nil {
		return Item{}, err
	}
	return a.GetItem(ctx, p, id)
}
