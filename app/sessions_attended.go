package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"coachflow/booking"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
	"coachflow/program"
	"coachflow/workflows"
)

// What an attendee sees and does of a session: by the link in their mail, without a login,
// or after one.

// SessionStand says what an attendee can do about a session.
type SessionStand string

// The stands.
const (
	SessionAwaited  SessionStand = "to_schedule" // it has no time yet
	SessionOpen     SessionStand = "scheduled"   // it can be cancelled here, and another time asked for
	SessionLate     SessionStand = "late"        // too late to cancel here; another time can be asked for
	SessionBegun    SessionStand = "begun"       // its time has come
	SessionOver     SessionStand = "over"        // it was held, or missed
	SessionOff      SessionStand = "cancelled"
	SessionNotYours SessionStand = "removed" // this attendee is no longer expected
)

// AttendedSession is a session as an attendee sees it.
type AttendedSession struct {
	ID           uuid.UUID    `json:"id" doc:"That of the item."`
	EngagementID uuid.UUID    `json:"engagement_id"`
	Title        string       `json:"title"`
	Description  string       `json:"description,omitempty"`
	Stand        SessionStand `json:"stand" doc:"to_schedule, scheduled, late (too late to cancel it), begun, over, cancelled or removed"`
	StartsAt     *time.Time   `json:"starts_at,omitempty"`
	EndsAt       *time.Time   `json:"ends_at,omitempty"`
	Minutes      int          `json:"minutes,omitempty" doc:"How long it takes, where you can choose its time."`
	Place        string       `json:"place,omitempty"`
	CancelUntil  *time.Time   `json:"cancel_until,omitempty" doc:"Until when you can cancel it."`
	Reason       string       `json:"reason,omitempty"`
	Files        []ItemFile   `json:"files,omitempty" doc:"What goes with the session, in the versions of now."`
	CanBook      bool         `json:"can_book" doc:"Whether you can book it: it has no time, and you choose it among the free ones of the coach."`
	CanMove      bool         `json:"can_move" doc:"Whether you can move it to another free time of the coach, up to cancel_until."`
	// Join is of a session that is expected of the attendee.
	Join *coaching.Join `json:"join,omitempty" doc:"Where and when it is joined; absent where its place is no address, or it does not take place."`

	Brand, Logo, Organization, Attendee, Coach string         `json:"-"`
	Zone                                       *time.Location `json:"-"`

	ref attendeeRef
}

// attendeeRef is whom and what an act of an attendee is about.
type attendeeRef struct {
	org, engagement, item, recipient uuid.UUID
	session                          *rows.ItemSession
	coach                            booking.Coach // for a session that the attendee can book or move
}

// settle finds out how the session stands for the attendee.
func (s *AttendedSession) settle(noticeHours int, itemStatus, engagementStatus string, removed bool) {
	at := now()
	if b := s.ref.session; b != nil {
		end := b.StartsAt.Add(time.Duration(b.Minutes) * time.Minute)
		s.StartsAt, s.EndsAt, s.Place, s.Reason = &b.StartsAt, &end, b.Place, b.Reason
	}
	item := coaching.ItemStatus(itemStatus)
	state := program.SessionStateOf(s.ref.session, item)
	ended := coaching.EngagementStatus(engagementStatus).Over() || item == coaching.Skipped || item == coaching.Removed
	switch {
	case removed:
		s.Stand, s.Place, s.Reason = SessionNotYours, "", ""
	case state == coaching.SessionCancelled || (ended && state == coaching.SessionToSchedule):
		s.Stand = SessionOff
	case state == coaching.SessionHeld || state == coaching.SessionNoShow || ended || s.ref.session != nil && state == coaching.SessionToSchedule:
		s.Stand = SessionOver
	case state == coaching.SessionToSchedule:
		s.Stand = SessionAwaited
	case !at.Before(*s.StartsAt):
		s.Stand = SessionBegun
		s.noteJoin(at)
	default:
		until := coaching.ByLinkUntil(*s.StartsAt, noticeHours)
		s.Stand, s.CancelUntil = SessionOpen, &until
		if at.After(until) {
			s.Stand = SessionLate
		}
		s.noteJoin(at)
	}
}

func (s *AttendedSession) noteJoin(at time.Time) {
	if join := coaching.JoinOf(s.Place, *s.StartsAt, *s.EndsAt, at); join.State != coaching.JoinNowhere {
		s.Join = &join
	}
}

// ReadSessionLink reads what the link of an attendee shows: that to one session, or that by
// which the coachee books the session of an item.
func (a *App) ReadSessionLink(ctx context.Context, ref coaching.LinkRef) (AttendedSession, error) {
	var out AttendedSession
	err := a.DB.InOrg(ctx, ref.Org, func(q *rows.Queries) (err error) {
		if ref.Purpose == coaching.BookingLink {
			out, err = readBookingLink(ctx, q, ref)
		} else {
			out, err = readSessionLink(ctx, q, ref)
		}
		if err != nil {
			return err
		}
		return out.readFiles(ctx, q, Principal{Org: ref.Org})
	})
	return out, err
}

func readSessionLink(ctx context.Context, q *rows.Queries, ref coaching.LinkRef) (AttendedSession, error) {
	r, err := q.SessionLinkGet(ctx, ref.Org, ref.ID)
	if db.NoRow(err) || (err == nil && !live(ref, r.Purpose, r.RevokedAt, r.ExpiresAt)) {
		return AttendedSession{}, errLink()
	}
	if err != nil {
		return AttendedSession{}, wrap(err, "read session of link")
	}
	parsed, err := program.Item(rows.Item{ID: r.ItemSession.ItemID, Spec: r.Spec})
	if err != nil {
		return AttendedSession{}, err
	}
	out := AttendedSession{ID: r.ItemSession.ItemID, EngagementID: r.EngagementID, Title: r.Title, Description: parsed.Spec.Description,
		Brand: r.BrandColor, Logo: coaching.LogoPath(ref.Org, r.Logo), Organization: r.OrganizationName, Attendee: r.DisplayName, Coach: r.CoachName, Zone: coaching.ZoneOrUTC(r.Zone),
		ref: attendeeRef{org: ref.Org, engagement: r.EngagementID, item: r.ItemSession.ItemID, recipient: r.RecipientID, session: &r.ItemSession}}
	out.settle(int(r.SessionNoticeHours), r.ItemStatus, r.EngagementStatus, r.AttendeeRemovedAt != nil)
	return out, out.settleBooking(ctx, q, parsed.Spec, r.ItemStatus, r.EngagementStatus)
}

// CancelSessionByLink cancels a session for an attendee, up to the minimum notice of the
// organization before it begins. What comes back is how it stands then.
func (a *App) CancelSessionByLink(ctx context.Context, ref coaching.LinkRef, reason string) (AttendedSession, error) {
	out, err := a.ReadSessionLink(ctx, ref)
	if err != nil || out.Stand == SessionOff {
		return out, err // it is cancelled: doing it again shows the same
	}
	if err := a.cancelAttended(ctx, out, reason, nil); err != nil {
		return out, err
	}
	return a.ReadSessionLink(ctx, ref)
}

// AskByLink tells the coach that an attendee asks for another time, in the attendee's words.
func (a *App) AskByLink(ctx context.Context, ref coaching.LinkRef, words string) (AttendedSession, error) {
	out, err := a.ReadSessionLink(ctx, ref)
	if err != nil {
		return out, err
	}
	return out, a.askForChange(ctx, out, words)
}

// GetAttendedSession reads a session that the principal attends, from when it was opened.
// One that is somebody else's does not exist.
func (a *App) GetAttendedSession(ctx context.Context, p Principal, id uuid.UUID) (AttendedSession, error) {
	var out AttendedSession
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		r, err := q.SessionForAttendee(ctx, rows.SessionForAttendeeParams{OrgID: p.Org, PersonID: &p.Person, ID: id})
		if err != nil {
			return found(err, "session")
		}
		names, err := q.EngagementContext(ctx, p.Org, r.EngagementID)
		if err != nil {
			return wrap(err, "read engagement")
		}
		me, err := q.ContactGet(ctx, p.Org, p.Person)
		if err != nil {
			return wrap(err, "read zone")
		}
		list, err := q.SessionsOfEngagements(ctx, p.Org, []uuid.UUID{r.EngagementID})
		if err != nil {
			return wrap(err, "read session")
		}
		parsed, err := program.Item(rows.Item{ID: r.ID, Spec: r.Spec})
		if err != nil {
			return err
		}
		out = AttendedSession{ID: r.ID, EngagementID: r.EngagementID, Title: r.Title, Description: parsed.Spec.Description, Brand: names.BrandColor,
			Organization: names.OrganizationName, Attendee: me.Name, Coach: names.CoachName, Zone: coaching.ZoneOrUTC(me.TimeZone),
			ref: attendeeRef{org: p.Org, engagement: r.EngagementID, item: r.ID, recipient: r.RecipientID}}
		out.ref.session = presentSession(list, id, r.ItemStatus)
		out.settle(int(names.SessionNoticeHours), r.ItemStatus, r.EngagementStatus, false)
		if err := out.settleBooking(ctx, q, parsed.Spec, r.ItemStatus, r.EngagementStatus); err != nil {
			return err
		}
		return out.readFiles(ctx, q, p)
	})
	return out, err
}

// presentSession is the newest session of an item among those of its engagement; nil where
// it has none, or none that still counts.
func presentSession(list []rows.ItemSession, item uuid.UUID, itemStatus string) *rows.ItemSession {
	i := slices.IndexFunc(list, func(s rows.ItemSession) bool { return s.ItemID == item })
	if i < 0 || program.SessionStateOf(&list[i], coaching.ItemStatus(itemStatus)) == coaching.SessionToSchedule {
		return nil
	}
	return &list[i]
}

// CancelAttendedSession is CancelSessionByLink for an attendee who has logged in.
func (a *App) CancelAttendedSession(ctx context.Context, p Principal, id uuid.UUID, reason string) (AttendedSession, error) {
	out, err := a.GetAttendedSession(ctx, p, id)
	if err != nil || out.Stand == SessionOff {
		return out, err
	}
	if err := a.cancelAttended(ctx, out, reason, &p.Person); err != nil {
		return out, err
	}
	return a.GetAttendedSession(ctx, p, id)
}

// AskForAnotherTime is AskByLink for an attendee who has logged in.
func (a *App) AskForAnotherTime(ctx context.Context, p Principal, id uuid.UUID, words string) (AttendedSession, error) {
	out, err := a.GetAttendedSession(ctx, p, id)
	if err != nil {
		return out, err
	}
	return out, a.askForChange(ctx, out, words)
}

func (a *App) cancelAttended(ctx context.Context, s AttendedSession, reason string, actor *uuid.UUID) error {
	if problem := s.standFor(coaching.CancelSession); problem != nil {
		return problem
	}
	act := coaching.SessionAct{Kind: coaching.CancelSession, Reason: strings.TrimSpace(reason), Recipient: s.ref.recipient, Session: s.ref.session.ID}
	if problem := act.Check(); problem != nil {
		return problem
	}
	e, err := a.engagementRow(ctx, s.ref.org, s.ref.engagement)
	if err != nil {
		return err
	}
	return a.applyToSession(ctx, e, s.ref.item, act, actor)
}

func (a *App) engagementRow(ctx context.Context, org, id uuid.UUID) (e rows.Engagement, err error) {
	err = a.DB.InOrg(ctx, org, func(q *rows.Queries) error {
		e, err = q.EngagementGet(ctx, org, id)
		return wrap(err, "read engagement")
	})
	return e, err
}

// standFor refuses what the stand of a session does not allow its attendee.
func (s AttendedSession) standFor(kind coaching.SessionActKind) *coaching.Problem {
	switch {
	case s.Stand == SessionOpen, (s.Stand == SessionLate || s.CanBook) && kind == coaching.AskForChange:
		return nil
	case s.Stand == SessionLate:
		return coaching.Problemf(coaching.Conflict, "session_notice_passed", "It is too late to cancel the session here; write to the coach, or ask for another time.")
	}
	return coaching.Problemf(coaching.Conflict, "session_closed", "Nothing of this session can be changed here any more, or not yet.")
}

// Asks of one attendee are bounded: each is a mail to the coach.
const (
	mostAsks   = 5
	asksWithin = 24 * time.Hour
)

func (a *App) askForChange(ctx context.Context, s AttendedSession, words string) error {
	if problem := s.standFor(coaching.AskForChange); problem != nil {
		return problem
	}
	act := coaching.SessionAct{Kind: coaching.AskForChange, Reason: strings.TrimSpace(words), Recipient: s.ref.recipient}
	if s.ref.session != nil {
		act.Session = s.ref.session.ID
	}
	if problem := act.Check(); problem != nil {
		return problem
	}
	id, at := db.NewID(), now()
	var mails []workflows.StandaloneMailInput
	err := a.DB.InOrg(ctx, s.ref.org, func(q *rows.Queries) error {
		command := program.CommandContext{Org: s.ref.org, Engagement: s.ref.engagement, Item: s.ref.item, At: at, Key: id.String()}
		if _, err := q.EngagementLock(ctx, s.ref.org, s.ref.engagement); err != nil {
			return found(err, "engagement")
		}
		asked, err := q.SessionAsksRecent(ctx, rows.SessionAsksRecentParams{OrgID: s.ref.org, RecipientID: &s.ref.recipient, Since: at.Add(-asksWithin)})
		if err != nil {
			return wrap(err, "count what was asked")
		}
		if asked >= mostAsks {
			return coaching.Problemf(coaching.TooMany, "session_asked_often", "The coach has your words already. Try again tomorrow, or write to them.")
		}
		if err := storeAct(ctx, q, rows.SessionActInsertParams{OrgID: s.ref.org, ID: id, ItemID: s.ref.item, CreatedAt: at, AppliedAt: &at}, act); err != nil {
			return err
		}
		planned, err := a.planAsked(ctx, q, command, s, id)
		for _, m := range planned {
			mails = append(mails, workflows.StandaloneMailInput{Org: m.Org, ID: m.ID})
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, m := range mails {
		a.startSaved(ctx, workflows.StartStandaloneMail(m))
	}
	return nil
}

// planAsked plans the words of an attendee to the coach, about the time that the session
// has, or that it is to get.
func (a *App) planAsked(ctx context.Context, q *rows.Queries, c program.CommandContext, s AttendedSession, act uuid.UUID) ([]outbox.StandaloneMail, error) {
	if s.CanBook {
		return a.Programs.PlanTimeAsked(ctx, q, c, act, s.ref.recipient)
	}
	session, err := q.SessionByUID(ctx, s.ref.org, s.ref.session.Uid)
	if err != nil {
		return nil, wrap(err, "read session")
	}
	return a.Programs.PlanChangeAsked(ctx, q, c, session, act, s.ref.recipient)
}
