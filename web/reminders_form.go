package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"coachflow/app"
	"coachflow/coaching"
)

const (
	// moreSteps is how many empty rows the form for reminders offers.
	moreSteps = 2
	// mostTimes is how often a reminder can be repeated.
	mostTimes = 20
	// previewDays is for when a preview's due date is unless somebody types another.
	previewDays = "14"
)

// ladderForm is the form for the reminders of a kind, with what was typed and what it
// would bring.
type ladderForm struct {
	Setting   app.LadderSetting
	Sets      []stepSet
	Days      string // in how many days what the preview shows is due
	DaysFault string
	Previews  []app.LadderPreview
}

// stepSet is a set of reminders with its end, as rows of the form.
type stepSet struct {
	Prefix, Path string // of its fields, and of its places in a problem
	Legend       string
	Rows         []stepRow
	End          stepRow
	EndWords     string // what happens then; empty: there is no end
	To           coaching.Audience
	Moments      []option
	Fault        string
}

// stepRow is a moment, as it was typed: "3", "days", "after_start", "1".
type stepRow struct {
	Prefix, Label             string
	Amount, Unit, When, Times string
	Faults                    []string
	AmountWrong               bool
	End                       bool // it comes once
}

func newLadderForm(setting app.LadderSetting) ladderForm {
	f := ladderForm{Setting: setting, Days: previewDays}
	if setting.WithoutDue == nil {
		f.Sets = []stepSet{newStepSet(setting.Kind, "a", "", "Reminders", setting.LadderSteps)}
		return f
	}
	f.Sets = []stepSet{newStepSet(setting.Kind, "a", "", "With a due date", setting.LadderSteps),
		newStepSet(setting.Kind, "b", "without_due.", "Without a due date", *setting.WithoutDue)}
	return f
}

func newStepSet(kind coaching.LadderKind, prefix, path, legend string, steps coaching.LadderSteps) stepSet {
	set := stepSet{Prefix: prefix, Path: path, Legend: legend, To: kind.Reminds(), Moments: momentsOf(kind, path == "" && kind.HasDue(), steps)}
	for _, step := range steps.Steps {
		set.Rows = append(set.Rows, rowOf(step.When))
	}
	if steps.End != nil {
		set.EndWords, set.End = kind.EndWords(*steps.End), rowOf(steps.End.When)
	}
	set.number()
	return set
}

// number gives the rows their names, and adds empty ones.
func (s *stepSet) number() {
	for range moreSteps {
		s.Rows = append(s.Rows, stepRow{Unit: "days", When: string(coaching.AfterStart), Times: "1"})
	}
	for i := range s.Rows {
		s.Rows[i].Prefix, s.Rows[i].Label = s.Prefix+strconv.Itoa(i)+"_", "Reminder "+strconv.Itoa(i+1)
	}
	s.End.Prefix, s.End.Label, s.End.End = s.Prefix+"_end_", "The end", true
}

func rowOf(when coaching.When) stepRow {
	row := stepRow{When: whenValue(when), Times: "1"}
	if when.Delay.Amount > 0 {
		row.Amount, row.Unit = strconv.Itoa(when.Delay.Amount), string(when.Delay.Unit)
	}
	if when.Rule == coaching.Every {
		row.Times = strconv.Itoa(when.Most)
	}
	return row
}

// whenValue is a moment as the form's list has it: a repeated one counts from the start,
// and a part of the time is named with its percent.
func whenValue(when coaching.When) string {
	switch when.Rule {
	case coaching.Every:
		return string(coaching.AfterStart)
	case coaching.PartOfTime:
		return string(coaching.PartOfTime) + ":" + strconv.Itoa(when.Percent)
	}
	return string(when.Rule)
}

// momentsOf are the moments that a set can have; the parts of the time are the usual ones
// and those that it has.
func momentsOf(kind coaching.LadderKind, due bool, set coaching.LadderSteps) []option {
	out := []option{{Value: string(coaching.AfterStart), Label: kind.RuleWords(coaching.AfterStart)}}
	if !due {
		return out
	}
	percents := []int{25, 50, 75}
	for _, when := range momentsIn(set) {
		if when.Rule == coaching.PartOfTime && !slices.Contains(percents, when.Percent) {
			percents = append(percents, when.Percent)
		}
	}
	slices.Sort(percents)
	for _, percent := range percents {
		part := coaching.When{Rule: coaching.PartOfTime, Percent: percent}
		out = append(out, option{Value: whenValue(part), Label: kind.StepWords(part)})
	}
	for _, rule := range []coaching.WhenRule{coaching.BeforeDue, coaching.AtDue, coaching.AfterDue} {
		out = append(out, option{Value: string(rule), Label: kind.RuleWords(rule)})
	}
	return out
}

func momentsIn(set coaching.LadderSteps) []coaching.When {
	out := make([]coaching.When, len(set.Steps))
	for i, step := range set.Steps {
		out[i] = step.When
	}
	if set.End != nil {
		out = append(out, set.End.When)
	}
	return out
}

// read takes what was posted, without the rows that were left empty.
func (f *ladderForm) read(values url.Values) {
	for i := range f.Sets {
		set := &f.Sets[i]
		set.Rows = nil
		for n := range mostRows {
			if row := readRow(values, set.Prefix+strconv.Itoa(n)+"_"); row.used() {
				set.Rows = append(set.Rows, row)
			}
		}
		set.End = readRow(values, set.Prefix+"_end_")
		set.number()
	}
	if f.Setting.Kind.HasDue() {
		f.Days = trimmed(values.Get("preview_days"))
	}
}

func readRow(values url.Values, prefix string) stepRow {
	get := func(name string) string { return trimmed(values.Get(prefix + name)) }
	return stepRow{Amount: get("amount"), Unit: get("unit"), When: get("when"), Times: get("times")}
}

// used reports whether the row is a reminder: it has a moment, with a number where the
// moment needs one.
func (r stepRow) used() bool { return r.When != "" && (r.Amount != "" || !r.counts()) }

// counts reports whether the moment of the row has a number.
func (r stepRow) counts() bool {
	return r.When != string(coaching.AtDue) && !strings.HasPrefix(r.When, string(coaching.PartOfTime))
}

// when is the moment of the row. What was typed wrong becomes a moment that is refused.
func (r stepRow) when() coaching.When {
	rule, percent, _ := strings.Cut(r.When, ":")
	when := coaching.When{Rule: coaching.WhenRule(rule), Percent: atoi(percent)}
	if r.counts() {
		when.Delay = coaching.Delay{Amount: atoi(r.Amount), Unit: coaching.DelayUnit(r.Unit)}
	}
	if times := atoi(r.Times); times != 1 && r.Times != "" {
		when.Most = times
		if when.Rule == coaching.AfterStart {
			when.Rule = coaching.Every
		}
	}
	return when
}

// ladder is the ladder that was typed. What the form does not ask stays as it is.
func (f ladderForm) ladder() coaching.Ladder {
	out := f.Setting.Ladder
	out.LadderSteps = f.Sets[0].steps(f.Setting.End)
	if f.Setting.WithoutDue != nil {
		open := f.Sets[1].steps(f.Setting.WithoutDue.End)
		out.WithoutDue = &open
	}
	return out
}

func (s stepSet) steps(end *coaching.LadderEnd) coaching.LadderSteps {
	out := coaching.LadderSteps{Steps: []coaching.Rung{}}
	if end != nil {
		out.End = &coaching.LadderEnd{When: s.End.when(), Does: end.Does, To: end.To}
	}
	for _, row := range s.Rows {
		if row.used() {
			out.Steps = append(out.Steps, coaching.Rung{When: row.when(), To: s.To})
		}
	}
	return out
}

// dueDays are the due dates that a preview is laid out for: the typed one and none. A
// number that is none is refused with everything else.
func (f ladderForm) dueDays() []int {
	if !f.Setting.Kind.HasDue() {
		return []int{0}
	}
	days := atoi(f.Days)
	if days == 0 {
		days = -1
	}
	if !f.Setting.Kind.MayBeDue() {
		return []int{days}
	}
	return []int{days, 0}
}

// ladderUnits are what a number counts; a moment without a number has none.
var ladderUnits = []option{{Value: "", Label: "–"}, {Value: "hours", Label: "hours"}, {Value: "days", Label: "days"}, {Value: "business_days", Label: "working days"}}

// withNone adds the choice of no reminder.
func withNone(moments []option) []option {
	return append(slices.Clone(moments), option{Value: "", Label: "no reminder"})
}

// timesOptions are how often a reminder can come.
func timesOptions() []option {
	out := []option{{Value: "1", Label: "once"}}
	for n := 2; n <= mostTimes; n++ {
		out = append(out, option{Value: strconv.Itoa(n), Label: times(n)})
	}
	return out
}

// needNoNumber says which moments are whole without a number, where there are any.
func needNoNumber(kind coaching.LadderKind) string {
	if !kind.HasDue() {
		return ""
	}
	return "Parts of the time, and “" + kind.RuleWords(coaching.AtDue) + "”, need no number."
}

func reminderPath(kind coaching.LadderKind) string { return "/settings/reminders/" + string(kind) }

// stepTitle names a step of a preview.
func stepTitle(step app.LadderPreviewStep) string {
	switch number, reminds := strings.CutPrefix(step.Name, "reminder-"); {
	case reminds:
		return "Reminder " + number
	case step.Name == "":
		return "Reminder"
	case step.Name == "request":
		return "The first mail"
	}
	return "The end"
}

// waitsForHours reports whether the mail about an end leaves later than it takes effect.
func waitsForHours(step app.LadderPreviewStep) bool {
	return step.Effect != nil && !step.Effect.Equal(step.At)
}
