package web

import (
	"github.com/gin-gonic/gin"

	"coachflow/app"
	"coachflow/web/serve"
)

func (p *Pages) registerMails(engine *gin.Engine) {
	p.get(engine, "/mails", adminPage(listMails))
	p.get(engine, "/mails/:id", mailPage)
	p.get(engine, "/mails/:id/letter", mailLetter)
}

// mailStates are offered to pick mails by.
var mailStates = []option{{"", "All"}, {"planned", "Planned"}, {"held", "Held"}, {"sending", "Sending"}, {"sent", "Sent"}, {"delivered", "Delivered"}, {"bounced", "Bounced"},
	{"failed", "Failed"}, {"suppressed", "Suppressed"}, {"cancelled", "Cancelled"}, {"dropped", "Dropped"}}

func listMails(v *request) error {
	state := v.Query("state")
	list, err := v.app().ListNotifications(v.ctx, v.who, nil, state, v.paging())
	if err != nil {
		return err
	}
	return v.show("Mails", "mails", nil, mailsPage(list, state, v.zone))
}

func mailPage(v *request) error {
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

func (v *request) mail() (app.Notification, error) {
	id, err := v.id("id")
	if err != nil {
		return app.Notification{}, err
	}
	return v.app().GetNotification(v.ctx, v.who, id)
}

func mailLetter(v *request) error {
	n, err := v.mail()
	if err != nil {
		return err
	}
	if n.HTML == "" {
		return serve.ErrMissing
	}
	v.letter(n.HTML)
	return nil
}
