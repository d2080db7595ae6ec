package app_test

import (
	"bytes"
	"image"
	"image/png"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/db"
)

// A coach reads the people of their own engagements and conversations, and of the
// other coaches the name.
var peoplePermissions = []permission{
	{"GetPerson", "the coachee", func(w *world) []any { return []any{w.ben.Person} },
		columns{"Ben +", "Ben +", "Ben +", missing("person"), missing("person"), missing("person"), missing("person"), missing("person")}},
	{"GetPerson", "the coach", func(w *world) []any { return []any{w.clara.Person} },
		columns{"Clara +", "Clara +", missing("person"), missing("person"), "Clara", missing("person"), missing("person"), missing("person")}},
	{"GetPerson", "the peer", func(w *world) []any { return []any{w.petra.Person} },
		columns{"Petra +", "Petra +", missing("person"), "Petra +", missing("person"), missing("person"), missing("person"), missing("person")}},
	{"GetPerson", "a client without an engagement", func(w *world) []any { return []any{w.sam.Person} },
		columns{"Sam +", "Sam +", missing("person"), missing("person"), missing("person"), missing("person"), missing("person"), missing("person")}},
	{"GetPerson", "the admin", func(w *world) []any { return []any{w.admin.Person} },
		columns{"Ada +", missing("person"), missing("person"), missing("person"), missing("person"), missing("person"), missing("person"), missing("person")}},
	{"PeopleNames", "the coachee's", func(w *world) []any { return []any{[]uuid.UUID{w.ben.Person}} },
		columns{allowed, allowed, adminOnly, adminOnly, nothing, adminOnly, adminOnly, nothing}},
	{"ListPeople", "every role", with("", paging),
		columns{"Ada +, Ben +, Clara +, Erik +, Otto +, Paul +, Petra +, Sam +", "Ben +, Clara +, Otto, Petra +, Sam +", adminOnly, adminOnly,
			"Clara, Erik +, Otto +, Paul +", adminOnly, adminOnly, "Thea +"}},
	{"ListPeople", "coachees", with("coachee", paging),
		columns{"Ben +, Erik +, Paul +, Petra +, Sam +", "Ben +, Petra +, Sam +", adminOnly, adminOnly, "Erik +, Paul +", adminOnly, adminOnly, nothing}},
	{"FindPeople", "everybody", with(app.PeopleFilter{}),
		columns{"Ada +, Ben +, Clara +, Erik +, Otto +, Paul +, Petra +, Sam +", "Ben +, Clara +, Otto, Petra +, Sam +", adminOnly, adminOnly,
			"Clara, Erik +, Otto +, Paul +", adminOnly, adminOnly, "Thea +"}},
	{"FindPeople", "active ones, and whether others are is nobody's business", with(app.PeopleFilter{State: "active"}),
		columns{"Ada +, Ben +, Clara +, Erik +, Otto +, Paul +, Petra +, Sam +", "Ben +, Clara +, Petra +, Sam +", adminOnly, adminOnly,
			"Erik +, Otto +, Paul +", adminOnly, adminOnly, "Thea +"}},
	{"FindPeople", "by the address of the other coach", with(app.PeopleFilter{ListQuery: app.ListQuery{Search: "otto@"}}),
		columns{"Otto +", nothing, adminOnly, adminOnly, "Otto +", adminOnly, adminOnly, nothing}},
	{"FindPeople", "by the name of the other coach", with(app.PeopleFilter{ListQuery: app.ListQuery{Search: "otto"}}),
		columns{"Otto +", "Otto", adminOnly, adminOnly, "Otto +", adminOnly, adminOnly, nothing}},
	{"Search", "", with("ben"), columns{"Ben +; Ben's", "Ben +; Ben's", "nothing; Ben's", "nothing; nothing", "nothing; nothing", "nothing; nothing", "nothing; nothing", "nothing; nothing"}},
	{"Search", "the coach's address", with("clara@"), columns{"Clara +; Ben's", "Clara +; Ben's", "nothing; nothing", "nothing; nothing", "nothing; nothing", "nothing; nothing", "nothing; nothing", "nothing; nothing"}},
	{"CountWaiting", "", func(*world) []any { return nil }, columns{allowed, allowed, allowed, allowed, allowed, allowed, allowed, allowed}},
	{"CreatePerson", "", func(*world) []any { return []any{newPerson()} },
		columns{"New +", adminOnly, adminOnly, adminOnly, adminOnly, adminOnly, adminOnly, "New +"}},
	{"UpdatePerson", "", func(w *world) []any { return []any{w.newcomer(), 1, newPerson()} },
		columns{"New +", adminOnly, adminOnly, adminOnly, adminOnly, adminOnly, adminOnly, missing("person")}},
	{"ListBlockedAddresses", "", (*world).blocked, admins(nothing)},
	{"ClearBlockedAddress", "", (*world).blockedOne, admins(missing("blocked_address"))},
	{"Invite", "", func(w *world) []any { return []any{app.InvitationInput{PersonID: w.newcomer()}} }, admins(noPerson)},
	{"GetInvitation", "", (*world).invited, admins(missing("invitation"))},
	{"ListInvitations", "", func(w *world) []any { w.invited(); return []any{uuid.Nil, "", paging} }, admins(nothing)},
	{"WithdrawInvitation", "", (*world).invited, admins(missing("invitation"))},
	{"SetLogo", "", func(w *world) []any { return []any{onePixel(w)} }, admins(allowed)},
	{"RemoveLogo", "", func(*world) []any { return nil }, admins(allowed)},
	{"GetAvailability", "the coach's", func(w *world) []any { return []any{w.clara.Person} }, theCoachs},
	{"GetAvailability", "of somebody who is no coach", func(w *world) []any { return []any{w.ben.Person} }, everybody(missing("coach"))},
	{"SetAvailability", "the coach's", func(w *world) []any {
		w.exec("DELETE FROM availabilities WHERE org_id = $1", w.admin.Org)
		return []any{w.clara.Person, 1, coaching.DefaultAvailability()}
	}, theCoachs},
	{"ListBusyCalendars", "the coach's", func(w *world) []any { return w.busyCalendar()[:1] }, theCoachs},
	{"BusyWeek", "the coach's", func(w *world) []any { return []any{w.clara.Person} },
		columns{nothing, nothing, missing("coach"), missing("coach"), missing("coach"), missing("coach"), missing("coach"), missing("coach")}},
	{"AddBusyCalendar", "to the coach's", func(w *world) []any {
		w.exec("DELETE FROM busy_calendars WHERE org_id = $1", w.admin.Org)
		return []any{w.clara.Person, app.BusyCalendarInput{Address: "https://calendar.example.com/a.ics"}}
	}, theCoachs},
	{"AddBusyCalendar", "to somebody who is no coach", func(w *world) []any {
		return []any{w.ben.Person, app.BusyCalendarInput{Address: "https://calendar.example.com/a.ics"}}
	}, everybody(missing("coach"))},
	{"GetBusyCalendar", "the coach's", (*world).busyCalendar, theCoachs},
	{"FetchBusyCalendar", "the coach's", (*world).busyCalendar, theCoachs},
	{"RemoveBusyCalendar", "the coach's", (*world).busyCalendar,
		columns{allowed, allowed, missing("coach"), missing("coach"), missing("coach"), missing("coach"), missing("coach"), missing("calendar")}},
	{"ListSlots", "the coach's", func(w *world) []any { return []any{w.clara.Person, coaching.Date(""), coaching.Date("")} }, theCoachs},
}

// onePixel is a picture.
func onePixel(w *world) []byte {
	w.Helper()
	var out bytes.Buffer
	require.NoError(w, png.Encode(&out, image.NewGray(image.Rect(0, 0, 1, 1))))
	return out.Bytes()
}

// busyCalendar is given with one of the coach's other calendars.
func (w *world) busyCalendar() []any {
	w.Helper()
	w.exec("DELETE FROM busy_calendars WHERE org_id = $1", w.admin.Org)
	made, err := w.app.AddBusyCalendar(w.Context(), w.clara, w.clara.Person, app.BusyCalendarInput{Address: "https://calendar.example.com/a.ics"})
	require.NoError(w, err)
	return []any{w.clara.Person, made.ID}
}

// theCoachs is what the coach, Clara, and the admins may.
var theCoachs = columns{allowed, allowed, missing("coach"), missing("coach"), missing("coach"), missing("coach"), missing("coach"), missing("coach")}

func (w *world) invited() []any {
	w.Helper()
	made, err := w.app.Invite(w.Context(), w.admin, app.InvitationInput{PersonID: w.newcomer()})
	require.NoError(w, err)
	return []any{made.ID}
}

func (w *world) blockedOne() []any {
	w.Helper()
	w.exec("INSERT INTO blocked_addresses (org_id, address, reason, blocked_at) VALUES ($1, 'x@example.com', 'bounced', now()) ON CONFLICT DO NOTHING", w.admin.Org)
	return []any{"x@example.com"}
}

func (w *world) blocked() []any {
	w.blockedOne()
	return nil
}

var accountPermissions = []permission{
	{"ChangePassword", "one's own", (*world).passwords, columns{allowed, allowed, allowed, allowed, allowed, allowed, "invalid password_wrong", allowed}},
	{"SetPassword", "", func(w *world) []any { return []any{app.PasswordInput{Person: w.newcomer(), Password: password}} }, admins(missing("person"))},
	{"GetCalendarFeed", "one's own", with(), everybody(allowed)},
	{"NewCalendarFeed", "one's own", with(), columns{allowed, allowed, allowed, allowed, allowed, allowed, missing("person"), allowed}},
	{"RemoveCalendarFeed", "one's own", with(), everybody(allowed)},
	{"KeepDevice", "one's own", with([]string{}), everybody(allowed)},
	{"CreateAPIKey", "", with("A key"), admins(allowed)},
	{"ImportAPIKey", "", func(*world) []any { return []any{"A key", app.NewSecret("cfk_")} }, admins(allowed)},
	{"ListAPIKeys", "", func(w *world) []any { w.key(); return nil }, admins(nothing)},
	{"GetAPIKey", "", (*world).key, admins(missing("api_key"))},
	{"RevokeAPIKey", "", (*world).key, admins(missing("api_key"))},
	{"GetOrganization", "one's own", with(), everybody(allowed)},
	{"UpdateOrganization", "one's own", with(app.OrganizationInput{Name: "Renamed", TimeZone: "Europe/Berlin"}), admins(allowed)},
	// A key for requests is the caller's own, whoever else uses the same one.
	{"ClaimRequest", "a key that the coach used", (*world).answered, columns{allowed, "replayed", allowed, allowed, allowed, allowed, allowed, allowed}},
	{"FinishRequest", "one's own", with("key", app.StoredResponse{Status: 200}), everybody(allowed)},
	{"ReleaseRequest", "one's own", with("key"), everybody(allowed)},
}

// passwords gives everybody the same password, and asks for another one.
func (w *world) passwords() []any {
	w.Helper()
	hash, err := passwordHash()
	require.NoError(w, err)
	w.exec("UPDATE people SET password_hash = $1", hash)
	return []any{password, "another " + password, "another " + password}
}

// key is the only key of all organizations.
func (w *world) key() []any {
	w.Helper()
	w.exec("DELETE FROM api_keys")
	key, err := w.app.CreateAPIKey(w.Context(), w.admin, "A key")
	require.NoError(w, err)
	return []any{key.ID}
}

// answered is a key for requests that the coach used for one that was answered.
func (w *world) answered() []any {
	w.Helper()
	key, hash := uuid.NewString(), []byte("hash")
	_, err := w.app.ClaimRequest(w.Context(), w.clara, key, hash)
	require.NoError(w, err)
	require.NoError(w, w.app.FinishRequest(w.Context(), w.clara, key, app.StoredResponse{Status: 200}))
	return []any{key, hash}
}

var engagementPermissions = []permission{
	{"ListEngagements", "", with(paging), columns{"Ben's, Erik's", "Ben's", "Ben's", nothing, "Erik's", "Erik's", nothing, nothing}},
	{"FindEngagements", "", with(app.EngagementFilter{}), columns{"Ben's (5), Erik's (5)", "Ben's (5)", "Ben's (3)", nothing, "Erik's (5)", "Erik's (3)", nothing, nothing}},
	{"FindEngagements", "by the coach's name", with(app.EngagementFilter{ListQuery: app.ListQuery{Search: "CLARA"}}), columns{"Ben's (5)", "Ben's (5)", "Ben's (3)", nothing, nothing, nothing, nothing, nothing}},
	{"GetEngagement", "", in(), both("engagement")},
	{"GetTimeline", "", in(paging), runs(allowed, "engagement")},
	{"CreateEngagement", "", func(w *world) []any { return []any{app.EngagementInput{Name: "Ben's", CoacheeID: w.ben.Person}} }, admins(noPerson)},
	{"UpdateEngagement", "", func(w *world) []any {
		e, err := w.app.GetEngagement(w.Context(), w.admin, w.bens)
		require.NoError(w, err)
		return []any{e.ID, e.ProgramRevision, app.EngagementChange{Name: &e.Name}}
	}, admins(missing("engagement"))},
	{"StartEngagement", "", inDraft(), runs(allowed, "engagement")},
	{"PauseEngagement", "", in(), runs(engine, "engagement")},
	{"ResumeEngagement", "", in(), runs(engine, "engagement")},
	{"CompleteEngagement", "", in(), runs(engine, "engagement")},
	// An admin's holds though the process engine is away.
	{"CancelEngagement", "a running one", inRunning, columns{allowed, engine, coachOnly, missing("engagement"), missing("engagement"), missing("engagement"), missing("engagement"), missing("engagement")}},
	{"CancelEngagement", "a draft", inDraft(), columns{allowed, adminOnly, adminOnly, missing("engagement"), missing("engagement"), missing("engagement"), missing("engagement"), missing("engagement")}},
}

const (
	formOfAll   = "Form (Ben Boss)"
	wholeOfBens = "Coach's form (Clara), " + formOfAll + ", Peer's task (Petra), Session (Ben Clara), Task (Ben)"
)

// A coachee sees of the items of a program those that are theirs, and of their
// recipients themselves.
var programPermissions = []permission{
	{"GetProgram", "", in(), columns{wholeOfBens, wholeOfBens, "Form (Ben), Session (Ben), Task (Ben)", missing("engagement"), missing("engagement"), missing("engagement"), missing("engagement"), missing("engagement")}},
	{"GetItem", "the coachee's", itemOf(coacheesForm), columns{formOfAll, formOfAll, "Form (Ben)", missing("item"), missing("item"), missing("item"), missing("item"), missing("item")}},
	{"GetItem", "the peer's", itemOf(peersTask), columns{"Peer's task (Petra)", "Peer's task (Petra)", missing("item"), missing("item"), missing("item"), missing("item"), missing("item"), missing("item")}},
	{"ListAnswers", "", (*world).answer, runs(allowed, "item")},
	{"PreviewItem", "", itemOf(coacheesForm, app.PreviewInput{}), runs(allowed, "item")},
	{"PreviewProgram", "", in([]app.EditItem{}), runs(allowed, "engagement")},
	{"EditProgram", "a draft", inDraft(0, []app.EditItem{}), runs(nothing, "engagement")},
	{"EditProgram", "a running one", in(0, []app.EditItem{}), runs(engine, "engagement")},
	{"AddItem", "a draft", inDraft(-1, task), runs("T (Ben)", "engagement")},
	{"AddItem", "a running one", in(-1, task), runs(engine, "engagement")},
	{"ChangeItem", "a draft", itemOfDraft(0, task), runs("T (Ben)", "item")},
	{"MoveItem", "a draft", itemOfDraft(0), runs("Task (Ben)", "item")},
	{"RemoveItem", "a draft", itemOfDraft(), runs(allowed, "item")},
	{"SendItem", "", itemOf(coacheesForm), runs(engine, "item")},
	{"TakeItemBack", "", itemOf(coacheesForm), runs(engine, "item")},
	{"SkipItem", "", itemOf(coacheesForm), runs(engine, "item")},
	{"ReopenItem", "", itemOf(coacheesForm), runs(engine, "item")},
	{"HoldFollowUp", "", func(w *world) []any {
		item := w.item(w.bens, coacheesForm)
		return []any{item.ID, item.To[0].ID, true}
	}, runs(engine, "item")},
	// Sessions are run by who runs the engagement.
	{"ScheduleSession", "", itemOf(aSession, inTenDays), runs(engine, "item")},
	{"RescheduleSession", "", itemOf(aSession, inTenDays), runs(engine, "item")},
	{"CancelSession", "", itemOf(aSession, "why"), runs(engine, "item")},
	{"MarkSessionHeld", "", itemOf(aSession), runs(engine, "item")},
	{"MarkSessionNoShow", "", itemOf(aSession), runs(engine, "item")},
	{"AddAttendee", "", itemOf(aSession, coaching.RecipientSpec{Email: "sam@example.com"}), runs(engine, "item")},
	{"RemoveAttendee", "", func(w *world) []any {
		item := w.item(w.bens, aSession)
		return []any{item.ID, item.To[0].ID}
	}, runs(engine, "item")},
	{"TakeProposal", "", (*world).proposalArgs, runs(engine, "item")},
	{"RefuseProposal", "", func(w *world) []any { return append(w.proposalArgs(), "why") }, runs("Session (Ben Clara)", "item")},
	// Whoever attends one sees it, cancels it, and asks for another time.
	{"GetAttendedSession", "", scheduled(), attends(allowed)},
	{"CancelAttendedSession", "", scheduled("why"), attends(engine)},
	{"AskForAnotherTime", "", scheduled("Thursday?"), attends(allowed)},
	// The coachee chooses its time; the coach, who attends it, too, sets it by hand.
	{"ListTimes", "", (*world).sessionToBook, columns{missing("session"), nothing, allowed, missing("session"), missing("session"), missing("session"), missing("session"), missing("session")}},
	{"BookAttendedSession", "", (*world).sessionToBookThen, columns{missing("session"), "conflict session_not_bookable", engine, missing("session"), missing("session"), missing("session"), missing("session"), missing("session")}},
	// Sessions by their time: all for an admin, those of their engagements for a coach, those that they attend for a coachee.
	{"ListSessions", "", listed(app.SessionQuery{From: time.Now(), Until: time.Now().AddDate(0, 0, 30)}), columns{allowed, allowed, allowed, nothing, nothing, nothing, nothing, nothing}},
	{"ListSessions", "that a coachee does not attend", func(w *world) []any {
		args := listed(app.SessionQuery{From: time.Now(), Until: time.Now().AddDate(0, 0, 30)})(w)
		w.exec("UPDATE session_attendees SET removed_at = now()")
		return args
	}, columns{allowed, allowed, nothing, nothing, nothing, nothing, nothing, nothing}},
	{"NextSessions", "", listed(5), columns{allowed, allowed, allowed, nothing, nothing, nothing, nothing, nothing}},
	{"CountSessions", "", with(time.Now(), time.Now().AddDate(0, 0, 1)), columns{allowed, adminOnly, adminOnly, adminOnly, adminOnly, adminOnly, adminOnly, allowed}},
	// Ratings are read by those whom their question named.
	{"ListRatings", "for everyone", rated("everyone"), both("engagement")},
	{"ListRatings", "for the coach", rated("coach"), columns{allowed, allowed, nothing, missing("engagement"), missing("engagement"), missing("engagement"), missing("engagement"), missing("engagement")}},
	{"ListRatings", "for admins", rated("admins"), columns{allowed, nothing, nothing, missing("engagement"), missing("engagement"), missing("engagement"), missing("engagement"), missing("engagement")}},
	{"ListRatings", "of the coach before", func(w *world) []any {
		args := rated("everyone")(w)
		w.exec("UPDATE session_ratings SET coach_id = $1", w.otto.Person)
		return args
	}, columns{allowed, nothing, allowed, missing("engagement"), missing("engagement"), missing("engagement"), missing("engagement"), missing("engagement")}},
	{"RatingOfCoach", "", func(w *world) []any { return []any{w.clara.Person} }, admins(missing("person"))},
	// Tasks are done by whom they are for, and by nobody in their place.
	{"GetTask", "the coachee's", itemOf(coacheesTask), columns{missing("task"), missing("task"), allowed, missing("task"), missing("task"), missing("task"), missing("task"), missing("task")}},
	{"GetTask", "the peer's", itemOf(peersTask), columns{missing("task"), missing("task"), missing("task"), allowed, missing("task"), missing("task"), missing("task"), missing("task")}},
	{"CompleteTask", "the coachee's", itemOf(coacheesTask), columns{missing("task"), missing("task"), allowed, missing("task"), missing("task"), missing("task"), missing("task"), missing("task")}},
	{"CompleteTask", "the peer's", itemOf(peersTask), columns{missing("task"), missing("task"), missing("task"), allowed, missing("task"), missing("task"), missing("task"), missing("task")}},
	{"AddItemFiles", "", func(w *world) []any {
		return []any{w.item(w.bens, aSession).ID, []uuid.UUID{w.upload(w.clara, text("agenda.txt", "the agenda"))[0].ID}}
	}, runs("Session (Ben Clara)", "item")},
	{"ReplaceItemFile", "", (*world).fileToReplace, runs("Values (Ben)", "item")},
	{"GetFile", "that was sent to the coachee", (*world).fileOfItem, both("file")},
	{"ReadFile", "that was sent to the coachee", (*world).fileOfItem, both("file")},
	{"OpenFile", "that was sent to the coachee", (*world).fileOfItem, both("file")},
	{"FindForms", "", with(app.LibraryFilter{}), columns{allowed, allowed, adminOnly, adminOnly, allowed, adminOnly, adminOnly, nothing}},
	{"ListForms", "", with(paging), columns{allowed, allowed, adminOnly, adminOnly, allowed, adminOnly, adminOnly, nothing}},
	{"GetForm", "", func(w *world) []any { return []any{w.form} },
		columns{allowed, allowed, missing("form"), missing("form"), allowed, missing("form"), missing("form"), missing("form")}},
	{"CreateForm", "", with(app.FormInput{Name: "F", Definition: oneQuestion}), admins(allowed)},
	{"UpdateForm", "", (*world).newForm, admins(missing("form"))},
	{"FindProgramTemplates", "", func(w *world) []any { w.template(); return []any{app.LibraryFilter{}} }, admins(nothing)},
	{"ListProgramTemplates", "", func(w *world) []any { w.template(); return []any{paging} }, admins(nothing)},
	{"GetProgramTemplate", "", (*world).template, admins(missing("program_template"))},
	{"CreateProgramTemplate", "", with(app.ProgramTemplateInput{Name: "T", Items: []coaching.ItemSpec{task}}), admins(allowed)},
	{"UpdateProgramTemplate", "", func(w *world) []any {
		return append(w.template(), 1, app.ProgramTemplateInput{Name: "T", Items: []coaching.ItemSpec{task}})
	}, admins(missing("program_template"))},
}

var oneQuestion = []byte(`{"elements": [{"type": "text", "name": "q", "title": "Q"}]}`)

// answer is the coachee's answer to their form.
func (w *world) answer() []any {
	w.Helper()
	item := w.item(w.bens, coacheesForm)
	w.exec(`INSERT INTO answers (org_id, id, recipient_id, round, form_id, form_version, answer, saved_at, submitted_at, taken_up_at)
		VALUES ($1, $2, $3, 1, $4, 1, '{}', now(), now(), now()) ON CONFLICT DO NOTHING`, w.admin.Org, db.NewID(), item.To[0].ID, w.form)
	return []any{item.ID}
}

func (w *world) newForm() []any {
	w.Helper()
	made, err := w.app.CreateForm(w.Context(), w.admin, app.FormInput{Name: "F", Definition: oneQuestion})
	require.NoError(w, err)
	return []any{made.ID, 1, app.FormInput{Name: "F", Definition: oneQuestion}}
}

func (w *world) template() []any {
	w.Helper()
	made, err := w.app.CreateProgramTemplate(w.Context(), w.admin, app.ProgramTemplateInput{Name: "T", Items: []coaching.ItemSpec{task}})
	require.NoError(w, err)
	return []any{made.ID}
}

// fileItem adds a file for Ben, which the admin has uploaded, to a draft.
func (w *world) fileItem() app.Item {
	w.Helper()
	file := w.upload(w.admin, text("values.txt", "the values"))[0].ID
	item, err := w.app.AddItem(w.Context(), w.admin, w.draft(w.clara, w.ben, w.petra), -1, coaching.ItemSpec{Kind: coaching.FileItem, Title: "Values", FileIDs: []uuid.UUID{file},
		Release: coaching.ReleaseRule{Rule: coaching.Manual}, Recipients: []coaching.RecipientSpec{{Role: "coachee"}}})
	require.NoError(w, err)
	return item
}

// fileToReplace is a file of an item, with a new version that the coach has uploaded.
func (w *world) fileToReplace() []any {
	item := w.fileItem()
	return []any{item.ID, item.FileIDs[0], w.upload(w.clara, text("better.txt", "better values"))[0].ID}
}

// fileOfItem is a file of an item that went out.
func (w *world) fileOfItem() []any {
	item := w.fileItem()
	w.exec("UPDATE items SET status = 'open', issued_at = now(), round = 1 WHERE id = $1", item.ID)
	return []any{item.FileIDs[0]}
}
