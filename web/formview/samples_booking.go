package formview

// bookingSamples are the pages on which the time of a session is chosen.
func bookingSamples(frame Frame) []Sample {
	times := TimesPage{Frame: frame, Title: "First session", Body: "Choose a time that Jonas Weber has free, for 60 minutes.", Zone: "Europe/Berlin", Action: "/l/sample", LaterURL: "/l/sample?week=2026-03-16",
		Days: []TimesDay{sampleDay("Monday, 9 March 2026", "09:00", "09:30", "10:00", "10:30", "13:00", "14:30"), sampleDay("Wednesday, 11 March 2026", "16:00"), sampleDay("Friday, 13 March 2026", "09:00", "09:30")}}
	taken, moving, night := times, times, times
	taken.Problem = "This time is taken by now. Choose another one."
	moving.Body = "It is booked for Monday, 9 March 2026, 10:00 (Europe/Berlin). Choose another time that Jonas Weber has free, for 60 minutes."
	moving.EarlierURL, moving.BackURL = "/l/sample?week=2026-03-02", "/l/sample"
	night.Zone, night.Days = "America/Argentina/ComodRivadavia", []TimesDay{sampleDay("Sunday, 25 October 2026", "02:00 CEST", "02:30 CEST", "02:00 CET", "02:30 CET", "03:00")}
	none := TimesPage{Frame: frame, Title: "First session", Zone: "Europe/Berlin", Action: "/l/sample", Words: "I work until six. Do you have something in the evening?",
		Body: times.Body + "\n\nAt the moment no time is free that could be booked here. Write below which times suit you: your coach gets it by mail."}
	confirm := ConfirmPage{Frame: frame, Title: "Book this time?", Button: "Book the session", Action: "/l/sample", Hidden: map[string]string{ActionField: ActionBook, AtField: "2026-03-09T09:00:00Z"},
		Details: []Detail{{"Session", "First session"}, {"With", "Jonas Weber"}, {"When", "Monday, 9 March 2026, 10:00 (Europe/Berlin)"}, {"Length", "60 minutes"}},
		Hint:    "Nothing is booked until you press the button. Then everybody who attends gets a mail with the time for their calendar.",
		BackURL: "/l/sample?week=2026-03-09", BackText: "Choose another time"}
	move := confirm
	move.Title, move.Button, move.ReasonLabel = "Move the session to this time?", "Move the session", "Why? Everybody who attends reads this. May be empty."
	move.Details = append(move.Details[:len(move.Details):len(move.Details)], Detail{"Until now", "Monday, 9 March 2026, 10:00 (Europe/Berlin)"})
	booked := SessionPage{Frame: frame, Title: "First session", Body: "It takes place as planned.", Action: "/l/sample", TimesURL: "/l/sample?week=next", TimesText: "Choose another time", CanAsk: true, CanCancel: true,
		Notice:  "It is booked. Everybody who attends gets a mail with the time for their calendar.",
		Details: []SessionDetail{{Label: "When", Value: "Monday, 9 March 2026, 10:00 (Europe/Berlin)"}, {Label: "Where", Value: "Room 4, Hauptstraße 1"}},
		Hint:    "You can move or cancel it here until Sunday, 8 March 2026, 10:00 (Europe/Berlin)."}
	return []Sample{{"booking-times", Times(times)}, {"booking-taken", Times(taken)}, {"booking-none-free", Times(none)}, {"booking-move", Times(moving)}, {"booking-clock-put-back", Times(night)},
		{"booking-confirm", Confirm(confirm)}, {"booking-confirm-move", Confirm(move)}, {"booking-booked", Session(booked)}}
}

func sampleDay(label string, clocks ...string) TimesDay {
	day := TimesDay{Label: label}
	for _, clock := range clocks {
		day.Times = append(day.Times, TimeChoice{Label: clock, URL: "/l/sample?at=2026-03-09T09%3A00%3A00Z"})
	}
	return day
}
