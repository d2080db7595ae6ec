package coaching

import (
	"fmt"
	"reflect"
	"time"

	"github.com/google/uuid"
)

// ProgramItem is an item with what was asked for and where it stands.
type ProgramItem struct {
	Spec  ItemSpec
	State ItemState
}

// EditItem is one item as an edit wants it. An item of the program that an
// edit does not list is removed by it.
type EditItem struct {
	ID   uuid.UUID
	New  bool
	Spec ItemSpec
}

// EditContext is what an edit is judged in. Zone gives the IANA name of the
// zone of an item's recipient.
type EditContext struct {
	Running bool
	Paused  bool
	Started time.Time
	Now     time.Time
	Zone    func(ItemSpec) string
	// Own is where nothing goes.
	Own OwnMail
}

// Effect is one thing that an edit does, told to the person who makes it.
type Effect struct {
	ItemID uuid.UUID
	// Change is a stable word: added, removed, moved, changed, due_changed,
	// released, rescheduled.
	Change string
	Text   string
	At     time.Time
}

// EditOutcome is the program after an edit, in order, removed items among
// them, with all that the edit brings about. The preview shows the effects;
// applying the edit stores the items.
type EditOutcome struct {
	Items   []ProgramItem
	Effects []Effect
}

// PlanEdit works out an edit, without doing it. What was issued never changes,
// but for its due date and its place.
func PlanEdit(current []ProgramItem, wanted []EditItem, c EditContext) (EditOutcome, error) {
	e := edit{EditContext: c, before: byID(current)}
	kept, err := e.take(wanted)
	if err != nil {
		return EditOutcome{}, err
	}
	out := EditOutcome{Items: e.withRemoved(current, kept)}
	e.tellMoves(current, kept)
	e.settleReleases(current, out.Items)
	out.Effects = e.effects
	return out, nil
}

type edit struct {
	EditContext
	before  map[uuid.UUID]ProgramItem
	effects []Effect
}

func byID(items []ProgramItem) map[uuid.UUID]ProgramItem {
	m := make(map[uuid.UUID]ProgramItem, len(items))
	for _, item := range items {
		m[item.State.ID] = item
	}
	return m
}

func (e *edit) tell(item ProgramItem, change, format string, args ...any) {
	e.effects = append(e.effects, Effect{ItemID: item.State.ID, Change: change, Text: fmt.Sprintf("%q ", item.Spec.Title) + fmt.Sprintf(format, args...)})
}

func (e *edit) take(wanted []EditItem) ([]ProgramItem, error) {
	seen := map[uuid.UUID]bool{}
	kept := make([]ProgramItem, 0, len(wanted))
	for i, w := range wanted {
		path := indexed("items", i)
		if p := w.Spec.CheckChange(e.before[w.ID].Spec, path); p != nil {
			return nil, p
		}
		if seen[w.ID] {
			return nil, Problemf(Invalid, "item_twice", "An item stands in a program once.").
				WithField(path+".id", "item_twice", "listed before")
		}
		seen[w.ID] = true
		item, err := e.takeOne(w, path)
		if err != nil {
			return nil, err
		}
		kept = append(kept, item)
	}
	return kept, nil
}

func (e *edit) takeOne(w EditItem, path string) (ProgramItem, error) {
	if w.New {
		return e.add(w, path)
	}
	old, found := e.before[w.ID]
	if !found || old.State.Status == Removed {
		return ProgramItem{}, Problemf(NotFound, "item_not_found", "The program has no such item.").
			WithField(path+".id", "item_not_found", "not in this program")
	}
	if reflect.DeepEqual(old.Spec, w.Spec) {
		return old, nil
	}
	if old.State.Status == Waiting {
		return e.change(old, w.Spec, path)
	}
	return e.changeIssued(old, w.Spec, path)
}

func (e *edit) add(w EditItem, path string) (ProgramItem, error) {
	if _, there := e.before[w.ID]; there {
		return ProgramItem{}, Problemf(Conflict, "item_exists", "The program has this item already.").
			WithField(path+".id", "item_exists", "not new")
	}
	if p := w.Spec.CheckNotOwn(e.Own, path); p != nil {
		return ProgramItem{}, p
	}
	item := ProgramItem{Spec: w.Spec, State: ItemState{ID: w.ID, Kind: w.Spec.Kind, Status: Waiting}}
	if err := e.schedule(&item, path); err != nil {
		return ProgramItem{}, err
	}
	if err := e.checkDue(item, path); err != nil {
		return ProgramItem{}, err
	}
	e.tell(item, "added", "is added.")
	return item, nil
}

func (e *edit) change(old ProgramItem, spec ItemSpec, path string) (ProgramItem, error) {
	if p := spec.CheckNotOwn(e.Own, path); p != nil {
		return ProgramItem{}, p
	}
	item := ProgramItem{Spec: spec, State: old.State}
	item.State.Kind = spec.Kind
	if !reflect.DeepEqual(old.Spec.Release, spec.Release) || e.Zone(spec) != old.State.Zone {
		item.State.ReleaseAt = time.Time{}
		if err := e.schedule(&item, path); err != nil {
			return ProgramItem{}, err
		}
	}
	if !reflect.DeepEqual(old.Spec.Due, spec.Due) {
		if err := e.checkDue(item, path); err != nil {
			return ProgramItem{}, err
		}
	}
	e.tell(item, "changed", "is changed.")
	return item, nil
}

// checkDue refuses a due date that nobody could keep, or that no plan has.
func (e *edit) checkDue(item ProgramItem, path string) error {
	due := item.Spec.Due
	if due == nil || due.At == nil {
		return nil
	}
	at := due.At.In(ZoneOrUTC(item.State.Zone))
	if p := CheckMoment(at, e.Now, path+".due.at"); p != nil {
		return p
	}
	if at.After(e.Now) {
		return nil
	}
	return Problemf(Invalid, "due_time_passed", "The due date of %q has passed; choose a later one.", item.Spec.Title).
		WithField(path+".due", "due_time_passed", "in the past in %s", item.State.Zone)
}

// schedule fixes zone and, for rule "at", the moment.
func (e *edit) schedule(item *ProgramItem, path string) error {
	item.State.Release, item.State.Zone = item.Spec.Release, e.Zone(item.Spec)
	if item.Spec.Release.Rule != At {
		return nil
	}
	item.State.ReleaseAt = item.Spec.Release.At.In(ZoneOrUTC(item.State.Zone))
	if p := CheckMoment(item.State.ReleaseAt, e.Now, path+".release.at"); p != nil {
		return p
	}
	if item.State.ReleaseAt.Before(e.Now) {
		return Problemf(Invalid, "release_time_passed", "The time to send %q has passed; choose a later one, or send it now.", item.Spec.Title).
			WithField(path+".release.at", "release_time_passed", "in the past in %s", item.State.Zone)
	}
	return nil
}

// MoveToZone gives an item that waits another zone. A fixed moment keeps its date
// and its time of day, those of a pause included.
func MoveToZone(item ProgramItem, zone string) ProgramItem {
	if item.Spec.Release.Rule == At && !item.State.ReleaseAt.IsZero() {
		item.State.ReleaseAt = momentOf(wallOf(item.State.ReleaseAt.In(ZoneOrUTC(item.State.Zone))), ZoneOrUTC(zone))
	}
	item.State.Zone = zone
	return item
}

func (e *edit) changeIssued(old ProgramItem, spec ItemSpec, path string) (ProgramItem, error) {
	same := spec
	same.Due = old.Spec.Due
	if old.State.Status != Open || !reflect.DeepEqual(same, old.Spec) {
		return ProgramItem{}, Problemf(Conflict, "item_issued", "%q was sent already; of what is sent only an open due date can change.", old.Spec.Title).
			WithField(path, "item_issued", "sent already")
	}
	item := ProgramItem{Spec: spec, State: old.State}
	due, err := DueAt(spec, countsFrom(old.State), item.State.Zone)
	if err != nil {
		return ProgramItem{}, err
	}
	if spec.Due != nil && spec.Due.At != nil {
		if p := CheckMoment(due, e.Now, path+".due.at"); p != nil {
			return ProgramItem{}, p
		}
	}
	if !due.IsZero() && due.Before(e.Now) {
		return ProgramItem{}, Problemf(Invalid, "due_time_passed", "The new due date of %q has passed; choose a later one.", spec.Title).
			WithField(path+".due", "due_time_passed", "in the past")
	}
	item.State.DueAt = due
	item.State.Plan, item.State.PlannedAt, item.State.Followed = item.State.Plan+1, e.Now, 0
	e.tell(item, "due_changed", "gets a new due date; its pending reminders are replaced.")
	return item, nil
}

// countsFrom is what "after" counts from in an item that went out: the issue,
// with the pauses since then, or the last reopening.
func countsFrom(s ItemState) time.Time { return later(s.IssuedAt, s.FollowFrom) }

// DueAt is the moment an item is due that was issued at issued; zero without a
// due rule.
func DueAt(spec ItemSpec, issued time.Time, zone string) (time.Time, error) {
	loc := ZoneOrUTC(zone)
	switch {
	case spec.Due == nil:
		return time.Time{}, nil
	case spec.Due.At != nil:
		return spec.Due.At.In(loc), nil
	case spec.Due.After != nil:
		return spec.Due.After.After(issued, loc), nil
	}
	return time.Time{}, Problemf(Invalid, "due_rule_invalid", "A due date is either \"at\" or \"after\".")
}

// withRemoved puts the removed items back behind the item that they stood
// behind, since one that was issued still counts for the item after it.
func (e *edit) withRemoved(current, kept []ProgramItem) []ProgramItem {
	keeps := byID(kept)
	out := append([]ProgramItem{}, kept...)
	var behind uuid.UUID
	for _, item := range current {
		if _, stays := keeps[item.State.ID]; !stays {
			if item.State.Status != Removed {
				item.State.Status, item.State.DoneAt = Removed, e.Now
				e.tell(item, "removed", "is removed; what of it is still planned is not sent.")
			}
			out = insertBehind(out, item, behind)
		}
		behind = item.State.ID
	}
	return out
}

func insertBehind(items []ProgramItem, item ProgramItem, behind uuid.UUID) []ProgramItem {
	at := 0
	for i := range items {
		if items[i].State.ID == behind {
			at = i + 1
		}
	}
	return append(items[:at], append([]ProgramItem{item}, items[at:]...)...)
}

func (e *edit) tellMoves(current, kept []ProgramItem) {
	var before []uuid.UUID
	keeps := byID(kept)
	for _, item := range current {
		if _, stays := keeps[item.State.ID]; stays {
			before = append(before, item.State.ID)
		}
	}
	at := 0
	for _, item := range kept {
		if _, old := e.before[item.State.ID]; !old {
			continue
		}
		if before[at] != item.State.ID {
			e.tell(item, "moved", "moves to another place.")
		}
		at++
	}
}

// settleReleases tells which waiting items the edit sends, and which it gives
// another time.
func (e *edit) settleReleases(current, after []ProgramItem) {
	was, is := States(current), States(after)
	places := map[uuid.UUID]int{}
	for i, item := range was {
		places[item.ID] = i
	}
	for i, item := range after {
		if item.State.Status != Waiting {
			continue
		}
		if j, old := places[item.State.ID]; old && priorChanged(was, j, is, i) && item.Spec.Release.Rule == AfterPrior {
			after[i].State.ReleaseAt, is[i].ReleaseAt = time.Time{}, time.Time{}
		}
		now := ReleaseOf(is, i, e.Started)
		var then Release
		if j, old := places[item.State.ID]; old {
			then = ReleaseOf(was, j, e.Started)
		}
		e.tellRelease(item, then, now)
	}
}

func priorChanged(was []ItemState, i int, is []ItemState, j int) bool {
	p, foundP := Prior(was, i)
	q, foundQ := Prior(is, j)
	if foundP != foundQ {
		return true
	}
	return foundP && was[p].ID != is[q].ID
}

func (e *edit) tellRelease(item ProgramItem, then, now Release) {
	if !e.Running || now.At.Equal(then.At) || !now.Known() {
		return
	}
	zone := ZoneOrUTC(item.State.Zone)
	switch {
	case now.At.After(e.Now):
		e.tell(item, "rescheduled", "will be sent on %s.", ShowTime(now.At, zone))
	case e.Paused:
		e.tell(item, "released", "will be sent when the program is resumed.")
	default:
		e.tell(item, "released", "will be sent at once.")
	}
	e.effects[len(e.effects)-1].At = now.At
}

// States takes the states out of a list of items.
func States(items []ProgramItem) []ItemState {
	states := make([]ItemState, len(items))
	for i, item := range items {
		states[i] = item.State
	}
	return states
}
