package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
)

// raw is a value as it stands in a body.
func raw(text string) json.RawMessage { return json.RawMessage(text) }

// extremes are what a field of a schema is tried with: the ends of what it takes, and
// what lies beyond them.
func (d openAPI) extremes(name string, schema map[string]any) []any {
	switch schema["type"] {
	case "boolean":
		return []any{true, false, raw("null")}
	case "integer", "number":
		values := []any{0, 1, -1, math.MaxInt32, raw("9223372036854775807"), raw("-9223372036854775808"), raw("1e30"), raw("0.5"), raw("-0")}
		for _, end := range []string{"minimum", "maximum"} {
			if n, is := schema[end].(float64); is {
				values = append(values, n, n-1, n+1)
			}
		}
		return values
	case "string":
		return d.extremeTexts(name, schema)
	case "object": // of any properties
		return extremeForms()
	}
	return nil
}

func (d openAPI) extremeTexts(name string, schema map[string]any) []any {
	if schema["format"] == "uuid" {
		return []any{"01a203e3-0000-7000-8000-000000000000", "00000000-0000-0000-0000-000000000000", "seven", ""}
	}
	if listed, is := schema["enum"].([]any); is {
		return append(listed, "nonsense", "")
	}
	longest := 200
	if n, is := schema["maxLength"].(float64); is {
		longest = int(n)
	}
	values := []any{"", "x", strings.Repeat("ß", longest), strings.Repeat("x", longest+1), strings.Repeat("x", 10_000), strings.Repeat("x\n", 300),
		"👩\u200d⚕️🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f🇩🇪👍🏽", "שלום עולם مرحبا می\u200cخواهم क्\u200dष", "a" + strings.Repeat("\u0301", 50),
		`"quoted" 'single' <b>&amp;</b> "</script><script>alert(1)</script> {{link}} {a} ${b} %s %d \u0000 \`, "line\nbreak\r\nand\ttab", "a\u2028b",
		"a\u200bb\u202ec", "null", raw(`"\u0000"`), raw(`"\ud800"`), raw(`"\udbff\udfff \uffff"`), raw("null"), raw("[]")}
	example := ""
	if examples, is := schema["examples"].([]any); is {
		example = fmt.Sprint(examples[0])
	}
	switch {
	case strings.Contains(example, "T09:00"):
		return append(values, extremeDates()...)
	case example == "08:00":
		return append(values, "00:00", "00:01", "23:59", "24:00", "24:01", "8:00")
	case strings.Contains(name, "zone"):
		return append(values, "Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC", "Asia/Kathmandu", "Antarctica/Troll", "posixrules", "right/UTC", "Local", "localtime")
	case strings.HasSuffix(name, "color"):
		return append(values, "#ffffff", "#000000", "#fff", "teal")
	case strings.Contains(name, "email"), strings.HasSuffix(name, "_address"):
		return append(values, "a@b.co", strings.Repeat("x", 64)+"@"+strings.Repeat("y", 60)+".example", "ünï@bücher.example", "o'brien+tag@example.com", "a\u200bb@example.com")
	}
	return values
}

// extremeDates are the first and the last ones that are taken, days on which the clocks
// change, and dates that no plan has. The last moment of the year 9999 is there three
// times, for a coachee in each zone.
func extremeDates() []any {
	const layout = "2006-01-02T15:04"
	now := time.Now().UTC()
	year := now.AddDate(1, 0, 0).Format("2006")
	return []any{now.AddDate(0, 0, 2).Format(layout), now.AddDate(20, 0, -2).Format(layout), now.AddDate(20, 0, 2).Format(layout), now.AddDate(-10, 0, 2).Format(layout),
		year + "-03-28T02:30", year + "-03-14T02:30", year + "-10-31T02:30", "2028-02-29T00:00", "9999-12-31T23:59", "9999-12-31T23:59", "9999-12-31T23:59", "0001-01-01T00:00", "0000-01-01T00:00", "1969-12-31T23:59"}
}

// everyQuestion is a form with a question of each kind, and the widest bounds.
const everyQuestion = `{"title": "T", "description": "D", "pages": [{"name": "p", "title": "P", "elements": [
	{"type": "text", "name": "short", "title": "Short", "isRequired": true}, {"type": "comment", "name": "long", "title": "Long"},
	{"type": "text", "inputType": "number", "name": "number", "title": "Number"},
	{"type": "text", "inputType": "date", "name": "day", "title": "Day", "min": "0001-01-01", "max": "9999-12-31"},
	{"type": "radiogroup", "name": "one", "title": "One", "choices": [{"value": "<a>", "text": "\"A\" & <b>"}, "b"]},
	{"type": "checkbox", "name": "many", "title": "Many", "choices": ["שלום", "👩\u200d⚕️"]},
	{"type": "rating", "name": "scale", "title": "Scale", "rateMin": 0, "rateMax": 10}, {"type": "boolean", "name": "yes", "title": "Yes?"}]}]}`

func extremeForms() []any {
	question := func(title string) any {
		quoted, err := json.Marshal(title)
		if err != nil {
			panic(err)
		}
		return raw(`{"title": ` + string(quoted) + `, "elements": [{"type": "text", "name": "q", "title": ` + string(quoted) + `}]}`)
	}
	of := func(more string) any { return raw(`{"elements": [{"type": "text", "name": "q"` + more + `}]}`) }
	return []any{raw(everyQuestion), question(strings.Repeat("x", 200)), question("<b>\"&'</b></script>"), question("שלום 👩\u200d⚕️ a\u0301\u0301"), question("a\u202eb"),
		of(`, "size": 1e999999`), of(`, "size": 1e308`), of(`, "title": "\ud800"`), of(`, "title": "\u0000"`), of(`, "width": "\ud800\u0041"`),
		of(`, "inputType": "number", "min": -9007199254740991, "max": 9007199254740991`), of(`, "inputType": "date", "min": "0000-01-01"`), of(`, "x": {"y": [[[]]]}`), raw("{}"), raw("[]")}
}
