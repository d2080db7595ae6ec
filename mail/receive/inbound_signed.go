package receive

import (
	"path"
	"strings"
)

// maxOpened is how often a signed mail may stand inside of another.
const maxOpened = 3

// unpack takes the mail out of one that is signed in the opaque form of S/MIME
// (RFC 8551, 3.5.2) and collects its parts instead of the sealed one. It also
// notices what is encrypted; that stays a file.
func (c *partCollector) unpack(n *partNode, body transferred) (opened bool, err error) {
	if n.ctype == "application/pgp-encrypted" {
		c.encrypted = true
	}
	if !n.sealsText() {
		return false, nil
	}
	kind, content, ok := openCMS(body.data)
	if kind == cmsUnknown { // some gateways drop the field that says so
		if decoded, encoded := decodeBase64(body.data, false); encoded {
			kind, content, ok = openCMS(decoded.data)
		}
	}
	switch {
	case kind == cmsEncrypted || !ok && declaredEncrypted(n.params["smime-type"]):
		c.encrypted = true
		return false, nil
	case !ok && strings.EqualFold(n.params["smime-type"], "certs-only"):
		return false, nil
	case !ok || !beginsAsMail(content) || c.opened == maxOpened || n.depth >= MaxNesting:
		c.damaged = true
		return false, nil
	}
	s := structureScanner{parts: c.leaves, depth: n.depth + 1}
	root, err := s.scan(content)
	if err != nil {
		c.damaged = true
		return false, nil //nolint:nilerr // it is kept as a file, as what cannot be unpacked is
	}
	c.opened++
	defer func() { c.opened-- }()
	return true, c.collect(root)
}

// sealsText tells whether a part may be a whole mail that is signed or encrypted,
// and not a signed document that somebody attached.
func (n *partNode) sealsText() bool {
	name := strings.ToLower(n.fileName())
	usual := strings.HasPrefix(name, "smime") && path.Ext(name) == ".p7m"
	switch n.ctype {
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
		return usual || name == "" || n.alone && n.params["smime-type"] != ""
	}
	return usual && n.ctype == unknownType
}

func declaredEncrypted(smimeType string) bool {
	smimeType = strings.ToLower(smimeType)
	return smimeType == "enveloped-data" || smimeType == "authenveloped-data"
}

// beginsAsMail tells whether signed content is a mail: it begins with a field
// about content, or with the empty line behind a header that has none.
func beginsAsMail(content []byte) bool {
	for len(content) > 0 {
		line, rest := cutLine(content)
		if len(line) == 0 {
			return true
		}
		name, _, ok := fieldStart(line)
		if ok && mailField(name) {
			return true
		}
		if !ok && line[0] != ' ' && line[0] != '\t' {
			return false
		}
		content = rest
	}
	return false
}
