package compose

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDirection(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"", ""}, {"12:30 – 14:00!", ""}, {"Hello", "ltr"}, {"שלום Anna", "rtl"}, {"مرحبا", "rtl"}, {"Anna שלום", "ltr"},
		{"1. כן", "rtl"}, {"> \"تمام\"", "rtl"}, {"你好", "ltr"}, {"\u2067abc\u2069 שלום", "rtl"}, {"\u2067שלום", ""}, {"😀 ok", "ltr"}, {"\xff\xfeש", "rtl"},
	}
	for _, tt := range tests {
		require.Equal(t, tt.want, Direction(tt.text), tt.text)
	}
}
