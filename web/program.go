package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/web/serve"
)

func (p *Pages) registerProgram(engine *gin.Engine) {
	p.get(engine, "/engagements/:id", programPage)
	p.get(engine, "/engagements/:id/items/new", newItem)
	p.postFiles(engine, "/engagements/:id/items/new", newItem)
	p.get(engine, "/engagements/:id/items/:item/edit", changeItem)
	p.postFiles(engine, "/engagements/:id/items/:item/edit", changeItem)
	p.get(engine, "/engagements/:id/items/:item/files/:file/replace", replaceFile)
	p.postFiles(engine, "/engagements/:id/items/:item/files/:file/replace", replaceFile)
	p.both(engine, "/engagements/:id/items/:item/remove", removeItem)
	p.both(engine, "/engagements/:id/order", changeOrder)
	p.both(engine, "/engagements/:id/items/:item/skip", skipItem)
	p.both(engine, "/engagements/:id/items/:item/reopen", reopenItem)
	p.post(engine, "/engagements/:id/items/:item/send", sendItem)
	p.post(engine, "/engagements/:id/items/:item/take-back", takeItemBack)
	p.post(engine, "/engagements/:id/items/:item/hold/:recipient", holdReminders(true))
	p.post(engine, "/engagements/:id/items/:item/resume/:recipient", holdReminders(false))
	p.get(engine, "/engagements/:id/items/:item/preview", previewLetter)
	p.get(engine, "/engagements/:id/items/:item/letter", previewLetterHTML)
	p.get(engine, "/engagements/:id/items/:item/answers", itemAnswers)
}

// programView is an engagement's page with its program.
type programView struct {
	engagementView
	Items []itemView
}

func (v *request) program(view engagementView) (programView, app.Program, error) {
	out := programView{engagementView: view}
	program, err := v.app().GetProgram(v.ctx, v.who, view.ID)
	turn := true
	for n, item := range program.Items {
		one := itemView{Item: item, engagement: view, Number: n + 1, Turn: turn, Reader: v.who.Person}
		out.Items = append(out.Items, one)
		turn = turn && one.ended()
	}
	if n := current(out.Items); n >= 0 {
		out.Items[n].Current = true
	}
	return out, program, err
}

func programPage(v *request) error {
	view, err := v.engagement("program")
	if err != nil {
		return err
	}
	program, _, err := v.program(view)
	if err != nil {
		return err
	}
	return v.show(view.Name, "engagements", nil, programContent(program))
}

// item reads an item of the engagement in the path, for those who run it.
func (v *request) item() (itemView, app.Program, error) {
	view, err := v.runEngagement("program")
	if err != nil {
		return itemView{}, app.Program{}, err
	}
	id, err := v.id("item")
	if err != nil {
		return itemView{}, app.Program{}, err
	}
	program, read, err := v.program(view)
	if err != nil {
		return itemView{}, read, err
	}
	for _, item := range program.Items {
		if item.ID == id {
			v.back = ""
			return item, read, nil
		}
	}
	return itemView{}, read, serve.ErrMissing
}

// asEdit is the program as an edit that changes nothing.
func asEdit(program app.Program) []app.EditItem {
	items := make([]app.EditItem, len(program.Items))
	for i, item := range program.Items {
		id := item.ID
		items[i] = app.EditItem{ID: &id, ItemSpec: item.ItemSpec}
	}
	return items
}

// editStep is an edit between its preview and its being applied.
type editStep struct {
	Title, Action, Back string
	Values              url.Values // what makes the edit again, to be posted
	Preview             app.EditPreview
	Running             bool
	Again               bool // the form can be gone back to
}

// edit shows what an edit does, and applies it when that was confirmed.
// program is what it was made upon.
func (v *request) edit(step editStep, program app.Program, items []app.EditItem, done string) error {
	preview, err := v.app().PreviewProgram(v.ctx, v.who, program.EngagementID, items)
	if err != nil {
		return err
	}
	step.Preview, step.Running = preview, program.Status == "active"
	if v.form.Get("action") != "apply" {
		return v.show(step.Title, "engagements", nil, editPreviewPage(step))
	}
	_, err = v.app().EditProgram(v.ctx, v.who, program.EngagementID, atoi(v.form.Get("revision")), items)
	if err != nil {
		return v.show(step.Title, "engagements", err, editPreviewPage(step))
	}
	return v.done(step.Back, done)
}

// place is where an item stands in a program.
func place(program app.Program, id uuid.UUID) int {
	return slices.IndexFunc(program.Items, func(i app.Item) bool { return i.ID == id })
}

func removeItem(v *request) error {
	item, program, err := v.item()
	if err != nil {
		return err
	}
	v.back = item.anchor()
	items, at := asEdit(program), place(program, item.ID)
	step := editStep{Title: "Remove “" + item.Title + "”?", Action: item.URL("remove"), Back: item.engagement.URL("")}
	return v.edit(step, program, slices.Delete(items, at, at+1), "“"+item.Title+"” is removed.")
}

// previewLetter shows a letter of an item as one of its recipients would get it.
func previewLetter(v *request) error {
	item, _, err := v.item()
	if err != nil {
		return err
	}
	v.back = item.anchor()
	letter, err := v.app().PreviewItem(v.ctx, v.who, item.ID, previewInput(v))
	if err != nil {
		return err
	}
	return v.show("Letter of “"+item.Title+"”", "engagements", nil, letterPreviewPage(item, letter, v.Query("kind"), v.Query("recipient")))
}

func previewInput(v *request) app.PreviewInput {
	return app.PreviewInput{Kind: v.Query("kind"), RecipientID: optionalID(v.Query("recipient"))}
}

func previewLetterHTML(v *request) error {
	item, _, err := v.item()
	if err != nil {
		return err
	}
	letter, err := v.app().PreviewItem(v.ctx, v.who, item.ID, previewInput(v))
	if err != nil {
		return err
	}
	v.letter(letter.HTML)
	return nil
}

// letter answers with the HTML of a mail, for a frame.
func (v *request) letter(html string) {
	v.Writer.Header().Set("Content-Security-Policy", serve.LetterPolicy)
	v.Data(http.StatusOK, "text/html; charset=utf-8", []byte(html))
}

func itemAnswers(v *request) error {
	item, _, err := v.item()
	if err != nil {
		return err
	}
	answers, err := v.app().ListAnswers(v.ctx, v.who, item.ID)
	if err != nil {
		return err
	}
	return v.show("Answers to “"+item.Title+"”", "engagements", nil, answersPage(item, answers))
}
