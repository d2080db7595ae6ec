package main

import (
	"strings"

	"github.com/tdewolff/parse/v2/css"
)

// matches reports whether something on the pages can match a selector: whether
// its classes, elements and data attributes are in use.
func (u *used) matches(selector tokens) bool {
	start := true // of a compound, where the name of an element can stand
	for i := 0; i < len(selector); i++ {
		token := selector[i]
		switch token.TokenType {
		case css.IdentToken:
			if start && !u.element(string(token.Data)) {
				return false
			}
			start = false
		case css.DelimToken:
			if start = token.Data[0] != '.' && token.Data[0] != '*'; token.Data[0] == '.' {
				i++
				if !u.class(string(selector[i].Data)) {
					return false
				}
			}
		case css.ColonToken:
			start = false
			i++
			if selector[i].TokenType == css.ColonToken {
				i++ // a pseudo element
			}
			if selector[i].TokenType == css.FunctionToken {
				end := closing(selector, i)
				if !u.allows(string(selector[i].Data), selector[i+1:end]) {
					return false
				}
				i = end
			}
		case css.LeftBracketToken:
			end := closing(selector, i)
			if !u.attribute(selector[i+1 : end]) {
				return false
			}
			i, start = end, false
		case css.WhitespaceToken:
			start = true
		}
	}
	return true
}

// allows looks into what a function of a selector asks for. What must not be is
// no condition: of a class that nothing has, it is always true.
func (u *used) allows(function string, arguments tokens) bool {
	switch function {
	case "is(", "where(", "has(":
		for _, alternative := range split(arguments) {
			if u.matches(alternative) {
				return true
			}
		}
		return false
	}
	return true
}

// attribute looks at what stands in brackets. Attributes of HTML itself are
// taken for used.
func (u *used) attribute(inside tokens) bool {
	name := string(inside[0].Data)
	switch {
	case name == "class":
		return u.classPart(strings.TrimSpace(strings.Trim(string(inside[len(inside)-1].Data), `"'`)))
	case strings.HasPrefix(name, "data-"):
		return u.attributes[name]
	}
	return true
}

// closing is where the bracket is closed that opens at i.
func closing(list tokens, i int) int {
	depth := 0
	for ; i < len(list); i++ {
		switch list[i].TokenType {
		case css.FunctionToken, css.LeftParenthesisToken, css.LeftBracketToken:
			depth++
		case css.RightParenthesisToken, css.RightBracketToken:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(list)
}
