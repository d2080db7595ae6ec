package coaching

import (
	"fmt"
	"strings"
	"unicode"
)

// Characters that nobody sees make two names look alike that are not, hide words from
// who reads them, or turn the direction of what stands beside them. They come with
// pasted text, and from people who mean to deceive.
//
//   - U+200B zero width space, U+2060 to U+206F, U+FEFF, U+00AD, U+034F, U+180E: seen by nobody;
//   - U+200E, U+200F, U+061C, U+202A to U+202E, U+2066 to U+2069: turn the direction of the text;
//   - U+115F, U+1160, U+3164, U+FFA0: letters of Korean that are blank; U+17B4, U+17B5: of Khmer; U+2800: of braille;
//   - U+180B to U+180F, U+FE00 to U+FE0F: choose the shape of the character before them, if it has more than one;
//   - U+13430 to U+1345F, U+16FE4, U+1BCA0 to U+1BCA3, U+1D159, U+1D173 to U+1D17A: place hieroglyphs, shorthand and notes;
//   - U+FFF0 to U+FFFC and all of U+E0000 to U+E0FFF, tags among them: can carry a text of their own.
//
// Four sorts of them are needed by people, and stay where they are:
//
//   - U+200C and U+200D (ZWNJ, ZWJ) between letters of scripts whose letters join, as
//     Persian and those of India, behind a sign that joins (the virama) also at the end
//     of a word; U+200D between emoji, too;
//   - U+FE0E and U+FE0F behind a character that can be an emoji, the others that choose a shape behind
//     a Chinese or Mongolian letter or one of the few scripts and signs that have such shapes;
//   - the tags in the flags of England, Scotland and Wales;
//   - U+E0100 to U+E01EF behind a Chinese character, whose shape they choose: names in
//     Japan are written so.
//
// Names, subjects, titles and addresses that people enter are refused with such a
// character (CheckVisible). Of subjects in mails from others they are left out where they
// are shown (Visible): no mail is refused for one. Longer texts may have them, since
// marks of direction are of use there, and they stand on their own.

const (
	nonJoiner = '\u200c'
	joiner    = '\u200d'
)

var invisible = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x00ad, Hi: 0x00ad, Stride: 1}, {Lo: 0x034f, Hi: 0x034f, Stride: 1}, {Lo: 0x061c, Hi: 0x061c, Stride: 1},
		{Lo: 0x115f, Hi: 0x1160, Stride: 1}, {Lo: 0x17b4, Hi: 0x17b5, Stride: 1}, {Lo: 0x180b, Hi: 0x180f, Stride: 1}, {Lo: 0x200b, Hi: 0x200f, Stride: 1},
		{Lo: 0x202a, Hi: 0x202e, Stride: 1}, {Lo: 0x2060, Hi: 0x206f, Stride: 1}, {Lo: 0x2800, Hi: 0x2800, Stride: 1}, {Lo: 0x3164, Hi: 0x3164, Stride: 1},
		{Lo: 0xfe00, Hi: 0xfe0f, Stride: 1}, {Lo: 0xfeff, Hi: 0xfeff, Stride: 1}, {Lo: 0xffa0, Hi: 0xffa0, Stride: 1}, {Lo: 0xfff0, Hi: 0xfffc, Stride: 1},
	},
	R32: []unicode.Range32{{Lo: 0x13430, Hi: 0x1345f, Stride: 1}, {Lo: 0x16fe4, Hi: 0x16fe4, Stride: 1}, {Lo: 0x1bca0, Hi: 0x1bca3, Stride: 1},
		{Lo: 0x1d159, Hi: 0x1d159, Stride: 1}, {Lo: 0x1d173, Hi: 0x1d17a, Stride: 1}, {Lo: 0xe0000, Hi: 0xe0fff, Stride: 1}},
	LatinOffset: 1,
}

// joining are the scripts in which ZWJ and ZWNJ choose the shape of letters.
var joining = []*unicode.RangeTable{unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Nko, unicode.Mandaic, unicode.Devanagari, unicode.Bengali,
	unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala,
	unicode.Khmer, unicode.Myanmar, unicode.Tibetan, unicode.Balinese, unicode.Javanese}

// flags are the flags that are written in tags.
var flags = []string{tagFlag("gbeng"), tagFlag("gbsct"), tagFlag("gbwls")}

func tagFlag(region string) string {
	tags := strings.Map(func(r rune) rune { return 0xe0000 + r }, region)
	return "\U0001f3f4" + tags + "\U000e007f"
}

// joins reports whether r is a letter or a sign of a script whose letters join.
func joins(r rune) bool {
	vowel := r >= 0x064b && r <= 0x065f || r == 0x0670 // of Arabic, which other scripts have, too
	return vowel || unicode.In(r, joining...)
}

// isEmoji reports whether r can be the last or the first part of an emoji.
func isEmoji(r rune) bool {
	skin := r >= 0x1f3fb && r <= 0x1f3ff
	return skin || r == 0xfe0f || r == 0x2194 || unicode.Is(unicode.So, r)
}

// keycap makes a key of a digit: "5️⃣".
const keycap = '\u20e3'

// varies reports whether r can be an emoji and a plain sign.
func varies(r rune) bool {
	return unicode.In(r, unicode.So, unicode.Sm) && !unicode.Is(invisible, r) || strings.ContainsRune("‼⁉ℹ〰", r)
}

// shaped are the scripts and signs of which some have two shapes.
var shaped = []*unicode.RangeTable{unicode.Han, unicode.Sm, unicode.Myanmar, unicode.Phags_Pa, unicode.Manichaean}

// needed reports whether an invisible character is one that people need, between the
// characters before and after it (0: none).
func needed(before, r, after rune) bool {
	switch {
	case r == joiner && isEmoji(before) && isEmoji(after):
		return true
	case r == joiner || r == nonJoiner:
		return joins(before) && (joins(after) || unicode.Is(unicode.Mn, before) && after != joiner && after != nonJoiner)
	case r == 0xfe0e || r == 0xfe0f:
		return varies(before) || after == keycap && (before == '#' || before == '*' || before >= '0' && before <= '9')
	case r >= 0xfe00 && r <= 0xfe0d:
		return unicode.In(before, shaped...)
	case r >= 0x180b && r <= 0x180d || r == 0x180f:
		return unicode.Is(unicode.Mongolian, before) && unicode.IsLetter(before)
	case r >= 0xe0100 && r <= 0xe01ef:
		return unicode.Is(unicode.Han, before)
	}
	return false
}

// hiddenPlaces are the places in s of the characters that nobody sees and nobody needs.
func hiddenPlaces(s []rune) []int {
	var places []int
	for i := 0; i < len(s); i++ {
		if length := flagAt(s[i:]); length > 0 {
			i += length - 1
			continue
		}
		before, after := rune(0), rune(0)
		if i > 0 {
			before = s[i-1]
		}
		if i+1 < len(s) {
			after = s[i+1]
		}
		if unicode.Is(invisible, s[i]) && !needed(before, s[i], after) {
			places = append(places, i)
		}
	}
	return places
}

// flagAt is the length of the flag in tags with which s begins, in characters; 0: none.
func flagAt(s []rune) int {
	for _, flag := range flags {
		if length := len([]rune(flag)); len(s) >= length && string(s[:length]) == flag {
			return length
		}
	}
	return 0
}

// CheckVisible refuses a text with a character that nobody sees, for what others have to
// recognize: a name, a subject, a title. what begins the sentence ("The name"), path is
// where the text stands in the input.
func CheckVisible(what, text, path string) *Problem {
	if isASCII(text) {
		return nil
	}
	runes := []rune(text)
	places := hiddenPlaces(runes)
	if len(places) == 0 {
		return nil
	}
	return invisibleProblem(what, runes[places[0]], path)
}

func invisibleProblem(what string, r rune, path string) *Problem {
	name := fmt.Sprintf("U+%04X", r)
	return Problemf(Invalid, "invisible_character", "%s holds a character that nobody sees (%s), which often comes with pasted text. Type it anew.", what, name).
		WithField(path, "invisible_character", "holds %s, which nobody sees", name)
}

// Visible is a text of others without the characters that nobody sees and nobody needs.
func Visible(text string) string {
	if isASCII(text) {
		return text
	}
	runes := []rune(text)
	places := hiddenPlaces(runes)
	if len(places) == 0 {
		return text
	}
	var out strings.Builder
	for i, r := range runes {
		if len(places) > 0 && places[0] == i {
			places = places[1:]
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}
