package coaching

import (
	"fmt"
	"strings"
)

// Describe says in plain sentences what a ladder does, one a step, for those
// who set it.
func Describe(l Ladder) []string {
	if l.WithoutDue == nil {
		return l.Kind.SetWords(l.LadderSteps)
	}
	words := []string{"With a due date:"}
	words = append(words, l.Kind.SetWords(l.LadderSteps)...)
	words = append(words, "Without a due date:")
	return append(words, l.Kind.SetWords(*l.WithoutDue)...)
}

// SetWords says in plain sentences what one set of steps of a ladder of this kind does.
func (k LadderKind) SetWords(set LadderSteps) []string { return ladderWords{ladderKinds[k]}.set(set) }

// StepWords are the words for the moment of a step of this kind of ladder:
// "1 day before it is due".
func (k LadderKind) StepWords(when When) string { return ladderWords{ladderKinds[k]}.when(when) }

// EndWords are the words for what an end of this kind of ladder does: "the coach is
// told".
func (k LadderKind) EndWords(end LadderEnd) string { return ladderWords{ladderKinds[k]}.endWords(end) }

// RuleWords are the words for what a moment counts from: "after it was sent". A part of
// the time has them in StepWords alone.
func (k LadderKind) RuleWords(rule WhenRule) string {
	rules := ladderKinds[k]
	switch rule {
	case AfterStart, Every:
		return "after " + rules.start
	case BeforeDue:
		return "before " + rules.moment
	case AtDue:
		return "when " + rules.moment
	case AfterDue:
		return "after " + rules.moment
	}
	return string(rule)
}

// ReminderWords are all reminders of one set of steps as a part of a sentence: "a reminder
// 3 days after it was sent, then 7 days after it was sent".
func (k LadderKind) ReminderWords(set LadderSteps) string {
	if len(set.Steps) == 0 {
		return "no reminder"
	}
	moments := make([]string, len(set.Steps))
	for i, rung := range set.Steps {
		moments[i] = k.StepWords(rung.When)
	}
	return "a reminder " + strings.Join(moments, ", then ")
}

type ladderWords struct{ ladderRules }

func (w ladderWords) set(set LadderSteps) []string {
	var words []string
	for _, rung := range set.Steps {
		words = append(words, sentence(w.when(rung.When)+w.to(rung.To)))
	}
	if len(set.Steps) == 0 {
		words = append(words, "Nobody is reminded.")
	}
	if set.End != nil {
		words = append(words, sentence(w.when(set.End.When)+", "+w.endWords(*set.End)))
	}
	return words
}

func sentence(words string) string { return strings.ToUpper(words[:1]) + words[1:] + "." }

// when puts a moment in words, as they stand within a sentence.
func (w ladderWords) when(when When) string {
	amount := amountWords(when.Delay)
	switch when.Rule {
	case AfterStart:
		return amount + " after " + w.start
	case Every:
		if when.Delay.Amount == 1 {
			amount = strings.TrimPrefix(amount, "1 ")
		}
		return "every " + amount + ", " + times(when.Most) + " at most"
	case PartOfTime:
		return "after " + partWords(when.Percent) + " of the time"
	case BeforeDue:
		return amount + " before " + w.moment
	case AtDue:
		return "when " + w.moment
	case AfterDue:
		return amount + " after " + w.moment
	}
	return string(when.Rule)
}

func (w ladderWords) to(to Audience) string {
	switch {
	case to == w.waits:
		return ""
	case to == ToReader:
		return ", to the recipient"
	}
	return ", to the " + string(to)
}

func (w ladderWords) endWords(end LadderEnd) string {
	told := map[Audience]string{ToReader: "the recipient is told", ToCoach: "the coach is told", ToAdmins: "the admins are told"}[end.To]
	act := map[EndAct]string{Expire: "it expires", Decline: "it counts as declined", CloseOut: "it is closed"}[end.Does]
	switch {
	case end.Does == HandOver && end.To == ToAdmins:
		return told + ", and decide what happens next"
	case end.Does == HandOver:
		return told + ", and decides what happens next"
	case act != "" && told != "":
		return act + ", and " + told
	}
	return act + told
}

func amountWords(d Delay) string {
	unit := map[DelayUnit]string{Hours: "hour", Days: "day", BusinessDays: "working day"}[d.Unit]
	if d.Amount == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", d.Amount, unit)
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func partWords(percent int) string {
	switch percent {
	case 25:
		return "a quarter"
	case 50:
		return "half"
	case 75:
		return "three quarters"
	}
	return fmt.Sprintf("%d%%", percent)
}

// String says the hours in words: "08:00 to 18:00, Monday to Friday".
func (h WorkingHours) String() string {
	return h.From.String() + " to " + h.To.String() + ", " + dayWords(h.Days)
}

// dayWords names days, three and more in a row as "Monday to Friday".
func dayWords(days []Weekday) string {
	is := map[Weekday]bool{}
	for _, day := range days {
		is[day] = true
	}
	var parts []string
	for i := 0; i < len(Weekdays); i++ {
		first := i
		for i < len(Weekdays) && is[Weekdays[i]] {
			i++
		}
		parts = append(parts, rowOfDays(Weekdays[first:i])...)
	}
	return strings.Join(parts, ", ")
}

func rowOfDays(row []Weekday) []string {
	if len(row) > 2 {
		return []string{capital(row[0]) + " to " + capital(row[len(row)-1])}
	}
	var names []string
	for _, day := range row {
		names = append(names, capital(day))
	}
	return names
}

func capital(day Weekday) string {
	if day == "" {
		return ""
	}
	return strings.ToUpper(string(day[:1])) + string(day[1:])
}
