package web

import (
	"time"

	"coachflow/app"
	"coachflow/coaching"
)

func (i invented) mailRows() []app.MailRow {
	var out []app.MailRow
	for _, n := range i.mails() {
		out = append(out, app.MailRow{Notification: n, ItemTitle: "Your goals", EngagementName: "Leadership coaching 2026"})
	}
	out[2].ItemTitle, out[2].EngagementName = longTitle, hebrewTitle
	invitation := app.MailRow{Notification: i.mail("invitation", "Ada Admin invites you to Northlight Coaching", "sending", "")}
	return append(out, invitation)
}

func (i invented) messageRows() []app.MessageRow {
	row := func(author, subject, beginning string, waits bool) app.MessageRow {
		return app.MessageRow{ID: inventedID(author + subject), StreamID: inventedID("stream"), CoachID: i.coach.Person, CoachName: i.coach.Name, ClientID: inventedID(author), ClientName: author, AuthorName: author,
			Subject: subject, Beginning: beginning, PostedAt: i.now.Add(-day), Waits: waits}
	}
	return []app.MessageRow{row("Amara Okafor", "Before Thursday", "", true), row(longName, longTitle, "", false), row(arabicName, "", "مرحبا، هل يمكننا أن نلتقي يوم الخميس؟", true), row("Ben Bergmann", "", "Thank you, that helps.", false)}
}

func (i invented) inboundMails() []app.InboundMail {
	mail := func(from, subject, state, reason string) app.InboundMail {
		return app.InboundMail{ID: inventedID(from + state), From: from, Subject: subject, State: state, Reason: reason, Size: 48_000, Releasable: state == "quarantined" && reason != "mail_too_large", ReceivedAt: i.now.Add(-5 * 3600e9)}
	}
	large, decided := mail("", "", "quarantined", "mail_too_large"), mail("amara@example.com", "Re: Before Thursday", "posted", "")
	answer := mail("amara@example.com", "Accepted: Half-time", "quarantined", "sender_not_attendee")
	answer.SessionID = new(inventedID("meeting"))
	decided.ReleasedAt = i.ahead(-3600e9)
	return []app.InboundMail{mail(longAddress, longTitle, "quarantined", "dmarc_failed"), large, mail("muhammad@example.com", arabicName, "quarantined", "sender_unknown"), decided, mail("spam@example.com", "You have won", "discarded", "not_authenticated"), answer}
}

func (i invented) inboundRows() app.Listing[app.InboundMailRow] {
	out := app.Listing[app.InboundMailRow]{Next: "next", Counts: app.Counts{"state": counted(map[string]int{"": 40, "quarantined": 3, "ignored": 12, "posted": 25})}}
	for _, m := range i.inboundMails() {
		out.Items = append(out.Items, app.InboundMailRow{InboundMail: m})
	}
	return out
}

func (i invented) inbox() []Sample {
	messages := inventedPlace{title: "Messages", key: "streams", path: "/streams"}
	asCoach, nothing := messages, messages
	asCoach.who, nothing.query = i.coach, "q=Zoë"
	rows := app.Listing[app.MessageRow]{Items: i.messageRows(), Next: "next", Narrow: true, Counts: app.Counts{"waits": counted(map[string]int{"": 214, "true": 2})}}
	own := []app.Stream{i.stream(i.coach).Stream, {ID: inventedID("other"), CoachID: i.coach.Person, CoachName: i.coach.Name, ClientID: inventedID("long"), ClientName: longName}}
	mails := inventedPlace{title: "Mails", key: "mails", path: "/mails"}
	noMails := mails
	noMails.query = "q=Zoë"
	mailRows := app.Listing[app.MailRow]{Items: i.mailRows(), Next: "next", Counts: app.Counts{"state": counted(map[string]int{"": 96, "planned": 12, "held": 3, "sent": 7, "delivered": 70, "bounced": 1, "failed": 1})}}
	one := func(title string) inventedPlace {
		return inventedPlace{title: title, key: "mails", path: "/mails/one"}
	}
	sent := i.mails()[2]
	sent.HTML, sent.Text, sent.MessageID, sent.TemplateVersion = "<p>Hello</p>", "Hello Amara Okafor,\n\nplease fill out “Your goals”.\n\n(the personal link)", "<0198f2a4c1d77d3cb6e1f0a2@mail.coachflow.example>", "form_request-default-1f0a2c"
	quarantine := inventedPlace{title: "Quarantine", key: "quarantine", path: "/quarantine"}
	held := func(n int, name string) Sample {
		at := quarantine
		at.title, at.path = "Mail received", "/quarantine/one"
		return i.page(name, at, inboundMailPage(i.inboundMails()[n], i.zone))
	}
	addresses := inventedPlace{title: "System addresses", key: "addresses", path: "/addresses"}
	addressesOfCoach := addresses
	addressesOfCoach.who = i.coach
	stream := asCoach
	stream.title, stream.path = "Jonas Weber and Amara Okafor", "/streams/one"
	contacts := i.mail("contacts_for_coach", "", "planned", "")
	invitation := i.mail("session_rescheduled", "Changed: Half-time", "delivered", "")
	invitation.Calendar = "BEGIN:VCALENDAR"
	invitation.Entry = &app.Entry{Method: coaching.CalendarRequest, UID: inventedID("meeting").String() + "@example.com", Sequence: 2, StartsAt: *i.ahead(3 * day), EndsAt: i.ahead(3 * day).Add(time.Hour), Title: "Half-time", Place: "https://meet.example.com/northlight"}
	uninvited := i.mail("session_removed", "", "planned", "")
	uninvited.Entry = &app.Entry{Method: coaching.CalendarCancel, UID: invitation.Entry.UID, Sequence: 3, StartsAt: invitation.Entry.StartsAt, EndsAt: invitation.Entry.EndsAt, Title: "Half-time"}
	return in("Messages and mails",
		i.page("messages", messages, messagesContent(lay(i.request(messages), messagesLook, rows), nil, i.admin)), i.page("messages-coach", asCoach, messagesContent(lay(i.request(asCoach), messagesLook, rows), own, i.coach)),
		i.page("messages-none", messages, messagesContent(lay(i.request(messages), messagesLook, app.Listing[app.MessageRow]{}), nil, i.admin)), i.page("messages-nothing-found", nothing, messagesContent(lay(i.request(nothing), messagesLook, app.Listing[app.MessageRow]{}), nil, i.admin)),
		i.page("conversation", stream, streamOwnPage(i.stream(i.coach))),
		i.page("mails", mails, mailsPage(lay(i.request(mails), mailsLook, mailRows))), i.page("mails-none", mails, mailsPage(lay(i.request(mails), mailsLook, app.Listing[app.MailRow]{}))), i.page("mails-nothing-found", noMails, mailsPage(lay(i.request(noMails), mailsLook, app.Listing[app.MailRow]{}))),
		i.page("mail", one(sent.Subject), mailContent(sent, i.zone)), i.page("mail-planned", one("Reminder of a form"), mailContent(i.mails()[3], i.zone)),
		i.page("mail-calendar", one(invitation.Subject), mailContent(invitation, i.zone)), i.page("mail-calendar-planned", one("No longer expected at a session"), mailContent(uninvited, i.zone)),
		i.page("quarantine", quarantine, inboundPage(lay(i.request(quarantine), inboundLook, i.inboundRows()), "quarantined")), i.page("quarantine-empty", quarantine, inboundPage(lay(i.request(quarantine), inboundLook, app.Listing[app.InboundMailRow]{}), "quarantined")),
		held(0, "quarantined-mail"), held(1, "quarantined-mail-unreadable"), held(3, "quarantined-mail-posted"), held(4, "quarantined-mail-discarded"), held(5, "quarantined-answer"),
		i.page("addresses", addresses, addressesPage(addressesView{listView: lay(i.request(addresses), addressesLook, app.Listing[app.SystemAddress]{Items: i.addresses(), Next: "next"}), Pending: []app.Notification{contacts}, Admin: true})),
		i.page("addresses-coach", addressesOfCoach, addressesPage(addressesView{listView: lay(i.request(addressesOfCoach), addressesLook, app.Listing[app.SystemAddress]{Items: i.addresses()[:2]})})),
		i.page("addresses-none", addressesOfCoach, addressesPage(addressesView{})))
}
