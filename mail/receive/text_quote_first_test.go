package receive

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestR25_DividerInAFirstMailFoldsNothing: what stands below it is what the
// author has to say.
func TestR25_DividerInAFirstMailFoldsNothing(t *testing.T) {
	t.Parallel()
	for _, divider := range []string{"--", "-- ", "---", "----------", "_____", "________________________________", "—", "***", "=====", "* * *", HTMLToText("<p>a</p><hr><p>b</p>")} {
		text := "Hello Clara,\n\n" + divider + "\nplease bring the contract on Monday.\n"
		require.Equal(t, Folded{Visible: text}, Fold(text, FirstMail), divider)
	}
	for _, text := range []string{
		"Hello\n\nSent from my iPhone\n", "Hello\n\n- Anna\n", "What do you think of this?\n\n> To be, or not to be\n", "Hello\n\n-- \nAnna\nCoach",
		"As Megan wrote:\n> Friday is fine\n",
	} {
		require.Equal(t, Folded{Visible: text}, Fold(text, FirstMail))
	}
}

// TestR25_InDoubtNothingIsFolded: sentences that look like a program's.
func TestR25_InDoubtNothingIsFolded(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Hello\n\nPlease confirm to <anna@example.org> by 4 March 2024, 10:12:\n\nthe room\nthe time\n",
		"Hello\n\nHere is what Anna <anna@example.org> wrote:\n\nwe close the site.\n",
		"Hello\n\nOn 4 March 2024 at 10:12 I wrote to Anna <anna@example.org>:\n\nplease come.\n\nShe did not answer.\n",
		"Hallo\n\nAm 4. März 2024 um 10:12 schrieb ich an Anna <anna@example.org>:\n\nbitte kommen.\n",
		"Dates:\n\n4 March 2024, 10:12, Anna Berg <anna@example.org>:\nfirst session\n\n11 March 2024, 10:12, Anna Berg <anna@example.org>:\nsecond session\n",
		"Hello\n\nOn 12 May 2025 at 9:00 the board wrote:\nWe close the site.\n\nCan we talk today?",
		"Our plan:\n\nFrom: Berlin Hbf\nTo: Munich\nDate: 4 March 2026\n\nPlease answer by Friday.",
		"Hello\n\nOriginal message\nof the workshop was that we listen.\n",
		"Hello,\nplease write to me at <anna@example.org\n> or call.\n",
		"Danke.\nVon meiner Seite passt das so",
	} {
		for _, kind := range []MailKind{FirstMail, Reply} {
			require.Equal(t, Folded{Visible: text}, Fold(text, kind))
		}
	}
}

func TestR25_PartsOfAReply(t *testing.T) {
	t.Parallel()
	const (
		own   = "Yes.\n"
		sig   = "\n-- \nAnna\n\n"
		quote = "On Mon, Mar 4, 2024 at 10:12 AM Clara <c@in.example.org> wrote:\n> Hi\n\n_______________\nlist footer\n\nof two paragraphs\n"
	)
	for _, kind := range []MailKind{Reply, FirstMail} { // the quotation tells that it is a reply
		require.Equal(t, Folded{Visible: own, Signature: sig, Quoted: quote}, Fold(own+sig+quote, kind))
	}
	require.Equal(t, Folded{Visible: own, Signature: sig}, Fold(own+sig, Reply))
	require.Equal(t, Folded{Visible: own, Quoted: "\n" + quote}, Fold(own+"\n"+quote, Reply))
	require.Equal(t, Folded{Visible: own + sig + quote}, Fold(own+sig+quote, PassedOn))
	require.Equal(t, Folded{Visible: own, Quoted: "\n> Hi\n"}, Fold(own+"\n> Hi\n", Reply), "marked lines alone are a quotation in an answer")
}

// TestR25_AnswerBelowTheMailAnswered: the mail answered is folded, what its author
// wrote is not; between marked lines nothing is.
func TestR25_AnswerBelowTheMailAnswered(t *testing.T) {
	t.Parallel()
	const quote = "On 04/03/2024 10:12, Clara Berg wrote:\n> Hi\n>\n> does Friday work?\n\n"
	require.Equal(t, Folded{Above: quote, Visible: "Yes.\n\nSee you.\n", Signature: "\n-- \nAnna\n"}, Fold(quote+"Yes.\n\nSee you.\n\n-- \nAnna\n", Reply))
	require.Equal(t, Folded{Above: quote, Visible: "Yes.\n"}, Fold(quote+"Yes.\n", Reply))
	between := quote + "Yes.\n> and Monday?\nNo.\n"
	require.Equal(t, Folded{Visible: between}, Fold(between, Reply))
	require.Equal(t, Folded{Visible: quote}, Fold(quote, Reply), "a quotation alone is shown")
	bare := "> does Friday work?\n\nYes.\n"
	require.Equal(t, Folded{Visible: bare}, Fold(bare, Reply))
	visible, _ := SplitQuote(quote + "Yes.\n")
	require.Equal(t, quote+"Yes.\n", visible)
}

func TestR25_SentFromIsASignatureOfAReply(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"Sent from my iPhone", "Sent from my Verizon, Samsung Galaxy smartphone", "Get Outlook for iOS<https://aka.ms/o0ukef>", "Sent with Proton Mail secure email.", "Von meinem iPhone gesendet", "Gesendet mit der GMX Mail App",
		"Envoyé de mon iPhone", "Enviado desde mi iPhone", "Inviato da iPhone", "Verstuurd vanaf mijn iPhone", "Enviado do meu iPhone", "Skickat från min iPhone", "Sendt fra min iPhone", "Lähetetty iPhonesta",
		"Wysłane z iPhone'a", "Odesláno z iPhonu", "Odoslané z iPhonu", "iPhone-ról küldve", "Trimis de pe iPhone", "Отправлено с iPhone", "Надіслано з iPhone", "Στάλθηκε από το iPhone μου", "iPhone'umdan gönderildi",
		"Poslano s mog iPhonea", "iPhoneから送信", "나의 iPhone에서 보냄", "发自我的iPhone", "從我的 iPhone 傳送", "נשלח מה-iPhone שלי", "أُرسلت من الـ iPhone", "ส่งจาก iPhone ของฉัน", "Đã gửi từ iPhone của tôi", "Dikirim dari iPhone saya",
	} {
		require.Equal(t, Folded{Visible: "Yes.\n", Signature: "\n" + line + "\n"}, Fold("Yes.\n\n"+line+"\n", Reply))
	}
	for _, line := range []string{"Sent from my desk, which is easier.", "Sent from my desk, easier than my phone", "Von meiner Seite passt das", "나의 생각은 다르다"} {
		text := "Yes.\n\n" + line + "\n"
		require.Equal(t, Folded{Visible: text}, Fold(text, Reply))
	}
}

func TestR25_KindOfAMail(t *testing.T) {
	t.Parallel()
	tests := []struct {
		header string
		kind   MailKind
	}{
		{"Subject: Friday", FirstMail},
		{"Subject: Response to your plan", FirstMail},
		{"Subject: Friday\r\nIn-Reply-To: <a@example.org>", Reply},
		{"Subject: Friday\r\nReferences: <a@example.org> <b@example.org>", Reply},
		{"Subject: Re: Friday", Reply}, {"Subject: RE : Friday", Reply}, {"Subject: Re[2]: Friday", Reply}, {"Subject: [EXT] AW: Freitag", Reply}, {"Subject: Antw: Vrijdag", Reply},
		{"Subject: SV: Fredag", Reply}, {"Subject: VS: Perjantai", PassedOn}, {"Subject: Odp: Piątek", Reply}, {"Subject: YNT: Cuma", Reply}, {"Subject: RIF: Venerdì", Reply},
		{"Subject: =?utf-8?b?5Zue5aSNOiDmmJ/mnJ/kupQ=?=", Reply}, {"Subject: Отв: Пятница", Reply}, {"Subject: ΑΠ: Παρασκευή", Reply}, {"Subject: 返信: 金曜日", Reply},
		{"Subject: Fwd: Friday", PassedOn}, {"Subject: WG: Freitag\r\nIn-Reply-To: <a@example.org>", PassedOn},
	}
	for _, tt := range tests {
		in, err := ParseInbound([]byte("From: a@example.org\r\n" + tt.header + "\r\n\r\nhello"))
		require.NoError(t, err)
		require.Equal(t, tt.kind, in.Kind(), tt.header)
	}
}

func TestR25_FoldedPartsAreTheText(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{
		"\n", "\r\n", " ", "> ", ">", "-- \n", "--\n", "__________\n", "On Mon, Apr 2, 2012 at 6:26 PM, M <m@x.com> wrote:\n", "On Mon, Apr 2, 2012 at 6:26 PM, M <m@x.com\n> wrote:\n",
		"From: a\n", "Sent: b\n", "To: c\n", "Subject: d\n", "-----Original Message-----\n", "Sent from my iPhone\n", "hello ", "wrote:\n", "Quoting M <m@x.com>:\n", "\u200f", "写道：\n", "<m@x.com", "\xff",
	})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.OneOf(piece, rapid.String())).Draw(t, "text"), "")
		for _, kind := range []MailKind{FirstMail, Reply, PassedOn} {
			f := Fold(text, kind)
			require.Equal(t, text, f.Above+f.Visible+f.Signature+f.Quoted)
			if strings.TrimSpace(text) != "" {
				require.NotEmpty(t, strings.TrimSpace(f.Visible))
			}
			if f.Quoted == "" && kind != Reply {
				require.Empty(t, f.Signature, "a signature alone is folded in replies only")
			}
		}
	})
}

// FuzzFold: no text panics, the parts are the text, what is visible is never blank,
// and a divider in a first mail folds nothing.
func FuzzFold(f *testing.F) {
	for _, seed := range []string{
		"Yes.\n\nOn Mon, Mar 4, 2024 at 10:12 AM Clara <c@in.example.org\n> wrote:\n\n> Hi\n", "Ja.\n\nClara <\nc@in.example.org> schrieb am Mo., 4. März 2024,\n10:12:\n\n> Hi", "Yes.\n\n---- On Mon, 04 Mar 2024 10:12:00 +0100 Clara <c@in.example.org> wrote ---\n\nHi",
		"Hello\n--\nAnna\n", "On 1/2/24 10:12, A B wrote:\n> q\n\nYes.\n-- \nA", "Yes.\n_____\nFrom: a\nSent: b\nTo: c\nSubject: d\n\ne", "Yes.\n\nQuoting A <a@b.c>:\n> q\n_____\nlist\n", "はい\n2024年3月4日(月) 10:12 A <a@b.c>:\n> q", ">>> A <a@b.c> 3/4/2024 10:12 >>>\nq", "\xff\xfe<a@b\n> wrote:\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []MailKind{FirstMail, Reply, PassedOn} {
			got := Fold(text, kind)
			if got.Above+got.Visible+got.Signature+got.Quoted != text {
				t.Fatalf("%q became %+v", text, got)
			}
			if strings.TrimSpace(text) != "" && strings.TrimSpace(got.Visible) == "" {
				t.Fatalf("nothing is visible of %q", text)
			}
			if kind == FirstMail && got.Quoted == "" && got.Signature != "" || kind == PassedOn && got.Visible != text {
				t.Fatalf("kind %d: %q became %+v", kind, text, got)
			}
		}
	})
}
