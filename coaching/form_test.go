package coaching

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestForm_JSONIsCanonical(t *testing.T) {
	t.Parallel()
	form := mustForm(t, creatorForm)
	first, err := form.JSON()
	require.NoError(t, err)
	again, err := mustForm(t, string(first)).JSON()
	require.NoError(t, err)
	require.Equal(t, string(first), string(again))
	require.NotContains(t, string(first), "logoPosition", "what is ignored is not kept")

	reordered := ofQuestion(`{"isRequired":true,"name":"a","type":"text","title":"a & <b>","width":"50%"}`)
	out, err := mustForm(t, reordered).JSON()
	require.NoError(t, err)
	require.Equal(t, `{"pages":[{"elements":[{"type":"text","name":"a","title":"a & <b>","isRequired":true}]}]}`, string(out))
}

func TestForm_JSONRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		form := anyForm(t)
		data, err := form.JSON()
		require.NoError(t, err)
		parsed, err := ParseForm(data)
		require.NoError(t, err, "%s", data)
		require.Equal(t, form, parsed)
	})
}

func anyForm(t *rapid.T) *Form {
	form := &Form{Title: anyText(t, "title"), Description: anyText(t, "description")}
	number := 0
	for page := range rapid.IntRange(1, 3).Draw(t, "pages") {
		section := FormSection{Name: fmt.Sprintf("page%d", page), Title: anyText(t, "page title")}
		for range rapid.IntRange(1, 6).Draw(t, "questions") {
			number++
			section.Questions = append(section.Questions, anyQuestion(t, fmt.Sprintf("q%d", number)))
		}
		form.Pages = append(form.Pages, section)
	}
	return form
}

// anyText is trimmed and has nothing that ParseForm refuses or changes.
func anyText(t *rapid.T, label string) string {
	return strings.TrimSpace(rapid.StringMatching(`[a-zA-Zäß€😀"'<>&\\/ ]{0,20}`).Draw(t, label))
}

func anyQuestion(t *rapid.T, name string) Question {
	q := Question{
		Name: name, Title: anyText(t, "question"), Help: anyText(t, "help"), Required: rapid.Bool().Draw(t, "required"),
		Kind: rapid.SampledFrom([]QuestionKind{
			AskShortText, AskLongText, AskSingleChoice, AskMultipleChoice, AskScale, AskNumber, AskDate, AskYesNo,
		}).Draw(t, "kind"),
	}
	if q.Title == "" {
		q.Title = name
	}
	switch q.Kind {
	case AskShortText:
		q.MaxLength, q.Placeholder = rapid.IntRange(0, MaxShortText).Draw(t, "max"), anyText(t, "placeholder")
	case AskLongText:
		q.MaxLength, q.Rows = rapid.IntRange(0, MaxLongText).Draw(t, "max"), rapid.IntRange(0, 50).Draw(t, "rows")
	case AskSingleChoice, AskMultipleChoice:
		q.Dropdown = q.Kind == AskSingleChoice && rapid.Bool().Draw(t, "dropdown")
		q.Choices = anyChoices(t)
	case AskScale:
		low, step := float64(rapid.IntRange(-5, 5).Draw(t, "low")), float64(rapid.IntRange(1, 3).Draw(t, "step"))
		high := low + step*float64(rapid.IntRange(1, MaxScaleSteps-1).Draw(t, "count"))
		q.Min, q.Max, q.Step, q.LowLabel, q.HighLabel = &low, &high, &step, anyText(t, "low label"), anyText(t, "high label")
	case AskNumber:
		low := rapid.Float64Range(-1e6, 1e6).Draw(t, "min")
		high := low + rapid.Float64Range(0, 1e6).Draw(t, "range")
		q.Min, q.Max = &low, &high
	case AskDate:
		q.Earliest = fmt.Sprintf("2026-%02d-%02d", rapid.IntRange(1, 12).Draw(t, "month"), rapid.IntRange(1, 28).Draw(t, "day"))
	case AskYesNo:
		q.TrueLabel, q.FalseLabel = anyText(t, "true"), anyText(t, "false")
	}
	return q
}

func anyChoices(t *rapid.T) []FormChoice {
	var choices []FormChoice
	for i := range rapid.IntRange(1, 5).Draw(t, "choices") {
		value := fmt.Sprintf("c%d", i)
		text := anyText(t, "choice")
		if text == "" {
			text = value
		}
		choices = append(choices, FormChoice{Value: value, Text: text})
	}
	return choices
}
