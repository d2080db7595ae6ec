package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Untold is what was saved and of which no workflow has heard: the facts for
// the sweep, which tells the workflows.
type Untold struct {
	Programs []UntoldProgram `json:"programs,omitempty"`
	Answers  []UntoldAnswer  `json:"answers,omitempty"`
	Mails    []Inbound       `json:"mails,omitempty"`
	Changed  []uuid.UUID     `json:"changed,omitempty"` // programs that were changed by an act whose answer may be lost
	// Invitations are persons whose invitation no workflow has taken up, and
	// Notices single mails that did not leave.
	Invitations []Invitee `json:"invitations,omitempty"`
	Notices     []Notice  `json:"notices,omitempty"`
	// Released are items of which mails that were held may leave.
	Released []Released `json:"released,omitempty"`
	Late     int64      `json:"late,omitempty"`
}

// UntoldProgram is a started engagement without a workflow.
type UntoldProgram struct {
	Org        uuid.UUID `json:"o"`
	Engagement uuid.UUID `json:"e"`
}

// UntoldAnswer is a submitted answer that its program has not taken up.
type UntoldAnswer struct {
	Engagement uuid.UUID `json:"e"`
	Item       uuid.UUID `json:"i"`
	Recipient  uuid.UUID `json:"r"`
	Round      int       `json:"n"`
}

// sweepBatch bounds one sweep; what is over comes with the next.
const sweepBatch = 200

// sweepGrace is the time in which the ordinary way has its chance.
const sweepGrace = 20 * time.Second

// FindUntold looks across organizations for what was saved and not taken up,
// and for sends that are late, which it raises as an alarm.
func (a *Activities) FindUntold(ctx context.Context) (Untold, error) {
	before := now().Add(-sweepGrace)
	across := a.DB.Across()
	var found Untold
	programs, err := across.SweepPrograms(ctx, before, sweepBatch)
	if err != nil {
		return found, fmt.Errorf("sweep programs: %w", err)
	}
	for _, row := range programs {
		found.Programs = append(found.Programs, UntoldProgram{Org: row.OrgID, Engagement: row.EngagementID})
	}
	answers, err := across.SweepAnswers(ctx, before, sweepBatch)
	if err != nil {
		return found, fmt.Errorf("sweep answers: %w", err)
	}
	for _, row := range answers {
		found.Answers = append(found.Answers, UntoldAnswer{Engagement: row.EngagementID, Item: row.ItemID, Recipient: row.RecipientID, Round: int(row.Round)})
	}
	changed, err := across.SweepUntold(ctx, before, sweepBatch)
	if err != nil {
		return found, fmt.Errorf("sweep changed programs: %w", err)
	}
	for _, row := range changed {
		found.Changed = append(found.Changed, row.EngagementID)
	}
	mails, err := across.SweepInboundMails(ctx, before, sweepBatch)
	if err != nil {
		return found, fmt.Errorf("sweep mails: %w", err)
	}
	for _, row := range mails {
		found.Mails = append(found.Mails, Inbound{Org: row.OrgID, ID: row.ID})
	}
	if err := a.findUntoldMails(ctx, before, &found); err != nil {
		return found, err
	}
	late, err := across.SweepLateSends(ctx, now().Add(-a.LateAfter))
	if err != nil {
		return found, fmt.Errorf("sweep late sends: %w", err)
	}
	for _, row := range late {
		found.Late += row.Late
		a.Log.ErrorContext(ctx, "planned mails are late", "organization", row.OrgID, "count", row.Late, "oldest", row.Oldest)
	}
	if a.Late != nil {
		a.Late(found.Late)
	}
	return found, nil
}

func (a *Activities) findUntoldMails(ctx context.Context, before time.Time, found *Untold) error {
	invitations, err := a.DB.Across().SweepInvitations(ctx, before, sweepBatch)
	if err != nil {
		return fmt.Errorf("sweep invitations: %w", err)
	}
	for _, row := range invitations {
		found.Invitations = append(found.Invitations, Invitee{Org: row.OrgID, Person: row.PersonID})
	}
	if err := a.findHeld(ctx, before, found); err != nil {
		return err
	}
	notices, err := a.DB.Across().SweepNotices(ctx, before, sweepBatch)
	if err != nil {
		return fmt.Errorf("sweep notices: %w", err)
	}
	for _, row := range notices {
		found.Notices = append(found.Notices, Notice{Org: row.OrgID, ID: row.ID})
	}
	return nil
}
