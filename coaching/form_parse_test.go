package coaching

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// creatorForm has the shape that the SurveyJS Creator exports, one question of
// each kind, and the cosmetic properties that it writes by itself.
const creatorForm = `{
  "title": "Intake", "description": "Before we meet.\nTakes five minutes.",
  "logoPosition": "right", "widthMode": "static", "showQuestionNumbers": "off", "headerView": "advanced",
  "pages": [
    {"name": "page1", "title": "You", "elements": [
      {"type": "text", "name": "role", "title": "Your role", "isRequired": true, "maxLength": 80, "placeholder": "Team lead"},
      {"type": "comment", "name": "why", "title": {"default": "Why coaching?"}, "description": "In your own words.", "rows": 6, "maxLength": 2000},
      {"type": "radiogroup", "name": "format", "choices": ["Video", {"value": "room", "text": "In a room"}], "colCount": 2},
      {"type": "dropdown", "name": "zone", "choices": ["Europe", "Asia"], "placeholder": "Pick one"}
    ]},
    {"name": "page2", "elements": [
      {"type": "checkbox", "name": "topics", "isRequired": true, "choices": ["Lead", "Decide", "Rest"]},
      {"type": "rating", "name": "energy", "rateCount": 10, "rateMax": 10, "minRateDescription": "low", "maxRateDescription": "high", "rateType": "stars"},
      {"type": "text", "inputType": "number", "name": "years", "min": 0, "max": 60, "step": 0.5},
      {"type": "text", "inputType": "date", "name": "start", "min": "2026-01-01", "max": "2026-12-31"},
      {"type": "boolean", "name": "before", "labelTrue": "Yes, once", "labelFalse": "Never", "swapOrder": true, "startWithNewLine": false}
    ]}
  ]
}`

func mustForm(t *testing.T, definition string) *Form {
	t.Helper()
	form, err := ParseForm([]byte(definition))
	require.NoError(t, err)
	return form
}

// ofQuestion is a form of one question.
func ofQuestion(question string) string { return `{"elements":[` + question + `]}` }

func TestParseForm_CreatorExport(t *testing.T) {
	t.Parallel()
	form := mustForm(t, creatorForm)
	require.Equal(t, "Intake", form.Title)
	require.Len(t, form.Pages, 2)
	var kinds []QuestionKind
	for _, question := range form.Questions() {
		kinds = append(kinds, question.Kind)
	}
	require.Equal(t, []QuestionKind{
		AskShortText, AskLongText, AskSingleChoice, AskSingleChoice,
		AskMultipleChoice, AskScale, AskNumber, AskDate, AskYesNo,
	}, kinds)

	questions := form.Questions()
	require.Equal(t, "Why coaching?", questions[1].Title)
	require.Equal(t, "format", questions[2].Title, "SurveyJS shows the name where no title is given")
	require.Equal(t, []FormChoice{{"Video", "Video"}, {"room", "In a room"}}, questions[2].Choices)
	require.True(t, questions[3].Dropdown)
	require.Equal(t, []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, questions[5].ScaleValues())
	require.InDelta(t, 0.5, *questions[6].Step, 0)
	require.Equal(t, "2026-12-31", questions[7].Latest)
	require.Equal(t, "Never", questions[8].NoText())
}

func TestParseForm_Accepts(t *testing.T) {
	t.Parallel()
	for name, definition := range map[string]string{
		"elements without pages":        ofQuestion(`{"type":"text","name":"a"}`),
		"an empty page beside a full":   `{"pages":[{"name":"p1"},{"name":"p2","elements":[{"type":"text","name":"a"}]}]}`,
		"no limit in SurveyJS's words":  ofQuestion(`{"type":"text","name":"a","maxLength":-1}`),
		"the old spelling":              ofQuestion(`{"type":"text","name":"a","placeHolder":"x"}`),
		"a name with spaces":            ofQuestion(`{"type":"text","name":"Your first name"}`),
		"a scale around zero":           ofQuestion(`{"type":"rating","name":"a","rateMin":-3,"rateMax":3}`),
		"an English locale":             `{"locale":"en","elements":[{"type":"text","name":"a"}]}`,
		"a brace alone":                 ofQuestion(`{"type":"text","name":"a","title":"What does { mean?"}`),
		"a title over two lines":        ofQuestion(`{"type":"text","name":"a","title":"One\nTwo"}`),
		"space around":                  " \n" + ofQuestion(`{"type":"text","name":"a"}`) + "\n ",
		"text that looks like markup":   ofQuestion(`{"type":"text","name":"a","title":"<b>x</b>"}`),
		"a question named like a field": ofQuestion(`{"type":"text","name":"action"}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mustForm(t, definition)
		})
	}
}

func TestParseForm_Refuses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 600)
	for _, tt := range []struct{ name, definition, path, code string }{
		{"nothing", ``, "", "form_not_json"},
		{"no JSON", `title: x`, "", "form_not_json"},
		{"two values", `{"elements":[]} {}`, "", "form_not_json"},
		{"cut off", `{"elements":[{"type":"text"`, "", "form_not_json"},
		{"a comment", `{"elements":[] /* x */}`, "", "form_not_json"},
		{"not UTF-8", "{\"title\":\"\xff\"}", "", "form_not_json"},
		{"a nesting bomb", strings.Repeat("[", 9000) + strings.Repeat("]", 9000), "", "form_too_deep"},
		{"a deep object", `{"a":` + strings.Repeat(`{"a":`, 20) + `1` + strings.Repeat(`}`, 20) + `}`, "", "form_too_deep"},
		{"a list", `[]`, "", "form_value_invalid"},
		{"null", `null`, "", "form_value_invalid"},
		{"an empty form", `{}`, "", "form_empty"},
		{"empty pages", `{"pages":[{"name":"p1","elements":[]}]}`, "", "form_empty"},
		{"pages and elements", `{"pages":[],"elements":[]}`, "elements", "form_value_invalid"},
		{"pages as object", `{"pages":{}}`, "pages", "form_value_invalid"},
		{"a key twice", `{"title":"a","title":"b","elements":[{"type":"text","name":"a"}]}`, "title", "form_key_duplicate"},
		{"a key twice inside", ofQuestion(`{"type":"text","name":"a","name":"b"}`), "elements[0].name", "form_key_duplicate"},
		{"a key in other case", ofQuestion(`{"type":"text","name":"a","Title":"b"}`), "elements[0].Title", "form_property_unsupported"},
		{"triggers", `{"triggers":[],"elements":[{"type":"text","name":"a"}]}`, "triggers", "form_property_unsupported"},
		{"calculated values", `{"calculatedValues":[],"elements":[{"type":"text","name":"a"}]}`, "calculatedValues", "form_property_unsupported"},
		{"a redirect", `{"navigateToUrl":"https://x.example","elements":[{"type":"text","name":"a"}]}`, "navigateToUrl", "form_property_unsupported"},
		{"another language's locale", `{"locale":"de","elements":[{"type":"text","name":"a"}]}`, "locale", "form_language_unsupported"},
		{"a condition", ofQuestion(`{"type":"text","name":"a","visibleIf":"{b} = 1"}`), "elements[0].visibleIf", "form_property_unsupported"},
		{"a condition on a page", `{"pages":[{"visibleIf":"1","elements":[{"type":"text","name":"a"}]}]}`, "pages[0].visibleIf", "form_property_unsupported"},
		{"validators", ofQuestion(`{"type":"text","name":"a","validators":[]}`), "elements[0].validators", "form_property_unsupported"},
		{"a default", ofQuestion(`{"type":"text","name":"a","defaultValue":1}`), "elements[0].defaultValue", "form_property_unsupported"},
		{"something cosmetic with depth", `{"widthMode":{"a":1},"elements":[{"type":"text","name":"a"}]}`, "widthMode", "form_value_invalid"},
		{"html", ofQuestion(`{"type":"html","name":"a"}`), "elements[0].type", "form_type_unsupported"},
		{"a panel", ofQuestion(`{"type":"panel","name":"a","elements":[]}`), "elements[0].type", "form_type_unsupported"},
		{"a matrix", ofQuestion(`{"type":"matrix","name":"a"}`), "elements[0].type", "form_type_unsupported"},
		{"an upload", ofQuestion(`{"type":"file","name":"a"}`), "elements[0].type", "form_type_unsupported"},
		{"no type", ofQuestion(`{"name":"a"}`), "elements[0].type", "form_property_missing"},
		{"a telephone input", ofQuestion(`{"type":"text","inputType":"tel","name":"a"}`), "elements[0].inputType", "form_type_unsupported"},
		{"no name", ofQuestion(`{"type":"text"}`), "elements[0].name", "form_property_missing"},
		{"a number as name", ofQuestion(`{"type":"text","name":7}`), "elements[0].name", "form_value_invalid"},
		{"a line break in a name", ofQuestion(`{"type":"text","name":"a\nb"}`), "elements[0].name", "form_value_invalid"},
		{"a NUL in a title", ofQuestion(`{"type":"text","name":"a","title":"\u0000"}`), "elements[0].title", "form_value_invalid"},
		{"a line break in the form's title", `{"title":"a\r\nBcc: x","elements":[{"type":"text","name":"a"}]}`, "title", "form_value_invalid"},
		{"space around a name", ofQuestion(`{"type":"text","name":" a"}`), "elements[0].name", "form_value_invalid"},
		{"a long name", ofQuestion(`{"type":"text","name":"` + long + `"}`), "elements[0].name", "form_value_too_long"},
		{"a long title", ofQuestion(`{"type":"text","name":"a","title":"` + long + `"}`), "elements[0].title", "form_value_too_long"},
		{"a name twice", `{"elements":[{"type":"text","name":"a"},{"type":"comment","name":"a"}]}`, "elements[1].name", "form_name_duplicate"},
		{"a page name twice", `{"pages":[{"name":"p","elements":[{"type":"text","name":"a"}]},{"name":"p"}]}`, "pages[1].name", "form_name_duplicate"},
		{"a second language", ofQuestion(`{"type":"text","name":"a","title":{"default":"x","de":"y"}}`), "elements[0].title.de", "form_language_unsupported"},
		{"no default language", ofQuestion(`{"type":"text","name":"a","title":{}}`), "elements[0].title", "form_value_invalid"},
		{"a title as list", ofQuestion(`{"type":"text","name":"a","title":["x"]}`), "elements[0].title", "form_value_invalid"},
		{"an answer in a title", ofQuestion(`{"type":"text","name":"a","title":"Hello {name}"}`), "elements[0].title", "form_piping_unsupported"},
		{"required as text", ofQuestion(`{"type":"text","name":"a","isRequired":"yes"}`), "elements[0].isRequired", "form_value_invalid"},
		{"no choices", ofQuestion(`{"type":"checkbox","name":"a"}`), "elements[0].choices", "form_property_missing"},
		{"empty choices", ofQuestion(`{"type":"radiogroup","name":"a","choices":[]}`), "elements[0].choices", "form_property_missing"},
		{"an empty choice", ofQuestion(`{"type":"radiogroup","name":"a","choices":[""]}`), "elements[0].choices[0]", "form_property_missing"},
		{"a number as choice", ofQuestion(`{"type":"radiogroup","name":"a","choices":["x",2]}`), "elements[0].choices[1]", "form_value_invalid"},
		{"a number as choice value", ofQuestion(`{"type":"radiogroup","name":"a","choices":[{"value":1,"text":"x"}]}`), "elements[0].choices[0].value", "form_value_invalid"},
		{"a choice twice", ofQuestion(`{"type":"radiogroup","name":"a","choices":["x",{"value":"x"}]}`), "elements[0].choices[1]", "form_name_duplicate"},
		{"a condition on a choice", ofQuestion(`{"type":"radiogroup","name":"a","choices":[{"value":"x","visibleIf":"1"}]}`), "elements[0].choices[0].visibleIf", "form_property_unsupported"},
		{"a choice of one's own", ofQuestion(`{"type":"radiogroup","name":"a","choices":["x"],"showOtherItem":true}`), "elements[0].showOtherItem", "form_property_unsupported"},
		{"rows of a short text", ofQuestion(`{"type":"text","name":"a","rows":3}`), "elements[0].rows", "form_property_unsupported"},
		{"min of a text", ofQuestion(`{"type":"text","name":"a","min":3}`), "elements[0].min", "form_property_unsupported"},
		{"a max below min", ofQuestion(`{"type":"text","inputType":"number","name":"a","min":3,"max":2}`), "elements[0].max", "form_value_invalid"},
		{"a step of zero", ofQuestion(`{"type":"text","inputType":"number","name":"a","step":0}`), "elements[0].step", "form_value_invalid"},
		{"a huge number", ofQuestion(`{"type":"text","inputType":"number","name":"a","max":1e400}`), "elements[0].max", "form_value_invalid"},
		{"a date by expression", ofQuestion(`{"type":"text","inputType":"date","name":"a","min":"=today()"}`), "elements[0].min", "form_value_invalid"},
		{"a day that is none", ofQuestion(`{"type":"text","inputType":"date","name":"a","max":"2026-02-30"}`), "elements[0].max", "form_value_invalid"},
		{"days the wrong way", ofQuestion(`{"type":"text","inputType":"date","name":"a","min":"2026-02-02","max":"2026-02-01"}`), "elements[0].max", "form_value_invalid"},
		{"a scale of one", ofQuestion(`{"type":"rating","name":"a","rateMin":5}`), "elements[0].rateMax", "form_value_invalid"},
		{"an endless scale", ofQuestion(`{"type":"rating","name":"a","rateMax":1e14}`), "elements[0].rateMax", "form_too_many"},
		{"a scale backwards", ofQuestion(`{"type":"rating","name":"a","rateStep":-1}`), "elements[0].rateStep", "form_value_invalid"},
		{"a broken scale", ofQuestion(`{"type":"rating","name":"a","rateStep":0.5}`), "elements[0].rateStep", "form_value_invalid"},
		{"a count that does not fit", ofQuestion(`{"type":"rating","name":"a","rateCount":7,"rateMax":10}`), "elements[0].rateCount", "form_value_invalid"},
		{"values of a scale", ofQuestion(`{"type":"rating","name":"a","rateValues":[1,2]}`), "elements[0].rateValues", "form_property_unsupported"},
		{"values of yes and no", ofQuestion(`{"type":"boolean","name":"a","valueTrue":"y"}`), "elements[0].valueTrue", "form_property_unsupported"},
		{"a fraction of a row", ofQuestion(`{"type":"comment","name":"a","rows":2.5}`), "elements[0].rows", "form_value_invalid"},
		{"a strange key", ofQuestion(`{"type":"text","name":"a","<script>\u0007":1}`), `elements[0]."<script>\a"`, "form_property_unsupported"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			problem := refusal(t, tt.definition)
			require.Equal(t, "form_invalid", problem.Code)
			require.Len(t, problem.Fields, 1, "one fault, one problem: %v", problem.Fields)
			require.Equal(t, tt.path, problem.Fields[0].Path)
			require.Equal(t, tt.code, problem.Fields[0].Code)
			require.NotEmpty(t, problem.Fields[0].Message)
		})
	}
}

func refusal(t *testing.T, definition string) *Problem {
	t.Helper()
	form, err := ParseForm([]byte(definition))
	require.Nil(t, form)
	problem, ok := AsProblem(err)
	require.True(t, ok, "%v", err)
	return problem
}

func TestParseForm_ListsAllProblemsUpToABound(t *testing.T) {
	t.Parallel()
	problem := refusal(t, `{"triggers":[],"elements":[{"type":"html","name":"a"},{"type":"text","name":"b","visibleIf":"x","enableIf":"y"}]}`)
	require.Len(t, problem.Fields, 4)

	var questions []string
	for range 80 {
		questions = append(questions, `{"type":"html"}`)
	}
	problem = refusal(t, ofQuestion(strings.Join(questions, ",")))
	require.Len(t, problem.Fields, MaxFormProblems)
	require.Equal(t, "The form definition has 80 problems. The first 50 are listed.", problem.Message)
}

func TestParseForm_Bounds(t *testing.T) {
	t.Parallel()
	numbered := func(n int, format string) string {
		var parts []string
		for i := range n {
			parts = append(parts, fmt.Sprintf(format, i))
		}
		return strings.Join(parts, ",")
	}
	question := `{"type":"text","name":"q%d"}`
	mustForm(t, ofQuestion(numbered(MaxFormQuestions, question)))
	require.Equal(t, "form_too_many", refusal(t, ofQuestion(numbered(MaxFormQuestions+1, question))).Fields[0].Code)

	choices := func(n int) string {
		return ofQuestion(`{"type":"checkbox","name":"a","choices":[` + numbered(n, `"c%d"`) + `]}`)
	}
	mustForm(t, choices(MaxQuestionChoice))
	require.Equal(t, "form_too_many", refusal(t, choices(MaxQuestionChoice+1)).Fields[0].Code)

	pages := `{"pages":[` + numbered(2, `{"elements":[`+strings.ReplaceAll(numbered(150, `{"type":"text","name":"pX-q%d"}`), "X", "%[1]d")+`]}`) + `]}`
	require.Equal(t, "form_too_many", refusal(t, pages).Fields[0].Code, "the bound is for all pages together")

	problem := refusal(t, `{"title":"`+strings.Repeat("x", MaxFormBytes)+`"}`)
	require.Equal(t, TooLarge, problem.Class)
	require.Equal(t, "form_too_large", problem.Code)
}

func FuzzParseForm(f *testing.F) {
	f.Add([]byte(creatorForm))
	f.Add([]byte(`{"elements":[{"type":"rating","name":"a","rateMin":-0,"rateMax":1e1}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		form, err := ParseForm(data)
		if err != nil {
			_, ok := AsProblem(err)
			require.True(t, ok)
			return
		}
		out, err := form.JSON()
		require.NoError(t, err)
		again, err := ParseForm(out)
		require.NoError(t, err)
		require.Equal(t, form, again)
	})
}
