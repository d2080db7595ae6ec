package receive

import "strings"

// replyWords are the words that mail programs of one language put around the
// mail that somebody answers. Words that mean the same are divided by "|", all
// in lower case.
type replyWords struct {
	language string
	// wrote are the verbs of "On 4 March, Ann wrote:".
	wrote string
	// quoting begins "Quoting Ann <ann@example.com>:".
	quoting string
	// original stands between dashes before the mail answered.
	original string
	// forwarded stands between dashes, or before a colon, above a mail passed on.
	forwarded string
	// from, sent, date, to and subject are the labels of a header written out.
	// What only a mail has, as "Sent:", is sent; what a journey has, too, is date.
	from, sent, date, to, subject string
}

// quoteWords come from what the programs write (Gmail, Apple Mail, Outlook,
// Thunderbird, K-9 Mail, Roundcube, Horde and the webmailers of the countries).
var quoteWords = []replyWords{
	{"English", "wrote|writes", "quoting", "original message|original-message|original appointment|reply message|original|original mail|original email", "forwarded message|forwarded mail|begin forwarded message", "from", "sent|sent at|sent on", "date", "to", "subject"},
	{"German", "schrieb|geschrieben|schreibt", "zitat von", "ursprüngliche nachricht|original-nachricht|originalnachricht|original nachricht|ursprünglicher termin|originaltermin|urspr. nachr.", "weitergeleitete nachricht|anfang der weitergeleiteten nachricht|weitergeleitete e-mail", "von|absender", "gesendet|gesendet am", "datum", "an|empfänger", "betreff"},
	{"French", "écrit", "citation de", "message d'origine|message d’origine|message original|message initial|mail original|courriel initial|courriel original|message d'origine de l'expéditeur|e-mail d'origine|e-mail d’origine", "message transféré|message réexpédié|début du message réexpédié|début du message transféré|mail transféré", "de|expéditeur", "envoyé|envoyé le|envoyée", "date", "à|a|pour|destinataire", "objet|sujet"},
	{"Spanish", "escribió|escribio", "citando|estase citando", "mensaje original|correo original|mensaje de origen", "mensaje reenviado|inicio del mensaje reenviado|mensaje enviado", "de|remitente", "enviado|enviado el|enviada el", "fecha", "para|a|destinatario", "asunto"},
	{"Italian", "scritto", "citando|citazione di", "messaggio originale|messaggio d'origine", "messaggio inoltrato|inizio messaggio inoltrato|messaggio inoltrato da", "da|mittente", "inviato|inviato il|inviata", "data", "a|destinatario", "oggetto"},
	{"Portuguese", "escreveu|escreve", "citando", "mensagem original|correio original|e-mail original", "mensagem encaminhada|mensagem reencaminhada|início da mensagem encaminhada|início da mensagem reencaminhada|mensagem reenviada", "de|remetente", "enviado|enviada|enviada em|enviado em|enviada a|enviado a", "data", "para|destinatário", "assunto"},
	{"Dutch", "schreef|geschreven|schrijft", "citeren|citaat van", "oorspronkelijk bericht|oorspronkelijke bericht|origineel bericht|oorspronkelijke afspraak|origineel", "doorgestuurd bericht|begin doorgestuurd bericht|doorgezonden bericht", "van|afzender", "verzonden|verzonden op", "datum", "aan|ontvanger", "onderwerp"},
	{"Afrikaans", "geskryf|skryf", "", "oorspronklike boodskap|oorspronklike bericht", "aangestuurde boodskap", "vanaf", "gestuur", "datum", "aan", "onderwerp"},
	{"Swedish", "skrev|skriver", "citerar", "ursprungligt meddelande|originalmeddelande|original meddelande|originalmeddelandet|ursprunglig avtalad tid", "vidarebefordrat meddelande|vidarebefordrat brev|vidarebefordrat mail", "från|avsändare", "skickat|skickades", "datum", "till|mottagare", "ämne"},
	{"Danish", "skrev|skriver", "citat af|citat", "oprindelig meddelelse|oprindelig besked|original besked|original meddelelse|originalmeddelelse|oprindelig aftale", "videresendt meddelelse|videresendt besked|start på videresendt besked", "fra|afsender", "sendt", "dato", "til|modtager", "emne"},
	{"Norwegian", "skrev|skriver|skreiv", "siterer", "opprinnelig melding|original melding|opphavleg melding|opprinnelig avtale", "videresendt melding|videresendt e-post|begynnelse på videresendt melding", "fra|avsender|frå", "sendt", "dato", "til|mottaker", "emne"},
	{"Icelandic", "skrifaði", "vísa til", "upprunaleg skilaboð|upphafleg skilaboð|uppruna boð", "framsend skilaboð|áframsend skilaboð", "frá", "sent", "dagsetning", "til", "efni|titill|viðfangsefni"},
	{"Finnish", "kirjoitti|kirjoittaa", "lainaus", "alkuperäinen viesti|alkuperäinen sähköpostiviesti|alkuperäinen tapaaminen", "välitetty viesti|edelleenlähetetty viesti|välitetty viesti alkaa", "lähettäjä", "lähetetty", "päivämäärä|päiväys|pvm", "vastaanottaja|kenelle", "aihe"},
	{"Estonian", "kirjutas|kirjutab", "", "algne kiri|esialgne kiri|algne sõnum|algsõnum|originaalsõnum|algne e-kiri", "edastatud kiri|edastatud sõnum", "saatja|kellelt", "saadetud", "kuupäev", "saaja|adressaat|kellele", "teema|pealkiri"},
	{"Latvian", "rakstīja|raksta", "citēju", "sākotnējā ziņa|sākotnējais ziņojums|sākotnējā vēstule|oriģinālais ziņojums", "pārsūtīta ziņa|pārsūtīts ziņojums|pāradresēta vēstule|pārsūtīta vēstule", "no|sūtītājs", "nosūtīts|nosūtīta", "datums", "kam|adresāts|saņēmējs", "tēma|temats"},
	{"Lithuanian", "rašė|parašė|rašo", "cituojama", "originalus laiškas|pradinis laiškas|pirminis laiškas|pradinis pranešimas|originalus tekstas", "persiųstas laiškas|persiunčiamas laiškas|persiųstas pranešimas", "nuo|siuntėjas", "išsiųsta|siųsta", "data", "kam|gavėjas|iki", "tema"},
	{"Polish", "napisał|napisała|napisał(a)|napisał/a|pisze|napisana|napisane", "cytowanie|cytuję", "wiadomość oryginalna|oryginalna wiadomość|wiadomość pierwotna|treść oryginalnej wiadomości|oryginalny e-mail|termin oryginalny", "przekazana wiadomość|wiadomość przekazana|przesłana wiadomość|wiadomość przekierowana|początek przekazywanej wiadomości|treść przekazanej wiadomości", "od|nadawca", "wysłano|wysłane|wysłany|data wysłania", "data", "do|adresat", "temat"},
	{"Czech", "napsal|napsala|napsal(a)|píše", "cituji|citát", "původní zpráva|původní e-mail|původní mail|originální zpráva|původní schůzka", "přeposlaná zpráva|předaná zpráva|přeposlaný e-mail|začátek přeposílané zprávy", "od|odesílatel", "odesláno", "datum", "komu|adresát", "předmět"},
	{"Slovak", "napísal|napísala|napísal(a)|píše", "citát|citujem", "pôvodná správa|pôvodný e-mail|pôvodná plánovaná činnosť", "preposlaná správa|odovzdaná správa|začiatok preposlanej správy|ďalej odoslaná správa", "od|odosielateľ", "odoslané|odoslaná", "dátum", "komu|adresát", "predmet"},
	{"Hungarian", "írta|írja", "idézet", "eredeti üzenet|eredeti levél|eredeti e-mail", "továbbított üzenet|továbbított levél|kezdődik a továbbított üzenet", "feladó", "elküldve|küldve|küldés ideje", "dátum", "címzett", "tárgy"},
	{"Romanian", "scris", "citez pe|citat", "mesaj original|mesajul original|mesaj inițial|mesaj iniţial", "mesaj redirecționat|mesaj redirecţionat|mesaj transmis|mesaj trimis mai departe|începutul mesajului redirecționat", "de la|expeditor|din", "trimis|trimis la|trimis pe|trimisă", "data|dată", "către|catre|la|destinatar|pentru", "subiect"},
	{"Bulgarian", "написа|пише|написал|написала", "цитирам", "оригинално съобщение|оригинално писмо|първоначално съобщение", "препратено съобщение|препратено писмо|начало на препратеното съобщение", "от|подател", "изпратено|изпратен", "дата", "до|получател", "относно|тема|заглавие"},
	{"Macedonian", "напиша|напишал|напишала", "", "оригинална порака", "препратена порака", "од", "испратено", "датум", "до|за", "тема|наслов"},
	{"Serbian", "написао|написала|написао/ла|је написао|napisao|napisala|napisao/la|piše|пише", "citiram|цитирам", "оригинална порука|originalna poruka|изворна порука|izvorna poruka", "прослеђена порука|prosleđena poruka|прослеђена поруке", "од|od|шаље|šalje|пошиљалац|pošiljalac", "послато|poslato|датум слања", "датум|datum|време|vreme", "за|za|прима|prima|коме|kome|do", "тема|tema|наслов|naslov|предмет|predmet"},
	{"Croatian", "napisao|napisala|napisao/la|napisao(la)|piše|napiše", "citiram", "izvorna poruka|originalna poruka|izvorni sastanak", "proslijeđena poruka|proslijeđeno|početak proslijeđene poruke", "od|šalje|pošiljatelj|šalje se", "poslano|vrijeme slanja", "datum|vrijeme", "za|prima|primatelj|do", "predmet|naslov"},
	{"Slovenian", "napisal|napisala|napisal/-a|piše|sporoča", "citiram", "izvirno sporočilo|izvorno sporočilo|originalno sporočilo|prvotno sporočilo", "posredovano sporočilo|začetek posredovanega sporočila", "od|pošiljatelj", "poslano", "datum", "za|prejemnik|komu", "zadeva"},
	{"Albanian", "shkroi|shkruan", "", "mesazhi origjinal|mesazh origjinal", "mesazh i përcjellë", "nga", "dërguar|dërguar më", "data", "për|te", "subjekti|subjekt|tema"},
	{"Russian", "пишет|написал|написала|написал(а)|писал(а)|писал|писала", "цитирую", "исходное сообщение|оригинальное сообщение|первоначальное сообщение|исходное письмо|оригинал", "пересылаемое сообщение|пересланное сообщение|пересылаемое письмо|начало переадресованного сообщения|перенаправленное сообщение|пересланное письмо", "от|от кого|отправитель", "отправлено|дата отправки|отправлен", "дата", "кому|получатель", "тема"},
	{"Ukrainian", "пише|написав|написала|написав(ла)|написав(-ла)|писав", "цитую", "оригінальне повідомлення|вихідне повідомлення|початкове повідомлення|оригінальний лист", "переслане повідомлення|пересилання повідомлення|переслано|початок переадресованого повідомлення|переадресоване повідомлення", "від|від кого|відправник", "надіслано|відправлено", "дата", "кому|до|одержувач", "тема"},
	{"Belarusian", "піша|напісаў|напісала", "", "зыходны ліст|арыгінальнае паведамленне", "перасланае паведамленне", "ад", "адпраўлена", "дата", "каму", "тэма"},
	{"Greek", "έγραψε|γράφει|έγραψες", "παράθεση", "αρχικό μήνυμα|πρωτότυπο μήνυμα|αρχική συνάντηση", "προωθημένο μήνυμα|έναρξη προωθημένου μηνύματος", "από|αποστολέας", "στάλθηκε|εστάλη|αποστολή", "ημερομηνία", "προς|παραλήπτης", "θέμα"},
	{"Turkish", "yazdı|yazmış|yazıyor|yazıb", "alıntı|alinti", "orijinal mesaj|orijinal ileti|özgün ileti|özgün mesaj|asıl mesaj|orijinal e-posta", "iletilen mesaj|yönlendirilmiş mesaj|iletilmiş ileti|yönlendirilen ileti|iletilmiş mesajın başlangıcı|iletilen ileti", "kimden|gönderen|gönderici", "gönderildi|gönderilme|gönderme tarihi|gönderilme tarihi|gönderim zamanı", "tarih", "kime|alıcı", "konu"},
	{"Catalan", "escriure|escrit|escrigué|missatge", "s'està citant|s’està citant", "missatge original", "missatge reenviat|inici del missatge reenviat", "de|remitent", "enviat|enviat el|enviat a", "data", "per a|a|destinatari|per", "assumpte|tema"},
	{"Galician", "escribiu|escribeu", "", "mensaxe orixinal", "mensaxe reenviada", "de|dende|remitente", "enviado|enviado o", "data", "para|a", "asunto"},
	{"Basque", "idatzi", "", "jatorrizko mezua", "birbidalitako mezua", "nork|igorlea|bidaltzailea", "bidalia|bidalita|bidaltze-data", "data", "nori|hartzailea|norentzat", "gaia"},
	{"Irish", "scríobh", "", "bunteachtaireacht|an teachtaireacht bhunaidh", "teachtaireacht curtha ar aghaidh", "ó", "seolta", "dáta", "chuig", "ábhar"},
	{"Welsh", "ysgrifennodd", "", "neges wreiddiol", "neges wedi'i anfon ymlaen", "oddi wrth", "anfonwyd", "dyddiad", "at", "pwnc"},
	{"Esperanto", "skribis", "", "originala mesaĝo", "plusendita mesaĝo", "de", "sendita", "dato", "al", "temo"},
	{"Azerbaijani", "yazıb|yazdı", "", "orijinal məktub", "ötürülən məktub", "kimdən", "göndərilib", "tarix", "kimə", "mövzu"},
	{"Armenian", "գրեց|գրել", "", "առաջին հաղորդագրությունը|նախորդ հաղորդագրութիւնը", "", "ուղարկող|ումից", "ուղարկված", "ամսաթիվ", "ստացող|ում", "վերնագիր|թեմա"},
	{"Georgian", "დაწერა", "", "ორიგინალი შეტყობინება|საწყისი მესიჯი", "გადაგზავნილი შეტყობინება", "გამგზავნი|ვისგან", "გაიგზავნა", "თარიღი", "ვის|მიმღები", "სათაური|საგანი|თემა"},
	{"Hebrew", "כתב|כתבה|כתב/ה|מאת", "", "ההודעה המקורית|הודעה מקורית|הודעה מקורית מאת", "הודעה שהועברה|תחילת ההודעה שהועברה", "מאת|מ", "נשלח|נשלחה|נשלח ב", "תאריך", "אל|ל", "נושא|הנידון"},
	{"Arabic", "كتب|كتبت|كَتَب|كتابة|كتب/ت", "", "الرسالة الأصلية|رسالة أصلية|الرسالة الأساسية|الرسالة الأصليَّة", "رسالة معاد توجيهها|رسالة مُعاد توجيهها|بداية الرسالة المعاد توجيهها|الرسالة المعاد توجيهها", "من|المرسل|مِن", "تم الإرسال|أرسلت|تاريخ الإرسال|أُرسلت|مُرسَل|المُرسل", "التاريخ|تاريخ", "إلى|الى|المستقبل", "الموضوع"},
	{"Persian", "نوشت|نوشته", "نقل قول", "پیام اصلی|پیام نخستین|نامه اصلی", "پیام بازارسالشده|پیام هدایت شده|پیام ارسال شده", "از|فرستنده", "ارسال|ارسال شده|فرستاده شده", "تاریخ", "به|گیرنده", "موضوع"},
	{"Hindi", "लिखा", "", "मूल संदेश|मूल मैसेज|पुराना मैसेज", "अग्रेषित संदेश|फ़ॉरवर्ड किया गया संदेश|फ़ॉरवर्ड किया गया मैसेज", "प्रेषक|से|भेजने वाला|द्वारा", "भेजा गया|प्रेषित|भेजा", "दिनांक|तारीख|तिथि", "प्रति|को|पाने वाला|प्रापक", "विषय|विशय|सबजेक्ट"},
	{"Thai", "เขียน", "", "ข้อความต้นฉบับ|ข้อความเดิม", "ข้อความที่ส่งต่อ|ข้อความที่ถูกส่งต่อ", "จาก|ผู้ส่ง", "ส่ง|ส่งเมื่อ", "วันที่", "ถึง|ผู้รับ", "เรื่อง|หัวเรื่อง|หัวจดหมาย"},
	{"Vietnamese", "viết", "", "thư gốc|tin nhắn gốc|thông điệp gốc|nội dung gốc", "thư đã chuyển tiếp|tin nhắn được chuyển tiếp|forwarded message", "từ|người gửi|gửi từ", "đã gửi|gửi|ngày gửi|gửi lúc|đã gửi lúc", "ngày", "đến|tới|người nhận", "chủ đề|tiêu đề"},
	{"Indonesian", "menulis", "", "pesan asli|pesan orisinal|email asli", "pesan terusan|pesan yang diteruskan|mulai meneruskan pesan", "dari|pengirim", "dikirim|terkirim", "tanggal", "kepada|untuk|ke|penerima", "subjek|perihal|judul"},
	{"Malay", "menulis", "", "mesej asal", "mesej yang dimajukan|mesej dikirim semula", "daripada", "dihantar", "tarikh", "kepada", "subjek|perkara"},
	{"Filipino", "isinulat|sumulat", "", "orihinal na mensahe", "naipasang mensahe", "mula kay|mula sa", "ipinadala", "petsa", "para kay|para sa", "paksa"},
	{"Swahili", "aliandika", "", "ujumbe asili", "ujumbe uliosambazwa", "kutoka", "imetumwa", "tarehe", "kwa", "mada"},
	{"Japanese", "書きました|書いた|のメール|のメッセージ|より", "引用", "元のメッセージ|オリジナルメッセージ|元メール|元のメール|元の予定", "転送されたメッセージ|転送メッセージ|転送メール", "差出人|送信者|発信者|送信元", "送信日時|送信日|送信時刻", "日時|日付", "宛先|宛て先|受信者|収件人", "件名"},
	{"Korean", "작성|쓴 글|쓴 내용|썼습니다|이 씀|보낸 글|님의 말", "인용", "원본 메시지|원본 메일|원본메시지|원본 이메일", "전달된 메시지|전달된 메일|전달한 메시지", "보낸 사람|보낸사람|보낸이|발신", "보낸 날짜|보낸날짜|보낸시간|보낸 시간", "날짜|일시", "받는 사람|받는사람|받는이|수신", "제목"},
	{"Chinese", "写道|寫道|寫到|写到|撰写|來信寫道", "引用|引述", "原始邮件|原始郵件|原邮件|原郵件|回复的原邮件|回覆的原郵件|原信件|原始信件|初始邮件", "转发的邮件|轉寄的郵件|轉寄郵件|已转发的邮件|转发邮件信息|转发邮件|開始轉寄郵件|已轉寄郵件", "发件人|發件人|寄件者|寄件人|发信人", "发送时间|发送日期|發送時間|發送日期|傳送時間|寄件日期|寄件時間|寄送日期|傳送日期", "日期|时间|時間", "收件人|收件者", "主题|主題|主旨|标题"},
}

// inReplyWords gives, by word, what the words of a field of the table mean.
func inReplyWords(field func(replyWords) string) map[string]bool {
	set := map[string]bool{}
	for _, language := range quoteWords {
		for _, word := range strings.Split(field(language), "|") {
			if word != "" {
				set[word] = true
			}
		}
	}
	return set
}

var (
	originalWords  = inReplyWords(func(w replyWords) string { return w.original })
	forwardedWords = inReplyWords(func(w replyWords) string { return w.forwarded })
	labelWords     = readLabels()
)

// The kinds of labels of a header written out.
const (
	labelFrom    = "from"
	labelSent    = "sent"
	labelDate    = "date"
	labelTo      = "to"
	labelSubject = "subject"
)

// readLabels gives the kinds that a label can have: "a" is To in Italian, "de"
// is From in French, and "от" is From in Russian, but the words of two kinds
// in two languages are kept for both.
func readLabels() map[string][]string {
	labels := map[string][]string{}
	for kind, field := range map[string]func(replyWords) string{
		labelFrom: func(w replyWords) string { return w.from }, labelSent: func(w replyWords) string { return w.sent },
		labelDate: func(w replyWords) string { return w.date }, labelTo: func(w replyWords) string { return w.to },
		labelSubject: func(w replyWords) string { return w.subject },
	} {
		for word := range inReplyWords(field) {
			labels[word] = append(labels[word], kind)
		}
	}
	return labels
}
