package link

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/formview"
	"coachflow/web/serve"
)

// A search for a coach, as coachee, coach and admin see it by the links in their mails: what
// stands where, and what they can do about it.

func (r *request) showMatching() error {
	v, err := r.pages.App.ReadMatchingLink(r.ctx, r.ref)
	if err != nil {
		return err
	}
	return r.render(http.StatusOK, formview.Steps(r.matchingPage(v)))
}

// actInMatching does what a button asks for. Whatever goes wrong, the page comes back.
func (r *request) actInMatching() error {
	form, status := serve.Form(r.Context)
	if status != http.StatusOK {
		return coaching.Problemf(coaching.TooLarge, "form_too_large", "What was sent is too long. Please open the link again, and write less.")
	}
	if !pressed(r.Request) {
		return r.matchingRefused(form, errSessionNotPressed)
	}
	v, err := r.pages.App.ReadMatchingLink(r.ctx, r.ref)
	if err != nil {
		return err
	}
	in, problem := matchingAct(form, v.Zone)
	if problem != nil {
		return r.matchingRefused(form, problem)
	}
	v, err = r.pages.App.ActByMatchingLink(r.ctx, r.ref, in)
	if problem, told := coaching.AsProblem(err); told && problem.Class != coaching.NotFound {
		serve.RetryLater(r.Context, problem)
		return r.matchingRefused(form, problem)
	}
	if err != nil {
		return err
	}
	page := r.matchingPage(v)
	page.Notice = "That is noted. Whoever it concerns is told."
	return r.render(http.StatusOK, formview.Steps(page))
}

// matchingRefused shows how things stand, and why nothing was done, with what was typed.
func (r *request) matchingRefused(form url.Values, problem *coaching.Problem) error {
	v, err := r.pages.App.ReadMatchingLink(r.ctx, r.ref)
	if err != nil {
		return err
	}
	page := r.matchingPage(v)
	page.Problem = problem.Message
	for i := range page.Parts {
		for k := range page.Parts[i].Forms {
			f := &page.Parts[i].Forms[k]
			same := f.Hidden[formview.CoachField] == form.Get(formview.CoachField) && f.Hidden[formview.InterviewField] == form.Get(formview.InterviewField)
			if string(f.Act) == form.Get(formview.ActionField) && same {
				f.Typed = form.Get(formview.WordsField)
			}
		}
	}
	return r.render(serve.StatusOf(problem.Class), formview.Steps(page))
}

// matchingAct reads an act from the fields of a form; times are on the reader's clock.
func matchingAct(form url.Values, zone *time.Location) (app.MatchingActInput, *coaching.Problem) {
	in := app.MatchingActInput{Kind: coaching.MatchingActKind(form.Get(formview.ActionField)), Words: form.Get(formview.WordsField)}
	in.CoachID, _ = uuid.Parse(form.Get(formview.CoachField)) // what is no id is nobody
	in.InterviewID, _ = uuid.Parse(form.Get(formview.InterviewField))
	if at, err := time.Parse(time.RFC3339, form.Get(formview.ChoiceField)); err == nil {
		in.At = &at
	}
	for i := range mostTimes {
		n := strconv.Itoa(i)
		date, clock := form.Get(formview.DateField+n), form.Get(formview.TimeField+n)
		if date == "" && clock == "" {
			continue
		}
		at, err := coaching.ParseLocalTime(date + "T" + clock)
		if err != nil {
			return in, coaching.Problemf(coaching.Invalid, "local_time_invalid", "Enter a date and a time for each time that you propose.")
		}
		in.Proposals = append(in.Proposals, at.In(zone).UTC())
	}
	return in, nil
}

// mostTimes is how many times a coach can propose.
const mostTimes = 3

func (r *request) matchingPage(v app.MatchingLinkView) formview.StepsPage {
	page := formview.StepsPage{Frame: r.frame(v.Organization, v.Brand, v.Logo), Action: r.Request.URL.Path}
	switch r.ref.Purpose {
	case coaching.InterviewLink:
		coachPage(&page, v)
	case coaching.ApprovalLink:
		approvalPage(&page, v)
	default:
		coacheePage(&page, v)
	}
	return page
}

func button(id string, act coaching.MatchingActKind, label string) formview.StepsForm {
	return formview.StepsForm{ID: id, Act: act, Button: label}
}

// when is the time of an interview on a reader's clock; empty: it has none.
func when(i app.MatchingInterview, zone *time.Location) string {
	if i.StartsAt == nil {
		return ""
	}
	return coaching.ShowTime(*i.StartsAt, zone)
}

// interviewDetails are the facts of an interview; memo is what the coachee's words are called.
func interviewDetails(i app.MatchingInterview, zone *time.Location, memo string) []formview.Detail {
	var out []formview.Detail
	add := func(label, value string) {
		if value != "" {
			out = append(out, formview.Detail{Label: label, Value: value})
		}
	}
	add("When", when(i, zone))
	add("Where", i.Place)
	add(memo, i.Memo)
	add("Reason", i.Reason)
	if i.Until != nil && (i.State == coaching.InterviewAsked || i.State == coaching.InterviewPending) {
		add("Until", coaching.ShowTime(*i.Until, zone))
	}
	return out
}
