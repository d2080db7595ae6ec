package dev

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/dev/steps"
)

const richMail = "From: Carla Coach <carla@x.example>\r\nTo: client@y.example\r\nSubject: =?utf-8?q?Your_next_step_=E2=80=93_and_a_picture?=\r\n" +
	"Message-ID: <rich@test>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n" +
	"--m\r\nContent-Type: multipart/related; boundary=r\r\n\r\n" +
	"--r\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n" +
	"--a\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nSch=F6ne Gr=FC=DFe, see https://app.example/l/abc?x=3D1&y=3D2.\r\n" +
	"--a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<!doctype html><html><head><title>x</title></head><body style=\"font-family:sans-serif\"><h1>Your next step</h1><p><a href=\"https://app.example/l/abc\">Open it</a></p><img src=\"cid:logo@test\" alt=\"logo\" width=80 height=80><script>document.body.innerHTML='hacked'</script></body></html>\r\n" +
	"--a--\r\n--r\r\nContent-Type: image/png\r\nContent-ID: <logo@test>\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
	"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNQSP4PAAITAUs0RACcAAAAAElFTkSuQmCC\r\n--r--\r\n" +
	"--m\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=\"evil.html\"\r\n\r\n<script>alert(1)</script>\r\n" +
	"--m\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''Pl%C3%A4ne.pdf\r\n\r\n%PDF\r\n--m--\r\n"

func get(t testing.TB, s *Sandbox, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

func listJSON(t testing.TB, s *Sandbox, query string) []map[string]any {
	t.Helper()
	w := get(t, s, "/dev/mail?"+query, "Accept", "application/json")
	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
	var answer struct{ Mails []map[string]any }
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
	return answer.Mails
}

func TestSandboxPages_JSON(t *testing.T) {
	t.Parallel()
	s := startSandbox(t, sandboxConfig(t.TempDir()))
	require.JSONEq(t, `{"mails":[]}`, get(t, s, "/dev/mail?format=json").Body.String())
	sendTo(t, s, "carla@x.example", []string{"client@y.example"}, richMail)
	between := time.Now()
	sendTo(t, s, "carla@x.example", []string{"client@y.example"}, richMail)
	sendTo(t, s, "a@x.example", []string{"other@y.example", "one@in.example"}, plainMail("a@x.example", "later"))

	mails := listJSON(t, s, "")
	require.Len(t, mails, 2)
	require.Equal(t, "later", mails[0]["subject"], "newest first")
	first := mails[1]
	for key, want := range map[string]any{
		"id": "1", "envelope_from": "carla@x.example", "envelope_to": []any{"client@y.example"}, "from": "Carla Coach <carla@x.example>",
		"to": "client@y.example", "subject": "Your next step – and a picture", "size": float64(len(richMail)), "duplicates": 1.0,
		"raw": "/dev/mail/1/raw", "html": "/dev/mail/1/html", "url": "/dev/mail/1", "message_id": "<rich@test>",
	} {
		require.Equal(t, want, first[key], key)
	}
	_, err := time.Parse(time.RFC3339Nano, first["time"].(string))
	require.NoError(t, err)

	require.Len(t, listJSON(t, s, "to=CLIENT@y.example"), 1)
	require.Empty(t, listJSON(t, s, "to=lient@y.example"), "a whole address is compared")
	require.Len(t, listJSON(t, s, "to=@in.example"), 1)
	require.Len(t, listJSON(t, s, "q=PICTURE"), 1)
	require.Len(t, listJSON(t, s, "since="+url.QueryEscape(between.Format(time.RFC3339Nano))), 1)
	require.Equal(t, http.StatusBadRequest, get(t, s, "/dev/mail?since=yesterday").Code)

	var one struct {
		Text  string
		Parts []struct{ Name, URL string }
	}
	require.NoError(t, json.Unmarshal(get(t, s, "/dev/mail/1?format=json").Body.Bytes(), &one))
	require.Contains(t, one.Text, "Schöne Grüße")
	require.Len(t, one.Parts, 3)
	require.Equal(t, "Pläne.pdf", one.Parts[2].Name)
}

func TestSandboxPages_OneMail(t *testing.T) {
	t.Parallel()
	s := startSandbox(t, sandboxConfig(t.TempDir()))
	sendTo(t, s, "carla@x.example", []string{"client@y.example"}, richMail)

	page := get(t, s, "/dev/mail/1").Body.String()
	require.Contains(t, page, "Your next step – and a picture")
	require.Contains(t, page, `<a href="https://app.example/l/abc?x=1&amp;y=2" target="_blank"`)
	require.Contains(t, page, "Pläne.pdf")

	raw := get(t, s, "/dev/mail/1/raw")
	require.Equal(t, richMail, raw.Body.String())
	require.Equal(t, "message/rfc822", raw.Header().Get("Content-Type"))

	html := get(t, s, "/dev/mail/1/html")
	policy := html.Header().Get("Content-Security-Policy")
	require.Contains(t, policy, "sandbox allow-popups allow-popups-to-escape-sandbox;")
	require.NotContains(t, policy, "script")
	require.Contains(t, html.Body.String(), `<head><base target="_blank">`)
	require.Contains(t, html.Body.String(), `src="/dev/mail/1/parts/3"`)

	evil := get(t, s, "/dev/mail/1/parts/4")
	require.Equal(t, "<script>alert(1)</script>", strings.TrimSpace(evil.Body.String()))
	require.Contains(t, evil.Header().Get("Content-Disposition"), "attachment")
	require.Equal(t, "nosniff", evil.Header().Get("X-Content-Type-Options"))

	for _, target := range []string{"/dev/mail/2", "/dev/mail/x/raw", "/dev/mail/1/parts/99", "/dev/mail/1/parts/x"} {
		require.Equal(t, http.StatusNotFound, get(t, s, target).Code, target)
	}
}

func TestSandboxPages_EscapeWhatMailsSay(t *testing.T) {
	t.Parallel()
	s := startSandbox(t, sandboxConfig(t.TempDir()))
	sendTo(t, s, "a@x.example", []string{"b@y.example"}, "From: <script>x</script>\r\nSubject: <img src=x>\r\n\r\n<b>https://x.example/\"onclick=\"</b>")
	for _, target := range []string{"/dev/mail", "/dev/mail/1"} {
		body := get(t, s, target).Body.String()
		require.NotContains(t, body, "<script>")
		require.NotContains(t, body, "<img")
		require.NotContains(t, body, "<b>")
	}
	require.Equal(t, http.StatusNotFound, get(t, s, "/dev/mail/1/html").Code)
}

func TestSandboxPages_ShowHostileMail(t *testing.T) {
	t.Parallel()
	s := startSandbox(t, sandboxConfig(t.TempDir()))
	for i, raw := range hostileMails() {
		sendTo(t, s, "a@x.example", []string{"b@y.example"}, raw)
		require.Equal(t, http.StatusOK, get(t, s, fmt.Sprintf("/dev/mail/%d", i+1)).Code)
	}
}

func TestReadBody_HostileMailTakesFewSteps(t *testing.T) {
	t.Parallel()
	c := steps.New(t, "github.com/emersion/go-message/...")
	for _, raw := range hostileMails() {
		c.AtMost(20, raw[:min(len(raw), 60)], len(raw), func() { readBody([]byte(raw)) })
	}
}

func hostileMails() []string {
	nested := "Content-Type: multipart/mixed; boundary=0\r\n\r\n"
	for i := range 100 {
		nested += fmt.Sprintf("--%d\r\nContent-Type: multipart/mixed; boundary=%d\r\n\r\n", i, i+1)
	}
	return []string{
		nested,
		"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + strings.Repeat("--x\r\n\r\ny\r\n", 20_000),
		"no header at all",
		"Content-Type: text/plain; charset=klingon\r\nContent-Transfer-Encoding: x-what\r\n\r\nhello",
		"Content-Type: ;;;\r\n\r\nhello",
	}
}

func TestSandboxPages_ManyMails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := startSandbox(t, sandboxConfig(dir))
	began := time.Now()
	for i := range 2500 {
		envelope := sandboxEnvelope{From: "a@x.example", To: []string{fmt.Sprintf("r%d@y.example", i)}, Client: "127.0.0.1:1"}
		require.NoError(t, s.accept(envelope, []byte(plainMail("a@x.example", fmt.Sprint("m", i)))))
	}
	t.Logf("accepted in %v", time.Since(began))
	began = time.Now()
	page := get(t, s, "/dev/mail?page=2").Body.String()
	t.Logf("page in %v", time.Since(began))
	require.Less(t, len(page), 200_000)
	require.Contains(t, page, "m2399")
	require.NotContains(t, page, "m2400<")
	require.Contains(t, page, `href="/dev/mail?page=3" rel="next"`)
	require.Contains(t, get(t, s, "/dev/mail?q=r77%40").Body.String(), "m77")
	require.NoError(t, s.Close())
	began = time.Now()
	again := startSandbox(t, sandboxConfig(dir))
	t.Logf("read again in %v", time.Since(began))
	require.Len(t, again.Mails(nil), 2500)
}

func postForm(t testing.TB, s *Sandbox, fields map[string]string, file string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for name, value := range fields {
		require.NoError(t, form.WriteField(name, value))
	}
	if file != "" {
		w, err := form.CreateFormFile("file", file)
		require.NoError(t, err)
		_, err = w.Write([]byte("content of the file"))
		require.NoError(t, err)
	}
	require.NoError(t, form.Close())
	r := httptest.NewRequest(http.MethodPost, "/dev/mail/send", &b)
	r.Header.Set("Content-Type", form.FormDataContentType())
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

func TestSandboxPages_WriteAMail(t *testing.T) {
	t.Parallel()
	s := startSandbox(t, sandboxConfig(t.TempDir()))
	fields := map[string]string{
		"from": "Jürgen <j@x.example>", "to": "one@in.example, Two <two@y.example>", "subject": "Grüße\r\nBcc: evil@x.example",
		"text": "Hallo\nWelt", "in_reply_to": "<before@test>",
	}
	w := postForm(t, s, fields, "")
	require.Equal(t, http.StatusSeeOther, w.Code, w.Body.String())
	mail, err := s.Wait(t.Context(), func(m Mail) bool { return m.SentTo("one@in.example") })
	require.NoError(t, err)
	require.Equal(t, "j@x.example", mail.EnvelopeFrom)
	require.Equal(t, []string{"one@in.example", "two@y.example"}, mail.EnvelopeTo)
	require.Contains(t, mail.Subject, "Grüße")
	text, _, err := mail.Body()
	require.NoError(t, err)
	require.Equal(t, "Hallo\r\nWelt", strings.TrimSpace(text))
	raw, err := mail.Raw()
	require.NoError(t, err)
	require.NotContains(t, string(raw), "\nBcc:")
	require.Contains(t, string(raw), "In-Reply-To: <before@test>")

	fields["subject"], fields["sender"] = "File: Plan", "m@forged.example"
	require.Equal(t, http.StatusSeeOther, postForm(t, s, fields, "plan.txt").Code)
	mail, err = s.Wait(t.Context(), func(m Mail) bool { return m.Subject == "File: Plan" })
	require.NoError(t, err)
	require.Equal(t, "m@forged.example", mail.EnvelopeFrom)
	require.Equal(t, "content of the file", get(t, s, "/dev/mail/"+mail.ID+"/parts/2").Body.String())

	for field, value := range map[string]string{"from": "nobody", "to": ""} {
		wrong := map[string]string{"from": "a@x.example", "to": "b@y.example", "text": "kept"}
		wrong[field] = value
		w := postForm(t, s, wrong, "")
		require.Equal(t, http.StatusUnprocessableEntity, w.Code)
		require.Contains(t, w.Body.String(), "must be one")
		require.Contains(t, w.Body.String(), "kept", "what was written is not lost")
	}
	require.Equal(t, http.StatusForbidden, postForm(t, s, fields, "", "Sec-Fetch-Site", "cross-site").Code)
}
