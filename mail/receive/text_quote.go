package receive

import (
	"regexp"
	"strings"
)

// SplitQuote cuts a mail's text into what its author wrote and what stands
// below: the mail answered, and a signature before or after it. The two halves
// together are always the text, byte for byte; visible is never blank unless
// the text is. Answers between quoted lines stay visible with their quotes, and
// a forwarded mail is content. In doubt nothing is cut: what is folded away by
// mistake never reaches whoever reads the message as a mail.
//
// Every expression runs on one line or a handful of joined short lines, so the
// time is linear in the text.
func SplitQuote(text string) (visible, quoted string) {
	lines := cutLines(text)
	cut, forward := quoteStart(lines)
	if !forward {
		cut = signatureStart(lines, cut)
	}
	for cut > 0 && cut < len(lines) && lines[cut-1].blank() {
		cut--
	}
	if cut == 0 || cut == len(lines) {
		return text, ""
	}
	at := lines[cut].start
	return text[:at], text[at:]
}

// forwardSubject begins the subject of a mail that was passed on, as programs in
// many languages write it.
var forwardSubject = regexp.MustCompile(`(?i)^\s*(\[[^\]]{1,30}\]\s*)?(fwd?|wg|tr|rv|enc|doorst|vs|vl|vb|i|ilt|pd|转发|轉寄|転送)\s?[:：]`)

// Forwards tells by its subject whether a mail passes another one on: that is
// what its author has to say then, so nothing below it is a quotation.
func Forwards(subject string) bool { return forwardSubject.MatchString(subject) }

// quoteLine is a line without its end and surrounding space. A line longer
// than anything these rules are about has its beginning only.
type quoteLine struct {
	start int // byte offset in the text
	text  string
	sig   bool // exactly the mark before a signature (RFC 3676, 4.3)
}

const maxQuoteLine = 500 // bytes

func cutLines(text string) []quoteLine {
	lines := make([]quoteLine, 0, strings.Count(text, "\n")+1)
	for start := 0; start < len(text); {
		end := start + strings.IndexByte(text[start:], '\n') + 1
		if end == start {
			end = len(text)
		}
		whole := text[start:min(end, start+maxQuoteLine)]
		lines = append(lines, quoteLine{start: start, text: strings.TrimSpace(whole), sig: strings.TrimRight(whole, "\r\n") == "-- "})
		start = end
	}
	return lines
}

func (l quoteLine) blank() bool  { return l.text == "" }
func (l quoteLine) marked() bool { return strings.HasPrefix(l.text, ">") }

// quoteStart finds the first line of the quoted rest, len(lines) when there is
// none. forward is true when a forwarded mail follows: nothing is cut then.
func quoteStart(lines []quoteLine) (start int, forward bool) {
	lastOwn := lastOwnLine(lines, signatureStart(lines, len(lines)))
	for i, line := range lines {
		switch {
		case line.blank():
		case line.marked():
			if lastOwn < i {
				return i, false
			}
		case forwardMark.MatchString(line.text):
			return len(lines), true
		case originalMark.MatchString(line.text), headerBlockAt(lines, i):
			if !answeredBelow(lines, i, lastOwn) {
				return rulerBefore(lines, i), false
			}
		default:
			first, address, ok := replyHeaderEndingAt(lines, i)
			if ok && (lastOwn <= i || address && !markedNext(lines, i+1)) {
				return first, false
			}
		}
	}
	return len(lines), false
}

// lastOwnLine is the last line before end that the author may have written.
func lastOwnLine(lines []quoteLine, end int) int {
	for i := end - 1; i >= 0; i-- {
		if !lines[i].blank() && !lines[i].marked() {
			return i
		}
	}
	return -1
}

func markedNext(lines []quoteLine, i int) bool {
	for ; i < len(lines); i++ {
		if !lines[i].blank() {
			return lines[i].marked()
		}
	}
	return false
}

// answeredBelow tells whether the author wrote between or below the marked lines
// of the old mail whose header stands at line i.
func answeredBelow(lines []quoteLine, i, lastOwn int) bool {
	for j := i + 1; j < min(len(lines), i+maxHeaderBlock); j++ {
		if lines[j].marked() {
			return lastOwn > j
		}
		if !lines[j].blank() && labelKind(lines[j].text) == "" {
			return false
		}
	}
	return false
}

// maxHeaderBlock is how many lines the header of an old mail takes.
const maxHeaderBlock = 12

var (
	ruler       = regexp.MustCompile(`^[*_=\-–—]{3,}$`)
	forwardMark = regexp.MustCompile(`(?i)^([-_ ]{2,}\s*(forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado|messaggio inoltrato|doorgestuurd bericht|mensagem encaminhada|пересылаемое сообщение)\s*[-_ ]*|begin forwarded message:|anfang der weitergeleiteten nachricht:|début du message (réexpédié|transféré)\s*:|inizio messaggio inoltrato:)$`)
	// originalMark is the line that Outlook and others put before the old mail.
	originalMark = regexp.MustCompile(`(?i)^[-_=*]{2,}\s*(original[ -]?(message|appointment|nachricht)|reply message|ursprüngliche nachricht|message (d'origine|original)|mensaje original|messaggio originale|oorspronkelijk bericht|mensagem original|original(meddelande)?|oprindelig (meddelelse|besked)|opprinnelig melding|alkuperäinen viesti|wiadomość oryginalna|původní zpráva|исходное сообщение|orijinal mesaj|原始邮件|元のメッセージ)\s*[-_=*]*$`)
)

// rulerBefore takes a line of dashes or underscores before the old mail along.
func rulerBefore(lines []quoteLine, i int) int {
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		if ruler.MatchString(lines[j].text) {
			return j
		}
		if !lines[j].blank() {
			break
		}
	}
	return i
}

var headerLabels = []struct {
	kind  string
	label *regexp.Regexp
}{
	{"from", headerLabel(`from|von|de|da|van|od|från|fra|lähettäjä|от|kimden|差出人|发件人|寄件者|보낸 사람`)},
	{"date", headerLabel(`sent|date|gesendet|datum|envoyé|enviado( el)?|fecha|inviato|data|verzonden|skickat|sendt|dato|lähetetty|wysłano|odesláno|отправлено|дата|gönderildi|tarih|送信日時|日時|发送时间|日期|보낸 날짜`)},
	{"to", headerLabel(`to|an|à|para|a|aan|till|til|vastaanottaja|do|komu|кому|kime|宛先|收件人|받는 사람`)},
	{"subject", headerLabel(`subject|betreff|objet|asunto|oggetto|onderwerp|assunto|ämne|emne|aihe|temat|předmět|тема|konu|件名|主题|主旨|제목`)},
}

func headerLabel(words string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)^\*?(` + words + `)\s?\*?\s?[:：]\*?(\s|$|\S)`)
}

func labelKind(line string) string {
	if len(line) == 0 || !strings.ContainsAny(line[:min(len(line), 40)], ":：") {
		return ""
	}
	for _, l := range headerLabels {
		if l.label.MatchString(line) {
			return l.kind
		}
	}
	return ""
}

// headerBlockAt tells whether the header of an old mail is written out from
// line i on: at least three of From, Date, To and Subject, From and Subject
// among them, in any order, with at most two wrapped lines between. A journey
// has the others, too.
func headerBlockAt(lines []quoteLine, i int) bool {
	first := labelKind(lines[i].text)
	if first == "" {
		return false
	}
	kinds := map[string]bool{first: true}
	wrapped := 0
	for _, line := range lines[i+1 : min(len(lines), i+9)] {
		kind := labelKind(line.text)
		if kind == "" {
			if wrapped++; wrapped > 2 || line.blank() {
				break
			}
			continue
		}
		kinds[kind] = true
	}
	return kinds["from"] && kinds["subject"] && len(kinds) >= 3
}

var (
	// wroteEnd is how the line before a quotation ends: with the verb, with the
	// verb and a name, or with the bare address.
	wroteEnd = regexp.MustCompile(`(?i)((wrote|writes|schrieb|geschrieben|écrit|escribió|scritto|schreef|geschreven|escreveu|skrev|skrifaði|kirjoitti|pisze|napisał(\(a\)|a)?|napsala?(\(a\))?|написала?(\(а\))?|пишет|yazdı|写道|書きました|작성)\s*[:：]|` +
		`\b(schrieb|schreef|skrev)\s.{1,150}[:：]|<[^<>\s]{1,100}@[^<>\s]{1,100}>\)?\s?[:：])$`)
	wroteVerb = regexp.MustCompile(`(?i)(wrote|writes|schrieb|geschrieben|écrit|escribió|scritto|schreef|geschreven|escreveu|skrev|kirjoitti|napisał|napsal|написал|пишет|yazdı|写道|書きました|작성)`)
	// dateStart is at most three words ("On Mon, Apr") before the first number.
	dateStart = regexp.MustCompile(`^[^\p{L}\p{N}]{0,10}(\p{L}+[.,]{0,2}\s+){0,3}\p{N}`)
	dateLike  = regexp.MustCompile(`\d{4}|\d[:.]\d\d|\d[./-]\d`)
)

const maxHeaderLines = 5 // lines that "On … wrote:" is wrapped over

// replyHeaderEndingAt tells whether line i ends a line like "On 3 March 2024 at
// 10:00, Ann <ann@example.com> wrote:", where that line begins, and whether it
// holds an address. Without one it can be a sentence of the author's, unless
// marked lines follow.
func replyHeaderEndingAt(lines []quoteLine, i int) (first int, address, ok bool) {
	last := lines[i].text
	if !strings.HasSuffix(last, ":") && !strings.HasSuffix(last, "：") {
		return 0, false, false
	}
	joined := ""
	for k := i; k >= 0 && k > i-maxHeaderLines; k-- {
		if lines[k].blank() || lines[k].marked() || len(lines[k].text) > 300 {
			break
		}
		joined = strings.TrimSpace(lines[k].text + " " + joined)
		if dateStart.MatchString(joined) && dateLike.MatchString(joined) && wroteEnd.MatchString(joined) {
			return k, strings.Contains(joined, "@"), true
		}
	}
	address = strings.Contains(last, "@")
	return i, address, address && wroteEnd.MatchString(last) && wroteVerb.MatchString(last)
}
