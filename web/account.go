package web

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/limit"
	"coachflow/web/serve"
)

// A person's own account: a new password for who knows the present one, and for
// who does not.

func (p *Pages) registerAccount(engine *gin.Engine) {
	p.both(engine, "/account", ownAccount)
	engine.GET("/password", p.forgotPage)
	engine.HEAD("/password", p.forgotPage)
	engine.POST("/password", p.forgot)
}

func ownAccount(v *request) error {
	if !v.posted() {
		return v.showStoredAccount(nil)
	}
	if err := v.changePassword(); err != nil {
		return v.showStoredAccount(err)
	}
	return v.done("/account", "The new password is set. Wherever else you were logged in, you are logged out.")
}

func (v *request) showStoredAccount(failed error) error {
	feed, err := v.app().GetCalendarFeed(v.ctx, v.who)
	if err != nil {
		return err
	}
	return v.showAccount(feed, failed)
}

// showAccount shows the account; failed is why the password is not changed.
func (v *request) showAccount(feed app.CalendarFeed, failed error) error {
	person, err := v.app().GetPerson(v.ctx, v.who, v.who.Person)
	if err != nil {
		return err
	}
	return v.show("My account", "account", failed, accountPage(person, feed, faultsOf(failed)))
}

// changePassword sets the new password, which ends all logins, and logs this
// browser in again. Only a wrong present password counts as a try.
func (v *request) changePassword() error {
	ctx, cancel := context.WithTimeout(v.ctx, loginPatience)
	defer cancel()
	limits, claim := v.pages.limits, v.pages.limits.owners.Of("account "+v.who.Person.String())
	if wait := limits.Take(claim); wait > 0 {
		return tooMany(v.Context, wait)
	}
	present := v.form.Get("present")
	err := v.app().ChangePassword(ctx, v.who, present, v.form.Get("password"), v.form.Get("again"))
	if problem, told := coaching.AsProblem(err); !told || problem.Code != app.PasswordWrong || !coaching.PossiblePassword(present) {
		limits.GiveBack(claim)
	}
	if err != nil {
		serve.RetryLater(v.Context, err)
		return err
	}
	who, err := v.app().Principal(v.ctx, v.who.Org, v.who.Person)
	if err != nil {
		return err
	}
	v.pages.keepDevice(v.Context, who)
	return v.pages.begin(v.ctx, v.Writer, who)
}

// forgotView is the page for who forgot their password.
type forgotView struct {
	Email       string
	Problem     string
	Asked       bool
	DevMail     bool
	Stylesheets []string
}

func (p *Pages) showForgot(c *gin.Context, status int, view forgotView) {
	view.Stylesheets, view.DevMail = p.stylesheets(), p.DevMail
	if err := serve.Page(c, status, forgotPage(view)); err != nil {
		p.brokenLogin(c, err)
	}
}

func (p *Pages) forgotPage(c *gin.Context) {
	serve.Begin(c)
	p.showForgot(c, http.StatusOK, forgotView{})
}

// behindPatience bounds what goes on after its answer.
const behindPatience = 15 * time.Second

// forgot sends a link, if there is somebody to send it to. The answer is the
// same if there is not.
func (p *Pages) forgot(c *gin.Context) {
	serve.Begin(c)
	form, status := serve.Form(c)
	if status != http.StatusOK {
		p.showForgot(c, status, forgotView{Problem: "What was sent could not be read. Please try again."})
		return
	}
	view := forgotView{Email: trimmed(form.Get("email"))}
	address, err := coaching.EmailAddress(view.Email)
	if err != nil {
		view.Problem = "That is no email address. Write it like name@example.com."
		p.showForgot(c, http.StatusUnprocessableEntity, view)
		return
	}
	device, err := p.App.KnownDevice(c.Request.Context(), address, p.deviceTokens(c.Request))
	if err != nil {
		p.brokenLogin(c, err)
		return
	}
	if wait := p.limits.Take(p.limits.forgot(p.place(c), device)); wait > 0 {
		c.Header("Retry-After", limit.RetryAfter(wait))
		view.Problem = "A new password was asked for several times from where you are. Look for the mail, also among the spam; or wait " + limit.Words(wait) + ", then try again."
		p.showForgot(c, http.StatusTooManyRequests, view)
		return
	}
	p.askNewPassword(c, address)
	view.Asked = true
	p.showForgot(c, http.StatusOK, view)
}

// askNewPassword has the mail sent, behind the answer: the time that it takes would
// tell whether there is an account. Where an address was asked for a moment ago,
// nothing is done: who owns it has a mail from then.
func (p *Pages) askNewPassword(c *gin.Context, address string) {
	if p.limits.Take(p.limits.quiet.Of(address)) > 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), behindPatience)
	p.behind.Go(func() {
		defer cancel()
		defer func() {
			if fault := recover(); fault != nil {
				p.Log.ErrorContext(ctx, "panic while a new password was asked for", "panic", fault)
			}
		}()
		if err := p.App.AskNewPassword(ctx, address); err != nil {
			p.Log.ErrorContext(ctx, "new password not asked for", "error", err)
		}
	})
}
