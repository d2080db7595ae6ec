package web

import (
	"net/url"
	"time"

	"coachflow/app"
	"coachflow/coaching"
)

// session is an item whose session stands so, and began or begins then.
func (i invented) session(title string, state coaching.SessionState, begins time.Duration) app.Item {
	coach := i.recipient(i.coach, "jonas@example.com")
	guest := app.ItemRecipient{ID: inventedID("guest"), Name: longName, Address: longAddress, Undelivered: "the mailbox does not exist"}
	item := i.item(title, coaching.SessionItem, "open", i.toCoachee(), coach, guest)
	item.Minutes, item.Place, item.Session = 60, "https://meet.example.com/northlight", &app.Session{State: state}
	if state != coaching.SessionToSchedule {
		start := i.now.Add(begins)
		end := start.Add(time.Hour)
		item.Session.StartsAt, item.Session.EndsAt, item.Session.Place = &start, &end, item.Place
	}
	if state == coaching.SessionScheduled && begins > 0 {
		item.To[0].Attendance, item.To[0].AttendanceAt, item.To[0].AttendanceWords = coaching.Accepted, i.ahead(-day), "Looking forward to it."
		item.To[2].Attendance, item.To[2].AttendanceAt = coaching.Declined, i.ahead(-2*day)
		at := i.now.Add(begins + 26*time.Hour)
		item.Session.Proposals = []app.Proposal{{ID: inventedID("proposal"), RecipientID: &guest.ID, StartsAt: at, EndsAt: at.Add(time.Hour), Words: "I am travelling that day. Would the day after suit you?"}}
	}
	if state == coaching.SessionScheduled {
		item.Files = []app.ItemFile{{FileID: inventedID("agenda"), Name: "Agenda.pdf", ContentType: "application/pdf", Size: 482_000, Version: 2, AddedAt: i.now}}
	}
	if state == coaching.SessionCancelled {
		item.Session.Reason = "Jonas Weber is ill."
	}
	return item
}

// sessionItems has a session in each state.
func (i invented) sessionItems() []app.Item {
	toSchedule := i.session("First session", coaching.SessionToSchedule, 0)
	toSchedule.Next = &app.Coming{What: "unbooked", At: i.ahead(2 * day), Text: "the coach is told that it has no time yet"}
	scheduled := i.session(longTitle, coaching.SessionScheduled, 4*day)
	scheduled.Next = &app.Coming{What: "reminder", At: i.ahead(3 * day), Text: "reminder"}
	return []app.Item{toSchedule, scheduled, i.session("Half-time", coaching.SessionScheduled, -2*time.Hour), i.session("Looking back", coaching.SessionCancelled, 2*day),
		i.session(hebrewTitle, coaching.SessionNoShow, -2*day)}
}

func (i invented) sessions() []Sample {
	view := i.view("active", "program")
	all := i.program(view, i.admin.Person, i.sessionItems()...)
	for n := range all.Items {
		all.Items[n].Current = true
	}
	page := func(n int, faults map[string]string) sessionForm {
		return sessionForm{itemView: all.Items[n], Values: sessionValues(all.Items[n], "Europe/Berlin"), Faults: faults, Zone: "Europe/Berlin", More: n == 1,
			People: []option{{Value: inventedID("ada").String(), Label: "Ada Berg <ada@example.com>"}, {Value: inventedID("long").String(), Label: named(longName, longAddress)}}}
	}
	at := i.inside("First session")
	wrong := i.wrong(at, "This time has passed; choose a later one.")
	attended := func(stand app.SessionStand) app.AttendedSession {
		start, until := i.now.Add(4*day), i.now.Add(3*day)
		end := start.Add(time.Hour)
		return app.AttendedSession{ID: inventedID("session"), EngagementID: inventedID("engagement"), Title: longTitle, Description: "We look back at the first weeks.\n\nBring your notes.", Stand: stand,
			StartsAt: &start, EndsAt: &end, Place: "https://meet.example.com/northlight", CancelUntil: &until, Zone: i.zone,
			Files: []app.ItemFile{{FileID: inventedID("agenda"), Name: "Agenda.pdf", ContentType: "application/pdf", Size: 482_000, Version: 2, AddedAt: i.now}}}
	}
	off := attended(app.SessionOff)
	off.Reason = "Jonas Weber is ill."
	toBook, movable := attended(app.SessionAwaited), attended(app.SessionOpen)
	toBook.StartsAt, toBook.EndsAt, toBook.CanBook, toBook.Coach, toBook.Minutes = nil, nil, true, "Jonas Weber", 60
	movable.CanMove, movable.Coach, movable.Minutes = true, "Jonas Weber", 60
	return in("Sessions",
		i.page("attended-to-book", at, attendedPage(toBook, true, nil)), i.page("attended-movable", at, attendedPage(movable, true, nil)),
		i.page("attended-times", at, timesPage(timesView{AttendedSession: toBook, Week: i.weekOfSlots(), Values: url.Values{}})),
		i.page("attended-no-times", at, timesPage(timesView{AttendedSession: toBook, Values: url.Values{"words": {"In the evening?"}}})),
		i.page("attended-taken", i.wrong(at, "This time is taken by now. Choose another one."), timesPage(timesView{AttendedSession: movable, Week: i.weekOfSlots(), Values: url.Values{}})),
		i.page("attended-confirm", at, confirmTimePage(timesView{AttendedSession: toBook}, i.now.Add(2*day), "")), i.page("attended-confirm-move", at, confirmTimePage(timesView{AttendedSession: movable}, i.now.Add(2*day), "")),
		i.page("program-sessions", at, programContent(all)), i.page("session-to-schedule", at, sessionItemPage(page(0, nil))), i.page("session-scheduled", at, sessionItemPage(page(1, nil))),
		i.page("session-begun", at, sessionItemPage(page(2, nil))), i.page("session-cancelled", at, sessionItemPage(page(3, nil))), i.page("session-missed", at, sessionItemPage(page(4, nil))),
		i.page("session-faults", wrong, sessionItemPage(page(0, map[string]string{"at": "in the past", "minutes": "Enter how many minutes it takes.", "time_zone": "not a time zone", "place": "not an address"}))),
		i.page("item-session", i.inside("Add a session to the program"), itemFormPage(i.sessionItemForm())),
		i.page("attended", at, attendedPage(attended(app.SessionOpen), true, nil)), i.page("attended-late", at, attendedPage(attended(app.SessionLate), false, url.Values{"words": {"Thursday?"}})),
		i.page("attended-cancelled", at, attendedPage(off, true, nil)), i.page("attended-over", at, attendedPage(attended(app.SessionOver), true, nil)))
}

func (i invented) sessionItemForm() itemForm {
	form := i.itemForm(coaching.SessionItem, nil)
	form.Upload = uploadField("files", "Files")
	form.Upload.Chosen = "file_ids"
	for name, usual := range usualItem(coaching.SessionItem) {
		form.Values[name] = usual
	}
	return form
}

// weekOfSlots are free times on three days of a week.
func (i invented) weekOfSlots() coaching.SlotWeek {
	var times []time.Time
	for _, days := range []int{0, 1, 4} {
		for half := range 6 + days {
			times = append(times, time.Date(2027, 3, 8+days, 9, 30*half, 0, 0, i.zone))
		}
	}
	week := coaching.WeekOfSlots(coaching.SlotsByDay(times, i.zone), "")
	week.Later = "2027-03-15"
	return week
}
