package link

import (
	"strconv"
	"time"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/formview"
)

// coachPage shows a coach the interview that they are asked for, and what they can do.
func coachPage(page *formview.StepsPage, v app.MatchingLinkView) {
	i, coachee := *v.Interview, v.Matching.CoacheeName
	page.Title = "Interview with " + coachee
	part := formview.StepsPart{Details: interviewDetails(i, v.Zone, coachee+" wrote")}
	drop := button("cancel", coaching.CancelInterview, "Cancel the interview")
	drop.Words, drop.Danger = "Why? "+coachee+" reads this. May be empty.", true
	switch {
	case v.Matching.Status.Over() && !i.State.Open():
		page.Body = "This search has ended. There is nothing to do here any more."
	case i.State == coaching.InterviewAsked, i.State == coaching.InterviewProposed:
		page.Body = coachee + " would like to talk with you. Propose up to three times, on your clock (" + v.Zone.String() + "), or decline."
		for _, at := range i.Proposals {
			page.Body = coachee + " has your proposals, and takes one of them or asks for others. You can propose other times, or decline."
			part.Details = append(part.Details, formview.Detail{Label: "Proposed", Value: coaching.ShowTime(at, v.Zone)})
		}
		propose := button("propose", coaching.ProposeInterview, "Propose these times")
		propose.Primary, propose.Times = true, []string{"First time", "Second time (may be empty)", "Third time (may be empty)"}
		decline := button("decline", coaching.DeclineInterview, "Decline")
		decline.Words = "Why? " + coachee + " reads this. May be empty."
		part.Forms = []formview.StepsForm{propose, decline}
	case i.State == coaching.InterviewPending:
		page.Body = v.Organization + " has to approve the time. You get an invitation then."
	case i.State == coaching.InterviewScheduled && i.StartsAt.After(time.Now()):
		page.Body, part.Forms = "It is scheduled.", []formview.StepsForm{drop}
	case i.State == coaching.InterviewScheduled:
		page.Body = "Did it take place? If you say nothing, it counts as held a day after its end."
		held, missed := button("held", coaching.HoldInterview, "It took place"), button("missed", coaching.MissInterview, "It did not take place")
		held.Primary = true
		part.Forms = []formview.StepsForm{held, missed}
	default:
		page.Body = "The interview is " + i.State.Words() + ". There is nothing to do here any more."
	}
	page.Parts = append(page.Parts, part)
}

// approvalPage shows an admin what is to be decided, with the facts, a reason and two
// buttons (R8).
func approvalPage(page *formview.StepsPage, v app.MatchingLinkView) {
	m := v.Matching
	part, open, decision := selectionFacts(v)
	page.Title = "Decide: " + m.CoacheeName + " and a coach"
	if v.Interview != nil {
		part, open, decision = interviewFacts(v)
	}
	approve, reject := coaching.ApproveSelection, coaching.RejectSelection
	if v.Interview != nil {
		approve, reject = coaching.ApproveInterview, coaching.RejectInterview
	}
	switch {
	case !open:
		page.Body = "There is nothing to decide here any more: it was decided, cancelled, or has expired."
	case decision != nil:
		words := "rejected"
		if decision.Approved {
			words = "approved"
		}
		page.Body = "It is " + words + ", and takes effect on " + coaching.ShowTime(decision.Effect, v.Zone) + ". Until then it can be taken back."
		part.Forms = []formview.StepsForm{button("back", coaching.TakeDecisionBack, "Take the decision back")}
	default:
		page.Body = "You decide as " + v.Holder + "."
		yes, no := button("yes", approve, "Approve"), button("no", reject, "Reject")
		yes.Primary, no.Danger, no.Words = true, true, "Why not? "+m.CoacheeName+" reads this."
		part.Forms = []formview.StepsForm{yes, no}
	}
	page.Parts = append(page.Parts, part)
}

// interviewFacts are the facts about an interview that waits for a decision.
func interviewFacts(v app.MatchingLinkView) (part formview.StepsPart, open bool, decision *coaching.Decision) {
	i := *v.Interview
	part.Details = append([]formview.Detail{{Label: "Coachee", Value: v.Matching.CoacheeName}, {Label: "Asks for", Value: "an interview with " + i.CoachName},
		{Label: "Waits since", Value: coaching.ShowTime(i.Since, v.Zone)}}, interviewDetails(i, v.Zone, v.Matching.CoacheeName+" wrote")...)
	return part, i.State == coaching.InterviewPending, i.Decision
}

// selectionFacts are the facts about a selection that waits for a decision.
func selectionFacts(v app.MatchingLinkView) (part formview.StepsPart, open bool, decision *coaching.Decision) {
	s := v.Matching.Selection
	if s == nil {
		return part, false, nil
	}
	for _, c := range v.Matching.Coaches {
		if c.ID == s.Coach {
			part.Details = []formview.Detail{{Label: "Coachee", Value: v.Matching.CoacheeName}, {Label: "Asks for", Value: c.Name + " as coach"},
				{Label: "Clients of the coach now", Value: load(c)}, {Label: "Waits since", Value: coaching.ShowTime(s.At, v.Zone)}, {Label: "Until", Value: coaching.ShowTime(s.Until, v.Zone)}}
		}
	}
	return part, true, s.Decision
}

// load is how many clients a coach has, of how many.
func load(c app.MatchingCoach) string {
	if c.Profile.Capacity == 0 {
		return strconv.Itoa(c.Clients)
	}
	return strconv.Itoa(c.Clients) + " of " + strconv.Itoa(c.Profile.Capacity)
}
