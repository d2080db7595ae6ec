package web

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
)

func timelinePage(v *request) error {
	view, err := v.runEngagement("timeline")
	if err != nil {
		return err
	}
	var coming []app.ComingItem
	events, err := everyPage(func(at app.Paging) (app.Page[app.Event], error) {
		t, err := v.app().GetTimeline(v.ctx, v.who, view.ID, at)
		coming = t.Coming
		return app.Page[app.Event]{Items: t.Events, Next: t.Next}, err
	})
	if err != nil {
		return err
	}
	slices.Reverse(events)
	slices.SortStableFunc(coming, func(a, b app.ComingItem) int { return soon(a.At).Compare(soon(b.At)) })
	return v.show("Timeline", "engagements", nil, timelineContent(view, events, coming))
}

// soon puts what has no time behind all that has one.
func soon(at *time.Time) time.Time {
	if at == nil {
		return time.Unix(1<<40, 0)
	}
	return *at
}

func comingSentence(c app.ComingItem, zone *time.Location) string {
	return nextSentence(app.Item{Next: &app.Coming{What: c.What, At: c.At, Text: c.Text}}, zone)
}

func engagementMails(v *request) error {
	view, err := v.runEngagement("mails")
	if err != nil {
		return err
	}
	list, err := everyPage(func(at app.Paging) (app.Page[app.Notification], error) {
		return v.app().ListNotifications(v.ctx, v.who, &view.ID, "", at)
	})
	if err != nil {
		return err
	}
	program, err := v.app().GetProgram(v.ctx, v.who, view.ID)
	if err != nil {
		return err
	}
	return v.show("Mails", "engagements", nil, engagementMailsContent(view, groupMails(list, program)))
}

// mailGroup are the mails about one item, or about none.
type mailGroup struct {
	Title string
	Live  []app.Notification // sent, or to be sent
	Over  []app.Notification // not sent, and not to be sent any more
}

// groupMails sorts the mails of an engagement by the items of its program, in their order;
// behind them come those about no item. In a group what is still to come stands last.
func groupMails(list []app.Notification, program app.Program) []mailGroup {
	var groups []mailGroup
	place := map[uuid.UUID]int{}
	for i, item := range program.Items {
		place[item.ID] = i
		groups = append(groups, mailGroup{Title: item.Title})
	}
	groups = append(groups, mailGroup{Title: "About the engagement"})
	for _, n := range list {
		at := len(groups) - 1
		if n.ItemID != nil {
			if known, is := place[*n.ItemID]; is {
				at = known
			}
		}
		if mailOver(n) {
			groups[at].Over = append(groups[at].Over, n)
		} else {
			groups[at].Live = append(groups[at].Live, n)
		}
	}
	for _, g := range groups {
		soonest := func(a, b app.Notification) int { return happened(a).Compare(happened(b)) }
		slices.SortStableFunc(g.Live, soonest)
		slices.SortStableFunc(g.Over, soonest)
	}
	return slices.DeleteFunc(groups, func(g mailGroup) bool { return len(g.Live)+len(g.Over) == 0 })
}

func happened(n app.Notification) time.Time {
	switch {
	case n.SentAt != nil:
		return *n.SentAt
	case n.OutcomeAt != nil:
		return *n.OutcomeAt
	}
	return n.PlannedAt
}

func engagementMessages(v *request) error {
	view, err := v.engagement("messages")
	if err != nil {
		return err
	}
	content, err := v.streamOf(view)
	if err != nil {
		return err
	}
	return v.show("Messages", "engagements", nil, engagementMessagesContent(view, content))
}

// streamOf reads the conversation of an engagement's coach and coachee.
func (v *request) streamOf(e engagementView) (streamView, error) {
	if e.CoachID == nil {
		return noStream(e), nil
	}
	s, err := v.app().StreamOf(v.ctx, v.who, app.StreamInput{CoachID: *e.CoachID, ClientID: e.CoacheeID})
	if problem, told := coaching.AsProblem(err); told && problem.Class == coaching.NotFound {
		return noStream(e), nil
	}
	if err != nil {
		return streamView{}, err
	}
	return v.stream(s)
}

func openEngagementStream(v *request) error {
	view, err := v.runEngagement("messages")
	if err != nil {
		return err
	}
	v.back = view.URL("")
	if view.CoachID == nil {
		return coaching.Problemf(coaching.Conflict, "coach_missing", "The engagement has no coach yet; set one first.")
	}
	if _, err := v.app().OpenStream(v.ctx, v.who, app.StreamInput{CoachID: *view.CoachID, ClientID: view.CoacheeID}); err != nil {
		return err
	}
	return v.done(view.URL("messages"), "The conversation is open. Write to its address by email.")
}
