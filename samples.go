package main

import (
	"net/http"
	"time"

	"github.com/a-h/templ"

	"coachflow/coaching"
	"coachflow/outbox"
	"coachflow/web"
	"coachflow/web/formview"
	pageserve "coachflow/web/serve"
)

// Every page, every part and every letter with invented data, at /dev/samples of the
// dev server: to look at before somebody else does.

// sampleOrganization is whose letters the samples are.
const sampleOrganization = "Northlight Coaching"

// samplePath is where a sample of a kind is.
func samplePath(kind, name string) string { return "/dev/samples/" + kind + "/" + name }

// samples answers below /dev/samples.
func samples() (http.Handler, error) {
	pages, err := formview.Samples()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /dev/samples", func(w http.ResponseWriter, r *http.Request) {
		now := time.Now()
		servePage(w, r, pageserve.ConsolePolicy, web.SampleIndex(now, sampleSections(web.Samples(now), pages)))
	})
	mux.HandleFunc("GET /dev/samples/console/{name}", func(w http.ResponseWriter, r *http.Request) {
		for _, sample := range web.Samples(time.Now()) {
			if sample.Name == r.PathValue("name") {
				servePage(w, r, pageserve.ConsolePolicy, sample.Component)
				return
			}
		}
		http.NotFound(w, r)
	})
	for _, page := range pages {
		mux.HandleFunc("GET "+samplePath("page", page.Name), func(w http.ResponseWriter, r *http.Request) {
			servePage(w, r, pageserve.PagePolicy, page.Component)
		})
	}
	mux.HandleFunc("GET /dev/samples/letter/{kind}", serveSampleLetter)
	return mux, nil
}

// sampleSections are the samples by what they are of.
func sampleSections(console []web.Sample, pages []formview.Sample) []web.SampleSection {
	var sections []web.SampleSection
	for _, sample := range console {
		if n := len(sections); n == 0 || sections[n-1].Title != sample.Area {
			sections = append(sections, web.SampleSection{Title: sample.Area})
		}
		section := &sections[len(sections)-1]
		section.Links = append(section.Links, web.SampleLink{Label: sample.Name, URL: samplePath("console", sample.Name)})
	}
	links, letters := web.SampleSection{Title: "Pages that a link opens"}, web.SampleSection{Title: "Letters"}
	for _, page := range pages {
		links.Links = append(links.Links, web.SampleLink{Label: page.Name, URL: samplePath("page", page.Name)})
	}
	for _, letter := range outbox.Letters() {
		at := samplePath("letter", string(letter.Kind))
		letters.Links = append(letters.Links, web.SampleLink{Label: letter.Label, URL: at, Text: "text", TextURL: at + "?text=1"})
	}
	return append(sections, links, letters)
}

func servePage(w http.ResponseWriter, r *http.Request, policy string, page templ.Component) {
	pageserve.Secure(w.Header(), policy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := page.Render(r.Context(), w); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func serveSampleLetter(w http.ResponseWriter, r *http.Request) {
	registered, known := outbox.LetterOf(coaching.NotificationKind(r.PathValue("kind")))
	if !known {
		http.NotFound(w, r)
		return
	}
	letter, err := registered.Sample(registered.Default(), sampleOrganization)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if r.URL.Query().Has("text") {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte(letter.Subject + "\n\n" + letter.Text))
		return
	}
	// Letters have their styles in the elements, as mail programs want it.
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(letter.HTML))
}
