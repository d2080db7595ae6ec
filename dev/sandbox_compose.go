package dev

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/emersion/go-message/mail"

	"coachflow/coaching"
)

// composeForm is what a person fills in to write a mail.
type composeForm struct {
	From, To, Subject, Text string
	Sender                  string // the envelope's, where it is not From
	InReplyTo               string
	Problem                 string
}

func readComposeForm(r *http.Request) composeForm {
	return composeForm{
		From: r.FormValue("from"), To: r.FormValue("to"), Subject: oneLine(r.FormValue("subject")), Text: r.FormValue("text"),
		Sender: strings.TrimSpace(r.FormValue("sender")), InReplyTo: strings.Trim(oneLine(r.FormValue("in_reply_to")), "<> "),
	}
}

func (s *Sandbox) showCompose(w http.ResponseWriter, r *http.Request) {
	render(w, http.StatusOK, "send.html", readComposeForm(r))
}

// send hands a mail to the sandbox's own SMTP port, so that it goes the way
// that every mail goes.
func (s *Sandbox) send(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxSandboxMail)
	if err := r.ParseMultipartForm(8 << 20); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		http.Error(w, "The form cannot be read; the file may be too large.", http.StatusBadRequest)
		return
	}
	form := readComposeForm(r)
	if err := s.sendForm(r, form); err != nil {
		form.Problem = problemText(err)
		render(w, http.StatusUnprocessableEntity, "send.html", form)
		return
	}
	http.Redirect(w, r, sandboxPath+"?sent=1", http.StatusSeeOther)
}

// problemText is what the form says: the mistake, or what the mail server answered.
func problemText(err error) string {
	var problem *coaching.Problem
	if errors.As(err, &problem) {
		return problem.Message
	}
	return "The mail could not be sent: " + err.Error()
}

func (s *Sandbox) sendForm(r *http.Request, form composeForm) error {
	from, err := netmail.ParseAddress(form.From)
	if err != nil {
		return coaching.Problemf(coaching.Invalid, "invalid_from", "From must be one email address.")
	}
	to, err := netmail.ParseAddressList(form.To)
	if err != nil {
		return coaching.Problemf(coaching.Invalid, "invalid_to", "To must be one or more email addresses, separated by commas.")
	}
	file, header, err := r.FormFile("file")
	if err != nil && !errors.Is(err, http.ErrMissingFile) && !errors.Is(err, http.ErrNotMultipart) {
		return fmt.Errorf("the file cannot be read: %w", err)
	}
	if file != nil {
		defer func() { _ = file.Close() }() // it was only read
	}
	raw, err := composeMail(form, from, to, file, header, s.cfg.Now())
	if err != nil {
		return err
	}
	var recipients []string
	for _, a := range to {
		recipients = append(recipients, a.Address)
	}
	ctx, cancel := context.WithTimeout(r.Context(), 30*time.Second)
	defer cancel()
	return SendSMTP(ctx, s.SMTPAddr(), firstOf(form.Sender, from.Address), recipients, raw)
}

// composeMail writes the mail as a mail program would.
func composeMail(form composeForm, from *netmail.Address, to []*netmail.Address, file io.Reader, info *multipart.FileHeader, now time.Time) ([]byte, error) {
	var h mail.Header
	h.SetDate(now)
	h.SetSubject(form.Subject)
	h.SetAddressList("From", []*mail.Address{(*mail.Address)(from)})
	var list []*mail.Address
	for _, a := range to {
		list = append(list, (*mail.Address)(a))
	}
	h.SetAddressList("To", list)
	if err := h.GenerateMessageIDWithHostname("sandbox.invalid"); err != nil {
		return nil, err
	}
	if form.InReplyTo != "" {
		h.SetMsgIDList("In-Reply-To", []string{form.InReplyTo})
		h.SetMsgIDList("References", []string{form.InReplyTo})
	}
	var b bytes.Buffer
	err := writeMail(&b, h, form.Text, file, info)
	return b.Bytes(), err
}

func writeMail(b *bytes.Buffer, h mail.Header, text string, file io.Reader, info *multipart.FileHeader) error {
	var inline mail.InlineHeader
	inline.SetContentType("text/plain", map[string]string{"charset": "utf-8"})
	if file == nil || info.Filename == "" {
		h.SetContentType("text/plain", map[string]string{"charset": "utf-8"})
		w, err := mail.CreateSingleInlineWriter(b, h)
		if err != nil {
			return err
		}
		return writeAndClose(w, strings.NewReader(text))
	}
	w, err := mail.CreateWriter(b, h)
	if err != nil {
		return err
	}
	part, err := w.CreateSingleInline(inline)
	if err != nil {
		return err
	}
	if err := writeAndClose(part, strings.NewReader(text)); err != nil {
		return err
	}
	var attachment mail.AttachmentHeader
	attachment.SetContentType(firstOf(info.Header.Get("Content-Type"), "application/octet-stream"), nil)
	attachment.SetFilename(info.Filename)
	attached, err := w.CreateAttachment(attachment)
	if err != nil {
		return err
	}
	return errors.Join(writeAndClose(attached, file), w.Close())
}

func writeAndClose(w io.WriteCloser, r io.Reader) error {
	_, err := io.Copy(w, r)
	return errors.Join(err, w.Close())
}
