package receive

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"coachflow/dev/steps"

	"github.com/stretchr/testify/require"
)

// nestedMail is a mail of that many multiparts, each inside the one before and
// none of them closed.
func nestedMail(depth int) []byte {
	var b strings.Builder
	b.WriteString("From: a@b.com\r\n")
	for i := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	b.WriteString("Content-Type: text/plain\r\n\r\nhello\r\n")
	return []byte(b.String())
}

func flatMail(parts int) []byte {
	return []byte("From: a@b.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		strings.Repeat("--b\r\n\r\nx\r\n", parts) + "--b--\r\n")
}

// structureCase is a mail with the code of the refusal; none where it passes.
type structureCase struct {
	name, code string
	raw        []byte
}

func structureCases() []structureCase {
	header := func(size int) []byte {
		return []byte("X: " + strings.Repeat("a", size-len("X: ")) + "\r\n\r\nbody")
	}
	partHeader := func(size int) []byte {
		return append([]byte("Content-Type: multipart/mixed; boundary=b\n\n--b\n"), header(size)...)
	}
	sameBoundary := strings.Repeat("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", 400) + "\r\nx"
	return []structureCase{
		{"nothing", "", nil},
		{"a line", "", []byte("hello")},
		{"largest", "", append([]byte("A: b\n\n"), bytes.Repeat([]byte("x"), MaxMailSize-6)...)},
		{"too large", "mail_too_large", bytes.Repeat([]byte("x"), MaxMailSize+1)},
		{"largest header", "", header(MaxHeaderSize - 2)},
		{"header too large", "mail_header_too_large", header(MaxHeaderSize + 1)},
		{"header without end", "mail_header_too_large", bytes.Repeat([]byte("A: b\n"), MaxHeaderSize)},
		{"part header too large", "mail_header_too_large", partHeader(MaxHeaderSize + 1)},
		{"deepest", "", nestedMail(MaxNesting)},
		{"too deep", "mail_too_deep", nestedMail(MaxNesting + 1)},
		{"the bomb of 1.4 KB", "mail_too_deep", nestedMail(22)},
		{"absurdly deep", "mail_too_deep", nestedMail(100_000)},
		{"one boundary for all is not nested", "", []byte(sameBoundary)},
		{"most parts", "", flatMail(MaxParts)},
		{"too many parts", "mail_too_many_parts", flatMail(MaxParts + 1)},
		{"20,000 parts", "mail_too_many_parts", flatMail(20_000)},
		{"multipart without boundary", "", []byte("Content-Type: multipart/mixed\n\n--\n--\n")},
		{"empty boundary", "", []byte("Content-Type: multipart/mixed; boundary=\"\"\n\n--\n--\n")},
		{"boundary never used", "", []byte("Content-Type: multipart/mixed; boundary=q\n\nhello")},
		{"ends inside a delimiter", "", []byte("Content-Type: multipart/mixed; boundary=q\n\n--q")},
		{"ends inside a closing delimiter", "", []byte("Content-Type: multipart/mixed; boundary=q\n\n--q\n\nx\n--q-")},
		{"zero bytes", "", make([]byte, 1000)},
	}
}

func TestCheckStructure(t *testing.T) {
	t.Parallel()
	for _, tt := range structureCases() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := CheckStructure(tt.raw)
			if tt.code == "" {
				require.NoError(t, err)
				return
			}
			var refusal *Refusal
			require.ErrorAs(t, err, &refusal)
			require.Equal(t, tt.code, refusal.Code)
			require.NotEmpty(t, refusal.Message)
		})
	}
}

// readers are the packages that take part in reading a mail, for counting steps.
var readers = []string{"github.com/jhillyerd/enmime/v2/...", "golang.org/x/net/html", "github.com/microcosm-cc/bluemonday"}

func TestCheckStructure_TakesFewSteps(t *testing.T) {
	t.Parallel()
	c := steps.New(t, readers...)
	for _, tt := range structureCases() {
		c.AtMost(20, tt.name, len(tt.raw), func() { _ = CheckStructure(tt.raw) })
	}
}

// trap is a mail that passes the check, and that a parser with exponential or
// quadratic spots would read for minutes.
type trap struct {
	name string
	raw  []byte
}

func traps() []trap {
	long := func(unit string) []byte {
		return []byte("Content-Type: " + strings.Repeat(unit, 250<<10/len(unit)) + "\nFrom: a@b.com\n\nhello")
	}
	fill := strings.Repeat("--b0x\n--b9--\n--\n-- --\n\n", 100_000)
	return []trap{
		{"deepest allowed, unclosed", nestedMail(MaxNesting)},
		{"deepest allowed, with a long body", append(nestedMail(MaxNesting), strings.Repeat("--\r\n", 1<<20)...)},
		{"delimiter-like lines", append(nestedMail(2), fill...)},
		{"media type of parameters", long(";a=b")},
		{"media type of quotes", long(`;a="\"`)},
		{"media type of words", long("=?utf-8?q?=41?= ")},
		{"media type of tags", long("<>")},
		{"from of addresses", []byte("From: " + strings.Repeat("a@b.c,", 40_000) + "\n\n")},
		{"from of comments", []byte("From: " + strings.Repeat("(", 250_000) + "\n\n")},
		{"from of words", []byte("From: " + strings.Repeat("=?utf-8?q?=41?= ", 15_000) + "\n\n")},
		{"subject of words", []byte("Subject: " + strings.Repeat("=?utf-8?q?=41?= ", 15_000) + "\n\n")},
		{"references", []byte("References: " + strings.Repeat("<a@b> ", 40_000) + "\n\n")},
		{"deep html", append([]byte("Content-Type: text/html\n\n"), strings.Repeat("<div><blockquote>", 200_000)...)},
		{"html of open comments", append([]byte("Content-Type: text/html\n\n"), strings.Repeat("<!--", 500_000)...)},
		{"broken base64", append([]byte("Content-Transfer-Encoding: base64\n\n"), strings.Repeat("=", 2<<20)...)},
		{"broken quoted-printable", append([]byte("Content-Transfer-Encoding: quoted-printable\n\n"), strings.Repeat("=\n", 1<<20)...)},
		{"text without charset", append([]byte("Content-Type: text/plain\n\n"), strings.Repeat("\xe9 \x1b$", 1<<20)...)},
	}
}

func TestParseInbound_ReadsTraps(t *testing.T) {
	t.Parallel()
	for _, of := range traps() {
		t.Run(of.name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseInbound(of.raw)
			require.NoError(t, err)
		})
	}
}

func TestParseInbound_TrapsTakeFewSteps(t *testing.T) {
	t.Parallel()
	c := steps.New(t, readers...)
	for _, of := range traps() {
		c.AtMost(50, of.name, len(of.raw), func() { _, _ = ParseInbound(of.raw) })
	}
}

func TestParseInbound_ReferencesAreLinear(t *testing.T) {
	t.Parallel()
	c := steps.New(t, readers...)
	c.Linear("cid: references", 75<<10, func(size int) {
		raw := append([]byte("Content-Type: text/html\n\n"), strings.Repeat("cid:a ", size/6)...)
		_, err := ParseInbound(raw)
		require.NoError(t, err)
	})
}

func FuzzCheckStructure(f *testing.F) {
	f.Add(nestedMail(3))
	f.Add(flatMail(3))
	f.Add([]byte("Content-Type: multipart/alternative; boundary=\"a\"\r\n\r\npre\r\n--a\r\n--a--\r\n--a\n\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		root, err := scanStructure(raw)
		if err != nil {
			return
		}
		depth, leaves := measure(root)
		if depth > MaxNesting || leaves > MaxParts+1 {
			t.Fatalf("depth %d, leaves %d", depth, leaves)
		}
		if _, err := ParseInbound(raw); err != nil {
			t.Fatalf("passed the check and was not read: %v", err)
		}
	})
}

func measure(n *partNode) (depth, leaves int) {
	if len(n.children) == 0 {
		return 0, 1
	}
	for _, child := range n.children {
		d, l := measure(child)
		depth, leaves = max(depth, d+1), leaves+l
	}
	return depth, leaves
}
