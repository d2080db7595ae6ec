package web

import (
	"github.com/gin-gonic/gin"

	"coachflow/web/serve"
)

var inboundStates = []option{{Value: "quarantined", Label: "In quarantine"}, {Value: "", Label: "All"}, {Value: "received", Label: "Received"}, {Value: "posted", Label: "Posted"}, {Value: "filed", Label: "File shared"}, {Value: "duplicate", Label: "Duplicate"}, {Value: "ignored", Label: "Ignored"}, {Value: "discarded", Label: "Discarded"}}

func (p *Pages) registerQuarantine(engine *gin.Engine) {
	p.get(engine, "/quarantine", adminPage(listInbound))
	p.get(engine, "/quarantine/:id", adminPage(showInbound))
	p.get(engine, "/quarantine/:id/raw", adminPage(rawInbound))
	p.post(engine, "/quarantine/:id/release", adminPage(decideInbound("release")))
	p.post(engine, "/quarantine/:id/discard", adminPage(decideInbound("discard")))
}

func listInbound(v *request) error {
	state, given := v.GetQuery("state")
	if !given {
		state = "quarantined"
	}
	list, err := v.app().ListInboundMails(v.ctx, v.who, state, v.paging())
	if err != nil {
		return err
	}
	return v.show("Quarantine", "quarantine", nil, inboundPage(list, state, v.zone))
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
	serve.File(v.Context, "mail-"+id.String()+".txt", "text/plain", raw)
	return nil
}

func decideInbound(what string) handler {
	return func(v *request) error {
		id, err := v.id("id")
		if err != nil {
			return err
		}
		v.back = "/quarantine/" + id.String()
		if what == "release" {
			if _, err = v.app().ReleaseInboundMail(v.ctx, v.who, id); err != nil {
				return err
			}
			return v.done(v.back, "The mail is let through. It is posted in a moment.")
		}
		if _, err = v.app().DiscardInboundMail(v.ctx, v.who, id); err != nil {
			return err
		}
		return v.done("/quarantine", "The mail is put aside for good.")
	}
}
