package receive

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// charsetSample is a text in a charset.
type charsetSample struct {
	label string
	enc   encoding.Encoding
	text  string
}

var charsetSamples = []charsetSample{
	{"utf-8", unicode.UTF8, "Liebe Clara, die Übung gefällt mir sehr. Wir üben sie täglich früh."},
	{"iso-8859-1", charmap.ISO8859_1, "Liebe Clara, die Übung gefällt mir sehr. Wir üben sie täglich früh."},
	{"iso-8859-2", charmap.ISO8859_2, "Pchnąć w tę łódź jeża lub ośm skrzyń fig, świętować żółwia."},
	{"windows-1251", charmap.Windows1251, "Да, в пятницу удобно. Съешь ещё этих мягких французских булок."},
	{"koi8-r", charmap.KOI8R, "Да, в пятницу удобно. Съешь ещё этих мягких французских булок."},
	{"iso-8859-7", charmap.ISO8859_7, "Ναι, την Παρασκευή γίνεται. Τα λέμε τότε, Άννα."},
	{"windows-1255", charmap.Windows1255, "כן, יום שישי מתאים לי. נתראה אז, אנה."},
	{"windows-1256", charmap.Windows1256, "نعم، يوم الجمعة مناسب. أراك حينها يا كلارا."},
	{"tis-620", charmap.Windows874, "ใช่ วันศุกร์สะดวก แล้วพบกัน"},
	{"gb2312", simplifiedchinese.GBK, "克拉拉你好，星期五可以见面。我们在老地方等你，不见不散。"},
	{"gb18030", simplifiedchinese.GB18030, "克拉拉你好，星期五可以见面。我们在老地方等你，不见不散。"},
	{"big5", traditionalchinese.Big5, "克拉拉你好，星期五可以見面。我們在老地方等你，不見不散。"},
	{"shift_jis", japanese.ShiftJIS, "クララさん、金曜日は大丈夫です。それではまたお会いしましょう。"},
	{"euc-jp", japanese.EUCJP, "クララさん、金曜日は大丈夫です。それではまたお会いしましょう。"},
	{"iso-2022-jp", japanese.ISO2022JP, "クララさん、金曜日は大丈夫です。それではまたお会いしましょう。"},
	{"euc-kr", korean.EUCKR, "클라라님, 금요일 괜찮습니다. 그때 뵙겠습니다. 안나 드림"},
	{"utf-16", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "Liebe Clara, die Übung gefällt mir sehr. 星期五"},
}

func (s charsetSample) bytes(t testing.TB) []byte {
	t.Helper()
	raw, err := s.enc.NewEncoder().Bytes([]byte(s.text))
	require.NoError(t, err, s.label)
	return raw
}

// readAs is the text of a mail with these bytes, declared in that charset.
func readAs(t testing.TB, label string, raw []byte) string {
	t.Helper()
	head := "From: a@b.test\r\nContent-Type: text/plain"
	if label != "" {
		head += "; charset=\"" + label + "\""
	}
	in, err := ParseInbound([]byte(head + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString(raw)))
	require.NoError(t, err)
	require.True(t, utf8.ValidString(in.Text))
	return in.Text
}

func TestInbound_Charsets(t *testing.T) {
	t.Parallel()
	for _, sample := range charsetSamples {
		require.Equal(t, sample.text, readAs(t, sample.label, sample.bytes(t)), sample.label)
	}
}

// lostOf counts how many characters of a text are missing from another.
func lostOf(want, got string) int {
	left := map[rune]int{}
	for _, r := range got {
		left[r]++
	}
	lost := 0
	for _, r := range want {
		if left[r]--; left[r] < 0 {
			lost++
		}
	}
	return lost
}

// One bad byte never changes how the rest is read, wherever it is: the lines below
// it are whole, and of its own line a few characters are lost at most.
func TestInbound_OneBadByteCostsItselfAlone(t *testing.T) {
	t.Parallel()
	const lines = 3
	for _, sample := range charsetSamples {
		line := sample.bytes(t)
		newline := []byte("\n")
		if sample.label == "utf-16" {
			newline = []byte("\x00\n")
		}
		rest := bytes.Repeat(append(newline, line...), lines)
		for _, bad := range []byte{0xFF, 0x80, 0xE4, 0xB3, 0x1F} {
			for at := range line {
				instead := slices.Concat(line[:at], []byte{bad}, line[at+1:], rest)
				besides := slices.Concat(line[:at], []byte{bad}, line[at:], rest)
				requireReadBut(t, sample, lines, readAs(t, sample.label, instead))
				if sample.label != "utf-16" {
					requireReadBut(t, sample, lines, readAs(t, sample.label, besides))
				}
			}
		}
	}
}

// maxLost is how many characters of a line one bad byte may cost.
const maxLost = 6

func requireReadBut(t testing.TB, sample charsetSample, lines int, got string) {
	t.Helper()
	require.Equal(t, lines, strings.Count(got, "\n"+sample.text), "%s: %q", sample.label, got)
	first, _, _ := strings.Cut(got, "\n"+sample.text)
	require.LessOrEqual(t, lostOf(sample.text, first), maxLost, "%s: %q", sample.label, first)
}

// A charset that the bytes cannot be in is not believed.
func TestInbound_ImpossibleCharsets(t *testing.T) {
	t.Parallel()
	labels := []string{"", "big5", "gb2312", "gbk", "gb18030", "iso-2022-jp", "iso-2022-kr", "hz-gb-2312", "shift_jis", "euc-jp", "euc-kr", "koi8-r", "windows-1251",
		"windows-1252", "iso-8859-1", "iso-8859-2", "iso-8859-15", "us-ascii", "utf-7", "utf-16", "utf-16le", "utf-32", "x-made-up", "unknown-8bit", "cp850", strings.Repeat("x", 500)}
	for _, sample := range charsetSamples {
		for _, label := range labels {
			require.Equal(t, sample.text, readAs(t, label, []byte(sample.text)), "UTF-8 declared as %s", label)
			damaged := strings.Repeat(sample.text+"\n", 3) + "\xff" + sample.text
			require.Contains(t, readAs(t, label, []byte(damaged)), strings.Repeat(sample.text+"\n", 3), "UTF-8 with a bad byte declared as %s", label)
		}
	}
	german, jis := charsetSamples[1], charsetSamples[14]
	for _, label := range []string{"utf-8", "", "us-ascii", "x-made-up", "iso-2022-jp", "utf-7"} {
		require.Equal(t, german.text, readAs(t, label, german.bytes(t)), "Latin-1 declared as %s", label)
	}
	for _, label := range []string{"utf-8", "", "us-ascii", "iso-8859-1", "windows-1252", "x-made-up", "shift_jis"} {
		require.Equal(t, jis.text, readAs(t, label, jis.bytes(t)), "ISO-2022-JP declared as %s", label)
	}
	for _, sample := range []charsetSample{charsetSamples[12], charsetSamples[13]} { // Shift_JIS and EUC-JP, under the third name of Japanese
		text := strings.Repeat(sample.text+"\n", 4)
		raw := bytes.Repeat(append(sample.bytes(t), '\n'), 4)
		require.Equal(t, text, readAs(t, "iso-2022-jp", raw), sample.label)
		require.Equal(t, text, readAs(t, "utf-8", raw), sample.label)
	}
	// A short text in a double-byte charset stays what it was declared as.
	for _, text := range []string{"你好", "中文", "联通", "好的，谢谢"} {
		raw, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(text))
		require.NoError(t, err)
		require.Equal(t, text, readAs(t, "gb2312", raw))
	}
}

// Names that mails really have for charsets.
func TestInbound_CharsetNames(t *testing.T) {
	t.Parallel()
	same := map[string]string{
		"utf8": "ü", "UTF_8": "ü", "utf-8;": "ü", "charset=utf-8": "ü", "3Dutf-8": "ü", "utf8mb4": "ü", "'utf-8'": "ü", "utf-8*de": "ü",
		"cp1252": "\xfc", "ISO8859-1": "\xfc", "iso_8859-1:1987": "\xfc", "Windows1252": "\xfc", "8859-1": "\xfc", "ansi": "\xfc",
		"cp850": "\x81", "ibm850": "\x81", "macintosh": "\x9f", "utf-7": "+APw-", "unicode-1-1-utf-7": "+APw", "utf-16": "\x00\xfc\x00 \x00a", "utf-16be": "\x00\xfc",
		"unicode": "\xff\xfe\xfc\x00", "utf-32": "\x00\x00\x00\xfc",
	}
	for label, raw := range same {
		require.Equal(t, "ü", strings.TrimSuffix(readAs(t, label, []byte(raw)), " a"), label)
	}
	require.Equal(t, "안녕 hi 안녕", readAs(t, "iso-2022-kr", []byte("\x1b$)C\x0e>H3g\x0f hi \x0e>H3g\x0f")))
	require.Equal(t, "你好 ~ ok", readAs(t, "hz-gb-2312", []byte("~{Dc:C~} ~~ ok")))
	require.Equal(t, "ｸﾗﾗ ok", readAs(t, "iso-2022-jp", []byte("\x1b(I8WW\x1b(B ok")))
	require.Equal(t, "a+b + ü", readAs(t, "utf-7", []byte("a+b +- +APw-")))
	require.Equal(t, "€ ①", readAs(t, "cp932", []byte("\xef\xbb\xbf€ ①")), "a byte order mark says more than the name")
}
