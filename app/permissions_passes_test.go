package app_test

import (
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/db"
)

// pass is a call of a method that does not ask who calls: what is brought along
// decides, a password, a token, or the link of a mail.
type pass struct {
	method, about string
	given         func(*world) []any
	want          string
}

func TestPasses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, row := range append(loginPasses, linkPasses()...) {
		t.Run(row.method+" with "+row.about, func(t *testing.T) {
			here := *w
			here.T = t
			args := row.given(&here)
			before := here.snapshot()
			require.Equal(t, row.want, here.callAny(row.method, app.Principal{}, args))
			// What goes to a workflow is stored first, so that it can be told what it is.
			if row.want != allowed && row.want != engine {
				require.Equal(t, before, here.snapshot(), "a call that was refused has changed something")
			}
		})
	}
}

const (
	loginFailed = "unauthenticated login_failed"
	loginNeeded = "unauthenticated login_needed"
	keyInvalid  = "unauthenticated api_key_invalid"
	linkInvalid = "not_found link_invalid"
)

var loginPasses = []pass{
	{"Login", "the password", with(email("Clara"), password, nil), allowed},
	{"Login", "another's password", with(email("Clara"), "wrong "+password, nil), loginFailed},
	{"Login", "an address of nobody", with(email("Zoe"), password, nil), loginFailed},
	{"Login", "the password of a closed account", func(w *world) []any { w.closed("Closed"); return []any{email("Closed"), password, nil} }, loginFailed},
	{"KnownDevice", "a token", func(w *world) []any { return []any{email("Clara"), w.app.KeepDevice(w.clara, nil)} }, allowed},
	{"KnownDevice", "the token of another person", func(w *world) []any { return []any{email("Clara"), w.app.KeepDevice(w.ben, nil)} }, nothing},
	{"KnownDevice", "a token from before the password was changed", func(w *world) []any {
		before := w.clara
		before.PasswordSet--
		return []any{email("Clara"), w.app.KeepDevice(before, nil)}
	}, nothing},
	{"KnownDevice", "the token of a closed account", func(w *world) []any { return []any{email("Former"), w.app.KeepDevice(w.closed("Former"), nil)} }, nothing},
	{"KnownDevice", "a forged token", with(email("Clara"), []string{strings.Repeat("A", 130)}), nothing},
	{"Principal", "an account", func(w *world) []any { return []any{w.admin.Org, w.clara.Person} }, allowed},
	{"Principal", "a person without an account", func(w *world) []any { return []any{w.admin.Org, w.newcomer()} }, loginNeeded},
	{"Principal", "a closed account", func(w *world) []any { return []any{w.admin.Org, w.closed("Gone").Person} }, loginNeeded},
	{"Principal", "an account of another organization", func(w *world) []any { return []any{w.foreign.Org, w.clara.Person} }, loginNeeded},
	{"WithAPIKey", "a key", func(w *world) []any { _, key := w.apiKey(); return []any{key} }, allowed},
	{"WithAPIKey", "a revoked key", func(w *world) []any {
		id, key := w.apiKey()
		require.NoError(w, w.app.RevokeAPIKey(w.Context(), w.admin, id))
		return []any{key}
	}, keyInvalid},
	{"WithAPIKey", "a key that nobody made", func(*world) []any { return []any{app.NewSecret("cfk_")} }, keyInvalid},
	{"WithAPIKey", "the key of a closed account", func(w *world) []any { return []any{w.keyOf(w.closed("Leaver"))} }, loginNeeded},
	{"FindSession", "a token", func(w *world) []any { return []any{w.session(time.Hour)} }, allowed},
	{"FindSession", "a token that has run out", func(w *world) []any { return []any{w.session(-time.Hour)} }, nothing},
	{"FindSession", "a token that nobody made", with(app.KeyHash("none")), nothing},
	{"SaveSession", "a person", func(w *world) []any { return []any{app.KeyHash("new"), w.sessionRow(w.admin.Org, time.Hour)} }, allowed},
	{"EndSession", "a token", func(w *world) []any { return []any{w.session(time.Hour)} }, allowed},
	{"EndSession", "a token that nobody made", with(app.KeyHash("none")), allowed},
	// The answer does not tell whether there is such a person.
	{"AskNewPassword", "an address", with(email("Clara")), allowed},
	{"AskNewPassword", "an address of nobody", with(email("Zoe")), allowed},
	// For whoever runs the system: no page and no operation of the API leads here.
	{"CreateOrganization", "nothing", with(app.NewOrganization{Name: "Third", TimeZone: "UTC", AdminName: "Tom", AdminEmail: email("Tom"), AdminPassword: password}), allowed},
	// Its signature was checked where it came in.
	{"RecordDelivery", "news about no mail of ours", with(nil), allowed},
	{"OpenCalendar", "the token of an address", func(w *world) []any { return []any{w.feedOf(w.ben)} }, allowed},
	{"OpenCalendar", "a token that nobody has", with("nobody's"), missing("calendar")},
	{"Logo", "one that is used", func(w *world) []any {
		require.NoError(w, w.app.SetLogo(w.Context(), w.admin, onePixel(w)))
		organization, err := w.app.GetOrganization(w.Context(), w.admin)
		require.NoError(w, err)
		return []any{w.admin.Org, strings.TrimSuffix(path.Base(organization.Logo), ".png")}
	}, allowed},
	{"Logo", "another organization's", func(w *world) []any {
		require.NoError(w, w.app.SetLogo(w.Context(), w.admin, onePixel(w)))
		organization, err := w.app.GetOrganization(w.Context(), w.admin)
		require.NoError(w, err)
		return []any{w.foreign.Org, strings.TrimSuffix(path.Base(organization.Logo), ".png")}
	}, missing("logo")},
	{"OpenLink", "a token", func(w *world) []any { return []any{w.links.Sign(w.formLink(time.Hour))} }, allowed},
	{"OpenLink", "a forged token", func(w *world) []any {
		other, err := coaching.ParseLinkKeys("1:" + strings.Repeat("B", 43) + "=")
		require.NoError(w, err)
		return []any{other.Sign(w.formLink(time.Hour))}
	}, linkInvalid},
	{"OpenLink", "nothing", with(""), linkInvalid},
}

// closed is somebody whose account was closed.
func (w *world) closed(name string) app.Principal {
	w.Helper()
	p := w.person(name, "coach")
	w.exec("UPDATE people SET state = 'internal' WHERE id = $1", p.Person)
	return p
}

func (w *world) apiKey() (id uuid.UUID, key string) {
	w.Helper()
	made, err := w.app.CreateAPIKey(w.Context(), w.admin, "A key")
	require.NoError(w, err)
	return made.ID, made.Key
}

func (w *world) keyOf(p app.Principal) string {
	w.Helper()
	id, key := w.apiKey()
	w.exec("UPDATE api_keys SET person_id = $1 WHERE id = $2", p.Person, id)
	return key
}

func (w *world) sessionRow(org uuid.UUID, lives time.Duration) app.SessionRow {
	return app.SessionRow{Org: org, Person: w.clara.Person, Data: []byte("data"), Expires: time.Now().Add(lives)}
}

func (w *world) session(lives time.Duration) []byte {
	w.Helper()
	hash := app.KeyHash(uuid.NewString())
	require.NoError(w, w.app.SaveSession(w.Context(), hash, w.sessionRow(w.admin.Org, lives)))
	return hash
}

func (w *world) formLink(lives time.Duration) coaching.LinkRef {
	w.Helper()
	return w.link(coaching.FormLink, w.item(w.bens, coacheesForm).To[0].ID, w.ben, lives)
}

func (w *world) sessionLink(lives time.Duration) coaching.LinkRef {
	w.Helper()
	item := w.scheduledSession()
	var attendee uuid.UUID
	require.NoError(w, w.superuser.QueryRow(w.Context(), `SELECT a.id FROM session_attendees a JOIN item_sessions s ON s.id = a.session_id JOIN item_recipients r ON r.id = a.recipient_id
		WHERE s.item_id = $1 AND s.state = 'scheduled' AND r.person_id = $2`, item.ID, w.ben.Person).Scan(&attendee))
	return w.link(coaching.SessionLink, attendee, w.ben, lives)
}

func (w *world) matchingLink(lives time.Duration) coaching.LinkRef {
	w.Helper()
	return w.link(coaching.MatchingLink, w.matching().ID, w.ben, lives)
}

func (w *world) proposalLink(lives time.Duration) coaching.LinkRef {
	w.Helper()
	_, proposal := w.proposal()
	return w.link(coaching.ProposalLink, proposal, w.clara, lives)
}

func (w *world) ratingLink(lives time.Duration) coaching.LinkRef {
	w.Helper()
	return w.link(coaching.RatingLink, w.rating("everyone"), w.ben, lives)
}

func (w *world) bookingLink(lives time.Duration) coaching.LinkRef {
	w.Helper()
	w.sessionToBook()
	return w.link(coaching.BookingLink, w.item(w.bens, aSession).To[0].ID, w.ben, lives)
}

func (w *world) fileLink(lives time.Duration) coaching.LinkRef {
	w.Helper()
	return w.link(coaching.FileLink, w.file(w.ben), w.ben, lives)
}

func (w *world) passwordLink(lives time.Duration) coaching.LinkRef {
	w.Helper()
	return w.link(coaching.PasswordLink, w.ben.Person, w.ben, lives)
}

// linkPasses let each method that takes a link have one that works, and all that
// do not.
func linkPasses() []pass {
	answer := url.Values{"q": {"An answer"}}
	list := []pass{}
	for _, of := range []struct {
		method string
		link   func(*world, time.Duration) coaching.LinkRef
		other  func(*world, time.Duration) coaching.LinkRef // a link for something else
		args   []any
		want   string
	}{
		{"ReadFormLink", (*world).formLink, (*world).fileLink, nil, allowed},
		{"SaveDraft", (*world).formLink, (*world).passwordLink, []any{answer}, allowed},
		{"SubmitForm", (*world).formLink, (*world).fileLink, []any{answer}, allowed},
		{"ReadFileLink", (*world).fileLink, (*world).formLink, nil, allowed},
		{"ViewFile", (*world).fileLink, (*world).passwordLink, nil, allowed},
		{"ReadAccountLink", (*world).passwordLink, (*world).formLink, nil, allowed},
		{"ChoosePassword", (*world).passwordLink, (*world).fileLink, []any{password, password}, allowed},
		{"ReadSessionLink", (*world).sessionLink, (*world).formLink, nil, allowed},
		{"CancelSessionByLink", (*world).sessionLink, (*world).formLink, []any{"why"}, engine},
		{"ReadMatchingLink", (*world).matchingLink, (*world).sessionLink, nil, allowed},
		{"ActByMatchingLink", (*world).matchingLink, (*world).formLink, []any{app.MatchingActInput{Kind: coaching.SelectCoach, CoachID: uuid.New()}}, engine},
		{"ReadProposalLink", (*world).proposalLink, (*world).sessionLink, nil, allowed},
		{"TakeProposalByLink", (*world).proposalLink, (*world).formLink, nil, engine},
		{"RefuseProposalByLink", (*world).proposalLink, (*world).sessionLink, []any{"why"}, allowed},
		{"SessionFileByLink", (*world).sessionLink, (*world).formLink, []any{uuid.Nil}, "conflict session_file_gone"},
		{"ReadRatingLink", (*world).ratingLink, (*world).sessionLink, nil, allowed},
		{"RateByLink", (*world).ratingLink, (*world).formLink, []any{coaching.Rating{Score: 4, Words: "Good"}}, allowed},
		{"AskByLink", (*world).sessionLink, (*world).fileLink, []any{"Thursday?"}, allowed},
		{"BookByLink", (*world).bookingLink, (*world).formLink, []any{inTwoWeeks, ""}, engine},
	} {
		row := func(about string, ref func(*world) coaching.LinkRef, want string) {
			list = append(list, pass{of.method, about, func(w *world) []any { return append([]any{ref(w)}, of.args...) }, want})
		}
		row("its link", func(w *world) coaching.LinkRef { return of.link(w, time.Hour) }, of.want)
		row("a link that has run out", func(w *world) coaching.LinkRef { return of.link(w, -time.Hour) }, linkInvalid)
		row("a link for something else", func(w *world) coaching.LinkRef { return of.other(w, time.Hour) }, linkInvalid)
		row("a link that was taken for something else", func(w *world) coaching.LinkRef {
			ref := of.other(w, time.Hour)
			ref.Purpose = of.link(w, time.Hour).Purpose
			return ref
		}, linkInvalid)
		row("a link of another organization", func(w *world) coaching.LinkRef {
			ref := of.link(w, time.Hour)
			ref.Org = w.foreign.Org
			return ref
		}, linkInvalid)
		row("a link that nobody made", func(w *world) coaching.LinkRef {
			return coaching.LinkRef{Purpose: of.link(w, time.Hour).Purpose, Org: w.admin.Org, ID: db.NewID()}
		}, linkInvalid)
	}
	return list
}

// What somebody else does with the same key leaves a request alone.
func TestRequestKeys_AreTheCallersOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.app.ClaimRequest(t.Context(), w.clara, "key", []byte("hash"))
	require.NoError(t, err)
	for _, other := range []app.Principal{w.admin, w.ben, w.foreign} {
		require.NoError(t, w.app.FinishRequest(t.Context(), other, "key", app.StoredResponse{Status: 200}))
		require.NoError(t, w.app.ReleaseRequest(t.Context(), other, "key"))
		require.Equal(t, "conflict idempotency_in_progress", w.call("ClaimRequest", w.clara, []any{"key", []byte("hash")}))
	}
	require.NoError(t, w.app.FinishRequest(t.Context(), w.clara, "key", app.StoredResponse{Status: 200}))
	require.Equal(t, "replayed", w.call("ClaimRequest", w.clara, []any{"key", []byte("hash")}))
}

// A key does what the person may who made it, and no more once they may less.
func TestAPIKey_FollowsItsPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := w.keyOf(w.clara)
	p, err := w.app.WithAPIKey(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, w.clara, p)
	w.exec("UPDATE people SET roles = '{coachee}' WHERE id = $1", w.clara.Person)
	p, err = w.app.WithAPIKey(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, adminOnly, w.call("ListPeople", p, []any{"", paging}))
}
