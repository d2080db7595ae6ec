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
	open := attended(app.SessionOpen)
	open.Join = new(coaching.JoinOf(open.Place, *open.StartsAt, *open.EndsAt, i.now))
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
		i.page("attended", at, attendedPage(open, true, nil)), i.page("attended-late", at, attendedPage(attended(app.SessionLate), false, url.Values{"words": {"Thursday?"}})),
		i.page("attended-cancelled", at, attendedPage(off, true, nil)), i.page("attended-over", at, attendedPage(attended(app.SessionOver), true, nil)))
}

// listed are sessions as lists show them: one under way, others to come and over.
func (i invented) listed(runs bool) []app.ListedSession {
	one := func(title, coachee, place string, state coaching.SessionState, in time.Duration) app.ListedSession {
		start := i.now.Add(in)
		s := app.ListedSession{ID: inventedID("session"), EngagementID: inventedID("engagement"), Engagement: "Leadership coaching 2026", Title: title, Coachee: coachee, Coach: "Jonas Weber",
			State: state, StartsAt: start, EndsAt: start.Add(time.Hour), Place: place, Runs: runs}
		if join := coaching.JoinOf(place, start, s.EndsAt, i.now); join.State != coaching.JoinNowhere {
			s.Join = &join
		}
		return s
	}
	const room = "https://meet.example.com/northlight"
	return []app.ListedSession{one("Half-time", "Amara Okafor", room, coaching.SessionScheduled, -5*time.Minute), one("First session", "Ben Bergmann", room, coaching.SessionScheduled, 3*time.Hour),
		one(longTitle, longName, "Room 4, Hauptstraße 1", coaching.SessionScheduled, day), one(hebrewTitle, arabicName, "", coaching.SessionScheduled, 2*day)}
}

// desk is what a coach finds, in a week with something in each state, or one with nothing.
func (i invented) desk(empty bool) *desk {
	monday := mondayOf("", i.now, i.zone)
	if empty {
		return &desk{Week: newWeek(monday, i.now, nil, "")}
	}
	list := i.listed(true)
	for n, state := range []coaching.SessionState{coaching.SessionHeld, coaching.SessionNoShow, coaching.SessionScheduled, coaching.SessionScheduled, coaching.SessionScheduled} {
		s := list[n%4]
		s.State, s.StartsAt = state, monday.AddDate(0, 0, n*n/4).Add(time.Duration(9+n)*time.Hour)
		s.EndsAt = s.StartsAt.Add(time.Hour)
		list = append(list, s)
	}
	return &desk{Next: list[:4], Week: newWeek(monday, i.now, list[4:], "cursor")}
}

func (i invented) sessionLists() []Sample {
	at := inventedPlace{title: "Sessions", key: "engagements", path: "/sessions"}
	mine, later := at, at
	mine.who = i.coachee
	full, none := i.desk(false), i.desk(true)
	soon := i.listed(false)[1]
	attended := app.AttendedSession{ID: inventedID("session"), Title: "Half-time", Stand: app.SessionBegun, StartsAt: &soon.StartsAt, EndsAt: &soon.EndsAt, Place: soon.Place, Zone: i.zone, Join: i.listed(false)[0].Join}
	return in("Sessions by time",
		i.page("sessions-week", at, sessionsContent(full.Next, full.Week)), i.page("sessions-week-none", later, sessionsContent(nil, none.Week)),
		i.page("sessions-week-coachee", mine, sessionsContent(i.listed(false)[:2], newWeek(mondayOf("", i.now, i.zone), i.now, i.listed(false)[:2], ""))),
		i.page("sessions-attended-now", i.inside("Half-time"), attendedPage(attended, true, nil)))
}

// ratings are what was said of sessions over time, with gaps.
func (i invented) ratings() []ratedSession {
	said := func(role coaching.RatingRole, score int, words string, stand coaching.RatingStand) *app.SessionRating {
		r := &app.SessionRating{Role: role, Stand: stand, Readers: string(coaching.RatingsForCoach), Words: words}
		if score > 0 {
			r.Score = &score
		}
		return r
	}
	var out []ratedSession
	for n, title := range []string{"First session", "Second session", longTitle, "Half-time", hebrewTitle, "Looking back"} {
		scores := []int{3, 4, 2, 4, 0, 0}
		words := []string{"", "The exercise with the calendar helped.\n\nMore of that, please.", "", longTitle, "", ""}
		s := ratedSession{Title: title, StartsAt: i.now.Add(time.Duration(n-6) * 14 * day), Coachee: said(coaching.CoacheeRates, scores[n], words[n], coaching.RatingClosed)}
		s.Coach = said(coaching.CoachRates, []int{4, 4, 3, 0, 5, 0}[n], "", coaching.RatingOpen)
		out = append(out, s)
	}
	out[5].Coachee.Stand = coaching.RatingEnded
	return out
}

func (i invented) ratingPages() []Sample {
	view, mine := i.view("active", "ratings"), i.view("active", "ratings")
	view.RatingsSeen, mine.RatingsSeen, mine.Admin, mine.MayRun = true, true, false, false
	asCoachee := i.inside("Ratings")
	asCoachee.who = i.coachee
	rated := i.personForm(i.personRows()[0])
	rated.Rating = &app.CoachRating{Answers: 23, Average: 4.26}
	unrated := i.personForm(i.personRows()[0])
	unrated.Rating = &app.CoachRating{}
	at := inventedPlace{title: "Jonas Weber", key: "people", path: "/people/" + i.coach.Person.String()}
	return in("Ratings",
		i.page("ratings", i.inside("Ratings"), ratingsContent(view, i.ratings())), i.page("ratings-none", i.inside("Ratings"), ratingsContent(view, nil)), i.page("ratings-first", i.inside("Ratings"), ratingsContent(view, i.ratings()[:1])),
		i.page("ratings-coachee", asCoachee, ratingsContent(mine, i.ratings()[:3])), i.page("ratings-none-given", i.inside("Ratings"), ratingsContent(view, i.ratings()[5:])),
		i.page("ratings-of-coach", at, personPage(rated)), i.page("ratings-of-coach-none", at, personPage(unrated)))
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
