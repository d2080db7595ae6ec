package outbox

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
)

// NextCalendarMail is the mail that leaves next to one calendar, of the mails about one
// meeting in their order (R11); the zero id: none. Those that nobody needs any more are
// taken back.
func NextCalendarMail(ctx context.Context, q *rows.Queries, org uuid.UUID, mails []rows.CalendarMailsRow, address string, at time.Time) (next uuid.UUID, dropped []uuid.UUID, err error) {
	mails = slices.DeleteFunc(slices.Clone(mails), func(n rows.CalendarMailsRow) bool { return !coaching.SameMailbox(n.Address, address) })
	queue := make([]coaching.QueuedCalendarMail, len(mails))
	for i, n := range mails {
		queue[i] = coaching.QueuedCalendarMail{Method: coaching.CalendarMethod(n.CalendarMethod), Outcome: calendarOutcome(n)}
	}
	first, over := coaching.NextCalendarMail(queue)
	for _, i := range over {
		drop := rows.CalendarMailDropParams{OrgID: org, ID: mails[i].ID, StateReason: droppedWords(queue[i].Method), OutcomeAt: &at}
		if gone, err := q.CalendarMailDrop(ctx, drop); err != nil || gone != 1 {
			return uuid.Nil, nil, fmt.Errorf("drop mail to calendar (%d): %w", gone, err)
		}
		dropped = append(dropped, mails[i].ID)
	}
	if first < 0 {
		return uuid.Nil, dropped, nil
	}
	return mails[first].ID, dropped, nil
}

func droppedWords(method coaching.CalendarMethod) string {
	if method == coaching.CalendarCancel {
		return "the invitation had not left, so there is nothing to take back"
	}
	return "it had not left when the time was changed again"
}

// calendarOutcome is how far a mail to a calendar has come. One that an attempt holds, or
// held when its worker died, may have left.
func calendarOutcome(n rows.CalendarMailsRow) coaching.CalendarOutcome {
	switch coaching.NotificationState(n.State) {
	case coaching.NotificationSent, coaching.NotificationDelivered, coaching.NotificationBounced:
		return coaching.CalendarLeft
	case coaching.NotificationPlanned, coaching.NotificationHeld, coaching.NotificationSending:
		if n.Doubtful || n.ClaimedUntil != nil {
			return coaching.CalendarUnknown
		}
		return coaching.CalendarWaits
	}
	return coaching.CalendarDropped
}

// Behind is why a mail to a calendar does not leave now: it was taken back, which is no
// error, or another one comes first.
func Behind(ctx context.Context, q *rows.Queries, n rows.Notification) error {
	now, err := q.NotificationGet(ctx, n.OrgID, n.ID)
	if err != nil {
		return fmt.Errorf("read notification: %w", err)
	}
	if now.State != "planned" && now.State != "sending" {
		return nil
	}
	return Later(ctx, "the one before it to the same calendar is on its way")
}

// NewOrganizer is the local part of the address that organizes a session or an interview in
// calendars: 120 random bits.
func NewOrganizer() string {
	raw := make([]byte, 15)
	_, _ = rand.Read(raw) // never fails: crypto/rand ends the program first
	return coaching.SessionAddress + strings.ToLower(base32.StdEncoding.EncodeToString(raw))
}
