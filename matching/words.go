package matching

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// planWords plans the letters that follow from an act or from the time. They leave at once.
func (o *open) planWords(ctx context.Context) error {
	var plans []rows.NotificationPlanParams
	for _, w := range o.words {
		readers, err := o.readers(ctx, w)
		if err != nil {
			return err
		}
		for _, r := range readers {
			key := fmt.Sprintf("matching/%s/%s/%s/%s/%s/%d", o.ref.Matching, w.Letter, w.Interview, w.Coach, r.ID, o.ref.At.UnixMicro())
			plans = append(plans, o.planned(r, w, key, o.ref.At))
		}
	}
	return outbox.PlanAll(ctx, o.Queries, plans)
}

// planned is the row of one letter to one reader, through the gate.
func (o *open) planned(to rows.ContactGetRow, w coaching.MatchingWord, key string, at time.Time) rows.NotificationPlanParams {
	if w.To == coaching.MatchingCoach && to.State != string(coaching.ActivePerson) {
		to.State = string(coaching.BareCoach) // they need no account
	}
	n := outbox.PlanTo(to, w.Letter, key, reasonOf(w.To))
	n.OrgID, n.PlannedAt, n.EngagementID, n.MatchingID = o.ref.Org, at, &o.row.EngagementID, &o.ref.Matching
	if w.Interview != uuid.Nil {
		n.InterviewID = &w.Interview
	}
	if w.Coach != uuid.Nil {
		n.AboutIds = []uuid.UUID{w.Coach}
	}
	return n
}

func reasonOf(to coaching.MatchingReader) string {
	switch to {
	case coaching.MatchingCoachee:
		return "looks for a coach"
	case coaching.MatchingCoach:
		return "coach of the pool"
	}
	return "admin of the organization"
}

// planReminders replaces what is planned for waits that are over by what belongs to those
// that have begun (R4). Of waits that go on the plan stays as it was made (R5).
func (o *open) planReminders(ctx context.Context) error {
	waits := o.m.Waits()
	keys := make([]string, len(waits))
	for k, w := range waits {
		keys[k] = o.waitKey(w)
	}
	cancel := rows.MatchingWaitsCancelParams{OrgID: o.ref.Org, MatchingID: &o.ref.Matching, Waits: keys, StateReason: "what it reminds of is done, or has changed", OutcomeAt: &o.ref.At}
	if err := o.MatchingWaitsCancel(ctx, cancel); err != nil {
		return fmt.Errorf("take reminders back: %w", err)
	}
	known, err := o.MatchingWaits(ctx, o.ref.Org, &o.ref.Matching)
	if err != nil {
		return fmt.Errorf("read what is waited for: %w", err)
	}
	for k, w := range waits {
		if slices.Contains(known, keys[k]) {
			continue
		}
		if err := o.remind(ctx, w, keys[k]); err != nil {
			return err
		}
	}
	return nil
}

// waitKey begins the keys of the mails of a wait. One that begins again is another one.
func (o *open) waitKey(w coaching.MatchingWait) string {
	return fmt.Sprintf("wait/%s/%s/%s/%d/%d", o.ref.Matching, w.Ladder, w.Interview, w.Since.UnixMicro(), w.Due.Unix())
}

// remind plans the reminders of a wait, each in the hours of its reader, and the word to
// whoever is told at the end. What does not go out is written down with its reason (R3).
func (o *open) remind(ctx context.Context, w coaching.MatchingWait, key string) error {
	follow, err := o.followUp(ctx, w.Ladder)
	if err != nil {
		return err
	}
	var plans []rows.NotificationPlanParams
	for _, to := range []coaching.Audience{coaching.ToReader, coaching.ToCoach, coaching.ToAdmins} {
		for _, reader := range readersOf(w, to) {
			list, err := o.readers(ctx, reader)
			if err != nil {
				return err
			}
			for _, r := range list {
				plans = append(plans, o.remindOne(w, to, reader, r, follow, key)...)
			}
		}
	}
	return outbox.PlanAll(ctx, o.Queries, plans)
}

// remindOne are the reminders of a wait to one reader.
func (o *open) remindOne(w coaching.MatchingWait, to coaching.Audience, word coaching.MatchingWord, r rows.ContactGetRow, follow outbox.FollowUp, key string) []rows.NotificationPlanParams {
	zone := coaching.ZoneOrUTC(r.TimeZone)
	laid := follow.Ladder.Lay(coaching.LadderInput{Start: w.Since, Due: w.Due, Now: o.ref.At, Hours: follow.Hours, Zones: coaching.LadderZones{Reader: zone, Coach: zone, Admins: zone}})
	plan := func(s coaching.LadderStep) rows.NotificationPlanParams {
		word := word
		if s.End {
			word.Letter = coaching.MatchingLateLetter
		}
		n := o.planned(r, word, fmt.Sprintf("%s#%s/%s", key, s.Name, r.ID), s.At)
		n.Step, n.Plan = s.Name, 1
		return n
	}
	var plans []rows.NotificationPlanParams
	for _, s := range laid.Steps {
		if s.To == to && (!s.End || s.Does == coaching.Escalate) {
			plans = append(plans, plan(s))
		}
	}
	for _, s := range laid.Dropped {
		if s.To == to {
			n := plan(s.LadderStep)
			n.State, n.StateReason = "dropped", s.Reason.Words()
			plans = append(plans, n)
		}
	}
	return plans
}

// readersOf are the words of a wait's reminders to an audience. Whoever is not waited for
// is told that it waits.
func readersOf(w coaching.MatchingWait, to coaching.Audience) []coaching.MatchingWord {
	word := coaching.MatchingWord{Letter: coaching.MatchingLateLetter, Coach: w.Coach, Interview: w.Interview}
	switch to {
	case coaching.ToReader:
		word.To = coaching.MatchingCoachee
	case coaching.ToCoach:
		word.To = coaching.MatchingCoach
	case coaching.ToAdmins:
		word.To = coaching.MatchingAdmins
	}
	switch {
	case word.To == coaching.MatchingCoach && w.Coach == uuid.Nil:
		return nil
	case w.Ladder == coaching.SessionLadder && to == coaching.ToReader:
		word.Letter = coaching.InterviewReminderLetter
		coach := word
		coach.To = coaching.MatchingCoach
		return []coaching.MatchingWord{word, coach}
	case to == waitsFor(w):
		word.Letter = reminderOf(w)
	}
	return []coaching.MatchingWord{word}
}

// waitsFor is who a wait waits for.
func waitsFor(w coaching.MatchingWait) coaching.Audience {
	switch w.Ladder {
	case coaching.InterviewLadder:
		return coaching.ToCoach
	case coaching.ApprovalLadder:
		return coaching.ToAdmins
	}
	return coaching.ToReader
}

// reminderOf is the letter that reminds whoever is waited for.
func reminderOf(w coaching.MatchingWait) coaching.NotificationKind {
	switch {
	case w.Ladder == coaching.InterviewLadder:
		return coaching.InterviewAskedReminder
	case w.Ladder == coaching.ApprovalLadder:
		return coaching.ApprovalReminderLetter
	case w.Ladder == coaching.SelectionLadder && w.Interview != uuid.Nil:
		return coaching.InterviewProposedReminder
	case w.Ladder == coaching.SelectionLadder:
		return coaching.SelectCoachReminder
	}
	return coaching.MatchingReminderLetter
}
