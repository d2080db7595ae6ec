package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/web/parts"
	"coachflow/web/serve"
	"coachflow/web/static"
)

// request is one request of somebody who is logged in, with who it is and what was
// posted.
type request struct {
	*gin.Context
	pages *Pages
	ctx   context.Context // the request's, with its session
	who   app.Principal
	zone  *time.Location // of who asks
	org   app.Organization
	form  url.Values // what was posted
	back  string     // where a command that is refused says so; empty: on a page of its own

	files   []app.File // what was uploaded with the form
	refused error      // why none of it was kept

	crumbs  []crumb     // the pages above this one; nil: as the sidebar has it
	search  string      // what is searched for
	waiting app.Waiting // what waits for who asks
}

// handler answers a request. What it returns as an error is shown to who asked.
type handler func(*request) error

// loggedIn lets in who is logged in, reads what was posted, and shows errors.
func (p *Pages) loggedIn(handle handler) gin.HandlerFunc {
	return p.answer(handle, (*request).readForm)
}

// withFiles is loggedIn for forms that can hold files. The handler looks at refused.
func (p *Pages) withFiles(handle handler) gin.HandlerFunc {
	return p.answer(handle, (*request).readFiles)
}

func (p *Pages) answer(handle, read handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		serve.Begin(c)
		serve.Secure(c.Writer.Header(), serve.ConsolePolicy)
		v := &request{Context: c, pages: p, zone: time.UTC, form: url.Values{}}
		err := v.enter()
		if err == nil && c.Request.Method == http.MethodPost {
			err = read(v)
		}
		if err == nil {
			err = handle(v)
		}
		if err != nil {
			v.fail(err)
		}
	}
}

func (v *request) readForm() error {
	form, status := serve.Form(v.Context)
	if status != http.StatusOK {
		return coaching.Problemf(coaching.TooLarge, "form_too_large", "What was sent is larger than 1 MB, or was cut off on its way.")
	}
	v.form = form
	return nil
}

// readFiles stores the files of a form while they arrive. Where one is refused, none is
// kept, and the fields are read all the same.
func (v *request) readFiles() error {
	if !serve.IsUpload(v.Request) {
		return v.readForm()
	}
	upload, err := serve.ReadUpload(v.Writer, v.Request)
	if err != nil {
		return err
	}
	v.files, v.refused = v.app().UploadFiles(v.ctx, v.who, upload.Next)
	if v.refused != nil {
		upload.Rest()
	}
	v.form = upload.Fields
	if _, told := coaching.AsProblem(v.refused); !told {
		return v.refused
	}
	return nil
}

// errLogin sends who is not logged in to the login.
var errLogin = errors.New("not logged in")

func (v *request) enter() error {
	var err error
	if v.ctx, err = v.pages.load(v.Request); err != nil {
		v.ctx = v.Request.Context()
		return err
	}
	var in bool
	if v.who, in, err = v.pages.principal(v.ctx); err != nil {
		return err
	}
	if !in {
		return errLogin
	}
	person, err := v.pages.App.GetPerson(v.ctx, v.who, v.who.Person)
	if err != nil {
		return err
	}
	v.zone = coaching.ZoneOrUTC(person.TimeZone)
	v.Request = v.Request.WithContext(parts.WithReader(v.Request.Context(), parts.Reader{Now: time.Now(), Zone: v.zone}))
	v.org, err = v.pages.App.GetOrganization(v.ctx, v.who)
	return err
}

// app is what may be done, and asks for permission first.
func (v *request) app() *app.App { return v.pages.App }

// id reads an id out of the path; what is none does not exist.
func (v *request) id(name string) (uuid.UUID, error) {
	id, err := uuid.Parse(v.Param(name))
	if err != nil {
		return id, serve.ErrMissing
	}
	return id, nil
}

// field is a posted field without the white space around it.
func (v *request) field(name string) string { return trimmed(v.form.Get(name)) }

// posted reports whether a form was sent.
func (v *request) posted() bool { return v.Request.Method == http.MethodPost }

// adminPage keeps everybody else away, as if there were nothing.
func adminPage(handle handler) handler {
	return func(v *request) error {
		if !v.who.Admin() {
			return serve.ErrMissing
		}
		return handle(v)
	}
}

// flash is a sentence for the next page.
type flash struct{ Text, Tone string }

// done leads to a page that says what was done.
func (v *request) done(path, format string) error { return v.leave(path, flash{format, "success"}) }

func (v *request) leave(path string, say flash) error {
	v.pages.sessions.Put(v.ctx, flashKey, say.Text)
	v.pages.sessions.Put(v.ctx, toneKey, say.Tone)
	if err := v.pages.save(v.ctx, v.Writer); err != nil {
		return err
	}
	v.Redirect(http.StatusSeeOther, path)
	return nil
}

// takeFlash takes the sentence that waits for this page, and pushes the idle
// time on where that is due.
func (v *request) takeFlash() (flash, error) {
	m := v.pages.sessions
	if v.Request.Method == http.MethodHead {
		return flash{}, nil
	}
	say := flash{m.PopString(v.ctx, flashKey), m.PopString(v.ctx, toneKey)}
	seen := time.Unix(m.GetInt64(v.ctx, seenKey), 0)
	if say.Text == "" && time.Since(seen) < touchEvery {
		return say, nil
	}
	return say, v.pages.save(v.ctx, v.Writer)
}

// show renders a page. problem, if there is one, stands above it.
func (v *request) show(title, section string, problem error, content templ.Component) error {
	say, err := v.takeFlash()
	if err != nil {
		return err
	}
	if v.waiting, err = v.pages.App.CountWaiting(v.ctx, v.who); err != nil {
		return err
	}
	f := v.frame(title, section)
	f.Flash = say
	status := http.StatusOK
	if problem != nil {
		told, is := coaching.AsProblem(problem)
		if !is {
			return problem
		}
		f.Alert, status = told, serve.StatusOf(told.Class)
	}
	return v.render(status, page(f, content))
}

// render writes a page, whole or not at all.
func (v *request) render(status int, component templ.Component) error {
	return serve.Page(v.Context, status, component)
}

// fail tells who asked what went wrong, in words that are meant for people.
func (v *request) fail(err error) {
	problem, told := coaching.AsProblem(err)
	switch {
	case errors.Is(err, errLogin):
		v.toLogin()
		return
	case !told:
		v.broken(err)
		return
	case v.back != "" && problem.Class != coaching.NotFound:
		tone := "danger"
		if problem.Class == coaching.Unavailable {
			tone = "warning"
		}
		if leaving := v.leave(v.back, flash{problem.Message, tone}); leaving != nil {
			v.broken(leaving)
		}
		return
	}
	if err := v.render(serve.StatusOf(problem.Class), troublePage(v.trouble(problem))); err != nil {
		v.broken(err)
	}
}

func (v *request) toLogin() {
	target := "/login"
	if v.Request.Method != http.MethodPost && v.Request.URL.Path != "/" {
		target += "?to=" + url.QueryEscape(v.Request.URL.RequestURI())
	}
	v.Redirect(http.StatusSeeOther, target)
}

// broken is the page for what nobody foresaw, and for a database that is away.
// It names the request, and nothing of the inside.
func (v *request) broken(err error) {
	id := v.Writer.Header().Get("X-Request-Id")
	v.pages.Log.ErrorContext(v.Request.Context(), "page failed", "route", v.FullPath(), "request_id", id, "error", err)
	t := trouble{Title: "Something went wrong on our side", Body: "What you asked for may not have been done. Go back, look, and try again.",
		RequestID: id, head: v.pages.plainHead()}
	status := http.StatusInternalServerError
	if db.Away(err) {
		status = http.StatusServiceUnavailable
		t.Title, t.Body = "This does not work right now", "Please try again in a minute. If you have typed something, go back with your browser: it is still there."
	}
	if renderErr := v.render(status, troublePage(t)); renderErr != nil {
		v.String(http.StatusInternalServerError, "Something went wrong on our side.")
	}
}

// trouble is a page that says why there is no page.
type trouble struct {
	Title, Body string
	Fields      []coaching.FieldProblem
	RequestID   string
	head
}

func (v *request) trouble(problem *coaching.Problem) trouble {
	t := trouble{Title: "That did not work", Body: problem.Message, Fields: problem.Fields, head: v.pages.plainHead()}
	switch problem.Class {
	case coaching.NotFound:
		t.Title = "There is nothing here"
		t.Body = "The page does not exist, or it is not yours to see."
	case coaching.Forbidden:
		t.Title = "This is not yours to do"
	case coaching.Unavailable:
		t.Title = "No answer in time"
	}
	return t
}

// plainHead is the head of a page without a reader.
func (p *Pages) plainHead() head { return head{Stylesheets: p.stylesheets()} }

// consoleHead is the head of a page in an organization's colour.
func (p *Pages) consoleHead(brand string) head {
	return head{Stylesheets: p.stylesheetsOf(brand), Script: static.URL("console.js")}
}

// stylesheets are those of a page that belongs to no organization.
func (p *Pages) stylesheets() []string { return p.stylesheetsOf(coaching.DefaultBrand) }

func (p *Pages) stylesheetsOf(brand string) []string {
	return []string{static.URL("console.css"), static.BrandURL(brand)}
}

// wrong is a refusal for one field of a form.
func wrong(field, code, message string) error {
	return coaching.Problemf(coaching.Invalid, code, "%s", message).WithField(field, code, "%s", message)
}
