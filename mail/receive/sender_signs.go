package receive

import "regexp"

// Automatic tells whether a machine sent the mail, and which kind, as long as
// nothing is known of its sender: see Signs.
func Automatic(raw []byte, ownAddress string) (reason string, yes bool) {
	return ReadSigns(raw, ownAddress).Automatic(false)
}

// Signs are what in a mail says that a machine sent it. Such mail is never posted
// and never answered (RFC 3834, 2).
type Signs struct {
	// Proof is the reason, where a sign is there that no mail of a person has; ""
	// for none.
	Proof string
	// Hints are signs that mail of people has, too: forwarding services add
	// Precedence, customer databases List-Unsubscribe, Outlook
	// X-Auto-Response-Suppress.
	Hints []Hint
}

// Hint is one sign that is no proof.
type Hint struct {
	Name   string
	Reason string // what the mail is, if a machine sent it
	// Common marks one that is on so much mail of people that it says nothing alone,
	// whoever the sender is.
	Common bool
}

// Automatic decides. Of a known sender, whose address is one of the person that
// is expected to write, one hint is not believed: at worst a machine's mail is
// posted or quarantined, where it can be seen. Two hints are, and any but a common
// one where the sender is unknown.
func (s Signs) Automatic(knownSender bool) (reason string, yes bool) {
	if s.Proof != "" {
		return s.Proof, true
	}
	if len(s.Hints) > 1 || len(s.Hints) == 1 && !knownSender && !s.Hints[0].Common {
		return s.Hints[0].Reason, true
	}
	return "", false
}

// ReadSigns looks for the signs. ownAddress is the address that this system sends
// from; mail from it is its own come back. Its domain alone does not count, since
// people may write from it, too.
func ReadSigns(raw []byte, ownAddress string) Signs {
	h := readFields(raw)
	switch {
	case isOwn(h, ownAddress):
		return Signs{Proof: AutomaticOwn}
	case isBounce(h) || hasDeliveryStatus(raw):
		return Signs{Proof: AutomaticBounce}
	case isAutoReply(h):
		return Signs{Proof: AutomaticReply}
	case isList(h):
		return Signs{Proof: AutomaticList}
	case nullReturnPath(h):
		// Vacation programs use the null sender, too: they have been asked
		// about first.
		return Signs{Proof: AutomaticBounce}
	}
	return Signs{Hints: hints(h, raw)}
}

// hints are found in their order of weight.
func hints(h headerFields, raw []byte) []Hint {
	var found []Hint
	add := func(is bool, name, reason string, common bool) {
		if is {
			found = append(found, Hint{name, reason, common})
		}
	}
	_, undelivered := subjectBegins(plainLine(decodeHeader(h.get("Subject"))), undeliveredStarts)
	add(bouncePath(h), "bounce_path", AutomaticBounce, false)
	add(isBulk(h), "precedence", AutomaticList, false)
	add(h.has("List-Unsubscribe"), "list_unsubscribe", AutomaticList, false)
	add(undelivered, "undelivered_subject", AutomaticBounce, true)
	add(undelivered && smtpStatus.Match(raw[:min(len(raw), MaxHeaderSize)]), "smtp_status", AutomaticBounce, true)
	add(suppressesAnswers(h), "auto_response_suppress", AutomaticReply, true)
	return found
}

// smtpStatus is what a mail server answers to a mail that it does not take (RFC
// 5321, 4.2; RFC 3463).
var smtpStatus = regexp.MustCompile(`\b55[0-9][ -]|\b[45]\.[0-7]\.[0-9]{1,3}\b`)
