package static

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"coachflow/coaching"
)

// brandCSS sets the colours that come from the organization's own, for console.css and
// form.css.
func brandCSS(color string) string {
	p := coaching.PaletteOf(color)
	return ":root{" + shadesCSS(p.Light) + "}\n@media (prefers-color-scheme: dark){:root{" + shadesCSS(p.Dark) + "}}\n"
}

func shadesCSS(s coaching.Shades) string {
	return fmt.Sprintf("--cf-brand:%s;--cf-brand-hover:%s;--cf-link:%s;--cf-pale:%s;--cf-on-pale:%s", s.Button, s.ButtonHover, s.Link, s.Pale, s.OnPale)
}

// BrandURL is where the stylesheet of a colour is. It holds the hash of the sheet, so
// that a browser may keep it for good.
func BrandURL(color string) string {
	sum := sha256.Sum256([]byte(brandCSS(color)))
	return Path + "brand-" + strings.TrimPrefix(color, "#") + "." + hex.EncodeToString(sum[:6]) + ".css"
}

// brandFile finds the stylesheet of a colour by its file name.
func brandFile(name string) (file, bool) {
	digits, _, _ := strings.Cut(strings.TrimPrefix(name, "brand-"), ".")
	color, err := coaching.CleanColor("#" + digits)
	if err != nil || BrandURL(color) != Path+name {
		return file{}, false
	}
	return file{contentType: contentTypes[".css"], hash: name, plain: []byte(brandCSS(color))}, true
}
