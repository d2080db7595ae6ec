package receive

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"
)

// shownAs is what the style of an element says of whether it is shown.
type shownAs struct {
	none       bool
	visibility string // "" where it says nothing
	sized      bool   // it says how large its text is
	tiny       bool   // too small to be read
}

// styleOf reads the attributes of a tag, and the classes.
func (v *visibility) styleOf(tag htmlTag) shownAs {
	style := readStyle(tag.style, tag.atom)
	style.none = style.none || tag.hidden
	if len(v.classes) == 0 || style.none {
		return style
	}
	for _, class := range strings.Fields(tag.class) {
		style.none = style.none || v.classes["."+class] || v.classes[tag.atom.String()+"."+class]
	}
	style.none = style.none || tag.key != "" && v.classes["#"+tag.key]
	return style
}

// maxStyle is the longest style that is read, in bytes.
const maxStyle = 4 << 10

// readStyle reads the declarations of CSS that decide whether an element is shown.
func readStyle(style string, of atom.Atom) (s shownAs) {
	if style == "" {
		return s
	}
	style = strings.ToLower(style[:min(len(style), maxStyle)])
	var clipped, flat, taken, away bool
	for declaration := range strings.SplitSeq(style, ";") {
		property, value, _ := strings.Cut(declaration, ":")
		value, _, _ = strings.Cut(strings.TrimSpace(value), "!")
		value = strings.TrimSpace(value)
		number, unit, isNumber := cssNumber(value)
		switch strings.TrimSpace(property) {
		case "display":
			s.none = value == "none"
		case "visibility":
			s.visibility = value
		case "mso-hide": // a link can be hidden from Outlook alone, which has its own button then
			s.none = s.none || value == "all" && of != atom.A
		case "font-size":
			s.sized = value != "inherit"
			s.tiny = isNumber && tooSmall(number, unit)
		case "opacity":
			s.none = s.none || isNumber && number < 0.02
		case "overflow", "overflow-y", "overflow-x":
			clipped = clipped || value == "hidden"
		case "max-height", "height", "max-width", "width":
			flat = flat || isNumber && number == 0
		case "position":
			taken = value == "absolute" || value == "fixed"
		case "left", "top", "right", "margin-left", "text-indent":
			away = away || isNumber && number <= -999
		case "clip":
			away = away || strings.HasPrefix(value, "rect(0")
		case "color":
			s.none = s.none || value == "transparent"
		}
	}
	s.none = s.none || clipped && flat || away && (taken || strings.Contains(style, "text-indent"))
	return s
}

// tooSmall tells whether a size of text is one that nobody reads.
func tooSmall(number float64, unit string) bool {
	switch unit {
	case "", "px", "pt":
		return number < 2
	case "%":
		return number < 10
	}
	return number < 0.1
}

var cssValue = regexp.MustCompile(`^([-+]?[0-9]{0,9}(?:\.[0-9]{0,9})?)\s*([a-z%]{0,4})$`)

// cssNumber splits a value into number and unit.
func cssNumber(value string) (number float64, unit string, ok bool) {
	if len(value) == 0 || len(value) > 20 || value[0] >= 'a' {
		return 0, "", false
	}
	m := cssValue.FindStringSubmatch(value)
	if m == nil {
		return 0, "", false
	}
	number, err := strconv.ParseFloat(m[1], 64)
	return number, m[2], err == nil
}

// maxSelectors bounds the selectors that are kept of one mail.
const maxSelectors = 1000

var (
	cssComment     = regexp.MustCompile(`(?s)/\*.*?\*/|<!--|-->`)
	simpleSelector = regexp.MustCompile(`^[a-z0-9]{0,10}[.#][A-Za-z0-9_-]{1,80}$`)
)

// styleSheet reads rules that hide by a class or an id alone. What holds for some
// screens only ("@media") is passed over.
func (v *visibility) styleSheet(css string) {
	css = cssComment.ReplaceAllString(css, " ")
	for {
		open := strings.IndexByte(css, '{')
		if open < 0 {
			return
		}
		selectors := strings.TrimSpace(css[:open])
		if css = css[open+1:]; strings.HasPrefix(selectors, "@") {
			css = behindBlock(css)
			continue
		}
		rule, rest, _ := strings.Cut(css, "}")
		css = rest
		v.addRule(selectors, readStyle(rule, 0))
	}
}

func (v *visibility) addRule(selectors string, style shownAs) {
	for selector := range strings.SplitSeq(selectors, ",") {
		selector = strings.TrimSpace(selector)
		if !style.none || len(v.classes) == maxSelectors || len(selector) > 100 || !simpleSelector.MatchString(selector) {
			continue
		}
		if v.classes == nil {
			v.classes = map[string]bool{}
		}
		v.classes[selector] = true
	}
}

// behindBlock skips to behind the brace that ends a block.
func behindBlock(css string) string {
	for depth := 1; depth > 0; {
		at := strings.IndexAny(css, "{}")
		if at < 0 {
			return ""
		}
		if css[at] == '{' {
			depth++
		} else {
			depth--
		}
		css = css[at+1:]
	}
	return css
}
