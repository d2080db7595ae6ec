package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
)

func (p *Pages) registerProgram(engine *gin.Engine) {
	p.get(engine, "/engagements/:id", programPage)
	p.both(engine, "/engagements/:id/items/new", newItem)
	p.both(engine, "/engagements/:id/items/:item/edit", changeItem)
	p.both(engine, "/engagements/:id/items/:item/remove", removeItem)
	p.both(engine, "/engagements/:id/items/:item/up", moveItem(-1))
	p.both(engine, "/engagements/:id/items/:item/down", moveItem(+1))
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

// itemView is an item with what its reader may do with it.
type itemView struct {
	app.Item
	engagement  engagementView
	Number      int
	First, Last bool
	Reader      uuid.UUID
}

// URL is a page of the item.
func (i itemView) URL(page string) string {
	return i.engagement.URL("items/" + i.ID.String() + "/" + page)
}

// anchor is where the item stands on the program's page.
func (i itemView) anchor() string { return i.engagement.URL("") + "#item-" + i.ID.String() }

func (i itemView) running() bool {
	return i.engagement.MayRun && i.engagement.StartedAt != nil && !i.engagement.over()
}

func (i itemView) ended() bool   { return i.Status == "completed" || i.Status == "skipped" }
func (i itemView) issued() bool  { return i.IssuedAt != nil }
func (i itemView) canEdit() bool { return i.engagement.MayRun && !i.engagement.over() }
func (i itemView) canChange() bool {
	return i.canEdit() && (i.Status == "waiting" || i.Status == "open")
}
func (i itemView) canSend() bool   { return i.running() && !i.ended() && i.SendAt == nil }
func (i itemView) canTake() bool   { return i.running() && i.SendAt != nil && !i.ended() }
func (i itemView) canSkip() bool   { return i.running() && !i.ended() }
func (i itemView) canReopen() bool { return i.running() && i.ended() }
func (i itemView) answered() int {
	n := 0
	for _, r := range i.To {
		if r.AnsweredAt != nil {
			n++
		}
	}
	return n
}

func (i itemView) sendWord() string {
	if i.issued() {
		return "Send again"
	}
	return "Send now"
}

// mine is the reader's own place among the recipients.
func (i itemView) mine() *app.ItemRecipient {
	for n := range i.To {
		if i.To[n].PersonID != nil && *i.To[n].PersonID == i.Reader {
			return &i.To[n]
		}
	}
	return nil
}

// myPart says to a coachee what an item is to them.
func (i itemView) myPart() string {
	mine := i.mine()
	switch {
	case mine == nil || !i.issued():
		return ""
	case mine.AnsweredAt != nil:
		return "You answered on " + short(*mine.AnsweredAt, i.engagement.Zone) + "."
	case i.Status == "open":
		return "It waits for your answers. The link to it is in the mail that you got on " + short(*i.IssuedAt, i.engagement.Zone) + "."
	}
	return ""
}

// sentence says what comes next, or how it ended.
func (i itemView) sentence() string {
	if next := nextSentence(i.Item, i.engagement.Zone); next != "" {
		return next
	}
	switch {
	case i.Status == "completed" && i.DoneAt != nil:
		return "Completed on " + full(*i.DoneAt, i.engagement.Zone) + "."
	case i.Status == "skipped" && i.DoneAt != nil:
		return "Skipped on " + full(*i.DoneAt, i.engagement.Zone) + "."
	case i.Status == "open":
		return "All reminders have been sent."
	}
	return ""
}

func (i itemView) releaseWords() string {
	switch i.Release.Rule {
	case coaching.At:
		return "Goes out at a fixed time: " + wall(*i.Release.At) + ", the recipient's time"
	case coaching.AfterPrior:
		if d := i.Release.Delay; d != nil && d.Amount > 0 {
			return "Goes out " + delayWords(*d) + " after the item before it is complete"
		}
		return "Goes out when the item before it is complete"
	}
	return "Is sent by hand"
}

func (i itemView) dueWords() string {
	switch {
	case i.DueAt != nil:
		return "Due on " + full(*i.DueAt, i.engagement.Zone)
	case i.Due == nil:
		return ""
	case i.Due.At != nil:
		return "Due on " + wall(*i.Due.At) + ", the recipient's time"
	}
	return "Due " + delayWords(*i.Due.After) + " after it went out"
}

// wall shows a date and a time of day that belong to no zone yet.
func wall(l coaching.LocalTime) string {
	return l.In(time.UTC).Format("Monday, 2 January 2006, 15:04")
}

func delayWords(d coaching.Delay) string {
	unit := strings.ReplaceAll(string(d.Unit), "_", " ")
	if d.Amount == 1 {
		unit = strings.TrimSuffix(unit, "s")
	}
	return strconv.Itoa(d.Amount) + " " + unit
}

func (v *visit) program(view engagementView) (programView, app.Program, error) {
	out := programView{engagementView: view}
	program, err := v.app().GetProgram(v.ctx, v.who, view.ID)
	for n, item := range program.Items {
		out.Items = append(out.Items, itemView{Item: item, engagement: view, Number: n + 1, First: n == 0, Last: n == len(program.Items)-1, Reader: v.who.Person})
	}
	return out, program, err
}

func programPage(v *visit) error {
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
func (v *visit) item() (itemView, app.Program, error) {
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
	return itemView{}, read, errMissing
}

// actOnItem runs one act and goes back to the item.
func actOnItem(v *visit, act func(itemView) error, done func(itemView) string) error {
	item, _, err := v.item()
	if err != nil {
		return err
	}
	v.back = item.anchor()
	if err := act(item); err != nil {
		return err
	}
	return v.done(item.anchor(), done(item))
}

func sendItem(v *visit) error {
	return actOnItem(v, func(i itemView) error {
		_, err := v.app().SendItem(v.ctx, v.who, i.ID)
		return err
	}, func(i itemView) string {
		return "“" + i.Title + "” leaves in " + strconv.Itoa(v.org.UndoSeconds) + " seconds. Until then you can take it back."
	})
}

func takeItemBack(v *visit) error {
	return actOnItem(v, func(i itemView) error {
		_, err := v.app().TakeItemBack(v.ctx, v.who, i.ID)
		return err
	}, func(i itemView) string { return "“" + i.Title + "” is taken back. Nothing was sent." })
}

func skipItem(v *visit) error {
	if v.posted() {
		return actOnItem(v, func(i itemView) error {
			_, err := v.app().SkipItem(v.ctx, v.who, i.ID)
			return err
		}, func(i itemView) string { return "“" + i.Title + "” is skipped." })
	}
	item, _, err := v.item()
	if err != nil {
		return err
	}
	return v.confirm("engagements", confirmation{Title: "Skip “" + item.Title + "”?", Action: item.URL("skip"), Button: "Skip it", Back: item.anchor(),
		Lines: []string{"It ends without an answer, and nobody is reminded of it any more.", "If the item after it waits for this one, it goes out by its rule. You can reopen this one later."}})
}

func reopenItem(v *visit) error {
	if v.posted() {
		return actOnItem(v, func(i itemView) error {
			_, err := v.app().ReopenItem(v.ctx, v.who, i.ID)
			return err
		}, func(i itemView) string { return "“" + i.Title + "” is open again." })
	}
	item, _, err := v.item()
	if err != nil {
		return err
	}
	line := "It was never sent. It waits again, to be sent by hand."
	if item.issued() {
		line = "The recipients can answer again, by the link that they have, in a new round. Earlier answers are kept. No mail is sent by this; use “Send again” for that."
	}
	return v.confirm("engagements", confirmation{Title: "Reopen “" + item.Title + "”?", Action: item.URL("reopen"), Button: "Reopen it", Back: item.anchor(),
		Lines: []string{line, "What was sent after it stays sent."}})
}

func holdReminders(held bool) handler {
	return func(v *visit) error {
		recipient, err := v.id("recipient")
		if err != nil {
			return err
		}
		return actOnItem(v, func(i itemView) error {
			_, err := v.app().HoldFollowUp(v.ctx, v.who, i.ID, recipient, held)
			return err
		}, func(itemView) string {
			if held {
				return "Reminders to this recipient are held."
			}
			return "Reminders to this recipient go out again."
		})
	}
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
func (v *visit) edit(step editStep, program app.Program, items []app.EditItem, done string) error {
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

func removeItem(v *visit) error {
	item, program, err := v.item()
	if err != nil {
		return err
	}
	v.back = item.anchor()
	items, at := asEdit(program), place(program, item.ID)
	step := editStep{Title: "Remove “" + item.Title + "”?", Action: item.URL("remove"), Back: item.engagement.URL("")}
	return v.edit(step, program, slices.Delete(items, at, at+1), "“"+item.Title+"” is removed.")
}

func moveItem(by int) handler {
	return func(v *visit) error {
		item, program, err := v.item()
		if err != nil {
			return err
		}
		v.back = item.anchor()
		items, at := asEdit(program), place(program, item.ID)
		if at+by < 0 || at+by >= len(items) {
			return coaching.Problemf(coaching.Conflict, "position_out_of_range", "The item stands at the end already.")
		}
		items[at], items[at+by] = items[at+by], items[at]
		step := editStep{Title: "Move “" + item.Title + "”?", Action: item.URL(map[int]string{-1: "up", 1: "down"}[by]), Back: item.anchor()}
		return v.edit(step, program, items, "“"+item.Title+"” is moved.")
	}
}

// previewLetter shows a letter of an item as one of its recipients would get it.
func previewLetter(v *visit) error {
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

func previewInput(v *visit) app.PreviewInput {
	return app.PreviewInput{Kind: v.Query("kind"), RecipientID: optionalID(v.Query("recipient"))}
}

func previewLetterHTML(v *visit) error {
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
func (v *visit) letter(html string) {
	v.Writer.Header().Set("Content-Security-Policy", letterPolicy)
	v.Data(http.StatusOK, "text/html; charset=utf-8", []byte(html))
}

func itemAnswers(v *visit) error {
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

func sendClass(i itemView) string {
	if i.issued() {
		return "btn-sm"
	}
	return "btn-sm btn-primary"
}

func recipientOptions(i itemView) []option {
	var options []option
	for _, r := range i.To {
		options = append(options, option{r.ID.String(), named(r.Name, r.Address)})
	}
	return options
}

func letterQuery(kind, recipient string) string {
	return "?" + url.Values{"kind": {kind}, "recipient": {recipient}}.Encode()
}
