package app

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/program"
	"coachflow/workflows"
)

// Session is where the session of an item stands. While it is to be scheduled it has no
// time; a cancelled or missed one shows the time that it had.
type Session struct {
	State     coaching.SessionState `json:"state" doc:"to_schedule, scheduled, held, no_show or cancelled"`
	StartsAt  *time.Time            `json:"starts_at,omitempty"`
	EndsAt    *time.Time            `json:"ends_at,omitempty"`
	TimeZone  string                `json:"time_zone,omitempty" doc:"In which its time was given."`
	Place     string                `json:"place,omitempty" doc:"Where it is held, or the address to join."`
	MovedFrom *time.Time            `json:"moved_from,omitempty" doc:"Its time before it was moved the last time."`
	Reason    string                `json:"reason,omitempty" doc:"Why it was moved or cancelled, as the attendees read it."`
	HeldAt    *time.Time            `json:"counts_as_held_at,omitempty" doc:"When it counts as held by itself, if nobody says otherwise before."`
	Proposals []Proposal            `json:"proposals,omitempty" doc:"Other times that attendees propose in their calendars, and that wait for a decision."`
}

// sessionOf shows the newest session of an item.
func sessionOf(s *rows.ItemSession, row rows.Item) *Session {
	out := &Session{State: program.SessionStateOf(s, coaching.ItemStatus(row.Status)), HeldAt: row.HeldAt}
	if s == nil || out.State == coaching.SessionToSchedule {
		return out
	}
	end := s.StartsAt.Add(time.Duration(s.Minutes) * time.Minute)
	out.StartsAt, out.EndsAt, out.TimeZone, out.Place, out.MovedFrom, out.Reason = &s.StartsAt, &end, s.Zone, s.Place, s.MovedFrom, s.Reason
	return out
}

// sessionsByItem are the newest sessions of the items of engagements, where there can be
// any.
func sessionsByItem(ctx context.Context, q *rows.Queries, org uuid.UUID, engagements []uuid.UUID, items []rows.Item) (map[uuid.UUID]*rows.ItemSession, error) {
	out := map[uuid.UUID]*rows.ItemSession{}
	for _, item := range items {
		if coaching.ItemKind(item.Kind).Rules().Meets {
			list, err := q.SessionsOfEngagements(ctx, org, engagements)
			for i := range list {
				out[list[i].ItemID] = &list[i]
			}
			return out, wrap(err, "list sessions")
		}
	}
	return out, nil
}

// SessionTime is a time for a session, as a person gives it.
type SessionTime struct {
	At       coaching.LocalTime `json:"at"`
	TimeZone string             `json:"time_zone,omitempty" doc:"Of the time, by its IANA name; left out: yours."`
	Minutes  int                `json:"minutes,omitempty" minimum:"0" maximum:"1440" doc:"How long it takes; left out: as it was, at first as the item says."`
	Place    *string            `json:"place,omitempty" maxLength:"500" doc:"Where it is held, or the address to join; left out: as it was, at first as the item says."`
	Reason   string             `json:"reason,omitempty" maxLength:"1000" doc:"Why it is moved, for the attendees to read."`
}

// ScheduleSession gives the session of an item its time, and invites its attendees. An item
// that waits is released by it at once.
func (a *App) ScheduleSession(ctx context.Context, p Principal, id uuid.UUID, in SessionTime) (Item, error) {
	in.Reason = ""
	return a.timeSession(ctx, p, id, coaching.ScheduleSession, in)
}

// RescheduleSession moves a scheduled session, or changes its length or place.
func (a *App) RescheduleSession(ctx context.Context, p Principal, id uuid.UUID, in SessionTime) (Item, error) {
	return a.timeSession(ctx, p, id, coaching.RescheduleSession, in)
}

func (a *App) timeSession(ctx context.Context, p Principal, id uuid.UUID, kind coaching.SessionActKind, in SessionTime) (Item, error) {
	act := coaching.SessionAct{Kind: kind, At: &in.At, Zone: in.TimeZone, Minutes: in.Minutes, Place: in.Place, Reason: in.Reason}
	if act.Zone == "" {
		err := a.inOrg(ctx, p, func(q *rows.Queries) error {
			who, err := q.ContactGet(ctx, p.Org, p.Person)
			act.Zone = who.TimeZone
			return wrap(err, "read zone")
		})
		if err != nil {
			return Item{}, err
		}
	}
	return a.actOnSession(ctx, p, id, act)
}

// CancelSession cancels a scheduled session: whoever has it in a calendar is told, with the
// reason. Its item stays open.
func (a *App) CancelSession(ctx context.Context, p Principal, id uuid.UUID, reason string) (Item, error) {
	return a.actOnSession(ctx, p, id, coaching.SessionAct{Kind: coaching.CancelSession, Reason: reason})
}

// MarkSessionHeld notes that a session was held, which completes its item.
func (a *App) MarkSessionHeld(ctx context.Context, p Principal, id uuid.UUID) (Item, error) {
	return a.actOnSession(ctx, p, id, coaching.SessionAct{Kind: coaching.HoldSession})
}

// MarkSessionNoShow notes that a session was not attended. Its item stays open.
func (a *App) MarkSessionNoShow(ctx context.Context, p Principal, id uuid.UUID) (Item, error) {
	return a.actOnSession(ctx, p, id, coaching.SessionAct{Kind: coaching.MissSession})
}

// AddAttendee adds somebody to the session of an open item; where it is scheduled, they are
// invited.
func (a *App) AddAttendee(ctx context.Context, p Principal, id uuid.UUID, who coaching.RecipientSpec) (Item, error) {
	return a.actOnSession(ctx, p, id, coaching.SessionAct{Kind: coaching.AddAttendee, Attendee: &who})
}

// RemoveAttendee takes somebody off the session of an open item; where it is scheduled,
// their calendar is told.
func (a *App) RemoveAttendee(ctx context.Context, p Principal, id, recipient uuid.UUID) (Item, error) {
	return a.actOnSession(ctx, p, id, coaching.SessionAct{Kind: coaching.RemoveAttendee, Recipient: recipient})
}

// actOnSession stores what is to be done with the session of an item, and has its workflow
// do it.
func (a *App) actOnSession(ctx context.Context, p Principal, id uuid.UUID, act coaching.SessionAct) (Item, error) {
	engagement, err := a.engagementOf(ctx, p, id)
	if err != nil {
		return Item{}, err
	}
	e, err := a.running(ctx, p, engagement)
	if err != nil {
		return Item{}, err
	}
	if problem := act.Check(); problem != nil {
		return Item{}, problem
	}
	if err := a.applyToSession(ctx, e, id, act, &p.Person); err != nil {
		return Item{}, err
	}
	return a.GetItem(ctx, p, id)
}

func (a *App) applyToSession(ctx context.Context, e rows.Engagement, item uuid.UUID, act coaching.SessionAct, actor *uuid.UUID) error {
	id := db.NewID()
	err := a.DB.InOrg(ctx, e.OrgID, func(q *rows.Queries) error {
		return storeAct(ctx, q, rows.SessionActInsertParams{OrgID: e.OrgID, ID: id, ItemID: item, ActorID: actor, CreatedAt: now()}, act)
	})
	if err != nil {
		return err
	}
	return a.updateProgram(ctx, e, workflows.SessionUpdate, id.String(), workflows.ProgramSession{Item: item, ID: id, Kind: act.Kind, Actor: actor})
}

// storeAct stores an act with what was typed.
func storeAct(ctx context.Context, q *rows.Queries, row rows.SessionActInsertParams, act coaching.SessionAct) error {
	wanted, err := json.Marshal(act)
	if err != nil {
		return wrap(err, "write act on session")
	}
	row.Kind, row.Wanted = string(act.Kind), wanted
	if row.ActorID == nil && act.Recipient != uuid.Nil {
		row.RecipientID = &act.Recipient
	}
	return wrap(q.SessionActInsert(ctx, row), "store act on session")
}
