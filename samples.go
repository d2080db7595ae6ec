package main

import (
	"html/template"
	"net/http"

	"coachflow/coaching"
	"coachflow/outbox"
	"coachflow/web/formview"
	"coachflow/web/static"
)

// Every link page and every letter with invented data, at /dev/samples of the
// dev server: to look at before somebody else does.

// sampleOrganization is whose letters the samples are.
const sampleOrganization = "Northlight Coaching"

var sampleIndex = template.Must(template.New("samples").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Samples</title><link rel="stylesheet" href="{{.Stylesheet}}"></head>
<body><main><h1>Samples</h1><p>Every link page and every letter with invented data.</p>
<h2>Pages</h2><ul>{{range .Pages}}<li><a href="/dev/samples/page/{{.Name}}">{{.Name}}</a></li>{{end}}</ul>
<h2>Letters</h2><ul>{{range .Letters}}<li><a href="/dev/samples/letter/{{.Kind}}">{{.Label}}</a> (<a href="/dev/samples/letter/{{.Kind}}?text=1">text</a>)</li>{{end}}</ul>
</main></body></html>
`))

// samples answers below /dev/samples.
func samples() (http.Handler, error) {
	pages, err := formview.Samples()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /dev/samples", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = sampleIndex.Execute(w, map[string]any{"Stylesheet": static.URL("form.css"), "Pages": pages, "Letters": outbox.Letters()})
	})
	for _, page := range pages {
		mux.HandleFunc("GET /dev/samples/page/"+page.Name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_ = page.Component.Render(r.Context(), w)
		})
	}
	mux.HandleFunc("GET /dev/samples/letter/{kind}", serveSampleLetter)
	return mux, nil
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
