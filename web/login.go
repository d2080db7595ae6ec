package web

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"coachflow/app"
	"coachflow/coaching"
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

func (p *Pages) login(c *gin.Context) {
	serve.Begin(c)
	form, status := serve.Form(c)
	if status != http.StatusOK {
		p.showLogin(c, status, loginView{To: "/", Problem: "What was sent could not be read. Please try again."})
		return
	}
	view := loginView{Email: trimmed(form.Get("email")), To: localPath(form.Get("to"))}
	key := coaching.MailboxKey(view.Email) + " " + c.ClientIP()
	if !p.limits.take(key) {
		c.Header("Retry-After", "60")
		view.Problem = "There were too many attempts with this address. Wait a minute, then try again."
		p.showLogin(c, http.StatusTooManyRequests, view)
		return
	}
	who, err := p.find(c, view.Email, form.Get("password"))
	problem, told := coaching.AsProblem(err)
	switch {
	case told:
		view.Problem = "Address and password do not go together. Check both, and whether caps lock is on."
		if problem.Class != coaching.Unauthenticated {
			view.Problem = problem.Message
		}
		p.showLogin(c, serve.StatusOf(problem.Class), view)
		return
	case err != nil:
		p.brokenLogin(c, err)
		return
	}
	p.limits.giveBack(key)
	p.enter(c, who, view.To)
}

// find asks for the person. What cannot be an address is not asked for.
func (p *Pages) find(c *gin.Context, email, password string) (app.Principal, error) {
	if email == "" || password == "" || len(email) > 254 || len(password) > 1024 || !utf8.ValidString(email) || strings.ContainsRune(email, 0) {
		return app.Principal{}, coaching.Problemf(coaching.Unauthenticated, "login_failed", "Address and password do not go together.")
	}
	return p.App.Login(c.Request.Context(), email, password)
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
