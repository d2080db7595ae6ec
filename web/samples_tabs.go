package web

import (
	"net/url"

	"coachflow/app"
	"coachflow/coaching"
)

func (i invented) tabs() []Sample {
	details := i.engagementForm(url.Values{"name": {"Leadership coaching 2026"}, "coach_id": {i.coach.Person.String()}}, nil)
	view, paused := i.view("active", "details"), i.view("paused", "details")
	details.View = &view
	wrong := details
	wrong.View, wrong.Values, wrong.Faults = &paused, url.Values{"name": {""}}, map[string]string{"name": "An engagement needs a name."}
	coachee, asCoachee := i.view("active", "messages"), i.inside("Messages")
	coachee.Admin, coachee.MayRun, asCoachee.who = false, false, i.coachee
	return in("Pages of an engagement",
		i.page("timeline", i.inside("Timeline"), timelineContent(i.view("active", "timeline"), i.events(), i.coming())), i.page("timeline-empty", i.inside("Timeline"), timelineContent(i.view("draft", "timeline"), nil, nil)),
		i.page("engagement-mails", i.inside("Mails"), engagementMailsContent(i.view("active", "mails"), i.mailGroups())), i.page("engagement-mails-none", i.inside("Mails"), engagementMailsContent(i.view("draft", "mails"), nil)),
		i.page("engagement-messages", i.inside("Messages"), engagementMessagesContent(i.view("active", "messages"), i.stream(i.coach))),
		i.page("engagement-messages-coachee", asCoachee, engagementMessagesContent(coachee, i.stream(i.coachee))),
		i.page("engagement-messages-missing", i.inside("Messages"), engagementMessagesContent(i.view("active", "messages"), noStream(i.view("active", "messages")))),
		i.page("engagement-details", i.inside("Details"), engagementDetailsPage(details)), i.page("engagement-details-faults", i.wrong(i.inside("Details"), "An engagement needs a name."), engagementDetailsPage(wrong)))
}

func (i invented) events() []app.Event {
	return []app.Event{{At: i.now.Add(-day), Text: "Amara Okafor was reminded of “Your goals”."}, {At: i.now.Add(-5 * day), Text: "Jonas Weber skipped “A word from your manager”.", Reason: "Her manager has left the company."},
		{At: i.now.Add(-6 * day), Text: "Amara Okafor answered “Getting to know you”."}, {At: i.now.Add(-9 * day), Text: "“" + longTitle + "” went out to " + longName + " and " + arabicName + "."},
		{At: i.now.Add(-38 * day), Text: "Jonas Weber started the engagement."}, {At: i.now.Add(-40 * day), Text: "Ada Admin created the engagement."}}
}

func (i invented) coming() []app.ComingItem {
	var out []app.ComingItem
	for _, item := range i.inventedItems() {
		if item.Next != nil {
			out = append(out, app.ComingItem{ItemID: item.ID, ItemTitle: item.Title, Coming: *item.Next})
		}
	}
	return out
}

// mail is a mail in a state.
func (i invented) mail(kind, subject, state, reason string) app.Notification {
	id := inventedID("engagement")
	n := app.Notification{ID: inventedID(kind + subject + state), EngagementID: &id, Kind: kind, Address: "amara@example.com", RecipientName: "Amara Okafor", Subject: subject, State: state, StateReason: reason,
		Reason: "“Your goals” was sent to them", PlannedAt: i.now.Add(2 * day)}
	switch coaching.NotificationState(state) {
	case "sent", "delivered", "bounced":
		n.PlannedAt, n.SentAt = i.now.Add(-3*day), i.ahead(-3*day)
	}
	return n
}

func (i invented) mails() []app.Notification {
	long := i.mail("form_request", "Please fill out: "+longTitle, "bounced", "The mailbox does not exist (5.1.1)")
	long.RecipientName, long.Address = longName, longAddress
	arabic := i.mail("task_request", "", "held", "held until they have an account")
	arabic.RecipientName = arabicName
	return []app.Notification{i.mail("form_request", "Please fill out: Your goals", "delivered", ""), i.mail("form_reminder", "A reminder: Your goals", "sent", ""), long, i.mail("form_reminder", "", "planned", ""), arabic,
		i.mail("form_escalation", "Your goals stays open", "failed", "The mail server refused it five times"), i.mail("form_reminder", "", "cancelled", "It was answered before"), i.mail("form_reminder", "", "suppressed", "Its recipient has no account")}
}

func (i invented) mailGroups() []mailGroup {
	all := i.mails()
	return []mailGroup{{Title: "Your goals", Live: all[:6], Over: all[6:]}, {Title: longTitle, Live: all[3:4]}, {Title: "About the engagement", Over: all[7:]}}
}

// stream is the conversation, as somebody reads it.
func (i invented) stream(reader app.Principal) streamView {
	s := app.Stream{ID: inventedID("stream"), CoachID: i.coach.Person, CoachName: i.coach.Name, ClientID: i.coachee.Person, ClientName: i.coachee.Name}
	file := func(name, contentType string, size int64, inline bool) app.File {
		return app.File{ID: inventedID(name), Name: name, ContentType: contentType, Size: size, Inline: inline, CreatedAt: i.now.Add(-2 * day)}
	}
	seen := file("Goals for the second half of the year, with the notes of all of us, final version (3).pdf", "application/pdf", 2_345_678, false)
	seen.Note = "This is what we spoke of. Page 3 is yours to fill in."
	seen.Views = []app.FileView{{Name: i.coach.Name, FirstAt: i.now.Add(-day), LastAt: i.now.Add(-2 * 3600e9), Views: 3}}
	return streamView{Stream: s, Reader: reader.Person, Zone: i.zone, Earlier: true, Older: "older", Files: []app.File{seen, file("Agenda.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", 18_000, false)},
		Messages: []app.Message{
			{ID: inventedID("m1"), AuthorID: s.ClientID, AuthorName: s.ClientName, Subject: "Before Thursday", PostedAt: i.now.Add(-2 * day), Text: "Hello Jonas,\n\nhere is what I have so far. I am not sure about the second one.\n\nAmara",
				Files: []app.File{seen, file("board.png", "image/png", 90_000, true)}},
			{ID: inventedID("m2"), AuthorID: s.CoachID, AuthorName: s.CoachName, PostedAt: i.now.Add(-day), Text: "Thank you, that is a good start.", HTML: "<p>Thank you</p>", Quoted: "> Hello Jonas,\n> here is what I have so far.", Files: []app.File{}},
			{ID: inventedID("m3"), AuthorID: s.ClientID, AuthorName: arabicName, PostedAt: i.now.Add(-3600e9), Subject: hebrewTitle, Text: "مرحبا، هل يمكننا أن نلتقي يوم الخميس؟\n\nhttps://example.com/" + unbrokenWord + unbrokenWord}},
		Addresses: i.addresses()[:2]}
}

func (i invented) addresses() []app.SystemAddress {
	address := func(address, direction, client string) app.SystemAddress {
		return app.SystemAddress{ID: inventedID(address), StreamID: inventedID(client), Direction: direction, Address: address, CoachID: i.coach.Person, CoachName: i.coach.Name, ClientID: inventedID(client), ClientName: client, CreatedAt: i.now.Add(-40 * day)}
	}
	return []app.SystemAddress{address("s-7kq2m9x4w1@in.coachflow.example", "to_client", i.coachee.Name), address("s-3hd8v5n0zt@in.coachflow.example", "to_coach", i.coachee.Name),
		address("s-0c4r6y2fjb6pbqe83p1m5@in.coachflow.example", "to_client", longName), address("s-9u1a7s3dge@in.coachflow.example", "to_coach", arabicName)}
}
