package coaching

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// formNode is one value of a JSON text, with what encoding/json loses when it
// decodes into maps: the order of the keys and whether one came twice.
type formNode struct {
	value   any // string, json.Number, bool or nil for scalars
	members []formMember
	items   []*formNode
	kind    formNodeKind
}

type formMember struct {
	key  string
	node *formNode
}

type formNodeKind int

const (
	formScalar formNodeKind = iota
	formObjectNode
	formArrayNode
)

var errFormDepth = errors.New("nested too deeply")

// readFormTree reads one JSON value and nothing behind it. Depth is bounded
// before recursion, so that brackets alone cannot exhaust the stack.
func readFormTree(data []byte) (*formNode, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("the text is not valid UTF-8")
	}
	// A first pass checks the grammar and that nothing follows.
	if err := json.Unmarshal(data, new(json.RawMessage)); err != nil {
		return nil, formSyntax(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return readFormNode(decoder, 0)
}

// formSyntax says where a JSON text broke, without the decoder's own prefix.
func formSyntax(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("%s, at byte %d", syntax.Error(), syntax.Offset)
	}
	return err
}

func readFormNode(decoder *json.Decoder, depth int) (*formNode, error) {
	if depth > maxFormDepth {
		return nil, errFormDepth
	}
	token, err := decoder.Token()
	if err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	switch token {
	case json.Delim('{'):
		return readFormObject(decoder, depth)
	case json.Delim('['):
		return readFormArray(decoder, depth)
	}
	return &formNode{kind: formScalar, value: token}, nil
}

func readFormObject(decoder *json.Decoder, depth int) (*formNode, error) {
	node := &formNode{kind: formObjectNode}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, fmt.Errorf("read JSON key: %w", err)
		}
		key, ok := token.(string)
		if !ok {
			return nil, io.ErrUnexpectedEOF
		}
		child, err := readFormNode(decoder, depth+1)
		if err != nil {
			return nil, err
		}
		node.members = append(node.members, formMember{key, child})
	}
	return node, endFormNode(decoder)
}

func readFormArray(decoder *json.Decoder, depth int) (*formNode, error) {
	node := &formNode{kind: formArrayNode}
	for decoder.More() {
		child, err := readFormNode(decoder, depth+1)
		if err != nil {
			return nil, err
		}
		node.items = append(node.items, child)
	}
	return node, endFormNode(decoder)
}

// endFormNode takes the closing bracket.
func endFormNode(decoder *json.Decoder) error {
	if _, err := decoder.Token(); err != nil {
		return fmt.Errorf("read JSON: %w", err)
	}
	return nil
}

// formPath appends a key to a path. A key that is no plain word is quoted and
// cut: it comes from outside and is shown to people.
func formPath(path, key string) string {
	if !plainFormKey(key) {
		key = strconv.Quote(formExcerpt(key, 40))
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

func plainFormKey(key string) bool {
	if key == "" || utf8.RuneCountInString(key) > 60 {
		return false
	}
	for _, r := range key {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '-' && r != '$' {
			return false
		}
	}
	return true
}

// formExcerpt is the first n characters of s.
func formExcerpt(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i] + "…"
		}
		n--
	}
	return s
}

func formItemPath(path string, index int) string {
	return path + "[" + strconv.Itoa(index) + "]"
}
