package web

import (
	"net/url"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/outbox"
	"coachflow/web/parts"
)

func (i invented) settings() []Sample {
	at := func(title, key, path string) inventedPlace {
		return inventedPlace{title: title, key: key, path: path}
	}
	settings, reminders := at("Settings", "settings", "/settings"), at("Reminders", "reminders", "/settings/reminders")
	values := url.Values{"name": {"Northlight Coaching"}, "time_zone": {"Europe/Berlin"}, "undo_seconds": {"60"}, "contact_suffix": {"via coachflow"},
		"brand_color": {coaching.DefaultBrand}, "reply_address": {"office@northlight.example"}, "onward_per_hour": {"60"}}
	asked := ratingValues(coaching.DefaultRatings)
	hours := hoursForm{Values: url.Values{"from": {"08:00"}, "to": {"18:00"}, "days": {"monday", "tuesday", "wednesday", "thursday", "friday"}, "holidays": {"2027-01-01 New Year\n2027-03-26 Good Friday\n2027-03-29 Easter Monday"}}}
	badHours := hoursForm{Values: url.Values{"from": {"25:00"}, "to": {""}}, Faults: map[string]string{"from": "“25:00” is no time of day.", "to": "Enter a time of day.", "days": "Choose at least one day.", "holidays": "“Easter” is not a date; write it like 2027-01-01."}}
	saved := settings
	saved.flash = flash{"The settings are saved.", "success"}
	slow := settings
	slow.flash = flash{"The process engine did not answer in time, so what you asked for may still be in progress.", "warning"}
	refused := settings
	refused.flash = flash{"“Your goals” was changed by somebody else; look at it again.", "danger"}
	return in("Settings",
		i.page("settings", settings, settingsPage(settingsForm{Values: values, Faults: nil, Logo: "", Ratings: asked})), i.page("settings-saved", saved, settingsPage(settingsForm{Values: values, Faults: nil, Logo: "", Ratings: asked})), i.page("settings-slow", slow, settingsPage(settingsForm{Values: values, Faults: nil, Logo: "", Ratings: asked})), i.page("settings-refused", refused, settingsPage(settingsForm{Values: values, Faults: nil, Logo: "", Ratings: asked})),
		i.page("settings-faults", i.wrong(settings, "The settings are not saved."), settingsPage(settingsForm{Values: url.Values{"time_zone": {"Berlin"}, "undo_seconds": {"-1"}, "brand_color": {coaching.DefaultBrand}, "onward_per_hour": {"60"}}, Faults: map[string]string{"name": "The organization needs a name.", "time_zone": "“Berlin” is not a time zone.", "undo_seconds": "Enter a whole number of seconds, 0 to 3600."}, Logo: "/logo.png", Ratings: asked})),
		i.page("settings-rating-faults", i.wrong(settings, "The settings are not saved."), settingsPage(settingsForm{Values: values, Ratings: url.Values{"asked": {"yes"}, "low": {"not useful"}, "readers": {"everyone"}}, RatingFaults: map[string]string{"question": "1 to 300 characters on one line", "high": "1 to 60 characters on one line"}})),
		i.page("reminders", reminders, remindersPage(hours, i.ladders())), i.page("reminders-faults", i.wrong(reminders, "The working hours are not saved."), remindersPage(badHours, i.ladders())),
		i.page("ladder", at("Reminders of forms and tasks", "reminders", "/settings/reminders/item"), ladderPage(i.ladderForm(), i.zone)),
		i.page("ladder-faults", i.wrong(at("Reminders of forms and tasks", "reminders", "/settings/reminders/item"), "The reminders are not saved."), ladderPage(i.wrongLadder(), i.zone)),
		i.page("letters", at("Letters", "letters", "/settings/letters"), lettersPage(i.letters())), i.page("letter", at("Form to fill out", "letters", "/settings/letters/form_request"), letterPage(i.letterForm())),
		i.page("api-keys", at("API keys", "api-keys", "/settings/api-keys"), apiKeysPage(i.keys(), &app.APIKey{Name: "Import of people", Key: "cf_0198f2a4c1d77d3cb6e1f0a2_9x4w13hd8v5n0zt9u1a7s3dge0c4r6y2fjb6pbqe83p1m5"}, "", nil)),
		i.page("api-keys-none", i.wrong(at("API keys", "api-keys", "/settings/api-keys"), "A key needs a name."), apiKeysPage(nil, nil, "", map[string]string{"name": "Say what the key is for."})),
		i.page("account", at("My account", "account", "/account"), accountPage(i.person(longName, "active").Person, app.CalendarFeed{}, nil)),
		i.page("account-calendar", at("My account", "account", "/account"), accountPage(i.person("Ada Admin", "active").Person, app.CalendarFeed{Made: true, MadeAt: i.now.Add(-20 * day)}, nil)),
		i.page("account-calendar-made", at("My account", "account", "/account"), accountPage(i.person("Ada Admin", "active").Person, app.CalendarFeed{Made: true, MadeAt: i.now, Address: "https://coaching.example.com/calendar/0198f2a4c1d77d3cb6e1f0a29x4w13hd8v5n0zt9u1a.ics"}, nil)),
		i.page("account-calendar-new", at("A new address", "account", "/account"), parts.Confirm(newAddress)),
		i.page("account-faults", i.wrong(at("My account", "account", "/account"), "The password is not changed."), accountPage(i.person("Ada Admin", "active").Person, app.CalendarFeed{}, map[string]string{"present": "This is not your present password.", "password": "A password needs at least 12 characters.", "again": "The two passwords differ."})))
}

func (i invented) ladders() []app.LadderSetting {
	var out []app.LadderSetting
	for n, kind := range app.LaddersInUse {
		ladder := coaching.DefaultLadders[kind]
		out = append(out, app.LadderSetting{Ladder: ladder, Title: kind.Title(), Own: n > 0, Words: coaching.Describe(ladder)})
	}
	return out
}

// ladderForm is the form of what has a due date or none, with a preview.
func (i invented) ladderForm() ladderForm {
	ladder := coaching.DefaultLadders[coaching.ItemLadder]
	f := newLadderForm(app.LadderSetting{Ladder: ladder, Title: ladder.Kind.Title(), Own: true})
	due := i.now.Add(14 * day)
	f.Previews = []app.LadderPreview{{Start: i.now, Due: &due, Steps: []app.LadderPreviewStep{{Name: "reminder-1", Words: "3 days after it was sent", At: i.now.Add(3 * day)},
		{Words: "1 day before it is due", At: i.now.Add(13 * day), Dropped: "it would be less than 24 hours after the reminder before"}, {Name: "escalation", Words: "2 working days after it was due", At: i.now.Add(18 * day), Effect: i.ahead(16 * day)}}},
		{Start: i.now, Steps: []app.LadderPreviewStep{{Name: "reminder-1", Words: "a week after it was sent", At: i.now.Add(7 * day)}}}}
	return f
}

func (i invented) wrongLadder() ladderForm {
	f := i.ladderForm()
	f.Previews, f.Days, f.DaysFault = nil, "many", "Enter a whole number of days, 1 to 365."
	f.Sets[0].Fault = "The reminders do not fit."
	for n := range f.Sets[0].Rows {
		f.Sets[0].Rows[n].Amount, f.Sets[0].Rows[n].AmountWrong, f.Sets[0].Rows[n].Faults = "soon", true, []string{"Enter a whole number."}
	}
	f.Sets[0].End.Faults = []string{"The end must come behind the last reminder."}
	return f
}

func (i invented) letters() []app.NotificationTemplate {
	var out []app.NotificationTemplate
	for n, letter := range outbox.Letters() {
		to := func(standing coaching.Standing) coaching.Gate { return letter.Gate.Decide(standing, false).Gate }
		gate := app.LetterGates{Active: to(coaching.ActivePerson), Invited: to(coaching.InvitedPerson), Internal: to(coaching.InternalPerson), BareEmail: to(coaching.BareEmail)}
		out = append(out, app.NotificationTemplate{Kind: string(letter.Kind), Label: letter.Label, When: letter.When, To: letter.To, Gate: gate, Subject: letter.Subject, Body: letter.Body, Placeholders: letter.Names(), Version: n % 2})
	}
	return out
}

func (i invented) letterForm() letterForm {
	letter, _ := outbox.LetterOf(outbox.FormRequest)
	f := letterForm{Values: url.Values{"subject": {letter.Subject}, "body": {letter.Body}}}
	for _, template := range i.letters() {
		if template.Kind == string(letter.Kind) {
			f.NotificationTemplate = template
		}
	}
	f.Version = 2
	if sample, err := letter.Sample(letter.Default(), "Northlight Coaching"); err == nil {
		f.Sample = &sample
	}
	return f
}

func (i invented) keys() []app.APIKey {
	return []app.APIKey{{ID: inventedID("key"), Name: "Import of people", CreatedAt: i.now}, {ID: inventedID("old"), Name: longTitle, CreatedAt: i.now.Add(-90 * day), RevokedAt: i.ahead(-30 * day)}}
}
