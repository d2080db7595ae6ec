package coaching

import (
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

var placeholder = regexp.MustCompile(`{{(.*?)}}`)

func TestLetters_UseOnlyTheirPlaceholders(t *testing.T) {
	t.Parallel()
	for kind, letter := range Letters {
		require.NotEmpty(t, letter.Subject, kind)
		require.NotEmpty(t, letter.Body, kind)
		require.Regexp(t, `^You get this .*\.$`, letter.Why, "%s says in its footer why", kind)
		require.NotContains(t, letter.Why, "{{", kind)
		require.False(t, slices.ContainsFunc([]rune(letter.Subject), isControl), "%s has a subject on one line", kind)
		for _, text := range []string{letter.Subject, letter.Body} {
			for _, found := range placeholder.FindAllStringSubmatch(text, -1) {
				require.Contains(t, letter.Placeholders, found[1], "%s uses a placeholder that nobody fills", kind)
			}
			rest := placeholder.ReplaceAllString(text, "")
			require.NotContains(t, rest, "{{", kind)
			require.NotContains(t, rest, "}}", kind)
		}
		sorted := slices.Sorted(slices.Values(letter.Placeholders))
		require.Equal(t, sorted, slices.Compact(slices.Clone(sorted)), "%s names a placeholder twice", kind)
	}
}

func TestLetters_MailsToAnswerCarryTheirLink(t *testing.T) {
	t.Parallel()
	for _, kind := range []NotificationKind{FormRequest, FormReminder, InvitationMail, InvitationReminder, PasswordReset, TaskRequest, TaskReminder, FileShared} {
		require.Contains(t, Letters[kind].Body, "({{link}})", kind)
	}
	for _, kind := range []NotificationKind{FormEscalation, StreamMessage, InboundMailQuarantined, InvitationRanOut, TaskEscalation, HeldTooLong, FileNotShared, ContactsForCoach, AddressForClient, PasswordChanged} {
		require.NotContains(t, Letters[kind].Placeholders, "link", "%s goes to somebody who must not act for the reader", kind)
	}
}
