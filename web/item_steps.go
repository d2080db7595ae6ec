package web

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"coachflow/coaching"
)

// The form for an item is in steps. All but the first are folded while they are as they
// usually are, and say in one line what is chosen.

// usualItem is what the form for a new item begins with: it follows the item before it.
func usualItem(kind coaching.ItemKind) url.Values {
	if kind.Rules().Meets {
		return url.Values{"rule": {string(coaching.AfterPrior)}, "delay_amount": {"0"}, "delay_unit": {"days"}, "due": {"none"}, "minutes": {"60"}, "coachee": {"required"}, "coach": {"required"}}
	}
	return url.Values{"rule": {string(coaching.AfterPrior)}, "delay_amount": {"0"}, "delay_unit": {"days"}, "due": {"after"}, "due_amount": {"7"}, "due_unit": {"days"}, "coachee": {"required"}}
}

// itemStep is one folded step of the form.
type itemStep struct {
	Title, Choice string
	Open          bool
}

// The fields of each step, but for those of the recipients by address.
var (
	whenFields  = []string{"place", "rule", "delay_amount", "delay_unit", "at"}
	dueFieldsOf = []string{"due", "due_amount", "due_unit", "due_at"}
	whoFields   = []string{"recipients", "coachee", "coach"}
	mailFields  = []string{"letter_subject", "letter_body"}
)

// rowField is a field of a recipient by address.
var rowField = regexp.MustCompile(`^r[0-9]+_`)

func (f itemForm) when() itemStep {
	return itemStep{"When it goes out", f.whenWords(), f.unusual(whenFields)}
}

func (f itemForm) dueStep() itemStep {
	return itemStep{"By when", f.dueWords(), f.unusual(dueFieldsOf)}
}

func (f itemForm) who() itemStep {
	fields := slices.Clone(whoFields)
	for name := range f.Values {
		if rowField.MatchString(name) {
			fields = append(fields, name)
		}
	}
	return itemStep{f.whoTitle(), f.whoWords(), f.unusual(fields)}
}

// whoTitle is the head of the step with the recipients.
func (f itemForm) whoTitle() string {
	if f.rules().Meets {
		return "Who attends"
	}
	return "Who gets it"
}

func (f itemForm) mail() itemStep {
	step := itemStep{"Words of the mail", "The organization's letter", f.unusual(mailFields)}
	if f.Values.Get("letter_subject") != "" || f.Values.Get("letter_body") != "" {
		step.Choice = "Words of its own"
	}
	return step
}

// unusual reports whether one of the fields is wrong, or differs from a new item.
func (f itemForm) unusual(fields []string) bool {
	usual := usualItem(f.kind())
	return slices.ContainsFunc(fields, func(name string) bool {
		return f.Faults[name] != "" || f.Values.Get(name) != usual.Get(name)
	})
}

func (f itemForm) whenWords() string {
	words := ""
	switch coaching.ReleaseKind(f.Values.Get("rule")) {
	case coaching.Manual:
		words = "By hand"
	case coaching.At:
		words = "At " + f.wallOf("at")
	case coaching.AfterPrior:
		words = f.afterWords()
	}
	if n, err := strconv.Atoi(f.Values.Get("place")); err == nil && n >= 0 && n < len(f.Places) {
		words += ", " + strings.ToLower(f.Places[n].Label[:1]) + f.Places[n].Label[1:]
	}
	return words
}

// afterWords say what "after the item before it" comes to. The first item has none before
// it, and follows the start of the engagement.
func (f itemForm) afterWords() string {
	delay := f.delayOf("delay")
	switch {
	case f.first() && delay != "":
		return delay + " after the start of the engagement"
	case f.first() && f.View.StartedAt != nil:
		return "At once, since no item is before it"
	case f.first():
		return "When the engagement starts"
	case delay != "":
		return delay + " after the item before it is complete"
	}
	return "After the item before it is complete"
}

// first reports whether the item is, or will be, the first of the program.
func (f itemForm) first() bool {
	if f.Item != nil {
		return f.Item.Number == 1
	}
	return len(f.Items) == 0 || f.Values.Get("place") == "0"
}

func (f itemForm) dueWords() string {
	switch f.Values.Get("due") {
	case "after":
		return f.delayOf("due") + " after it went out"
	case "at":
		return f.wallOf("due_at")
	}
	return "No due date"
}

// delayOf is a typed delay in words; nothing for none.
func (f itemForm) delayOf(field string) string {
	amount := atoi(trimmed(f.Values.Get(field + "_amount")))
	if amount == 0 {
		return ""
	}
	return delayWords(coaching.Delay{Amount: amount, Unit: coaching.DelayUnit(f.Values.Get(field + "_unit"))})
}

// wallOf is a typed date and time in words.
func (f itemForm) wallOf(field string) string {
	at, err := coaching.ParseLocalTime(trimmed(f.Values.Get(field)))
	if err != nil {
		return "a date and time"
	}
	return wall(at)
}

func (f itemForm) whoWords() string {
	var names []string
	add := func(name string, optional bool) {
		if optional {
			name += " (optional)"
		}
		names = append(names, name)
	}
	if how := f.Values.Get("coachee"); how != "" {
		add(f.View.CoacheeName, how == "optional")
	}
	if how := f.Values.Get("coach"); how != "" {
		add(or(f.View.CoachName, "the coach"), how == "optional")
	}
	for _, row := range f.Rows {
		if name := or(row.Name, row.Email); name != "" {
			add(name, row.Optional)
		}
	}
	if len(names) == 0 {
		return "Nobody yet"
	}
	return strings.Join(names, ", ")
}
