package compose

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"coachflow/coaching"
)

// Limits of a template and of what is put into it, in bytes.
const (
	MaxTemplateSubject = 200
	MaxTemplateBody    = 16 << 10
	maxTemplateSlots   = 200
	maxValue           = 256 << 10
	maxLetter          = 2 << 20
	previewLength      = 110
)

// Template is a parsed notification template: a subject, and a body in
// Markdown (CommonMark, without raw HTML and images), both with placeholders
// like {{coach_name}}. A line end in the body is a line end in the letter. A
// Template does not change and may be rendered by several goroutines at once.
type Template struct {
	version string
	subject []tplSpan
	body    []tplBlock
	names   []string // by slot number
}

// ParseTemplate reads a template whose placeholders must be among allowed. A
// template that is wrong gives a *coaching.Problem with one of the codes
// template_subject_empty, template_subject_invalid, template_body_empty,
// template_too_large, template_syntax and unknown_placeholder.
func ParseTemplate(subject, body string, allowed []string) (*Template, error) {
	body = strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\r", "\n")
	subject = strings.TrimSpace(subject)
	if err := checkTemplate(subject, body); err != nil {
		return nil, err
	}
	s := slots{allowed: allowed}
	markedSubject, err := s.mark("subject", subject)
	if err != nil {
		return nil, err
	}
	markedBody, err := s.mark("body", body)
	if err != nil {
		return nil, err
	}
	blocks, err := parseBlocks(markedBody, s.names)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte("1\x00" + subject + "\x00" + body))
	return &Template{
		version: hex.EncodeToString(sum[:16]),
		subject: splitSlots(markedSubject),
		body:    blocks,
		names:   s.names,
	}, nil
}

// Version names the exact text of the template: equal texts have equal
// versions, on every machine and after every restart.
func (t *Template) Version() string { return t.version }

// Placeholders lists the names that the template uses, in the order of their
// first use.
func (t *Template) Placeholders() []string { return slices.Clone(t.names) }

// Render writes the letter. The values are data: whatever is in them, they
// stay text in the HTML, and lines of the subject they cannot begin. The
// footer says why this person got the letter. A value that is missing, or too
// large, gives a *coaching.Problem (placeholder_value_missing,
// placeholder_value_too_large); an empty value is a value.
func (t *Template) Render(given map[string]string, footer string, theme Layout) (Letter, error) {
	vs, err := t.fill(given)
	if err != nil {
		return Letter{}, err
	}
	subject := letterText{values: vs}
	subject.spans(t.subject)
	title := shorten(strings.Join(strings.Fields(subject.String()), " "), maxSubject-len("…"))
	if title == "" {
		return Letter{}, coaching.Problemf(coaching.Invalid, "template_subject_empty", "With these values the subject is empty.")
	}
	footer = cleanValue(footer)
	letter := Letter{
		Subject:         title,
		HTML:            theme.html(title, preheader(t.body, vs, previewLength), t.body, vs, t.richSlots(theme.Rich), footer),
		Text:            theme.text(textBlocks(t.body, vs, false), footer),
		TemplateVersion: t.version,
	}
	if len(letter.HTML) > maxLetter {
		return Letter{}, coaching.Problemf(coaching.TooLarge, "letter_too_large", "With these values the letter is longer than %d kB.", maxLetter>>10)
	}
	return letter, nil
}

// fill looks up and cleans the value of every slot.
func (t *Template) fill(given map[string]string) (slotValues, error) {
	vs := make(slotValues, len(t.names))
	total := 0
	for i, name := range t.names {
		v, ok := given[name]
		if !ok {
			return nil, coaching.Problemf(coaching.Invalid, "placeholder_value_missing", "There is no value for the placeholder {{%s}}.", name)
		}
		if total += len(v); total > maxValue {
			return nil, coaching.Problemf(coaching.TooLarge, "placeholder_value_too_large", "The value for the placeholder {{%s}} is too long.", name)
		}
		vs[i] = cleanValue(v)
	}
	return vs, nil
}

// richSlots are the given ready-made parts by slot number.
func (t *Template) richSlots(rich map[string]string) map[int]string {
	slots := make(map[int]string, len(rich))
	for name, html := range rich {
		if i := slices.Index(t.names, name); i >= 0 {
			slots[i] = html
		}
	}
	return slots
}

// cleanValue makes line ends \n and drops other control characters and broken
// UTF-8, which no reader could see and some programs trip over.
func cleanValue(v string) string {
	if utf8.ValidString(v) && !strings.ContainsFunc(v, func(r rune) bool { return r != '\n' && BreaksLine(r) }) {
		return v
	}
	v = strings.ToValidUTF8(strings.ReplaceAll(v, "\r\n", "\n"), "\uFFFD")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r', r == '\u2028', r == '\u2029', r == '\u0085':
			return '\n'
		case r == '\n', r == '\t':
			return r
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, v)
}

func checkTemplate(subject, body string) error {
	switch {
	case subject == "":
		return coaching.Problemf(coaching.Invalid, "template_subject_empty", "The subject is empty.").
			WithField("subject", "required", "The subject is empty.")
	case len(subject) > MaxTemplateSubject:
		return tooLarge("subject", MaxTemplateSubject)
	case len(body) > MaxTemplateBody:
		return tooLarge("body", MaxTemplateBody)
	case strings.TrimSpace(body) == "":
		return coaching.Problemf(coaching.Invalid, "template_body_empty", "The text of the mail is empty.").
			WithField("body", "required", "The text is empty.")
	case strings.ContainsFunc(subject, BreaksLine) || !utf8.ValidString(subject):
		return coaching.Problemf(coaching.Invalid, "template_subject_invalid", "The subject contains a line end or another control character.").
			WithField("subject", "control_characters", "Remove the control characters.")
	case strings.ContainsFunc(body, unusable) || !utf8.ValidString(body):
		return syntaxProblem("body", "The text contains control characters.")
	case strings.ContainsFunc(subject, isSlot):
		return syntaxProblem("subject", "The subject contains characters of the private use area.")
	}
	return nil
}

// unusable are characters that a template's body must not contain: controls
// beyond line end and tab, and those that stand for slots after marking.
func unusable(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || isSlot(r)
}

func tooLarge(field string, limit int) error {
	return coaching.Problemf(coaching.TooLarge, "template_too_large", "The %s is longer than %d bytes.", field, limit).
		WithField(field, "too_long", "At most %d bytes.", limit)
}

func syntaxProblem(field, message string) error {
	return coaching.Problemf(coaching.Invalid, "template_syntax", "%s", message).
		WithField(field, "template_syntax", "%s", message)
}

// slots numbers the placeholders of one template.
type slots struct {
	allowed []string
	names   []string
}

var placeholderRE = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.]*$`)

// mark replaces every placeholder by one character that stands for it. The
// character is neither punctuation nor space to Markdown, so **{{name}}** and
// ({{link}}) are read as if a word stood there.
func (s *slots) mark(field, text string) (string, error) {
	var b strings.Builder
	for {
		open := strings.Index(text, "{{")
		if stray := strings.Index(text, "}}"); stray >= 0 && (open < 0 || stray < open) {
			return "", syntaxProblem(field, "There is a }} without a {{ before it.")
		}
		if open < 0 {
			b.WriteString(text)
			return b.String(), nil
		}
		inner, rest, closed := strings.Cut(text[open+2:], "}}")
		if !closed || strings.ContainsAny(inner, "\n{") {
			return "", syntaxProblem(field, "A {{ is not closed by }} on the same line.")
		}
		slot, err := s.number(field, strings.TrimSpace(inner))
		if err != nil {
			return "", err
		}
		b.WriteString(text[:open])
		b.WriteRune(slotRune(slot))
		text = rest
	}
}

func (s *slots) number(field, name string) (int, error) {
	if i := slices.Index(s.names, name); i >= 0 {
		return i, nil
	}
	if !slices.Contains(s.allowed, name) {
		return 0, s.unknown(field, name)
	}
	if !placeholderRE.MatchString(name) || len(s.names) >= maxTemplateSlots {
		return 0, syntaxProblem(field, "There is a placeholder without a usable name, or there are too many.")
	}
	s.names = append(s.names, name)
	return len(s.names) - 1, nil
}

func (s *slots) unknown(field, name string) error {
	known := "{{" + strings.Join(s.allowed, "}}, {{") + "}}"
	if len(s.allowed) == 0 {
		known = "none"
	}
	return coaching.Problemf(coaching.Invalid, "unknown_placeholder",
		"There is no placeholder {{%s}}. Known here: %s.", shorten(name, 60), known).
		WithField(field, "unknown_placeholder", "{{%s}} is not known here.", shorten(name, 60))
}
