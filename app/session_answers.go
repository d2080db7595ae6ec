package app

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/program"
	"coachflow/workflows"
)

// What the attendees of a session have answered in their calendars, and the proposals of
// another time that wait for a decision.

// Proposal is another time that an attendee proposes for a session.
type Proposal struct {
	ID          uuid.UUID  `json:"id"`
	RecipientID *uuid.UUID `json:"recipient_id,omitempty" doc:"Who proposes it: a recipient of the item."`
	StartsAt    time.Time  `json:"starts_at"`
	EndsAt      time.Time  `json:"ends_at"`
	Words       string     `json:"words,omitempty"`
	ReceivedAt  time.Time  `json:"received_at"`
}

// readAnswers adds to scheduled sessions what their attendees have answered, and the
// proposals that still can be decided about.
func (out *Program) readAnswers(ctx context.Context, q *rows.Queries, org uuid.UUID, sessions map[uuid.UUID]*rows.ItemSession) error {
	var ids []uuid.UUID
	for _, s := range sessions {
		ids = append(ids, s.ID)
	}
	if len(ids) == 0 {
		return nil
	}
	answers, err := q.AnswersOfSessions(ctx, org, ids)
	if err != nil {
		return wrap(err, "list answers")
	}
	proposals, err := q.ProposalsOfSessions(ctx, org, ids)
	if err != nil {
		return wrap(err, "list proposals")
	}
	for i := range out.Items {
		if item, s := &out.Items[i], sessions[out.Items[i].ID]; s != nil && s.State == string(coaching.SessionScheduled) {
			item.addAnswers(s, answers, proposals)
		}
	}
	return nil
}

func (i *Item) addAnswers(s *rows.ItemSession, answers []rows.AnswersOfSessionsRow, proposals []rows.ProposalsOfSessionsRow) {
	for n := range i.To {
		at := slices.IndexFunc(answers, func(a rows.AnswersOfSessionsRow) bool { return a.SessionID == s.ID && a.RecipientID == i.To[n].ID })
		if at >= 0 {
			i.To[n].Attendance, i.To[n].AttendanceWords, i.To[n].AttendanceAt = coaching.Attendance(answers[at].Answer), answers[at].AnswerWords, answers[at].AnsweredAt
		}
	}
	for _, p := range proposals {
		a := p.SessionAnswer
		if a.SessionID == s.ID && now().Before(coaching.ProposalUntil(s.StartsAt, *a.StartsAt)) {
			i.Session.Proposals = append(i.Session.Proposals, Proposal{ID: a.ID, RecipientID: &p.RecipientID, StartsAt: *a.StartsAt,
				EndsAt: a.StartsAt.Add(time.Duration(*a.Minutes) * time.Minute), Words: a.Words, ReceivedAt: a.ReceivedAt})
		}
	}
}

// reduceProposals leaves a coachee their own.
func (i *Item) reduceProposals() {
	if i.Session != nil {
		i.Session.Proposals = slices.DeleteFunc(i.Session.Proposals, func(p Proposal) bool {
			return !slices.ContainsFunc(i.To, func(r ItemRecipient) bool { return p.RecipientID != nil && *p.RecipientID == r.ID })
		})
	}
}

// TakeProposal gives a session the time that an attendee proposes, as RescheduleSession does.
func (a *App) TakeProposal(ctx context.Context, p Principal, item, proposal uuid.UUID) (Item, error) {
	if err := a.mayDecide(ctx, p, item); err != nil {
		return Item{}, err
	}
	wanted, err := a.proposalOf(ctx, p.Org, item, proposal)
	if err != nil {
		return Item{}, err
	}
	if err := a.takeProposal(ctx, p.Org, wanted, &p.Person); err != nil {
		return Item{}, err
	}
	return a.GetItem(ctx, p, item)
}

// RefuseProposal leaves a session as it is; who has proposed another time is told.
func (a *App) RefuseProposal(ctx context.Context, p Principal, item, proposal uuid.UUID, reason string) (Item, error) {
	if err := a.mayDecide(ctx, p, item); err != nil {
		return Item{}, err
	}
	wanted, err := a.proposalOf(ctx, p.Org, item, proposal)
	if err != nil {
		return Item{}, err
	}
	if err := a.refuseProposal(ctx, p.Org, wanted, reason, &p.Person); err != nil {
		return Item{}, err
	}
	return a.GetItem(ctx, p, item)
}

// mayDecide refuses who does not run the engagement of an item.
func (a *App) mayDecide(ctx context.Context, p Principal, item uuid.UUID) error {
	engagement, err := a.engagementOf(ctx, p, item)
	if err == nil {
		_, err = a.running(ctx, p, engagement)
	}
	return err
}

// proposed is a proposal with the session that it is about.
type proposed struct {
	rows.SessionAnswerGetRow
	about rows.SessionMailItemRow
}

// proposalOf finds a proposal about the session of an item.
func (a *App) proposalOf(ctx context.Context, org, item, proposal uuid.UUID) (out proposed, err error) {
	err = a.DB.InOrg(ctx, org, func(q *rows.Queries) (err error) {
		if out.SessionAnswerGetRow, err = q.SessionAnswerGet(ctx, org, proposal); err != nil {
			return found(err, "proposal")
		}
		out.about, err = q.SessionMailItem(ctx, org, out.SessionAnswer.SessionID)
		return wrap(err, "read session of proposal")
	})
	if err == nil && (out.about.ItemSession.ItemID != item || out.SessionAnswer.State == string(coaching.NoProposal)) {
		err = coaching.Problemf(coaching.NotFound, "proposal_not_found", "There is no such proposal.")
	}
	return out, err
}

// takeProposal has the workflow give a session a proposed time.
func (a *App) takeProposal(ctx context.Context, org uuid.UUID, p proposed, actor *uuid.UUID) error {
	if problem := p.mayDecide(); problem != nil {
		return problem
	}
	e, err := a.engagementRow(ctx, org, p.about.EngagementID)
	if err != nil {
		return err
	}
	s := p.about.ItemSession
	act := coaching.TakesProposal(s.ID, p.SessionAnswer.ID, *p.SessionAnswer.StartsAt, int(*p.SessionAnswer.Minutes), s.Zone)
	return a.applyToSession(ctx, e, s.ItemID, act, actor)
}

// refuseProposal ends a proposal, and tells its attendee.
func (a *App) refuseProposal(ctx context.Context, org uuid.UUID, p proposed, reason string, actor *uuid.UUID) error {
	if problem := p.mayDecide(); problem != nil {
		return problem
	}
	if problem := (coaching.SessionAct{Kind: coaching.CancelSession, Reason: reason}).Check(); problem != nil {
		return problem
	}
	var mails []workflows.StandaloneMailInput
	err := a.DB.InOrg(ctx, org, func(q *rows.Queries) error {
		c := program.CommandContext{Org: org, Engagement: p.about.EngagementID, Item: p.about.ItemSession.ItemID, Actor: actor, At: now(), Key: db.NewID().String()}
		planned, err := a.Programs.RefuseProposal(ctx, q, c, p.SessionAnswerGetRow, p.about.ItemSession.Uid, reason)
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

// mayDecide refuses a decision about what is over.
func (p proposed) mayDecide() *coaching.Problem {
	s := p.about.ItemSession
	switch {
	case p.SessionAnswer.State != string(coaching.ProposalOpen):
		return coaching.Problemf(coaching.Conflict, "proposal_ended", "Nothing waits for a decision any more: the proposal was decided about, or the session went another way.")
	case s.State != string(coaching.SessionScheduled) || !now().Before(coaching.ProposalUntil(s.StartsAt, *p.SessionAnswer.StartsAt)):
		return coaching.Problemf(coaching.Conflict, "proposal_ended", "It is too late to decide: the session, or the proposed time, has come.")
	}
	return nil
}
