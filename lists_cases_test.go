package main

import (
	"context"
	"time"

	"github.com/google/uuid"

	"coachflow/app"
)

// listCase is one list with one choice of its filters.
type listCase struct {
	name string
	read func(context.Context, *app.App) error
	most int // rows that a statement may look at; mostRows where it is left out
}

// listCases are all lists of the API and of the pages, with each of their filters,
// at their beginning and deep inside.
func (w listWorld) listCases() []listCase {
	admin := app.Principal{Org: w.org, Person: nth(ofPerson, w.people()), Name: "Admin", Roles: []string{"admin"}}
	coach := app.Principal{Org: w.org, Person: w.coach(), Name: "Coach", Roles: []string{"coach"}}
	coachee := app.Principal{Org: w.org, Person: w.coachee(), Name: "Coachee", Roles: []string{"coachee"}}
	var cases []listCase
	add := func(name string, read func(context.Context, *app.App) error) {
		cases = append(cases, listCase{name: name, read: read})
	}
	w.addPeople(add, admin)
	w.addEngagements(add, admin, coach, coachee)
	w.addMails(add, admin, coach)
	w.addStreams(add, admin, coach, coachee)
	w.addSessions(add, admin, coach, coachee)
	return append(cases, w.findCases(admin, coach, coachee)...)
}

type addCase func(name string, read func(context.Context, *app.App) error)

func deep(kind, n int) app.Paging { return app.Paging{After: nth(kind, n).String()} }

// fault is the error of what is read for its time alone.
func fault[T any](_ T, err error) error { return err }

func (w listWorld) addPeople(add addCase, admin app.Principal) {
	for _, role := range []string{"", "admin", "coach", "coachee"} {
		add("people, role "+role, func(ctx context.Context, a *app.App) error {
			return fault(a.ListPeople(ctx, admin, role, app.Paging{}))
		})
		add("people, deep, role "+role, func(ctx context.Context, a *app.App) error {
			return fault(a.ListPeople(ctx, admin, role, deep(ofPerson, w.people()/2)))
		})
	}
	for _, status := range []string{"", "open", "accepted", "withdrawn", "replaced", "expired"} {
		for name, person := range map[string]uuid.UUID{"": {}, " of a person": w.coachee()} {
			add("invitations"+name+", status "+status, func(ctx context.Context, a *app.App) error {
				return fault(a.ListInvitations(ctx, admin, person, status, app.Paging{}))
			})
		}
	}
	add("blocked addresses", func(ctx context.Context, a *app.App) error { return fault(a.ListBlockedAddresses(ctx, admin)) })
	add("API keys", func(ctx context.Context, a *app.App) error { return fault(a.ListAPIKeys(ctx, admin)) })
	add("a person", func(ctx context.Context, a *app.App) error { return fault(a.GetPerson(ctx, admin, w.coachee())) })
}

func (w listWorld) addEngagements(add addCase, admin, coach, coachee app.Principal) {
	for _, p := range []app.Principal{admin, coach, coachee} {
		add("engagements of the "+p.Name, func(ctx context.Context, a *app.App) error { return fault(a.ListEngagements(ctx, p, app.Paging{})) })
		add("engagements, deep, of the "+p.Name, func(ctx context.Context, a *app.App) error {
			return fault(a.ListEngagements(ctx, p, deep(ofEngagement, w.scale/2)))
		})
	}
	add("forms", func(ctx context.Context, a *app.App) error { return fault(a.ListForms(ctx, admin, app.Paging{})) })
	add("program templates", func(ctx context.Context, a *app.App) error {
		return fault(a.ListProgramTemplates(ctx, admin, app.Paging{}))
	})
	add("program", func(ctx context.Context, a *app.App) error {
		return fault(a.GetProgram(ctx, admin, nth(ofEngagement, w.scale/2)))
	})
	add("timeline", func(ctx context.Context, a *app.App) error {
		return fault(a.GetTimeline(ctx, admin, nth(ofEngagement, w.scale/2), app.Paging{}))
	})
	add("answers to an item", func(ctx context.Context, a *app.App) error { return fault(a.ListAnswers(ctx, admin, nth(ofItem, 1))) })
}

func (w listWorld) addSessions(add addCase, admin, coach, coachee app.Principal) {
	now := time.Now()
	week := app.SessionQuery{From: now.AddDate(0, 0, -3), Until: now.AddDate(0, 0, 4)}
	for _, p := range []app.Principal{admin, coach, coachee} {
		add("sessions of a week, for the "+p.Name, func(ctx context.Context, a *app.App) error { return fault(a.ListSessions(ctx, p, week)) })
		add("sessions of two months, deep, for the "+p.Name, func(ctx context.Context, a *app.App) error {
			months := app.SessionQuery{From: now.AddDate(0, 0, -60), Until: now, Most: 20}
			first, err := a.ListSessions(ctx, p, months)
			if err != nil || first.Next == "" {
				return err
			}
			months.After = first.Next
			return fault(a.ListSessions(ctx, p, months))
		})
		add("the next sessions, for the "+p.Name, func(ctx context.Context, a *app.App) error { return fault(a.NextSessions(ctx, p, 5)) })
		add("ratings of an engagement, for the "+p.Name, func(ctx context.Context, a *app.App) error {
			return fault(a.ListRatings(ctx, p, nth(ofEngagement, w.coaches()), app.Paging{}))
		})
	}
	add("sessions of a day, counted", func(ctx context.Context, a *app.App) error {
		return fault(a.CountSessions(ctx, admin, now, now.AddDate(0, 0, 1)))
	})
	add("rating of a coach", func(ctx context.Context, a *app.App) error { return fault(a.RatingOfCoach(ctx, admin, w.coach())) })
}

func (w listWorld) addMails(add addCase, admin, coach app.Principal) {
	busy := w.busyEngagement()
	for _, state := range []string{"", "planned", "held", "suppressed", "sending", "sent", "delivered", "bounced", "failed", "cancelled", "dropped"} {
		add("mails, state "+state, func(ctx context.Context, a *app.App) error {
			return fault(a.ListNotifications(ctx, admin, nil, state, app.Paging{}))
		})
		add("mails of an engagement, state "+state, func(ctx context.Context, a *app.App) error {
			return fault(a.ListNotifications(ctx, admin, &busy, state, app.Paging{}))
		})
	}
	add("mails, deep", func(ctx context.Context, a *app.App) error {
		return fault(a.ListNotifications(ctx, admin, nil, "delivered", deep(ofNotification, w.notifications()/2)))
	})
	add("mails of a person", func(ctx context.Context, a *app.App) error { return fault(a.NotificationsOf(ctx, admin, w.coach())) })
	for _, p := range []app.Principal{admin, coach} {
		add("contacts about to leave, for the "+p.Name, func(ctx context.Context, a *app.App) error { return fault(a.PendingContacts(ctx, p)) })
	}
	add("letters", func(ctx context.Context, a *app.App) error { return fault(a.ListNotificationTemplates(ctx, admin)) })
}

func (w listWorld) addStreams(add addCase, admin, coach, coachee app.Principal) {
	for _, p := range []app.Principal{admin, coach, coachee} {
		add("streams of the "+p.Name, func(ctx context.Context, a *app.App) error { return fault(a.ListStreams(ctx, p, app.Paging{})) })
		add("messages for the "+p.Name, func(ctx context.Context, a *app.App) error {
			return fault(a.ListMessages(ctx, p, w.longStream(), app.Paging{}))
		})
		add("messages, deep, for the "+p.Name, func(ctx context.Context, a *app.App) error {
			return fault(a.ListMessages(ctx, p, w.longStream(), deep(ofMessage, w.messages()/2)))
		})
		add("files for the "+p.Name, func(ctx context.Context, a *app.App) error {
			return fault(a.ListFiles(ctx, p, w.coachee(), app.Paging{}))
		})
		add("files, deep, for the "+p.Name, func(ctx context.Context, a *app.App) error {
			return fault(a.ListFiles(ctx, p, w.coachee(), deep(ofFile, w.files()/2)))
		})
	}
	add("the latest messages", func(ctx context.Context, a *app.App) error {
		_, _, err := a.LatestMessages(ctx, admin, w.longStream(), 50)
		return err
	})
	add("a conversation", func(ctx context.Context, a *app.App) error {
		return fault(a.StreamOf(ctx, admin, app.StreamInput{CoachID: w.coach(), ClientID: w.coachee()}))
	})
	add("addresses of a conversation", func(ctx context.Context, a *app.App) error {
		return fault(a.AddressesOfStream(ctx, admin, w.longStream()))
	})
	add("messages of a quiet stream", func(ctx context.Context, a *app.App) error {
		return fault(a.ListMessages(ctx, admin, nth(ofStream, w.scale), app.Paging{}))
	})
	own := w.coach()
	add("system addresses", func(ctx context.Context, a *app.App) error {
		return fault(a.ListSystemAddresses(ctx, admin, nil, app.Paging{}))
	})
	add("system addresses of a coach", func(ctx context.Context, a *app.App) error {
		return fault(a.ListSystemAddresses(ctx, admin, &own, app.Paging{}))
	})
	add("system addresses for the coach", func(ctx context.Context, a *app.App) error {
		return fault(a.ListSystemAddresses(ctx, coach, nil, app.Paging{}))
	})
}
