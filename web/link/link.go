// Package link is the pages behind the links in mails: a form to fill out, a file,
// a password to choose. Looking at one changes nothing, however often and by
// whom; the command is a POST from a real button.
package link

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/web/formview"
	"coachflow/web/limit"
	"coachflow/web/serve"
)

// Path is where links lead; the token follows.
const Path = "/l/"

// Config is what the pages need.
type Config struct {
	App *app.App
	Log *slog.Logger
	// PasswordChosen hears of a password that was chosen by a link; nil: nobody does.
	PasswordChosen func(c *gin.Context, org, person uuid.UUID)
	// Now is the clock of the limit on tries; nil is that of the system.
	Now func() time.Time
}

// Pages are the pages with what they keep between requests.
type Pages struct {
	Config
	shown  *formMemory
	limits *limit.Limits
	chosen *limit.Table // passwords that were sent, by link
}

// New prepares the pages.
func New(cfg Config) *Pages {
	return &Pages{Config: cfg, shown: newFormMemory(), limits: limit.New(cfg.Now), chosen: limit.NewTable(chosenRate, mostBuckets)}
}

// Register puts the pages on an engine, which must be guarded against requests
// of other origins (http.CrossOriginProtection).
func (p *Pages) Register(engine *gin.Engine) {
	engine.GET(Path+":token", p.handle(open))
	engine.HEAD(Path+":token", p.handle(open))
	engine.POST(Path+":token", p.handle(use))
}

// request is one request for the page of a link.
type request struct {
	*gin.Context
	pages *Pages
	ctx   context.Context // the request's, with an end
	ref   coaching.LinkRef
}

// patience bounds how long the holder of a link waits for a page.
const patience = 20 * time.Second

// handle checks the token of a link and lets act answer. What act returns as an
// error is shown to the holder.
func (p *Pages) handle(act func(*request) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		serve.Begin(c)
		ctx, cancel := context.WithTimeout(c.Request.Context(), patience)
		defer cancel()
		r := &request{Context: c, pages: p, ctx: ctx}
		var err error
		if r.ref, err = p.App.OpenLink(c.Param("token")); err == nil {
			err = act(r)
		}
		if err != nil {
			r.fail(err)
		}
	}
}

// open shows what a link is for.
func open(r *request) error {
	switch r.ref.Purpose {
	case coaching.FormLink:
		return r.showForm()
	case coaching.FileLink:
		return r.offerFile("")
	case coaching.InvitationLink, coaching.PasswordLink:
		return r.showAccount()
	case coaching.SessionLink, coaching.BookingLink:
		return r.showSession()
	case coaching.ProposalLink:
		return r.showProposal()
	case coaching.RatingLink:
		return r.showRating()
	case coaching.MatchingLink, coaching.InterviewLink, coaching.ApprovalLink:
		return r.showMatching()
	}
	return serve.ErrMissing
}

// use does what a link is for.
func use(r *request) error {
	switch r.ref.Purpose {
	case coaching.FormLink:
		return r.enterForm()
	case coaching.FileLink:
		return r.giveFile()
	case coaching.InvitationLink, coaching.PasswordLink:
		return r.choosePassword()
	case coaching.SessionLink, coaching.BookingLink:
		return r.changeSession()
	case coaching.ProposalLink:
		return r.decideProposal()
	case coaching.RatingLink:
		return r.rate()
	case coaching.MatchingLink, coaching.InterviewLink, coaching.ApprovalLink:
		return r.actInMatching()
	}
	return serve.ErrMissing
}

func (r *request) frame(organization, brand, logo string) formview.Frame {
	return formview.Frame{OrganizationName: organization, Brand: brand, Logo: logo}
}

func (r *request) render(status int, page templ.Component) error {
	return serve.Page(r.Context, status, page)
}

// fail shows why there is no page. A token that is not good gets one answer,
// whatever is wrong with it.
func (r *request) fail(err error) {
	problem, told := coaching.AsProblem(err)
	page, status := r.unavailable(), http.StatusInternalServerError
	if db.Away(err) {
		status = http.StatusServiceUnavailable
	}
	switch {
	case told && problem.Class == coaching.NotFound:
		page, status = r.invalid(), http.StatusNotFound
	case told:
		page, status = formview.MessagePage{Frame: formview.Frame{}, Title: "That did not work", Body: problem.Message, Tone: formview.ToneWarning}, serve.StatusOf(problem.Class)
	default:
		r.pages.Log.ErrorContext(r.Request.Context(), "link page failed", "purpose", r.ref.Purpose.Name(), "error", err)
	}
	if err := r.render(status, formview.Message(page)); err != nil {
		r.pages.Log.ErrorContext(r.Request.Context(), "link page not written", "error", err)
		r.Status(http.StatusInternalServerError)
	}
}

func (r *request) invalid() formview.MessagePage {
	return formview.MessagePage{
		Frame: formview.Frame{}, Tone: formview.ToneWarning, Title: "This link does not work",
		Body: "It may have expired, been replaced by a newer one, or lost a part on its way to you.",
		Hint: "Look for a newer email about the same thing, and open the link in there.\n\nIf there is none, ask the person whom it is about, or your coach, for a new link.",
	}
}

func (r *request) unavailable() formview.MessagePage {
	return formview.MessagePage{
		Frame: formview.Frame{}, Tone: formview.ToneWarning, Title: "This page cannot be shown right now",
		Body: "Something on our side is not working. Nothing that you have done before is lost.",
		Hint: "Please open the link again in a few minutes.",
	}
}
