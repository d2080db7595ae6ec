package deliver

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"coachflow/mail/compose"
)

// svixTolerance is how far a webhook's time may lie from ours, either way.
const svixTolerance = 5 * time.Minute

// The reasons why a webhook is not believed. ErrSvixSecret is about our own
// configuration, the others about the request.
var (
	ErrSvixSecret    = errors.New("svix: the secret is not of the form whsec_ and base64")
	ErrSvixHeaders   = errors.New("svix: a header is missing or malformed")
	ErrSvixTime      = errors.New("svix: the time is more than 5 minutes away")
	ErrSvixSignature = errors.New("svix: no signature matches")
)

// VerifySvix checks that a webhook was signed with the secret (whsec_ and
// base64) and is not older or newer than five minutes. The body must be the
// bytes as they came. A repeated delivery passes: its svix-id is the same, and
// the caller's work is safe to repeat.
func VerifySvix(secret string, header http.Header, body []byte, now time.Time) error {
	key, err := svixKey(secret)
	if err != nil {
		return err
	}
	id, stamp := header.Get("svix-id"), header.Get("svix-timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || id == "" {
		return ErrSvixHeaders
	}
	if away := now.Sub(time.Unix(seconds, 0)); away > svixTolerance || away < -svixTolerance {
		return ErrSvixTime
	}
	want := svixMAC(key, id, stamp, body)
	matched := false
	for candidate := range strings.FieldsSeq(header.Get("svix-signature")) {
		given, ok := strings.CutPrefix(candidate, "v1,")
		if !ok {
			continue
		}
		mac, err := base64.StdEncoding.DecodeString(given)
		matched = matched || err == nil && hmac.Equal(mac, want)
	}
	if !matched {
		return ErrSvixSignature
	}
	return nil
}

// CheckSvixSecret reports a secret that VerifySvix could not use, so that a
// program can refuse to start with it.
func CheckSvixSecret(secret string) error {
	_, err := svixKey(secret)
	return err
}

func svixKey(secret string) ([]byte, error) {
	encoded, ok := strings.CutPrefix(secret, "whsec_")
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || len(key) < 16 {
		return nil, ErrSvixSecret
	}
	return key, nil
}

func svixMAC(key []byte, id, stamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + stamp + "."))
	mac.Write(body)
	return mac.Sum(nil)
}

// Reports is how a provider reports what became of mails: how it signs its webhooks,
// and how it writes them.
type Reports struct {
	// CheckSecret refuses a secret that Verify could not use.
	CheckSecret func(secret string) error
	Verify      func(secret string, header http.Header, body []byte, now time.Time) error
	// Parse reads a verified body. What is not about the fate of a mail gives
	// DeliveryOther, and no error.
	Parse func(body []byte) (DeliveryEvent, error)
}

// ResendReports are the webhooks of Resend.
var ResendReports = Reports{CheckSecret: CheckSvixSecret, Verify: VerifySvix, Parse: ParseDeliveryEvent}

// DeliveryType is what a provider reports about a mail that it had taken.
type DeliveryType string

// The reports. DeliveryOther stands for all that this program has no use for.
const (
	DeliverySent       DeliveryType = "sent"
	DeliveryDelivered  DeliveryType = "delivered"
	DeliveryDelayed    DeliveryType = "delayed"
	DeliveryBounced    DeliveryType = "bounced"
	DeliveryComplained DeliveryType = "complained"
	DeliveryFailed     DeliveryType = "failed"
	DeliverySuppressed DeliveryType = "suppressed" // the provider did not try: the address had bounced before
	DeliveryOther      DeliveryType = "other"
)

var resendEvents = map[string]DeliveryType{
	"email.sent":             DeliverySent,
	"email.delivered":        DeliveryDelivered,
	"email.delivery_delayed": DeliveryDelayed,
	"email.bounced":          DeliveryBounced,
	"email.complained":       DeliveryComplained,
	"email.failed":           DeliveryFailed,
	"email.suppressed":       DeliverySuppressed,
}

// DeliveryEvent is one report about one mail.
type DeliveryEvent struct {
	Type       DeliveryType
	ProviderID string // Receipt.ProviderID of the mail
	// HardBounce is true where no further mail will reach this address.
	HardBounce bool
	// Reason is the provider's word for it, for admins; may be empty.
	Reason string
	At     time.Time
}

// StopsMail reports whether no further mail may go to the address until an
// admin clears it: after a hard bounce, and after a complaint.
func (e DeliveryEvent) StopsMail() bool { return e.HardBounce || e.Type == DeliveryComplained }

// maxReason bounds the provider's words, in bytes.
const maxReason = 500

// ParseDeliveryEvent reads the body of one of Resend's webhooks. An event that
// is not about the fate of a mail gives DeliveryOther and no error: to refuse
// it would only make the provider repeat it.
func ParseDeliveryEvent(body []byte) (DeliveryEvent, error) {
	var in struct {
		Type      string    `json:"type"`
		CreatedAt time.Time `json:"created_at"`
		Data      struct {
			EmailID string                                  `json:"email_id"`
			Bounce  struct{ Type, SubType, Message string } `json:"bounce"`
			Failed  struct{ Reason string }                 `json:"failed"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return DeliveryEvent{}, fmt.Errorf("read delivery event: %w", err)
	}
	kind, known := resendEvents[in.Type]
	if !known {
		return DeliveryEvent{Type: DeliveryOther, ProviderID: in.Data.EmailID, At: in.CreatedAt}, nil
	}
	if in.Data.EmailID == "" || in.CreatedAt.IsZero() {
		return DeliveryEvent{}, fmt.Errorf("delivery event %s without mail or time", in.Type)
	}
	bounce := in.Data.Bounce
	reason := bounce.Message
	if reason == "" {
		reason = in.Data.Failed.Reason
	}
	return DeliveryEvent{
		Type:       kind,
		ProviderID: in.Data.EmailID,
		HardBounce: kind == DeliverySuppressed || kind == DeliveryBounced && hardBounce(bounce.Type),
		Reason:     compose.OneLine(reason, maxReason),
		At:         in.CreatedAt,
	}, nil
}

// hardBounce reads the bounce's type. Resend reports a bounce once it has given
// up, so one without a type counts as hard; Transient (a full mailbox, a mail
// too large) and Undetermined do not condemn the address.
func hardBounce(kind string) bool {
	return !strings.EqualFold(kind, "Transient") && !strings.EqualFold(kind, "Undetermined")
}
