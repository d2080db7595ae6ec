package web

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/mail"
)

func (p *Pages) registerRecords(engine *gin.Engine) {
	p.get(engine, "/streams", listStreams)
	p.get(engine, "/streams/:id", streamPage)
	p.get(engine, "/streams/:id/messages/:message", messageHTML)
	engine.GET("/files/:id/download", p.visited(downloadFile)) // no HEAD: it counts a view
	p.get(engine, "/files/:id/image", showImage)
	p.get(engine, "/mails", adminPage(listMails))
	p.get(engine, "/mails/:id", mailPage)
	p.get(engine, "/mails/:id/letter", mailLetter)
	p.get(engine, "/addresses", listAddresses)
	p.both(engine, "/addresses/:id/regenerate", regenerateAddress)
	p.post(engine, "/addresses/send", sendContacts)
	p.post(engine, "/addresses/take-back/:id", takeContactsBack)
}

// streamView is a conversation as it is shown.
type streamView struct {
	app.Stream
	OpenURL   string // where the conversation is opened that is not yet; empty: it is, or not by this reader
	Missing   bool
	Messages  []app.Message
	Earlier   bool // there are more than are shown
	Files     []app.File
	Older     string // the cursor of the files before these; empty: there are none
	Addresses []app.SystemAddress
	Reader    uuid.UUID
	Zone      *time.Location
}

// latest is how many messages a page shows unless all are asked for, and how
// many files. No person reads past allMessages.
const (
	latest      = 50
	allMessages = 2000
)

func listStreams(v *visit) error {
	list, err := v.app().ListStreams(v.ctx, v.who, v.paging())
	if err != nil {
		return err
	}
	return v.show("Messages", "streams", nil, streamsPage(list))
}

func (v *visit) paging() app.Paging { return app.Paging{After: v.Query("after")} }

func streamPage(v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	s, err := v.app().GetStream(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	view, err := v.stream(s)
	if err != nil {
		return err
	}
	return v.show(s.CoachName+" and "+s.ClientName, "streams", nil, streamOwnPage(view))
}

// stream reads a conversation: its messages, the client's files with who
// viewed them, and the addresses to write to.
func (v *visit) stream(s app.Stream) (streamView, error) {
	view := streamView{Stream: s, Reader: v.who.Person, Zone: v.zone}
	most, all := latest, v.Query("all") != ""
	if all {
		most = allMessages
	}
	messages, earlier, err := v.app().LatestMessages(v.ctx, v.who, s.ID, most)
	if err != nil {
		return view, err
	}
	view.Messages, view.Earlier = messages, earlier && !all
	files, err := v.app().ListFiles(v.ctx, v.who, s.ClientID, app.Paging{After: v.Query("files"), Most: latest})
	if err != nil {
		return view, err
	}
	view.Older, view.Files = files.Next, files.Items
	if v.who.Admin() || s.CoachID == v.who.Person {
		view.Addresses, err = v.app().AddressesOfStream(v.ctx, v.who, s.ID)
	}
	return view, err
}

func noStream(e engagementView) streamView {
	return streamView{Missing: true, OpenURL: e.URL("messages"), Stream: app.Stream{CoachName: e.CoachName, ClientName: e.CoacheeName}}
}

func (s streamView) messageURL(m app.Message) string {
	return "/streams/" + s.ID.String() + "/messages/" + m.ID.String()
}

// writtenBy says who writes to an address and whom it reaches.
func writtenBy(a app.SystemAddress) string {
	if a.Direction == string(coaching.ToClient) {
		return a.CoachName + " writes here, " + a.ClientName + " gets it"
	}
	return a.ClientName + " writes here, " + a.CoachName + " gets it"
}

// messageHTML is a message as it was formatted, for a frame. Its images are put
// into it, since a frame that is shut off has no login to fetch them with.
func messageHTML(v *visit) error {
	stream, err := v.id("id")
	if err != nil {
		return err
	}
	id, err := v.id("message")
	if err != nil {
		return err
	}
	found, err := v.app().ListMessages(v.ctx, v.who, stream, app.Paging{After: before(id).String(), Most: 1})
	if err != nil {
		return err
	}
	if len(found.Items) == 0 || found.Items[0].ID != id || found.Items[0].HTML == "" {
		return errMissing
	}
	message := found.Items[0]
	v.letter("<!DOCTYPE html><meta charset=utf-8><title>Message</title><style>body{font:16px/1.5 sans-serif;margin:1rem;overflow-wrap:anywhere}img{max-width:100%;height:auto}</style>" +
		mail.SanitizeHTML(message.HTML, v.embed(message.Files)))
	return nil
}

// before is the id just below an id, to begin a page with it.
func before(id uuid.UUID) uuid.UUID {
	for i := len(id) - 1; i >= 0; i-- {
		id[i]--
		if id[i] != 0xff {
			break
		}
	}
	return id
}

func (v *visit) embed(files []app.File) func(string) (string, bool) {
	return func(contentID string) (string, bool) {
		for _, f := range files {
			if !f.Inline || f.ContentID != contentID || !mail.Picture(f.ContentType) {
				continue
			}
			_, data, err := v.app().ReadFile(v.ctx, v.who, f.ID)
			if err != nil {
				v.pages.Log.WarnContext(v.ctx, "image of a message not read", "file", f.ID, "error", err)
				return "", false
			}
			return "data:" + safeType(f.ContentType) + ";base64," + base64.StdEncoding.EncodeToString(data), true
		}
		return "", false
	}
}

func downloadFile(v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	file, data, err := v.app().ReadFile(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	sendFile(v.Context, file.Name, file.ContentType, data)
	return nil
}

func showImage(v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	file, err := v.app().GetFile(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	if !file.Inline || !mail.Picture(file.ContentType) {
		return errMissing
	}
	_, data, err := v.app().ReadFile(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	v.Writer.Header().Set("Content-Security-Policy", filePolicy)
	v.Data(http.StatusOK, safeType(file.ContentType), data)
	return nil
}

// mailStates are offered to pick mails by.
var mailStates = []option{{"", "All"}, {"planned", "Planned"}, {"held", "Held"}, {"sending", "Sending"}, {"sent", "Sent"}, {"delivered", "Delivered"}, {"bounced", "Bounced"},
	{"failed", "Failed"}, {"suppressed", "Suppressed"}, {"cancelled", "Cancelled"}, {"dropped", "Dropped"}}

func listMails(v *visit) error {
	state := v.Query("state")
	list, err := v.app().ListNotifications(v.ctx, v.who, nil, state, v.paging())
	if err != nil {
		return err
	}
	return v.show("Mails", "mails", nil, mailsPage(list, state, v.zone))
}

func mailPage(v *visit) error {
	n, err := v.mail()
	if err != nil {
		return err
	}
	section := "mails"
	if !v.who.Admin() {
		section = "engagements"
	}
	return v.show(mailTitle(n, nil), section, nil, mailContent(n, v.zone))
}

func (v *visit) mail() (app.Notification, error) {
	id, err := v.id("id")
	if err != nil {
		return app.Notification{}, err
	}
	return v.app().GetNotification(v.ctx, v.who, id)
}

func mailLetter(v *visit) error {
	n, err := v.mail()
	if err != nil {
		return err
	}
	if n.HTML == "" {
		return errMissing
	}
	v.letter(n.HTML)
	return nil
}

func listAddresses(v *visit) error {
	list, err := v.app().ListSystemAddresses(v.ctx, v.who, nil, v.paging())
	if problem, told := coaching.AsProblem(err); told && problem.Class == coaching.Forbidden {
		return errMissing
	}
	if err != nil {
		return err
	}
	pending, err := v.app().PendingContacts(v.ctx, v.who)
	if err != nil {
		return err
	}
	return v.show("System addresses", addressSection(v.who), nil, addressesPage(addressesView{Page: list, Pending: pending, Admin: v.who.Admin(), Zone: v.zone}))
}

// addressesView is the list of addresses with what is about to leave about them.
type addressesView struct {
	app.Page[app.SystemAddress]
	Pending []app.Notification
	Admin   bool
	Zone    *time.Location
}

// pairs are the conversations of the list, each once.
func (a addressesView) pairs() []option {
	var out []option
	for _, address := range a.Items {
		pair := option{address.StreamID.String(), address.ClientName}
		if a.Admin {
			pair.Label += ", with " + address.CoachName
		}
		if !slices.Contains(out, pair) {
			out = append(out, pair)
		}
	}
	return out
}

func sendContacts(v *visit) error {
	v.back = "/addresses"
	var in app.StreamsInput
	for _, text := range v.form["stream"] {
		if id := optionalID(text); id != nil {
			in.StreamIDs = append(in.StreamIDs, *id)
		}
	}
	if len(in.StreamIDs) == 0 {
		return coaching.Problemf(coaching.Invalid, "streams_not_chosen", "Choose at least one client.")
	}
	send, what := v.app().SendContacts, "contacts"
	if v.field("what") == "addresses" {
		send, what = v.app().SendAddresses, "addresses"
	}
	planned, err := send(v.ctx, v.who, in)
	if err != nil {
		return err
	}
	return v.done(v.back, upperFirst(count(len(planned), "mail", "mails"))+" with "+what+" will leave in "+strconv.Itoa(v.org.UndoSeconds)+" seconds. Until then you can take them back.")
}

func takeContactsBack(v *visit) error {
	v.back = "/addresses"
	id, err := v.id("id")
	if err != nil {
		return err
	}
	n, err := v.app().TakeBackNotification(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	return v.done(v.back, "The mail to "+named(n.RecipientName, n.Address)+" is taken back. Nothing was sent.")
}

func addressSection(who app.Principal) string {
	if who.Admin() {
		return "settings"
	}
	return "addresses"
}

func regenerateAddress(v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	a, err := v.app().GetSystemAddress(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	return v.regenerate(a)
}

func (v *visit) regenerate(a app.SystemAddress) error {
	if !v.posted() {
		return v.confirm(addressSection(v.who), confirmation{Title: "Replace this address?", Action: "/addresses/" + a.ID.String() + "/regenerate", Button: "Replace it",
			Back: "/addresses", Danger: true, Lines: []string{a.Address, writtenBy(a) + ".", "The address dies at once: mail to it goes nowhere from then on. Whoever has it in their contacts needs the new one."}})
	}
	v.back = "/addresses"
	fresh, err := v.app().RegenerateSystemAddress(v.ctx, v.who, a.ID)
	if err != nil {
		return err
	}
	return v.done("/addresses", "The new address is "+fresh.Address)
}

// viewsOf says who has opened a file.
func viewsOf(f app.File, zone *time.Location) string {
	if len(f.Views) == 0 {
		return "Not opened yet by the other side."
	}
	var parts []string
	for _, view := range f.Views {
		text := view.Name + " opened it on " + short(view.FirstAt, zone)
		if view.Views > 1 {
			text += ", " + times(view.Views) + " in all, last on " + short(view.LastAt, zone)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ") + "."
}
