package receive

import (
	"bytes"
	"encoding/base64"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// hostileMail makes a mail of a size that was written to cost much.
type hostileMail struct {
	name string
	make func(size int) []byte
}

// filled is a mail with a header and a body that repeats a piece.
func filled(header, piece string) func(size int) []byte {
	return func(size int) []byte {
		head := "From: a@b.test\r\nSubject: x\r\n" + header + "\r\n\r\n"
		return append([]byte(head), strings.Repeat(piece, max(0, size-len(head))/len(piece))...)
	}
}

// allBytes are the 256 bytes.
func allBytes() string {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return string(all)
}

// encodedMail is a mail whose body repeats a piece and is sent in base64.
func encodedMail(header, piece string) func(size int) []byte {
	return func(size int) []byte {
		data := strings.Repeat(piece, size*3/4/len(piece))
		return append([]byte("From: a@b.test\r\n"+header+"\r\nContent-Transfer-Encoding: base64\r\n\r\n"), base64.StdEncoding.EncodeToString([]byte(data))...)
	}
}

// manyParts is a mail of as many parts as are allowed.
func manyParts(header, piece string) func(size int) []byte {
	return func(size int) []byte {
		part := "--b\r\n" + header + "\r\n\r\n" + strings.Repeat(piece, size/MaxParts/len(piece)) + "\r\n"
		return []byte("From: a@b.test\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat(part, MaxParts-1) + "--b--\r\n")
	}
}

// longHeaders has parts with headers as long as they may be.
func longHeaders(piece string) func(size int) []byte {
	return func(size int) []byte {
		part := "--b\r\n" + strings.Repeat(piece, min(size/4, MaxHeaderSize-100)/len(piece)) + "\r\n\r\nx\r\n"
		return []byte("From: a@b.test\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat(part, size/len(part)) + "--b--\r\n")
	}
}

// encodings are the parts of the kinds into which rubbish is put.
var hostileKinds = map[string]string{
	"plain":      "Content-Type: text/plain; charset=utf-8",
	"undeclared": "X-Nothing: said",
	"flowed":     "Content-Type: text/plain; charset=us-ascii; format=flowed; delsp=yes",
	"html":       "Content-Type: text/html; charset=iso-8859-1",
	"big5":       "Content-Type: text/plain; charset=big5",
	"jis":        "Content-Type: text/plain; charset=iso-2022-jp",
	"utf-16":     "Content-Type: text/html; charset=utf-16",
	"utf-7":      "Content-Type: text/plain; charset=utf-7",
	"base64":     "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64",
	"file":       "Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64",
	"quoted":     "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable",
	"uuencode":   "Content-Type: application/zip\r\nContent-Transfer-Encoding: x-uuencode",
	"smime":      "Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64",
	"digest":     "Content-Type: multipart/digest; boundary=b",
}

var hostilePieces = map[string]string{
	"exclamation marks": "!", "newlines": "\n", "blanks": " ", "equals signs": "=", "soft breaks": "=\r\n", "letters": "A", "lines of letters": strings.Repeat("QUJD", 19) + "\r\n",
	"padded letters": "QQ==", "padded lines": "QQ==\n", "rubbish": "!@#$%^&*", "escapes": "=E4=zz", "all bytes": allBytes(), "8-bit": "\xfc", "euro signs": "\x80",
	"broken UTF-8": "\xe4\xb8\xadabc\xe4\xb8 ", "From lines": "From anna@b.test Mon Mar  4 10:12:00 2024\n", "quotes": ">", "quoted lines": "> > a\n", "flowing lines": "a \n",
	"tags": "<b>", "deep tags": "<div><blockquote>", "hidden tags": "<p style='display:none;color:red'><span hidden>", "links": "<a href='https://x.test/a'>a</a> ", "entities": "&nbsp;&#8364;&lt;",
	"comments": "<!-- ", "data pictures": `<img src="data:image/png;base64,iVBORw0KGgoAAAA=">`, "open pictures": `<img src='data:image/png;base64,`, "bare pictures": "data:image/",
	"cid": "cid:a ", "charset switches": "\x1b$B$3\x1b(B", "open switches": "\x1b$B$3", "utf-7": "+AOQ-", "plus signs": "+", "delimiters": "--b\n", "dashes": "--\n", "lone dashes": "-- \n",
	"yEnc": "=ybegin line=128 size=3 name=a\r\n\x8a\x8b\r\n=yend\r\n", "uuencoded lines": "M" + strings.Repeat("#0V%T", 12) + "\n", "encoded words": "=?utf-8?q?=C3=A4?= ", "armor": "-----BEGIN PGP SIGNED MESSAGE-----\n", "BER": "MIAGCSqGSIb3DQEHAqCAMIACAQEx",
	"NUL": "\x00", "carriage returns": "\r", "mixed": "\xc3\xa4\xe4 a", "words": "a b ", "style": "<style>.a{display:none}</style>", "bidi": "\u05d0 ",
}

// hostileMails are every piece in some of the kinds, and others.
func hostileMails() []hostileMail {
	var mails []hostileMail
	kinds, pieces := slices.Sorted(maps.Keys(hostileKinds)), slices.Sorted(maps.Keys(hostilePieces))
	for i, name := range pieces {
		used := []string{kinds[i%len(kinds)], kinds[(5*i+i/len(kinds)+3)%len(kinds)]}
		if strings.ContainsAny(hostilePieces[name], "<&") {
			used = append(used, "html")
		}
		for _, kind := range slices.Compact(slices.Sorted(slices.Values(used))) {
			mails = append(mails, hostileMail{kind + " of " + name, filled(hostileKinds[kind], hostilePieces[name])})
		}
	}
	return append(mails,
		hostileMail{"data pictures in base64", encodedMail("Content-Type: text/html", `<img src="data:image/png;base64,`+strings.Repeat("iVBORw0KGgoAAAA", 1000)+`">`)},
		hostileMail{"one data picture", func(size int) []byte {
			return []byte("Content-Type: text/html\r\n\r\n<img src='data:image/png;base64," + strings.Repeat("iVBORw0KGgoAAAAA", size/16) + "'>")
		}},
		hostileMail{"uuencode that begins", filled(hostileKinds["uuencode"]+"\r\n\r\nbegin 644 a.zip", "M"+strings.Repeat("#0V%T", 12)+"\n")},
		hostileMail{"Latin-1 in base64", encodedMail(hostileKinds["html"], "\xfc\xe4 ")},
		hostileMail{"rubbish in base64", encodedMail("Content-Type: application/pdf", allBytes())},
		hostileMail{"signed of signed", signedOften},
		hostileMail{"500 texts", manyParts(hostileKinds["html"], "<p>a \xe4 ")},
		hostileMail{"500 undeclared texts", manyParts(hostileKinds["undeclared"], "a \xe4\xb8 ")},
		hostileMail{"500 files", manyParts(hostileKinds["file"], "QUJD")},
		hostileMail{"long headers of fields", longHeaders("a:\n")},
		hostileMail{"long headers of folds", longHeaders("Content-Type: a\n b\n")},
		hostileMail{"long headers of blanks", longHeaders("Content-Type: a\n \n \n")},
		hostileMail{"long headers of strays", longHeaders("Content-ID: a\nb\n")},
		hostileMail{"a header that never ends", func(size int) []byte { return bytes.Repeat([]byte("X: a\n b\n \nstray\n"), size/16) }},
		hostileMail{"nested", func(size int) []byte { return append(nestedMail(MaxNesting), strings.Repeat("--b1\r\n", size/6)...) }},
	)
}

// signedOften is a mail that is signed as often as is unpacked.
func signedOften(size int) []byte {
	mail := []byte("Content-Type: text/plain\r\n\r\n" + strings.Repeat("a line of text\r\n", size/40))
	for range maxOpened {
		mail = opaqueSigned(mail)
	}
	return mail
}

// spent measures what reading a mail takes: bytes and objects that were ever
// allocated, so an upper bound of what is held at once.
func spent(raw []byte) (allocated, objects uint64) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	if in, err := ParseInbound(raw); err == nil {
		MessageKey(in)
	}
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, after.Mallocs - before.Mallocs
}

// skipRace skips a test that counts allocations: under the race detector, pools
// throw away at random what they were given back.
func skipRace(t *testing.T) {
	t.Helper()
	if raceEnabled {
		t.Skip("SKIPPED: the race detector changes what is allocated")
	}
}

// TestParseInbound_CostIsBounded: whatever stands in a mail, reading it takes less
// than four times its size, the mail itself included, even if nothing were ever
// given back. Nor are there more objects than a few for each kilobyte.
func TestParseInbound_CostIsBounded(t *testing.T) {
	skipRace(t)
	size := 12 << 20 // it is linear from there on
	if os.Getenv("COACHFLOW_LARGE") != "" {
		size = MaxMailSize - 2<<20
	}
	for _, mail := range hostileMails() {
		raw := mail.make(size)
		allocated, objects := spent(raw)
		require.Less(t, allocated, uint64(3*len(raw)), mail.name)
		require.Less(t, objects, uint64(len(raw)/8), mail.name)
	}
}

// TestParseInbound_CostIsLinear: four times the mail takes four times as much, and
// below the size at which text is no longer shown it is a few megabytes at most.
func TestParseInbound_CostIsLinear(t *testing.T) {
	skipRace(t)
	for _, mail := range hostileMails() {
		small, smallObjects := spent(mail.make(64 << 10))
		large, largeObjects := spent(mail.make(256 << 10))
		require.Less(t, large, 6*small+1<<20, mail.name)
		require.Less(t, largeObjects, 6*smallObjects+2000, mail.name)
	}
}
