package web

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/outbox"
	"coachflow/web/parts"
)

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

func choiceTexts(q coaching.Question) string {
	var texts []string
	for _, choice := range q.Choices {
		texts = append(texts, choice.Text)
	}
	return strings.Join(texts, " · ")
}

// templateWords say of an item of a template when it goes out and is due.
func templateWords(spec coaching.ItemSpec) string {
	i := itemView{}
	i.ItemSpec = spec
	words := upperFirst(string(spec.Kind)) + " · " + i.releaseWords()
	if due := i.dueWords(); due != "" {
		words += " · " + due
	}
	return words
}

func recipientWords(recipients []coaching.RecipientSpec) string {
	var names []string
	for _, r := range recipients {
		name := r.Role
		switch {
		case r.PersonID != nil:
			name = "a person of the organization"
		case r.Email != "":
			name = named(r.Name, r.Email)
		}
		if r.Optional {
			name += " (optional)"
		}
		names = append(names, name)
	}
	return "To " + strings.Join(names, ", ")
}

// quarantineReasons say to an admin why a mail was put aside.
var quarantineReasons = map[string]string{
	"address_retired":        "The address that it was sent to is not in use any more.",
	"author_unclear":         "It does not say clearly who wrote it.",
	"sender_unknown":         "It came from an address that is not known as the person's.",
	"no_results":             "The receiving mail server has not checked where it came from.",
	"results_malformed":      "What the receiving mail server says about where it came from cannot be read.",
	"dmarc_failed":           "It failed the check that protects the sender's address from being forged (DMARC).",
	"not_authenticated":      "Nothing proves that it came from the sender's address.",
	"mail_too_large":         "It is larger than 30 MB. What can be downloaded here is its header; all of it is in the folder TooLarge of the mailbox.",
	"mail_too_deep":          "It has parts within parts within parts, deeper than is safe to read.",
	"mail_unreadable":        "It cannot be read.",
	"mail_too_many_parts":    "It has more than 500 parts.",
	"mail_header_too_large":  "Its header is larger than 256 kB.",
	"repeats_itself":         "The same words came several times as an answer within an hour, as from a machine that does not say that it is one.",
	"message_id_reused":      "Another mail with the same Message-ID, but other contents, was posted before.",
	"posted_before":          "The same mail was posted before.",
	"auto_reply":             "It is an automatic reply.",
	"bounce":                 "It reports that a mail could not be delivered.",
	"mailing_list":           "It came through a mailing list.",
	"own_mail":               "It is a mail of this system that came back.",
	"answered_once":          "It answers a mail of ours whose answers nobody reads. Its sender was told so, and what to do.",
	"answered_before":        "It answers a mail of ours whose answers nobody reads. Its sender was told so within the 24 hours before.",
	"answers_an_answer":      "It answers the mail that told its sender that nobody reads.",
	"answers_like_a_machine": "It came at once as an answer, as several before it within the hour, as from a machine.",
	"share_without_file":     "It was to share a file and had none, so it is an ordinary message.",
	"share_of_many":          "It was to share a file and had several, so it is an ordinary message.",
	"share_opaque":           "It was to share a file, which its signature or encryption hides, so it is an ordinary message.",
	"share_without_name":     "It was to share a file without saying its name, so it is an ordinary message.",
}

// reasonWords put the reason of a mail's fate in words.
func reasonWords(reason string) string {
	if words, known := quarantineReasons[reason]; known {
		return words
	}
	return upperFirst(strings.ReplaceAll(reason, "_", " ")) + "."
}

var statusLabels = map[string]string{"waiting": "not sent", "sending": "about to leave", "open": "waiting for answers", "skipped": "skipped"}

// itemStatus is the state of an item in the word for its badge: not every kind
// waits for answers.
func itemStatus(i itemView) string {
	if i.closed() {
		return i.closedWords()
	}
	if word := i.words().Status; i.Status == "open" && word != "" {
		return word
	}
	return i.Status
}

func statusWords(status string) string {
	if words := statusLabels[status]; words != "" {
		return words
	}
	return strings.ReplaceAll(status, "_", " ")
}

// taskBadge is the state of a task as its badge shows it.
func taskBadge(stand app.TaskStand) string {
	return map[app.TaskStand]string{app.TaskOpen: "to do", app.TaskPending: "completed", app.TaskDone: "completed", app.TaskClosed: "closed"}[stand]
}

// toneOf is what a state means to whoever looks, whatever it is the state of.
func toneOf(status string) parts.Tone {
	switch status {
	case "accepted", "completed", "sent", "delivered", "posted", "filed":
		return parts.Done
	case "active", "open", "to do", "received", "invited":
		return parts.Now
	case "sending", "paused", "held", "planned", "quarantined":
		return parts.Waits
	case "failed", "bounced":
		return parts.Trouble
	}
	return parts.Over
}

func full(t time.Time, zone *time.Location) string { return coaching.ShowTime(t, zone) }

// short is a moment for tables, with the zone's letters.
func short(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("2 Jan 2006, 15:04 MST")
}

// firstRune is the letter on the tile of an organization without a logo.
func firstRune(name string) string {
	r, _ := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(r))
}

// upperFirst begins a sentence.
func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// questionWords say what kind of answer a question takes, and whether it must.
func questionWords(q coaching.Question) string {
	words := strings.ReplaceAll(string(q.Kind), "_", " ")
	if q.Required {
		words += ", required"
	}
	return words
}

// shown are addresses as people write them.
func shown(addresses []string) []string {
	out := make([]string, len(addresses))
	for i, address := range addresses {
		out[i] = coaching.ShowAddress(address)
	}
	return out
}

// named is a name with its address, or the address alone.
func named(name, address string) string {
	address = coaching.ShowAddress(address)
	if name == "" {
		return address
	}
	return name + " <" + address + ">"
}

// kindWords names a kind of mail in lists.
func kindWords(kind string) string {
	if letter, registered := outbox.LetterOf(coaching.NotificationKind(kind)); registered {
		return letter.Label
	}
	return upperFirst(strings.ReplaceAll(kind, "_", " "))
}

// gateWords say to whom a letter is not sent, and what becomes of it then.
func gateWords(to app.LetterGates) string {
	switch {
	case to.Active == coaching.GateRefuse:
		return "Sent to people without an account only."
	case to.Internal == coaching.GateRefuse:
		return "Sent to people with an account only."
	}
	words := "Sent with or without an account."
	switch to.Internal {
	case coaching.GateHold:
		words = "Held for people without an account, and sent when they have one."
	case coaching.GateSuppress:
		words = "Not sent to people without an account."
	}
	if to.BareEmail == coaching.GateRefuse {
		words += " Not sent to email addresses that belong to nobody in the organization."
	}
	return words
}

// mailTitle is the subject of a mail, or, of one that is not written yet, what
// it is about; items are the titles of the program's items.
func mailTitle(n app.Notification, items map[uuid.UUID]string) string {
	switch {
	case n.Subject != "":
		return n.Subject
	case n.ItemID != nil && items[*n.ItemID] != "":
		return kindWords(n.Kind) + ": " + items[*n.ItemID]
	}
	return kindWords(n.Kind)
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return strconv.Itoa(n) + " times"
}
