package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"coachflow/coaching"
)

// What people who run the system read in the Temporal UI: which item is
// waited for, and what comes next. Ids, numbers and times, no names.

// describe puts the state in words. It is not part of the history.
func (p *programRun) describe(ctx workflow.Context) {
	workflow.SetCurrentDetails(ctx, p.words(stamp(ctx)))
}

func (p *programRun) words(now time.Time) string {
	var b strings.Builder
	b.WriteString(fmt.Sprintf("**%s** – %s\n\n", p.Status, p.progress()))
	for i, item := range p.Items {
		if item.Status == coaching.Removed {
			continue
		}
		b.WriteString(fmt.Sprintf("- item %d of %d: %s%s\n", i+1, len(p.Items), item.Status, p.comingWords(i)))
	}
	return b.String()
}

func (p *programRun) progress() string {
	done, all := 0, 0
	for _, item := range p.Items {
		if item.Status == coaching.Removed {
			continue
		}
		all++
		if item.Ended() {
			done++
		}
	}
	if all > 0 && done == all {
		return fmt.Sprintf("all %d items have ended; waiting for new items or the end of the engagement", all)
	}
	return fmt.Sprintf("%d of %d items have ended", done, all)
}

func (p *programRun) comingWords(i int) string {
	item := p.Items[i]
	if stuck, is := p.stuck[item.ID]; is {
		return fmt.Sprintf("; **%s was refused**, see the log", stuck.Step)
	}
	n := p.nextFor(item.ID)
	at := n.At.UTC().Format("2 Jan 2006 15:04 MST")
	switch n.Step {
	case coaching.IssueStep:
		return "; goes out on " + at
	case coaching.ReminderStep:
		return "; waiting for the answer, reminder on " + at
	case coaching.EscalationStep:
		return "; waiting for the answer, the coach is told on " + at
	case coaching.ResendStep:
		return "; goes out again on " + at
	case coaching.HeldStep:
		return "; the session counts as held on " + at
	}
	if item.Status == coaching.Waiting && item.Release.Rule == coaching.Manual {
		return " for a person to send it"
	}
	if item.Status == coaching.Waiting {
		return " for the item before it"
	}
	return ""
}
