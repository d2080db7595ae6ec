package receive

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// machineSubjects are how machines of one language begin their subjects. Words that
// mean the same are divided by "|", all in lower case.
type machineSubjects struct {
	language string
	// replies say that a machine answers: "Automatic reply: Friday".
	replies string
	// away says that somebody is not there. A person can write that of herself, so
	// it counts before the subject of the mail answered.
	away string
	// undelivered begins the subject of a bounce.
	undelivered string
}

var subjectsOfMachines = []machineSubjects{
	{"English", "automatic reply|auto reply|auto-reply|autoreply|automatic response|auto response|auto-response|autoresponse|automated reply|automated response|automatically generated reply|out of office autoreply|out of office auto reply|out of office auto-reply|out-of-office autoreply|out of office reply|out of office notification|out of office automatic reply|vacation reply|vacation response|vacation autoreply|automatic out of office reply",
		"out of office|out of the office|out-of-office|away from my mail|away from the office|on vacation|on leave|vacation|ooo|away|auto", "undeliverable|undeliverable mail|undeliverable message|undelivered mail returned to sender|mail delivery failed|mail delivery failure|mail delivery system|delivery status notification|delivery failure|delivery has failed|delivery notification|returned mail|failure notice|message undeliverable|mail system error - returned mail|non delivery report|non-delivery report|warning: could not send message|message delivery failure"},
	{"German", "automatische antwort|automatisierte antwort|automatische rückantwort|autom. antwort|autoantwort|auto-antwort|abwesenheitsnotiz|abwesenheitsnachricht|abwesenheitsbenachrichtigung|abwesenheitsmeldung|abwesenheitsassistent|automatische abwesenheitsnotiz|automatische abwesenheitsmeldung|urlaubsbenachrichtigung|automatische empfangsbestätigung",
		"abwesend|abwesenheit|nicht im büro|außer haus|ausser haus|im urlaub", "unzustellbar|nicht zustellbar|unzustellbare nachricht|zustellung fehlgeschlagen|zustellungsfehler|nicht zugestellt"},
	{"French", "réponse automatique|réponse auto|reponse automatique|message automatique|réponse d'absence du bureau|réponse automatique d'absence|notification d'absence|message d'absence", "absence du bureau|absence|absent du bureau|absent|absente", "non remis|non distribuable|échec de remise|non délivré|échec de la remise"},
	{"Spanish", "respuesta automática|respuesta automatica|contestación automática|contestador automático|respuesta automática de fuera de la oficina|mensaje automático|auto respuesta|autorespuesta|autorrespuesta", "fuera de la oficina|fuera de oficina|ausencia|de vacaciones", "no se puede entregar|no entregado|mensaje no entregado|error de entrega|no entregable"},
	{"Italian", "risposta automatica|risponditore automatico|risposta automatica fuori sede|messaggio automatico|autorisposta|notifica di assenza|avviso di assenza", "fuori sede|fuori ufficio|assente|in ferie|assenza", "non recapitabile|mancato recapito|recapito non riuscito|messaggio non recapitabile"},
	{"Portuguese", "resposta automática|resposta automatica|mensagem automática|resposta automática de ausência|aviso de ausência|notificação de ausência", "ausência temporária|ausente|fora do escritório|fora da empresa|de férias|ausência", "não é possível entregar|não entregue|falha na entrega|não foi possível entregar|não entregável"},
	{"Dutch", "automatisch antwoord|automatische reactie|automatisch bericht|automatische beantwoording|afwezigheidsbericht|afwezigheidsmelding|automatisch afwezigheidsbericht|out of office antwoord", "afwezig|niet aanwezig|niet op kantoor|afwezigheid", "onbestelbaar|niet bezorgd|niet te bezorgen|bezorging mislukt"},
	{"Swedish", "autosvar|automatiskt svar|automatsvar|frånvaromeddelande|automatiskt frånvaromeddelande", "frånvarande|ej på kontoret|inte på kontoret|semester", "kan inte levereras|olevererat|det går inte att leverera|ej levererat"},
	{"Danish", "automatisk svar|autosvar|automatiske svar|fraværsbesked|automatisk fraværsbesked", "ikke til stede|fraværende|ikke på kontoret|på ferie", "kan ikke leveres|uleveret|ikke leveret"},
	{"Norwegian", "automatisk svar|autosvar|automatisk svarmelding|fraværsmelding|automatisk fraværsmelding", "ikke til stede|fraværende|ikke på kontoret|på ferie", "kan ikke leveres|ikke levert|ulevert"},
	{"Icelandic", "sjálfvirkt svar|sjálfkrafa svar", "fjarverandi|ekki við", "ekki hægt að afhenda"},
	{"Finnish", "automaattinen vastaus|automaattivastaus|poissaoloviesti|automaattinen poissaoloviesti|poissaoloilmoitus", "poissa|poissa toimistosta|lomalla", "toimittamatta jäänyt|viestiä ei voida toimittaa|ei toimitettavissa"},
	{"Estonian", "automaatvastus|automaatne vastus|kontorist väljas automaatvastus", "kontorist väljas|puhkusel", "kättetoimetamatu|pole kättetoimetatav"},
	{"Latvian", "automātiska atbilde|automātiskā atbilde|automātisks ziņojums", "prombūtnē|ārpus biroja", "nav piegādājams|nepiegādājams"},
	{"Lithuanian", "automatinis atsakymas|automatinis atsakiklis|automatinis pranešimas", "ne darbo vietoje|nesu biure|atostogose", "nepristatyta|neįmanoma pristatyti"},
	{"Polish", "automatyczna odpowiedź|autoodpowiedź|odpowiedź automatyczna|odp. automatyczna|wiadomość automatyczna|powiadomienie o nieobecności", "nieobecność|poza biurem|nieobecny|nieobecna|urlop", "niedostarczalne|niedostarczona|niedostarczono|nie można dostarczyć"},
	{"Czech", "automatická odpověď|automaticka odpoved|automatická zpráva|automatická odpověď v nepřítomnosti|odpověď v nepřítomnosti", "mimo kancelář|nepřítomnost|nepřítomen|nepřítomna|dovolená", "nedoručitelné|nedoručeno|nelze doručit"},
	{"Slovak", "automatická odpoveď|automaticka odpoved|automatická správa|odpoveď v neprítomnosti", "mimo kancelárie|neprítomnosť|neprítomný|neprítomná|dovolenka", "nedoručiteľné|nedoručené|nie je možné doručiť"},
	{"Hungarian", "automatikus válasz|automatikus válaszüzenet|automatikus üzenet|házon kívül automatikus válasz", "házon kívül|szabadságon|távollét", "kézbesíthetetlen|nem kézbesíthető"},
	{"Romanian", "răspuns automat|raspuns automat|mesaj automat|răspuns automat absent de la birou", "absent de la birou|în concediu|plecat din birou", "nu se poate livra|nelivrabil|nelivrat"},
	{"Bulgarian", "автоматичен отговор|автоматично съобщение|автоматичен отговор извън офиса", "извън офиса|отсъствам|в отпуск", "не може да се достави|недоставено"},
	{"Serbian", "automatski odgovor|аутоматски одговор|automatska poruka|аутоматска порука", "van kancelarije|ван канцеларије|na odmoru|odsutan|odsutna", "nije isporučeno|није испоручено|ne može da se isporuči"},
	{"Croatian", "automatski odgovor|automatska poruka", "izvan ureda|nisam u uredu|odsutan|odsutna|godišnji odmor", "nije moguće isporučiti|neisporučeno|neisporučivo"},
	{"Slovenian", "samodejni odgovor|avtomatski odgovor|samodejno sporočilo", "odsotnost|odsoten|odsotna|zunaj pisarne", "ni mogoče dostaviti|nedostavljivo"},
	{"Albanian", "përgjigje automatike", "jashtë zyrës", "nuk mund të dorëzohet"},
	{"Macedonian", "автоматски одговор", "надвор од канцеларија", "не може да се достави"},
	{"Russian", "автоматический ответ|автоответ|автоответчик|авто-ответ|автоматическое уведомление|автоматическое сообщение", "нет на месте|вне офиса|отсутствую|в отпуске|отпуск|отсутствие на рабочем месте", "не доставлено|недоставленное сообщение|недоставлено|сообщение не доставлено"},
	{"Ukrainian", "автоматична відповідь|автовідповідь|автоматичне повідомлення|автовідповідач", "немає на місці|поза офісом|відсутній|відсутня|у відпустці", "не доставлено|недоставлено|не вдалося доставити"},
	{"Greek", "αυτόματη απάντηση|αυτόματο μήνυμα|αυτόματη απάντηση εκτός γραφείου", "εκτός γραφείου|απουσία", "δεν παραδόθηκε|αδύνατη η παράδοση|μη παραδοτέο"},
	{"Turkish", "otomatik yanıt|otomatik cevap|otomatik mesaj|ofis dışında otomatik yanıtı", "ofis dışında|ofis dışı|izinde|iş yerinde değil", "teslim edilemedi|teslim edilemez|teslim edilemeyen"},
	{"Catalan", "resposta automàtica|missatge automàtic", "fora de l'oficina|fora de l’oficina|absència|de vacances", "no es pot lliurar|no lliurat"},
	{"Galician", "resposta automática|mensaxe automática", "fóra da oficina", "non entregable"},
	{"Basque", "erantzun automatikoa", "bulegotik kanpo", "entregatu ezina"},
	{"Hebrew", "תשובה אוטומטית|מענה אוטומטי|תגובה אוטומטית|הודעה אוטומטית", "מחוץ למשרד|לא במשרד|בחופשה", "לא ניתן למסירה|ההודעה לא נמסרה"},
	{"Arabic", "رد تلقائي|الرد التلقائي|رد آلي|الرد الآلي|رسالة تلقائية", "خارج المكتب|في إجازة", "غير قابل للتسليم|تعذر التسليم|لم يتم التسليم"},
	{"Persian", "پاسخ خودکار|پیام خودکار", "خارج از دفتر|در مرخصی", "غیر قابل تحویل"},
	{"Hindi", "स्वचालित उत्तर|स्वतः उत्तर|स्वचालित जवाब", "कार्यालय से बाहर", "वितरित नहीं"},
	{"Thai", "ตอบกลับอัตโนมัติ|การตอบกลับอัตโนมัติ|ข้อความตอบกลับอัตโนมัติ", "ไม่อยู่ที่สำนักงาน|ไม่อยู่ที่ทำงาน", "ไม่สามารถส่งได้|ส่งไม่ได้"},
	{"Vietnamese", "trả lời tự động|thư trả lời tự động|phản hồi tự động", "vắng mặt|không có mặt tại văn phòng", "không thể gửi|không gửi được"},
	{"Indonesian", "balasan otomatis|jawaban otomatis|pesan otomatis", "di luar kantor|sedang cuti", "tidak terkirim|tidak dapat dikirim"},
	{"Malay", "balasan automatik|jawapan automatik", "di luar pejabat", "tidak dapat dihantar"},
	{"Japanese", "自動応答|自動返信|自動回答|不在通知|自動応答メール|不在応答", "不在|外出中|休暇中", "配信不能|配信できません|配信不可|未配信"},
	{"Korean", "자동 회신|자동 응답|자동회신|자동응답|자동 답장|부재 중 자동 회신|부재중 자동응답", "부재 중|부재중|휴가 중", "배달되지 않음|배달할 수 없음|전송 실패|반송"},
	{"Chinese", "自动答复|自动回复|自動回覆|自動答覆|自動回應|自动应答|自动响应|外出自动回复|外出自動回覆", "外出|不在办公室|不在辦公室|休假", "未送达|无法传递|未傳遞|無法傳遞|未送達的郵件|系统退信|无法送达|退信"},
}

// subjectStarts gives the beginnings in a field of the table.
func subjectStarts(field func(machineSubjects) string) []string {
	var starts []string
	for _, language := range subjectsOfMachines {
		for _, start := range strings.Split(field(language), "|") {
			starts = append(starts, foldCase(start))
		}
	}
	return starts
}

var (
	replyStarts       = subjectStarts(func(m machineSubjects) string { return m.replies })
	awayStarts        = subjectStarts(func(m machineSubjects) string { return m.away })
	undeliveredStarts = subjectStarts(func(m machineSubjects) string { return m.undelivered })
)

// sameLetters are small letters whose capital is that of another one.
var sameLetters = strings.NewReplacer("ς", "σ", "ı", "i", "i\u0307", "i")

// foldCase makes equal what differs in capitals, or in how accents are written.
func foldCase(s string) string {
	return sameLetters.Replace(norm.NFC.String(strings.ToLower(s)))
}

// subjectBegins tells whether a subject begins with one of the words and what
// follows is no further word of a sentence; rest is what stands behind.
func subjectBegins(subject string, starts []string) (rest string, yes bool) {
	subject = strings.TrimLeft(subject, "\"'“„«‚‘*!( ")
	if strings.HasPrefix(subject, "[") { // "[Auto-Reply] Friday"
		subject = strings.Replace(subject[1:], "]", ":", 1)
	}
	lower := foldCase(subject)
	for _, start := range starts {
		if behind, found := strings.CutPrefix(lower, start); found && endsWord(behind) {
			return strings.Trim(behind, " :：-–—!.)]\"'”»’"), true
		}
	}
	return "", false
}

// endsWord tells whether what follows the words is the sign that divides them from
// the subject of the mail answered, or nothing.
func endsWord(behind string) bool {
	behind = strings.TrimLeft(behind, " )\"'”»’")
	first, _ := utf8.DecodeRuneInString(behind)
	return behind == "" || strings.ContainsRune(":：-–—|!.([", first)
}
