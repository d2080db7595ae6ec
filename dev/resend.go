package dev

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"coachflow/mail/compose"
)

// ResendMail is one mail that the stand-in has accepted.
type ResendMail struct {
	ID             string
	IdempotencyKey string
	Mail           compose.Outgoing
	AcceptedAt     time.Time
}

// ResendStandIn behaves like Resend's HTTP API as far as this program uses it:
// POST /emails with idempotency keys, GET /emails/{id}, rate limit, errors. It
// is an http.Handler, and keeps its state in memory.
type ResendStandIn struct {
	// APIKey is the one key that is accepted; empty accepts any.
	APIKey string
	// RateLimit is the number of requests allowed in one second; 0 for no limit.
	RateLimit int
	// Now is the clock; nil is time.Now.
	Now func() time.Time

	deliver func(ctx context.Context, m ResendMail) error

	mu       sync.Mutex
	accepted []ResendMail
	keys     map[string]*resendKey
	requests []time.Time
	faults   []resendFault
	next     int
}

// resendKey is what is known of one idempotency key.
type resendKey struct {
	payload [sha256.Size]byte
	id      string // empty while the first request is under way
	at      time.Time
}

type resendFault struct {
	status  int
	name    string
	accept  bool // accept the mail first, and lose the answer
	waiting time.Duration
}

// keyLifetime is how long Resend remembers an idempotency key.
const keyLifetime = 24 * time.Hour

// maxResendBody bounds one request, in bytes. The client library writes files
// as arrays of numbers, four characters a byte.
const maxResendBody = 160 << 20

// NewResendStandIn makes a stand-in that hands each accepted mail to deliver,
// once; deliver may be nil.
func NewResendStandIn(deliver func(ctx context.Context, m ResendMail) error) *ResendStandIn {
	if deliver == nil {
		deliver = func(context.Context, ResendMail) error { return nil }
	}
	return &ResendStandIn{deliver: deliver, keys: map[string]*resendKey{}}
}

// Accepted lists the mails accepted so far, oldest first.
func (s *ResendStandIn) Accepted() []ResendMail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]ResendMail(nil), s.accepted...)
}

// Fail makes the next n requests fail with a status and Resend's name for it,
// before anything is accepted. retryAfter is sent along unless it is 0.
func (s *ResendStandIn) Fail(n, status int, name string, retryAfter time.Duration) {
	s.addFault(n, resendFault{status: status, name: name, waiting: retryAfter})
}

// LoseAnswers makes the next n requests succeed without the client learning of
// it: the mail is accepted, and the connection breaks.
func (s *ResendStandIn) LoseAnswers(n int) { s.addFault(n, resendFault{accept: true}) }

func (s *ResendStandIn) addFault(n int, f resendFault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		s.faults = append(s.faults, f)
	}
}

// ServeHTTP answers one request.
func (s *ResendStandIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if fail := s.refusal(r); fail != nil {
		fail.write(w)
		return
	}
	path := strings.TrimSuffix(r.URL.Path, "/")
	switch {
	case r.Method == http.MethodPost && path == "/emails":
		s.send(w, r)
	case r.Method == http.MethodGet && strings.HasPrefix(path, "/emails/"):
		s.get(w, strings.TrimPrefix(path, "/emails/"))
	default:
		resendRefusal(http.StatusNotFound, "not_found", "The requested endpoint does not exist.").write(w)
	}
}

// resendError is Resend's error body.
type resendError struct {
	Status  int    `json:"statusCode"`
	Name    string `json:"name"`
	Message string `json:"message"`
	wait    time.Duration
}

func resendRefusal(status int, name, message string) *resendError {
	return &resendError{Status: status, Name: name, Message: message}
}

func (e *resendError) write(w http.ResponseWriter) {
	if e.wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((e.wait+time.Second-1)/time.Second)))
	}
	writeResendJSON(w, e.Status, e)
}

// writeResendJSON answers with JSON. A client that is gone misses its answer,
// as it would with the real one.
func writeResendJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (s *ResendStandIn) refusal(r *http.Request) *resendError {
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || given == "" {
		return resendRefusal(http.StatusUnauthorized, "missing_api_key", "Missing API key in the authorization header.")
	}
	if s.APIKey != "" && !hmac.Equal([]byte(given), []byte(s.APIKey)) {
		return resendRefusal(http.StatusForbidden, "invalid_api_key", "API key is invalid.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.overLimit()
}

// overLimit counts the request, unless there were too many in the last second.
func (s *ResendStandIn) overLimit() *resendError {
	if s.RateLimit <= 0 {
		return nil
	}
	now := s.now()
	for len(s.requests) > 0 && now.Sub(s.requests[0]) >= time.Second {
		s.requests = s.requests[1:]
	}
	if len(s.requests) >= s.RateLimit {
		fail := resendRefusal(http.StatusTooManyRequests, "rate_limit_exceeded", "Too many requests.")
		fail.wait = time.Second
		return fail
	}
	s.requests = append(s.requests, now)
	return nil
}

func (s *ResendStandIn) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

func (s *ResendStandIn) send(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxResendBody))
	if err != nil {
		resendRefusal(http.StatusRequestEntityTooLarge, "validation_error", "The request is too large.").write(w)
		return
	}
	fault := s.takeFault()
	if fault.status != 0 {
		fail := resendRefusal(fault.status, fault.name, "Injected failure.")
		fail.wait = fault.waiting
		fail.write(w)
		return
	}
	id, fail := s.accept(r.Context(), r.Header.Get("Idempotency-Key"), body)
	switch {
	case fail != nil:
		fail.write(w)
	case fault.accept:
		panic(http.ErrAbortHandler) // net/http closes the connection without an answer
	default:
		writeResendJSON(w, http.StatusOK, map[string]string{"id": id})
	}
}

func (s *ResendStandIn) takeFault() resendFault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.faults) == 0 {
		return resendFault{}
	}
	fault := s.faults[0]
	s.faults = s.faults[1:]
	return fault
}

// accept takes a mail once per idempotency key.
func (s *ResendStandIn) accept(ctx context.Context, key string, body []byte) (string, *resendError) {
	if len(key) > 256 {
		return "", resendRefusal(http.StatusBadRequest, "invalid_idempotency_key", "The key must be between 1-256 chars.")
	}
	out, err := readResendMail(body, s.now())
	if err != nil {
		return "", resendRefusal(http.StatusUnprocessableEntity, "validation_error", err.Error())
	}
	id, fail := s.claim(key, sha256.Sum256(body))
	if fail != nil || id != "" {
		return id, fail
	}
	return s.take(ctx, key, out)
}

// claim marks the key as under way, or gives the id of the mail it stands for.
func (s *ResendStandIn) claim(key string, payload [sha256.Size]byte) (string, *resendError) {
	if key == "" {
		return "", nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.keys[key]
	switch {
	case known == nil || s.now().Sub(known.at) >= keyLifetime:
		s.keys[key] = &resendKey{payload: payload, at: s.now()}
		return "", nil
	case known.payload != payload:
		return "", resendRefusal(http.StatusConflict, "invalid_idempotent_request", "This idempotency key was used with another payload.")
	case known.id == "":
		return "", resendRefusal(http.StatusConflict, "concurrent_idempotent_requests", "A request with this idempotency key is in progress.")
	}
	return known.id, nil
}

func (s *ResendStandIn) take(ctx context.Context, key string, out compose.Outgoing) (string, *resendError) {
	s.mu.Lock()
	s.next++
	m := ResendMail{ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", s.next), IdempotencyKey: key, Mail: out, AcceptedAt: s.now()}
	s.mu.Unlock()
	err := s.deliver(context.WithoutCancel(ctx), m)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		delete(s.keys, key)
		return "", resendRefusal(http.StatusInternalServerError, "internal_server_error", "The mail could not be delivered: "+err.Error())
	}
	if known := s.keys[key]; known != nil {
		known.id = m.ID
	}
	s.accepted = append(s.accepted, m)
	return m.ID, nil
}

func (s *ResendStandIn) get(w http.ResponseWriter, id string) {
	for _, m := range s.Accepted() {
		if m.ID == id {
			writeResendJSON(w, http.StatusOK, map[string]any{
				"object": "email", "id": m.ID, "from": m.Mail.From.Addr, "to": []string{m.Mail.To.Addr},
				"subject": m.Mail.Subject, "html": m.Mail.HTML, "text": m.Mail.Text,
				"created_at": m.AcceptedAt.UTC().Format(time.RFC3339), "last_event": "delivered",
			})
			return
		}
	}
	resendRefusal(http.StatusNotFound, "not_found", "Email not found.").write(w)
}
