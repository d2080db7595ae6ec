package deliver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"coachflow/mail/compose"

	"github.com/resend/resend-go/v2"
)

// ResendConfig names an account at Resend.
type ResendConfig struct {
	APIKey  string
	BaseURL string        // empty is Resend's own
	Timeout time.Duration // of one whole request; 0 is 30 s
}

// Resend sends mail through Resend's HTTP API. It implements Transport.
type Resend struct {
	client *resend.Client
	http   *http.Client
}

var _ Transport = (*Resend)(nil)

// NewResend checks the configuration; it does not connect yet.
func NewResend(cfg ResendConfig) (*Resend, error) {
	if strings.TrimSpace(cfg.APIKey) == "" || !compose.PrintableASCII(cfg.APIKey) {
		return nil, errors.New("resend: no usable API key")
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 30 * time.Second
	}
	httpClient := &http.Client{
		Timeout:   cfg.Timeout,
		Transport: &answerRecorder{next: http.DefaultTransport.(*http.Transport).Clone()},
		// The API does not redirect; following one would carry the mail elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	client := resend.NewCustomClient(httpClient, cfg.APIKey)
	if cfg.BaseURL != "" {
		base, err := url.Parse(strings.TrimSuffix(cfg.BaseURL, "/") + "/")
		if err != nil || base.Host == "" {
			return nil, fmt.Errorf("resend: base URL %q is not an absolute URL", cfg.BaseURL)
		}
		client.BaseURL = base
	}
	return &Resend{client: client, http: httpClient}, nil
}

// Close ends idle connections.
func (r *Resend) Close() error {
	r.http.CloseIdleConnections()
	return nil
}

// CloseIdleConnections lets http.Client reach the transport below.
func (a *answerRecorder) CloseIdleConnections() { a.next.CloseIdleConnections() }

// Send hands o to Resend. The ProviderID is Resend's email id. Every try
// carries the same Idempotency-Key: for 24 hours Resend answers a repeated
// request with the first answer, and sends nothing.
func (r *Resend) Send(ctx context.Context, o compose.Outgoing) (Receipt, error) {
	if err := o.Check(); err != nil {
		return Receipt{}, refused(err)
	}
	var answer resendAnswer
	ctx = context.WithValue(ctx, answerKey{}, &answer)
	sent, err := r.client.Emails.SendWithOptions(ctx, resendRequest(o), &resend.SendEmailOptions{IdempotencyKey: o.IdempotencyKey})
	if err != nil {
		return Receipt{}, answer.classify(err)
	}
	if sent.Id == "" {
		return Receipt{}, &SendError{Code: "resend_answer", Doubtful: true, Err: errors.New("answer without an email id")}
	}
	return Receipt{ProviderID: sent.Id}, nil
}

func resendRequest(o compose.Outgoing) *resend.SendEmailRequest {
	headers := o.ExtraHeaders()
	headers["Message-ID"] = "<" + o.MessageID + ">"
	req := &resend.SendEmailRequest{
		From:    display(o.From),
		To:      []string{display(o.To)},
		Subject: o.Subject,
		Text:    o.Text,
		Html:    o.HTML,
		Headers: headers,
	}
	if o.ReplyTo.Addr != "" {
		req.ReplyTo = display(o.ReplyTo)
	}
	for _, a := range o.Inline {
		req.Attachments = append(req.Attachments, resendFile(a))
	}
	for _, a := range o.Attachments {
		a.ContentID = "" // with one, Resend would make it inline
		req.Attachments = append(req.Attachments, resendFile(a))
	}
	if c := o.Calendar; c != nil {
		kind := "text/calendar; charset=utf-8; method=" + c.Method
		req.Attachments = append(req.Attachments, resendFile(compose.Attachment{Name: "invite.ics", ContentType: kind, Data: c.Data}))
	}
	return req
}

func resendFile(a compose.Attachment) *resend.Attachment {
	return &resend.Attachment{Content: a.Data, Filename: a.Name, ContentType: a.MediaType(), ContentId: a.ContentID}
}

// display writes name and address for JSON: no encoded words, which are for
// header lines, and quotes wherever the name is more than plain words.
func display(r compose.Recipient) string {
	addr := compose.ASCIIDomain(r.Addr)
	if r.Name == "" {
		return addr
	}
	if strings.ContainsAny(r.Name, `()<>[]:;@\,."`) {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(r.Name) + `" <` + addr + ">"
	}
	return r.Name + " <" + addr + ">"
}

// answerRecorder notes the HTTP answer of the request under way: the client
// library reports most refusals by their message alone.
type answerRecorder struct{ next *http.Transport }

type answerKey struct{}

// resendAnswer is what came back: status 0 means that nothing did.
type resendAnswer struct {
	status     int
	name       string // Resend's error type, such as rate_limit_exceeded
	retryAfter time.Duration
}

// maxAnswer bounds how much of an answer is read, in bytes.
const maxAnswer = 64 << 10

// RoundTrip sends the request and notes the answer in the request's context.
func (a *answerRecorder) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := a.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	answer, ok := req.Context().Value(answerKey{}).(*resendAnswer)
	if !ok {
		return res, nil
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err := errors.Join(err, res.Body.Close()); err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	answer.note(res, body)
	return res, nil
}

func (a *resendAnswer) note(res *http.Response, body []byte) {
	a.status = res.StatusCode
	a.retryAfter = parseRetryAfter(res.Header.Get("Retry-After"), time.Now())
	var failure struct{ Name string }
	if res.StatusCode >= 300 && json.Unmarshal(body, &failure) == nil {
		a.name = failure.Name
	}
}

// parseRetryAfter reads seconds or a date (RFC 9110, 10.2.3), a day at most.
func parseRetryAfter(value string, now time.Time) time.Duration {
	wait := time.Duration(0)
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds < 1e6 {
		wait = time.Duration(seconds * float64(time.Second))
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return max(0, min(wait, 24*time.Hour))
}

// classify turns a refusal into a SendError. A wrong key or an unverified
// domain (401, 403) is our own mistake: the mail is good and waits until
// somebody mends the configuration, which the code names.
func (a *resendAnswer) classify(err error) *SendError {
	out := &SendError{Err: err, RetryAfter: a.retryAfter}
	switch {
	case a.status == 0:
		out.Code, out.Doubtful = "resend_connection", true
	case a.status == http.StatusUnauthorized, a.status == http.StatusForbidden:
		out.Code = "resend_configuration"
	case a.status == http.StatusTooManyRequests:
		out.Code = "resend_rate_limit"
		if strings.HasSuffix(a.name, "quota_exceeded") {
			out.Code = "resend_quota"
		}
	case a.status == http.StatusConflict && a.name == "invalid_idempotent_request":
		// A mail with this key and other content has left already. Trying on
		// would send a second one as soon as the key is forgotten.
		out.Code, out.Permanent = "resend_key_reused", true
	case a.status == http.StatusConflict:
		out.Code, out.Doubtful = "resend_concurrent", true
	case a.status == http.StatusRequestTimeout, a.status >= 500, a.status < 400:
		out.Code, out.Doubtful = "resend_unavailable", true
	default:
		out.Code, out.Permanent = "resend_refused", true
	}
	if a.status != 0 {
		out.Err = fmt.Errorf("HTTP %d %s: %w", a.status, a.name, err)
	}
	return out
}
