package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"coachflow/coaching"
)

// itemReading is an item while it is read out of a posted form, with all that is wrong.
type itemReading struct {
	values url.Values
	faults []coaching.FieldProblem // by the form's fields
}

// readItem makes an item out of a posted form. Of one that went out it takes
// the due date alone. Whatever is wrong comes back in one problem.
func readItem(values url.Values, present coaching.ItemSpec, dueOnly bool) (coaching.ItemSpec, error) {
	r := &itemReading{values: values}
	spec := present
	spec.Due = r.due()
	if !dueOnly {
		rules := spec.Kind.Rules()
		spec.Title = trimmed(values.Get("title"))
		if rules.HasDescription {
			spec.Description = trimmed(strings.ReplaceAll(values.Get("description"), "\r\n", "\n"))
		}
		if rules.Meets {
			spec.Due = nil
			spec.Minutes, spec.Place = atoi(trimmed(values.Get("minutes"))), trimmed(values.Get("venue"))
			if spec.BookedBy = coaching.BookedBy(values.Get("booked_by")); spec.BookedBy == coaching.BookedByCoach {
				spec.BookedBy = "" // as it usually is
			}
		}
		if rules.HasForm {
			if spec.FormID = optionalID(values.Get("form_id")); spec.FormID == nil {
				r.wrong("form_id", "item_form_missing", "Choose the form that is to be sent.")
			}
		}
		if rules.TakesFiles() {
			if spec.FileIDs = chosenFiles(values["file_ids"]); len(spec.FileIDs) == 0 && rules.HasFiles {
				r.wrong("file_ids", "item_files_missing", "Choose at least one file.")
			}
		}
		spec.Release, spec.Recipients, spec.Letter = r.release(), r.recipients(), readLetter(values)
	}
	return spec, r.problem(spec, present)
}

func (r *itemReading) wrong(field, code, message string) {
	r.faults = append(r.faults, coaching.FieldProblem{Path: field, Code: code, Message: message})
}

// problem is all that is wrong: what could not be read, and with it what the rules refuse
// in the rest. Where all could be read, the rules are left to the app.
func (r *itemReading) problem(spec, present coaching.ItemSpec) error {
	if len(r.faults) == 0 {
		return nil
	}
	told := itemFaults(&coaching.Problem{Fields: r.faults}, r.values)
	problem := &coaching.Problem{Class: coaching.Invalid, Code: r.faults[0].Code, Fields: r.faults}
	if refused := spec.CheckChange(present, ""); refused != nil {
		for field, message := range itemFaults(refused, r.values) {
			if told[field] == "" {
				problem.Fields = append(problem.Fields, coaching.FieldProblem{Path: field, Code: refused.Code, Message: message})
			}
		}
	}
	if problem.Message = r.faults[0].Message; len(problem.Fields) > 1 {
		problem.Message = strconv.Itoa(len(problem.Fields)) + " places are not right yet. They are marked below."
	}
	return problem
}

func (r *itemReading) delay(field string) *coaching.Delay {
	amount, err := strconv.Atoi(trimmed(r.values.Get(field + "_amount")))
	if err != nil {
		r.wrong(field+"_amount", "delay_invalid", "Enter a whole number.")
		return nil
	}
	return &coaching.Delay{Amount: amount, Unit: coaching.DelayUnit(r.values.Get(field + "_unit"))}
}

func (r *itemReading) local(field string) *coaching.LocalTime {
	at, err := coaching.ParseLocalTime(trimmed(r.values.Get(field)))
	if err != nil {
		r.wrong(field, "local_time_invalid", "Enter a date and a time, like 2026-03-04T09:00.")
		return nil
	}
	return &at
}

// release is the rule as it was chosen. What cannot be read is left out, and told.
func (r *itemReading) release() coaching.ReleaseRule {
	rule := coaching.ReleaseRule{Rule: coaching.ReleaseKind(r.values.Get("rule"))}
	switch rule.Rule {
	case coaching.At:
		if rule.At = r.local("at"); rule.At == nil {
			rule.Rule = coaching.Manual
		}
	case coaching.AfterPrior:
		if rule.Delay = r.delay("delay"); rule.Delay != nil && rule.Delay.Amount == 0 {
			rule.Delay = nil
		}
	}
	return rule
}

func (r *itemReading) due() *coaching.DueRule {
	switch r.values.Get("due") {
	case "after":
		if after := r.delay("due"); after != nil {
			return &coaching.DueRule{After: after}
		}
	case "at":
		if at := r.local("due_at"); at != nil {
			return &coaching.DueRule{At: at}
		}
	}
	return nil
}

func (r *itemReading) recipients() []coaching.RecipientSpec {
	out, fields := readRecipients(r.values)
	for n, to := range out {
		if to.Role == "" && to.PersonID == nil && to.Email == "" {
			r.wrong(fields[n], "recipient_invalid", "Enter the email address of "+to.Name+".")
		}
	}
	return out
}

// readRecipients are the recipients of a posted form, each with the field that it stands in.
func readRecipients(values url.Values) (out []coaching.RecipientSpec, fields []string) {
	add := func(field string, to coaching.RecipientSpec) { out, fields = append(out, to), append(fields, field) }
	for _, role := range []string{"coachee", "coach"} {
		if how := values.Get(role); how != "" {
			add(role, coaching.RecipientSpec{Role: role, Optional: how == "optional"})
		}
	}
	for n := range mostRows {
		prefix := "r" + strconv.Itoa(n) + "_"
		optional := values.Get(prefix+"optional") != ""
		email, name := trimmed(values.Get(prefix+"email")), trimmed(values.Get(prefix+"name"))
		switch person := optionalID(values.Get(prefix + "person")); {
		case person != nil && values.Get(prefix+"keep") != "":
			add("recipients", coaching.RecipientSpec{PersonID: person, Optional: optional})
		case person == nil && (email != "" || name != ""):
			add(prefix+"email", coaching.RecipientSpec{Email: email, Name: name, Optional: optional})
		}
	}
	return out, fields
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
	for _, id := range spec.FileIDs {
		values.Add("file_ids", id.String())
	}
	if spec.Release.At != nil {
		values.Set("at", spec.Release.At.String())
	}
	if d := spec.Release.Delay; d != nil {
		values.Set("delay_amount", strconv.Itoa(d.Amount))
		values.Set("delay_unit", string(d.Unit))
	}
	setDue(values, spec.Due)
	if spec.Kind.Rules().Meets {
		values.Set("minutes", strconv.Itoa(spec.Minutes))
		values.Set("venue", spec.Place)
		values.Set("booked_by", string(spec.BookedBy))
	}
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
