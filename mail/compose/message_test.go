package compose

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// outgoingSample is a good mail; a test changes what it is about.
func outgoingSample() Outgoing {
	key := "form/7f1c/remind-1/anna@example.org"
	return Outgoing{
		From:           Recipient{Name: "Northwind Coaching", Addr: "notify@mail.example.com"},
		To:             Recipient{Name: "Anna-Lena Müller", Addr: "anna@example.org"},
		Subject:        "A form for you: Zwischenstand – bitte ausfüllen",
		Text:           "Dear Anna,\n\nplease fill it out: https://e.org/?a=1\n",
		HTML:           "<p>Dear Anna,</p>\n<p>…</p>",
		MessageID:      MessageID("mail.example.com", key),
		IdempotencyKey: key,
		Date:           time.Date(2026, 3, 4, 9, 0, 0, 0, time.FixedZone("", 3600)),
	}
}

// mimeNode is one part of a mail as a reader would see it.
type mimeNode struct {
	header map[string][]string
	media  string
	params map[string]string
	body   string
	kids   []mimeNode
}

func readMIME(t *testing.T, raw []byte) (netmail.Header, mimeNode) {
	t.Helper()
	msg, err := netmail.ReadMessage(bytes.NewReader(raw))
	require.NoError(t, err)
	return msg.Header, readPart(t, msg.Header, msg.Body)
}

func readPart(t *testing.T, header map[string][]string, r io.Reader) mimeNode {
	t.Helper()
	get := func(name string) string { return netmail.Header(header).Get(name) }
	media, params, err := mime.ParseMediaType(get("Content-Type"))
	require.NoError(t, err)
	node := mimeNode{header: header, media: media, params: params}
	if strings.HasPrefix(media, "multipart/") {
		parts := multipart.NewReader(r, params["boundary"])
		for {
			part, err := parts.NextRawPart()
			if err == io.EOF {
				return node
			}
			require.NoError(t, err)
			node.kids = append(node.kids, readPart(t, part.Header, part))
		}
	}
	switch get("Content-Transfer-Encoding") {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	}
	body, err := io.ReadAll(r)
	require.NoError(t, err)
	node.body = string(body)
	return node
}

// shape writes the structure down: mixed(alternative(text/plain text/html) ...).
func (n mimeNode) shape() string {
	if len(n.kids) == 0 {
		return n.media
	}
	kids := make([]string, len(n.kids))
	for i, kid := range n.kids {
		kids[i] = kid.shape()
	}
	return strings.TrimPrefix(n.media, "multipart/") + "(" + strings.Join(kids, " ") + ")"
}

func TestBuildMIME_Headers(t *testing.T) {
	t.Parallel()
	o := outgoingSample()
	o.ReplyTo = Recipient{Name: `Dana "D" Scully, M.D.`, Addr: "a1b2@in.example.com"}
	o.Headers = map[string]string{"In-Reply-To": "<x@y>", "list-id": "Zoë <l.example.com>"}
	raw, err := BuildMIME(o)
	require.NoError(t, err)
	header, node := readMIME(t, raw)
	require.Equal(t, "alternative(text/plain text/html)", node.shape())
	want := map[string]string{
		"Message-Id": "<" + o.MessageID + ">", "Date": "Wed, 04 Mar 2026 09:00:00 +0100", "Mime-Version": "1.0",
		"In-Reply-To": "<x@y>", "X-Auto-Response-Suppress": "All", NotificationHeader: o.IdempotencyKey,
	}
	for name, value := range want {
		require.Equal(t, []string{value}, header[name], name)
	}
	words := mime.WordDecoder{}
	for name, value := range map[string]string{"Subject": o.Subject, "List-Id": "Zoë <l.example.com>"} {
		got, err := words.DecodeHeader(header.Get(name))
		require.NoError(t, err)
		require.Equal(t, value, got)
	}
	for name, r := range map[string]Recipient{"From": o.From, "To": o.To, "Reply-To": o.ReplyTo} {
		list, err := header.AddressList(name)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, r, Recipient{Name: list[0].Name, Addr: list[0].Address})
	}
	require.NotContains(t, header, "User-Agent")
	require.NotContains(t, header, "Return-Path", "the envelope is not the header's business")
}

func TestR20_EveryMailSaysThatARobotWroteIt(t *testing.T) {
	t.Parallel()
	o := outgoingSample()
	raw, err := BuildMIME(o)
	require.NoError(t, err)
	header, _ := readMIME(t, raw)
	require.Equal(t, []string{"auto-generated"}, header["Auto-Submitted"])
	require.Equal(t, []string{o.IdempotencyKey}, header[NotificationHeader])
	for _, name := range []string{"Auto-Submitted", "auto-submitted", NotificationHeader} {
		o.Headers = map[string]string{name: "no"}
		_, err = BuildMIME(o)
		require.ErrorAs(t, err, new(*Refused), "%s cannot be replaced", name)
	}
}

func TestBuildMIME_Structures(t *testing.T) {
	t.Parallel()
	image := Attachment{Name: "logo.png", ContentType: "image/png", ContentID: "logo@x", Data: []byte("PNG\x00\xff")}
	file := Attachment{Name: "Rechnung – März.pdf", ContentType: "application/pdf", Data: bytes.Repeat([]byte("%PDF"), 100)}
	invite := &CalendarPart{Method: "REQUEST", Data: []byte("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n")}
	cases := []struct {
		name   string
		change func(*Outgoing)
		want   string
	}{
		{"text only", func(o *Outgoing) { o.HTML = "" }, "text/plain"},
		{"text and file", func(o *Outgoing) { o.HTML = ""; o.Attachments = []Attachment{file} }, "mixed(text/plain application/pdf)"},
		{"file", func(o *Outgoing) { o.Attachments = []Attachment{file} }, "mixed(alternative(text/plain text/html) application/pdf)"},
		{"inline", func(o *Outgoing) { o.Inline = []Attachment{image} }, "related(alternative(text/plain text/html) image/png)"},
		{"both", func(o *Outgoing) { o.Inline = []Attachment{image}; o.Attachments = []Attachment{file, file} }, "mixed(related(alternative(text/plain text/html) image/png) application/pdf application/pdf)"},
		{"invitation", func(o *Outgoing) { o.Calendar = invite }, "mixed(alternative(text/plain text/html text/calendar) application/ics)"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := outgoingSample()
			tc.change(&o)
			raw, err := BuildMIME(o)
			require.NoError(t, err)
			_, node := readMIME(t, raw)
			require.Equal(t, tc.want, node.shape())
			for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
				require.LessOrEqual(t, len(line), 998)
				require.NotContains(t, string(line), "\n", "bare line feed")
			}
			again, err := BuildMIME(o)
			require.NoError(t, err)
			require.Equal(t, string(raw), string(again), "two builds are equal")
		})
	}
}

func TestR23_FilesArriveAsTheyLeft(t *testing.T) {
	t.Parallel()
	o := outgoingSample()
	o.Inline = []Attachment{{Name: "a\"b.png", ContentType: "image/png", ContentID: "logo@x", Data: []byte{0, 255, 13, 10, 46}}}
	o.Attachments = []Attachment{
		{Name: "Rechnung – März.pdf", ContentType: "application/pdf", Data: bytes.Repeat([]byte("x\r\n.\r\n"), 500)},
		{Name: "empty", Data: nil},
		{Name: "note.txt", ContentType: "text/plain; charset=utf-8", Data: []byte("ü\n")},
	}
	raw, err := BuildMIME(o)
	require.NoError(t, err)
	_, node := readMIME(t, raw)
	require.Len(t, node.kids, 4)
	files := append([]mimeNode{node.kids[0].kids[1]}, node.kids[1:]...)
	for i, want := range append(o.Inline, o.Attachments...) {
		disposition, params, err := mime.ParseMediaType(netmail.Header(files[i].header).Get("Content-Disposition"))
		require.NoError(t, err)
		require.Equal(t, want.Name, params["filename"])
		require.Equal(t, map[bool]string{true: "inline", false: "attachment"}[i == 0], disposition)
		require.Equal(t, string(want.Data), files[i].body)
	}
	require.Equal(t, []string{"<logo@x>"}, files[0].header["Content-Id"])
	require.Equal(t, "application/octet-stream", files[2].media)
	require.Equal(t, "utf-8", files[3].params["charset"])
}

func TestBuildMIME_BodiesSurvive(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"plain", "dots\n.\n..\nend", "From here\n", "ü€😀 " + strings.Repeat("long ", 400), "=3D =\n", "mixed\r\nline\rends\n", "--boundary\n\n--x--"} {
		o := outgoingSample()
		o.Text, o.HTML = text, "<p>"+text
		raw, err := BuildMIME(o)
		require.NoError(t, err)
		_, node := readMIME(t, raw)
		require.Equal(t, crlf(text), node.kids[0].body)
		require.Equal(t, crlf("<p>"+text), node.kids[1].body)
	}
}

func TestBuildMIME_BodyCannotEndItsPart(t *testing.T) {
	t.Parallel()
	o := outgoingSample()
	raw, err := BuildMIME(o)
	require.NoError(t, err)
	_, node := readMIME(t, raw)
	// Whoever has seen one mail and guesses the boundary of the next one fails:
	// it depends on all that the next one contains.
	o.Text = "x\n--" + node.params["boundary"] + "\nContent-Type: text/html\n\nevil"
	raw, err = BuildMIME(o)
	require.NoError(t, err)
	_, node = readMIME(t, raw)
	require.Equal(t, "alternative(text/plain text/html)", node.shape())
	// A subject that looks like a multipart header moves no boundary either.
	o.Subject = "multipart/mixed; boundary=" + strings.Repeat("ab", 30)
	o.Text = "x\n--" + strings.Repeat("ab", 30) + "\n\nevil"
	raw, err = BuildMIME(o)
	require.NoError(t, err)
	_, node = readMIME(t, raw)
	require.Equal(t, "alternative(text/plain text/html)", node.shape())
}

func TestBuildMIME_RefusesInjection(t *testing.T) {
	t.Parallel()
	spots := map[string]func(o *Outgoing, s string){
		"from name":       func(o *Outgoing, s string) { o.From.Name += s },
		"from address":    func(o *Outgoing, s string) { o.From.Addr += s },
		"to name":         func(o *Outgoing, s string) { o.To.Name += s },
		"to address":      func(o *Outgoing, s string) { o.To.Addr = s + o.To.Addr },
		"reply-to name":   func(o *Outgoing, s string) { o.ReplyTo = Recipient{Name: s, Addr: "a@b.c"} },
		"reply-to":        func(o *Outgoing, s string) { o.ReplyTo.Addr = "a@b.c" + s },
		"envelope":        func(o *Outgoing, s string) { o.EnvelopeFrom = "a@b.c" + s },
		"subject":         func(o *Outgoing, s string) { o.Subject += s },
		"message id":      func(o *Outgoing, s string) { o.MessageID += s },
		"idempotency key": func(o *Outgoing, s string) { o.IdempotencyKey += s },
		"header value":    func(o *Outgoing, s string) { o.Headers = map[string]string{"X-A": "b" + s} },
		"header name":     func(o *Outgoing, s string) { o.Headers = map[string]string{"X-A" + s: "b"} },
		"file name":       func(o *Outgoing, s string) { o.Attachments = []Attachment{{Name: "a" + s}} },
		"file type":       func(o *Outgoing, s string) { o.Attachments = []Attachment{{Name: "a", ContentType: "text/plain" + s}} },
		"inline name":     func(o *Outgoing, s string) { o.Inline = []Attachment{{Name: "a" + s, ContentID: "x"}} },
		"content id":      func(o *Outgoing, s string) { o.Inline = []Attachment{{Name: "a", ContentID: "x" + s}} },
		"calendar method": func(o *Outgoing, s string) { o.Calendar = &CalendarPart{Method: "REQUEST" + s} },
	}
	for name, put := range spots {
		for _, evil := range []string{"\r\nBcc: evil@example.org", "\n", "\r", "\x00", "\u0085", "\u2028", "\x7f", "\xff", "\t"} {
			o := outgoingSample()
			put(&o, evil)
			_, err := BuildMIME(o)
			require.ErrorAs(t, err, new(*Refused), "%s %q: %v", name, evil, err)
		}
	}
}

func TestBuildMIME_RefusesWhatIsWrong(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, code string
		change     func(*Outgoing)
	}{
		{"nobody", "address_missing", func(o *Outgoing) { o.To.Addr = "" }},
		{"no sender", "address_missing", func(o *Outgoing) { o.From = Recipient{} }},
		{"name without address", "address_missing", func(o *Outgoing) { o.ReplyTo = Recipient{Name: "x"} }},
		{"two addresses", "address_invalid", func(o *Outgoing) { o.To.Addr = "a@b.c, d@e.f" }},
		{"name in address", "address_invalid", func(o *Outgoing) { o.To.Addr = "A <a@b.c>" }},
		{"two ats", "address_invalid", func(o *Outgoing) { o.To.Addr = "a@b@" }},
		{"quoted", "address_invalid", func(o *Outgoing) { o.To.Addr = "a b@c.d" }},
		{"no at", "address_invalid", func(o *Outgoing) { o.To.Addr = "anna" }},
		{"trailing bracket", "address_invalid", func(o *Outgoing) { o.To.Addr = "a@b.c>" }},
		{"too long", "field_too_long", func(o *Outgoing) { o.To.Addr = strings.Repeat("a", 251) + "@b.c" }},
		{"no subject", "field_missing", func(o *Outgoing) { o.Subject = "" }},
		{"no text", "field_missing", func(o *Outgoing) { o.Text = " \n" }},
		{"no date", "field_missing", func(o *Outgoing) { o.Date = time.Time{} }},
		{"no key", "field_missing", func(o *Outgoing) { o.IdempotencyKey = "" }},
		{"long key", "field_too_long", func(o *Outgoing) { o.IdempotencyKey = strings.Repeat("k", 257) }},
		{"key beyond ASCII", "idempotency_key_invalid", func(o *Outgoing) { o.IdempotencyKey = "schlüssel" }},
		{"brackets", "message_id_invalid", func(o *Outgoing) { o.MessageID = "<a@b>" }},
		{"half an id", "message_id_invalid", func(o *Outgoing) { o.MessageID = "a@" }},
		{"reserved header", "header_reserved", func(o *Outgoing) { o.Headers = map[string]string{"bcc": "x@y.z"} }},
		{"content header", "header_reserved", func(o *Outgoing) { o.Headers = map[string]string{"content-type": "x"} }},
		{"header twice", "header_invalid", func(o *Outgoing) { o.Headers = map[string]string{"x-a": "1", "X-A": "2"} }},
		{"header name", "header_invalid", func(o *Outgoing) { o.Headers = map[string]string{"X A": "1"} }},
		{"nameless file", "attachment_name", func(o *Outgoing) { o.Attachments = []Attachment{{Data: []byte("x")}} }},
		{"bad type", "attachment_type", func(o *Outgoing) { o.Attachments = []Attachment{{Name: "x", ContentType: "a/b/c;;"}} }},
		{"inline without id", "content_id_invalid", func(o *Outgoing) { o.Inline = []Attachment{{Name: "x"}} }},
		{"method", "calendar_method", func(o *Outgoing) { o.Calendar = &CalendarPart{Method: "request"} }},
		{"too large", "message_too_large", func(o *Outgoing) { o.Attachments = []Attachment{{Name: "x", Data: make([]byte, maxPayload)}} }},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := outgoingSample()
			tc.change(&o)
			_, err := BuildMIME(o)
			var refused *Refused
			require.ErrorAs(t, err, &refused)
			require.Equal(t, tc.code, refused.Code)
			require.Equal(t, tc.code == "address_invalid", refused.BadAddress)
		})
	}
}

func TestBuildMIME_UncommonAddresses(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"o'neil+tag@example.org":  "o'neil+tag@example.org",
		"anna@bücher.example":     "anna@xn--bcher-kva.example",
		"änna@example.org":        "änna@example.org",
		"user@[192.0.2.1]":        "user@[192.0.2.1]",
		"MiXed.Case@EXAMPLE.org":  "MiXed.Case@EXAMPLE.org",
		"x@sub.domain.example.co": "x@sub.domain.example.co",
	} {
		o := outgoingSample()
		o.To = Recipient{Addr: given}
		raw, err := BuildMIME(o)
		require.NoError(t, err, given)
		header, _ := readMIME(t, raw)
		list, err := header.AddressList("To")
		require.NoError(t, err)
		require.Equal(t, want, list[0].Address)
	}
}

func TestMessageID_FollowsFromTheKey(t *testing.T) {
	t.Parallel()
	id := MessageID("mail.example.com", "form/1/remind-1")
	require.Equal(t, id, MessageID("mail.example.com", "form/1/remind-1"))
	require.NotEqual(t, id, MessageID("mail.example.com", "form/1/remind-2"))
	require.True(t, validMessageID(id), id)
	require.Equal(t, "ijaxlkaqba4ruorv35s45yxfupqnyh5y@mail.example.com", id, "ids of mails sent long ago depend on it")
}

func BenchmarkBuildMIME(b *testing.B) {
	o := outgoingSample()
	for b.Loop() {
		if _, err := BuildMIME(o); err != nil {
			b.Fatal(err)
		}
	}
}
