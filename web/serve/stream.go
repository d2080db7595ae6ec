package serve

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
)

// Stream answers with what others have sent, as File does, without holding it in memory,
// and closes it. size is in bytes.
func Stream(c *gin.Context, name, contentType string, data io.ReadCloser, size int64) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", FilePolicy)
	h.Set("Content-Disposition", disposition(withExtension(name, contentType)))
	h.Set("Content-Type", SafeType(contentType))
	h.Set(NotCompressed, "1")
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	c.Status(http.StatusOK)
	Copy(c.Writer, data)
}

const (
	copyPiece = 1 << 20          // bytes
	copyPause = 60 * time.Second // for one piece
)

// Copy writes the body of a long answer piece by piece, and closes data. It may take as
// long as it takes while each piece is read; a limit for the whole would cut it off on a
// slow line. Where it cannot be finished, the connection is cut, so that nobody takes a
// part for the whole.
func Copy(w http.ResponseWriter, data io.ReadCloser) {
	defer func() { _ = data.Close() }() // all of it has been read, or is not wanted
	control := http.NewResponseController(w)
	for {
		_ = control.SetWriteDeadline(time.Now().Add(copyPause)) // without it, the limit for the whole holds
		_, err := io.CopyN(w, data, copyPiece)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			panic(http.ErrAbortHandler)
		}
	}
}
