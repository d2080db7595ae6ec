package receive

import (
	"regexp"
	"strings"
)

// sentFrom begins, and sentWith is all of, the line that phones and some programs
// add below a mail, in the words of their languages.
var (
	sentFrom = regexp.MustCompile(`(?i)^((sent (wirelessly )?(from|via|with|using)|get outlook for|gesendet (von|mit)|envoyée? (de|depuis|avec|à partir de)|envoyé à partir d’|télécharger outlook pour|` +
		`enviad[oa] (desde|do|de|a partir do|com|con)|obtener outlook para|obter o outlook para|inviato (da|dal|con)|scarica outlook per|verzonden (vanaf|met|via)|verstuurd vanaf|` +
		`skickat från|hämta outlook för|sendt fra|hent outlook (til|for)|lähetetty|hanki outlook|saadetud minu|nosūtīts no|išsiųsta iš|wysłan[eo] (z|za)|pobierz (aplikację )?outlook|odesláno (z|ze)|odoslané (z|zo)|` +
		`získať outlook|trimis (de pe|din)|изпратено от|poslano (s|sa|z|iz)|послато са|отправлено (с|из)|скачать outlook|надіслано (з|із)|στάλθηκε από|εστάλη από|enviat (des de|des del)|` +
		`أُ?رسلت من|تم الإرسال من|ارسال شده از|đã gửi từ|được gửi từ|dikirim dari|dihantar daripada) |נשלח מ|ส่งจาก)`)
	sentWith = regexp.MustCompile(`(?i)^(von mein(em|er) [\p{L}\p{N} -]{2,40} gesendet|von [\p{L}\p{N} -]{2,40} (für [\p{L}\p{N} ]{2,20} )?gesendet|(az )?[\p{L}\p{N} -]{2,30}[’'-]?(omról|emről|ról|ről) küldve|` +
		`[\p{L}\p{N} ]{2,30}['’]?(umdan|imden|ımdan|dan|den) gönderildi|(私の)?[\p{L}\p{N} ]{2,30}から送信(されました)?|(나의|내) [\p{L}\p{N} ]{2,30}에서 보냄|(發|发)自我的 ?[\p{L}\p{N} ]{2,30}|從我的 ?[\p{L}\p{N} ]{2,30} ?傳送|` +
		`outlook (für|voor|til|för) (ios|android)( (beziehen|downloaden|holen))?)[.!。]?$`)
	// shortName is what follows sentFrom: a product's name, perhaps with its
	// address. With a comma in it, all words but the last begin with a capital.
	shortName = regexp.MustCompile(`^[\p{L}\p{M}\p{N}'’&®™ -]{2,50}\.?([<(\[]https?://[^\s]+[>)\]])?$|^(my |the )?([\p{Lu}\p{N}][\p{L}\p{N}&’'-]*,? ){1,6}\p{L}+\.?$`)
)

// isSentFrom tells "Sent from my iPhone" from "Sent from my desk, it is easier
// than by phone.": a few words without punctuation.
func isSentFrom(line string) bool {
	line = strings.Trim(line, "*_ ")
	if len(strings.Fields(line)) > 8 {
		return false
	}
	prefix := sentFrom.FindString(line)
	return prefix != "" && shortName.MatchString(line[len(prefix):]) || sentWith.MatchString(line)
}
