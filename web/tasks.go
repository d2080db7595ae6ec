package web

import (
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"

	"coachflow/app"
	"coachflow/coaching"
)

// A task, for those who are to do it. The mail about it leads here; who is not
// logged in comes back after the login.

func (p *Pages) registerTasks(engine *gin.Engine) {
	p.get(engine, "/tasks/:id", showTask)
	p.post(engine, "/tasks/:id", completeTask)
}

func showTask(v *request) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	task, err := v.app().GetTask(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	_, err = v.app().GetEngagement(v.ctx, v.who, task.EngagementID)
	if _, told := coaching.AsProblem(err); err != nil && !told {
		return err
	}
	return v.show(task.Title, "engagements", nil, taskPage(task, err == nil, v.zone))
}

func completeTask(v *request) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	v.back = "/tasks/" + id.String()
	task, err := v.app().CompleteTask(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	if task.Stand == app.TaskPending {
		return v.done(v.back, "“"+task.Title+"” is marked as complete. It is being processed, which can take a few minutes; nothing is lost.")
	}
	return v.done(v.back, "“"+task.Title+"” is complete.")
}

func taskRules(t app.Task) coaching.KindRules { return coaching.ItemKind(t.Kind).Rules() }

// stretch is a piece of a text: words, or a web address to follow.
type stretch struct {
	Text string
	URL  string // empty for words
}

// webAddress finds what people write as a link: up to white space, and without the
// punctuation of the sentence around it.
var webAddress = regexp.MustCompile(`https?://[^\s<>"]*[^\s<>"'.,;:!?)\]}]`)

// stretches parts a text into words and web addresses.
func stretches(text string) []stretch {
	var out []stretch
	at := 0
	for _, found := range webAddress.FindAllStringIndex(text, -1) {
		if found[0] > at {
			out = append(out, stretch{Text: text[at:found[0]]})
		}
		out = append(out, stretch{Text: text[found[0]:found[1]], URL: text[found[0]:found[1]]})
		at = found[1]
	}
	if at < len(text) {
		out = append(out, stretch{Text: text[at:]})
	}
	return out
}

// taskText is the description of a task, in paragraphs.
func taskText(description string) []string {
	var out []string
	for part := range strings.SplitSeq(strings.ReplaceAll(description, "\r\n", "\n"), "\n\n") {
		if part = strings.Trim(part, "\n"); part != "" {
			out = append(out, part)
		}
	}
	return out
}
