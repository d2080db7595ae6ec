package inbox

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/mail/receive"
	"coachflow/outbox"
)

// A mail with the subject "File: NAME" and exactly one file shares that file, and
// posts no message. Images within the text do not count. Any other number of
// files makes it an ordinary message, and its author is told why. What the author
// wrote in it stands with the file, and goes to the other side with the word of it.

// shareFaults say to the author why a mail shared no file, by the reason that is
// kept with the mail.
var shareFaults = map[string]string{
	"share_without_file": "no file was attached to it.",
	"share_of_many":      "more than one file was attached to it.",
	"share_without_name": "its subject names no file.",
	"share_opaque":       "it is signed or encrypted in a way that hides its files.",
}

// shareOf is the one file that a mail is to share, and under which name. Without
// one, fault is why; it is empty too where the mail is not meant to share any.
func shareOf(letter *receive.Inbound) (name string, file *receive.Part, fault string) {
	name, shares := receive.SharesFile(letter.Subject)
	if !shares {
		return "", nil, ""
	}
	files := letter.Attachments()
	switch {
	case len(files) == 0:
		return "", nil, "share_without_file"
	case len(files) > 1:
		return "", nil, "share_of_many"
	case files[0].Opaque():
		return "", nil, "share_opaque"
	case name == "":
		return "", nil, "share_without_name"
	}
	return name, &files[0], ""
}

// share makes a verified mail a file of the client. The same mail of the same
// author is one file: its id comes from both.
func (x *Inbox) share(ctx context.Context, in Inbound, row rows.InboundMailGetRow, letter *receive.Inbound, name string, part *receive.Part) (Verdict, error) {
	writer := author(row)
	id := uuid.NewSHA1(*row.SystemAddressID, []byte(writer.String()+"\x00"+receive.MessageKey(letter)+"\x00"+receive.ContentHash(letter)))
	f := rows.FileShareParams{OrgID: in.Org, ID: id, ClientID: &row.ClientID, StreamID: &row.StreamID, InboundMailID: &in.ID, UploadedBy: writer,
		Name: name, ContentType: part.ContentType, Size: int64(len(part.Data)), BlobKey: "files/" + in.Org.String() + "/" + id.String(), CreatedAt: row.ReceivedAt}
	text := receive.Fold(letter.Text, letter.Kind())
	f.Note, f.NoteQuoted = x.blot(strings.TrimSpace(text.Visible)), x.blot(foldedAway(text))
	if in.Released {
		f.CreatedAt = *row.ReleasedAt
	}
	if err := x.Blobs.Put(ctx, f.BlobKey, part.Data); err != nil {
		return Verdict{}, fmt.Errorf("store shared file: %w", err)
	}
	verdict := Verdict{State: "filed"}
	err := x.DB.InOrg(ctx, in.Org, func(q *rows.Queries) error {
		shared, err := q.FileShare(ctx, f)
		if err != nil {
			return fmt.Errorf("share file: %w", err)
		}
		if shared == 0 {
			verdict = Verdict{"duplicate", "posted_before"}
		} else if err := planShared(ctx, q, in, row, f); err != nil {
			return err
		}
		return settleRow(ctx, q, in, row, letter, verdict)
	})
	return verdict, err
}

// planShared plans the one mail by which the other side hears of the file.
func planShared(ctx context.Context, q *rows.Queries, in Inbound, row rows.InboundMailGetRow, f rows.FileShareParams) error {
	to, err := q.ContactGet(ctx, in.Org, reader(row))
	if err != nil {
		return fmt.Errorf("read who gets the file: %w", err)
	}
	n := outbox.PlanTo(to, outbox.FileShared, sharedKey+in.ID.String(), "a file was shared with them")
	n.OrgID, n.PlannedAt = in.Org, f.CreatedAt
	if err := pace(ctx, q, in, row, &n); err != nil {
		return err
	}
	return outbox.PlanOne(ctx, q, n)
}

// planNotShared tells the author why their mail was an ordinary message.
func planNotShared(ctx context.Context, q *rows.Queries, in Inbound, row rows.InboundMailGetRow, fault string) error {
	to, err := q.ContactGet(ctx, in.Org, author(row))
	if err != nil {
		return fmt.Errorf("read author: %w", err)
	}
	n := outbox.PlanTo(to, outbox.FileNotShared, notSharedKey+in.ID.String(), "their mail was to share a file: "+fault)
	n.OrgID, n.PlannedAt = in.Org, in.At
	return outbox.PlanOne(ctx, q, n)
}

func (x *Inbox) sharedLetter(ctx context.Context, q *rows.Queries, row rows.InboundMailGetRow, o *outbox.Draft) (values map[string]string, note string, err error) {
	f, err := q.FileOfInboundMail(ctx, row.OrgID, &row.ID)
	if err != nil {
		return nil, "", fmt.Errorf("read shared file: %w", err)
	}
	writer, err := q.ContactGet(ctx, row.OrgID, f.UploadedBy)
	if err != nil {
		return nil, "", fmt.Errorf("read who shared the file: %w", err)
	}
	if o.ReplyTo, err = x.wayBack(ctx, q, row, writer.Name); err != nil {
		return nil, "", err
	}
	link, err := fileLink(ctx, q, o.Row, f.ID)
	if err != nil {
		return nil, "", err
	}
	o.Sender, o.Links = writer.Name+" via "+row.OrganizationName, []coaching.LinkRef{link, fileLinkBefore(o.Row, f.ID)}
	return map[string]string{"name": o.Row.RecipientName, "organization": row.OrganizationName, "author": writer.Name, "file": f.Name,
		"size": showSize(f.Size), "note": onwardText(f.Note, f.NoteQuoted), "link": x.Outbox.LinkPlaceholder(link.Purpose, link.ID)}, onwardHTML(f.Note, f.NoteQuoted), nil
}
