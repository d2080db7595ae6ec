// Package serve is what the pages of the console and the pages behind links
// share: the headers of a page, reading a posted form, and answering with a page
// or a file.
package serve

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"coachflow/coaching"
)

// Content security policies, each the whole of a header.
const (
	// PagePolicy allows a page its own stylesheet and font, images, frames and forms.
	PagePolicy = "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"
	// ConsolePolicy is PagePolicy for pages behind the login, which have a script, that
	// uploads files.
	ConsolePolicy = PagePolicy + "; script-src 'self'; connect-src 'self'"
	// LetterPolicy is for the HTML of mails inside of a page: it may look as it
	// was written to look, and do nothing.
	LetterPolicy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
	// FilePolicy is for what others have sent: it is not to be run at all.
	FilePolicy = "sandbox; default-src 'none'; frame-ancestors 'none'"
)

// ErrMissing is a page that is not there, or not for whoever asks.
var ErrMissing = coaching.Problemf(coaching.NotFound, "page_not_found", "There is no such page.")

// Begin is the first thing that the handler of a page does: it sets the headers,
// and cleans what the address of the page says.
func Begin(c *gin.Context) {
	Secure(c.Writer.Header(), PagePolicy)
	for i := range c.Params {
		c.Params[i].Value = clean(c.Params[i].Value)
	}
	c.Request.URL.RawQuery = cleanValues(c.Request.URL.Query()).Encode()
}

// Secure sets the headers of every page. policy is its content security policy.
func Secure(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex")
}

// maxBody bounds what a form may post, in bytes.
const maxBody = 1 << 20

// Form reads a posted form, and cleans its text. The status is 200, 413 for a body that is too large,
// or 400 for one that cannot be read.
func Form(c *gin.Context) (url.Values, int) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxBody)
	err := c.Request.ParseForm()
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, http.StatusRequestEntityTooLarge
	case err != nil:
		return nil, http.StatusBadRequest
	}
	return cleanValues(c.Request.PostForm), http.StatusOK
}

// clean marks what no text has and Postgres refuses, NUL and what is not UTF-8,
// by the character that stands for such: nothing else is lost, and a value that
// nobody has stays one.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// cleanValues cleans the values of a query or a form, and drops fields that no
// page has.
func cleanValues(values url.Values) url.Values {
	for name, list := range values {
		if clean(name) != name {
			delete(values, name)
		}
		for i := range list {
			list[i] = clean(list[i])
		}
	}
	return values
}

// Page answers with a page, whole or not at all.
func Page(c *gin.Context, status int, page templ.Component) error {
	var out bytes.Buffer
	if err := page.Render(c.Request.Context(), &out); err != nil {
		return err
	}
	c.Data(status, "text/html; charset=utf-8", out.Bytes())
	return nil
}

// RetryLater tells programs to come back in a moment, where err says that too much is
// going on at once.
func RetryLater(c *gin.Context, err error) {
	if problem, told := coaching.AsProblem(err); told && problem.Class == coaching.Unavailable {
		c.Header("Retry-After", "5")
	}
}

// StatusOf is the HTTP status of a page that says a problem of the class.
func StatusOf(class coaching.Class) int {
	switch class {
	case coaching.Invalid:
		return http.StatusUnprocessableEntity
	case coaching.NotFound:
		return http.StatusNotFound
	case coaching.Conflict, coaching.Stale:
		return http.StatusConflict
	case coaching.Forbidden:
		return http.StatusForbidden
	case coaching.Unauthenticated:
		return http.StatusUnauthorized
	case coaching.TooLarge:
		return http.StatusRequestEntityTooLarge
	case coaching.TooMany:
		return http.StatusTooManyRequests
	case coaching.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}
