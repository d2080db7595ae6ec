package web

import (
	"encoding/base64"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/mail/receive"
	"coachflow/web/serve"
)

func (p *Pages) registerStreams(engine *gin.Engine) {
	p.get(engine, "/streams", listMessages)
	p.get(engine, "/streams/:id", streamPage)
	p.get(engine, "/streams/:id/messages/:message", messageHTML)
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

// latest is how many messages a page shows unless all are asked for, and how many files.
// No person reads past allMessages.
const (
	latest      = 50
	allMessages = 2000
)

// messagesLook is how messages can be looked at.
var messagesLook = listLook{Path: "/streams", Search: "Search by name or address", Sorts: []option{urgentFirst, newestFirst},
	Chips: []listChip{{"All", "waits", ""}, {"Waiting for the coach", "waits", "true"}}}

// listMessages shows the messages of all conversations that the reader may see; those
// without a message stand above them, so that each can be opened.
func listMessages(v *request) error {
	list, err := v.app().FindMessages(v.ctx, v.who, app.MessageFilter{ListQuery: v.listQuery(), Waits: v.Query("waits") != ""})
	if err != nil {
		return err
	}
	var own []app.Stream
	if !v.who.Admin() {
		streams, err := v.app().ListStreams(v.ctx, v.who, noCursor)
		if err != nil {
			return err
		}
		own = streams.Items
	}
	return v.show("Messages", "streams", nil, messagesContent(lay(v, messagesLook, list), own, v.who))
}

// noCursor is the first page of a list.
var noCursor = app.Paging{Most: 100}

// otherSide is with whom the reader talks in a conversation; for an admin, both.
func otherSide(who app.Principal, coach, client uuid.UUID, coachName, clientName string) string {
	switch who.Person {
	case coach:
		return clientName
	case client:
		return coachName
	}
	return coachName + " and " + clientName
}

func messageLine(m app.MessageRow) string {
	if m.Subject != "" {
		return m.Subject
	}
	return strings.TrimSpace(m.Beginning)
}

func streamPage(v *request) error {
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
func (v *request) stream(s app.Stream) (streamView, error) {
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

// messageHTML is a message as it was formatted, for a frame. Its images are put
// into it, since a frame that is shut off has no login to fetch them with.
func messageHTML(v *request) error {
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
		return serve.ErrMissing
	}
	message := found.Items[0]
	v.letter("<!DOCTYPE html><meta charset=utf-8><title>Message</title><style>body{font:16px/1.5 sans-serif;margin:1rem;overflow-wrap:anywhere}img{max-width:100%;height:auto}</style>" +
		receive.SanitizeHTML(message.HTML, v.embed(message.Files)))
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

func (v *request) embed(files []app.File) func(string) (string, bool) {
	return func(contentID string) (string, bool) {
		for _, f := range files {
			if !f.Inline || f.ContentID != contentID || !receive.Picture(f.ContentType) {
				continue
			}
			_, data, err := v.app().ReadFile(v.ctx, v.who, f.ID)
			if err != nil {
				v.pages.Log.WarnContext(v.ctx, "image of a message not read", "file", f.ID, "error", err)
				return "", false
			}
			return "data:" + serve.SafeType(f.ContentType) + ";base64," + base64.StdEncoding.EncodeToString(data), true
		}
		return "", false
	}
}
