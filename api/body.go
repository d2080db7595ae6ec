package api

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"coachflow/coaching"
)

// Bounds of a JSON body: bytes, and levels of nesting.
const (
	maxBody  = 1 << 20
	maxDepth = 64
)

// maxDrain is how much of a body that is too large is taken in and thrown away,
// in bytes: a client that is cut off while it sends never sees the answer.
const maxDrain = 12 << 20

// plainJSON answers in JSON whatever Accept says, and refuses paths and queries
// that no thing can have.
func (s *server) plainJSON(c huma.Context, next func(huma.Context)) {
	r := humagin.Unwrap(c).Request
	r.Header.Del("Accept")
	if !clean(r.URL.Path) {
		s.refuse(c, coaching.Problemf(coaching.NotFound, "route_not_found", "There is nothing at this address."))
		return
	}
	for name, values := range r.URL.Query() {
		if !clean(name) || !clean(strings.Join(values, "")) {
			s.refuse(c, coaching.Problemf(coaching.Invalid, "control_character", "The query holds control characters, or is not UTF-8.").
				WithField(strconv.QuoteToASCII(name), "control_character", "not allowed"))
			return
		}
	}
	next(c)
}

func clean(s string) bool { return utf8.ValidString(s) && !strings.ContainsFunc(s, forbidden) }

// forbidden are the characters that no text has and that Postgres or a mail
// header would choke on; line breaks and tabs are fine.
func forbidden(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' }

// readBody reads the body as a whole and refuses, before anything interprets
// it, what is too large or could do harm. Files are read by their operation.
func (s *server) readBody(c huma.Context, next func(huma.Context)) {
	if takesFiles(c.Operation()) {
		next(c)
		return
	}
	g := humagin.Unwrap(c)
	body, err := readAll(g.Request, maxBody)
	if err == nil && c.Operation().RequestBody != nil && len(body) > 0 {
		err = checkBody(g.Request.Header.Get("Content-Type"), body)
	}
	if err != nil {
		s.refuse(c, err)
		return
	}
	g.Request.Body = io.NopCloser(bytes.NewReader(body))
	g.Set(bodyKey, body)
	next(c)
}

const bodyKey = "api.body"

// bodyOf is the body as it came.
func bodyOf(g *gin.Context) []byte {
	body, _ := g.Value(bodyKey).([]byte)
	return body
}

// readAll reads a body of at most limit bytes.
func readAll(r *http.Request, limit int64) ([]byte, error) {
	if r.ContentLength > limit {
		return nil, tooLarge(r, limit)
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return nil, coaching.Problemf(slow, "body_timeout", "The body took too long to arrive.")
	case err != nil:
		return nil, coaching.Problemf(unreadable, "body_incomplete", "The body did not arrive as a whole.")
	case int64(len(body)) > limit:
		return nil, tooLarge(r, limit)
	}
	return body, nil
}

func tooLarge(r *http.Request, limit int64) error {
	if r.Header.Get("Expect") == "" { // a client that asks first has sent nothing yet
		_, _ = io.CopyN(io.Discard, r.Body, maxDrain) // it is thrown away either way
	}
	return coaching.Problemf(coaching.TooLarge, "body_too_large", "The body may have %d KB at most.", limit>>10)
}

func checkBody(contentType string, body []byte) error {
	kind, _, err := mime.ParseMediaType(contentType)
	if contentType != "" && (err != nil || kind != "application/json") {
		return coaching.Problemf(foreign, "content_type_unsupported", "Send JSON, with Content-Type: application/json.")
	}
	return checkJSON(body)
}
