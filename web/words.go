package web

import (
	"strconv"
	"strings"

	"coachflow/coaching"
)

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

func choiceTexts(q coaching.Question) string {
	var texts []string
	for _, choice := range q.Choices {
		texts = append(texts, choice.Text)
	}
	return strings.Join(texts, " · ")
}

// templateWords say of an item of a template when it goes out and is due.
func templateWords(spec coaching.ItemSpec) string {
	i := itemView{}
	i.ItemSpec = spec
	words := upperFirst(string(spec.Kind)) + " · " + i.releaseWords()
	if due := i.dueWords(); due != "" {
		words += " · " + due
	}
	return words
}

func recipientWords(recipients []coaching.RecipientSpec) string {
	var names []string
	for _, r := range recipients {
		name := r.Role
		switch {
		case r.PersonID != nil:
			name = "a person of the organization"
		case r.Email != "":
			name = named(r.Name, r.Email)
		}
		if r.Optional {
			name += " (optional)"
		}
		names = append(names, name)
	}
	return "To " + strings.Join(names, ", ")
}

// reasonWords put the reason of a quarantine in words, where it is a code.
func reasonWords(reason string) string {
	return upperFirst(strings.ReplaceAll(reason, "_", " "))
}
