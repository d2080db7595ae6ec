package web

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/parts"
)

// Sample is a page of the console with invented data, to be looked at.
type Sample struct {
	Area      string // names the group that it belongs to
	Name      string // usable in a URL
	Component templ.Component
}

// Samples are all pages of the console in their states.
func Samples(now time.Time) []Sample {
	i := invent(now)
	return slices.Concat(i.engagements(), i.programs(), i.items(), i.sessions(), i.sessionLists(), i.ratingPages(), i.tabs(), i.people(), i.inbox(), i.library(), i.settings(), i.logins(), i.rest())
}

// invented is what the samples are made of: an organization with its people, at a moment.
type invented struct {
	now                   time.Time
	zone                  *time.Location
	admin, coach, coachee app.Principal
}

func invent(now time.Time) invented {
	person := func(name, role string) app.Principal {
		return app.Principal{Org: inventedID("organization"), Person: inventedID(name), Name: name, Roles: []string{role}}
	}
	return invented{now: now, zone: coaching.ZoneOrUTC("Europe/Berlin"), admin: person("Ada Admin", "admin"), coach: person("Jonas Weber", "coach"), coachee: person("Amara Okafor", "coachee")}
}

// inventedID is always the same for a name.
func inventedID(name string) uuid.UUID {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte("sample:"+name))
}

// inventedPlace is where a sample stands in the console.
type inventedPlace struct {
	who         app.Principal // nobody: the admin
	title, key  string
	path, query string // the page's address
	crumbs      []crumb
	flash       flash
	alert       *coaching.Problem
}

// request is as if somebody had asked for a page there.
func (i invented) request(at inventedPlace) *request {
	if at.who.Name == "" {
		at.who = i.admin
	}
	asked := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: at.path, RawQuery: at.query}}
	return &request{Context: &gin.Context{Request: asked}, pages: &Pages{Config: Config{DevMail: true}}, who: at.who, zone: i.zone, crumbs: at.crumbs,
		org: app.Organization{Name: "Northlight Coaching", BrandColor: coaching.DefaultBrand}, waiting: app.Waiting{Quarantined: 3}}
}

// page is a sample in the frame that its page has.
func (i invented) page(name string, at inventedPlace, content templ.Component) Sample {
	f := i.request(at).frame(at.title, at.key)
	f.Flash, f.Alert = at.flash, at.alert
	return i.bare(name, page(f, content))
}

// bare is a sample of a page that has its own frame.
func (i invented) bare(name string, whole templ.Component) Sample {
	return Sample{Name: name, Component: templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		var drawn bytes.Buffer
		if err := whole.Render(parts.WithReader(ctx, parts.Reader{Now: i.now, Zone: i.zone}), &drawn); err != nil {
			return err
		}
		html := inventedFrame.ReplaceAll(drawn.Bytes(), []byte(`${1}/dev/samples/letter/form_request"`))
		_, err := w.Write(inventedImage.ReplaceAll(html, []byte(`${1}`+inventedPicture+`"`)))
		return err
	})}
}

// in says to which area samples belong.
func in(area string, list ...Sample) []Sample {
	for n := range list {
		list[n].Area = area
	}
	return list
}

// Frames and images of a page show what is stored. There is nothing of the samples, so
// they show something invented.
var (
	inventedFrame = regexp.MustCompile(`(<iframe [^>]*src=")[^"]*"`)
	inventedImage = regexp.MustCompile(`(<img [^>]*src=")[^"]*"`)
)

const inventedPicture = `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='480' height='240'%3E%3Crect width='480' height='240' fill='%237aa6a1'/%3E%3Ccircle cx='360' cy='90' r='40' fill='%23f5d491'/%3E%3C/svg%3E`

// The names of samples that are hard to lay out.
const (
	longName     = "Maximiliane Alexandra von Hohenstein-Wittgensteinberg-Schwarzenfels"
	longTitle    = "A reflection about what has changed since we began, what should change next, and who else ought to be asked about it before the summer"
	arabicName   = "محمد عبد الرحمن العلي"
	hebrewName   = "נועה בן־דוד"
	hebrewTitle  = "אימון מנהיגות 2026"
	chineseName  = "李小龙"
	longAddress  = "maximiliane.alexandra.von.hohenstein-wittgensteinberg@internal-communications.example.com"
	unbrokenWord = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
)

func (i invented) ahead(d time.Duration) *time.Time { t := i.now.Add(d); return &t }

const day = 24 * time.Hour
