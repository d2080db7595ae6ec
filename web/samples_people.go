package web

import (
	"net/url"
	"time"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/parts"
)

func (i invented) person(name, state string, roles ...string) app.PersonRow {
	return app.PersonRow{Person: app.Person{ID: inventedID(name), Name: name, Roles: roles, State: state, TimeZone: "Europe/Berlin", Emails: []string{"amara@example.com"}, Version: 2, CreatedAt: i.now.Add(-60 * day)}, Engagements: app.Count{Count: 1}}
}

func (i invented) personRows() []app.PersonRow {
	long, arabic, blocked := i.person(longName, "invited", "coachee", "coach", "admin"), i.person(arabicName, "active", "coach"), i.person("Ben Bergmann", "internal", "coachee")
	long.Emails = []string{longAddress, "m@example.com"}
	arabic.Engagements = app.Count{Count: 1000, More: true}
	blocked.Blocked, blocked.Engagements = true, app.Count{}
	return []app.PersonRow{i.person("Amara Okafor", "active", "coachee"), long, arabic, blocked, i.person(chineseName, "internal", "coachee")}
}

// personForm is the page of somebody.
func (i invented) personForm(p app.PersonRow) personForm {
	return personForm{ID: &p.ID, Name: p.Name, Values: url.Values{"name": {p.Name}, "roles": p.Roles, "emails": {first(p.Emails)}, "time_zone": {p.TimeZone}, "version": {"2"}}, personAccount: personAccount{Person: p.Person}}
}

func (i invented) people() []Sample {
	list := inventedPlace{title: "People", key: "people", path: "/people"}
	nothing := list
	nothing.query = "q=Zoë"
	filled := app.Listing[app.PersonRow]{Items: i.personRows(), Next: "next", Counts: app.Counts{"role": counted(map[string]int{"": 312, "coachee": 280, "coach": 30, "admin": 2}), "state": counted(map[string]int{"invited": 7}), "blocked": counted(map[string]int{"true": 1})}}
	blocked := []app.BlockedAddress{{Address: longAddress, Reason: "the mailbox does not exist", BlockedAt: i.now.Add(-4 * day)}}
	at := func(title string) inventedPlace {
		return inventedPlace{title: title, key: "people", path: "/people/somebody"}
	}
	rows := i.personRows()
	invited, active, fresh, wrong := i.personForm(rows[1]), i.personForm(rows[0]), i.personForm(rows[4]), i.personForm(rows[0])
	invited.Open = &app.Invitation{Inviter: "Ada Admin", InvitedAt: i.now.Add(-3 * day), ExpiresAt: i.now.Add(11 * day), Next: &app.InvitationNext{Step: "reminder-1", At: i.now.Add(2 * day)}}
	invited.Past = []app.Invitation{{Inviter: longName, Status: "replaced", InvitedAt: i.now.Add(-20 * day), EndedAt: i.ahead(-3 * day)}, {Inviter: "Ada Admin", Status: "expired", InvitedAt: i.now.Add(-50 * day), EndedAt: i.ahead(-36 * day)}}
	active.Mails = i.mails()[:4]
	unsent := i.personForm(rows[4])
	unsent.Person.State = "invited"
	unsent.Open = &app.Invitation{Inviter: "Ada Admin", InvitedAt: i.now, ExpiresAt: i.now.Add(14 * day), Next: &app.InvitationNext{Step: "request", At: i.ahead(30e9).UTC()}}
	wrong.ID, wrong.Values = nil, url.Values{"emails": {"amara@"}, "time_zone": {"Berlin"}}
	wrong.Faults = map[string]string{"name": "A person needs a name.", "roles": "Choose at least one role.", "emails[0]": "“amara@” is not an email address.", "time_zone": "“Berlin” is not a time zone. Choose one of the list, like Europe/Berlin."}
	ofCalendars := i.wrong(i.ownAvailability(), "This calendar is in the list already, as “Family”.")
	return in("People",
		i.page("people", list, peoplePage(lay(i.request(list), peopleLook, filled), blocked)), i.page("people-nothing-found", nothing, peoplePage(lay(i.request(nothing), peopleLook, app.Listing[app.PersonRow]{}), nil)),
		i.page("person-new", at("New person"), personPage(personForm{Values: url.Values{}})), i.page("person-faults", i.wrong(at("New person"), "Some of what you entered needs another look."), personPage(wrong)),
		i.page("person-record", at(chineseName), personPage(fresh)), i.page("person-invited", at(longName), personPage(invited)), i.page("person-about-to-be-invited", at(chineseName), personPage(unsent)),
		i.page("person-active", at("Amara Okafor"), personPage(active)),
		i.page("availability", i.ownAvailability(), availabilityPage(i.availabilityForm(), i.zone)), i.page("availability-faults", i.wrong(i.ownAvailability(), "The availability is not saved: some of it needs another look."), availabilityPage(i.wrongAvailability(), i.zone)),
		i.page("availability-of-coach", at("Availability of Jonas Weber"), availabilityPage(availabilityForm{CoachAvailability: i.notSet(), Path: "/", Values: availabilityValues(i.notSet())}, i.zone)),
		i.page("availability-calendars", i.ownAvailability(), availabilityPage(i.withCalendars(), i.zone)), i.page("availability-calendars-fault", ofCalendars, availabilityPage(i.calendarNotTaken(), i.zone)),
		i.page("availability-calendar-remove", i.ownAvailability(), parts.Confirm(removalOf(i.busyCalendars()[0], "/", "/availability"))))
}

func (i invented) ownAvailability() inventedPlace {
	return inventedPlace{title: "Availability", key: "availability", path: "/availability", who: i.coach}
}

func (i invented) notSet() app.CoachAvailability {
	return app.CoachAvailability{CoachID: i.coach.Person, Name: "Jonas Weber", TimeZone: i.zone.String(), Version: 1, Availability: coaching.DefaultAvailability()}
}

// availabilityForm is that of a coach with every choice.
func (i invented) availabilityForm() availabilityForm {
	a := i.notSet()
	a.Set, a.MostPerDay, a.Notice = true, 3, 90
	a.Weekly[coaching.Wednesday] = []coaching.DayHours{{From: 6*60 + 30, To: 8 * 60}, {From: 9 * 60, To: 10 * 60}, {From: 11 * 60, To: 22*60 + 30}}
	delete(a.Weekly, coaching.Friday)
	a.Exceptions = map[coaching.Date][]coaching.DayHours{"2027-12-24": nil, "2027-12-27": {{From: 10 * 60, To: 14 * 60}}}
	var free []app.Slot
	for _, at := range a.Slots(coaching.SlotsInput{Zone: i.zone, Now: i.now}) {
		free = append(free, app.Slot{Start: at, End: at.Add(time.Hour)})
	}
	return availabilityForm{CoachAvailability: a, Own: true, Path: "/", Values: availabilityValues(a), Next: free}
}

func (i invented) wrongAvailability() availabilityForm {
	f := i.availabilityForm()
	f.Values.Set("monday", "nine to five")
	f.Values.Set("exception0_date", "")
	f.Faults = map[string]string{"monday": "“nine to five” are no hours. Write them like 09:00-12:00, 13:00-17:00.", "exception1_date": "This date is there twice. Write all its hours in one row.", "duration": "Choose one of the list."}
	return f
}

// busyCalendars are one in each state, as many as there can be.
func (i invented) busyCalendars() []app.BusyCalendar {
	one := func(name, state string) app.BusyCalendar {
		return app.BusyCalendar{ID: inventedID(name), Name: name, Address: "calendar.example.com/…", State: state, CreatedAt: i.now.Add(-30 * day), WorkedAt: i.ahead(-8 * time.Minute)}
	}
	works, warned, failing, never, fresh := one("Family", app.BusyWorks), one("Outlook", app.BusyWorks), one(longName, app.BusyFailing), one("iCloud", app.BusyNeverRead), one(arabicName, app.BusyNew)
	warned.Address = "outlook.example.com/…"
	warned.Warnings, warned.MoreWarnings = []string{"An entry of the calendar is in a time zone that nobody knows. It is read as if it were in your own. (3 times)", "An entry of the calendar cannot be read, and is left out."}, 4
	failing.WorkedAt, failing.FailingSince = i.ahead(-3*day), i.ahead(-3*day+15*time.Minute)
	failing.Fault = &app.Fault{Code: "calendar_gone", Message: "There is no calendar at this address any more. Copy its present address from your calendar."}
	never.WorkedAt, never.FailingSince = nil, i.ahead(-time.Hour)
	never.Fault = &app.Fault{Code: "calendar_forbidden", Message: "The calendar is not given to us: its address asks for a login. Use the secret address for calendar programs."}
	fresh.WorkedAt = nil
	return []app.BusyCalendar{works, warned, failing, never, fresh}
}

func (i invented) withCalendars() availabilityForm {
	f := i.availabilityForm()
	f.Calendars = i.busyCalendars()
	f.Busy = map[coaching.Weekday][]coaching.DayHours{coaching.Monday: {{From: 10 * 60, To: 11 * 60}, {From: 15*60 + 30, To: 20 * 60}}, coaching.Wednesday: {{From: 0, To: 24 * 60}}, coaching.Saturday: {{From: 9 * 60, To: 12 * 60}}}
	return f
}

func (i invented) calendarNotTaken() availabilityForm {
	f := i.withCalendars()
	f.Calendars = f.Calendars[:1]
	f.Added, f.AddFaults = url.Values{"address": {"https://calendar.example.com/private-4f1c/basic.ics"}, "name": {"Family"}}, map[string]string{"address": "It is in the list already."}
	return f
}
