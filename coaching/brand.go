package coaching

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// DefaultBrand is the colour of an organization that has set none: a deep teal.
const DefaultBrand = "#0f766e"

// The grounds that shades are computed against: white paper, and the surface of
// cards in the dark.
const (
	paperLight = "#ffffff"
	paperDark  = "#1b2430"
)

// The least contrasts of WCAG 2.2 (1.4.3 and 1.4.11): text on its ground, and the
// shape of a control beside what is next to it.
const (
	textContrast  = 4.5
	shapeContrast = 3.0
)

// Shades are the colours that pages and mails take from a brand colour, as
// "#rrggbb".
type Shades struct {
	Button      string // the ground of the first button; white is read on it
	ButtonHover string
	Link        string // links, and what is current, on paper
	Pale        string // the ground of what is chosen
	OnPale      string // words on Pale
}

// Palette is a brand colour made fit to read.
type Palette struct {
	Light, Dark Shades
	// Darkened says that the colour itself is too bright for white words, and that a
	// darker one of the same hue is used.
	Darkened bool
}

var hexColor = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// CleanColor reads a colour as "#rrggbb". The code of its error is "color_invalid".
func CleanColor(s string) (string, error) {
	color := strings.ToLower(strings.TrimSpace(s))
	if !hexColor.MatchString(color) {
		return "", Problemf(Invalid, "color_invalid", "A colour is written as # and six digits, like %s.", DefaultBrand)
	}
	return color, nil
}

// PaletteOf computes the shades of a brand colour. Words on them have a contrast of
// 4.5 at least, and shapes one of 3, whatever the colour. A colour that is none
// counts as the default.
func PaletteOf(brand string) Palette {
	brand, err := CleanColor(brand)
	if err != nil {
		brand = DefaultBrand
	}
	light := Shades{Button: darkerUntil(brand, func(c string) bool { return Contrast(c, paperLight) >= textContrast })}
	light.ButtonHover = shade(light.Button, -0.06)
	light.Pale = mix(light.Button, paperLight, 0.09)
	light.Link = darkerUntil(light.Button, func(c string) bool { return Contrast(c, light.Pale) >= textContrast })
	light.OnPale = light.Link
	dark := Shades{Pale: mix(brand, paperDark, 0.22)}
	dark.Button = lighterUntil(light.Button, func(c string) bool { return Contrast(c, paperDark) >= shapeContrast })
	dark.Button = darkerUntil(dark.Button, func(c string) bool { return Contrast(c, paperLight) >= textContrast })
	dark.ButtonHover = shade(dark.Button, -0.05)
	dark.Link = lighterUntil(brand, func(c string) bool {
		return Contrast(c, paperDark) >= textContrast+0.5 && Contrast(c, dark.Pale) >= textContrast
	})
	dark.OnPale = dark.Link
	return Palette{Light: light, Dark: dark, Darkened: light.Button != brand}
}

// Contrast is the contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it.
func Contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func luminance(color string) float64 {
	var parts [3]float64
	for i, c := range rgbOf(color) {
		c /= 255
		if c <= 0.04045 {
			parts[i] = c / 12.92
		} else {
			parts[i] = math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*parts[0] + 0.7152*parts[1] + 0.0722*parts[2]
}

// darkerUntil takes lightness away, in small steps, until a colour is fit; black is
// the end.
func darkerUntil(color string, fit func(string) bool) string {
	for range 100 {
		if fit(color) {
			break
		}
		color = shade(color, -0.01)
	}
	return color
}

// lighterUntil adds lightness until a colour is fit; white is the end.
func lighterUntil(color string, fit func(string) bool) string {
	for range 100 {
		if fit(color) {
			break
		}
		color = shade(color, 0.01)
	}
	return color
}

// shade changes the lightness of a colour by a part of 1, and keeps its hue.
func shade(color string, by float64) string {
	rgb := rgbOf(color)
	lightest, darkest := max(rgb[0], rgb[1], rgb[2])/255, min(rgb[0], rgb[1], rgb[2])/255
	lightness := (lightest + darkest) / 2
	wanted := math.Min(1, math.Max(0, lightness+by))
	// Saturation in the HSL model stays as it is: the distance from grey shrinks with
	// the room that the new lightness leaves.
	room, wantedRoom := 1-math.Abs(2*lightness-1), 1-math.Abs(2*wanted-1)
	scale := 0.0
	if room > 0 {
		scale = wantedRoom / room
	}
	for i := range rgb {
		rgb[i] = (wanted + (rgb[i]/255-lightness)*scale) * 255
	}
	return hexOf(rgb)
}

// mix lays a colour over a ground; part is how much of it is seen.
func mix(color, ground string, part float64) string {
	a, b := rgbOf(color), rgbOf(ground)
	for i := range a {
		a[i] = a[i]*part + b[i]*(1-part)
	}
	return hexOf(a)
}

// rgbOf are red, green and blue of "#rrggbb", 0 to 255.
func rgbOf(color string) (rgb [3]float64) {
	for i := range rgb {
		n, err := strconv.ParseUint(color[1+2*i:3+2*i], 16, 8)
		if err == nil {
			rgb[i] = float64(n)
		}
	}
	return rgb
}

func hexOf(rgb [3]float64) string {
	var n [3]uint8
	for i, c := range rgb {
		n[i] = uint8(math.Round(math.Min(255, math.Max(0, c))))
	}
	return fmt.Sprintf("#%02x%02x%02x", n[0], n[1], n[2])
}

// LogoPath is where the logo of an organization is shown; empty where it has none.
func LogoPath(org uuid.UUID, logo string) string {
	if logo == "" {
		return ""
	}
	return "/logo/" + org.String() + "/" + logo + ".png"
}
