package receive

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// Encoded words as mails have them, right or wrong.
func TestInbound_EncodedWords(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, value, want string }{
		{"plain", "Grüße", "Grüße"},
		{"nothing", "", ""},
		{"Q", "=?utf-8?Q?Gr=C3=BC=C3=9Fe_an_alle?=", "Grüße an alle"},
		{"B", "=?UTF-8?b?R3LDvMOfZQ==?= an alle", "Grüße an alle"},
		{"two make one", "=?utf-8?q?Gr=C3=BC?= =?utf-8?q?=C3=9Fe?=", "Grüße"},
		{"folded between", "=?utf-8?q?Gr=C3=BC?=\t \t=?utf-8?q?=C3=9Fe?= da", "Grüße da"},
		{"text between", "=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"},
		{"beside text without a blank", "Re:=?utf-8?q?=C3=A4?=!", "Re:ä!"},
		{"two charsets", "=?iso-8859-1?q?=FC?= =?utf-8?q?=C3=9F?=", "üß"},
		{"a language", "=?utf-8*de?q?=C3=9F?=", "ß"},

		{"too much padding", "=?utf-8?B?R3LDvMOfZQ===?=", "Grüße"},
		{"far too much padding", "=?utf-8?B?R3LDvMOfZQ========?=", "Grüße"},
		{"no padding", "=?utf-8?B?R3LDvMOfZQ?=", "Grüße"},
		{"no padding, twice", "=?utf-8?B?R3LDvMOfZQ?= =?utf-8?B?R3LDvMOfZQ?=", "GrüßeGrüße"},
		{"padding inside", "=?utf-8?B?R3LDvA==w59l?=", "Grüße"},
		{"one digit too many", "=?utf-8?B?R3LDvMOfZQZ?=", "Grüße"},
		{"blanks in base64", "=?utf-8?B?R3LD vMOf ZQ==?=", "Grüße"},
		{"bad bytes in base64", "=?utf-8?B?R3LD!vMOf*ZQ==?=", "Grüße"},

		{"8-bit bytes in it, of its charset", "=?iso-8859-1?Q?Gr\xfc\xdfe_aus_K=F6ln?=", "Grüße aus Köln"},
		{"8-bit bytes in it, of UTF-8", "=?iso-8859-1?Q?Grüße_aus_K=F6ln?=", "Grüße aus Köln"},
		{"8-bit bytes in UTF-8", "=?utf-8?Q?Grüße_aus_K=C3=B6ln?=", "Grüße aus Köln"},
		{"Latin-1 bytes in UTF-8", "=?utf-8?Q?Gr\xfc\xdfe?=", "Grüße"},
		{"8-bit text before and behind", "F\xfcr: =?utf-8?q?K=C3=B6ln?= f\xfcr alle", "Für: Köln für alle"},
		{"8-bit text and UTF-8 text", "Grüße aus K\xf6ln", "Grüße aus Köln"},

		{"a character cut in two", "=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?=", "Grüße"},
		{"a character cut in two, base64", "=?utf-8?B?R3LD?= =?utf-8?B?vMOfZQ==?=", "Grüße"},
		{"base64 cut between digits", "=?utf-8?B?R3LDvMOfZ?= =?utf-8?B?SBhbGxl?=", "Grüße alle"},
		{"a character cut off", "=?utf-8?Q?Gr=C3=BC=C3?=", "Grü\uFFFD"},
		{"wrong charset: it is UTF-8", "=?big5?B?5YWL5ouJ5ouJ?=", "克拉拉"},
		{"wrong charset: it is UTF-8, Latin", "=?iso-8859-1?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"},
		{"wrong charset: it is Latin-1", "=?utf-8?Q?Gr=FC=DFe?=", "Grüße"},
		{"wrong charset: it is Latin-1, in ASCII", "=?us-ascii?Q?Gr=FC=DFe?=", "Grüße"},
		{"unknown charset", "=?x-made-up?Q?Gr=C3=BC=DFe?=", "Grüße"},
		{"unknown charset, Latin-1", "=?x-made-up?Q?Gr=FC=DFe?=", "Grüße"},
		{"no charset", "=??Q?Gr=C3=BC=C3=9Fe?=", "Grüße"},
		{"name of a charset in quotes", "=?'utf-8'?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"},
		{"one bad byte", "=?utf-8?Q?Gr=C3=BC=C3=9Fe_n=E4chste?=", "Grüße nächste"},
		{"Japanese", "=?ISO-2022-JP?B?GyRCNmJNS0Z8GyhC?= =?ISO-2022-JP?B?GyRCNmJNS0Z8GyhC?=", "金曜日金曜日"},
		{"Japanese that does not switch back", "=?ISO-2022-JP?B?GyRCNmJNS0Z8?= ok", "金曜日 ok"},
		{"Japanese without encoding", "\x1b$B6bMKF|\x1b(B ok", "金曜日 ok"},

		{"no end", "=?utf-8?Q?Gr=C3=BC=C3=9Fe", "Grüße"},
		{"no end, base64", "=?utf-8?B?R3LDvMOfZQ==", "Grüße"},
		{"no end before the next", "=?utf-8?Q?Gr=C3=BC =?utf-8?Q?=C3=9Fe?=", "Grü ße"},
		{"blanks", "=?utf-8?Q?Gr=C3=BC=C3=9Fe an alle?=", "Grüße an alle"},
		{"a question mark", "=?utf-8?Q?Wie_geht's??=", "Wie geht's?"},
		{"a question mark before an escape", "=?utf-8?Q?Was?=20nun,_J=C3=BCrg?=", "Was? nun, Jürg"},
		{"a bad escape", "=?utf-8?Q?100=_=ZZ=C3=BC?=", "100= =ZZü"},
		{"an escape at the end", "=?utf-8?Q?abc=?=", "abc="},
		{"an escape in lower case", "=?utf-8?q?gr=c3=bc=c3=9fe?=", "grüße"},
		{"empty", "a =?utf-8?Q??= b", "a  b"},
		{"in quotes", `"=?utf-8?Q?Gr=C3=BC=C3=9Fe?="`, `"Grüße"`},
		{"no word: letter", "=?utf-8?X?abc?=", "=?utf-8?X?abc?="},
		{"no word: equation", "a=?b and c=?d", "a=?b and c=?d"},
		{"no text at all", "=?UTF-8?B?nnDusSNdG92w6Fuw61fM?=", "=?UTF-8?B?nnDusSNdG92w6Fuw61fM?="},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, decodeHeader(tt.value))
			in, err := ParseInbound([]byte("From: a@b.test\r\nSubject: " + tt.value + "\r\n\r\nx"))
			require.NoError(t, err)
			require.Equal(t, tt.want, in.Subject)
		})
	}
}

// What stands in the header without an encoding is in the charset of the text.
func TestInbound_HeaderInTheCharsetOfTheText(t *testing.T) {
	t.Parallel()
	in, err := ParseInbound([]byte("From: a@b.test\r\nSubject: \xcf\xff\xf2\xed\xe8\xf6\xe0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain; charset=windows-1251\r\n\r\n\xc4\xe0\r\n--b\r\n" +
		"Content-Type: application/pdf; charset=windows-1251; name=\"\xcf\xeb\xe0\xed.pdf\"\r\n\r\nx\r\n--b--"))
	require.NoError(t, err)
	require.Equal(t, "Пятница", in.Subject)
	require.Equal(t, "Да", in.Text)
	require.Equal(t, "План.pdf", in.Parts[0].Name)
}

// Every shortening and every changed byte of a field is still read, and is text.
func TestInbound_AnyEncodedWord(t *testing.T) {
	t.Parallel()
	value := "Re: =?utf-8?Q?Gr=C3=BC?= =?iso-8859-1?B?R/zfZQ==?= =?ISO-2022-JP?B?GyRCNmJNS0Z8GyhC?= \xfc"
	for at := range value {
		for _, changed := range []string{value[:at], value[at:], value[:at] + "?" + value[at+1:], value[:at] + "\xff" + value[at:], value[:at] + value[at+1:]} {
			got := decodeHeader(changed)
			require.True(t, utf8.ValidString(got), changed)
			require.LessOrEqual(t, len(got), 3*len(changed))
			require.NotContains(t, strings.TrimSpace(got), "\x1b")
		}
	}
}
