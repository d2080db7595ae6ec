package web

import (
	"github.com/gin-gonic/gin"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/serve"
)

// inboundLook is how mail that came in can be looked at.
var inboundLook = listLook{Path: "/quarantine", Search: "Search by coach, client or sender", Sorts: []option{urgentFirst, newestFirst}, Chips: []listChip{
	{"In quarantine", "state", "quarantined"}, {"Ignored as automatic", "state", "ignored"}, {"All", "state", ""}, {"Received", "state", "received"}, {"Posted", "state", "posted"},
	{"File shared", "state", "filed"}, {"Taken for a session", "state", "taken"}, {"Duplicate", "state", "duplicate"}, {"Discarded", "state", "discarded"}}}

func (p *Pages) registerQuarantine(engine *gin.Engine) {
	p.get(engine, "/quarantine", adminPage(listInbound))
	p.get(engine, "/quarantine/:id", adminPage(showInbound))
	p.get(engine, "/quarantine/:id/raw", adminPage(rawInbound))
	p.post(engine, "/quarantine/:id/release", adminPage(releaseInbound))
	p.post(engine, "/quarantine/:id/discard", adminPage(discardInbound))
}

// listInbound shows the quarantine, unless another state is asked for.
func listInbound(v *request) error {
	state := v.filter(inboundLook, "state")
	list, err := v.app().FindInboundMails(v.ctx, v.who, app.InboundMailFilter{ListQuery: v.listQuery(), State: state})
	if err != nil {
		return err
	}
	return v.show("Quarantine", "quarantine", nil, inboundPage(lay(v, inboundLook, list), state))
}

func showInbound(v *request) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	m, err := v.app().GetInboundMail(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	return v.show("Mail received", "quarantine", nil, inboundMailPage(m, v.zone))
}

func rawInbound(v *request) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	raw, err := v.app().RawInboundMail(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	serve.Stream(v.Context, "mail-"+id.String()+".txt", "text/plain", raw, raw.Size)
	return nil
}

func releaseInbound(v *request) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	v.back = "/quarantine/" + id.String()
	m, err := v.app().ReleaseInboundMail(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	return v.done(v.back, releasedWords(m))
}

func discardInbound(v *request) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	v.back = "/quarantine/" + id.String()
	if _, err = v.app().DiscardInboundMail(v.ctx, v.who, id); err != nil {
		return err
	}
	return v.done("/quarantine", "The mail is put aside for good.")
}

// releasedWords say what became of a mail that was let through.
func releasedWords(m app.InboundMail) string {
	switch {
	case m.Aside():
		return "The mail stays where it is, for another reason: see below."
	case m.State == string(coaching.InboundPosted):
		return "The mail is let through, and posted."
	case m.State == string(coaching.InboundTaken):
		return "The mail is let through, and counts."
	case m.State == string(coaching.InboundFiled):
		return "The mail is let through, and its file is shared."
	case m.State == string(coaching.InboundDuplicate):
		return "The same mail was posted before, so it is not posted again."
	}
	return "The mail is let through. It is posted in a moment."
}

// inboundBadge is the state of a mail as its badge shows it.
func inboundBadge(m app.InboundMail) string {
	if m.BeingPosted() {
		return "being posted"
	}
	return m.State
}

func inboundURL(m app.InboundMail) string { return "/quarantine/" + m.ID.String() }

// inboundList is the list in which a mail is found.
func inboundList(m app.InboundMail) string {
	if m.State == string(coaching.InboundIgnored) {
		return "/quarantine?state=ignored"
	}
	return "/quarantine"
}

// inboundAbout says what the mails of a state are.
func inboundAbout(state string) string {
	switch state {
	case string(coaching.InboundQuarantined):
		return "Mail to system addresses, and to those of sessions, that was put aside and did not count, each with its reason. Nothing of it is lost."
	case string(coaching.InboundIgnored):
		return "Mail to system addresses that machines sent, by its signs: automatic replies, lists, delivery reports, our own mail that came back. It was not posted, and nobody was told. Let through what a person wrote."
	}
	return "What came to system addresses."
}

func downloadLabel(m app.InboundMail) string {
	if m.HeaderOnly {
		return "Download its header"
	}
	return "Download the mail as it came"
}

// inboundAdvice says what can be done about a mail that was put aside.
func inboundAdvice(m app.InboundMail) string {
	switch {
	case m.BeingPosted():
		return "It is let through, and is posted in a moment."
	case m.NotReleasable != "":
		return m.NotReleasable
	case m.Releasable && m.SessionID != nil:
		return "Let it through only if you know that the attendee in whose name it came sent it: it counts as theirs then, and words go on to the coach."
	case m.Releasable:
		return "Let it through only if you know that the person whose address it is wrote it: it is posted in their name, and the other side gets it."
	}
	return ""
}
