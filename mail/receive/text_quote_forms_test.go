package receive

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// quoteForm is the line that a program writes before a quotation. In it, NAME is
// the author with our suffix and ADDR the address.
type quoteForm struct {
	language, program, line string
}

// quoteForms have a date and an author: they begin a quotation in a mail of any
// kind.
var quoteForms = []quoteForm{
	{"English", "Gmail", "On Mon, Mar 4, 2024 at 10:12 AM NAME <ADDR> wrote:"},
	{"English", "Gmail GB", "On Mon, 4 Mar 2024 at 10:12, NAME <ADDR> wrote:"},
	{"English", "Apple Mail", "On Mar 4, 2024, at 10:12 AM, NAME <ADDR> wrote:"},
	{"English", "Apple Mail GB", "On 4 Mar 2024, at 10:12, NAME <ADDR> wrote:"},
	{"English", "Outlook for Mac", "On 3/4/24, 10:12 AM, \"NAME\" <ADDR> wrote:"},
	{"English", "Yahoo", "On Monday, March 4, 2024 at 10:12:00 AM GMT+1, NAME <ADDR> wrote:"},
	{"English", "Proton Mail", "On Monday, March 4th, 2024 at 10:12, NAME <ADDR> wrote:"},
	{"English", "Zoho", "---- On Mon, 04 Mar 2024 10:12:00 +0100 NAME <ADDR> wrote ---"},
	{"English", "Zoho, older", " ---- On Mon, 04 Mar 2024 10:12:00 +0100 NAME <ADDR> wrote ----"},
	{"English", "Spark", "On 4 Mar 2024, 10:12 +0100, NAME <ADDR>, wrote:"},
	{"English", "Airmail", "On 4 March 2024 at 10:12:00, NAME (ADDR) wrote:"},
	{"English", "Superhuman", "On Mon, Mar 04, 2024 at 10:12 AM, NAME < ADDR > wrote:"},
	{"English", "Front", "On March 4, 2024 at 10:12 AM GMT+1 ADDR wrote:"},
	{"English", "AOL", "In a message dated 3/4/2024 10:12:00 A.M. Eastern Standard Time, ADDR writes:"},
	{"English", "FairEmail", "On March 4, 2024 10:12:00 AM GMT+01:00, NAME <ADDR> wrote:"},
	{"English", "Open-Xchange", "On 03/04/2024 10:12 AM CET NAME <ADDR> wrote:"},
	{"English", "Claws Mail", "On Mon, 4 Mar 2024 10:12:00 +0100\nNAME <ADDR> wrote:"},
	{"English", "HCL Notes", "\"NAME\" <ADDR> wrote on 03/04/2024 10:12:00 AM:"},
	{"English", "Outlook, address twice", "On 3/4/24, 10:12 AM, NAME <ADDR<mailto:ADDR>> wrote:"},
	{"German", "Gmail", "Am Mo., 4. März 2024 um 10:12 Uhr schrieb NAME <ADDR>:"},
	{"German", "Gmail on a phone", "NAME <ADDR> schrieb am Mo., 4. März 2024, 10:12:"},
	{"German", "Apple Mail", "Am 04.03.2024 um 10:12 schrieb NAME <ADDR>:"},
	{"German", "Yahoo", "Am Montag, 4. März 2024 um 10:12:00 MEZ hat NAME <ADDR> Folgendes geschrieben:"},
	{"German", "Open-Xchange", "NAME <ADDR> hat am 04.03.2024 10:12 CET geschrieben:"},
	{"German", "K-9 Mail", "Am 4. März 2024 10:12:00 MEZ schrieb NAME <ADDR>:"},
	{"German", "GMX on a phone", "Am 04.03.24, 10:12, NAME <ADDR> schrieb:"},
	{"French", "Gmail", "Le lun. 4 mars 2024 à 10:12, NAME <ADDR> a écrit :"},
	{"French", "Apple Mail", "Le 4 mars 2024 à 10:12, NAME <ADDR> a écrit :"},
	{"French", "Yahoo", "Le lundi 4 mars 2024 à 10:12:00 UTC+1, NAME <ADDR> a écrit :"},
	{"French", "Zoho", "---- Le lun., 04 mars 2024 10:12:00 +0100 NAME <ADDR> a écrit ----"},
	{"Spanish", "Gmail", "El lun, 4 mar 2024 a las 10:12, NAME (<ADDR>) escribió:"},
	{"Spanish", "Gmail America", "El lun, 4 mar 2024 a la(s) 10:12, NAME (ADDR) escribió:"},
	{"Spanish", "Apple Mail", "El 4 mar 2024, a las 10:12, NAME <ADDR> escribió:"},
	{"Spanish", "Yahoo", "El lunes, 4 de marzo de 2024, 10:12:00 CET, NAME <ADDR> escribió:"},
	{"Italian", "Gmail", "Il giorno lun 4 mar 2024 alle ore 10:12 NAME <ADDR> ha scritto:"},
	{"Italian", "Gmail on a phone", "Il lun 4 mar 2024, 10:12 NAME <ADDR> ha scritto:"},
	{"Italian", "Apple Mail", "Il giorno 4 mar 2024, alle ore 10:12, NAME <ADDR> ha scritto:"},
	{"Italian", "Libero", "Il 4 marzo 2024 alle 10.12 NAME <ADDR> ha scritto:"},
	{"Portuguese", "Gmail Brazil", "Em seg., 4 de mar. de 2024 às 10:12, NAME <ADDR> escreveu:"},
	{"Portuguese", "Gmail Portugal", "NAME <ADDR> escreveu (segunda, 4/03/2024 à(s) 10:12):"},
	{"Portuguese", "Apple Mail", "No dia 04/03/2024, às 10:12, NAME <ADDR> escreveu:"},
	{"Dutch", "Gmail", "Op ma 4 mrt 2024 om 10:12 schreef NAME <ADDR>:"},
	{"Dutch", "Apple Mail", "Op 4 mrt. 2024 om 10:12 heeft NAME <ADDR> het volgende geschreven:"},
	{"Afrikaans", "Gmail", "Op Ma. 04 Mrt. 2024 om 10:12 het NAME <ADDR> geskryf:"},
	{"Swedish", "Gmail", "Den mån 4 mars 2024 kl 10:12 skrev NAME <ADDR>:"},
	{"Swedish", "Apple Mail", "4 mars 2024 kl. 10:12 skrev NAME <ADDR>:"},
	{"Danish", "Gmail", "Den man. 4. mar. 2024 kl. 10.12 skrev NAME <ADDR>:"},
	{"Norwegian", "Gmail", "man. 4. mar. 2024 kl. 10:12 skrev NAME <ADDR>:"},
	{"Icelandic", "Gmail", "mán., 4. mar. 2024 kl. 10:12 skrifaði NAME <ADDR>:"},
	{"Finnish", "Gmail", "ma 4. maalisk. 2024 klo 10.12 NAME (ADDR) kirjoitti:"},
	{"Finnish", "Apple Mail", "NAME <ADDR> kirjoitti 4.3.2024 kello 10.12:"},
	{"Estonian", "Gmail", "Kuupäev E, 4. märts 2024 kell 10:12 kirjutas NAME <ADDR>:"},
	{"Latvian", "Gmail", "pirmd., 2024. g. 4. marts, plkst. 10:12 — lietotājs NAME (<ADDR>) rakstīja:"},
	{"Lithuanian", "Gmail", "2024-03-04, pr, 10:12 NAME <ADDR> rašė:"},
	{"Polish", "Gmail", "pon., 4 mar 2024 o 10:12 NAME <ADDR> napisał(a):"},
	{"Polish", "Apple Mail", "Wiadomość napisana przez NAME <ADDR> w dniu 4 mar 2024, o godz. 10:12:"},
	{"Polish", "WP", "Dnia 4 marca 2024 10:12 NAME <ADDR> napisał(a):"},
	{"Czech", "Gmail", "po 4. 3. 2024 v 10:12 odesílatel NAME <ADDR> napsal:"},
	{"Slovak", "Gmail", "po 4. 3. 2024 o 10:12 NAME <ADDR> napísal(a):"},
	{"Slovak", "Apple Mail", "Dňa 4. 3. 2024 o 10:12 používateľ NAME <ADDR> napísal:"},
	{"Hungarian", "Gmail", "NAME <ADDR> ezt írta (időpont: 2024. márc. 4., H, 10:12):"},
	{"Hungarian", "Apple Mail", "2024. márc. 4. dátummal, 10:12 időpontban NAME <ADDR> írta:"},
	{"Romanian", "Gmail", "În lun., 4 mar. 2024 la 10:12, NAME <ADDR> a scris:"},
	{"Bulgarian", "Gmail", "На пн, 4.03.2024 г. в 10:12 NAME <ADDR> написа:"},
	{"Serbian", "Gmail", "пон, 4. мар 2024. у 10:12 NAME <ADDR> је написао/ла:"},
	{"Croatian", "Gmail", "pon, 4. ožu 2024. u 10:12 NAME <ADDR> napisao je:"},
	{"Croatian", "Apple Mail", "Dana 4. ožu 2024., u 10:12, NAME <ADDR> napisao/la je:"},
	{"Slovenian", "Gmail", "V V pon., 4. mar. 2024 ob 10:12 je oseba NAME <ADDR> napisala:"},
	{"Russian", "Apple Mail", "4 марта 2024 г., в 10:12, NAME <ADDR> написал(а):"},
	{"Ukrainian", "Gmail", "пн, 4 бер. 2024 р. о 10:12 NAME <ADDR> пише:"},
	{"Ukrainian", "Apple Mail", "4 бер. 2024 р. о 10:12 NAME <ADDR> написав(-ла):"},
	{"Greek", "Gmail", "Στις Δευ 4 Μαρ 2024 στις 10:12 π.μ., ο χρήστης NAME <ADDR> έγραψε:"},
	{"Turkish", "Gmail", "NAME <ADDR>, 4 Mar 2024 Pzt, 10:12 tarihinde şunu yazdı:"},
	{"Turkish", "Apple Mail", "NAME <ADDR> şunları yazdı (4 Mar 2024 10:12):"},
	{"Catalan", "Gmail", "Missatge de NAME <ADDR> del dia dl., 4 de març 2024 a les 10:12:"},
	{"Galician", "Gmail", "O luns, 4 de mar. de 2024 ás 10:12, NAME (<ADDR>) escribiu:"},
	{"Basque", "Gmail", "NAME (<ADDR>) erabiltzaileak hau idatzi du (2024 mar. 4, al. (10:12)):"},
	{"Hebrew", "Gmail", "\u202bבתאריך יום ב׳, 4 במרץ 2024 ב-10:12 מאת \u202aNAME\u202c\u200f <\u202aADDR\u202c\u200f>:\u202c"},
	{"Arabic", "Gmail", "في الاثنين، 4 مارس 2024 في 10:12 ص تمت كتابة ما يلي بواسطة NAME <ADDR>:"},
	{"Arabic", "Apple Mail", "في 4 مارس 2024، الساعة 10:12 ص، كتب NAME <ADDR>:"},
	{"Persian", "Gmail", "در تاریخ دوشنبه ۴ مارس ۲۰۲۴،\u200f ۱۰:۱۲ NAME <ADDR> نوشت:"},
	{"Hindi", "Gmail", "सोम, 4 मार्च 2024 को 10:12 am बजे को NAME <ADDR> ने लिखा:"},
	{"Thai", "Gmail", "ในวันที่ จ. 4 มี.ค. 2024 เวลา 10:12 NAME <ADDR> เขียนว่า:"},
	{"Vietnamese", "Gmail", "Vào Th 2, 4 thg 3, 2024 vào lúc 10:12 NAME <ADDR> đã viết:"},
	{"Indonesian", "Gmail", "Pada tanggal Sen, 4 Mar 2024 pukul 10.12 NAME <ADDR> menulis:"},
	{"Malay", "Gmail", "Pada Isn, 4 Mac 2024 pada 10:12 PG NAME <ADDR> menulis:"},
	{"Filipino", "Gmail", "Noong Lun, Mar 4, 2024 nang 10:12 AM, isinulat ni NAME <ADDR> ang:"},
	{"Swahili", "Gmail", "Mnamo Jtt, 4 Machi 2024 saa 10:12 NAME <ADDR> aliandika:"},
	{"Japanese", "Apple Mail", "2024/03/04 10:12、NAME <ADDR>のメール:"},
	{"Korean", "Gmail", "2024년 3월 4일 (월) 오전 10:12, NAME <ADDR>님이 작성:"},
	{"Chinese", "Gmail", "NAME <ADDR> 于2024年3月4日周一 10:12写道："},
	{"Chinese", "Gmail Taiwan", "NAME <ADDR> 於 2024年3月4日 週一 上午10:12寫道："},
	{"Chinese", "NetEase", "在 2024-03-04 10:12:00，\"NAME\" <ADDR> 写道："},
	{"Chinese", "NetEase in English", "At 2024-03-04 10:12:00, \"NAME\" <ADDR> wrote:"},
}

// quoteFormsNoVerb could be a list of dates, too: marked lines have to follow.
var quoteFormsNoVerb = []quoteForm{
	{"Japanese", "Thunderbird", "(2024/03/04 10:12), NAME <ADDR> :"},
	{"English", "Tuta", "Mar 4, 2024, 10:12 by ADDR:"},
	{"German", "Tuta", "4. März 2024, 10:12 von ADDR:"},
	{"Czech", "Apple Mail", "4. 3. 2024 v 10:12, NAME <ADDR>:"},
	{"Russian", "Gmail", "пн, 4 мар. 2024 г. в 10:12, NAME <ADDR>:"},
	{"Russian", "Yandex", "04.03.2024, 10:12, \"NAME\" <ADDR>:"},
	{"Russian", "Mail.ru", "Понедельник, 4 марта 2024, 10:12 +03:00 от NAME <ADDR>:"},
	{"Japanese", "Gmail", "2024年3月4日(月) 10:12 NAME <ADDR>:"},
}

// quoteFormsNoAddress name no address: marked lines have to follow.
var quoteFormsNoAddress = []quoteForm{
	{"English", "Thunderbird", "On 3/4/24 10:12, NAME wrote:"},
	{"English", "Fastmail", "On Mon, 4 Mar 2024, at 10:12, NAME wrote:"},
	{"English", "Evolution", "On Mon, 2024-03-04 at 10:12 +0100, NAME wrote:"},
	{"English", "KMail", "On Monday, 4 March 2024 10:12:00 CET NAME wrote:"},
	{"English", "mutt", "On Mon, Mar 04, 2024 at 10:12:00AM +0100, NAME wrote:"},
	{"German", "Thunderbird", "Am 04.03.24 um 10:12 schrieb NAME:"},
	{"German", "Evolution", "Am Montag, dem 04.03.2024 um 10:12 +0100 schrieb NAME:"},
	{"German", "Roundcube", "Am 2024-03-04 10:12, schrieb NAME:"},
	{"French", "Thunderbird", "Le 04/03/2024 à 10:12, NAME a écrit :"},
	{"Spanish", "Thunderbird", "El 4/3/24 a las 10:12, NAME escribió:"},
	{"Italian", "Thunderbird", "Il 04/03/2024 10:12, NAME ha scritto:"},
	{"Portuguese", "Thunderbird", "Às 10:12 de 04/03/2024, NAME escreveu:"},
	{"Dutch", "Thunderbird", "Op 04-03-2024 om 10:12 schreef NAME:"},
	{"Swedish", "Thunderbird", "Den 2024-03-04 kl. 10:12, skrev NAME:"},
	{"Danish", "Thunderbird", "Den 04.03.2024 kl. 10.12 skrev NAME:"},
	{"Finnish", "Thunderbird", "NAME kirjoitti 4.3.2024 klo 10.12:"},
	{"Polish", "Thunderbird", "W dniu 4.03.2024 o 10:12, NAME pisze:"},
	{"Czech", "Thunderbird", "Dne 04. 03. 24 v 10:12 NAME napsal(a):"},
	{"Hungarian", "Thunderbird", "2024. 03. 04. 10:12 keltezéssel, NAME írta:"},
	{"Romanian", "Thunderbird", "Pe 04.03.2024 10:12, NAME a scris:"},
	{"Bulgarian", "Thunderbird", "На 4.03.24 г. в 10:12, NAME написа:"},
	{"Slovenian", "Thunderbird", "NAME je 4. 3. 2024 ob 10:12 napisal:"},
	{"Croatian", "Thunderbird", "NAME je napisao/la 4.3.2024. u 10:12:"},
	{"Estonian", "Thunderbird", "NAME kirjutas 04.03.2024 kell 10:12:"},
	{"Latvian", "Roundcube", "NAME @ 2024-03-04 10:12 rakstīja:"},
	{"Lithuanian", "Thunderbird", "NAME rašė 2024-03-04 10:12:"},
	{"Russian", "Thunderbird", "04.03.2024 10:12, NAME пишет:"},
	{"Ukrainian", "Thunderbird", "04.03.24 10:12, NAME пише:"},
	{"Greek", "Thunderbird", "Στις 4/3/2024 10:12, ο NAME έγραψε:"},
	{"Turkish", "Thunderbird", "4.03.2024 10:12 tarihinde NAME yazdı:"},
	{"Catalan", "Thunderbird", "El 4/3/24 a les 10:12, NAME ha escrit:"},
	{"Basque", "Roundcube", "2024-03-04 10:12 egunean, NAME-(e)k idatzi du:"},
	{"Hebrew", "Thunderbird", "ב־4/3/2024 ב־10:12, NAME כתב:"},
	{"Arabic", "Thunderbird", "في 4/3/24 10:12، كتب NAME:"},
	{"Vietnamese", "Thunderbird", "Vào 4/3/24 lúc 10:12, NAME đã viết:"},
	{"Indonesian", "Thunderbird", "Pada 4/3/24 10.12, NAME menulis:"},
	{"Icelandic", "Thunderbird", "Þann 4.3.2024 10:12, skrifaði NAME:"},
	{"Japanese", "Roundcube", "2024-03-04 10:12 に NAME さんは書きました:"},
	{"Japanese", "Thunderbird", "(2024/03/04 10:12), NAME wrote:"},
	{"Japanese", "Becky", "NAME さんは 2024/03/04 10:12 に書きました:"},
	{"Dutch", "Apple Mail", "Op 4 mrt. 2024, om 10:12 heeft NAME het volgende geschreven:"},
	{"German", "Yahoo", "NAME schrieb am 10:12 Montag, 4.März 2024:"},
	{"Korean", "Thunderbird", "24. 3. 4. 10:12에 NAME 이(가) 쓴 글:"},
	{"Chinese", "Thunderbird", "在 2024/3/4 10:12, NAME 写道:"},
}

// quoteFormsNoDate name no date: marked lines have to follow, in a mail that says
// that it is an answer.
var quoteFormsNoDate = []quoteForm{
	{"English", "Horde", "Quoting NAME <ADDR>:"},
	{"English", "K-9 Mail", "NAME <ADDR> wrote:"},
	{"English", "Gnus", "NAME <ADDR> writes:"},
	{"English", "Thunderbird, older", "Clara Lindqvist wrote:"},
	{"German", "Horde", "Zitat von NAME <ADDR>:"},
	{"French", "Horde", "NAME <ADDR> a écrit :"},
	{"French", "Thunderbird, older", "Clara Lindqvist a écrit :"},
	{"Spanish", "Horde", "NAME <ADDR> escribió:"},
	{"Italian", "Horde", "NAME <ADDR> ha scritto:"},
	{"Portuguese", "Horde", "Citando NAME <ADDR>:"},
	{"Dutch", "Horde", "Citeren NAME <ADDR>:"},
	{"Swedish", "Horde", "Citerar NAME <ADDR>:"},
	{"Danish", "Horde", "Citat af NAME <ADDR>:"},
	{"Norwegian", "Horde", "Siterer NAME <ADDR>:"},
	{"Finnish", "Horde", "Lainaus NAME <ADDR>:"},
	{"Polish", "Horde", "Cytowanie NAME <ADDR>:"},
	{"Czech", "Horde", "Cituji NAME <ADDR>:"},
	{"Slovak", "Horde", "Citát NAME <ADDR>:"},
	{"Hungarian", "Horde", "Idézet (NAME <ADDR>):"},
	{"Russian", "Horde", "Цитирую NAME <ADDR>:"},
	{"Ukrainian", "Horde", "Цитую NAME <ADDR>:"},
	{"Lithuanian", "Horde", "NAME <ADDR> rašė:"},
	{"Catalan", "Horde", "S'està citant NAME <ADDR>:"},
	{"Chinese", "Horde", "引用 NAME <ADDR>："},
}

const formAddress = "c7f3k9q2m4x8p1@in.example.org"

func (f quoteForm) filled() string {
	return strings.NewReplacer("NAME", "Clara Lindqvist-Sommerfeld via Northwind Coaching", "ADDR", formAddress).Replace(f.line)
}

// wrappings are the ways in which programs break the line.
var wrappings = map[string]func(string) string{
	"in one line":             func(s string) string { return s },
	"before the address":      func(s string) string { return strings.Replace(s, " <"+formAddress, "\n<"+formAddress, 1) },
	"inside of the brackets":  func(s string) string { return strings.Replace(s, "<"+formAddress, "<\n"+formAddress, 1) },
	"before the last bracket": func(s string) string { return strings.Replace(s, formAddress+">", formAddress+"\n>", 1) },
	"both brackets":           func(s string) string { return strings.Replace(s, "<"+formAddress+">", "<\n"+formAddress+"\n>", 1) },
	"inside of the address": func(s string) string {
		return strings.Replace(s, "<"+formAddress+">", "<c7f3k9q2m4x8p1@\nin.example.org>", 1)
	},
	"at 72":                    func(s string) string { return wrapWords(s, 72) },
	"at 60":                    func(s string) string { return wrapWords(s, 60) },
	"by CR and LF":             func(s string) string { return strings.ReplaceAll(wrapWords(s, 76), "\n", "\r\n") },
	"the bracket alone on one": func(s string) string { return strings.Replace(s, formAddress+"> ", formAddress+"\n>\n", 1) },
}

func wrapWords(s string, width int) string {
	var lines []string
	line := ""
	for _, word := range strings.Split(s, " ") {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		} else if line != "" {
			line += " "
		}
		line += word
	}
	return strings.Join(append(lines, line), "\n")
}

func TestR25_QuotationIsFoundInEveryForm(t *testing.T) {
	t.Parallel()
	languages := map[string]bool{}
	for _, f := range quoteForms {
		languages[f.language] = true
		for how, wrap := range wrappings {
			line := wrap(f.filled())
			for _, kind := range []MailKind{Reply, FirstMail} {
				requireFolded(t, f, how, kind, line+"\n\n> Hi Anna,\n> does Friday work?\n")
				requireFolded(t, f, how+", nothing marked", kind, line+"\n\nHi Anna,\ndoes Friday work?\n")
			}
		}
	}
	require.GreaterOrEqual(t, len(languages), 40)
}

func TestR25_QuotationNeedsMarksWhereItIsInDoubt(t *testing.T) {
	t.Parallel()
	languages := map[string]bool{}
	for i, f := range slices.Concat(quoteFormsNoVerb, quoteFormsNoAddress, quoteFormsNoDate) {
		languages[f.language] = true
		dated := i < len(quoteFormsNoVerb)+len(quoteFormsNoAddress)
		for how, wrap := range wrappings {
			line := wrap(f.filled())
			requireFolded(t, f, how, Reply, line+"\n\n> Hi Anna,\n> does Friday work?\n")
			if dated {
				requireFolded(t, f, how, FirstMail, line+"\n> Hi Anna,\n> does Friday work?\n")
			}
			text := "Yes.\n\n" + line + "\n\nHi Anna,\ndoes Friday work?\n"
			require.Equal(t, Folded{Visible: text}, Fold(text, Reply), "%s, %s: in doubt", f.language, f.program)
		}
	}
	require.GreaterOrEqual(t, len(languages), 25)
}

// TestR25_DateAndAuthorWithoutAColon is how Gmail wrote in 2012.
func TestR25_DateAndAuthorWithoutAColon(t *testing.T) {
	t.Parallel()
	f := quoteForm{"English", "Gmail of 2012", "2012/4/2 NAME <ADDR>"}
	for _, kind := range []MailKind{Reply, FirstMail} {
		requireFolded(t, f, "in one line", kind, f.filled()+"\n\n> Hi Anna,\n")
	}
	text := "Yes.\n\n" + f.filled() + "\nHi Anna,\n"
	require.Equal(t, Folded{Visible: text}, Fold(text, Reply))
}

func requireFolded(t *testing.T, f quoteForm, how string, kind MailKind, quoted string) {
	t.Helper()
	const own = "Yes, Friday works.\nSee you then: Anna\n"
	text := own + "\n" + quoted
	got := Fold(text, kind)
	require.Equal(t, own, got.Visible, "%s, %s, %s, kind %d", f.language, f.program, how, kind)
	require.Equal(t, text, got.Above+got.Visible+got.Signature+got.Quoted)
}
