package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"coachflow/coaching"
)

// readItem makes an item out of a posted form. Of one that went out it takes
// the due date alone.
func readItem(values url.Values, present coaching.ItemSpec, dueOnly bool) (coaching.ItemSpec, error) {
	spec := present
	due, err := readDue(values)
	if err != nil {
		return spec, err
	}
	spec.Due = due
	if dueOnly {
		return spec, nil
	}
	spec.Title = trimmed(values.Get("title"))
	rules := spec.Kind.Rules()
	if rules.HasDescription {
		spec.Description = trimmed(strings.ReplaceAll(values.Get("description"), "\r\n", "\n"))
	}
	if rules.HasForm {
		if spec.FormID = optionalID(values.Get("form_id")); spec.FormID == nil {
			return spec, wrong("form_id", "item_form_missing", "Choose the form that is to be sent.")
		}
	}
	if spec.Release, err = readRelease(values); err != nil {
		return spec, err
	}
	spec.Recipients, spec.Letter = readRecipients(values), readLetter(values)
	return spec, nil
}

func wrong(field, code, message string) error {
	return coaching.Problemf(coaching.Invalid, code, "%s", message).WithField(field, code, "%s", message)
}

func readDelay(values url.Values, field string) (*coaching.Delay, error) {
	amount, err := strconv.Atoi(trimmed(values.Get(field + "_amount")))
	if err != nil {
		return nil, wrong(field+"_amount", "delay_invalid", "Enter a whole number.")
	}
	return &coaching.Delay{Amount: amount, Unit: coaching.DelayUnit(values.Get(field + "_unit"))}, nil
}

func readLocal(values url.Values, field string) (*coaching.LocalTime, error) {
	at, err := coaching.ParseLocalTime(trimmed(values.Get(field)))
	if err != nil {
		return nil, wrong(field, "local_time_invalid", "Enter a date and a time, like 2026-03-04T09:00.")
	}
	return &at, nil
}

func readRelease(values url.Values) (rule coaching.ReleaseRule, err error) {
	rule.Rule = coaching.ReleaseKind(values.Get("rule"))
	switch rule.Rule {
	case coaching.At:
		rule.At, err = readLocal(values, "at")
	case coaching.AfterPrior:
		rule.Delay, err = readDelay(values, "delay")
		if rule.Delay != nil && rule.Delay.Amount == 0 {
			rule.Delay = nil
		}
	}
	return rule, err
}

func readDue(values url.Values) (*coaching.DueRule, error) {
	switch values.Get("due") {
	case "after":
		delay, err := readDelay(values, "due")
		return &coaching.DueRule{After: delay}, err
	case "at":
		at, err := readLocal(values, "due_at")
		return &coaching.DueRule{At: at}, err
	}
	return nil, nil
}

func readRecipients(values url.Values) []coaching.RecipientSpec {
	var out []coaching.RecipientSpec
	for _, role := range []string{"coachee", "coach"} {
		if how := values.Get(role); how != "" {
			out = append(out, coaching.RecipientSpec{Role: role, Optional: how == "optional"})
		}
	}
	for n := range mostRows {
		prefix := "r" + strconv.Itoa(n) + "_"
		optional := values.Get(prefix+"optional") != ""
		email, name := trimmed(values.Get(prefix+"email")), trimmed(values.Get(prefix+"name"))
		switch person := optionalID(values.Get(prefix + "person")); {
		case person != nil && values.Get(prefix+"keep") != "":
			out = append(out, coaching.RecipientSpec{PersonID: person, Optional: optional})
		case person == nil && (email != "" || name != ""):
			out = append(out, coaching.RecipientSpec{Email: email, Name: name, Optional: optional})
		}
	}
	return out
}

func readLetter(values url.Values) *coaching.LetterSpec {
	subject, body := trimmed(values.Get("letter_subject")), strings.ReplaceAll(values.Get("letter_body"), "\r\n", "\n")
	if subject == "" && trimmed(body) == "" {
		return nil
	}
	return &coaching.LetterSpec{Subject: subject, Body: body}
}

// valuesOf fills the form with an item.
func valuesOf(spec coaching.ItemSpec) url.Values {
	values := url.Values{"title": {spec.Title}, "description": {spec.Description}, "form_id": {idText(spec.FormID)}, "rule": {string(spec.Release.Rule)},
		"delay_amount": {"0"}, "delay_unit": {"days"}, "due_amount": {"7"}, "due_unit": {"days"}}
	if spec.Release.At != nil {
		values.Set("at", spec.Release.At.String())
	}
	if d := spec.Release.Delay; d != nil {
		values.Set("delay_amount", strconv.Itoa(d.Amount))
		values.Set("delay_unit", string(d.Unit))
	}
	setDue(values, spec.Due)
	setRecipients(values, spec.Recipients)
	if spec.Letter != nil {
		values.Set("letter_subject", spec.Letter.Subject)
		values.Set("letter_body", spec.Letter.Body)
	}
	return values
}

func setDue(values url.Values, due *coaching.DueRule) {
	switch {
	case due == nil:
		values.Set("due", "none")
	case due.At != nil:
		values.Set("due", "at")
		values.Set("due_at", due.At.String())
	case due.After != nil:
		values.Set("due", "after")
		values.Set("due_amount", strconv.Itoa(due.After.Amount))
		values.Set("due_unit", string(due.After.Unit))
	}
}

func setRecipients(values url.Values, recipients []coaching.RecipientSpec) {
	n := 0
	for _, r := range recipients {
		how := "required"
		if r.Optional {
			how = "optional"
		}
		if r.Role != "" {
			values.Set(r.Role, how)
			continue
		}
		prefix := "r" + strconv.Itoa(n) + "_"
		n++
		values.Set(prefix+"email", r.Email)
		values.Set(prefix+"name", r.Name)
		if r.PersonID != nil && *r.PersonID != uuid.Nil {
			values.Set(prefix+"person", r.PersonID.String())
			values.Set(prefix+"keep", "yes")
		}
		if r.Optional {
			values.Set(prefix+"optional", "yes")
		}
	}
}
