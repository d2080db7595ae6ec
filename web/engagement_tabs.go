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
	titles := map[uuid.UUID]string{}
	for _, item := range program.Items {
		titles[item.ID] = item.Title
	}
	coming, past := splitMails(list)
	return v.show("Mails", "engagements", nil, engagementMailsContent(view, coming, past, titles))
}

// splitMails parts what is still to come, soonest first, from what is over,
// newest first.
func splitMails(list []app.Notification) (coming, past []app.Notification) {
	for _, n := range list {
		if coaching.NotificationState(n.State).Pending() {
			coming = append(coming, n)
		} else {
			past = append(past, n)
		}
	}
	slices.SortStableFunc(coming, func(a, b app.Notification) int { return a.PlannedAt.Compare(b.PlannedAt) })
	slices.SortStableFunc(past, func(a, b app.Notification) int { return happened(b).Compare(happened(a)) })
	return coming, past
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
