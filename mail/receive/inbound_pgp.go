package receive

import (
	"regexp"
	"strings"
)

// armoredMessage begins an encrypted text of OpenPGP (RFC 9580, 6.2). One that is
// quoted does not stand at the start of its line.
var armoredMessage = regexp.MustCompile(`(?m)^-----BEGIN PGP MESSAGE(, PART [0-9X/]{1,9})?-----[ \t]*$`)

// armored tells whether a text is encrypted, or has a stretch that is.
func armored(text string) bool { return armoredMessage.MatchString(text) }

const (
	signedBegin    = "-----BEGIN PGP SIGNED MESSAGE-----"
	signatureBegin = "-----BEGIN PGP SIGNATURE-----"
	signatureEnd   = "-----END PGP SIGNATURE-----"
)

// openClearSigned takes the signature off a text that was signed by OpenPGP within
// the text itself (RFC 9580, 7): what remains is as its author wrote it.
func openClearSigned(text string) string {
	if !strings.Contains(text, signedBegin) {
		return text
	}
	var b strings.Builder
	for {
		before, signed, found := cutLineOf(text, signedBegin)
		if !found {
			break
		}
		words, signature, hasSignature := cutLineOf(skipHashes(signed), signatureBegin)
		_, after, ended := cutLineOf(signature, signatureEnd)
		if !hasSignature || !ended {
			break
		}
		b.WriteString(before + undash(words))
		text = after
	}
	b.WriteString(text)
	return b.String()
}

// cutLineOf cuts a text at the first line that is the marker, without that line.
func cutLineOf(text, marker string) (before, after string, found bool) {
	from := 0
	for {
		at := strings.Index(text[from:], marker)
		if at < 0 {
			return text, "", false
		}
		at += from
		line, rest, _ := strings.Cut(text[at:], "\n")
		if (at == 0 || text[at-1] == '\n') && strings.TrimRight(line, " \t") == marker {
			return text[:at], rest, true
		}
		from = at + len(marker)
	}
}

// skipHashes skips the lines that name the hashes, and the empty line below them.
func skipHashes(text string) string {
	for {
		line, rest, found := strings.Cut(text, "\n")
		switch {
		case strings.TrimSpace(line) == "":
			return rest
		case !found || !strings.Contains(line, ": "):
			return text
		}
		text = rest
	}
}

// undash takes off what was put before lines that begin with a dash.
func undash(text string) string {
	return strings.ReplaceAll("\n"+text, "\n- ", "\n")[1:]
}
