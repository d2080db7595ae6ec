package receive

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// headerForms are headers of the mail answered that programs write out, a line
// each divided by "|".
var headerForms = []quoteForm{
	{"English", "Outlook", "From: Clara Berg <c@in.example.org>|Sent: Monday, March 4, 2024 10:12 AM|To: Anna <anna@example.org>|Subject: Friday"},
	{"English", "Outlook for Mac", "From: Clara Berg <c@in.example.org>|Date: Monday, 4 March 2024 at 10:12|To: Anna <anna@example.org>|Subject: Friday"},
	{"English", "Outlook on the web", "________________________________|From: Clara Berg <c@in.example.org>|Sent: Monday, March 4, 2024 10:12:00 AM|To: Anna <anna@example.org>|Subject: Friday"},
	{"English", "Gmail's copy in bold", "*From:* Clara Berg <c@in.example.org>|*Sent:* Monday, March 4, 2024 10:12 AM|*To:* Anna <anna@example.org>|*Subject:* Friday"},
	{"English", "Outlook 2003", "-----Original Message-----|From: Clara Berg [mailto:c@in.example.org]|Sent: Monday, March 04, 2024 10:12 AM|To: Anna|Subject: Friday"},
	{"English", "Samsung", "-------- Original message --------|From: Clara Berg <c@in.example.org>|Date: 04/03/2024 10:12 (GMT+01:00)|To: Anna <anna@example.org>|Subject: Friday"},
	{"English", "eM Client", "------ Original Message ------|From \"Clara Berg\" <c@in.example.org>|To \"Anna\" <anna@example.org>|Date 3/4/2024 10:12:00 AM|Subject Friday"},
	{"English", "Proton Mail, older", "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐|On Monday, March 4, 2024 10:12 AM, Clara Berg <c@in.example.org> wrote:"},
	{"English", "BlackBerry", "  Original Message  |From: Clara Berg|Sent: Monday, March 4, 2024 10:12 AM|To: Anna|Reply To: Clara|Subject: Friday"},
	{"English", "HCL Notes", "From:\tClara Berg/Northwind|To:\tAnna@example.org|Date:\t03/04/2024 10:12 AM|Subject:\tFriday"},
	{"English", "Horde", "----- Message from c@in.example.org ---------|    Date: Mon, 4 Mar 2024 10:12:00 +0100|    From: Clara Berg <c@in.example.org>| Subject: Friday|      To: Anna"},
	{"English", "GroupWise", ">>> Clara Berg <c@in.example.org> 3/4/2024 10:12 AM >>>"},
	{"English", "without a subject", "From: Clara Berg <c@in.example.org>|Date: Monday, 4 March 2024|To: Anna <anna@example.org>"},
	{"German", "Outlook", "Von: Clara Berg <c@in.example.org>|Gesendet: Montag, 4. März 2024 10:12|An: Anna <anna@example.org>|Betreff: Freitag"},
	{"German", "GMX, Web.de", "Gesendet: Montag, 04. März 2024 um 10:12 Uhr|Von: \"Clara Berg\" <c@in.example.org>|An: anna@example.org|Betreff: Freitag"},
	{"German", "T-Online", "-----Original-Nachricht-----|Betreff: Freitag|Datum: 2024-03-04T10:12:00+0100|Von: \"Clara Berg\" <c@in.example.org>|An: \"anna@example.org\""},
	{"German", "Samsung", "-------- Ursprüngliche Nachricht --------|Von: Clara Berg <c@in.example.org>|Datum: 04.03.24 10:12 (GMT+01:00)|An: Anna|Betreff: Freitag"},
	{"German", "Horde", "----- Nachricht von c@in.example.org ---------|     Datum: Mon, 4 Mar 2024 10:12:00 +0100|       Von: Clara Berg <c@in.example.org>|   Betreff: Freitag|        An: Anna"},
	{"French", "Outlook", "De : Clara Berg <c@in.example.org>|Envoyé : lundi 4 mars 2024 10:12|À : Anna <anna@example.org>|Objet : Vendredi"},
	{"French", "Orange", "envoyé : 4 mars 2024 à 10:12|de : Clara Berg <c@in.example.org>|à : anna@example.org|objet : Vendredi"},
	{"French", "Free, SFR", "----- Mail original -----|De: \"Clara Berg\" <c@in.example.org>|À: \"Anna\" <anna@example.org>|Envoyé: Lundi 4 Mars 2024 10:12:00|Objet: Vendredi"},
	{"French", "Outlook 2003", "-----Message d'origine-----|De : Clara Berg [mailto:c@in.example.org]|Envoyé : lundi 4 mars 2024 10:12|À : Anna|Objet : Vendredi"},
	{"Spanish", "Outlook", "De: Clara Berg <c@in.example.org>|Enviado el: lunes, 4 de marzo de 2024 10:12|Para: Anna <anna@example.org>|Asunto: Viernes"},
	{"Italian", "Outlook", "Da: Clara Berg <c@in.example.org>|Inviato: lunedì 4 marzo 2024 10:12|A: Anna <anna@example.org>|Oggetto: Venerdì"},
	{"Italian", "Libero", "----Messaggio originale----|Da: c@in.example.org|Data: 4-mar-2024 10.12|A: <anna@example.org>|Ogg: Venerdì"},
	{"Portuguese", "Outlook", "De: Clara Berg <c@in.example.org>|Enviada em: segunda-feira, 4 de março de 2024 10:12|Para: Anna <anna@example.org>|Assunto: Sexta"},
	{"Dutch", "Outlook", "Van: Clara Berg <c@in.example.org>|Verzonden: maandag 4 maart 2024 10:12|Aan: Anna <anna@example.org>|Onderwerp: Vrijdag"},
	{"Swedish", "Outlook", "Från: Clara Berg <c@in.example.org>|Skickat: den 4 mars 2024 10:12|Till: Anna <anna@example.org>|Ämne: Fredag"},
	{"Danish", "Outlook", "Fra: Clara Berg <c@in.example.org>|Sendt: 4. marts 2024 10:12|Til: Anna <anna@example.org>|Emne: Fredag"},
	{"Norwegian", "Outlook", "Fra: Clara Berg <c@in.example.org>|Sendt: mandag 4. mars 2024 10:12|Til: Anna <anna@example.org>|Emne: Fredag"},
	{"Finnish", "Outlook", "Lähettäjä: Clara Berg <c@in.example.org>|Lähetetty: maanantai 4. maaliskuuta 2024 10.12|Vastaanottaja: Anna <anna@example.org>|Aihe: Perjantai"},
	{"Estonian", "Outlook", "Saatja: Clara Berg <c@in.example.org>|Saadetud: esmaspäev, 4. märts 2024 10:12|Adressaat: Anna <anna@example.org>|Teema: Reede"},
	{"Latvian", "Outlook", "No: Clara Berg <c@in.example.org>|Nosūtīts: pirmdiena, 2024. gada 4. marts 10:12|Kam: Anna <anna@example.org>|Tēma: Piektdiena"},
	{"Lithuanian", "Outlook", "Nuo: Clara Berg <c@in.example.org>|Išsiųsta: 2024 m. kovo 4 d., pirmadienis 10:12|Kam: Anna <anna@example.org>|Tema: Penktadienis"},
	{"Polish", "Outlook", "Od: Clara Berg <c@in.example.org>|Wysłano: poniedziałek, 4 marca 2024 10:12|Do: Anna <anna@example.org>|Temat: Piątek"},
	{"Czech", "Outlook", "Od: Clara Berg <c@in.example.org>|Odesláno: pondělí 4. března 2024 10:12|Komu: Anna <anna@example.org>|Předmět: Pátek"},
	{"Czech", "Seznam", "---------- Původní e-mail ----------|Od: Clara Berg <c@in.example.org>|Komu: Anna <anna@example.org>|Datum: 4. 3. 2024 10:12:00|Předmět: Pátek"},
	{"Slovak", "Outlook", "Od: Clara Berg <c@in.example.org>|Odoslané: pondelok 4. marca 2024 10:12|Komu: Anna <anna@example.org>|Predmet: Piatok"},
	{"Hungarian", "Outlook", "Feladó: Clara Berg <c@in.example.org>|Elküldve: 2024. március 4., hétfő 10:12|Címzett: Anna <anna@example.org>|Tárgy: Péntek"},
	{"Romanian", "Outlook", "De la: Clara Berg <c@in.example.org>|Trimis: luni, 4 martie 2024 10:12|Către: Anna <anna@example.org>|Subiect: Vineri"},
	{"Bulgarian", "Outlook", "От: Clara Berg <c@in.example.org>|Изпратено: понеделник, 4 март 2024 г. 10:12|До: Anna <anna@example.org>|Относно: Петък"},
	{"Serbian", "Outlook", "Od: Clara Berg <c@in.example.org>|Poslato: ponedeljak, 4. mart 2024. 10:12|Za: Anna <anna@example.org>|Tema: Petak"},
	{"Croatian", "Outlook", "Od: Clara Berg <c@in.example.org>|Poslano: ponedjeljak, 4. ožujka 2024. 10:12|Prima: Anna <anna@example.org>|Predmet: Petak"},
	{"Slovenian", "Outlook", "Od: Clara Berg <c@in.example.org>|Poslano: ponedeljek, 4. marec 2024 10:12|Za: Anna <anna@example.org>|Zadeva: Petek"},
	{"Russian", "Outlook", "От: Clara Berg <c@in.example.org>|Отправлено: 4 марта 2024 г. 10:12|Кому: Anna <anna@example.org>|Тема: Пятница"},
	{"Russian", "Windows Mail", "От: Clara Berg|Отправлено: \u200eпонедельник\u200e, \u200e4\u200e \u200eмарта\u200e \u200e2024\u200e г. \u200e10\u200e:\u200e12|Кому: Anna"},
	{"Ukrainian", "Outlook", "Від: Clara Berg <c@in.example.org>|Надіслано: 4 березня 2024 р. 10:12|Кому: Anna <anna@example.org>|Тема: П'ятниця"},
	{"Greek", "Outlook", "Από: Clara Berg <c@in.example.org>|Στάλθηκε: Δευτέρα, 4 Μαρτίου 2024 10:12 πμ|Προς: Anna <anna@example.org>|Θέμα: Παρασκευή"},
	{"Turkish", "Outlook", "Kimden: Clara Berg <c@in.example.org>|Gönderildi: 4 Mart 2024 Pazartesi 10:12|Kime: Anna <anna@example.org>|Konu: Cuma"},
	{"Catalan", "Outlook", "De: Clara Berg <c@in.example.org>|Enviat el: dilluns, 4 de març de 2024 10:12|Per a: Anna <anna@example.org>|Tema: Divendres"},
	{"Hebrew", "Outlook", "מאת: Clara Berg <c@in.example.org>|נשלח: יום שני 04 מרץ 2024 10:12|אל: Anna <anna@example.org>|נושא: יום שישי"},
	{"Arabic", "Outlook", "من: Clara Berg <c@in.example.org>|تم الإرسال: الاثنين، 4 مارس 2024 10:12 ص|إلى: Anna <anna@example.org>|الموضوع: الجمعة"},
	{"Thai", "Outlook", "จาก: Clara Berg <c@in.example.org>|ส่ง: 4 มีนาคม 2567 10:12|ถึง: Anna <anna@example.org>|เรื่อง: วันศุกร์"},
	{"Vietnamese", "Outlook", "Từ: Clara Berg <c@in.example.org>|Đã gửi: 04 Tháng Ba 2024 10:12|Đến: Anna <anna@example.org>|Chủ đề: Thứ Sáu"},
	{"Indonesian", "Outlook", "Dari: Clara Berg <c@in.example.org>|Dikirim: 04 Maret 2024 10:12|Kepada: Anna <anna@example.org>|Subjek: Jumat"},
	{"Japanese", "Outlook", "差出人: Clara Berg <c@in.example.org>|送信日時: 2024年3月4日月曜日 10:12|宛先: Anna <anna@example.org>|件名: 金曜日"},
	{"Korean", "Outlook", "보낸 사람: Clara Berg <c@in.example.org>|보낸 날짜: 2024년 3월 4일 월요일 오전 10:12|받는 사람: Anna <anna@example.org>|제목: 금요일"},
	{"Chinese", "Outlook", "发件人: Clara Berg <c@in.example.org>|发送时间: 2024年3月4日 10:12|收件人: Anna <anna@example.org>|主题: 星期五"},
	{"Chinese", "QQ", "------------------&nbsp;原始邮件&nbsp;------------------|发件人: \"Clara Berg\" <c@in.example.org>;|发送时间:&nbsp;2024年3月4日(星期一) 上午10:12|收件人:&nbsp;\"Anna\"<anna@example.org>;|主题:&nbsp;星期五"},
	{"Chinese", "Outlook Taiwan", "寄件者: Clara Berg <c@in.example.org>|寄件日期: 2024年3月4日 上午 10:12|收件者: Anna <anna@example.org>|主旨: 星期五"},
}

func TestR25_HeaderWrittenOutIsFoundInEveryForm(t *testing.T) {
	t.Parallel()
	languages := map[string]bool{}
	for _, f := range headerForms {
		languages[f.language] = true
		header := strings.NewReplacer("|", "\n", "&nbsp;", "\u00a0").Replace(f.line)
		quoted := header + "\n\nHi Anna,\ndoes Friday work?\n"
		requireFolded(t, f, "a block", Reply, quoted)
		if strings.Contains(header, "@") {
			requireFolded(t, f, "a block", FirstMail, quoted)
			continue
		}
		text := "Yes, Friday works.\n\n" + quoted
		require.Equal(t, Folded{Visible: text}, Fold(text, FirstMail), "in doubt: %s, %s", f.language, f.program)
	}
	require.GreaterOrEqual(t, len(languages), 30)
}

// TestR25_WhatLooksLikeAnOldMailFoldsNothingInAFirstMail: marks and lists with labels that
// authors write themselves.
func TestR25_WhatLooksLikeAnOldMailFoldsNothingInAFirstMail(t *testing.T) {
	t.Parallel()
	for _, block := range []string{
		"--- Original ---\nThe first plan was to meet weekly.", "== Original ==\nthe old text", "*** Original ***\nthe old text", "-----Original Message-----\nplease read this first",
		"-----Ursprüngliche Nachricht-----\nbitte zuerst lesen", "----- Message from the board@home -----\nwe close the site",
		"-----Original Message-----\nFrom: the team\nTo: the board\nSubject: what we said in March 2024\nwe stay", "--- Original ---\nTo: be discussed\nFrom: page 3 on",
		"From: 9:00\nTo: 10:00\nDate: 4 March\nSubject: Kickoff\n\nBring the contract.", "From: Berlin\nTo: everyone in the team\nSent: invitation by post\nSubject: Change\n\nWe move.",
		"From: 9:00\nTo: 10:00\nDate: 4 March 2024\nSubject: Kickoff, answer to anna@example.org\n\nBring the contract.", "From: Berlin\nTo: anna@example.org\nSubject: the plan of 4 March 2024, 10:12\n\nWe move.",
		"Von: Berlin\nAn: München\nDatum: 4. März 2024 um 10:12\nBetreff: Reise\n\nBitte buchen.", ">>> 3.4 Programme >>>\nwe meet", ">>> From 4 March 2024, 10:12 on >>>\nwe meet",
	} {
		text := "Hello Clara,\n\n" + block + "\nSee you on Monday.\n"
		require.Equal(t, Folded{Visible: text}, Fold(text, FirstMail))
	}
}

// TestR25_LabelsWithoutAddressOrTimeFoldNothingInAReply: a list with labels is no header.
func TestR25_LabelsWithoutAddressOrTimeFoldNothingInAReply(t *testing.T) {
	t.Parallel()
	for _, block := range []string{
		"From: 9:00\nTo: 10:00\nDate: 4 March\nSubject: Kickoff\n\nBring the contract.", "From: Berlin\nTo: everyone in the team\nSent: invitation by post\nSubject: Change\n\nWe move.",
		"Original message\nTo: be read by everybody\nof the team.", ">>> 3.4 Programme >>>\nwe meet", "Von: Berlin\nAn: München\nGesendet: von der Bahn\nBetreff: Reise\n\nBitte buchen.",
	} {
		text := "Hello Clara,\n\n" + block + "\nSee you on Monday.\n"
		require.Equal(t, Folded{Visible: text}, Fold(text, Reply))
	}
}

// Orange marks what it writes.
func TestR25_HeaderThatIsMarked(t *testing.T) {
	t.Parallel()
	const own = "Oui, vendredi.\n"
	text := own + "\n> Message du 04/03/24 10:12\n> De : \"Clara Berg\" <c@in.example.org>\n> A : anna@example.org\n> Copie à : \n> Objet : Vendredi\n> \n> Bonjour\n"
	require.Equal(t, own, Fold(text, Reply).Visible)
}

func TestR25_MailPassedOnIsContent(t *testing.T) {
	t.Parallel()
	for _, mark := range []string{
		"---------- Forwarded message ---------", "Begin forwarded message:", "---------- Weitergeleitete Nachricht ---------", "---------- Mensagem encaminhada ---------",
		"Début du message réexpédié :", "Inicio del mensaje reenviado:", "Inizio messaggio inoltrato:", "Begin doorgestuurd bericht:", "Vidarebefordrat brev:", "-------- Przekazana wiadomość --------",
		"---------- Přeposlaná zpráva ---------", "---------- Továbbított üzenet ---------", "---------- Пересылаемое сообщение ----------", "---------- İletilen Mesaj ---------", "---------- 转发的邮件 ---------",
		"---------- Προωθημένο μήνυμα ---------", "---------- הודעה שהועברה ---------", "---------- 전달된 메시지 ---------",
	} {
		text := "Please look.\n\n" + mark + "\nFrom: Bob <b@example.org>\nDate: Mon, 4 Mar 2024 10:12\nSubject: The plan\nTo: Anna\n\nThe plan\n-- \nBob\n"
		for _, kind := range []MailKind{FirstMail, Reply, PassedOn} {
			require.Equal(t, Folded{Visible: text}, Fold(text, kind), mark)
		}
	}
}
