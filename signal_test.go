package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestSIGTERM_FinishesWhatIsUnderWay stops serve and worker, each a process of
// its own, while a request is half way in.
func TestSIGTERM_FinishesWhatIsUnderWay(t *testing.T) {
	s, o := startSystem(t, devOptions{Fast: true, NoWorker: true})
	patient := s.config
	patient.StopTimeout = time.Hour // so that a stop that waits for its end is never over
	forServe, forWorker := listening(t, patient), listening(t, patient)
	serving, working := startChild(t, forServe, "serve"), startChild(t, forWorker, "worker")
	o.eventually(20*time.Second, "both are ready", func() bool { return ready(o, forServe.Listen) && ready(o, forWorker.Listen) })

	slow := beginSlowRequest(o, forServe.Listen)
	stopped := make(chan time.Duration, 1)
	go func() { stopped <- serving.terminate() }()
	o.eventually(time.Minute, "nobody new is let in", func() bool {
		_, err := o.do(http.MethodGet, "http://"+forServe.Listen+"/healthz", nil, nil)
		return errors.Is(err, syscall.ECONNREFUSED)
	})
	require.Empty(t, stopped, "it waits for the request")
	require.Equal(t, http.StatusCreated, slow.finish().StatusCode)
	took := <-stopped

	atWork := working.terminate()
	t.Logf("serve stopped %s after SIGTERM with a request under way, an idle worker after %s", took.Round(time.Millisecond), atWork.Round(time.Millisecond))
}

func ready(o *outside, address string) bool {
	answer, err := o.do(http.MethodGet, "http://"+address+"/readyz", nil, nil)
	return err == nil && answer.Status == http.StatusOK
}

// slowRequest is a request whose body is on its way.
type slowRequest struct {
	*outside
	conn   net.Conn
	answer *bufio.Reader
	rest   string
}

// beginSlowRequest sends a request but for the end of its body, and returns when
// the server reads the body.
func beginSlowRequest(o *outside, address string) *slowRequest {
	o.Helper()
	conn, err := net.Dial("tcp", address)
	require.NoError(o, err)
	o.Cleanup(func() { _ = conn.Close() })
	body := `{"name": "Slow Sam", "roles": ["coachee"], "emails": ["sam@slow.example"]}`
	_, err = fmt.Fprintf(conn, "POST /api/v1/people HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
		address, o.APIKey, len(body))
	require.NoError(o, err)
	r := &slowRequest{o, conn, bufio.NewReader(conn), body[20:]}
	goOn, err := http.ReadResponse(r.answer, nil)
	require.NoError(o, err)
	require.Equal(o, http.StatusContinue, goOn.StatusCode)
	_, err = conn.Write([]byte(body[:20]))
	require.NoError(o, err)
	return r
}

func (r *slowRequest) finish() *http.Response {
	r.Helper()
	_, err := strings.NewReader(r.rest).WriteTo(r.conn)
	require.NoError(r, err)
	answer, err := http.ReadResponse(r.answer, nil)
	require.NoError(r, err)
	return answer
}

// TestChildren_SayWhatIsMissing starts each command with nothing in the
// environment.
func TestChildren_SayWhatIsMissing(t *testing.T) {
	for command, variable := range map[string]string{"serve": "BASE_URL", "worker": "IMAP_ADDR", "migrate": "DATABASE_URL"} {
		p := startChild(t, config{}, command)
		select {
		case <-p.done:
		case <-time.After(time.Minute):
			t.Fatalf("%s runs without a configuration", command)
		}
		require.Equal(t, 1, p.cmd.ProcessState.ExitCode())
		require.Contains(t, p.said.String(), variable+" ")
	}
}
