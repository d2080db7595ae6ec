package api

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
)

// marshalWhole writes an answer as JSON, whole or not at all: what cannot be written
// out, as a moment beyond the year 9999, is answered with a problem, and a connection
// is not cut off in the middle of an answer.
func marshalWhole(log *slog.Logger) func(io.Writer, any) error {
	return func(w io.Writer, v any) error {
		var out bytes.Buffer
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(false)
		err := encoder.Encode(v)
		if answer, is := w.(http.ResponseWriter); is && err != nil {
			writeUnwritable(log, answer, err)
			return nil
		}
		if err != nil {
			return err
		}
		_, err = w.Write(out.Bytes())
		return err
	}
}

// writeUnwritable answers for what cannot be written out. Nothing of it is out yet.
func writeUnwritable(log *slog.Logger, w http.ResponseWriter, err error) {
	id := w.Header().Get("X-Request-Id")
	log.Error("answer cannot be written out", "request_id", id, "error", err)
	for _, name := range []string{"ETag", "Location"} {
		w.Header().Del(name)
	}
	write(w, internalError(&request{id: id}))
}
