package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/inbox"
	"coachflow/outbox"
)

// StreamsInput chooses conversations.
type StreamsInput struct {
	StreamIDs []uuid.UUID `json:"stream_ids" minItems:"1" maxItems:"200" doc:"The conversations whose clients are meant."`
}

// mostContacts bounds one mail with contacts.
const mostContacts = 200

// SendContacts mails coaches the contacts of chosen clients, as vCards whose
// address is the system address for the client: one mail to each coach. It leaves
// when the organization's time for taking back is over.
func (a *App) SendContacts(ctx context.Context, p Principal, in StreamsInput) ([]Notification, error) {
	return a.sendAbout(ctx, p, in, func(q *rows.Queries, streams []rows.StreamsGetRow, at time.Time) (list []outbox.StandaloneMail, err error) {
		byCoach := map[uuid.UUID][]uuid.UUID{}
		for _, s := range streams {
			byCoach[s.CoachID] = append(byCoach[s.CoachID], s.ID)
		}
		for coach, own := range byCoach {
			n, err := inbox.PlanContacts(ctx, q, outbox.Addressee{Org: p.Org, Person: coach, At: at}, own)
			if err != nil {
				return nil, err
			}
			list = append(list, n)
		}
		return list, nil
	})
}

// SendAddresses mails chosen clients the address by which they write to their
// coach. The mails leave when the organization's time for taking back is over.
func (a *App) SendAddresses(ctx context.Context, p Principal, in StreamsInput) ([]Notification, error) {
	return a.sendAbout(ctx, p, in, func(q *rows.Queries, streams []rows.StreamsGetRow, at time.Time) (list []outbox.StandaloneMail, err error) {
		for _, s := range streams {
			n, err := inbox.PlanAddress(ctx, q, outbox.Addressee{Org: p.Org, Person: s.ClientID, At: at}, s.ID)
			if err != nil {
				return nil, err
			}
			list = append(list, n)
		}
		return list, nil
	})
}

// sendAbout plans single mails about chosen conversations of the principal, all of
// them or none.
func (a *App) sendAbout(ctx context.Context, p Principal, in StreamsInput, plan func(*rows.Queries, []rows.StreamsGetRow, time.Time) ([]outbox.StandaloneMail, error)) ([]Notification, error) {
	slices.SortFunc(in.StreamIDs, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	in.StreamIDs = slices.Compact(in.StreamIDs)
	if len(in.StreamIDs) == 0 || len(in.StreamIDs) > mostContacts {
		return nil, coaching.Problemf(coaching.Invalid, "streams_not_chosen", "Choose 1 to %d clients.", mostContacts).WithField("stream_ids", "streams_not_chosen", "1 to %d", mostContacts)
	}
	out := []Notification{}
	var at time.Time
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		organization, err := q.OrganizationGet(ctx, p.Org)
		if err != nil {
			return wrap(err, "read organization")
		}
		at = now().Add(time.Duration(organization.UndoSeconds) * time.Second)
		streams, err := mayWriteAboutAll(ctx, q, p, in.StreamIDs)
		if err != nil {
			return err
		}
		planned, err := plan(q, streams, at)
		if err != nil {
			return wrapUnlessTold(err, "plan mails")
		}
		ids := make([]uuid.UUID, len(planned))
		for i, n := range planned {
			ids[i] = n.ID
		}
		list, err := q.NotificationsGet(ctx, p.Org, ids)
		for _, n := range list {
			out = append(out, notification(rows.NotificationListRow(n)))
		}
		return wrap(err, "read planned mails")
	})
	if err != nil {
		return nil, err
	}
	// One deadline for all: should the engine be away, the sweep sends them.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.Patience)
	defer cancel()
	for _, n := range out {
		a.tellStandaloneMail(ctx, outbox.StandaloneMail{Org: p.Org, ID: n.ID}, n.PlannedAt)
	}
	return out, nil
}

// mayWriteAbout allows admins, and the coach of a conversation.
func mayWriteAbout(ctx context.Context, q *rows.Queries, p Principal, stream uuid.UUID) (rows.StreamGetRow, error) {
	s, err := q.StreamGet(ctx, p.Org, stream)
	if err != nil {
		return s, found(err, "stream")
	}
	if !p.Admin() && s.CoachID != p.Person {
		return s, notFound("stream")
	}
	return s, nil
}

// mayWriteAboutAll is mayWriteAbout for several conversations, all of them or none.
func mayWriteAboutAll(ctx context.Context, q *rows.Queries, p Principal, streams []uuid.UUID) ([]rows.StreamsGetRow, error) {
	list, err := q.StreamsGet(ctx, p.Org, streams)
	if err != nil {
		return nil, wrap(err, "read streams")
	}
	foreign := func(s rows.StreamsGetRow) bool { return !p.Admin() && s.CoachID != p.Person }
	if len(list) < len(streams) || slices.ContainsFunc(list, foreign) {
		return nil, notFound("stream")
	}
	return list, nil
}

// PendingContacts lists the mails with contacts and addresses that can still be
// taken back: an admin's organization's, a coach's own.
func (a *App) PendingContacts(ctx context.Context, p Principal) ([]Notification, error) {
	out := []Notification{}
	err := a.list(ctx, p, func(q *rows.Queries) error {
		list, err := q.NotificationsAboutStreams(ctx, p.Org, ownOnly(p))
		for _, n := range list {
			out = append(out, notification(rows.NotificationListRow(n)))
		}
		return wrap(err, "list pending mails")
	})
	return out, err
}

// mayTakeBack allows admins, and the coach of all conversations that a mail is
// about.
func mayTakeBack(ctx context.Context, q *rows.Queries, p Principal, n rows.Notification) error {
	if p.Admin() {
		return nil
	}
	_, err := mayWriteAboutAll(ctx, q, p, n.AboutIds)
	if _, told := coaching.AsProblem(err); told || (err == nil && len(n.AboutIds) == 0) {
		return notFound("notification")
	}
	return err
}

// TakeBackNotification takes a mail with contacts or an address back that has not
// left.
func (a *App) TakeBackNotification(ctx context.Context, p Principal, id uuid.UUID) (Notification, error) {
	var out Notification
	at := now()
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		n, err := q.NotificationGet(ctx, p.Org, id)
		if err != nil {
			return found(err, "notification")
		}
		if err := mayTakeBack(ctx, q, p, n); err != nil {
			return err
		}
		taken, err := q.NotificationTakeBack(ctx, rows.NotificationTakeBackParams{OrgID: p.Org, ID: id, OutcomeAt: &at})
		if err != nil {
			return wrap(err, "take mail back")
		}
		if taken == 0 {
			return coaching.Problemf(coaching.Conflict, "nothing_to_take_back", "This mail cannot be taken back: it has left, or it is none that is sent by hand.")
		}
		n, err = q.NotificationGet(ctx, p.Org, id)
		out = wholeNotification(n)
		return wrap(err, "read mail")
	})
	return out, err
}

// trimSuffix checks what stands behind the names of contacts, which may be
// nothing.
func trimSuffix(suffix *string) error {
	*suffix = strings.TrimSpace(*suffix)
	if *suffix == "" {
		return nil
	}
	clean, err := coaching.CleanName("A suffix", *suffix)
	if err == nil && utf8.RuneCountInString(clean) > 60 {
		err = errors.New("too long")
	}
	*suffix = clean
	return err
}
