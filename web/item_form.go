package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
)

// itemForm is the form for an item of a program, with what was typed.
type itemForm struct {
	View    engagementView
	Item    *itemView // nil: a new one
	Values  url.Values
	Faults  map[string]string
	Forms   []option
	Places  []option
	HasRole map[string]bool
	Rows    []recipientRow
}

// recipientRow is a recipient beside coachee and coach.
type recipientRow struct {
	Prefix, Email, Name string
	Person              string // a person of the organization, by id; shown by name
	Optional            bool
}

// dueOnly reports whether the item went out, so that of it only the due date
// can change.
func (f itemForm) dueOnly() bool { return f.Item != nil && f.Item.issued() }

func (f itemForm) action() string {
	if f.Item == nil {
		return f.View.URL("items/new")
	}
	return f.Item.URL("edit")
}

func (f itemForm) title() string {
	if f.Item == nil {
		return "Add a form to the program"
	}
	return "Change “" + f.Item.Title + "”"
}

func (f itemForm) is(name, value string) bool { return f.Values.Get(name) == value }

// moreRows is how many empty rows for recipients a form offers.
const moreRows = 2

func newItem(v *visit) error {
	view, err := v.runEngagement("program")
	if err != nil {
		return err
	}
	if view.over() {
		return coaching.Problemf(coaching.Conflict, "engagement_over", "The engagement is %s; its program cannot be changed.", view.Status)
	}
	_, program, err := v.program(view)
	if err != nil {
		return err
	}
	form := itemForm{View: view, Values: v.form}
	if !v.posted() {
		form.Values = url.Values{"rule": {"manual"}, "delay_amount": {"0"}, "delay_unit": {"days"}, "due": {"after"}, "due_amount": {"7"}, "due_unit": {"days"}, "coachee": {"required"}}
		return v.showItemForm(form, program, nil)
	}
	return v.editWithForm(form, program, func(spec coaching.ItemSpec) []app.EditItem {
		items, at := asEdit(program), len(program.Items)
		if n, err := strconv.Atoi(v.form.Get("place")); err == nil && n >= 0 && n < at {
			at = n
		}
		return slices.Insert(items, at, app.EditItem{ItemSpec: spec})
	})
}

func changeItem(v *visit) error {
	item, program, err := v.item()
	if err != nil {
		return err
	}
	if !item.canChange() {
		v.back = item.anchor()
		return coaching.Problemf(coaching.Conflict, "item_issued", "“%s” is %s and cannot be changed.", item.Title, statusWords(item.Status))
	}
	form := itemForm{View: item.engagement, Item: &item, Values: v.form}
	if !v.posted() {
		form.Values = valuesOf(item.ItemSpec)
		return v.showItemForm(form, program, nil)
	}
	return v.editWithForm(form, program, func(spec coaching.ItemSpec) []app.EditItem {
		items := asEdit(program)
		items[place(program, item.ID)].ItemSpec = spec
		return items
	})
}

// editWithForm reads the form, and shows what it would do or does it. Whatever
// is wrong is told beside what was typed.
func (v *visit) editWithForm(form itemForm, program app.Program, items func(coaching.ItemSpec) []app.EditItem) error {
	if v.form.Get("action") == "back" {
		return v.showItemForm(form, program, nil)
	}
	present := coaching.ItemSpec{Kind: coaching.FormItem}
	done := "The item is added."
	if form.Item != nil {
		present, done = form.Item.ItemSpec, "The item is changed."
	}
	spec, err := readItem(v.form, present, form.dueOnly())
	if err != nil {
		return v.showItemForm(form, program, err)
	}
	values := url.Values{}
	for name, typed := range v.form {
		if name != "action" && name != "revision" {
			values[name] = typed
		}
	}
	step := editStep{Title: form.title(), Action: form.action(), Back: form.View.URL(""), Values: values, Again: true}
	err = v.edit(step, program, items(spec), done)
	if _, told := coaching.AsProblem(err); told {
		return v.showItemForm(form, program, err)
	}
	return err
}

func (v *visit) showItemForm(form itemForm, program app.Program, problem error) error {
	forms, err := everyPage(func(at app.Paging) (app.Page[app.Form], error) { return v.app().ListForms(v.ctx, v.who, at) })
	if err != nil {
		return err
	}
	form.Forms = []option{{"", "Please choose"}}
	for _, f := range forms {
		form.Forms = append(form.Forms, option{f.ID.String(), f.Name})
	}
	for i, item := range program.Items {
		form.Places = append(form.Places, option{strconv.Itoa(i), "Before " + strconv.Itoa(i+1) + ". " + item.Title})
	}
	form.Places = append(form.Places, option{"", "At the end"})
	form.Faults = itemFaults(problem)
	if form.Rows, err = v.recipientRows(form.Values); err != nil {
		return err
	}
	return v.show(form.title(), "engagements", problem, itemFormPage(form))
}

// recipientRows are the typed recipients, and room for more.
func (v *visit) recipientRows(values url.Values) ([]recipientRow, error) {
	var rows []recipientRow
	for n := range 60 {
		prefix := "r" + strconv.Itoa(n) + "_"
		row := recipientRow{Prefix: prefix, Email: values.Get(prefix + "email"), Name: values.Get(prefix + "name"),
			Person: values.Get(prefix + "person"), Optional: values.Get(prefix+"optional") != ""}
		if id := optionalID(row.Person); id != nil {
			person, err := v.app().GetPerson(v.ctx, v.who, *id)
			if _, told := coaching.AsProblem(err); err != nil && !told {
				return nil, err
			}
			row.Name = person.Name
		}
		if row.Email == "" && row.Name == "" && row.Person == "" {
			continue
		}
		rows = append(rows, row)
	}
	for range moreRows {
		rows = append(rows, recipientRow{})
	}
	for n := range rows {
		rows[n].Prefix = "r" + strconv.Itoa(n) + "_"
	}
	return rows, nil
}

// itemFaults are the messages of a problem by the form's own fields. The app
// names them by their path into the program.
func itemFaults(err error) map[string]string {
	faults := map[string]string{}
	for path, message := range faultsOf(err) {
		if _, rest, found := strings.Cut(path, "]."); found && strings.HasPrefix(path, "items[") {
			path = rest
		}
		for _, known := range itemFields {
			if strings.HasPrefix(path, known.path) {
				path = known.field
				break
			}
		}
		faults[path] = message
	}
	return faults
}

var itemFields = []struct{ path, field string }{
	{"title", "title"}, {"form_id", "form_id"}, {"release.at", "at"}, {"release.delay", "delay_amount"}, {"release", "rule"},
	{"due.after", "due_amount"}, {"due.at", "due_at"}, {"due", "due"}, {"recipients", "recipients"}, {"letter", "letter_body"},
}

// readItem makes an item out of a posted form. Of one that went out it takes
// the due date alone.
func readItem(values url.Values, present coaching.ItemSpec, dueOnly bool) (coaching.ItemSpec, error) {
	spec := present
	due, err := readDue(values)
	if err != nil {
		return spec, err
	}
	spec.Due = due
	if dueOnly {
		return spec, nil
	}
	spec.Title, spec.FormID = trimmed(values.Get("title")), optionalID(values.Get("form_id"))
	if spec.FormID == nil {
		return spec, wrong("form_id", "item_form_missing", "Choose the form that is to be sent.")
	}
	if spec.Release, err = readRelease(values); err != nil {
		return spec, err
	}
	spec.Recipients, spec.Letter = readRecipients(values), readLetter(values)
	return spec, nil
}

func wrong(field, code, message string) error {
	return coaching.Problemf(coaching.Invalid, code, "%s", message).WithField(field, code, "%s", message)
}

func readDelay(values url.Values, field string) (*coaching.Delay, error) {
	amount, err := strconv.Atoi(trimmed(values.Get(field + "_amount")))
	if err != nil {
		return nil, wrong(field+"_amount", "delay_invalid", "Enter a whole number.")
	}
	return &coaching.Delay{Amount: amount, Unit: coaching.DelayUnit(values.Get(field + "_unit"))}, nil
}

func readLocal(values url.Values, field string) (*coaching.LocalTime, error) {
	at, err := coaching.ParseLocalTime(trimmed(values.Get(field)))
	if err != nil {
		return nil, wrong(field, "local_time_invalid", "Enter a date and a time, like 2026-03-04T09:00.")
	}
	return &at, nil
}

func readRelease(values url.Values) (rule coaching.ReleaseRule, err error) {
	rule.Rule = coaching.ReleaseKind(values.Get("rule"))
	switch rule.Rule {
	case coaching.At:
		rule.At, err = readLocal(values, "at")
	case coaching.AfterPrior:
		rule.Delay, err = readDelay(values, "delay")
		if rule.Delay != nil && rule.Delay.Amount == 0 {
			rule.Delay = nil
		}
	}
	return rule, err
}

func readDue(values url.Values) (*coaching.DueRule, error) {
	switch values.Get("due") {
	case "after":
		delay, err := readDelay(values, "due")
		return &coaching.DueRule{After: delay}, err
	case "at":
		at, err := readLocal(values, "due_at")
		return &coaching.DueRule{At: at}, err
	}
	return nil, nil
}

func readRecipients(values url.Values) []coaching.RecipientSpec {
	var out []coaching.RecipientSpec
	for _, role := range []string{"coachee", "coach"} {
		if how := values.Get(role); how != "" {
			out = append(out, coaching.RecipientSpec{Role: role, Optional: how == "optional"})
		}
	}
	for n := range 60 {
		prefix := "r" + strconv.Itoa(n) + "_"
		optional := values.Get(prefix+"optional") != ""
		email, name := trimmed(values.Get(prefix+"email")), trimmed(values.Get(prefix+"name"))
		switch person := optionalID(values.Get(prefix + "person")); {
		case person != nil && values.Get(prefix+"keep") != "":
			out = append(out, coaching.RecipientSpec{PersonID: person, Optional: optional})
		case person == nil && (email != "" || name != ""):
			out = append(out, coaching.RecipientSpec{Email: email, Name: name, Optional: optional})
		}
	}
	return out
}

func readLetter(values url.Values) *coaching.LetterSpec {
	subject, body := trimmed(values.Get("letter_subject")), strings.ReplaceAll(values.Get("letter_body"), "\r\n", "\n")
	if subject == "" && trimmed(body) == "" {
		return nil
	}
	return &coaching.LetterSpec{Subject: subject, Body: body}
}

// valuesOf fills the form with an item.
func valuesOf(spec coaching.ItemSpec) url.Values {
	values := url.Values{"title": {spec.Title}, "form_id": {idText(spec.FormID)}, "rule": {string(spec.Release.Rule)},
		"delay_amount": {"0"}, "delay_unit": {"days"}, "due_amount": {"7"}, "due_unit": {"days"}}
	if spec.Release.At != nil {
		values.Set("at", spec.Release.At.String())
	}
	if d := spec.Release.Delay; d != nil {
		values.Set("delay_amount", strconv.Itoa(d.Amount))
		values.Set("delay_unit", string(d.Unit))
	}
	setDue(values, spec.Due)
	setRecipients(values, spec.Recipients)
	if spec.Letter != nil {
		values.Set("letter_subject", spec.Letter.Subject)
		values.Set("letter_body", spec.Letter.Body)
	}
	return values
}

func setDue(values url.Values, due *coaching.DueRule) {
	switch {
	case due == nil:
		values.Set("due", "none")
	case due.At != nil:
		values.Set("due", "at")
		values.Set("due_at", due.At.String())
	case due.After != nil:
		values.Set("due", "after")
		values.Set("due_amount", strconv.Itoa(due.After.Amount))
		values.Set("due_unit", string(due.After.Unit))
	}
}

func setRecipients(values url.Values, recipients []coaching.RecipientSpec) {
	n := 0
	for _, r := range recipients {
		how := "required"
		if r.Optional {
			how = "optional"
		}
		if r.Role != "" {
			values.Set(r.Role, how)
			continue
		}
		prefix := "r" + strconv.Itoa(n) + "_"
		n++
		values.Set(prefix+"email", r.Email)
		values.Set(prefix+"name", r.Name)
		if r.PersonID != nil && *r.PersonID != uuid.Nil {
			values.Set(prefix+"person", r.PersonID.String())
			values.Set(prefix+"keep", "yes")
		}
		if r.Optional {
			values.Set(prefix+"optional", "yes")
		}
	}
}

var (
	units = []option{{"hours", "hours"}, {"days", "days"}, {"business_days", "business days"}}
	asked = []option{{"", "Does not get it"}, {"required", "Must answer"}, {"optional", "May answer"}}
)

func or(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}

// placeholderList names what a letter about a form can have filled in.
func placeholderList() string {
	return "{{" + strings.Join(coaching.Letters[coaching.FormRequest].Placeholders, "}}, {{") + "}}"
}
