package coaching

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func posted(pairs ...string) url.Values {
	values := url.Values{"action": {"submit"}, "csrf": {"x"}}
	for i := 0; i < len(pairs); i += 2 {
		values.Add("q."+pairs[i], pairs[i+1])
	}
	return values
}

func TestReadAnswer_AllKinds(t *testing.T) {
	t.Parallel()
	form := mustForm(t, creatorForm)
	answer, draft, problems, err := form.ReadAnswer(posted(
		"role", " Head of <Ops> ", "why", "First.\r\nSecond.", "format", "room", "zone", "",
		"topics", "Rest", "topics", "Lead", "topics", "Lead",
		"energy", "7", "years", "12,5", "start", "2026-03-04", "before", "false", "stranger", "x",
	))
	require.NoError(t, err)
	require.Empty(t, problems)
	require.Equal(t, Answer{
		"role": "Head of <Ops>", "why": "First.\nSecond.", "format": "room", "topics": []string{"Lead", "Rest"},
		"energy": 7.0, "years": 12.5, "start": "2026-03-04", "before": false,
	}, answer)
	require.Equal(t, []string{" Head of <Ops> "}, draft["role"], "a draft is kept as it was typed")
	require.NotContains(t, draft, "stranger")

	data, err := answer.JSON()
	require.NoError(t, err)
	require.JSONEq(t, `{"role":"Head of <Ops>","why":"First.\nSecond.","format":"room","topics":["Lead","Rest"],
		"energy":7,"years":12.5,"start":"2026-03-04","before":false}`, string(data))

	var result map[string]any
	require.NoError(t, json.Unmarshal(data, &result))
	again, problems := form.CheckJSON(result)
	require.Empty(t, problems)
	require.Equal(t, answer, again, "an answer survives being stored")
	refilled, problems := form.Check(form.Draft(answer))
	require.Empty(t, problems)
	require.Equal(t, answer, refilled, "an answer can be changed where it stands")
}

func TestCheck_OneQuestion(t *testing.T) {
	t.Parallel()
	const (
		text     = `{"type":"text","name":"a","maxLength":5}`
		needed   = `{"type":"text","name":"a","isRequired":true}`
		number   = `{"type":"text","inputType":"number","name":"a"}`
		bounded  = `{"type":"text","inputType":"number","name":"a","min":-1,"max":10}`
		stepped  = `{"type":"text","inputType":"number","name":"a","min":0,"step":0.1}`
		date     = `{"type":"text","inputType":"date","name":"a","min":"2026-01-01","max":"2026-12-31"}`
		radio    = `{"type":"radiogroup","name":"a","isRequired":true,"choices":["x","y"]}`
		checkbox = `{"type":"checkbox","name":"a","isRequired":true,"choices":["x","y"]}`
		rating   = `{"type":"rating","name":"a","rateMin":0,"rateMax":10,"rateStep":5}`
		boolean  = `{"type":"boolean","name":"a","isRequired":true}`
	)
	for _, tt := range []struct {
		name, question string
		typed          []string
		want           any
		code           string
	}{
		{"nothing where nothing is needed", text, nil, nil, ""},
		{"spaces are nothing", needed, []string{" \t\n"}, nil, "answer_required"},
		{"nothing where something is needed", needed, nil, nil, "answer_required"},
		{"five characters, not bytes", text, []string{"äöü€😀"}, "äöü€😀", ""},
		{"six characters", text, []string{"abcdef"}, nil, "answer_too_long"},
		{"lines in a short text", needed, []string{"a\nb"}, "a b", ""},
		{"a NUL", needed, []string{"a\x00b"}, "ab", ""},
		{"two answers", needed, []string{"a", "b"}, nil, "answer_not_a_choice"},
		{"the default bound", needed, []string{strings.Repeat("x", MaxShortText+1)}, nil, "answer_too_long"},
		{"a number", number, []string{" 42 "}, 42.0, ""},
		{"a decimal comma", number, []string{"7,5"}, 7.5, ""},
		{"a comma that may part thousands", number, []string{"1,000"}, nil, "answer_not_a_number"},
		{"a real minus sign", number, []string{"−3"}, -3.0, ""},
		{"no minus zero", number, []string{"-0"}, 0.0, ""},
		{"hexadecimal", number, []string{"0x10"}, nil, "answer_not_a_number"},
		{"infinity", number, []string{"Inf"}, nil, "answer_not_a_number"},
		{"not a number", number, []string{"NaN"}, nil, "answer_not_a_number"},
		{"an exponent", number, []string{"1e5"}, nil, "answer_not_a_number"},
		{"words", number, []string{"twelve"}, nil, "answer_not_a_number"},
		{"digits beyond precision", number, []string{"9999999999999999"}, nil, "answer_out_of_range"},
		{"at the bound", bounded, []string{"10"}, 10.0, ""},
		{"above", bounded, []string{"10.01"}, nil, "answer_out_of_range"},
		{"below", bounded, []string{"-2"}, nil, "answer_out_of_range"},
		{"on a binary-unfriendly step", stepped, []string{"0.3"}, 0.3, ""},
		{"off the step", stepped, []string{"0.35"}, nil, "answer_out_of_range"},
		{"a day", date, []string{"2026-12-31"}, "2026-12-31", ""},
		{"a day that is none", date, []string{"2026-02-29"}, nil, "answer_not_a_date"},
		{"another order", date, []string{"04.03.2026"}, nil, "answer_not_a_date"},
		{"too early", date, []string{"2025-12-31"}, nil, "answer_out_of_range"},
		{"too late", date, []string{"2027-01-01"}, nil, "answer_out_of_range"},
		{"a choice", radio, []string{"y"}, "y", ""},
		{"no such choice", radio, []string{"Y"}, nil, "answer_not_a_choice"},
		{"no choice", radio, []string{""}, nil, "answer_required"},
		{"choices in the form's order", checkbox, []string{"y", "x"}, []string{"x", "y"}, ""},
		{"one wrong choice", checkbox, []string{"x", "z"}, nil, "answer_not_a_choice"},
		{"no choices", checkbox, nil, nil, "answer_required"},
		{"on the scale", rating, []string{"5"}, 5.0, ""},
		{"the lowest value is an answer", rating, []string{"0"}, 0.0, ""},
		{"between the values", rating, []string{"4"}, nil, "answer_out_of_range"},
		{"off the scale", rating, []string{"15"}, nil, "answer_out_of_range"},
		{"no is an answer", boolean, []string{"false"}, false, ""},
		{"neither", boolean, nil, nil, "answer_required"},
		{"something else", boolean, []string{"on"}, nil, "answer_not_a_choice"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			answer, problems := mustForm(t, ofQuestion(tt.question)).Check(Draft{"a": tt.typed})
			if tt.code != "" {
				require.Len(t, problems, 1)
				require.Equal(t, "a", problems[0].Path)
				require.Equal(t, tt.code, problems[0].Code)
				require.NotEmpty(t, problems[0].Message)
				require.Empty(t, answer)
				return
			}
			require.Empty(t, problems)
			require.Equal(t, tt.want, answer["a"])
		})
	}
}

func TestCheck_KeepsWhatIsRightBesideWhatIsWrong(t *testing.T) {
	t.Parallel()
	answer, draft, problems, err := mustForm(t, creatorForm).ReadAnswer(posted("role", "Lead", "years", "many"))
	require.NoError(t, err)
	require.Equal(t, Answer{"role": "Lead"}, answer)
	require.Equal(t, []string{"many"}, draft["years"])
	require.Equal(t, map[string]string{
		"topics": "Please choose at least one answer.",
		"years":  "Please write this as a number, such as 12 or 7.5.",
	}, ProblemsByQuestion(problems))
}

func TestReadDraft_SizeIsBounded(t *testing.T) {
	t.Parallel()
	form := mustForm(t, ofQuestion(`{"type":"comment","name":"a"}`))
	_, err := form.ReadDraft(posted("a", strings.Repeat("x", MaxAnswerBytes+1)))
	problem, ok := AsProblem(err)
	require.True(t, ok)
	require.Equal(t, TooLarge, problem.Class)

	answer, problems := form.Check(Draft{"a": {strings.Repeat("x", MaxAnswerBytes)}, "b": {"x"}})
	require.Empty(t, answer)
	require.Equal(t, "answer_too_large", problems[0].Code)
}

func TestReadDraft_BrokenBytes(t *testing.T) {
	t.Parallel()
	form := mustForm(t, ofQuestion(`{"type":"comment","name":"a"}`))
	draft, err := form.ReadDraft(posted("a", "x\xff\x00\x1b[31m\ry"))
	require.NoError(t, err)
	require.Equal(t, []string{"x\uFFFD[31m\ny"}, draft["a"])
}

func TestCheckJSON_TypesAreStrict(t *testing.T) {
	t.Parallel()
	form := mustForm(t, creatorForm)
	good := map[string]any{"role": "Lead", "topics": []any{"Rest"}}
	for _, tt := range []struct {
		name  string
		value any
		code  string
	}{
		{"role", 3.0, "answer_not_a_text"},
		{"role", nil, "answer_required"},
		{"format", true, "answer_not_a_choice"},
		{"topics", "Lead", "answer_not_a_choice"},
		{"topics", []any{"Lead", 1.0}, "answer_not_a_choice"},
		{"topics", []any{}, "answer_required"},
		{"energy", "7", "answer_not_a_number"},
		{"energy", 7.5, "answer_out_of_range"},
		{"years", 1e300, "answer_not_a_number"},
		{"years", json.Number("61"), "answer_out_of_range"},
		{"start", 20260304.0, "answer_not_a_date"},
		{"before", "true", "answer_not_a_choice"},
		{"stranger", 1.0, "answer_unknown_question"},
		{"role", map[string]any{}, "answer_not_a_text"},
	} {
		t.Run(tt.name+" "+tt.code, func(t *testing.T) {
			t.Parallel()
			result := map[string]any{"role": good["role"], "topics": good["topics"]}
			result[tt.name] = tt.value
			_, problems := form.CheckJSON(result)
			require.Len(t, problems, 1, "%v", problems)
			require.Equal(t, tt.name, problems[0].Path)
			require.Equal(t, tt.code, problems[0].Code)
		})
	}
	answer, problems := form.CheckJSON(good)
	require.Empty(t, problems)
	require.Equal(t, Answer{"role": "Lead", "topics": []string{"Rest"}}, answer)
}

func TestSummary_InWords(t *testing.T) {
	t.Parallel()
	var stored Answer
	require.NoError(t, json.Unmarshal([]byte(`{"format":"room","topics":["Lead","Rest"],"energy":7,"start":"2026-03-04","before":true}`), &stored))
	words := map[string]string{}
	lines := mustForm(t, creatorForm).Summary(stored)
	require.Len(t, lines, 9)
	for _, line := range lines {
		words[line.Question.Name] = strings.Join(line.Texts, "|")
	}
	require.Equal(t, map[string]string{
		"role": "", "why": "", "format": "In a room", "zone": "", "topics": "Lead|Rest", "energy": "7",
		"years": "", "start": "4 March 2026", "before": "Yes, once",
	}, words)
}

func TestAnswer_JSONOfNothing(t *testing.T) {
	t.Parallel()
	data, err := Answer(nil).JSON()
	require.NoError(t, err)
	require.Equal(t, "{}", string(data))
}
