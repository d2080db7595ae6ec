package receive

import (
	"slices"
	"strconv"
	"strings"
)

// paramNames are the parameters that begin where a semicolon is missing.
var paramNames = map[string]bool{
	"charset": true, "format": true, "delsp": true, "boundary": true, "name": true, "filename": true, "type": true, "size": true, "start": true,
	"creation-date": true, "modification-date": true, "read-date": true, "protocol": true, "micalg": true, "report-type": true, "smime-type": true,
	"method": true, "reply-type": true, "differences": true, "x-unix-mode": true, "x-apple-part-url": true, "x-mac-type": true, "x-mac-creator": true,
}

// freeNames are the parameters that people fill: they have blanks and semicolons
// also where no quotes are around them.
var freeNames = map[string]bool{"name": true, "filename": true}

// mediaParams reads the parameters of a field, each as far as it can be read: the
// semicolons, quotes and escapes that senders forget cost no other parameter. Of
// two with the same name the first counts. Values are as they stand, pieces and
// charsets of RFC 2231 undone.
func mediaParams(rest string) map[string]string {
	params := map[string]string{}
	pieces := map[string][]paramPiece{}
	for rest = nextParam(rest); rest != ""; rest = nextParam(rest) {
		var name, value string
		name, value, rest = takeParam(rest)
		base, piece := pieceOf(name, value)
		if piece.index < 0 {
			if _, twice := params[base]; !twice {
				params[base] = value
			}
		} else if len(pieces[base]) < maxPieces {
			pieces[base] = append(pieces[base], piece)
		}
	}
	for base, list := range pieces {
		if value := joinPieces(list); value != "" {
			params[base] = value
		}
	}
	return params
}

// nextParam skips to the next name with an equals sign.
func nextParam(s string) string {
	for {
		s = strings.TrimLeft(s, "; \t\r\n,")
		if s == "" || attributeEnd(s) > 0 {
			return s
		}
		skip := strings.IndexAny(s, "; \t\r\n")
		if skip < 0 {
			return ""
		}
		s = s[skip:]
	}
}

// attributeEnd is where the name of a parameter ends that begins here, 0 where
// none does.
func attributeEnd(s string) int {
	end := 0
	for end < len(s) && end < 60 && (s[end]|0x20 >= 'a' && s[end]|0x20 <= 'z' || s[end] >= '0' && s[end] <= '9' || s[end] == '-' || s[end] == '*' || s[end] == '_') {
		end++
	}
	if end == 0 || !strings.HasPrefix(strings.TrimLeft(s[end:], " \t\r\n"), "=") {
		return 0
	}
	return end
}

// knownParam tells whether a parameter begins here that is one of paramNames.
func knownParam(s string) bool {
	end := attributeEnd(s)
	name, _, _ := strings.Cut(strings.ToLower(s[:end]), "*")
	return paramNames[name]
}

// takeParam takes the parameter that begins here.
func takeParam(s string) (name, value, rest string) {
	end := attributeEnd(s)
	name = strings.ToLower(s[:end])
	s = strings.TrimLeft(strings.TrimLeft(s[end:], " \t\r\n")[1:], " \t\r\n")
	if strings.HasPrefix(s, `"`) {
		value, rest = quotedValue(s[1:])
		return name, value, rest
	}
	base, _, _ := strings.Cut(name, "*")
	value, rest = bareValue(s, freeNames[base])
	return name, value, rest
}

// quotedValue takes a quoted value. The quote that ends it stands before the next
// parameter or the end; others belong to the value, as senders forget to escape
// them. Without any, the value ends with the semicolon before the next parameter.
func quotedValue(s string) (value, rest string) {
	var b strings.Builder
	last := -1 // a quote that may be the last one
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
			continue
		case s[i] == '"' && endsValue(s[i+1:]):
			return b.String(), s[i+1:]
		case s[i] == '"' && last < 0:
			last = i
		case s[i] == ';' && knownParam(strings.TrimLeft(s[i+1:], " \t\r\n")) && last < 0 && unpaired(s[i+1:]):
			return b.String(), s[i:]
		}
		b.WriteByte(s[i])
	}
	if last >= 0 {
		return s[:last], s[last+1:]
	}
	return b.String(), ""
}

// endsValue tells whether a value is over, by what follows its quote.
func endsValue(after string) bool {
	trimmed := strings.TrimLeft(after, " \t\r\n")
	return trimmed == "" || trimmed[0] == ';' || trimmed[0] == ',' || knownParam(trimmed)
}

// unpaired tells whether the quotes that follow are those of other parameters, so
// that the value before has none at its end.
func unpaired(after string) bool {
	return strings.Count(after, `"`)%2 == 0
}

// bareValue takes a value without quotes: up to the semicolon or, if it is no name
// of a file, to the next blank.
func bareValue(s string, free bool) (value, rest string) {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == ';' && (!free || attributeEnd(strings.TrimLeft(s[i+1:], " \t\r\n")) > 0 || strings.TrimLeft(s[i+1:], " \t\r\n;") == ""):
			return strings.TrimSpace(s[:i]), s[i:]
		case s[i] == ' ' || s[i] == '\t' || s[i] == '\r' || s[i] == '\n':
			if !free || knownParam(s[i+1:]) {
				return strings.TrimSpace(s[:i]), s[i:]
			}
		case i == 0 && knownParam(s):
			return "", s
		}
	}
	return strings.TrimSpace(s), ""
}

// paramPiece is one piece of a value that is cut in several (RFC 2231, 3).
type paramPiece struct {
	index   int
	escaped bool
	value   string
}

const maxPieces = 200

// pieceOf splits the name of a parameter into its own and the number of a piece,
// which is negative for a value that is whole and in no charset.
func pieceOf(name, value string) (base string, piece paramPiece) {
	base, number, found := strings.Cut(name, "*")
	piece = paramPiece{index: -1, value: value}
	if !found {
		return base, piece
	}
	digits, escaped := strings.CutSuffix(number, "*")
	piece.escaped = escaped || digits == ""
	if n, err := strconv.Atoi(digits); err == nil {
		piece.index = n
	} else if digits == "" {
		piece.index = 0
	}
	return base, piece
}

// joinPieces puts the pieces of a value together, in the order of their numbers,
// and decodes it from the charset that the first one names (RFC 2231, 4).
func joinPieces(list []paramPiece) string {
	slices.SortStableFunc(list, func(a, b paramPiece) int { return a.index - b.index })
	label := ""
	var raw []byte
	for i, p := range list {
		if i == 0 && p.escaped {
			if parts := strings.SplitN(p.value, "'", 3); len(parts) == 3 {
				label, p.value = parts[0], parts[2]
			} else if len(parts) == 2 && findCharset(parts[0]).family != unknownCharset {
				label, p.value = parts[0], parts[1]
			}
		}
		if !p.escaped {
			raw = append(raw, p.value...)
			continue
		}
		raw = appendUnescaped(raw, p.value)
	}
	if label == "" {
		return string(raw)
	}
	return decodeText(raw, label, "")
}

// appendUnescaped undoes percent escapes; what is none stays.
func appendUnescaped(raw []byte, value string) []byte {
	for i := 0; i < len(value); i++ {
		if b, ok := hexByte(value[i+1:]); ok && value[i] == '%' {
			raw = append(raw, b)
			i += 2
			continue
		}
		raw = append(raw, value[i])
	}
	return raw
}
