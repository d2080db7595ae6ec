package web

import (
	"github.com/gin-gonic/gin"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/serve"
)

func (p *Pages) registerMails(engine *gin.Engine) {
	p.get(engine, "/mails", adminPage(listMails))
	p.get(engine, "/mails/:id", mailPage)
	p.get(engine, "/mails/:id/letter", mailLetter)
	p.get(engine, "/mails/:id/calendar", mailCalendar)
}

// mailsLook is how mails can be looked at.
var mailsLook = listLook{Path: "/mails", Search: "Search by recipient", Sorts: []option{urgentFirst, newestFirst}, Chips: []listChip{
	{"All", "state", ""}, {"Planned", "state", "planned"}, {"Held", "state", "held"}, {"Leaving", "state", "sending"}, {"Sent", "state", "sent"}, {"Delivered", "state", "delivered"}, {"Bounced", "state", "bounced"},
	{"Failed", "state", "failed"}, {"Not sent", "state", "suppressed"}, {"Cancelled", "state", "cancelled"}, {"Dropped", "state", "dropped"}}}

func listMails(v *request) error {
	list, err := v.app().FindMails(v.ctx, v.who, app.MailFilter{ListQuery: v.listQuery(), State: v.Query("state")})
	if err != nil {
		return err
	}
	return v.show("Mails", "mails", nil, mailsPage(lay(v, mailsLook, list)))
}

// about says of a mail in a list what it belongs to.
func about(m app.MailRow) string {
	switch {
	case m.ItemTitle != "":
		return m.ItemTitle + ", " + m.EngagementName
	case m.EngagementName != "":
		return m.EngagementName
	}
	return kindWords(m.Kind)
}

// over reports whether a mail was not sent and will not be.
func mailOver(n app.Notification) bool {
	switch coaching.NotificationState(n.State) {
	case coaching.NotificationCancelled, coaching.NotificationSuppressed, coaching.NotificationDropped:
		return true
	}
	return false
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

// mailCalendar hands out the calendar object of a mail as it was sent.
func mailCalendar(v *request) error {
	n, err := v.mail()
	if err != nil {
		return err
	}
	if n.Calendar == "" {
		return serve.ErrMissing
	}
	serve.File(v.Context, "invite.ics", "text/calendar", []byte(n.Calendar))
	return nil
}
