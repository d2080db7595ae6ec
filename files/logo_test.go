package files

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/coaching"
)

func picture(width, height int) image.Image {
	out := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.White, color.Black})
	for x := range width {
		out.SetColorIndex(x, height/2, 1)
	}
	return out
}

func encoded(t *testing.T, how func(*bytes.Buffer) error) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, how(&out))
	return out.Bytes()
}

func TestMakeLogo_DrawsItInItsSize(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		file          []byte
		width, height int
	}{
		"a small one stays":      {encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, picture(40, 20)) }), 40, 20},
		"a high one":             {encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, picture(500, 960), nil) }), 50, 96},
		"a wide one":             {encoded(t, func(b *bytes.Buffer) error { return gif.Encode(b, picture(4800, 96), nil) }), 480, 9},
		"a line keeps its pixel": {encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, picture(4800, 1)) }), 480, 1},
	} {
		logo, err := MakeLogo(one.file)
		require.NoError(t, err, name)
		require.Len(t, logo.ID, 16)
		size, format, err := image.DecodeConfig(bytes.NewReader(logo.Picture))
		require.NoError(t, err)
		require.Equal(t, "png", format, name)
		require.Equal(t, [2]int{one.width, one.height}, [2]int{size.Width, size.Height}, name)
		again, err := MakeLogo(one.file)
		require.NoError(t, err)
		require.Equal(t, logo, again, "the same picture is the same logo")
	}
}

func TestMakeLogo_WhatIsNoPictureIsRefused(t *testing.T) {
	t.Parallel()
	whole := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, picture(40, 20)) })
	for name, one := range map[string]struct {
		file []byte
		code string
	}{
		"nothing": {nil, "logo_invalid"}, "text": {[]byte("<svg onload=alert(1)>"), "logo_invalid"}, "cut off": {whole[:len(whole)/2], "logo_invalid"},
		"a bomb":      {encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, picture(largestSide+1, 2)) }), "logo_too_large"},
		"a long file": {append(bytes.Clone(whole), make([]byte, LargestLogo)...), "logo_too_large"},
	} {
		_, err := MakeLogo(one.file)
		problem, is := coaching.AsProblem(err)
		require.True(t, is, name)
		require.Equal(t, one.code, problem.Code, name)
	}
	logo, err := MakeLogo(append(bytes.Clone(whole), "<script>alert(1)</script>"...))
	require.NoError(t, err)
	require.NotContains(t, string(logo.Picture), "script", "what is behind the picture does not come with it")
}
