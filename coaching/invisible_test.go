package coaching

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Names of people and what people write, which stay as they are.
var visibleTexts = []string{"", "Kim", "Zoë Müller-Ærø", "Nguyễn Thị Ánh", "זהבה כהן", "محمد علي", "李小龍", "김민수", "สมชาย", "𝔘𝔫𝔦", "O’Brien", "A\u0301\u0323e",
	"می\u200cخواهم",       // Persian: ZWNJ between letters
	"شَ\u200cها",          // behind a vowel sign
	"क्\u200dष",           // Hindi: half form
	"ශ්\u200dරී",          // Sinhala: Sri
	"മോഹന്\u200d",         // Malayalam: a letter at the end of a name
	"র\u200d্য",           // Bengali: before the virama
	"👩\u200d⚕️",           // emoji with ZWJ
	"👨🏽\u200d👩🏿\u200d👧",   // with skin tones
	"🏳️\u200d🌈",           // behind a variation selector
	"🙂\u200d↔️",           // with an arrow that is a mathematical sign
	"葛\U000e0100城",        // a shape that a family has
	flags[0], "🏴" + "Kim", // a flag, and half of one
	"❤️ ✈︎ ☎️ ‼️ ℹ️ 〰️ 5️⃣ *️⃣ ↔️", // signs that are emoji, and such that are none
	"㐂\ufe00", "ᠠ\u180bᠨ", "∩\ufe00", // shapes of letters and of signs
	flags[1] + flags[2] + "Kim", "© ® ™ 5️⃣ #️⃣"}

// Texts with what nobody sees, and what of them is left.
var hiddenTexts = map[string]string{
	"K\u200bim":             "Kim",
	"\ufeffKim":             "Kim",
	"Kim\u2060":             "Kim",
	"K\u00adim":             "Kim",
	"\u3164":                "",
	"a\u202egpj":            "agpj",
	"\u2066a\u2069":         "a",
	"Kim\u200f":             "Kim",
	"\u061cKim":             "Kim",
	"K\u200dim":             "Kim",  // between letters that do not join
	"K\u200cim":             "Kim",  //
	"\u200dک":               "ک",    // before the first letter
	"می\u200c":              "می",   // behind the last one
	"می\u200c خ":            "می خ", // before a space
	"می\u200c\u200cخ":       "میخ",  // twice
	"👩\u200d":               "👩",    // behind an emoji that stands alone
	"👩\u200dA":              "👩A",   //
	"👩\u200c👩":              "👩👩",   // ZWNJ is in no emoji
	"a\U000e0041\U000e0042": "a",    // words in tags
	"🏴\U000e0067\U000e0062\U000e0061\U000e007f": "🏴", // a flag that there is not
	"A\U000e0100":        "A",
	"\u2800":             "",
	"Kim\u2800":          "Kim",
	"\u115f\u1160\uffa0": "",
	"ក\u17b4\u17b5":      "ក",
	"Kim\ufe0f":          "Kim",     // no emoji
	"5\ufe0f":            "5",       // no key
	"❤\ufe0f\ufe0f":      "❤\ufe0f", // twice
	"Kim\ufe00":          "Kim",
	"Kim\u180b":          "Kim",
	"\u180f":             "",
	"\U0001bca0\U0001d159\U0001d173\U00013430\U00016fe4\ufff0\ufffc": "",
	"Kim\U000e0fff":  "Kim",
	"a\u2028\u200bb": "a\u2028b", // the rest is not our business
}

func TestCheckVisible(t *testing.T) {
	t.Parallel()
	for _, text := range visibleTexts {
		require.Nil(t, CheckVisible("The name", text, "name"), "%+q", text)
		require.Equal(t, text, Visible(text))
	}
	for text, left := range hiddenTexts {
		p := CheckVisible("The name", text, "name")
		require.NotNil(t, p, "%+q", text)
		requireProblem(t, p, "invisible_character", "name")
		require.Contains(t, p.Message, "U+", "it says which")
		require.Equal(t, left, Visible(text), "%+q", text)
	}
}

func TestVisible_LeavesNothingHiddenAndNeverMore(t *testing.T) {
	t.Parallel()
	parts := []string{"a", "خ", "क", "्", "ന്", "\u200c", "\u200d", "👩", "🏽", "️", "\u202e", "\U000e0067", "\U000e007f", "🏴", "李", "\U000e0101", flags[0], " "}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.SampledFrom(parts)).Draw(t, "text"), "")
		shown := Visible(text)
		for range len(text) { // what joined may stand beside nothing that it joins
			shown = Visible(shown)
		}
		require.Nil(t, CheckVisible("It", shown, ""), "%+q", text)
		require.Equal(t, Visible(text) == text, CheckVisible("It", text, "") == nil, "%+q", text)
	})
}

func TestInvisibleCharacters_AreRefusedInNamesTitlesSubjectsAndAddresses(t *testing.T) {
	t.Parallel()
	for text := range hiddenTexts {
		if strings.Contains(text, "\u2028") {
			continue
		}
		_, err := CleanName("A person", text)
		requireProblem(t, err, "invisible_character", "name")
		requireProblem(t, aForm(func(s *ItemSpec) { s.Title = "T" + text }).Check("items[0]"), "invisible_character", "items[0].title")
		requireProblem(t, aForm(func(s *ItemSpec) { s.Letter = &LetterSpec{Subject: "T" + text, Body: "B" + text} }).Check("items[0]"), "invisible_character", "items[0].letter.subject")
		requireProblem(t, aForm(func(s *ItemSpec) { s.Recipients = []RecipientSpec{{Email: "a@example.com", Name: "N" + text}} }).Check("items[0]"),
			"invisible_character", "items[0].recipients[0].name")
		_, err = EmailAddress("kim" + text + "@example.com")
		requireProblem(t, err, "invisible_character", "email")
		_, err = EmailAddress("kim@" + text + "example.com")
		requireProblem(t, err, "invisible_character", "email")
	}
	for _, text := range visibleTexts[1:] {
		name, err := CleanName("A person", text)
		require.NoError(t, err, "%+q", text)
		require.Equal(t, text, name)
	}
	_, err := EmailAddress("می\u200cخواهم@example.com")
	requireProblem(t, err, "invisible_character", "email")
	address, err := EmailAddress("kim@نامه\u200cای.com")
	require.NoError(t, err)
	require.Equal(t, "kim@xn--mgba3gch31f060k.com", address, "a domain of Persian, as IDNA 2008 has it")
}

// TestPlanEdit_WhatStaysIsNotRefusedForItsCharacters edits a program with an item of
// before, whose title would be refused today.
func TestPlanEdit_WhatStaysIsNotRefusedForItsCharacters(t *testing.T) {
	t.Parallel()
	current := programItems(item("A\u200b", open(day(1))), item("B\u200b", waiting(manual)))
	wanted := asIs(current)
	wanted[0] = with(wanted[0], dueAfter(30, Days))
	out, err := PlanEdit(current, append(wanted, newItem(2)), running())
	require.NoError(t, err)
	require.Equal(t, []string{"a:due_changed", "c:added"}, told(out.Effects))
	wanted[1] = with(wanted[1], dueAfter(30, Days), func(s *ItemSpec) { s.Title = "C\u200b" })
	_, err = PlanEdit(current, wanted, running())
	requireProblem(t, err, "invisible_character", "items[1].title")
}
