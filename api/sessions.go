package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
)

// SessionTimeInput gives the session of an item a time.
type SessionTimeInput struct {
	ByID
	Body app.SessionTime
}

// ReasonInput is an act on a session with a reason; without a body there is none.
type ReasonInput struct {
	ByID
	Body *SessionReason
}

// SessionReason is why somebody does something.
type SessionReason struct {
	Reason string `json:"reason,omitempty" maxLength:"1000" doc:"Read by the attendees."`
}

// AskInput asks for another time.
type AskInput struct {
	ByID
	Body struct {
		Words string `json:"words" minLength:"1" maxLength:"1000" doc:"What the coach reads."`
	}
}

// ListSessionsInput asks for the sessions of some days.
type ListSessionsInput struct {
	From   time.Time `query:"from" required:"true" doc:"They begin from this moment on."`
	Until  time.Time `query:"until" required:"true" doc:"They begin before this moment, which is at most 62 days after from."`
	Cursor string    `query:"cursor" doc:"The next_cursor of the page before."`
	Limit  int       `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many to return."`
}

// BookInput chooses a time.
type BookInput struct {
	ByID
	Body struct {
		Start  time.Time `json:"start" example:"2030-03-04T09:00:00Z" doc:"One of the starts that /sessions/{id}/times lists."`
		Reason string    `json:"reason,omitempty" maxLength:"1000" doc:"Why it is moved, for the attendees to read."`
	}
}

// AttendeeInput adds somebody to a session.
type AttendeeInput struct {
	ByID
	Body coaching.RecipientSpec
}

// sessionRoutes are what is done with the session of an item.
func (s *server) sessionRoutes() {
	a := s.App
	timed := func(act func(context.Context, app.Principal, uuid.UUID, app.SessionTime) (app.Item, error)) func(context.Context, app.Principal, *SessionTimeInput) (*Plain[app.Item], error) {
		return func(ctx context.Context, p app.Principal, in *SessionTimeInput) (*Plain[app.Item], error) {
			return plain(act(ctx, p, in.ID, in.Body))
		}
	}
	route(s, http.MethodPost, "/items/{id}/schedule", "scheduleSession", "Sessions", "Give a session its time, and invite its attendees", timed(a.ScheduleSession),
		says("An item that waits is released by it at once. After a session was cancelled or missed, this makes another one."))
	route(s, http.MethodPost, "/items/{id}/reschedule", "rescheduleSession", "Sessions", "Move a session, or change its length or place", timed(a.RescheduleSession),
		says("Nobody is told where nothing changes."))
	route(s, http.MethodPost, "/items/{id}/cancel-session", "cancelSession", "Sessions", "Cancel a session; its item stays open",
		func(ctx context.Context, p app.Principal, in *ReasonInput) (*Plain[app.Item], error) {
			return plain(a.CancelSession(ctx, p, in.ID, in.reason()))
		})
	route(s, http.MethodPost, "/items/{id}/mark-held", "markSessionHeld", "Sessions", "Note that a session was held, which completes its item",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.Item], error) {
			return plain(a.MarkSessionHeld(ctx, p, in.ID))
		})
	route(s, http.MethodPost, "/items/{id}/mark-no-show", "markSessionNoShow", "Sessions", "Note that a session was not attended; its item stays open",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.Item], error) {
			return plain(a.MarkSessionNoShow(ctx, p, in.ID))
		})
	route(s, http.MethodGet, "/sessions", "listSessions", "Sessions", "List sessions by their time",
		func(ctx context.Context, p app.Principal, in *ListSessionsInput) (*Plain[app.Page[app.ListedSession]], error) {
			return plain(a.ListSessions(ctx, p, app.SessionQuery{From: in.From, Until: in.Until, After: in.Cursor, Most: in.Limit}))
		}, says("An admin gets those of the organization, a coach those of their engagements, a coachee those that they attend. Cancelled ones are left out."))
	s.attendeeRoutes()
	s.proposalRoutes()
	s.attendedRoutes()
}

// attendeeRoutes are who attends a session.
func (s *server) attendeeRoutes() {
	a := s.App
	route(s, http.MethodPost, "/items/{id}/attendees", "addAttendee", "Sessions", "Add somebody to a session",
		func(ctx context.Context, p app.Principal, in *AttendeeInput) (*Plain[app.Item], error) {
			return plain(a.AddAttendee(ctx, p, in.ID, in.Body))
		}, says("Where it is scheduled, they alone are told. The attendees are the recipients of the item."))
	route(s, http.MethodPost, "/items/{id}/attendees/{rid}/remove", "removeAttendee", "Sessions", "Take somebody off a session",
		func(ctx context.Context, p app.Principal, in *ByRecipient) (*Plain[app.Item], error) {
			return plain(a.RemoveAttendee(ctx, p, in.ID, in.Recipient))
		}, says("Where it is scheduled, they alone are told, and their calendar forgets it."))
}

// ByProposal is an operation on a time that an attendee proposes.
type ByProposal struct {
	ByID
	Proposal uuid.UUID `path:"pid"`
}

// RefusalInput refuses a proposed time, with a reason or without.
type RefusalInput struct {
	ByProposal
	Body *struct {
		Reason string `json:"reason,omitempty" maxLength:"1000" doc:"Read by whoever has proposed it."`
	}
}

// proposalRoutes are the times that attendees propose in their calendars.
func (s *server) proposalRoutes() {
	a := s.App
	route(s, http.MethodPost, "/items/{id}/proposals/{pid}/take", "takeProposal", "Sessions", "Give a session the time that an attendee proposes",
		func(ctx context.Context, p app.Principal, in *ByProposal) (*Plain[app.Item], error) {
			return plain(a.TakeProposal(ctx, p, in.ID, in.Proposal))
		}, says("As if it was rescheduled to it: everybody who attends is told."))
	route(s, http.MethodPost, "/items/{id}/proposals/{pid}/refuse", "refuseProposal", "Sessions", "Refuse the time that an attendee proposes",
		func(ctx context.Context, p app.Principal, in *RefusalInput) (*Plain[app.Item], error) {
			reason := ""
			if in.Body != nil {
				reason = in.Body.Reason
			}
			return plain(a.RefuseProposal(ctx, p, in.ID, in.Proposal, reason))
		}, says("The session stays as it is, and who has proposed another time is told."))
}

// attendedRoutes are a session for those who attend it.
func (s *server) attendedRoutes() {
	a := s.App
	route(s, http.MethodGet, "/sessions/{id}", "getSession", "Sessions", "Read a session that you attend",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.AttendedSession], error) {
			return plain(a.GetAttendedSession(ctx, p, in.ID))
		}, says("The id is that of the item."))
	route(s, http.MethodPost, "/sessions/{id}/cancel", "cancelAttendedSession", "Sessions", "Cancel a session that you attend",
		func(ctx context.Context, p app.Principal, in *ReasonInput) (*Plain[app.AttendedSession], error) {
			return plain(a.CancelAttendedSession(ctx, p, in.ID, in.reason()))
		}, says("Possible up to the minimum notice of the organization. Doing it again changes nothing."))
	route(s, http.MethodPost, "/sessions/{id}/ask", "askForAnotherTime", "Sessions", "Ask the coach for another time of a session that you attend",
		func(ctx context.Context, p app.Principal, in *AskInput) (*Plain[app.AttendedSession], error) {
			return plain(a.AskForAnotherTime(ctx, p, in.ID, in.Body.Words))
		}, says("Also for a session that you are to book, where none of the free times suits."))
	route(s, http.MethodGet, "/sessions/{id}/times", "listSessionTimes", "Sessions", "List the times that you can choose for a session",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.Page[app.Slot]], error) {
			return all(a.ListTimes(ctx, p, in.ID))
		}, says("The free times of the coach, where can_book or can_move is true; else none."))
	route(s, http.MethodPost, "/sessions/{id}/book", "bookSession", "Sessions", "Book a session, or move it, to a time that you choose",
		func(ctx context.Context, p app.Principal, in *BookInput) (*Plain[app.AttendedSession], error) {
			return plain(a.BookAttendedSession(ctx, p, in.ID, in.Body.Start, in.Body.Reason))
		}, says("A time that somebody else has taken meanwhile is refused with slot_taken. Booking the time that it has changes nothing."))
}

func (in *ReasonInput) reason() string {
	if in.Body == nil {
		return ""
	}
	return in.Body.Reason
}
