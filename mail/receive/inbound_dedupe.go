package receive

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"strings"
)

// maxKeyID is the longest Message-ID that serves as a key, in bytes; what is
// longer is hashed with everything else.
const maxKeyID = 500

// MessageKey names a mail for the guard against posting it twice: its
// Message-ID, or where it has no usable one a hash of its content and date.
// Anyone can send any Message-ID: the key only means something together with
// the system address and the verified author.
func MessageKey(in *Inbound) string {
	if id := normalMessageID(in.MessageID); id != "" {
		return "mid:" + id
	}
	h := sha256.New()
	hashField(h, []byte(ContentHash(in)))
	if !in.Date.IsZero() {
		// The same few words on another day are another message.
		hashField(h, []byte(in.Date.UTC().Format("20060102150405")))
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// normalMessageID gives the id with its domain in lower case, or "" where it
// is none: left and right of one @, printable ASCII, not too long.
func normalMessageID(id string) string {
	id = strings.Trim(strings.TrimSpace(id), "<>")
	at := strings.LastIndexByte(id, '@')
	if at <= 0 || at == len(id)-1 || len(id) > maxKeyID {
		return ""
	}
	for i := range len(id) {
		if id[i] <= ' ' || id[i] > '~' {
			return ""
		}
	}
	return id[:at] + strings.ToLower(id[at:])
}

// ContentHash is a SHA-256, in hex, of what people see of a mail: subject,
// text, HTML and the bytes of its files. Relays that re-encode the mail, add
// fields to it or change its line ends leave it the same.
func ContentHash(in *Inbound) string {
	h := sha256.New()
	for _, text := range []string{in.Subject, in.Text, in.HTML} {
		hashField(h, []byte(normalText(text)))
	}
	for _, p := range in.Parts {
		hashField(h, p.Data)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// normalText drops what transfer encodings change: the kind of line ends, and
// white space at the ends of lines and of the text.
func normalText(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for more := true; more; {
		var line string
		line, s, more = strings.Cut(s, "\n")
		b.WriteString(strings.TrimRight(line, " \t\r"))
		b.WriteByte('\n')
	}
	return strings.Trim(b.String(), "\n")
}

// hashField writes the length first, so that no two lists of fields are alike.
func hashField(h hash.Hash, b []byte) {
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], uint64(len(b)))
	h.Write(size[:]) // a hash.Hash never returns an error
	h.Write(b)
}
