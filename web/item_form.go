package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/outbox"
	"coachflow/web/parts"
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
	// Reminders are those of the organization, in words.
	Reminders app.ItemReminders
	Rows      []recipientRow
	// Upload and Library are the files of a kind that has some: what is chosen, and what else
	// there is.
	Upload  parts.UploadField
	Library []option
	// Items are the program's, for the words about an item's place in it.
	Items []itemView
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

// kind is what the item is, or is to be.
func (f itemForm) kind() coaching.ItemKind {
	if f.Item != nil {
		return f.Item.Kind
	}
	if kind := coaching.ItemKind(f.Values.Get("kind")); slices.Contains(coaching.ItemKinds, kind) {
		return kind
	}
	return coaching.FormItem
}

func (f itemForm) rules() coaching.KindRules { return f.kind().Rules() }

func (f itemForm) words() coaching.KindWords { return f.rules().Words }

// descriptionHint says where the description stands, and how it is written.
func (f itemForm) descriptionHint() string {
	hint := "Stands in the mail and on the page of the " + f.words().Noun + "; the recipients read it. "
	if f.rules().Markdown {
		return hint + "In Markdown: **bold**, lists, [words](https://…) for links; an empty line begins a paragraph."
	}
	return hint + "Plain text; an empty line begins a paragraph."
}

func (f itemForm) descriptionLabel() string {
	if f.rules().Meets {
		return "What it is about"
	}
	return "What is to be done"
}

func (f itemForm) optionalLabel() string {
	if f.rules().Meets {
		return "May attend, but need not"
	}
	return "May answer, but need not"
}

func (f itemForm) title() string {
	if f.Item == nil {
		return "Add a " + f.words().Noun + " to the program"
	}
	return "Change “" + f.Item.Title + "”"
}

func (f itemForm) is(name, value string) bool { return f.Values.Get(name) == value }

// moreRows is how many empty rows for recipients a form offers, and mostRows how
// many rows are read.
const (
	moreRows = 2
	mostRows = 60
)

func newItem(v *request) error {
	view, err := v.runEngagement("program")
	if err != nil {
		return err
	}
	if view.over() {
		return coaching.Problemf(coaching.Conflict, "engagement_over", "The engagement is %s; its program cannot be changed.", view.Status)
	}
	shown, program, err := v.program(view)
	if err != nil {
		return err
	}
	v.takeUploads()
	form := itemForm{View: view, Values: v.form, Items: shown.Items}
	if !v.posted() {
		form.Values = usualItem(coaching.ItemKind(v.Query("kind")))
		form.Values.Set("kind", v.Query("kind"))
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

func changeItem(v *request) error {
	item, program, err := v.item()
	if err != nil {
		return err
	}
	if !item.canChange() {
		v.back = item.anchor()
		return coaching.Problemf(coaching.Conflict, "item_issued", "“%s” is %s and cannot be changed.", item.Title, statusWords(item.Status))
	}
	v.takeUploads()
	form := itemForm{View: item.engagement, Item: &item, Values: v.form}
	if !v.posted() {
		form.Values = valuesOf(item.ItemSpec)
		form.Values.Set("kind", string(item.Kind))
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
func (v *request) editWithForm(form itemForm, program app.Program, items func(coaching.ItemSpec) []app.EditItem) error {
	if v.form.Get("action") == "back" || v.refused != nil {
		return v.showItemForm(form, program, v.refused)
	}
	present := coaching.ItemSpec{Kind: form.kind()}
	done := "The item is added."
	if form.Item != nil {
		present, done = form.Item.ItemSpec, "The item is changed."
	}
	spec, err := readItem(v.form, present, form.dueOnly())
	if err != nil {
		return v.showItemForm(form, program, err)
	}
	if spec.FormID != nil && spec.Title == "" {
		sent, err := v.app().GetForm(v.ctx, v.who, *spec.FormID)
		if _, told := coaching.AsProblem(err); told {
			return v.showItemForm(form, program, err)
		}
		if err != nil {
			return err
		}
		spec.Title = sent.Name
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

func (v *request) showItemForm(form itemForm, program app.Program, problem error) error {
	forms, err := everyPage(func(at app.Paging) (app.Page[app.Form], error) { return v.app().ListForms(v.ctx, v.who, at) })
	if err != nil {
		return err
	}
	form.Forms = []option{{Value: "", Label: "Please choose"}}
	for _, f := range forms {
		form.Forms = append(form.Forms, option{Value: f.ID.String(), Label: f.Name})
	}
	for i, item := range program.Items {
		form.Places = append(form.Places, option{Value: strconv.Itoa(i), Label: "Before " + strconv.Itoa(i+1) + ". " + item.Title})
	}
	form.Places = append(form.Places, option{Value: "", Label: "At the end"})
	if form.Reminders, err = v.app().RemindersOfItems(v.ctx, v.who); err != nil {
		return err
	}
	form.Faults = itemFaults(problem, form.Values)
	if form.rules().TakesFiles() {
		if err := v.offerFiles(&form); err != nil {
			return err
		}
	}
	if form.Rows, err = v.recipientRows(form.Values); err != nil {
		return err
	}
	return v.show(form.title(), "engagements", problem, itemFormPage(form))
}

// recipientRows are the typed recipients, and room for more.
func (v *request) recipientRows(values url.Values) ([]recipientRow, error) {
	names, err := v.namesIn(values)
	if err != nil {
		return nil, err
	}
	var rows []recipientRow
	for n := range mostRows {
		prefix := "r" + strconv.Itoa(n) + "_"
		row := recipientRow{Prefix: prefix, Email: values.Get(prefix + "email"), Name: values.Get(prefix + "name"),
			Person: values.Get(prefix + "person"), Optional: values.Get(prefix+"optional") != ""}
		if id := optionalID(row.Person); id != nil {
			row.Name = names[*id]
		}
		if row.Email == "" && row.Name == "" && row.Person == "" {
			continue
		}
		rows = append(rows, row)
	}
	if !coaching.ItemKind(values.Get("kind")).NeedsAccount() {
		for range moreRows {
			rows = append(rows, recipientRow{})
		}
	}
	for n := range rows {
		rows[n].Prefix = "r" + strconv.Itoa(n) + "_"
	}
	return rows, nil
}

// namesIn are the names of the people of the organization among typed recipients.
func (v *request) namesIn(values url.Values) (map[uuid.UUID]string, error) {
	var ids []uuid.UUID
	for n := range mostRows {
		if id := optionalID(values.Get("r" + strconv.Itoa(n) + "_person")); id != nil {
			ids = append(ids, *id)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return v.app().PeopleNames(v.ctx, v.who, ids)
}

// itemFaults are the messages of a problem by the form's own fields. The app
// names them by their path into the program.
func itemFaults(err error, values url.Values) map[string]string {
	_, recipients := readRecipients(values)
	faults := map[string]string{}
	for path, message := range faultsOf(err) {
		if _, rest, found := strings.Cut(path, "]."); found && strings.HasPrefix(path, "items[") {
			path = rest
		}
		path = strings.TrimPrefix(path, ".")
		if field := recipientField(path, recipients); field != "" {
			faults[field] = message
			continue
		}
		for _, known := range itemFields {
			if path == known.path || strings.HasPrefix(path, known.path+".") || strings.HasPrefix(path, known.path+"[") {
				path = known.field
				break
			}
		}
		faults[path] = message
	}
	return faults
}

// recipientField is the field of the recipient that a path like "recipients[2].email"
// names; fields are those of all recipients.
func recipientField(path string, fields []string) string {
	number, rest, found := strings.Cut(strings.TrimPrefix(path, "recipients["), "]")
	n, err := strconv.Atoi(number)
	if !found || err != nil || n < 0 || n >= len(fields) {
		return ""
	}
	if prefix, is := strings.CutSuffix(fields[n], "email"); is && rest == ".name" {
		return prefix + "name"
	}
	return fields[n]
}

var itemFields = []struct{ path, field string }{
	{"title", "title"}, {"description", "description"}, {"minutes", "minutes"}, {"place", "venue"}, {"booked_by", "booked_by"}, {"form_id", "form_id"}, {"file_ids", "file_ids"}, {"release.at", "at"}, {"release.delay", "delay_amount"}, {"release", "rule"},
	{"due.after", "due_amount"}, {"due.at", "due_at"}, {"due", "due"}, {"recipients", "recipients"}, {"letter.subject", "letter_subject"}, {"letter", "letter_body"},
}

var (
	units = []option{{Value: "hours", Label: "hours"}, {Value: "days", Label: "days"}, {Value: "business_days", Label: "business days"}}
)

// asked are the parts that coachee and coach can have in an item.
func asked(f itemForm) []option {
	if f.rules().Meets {
		return []option{{Value: "", Label: "Does not attend"}, {Value: "required", Label: "Must attend"}, {Value: "optional", Label: "May attend"}}
	}
	return []option{{Value: "", Label: "Does not get it"}, {Value: "required", Label: "Must " + f.words().Act}, {Value: "optional", Label: "May " + f.words().Act}}
}

func or(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}

// placeholderList names what a letter about an item can have filled in.
func placeholderList(kind coaching.ItemKind) string {
	return namesIn(coaching.LettersOf(kind).Request)
}

// namesIn names what a letter can have filled in.
func namesIn(kind coaching.NotificationKind) string {
	letter, _ := outbox.LetterOf(kind)
	return "{{" + strings.Join(letter.Names(), "}}, {{") + "}}"
}
