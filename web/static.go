package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"

	"coachflow/web/formview"
)

//go:embed static/*.css static/*.js
var staticSources embed.FS

// staticFiles are the stylesheets, each under a URL that holds its hash, so
// that a browser may keep it for good.
type staticFiles struct {
	urls  map[string]string     // by file name
	files map[string]staticFile // by hashed name
}

type staticFile struct{ plain, zipped []byte }

func newStaticFiles() (*staticFiles, error) {
	s := &staticFiles{urls: map[string]string{}, files: map[string]staticFile{}}
	if err := s.add("form.css", formview.CSS); err != nil {
		return nil, err
	}
	for _, name := range []string{"tabler.min.css", "console.css", "console.js"} {
		data, err := staticSources.ReadFile("static/" + name)
		if err != nil {
			return nil, fmt.Errorf("read stylesheet: %w", err)
		}
		if err := s.add(name, data); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *staticFiles) add(name string, data []byte) error {
	var zipped bytes.Buffer
	w, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("compress %s: %w", name, err)
	}
	if _, err := w.Write(data); err != nil {
		return fmt.Errorf("compress %s: %w", name, err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("compress %s: %w", name, err)
	}
	sum := sha256.Sum256(data)
	hashed := strings.TrimSuffix(name, path.Ext(name)) + "." + hex.EncodeToString(sum[:6]) + path.Ext(name)
	s.urls[name], s.files[hashed] = "/static/"+hashed, staticFile{plain: data, zipped: zipped.Bytes()}
	return nil
}

// url is where a stylesheet is.
func (s *staticFiles) url(name string) string { return s.urls[name] }

func (s *staticFiles) serve(c *gin.Context) {
	file, known := s.files[c.Param("file")]
	if sheet, is := brandSheet(c.Param("file")); is {
		file, known = staticFile{plain: []byte(sheet)}, true
	}
	if !known {
		c.Status(http.StatusNotFound)
		return
	}
	h := c.Writer.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	data := file.plain
	if file.zipped != nil && strings.Contains(c.GetHeader("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		data = file.zipped
	}
	c.Data(http.StatusOK, mime.TypeByExtension(path.Ext(c.Param("file"))), data)
}
