package web

import (
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

func showTask(v *visit) error {
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

func completeTask(v *visit) error {
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
