package receive

import "regexp"

// Kind tells by the header what the mail is: it answers another one where a
// field or the subject says so, and passes one on where the subject says that.
func (in *Inbound) Kind() MailKind {
	switch {
	case Forwards(in.Subject):
		return PassedOn
	case in.InReplyTo != "" || len(in.References) > 0 || Answering(in.Subject):
		return Reply
	}
	return FirstMail
}

// listTag is the name of a list, or of a gateway, before a subject.
const listTag = `^\s*(\[[^\]]{1,30}\]\s*)?`

var (
	// forwardSubject begins the subject of a mail that was passed on, as programs
	// in many languages write it.
	forwardSubject = regexp.MustCompile(`(?i)` + listTag + `(fwd?|wg|tr|rv|enc|doorst|vs|vl|vb|i|ilt|pd|fs|továbbítás|trs|proslijeđeno|redir|пересл|пер|πρθ|πρω|转发|轉寄|转寄|転送|전달|הועבר|إعادة توجيه)\s?[:：]`)
	// answerSubject begins the subject of an answer.
	answerSubject = regexp.MustCompile(`(?i)` + listTag + `(re|aw|antw|antwort|sv|vá|vs|res|rif|r|odp|ynt|yan|cevap|bls|atb|ats|vast|re ?\[\d{1,3}\]|re ?\(\d{1,3}\)|réf?|rép|resp|rta|odg|отв|ответ|на|відп|απ|σχετ|回复|回覆|答复|答覆|返信|회신|답장|답글|תגובה|השב|رد|پاسخ|ตอบกลับ|trả lời|tl|bal|balas)\s?[:：]`)
)

// Forwards tells by its subject whether a mail passes another one on: that is
// what its author has to say then, so nothing below it is a quotation.
func Forwards(subject string) bool { return forwardSubject.MatchString(subject) }

// Answering tells by its subject whether a mail answers another one.
func Answering(subject string) bool {
	return answerSubject.MatchString(subject) && !Forwards(subject)
}
