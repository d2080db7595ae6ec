package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestSIGTERM_FinishesWhatIsUnderWay stops serve and worker, each a process of
// its own, while a request is half way in.
func TestSIGTERM_FinishesWhatIsUnderWay(t *testing.T) {
	s, o := startSystem(t, devOptions{Fast: true, NoWorker: true})
	forServe, forWorker := listening(t, s.config), listening(t, s.config)
	serving, working := startChild(t, forServe, "serve"), startChild(t, forWorker, "worker")
	o.eventually(20*time.Second, "both are ready", func() bool { return ready(o, forServe.Listen) && ready(o, forWorker.Listen) })

	slow := beginSlowRequest(o, forServe.Listen)
	stopped := make(chan time.Duration, 1)
	go func() { stopped <- serving.terminate() }()
	time.Sleep(time.Second)
	require.Equal(t, http.StatusCreated, slow.finish().StatusCode)
	took := <-stopped
	require.Less(t, took, 20*time.Second)

	atWork := working.terminate()
	require.Less(t, atWork, 20*time.Second)
	t.Logf("serve stopped %s after SIGTERM with a request of one second under way, an idle worker after %s", took.Round(time.Millisecond), atWork.Round(time.Millisecond))
}

func ready(o *outside, address string) bool {
	answer, err := o.do(http.MethodGet, "http://"+address+"/readyz", nil, nil)
	return err == nil && answer.Status == http.StatusOK
}

// slowRequest is a request whose body is on its way.
type slowRequest struct {
	*outside
	conn net.Conn
	rest string
}

// beginSlowRequest sends a request but for the end of its body.
func beginSlowRequest(o *outside, address string) *slowRequest {
	o.Helper()
	conn, err := net.Dial("tcp", address)
	require.NoError(o, err)
	o.Cleanup(func() { _ = conn.Close() })
	body := `{"name": "Slow Sam", "roles": ["coachee"], "emails": ["sam@slow.example"]}`
	_, err = fmt.Fprintf(conn, "POST /api/v1/people HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		address, o.APIKey, len(body), body[:20])
	require.NoError(o, err)
	time.Sleep(200 * time.Millisecond) // so that the server has begun to read
	return &slowRequest{o, conn, body[20:]}
}

func (r *slowRequest) finish() *http.Response {
	r.Helper()
	_, err := strings.NewReader(r.rest).WriteTo(r.conn)
	require.NoError(r, err)
	answer, err := http.ReadResponse(bufio.NewReader(r.conn), nil)
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
		case <-time.After(10 * time.Second):
			t.Fatalf("%s runs without a configuration", command)
		}
		require.Equal(t, 1, p.cmd.ProcessState.ExitCode())
		require.Contains(t, p.said.String(), variable+" ")
	}
}
