package receive

import (
	"regexp"
	"strings"

	"coachflow/mail/compose"
)

// The reasons of Automatic.
const (
	AutomaticOwn    = "own_mail"     // this system wrote it
	AutomaticBounce = "bounce"       // a delivery report
	AutomaticReply  = "auto_reply"   // a machine answered
	AutomaticList   = "mailing_list" // sent through a list or in bulk
)

// Automatic tells whether a machine sent the mail, and which kind. Such mail is
// never posted and never answered (RFC 3834, 2). ownAddress is the address that
// this system sends from; mail from it is its own come back. Its domain alone
// does not count, since people may write from it, too. Nor does
// X-Auto-Response-Suppress: Outlook puts it on mail that people write.
func Automatic(raw []byte, ownAddress string) (reason string, yes bool) {
	h := readFields(raw)
	switch {
	case isOwn(h, ownAddress):
		return AutomaticOwn, true
	case isBounce(h) || hasDeliveryStatus(raw):
		return AutomaticBounce, true
	case isAutoReply(h):
		return AutomaticReply, true
	case isList(h):
		return AutomaticList, true
	case nullReturnPath(h):
		// Vacation programs use the null sender, too: they have been asked
		// about first.
		return AutomaticBounce, true
	}
	return "", false
}

func isOwn(h headerFields, address string) bool {
	if h.has(compose.NotificationHeader) {
		return true
	}
	for _, a := range parseAddresses(h.get("From")) {
		if address != "" && strings.EqualFold(a.Addr, address) {
			return true
		}
	}
	return false
}

func isBounce(h headerFields) bool {
	if ctype, params := contentType(h.get("Content-Type")); ctype == "multipart/report" ||
		strings.EqualFold(params["report-type"], "delivery-status") || ctype == "message/delivery-status" {
		return true
	}
	if strings.HasPrefix(strings.ToLower(h.get("Content-Type")), "multipart/report") {
		return true // even where its parameters are broken
	}
	return h.has("X-Failed-Recipients") || daemonSender(h)
}

// hasDeliveryStatus looks for a machine-readable report among the parts. A mail
// over the limits is judged by its header alone.
func hasDeliveryStatus(raw []byte) bool {
	root, err := scanStructure(raw)
	return err == nil && anyLeaf(root, func(n *partNode) bool {
		return n.ctype == "message/delivery-status" || n.ctype == "message/global-delivery-status"
	})
}

// anyLeaf looks through the parts of the mail itself, not into attached mails.
func anyLeaf(n *partNode, match func(*partNode) bool) bool {
	for _, child := range n.children {
		if anyLeaf(child, match) {
			return true
		}
	}
	return len(n.children) == 0 && match(n)
}

var (
	daemonLocal = regexp.MustCompile(`(?i)^(mailer[-_.]?daemon|mail[-_.]?daemon|postmaster|mail(er)?[-_.]?delivery([-_.].*)?|bounces?|microsoftexchange[0-9a-f]+)(\+.*)?$`)
	daemonName  = regexp.MustCompile(`(?i)^"?\s*(mail(er)?[ -]?(delivery[ -]?)?(daemon|sub-?system|system|administrator)|mail delivery (system|subsystem|service)|internet mail delivery|delivery (subsystem|failure)|postmaster)\b`)
)

// daemonSender knows the mail systems by address and, where they give none that
// can be read, by name.
func daemonSender(h headerFields) bool {
	for _, field := range []string{"From", "Sender", "Return-Path"} {
		for _, value := range h.all(field) {
			if daemonName.MatchString(decodeHeader(value)) || daemonComment.MatchString(value) {
				return true
			}
			for _, a := range parseAddresses(value) {
				if daemonLocal.MatchString(a.Local()) || daemonName.MatchString(a.Name) {
					return true
				}
			}
			if !strings.Contains(value, "@") && daemonLocal.MatchString(strings.Trim(value, "<> ")) {
				return true
			}
		}
	}
	return false
}

// daemonComment finds "address (Mail Delivery System)".
var daemonComment = regexp.MustCompile(`(?i)\(mail delivery (system|subsystem|service)\)`)

func nullReturnPath(h headerFields) bool {
	for _, value := range h.all("Return-Path") {
		if strings.Trim(value, " \t") == "<>" {
			return true
		}
	}
	return false
}

// isAutoReply reads RFC 3834 and the fields that were used before it.
func isAutoReply(h headerFields) bool {
	for _, value := range h.all("Auto-Submitted") {
		if firstWord(value) != "no" {
			return true
		}
	}
	for _, name := range []string{"X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-AutoReply-From", "X-Auto-Reply"} {
		if h.has(name) && firstWord(h.get(name)) != "no" {
			return true
		}
	}
	if strings.EqualFold(h.get("X-Apple-Action"), "VACATION") {
		return true // iCloud sends nothing else
	}
	if h.has("X-Auto-Response-Suppress") && nullReturnPath(h) {
		return true // Exchange's out-of-office answer; people have no null sender
	}
	precedence := firstWord(h.get("Precedence"))
	return precedence == "auto_reply" || precedence == "auto-reply" || firstWord(h.get("X-Precedence")) == "auto_reply"
}

func isList(h headerFields) bool {
	for _, name := range []string{"List-Id", "List-Unsubscribe", "List-Post"} {
		if h.has(name) {
			return true
		}
	}
	switch firstWord(h.get("Precedence")) {
	case "bulk", "list", "junk":
		return true
	}
	return false
}

// firstWord is the keyword of a field with parameters or comments behind it.
func firstWord(value string) string {
	value = strings.ToLower(strings.TrimSpace(value))
	if i := strings.IndexAny(value, " \t;("); i >= 0 {
		value = value[:i]
	}
	return value
}
