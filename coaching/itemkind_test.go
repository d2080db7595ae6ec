package coaching

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKindOf_EveryKindHasItsRow(t *testing.T) {
	t.Parallel()
	require.Len(t, itemKinds, len(ItemKinds))
	events := map[string]ItemKind{}
	for _, kind := range ItemKinds {
		rules, known := KindOf(kind)
		require.True(t, known, kind)
		require.Equal(t, rules, kind.Rules())
		require.Empty(t, events[rules.CompletedEvent], "%s shares its event", kind)
		events[rules.CompletedEvent] = kind
		require.NotEmpty(t, rules.EventWords, kind)
		words := reflect.ValueOf(rules.Words)
		for i := range words.NumField() {
			if name := words.Type().Field(i).Name; name != "Status" && name != "YoursSince" {
				require.NotEmpty(t, words.Field(i).String(), "%s has no word %s", kind, name)
			}
		}
	}
	require.NotContains(t, events, "")
}

func TestKindOf_EachHasAllThatItNeeds(t *testing.T) {
	t.Parallel()
	for _, kind := range ItemKinds {
		rules := kind.Rules()
		if rules.Meets {
			continue // nobody completes it: it is held
		}
		require.NotEqual(t, rules.HasLink, rules.Path != "", "%s is completed in one place", kind)
		require.Equal(t, rules.NeedsAccount, !rules.HasLink, "a link works without a login: %s", kind)
	}
}

func TestKindOf_FormsAndTasks(t *testing.T) {
	t.Parallel()
	form, task := FormItem.Rules(), TaskItem.Rules()
	require.Equal(t, "form_answered", form.CompletedEvent)
	require.Equal(t, "task_done", task.CompletedEvent)
	require.True(t, form.HasForm && form.HasLink && !form.HasDescription && !form.NeedsAccount)
	require.True(t, task.HasDescription && task.NeedsAccount && !task.HasForm && !task.HasLink)
	require.Equal(t, "/tasks/", task.Path)
	file := FileItem.Rules()
	require.True(t, file.HasFiles && file.HasDescription && file.Markdown && file.NeedsAccount && !file.HasForm && !file.HasLink)
	require.False(t, form.HasFiles || task.HasFiles || task.Markdown)
	require.Equal(t, []string{"Please answer by", "It was to be answered by"}, []string{form.Words.Ask, form.Words.Passed})
	require.Equal(t, []string{"Please do it by", "It was to be done by"}, []string{task.Words.Ask, task.Words.Passed})
}

func TestKindOf_Unknown(t *testing.T) {
	t.Parallel()
	for _, kind := range []ItemKind{"", "Form", "tea"} {
		_, known := KindOf(kind)
		require.False(t, known)
		rules := kind.Rules()
		require.Equal(t, "item", rules.Words.Noun)
		require.False(t, rules.HasForm || rules.HasDescription || rules.HasLink || rules.NeedsAccount)
	}
}

func TestLettersOf_FollowTheName(t *testing.T) {
	t.Parallel()
	require.Equal(t, ItemLetters{Request: "form_request", Reminder: "form_reminder", Escalation: "form_escalation"}, LettersOf(FormItem))
	require.Equal(t, ItemLetters{Request: "task_request", Reminder: "task_reminder", Escalation: "task_escalation"}, LettersOf(TaskItem))
	require.Equal(t, ItemLetters{Request: "file_request", Reminder: "file_reminder", Escalation: "file_escalation", Replaced: "file_replaced"}, LettersOf(FileItem))
	for letter, want := range map[NotificationKind]ItemKind{"form_request": FormItem, "form_reminder": FormItem, "form_escalation": FormItem, "task_request": TaskItem,
		"task_reminder": TaskItem, "task_escalation": TaskItem, "file_request": FileItem, "file_replaced": FileItem, "form_replaced": "", "file_shared": "", "invitation": "", "invitation_reminder": "", "session": "", "session_scheduled": SessionItem, "session_cancelled": SessionItem, "session_reminder": SessionItem, "session_unbooked": SessionItem, "": ""} {
		kind, is := KindOfLetter(letter)
		require.Equal(t, want, kind, letter)
		require.Equal(t, want != "", is)
	}
}
