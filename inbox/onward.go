package inbox

import (
	"context"
	"fmt"
	"html"
	"strings"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/mail/compose"
)

// onwardMail is what the letter of a stream message is made of.
type onwardMail struct {
	author  string
	values  map[string]string
	rich    map[string]string
	Links   []coaching.LinkRef
	Inline  []compose.Attachment
	ReplyTo compose.Recipient
	Headers map[string]string
}

func (x *Inbox) onward(ctx context.Context, q *rows.Queries, row rows.InboundMailGetRow, n rows.Notification) (onwardMail, error) {
	m, err := q.MessageGet(ctx, row.OrgID, *n.MessageID)
	if err != nil {
		return onwardMail{}, fmt.Errorf("read message: %w", err)
	}
	writer, err := q.ContactGet(ctx, row.OrgID, m.AuthorID)
	if err != nil {
		return onwardMail{}, fmt.Errorf("read author: %w", err)
	}
	files, err := q.FilesOfMessage(ctx, row.OrgID, &m.ID)
	if err != nil {
		return onwardMail{}, fmt.Errorf("read files: %w", err)
	}
	o := onwardMail{author: writer.Name + " via " + row.OrganizationName, rich: map[string]string{}}
	if o.ReplyTo, err = x.wayBack(ctx, q, row, writer.Name); err != nil {
		return o, err
	}
	if o.Headers, err = x.threadHeaders(ctx, q, m, *n.PersonID); err != nil {
		return o, err
	}
	o.values = map[string]string{"name": n.RecipientName, "organization": row.OrganizationName, "author": writer.Name,
		"subject": coaching.Visible(m.Subject), "message": onwardText(m.Body, m.Quoted), "files": ""}
	if o.values["subject"] == "" {
		o.values["subject"] = "Message from " + writer.Name
	}
	o.rich["message"] = messageHTML(m)
	return o, x.addFiles(ctx, q, &o, files, n)
}

// wayBack is the system address by which the reader answers.
func (x *Inbox) wayBack(ctx context.Context, q *rows.Queries, row rows.InboundMailGetRow, name string) (compose.Recipient, error) {
	back := "to_coach"
	if row.Direction == "to_coach" {
		back = "to_client"
	}
	address, err := q.SystemAddressLive(ctx, rows.SystemAddressLiveParams{OrgID: row.OrgID, StreamID: row.StreamID, Direction: back})
	if err != nil {
		return compose.Recipient{}, fmt.Errorf("find system address for the way back: %w", err)
	}
	return compose.Recipient{Name: name, Addr: address.LocalPart + "@" + x.Domain}, nil
}

// onwardLimit is how much of a message goes on by mail, in bytes. All of it is
// in the stream.
const onwardLimit = 200 << 10

// goesOn are the text of a message, or with a file, and what was folded away of it, as far as they
// go on: what looked like a quotation or a signature may be the author's own words.
func goesOn(body, quoted string) (text, folded string) {
	text = upTo(onwardLimit, body)
	if left := onwardLimit - len(body); left > 0 {
		folded = upTo(left, quoted)
	}
	return text, folded
}

func upTo(limit int, text string) string {
	if len(text) <= limit {
		return text
	}
	return shorten(text, limit) + "\n\n[The message is longer than this; all of it is in the stream.]"
}

// onwardText is the message for the text part, what was folded away below it.
func onwardText(body, quoted string) string {
	text, folded := goesOn(body, quoted)
	return strings.Trim(text+"\n\n"+folded, "\n")
}

// messageHTML is the same for the HTML part, as the author set it where that is kept.
func messageHTML(m rows.Message) string {
	if m.Html != "" && m.Quoted == "" && len(m.Html) <= onwardLimit {
		return directed(m.Body, m.Html)
	}
	return onwardHTML(m.Body, m.Quoted)
}

// onwardHTML is a text for the HTML part, what was folded away below it.
func onwardHTML(body, quoted string) string {
	text, folded := goesOn(body, quoted)
	message := directed(text, textHTML(text))
	if folded != "" {
		message += "<br>\n<br>\n" + directed(folded, textHTML(folded))
	}
	return message
}

func textHTML(text string) string {
	return strings.ReplaceAll(html.EscapeString(text), "\n", "<br>\n")
}

// directed sets the HTML of a text from right to left where the text is written so.
func directed(text, html string) string {
	if compose.Direction(text) != "rtl" {
		return html
	}
	return `<div dir="rtl">` + html + "</div>"
}

// fileListLimit is how long the list of files in a letter may become, in bytes.
// Letters have a limit, and one over it would never leave.
const fileListLimit = 24 << 10

// addFiles puts inline images into the letter as they were, and other files as
// links.
func (x *Inbox) addFiles(ctx context.Context, q *rows.Queries, o *onwardMail, files []rows.File, n rows.Notification) error {
	var text, list []string
	length, left := 0, 0
	for _, f := range files {
		if f.Inline {
			if err := x.addInline(ctx, o, f); err != nil {
				return err
			}
			continue
		}
		ref, err := fileLink(ctx, q, n, f.ID)
		if err != nil {
			return err
		}
		url, size := x.Outbox.LinkPlaceholder(ref.Purpose, ref.ID), showSize(f.Size)
		line := fmt.Sprintf("%s (%s): %s", f.Name, size, url)
		if length += len(line); length > fileListLimit {
			left++
			continue
		}
		o.Links = append(o.Links, ref, fileLinkBefore(n, f.ID))
		text = append(text, line)
		list = append(list, fmt.Sprintf(`<a href="%s">%s</a> (%s)`, url, html.EscapeString(f.Name), size))
	}
	if left > 0 {
		more := fmt.Sprintf("and %d more, which are in the stream", left)
		text, list = append(text, more), append(list, more)
	}
	if len(text) > 0 {
		o.values["files"] = "Files:\n" + strings.Join(text, "\n")
		o.rich["files"] = "<strong>Files</strong><br>\n" + strings.Join(list, "<br>\n")
	}
	return nil
}

// addInline attaches an image under an id of ours: what senders write there may
// not be allowed in a mail. It stands where the HTML has it, or where the text
// marks its place, or below.
func (x *Inbox) addInline(ctx context.Context, o *onwardMail, f rows.File) error {
	data, err := x.Blobs.Get(ctx, f.BlobKey)
	if err != nil {
		return fmt.Errorf("read inline image: %w", err)
	}
	id := f.ID.String() + "@" + x.Outbox.Domain()
	o.Inline = append(o.Inline, compose.Attachment{Name: f.Name, ContentType: f.ContentType, ContentID: id, Data: data})
	message, source := o.rich["message"], `src="cid:`+id+`"`
	if theirs := `src="` + html.EscapeString("cid:"+f.ContentID) + `"`; f.ContentID != "" && strings.Contains(message, theirs) {
		o.rich["message"] = strings.ReplaceAll(message, theirs, source)
		return nil
	}
	image := fmt.Sprintf(`<img %s alt="%s">`, source, html.EscapeString(f.Name))
	for _, mark := range []string{"[cid:" + f.ContentID + "]", "[cid:" + f.Name + "]", "[image: " + f.Name + "]"} {
		if mark = html.EscapeString(mark); strings.Contains(message, mark) {
			o.rich["message"] = strings.Replace(message, mark, image, 1)
			return nil
		}
	}
	o.rich["message"] = message + "<br>\n" + image
	return nil
}

func showSize(bytes int64) string {
	switch {
	case bytes >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
	case bytes >= 1<<10:
		return fmt.Sprintf("%d kB", bytes>>10)
	}
	return fmt.Sprintf("%d bytes", bytes)
}
