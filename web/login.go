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

func (p *Pages) registerLogin(engine *gin.Engine) {
	engine.GET("/login", p.loginPage)
	engine.HEAD("/login", p.loginPage)
	engine.POST("/login", p.login)
	engine.POST("/logout", p.logout)
}

// loginView is the login page with what was typed, the password apart.
type loginView struct {
	Email, To   string
	Problem     string
	LoggedOut   bool
	DevMail     bool
	Stylesheets []string
}

func (p *Pages) showLogin(c *gin.Context, status int, view loginView) {
	view.Stylesheets, view.DevMail = p.stylesheets(), p.DevMail
	if err := serve.Page(c, status, loginPage(view)); err != nil {
		p.brokenLogin(c, err)
	}
}

func (p *Pages) loginPage(c *gin.Context) {
	serve.Begin(c)
	to := localPath(c.Query("to"))
	if _, in := p.SessionPrincipal(c.Request); in {
		c.Redirect(http.StatusSeeOther, to)
		return
	}
	p.showLogin(c, http.StatusOK, loginView{To: to, LoggedOut: c.Query("bye") != ""})
}

// loginPatience bounds how long somebody waits for the turn of their password.
const loginPatience = 10 * time.Second

func (p *Pages) login(c *gin.Context) {
	serve.Begin(c)
	form, status := serve.Form(c)
	if status != http.StatusOK {
		p.showLogin(c, status, loginView{To: "/", Problem: "What was sent could not be read. Please try again."})
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), loginPatience)
	defer cancel()
	view := loginView{Email: trimmed(form.Get("email")), To: localPath(form.Get("to"))}
	who, err := p.attempt(ctx, c, view.Email, form.Get("password"))
	if problem, told := coaching.AsProblem(err); told {
		view.Problem = problem.Message
		p.showLogin(c, serve.StatusOf(problem.Class), view)
		return
	}
	if err != nil {
		p.brokenLogin(c, err)
		return
	}
	p.enter(c, who, view.To)
}

// attempt finds the person. What cannot be an address or a password is refused before
// anything is counted or hashed; what cannot be decided is not counted.
func (p *Pages) attempt(ctx context.Context, c *gin.Context, email, password string) (app.Principal, error) {
	address, err := coaching.EmailAddress(email)
	if err != nil || !coaching.PossiblePassword(password) {
		return app.Principal{}, errWrongLogin
	}
	device, err := p.App.KnownDevice(ctx, address, p.deviceTokens(c.Request))
	if err != nil {
		return app.Principal{}, err
	}
	claims := p.limits.login(address, p.place(c), device)
	if wait := p.limits.Take(claims...); wait > 0 {
		return app.Principal{}, tooMany(c, wait)
	}
	who, err := p.App.Login(ctx, address, password, device)
	if problem, told := coaching.AsProblem(err); told && problem.Class == coaching.Unauthenticated {
		return who, errWrongLogin
	}
	p.limits.GiveBack(claims...)
	serve.RetryLater(c, err)
	return who, err
}

var errWrongLogin = coaching.Problemf(coaching.Unauthenticated, "login_failed", "Address and password do not go together. Check both, and whether caps lock is on.")

// tooMany says how long to wait, to people and to programs. Where it is long, it says
// what to do instead.
func tooMany(c *gin.Context, wait time.Duration) error {
	c.Header("Retry-After", limit.RetryAfter(wait))
	if wait <= time.Minute {
		return coaching.Problemf(coaching.TooMany, "too_many_attempts", "There were too many attempts. Wait %s, then try again.", limit.Words(wait))
	}
	return coaching.Problemf(coaching.TooMany, "too_many_attempts", "Too many attempts with this address, or from where you are, have failed. Try again in %s. "+
		"If that is too long, choose a new password by mail, below: then you can log in at once.", limit.Words(wait))
}

func (p *Pages) enter(c *gin.Context, who app.Principal, to string) {
	ctx, err := p.load(c.Request)
	if err == nil {
		err = p.begin(ctx, c.Writer, who)
	}
	if err != nil {
		p.brokenLogin(c, err)
		return
	}
	p.keepDevice(c, who)
	c.Redirect(http.StatusSeeOther, to)
}

func (p *Pages) logout(c *gin.Context) {
	serve.Begin(c)
	ctx, err := p.load(c.Request)
	if err == nil {
		err = p.finish(ctx, c.Writer)
	}
	if err != nil {
		p.brokenLogin(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/login?bye=1")
}

func (p *Pages) brokenLogin(c *gin.Context, err error) {
	v := &request{Context: c, pages: p}
	v.broken(err)
}
