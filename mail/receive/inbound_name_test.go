package receive

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// File names as mails have them, right or wrong: the name and its extension are
// there, and the parameters behind it are not.
func TestInbound_FileNames(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, field, want string }{
		{"token", "attachment; filename=plan.pdf", "plan.pdf"},
		{"quoted", `attachment; filename="My plan.pdf"; size=12`, "My plan.pdf"},
		{"folded after the equals sign", "attachment; filename=\r\n\t\"=?utf-8?Q?Pl=C3=A4ne.pdf?=\"; size=12;\r\n\tcreation-date=\"Mon, 04 Mar 2024 09:00:00 GMT\"", "Pläne.pdf"},
		{"folded before the equals sign", "attachment; filename\r\n =\"plan.pdf\"; size=12", "plan.pdf"},
		{"folded after the equals sign, without quotes", "attachment; filename=\r\n plan.pdf; size=12", "plan.pdf"},
		{"folded inside", "attachment; filename=\"My\r\n plan.pdf\"", "My plan.pdf"},
		{"encoded in quotes", `attachment; filename="=?utf-8?B?UGzDpG5lLnBkZg==?="`, "Pläne.pdf"},
		{"encoded without quotes", "attachment; filename==?utf-8?Q?Pl=C3=A4ne_M=C3=A4rz.pdf?=; size=12", "Pläne März.pdf"},
		{"encoded in two words", "attachment; filename=\"=?utf-8?Q?Pl=C3=A4ne_?=\r\n =?utf-8?Q?M=C3=A4rz.pdf?=\"", "Pläne März.pdf"},
		{"encoded in two words without quotes", "attachment; filename==?utf-8?Q?Pl=C3=A4ne_?=\r\n =?utf-8?Q?M=C3=A4rz.pdf?=; size=3", "Pläne März.pdf"},
		{"encoded with wrong padding", `attachment; filename="=?utf-8?B?UGzDpG5lLnBkZg===?="`, "Pläne.pdf"},
		{"encoded without an end", `attachment; filename="=?utf-8?Q?Pl=C3=A4ne.pdf"; size=3`, "Pläne.pdf"},
		{"encoded with an extension behind", `attachment; filename="=?utf-8?Q?Pl=C3=A4ne?=.pdf"`, "Pläne.pdf"},
		{"Latin-1", "attachment; filename=\"Pl\xe4ne M\xe4rz.pdf\"", "Pläne März.pdf"},
		{"Latin-1 without quotes", "attachment; filename=Pl\xe4ne.pdf; size=3", "Pläne.pdf"},
		{"UTF-8", `attachment; filename="Pläne März.pdf"`, "Pläne März.pdf"},
		{"UTF-8 with a bad byte", "attachment; filename=\"Pläne M\xe4rz.pdf\"", "Pläne März.pdf"},
		{"Latin-1 inside a word", "attachment; filename=\"=?iso-8859-1?Q?Pl\xe4ne.pdf?=\"", "Pläne.pdf"},
		{"RFC 2231", "attachment; filename*=utf-8''Pl%C3%A4ne%20M%C3%A4rz.pdf; size=3", "Pläne März.pdf"},
		{"RFC 2231 in Latin-1", "attachment; filename*=iso-8859-1'de'Pl%E4ne.pdf", "Pläne.pdf"},
		{"RFC 2231 with the wrong charset", "attachment; filename*=us-ascii''Pl%E4ne.pdf", "Pläne.pdf"},
		{"RFC 2231 with UTF-8 as Big5", "attachment; filename*=big5''%E8%A8%88%E5%8A%83.pdf", "計劃.pdf"},
		{"RFC 2231 with a made-up charset", "attachment; filename*=nope''Pl%C3%A4ne.pdf", "Pläne.pdf"},
		{"RFC 2231 in quotes", `attachment; filename*="utf-8''Pl%C3%A4ne.pdf"`, "Pläne.pdf"},
		{"RFC 2231 with bytes", "attachment; filename*=utf-8''Pl\xc3\xa4ne.pdf", "Pläne.pdf"},
		{"RFC 2231 with a bad escape", "attachment; filename*=utf-8''100%.pdf", "100%.pdf"},
		{"RFC 2231 in pieces", "attachment; filename*0*=utf-8''Pl%C3; filename*1*=%A4ne; filename*2=\".pdf\"; size=3", "Pläne.pdf"},
		{"RFC 2231 in pieces, shuffled", "attachment; filename*2=.pdf; filename*0*=utf-8''Pl%C3%A4; filename*1=ne", "Pläne.pdf"},
		{"pieces of encoded words", "attachment; filename*0=\"=?utf-8?Q?Pl=C3=A4\"; filename*1=\"ne.pdf?=\"", "Pläne.pdf"},
		{"both forms", "attachment; filename=\"Plane.pdf\"; filename*=utf-8''Pl%C3%A4ne.pdf", "Pläne.pdf"},
		{"both forms, the other way", "attachment; filename*=utf-8''Pl%C3%A4ne.pdf; filename=\"Plane.pdf\"", "Pläne.pdf"},
		{"blanks without quotes", "attachment; filename=My plan (final).pdf; size=12", "My plan (final).pdf"},
		{"blanks without quotes or semicolon", "attachment; filename=My plan.pdf size=12", "My plan.pdf"},
		{"a semicolon without quotes", "attachment; filename=a;b.pdf; size=12", "a;b.pdf"},
		{"no semicolon before it", `attachment filename="plan.pdf"`, "plan.pdf"},
		{"no semicolon behind it", `attachment; filename="plan.pdf" size=12`, "plan.pdf"},
		{"quote not closed", `attachment; filename="plan.pdf`, "plan.pdf"},
		{"quote not closed before others", `attachment; filename="plan.pdf; size=12; creation-date="Mon, 04 Mar 2024 09:00:00 GMT"`, "plan.pdf"},
		{"quotes inside", `attachment; filename="The "new" plan.pdf"; size=12`, "The _new_ plan.pdf"},
		{"escaped quotes inside", `attachment; filename="The \"new\" plan.pdf"; size=12`, "The _new_ plan.pdf"},
		{"a path of Windows", `attachment; filename="C:\plans\plan.pdf"`, "plan.pdf"},
		{"a semicolon inside quotes", `attachment; filename="a; b.pdf"; size=3`, "a; b.pdf"},
		{"a parameter inside quotes", `attachment; filename="a; size=3.pdf"`, "a; size=3.pdf"},
		{"single quotes", `attachment; filename='plan.pdf'`, "'plan.pdf'"},
		{"empty before others", "attachment; filename=; size=12", "attachment-1.pdf"},
		{"empty before others without a semicolon", "attachment; filename= size=12", "attachment-1.pdf"},
		{"twice", "attachment; filename=a.pdf; filename=b.pdf", "a.pdf"},
		{"no disposition", "filename=plan.pdf", "plan.pdf"},
		{"upper case", `ATTACHMENT; FILENAME="PLAN.PDF"`, "PLAN.PDF"},
		{"long, with its extension", `attachment; filename="` + longName() + `.pdf"`, longName()[:196] + ".pdf"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in := received(t, "Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: text/plain", "", "Here it is.",
				"--b", "Content-Type: application/pdf", "Content-Disposition: "+tt.field, "", string(pdfBytes), "--b--", "")
			require.Len(t, in.Attachments(), 1)
			require.Equal(t, tt.want, in.Parts[0].Name)
			require.Equal(t, "application/pdf", in.Parts[0].ContentType)
			require.Equal(t, "Here it is.", in.Text)
		})
	}
}

func longName() string {
	name := make([]byte, 300)
	for i := range name {
		name[i] = 'a' + byte(i%26)
	}
	return string(name)
}

// The type of a part is read whatever its parameters look like.
func TestInbound_MediaTypes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		value, ctype string
		params       map[string]string
	}{
		{"text/plain charset=utf-8", "text/plain", map[string]string{"charset": "utf-8"}},
		{"text/plain; charset=utf-8 format=flowed delsp=yes", "text/plain", map[string]string{"charset": "utf-8", "format": "flowed", "delsp": "yes"}},
		{"text/plain;charset = utf-8 ; format = flowed", "text/plain", map[string]string{"charset": "utf-8", "format": "flowed"}},
		{`text/plain; charset="utf-8" format="flowed"`, "text/plain", map[string]string{"charset": "utf-8", "format": "flowed"}},
		{"text/plain; charset=us-ascii (plain text); format=flowed", "text/plain", map[string]string{"charset": "us-ascii", "format": "flowed"}},
		{"text/plain, charset=utf-8", "text/plain", map[string]string{"charset": "utf-8"}},
		{`multipart/mixed boundary="a b"`, "multipart/mixed", map[string]string{"boundary": "a b"}},
		{"multipart/mixed;\tboundary=\"----=_Part\"; type=text/html", "multipart/mixed", map[string]string{"boundary": "----=_Part", "type": "text/html"}},
		{"multipart/mixed;; boundary=a", "multipart/mixed", map[string]string{"boundary": "a"}},
		{"multipart; boundary=a", "multipart/mixed", map[string]string{"boundary": "a"}},
		{"TEXT/HTML", "text/html", map[string]string{}},
		{"text", "text/plain", map[string]string{}},
		{"html", "text/html", map[string]string{}},
		{"charset=utf-8", "text/plain", map[string]string{"charset": "utf-8"}},
		{`"text/html"; charset=utf-8`, "text/html", map[string]string{"charset": "utf-8"}},
		{"text/html/x; charset=utf-8", "text/html", map[string]string{"charset": "utf-8"}},
		{"te xt/html", "application/octet-stream", map[string]string{}},
	}
	for _, tt := range tests {
		ctype, params := contentType(tt.value)
		require.Equal(t, tt.ctype, ctype, tt.value)
		require.Equal(t, tt.params, params, tt.value)
	}
}
