package matching

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// save writes back what has changed, plans the mails that follow from it, and answers with
// how the matching stands.
func (o *open) save(ctx context.Context) (State, error) {
	if !o.before.Status.Over() {
		for _, write := range []func(context.Context) error{o.saveCoaches, o.saveInterviews, o.saveBookings, o.tellCalendars, o.planWords, o.planReminders, o.saveMatching, o.saveEvents, o.conclude} {
			if err := write(ctx); err != nil {
				return State{}, err
			}
		}
	}
	return o.state(ctx)
}

// state is how the matching stands now, with the mails that are to leave.
func (o *open) state(ctx context.Context) (State, error) {
	out := State{Status: o.m.Status, Revision: int(o.row.Revision), NextAt: db.Deref(o.row.NextAt), Waits: o.waitWords()}
	due, err := o.MatchingMailsDue(ctx, rows.MatchingMailsDueParams{OrgID: o.ref.Org, MatchingID: &o.ref.Matching, Moment: o.ref.At})
	if err != nil {
		return out, fmt.Errorf("read mails that are to leave: %w", err)
	}
	for _, n := range due {
		out.Mails = append(out.Mails, outbox.StandaloneMail{Org: o.ref.Org, ID: n.ID})
	}
	if o.m.Status == coaching.MatchingMatched && o.m.Settings.StartsByItself {
		out.Starts = o.row.EngagementID
	}
	return out, nil
}

// waitWords are what the matching waits for, for people who run the system: no names.
func (o *open) waitWords() []string {
	var out []string
	for _, w := range o.m.Waits() {
		words := string(w.Ladder)
		if w.Interview != uuid.Nil {
			words += " of interview " + w.Interview.String()
		}
		out = append(out, words+" since "+w.Since.UTC().Format("2 Jan 2006 15:04 MST"))
	}
	return out
}

func (o *open) saveCoaches(ctx context.Context) error {
	for k, c := range o.m.Coaches {
		if k < len(o.before.Coaches) && o.before.Coaches[k].Gone == c.Gone {
			continue
		}
		row := o.coaches[c.ID]
		set := rows.MatchingCoachSetParams{OrgID: o.ref.Org, MatchingID: o.ref.Matching, CoachID: c.ID, Position: int32(k), Pinned: row.Pinned, Suggestion: row.Suggestion}
		if c.Gone {
			set.GoneAt = &o.ref.At
		}
		if err := o.MatchingCoachSet(ctx, set); err != nil {
			return fmt.Errorf("store coach of matching: %w", err)
		}
	}
	return nil
}

// saveInterviews stores the interviews that are new or have changed.
func (o *open) saveInterviews(ctx context.Context) error {
	for k := range o.m.Interviews {
		i := &o.m.Interviews[k]
		if err := o.saveInterview(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

func (o *open) saveInterview(ctx context.Context, i *coaching.Interview) error {
	row, stored := o.interviews[i.ID]
	if !stored || row.Uid == "" {
		row = o.newInterview(i, row)
	}
	row.State, row.Since, row.Until, row.StartsAt, row.Minutes = string(i.State), i.Since, moment(i.Until), moment(i.Start), int32(i.Minutes)
	row.Proposals, row.CoachKnows, row.Silent, row.Scheduled = i.Proposals, i.CoachKnows, i.Silent, i.Scheduled
	if row.Proposals == nil {
		row.Proposals = []time.Time{}
	}
	row.Decision = nil
	if i.Decision != nil {
		text, err := json.Marshal(i.Decision)
		if err != nil {
			return fmt.Errorf("write decision: %w", err)
		}
		row.Decision = text
	}
	o.interviews[i.ID] = row
	if err := o.InterviewUpsert(ctx, rows.InterviewUpsertParams(row)); err != nil {
		return fmt.Errorf("store interview: %w", err)
	}
	return nil
}

// newInterview is the row of an interview that is new. row has what was written with it.
func (o *open) newInterview(i *coaching.Interview, row rows.Interview) rows.Interview {
	row.OrgID, row.ID, row.MatchingID, row.CoachID, row.CreatedAt = o.ref.Org, i.ID, o.ref.Matching, i.Coach, o.ref.At
	row.Uid = i.ID.String() + "@" + o.s.Outbox.CalendarDomain()
	row.Calendar, _ = json.Marshal(coaching.SessionCalendar{UID: row.Uid})
	row.Organizer = outbox.NewOrganizer()
	return row
}

// moment is a time as a column has it, which may be none.
func moment(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

func (o *open) saveMatching(ctx context.Context) error {
	m := o.m
	row := rows.MatchingUpdateParams{OrgID: o.ref.Org, ID: o.ref.Matching, Status: string(m.Status), Since: m.Since, AskedAt: moment(m.AskedToSelect), Reason: o.row.Reason}
	if m.Selection != nil {
		text, err := json.Marshal(m.Selection)
		if err != nil {
			return fmt.Errorf("write selection: %w", err)
		}
		row.Selection = text
	}
	if m.Coach != uuid.Nil {
		row.CoachID = &m.Coach
	}
	next, err := o.nextAt(ctx)
	if err != nil {
		return err
	}
	row.NextAt = next
	if m.Status.Over() {
		row.EndedAt = &o.ref.At
	}
	if o.same(row) {
		return nil
	}
	if changed, err := o.MatchingUpdate(ctx, row); err != nil || changed != 1 {
		return fmt.Errorf("store matching (%d): %w", changed, err)
	}
	o.row.NextAt, o.row.Revision = next, o.row.Revision+1
	return nil
}

// same reports whether the row says nothing new.
func (o *open) same(n rows.MatchingUpdateParams) bool {
	equal := func(a, b *time.Time) bool { return (a == nil) == (b == nil) && (a == nil || a.Equal(*b)) }
	return o.row.Status == n.Status && o.row.Since.Equal(n.Since) && equal(o.row.AskedAt, n.AskedAt) && equal(o.row.NextAt, n.NextAt) &&
		o.before.Status == o.m.Status && reflect.DeepEqual(o.before.Selection, o.m.Selection) && o.row.Reason == o.names.Matching.Reason
}

// nextAt is when the workflow has to do something next.
func (o *open) nextAt(ctx context.Context) (*time.Time, error) {
	next := moment(o.m.NextChange())
	mail, err := o.MatchingMailNext(ctx, rows.MatchingMailNextParams{OrgID: o.ref.Org, MatchingID: &o.ref.Matching, Moment: o.ref.At})
	if err != nil && !db.NoRow(err) {
		return nil, fmt.Errorf("read next mail: %w", err)
	}
	if err == nil && (next == nil || mail.Before(*next)) {
		next = &mail
	}
	return next, nil
}

// saveEvents writes what has changed into the timeline.
func (o *open) saveEvents(ctx context.Context) error {
	for _, i := range o.m.Interviews {
		old := o.before.Interview(i.ID)
		switch {
		case old == nil || old.State != i.State:
			if err := o.event(ctx, "interview_"+string(i.State), i.ID, o.interviews[i.ID].Reason); err != nil {
				return err
			}
		case old.State == coaching.InterviewScheduled && !old.Start.Equal(i.Start):
			if err := o.event(ctx, "interview_moved", i.ID, o.interviews[i.ID].Reason); err != nil {
				return err
			}
		case (old.Decision == nil) != (i.Decision == nil):
			if err := o.event(ctx, decisionEvent(i.Decision), i.ID, ""); err != nil {
				return err
			}
		}
	}
	if err := o.selectionEvents(ctx); err != nil || o.before.Status == o.m.Status || !o.m.Status.Over() && o.m.Status != coaching.MatchingStalled {
		return err
	}
	return o.event(ctx, "matching_"+string(o.m.Status), uuid.Nil, o.row.Reason)
}

func decisionEvent(d *coaching.Decision) string {
	switch {
	case d == nil:
		return "decision_taken_back"
	case d.Approved:
		return "request_approved"
	}
	return "request_rejected"
}

func (o *open) selectionEvents(ctx context.Context) error {
	was, is := o.before.Selection, o.m.Selection
	switch {
	case was == nil && is != nil:
		return o.event(ctx, "coach_selected", is.Coach, "")
	case was != nil && is == nil && o.m.Status != coaching.MatchingMatched:
		return o.event(ctx, "selection_ended", was.Coach, o.row.Reason)
	case was != nil && is != nil && (was.Decision == nil) != (is.Decision == nil):
		return o.event(ctx, decisionEvent(is.Decision), is.Coach, "")
	}
	return nil
}

// event writes one line of the timeline. The key tells changes of one matching apart.
func (o *open) event(ctx context.Context, kind string, about uuid.UUID, reason string) error {
	e := rows.EventInsertParams{OrgID: o.ref.Org, ID: db.NewID(), EngagementID: &o.row.EngagementID, At: o.ref.At, Kind: kind, ActorKind: string(coaching.ActorProcess), Reason: reason,
		Key: fmt.Sprintf("%s/%s/%s/%d", kind, o.ref.Matching, about, o.ref.At.UnixMicro())}
	if o.actor != nil {
		e.ActorKind, e.ActorID = string(coaching.ActorPerson), o.actor
	}
	if err := o.EventInsert(ctx, e); err != nil {
		return fmt.Errorf("write event %s: %w", kind, err)
	}
	return nil
}

// conclude brings the engagement in line with the end of the matching.
func (o *open) conclude(ctx context.Context) error {
	switch o.m.Status {
	case coaching.MatchingMatched:
		found := coaching.FoundCoach{Org: o.ref.Org, Engagement: o.row.EngagementID, Coach: o.m.Coach, Template: o.m.Settings.TemplateID, Starts: o.m.Settings.StartsByItself,
			At: o.ref.At, Key: "matching/" + o.ref.Matching.String()}
		return o.s.Begin(ctx, o.Queries, found)
	case coaching.MatchingCancelled:
		back := rows.EngagementMatchingParams{OrgID: o.ref.Org, ID: o.row.EngagementID, Status: string(coaching.EngagementDraft), Before: string(coaching.EngagementMatching)}
		// An engagement that was cancelled itself stays so.
		if left, err := o.EngagementMatching(ctx, back); err != nil || left > 1 {
			return fmt.Errorf("end the search of the engagement (%d): %w", left, err)
		}
	}
	return nil
}
