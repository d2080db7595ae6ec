package inbox

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// Each letter that a received mail can lead to leads back to it, so that it is sent after
// the loss of its workflow, too.
func TestMailOfLetter_KnowsEveryLetterOfAReceivedMail(t *testing.T) {
	t.Parallel()
	id := uuid.New()
	for _, begins := range []string{messageKey, notSharedKey, sharedKey, quarantinedKey, answerKey} {
		mail, known := MailOfLetter(begins + id.String())
		require.True(t, known, begins)
		require.Equal(t, id, mail, begins)
	}
	for _, other := range []string{"", "request/" + id.String(), messageKey + "nonsense"} {
		_, known := MailOfLetter(other)
		require.False(t, known, other)
	}
}
