package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/serve"
)

// Download is bytes that others have sent us: they are saved, never shown, and should a
// browser show them after all, nothing in them runs. They are not held in memory.
type Download struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Policy      string `header:"Content-Security-Policy"`
	Left        string `header:"No-Gzip-Compression"` // serve.NotCompressed
	Length      string `header:"Content-Length"`
	Body        func(huma.Context)
}

// download answers with data, which has size bytes, and closes it.
func download(name, contentType string, data io.ReadCloser, size int64) *Download {
	if kind, _, err := mime.ParseMediaType(contentType); err != nil || !strings.Contains(kind, "/") {
		contentType = "application/octet-stream"
	}
	disposition := mime.FormatMediaType("attachment", map[string]string{"filename": oneLine(name)})
	if disposition == "" {
		disposition = "attachment"
	}
	return &Download{ContentType: contentType, Disposition: disposition, Policy: "sandbox; default-src 'none'; frame-ancestors 'none'", Left: "1",
		Length: strconv.FormatInt(size, 10), Body: func(ctx huma.Context) { serve.Copy(humagin.Unwrap(ctx).Writer, data) }}
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

// UploadInput is a request with a file, which is read while it arrives.
type UploadInput struct{ upload *serve.Upload }

// Resolve begins to read.
func (u *UploadInput) Resolve(c huma.Context) (faults []error) {
	g := humagin.Unwrap(c)
	var err error
	if u.upload, err = serve.ReadUpload(g.Writer, g.Request); err != nil {
		return []error{err}
	}
	return nil
}

const takesFilesMark = "takes files"

// takesFiles reports whether an operation reads its body itself, since it holds files.
func takesFiles(op *huma.Operation) bool { return op.Metadata[takesFilesMark] != nil }

// takingFiles marks such an operation.
func takingFiles(op *huma.Operation) { op.Metadata = map[string]any{takesFilesMark: true} }

// documentUpload documents the body of an operation that reads it itself: Huma would read
// one that it knows of.
func documentUpload(op *huma.Operation) {
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
		Type: huma.TypeObject, Required: []string{"file"},
		Properties: map[string]*huma.Schema{"file": {Type: huma.TypeString, Format: "binary", Description: "The file with its name, of at most " + strconv.Itoa(coaching.LargestFile>>20) + " MB."}}}}}}
}

// uploadFile stores the one file of a request.
func (s *server) uploadFile(ctx context.Context, p app.Principal, in *UploadInput) (*Created[app.File], error) {
	defer in.upload.Rest()
	begun := false
	stored, err := s.App.UploadFiles(ctx, p, func() (string, io.Reader, error) {
		name, data, err := in.upload.Next()
		switch {
		case err == nil && begun:
			return "", nil, coaching.Problemf(coaching.Invalid, "file_one_each", "Send one file with each request. None was kept.")
		case errors.Is(err, io.EOF) && !begun:
			return "", nil, coaching.Problemf(coaching.Invalid, "file_missing", "Send the file as multipart/form-data, in a part with a file name.").WithField("file", "file_missing", "no part has a file name")
		}
		begun = true
		return name, data, err
	})
	if err != nil {
		return nil, err
	}
	return created("/files", stored[0].ID, 0, stored[0], nil)
}

// fileRoutes are files: those of clients, and those that were uploaded.
func (s *server) fileRoutes() {
	a := s.App
	route(s, http.MethodGet, "/people/{id}/files", "listFiles", "Files", "List the files of a client",
		func(ctx context.Context, p app.Principal, in *PagedByID) (*Plain[app.Page[app.File]], error) {
			return plain(a.ListFiles(ctx, p, in.ID, in.paging()))
		})
	route(s, http.MethodPost, "/files", "uploadFile", "Files", "Upload a file", s.uploadFile, creates, takingFiles,
		says("Its type is told by its content. Files with the same content are stored once. With an Idempotency-Key, requests of the same length count as the same."))
	documentUpload(s.huma.OpenAPI().Paths[base+"/files"].Post)
	route(s, http.MethodGet, "/files", "listUploadedFiles", "Files", "List the files that were uploaded: an admin's those of all, a coach's their own",
		func(ctx context.Context, p app.Principal, in *ListUploadedFilesInput) (*Plain[app.Listing[app.UploadedFile]], error) {
			return plain(a.FindFiles(ctx, p, in.filter()))
		}, says(listSays("The newest first, or by name.")))
	route(s, http.MethodGet, "/files/{id}", "getFile", "Files", "Read what is known of a file, and who viewed it",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.File], error) {
			return plain(a.GetFile(ctx, p, in.ID))
		})
	route(s, http.MethodGet, "/files/{id}/content", "getFileContent", "Files", "Fetch a file; counts as a view",
		func(ctx context.Context, p app.Principal, in *ByID) (*Download, error) {
			file, data, err := a.OpenFile(ctx, p, in.ID)
			if err != nil {
				return nil, err
			}
			return download(file.Name, file.ContentType, data, file.Size), nil
		}, bytesAre("application/octet-stream"))
}
