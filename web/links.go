package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/web/formview"
)

// What a link in a mail opens. Looking at it changes nothing, however often
// and by whom; the act is a POST from a real button.

// linkPatience bounds how long the holder of a link waits for a page.
const linkPatience = 20 * time.Second

func (p *Pages) registerLinks(engine *gin.Engine) {
	engine.GET("/l/:token", p.openLink)
	engine.HEAD("/l/:token", p.openLink)
	engine.POST("/l/:token", p.useLink)
}

// link is one request for a link's page.
type link struct {
	*gin.Context
	pages *Pages
	ctx   context.Context
	ref   coaching.LinkRef
}

func (p *Pages) openLink(c *gin.Context) {
	p.withLink(c, func(l *link) error {
		switch l.ref.Purpose {
		case coaching.FormLink:
			return l.readForm()
		case coaching.FileLink:
			return l.offerFile("")
		case coaching.InvitationLink, coaching.PasswordLink:
			return l.readAccount()
		}
		return errMissing
	})
}

func (p *Pages) useLink(c *gin.Context) {
	p.withLink(c, func(l *link) error {
		switch l.ref.Purpose {
		case coaching.FormLink:
			return l.takeForm()
		case coaching.FileLink:
			return l.giveFile()
		case coaching.InvitationLink, coaching.PasswordLink:
			return l.takePassword()
		}
		return errMissing
	})
}

func (p *Pages) withLink(c *gin.Context, act func(*link) error) {
	secure(c, pagePolicy)
	ctx, cancel := context.WithTimeout(c.Request.Context(), linkPatience)
	defer cancel()
	l := &link{Context: c, pages: p, ctx: ctx}
	var err error
	if l.ref, err = p.App.OpenLink(c.Param("token")); err == nil {
		err = act(l)
	}
	if err != nil {
		l.fail(err)
	}
}

func (l *link) frame(organization string) formview.Frame {
	return formview.Frame{OrganizationName: organization, Stylesheet: l.pages.static.url("form.css")}
}

func (l *link) render(status int, component templ.Component) error {
	return renderTo(l.Context, status, component)
}

// fail shows why there is no page. A token that is not good gets one answer,
// whatever is wrong with it.
func (l *link) fail(err error) {
	problem, told := coaching.AsProblem(err)
	page, status := l.unavailable(), http.StatusInternalServerError
	if db.Away(err) {
		status = http.StatusServiceUnavailable
	}
	switch {
	case told && problem.Class == coaching.NotFound:
		page, status = l.invalid(), http.StatusNotFound
	case told:
		page, status = formview.MessagePage{Frame: l.frame(""), Title: "That did not work", Body: problem.Message, Tone: formview.ToneWarning}, statusOf(problem.Class)
	default:
		l.pages.Log.ErrorContext(l.Request.Context(), "link page failed", "purpose", l.ref.Purpose.Name(), "error", err)
	}
	if err := l.render(status, formview.Message(page)); err != nil {
		l.pages.Log.ErrorContext(l.Request.Context(), "link page not written", "error", err)
		l.Status(http.StatusInternalServerError)
	}
}

func (l *link) invalid() formview.MessagePage {
	return formview.MessagePage{
		Frame: l.frame(""), Tone: formview.ToneWarning, Title: "This link does not work",
		Body: "It may have expired, been replaced by a newer one, or lost a part on its way to you.",
		Hint: "Look for a newer email about the same thing, and open the link in there.\n\nIf there is none, reply to the email that brought you here and ask for a new link.",
	}
}

func (l *link) unavailable() formview.MessagePage {
	return formview.MessagePage{
		Frame: l.frame(""), Tone: formview.ToneWarning, Title: "This page cannot be shown right now",
		Body: "Something on our side is not working. Nothing that you have done before is lost.",
		Hint: "Please open the link again in a few minutes.",
	}
}

// pressed reports whether a person pressed the button, as far as the browser
// tells: mail scanners submit forms, too, but not on a person's behalf.
func pressed(r *http.Request) bool {
	if r.Header.Get("Sec-Fetch-User") == "?1" {
		return true
	}
	for _, name := range []string{"Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest", "Sec-Fetch-User"} {
		if r.Header.Get(name) != "" {
			return neverTells(r)
		}
	}
	return true
}

// neverTells recognizes WebKit, which is every browser of an iPhone: it sends
// the other Sec-Fetch headers and never this one, so its silence says nothing.
// A Chromium that only calls itself so is given away by its client hints.
func neverTells(r *http.Request) bool {
	agent := r.UserAgent()
	return strings.Contains(agent, "AppleWebKit/") && !strings.Contains(agent, "Chrome/") && !strings.Contains(agent, "Chromium/") && r.Header.Get("Sec-CH-UA") == ""
}

func tooLarge(err error) bool {
	var large *http.MaxBytesError
	return errors.As(err, &large)
}
