package receive

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadFields(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, raw string
		want      headerFields
	}{
		{"in order, with both line ends", "B: 2\r\nA: 1\nb:3\r\n\r\nC: 4", headerFields{{"B", "2"}, {"A", "1"}, {"b", "3"}}},
		{"folded", "A: 1\r\n 2\r\n\t3\r\n\r\n", headerFields{{"A", "1 2\t3"}}},
		{"no body", "A: 1", headerFields{{"A", "1"}}},
		{"no header", "\r\nA: 1", nil},
		{"empty value", "A:\r\nB: 1", headerFields{{"A", ""}, {"B", "1"}}},
		{"space before the colon", "A \t: 1", headerFields{{"A", "1"}}},
		{"mbox line", "From a@b Mon Jan 1 00:00:00 2024\nA: 1", headerFields{{"A", "1"}}},
		{"a line that is no field breaks the one before", "A: 1\nx\nB: 2", headerFields{{"A", "1 x"}, {"B", "2"}}},
		{"a name outside ASCII is none", "A: 1\nÄ: 2", headerFields{{"A", "1 Ä: 2"}}},
		{"colon first", ": 1\nA: 2", headerFields{{"A", "2"}}},
		{"bare CR is no line end", "A: 1\rB: 2", headerFields{{"A", "1\rB: 2"}}},
		{"nothing", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, readFields([]byte(tt.raw)))
		})
	}
}

func TestParseAddresses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		value string
		want  []Address
	}{
		{"a@X.com", []Address{{"", "a@x.com"}}},
		{`"B, C" <b@x.com>, Us: d@x.com;`, []Address{{"B, C", "b@x.com"}, {"", "d@x.com"}}},
		{"=?utf-8?q?J=C3=BCrg?= <j@x.com>", []Address{{"Jürg", "j@x.com"}}},
		{"J\xfcrg <j@x.com>", []Address{{"Jürg", "j@x.com"}}},
		{"a@x.com b@y.com", []Address{{"", "a@x.com"}, {"", "b@y.com"}}},
		{"nobody", nil},
		{"", nil},
	}
	for _, tt := range tests {
		require.Equal(t, tt.want, append([]Address(nil), parseAddresses(tt.value)...), tt.value)
	}
	require.Equal(t, "x.com", Address{Addr: `"a@b"@x.com`}.Domain())
	require.Equal(t, `"a@b"`, Address{Addr: `"a@b"@x.com`}.Local())
	require.Empty(t, Address{Addr: "a"}.Domain())
}
