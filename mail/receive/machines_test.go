package receive

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/coaching"
)

// machineForms are machines that answer every mail. write makes the n-th answer, to
// the mail with that id.
var machineForms = map[string]func(n int, answers string) []string{
	"marked": func(_ int, answers string) []string {
		return []string{"Subject: Re: Friday", "Auto-Submitted: auto-replied", "In-Reply-To: " + answers, "", "I am away."}
	},
	"marked by the subject alone": func(_ int, _ string) []string {
		return []string{"Subject: Automatische Antwort: Freitag", "", "Ich bin nicht da."}
	},
	"unmarked, with references": func(_ int, answers string) []string {
		return []string{"Subject: Re: Friday", "In-Reply-To: " + answers, "References: " + answers, "", "I am away."}
	},
	"unmarked, without references": func(int, string) []string { return []string{"Subject: I am away", "", "I am away."} },
	"varying words": func(n int, answers string) []string {
		return []string{fmt.Sprintf("Subject: Ticket %d", n), "In-Reply-To: " + answers, "", fmt.Sprintf("Your request %d was taken up at %d.", n, n*7919)}
	},
	"varying words, without references": func(n int, _ string) []string {
		return []string{fmt.Sprintf("Subject: [#%d] received", n), "", strings.Repeat("thank you ", n)}
	},
	"another language each time": func(n int, _ string) []string {
		words := []string{"Danke für Ihre Nachricht.", "Merci de votre message.", "Gracias por su mensaje.", "Спасибо за сообщение.", "ありがとうございます。", "شكرا لرسالتك."}
		return []string{"Subject: " + []string{"Ihre Nachricht", "Votre message", "Su mensaje"}[n%3], "", words[n%len(words)]}
	},
}

// TestR20_TwoMachinesOfEveryFormAreStopped lets each form answer each other one, and
// counts what goes on.
func TestR20_TwoMachinesOfEveryFormAreStopped(t *testing.T) {
	t.Parallel()
	for a, first := range machineForms {
		for b, second := range machineForms {
			posted := playMachines(first, second)
			require.LessOrEqual(t, posted, 7, "%s against %s", a, b)
			if strings.HasPrefix(b, "marked") {
				require.Equal(t, 1, posted, "what says that it is a machine never goes on")
			}
		}
	}
}

// playMachines begins with a mail of a person in the first one's name.
func playMachines(first, second func(int, string) []string) int {
	var posted []coaching.StreamMail
	mail := []string{"Subject: Friday", "", "Does Friday work?"}
	at := time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)
	for n := range 40 {
		raw := crlfMail(append([]string{"From: a@example.org", fmt.Sprintf("Message-ID: <%d@example.org>", n)}, mail...)...)
		next := coaching.StreamMail{At: at.Add(time.Duration(n) * 20 * time.Second), ToCoach: n%2 == 1}
		if _, robot := ReadSigns(raw, "no-reply@coachflow.test").Automatic(true); robot || coaching.AnswersLikeAMachine(posted, next) {
			break
		}
		posted = append(posted, next)
		if answers := fmt.Sprintf("<%d@example.org>", n); n%2 == 0 {
			mail = second(n, answers)
		} else {
			mail = first(n, answers)
		}
	}
	return len(posted)
}
