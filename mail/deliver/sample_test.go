package deliver

import (
	"time"

	"coachflow/mail/compose"
)

// outgoingSample is a good mail; a test changes what it is about.
func outgoingSample() compose.Outgoing {
	key := "form/7f1c/remind-1/anna@example.org"
	return compose.Outgoing{
		From:           compose.Recipient{Name: "Northwind Coaching", Addr: "notify@mail.example.com"},
		To:             compose.Recipient{Name: "Anna-Lena Müller", Addr: "anna@example.org"},
		Subject:        "A form for you: Zwischenstand – bitte ausfüllen",
		Text:           "Dear Anna,\n\nplease fill it out: https://e.org/?a=1\n",
		HTML:           "<p>Dear Anna,</p>\n<p>…</p>",
		MessageID:      compose.MessageID("mail.example.com", key),
		IdempotencyKey: key,
		Date:           time.Date(2026, 3, 4, 9, 0, 0, 0, time.FixedZone("", 3600)),
	}
}
