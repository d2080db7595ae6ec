package program

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// A proposal of another time waits for whoever is responsible: coaching.ProposalState.

// planProposal has those who are responsible decide about a proposal. An earlier one of the
// same attendee ends with it. Should nobody decide, both sides are told when it is too late:
// those letters are planned with it, and taken back with its end.
func (p *locked) planProposal(ctx context.Context, item coaching.ProgramItem, session *rows.ItemSession, attendee rows.SessionAttendee, m coaching.SessionMail) error {
	end := rows.ProposalsEndParams{OrgID: m.Org, SessionID: session.ID, AttendeeID: &attendee.ID, But: m.ID, State: string(coaching.ProposalReplaced), EndedAt: &p.command.At}
	if err := p.endProposals(ctx, end, "they have proposed another time since"); err != nil {
		return err
	}
	if err := p.planWords(ctx, item, session, coaching.SessionProposedLetter, m.ID); err != nil {
		return err
	}
	asker, err := p.SessionReader(ctx, m.Org, m.Attendee)
	if err != nil {
		return fmt.Errorf("read attendee: %w", err)
	}
	to, err := p.responsibleFor(ctx)
	if err != nil {
		return err
	}
	start, _ := m.Answer.Proposed(endOf(session).Sub(session.StartsAt))
	until := coaching.ProposalUntil(session.StartsAt, start)
	plans := []rows.NotificationPlanParams{p.answerLetter(item, session, recipient(asker), coaching.ProposalExpiredLetter, m.ID, until)}
	for _, r := range to {
		if asker.PersonID == nil || *asker.PersonID != *r.PersonID {
			plans = append(plans, p.answerLetter(item, session, r, coaching.ProposalExpiredLetter, m.ID, until))
		}
	}
	return p.planStandalone(ctx, plans)
}

// proposalLetters are those that are taken back when a proposal has ended.
var proposalLetters = []string{string(coaching.SessionProposedLetter), string(coaching.ProposalExpiredLetter)}

// endProposals ends open proposals, and takes back what would be mailed about them.
func (p *locked) endProposals(ctx context.Context, which rows.ProposalsEndParams, why string) error {
	ended, err := p.ProposalsEnd(ctx, which)
	if err != nil {
		return fmt.Errorf("end proposals: %w", err)
	}
	for _, id := range ended {
		if err := p.takeProposalBack(ctx, id, why); err != nil {
			return err
		}
	}
	return nil
}

func (p *locked) takeProposalBack(ctx context.Context, id uuid.UUID, why string) error {
	err := p.ProposalLettersCancel(ctx, rows.ProposalLettersCancelParams{OrgID: p.command.Org, ItemID: &p.command.Item, Kinds: proposalLetters, Proposal: id,
		StateReason: why, OutcomeAt: &p.command.At})
	if err != nil {
		return fmt.Errorf("take back letters about a proposal: %w", err)
	}
	return nil
}

// endAllProposals ends those of a session, which goes another way.
func (p *locked) endAllProposals(ctx context.Context, session *rows.ItemSession, state coaching.ProposalState, why string) error {
	return p.endProposals(ctx, rows.ProposalsEndParams{OrgID: session.OrgID, SessionID: session.ID, State: string(state), EndedAt: &p.command.At}, why)
}

// decide ends a proposal as somebody has decided.
func (p *locked) decide(ctx context.Context, proposal uuid.UUID, state coaching.ProposalState, reason string) error {
	ended, err := p.ProposalEnd(ctx, rows.ProposalEndParams{OrgID: p.command.Org, ID: proposal, State: string(state), Reason: reason,
		EndedAt: &p.command.At, EndedBy: p.command.Actor})
	if err != nil {
		return fmt.Errorf("end proposal: %w", err)
	}
	if ended == 0 {
		return coaching.Problemf(coaching.Conflict, "proposal_ended", "Nothing waits for a decision any more: the proposal was decided about, or the session went another way.")
	}
	return p.takeProposalBack(ctx, proposal, "somebody has decided about it")
}

// RefuseProposal leaves a session as it is, and plans the word to the attendee who has
// proposed another time. It names the letters that leave by themselves.
func (s *Programs) RefuseProposal(ctx context.Context, q *rows.Queries, c CommandContext, proposal rows.SessionAnswerGetRow, uid, reason string) ([]outbox.StandaloneMail, error) {
	p, session, err := s.openSessionOf(ctx, q, c, uid)
	if err != nil {
		return nil, err
	}
	item, err := p.item()
	if err != nil {
		return nil, err
	}
	if err := p.decide(ctx, proposal.SessionAnswer.ID, coaching.ProposalRefused, reason); err != nil {
		return nil, err
	}
	asker, err := p.SessionReader(ctx, c.Org, *proposal.RecipientID)
	if err != nil {
		return nil, fmt.Errorf("read attendee: %w", err)
	}
	n := p.answerLetter(item, session, recipient(asker), coaching.ProposalRefusedLetter, proposal.SessionAnswer.ID, p.command.At)
	if err := p.planStandalone(ctx, []rows.NotificationPlanParams{n}); err != nil {
		return nil, err
	}
	return p.out.Mails, p.eventOf(ctx, "session_proposal_refused", &item.State, reason, uuid.Nil)
}
