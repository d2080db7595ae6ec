package serve

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"

	"coachflow/coaching"
)

type bodyKey struct{}

// Bound lets no request have a body of more than limit bytes, but for those that
// ReadUpload reads.
func Bound(next http.Handler, limit int64) http.Handler {
	bounded := http.MaxBytesHandler(next, limit)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bounded.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), bodyKey{}, r.Body)))
	})
}

// Upload reads a multipart body part by part while it arrives: its files come out one
// after the other, and its fields are kept on the way.
type Upload struct {
	// Fields are those that have arrived so far, cleaned.
	Fields url.Values

	parts *multipart.Reader
	room  int // for fields, in bytes
}

const (
	// arrivePause is how long nothing of a file may arrive, and answerTime how long an
	// answer may take once all has.
	arrivePause = 60 * time.Second
	answerTime  = 120 * time.Second
	// mostFieldBytes bounds the fields beside the files, and mostUnread how much of a body is
	// taken in and thrown away after a refusal, so that who sends it sees the answer.
	mostFieldBytes = maxBody
	mostUnread     = 2 * coaching.LargestFile
)

// IsUpload reports whether a body can hold files.
func IsUpload(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "multipart/form-data"
}

// ReadUpload begins to read the files of a request, which may take as long as something
// of them arrives.
func ReadUpload(w http.ResponseWriter, r *http.Request) (*Upload, error) {
	if body, known := r.Context().Value(bodyKey{}).(io.ReadCloser); known {
		r.Body = body
	}
	r.Body = &patientBody{ReadCloser: r.Body, control: http.NewResponseController(w)}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, coaching.Problemf(coaching.Invalid, "upload_invalid", "Send files as multipart/form-data, each in a part with a file name.")
	}
	return &Upload{Fields: url.Values{}, parts: parts, room: mostFieldBytes}, nil
}

// Next is the next file: its name, and its content, which is read before the next is
// asked for. The error after the last is io.EOF.
func (u *Upload) Next() (name string, data io.Reader, err error) {
	for {
		part, err := u.parts.NextPart()
		if errors.Is(err, io.EOF) {
			return "", nil, io.EOF
		}
		if err != nil {
			return "", nil, coaching.Problemf(coaching.Invalid, "upload_incomplete", "The upload did not arrive as a whole. Nothing of it was kept; try it again.")
		}
		if part.FileName() != "" {
			return part.FileName(), part, nil
		}
		if err := u.keepField(part); err != nil {
			return "", nil, err
		}
	}
}

// keepField keeps a field. A file that was not chosen is an empty one.
func (u *Upload) keepField(part *multipart.Part) error {
	if _, isFile := dispositionOf(part)["filename"]; isFile {
		return nil
	}
	value, err := io.ReadAll(io.LimitReader(part, int64(u.room)+1))
	if u.room -= len(value) + len(part.FormName()); u.room < 0 {
		return coaching.Problemf(coaching.TooLarge, "form_too_large", "What was entered beside the files is larger than 1 MB.")
	}
	if err != nil {
		return coaching.Problemf(coaching.Invalid, "upload_incomplete", "The upload did not arrive as a whole. Nothing of it was kept; try it again.")
	}
	for name, values := range cleanValues(url.Values{part.FormName(): {string(value)}}) {
		u.Fields[name] = append(u.Fields[name], values...)
	}
	return nil
}

func dispositionOf(part *multipart.Part) map[string]string {
	_, params, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition")) // what cannot be read names no file
	return params
}

// Rest reads what follows a refusal: the fields are kept, files thrown away, up to a bound.
func (u *Upload) Rest() {
	for left := int64(mostUnread); left > 0; {
		_, data, err := u.Next()
		if err != nil {
			return
		}
		n, err := io.CopyN(io.Discard, data, left)
		if left -= n; err != nil && !errors.Is(err, io.EOF) {
			return
		}
	}
}

// patientBody gives each piece of a body its time, and the answer after it.
type patientBody struct {
	io.ReadCloser
	control *http.ResponseController
}

// Read waits for the next piece.
func (b *patientBody) Read(p []byte) (int, error) {
	at := time.Now()
	// Without them, the limits for a whole request hold.
	_ = b.control.SetReadDeadline(at.Add(arrivePause))
	_ = b.control.SetWriteDeadline(at.Add(arrivePause + answerTime))
	return b.ReadCloser.Read(p)
}
