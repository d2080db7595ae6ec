package receive

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestInbound_Flowed(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, params, body, want string }{
		{"lines go on", "format=flowed", "One sentence that \r\ngoes on and \r\non.\r\nAnother.", "One sentence that goes on and on.\nAnother."},
		{"delsp", "format=flowed; delsp=yes", "Donaudampf \r\nschiff  \r\nfahrt", "Donaudampfschiff fahrt"},
		{"delsp in upper case", `FORMAT="Flowed"; DelSp="Yes"`, "星期 \r\n五", "星期五"},
		{"space-stuffing", "format=flowed", " From here\r\n > no quotation\r\n  indented", "From here\n> no quotation\n indented"},
		{"quotations", "format=flowed", "> a line that \r\n> goes on\r\n>> deeper \r\n>> still\r\nanswer", "> a line that goes on\n>> deeper still\nanswer"},
		{"a quotation ends what goes on", "format=flowed", "> a \r\nb", "> a \nb"},
		{"a stuffed quotation", "format=flowed", "> > one level", "> > one level"},
		{"an empty quoted line", "format=flowed", ">\r\n> a", ">\n> a"},
		{"a signature", "format=flowed", "Yes. \r\n-- \r\nAnna", "Yes. \n-- \nAnna"},
		{"a quoted signature", "format=flowed", "> Yes. \r\n> -- \r\n> Anna", "> Yes. \n> -- \n> Anna"},
		{"empty lines", "format=flowed", "a\r\n\r\nb \r\n\r\nc", "a\n\nb \nc"},
		{"the last line goes on", "format=flowed", "a \r\nb ", "a b"},
		{"fixed", "format=fixed", "a \r\nb", "a \nb"},
		{"nothing said", "charset=utf-8", "a \r\n > b", "a \n > b"},
	}
	for _, tt := range tests {
		in := received(t, "Content-Type: text/plain; "+tt.params, "", tt.body)
		require.Equal(t, tt.want, strings.TrimSpace(in.Text), tt.name)
	}
	in := received(t, "Content-Type: text/plain; charset=utf-8; format=flowed", "Content-Transfer-Encoding: quoted-printable", "", "Gr=C3=BC=C3=9Fe an=20\r\nalle =\r\nhier")
	require.Equal(t, "Grüße an alle hier\n", in.Text)
}

// R25: whatever is declared flowed, every word of it is there, in its order.
func TestR25_FlowedKeepsEveryWord(t *testing.T) {
	t.Parallel()
	pieces := []string{"a", " ", ">", "\n", "-- \n", "b c", "> ", "\n ", "--", "\n\n"}
	for seed := range 20_000 {
		var text strings.Builder
		for n := seed; n > 0; n /= len(pieces) {
			text.WriteString(pieces[n%len(pieces)])
		}
		for _, deleteSpace := range []bool{false, true} {
			want := strings.Map(dropMarks, text.String())
			require.Equal(t, want, strings.Map(dropMarks, unflow(text.String(), deleteSpace)), "%q", text.String())
		}
	}
}

func dropMarks(r rune) rune {
	if r == ' ' || r == '\n' || r == '>' {
		return -1
	}
	return r
}
