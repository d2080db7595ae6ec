package receive

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// replyCases are what their authors wrote in the mails of the table.
var replyCases = map[string]string{
	"20": "Yes, Friday works.", "21": "Да, в пятницу.", "22": "Ja, Freitag passt.", "23": "Yes, Friday works.", "25": "Так, у п’ятницю.",
}

func TestR25_ReplyCases(t *testing.T) {
	t.Parallel()
	for number, want := range replyCases {
		in, err := ParseInbound(caseMail(t, number))
		require.NoError(t, err, number)
		f := Fold(in.Text, in.Kind())
		require.Equal(t, want, words(f.Visible), number)
		require.Equal(t, in.Text, f.Above+f.Visible+f.Signature+f.Quoted)
		visible, _ := SplitQuote(in.Text)
		require.Equal(t, want, words(visible), number)
	}
}
