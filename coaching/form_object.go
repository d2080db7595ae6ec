package coaching

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// formObject reads the properties of one JSON object by name. Each reader
// takes its property; what is left at the end has no place in the subset, and
// is refused by name.
type formObject struct {
	parser *formParser
	path   string
	left   []formMember
}

// object opens a node as an object and refuses keys that come twice: which of
// the two counts would depend on the reader.
func (p *formParser) object(node *formNode, path string) (*formObject, bool) {
	if node.kind != formObjectNode {
		p.problem(path, "form_value_invalid", "Expected an object here.")
		return nil, false
	}
	object := &formObject{parser: p, path: path}
	seen := make(map[string]bool, len(node.members))
	for _, member := range node.members {
		if seen[member.key] {
			p.problem(formPath(path, member.key), "form_key_duplicate", "This property is given twice. Keep one.")
			continue
		}
		seen[member.key] = true
		object.left = append(object.left, member)
	}
	return object, true
}

func (o *formObject) take(key string) *formNode {
	at := slices.IndexFunc(o.left, func(m formMember) bool { return m.key == key })
	if at < 0 {
		return nil
	}
	node := o.left[at].node
	o.left = slices.Delete(o.left, at, at+1)
	return node
}

func (o *formObject) problem(key, code, format string, args ...any) {
	o.parser.problem(formPath(o.path, key), code, format, args...)
}

// end refuses every property that no reader took.
func (o *formObject) end() {
	for _, member := range o.left {
		o.problem(member.key, "form_property_unsupported",
			"The property %s is not supported in forms. Remove it from the definition.", formPath("", member.key))
	}
}

// ignore takes properties that only change how SurveyJS draws. Their values
// must be scalars, so that nothing can hide in them.
func (o *formObject) ignore(keys []string) {
	for _, key := range keys {
		if node := o.take(key); node != nil && node.kind != formScalar {
			o.problem(key, "form_value_invalid", "Expected a plain value here.")
		}
	}
}

// line reads a text on one line, words a text that may have line breaks.
func (o *formObject) line(key string, limit int) string  { return o.text(key, limit, false) }
func (o *formObject) words(key string, limit int) string { return o.text(key, limit, true) }

func (o *formObject) text(key string, limit int, breaks bool) string {
	node := o.take(key)
	if node == nil {
		return ""
	}
	path := formPath(o.path, key)
	text, ok := o.parser.localised(node, path)
	if !ok || !o.parser.checkText(text, path, limit, breaks) {
		return ""
	}
	if hasPiping(text) {
		o.parser.problem(path, "form_piping_unsupported",
			"Text in curly braces would be replaced by an answer; that is not supported. Remove the braces.")
		return ""
	}
	return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
}

// name reads a name or a value: a plain string, taken as it is.
func (o *formObject) name(key string, limit int) string {
	node := o.take(key)
	if node == nil {
		return ""
	}
	return o.parser.nameText(node, formPath(o.path, key), limit)
}

// nameText refuses numbers, too: names and values are kept as text, and 1 and
// "1" must not become two things.
func (p *formParser) nameText(node *formNode, path string, limit int) string {
	if number, ok := node.value.(json.Number); ok {
		p.problem(path, "form_value_invalid", "Write this as a text: %q.", formExcerpt(number.String(), 40))
		return ""
	}
	text, ok := node.value.(string)
	if !ok {
		p.problem(path, "form_value_invalid", "Expected a text in quotes here.")
		return ""
	}
	if !p.checkText(text, path, limit, false) {
		return ""
	}
	if text != strings.TrimSpace(text) {
		p.problem(path, "form_value_invalid", "Remove the spaces at the beginning and the end.")
		return ""
	}
	return text
}

// localised reads a text, or the object that SurveyJS writes for translated
// texts as long as it has the default language alone: showing one language and
// dropping the others silently would lose somebody's work.
func (p *formParser) localised(node *formNode, path string) (string, bool) {
	if text, ok := node.value.(string); ok {
		return text, true
	}
	if node.kind != formObjectNode {
		p.problem(path, "form_value_invalid", "Expected a text in quotes here.")
		return "", false
	}
	object, _ := p.object(node, path)
	text, ok := "", false
	if child := object.take("default"); child != nil {
		text, ok = child.value.(string)
	}
	for _, member := range object.left {
		ok = false
		object.problem(member.key, "form_language_unsupported",
			"Forms have one language. Keep the text under \"default\" only.")
	}
	if !ok && len(object.left) == 0 {
		p.problem(path, "form_value_invalid", "Expected a text, or an object with a text under \"default\".")
	}
	return text, ok
}

// checkText reports a text that is too long or holds control characters.
func (p *formParser) checkText(text, path string, limit int, breaks bool) bool {
	if n := utf8.RuneCountInString(text); n > limit {
		p.problem(path, "form_value_too_long", "This has %d characters; at most %d are allowed.", n, limit)
		return false
	}
	for _, r := range text {
		if badFormRune(r, breaks) {
			p.problem(path, "form_value_invalid", "This holds a control character (U+%04X). Remove it.", r)
			return false
		}
	}
	return true
}

func badFormRune(r rune, breaks bool) bool {
	if breaks && (r == '\n' || r == '\r' || r == '\t') {
		return false
	}
	// U+2028 and U+2029 break lines in some readers, as control characters do.
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
}

// hasPiping tells whether SurveyJS would replace a part of the text.
func hasPiping(text string) bool {
	_, rest, found := strings.Cut(text, "{")
	return found && strings.Contains(rest, "}")
}

func (o *formObject) flag(key string) bool {
	node := o.take(key)
	if node == nil {
		return false
	}
	value, ok := node.value.(bool)
	if !ok {
		o.problem(key, "form_value_invalid", "Expected true or false here.")
	}
	return value
}

// number reads a finite number; nil where there is none.
func (o *formObject) number(key string) *float64 {
	node := o.take(key)
	if node == nil {
		return nil
	}
	number, ok := node.value.(json.Number)
	if !ok {
		o.problem(key, "form_value_invalid", "Expected a number here.")
		return nil
	}
	value, err := number.Float64()
	if err != nil || math.Abs(value) > maxAnswerNumber {
		o.problem(key, "form_value_invalid", "This number is too large.")
		return nil
	}
	return &value
}

// count reads a whole number between low and high; 0 where there is none.
func (o *formObject) count(key string, low, high int) int {
	value := o.number(key)
	if value == nil {
		return 0
	}
	if *value != math.Trunc(*value) || *value < float64(low) || *value > float64(high) {
		o.problem(key, "form_value_invalid", "Expected a whole number from %d to %d.", low, high)
		return 0
	}
	return int(*value)
}

// day reads a date as 2006-01-02; SurveyJS also allows expressions there.
func (o *formObject) day(key string) string {
	node := o.take(key)
	if node == nil {
		return ""
	}
	text, ok := node.value.(string)
	if !ok || !isFormDay(text) {
		o.problem(key, "form_value_invalid", "Expected a date such as %q. Expressions are not supported.", "2026-03-04")
		return ""
	}
	return text
}

func isFormDay(text string) bool {
	day, err := time.Parse(time.DateOnly, text)
	return err == nil && day.Year() >= 1
}

// list opens an array and refuses what is none, or too long.
func (o *formObject) list(key string, limit int) ([]*formNode, bool) {
	node := o.take(key)
	if node == nil {
		return nil, false
	}
	if node.kind != formArrayNode {
		o.problem(key, "form_value_invalid", "Expected a list here.")
		return nil, false
	}
	if len(node.items) > limit {
		o.problem(key, "form_too_many", "This list has %d entries; at most %d are allowed.", len(node.items), limit)
		return nil, false
	}
	return node.items, true
}

func (p *formParser) problem(path, code, format string, args ...any) {
	p.total++
	if len(p.problems) < MaxFormProblems {
		p.problems = append(p.problems, FieldProblem{Path: path, Code: code, Message: fmt.Sprintf(format, args...)})
	}
}
