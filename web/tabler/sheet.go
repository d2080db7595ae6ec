package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
)

// node is a part of a stylesheet: a rule (selectors and declarations), an at-rule around
// other nodes (@media, @keyframes), or one whose inside is left as it is (@property).
type node struct {
	at           string // "@media (min-width:576px)"; empty for a rule
	raw          string // the inside that is left as it is
	inside       []node
	selectors    []tokens
	declarations []declaration
}

type declaration struct {
	name  string
	value tokens
}

// custom reports whether it sets a custom property.
func (d declaration) custom() bool { return strings.HasPrefix(d.name, "--") }

type tokens []css.Token

func (t tokens) String() string {
	var out strings.Builder
	for _, token := range t {
		out.Write(token.Data)
	}
	return out.String()
}

// read parses a stylesheet. header is the comment with its licence.
func read(source []byte) (header string, sheet []node, err error) {
	r := &reader{parser: css.NewParser(parse.NewInputBytes(source), false)}
	sheet, err = r.nodes()
	return r.header, sheet, err
}

type reader struct {
	parser *css.Parser
	header string
}

// nodes reads up to the end of the file, or of the at-rule around.
func (r *reader) nodes() ([]node, error) {
	var list []node
	for {
		grammar, _, data := r.parser.Next()
		switch grammar {
		case css.ErrorGrammar:
			if err := r.parser.Err(); !errors.Is(err, io.EOF) {
				return nil, err
			}
			return list, nil
		case css.EndAtRuleGrammar:
			return list, nil
		case css.CommentGrammar:
			if r.header == "" && bytes.HasPrefix(data, []byte("/*!")) {
				r.header = string(data)
			}
		case css.AtRuleGrammar: // @charset, which the answer's content type says
		default:
			n, err := r.node(grammar, string(data))
			if err != nil {
				return nil, err
			}
			list = append(list, n)
		}
	}
}

func (r *reader) node(grammar css.GrammarType, data string) (n node, err error) {
	begin := r.values()
	switch grammar {
	case css.BeginRulesetGrammar:
		n.selectors = split(begin)
		n.declarations, err = r.rule()
	case css.BeginAtRuleGrammar:
		n.at = data + " " + strings.TrimSpace(begin.String())
		switch data {
		case "@media", "@supports", "@keyframes":
			n.inside, err = r.nodes()
		case "@property":
			n.raw, err = r.inside()
		default:
			err = fmt.Errorf("%s is new in Tabler's stylesheet: say here whether it is kept", n.at)
		}
	default:
		err = fmt.Errorf("%s in the place of a rule: %s", grammar, data)
	}
	return n, err
}

func (r *reader) rule() ([]declaration, error) {
	var list []declaration
	for {
		grammar, _, name := r.parser.Next()
		switch grammar {
		case css.EndRulesetGrammar:
			return list, nil
		case css.DeclarationGrammar, css.CustomPropertyGrammar:
			list = append(list, declaration{string(name), r.values()})
		default:
			return nil, fmt.Errorf("%s in a rule, after %v: %w", grammar, list, r.parser.Err())
		}
	}
}

// inside reads an at-rule that is not looked into.
func (r *reader) inside() (string, error) {
	var out strings.Builder
	for {
		grammar, _, data := r.parser.Next()
		switch grammar {
		case css.EndAtRuleGrammar:
			return out.String(), nil
		case css.ErrorGrammar:
			return "", r.parser.Err()
		default:
			out.Write(data)
		}
	}
}

// values are the parser's tokens, which it uses again for the next.
func (r *reader) values() tokens { return append(tokens(nil), r.parser.Values()...) }

// split parts a list of selectors at its commas.
func split(list tokens) []tokens {
	var parts []tokens
	depth, from := 0, 0
	for i, token := range list {
		switch token.TokenType {
		case css.FunctionToken, css.LeftParenthesisToken, css.LeftBracketToken:
			depth++
		case css.RightParenthesisToken, css.RightBracketToken:
			depth--
		case css.CommaToken:
			if depth == 0 {
				parts, from = append(parts, list[from:i]), i+1
			}
		}
	}
	return append(parts, list[from:])
}

// write writes a stylesheet, a rule a line, so that it can be compared and merged.
func write(out *strings.Builder, sheet []node) {
	for _, n := range sheet {
		switch {
		case n.at == "":
			for i, selector := range n.selectors {
				if i > 0 {
					out.WriteByte(',')
				}
				out.WriteString(selector.String())
			}
			out.WriteByte('{')
			for i, d := range n.declarations {
				if i > 0 {
					out.WriteByte(';')
				}
				out.WriteString(d.name + ":" + d.value.String())
			}
			out.WriteString("}\n")
		case n.raw != "":
			out.WriteString(n.at + "{" + n.raw + "}\n")
		default:
			out.WriteString(n.at + "{\n")
			write(out, n.inside)
			out.WriteString("}\n")
		}
	}
}
