package link

import (
	"fmt"
	"net/http"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/formview"
	"coachflow/web/serve"
)

// showProposal shows a proposed time to whoever decides about it.
func (r *request) showProposal() error {
	v, err := r.pages.App.ReadProposalLink(r.ctx, r.ref)
	if err != nil {
		return err
	}
	return r.render(http.StatusOK, formview.Proposal(r.proposalPage(v)))
}

// decideProposal takes or refuses a proposed time. Whatever goes wrong, the page comes back
// with what was typed.
func (r *request) decideProposal() error {
	form, status := serve.Form(r.Context)
	if status != http.StatusOK {
		return coaching.Problemf(coaching.TooLarge, "form_too_large", "What was sent is too long. Please open the link again, and write less.")
	}
	if !pressed(r.Request) {
		return r.proposalRefused(form.Get(formview.ReasonField), errSessionNotPressed)
	}
	var v app.ProposalView
	var err error
	switch form.Get(formview.ActionField) {
	case formview.ActionTake:
		v, err = r.pages.App.TakeProposalByLink(r.ctx, r.ref)
	case formview.ActionRefuse:
		v, err = r.pages.App.RefuseProposalByLink(r.ctx, r.ref, form.Get(formview.ReasonField))
	default:
		return r.showProposal()
	}
	if problem, told := coaching.AsProblem(err); told && problem.Class != coaching.NotFound {
		serve.RetryLater(r.Context, problem)
		return r.proposalRefused(form.Get(formview.ReasonField), problem)
	}
	if err != nil {
		return err
	}
	return r.render(http.StatusOK, formview.Proposal(r.proposalPage(v)))
}

// proposalRefused shows the proposal as it stands now, and why nothing was done.
func (r *request) proposalRefused(reason string, problem *coaching.Problem) error {
	v, err := r.pages.App.ReadProposalLink(r.ctx, r.ref)
	if err != nil {
		return err
	}
	page := r.proposalPage(v)
	page.Problem, page.Reason = problem.Message, reason
	return r.render(serve.StatusOf(problem.Class), formview.Proposal(page))
}

func (r *request) proposalPage(v app.ProposalView) formview.ProposalPage {
	page := formview.ProposalPage{Frame: r.frame(v.Organization, v.Brand, v.Logo), Title: "Another time for “" + v.Session + "”?", Body: proposalWords(v), Asker: v.Asker,
		Action: r.Request.URL.Path, Open: v.State == coaching.ProposalOpen}
	proposed := fmt.Sprintf("%s, %d minutes", coaching.ShowTime(v.StartsAt, v.Zone), int(v.EndsAt.Sub(v.StartsAt).Minutes()))
	page.Details = []formview.Detail{{Label: "Now", Value: coaching.ShowTime(v.Now, v.Zone)}, {Label: "Proposed", Value: proposed}}
	if v.Words != "" {
		page.Details = append(page.Details, formview.Detail{Label: v.Asker + " wrote", Value: v.Words})
	}
	if v.Reason != "" {
		page.Details = append(page.Details, formview.Detail{Label: "Your reason", Value: v.Reason})
	}
	return page
}

// proposalWords say how a proposal stands.
func proposalWords(v app.ProposalView) string {
	switch v.State {
	case coaching.ProposalOpen:
		return v.Asker + " proposes another time. You decide about it as " + v.Decider + ". Until then the session stays as it is."
	case coaching.ProposalTaken:
		return "It is taken: whoever attends the session is told of its new time."
	case coaching.ProposalRefused:
		return "It is refused: the session stays as it is, and " + v.Asker + " is told."
	case coaching.ProposalReplaced:
		return v.Asker + " has proposed another time since. Look for the newer mail about it."
	case coaching.ProposalMoved:
		return "The session was given another time since, so there is nothing to decide any more."
	case coaching.ProposalCancelled:
		return "The session was cancelled since, or " + v.Asker + " does not attend it any more. There is nothing to decide."
	}
	return "It is too late: the session, or the proposed time, has come."
}
