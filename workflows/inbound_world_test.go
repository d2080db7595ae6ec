package workflows_test

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/inbox"
	"coachflow/mail/receive"
)

// addresses are the system addresses of the coach and the client.
func (w *world) addresses() (toClient, toCoach app.SystemAddress) {
	w.Helper()
	_, err := w.app.OpenStream(w.Context(), w.admin, app.StreamInput{CoachID: w.coach.ID, ClientID: w.client.ID})
	require.NoError(w, err)
	page, err := w.app.ListSystemAddresses(w.Context(), w.admin, nil, app.Paging{})
	require.NoError(w, err)
	for _, a := range page.Items {
		switch {
		case a.ClientID != w.client.ID:
		case a.Direction == "to_client":
			toClient = a
		default:
			toCoach = a
		}
	}
	return toClient, toCoach
}

// draft is a mail as the receiving server hands it on: header fields in order,
// and a body.
type draft struct {
	fields [][2]string
	body   string
}

// mail is a mail of the coach to the client that nothing is wrong with.
func (w *world) mail(subject, text string) *draft {
	w.Helper()
	to, _ := w.addresses()
	return &draft{fields: [][2]string{
		{"Authentication-Results", "mx.coachflow.test; dmarc=pass header.from=acme.test"},
		{"From", "Clara Schumann <" + clara + ">"}, {"To", to.Address}, {"Subject", subject}, {"Date", "Sun, 22 Nov 2026 10:00:00 +0000"},
		{"Message-ID", "<" + uuid.NewString() + "@acme.test>"}, {"MIME-Version", "1.0"}, {"Content-Type", "text/plain; charset=utf-8"},
	}, body: text}
}

// set replaces a field, or adds it at the end.
func (d *draft) set(name, value string) *draft {
	for i, f := range d.fields {
		if f[0] == name {
			d.fields[i][1] = value
			return d
		}
	}
	d.fields = append(d.fields, [2]string{name, value})
	return d
}

func (d *draft) without(name string) *draft {
	d.fields = slices.DeleteFunc(d.fields, func(f [2]string) bool { return f[0] == name })
	return d
}

// multipart makes the body a multipart of some kind; each part has its own
// header.
func (d *draft) multipart(kind string, parts ...string) *draft {
	d.set("Content-Type", "multipart/"+kind+"; boundary="+kind+"-edge")
	d.body = joined(kind, parts...)
	return d
}

func joined(kind string, parts ...string) string {
	edge := "--" + kind + "-edge"
	return edge + "\r\n" + strings.Join(parts, "\r\n"+edge+"\r\n") + "\r\n" + edge + "--\r\n"
}

func (d *draft) bytes() []byte {
	var b strings.Builder
	for _, f := range d.fields {
		fmt.Fprintf(&b, "%s: %s\r\n", f[0], f[1])
	}
	return []byte(b.String() + "\r\n" + d.body + "\r\n")
}

// letter is mail, in bytes.
func (w *world) letter(subject, text string) []byte { return w.mail(subject, text).bytes() }

var uids atomic.Uint32

// arrives is a mail that has come into the mailbox.
func (w *world) arrives(raw []byte) receive.Arrived {
	return receive.Arrived{Mailbox: "imap://in@mx.coachflow.test/INBOX", UIDValidity: 1, UID: uids.Add(1), Size: int64(len(raw)), ReceivedAt: time.Now(), Raw: raw}
}

// stores takes a mail to one system address out of the mailbox.
func (w *world) stores(raw []byte) inbox.Inbound {
	w.Helper()
	mails, err := w.domain.Inbox.Store(w.Context(), w.arrives(raw))
	require.NoError(w, err)
	require.Len(w, mails, 1)
	mails[0].At = time.Now().UTC().Truncate(time.Microsecond).Add(w.later)
	return mails[0]
}

// receives stores and reads a mail, and says what became of it.
func (w *world) receives(raw []byte) (inbox.Inbound, string) {
	w.Helper()
	in := w.stores(raw)
	return in, w.reads(in)
}

func (w *world) reads(in inbox.Inbound) string {
	w.Helper()
	verdict, err := w.activities.ReceiveMail(w.Context(), in)
	require.NoError(w, err)
	require.Equal(w, w.mailState(in.ID), strings.TrimSpace(verdict.State+" "+verdict.Reason))
	return w.mailState(in.ID)
}

func (w *world) mailState(id uuid.UUID) string {
	w.Helper()
	m, err := w.app.GetInboundMail(w.Context(), w.admin, id)
	require.NoError(w, err)
	return strings.TrimSpace(m.State + " " + m.Reason)
}

// messages lists the stream of the coach and the client.
func (w *world) messages() []app.Message {
	w.Helper()
	stream, err := w.app.OpenStream(w.Context(), w.admin, app.StreamInput{CoachID: w.coach.ID, ClientID: w.client.ID})
	require.NoError(w, err)
	page, err := w.app.ListMessages(w.Context(), w.admin, stream.ID, app.Paging{})
	require.NoError(w, err)
	return page.Items
}
