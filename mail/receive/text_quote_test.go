package receive

import (
	"strings"
	"testing"

	"coachflow/dev/steps"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSplitQuote(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text, visible string
	}{
		{"nothing quoted", "Hello\nthere", "Hello\nthere"},
		{"empty", "", ""},
		{"only a quote is shown whole", "> hi\n> there\n", "> hi\n> there\n"},
		{"english", "Yes.\n\nOn Mon, Apr 2, 2012 at 6:26 PM, Megan <m@x.com> wrote:\n\n> Hi\n", "Yes.\n"},
		{"wrapped", "Yes.\n\nOn Mon, Apr 2, 2012 at 6:26 PM,\nMegan\n<m@x.com>\nwrote:\n> Hi\n", "Yes.\n"},
		{"german", "Ja.\n\nAm 12.03.2020 um 14:00 schrieb Bob <b@x.de>:\n> Hallo\n", "Ja.\n"},
		{"german verb last", "Ja.\nAm Mo., 2. Apr. 2012 um 18:26 Uhr hat Bob geschrieben:\n> Hallo", "Ja.\n"},
		{"french", "Oui\n\nLe lun. 2 avr. 2012 à 18:26, Megan <m@x.fr> a écrit :\n> Salut", "Oui\n"},
		{"spanish", "Sí\n\nEl lun, 2 abr 2012 a las 18:26, Megan (<m@x.es>) escribió:\n> Hola", "Sí\n"},
		{"italian", "Ok\n\nIl giorno lun 2 apr 2012 alle ore 18:26 Megan <m@x.it> ha scritto:\n> Ciao", "Ok\n"},
		{"dutch", "Goed\n\nOp ma 2 apr. 2012 om 18:26 schreef Megan <m@x.nl>:\n> Hoi", "Goed\n"},
		{"portuguese", "Sim\n\nEm seg., 2 de abr. de 2012 às 18:26, Megan <m@x.br> escreveu:\n> Oi", "Sim\n"},
		{"polish", "Tak\n\npon., 2 kwi 2012 o 18:26 Megan <m@x.pl> napisał(a):\n> Cześć", "Tak\n"},
		{"swedish", "Ja\n\nDen mån 2 apr. 2012 kl 18:26 skrev Megan <m@x.se>:\n> Hej", "Ja\n"},
		{"russian", "Да\n\nпн, 2 апр. 2012 г. в 18:26, Megan <m@x.ru>:\n> Привет", "Да\n"},
		{"japanese", "はい\n\n2012年4月2日(月) 18:26 Megan <m@x.jp>:\n> こんにちは", "はい\n"},
		{"chinese", "好\n\nMegan <m@x.cn> 于2012年4月2日周一 18:26写道：\n> 你好", "好\n"},
		{"outlook", "Hello\n\n________________________________\nFrom: Bob <b@x.com>\nSent: Monday\nTo: Ann\nSubject: Hi\n\nOld text", "Hello\n"},
		{"outlook german, without a rule", "Hallo\n\nVon: Bob\nGesendet: Montag, 4. März 2024 10:12\nAn: Ann\nBetreff: Hi\n\nalt", "Hallo\n"},
		{"original message", "Hello\n\n-----Original Message-----\nFrom: Bob\n\nOld", "Hello\n"},
		{"signature", "Hello\n\n-- \nAnn\nCoach", "Hello\n"},
		{"signature before the quote", "Hello\n\nSent from my iPhone\n\nOn 3 Apr 2012, at 16:19, bob wrote:\n> Hi\n", "Hello\n"},
		{"a sentence is no signature", "See below.\n\nSent from my desk, which is easier.", "See below.\n\nSent from my desk, which is easier."},
		{"two dashes inside a line", "a -- b\nc", "a -- b\nc"},
		{"answers between quotes stay", "On 3 Apr 2012, at 16:19, bob wrote:\n> one?\nyes\n> two?\nno\n> bye\n", "On 3 Apr 2012, at 16:19, bob wrote:\n> one?\nyes\n> two?\nno\n"},
		{"answer below the quote stays", "On 3 Apr 2012, at 16:19, bob wrote:\n> one?\n\nyes", "On 3 Apr 2012, at 16:19, bob wrote:\n> one?\n\nyes"},
		{"forwarded mail is content", "FYI\n\n---------- Forwarded message ---------\nFrom: Bob <b@x>\nDate: 1\nSubject: s\nTo: Ann\n\nThe plan\n-- \nBob", "FYI\n\n---------- Forwarded message ---------\nFrom: Bob <b@x>\nDate: 1\nSubject: s\nTo: Ann\n\nThe plan\n-- \nBob"},
		{"wrote without a date", "Here is what she wrote:\nnothing", "Here is what she wrote:\nnothing"},
		{"list ending in a dash item", "Buy\n-Milk\n-Eggs", "Buy\n-Milk\n-Eggs"},
		{"crlf", "Yes.\r\n\r\nOn Mon, Apr 2, 2012 at 6:26 PM, M <m@x.com> wrote:\r\n> Hi\r\n", "Yes.\r\n"},
		{"sections divided by dashes", "Hello Clara,\n\nthree points:\n\n--\n\n1. I cannot come on Friday.\n2. I need the invoice.", "Hello Clara,\n\nthree points:\n\n--\n\n1. I cannot come on Friday.\n2. I need the invoice."},
		{"sections divided by a long dash", "Hello\n\n—\n\nMore", "Hello\n\n—\n\nMore"},
		{"sections divided by a line", "Hello\n\n_____\n\nMore", "Hello\n\n_____\n\nMore"},
		{"a postscript below the signature", "thanks.\n\n-- \nClara\n\nP.S. Please bring the signed contract on Monday", "thanks.\n\n-- \nClara\n\nP.S. Please bring the signed contract on Monday"},
		{"a sentence that ends in wrote", "Hello Clara\n\nOn 12 May 2025 at 9:00 the board wrote:\nWe close the site.\n\nI have not slept since. Can we talk today?", "Hello Clara\n\nOn 12 May 2025 at 9:00 the board wrote:\nWe close the site.\n\nI have not slept since. Can we talk today?"},
		{"a journey", "the workshop:\n\nFrom: Berlin Hbf\nTo: Munich\nDate: 4 March 2026\n\nPlease answer by Friday.", "the workshop:\n\nFrom: Berlin Hbf\nTo: Munich\nDate: 4 March 2026\n\nPlease answer by Friday."},
		{"answers between the lines of an original message", "See below.\n\n-----Original Message-----\nFrom: Bob\nSent: Monday\nTo: Ann\nSubject: Hi\n\n> one?\nyes\n> two?\nno", "See below.\n\n-----Original Message-----\nFrom: Bob\nSent: Monday\nTo: Ann\nSubject: Hi\n\n> one?\nyes\n> two?\nno"},
		{"original message, marked", "Yes.\n\n-----Original Message-----\nFrom: Bob\nSubject: Hi\n\n> one?\n> two?", "Yes.\n"},
		{"signature after an empty line", "Hello\n\n-- \n\nAnn", "Hello\n"},
		{"unmarked quote behind an address", "Yes.\n\nOn Mon, Apr 2, 2012, Megan <m@x.com> wrote:\n\nHi there", "Yes.\n"},
		{"labels in prose", "From: the heart\nhello", "From: the heart\nhello"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			visible, quoted := SplitQuote(tt.text)
			require.Equal(t, tt.visible, visible)
			require.Equal(t, tt.text, visible+quoted)
		})
	}
}

func TestForwards(t *testing.T) {
	t.Parallel()
	for _, subject := range []string{"FW: Offer", "Fwd: Offer", "fwd:Offer", "WG: Angebot", "TR : Offre", "RV: Oferta", "[EXT] Fw: Offer", "转发：x"} {
		require.True(t, Forwards(subject), subject)
	}
	for _, subject := range []string{"", "Offer", "Re: FW: Offer", "AW: WG: Angebot", "Forward planning", "FW", "Extra: x"} {
		require.False(t, Forwards(subject), subject)
	}
}

func TestSplitQuote_LosesNothing(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{
		"\n", "\r\n", " ", "> ", ">", "-- \n", "__________\n", "On Mon, Apr 2, 2012 at 6:26 PM, M <m@x.com> wrote:\n",
		"From: a\n", "Sent: b\n", "To: c\n", "Subject: d\n", "-----Original Message-----\n", "Sent from my iPhone\n", "hello ", "wrote:\n",
	})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.OneOf(piece, rapid.String())).Draw(t, "text"), "")
		visible, quoted := SplitQuote(text)
		require.Equal(t, text, visible+quoted)
		if strings.TrimSpace(text) != "" {
			require.NotEmpty(t, strings.TrimSpace(visible))
		}
	})
}

func TestSplitQuote_IsLinear(t *testing.T) {
	t.Parallel()
	c := steps.New(t, readers...)
	for _, line := range []string{">", "> On 3 Apr 2012, x wrote:\n", "On 1 2012 x wrote:\n\na\n> b\n", "From: a\n", "<a@b>:\n", "a <", "1:", "-- \n", "-", "--\n\n",
		"On 3 Apr 2012, 10:00 anna berg <a@b.c> xx xx xx xx xx:\n\n", "<a@b\n> wrote\n", strings.Repeat("x", 290) + " <a@b>\n1:\n", "> a\n_____\n", "Original message\n\n\n"} {
		c.Linear(line, 32<<10, func(size int) {
			text := strings.Repeat(line, size/len(line))
			visible, quoted := SplitQuote(text)
			require.Equal(t, len(text), len(visible)+len(quoted))
		})
	}
}

// Real mail, too, is read without going over it again and again: one of these
// mails took another program a second.
func TestSplitQuote_CorpusTakesFewSteps(t *testing.T) {
	t.Parallel()
	cases := corpusCases(t)
	c := steps.New(t, readers...)
	texts, size := []string{}, 0
	for _, of := range cases {
		if strings.HasPrefix(of.File, "talon/") || strings.HasPrefix(of.File, "email_reply_parser/") {
			texts = append(texts, quoteInput(t, of))
			size += len(texts[len(texts)-1])
		}
	}
	c.AtMost(1, "the corpus", size, func() {
		for _, text := range texts {
			SplitQuote(text)
		}
	})
}

// TestSplitQuote_Corpus compares with what other projects expect of real mail.
// They disagree on signatures: talon keeps "Sent from my iPhone" visible,
// email_reply_parser hides it. Here it is folded, and both count as right.
func TestSplitQuote_Corpus(t *testing.T) {
	t.Parallel()
	total, passed := 0, 0
	for _, c := range replySets(t) {
		text := quoteInput(t, c)
		visible, quoted := SplitQuote(text)
		require.Equal(t, text, visible+quoted, c.File)

		ok, expected := cutAsExpected(t, c, words(visible))
		if !expected {
			continue
		}
		total++
		if ok {
			passed++
		} else {
			t.Logf("differs: %s\n%s", c.File, clip(words(visible)))
		}
	}
	t.Logf("visible text as expected: %d of %d", passed, total)
	require.GreaterOrEqual(t, float64(passed)/float64(total), 0.9)
}

// TestR25_RepliesAreCutAsAPersonWould counts over the sets of other projects and
// the table.
func TestR25_RepliesAreCutAsAPersonWould(t *testing.T) {
	t.Parallel()
	total, passed := 0, 0
	count := func(name string, ok bool) {
		total++
		if ok {
			passed++
		} else {
			t.Logf("differs: %s", name)
		}
	}
	for _, c := range replySets(t) {
		if ok, expected := cutAsExpected(t, c, words(Fold(quoteInput(t, c), Reply).Visible)); expected {
			count(c.File, ok)
		}
	}
	for number, want := range replyCases {
		in, err := ParseInbound(caseMail(t, number))
		require.NoError(t, err, number)
		count(number, words(Fold(in.Text, in.Kind()).Visible) == want)
	}
	t.Logf("replies cut as a person would: %d of %d", passed, total)
	require.Equal(t, total, passed)
}

// replySets are the sets of replies.
func replySets(t *testing.T) []corpusCase {
	t.Helper()
	var out []corpusCase
	for _, c := range corpusCases(t) {
		if strings.HasPrefix(c.File, "talon/") || strings.HasPrefix(c.File, "email_reply_parser/") {
			out = append(out, c)
		}
	}
	require.NotEmpty(t, out)
	return out
}

// cutAsExpected compares what is visible with what a set expects; expected is false
// where it expects nothing of that.
func cutAsExpected(t *testing.T, c corpusCase, got string) (ok, expected bool) {
	t.Helper()
	var want struct {
		Text     *string `json:"text"`
		Loose    *string `json:"text_ignoring_whitespace"`
		Prefix   *string `json:"text_prefix"`
		First    *string `json:"first_fragment"`
		Contains *string `json:"first_fragment_contains"`
		Hidden   []bool  `json:"hidden"`
	}
	c.decode(t, &want)
	switch {
	case want.Text != nil:
		return sameButSignature(got, *want.Text), true
	case want.Loose != nil:
		return sameButSignature(got, *want.Loose), true
	case want.First != nil && len(want.Hidden) > 1 && want.Hidden[1]:
		return sameButSignature(got, *want.First), true
	case want.Prefix != nil:
		return strings.HasPrefix(got, words(*want.Prefix)), true
	case want.Contains != nil:
		return strings.Contains(got, words(*want.Contains)), true
	}
	return false, false
}

func sameButSignature(got, want string) bool {
	trimmed, _ := SplitQuote(want)
	return got == words(want) || got == words(trimmed)
}

func quoteInput(t *testing.T, c corpusCase) string {
	t.Helper()
	raw := corpusFile(t, c.File)
	switch c.Input {
	case "eml":
		in, err := ParseInbound(raw)
		require.NoError(t, err, c.File)
		return in.Text
	case "html-body":
		return HTMLToText(string(raw))
	}
	return string(raw)
}
