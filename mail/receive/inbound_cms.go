package receive

import (
	"bytes"
	"encoding/asn1"
)

// cmsKind says what a message of the Cryptographic Message Syntax holds (RFC 5652).
type cmsKind int

const (
	cmsUnknown   cmsKind = iota
	cmsSigned            // content and signatures
	cmsEncrypted         // for programs that have the key
)

// The types of CMS messages, as their encoded object identifiers.
var (
	oidSigned    = encodedOID(1, 2, 840, 113549, 1, 7, 2)
	oidEncrypted = [][]byte{
		encodedOID(1, 2, 840, 113549, 1, 7, 3),         // enveloped-data
		encodedOID(1, 2, 840, 113549, 1, 7, 6),         // encrypted-data
		encodedOID(1, 2, 840, 113549, 1, 9, 16, 1, 23), // auth-enveloped-data
	}
)

func encodedOID(arcs ...int) []byte {
	der, err := asn1.Marshal(asn1.ObjectIdentifier(arcs))
	if err != nil {
		panic(err) // the arcs are constants
	}
	return der[2:]
}

// openCMS reads what a CMS message holds and, of a signed one, its content. No
// signature is checked: who wrote a mail is decided by other means. It reads BER,
// which leaves lengths open (X.690, 8.1.3.6), since programs that sign while they
// write send that; time is linear, and depth bounded.
func openCMS(data []byte) (kind cmsKind, content []byte, ok bool) {
	message, _, ok := readBER(data)
	if !ok || message.tag != tagSequence {
		return cmsUnknown, nil, false
	}
	fields := berFields{rest: message.body}
	oid := fields.next(tagOID)
	for _, encrypted := range oidEncrypted {
		if bytes.Equal(oid.body, encrypted) {
			return cmsEncrypted, nil, true
		}
	}
	if !bytes.Equal(oid.body, oidSigned) {
		return cmsUnknown, nil, false
	}
	signed := berFields{rest: fields.next(tagExplicit).body}
	signed = berFields{rest: signed.next(tagSequence).body}
	signed.next(tagInteger) // the version
	signed.next(tagSet)     // the hashes
	inner := berFields{rest: signed.next(tagSequence).body}
	inner.next(tagOID) // the type of the content
	octets := berFields{rest: inner.next(tagExplicit).body}
	content, ok = octets.octets()
	return cmsSigned, content, ok
}

// The identifier octets that are of use here, without the bit that says whether
// an element is made of others.
const (
	tagInteger  = 0x02
	tagOctets   = 0x04
	tagOID      = 0x06
	tagSequence = 0x10
	tagSet      = 0x11
	tagExplicit = 0x80 // [0]

	tagConstructed = 0x20
	tagEnd         = 0x00
)

// berElement is one element: its tag, and the bytes in it.
type berElement struct {
	tag         byte
	constructed bool
	body        []byte
}

// berFields reads the elements of a constructed one in their order. After the
// first that is not as expected all are empty.
type berFields struct{ rest []byte }

func (f *berFields) next(tag byte) berElement {
	e, rest, ok := readBER(f.rest)
	if !ok || e.tag != tag {
		f.rest = nil
		return berElement{}
	}
	f.rest = rest
	return e
}

// octets reads an octet string, which may be made of several.
func (f *berFields) octets() ([]byte, bool) {
	e, _, ok := readBER(f.rest)
	if !ok || e.tag != tagOctets {
		return nil, false
	}
	if !e.constructed {
		return e.body, true
	}
	content := make([]byte, 0, len(e.body))
	return appendOctets(content, e.body, maxBER)
}

func appendOctets(content, pieces []byte, depth int) ([]byte, bool) {
	for len(pieces) > 0 {
		e, rest, ok := readBER(pieces)
		if !ok || e.tag != tagOctets || depth == 0 {
			return content, false
		}
		pieces = rest
		if !e.constructed {
			content = append(content, e.body...)
		} else if content, ok = appendOctets(content, e.body, depth-1); !ok {
			return content, false
		}
	}
	return content, true
}

// maxBER is how deep elements of open length may be nested.
const maxBER = 16

// readBER takes the first element.
func readBER(data []byte) (e berElement, rest []byte, ok bool) {
	tag, header, size, ok := berHeader(data)
	if !ok {
		return e, nil, false
	}
	e = berElement{tag: tag &^ tagConstructed, constructed: tag&tagConstructed != 0}
	if size >= 0 {
		e.body = data[header : header+size]
		return e, data[header+size:], true
	}
	if end, ok := openEnd(data[header:]); ok {
		e.body = data[header : header+end]
		return e, data[header+end+2:], true
	}
	return e, nil, false
}

// openEnd is the length of the elements up to the mark that ends one of open length.
func openEnd(data []byte) (end int, ok bool) {
	open := 1
	for end < len(data) {
		tag, header, size, ok := berHeader(data[end:])
		switch {
		case !ok:
			return 0, false
		case tag == tagEnd && size == 0:
			if open--; open == 0 {
				return end, true
			}
			end += header
		case size < 0:
			if open++; open > maxBER {
				return 0, false
			}
			end += header
		default:
			end += header + size
		}
	}
	return 0, false
}

// berHeader reads identifier and length; size is negative for an open length. All
// of the element is there.
func berHeader(data []byte) (tag byte, header, size int, ok bool) {
	if len(data) < 2 || data[0]&0x1f == 0x1f { // no tag here has more than one byte
		return 0, 0, 0, false
	}
	tag, first := data[0], data[1]
	header = 2
	switch {
	case first == 0x80:
		return tag, header, -1, tag&tagConstructed != 0
	case first < 0x80:
		size = int(first)
	default:
		bytes := int(first &^ 0x80)
		if bytes > 4 || len(data) < 2+bytes {
			return 0, 0, 0, false
		}
		for _, b := range data[2 : 2+bytes] {
			size = size<<8 | int(b)
		}
		header += bytes
	}
	return tag, header, size, size <= len(data)-header
}
