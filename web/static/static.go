// Package static holds the files that pages load: stylesheets, the script
// and the font. Each is
// compressed once, and has a URL with its hash in it, so that a browser may keep
// it for good.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed *.css *.js *.woff2
var sources embed.FS

// bundles are the stylesheets of pages, each with the files that it is made of.
var bundles = map[string][]string{
	"console.css": {"tabler.css", "inter.css", "console.css"},
	"form.css":    {"inter.css", "form.css"},
}

// contentTypes of what is served, by the ending of its name.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".woff2": "font/woff2",
}

// Path is where the files are.
const Path = "/static/"

// file is one file as it is served. zipped is nil where it would not be smaller.
type file struct {
	contentType, hash string
	plain, zipped     []byte
}

type files struct {
	urls   map[string]string // by the name of the file
	served map[string]file   // by the name that stands in the URL
}

// loaded are all files. What is wrong with them is the same in every process, so
// it is no error of a request.
var loaded = sync.OnceValue(func() *files {
	f, err := load(sources)
	if err != nil {
		panic(err)
	}
	return f
})

// URL is where a file is: a bundle by its name, or the font. There must be such a file.
func URL(name string) string {
	url, known := loaded().urls[name]
	if !known {
		panic("static: there is no " + name)
	}
	return url
}

// load reads and compresses the files. Stylesheets come last, since they hold the
// URLs of other files.
func load(from fs.FS) (*files, error) {
	f := &files{urls: map[string]string{}, served: map[string]file{}}
	entries, err := fs.ReadDir(from, ".")
	if err != nil {
		return nil, fmt.Errorf("static: %w", err)
	}
	for _, entry := range entries {
		if path.Ext(entry.Name()) == ".css" {
			continue
		}
		data, err := fs.ReadFile(from, entry.Name())
		if err != nil {
			return nil, fmt.Errorf("static: %w", err)
		}
		if err := f.add(entry.Name(), data); err != nil {
			return nil, err
		}
	}
	for name, parts := range bundles {
		data, err := f.bundle(from, parts)
		if err != nil {
			return nil, err
		}
		if err := f.add(name, data); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// bundle joins stylesheets, and puts URLs in the place of the names of files.
func (f *files) bundle(from fs.FS, parts []string) ([]byte, error) {
	var all bytes.Buffer
	for _, part := range parts {
		data, err := fs.ReadFile(from, part)
		if err != nil {
			return nil, fmt.Errorf("static: %w", err)
		}
		all.Write(data)
	}
	text := all.String()
	for name, url := range f.urls {
		text = strings.ReplaceAll(text, `url("`+name+`")`, `url("`+url+`")`)
	}
	return []byte(text), nil
}

func (f *files) add(name string, data []byte) error {
	ext := path.Ext(name)
	sum := sha256.Sum256(data)
	made := file{contentType: contentTypes[ext], hash: hex.EncodeToString(sum[:6]), plain: data}
	if made.contentType == "" {
		return fmt.Errorf("static: %s: no content type is known for it", name)
	}
	zipped, err := zip(data)
	if err != nil {
		return fmt.Errorf("static: compress %s: %w", name, err)
	}
	if len(zipped) < len(data)*9/10 { // a font is compressed in itself
		made.zipped = zipped
	}
	hashed := strings.TrimSuffix(name, ext) + "." + made.hash + ext
	f.urls[name], f.served[hashed] = Path+hashed, made
	return nil
}

func zip(data []byte) ([]byte, error) {
	var zipped bytes.Buffer
	w, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return zipped.Bytes(), nil
}

// Serve answers below Path.
func Serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	name := strings.TrimPrefix(r.URL.Path, Path)
	f, known := loaded().served[name]
	if !known {
		f, known = brandFile(name)
	}
	if !known {
		h.Set("Cache-Control", "no-store")
		http.Error(w, "There is no such file.", http.StatusNotFound)
		return
	}
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Type", f.contentType)
	h.Set("Vary", "Accept-Encoding")
	data, tag := f.plain, f.hash
	if f.zipped != nil && takesGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		data, tag = f.zipped, f.hash+"-gzip"
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

// takesGzip reads an Accept-Encoding header.
func takesGzip(accepted string) bool {
	for coding := range strings.SplitSeq(accepted, ",") {
		name, quality, weighed := strings.Cut(strings.ReplaceAll(strings.ToLower(coding), " ", ""), ";q=")
		if name != "gzip" {
			continue
		}
		q, err := strconv.ParseFloat(quality, 64)
		return !weighed || err == nil && q > 0
	}
	return false
}
