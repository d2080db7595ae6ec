package receive

import "regexp"

const (
	maxSignatureLines = 15
	maxSignatures     = 3 // a signature, and the footer of a list below it
	maxFooterLines    = 30
)

var (
	signatureMark = regexp.MustCompile(`^(--|—|_{5,})$`)
	// footerMark divides what a list or a scanner adds below everything.
	footerMark = regexp.MustCompile(`^(--|—|_{5,}|-{5,}|={5,})$`)
	dashName   = regexp.MustCompile(`^[-–]\s?\p{Lu}[\p{L}.]+( \p{Lu}[\p{L}.]*){0,3}$`)
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
	for i > max(0, last-maxSignatureLines) && !lines[i].blank() && !lines[i].marked {
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

// footerStart finds where the signatures below everything begin, or the footer
// of a list: a divider right below the last marked line, and a few lines.
func footerStart(lines []quoteLine) int {
	end := signatureStart(lines, len(lines))
	for i := end - 1; i >= max(0, end-maxFooterLines); i-- {
		if lines[i].marked {
			break
		}
		if footerMark.MatchString(lines[i].text) && markedBefore(lines, i) {
			return i
		}
	}
	return end
}

// markedBefore tells whether the last line above line i that is not blank is
// marked.
func markedBefore(lines []quoteLine, i int) bool {
	for i--; i >= 0; i-- {
		if !lines[i].blank() {
			return lines[i].marked
		}
	}
	return false
}
