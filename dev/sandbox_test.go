package dev

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func sandboxConfig(dir string) SandboxConfig {
	return SandboxConfig{
		SMTPAddr: "127.0.0.1:0", IMAPAddr: "127.0.0.1:0", Dir: dir,
		InboundDomain: "in.example", AuthservID: "mx.sandbox.example", Username: "intake", Password: "secret",
	}
}

func startSandbox(t testing.TB, cfg SandboxConfig) *Sandbox {
	t.Helper()
	s, err := StartSandbox(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func sendTo(t testing.TB, s *Sandbox, from string, to []string, raw string) {
	t.Helper()
	require.NoError(t, SendSMTP(t.Context(), s.SMTPAddr(), from, to, []byte(raw)))
}

func plainMail(from, subject string) string {
	return fmt.Sprintf("From: %s\r\nTo: someone\r\nSubject: %s\r\nMessage-ID: <%s@test>\r\n\r\nText of %s\r\n", from, subject, subject, subject)
}

// inbox logs in and selects a folder.
func inbox(t testing.TB, s *Sandbox, folder string) (*imapclient.Client, *imap.SelectData) {
	t.Helper()
	c, err := imapclient.DialInsecure(s.IMAPAddr(), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.Login("intake", "secret").Wait())
	data, err := c.Select(folder, nil).Wait()
	require.NoError(t, err)
	return c, data
}

// bodies fetches all that is in the selected folder.
func bodies(t testing.TB, c *imapclient.Client) map[imap.UID]string {
	t.Helper()
	found := map[imap.UID]string{}
	messages, err := c.Fetch(imap.UIDSet{imap.UIDRange{Start: 1}}, &imap.FetchOptions{
		UID: true, RFC822Size: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}},
	}).Collect()
	require.NoError(t, err)
	for _, m := range messages {
		require.EqualValues(t, m.RFC822Size, len(m.BodySection[0].Bytes))
		found[m.UID] = string(m.BodySection[0].Bytes)
	}
	return found
}

// Not parallel: it looks at all goroutines.
func TestSandbox_LeavesNothingBehind(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, err := StartSandbox(t.Context(), sandboxConfig(t.TempDir()))
	require.NoError(t, err)
	sendTo(t, s, "a@x.example", []string{"b@y.example"}, plainMail("a@x.example", "one"))
	c, _ := inbox(t, s, "INBOX")
	idle, err := c.Idle()
	require.NoError(t, err)
	require.NoError(t, s.Close())
	require.NoError(t, s.Close(), "twice is fine")
	_ = idle.Close()
	_ = c.Close()
}

func TestSandbox_ShowsMailToTheOutsideWorld(t *testing.T) {
	t.Parallel()
	s := startSandbox(t, sandboxConfig(t.TempDir()))
	raw := "From: =?utf-8?q?J=C3=BCrgen?= <a@x.example>\r\nTo: B <b@y.example>\r\nSubject: =?utf-8?b?R3LDvMOfZQ==?=\r\n\r\n.dot\r\nüñí\r\n"
	sendTo(t, s, "a@x.example", []string{"b@y.example", "c@z.example", "b@y.example"}, raw)
	mail, err := s.Wait(t.Context(), func(m Mail) bool { return m.SentTo("B@Y.example") })
	require.NoError(t, err)
	require.Equal(t, "Jürgen <a@x.example>", mail.From)
	require.Equal(t, "Grüße", mail.Subject)
	require.Equal(t, []string{"b@y.example", "c@z.example"}, mail.EnvelopeTo)
	got, err := mail.Raw()
	require.NoError(t, err)
	require.Equal(t, raw, string(got))
	require.EqualValues(t, len(raw), mail.Size)
	_, data := inbox(t, s, "INBOX")
	require.Zero(t, data.NumMessages)
}

func TestSandbox_DeliversInboundMailOncePerRecipient(t *testing.T) {
	t.Parallel()
	s := startSandbox(t, sandboxConfig(t.TempDir()))
	raw := plainMail("coach@x.example", "hello")
	sendTo(t, s, "coach@x.example", []string{"one@in.example", "Two@IN.Example", "out@y.example"}, raw)
	c, _ := inbox(t, s, "INBOX")
	copies := bodies(t, c)
	require.Len(t, copies, 2)
	for uid, rcpt := range map[imap.UID]string{1: "one@in.example", 2: "Two@IN.Example"} {
		trace, found := strings.CutSuffix(copies[uid], raw)
		require.True(t, found)
		require.True(t, strings.HasPrefix(trace, "Return-Path: <coach@x.example>\r\nDelivered-To: "+rcpt+"\r\n"+
			"Authentication-Results: mx.sandbox.example;\r\n dmarc=pass header.from=x.example;\r\n spf=pass smtp.mailfrom=x.example\r\n"+
			"Received: from localhost ([127.0.0.1])\r\n by mx.sandbox.example with ESMTP for <"+rcpt+">;\r\n "), trace)
	}
	require.Len(t, s.Mails(nil), 1)
}

func TestAuthResults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sender, header, want string }{
		"aligned":             {"a@x.example", "From: a@x.example", "dmarc=pass header.from=x.example"},
		"case":                {"a@X.Example", "From: A <a@x.EXAMPLE>", "dmarc=pass header.from=x.example"},
		"folded":              {"a@x.example", "From: A\r\n <a@x.example>", "dmarc=pass header.from=x.example"},
		"forged":              {"m@forged.x.example", "From: a@x.example", "dmarc=fail header.from=x.example"},
		"other domain":        {"a@y.example", "From: a@x.example", "dmarc=none header.from=x.example"},
		"subdomain":           {"a@mail.x.example", "From: a@x.example", "dmarc=none header.from=x.example"},
		"bounce":              {"", "From: a@x.example", "dmarc=none header.from=x.example"},
		"no From":             {"a@x.example", "To: a@x.example", "dmarc=none"},
		"two From fields":     {"a@x.example", "From: a@x.example\r\nFrom: b@x.example", "dmarc=none"},
		"two addresses":       {"a@x.example", "From: a@x.example, b@x.example", "dmarc=none"},
		"name with a domain":  {"a@x.example", "From: \"a@x.example\" <m@evil.example>", "dmarc=none header.from=evil.example"},
		"result in the name":  {"m@evil.example", "From: \"; dmarc=pass\" <m@x.example>", "dmarc=none header.from=x.example"},
		"result in the local": {"m@evil.example", "From: \"; dmarc=pass \"@x.example", "dmarc=none header.from=x.example"},
		"below the header":    {"a@x.example", "To: b\r\n\r\nFrom: a@x.example", "dmarc=none"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, _, _ := strings.Cut(authResults(c.sender, []byte(c.header+"\r\n\r\nbody")), ";\r\n")
			require.Equal(t, c.want, first)
		})
	}
}

func TestStripReceiverFields(t *testing.T) {
	t.Parallel()
	const id = "mx.sandbox.example"
	for name, c := range map[string]struct{ in, want string }{
		"ours":               {"A: 1\r\nAuthentication-Results: mx.sandbox.example; dmarc=pass\r\nB: 2\r\n\r\nx", "A: 1\r\nB: 2\r\n\r\nx"},
		"folded, other case": {"authentication-results : \r\n\tMX.Sandbox.example;\r\n dmarc=pass\r\nB: 2\r\n\r\nx", "B: 2\r\n\r\nx"},
		"behind a comment":   {"Authentication-Results: (a (nested) b) mx.sandbox.example 1; dmarc=pass\r\n\r\nx", "\r\nx"},
		"quoted":             {"Authentication-Results: \"mx.sandbox.example\"; dmarc=pass\r\n\r\nx", "\r\nx"},
		"twice":              {"Authentication-Results: mx.sandbox.example; a=b\r\nC: 3\r\nAuthentication-Results: mx.sandbox.example; c=d\r\n\r\nx", "C: 3\r\n\r\nx"},
		"somebody else's":    {"Authentication-Results: mx.other.example; dmarc=pass\r\n\r\nx", "Authentication-Results: mx.other.example; dmarc=pass\r\n\r\nx"},
		"in the body":        {"A: 1\r\n\r\nAuthentication-Results: mx.sandbox.example; a=b\r\n", "A: 1\r\n\r\nAuthentication-Results: mx.sandbox.example; a=b\r\n"},
		"return path":        {"Return-Path: <evil@x.example>\r\nA: 1\r\n\r\n", "A: 1\r\n\r\n"},
		"bare line feeds":    {"A: 1\nAuthentication-Results: mx.sandbox.example; a=b\n c\nB: 2\n\nx", "A: 1\nB: 2\n\nx"},
		"no header":          {"not a header\r\n\r\nx", "not a header\r\n\r\nx"},
		"empty":              {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, string(stripReceiverFields([]byte(c.in), id)))
		})
	}
}

func TestSandbox_ForgedResultsDoNotReachTheMailbox(t *testing.T) {
	t.Parallel()
	s := startSandbox(t, sandboxConfig(t.TempDir()))
	raw := "Authentication-Results: mx.sandbox.example; dmarc=pass header.from=x.example\r\n" + plainMail("coach@x.example", "forged")
	sendTo(t, s, "m@forged.x.example", []string{"one@in.example"}, raw)
	c, _ := inbox(t, s, "INBOX")
	copies := bodies(t, c)
	require.Equal(t, 1, strings.Count(copies[1], "Authentication-Results:"))
	require.Contains(t, copies[1], "dmarc=fail")
	got, err := s.Mails(nil)[0].Raw()
	require.NoError(t, err)
	require.Equal(t, raw, string(got), "the page shows what was sent")
}

func TestSandbox_SuppressesDuplicatesOutsideOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := startSandbox(t, sandboxConfig(dir))
	raw := plainMail("a@x.example", "same")
	for range 3 {
		sendTo(t, s, "a@x.example", []string{"out@y.example"}, raw)
		sendTo(t, s, "a@x.example", []string{"one@in.example"}, raw)
	}
	sendTo(t, s, "a@x.example", []string{"OUT@y.example", "new@y.example"}, raw)
	sendTo(t, s, "a@x.example", []string{"out@y.example"}, "From: a@x.example\r\n\r\nno Message-ID")
	sendTo(t, s, "a@x.example", []string{"out@y.example"}, "From: a@x.example\r\n\r\nno Message-ID")
	check := func(s *Sandbox) {
		outside := s.Mails(func(m Mail) bool { return m.SentTo("out@y.example") })
		require.Len(t, outside, 3)
		require.Equal(t, 3, outside[0].Duplicates)
		require.Len(t, s.Mails(func(m Mail) bool { return m.SentTo("one@in.example") }), 3)
		fresh := s.Mails(func(m Mail) bool { return m.SentTo("new@y.example") })
		require.Equal(t, []string{"new@y.example"}, fresh[0].EnvelopeTo)
	}
	check(s)
	require.NoError(t, s.Close())
	again := startSandbox(t, sandboxConfig(dir))
	check(again)
	sendTo(t, again, "a@x.example", []string{"out@y.example"}, raw)
	require.Equal(t, 4, again.Mails(nil)[0].Duplicates, "known after a restart, too")
}

func TestSandbox_RestartKeepsMailsAndUIDs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := startSandbox(t, sandboxConfig(dir))
	for i := range 4 {
		sendTo(t, s, "a@x.example", []string{"one@in.example"}, plainMail("a@x.example", fmt.Sprint("m", i)))
	}
	c, before := inbox(t, s, "INBOX")
	require.NoError(t, c.Create("Processed", nil).Wait())
	_, err := c.Copy(imap.UIDSetNum(1, 4), "Processed").Wait()
	require.NoError(t, err)
	require.NoError(t, c.Store(imap.UIDSetNum(1, 2, 4), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close())
	require.NoError(t, c.UIDExpunge(imap.UIDSetNum(1, 4)).Close())
	kept := bodies(t, c)
	require.Len(t, kept, 2)
	require.NoError(t, s.Close())

	again := startSandbox(t, sandboxConfig(dir))
	require.Len(t, again.Mails(nil), 4)
	c, after := inbox(t, again, "INBOX")
	require.Equal(t, before.UIDValidity, after.UIDValidity)
	require.Equal(t, kept, bodies(t, c))
	sendTo(t, again, "a@x.example", []string{"one@in.example"}, plainMail("a@x.example", "m4"))
	require.NoError(t, c.Noop().Wait()) // hear of it
	require.Contains(t, bodies(t, c), imap.UID(7), "no UID is given twice: 5 and 6 are the copies'")
	_, processed := inbox(t, again, "Processed")
	require.EqualValues(t, 2, processed.NumMessages)
}

// A process that is killed while it takes a mail has not said yes to it: what it
// wrote of it is gone, and everything before and after it is whole.
func TestSandbox_KilledInTheMiddleOfAMail(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "mails")
	s := startSandbox(t, sandboxConfig(dir))
	sendTo(t, s, "a@x.example", []string{"b@y.example"}, plainMail("a@x.example", "first"))
	first, err := s.Mails(nil)[0].Raw()
	require.NoError(t, err)
	sendTo(t, s, "a@x.example", []string{"b@y.example"}, plainMail("a@x.example", "second"))
	require.NoError(t, s.Close())
	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	second := bytes.LastIndex(whole, []byte(`{"id":"2"`))
	require.Positive(t, second)
	line := second + bytes.IndexByte(whole[second:], '\n') + 1
	for _, end := range []int{second + 1, line - 1, line, len(whole) - 1} {
		require.NoError(t, os.WriteFile(file, whole[:end], 0o600))
		again := startSandbox(t, sandboxConfig(dir))
		require.Len(t, again.Mails(nil), 1, "cut at byte %d of %d", end, len(whole))
		sendTo(t, again, "a@x.example", []string{"b@y.example"}, plainMail("a@x.example", "third"))
		require.NoError(t, again.Close())
		again = startSandbox(t, sandboxConfig(dir))
		mails := again.Mails(nil)
		require.Len(t, mails, 2)
		raw, err := mails[0].Raw()
		require.NoError(t, err)
		require.Equal(t, first, raw)
		raw, err = mails[1].Raw()
		require.NoError(t, err)
		require.Contains(t, string(raw), "third")
		require.NoError(t, again.Close())
	}
}

func TestSandbox_UIDsAreNotGivenTwiceWhenAllIsGone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := startSandbox(t, sandboxConfig(dir))
	sendTo(t, s, "a@x.example", []string{"one@in.example"}, plainMail("a@x.example", "gone"))
	c, _ := inbox(t, s, "INBOX")
	require.NoError(t, c.Store(imap.UIDSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{"\\deleted"}}, nil).Close())
	require.NoError(t, c.Expunge().Close())
	require.Empty(t, bodies(t, c))
	require.NoError(t, s.Close())
	again := startSandbox(t, sandboxConfig(dir))
	sendTo(t, again, "a@x.example", []string{"one@in.example"}, plainMail("a@x.example", "new"))
	c, _ = inbox(t, again, "INBOX")
	require.Contains(t, bodies(t, c), imap.UID(2))
}

func TestSandbox_MalformedMailKeepsItsBytes(t *testing.T) {
	t.Parallel()
	s := startSandbox(t, sandboxConfig(t.TempDir()))
	for i, raw := range []string{
		"this is no header\r\nat all\r\n",
		"From a@x.example Mon\r\nSubject: mbox line\r\n\r\nx\r\n",
		"\r\nonly a body\r\n",
		"Subject: no end of header\r\n",
	} {
		sendTo(t, s, "a@x.example", []string{"one@in.example"}, raw)
		c, _ := inbox(t, s, "INBOX")
		require.True(t, strings.HasSuffix(bodies(t, c)[imap.UID(i+1)], raw), raw)
	}
}

func TestSandbox_MovesSearchesAndReportsFolders(t *testing.T) {
	t.Parallel()
	s := startSandbox(t, sandboxConfig(t.TempDir()))
	for i := range 3 {
		sendTo(t, s, "a@x.example", []string{"one@in.example"}, plainMail("a@x.example", fmt.Sprint("m", i)))
	}
	c, _ := inbox(t, s, "inbox")
	require.NoError(t, c.Create("Done", nil).Wait())
	require.Error(t, c.Create("Done", nil).Wait())
	require.Error(t, c.Create("Inbox", nil).Wait())
	_, err := c.Copy(imap.UIDSetNum(1), "Nowhere").Wait()
	var refused *imap.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, imap.ResponseCodeTryCreate, refused.Code)

	found, err := c.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "subject", Value: "M1"}}}, nil).Wait()
	require.NoError(t, err)
	require.Equal(t, []imap.UID{2}, found.AllUIDs())
	found, err = c.UIDSearch(&imap.SearchCriteria{Not: []imap.SearchCriteria{{Body: []string{"text of m2"}}}}, nil).Wait()
	require.NoError(t, err)
	require.Equal(t, []imap.UID{1, 2}, found.AllUIDs())

	moved, err := c.Move(imap.UIDSetNum(2), "Done").Wait()
	require.NoError(t, err)
	require.Equal(t, "2", moved.SourceUIDs.String())
	require.Len(t, bodies(t, c), 2)
	list, err := c.List("", "*", nil).Collect()
	require.NoError(t, err)
	require.Len(t, list, 2)
	status, err := c.Status("Done", &imap.StatusOptions{NumMessages: true}).Wait()
	require.NoError(t, err)
	require.EqualValues(t, 1, *status.NumMessages)
	require.NoError(t, c.Delete("Done").Wait())
	require.Len(t, s.Mails(nil), 3, "the page shows all that was ever sent")
}

func TestSandbox_AppendDeliversWithoutSMTP(t *testing.T) {
	t.Parallel()
	s := startSandbox(t, sandboxConfig(t.TempDir()))
	c, _ := inbox(t, s, "INBOX")
	raw := plainMail("a@x.example", "appended")
	cmd := c.Append("INBOX", int64(len(raw)), &imap.AppendOptions{Flags: []imap.Flag{imap.FlagSeen}})
	_, err := io.WriteString(cmd, raw)
	require.NoError(t, err)
	require.NoError(t, cmd.Close())
	data, err := cmd.Wait()
	require.NoError(t, err)
	require.EqualValues(t, 1, data.UID)
	require.Equal(t, raw, bodies(t, c)[1])
	require.Equal(t, "appended", s.Mails(nil)[0].Subject)
}

func TestSandbox_LetsOnlyItsUserRead(t *testing.T) {
	t.Parallel()
	s := startSandbox(t, sandboxConfig(t.TempDir()))
	c, err := imapclient.DialInsecure(s.IMAPAddr(), nil)
	require.NoError(t, err)
	defer func() { _ = c.Close() }()
	require.Error(t, c.Login("intake", "wrong").Wait())
	require.Error(t, c.Login("other", "secret").Wait())
}

func TestSandbox_RefusesToBeReachable(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "[::]:0", "nonsense"} {
		cfg := sandboxConfig(t.TempDir())
		cfg.SMTPAddr = addr
		_, err := StartSandbox(t.Context(), cfg)
		require.Error(t, err, addr)
	}
}

func TestSandbox_RejectsAndPauses(t *testing.T) {
	t.Parallel()
	s := startSandbox(t, sandboxConfig(t.TempDir()))
	raw := []byte(plainMail("a@x.example", "r"))
	for _, code := range []int{550, 451} {
		s.RejectRecipient("Gone@y.example", code)
		err := SendSMTP(t.Context(), s.SMTPAddr(), "a@x.example", []string{"gone@y.example"}, raw)
		var refused *smtp.SMTPError
		require.ErrorAs(t, err, &refused)
		require.Equal(t, code, refused.Code)
	}
	s.RejectRecipient("gone@y.example", 0)
	addr := s.SMTPAddr()
	require.NoError(t, s.Pause())
	require.Error(t, SendSMTP(t.Context(), addr, "a@x.example", []string{"gone@y.example"}, raw))
	require.NoError(t, s.Resume())
	require.Equal(t, addr, s.SMTPAddr())
	require.NoError(t, SendSMTP(t.Context(), addr, "a@x.example", []string{"gone@y.example"}, raw))
}

func TestSandbox_SpeaksTheExtensions(t *testing.T) {
	t.Parallel()
	s := startSandbox(t, sandboxConfig(t.TempDir()))
	conn, err := textproto.Dial("tcp", s.SMTPAddr())
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	_, _, err = conn.ReadResponse(220)
	require.NoError(t, err)
	require.NoError(t, conn.PrintfLine("EHLO test"))
	_, text, err := conn.ReadResponse(250)
	require.NoError(t, err)
	for _, extension := range []string{"8BITMIME", "SMTPUTF8", "PIPELINING", "SIZE 67108864"} {
		require.Contains(t, text, extension)
	}
	// Pipelined, with an address outside of ASCII.
	require.NoError(t, conn.PrintfLine("MAIL FROM:<jürgen@x.example> BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<süd@y.example>\r\nDATA"))
	for _, code := range []int{250, 250, 354} {
		_, _, err = conn.ReadResponse(code)
		require.NoError(t, err)
	}
	require.NoError(t, conn.PrintfLine("Subject: ä\r\n\r\n%s\r\n.", strings.Repeat("long", 5000)))
	_, _, err = conn.ReadResponse(250)
	require.NoError(t, err)
	require.Equal(t, "jürgen@x.example", s.Mails(nil)[0].EnvelopeFrom)
}

func TestSandbox_LargeMail(t *testing.T) {
	t.Parallel()
	s := startSandbox(t, sandboxConfig(t.TempDir()))
	raw := plainMail("a@x.example", "large") + strings.Repeat(strings.Repeat("x", 998)+"\r\n", 35_000)
	sendTo(t, s, "a@x.example", []string{"one@in.example"}, raw)
	c, _ := inbox(t, s, "INBOX")
	require.True(t, strings.HasSuffix(bodies(t, c)[1], raw))
}

func TestSandbox_WaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := startSandbox(t, sandboxConfig(t.TempDir()))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := s.Wait(ctx, func(Mail) bool { return false })
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestSandbox_AThousandMailsAtOnce(t *testing.T) {
	t.Parallel()
	s := startSandbox(t, sandboxConfig(t.TempDir()))
	began := time.Now()
	var group sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		group.Go(func() {
			for n := i; n < 1000 && errs[i] == nil; n += len(errs) {
				raw := plainMail("a@x.example", fmt.Sprint("m", n))
				errs[i] = SendSMTP(t.Context(), s.SMTPAddr(), "a@x.example", []string{"one@in.example"}, []byte(raw))
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	t.Logf("1000 mails over 1000 connections in %v", time.Since(began))
	require.Len(t, s.Mails(nil), 1000)
	c, data := inbox(t, s, "INBOX")
	require.EqualValues(t, 1000, data.NumMessages)
	require.Len(t, bodies(t, c), 1000)
}
