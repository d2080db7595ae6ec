package api

import (
	"context"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"coachflow/app"
	"coachflow/web/serve"
)

// Download is bytes that others have sent us: they are saved, never shown, and
// should a browser show them after all, nothing in them runs.
type Download struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Policy      string `header:"Content-Security-Policy"`
	Left        string `header:"No-Gzip-Compression"` // serve.NotCompressed
	Body        []byte
}

func download(name, contentType string, data []byte) *Download {
	if kind, _, err := mime.ParseMediaType(contentType); err != nil || !strings.Contains(kind, "/") {
		contentType = "application/octet-stream"
	}
	disposition := mime.FormatMediaType("attachment", map[string]string{"filename": oneLine(name)})
	if disposition == "" {
		disposition = "attachment"
	}
	return &Download{ContentType: contentType, Disposition: disposition, Policy: "sandbox; default-src 'none'; frame-ancestors 'none'", Left: "1", Body: data}
}

// Streamed is a Download that is not held in memory.
type Streamed struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Policy      string `header:"Content-Security-Policy"`
	Length      string `header:"Content-Length"`
	Body        func(huma.Context)
}

// streamed answers with data, which has size bytes, and closes it.
func streamed(name, contentType string, data io.ReadCloser, size int64) *Streamed {
	d := download(name, contentType, nil)
	return &Streamed{ContentType: d.ContentType, Disposition: d.Disposition, Policy: d.Policy, Length: strconv.FormatInt(size, 10),
		Body: func(ctx huma.Context) { serve.Copy(humagin.Unwrap(ctx).Writer, data) }}
}

// oneLine drops what must not reach a header.
func oneLine(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name)
}

// bytesAre documents an answer that is no JSON.
func bytesAre(contentType string) func(*huma.Operation) {
	return func(op *huma.Operation) {
		op.Responses = map[string]*huma.Response{"200": {Description: "The bytes, as an attachment", Content: map[string]*huma.MediaType{
			contentType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}}
	}
}

// fileRoutes are the files of clients.
func (s *server) fileRoutes() {
	a := s.App
	route(s, http.MethodGet, "/people/{id}/files", "listFiles", "Files", "List the files of a client",
		func(ctx context.Context, p app.Principal, in *PagedByID) (*Plain[app.Page[app.File]], error) {
			return plain(a.ListFiles(ctx, p, in.ID, in.paging()))
		})
	route(s, http.MethodGet, "/files/{id}", "getFile", "Files", "Read what is known of a file, and who viewed it",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.File], error) {
			return plain(a.GetFile(ctx, p, in.ID))
		})
	route(s, http.MethodGet, "/files/{id}/content", "getFileContent", "Files", "Fetch a file; counts as a view",
		func(ctx context.Context, p app.Principal, in *ByID) (*Download, error) {
			file, data, err := a.ReadFile(ctx, p, in.ID)
			if err != nil {
				return nil, err
			}
			return download(file.Name, file.ContentType, data), nil
		}, bytesAre("application/octet-stream"))
}
