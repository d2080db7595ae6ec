package deliver

import (
	"testing"

	"coachflow/mail/compose"

	"github.com/stretchr/testify/require"
)

// What compose refuses, no transport sends: the error is permanent and
// keeps compose's code. Nothing listens at the address.
func TestSend_RefusedMailIsNeverTriedAgain(t *testing.T) {
	t.Parallel()
	overSMTP, err := NewSMTP(SMTPConfig{Addr: "127.0.0.1:1"})
	require.NoError(t, err)
	overResend, err := NewResend(ResendConfig{APIKey: "key", BaseURL: "http://127.0.0.1:1"})
	require.NoError(t, err)
	cases := map[string]func(*compose.Outgoing){
		"address_invalid":    func(o *compose.Outgoing) { o.To.Addr = "a@b.c, d@e.f" },
		"field_missing":      func(o *compose.Outgoing) { o.Subject = "" },
		"control_characters": func(o *compose.Outgoing) { o.Subject += "\r\nBcc: evil@example.org" },
		"header_reserved":    func(o *compose.Outgoing) { o.Headers = map[string]string{"Auto-Submitted": "no"} },
	}
	for code, change := range cases {
		for _, transport := range []Transport{overSMTP, overResend} {
			o := outgoingSample()
			change(&o)
			_, err := transport.Send(t.Context(), o)
			var se *SendError
			require.ErrorAs(t, err, &se)
			require.Equal(t, code, se.Code)
			require.True(t, IsPermanent(err), "%T: %v", transport, err)
			require.Equal(t, code == "address_invalid", IsBadAddress(err))
		}
	}
}

func TestR20_ResendSaysThatARobotWroteIt(t *testing.T) {
	t.Parallel()
	o := outgoingSample()
	require.Equal(t, "auto-generated", resendRequest(o).Headers["Auto-Submitted"])
	require.Equal(t, o.IdempotencyKey, resendRequest(o).Headers[compose.NotificationHeader])
}
