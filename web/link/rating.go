package link

import (
	"net/http"
	"net/url"
	"strconv"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/formview"
	"coachflow/web/serve"
)

// showRating asks how useful a session was.
func (r *request) showRating() error {
	asked, err := r.pages.App.ReadRatingLink(r.ctx, r.ref)
	if err != nil {
		return err
	}
	return r.render(http.StatusOK, formview.Rating(r.ratingPage(asked)))
}

// rate stores a rating. Whatever goes wrong, the page comes back with what was typed.
func (r *request) rate() error {
	form, status := serve.Form(r.Context)
	if status != http.StatusOK {
		return r.unreadable(status)
	}
	if !pressed(r.Request) {
		return r.ratingRefused(form, coaching.Problemf(coaching.Invalid, "not_pressed", "Nothing has been sent yet. Please press the button below."))
	}
	score, _ := strconv.Atoi(form.Get(formview.ScoreField)) // what is no number is none of the scale
	asked, err := r.pages.App.RateByLink(r.ctx, r.ref, coaching.Rating{Score: score, Words: form.Get(formview.RatingWordsField)})
	if problem, told := coaching.AsProblem(err); told && problem.Class != coaching.NotFound {
		return r.ratingRefused(form, problem)
	}
	if err != nil {
		return err
	}
	page := r.ratingPage(asked)
	page.Notice = "Thank you. Your answer is saved."
	return r.render(http.StatusOK, formview.Rating(page))
}

// ratingRefused shows why nothing was stored, with what was typed.
func (r *request) ratingRefused(form url.Values, problem *coaching.Problem) error {
	asked, err := r.pages.App.ReadRatingLink(r.ctx, r.ref)
	if err != nil {
		return err
	}
	page := r.ratingPage(asked)
	page.Problem, page.Problems = problem.Message, map[string]string{}
	for _, f := range problem.Fields {
		page.Problems[f.Path] = problem.Message
	}
	if asked.Stand.Takes() {
		page.Score, page.Words = form.Get(formview.ScoreField), form.Get(formview.RatingWordsField)
	}
	return r.render(serve.StatusOf(problem.Class), formview.Rating(page))
}

// ratingPage is the page of a rating by its stand.
func (r *request) ratingPage(asked app.RatingLink) formview.RatingPage {
	page := formview.RatingPage{Frame: r.frame(asked.Organization, asked.Brand, asked.Logo), Title: "A short rating", Action: r.Request.URL.Path,
		Session: asked.Session + ", " + coaching.ShowTime(asked.StartsAt, asked.Zone), Readers: asked.Readers, Question: asked.Question, Low: asked.Low, High: asked.High}
	if asked.Given != nil {
		page.Score, page.Words = strconv.Itoa(asked.Given.Score), asked.Given.Words
	}
	until := coaching.ShowTime(asked.ClosesAt, asked.Zone)
	switch {
	case asked.Stand == coaching.RatingOpen:
		page.Button, page.Hint = "Send", "You can send and change it until "+until+"."
	case asked.Stand == coaching.RatingAnswered:
		page.Button, page.Hint = "Change my answer", "This is what you said. You can change it until "+until+"."
	case asked.Stand == coaching.RatingEnded && asked.Given == nil:
		page.Body = "This session was not held after all, so nothing is asked about it any more."
	case asked.Stand == coaching.RatingEnded:
		page.Body = "This session was not held after all, so your answer cannot be changed any more."
	default:
		page.Body = closedWords(asked, until)
	}
	return page
}

// closedWords say why no answer is taken any more.
func closedWords(asked app.RatingLink, until string) string {
	why := "Answers were taken until " + until + "."
	if asked.Over {
		why = "The coaching has ended."
	}
	if asked.Given == nil {
		return why + " You gave none; there is nothing to do any more."
	}
	return why + " This is what you said; it cannot be changed any more."
}
