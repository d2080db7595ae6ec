// Package web holds the pages: what a link opens, the login, the console of
// admins, the desk of coaches and the portal of coachees. Everything works
// without script, and nothing loads from another host.
package web

import (
	"log/slog"
	"net/http"
	"net/url"
	"sync"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"

	"coachflow/app"
)

// Config is what the pages need.
type Config struct {
	App *app.App
	Log *slog.Logger
	// Secure says that the pages are reached by https. Cookies are bound to
	// that, and to the host alone.
	Secure bool
	// DevMail links to the mail sandbox under /dev/mail.
	DevMail bool
	// TemporalUI is the URL of Temporal's own pages, shown where it is set.
	TemporalUI string
}

// Pages are the pages with what they keep between requests.
type Pages struct {
	Config
	sessions *scs.SessionManager
	limits   *loginLimits
	static   *staticFiles
	seen     *formMemory
	behind   sync.WaitGroup // what goes on after its answer
}

// New prepares the pages.
func New(cfg Config) (*Pages, error) {
	files, err := newStaticFiles()
	if err != nil {
		return nil, err
	}
	return &Pages{Config: cfg, sessions: newSessions(cfg), limits: newLoginLimits(), static: files, seen: newFormMemory()}, nil
}

// Register puts all pages on an engine, which must be guarded against requests
// of other origins (http.CrossOriginProtection).
func (p *Pages) Register(engine *gin.Engine) {
	engine.GET("/static/:file", p.static.serve)
	engine.HEAD("/static/:file", p.static.serve)
	p.registerLinks(engine)
	p.registerLogin(engine)
	p.registerAccount(engine)
	p.registerEngagements(engine)
	p.registerProgram(engine)
	p.registerTasks(engine)
	p.registerRecords(engine)
	p.registerAdmin(engine)
	engine.NoRoute(p.nowhere)
}

// Wait waits for what goes on after its answer, when no more requests come.
func (p *Pages) Wait() { p.behind.Wait() }

// nowhere is the page for an address that no page has.
func (p *Pages) nowhere(c *gin.Context) {
	secure(c, pagePolicy)
	v := &visit{Context: c, pages: p}
	v.fail(errMissing)
}

// get registers a page. HEAD answers as GET does, for those who only look.
func (p *Pages) get(engine *gin.Engine, path string, handle handler) {
	engine.GET(path, p.visited(handle))
	engine.HEAD(path, p.visited(handle))
}

// post registers an act.
func (p *Pages) post(engine *gin.Engine, path string, handle handler) {
	engine.POST(path, p.visited(handle))
}

// both registers a page whose form posts to the page itself.
func (p *Pages) both(engine *gin.Engine, path string, handle handler) {
	p.get(engine, path, handle)
	p.post(engine, path, handle)
}

// secure sets the headers of every page. csp is the whole policy.
func secure(c *gin.Context, csp string) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", csp)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex")
}

const (
	// pagePolicy allows a page its own stylesheet, images, frames and forms.
	pagePolicy = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"
	// letterPolicy is for the HTML of mails inside of a page: it may look as it
	// was written to look, and do nothing.
	letterPolicy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
	// filePolicy is for what others have sent: it is not to be run at all.
	filePolicy = "sandbox; default-src 'none'; frame-ancestors 'none'"
)

// localPath takes a path of this site out of a parameter; anything else is the
// start page.
func localPath(wanted string) string {
	u, err := url.Parse(wanted)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || len(wanted) < 2 || wanted[0] != '/' || wanted[1] == '/' || wanted[1] == '\\' {
		return "/"
	}
	return u.String()
}

// maxBody bounds what a form may post.
const maxBody = 1 << 20

// readForm reads a posted form. A body that is too large or broken is false.
func readForm(c *gin.Context) (url.Values, int) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxBody)
	if err := c.Request.ParseForm(); err != nil {
		if tooLarge(err) {
			return nil, http.StatusRequestEntityTooLarge
		}
		return nil, http.StatusBadRequest
	}
	return c.Request.PostForm, http.StatusOK
}
