package web

import (
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/inbox"
	"coachflow/outbox"
	"coachflow/web/parts"
)

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

// reasonWords put the reason of a mail's fate in words.
func reasonWords(reason string) string {
	if words, known := inbox.ReasonWords(reason); known {
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
	case "accepted", "completed", "sent", "delivered", "posted", "filed", "taken":
		return parts.Done
	case "active", "open", "to do", "received", "invited":
		return parts.Now
	case "sending", "paused", "held", "planned", "quarantined", "may come":
		return parts.Waits
	case "failed", "bounced", "declined":
		return parts.Trouble
	}
	return parts.Over
}

func full(t time.Time, zone *time.Location) string { return coaching.ShowTime(t, zone) }

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
