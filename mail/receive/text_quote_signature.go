package receive

import (
	"regexp"
	"strings"
)

const (
	maxSignatureLines = 15
	maxSignatures     = 3 // a signature, and the footer of a list below it
)

var (
	signatureMark = regexp.MustCompile(`^(--|—|_{5,})$`)
	// sentFrom begins the line that phones and some programs add.
	sentFrom = regexp.MustCompile(`(?i)^(sent (from|via|with)|get outlook for|von mein(em|er)|gesendet (von|mit)|envoyé (de|depuis|avec)|enviado (desde|do|de)|inviato (da|dal)|verzonden (vanaf|met|via)|skickat från|sendt fra|lähetetty|wysłan[eo] z|odesláno z|отправлено (с|из)) `)
	// shortName is the rest of it: a product's name, perhaps with its address.
	shortName = regexp.MustCompile(`^[\p{L}\p{N}' -]{2,50}([<(\[]https?://[^\s]+[>)\]])?$`)
	dashName  = regexp.MustCompile(`^[-–]\s?\p{Lu}[\p{L}.]+( \p{Lu}[\p{L}.]*){0,3}$`)
)

// signatureStart finds the first line of the signatures that end lines[:end],
// or end when there is none.
func signatureStart(lines []quoteLine, end int) int {
	for range maxSignatures {
		next, ok := oneSignature(lines, end)
		if !ok {
			break
		}
		end = next
	}
	return end
}

func oneSignature(lines []quoteLine, end int) (start int, ok bool) {
	last := end - 1
	for last >= 0 && lines[last].blank() {
		last--
	}
	if last <= 0 {
		return end, false
	}
	if isSentFrom(lines[last].text) || dashName.MatchString(lines[last].text) && lines[last-1].blank() {
		return last, true
	}
	// Words after an empty line below the mark are more than a signature: a
	// postscript, or the next section of a text that is divided by dashes.
	i := last
	for i > max(0, last-maxSignatureLines) && !lines[i].blank() && !lines[i].marked() {
		if signatureMark.MatchString(lines[i].text) {
			return i, true
		}
		i--
	}
	for i > 0 && lines[i].blank() {
		i--
	}
	return i, lines[i].sig && i > 0
}

// isSentFrom tells "Sent from my iPhone" from "Sent from my desk, it is easier
// than by phone.": a few words without punctuation.
func isSentFrom(line string) bool {
	prefix := sentFrom.FindString(line)
	return prefix != "" && shortName.MatchString(line[len(prefix):]) && len(strings.Fields(line)) <= 8
}
