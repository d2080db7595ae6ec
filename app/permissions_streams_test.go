package app_test

import (
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

var streamPermissions = []permission{
	{"OpenStream", "the coach's with their client", func(w *world) []any { return []any{app.StreamInput{CoachID: w.clara.Person, ClientID: w.ben.Person}} },
		columns{allowed, allowed, adminOnly, adminOnly, adminOnly, adminOnly, adminOnly, noPerson}},
	{"OpenStream", "the coach's with somebody else", func(w *world) []any { return []any{app.StreamInput{CoachID: w.clara.Person, ClientID: w.newcomer()}} },
		columns{allowed, noPerson, adminOnly, adminOnly, adminOnly, adminOnly, adminOnly, noPerson}},
	{"ListStreams", "", with(paging), columns{"Ben, Erik, Sam", "Ben, Sam", "Ben", nothing, "Erik", "Erik", nothing, nothing}},
	{"GetStream", "", (*world).bensStream, both("stream")},
	{"StreamOf", "", func(w *world) []any { return []any{app.StreamInput{CoachID: w.clara.Person, ClientID: w.ben.Person}} }, both("stream")},
	{"FindMessages", "", with(app.MessageFilter{}), columns{"Ben, Erik, Sam", "Ben, Sam", "Ben", nothing, "Erik", "Erik", nothing, nothing}},
	{"FindMessages", "by a name", with(app.MessageFilter{ListQuery: app.ListQuery{Search: "ben"}}), columns{"Ben", "Ben", "Ben", nothing, nothing, nothing, nothing, nothing}},
	{"FindMessages", "by the coach's address", with(app.MessageFilter{ListQuery: app.ListQuery{Search: "clara@"}}), columns{"Ben, Sam", nothing, nothing, nothing, nothing, nothing, nothing, nothing}},
	{"ListMessages", "", func(w *world) []any { return append(w.bensStream(), paging) }, both("stream")},
	{"ListFiles", "", func(w *world) []any { return []any{w.ben.Person, paging} },
		columns{allowed, allowed, allowed, missing("file"), missing("file"), missing("file"), missing("file"), missing("person")}},
	{"LatestMessages", "none earlier", func(w *world) []any { return append(w.bensStream(), 50) },
		columns{nothing, nothing, nothing, missing("stream"), missing("stream"), missing("stream"), missing("stream"), missing("stream")}},
	{"AddressesOfStream", "", (*world).bensStream, coachs("stream")},
	{"GetSystemAddress", "", (*world).bensAddress, coachs("system_address")},
	{"GetFile", "", (*world).bensFile, both("file")},
	{"ReadFile", "", (*world).bensFile, both("file")},
	{"OpenFile", "", (*world).bensFile, both("file")},
	{"GetFile", "that the coach has uploaded", (*world).uploadedFile, coachs("file")},
	{"ReadFile", "that the coach has uploaded", (*world).uploadedFile, coachs("file")},
	{"OpenFile", "that the coach has uploaded", (*world).uploadedFile, coachs("file")},
	{"UploadFiles", "", func(*world) []any { return []any{uploads(text("a.txt", "a"))} },
		columns{allowed, allowed, coachOnly, coachOnly, allowed, coachOnly, coachOnly, allowed}},
	{"FindFiles", "by name", func(w *world) []any {
		w.uploadedFile()
		return []any{app.LibraryFilter{ListQuery: app.ListQuery{Search: "plan"}}}
	},
		columns{allowed, allowed, coachOnly, coachOnly, nothing, coachOnly, coachOnly, nothing}},
	{"ListSystemAddresses", "everybody's", with(nil, paging), columns{"Ben, Erik, Sam", "Ben, Sam", adminOnly, adminOnly, "Erik", adminOnly, adminOnly, nothing}},
	{"ListSystemAddresses", "the coach's", func(w *world) []any { return []any{&w.clara.Person, paging} },
		columns{"Ben, Sam", "Ben, Sam", adminOnly, adminOnly, adminOnly, adminOnly, adminOnly, nothing}},
	{"FindSystemAddresses", "everybody's", with(app.AddressFilter{}), columns{"Ben, Erik, Sam", "Ben, Sam", adminOnly, adminOnly, "Erik", adminOnly, adminOnly, nothing}},
	{"FindSystemAddresses", "the coach's", func(w *world) []any { return []any{app.AddressFilter{Coach: w.clara.Person}} },
		columns{"Ben, Sam", "Ben, Sam", adminOnly, adminOnly, adminOnly, adminOnly, adminOnly, nothing}},
	{"FindSystemAddresses", "by a client's name", with(app.AddressFilter{ListQuery: app.ListQuery{Search: "ben"}}), columns{"Ben", "Ben", adminOnly, adminOnly, nothing, adminOnly, adminOnly, nothing}},
	{"RegenerateSystemAddress", "", (*world).bensAddress, coachs("system_address")},
	{"SendContacts", "", (*world).bensStreams, coachs("stream")},
	{"SendAddresses", "", (*world).bensStreams, coachs("stream")},
	{"SendContacts", "a client's of another coach, too", func(w *world) []any {
		streams, err := w.app.ListStreams(w.Context(), w.otto, paging)
		require.NoError(w, err)
		return []any{app.StreamsInput{StreamIDs: []uuid.UUID{w.stream, streams.Items[0].ID}}}
	}, columns{allowed, missing("stream"), missing("stream"), missing("stream"), missing("stream"), missing("stream"), missing("stream"), missing("stream")}},
	{"PendingContacts", "", func(w *world) []any { w.contacts(); return nil }, columns{allowed, allowed, nothing, nothing, nothing, nothing, nothing, nothing}},
	{"TakeBackNotification", "", (*world).contacts, coachs("notification")},
	{"FindInboundMails", "", func(w *world) []any { w.quarantined(); return []any{app.InboundMailFilter{}} }, admins(nothing)},
	{"GetInboundMail", "", (*world).aside, admins(missing("inbound_mail"))},
	{"RawInboundMail", "", (*world).aside, admins(missing("inbound_mail"))},
	{"ReleaseInboundMail", "", (*world).aside, admins(missing("inbound_mail"))},
	{"DiscardInboundMail", "", (*world).aside, admins(missing("inbound_mail"))},
}

func (w *world) bensStream() []any  { return []any{w.stream} }
func (w *world) bensStreams() []any { return []any{app.StreamsInput{StreamIDs: []uuid.UUID{w.stream}}} }
func (w *world) bensFile() []any    { return []any{w.file(w.ben)} }
func (w *world) uploadedFile() []any {
	return []any{w.upload(w.clara, text("plan.txt", "the plan"))[0].ID}
}
func (w *world) aside() []any { return []any{w.quarantined()} }

func (w *world) bensAddress() []any {
	w.Helper()
	list, err := w.app.ListSystemAddresses(w.Context(), w.admin, nil, paging)
	require.NoError(w, err)
	for _, address := range list.Items {
		if address.StreamID == w.stream {
			return []any{address.ID}
		}
	}
	require.Fail(w, "the stream has no address")
	return nil
}

// contacts asks for the only mail with contacts, which can still be taken back.
func (w *world) contacts() []any {
	w.Helper()
	w.exec("DELETE FROM notifications")
	list, err := w.app.SendContacts(w.Context(), w.admin, app.StreamsInput{StreamIDs: []uuid.UUID{w.stream}})
	require.NoError(w, err)
	return []any{list[0].ID}
}

var letter = coaching.LetterSpec{Subject: "Hello", Body: "Look: {{link}}"}

func ownLadder() *coaching.Ladder {
	own := coaching.DefaultLadders[coaching.ItemLadder]
	return &own
}

var mailPermissions = []permission{
	{"ListNotifications", "an engagement's", func(w *world) []any { w.sent(&w.bens); return []any{&w.bens, "", paging} }, runs(allowed, "engagement")},
	{"ListNotifications", "everybody's", func(w *world) []any { w.sent(&w.bens); return []any{nil, "", paging} }, admins(nothing)},
	{"FindMails", "an engagement's", func(w *world) []any { w.sent(&w.bens); return []any{app.MailFilter{Engagement: w.bens}} }, runs(allowed, "engagement")},
	{"FindMails", "everybody's", func(w *world) []any { w.sent(&w.bens); return []any{app.MailFilter{}} }, admins(nothing)},
	{"FindMails", "to a person", func(w *world) []any {
		w.sent(&w.bens)
		return []any{app.MailFilter{ListQuery: app.ListQuery{Search: "ben"}}}
	}, admins(nothing)},
	{"NotificationsOf", "", func(w *world) []any { w.sent(&w.bens); return []any{w.ben.Person} }, admins(nothing)},
	{"GetNotification", "an engagement's", func(w *world) []any { return []any{w.sent(&w.bens)} }, coachs("notification")},
	{"GetNotification", "about no engagement", func(w *world) []any { return []any{w.sent(nil)} },
		columns{allowed, missing("notification"), missing("notification"), missing("notification"), missing("notification"), missing("notification"), missing("notification"), missing("notification")}},
	{"ListNotificationTemplates", "", with(), admins(allowed)},
	{"ListLadders", "", with(), admins(allowed)},
	{"GetLadder", "", with(coaching.ItemLadder), admins(allowed)},
	{"SetLadder", "", with(coaching.ItemLadder, coaching.DefaultLadders[coaching.ItemLadder]), admins(allowed)},
	{"ResetLadder", "", with(coaching.ItemLadder), admins(allowed)},
	{"PreviewLadder", "", with(coaching.ItemLadder, app.LadderPreviewInput{Ladder: ownLadder(), DueDays: 7}), admins(allowed)},
	{"RemindersOfItems", "", with(), columns{allowed, allowed, coachOnly, coachOnly, allowed, coachOnly, coachOnly, allowed}},
	{"SetNotificationTemplate", "", with("form_request", letter), admins(allowed)},
	{"ResetNotificationTemplate", "", func(w *world) []any {
		_, err := w.app.SetNotificationTemplate(w.Context(), w.admin, "form_reminder", letter)
		require.NoError(w, err)
		return []any{"form_reminder"}
	}, admins(missing("notification_template"))},
}
