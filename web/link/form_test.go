package link_test

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/web/serve"
)

var errNoEngine = errors.New("no answer")

func answers(action string, pairs ...string) url.Values {
	form := url.Values{"action": {action}}
	for i := 0; i < len(pairs); i += 2 {
		form.Add("q."+pairs[i], pairs[i+1])
	}
	return form
}

// fields are the hidden fields of a page.
func (r response) fields() url.Values {
	values := url.Values{}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(r.body, -1) {
		values.Add(m[1], m[2])
	}
	return values
}

// send fills out the form of a page and presses one of its buttons.
func (r response) send(action string, pairs ...string) response {
	values := r.fields()
	for name, typed := range answers(action, pairs...) {
		values[name] = typed
	}
	return r.from.post(r.path, values)
}

func TestR8_AFormIsOnePageWithItsButtonsAndNoLogin(t *testing.T) {
	w := newWorld(t)
	_, _, path := w.sent(w.ours)
	page := w.visitor().get(path)
	require.Equal(t, http.StatusOK, page.status)
	require.Contains(t, page.body, "Before we begin")
	require.Contains(t, page.body, `action="`+path+`"`)
	require.Equal(t, 1, strings.Count(page.body, `value="submit"`))
	require.Contains(t, page.body, "(Europe/Berlin)")
	require.Empty(t, page.header.Values("Set-Cookie"), "a link logs nobody in")
	for name, value := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex",
		"X-Content-Type-Options": "nosniff", "Content-Security-Policy": serve.PagePolicy} {
		require.Equal(t, value, page.header.Get(name), name)
	}
}

func TestForm_DraftIsKeptRightOrWrong(t *testing.T) {
	w := newWorld(t)
	_, _, path := w.sent(w.ours)
	page := w.visitor().post(path, answers("draft", "role", "", "years", "about seven", "why", "one\r\ntwo"))
	require.Equal(t, http.StatusOK, page.status)
	require.Contains(t, page.body, "Your draft is saved")
	require.Contains(t, page.body, "Draft saved on ")
	again := w.visitor().get(path)
	require.Contains(t, again.body, "about seven")
	require.Contains(t, again.body, "one\ntwo")
	require.Contains(t, again.body, "It has not been sent yet")
}

func TestForm_EnterInAFieldSavesADraftAndSendsNothing(t *testing.T) {
	w := newWorld(t)
	_, _, path := w.sent(w.ours)
	page := w.visitor().get(path).body
	require.Less(t, strings.Index(page, `value="draft"`), strings.Index(page, `value="submit"`), "the first button is the one that Enter presses")
	require.Contains(t, w.visitor().post(path, answers("", "role", "x")).body, "Your draft is saved")
}

func TestForm_FaultsStandBesideTheQuestionsAndNothingTypedIsLost(t *testing.T) {
	w := newWorld(t)
	_, _, path := w.sent(w.ours)
	page := w.visitor().post(path, answers("submit", "years", "about <seven>", "why", "because"))
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Contains(t, page.body, "2 answers need another look")
	require.Contains(t, page.body, "about &lt;seven&gt;")
	require.Contains(t, page.body, "because")
	require.Contains(t, w.visitor().get(path).body, "because", "and it is saved")
}

func TestForm_TooMuchIsRefusedWithEverythingTyped(t *testing.T) {
	w := newWorld(t)
	_, _, path := w.sent(w.ours)
	long := strings.Repeat("long ", 60000)
	page := w.visitor().post(path, answers("submit", "role", "Head of Operations", "why", long))
	require.Equal(t, http.StatusRequestEntityTooLarge, page.status)
	require.Contains(t, page.body, "Head of Operations")
	require.Contains(t, page.body, strings.TrimSpace(long))
	page = w.visitor().post(path, answers("submit", "why", strings.Repeat("long ", 300000)))
	require.Equal(t, http.StatusRequestEntityTooLarge, page.status)
	require.Contains(t, page.body, "Go back with your browser")
}

func TestForm_SubmittedShowsTheAnswersAndTwiceIsTheSame(t *testing.T) {
	w := newWorld(t)
	w.agree(nil)
	_, _, path := w.sent(w.ours)
	page := w.visitor().post(path, answers("submit", "role", "Head of Operations"), "Sec-Fetch-Site", "same-origin", "Sec-Fetch-User", "?1")
	require.Equal(t, http.StatusOK, page.status)
	require.Contains(t, page.body, "your answers are in")
	require.Contains(t, page.body, "Head of Operations")
	// The mocked workflow takes nothing up.
	w.exec("UPDATE answers SET taken_up_at = now(), submitted_at = submitted_at - interval '1 hour'")
	again := w.visitor().post(path, answers("submit", "role", "Somebody else"))
	require.Equal(t, http.StatusOK, again.status)
	require.Contains(t, again.body, "had been sent before")
	counts, notTaken, found := strings.Cut(again.body, "what was not taken")
	require.True(t, found)
	require.Contains(t, counts, "Head of Operations")
	require.NotContains(t, counts, "Somebody else")
	require.Contains(t, notTaken, "Somebody else", "what was typed in another window is not lost")
	twice := w.visitor().post(path, answers("submit", "role", "Head of Operations"))
	require.NotContains(t, twice.body, "had been sent before", "the button was pressed twice")
}

func TestForm_WithTheEngineAwayItSaysSavedAndBeingProcessed(t *testing.T) {
	w := newWorld(t)
	w.agree(errNoEngine)
	_, _, path := w.sent(w.ours)
	page := w.visitor().post(path, answers("submit", "role", "Head of Operations"))
	require.Equal(t, http.StatusOK, page.status)
	require.Contains(t, page.body, "Your answers are saved")
	require.Contains(t, page.body, "being processed")
	require.Contains(t, w.visitor().get(path).body, "being processed")
}

func TestForm_ClosedSaysSoAndShowsWhatWasTypedTooLate(t *testing.T) {
	w := newWorld(t)
	engagement, _, path := w.sent(w.ours)
	w.exec("UPDATE engagements SET status = 'cancelled', ended_at = now() WHERE id = $1", engagement.ID)
	require.Contains(t, w.visitor().get(path).body, "This form is closed")
	page := w.visitor().post(path, answers("submit", "role", "Typed too late"))
	require.Contains(t, page.body, "This form is closed")
	require.Contains(t, page.body, "were not taken")
	require.Contains(t, page.body, "Typed too late")
	page = w.visitor().post(path, answers("submit", "role", "Typed too late", "why", strings.Repeat("far too long ", 2000)))
	require.Contains(t, page.body, "far too long far too long", "also what would not have been taken")
	page = w.visitor().post(path, answers("submit"))
	require.NotContains(t, page.body, "You find them below", "nothing was entered")
}

func TestForm_ClosedShowsTheDraft(t *testing.T) {
	w := newWorld(t)
	engagement, _, path := w.sent(w.ours)
	w.visitor().post(path, answers("draft", "role", "Half of it"))
	w.exec("UPDATE engagements SET status = 'cancelled', ended_at = now() WHERE id = $1", engagement.ID)
	page := w.visitor().get(path)
	require.Contains(t, page.body, "This form is closed")
	require.Contains(t, page.body, "Half of it")
}

func TestForm_WithTheDatabaseAwayNothingTypedIsLost(t *testing.T) {
	w := newWorld(t)
	_, _, path := w.sent(w.ours)
	form := answers("submit", "role", "Head of <Operations>", "why", "two\nlines")
	w.visitor().get(path)
	w.db.Close()
	page := w.visitor().post(path, form)
	require.Equal(t, http.StatusServiceUnavailable, page.status)
	require.Contains(t, page.body, "could not be saved")
	require.Contains(t, page.body, "What is your role?")
	require.Contains(t, page.body, "Head of &lt;Operations&gt;")

	w.restart()
	bare := w.visitor().post(path, form)
	require.Equal(t, http.StatusServiceUnavailable, bare.status)
	require.Contains(t, bare.body, "could not be saved")
	require.Contains(t, bare.body, `name="q.role" value="Head of &lt;Operations&gt;"`)
	require.Contains(t, bare.body, `name="action" value="submit"`)

	shown := w.visitor().get(path)
	require.GreaterOrEqual(t, shown.status, 500)
	require.NotContains(t, shown.body, "pool")
}
