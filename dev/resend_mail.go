package dev

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	netmail "net/mail"
	"strconv"
	"strings"
	"time"

	"coachflow/mail/compose"
)

// resendPayload is the body of POST /emails.
type resendPayload struct {
	From        string            `json:"from"`
	To          []string          `json:"to"`
	ReplyTo     string            `json:"reply_to"`
	Subject     string            `json:"subject"`
	Text        string            `json:"text"`
	HTML        string            `json:"html"`
	Headers     map[string]string `json:"headers"`
	Attachments []struct {
		Content     []int  `json:"content"` // bytes as numbers; encoding/json would take []byte for base64
		Filename    string `json:"filename"`
		ContentType string `json:"content_type"`
		ContentID   string `json:"content_id"`
	} `json:"attachments"`
}

func readResendMail(body []byte, now time.Time) (compose.Outgoing, error) {
	var in resendPayload
	if err := json.Unmarshal(body, &in); err != nil {
		return compose.Outgoing{}, errors.New("the body is not valid JSON for an email")
	}
	out := compose.Outgoing{Subject: in.Subject, Text: in.Text, HTML: in.HTML, Headers: map[string]string{}, Date: now}
	if len(in.To) != 1 {
		return out, errors.New("this stand-in takes exactly one recipient")
	}
	var err error
	if out.From, err = readResendRecipient("from", in.From); err != nil {
		return out, err
	}
	if out.To, err = readResendRecipient("to", in.To[0]); err != nil {
		return out, err
	}
	if in.ReplyTo != "" {
		if out.ReplyTo, err = readResendRecipient("reply_to", in.ReplyTo); err != nil {
			return out, err
		}
	}
	if in.Subject == "" || in.Text == "" && in.HTML == "" {
		return out, errors.New("missing subject, or both html and text")
	}
	in.fill(&out)
	return out, nil
}

func readResendRecipient(field, value string) (compose.Recipient, error) {
	a, err := netmail.ParseAddress(value)
	if err != nil {
		return compose.Recipient{}, fmt.Errorf("invalid `%s` field", field)
	}
	return compose.Recipient{Name: a.Name, Addr: a.Address}, nil
}

// fill moves headers and files over. The headers that BuildMIME writes itself
// go back to the fields they came from.
func (in resendPayload) fill(out *compose.Outgoing) {
	for name, value := range in.Headers {
		switch name {
		case "Message-ID":
			out.MessageID = strings.Trim(value, "<>")
		case compose.NotificationHeader:
			out.IdempotencyKey = value
		case "Auto-Submitted", "X-Auto-Response-Suppress":
		default:
			out.Headers[name] = value
		}
	}
	for _, a := range in.Attachments {
		file := compose.Attachment{Name: a.Filename, ContentType: a.ContentType, ContentID: a.ContentID, Data: make([]byte, len(a.Content))}
		for i, b := range a.Content {
			file.Data[i] = byte(b)
		}
		if file.ContentID != "" {
			out.Inline = append(out.Inline, file)
		} else {
			out.Attachments = append(out.Attachments, file)
		}
	}
}

// SignSvix makes the headers of a webhook as Resend's would have: for tests,
// and to report deliveries of the stand-in. secret is whsec_ and base64.
func SignSvix(secret, id string, at time.Time, body []byte) (http.Header, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return nil, fmt.Errorf("svix secret: %w", err)
	}
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + stamp + "."))
	mac.Write(body)
	return http.Header{
		"Svix-Id":        {id},
		"Svix-Timestamp": {stamp},
		"Svix-Signature": {"v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))},
	}, nil
}
