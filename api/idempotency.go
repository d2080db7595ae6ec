package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"coachflow/app"
)

// storePatience is how long storing an answer may take, after the request that
// it belongs to may be over.
const storePatience = 10 * time.Second

// secret marks operations whose answer holds a secret that is shown once.
const secret = "secret"

// idempotent carries a POST with an Idempotency-Key out a single time and replays its
// answer to whoever repeats it.
func (s *server) idempotent(c huma.Context, next func(huma.Context)) {
	key := c.Header("Idempotency-Key")
	if c.Method() != http.MethodPost || key == "" {
		next(c)
		return
	}
	g, p := humagin.Unwrap(c), principalOf(c.Context())
	replay, err := s.App.ClaimRequest(c.Context(), p, key, requestHash(c, g))
	if err != nil {
		s.refuse(c, err)
		return
	}
	if replay != nil {
		writeStored(g.Writer, *replay)
		return
	}
	s.carryOut(c, g, p, key, next)
}

// requestHash tells requests apart: method, address and body, or of files, which are not
// read yet, their length.
func requestHash(c huma.Context, g *gin.Context) []byte {
	body := bodyOf(g)
	if takesFiles(c.Operation()) {
		body = []byte(strconv.FormatInt(g.Request.ContentLength, 10))
	}
	h := sha256.New()
	for _, part := range [][]byte{[]byte(g.Request.Method), []byte(g.Request.URL.Path), []byte(g.Request.URL.RawQuery), body} {
		sum := sha256.Sum256(part)
		h.Write(sum[:])
	}
	return h.Sum(nil)
}

func writeStored(w gin.ResponseWriter, answer app.StoredResponse) {
	for name, value := range answer.Header {
		w.Header().Set(name, value)
	}
	w.Header().Set("Idempotent-Replayed", "true")
	w.WriteHeader(answer.Status)
	_, _ = w.Write(answer.Body) // the reader is gone
}

// carryOut runs the request and stores its answer before it goes out, so that
// whoever sees the answer can rely on its replay.
func (s *server) carryOut(c huma.Context, g *gin.Context, p app.Principal, key string, next func(huma.Context)) {
	real := g.Writer
	held := &heldWriter{ResponseWriter: real, status: http.StatusOK}
	settled := false
	defer func() {
		g.Writer = real
		if !settled { // a panic: what it has done is not known, and nothing was promised
			s.settle(c, p, key, app.StoredResponse{Status: http.StatusInternalServerError})
		}
	}()
	g.Writer = held
	next(c)
	g.Writer = real
	s.settle(c, p, key, held.stored(c.Operation()))
	settled = true
	real.WriteHeader(held.status)
	_, _ = real.Write(held.body.Bytes()) // the reader is gone
}

// settle stores an answer, or gives the key back where trying again can help.
// It outlives the request: the client may have gone.
func (s *server) settle(c huma.Context, p app.Principal, key string, answer app.StoredResponse) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Context()), storePatience)
	defer cancel()
	var err error
	if answer.Status >= http.StatusInternalServerError || answer.Status == http.StatusTooManyRequests {
		err = s.App.ReleaseRequest(ctx, p, key)
	} else {
		err = s.App.FinishRequest(ctx, p, key, answer)
	}
	if err != nil {
		requestOf(ctx).log.ErrorContext(ctx, "answer to a request with a key not stored", "error", err)
	}
}

// heldWriter holds an answer back until it is stored.
type heldWriter struct {
	gin.ResponseWriter
	status int
	body   bytes.Buffer
}

// WriteHeader notes the status.
func (w *heldWriter) WriteHeader(code int) { w.status = code }

// WriteHeaderNow waits like everything else.
func (w *heldWriter) WriteHeaderNow() {}

// Write keeps the body.
func (w *heldWriter) Write(b []byte) (int, error) { return w.body.Write(b) }

// WriteString keeps the body.
func (w *heldWriter) WriteString(s string) (int, error) { return w.body.WriteString(s) }

// Status is the one noted.
func (w *heldWriter) Status() int { return w.status }

// Flush waits like everything else.
func (w *heldWriter) Flush() {}

// stored is the answer as it is kept: without a secret, which is kept nowhere
// in the clear.
func (w *heldWriter) stored(op *huma.Operation) app.StoredResponse {
	out := app.StoredResponse{Status: w.status, Header: map[string]string{}, Body: bytes.Clone(w.body.Bytes())}
	for _, name := range []string{"Content-Type", "ETag", "Location"} {
		if value := w.Header().Get(name); value != "" {
			out.Header[name] = value
		}
	}
	if field, is := op.Metadata[secret].(string); is && w.status < http.StatusBadRequest {
		out.Body = without(out.Body, field)
	}
	return out
}

// without drops a field of a JSON object.
func without(body []byte, field string) []byte {
	fields := map[string]json.RawMessage{}
	if json.Unmarshal(body, &fields) != nil {
		return nil
	}
	delete(fields, field)
	out, err := json.Marshal(fields)
	if err != nil {
		return nil
	}
	return out
}
