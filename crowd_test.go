package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// crowd are coachees who each work through a program of forms, answering as
// soon as a mail comes, by plain HTTP. It notes what it was told.
type crowd struct {
	*outside
	post    *postman
	members []member
	steps   int
	pause   time.Duration // how long a member thinks before it answers

	mu      sync.Mutex
	stands  map[stand]int // how often an answer ended so
	takenAt []time.Time   // when answers were taken up

	// unheard counts mails that arrived and were answered, while the process
	// that handed them over did not live to hear that they were taken.
	unheard int
}

// member is one coachee with an engagement.
type member struct{ email, engagement string }

// stand is what a page says became of an answer.
type stand string

const (
	taken    stand = "taken up"
	pending  stand = "saved, being processed"
	notSaved stand = "not saved, everything typed came back"
)

const crowdForm = `{"title": "Step", "pages": [{"name": "p", "elements": [{"type": "comment", "name": "a", "title": "What happened?", "isRequired": true}]}]}`

// gather makes the crowd: its members, a program of so many forms, and an
// engagement for each, not started. What is left out of the items is named.
func gather(o *outside, name string, size, steps int, without ...string) *crowd {
	o.Helper()
	c := &crowd{outside: o, post: newPostman(o), steps: steps, stands: map[stand]int{}}
	template := c.template(name, steps, without)
	coach := list[thing](o, "/people?role=coach")[0]
	for i := range size {
		m := member{email: fmt.Sprintf("%s-%02d@crowd.example", name, i)}
		person := post[thing](o, "/people", map[string]any{"name": fmt.Sprintf("Coachee %d", i), "roles": []string{"coachee"}, "emails": []string{m.email}})
		m.engagement = post[thing](o, "/engagements", map[string]any{"name": fmt.Sprintf("%s %d", name, i), "coachee_id": person.ID,
			"coach_id": coach.ID, "program_template_id": template}).ID
		c.members = append(c.members, m)
	}
	return c
}

func (c *crowd) template(name string, steps int, without []string) string {
	c.Helper()
	form := post[thing](c.outside, "/forms", fmt.Sprintf(`{"name": %q, "definition": %s}`, name, crowdForm))
	items := make([]map[string]any, steps)
	for i := range items {
		items[i] = map[string]any{"kind": "form", "title": fmt.Sprintf("Step %d", i+1), "form_id": form.ID, "release": map[string]any{"rule": "after_prior"},
			"due": map[string]any{"after": map[string]any{"amount": 7, "unit": "days"}}, "recipients": []any{map[string]any{"role": "coachee"}}}
		for _, field := range without {
			delete(items[i], field)
		}
	}
	return post[thing](c.outside, "/program-templates", map[string]any{"name": name, "items": items}).ID
}

// start starts all engagements.
func (c *crowd) start() {
	c.Helper()
	for _, m := range c.members {
		post[thing](c.outside, "/engagements/"+m.engagement+"/start", nil)
	}
}

// work has every member answer every form, at most so long after it was sent.
func (c *crowd) work(patience time.Duration) error {
	stop := c.post.run()
	defer stop()
	var all errgroup.Group
	for _, m := range c.members {
		all.Go(func() error {
			for step := 1; step <= c.steps; step++ {
				if err := c.take(m, step, patience); err != nil {
					return fmt.Errorf("%s, step %d: %w", m.email, step, err)
				}
			}
			return nil
		})
	}
	return all.Wait()
}

func said(m member, step int) string { return fmt.Sprintf("Answer %d of %s.", step, m.email) }

// take waits for the mail of a step and answers its form until it is saved.
func (c *crowd) take(m member, step int, patience time.Duration) error {
	mail, err := c.post.wait(m.email, fmt.Sprintf("Step %d:", step), patience)
	if err != nil {
		return err
	}
	open, err := c.open(mail)
	if err != nil {
		return err
	}
	time.Sleep(c.pause)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(250 * time.Millisecond) {
		stand, err := c.answer(open.link(), said(m, step))
		if err != nil || stand != notSaved {
			return err
		}
	}
	return errors.New("the answer was never saved")
}

// answer submits one answer and reads what the page says about it.
func (c *crowd) answer(link, text string) (stand, error) {
	page, err := c.fill(link, map[string]string{"a": text})
	if err != nil {
		return "", err
	}
	body := string(page.Body)
	var is stand
	switch {
	case page.Status == http.StatusOK && strings.Contains(body, "Your answers are saved"):
		is = pending
	case page.Status == http.StatusOK && strings.Contains(body, `class="summary"`):
		is = taken
	case page.Status == http.StatusServiceUnavailable && strings.Contains(body, text):
		is = notSaved
	default:
		return "", fmt.Errorf("the page says %d: %s", page.Status, body)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stands[is]++
	if is == taken {
		c.takenAt = append(c.takenAt, time.Now())
	}
	return is, nil
}

// answered counts the answers so far, whatever became of them.
func (c *crowd) answered() (count int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range c.stands {
		count += n
	}
	return count
}

// fill submits a form without a browser.
func (o *outside) fill(link string, answers map[string]string) (reply, error) {
	values := url.Values{"action": {"submit"}}
	for name, value := range answers {
		values.Set("q."+name, value)
	}
	return o.do(http.MethodPost, link, strings.NewReader(values.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
}

// check holds the outcome against what was done: every item complete, every
// answer there as it was typed, every form mailed once and only once. It
// returns how many mails were sent twice and dropped by the server.
func (c *crowd) check(patience time.Duration) (duplicates int) {
	c.Helper()
	for _, m := range c.members {
		c.eventually(patience, "all items of "+m.email+" are complete", func() bool { return c.complete(m) })
		for i, item := range c.program(m.engagement).Items {
			answers := get[struct {
				Items []answerOf `json:"items"`
			}](c.outside, "/items/"+item.ID+"/answers").Items
			require.Len(c, answers, 1, "%s of %s", item.Title, m.email)
			require.Equal(c, said(m, i+1), answers[0].Answer["a"])
		}
		c.checkRows(m)
		duplicates += c.checkMails(m)
	}
	return duplicates
}

func (c *crowd) complete(m member) bool {
	for _, item := range c.program(m.engagement).Items {
		if item.Status != "completed" {
			return false
		}
	}
	return true
}

// checkMails looks at what has arrived: one mail for each step, and no other.
func (c *crowd) checkMails(m member) (duplicates int) {
	c.Helper()
	subjects := map[string]int{}
	for _, mail := range c.mails(m.email, "") {
		subjects[mail.Subject]++
		duplicates += mail.Duplicates
	}
	require.Len(c, subjects, c.steps, "%s got %v", m.email, subjects)
	for subject, n := range subjects {
		require.Equal(c, 1, n, "%q to %s", subject, m.email)
	}
	return duplicates
}

// checkRows looks at what the system itself says that it has sent.
func (c *crowd) checkRows(m member) {
	c.Helper()
	requests := 0
	for _, n := range list[notificationOf](c.outside, "/notifications?engagement_id="+m.engagement) {
		switch {
		case n.Kind != "form_request":
			require.Equal(c, "cancelled", n.State, "%s %s", n.Kind, n.Step)
			continue
		case n.State == "cancelled" && n.StateReason == "answered, while it was being handed over: it may have arrived":
			c.unheard++
		default:
			require.Equal(c, "sent", n.State, "%s: %s", n.Step, n.StateReason)
		}
		requests++
	}
	require.Equal(c, c.steps, requests)
}

// postman fetches new mails for many who wait.
type postman struct {
	*outside
	mu    sync.Mutex
	boxes map[string][]seen // by recipient
	known map[string]bool   // by id
	since time.Time
	news  chan struct{} // closed at the next round
}

func newPostman(o *outside) *postman {
	return &postman{outside: o, boxes: map[string][]seen{}, known: map[string]bool{}, since: time.Now().Add(-time.Minute), news: make(chan struct{})}
}

// run fetches until stop is called.
func (p *postman) run() (stop func()) {
	done := make(chan struct{})
	var ended sync.WaitGroup
	ended.Go(func() {
		for {
			p.round()
			select {
			case <-done:
				return
			case <-time.After(40 * time.Millisecond):
			}
		}
	})
	return func() { close(done); ended.Wait() }
}

func (p *postman) round() {
	// Mails get their time before they are stored, so a late one may be older.
	mails, err := p.fetchMails(url.Values{"since": {p.since.Add(-10 * time.Second).UTC().Format(time.RFC3339Nano)}})
	if err != nil {
		p.Logf("mails cannot be fetched: %v", err)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range mails {
		if p.known[m.ID] {
			continue
		}
		p.known[m.ID] = true
		for _, to := range m.EnvelopeTo {
			p.boxes[to] = append(p.boxes[to], m)
		}
		if m.Time.After(p.since) {
			p.since = m.Time
		}
	}
	close(p.news)
	p.news = make(chan struct{})
}

// wait returns the first mail to an address whose subject begins so.
func (p *postman) wait(to, begins string, patience time.Duration) (seen, error) {
	deadline := time.After(patience)
	for {
		p.mu.Lock()
		news, box := p.news, p.boxes[to]
		p.mu.Unlock()
		for _, m := range box {
			if strings.HasPrefix(m.Subject, begins) {
				return m, nil
			}
		}
		select {
		case <-news:
		case <-deadline:
			return seen{}, fmt.Errorf("no mail %q within %s", begins, patience)
		}
	}
}
