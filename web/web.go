// Package web holds the pages: what a link opens, the login, the console of
// admins, the desk of coaches and the portal of coachees. Everything works
// without script, and nothing loads from another host.
package web

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"

	"coachflow/app"
	"coachflow/web/formview"
	"coachflow/web/link"
	"coachflow/web/serve"
	"coachflow/web/static"
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
	// Now is the clock of the limits on tries; nil is that of the system.
	Now func() time.Time
}

// Pages are the pages with what they keep between requests.
type Pages struct {
	Config
	sessions *scs.SessionManager
	limits   *loginLimits
	links    *link.Pages
	behind   sync.WaitGroup // what goes on after its answer

	proxyWarning sync.Once
}

// New prepares the pages.
func New(cfg Config) (*Pages, error) {
	p := &Pages{Config: cfg, sessions: newSessions(cfg), limits: newLoginLimits(cfg.Now)}
	p.links = link.New(link.Config{App: cfg.App, Log: cfg.Log, Now: cfg.Now, PasswordChosen: p.keepChooser})
	return p, nil
}

// Register puts all pages on an engine, which must be guarded against requests
// of other origins (http.CrossOriginProtection).
func (p *Pages) Register(engine *gin.Engine) {
	engine.GET(static.Path+":file", gin.WrapF(static.Serve))
	engine.HEAD(static.Path+":file", gin.WrapF(static.Serve))
	p.links.Register(engine)
	p.registerLogin(engine)
	p.registerAccount(engine)
	p.registerCalendarFeed(engine)
	p.registerSearch(engine)
	p.registerEngagements(engine)
	p.registerProgram(engine)
	p.registerTasks(engine)
	p.registerSessions(engine)
	p.registerSessionList(engine)
	p.registerRatings(engine)
	p.registerSessionItems(engine)
	p.registerStreams(engine)
	p.registerMails(engine)
	p.registerAddresses(engine)
	p.registerPeople(engine)
	p.registerAvailability(engine)
	p.registerLogo(engine)
	p.registerForms(engine)
	p.registerFiles(engine)
	p.registerTemplates(engine)
	p.registerQuarantine(engine)
	p.registerSettings(engine)
	p.registerReminders(engine)
	engine.NoRoute(p.nowhere)
}

// Wait waits for what goes on after its answer, when no more requests come.
func (p *Pages) Wait() { p.behind.Wait() }

// nowhere is the page for an address that no page has.
func (p *Pages) nowhere(c *gin.Context) {
	serve.Begin(c)
	v := &request{Context: c, pages: p}
	v.fail(serve.ErrMissing)
}

// CrossOriginPage answers a request that came from a page of another site, and
// was refused. Nothing of what was sent is shown: it may be somebody else's.
func (p *Pages) CrossOriginPage(w http.ResponseWriter, r *http.Request) {
	serve.Secure(w.Header(), serve.PagePolicy)
	page := formview.MessagePage{Frame: formview.Frame{Footer: "Nothing of what was sent was kept."},
		Tone: formview.ToneWarning, Title: "Nothing was done", Body: "What was sent did not come from a page of ours, so it was not taken.",
		Hint:     "Open the page itself, and press the button there.\n\nIf you came from a mail, open the link in it in your browser, not inside of the mail program.",
		LinkText: "Go to the start page", LinkURL: "/"}
	if strings.HasPrefix(r.URL.Path, link.Path) {
		page.LinkText, page.LinkURL = "Open the page", r.URL.Path
	}
	templ.Handler(formview.Message(page), templ.WithStatus(http.StatusForbidden)).ServeHTTP(w, r)
}

// get registers a page. HEAD answers as GET does, for those who only look.
func (p *Pages) get(engine *gin.Engine, path string, handle handler) {
	engine.GET(path, p.loggedIn(handle))
	engine.HEAD(path, p.loggedIn(handle))
}

// post registers a command.
func (p *Pages) post(engine *gin.Engine, path string, handle handler) {
	engine.POST(path, p.loggedIn(handle))
}

// postFiles registers a command whose form can hold files.
func (p *Pages) postFiles(engine *gin.Engine, path string, handle handler) {
	engine.POST(path, p.withFiles(handle))
}

// both registers a page whose form posts to the page itself.
func (p *Pages) both(engine *gin.Engine, path string, handle handler) {
	p.get(engine, path, handle)
	p.post(engine, path, handle)
}

// localPath takes a path of this site out of a parameter; anything else is the
// start page.
func localPath(wanted string) string {
	u, err := url.Parse(wanted)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || len(wanted) < 2 || wanted[0] != '/' || wanted[1] == '/' || wanted[1] == '\\' {
		return "/"
	}
	return u.String()
}
