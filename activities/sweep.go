package activities

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"coachflow/booking"
	"coachflow/db"
	"coachflow/inbox"
	"coachflow/outbox"
)

// Unprocessed is what was saved and not acknowledged by a workflow: the facts for
// the recovery sweep, which tells the workflows.
type Unprocessed struct {
	Programs []UnreadProgram     `json:"programs,omitempty"` // started, and read by no workflow
	Answers  []UnprocessedAnswer `json:"answers,omitempty"`
	Mails    []inbox.Inbound     `json:"mails,omitempty"`
	// Changed are programs of which mails that were held may leave.
	Changed []uuid.UUID `json:"changed,omitempty"`
	// Invitations are persons whose invitation no workflow has read, and StandaloneMails
	// standalone mails that did not leave.
	Invitations     []outbox.Addressee      `json:"invitations,omitempty"`
	StandaloneMails []outbox.StandaloneMail `json:"notices,omitempty"`
	Late            int64                   `json:"late,omitempty"`
	// LetThrough are mails that a person let through and that were not posted, and
	// Waiting mails whose run of the version before may still wait for a decision.
	LetThrough []inbox.Inbound `json:"let_through,omitempty"`
	Waiting    []inbox.Inbound `json:"waiting,omitempty"`
	// Calendars are busy calendars that nobody has fetched though it is time.
	Calendars []booking.Unfetched `json:"calendars,omitempty"`
}

// UnreadProgram is a started engagement whose program no workflow has read.
type UnreadProgram struct {
	Org        uuid.UUID `json:"o"`
	Engagement uuid.UUID `json:"e"`
}

// UnprocessedAnswer is a submitted answer that its program has not acknowledged.
type UnprocessedAnswer struct {
	Engagement uuid.UUID `json:"e"`
	Item       uuid.UUID `json:"i"`
	Recipient  uuid.UUID `json:"r"`
	Round      int       `json:"n"`
}

// sweepBatch bounds one round of the sweep; what is over comes with the next.
const sweepBatch = 200

// sweepGrace is the time in which the ordinary way has its chance.
const sweepGrace = 20 * time.Second

// FindUnprocessed looks across organizations for what was saved and not acknowledged, and
// for sends that are late, which it raises as an alarm. What uploads that were broken off
// have left, it removes.
func (a *Activities) FindUnprocessed(ctx context.Context) (Unprocessed, error) {
	before := db.Now().Add(-sweepGrace)
	var found Unprocessed
	for _, find := range []func(context.Context, time.Time, *Unprocessed) error{
		a.findPrograms, a.findAnswers, a.findMails, a.findLetThrough, a.findWaiting, a.findInvitations, a.findReleased, a.findStandaloneMails, a.findCalendars, a.findLate, a.sweepUploads,
	} {
		if err := find(ctx, before, &found); err != nil {
			return found, err
		}
	}
	return found, nil
}

// FindUntold is FindUnprocessed by the name that sweeps of the version before know.
func (a *Activities) FindUntold(ctx context.Context) (Unprocessed, error) {
	return a.FindUnprocessed(ctx)
}

func (a *Activities) findPrograms(ctx context.Context, before time.Time, found *Unprocessed) error {
	list, err := a.outbox.DB.Across().SweepPrograms(ctx, before, sweepBatch)
	if err != nil {
		return fmt.Errorf("sweep programs: %w", err)
	}
	for _, row := range list {
		found.Programs = append(found.Programs, UnreadProgram{Org: row.OrgID, Engagement: row.EngagementID})
	}
	return nil
}

func (a *Activities) findAnswers(ctx context.Context, before time.Time, found *Unprocessed) error {
	list, err := a.outbox.DB.Across().SweepAnswers(ctx, before, sweepBatch)
	if err != nil {
		return fmt.Errorf("sweep answers: %w", err)
	}
	for _, row := range list {
		found.Answers = append(found.Answers, UnprocessedAnswer{Engagement: row.EngagementID, Item: row.ItemID, Recipient: row.RecipientID, Round: int(row.Round)})
	}
	return nil
}

func (a *Activities) findMails(ctx context.Context, before time.Time, found *Unprocessed) error {
	list, err := a.outbox.DB.Across().SweepInboundMails(ctx, before, sweepBatch)
	if err != nil {
		return fmt.Errorf("sweep mails: %w", err)
	}
	for _, row := range list {
		found.Mails = append(found.Mails, inbox.Inbound{Org: row.OrgID, ID: row.ID})
	}
	return nil
}

func (a *Activities) findLetThrough(ctx context.Context, before time.Time, found *Unprocessed) error {
	list, err := a.outbox.DB.Across().SweepLetThrough(ctx, before, sweepBatch/2)
	if err != nil {
		return fmt.Errorf("sweep mails that were let through: %w", err)
	}
	for _, row := range list {
		found.LetThrough = append(found.LetThrough, inbox.Inbound{Org: row.OrgID, ID: row.ID})
	}
	return nil
}

func (a *Activities) findWaiting(ctx context.Context, before time.Time, found *Unprocessed) error {
	list, err := a.outbox.DB.Across().SweepWaitingMails(ctx, before, sweepBatch/2)
	if err != nil {
		return fmt.Errorf("sweep mails with a waiting run: %w", err)
	}
	for _, row := range list {
		found.Waiting = append(found.Waiting, inbox.Inbound{Org: row.OrgID, ID: row.ID})
	}
	return nil
}

func (a *Activities) findInvitations(ctx context.Context, before time.Time, found *Unprocessed) error {
	list, err := a.outbox.DB.Across().SweepInvitations(ctx, before, sweepBatch)
	if err != nil {
		return fmt.Errorf("sweep invitations: %w", err)
	}
	for _, row := range list {
		found.Invitations = append(found.Invitations, outbox.Addressee{Org: row.OrgID, Person: row.PersonID})
	}
	return nil
}

func (a *Activities) findReleased(ctx context.Context, before time.Time, found *Unprocessed) error {
	released, err := a.outbox.FindReleased(ctx, before, sweepBatch)
	for _, r := range released {
		if !slices.Contains(found.Changed, r.Engagement) {
			found.Changed = append(found.Changed, r.Engagement)
		}
	}
	return err
}

func (a *Activities) findStandaloneMails(ctx context.Context, before time.Time, found *Unprocessed) error {
	list, err := a.outbox.DB.Across().SweepNotices(ctx, before, sweepBatch)
	if err != nil {
		return fmt.Errorf("sweep standalone mails: %w", err)
	}
	for _, row := range list {
		found.StandaloneMails = append(found.StandaloneMails, outbox.StandaloneMail{Org: row.OrgID, ID: row.ID})
	}
	return nil
}

func (a *Activities) findCalendars(ctx context.Context, before time.Time, found *Unprocessed) (err error) {
	found.Calendars, err = a.booking.FindUnfetched(ctx, before, sweepBatch)
	return err
}

func (a *Activities) findLate(ctx context.Context, _ time.Time, found *Unprocessed) error {
	late, err := a.outbox.DB.Across().SweepLateSends(ctx, db.Now().Add(-a.sweep.lateAfter))
	if err != nil {
		return fmt.Errorf("sweep late sends: %w", err)
	}
	for _, row := range late {
		found.Late += row.Late
		a.sweep.log.ErrorContext(ctx, "planned mails are late", "organization", row.OrgID, "count", row.Late, "oldest", row.Oldest)
	}
	if a.sweep.late != nil {
		a.sweep.late(found.Late)
	}
	return nil
}

func (a *Activities) sweepUploads(ctx context.Context, _ time.Time, _ *Unprocessed) error {
	return a.files.Sweep(ctx, sweepBatch)
}
