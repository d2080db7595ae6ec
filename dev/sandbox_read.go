package dev

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"strings"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/charset"
)

// What is shown of a mail is bounded, since hostile mail is what a sandbox is for.
const (
	maxShownDepth = 12
	maxShownParts = 500
)

// sandboxBody is a mail taken apart to be looked at.
type sandboxBody struct {
	Fields  []sandboxField
	Text    string
	HTML    string
	Parts   []sandboxPart // all but the text and the HTML that are shown
	Problem string        // what could not be read; empty: nothing
}

// sandboxField is a header field, decoded.
type sandboxField struct{ Name, Value string }

// sandboxPart is an attachment, an inline image or any other part.
type sandboxPart struct {
	Number int // from 1, stable for the mail
	Type   string
	Name   string
	CID    string // Content-ID, without its angle brackets
	data   []byte
}

// Size is in bytes, decoded.
func (p sandboxPart) Size() int64 { return int64(len(p.data)) }

// Body takes the mail apart and returns its plain text and its HTML; either
// may be empty.
func (m Mail) Body() (text, html string, err error) {
	raw, err := m.Raw()
	if err != nil {
		return "", "", err
	}
	body := readBody(raw)
	return body.Text, body.HTML, nil
}

var wordDecoder = mime.WordDecoder{CharsetReader: charset.Reader}

// decodeField makes encoded words (RFC 2047) readable.
func decodeField(value []byte) string {
	text := unfold(value)
	if decoded, err := wordDecoder.DecodeHeader(text); err == nil {
		text = decoded
	}
	return oneLine(strings.ToValidUTF8(text, "�"))
}

// readMailHead reads what the list of mails shows.
func readMailHead(raw []byte) Mail {
	var m Mail
	var to []string
	for name, field := range headerFields(raw) {
		_, value, _ := bytes.Cut(field, []byte(":"))
		switch strings.ToLower(name) {
		case "from":
			m.From = decodeField(value)
		case "to":
			to = append(to, decodeField(value))
		case "subject":
			m.Subject = decodeField(value)
		case "message-id":
			m.MessageID = unfold(value)
		}
	}
	m.To = strings.Join(to, ", ")
	return m
}

// readBody never fails: what cannot be read is said in Problem.
func readBody(raw []byte) sandboxBody {
	var b sandboxBody
	for name, field := range headerFields(raw) {
		_, value, _ := bytes.Cut(field, []byte(":"))
		b.Fields = append(b.Fields, sandboxField{name, decodeField(value)})
	}
	entity, err := message.Read(bytes.NewReader(raw))
	if entity == nil {
		_, rest := splitHeader(raw)
		b.Text = strings.ToValidUTF8(string(rest), "�")
		b.Problem = fmt.Sprintf("The header cannot be parsed (%v).", err)
		return b
	}
	r := bodyReader{body: &b}
	r.read(entity, 0)
	return b
}

// bodyReader walks over the parts of a mail.
type bodyReader struct {
	body  *sandboxBody
	count int
}

func (r *bodyReader) read(entity *message.Entity, depth int) {
	parts := entity.MultipartReader()
	if parts == nil {
		r.leaf(entity)
		return
	}
	if depth >= maxShownDepth {
		r.problem("parts are nested too deeply")
		return
	}
	for {
		part, err := parts.NextPart()
		if err == io.EOF || r.count >= maxShownParts {
			return
		}
		if part == nil {
			r.problem(err.Error())
			return
		}
		r.read(part, depth+1)
	}
}

func (r *bodyReader) problem(text string) {
	if r.body.Problem == "" {
		r.body.Problem = "Not all of the mail can be shown: " + text + "."
	}
}

// leaf takes a part without parts.
func (r *bodyReader) leaf(entity *message.Entity) {
	r.count++
	data, err := io.ReadAll(entity.Body)
	if err != nil {
		r.problem(err.Error())
	}
	part := sandboxPart{Number: r.count, data: data}
	mediaType, params, err := entity.Header.ContentType()
	if err != nil {
		mediaType = "application/octet-stream"
	}
	disposition, dispositionParams, _ := entity.Header.ContentDisposition() // malformed is none
	part.Type = strings.ToLower(mediaType)
	part.CID = strings.Trim(unfold([]byte(entity.Header.Get("Content-Id"))), "<>")
	part.Name = decodeField([]byte(firstOf(dispositionParams["filename"], params["name"])))
	body := part.Name == "" && !strings.EqualFold(disposition, "attachment")
	switch {
	case body && part.Type == "text/html" && r.body.HTML == "":
		r.body.HTML = strings.ToValidUTF8(string(data), "�")
	case body && part.Type == "text/plain":
		r.body.Text += strings.ToValidUTF8(string(data), "�")
	default:
		r.body.Parts = append(r.body.Parts, part)
	}
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
