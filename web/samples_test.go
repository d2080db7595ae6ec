package web

import (
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/coaching"
)

func TestSampleLetter_HasAValueForEveryPlaceholder(t *testing.T) {
	t.Parallel()
	for _, kind := range coaching.LetterKinds() {
		for _, name := range coaching.Letters[kind].Placeholders {
			letter, err := SampleLetter(kind, coaching.LetterSpec{Subject: "About", Body: "Before {{" + name + "}} after"}, "Acme Coaching")
			require.NoError(t, err)
			require.NotContains(t, letter.Text, "Before after", "%s of %s", name, kind)
			require.NotContains(t, letter.Text, "{{", "%s of %s", name, kind)
		}
	}
	_, err := SampleLetter(coaching.FormRequest, coaching.LetterSpec{Subject: "About", Body: "{{nothing}}"}, "Acme Coaching")
	require.Error(t, err)
}
