package coaching

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestPalette_EveryColourCanBeRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		brand := rapid.StringMatching(`#[0-9a-f]{6}`).Draw(t, "brand")
		p := PaletteOf(brand)
		const rounding = 0.02
		for _, words := range [][2]string{
			{paperLight, p.Light.Button}, {paperLight, p.Light.ButtonHover}, {p.Light.Link, paperLight}, {p.Light.OnPale, p.Light.Pale},
			{paperLight, p.Dark.Button}, {paperLight, p.Dark.ButtonHover}, {p.Dark.Link, paperDark}, {p.Dark.OnPale, p.Dark.Pale},
		} {
			require.GreaterOrEqual(t, Contrast(words[0], words[1]), textContrast-rounding, "%s on %s of %s", words[0], words[1], brand)
		}
		require.GreaterOrEqual(t, Contrast(p.Light.Button, paperLight), shapeContrast)
		require.GreaterOrEqual(t, Contrast(p.Dark.Button, paperDark), shapeContrast-rounding, brand)
	})
}

func TestPalette_SaysWhenAColourIsDarkened(t *testing.T) {
	t.Parallel()
	require.False(t, PaletteOf(DefaultBrand).Darkened)
	require.Equal(t, DefaultBrand, PaletteOf(DefaultBrand).Light.Button)
	yellow := PaletteOf("#ffcc00")
	require.True(t, yellow.Darkened)
	require.NotEqual(t, "#000000", yellow.Light.Button)
}

func TestCleanColor(t *testing.T) {
	t.Parallel()
	color, err := CleanColor(" #0F766E ")
	require.NoError(t, err)
	require.Equal(t, "#0f766e", color)
	for _, wrong := range []string{"", "teal", "#fff", "#12345g", "#0f766e;x"} {
		_, err := CleanColor(wrong)
		problem, is := AsProblem(err)
		require.True(t, is)
		require.Equal(t, "color_invalid", problem.Code, wrong)
	}
}
