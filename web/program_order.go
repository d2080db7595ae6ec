package web

import (
	"slices"
	"strconv"
	"strings"

	"coachflow/app"
	"coachflow/coaching"
)

// orderView is the page on which items of a program are moved and removed: all of it is
// one edit, which is seen before it is applied. The order stands in the address of the
// page until then.
type orderView struct {
	engagementView
	Kept    []itemView
	Preview app.EditPreview
	Changed bool
}

// changeOrder collects moves and removals, and applies them together.
func changeOrder(v *request) error {
	view, err := v.runEngagement("program")
	if err != nil {
		return err
	}
	program, read, err := v.program(view)
	if err != nil {
		return err
	}
	wanted := v.Query("order")
	if v.posted() {
		wanted = v.form.Get("order")
	}
	v.back = view.URL("") // whatever is refused leads back to the program
	page := orderView{engagementView: view, Kept: program.Items, Changed: wanted != ""}
	if page.Changed {
		// An order of a program as it was before does not know what was added since, and
		// would remove it.
		if of := v.Query("revision"); of != "" && atoi(of) != view.ProgramRevision {
			return errOrderOutdated
		}
		if page.Kept, err = ordered(program.Items, wanted); err != nil {
			return err
		}
	}
	edit := page.edit(read)
	if v.posted() {
		if _, err := v.app().EditProgram(v.ctx, v.who, view.ID, atoi(v.form.Get("revision")), edit); err != nil {
			return err
		}
		return v.done(view.URL(""), "The program is changed.")
	}
	if page.Preview, err = v.app().PreviewProgram(v.ctx, v.who, view.ID, edit); err != nil {
		return err
	}
	return v.show("Order", "engagements", nil, orderPage(page))
}

// ordered are the items that an order names, in that order. Items that it does not name
// are removed.
func ordered(items []itemView, order string) ([]itemView, error) {
	var out []itemView
	for _, text := range strings.Split(order, ",") {
		if text == nothingKept {
			continue
		}
		at := slices.IndexFunc(items, func(i itemView) bool { return i.stepID() == text || i.ID.String() == text })
		if at < 0 || slices.ContainsFunc(out, func(i itemView) bool { return i.ID == items[at].ID }) {
			return nil, errOrderOutdated
		}
		out = append(out, items[at])
	}
	return out, nil
}

var errOrderOutdated = coaching.Problemf(coaching.Stale, "order_outdated", "The program was changed meanwhile, so this order does not fit it any more. Nothing was changed. Begin again from the program.")

// nothingKept is the order of a program from which all items are removed.
const nothingKept = "none"

// edit is the program in the order of the page.
func (o orderView) edit(program app.Program) []app.EditItem {
	all := asEdit(program)
	edit := make([]app.EditItem, 0, len(o.Kept))
	for _, item := range o.Kept {
		edit = append(edit, all[place(program, item.ID)])
	}
	return edit
}

// moved is the address of the page with an item moved by some places.
func (o orderView) moved(from, by int) string {
	kept := slices.Clone(o.Kept)
	kept[from], kept[from+by] = kept[from+by], kept[from]
	return o.address(kept)
}

// without is the address of the page with an item removed.
func (o orderView) without(at int) string {
	return o.address(slices.Delete(slices.Clone(o.Kept), at, at+1))
}

func (o orderView) address(kept []itemView) string {
	return o.URL("order") + "?order=" + orderOf(kept) + "&revision=" + strconv.Itoa(o.ProgramRevision)
}

func orderOf(items []itemView) string {
	ids := make([]string, len(items))
	for n, item := range items {
		ids[n] = item.ID.String()
	}
	if len(ids) == 0 {
		return nothingKept
	}
	return strings.Join(ids, ",")
}

// order is the present order, as the stepper's script writes it.
func (p programView) order() string {
	ids := make([]string, len(p.Items))
	for n, item := range p.Items {
		ids[n] = item.stepID()
	}
	return strings.Join(ids, ",")
}

func (i itemView) stepID() string { return "item-" + i.ID.String() }
