package serve_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/web/serve"
)

// closing notes that it was closed.
type closing struct {
	io.Reader
	closed chan struct{}
}

func (c closing) Close() error { close(c.closed); return nil }

// A long answer outlives the server's limit for a whole one, as long as its pieces are
// read; one that breaks off is not taken for whole.
func TestCopy(t *testing.T) {
	t.Parallel()
	var data closing
	release := make(chan struct{})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-release
		serve.Copy(w, data)
	}))
	server.Config.WriteTimeout = 50 * time.Millisecond
	server.Start()
	defer server.Close()
	get := func(body io.Reader) (string, error) {
		data, release = closing{body, make(chan struct{})}, make(chan struct{})
		time.AfterFunc(100*time.Millisecond, func() { close(release) }) // the limit has passed by then
		answer, err := http.Get(server.URL)
		if err != nil {
			return "", err
		}
		defer answer.Body.Close()
		read, err := io.ReadAll(answer.Body)
		<-data.closed
		return string(read), err
	}
	long := strings.Repeat("0123456789", 500_000)
	read, err := get(strings.NewReader(long))
	require.NoError(t, err)
	require.True(t, long == read)
	_, err = get(io.MultiReader(strings.NewReader(long), iotest.ErrReader(errors.New("the store is away"))))
	require.Error(t, err)
}
