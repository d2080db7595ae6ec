package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/parts"
)

// itemView is an item with what its reader may do with it.
type itemView struct {
	app.Item
	engagement engagementView
	Number     int
	Current    bool // is shown open
	Turn       bool // all items before it are complete or skipped
	Reader     uuid.UUID
}

// URL is a page of the item.
func (i itemView) URL(page string) string {
	return i.engagement.URL("items/" + i.ID.String() + "/" + page)
}

// anchor is where the item stands on the program's page.
func (i itemView) anchor() string { return i.engagement.URL("") + "#item-" + i.ID.String() }

func (i itemView) running() bool {
	return i.engagement.MayRun && i.engagement.StartedAt != nil && !i.engagement.over()
}

func (i itemView) ended() bool {
	return i.Status == "completed" || i.Status == "skipped" || i.closed()
}

// closed reports that the engagement has ended while the item was open.
func (i itemView) closed() bool { return i.Status == app.ItemClosed }

func (i itemView) closedWords() string { return "closed, not " + i.words().Done }

func (i itemView) issued() bool { return i.IssuedAt != nil }

func (i itemView) canEdit() bool { return i.engagement.MayRun && !i.engagement.over() }

func (i itemView) canChange() bool {
	if i.rules().Meets && i.issued() {
		return false // what can be changed of it stands on the page of the session
	}
	return i.canEdit() && (i.Status == "waiting" || i.Status == "open")
}

func (i itemView) canSend() bool {
	if i.rules().Meets && i.issued() && i.sessionState() != coaching.SessionScheduled && !i.toBook() {
		return false
	}
	return i.running() && !i.ended() && i.SendAt == nil
}

func (i itemView) canTake() bool { return i.running() && i.SendAt != nil && !i.ended() }

func (i itemView) canSkip() bool { return i.running() && !i.ended() }

func (i itemView) canReopen() bool { return i.running() && i.ended() }

func (i itemView) answered() int {
	n := 0
	for _, r := range i.To {
		if r.AnsweredAt != nil {
			n++
		}
	}
	return n
}

// answersWord counts the answers of the present round; those of earlier ones
// stand on the page, too.
func (i itemView) answersWord() string {
	if i.answered() == 0 {
		return "Answers"
	}
	return "Answers (" + strconv.Itoa(i.answered()) + ")"
}

func (i itemView) sendWord() string {
	if i.issued() {
		return "Send again"
	}
	if i.rules().Meets && !i.SelfBooked() {
		return "Open for scheduling"
	}
	return "Send now"
}

// step is the item as a step of the program's page.
func (i itemView) step() parts.Step {
	aside, at := i.aside()
	return parts.Step{ID: i.stepID(), Number: strconv.Itoa(i.Number) + ".", Title: i.Title, Tone: i.tone(), State: i.stateWords(),
		Aside: aside, At: at, Open: i.Current, Movable: i.canEdit(), Skipped: i.Status == "skipped"}
}

// tone is where the item stands. Of an engagement that is over, what was not done is
// over, too.
func (i itemView) tone() parts.Tone {
	switch {
	case i.Status == "completed":
		return parts.Done
	case i.Status == "skipped" || i.engagement.over():
		return parts.Over
	case i.overdue():
		return parts.Trouble
	case i.Status == "open":
		return parts.Now
	case i.Status == "sending" || i.waitsForHand():
		return parts.Waits
	}
	return parts.Over
}

func (i itemView) overdue() bool {
	return i.Status == "open" && i.DueAt != nil && i.DueAt.Before(time.Now())
}

func (i itemView) stateWords() string {
	switch {
	case i.overdue():
		return "overdue"
	case i.waitsForHand():
		return "waits for you"
	case i.rules().Meets && i.Status == "open":
		return i.sessionBadge()
	}
	return statusWords(itemStatus(i))
}

// waitsForHand reports whether nothing but somebody's act is missing for the item to be
// sent.
func (i itemView) waitsForHand() bool {
	return i.running() && i.Status == "waiting" && i.Turn && i.Next != nil && i.Next.What == "release_by_hand"
}

// aside says in short what comes next, with its moment.
func (i itemView) aside() (string, *time.Time) {
	switch {
	case i.engagement.over() || i.ended():
		return "", nil
	case i.Status == "open" && i.DueAt != nil:
		return "due", i.DueAt
	case i.rules().Meets && i.sessionState() == coaching.SessionScheduled:
		return "", i.Session.StartsAt
	case i.rules().Meets && i.Status == "open":
		return "", nil
	case i.Status == "open" && i.engagement.MayRun && len(i.To) > 1:
		return strconv.Itoa(i.answered()) + " of " + strconv.Itoa(len(i.To)) + " " + i.words().Past, nil
	case i.Status == "waiting" && i.Next != nil && i.Next.What == "release" && i.Next.At != nil:
		return "goes out", i.Next.At
	}
	return "", nil
}

// current is the item that is shown open: the first that is under way, or the first that
// waits for somebody.
func current(items []itemView) int {
	for _, wanted := range []parts.Tone{parts.Trouble, parts.Now, parts.Waits} {
		for n, item := range items {
			if item.tone() == wanted {
				return n
			}
		}
	}
	return -1
}

// progress is how far the program is.
func (p programView) progress() parts.Progress {
	var out parts.Progress
	for _, item := range p.Items {
		out = append(out, item.tone())
	}
	return out
}

func (p programView) progressWords() string {
	return strconv.Itoa(p.progress().Done()) + " of " + parts.Count(len(p.Items), "item", "items") + " done"
}

// mine is the reader's own place among the recipients.
func (i itemView) mine() *app.ItemRecipient {
	for n := range i.To {
		if i.To[n].PersonID != nil && *i.To[n].PersonID == i.Reader {
			return &i.To[n]
		}
	}
	return nil
}

// sentWord says of an item that went out whether its mails did, too.
func (i itemView) sentWord() string {
	if i.rules().Meets {
		return "Opened"
	}
	for _, r := range i.To {
		if !strings.HasPrefix(r.Undelivered, "held ") {
			return "Sent"
		}
	}
	return "Held since"
}

func (i itemView) rules() coaching.KindRules { return i.Kind.Rules() }

func (i itemView) words() coaching.KindWords { return i.rules().Words }

// myPage is where the reader completes their own part of the item; empty where
// that is not done on a page of ours.
func (i itemView) myPage() string {
	path := i.rules().Path
	if path == "" || i.mine() == nil || !i.issued() {
		return ""
	}
	return path + i.ID.String()
}

// myPart says to a coachee what an item is to them.
func (i itemView) myPart() string {
	mine := i.mine()
	switch {
	case mine == nil || !i.issued():
		return ""
	case mine.AnsweredAt != nil:
		return "You " + i.words().Past + " on " + parts.Short(*mine.AnsweredAt, i.engagement.Zone) + "."
	case i.closed():
		return upperFirst(i.closedWords()) + ": the engagement has ended."
	case i.Status == "open" && i.words().YoursSince != "":
		return i.words().Yours + " " + i.words().YoursSince + " " + parts.Short(*i.IssuedAt, i.engagement.Zone) + "."
	case i.Status == "open":
		return i.words().Yours
	}
	return ""
}

// sentence says what comes next, or how it ended.
func (i itemView) sentence() string {
	switch next := nextSentence(i.Item, i.engagement.Zone); {
	case i.closed():
		return upperFirst(i.closedWords()) + ": the engagement has ended."
	case next != "" && !i.engagement.over():
		return next
	case i.Status == "completed" && i.DoneAt != nil:
		return "Completed on " + full(*i.DoneAt, i.engagement.Zone) + "."
	case i.Status == "skipped" && i.DoneAt != nil:
		return "Skipped on " + full(*i.DoneAt, i.engagement.Zone) + "."
	case i.Status == "open" && i.rules().Meets:
		return i.sessionSentence()
	case i.Status == "open":
		return "All reminders have been sent."
	}
	return ""
}

func (i itemView) releaseWords() string {
	switch i.Release.Rule {
	case coaching.At:
		return "Goes out at a fixed time: " + wall(*i.Release.At) + ", the recipient's time"
	case coaching.AfterPrior:
		if i.Number == 1 && i.Release.Delay == nil {
			return "Goes out when the engagement starts"
		}
		if i.Number == 1 {
			return "Goes out " + delayWords(*i.Release.Delay) + " after the start of the engagement"
		}
		if d := i.Release.Delay; d != nil && d.Amount > 0 {
			return "Goes out " + delayWords(*d) + " after the item before it is complete"
		}
		return "Goes out when the item before it is complete"
	}
	return "Is sent by hand"
}

func (i itemView) dueWords() string {
	switch {
	case i.DueAt != nil:
		return "Due on " + full(*i.DueAt, i.engagement.Zone)
	case i.Due == nil:
		return ""
	case i.Due.At != nil:
		return "Due on " + wall(*i.Due.At) + ", the recipient's time"
	}
	return "Due " + delayWords(*i.Due.After) + " after it went out"
}

// wall shows a date and a time of day that belong to no zone yet.
func wall(l coaching.LocalTime) string {
	return l.In(time.UTC).Format("Monday, 2 January 2006, 15:04")
}

func delayWords(d coaching.Delay) string {
	unit := strings.ReplaceAll(string(d.Unit), "_", " ")
	if d.Amount == 1 {
		unit = strings.TrimSuffix(unit, "s")
	}
	return strconv.Itoa(d.Amount) + " " + unit
}

func sendClass(i itemView) string {
	if i.Next != nil && i.Next.What == "release_by_hand" {
		return "btn-sm btn-primary"
	}
	return "btn-sm"
}

// letterOptions are the mails about an item.
func letterOptions(i itemView) []option {
	var options []option
	first := i.FirstLetter() // which the preview begins with
	letters := slices.DeleteFunc(coaching.LettersOf(i.Kind).All(), func(kind coaching.NotificationKind) bool { return kind == first })
	for _, letter := range slices.Insert(letters, 0, first) {
		options = append(options, option{Value: string(letter), Label: kindWords(string(letter))})
	}
	return options
}

func recipientOptions(i itemView) []option {
	var options []option
	for _, r := range i.To {
		options = append(options, option{Value: r.ID.String(), Label: named(r.Name, r.Address)})
	}
	return options
}

func letterQuery(kind, recipient string) string {
	return "?" + url.Values{"kind": {kind}, "recipient": {recipient}}.Encode()
}
