package inbox

import (
	"context"
	"encoding/binary"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/mail/compose"
	"coachflow/mail/receive"
	"coachflow/outbox"
)

// post makes a verified mail a message of its stream: the message, its files,
// the onward mail as a plan, and the end of the mail, in one transaction. fault is
// why it did not share the file that it was to share, if it was.
func (x *Inbox) post(ctx context.Context, in Inbound, row rows.InboundMailGetRow, letter *receive.Inbound, fault string) (Verdict, error) {
	message := x.message(in, row, letter)
	files, err := x.storeFiles(ctx, in, row, message.ID, letter)
	if err != nil {
		return Verdict{}, err
	}
	var verdict Verdict
	err = x.DB.InOrg(ctx, in.Org, func(q *rows.Queries) (err error) {
		if message.RepliesToID, err = x.answered(ctx, q, message, letter); err != nil {
			return err
		}
		if verdict, err = x.admit(ctx, q, in, message, letter); err == nil && verdict.State == "posted" {
			verdict, err = insertMessage(ctx, q, message)
		}
		if err != nil {
			return err
		}
		if verdict.State == "posted" {
			if err := x.attach(ctx, q, in, row, message, files); err != nil {
				return err
			}
			if verdict.Reason = fault; fault != "" {
				if err := planNotShared(ctx, q, in, row, fault); err != nil {
					return err
				}
			}
		}
		if err := settleRow(ctx, q, in, row, letter, verdict); err != nil || verdict.State != "quarantined" {
			return err
		}
		return x.planQuarantineWord(ctx, q, in, author(row), verdict, true)
	})
	if err != nil {
		return Verdict{}, fmt.Errorf("post message: %w", err)
	}
	return verdict, nil
}

// mostAlike is how often in alikeWithin the same words may come as an answer to
// mails of ours. More often it is a machine that does not say so, and would go
// on for ever with another one.
const (
	mostAlike   = 3
	alikeWithin = time.Hour
)

// admit stops a loop of answers: a person decides about the next one.
func (x *Inbox) admit(ctx context.Context, q *rows.Queries, in Inbound, m rows.MessageInsertParams, letter *receive.Inbound) (Verdict, error) {
	if in.Released || !letter.Answers(x.Outbox.Domain()) {
		return Verdict{State: "posted"}, nil
	}
	alike, err := q.MessagesAlike(ctx, rows.MessagesAlikeParams{OrgID: m.OrgID, StreamID: m.StreamID, AuthorID: m.AuthorID,
		Since: m.PostedAt.Add(-alikeWithin), Body: m.Body})
	if err != nil {
		return Verdict{}, fmt.Errorf("count messages alike: %w", err)
	}
	if alike >= mostAlike {
		return Verdict{"quarantined", "repeats_itself"}, nil
	}
	return Verdict{State: "posted"}, nil
}

// attach stores the files of a message and plans its onward mail.
func (x *Inbox) attach(ctx context.Context, q *rows.Queries, in Inbound, row rows.InboundMailGetRow, message rows.MessageInsertParams, files []rows.FileInsertParams) error {
	for _, f := range files {
		if err := q.FileInsert(ctx, f); err != nil {
			return fmt.Errorf("store file: %w", err)
		}
	}
	return x.planOnward(ctx, q, in, row, message)
}

// insertMessage is the second guard against doubles: the same mail of the same
// author is one message. The same Message-ID over other contents is not the
// same mail, and is not lost either.
func insertMessage(ctx context.Context, q *rows.Queries, m rows.MessageInsertParams) (Verdict, error) {
	inserted, err := q.MessageInsert(ctx, m)
	if err != nil {
		return Verdict{}, fmt.Errorf("insert message: %w", err)
	}
	if inserted == 1 {
		return Verdict{State: "posted"}, nil
	}
	earlier, err := q.MessageByKey(ctx, rows.MessageByKeyParams{OrgID: m.OrgID, SystemAddressID: m.SystemAddressID, AuthorID: m.AuthorID, MessageKey: m.MessageKey})
	if err != nil {
		return Verdict{}, fmt.Errorf("read earlier message: %w", err)
	}
	if earlier.ContentHash != m.ContentHash {
		return Verdict{"quarantined", "message_id_reused"}, nil
	}
	return Verdict{"duplicate", "posted_before"}, nil
}

// message reads the message out of the mail. Quoted text and the signature of a
// reply are folded away, and links of ours in it are blotted: they belong to
// whoever they were sent to.
// Messages stand in the order in which their mails arrived, whichever of them
// is read first; one that was let through stands where that was done.
func (x *Inbox) message(in Inbound, row rows.InboundMailGetRow, letter *receive.Inbound) rows.MessageInsertParams {
	text := receive.Fold(bounded(letter), letter.Kind())
	folded := foldedAway(text)
	key := receive.MessageKey(letter)
	if in.Released && row.Reason == "message_id_reused" {
		key = "released:" + receive.ContentHash(letter) // whoever let it through saw that it is another mail
	}
	m := rows.MessageInsertParams{
		OrgID: in.Org, ID: arrivalID(row), StreamID: row.StreamID, AuthorID: author(row), InboundMailID: &in.ID, SystemAddressID: row.SystemAddressID,
		MailMessageID: shorten(letter.MessageID, 500), MessageKey: &key, ContentHash: receive.ContentHash(letter), Subject: shorten(letter.Subject, 500),
		Body: x.blot(strings.TrimSpace(text.Visible)), Quoted: x.blot(folded), PostedAt: row.ReceivedAt,
	}
	if in.Released {
		m.ID, m.PostedAt = db.NewID(), *row.ReleasedAt
	}
	if letter.HTML != "" && len(letter.HTML) <= messageLimit && folded == "" {
		keep := func(id string) (string, bool) { return "cid:" + id, inlineByID(letter, id) }
		m.Html = x.blot(receive.SanitizeHTML(letter.HTML, keep))
	}
	return m
}

// foldedAway is what the stream does not show at once, in the order of the mail.
func foldedAway(text receive.Folded) string {
	var parts []string
	for _, part := range []string{text.Above, text.Signature, text.Quoted} {
		if strings.TrimSpace(part) != "" {
			parts = append(parts, strings.Trim(part, "\n"))
		}
	}
	return strings.Join(parts, "\n\n")
}

// arrivalID is the id of a mail's message. Like those of NewID it grows with
// time, which here is the mail's arrival, to the second on many servers; after
// it comes the mailbox's own count.
func arrivalID(row rows.InboundMailGetRow) uuid.UUID {
	const version, variant, rest = 7 << 12, 2 << 62, 1<<42 - 1
	id, uid := row.ID, uint64(uint32(row.MailboxUid))
	binary.BigEndian.PutUint64(id[:8], uint64(row.ReceivedAt.UnixMilli())<<16|version|uid>>20)
	binary.BigEndian.PutUint64(id[8:], variant|uid&(1<<20-1)<<42|binary.BigEndian.Uint64(row.ID[8:])&rest)
	return id
}

// messageLimit is how much text a message holds, in bytes.
const messageLimit = 1 << 20

// bounded is the text of a mail as a message can hold it. Of a longer one, the
// whole text becomes a file beside it.
func bounded(letter *receive.Inbound) string {
	if len(letter.Text) <= messageLimit {
		return letter.Text
	}
	letter.Parts = append(letter.Parts, receive.Part{Name: "message.txt", ContentType: "text/plain", Data: []byte(letter.Text)})
	return shorten(letter.Text, messageLimit) + "\n\n[The message is longer than this; all of it is in message.txt.]"
}

func inlineByID(letter *receive.Inbound, id string) bool {
	for _, part := range letter.Parts {
		if part.Inline && part.ContentID == id {
			return true
		}
	}
	return false
}

// tokenInText finds what may be the token of a link, also where the link stands
// encoded in another one, as mail filters write it.
var tokenInText = regexp.MustCompile(`(/|(?i:%2f))l(/|(?i:%2f))[A-Za-z0-9_-]{40,}`)

// blot takes link tokens of ours out of a text, and leaves those that only look
// like them.
func (x *Inbox) blot(text string) string {
	return tokenInText.ReplaceAllStringFunc(text, func(found string) string {
		at := strings.LastIndexAny(found, "/%")
		if found[at] == '%' {
			at += len("%2f") - 1
		}
		if _, ours := x.Outbox.Links.Open(found[at+1:]); !ours {
			return found
		}
		return found[:at+1] + "…"
	})
}

// storeFiles puts the files of a mail into the blob store. Their ids come from
// the mail's, so a repeat stores them in the same places.
func (x *Inbox) storeFiles(ctx context.Context, in Inbound, row rows.InboundMailGetRow, message uuid.UUID, letter *receive.Inbound) ([]rows.FileInsertParams, error) {
	files := make([]rows.FileInsertParams, 0, len(letter.Parts))
	for i, part := range letter.Parts {
		if part.Signs {
			continue // it stays with the raw mail
		}
		id := uuid.NewSHA1(in.ID, []byte{byte(i >> 8), byte(i)})
		f := rows.FileInsertParams{OrgID: in.Org, ID: id, ClientID: &row.ClientID, MessageID: &message, UploadedBy: author(row),
			Name: part.Name, ContentType: part.ContentType, Size: int64(len(part.Data)), BlobKey: "files/" + in.Org.String() + "/" + id.String(),
			Inline: part.Inline, ContentID: part.ContentID, Position: int32(i), CreatedAt: in.At}
		if err := x.Blobs.Put(ctx, f.BlobKey, part.Data); err != nil {
			return nil, fmt.Errorf("store file of mail: %w", err)
		}
		files = append(files, f)
	}
	return files, nil
}

// planOnward plans the one mail by which the other side gets the message.
func (x *Inbox) planOnward(ctx context.Context, q *rows.Queries, in Inbound, row rows.InboundMailGetRow, m rows.MessageInsertParams) error {
	to, err := q.ContactGet(ctx, m.OrgID, reader(row))
	if err != nil {
		return fmt.Errorf("read recipient of message: %w", err)
	}
	n := outbox.PlanTo(to, outbox.StreamMessage, messageKey+m.InboundMailID.String(), "a message in their stream")
	n.OrgID, n.MessageID, n.PlannedAt = m.OrgID, &m.ID, m.PostedAt
	if err := pace(ctx, q, in, row, &n); err != nil {
		return err
	}
	return outbox.PlanOne(ctx, q, n)
}

// fileLinkBefore is the link as a copy of the version before can have it.
func fileLinkBefore(n rows.Notification, file uuid.UUID) coaching.LinkRef {
	return coaching.LinkRef{Purpose: coaching.FileLink, Org: n.OrgID, ID: coaching.LinkIDBefore(coaching.FileLink, file, *n.PersonID)}
}

// fileLink makes the link by which the reader of a mail opens a file. What is being
// sent has its link already.
func fileLink(ctx context.Context, q *rows.Queries, n rows.Notification, file uuid.UUID) (coaching.LinkRef, error) {
	link := coaching.LinkRef{Purpose: coaching.FileLink, Org: n.OrgID, ID: coaching.LinkID(coaching.FileLink, file, *n.PersonID, n.Address)}
	if n.State == "sending" {
		return link, nil
	}
	err := q.LinkInsert(ctx, rows.LinkInsertParams{OrgID: n.OrgID, ID: link.ID, Purpose: link.Purpose.Name(),
		SubjectID: file, PersonID: n.PersonID, Email: &n.Address, ExpiresAt: n.PlannedAt.Add(outbox.LinkLife)})
	if err != nil {
		return link, fmt.Errorf("make file link: %w", err)
	}
	return link, nil
}

// planQuarantineWord tells the expected author of a mail that was put aside. theirs says
// that the receiving server vouches for it as their own mail. What waits for something
// that they have to do is always told then.
func (x *Inbox) planQuarantineWord(ctx context.Context, q *rows.Queries, in Inbound, expected uuid.UUID, verdict Verdict, theirs bool) error {
	to, err := q.ContactGet(ctx, in.Org, expected)
	if err != nil {
		return fmt.Errorf("read expected author: %w", err)
	}
	why, alike := inTheirName+verdict.Reason, inTheirName
	if theirs {
		why = ownMail + verdict.Reason
		alike = why
	}
	n := outbox.PlanTo(to, outbox.InboundMailQuarantined, quarantinedKey+in.ID.String(), why)
	n.OrgID, n.PlannedAt = in.Org, in.At
	if theirs && !postable(verdict.Reason) {
		return outbox.PlanOne(ctx, q, n)
	}
	since := in.At.Add(-quarantineWordEvery)
	recent, err := q.NotificationsRecent(ctx, rows.NotificationsRecentParams{OrgID: in.Org, PersonID: &to.ID, Kind: n.Kind, Since: since, Reason: alike})
	if err != nil {
		return fmt.Errorf("count recent words: %w", err)
	}
	if recent > 0 {
		n.State, n.StateReason = "suppressed", "the person was told of another one within the hour; all are in the quarantine"
	}
	return outbox.PlanOne(ctx, q, n)
}

// quarantineWordEvery bounds how often a person is told of mails that were put aside: of all
// that may be of somebody else, so that nobody can flood a coach through an address that was
// meant to receive mail; and of their own, for each reason by itself, so that a machine in
// their name is not answered again and again. What strangers send hides no word about a
// person's own mail.
const quarantineWordEvery = time.Hour

// Why a person is told of a mail that was put aside; the reason of that follows.
const (
	inTheirName = "a mail in their name was put aside: "
	ownMail     = "a mail of theirs was put aside: "
)

// The keys of the letters that a mail can lead to begin with these, and end with
// the mail's id.
const (
	messageKey     = "stream_message/"
	sharedKey      = "file_shared/"
	notSharedKey   = "file_not_shared/"
	quarantinedKey = "inbound_mail_quarantined/"
)

// MailOfLetter is the received mail that led to a letter, by the letter's key; false: none
// did.
func MailOfLetter(key string) (uuid.UUID, bool) {
	for _, keys := range lettersOfMail {
		for _, begins := range append(keys, answerKey) {
			if id, found := strings.CutPrefix(key, begins); found {
				mail, err := uuid.Parse(id)
				return mail, err == nil
			}
		}
	}
	return uuid.Nil, false
}

// lettersOfMail are the letters that a mail can lead to, by what became of it.
var lettersOfMail = map[string][]string{"posted": {messageKey, notSharedKey}, "filed": {sharedKey}, "quarantined": {quarantinedKey}}

// finishInbound sends the letters that a settled mail leads to, if they have
// not left yet.
func (x *Inbox) finishInbound(ctx context.Context, in Inbound, state string) error {
	keys := lettersOfMail[state]
	if len(keys) == 0 {
		return nil
	}
	var out []outbox.Draft
	err := x.DB.InOrg(ctx, in.Org, func(q *rows.Queries) error {
		for _, key := range keys {
			o, err := x.inboundLetter(ctx, q, in, key)
			if err != nil {
				return err
			}
			if o != nil {
				out = append(out, *o)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return x.Outbox.Send(ctx, out)
}

// inboundLetter prepares a letter that is planned; nil for none.
func (x *Inbox) inboundLetter(ctx context.Context, q *rows.Queries, in Inbound, key string) (*outbox.Draft, error) {
	n, err := q.NotificationByKey(ctx, in.Org, key+in.ID.String())
	if err != nil || (n.State != "planned" && n.State != "sending") {
		return nil, db.IgnoreNoRow(err)
	}
	if n.Standalone {
		return nil, nil // it waits, and leaves by itself
	}
	if n, err = outbox.ReadAgain(ctx, q, n); err != nil || (n.State != "planned" && n.State != "sending") {
		return nil, err
	}
	o, err := x.prepareInbound(ctx, q, in, n)
	if err != nil {
		return nil, outbox.FailUnwritten(ctx, q, n, err)
	}
	return o, nil
}

func (x *Inbox) prepareInbound(ctx context.Context, q *rows.Queries, in Inbound, n rows.Notification) (*outbox.Draft, error) {
	row, err := inboundMail(ctx, q, in)
	if err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	o := outbox.Draft{Row: n, Sender: row.OrganizationName}
	values := map[string]string{"name": n.RecipientName, "organization": row.OrganizationName, "subject": coaching.Visible(row.Subject)}
	switch coaching.NotificationKind(n.Kind) {
	case outbox.InboundMailQuarantined:
		values["reason"], values["advice"] = quarantineWord(row.Reason), quarantineAdvice(row)
		return &o, x.Outbox.Render(ctx, q, &o, values, compose.Layout{OrganizationName: row.OrganizationName})
	case outbox.FileNotShared:
		values["reason"] = shareFaults[row.Reason]
		return &o, x.Outbox.Render(ctx, q, &o, values, compose.Layout{OrganizationName: row.OrganizationName})
	case outbox.FileShared:
		values, note, err := x.sharedLetter(ctx, q, row, &o)
		if err != nil {
			return nil, err
		}
		return &o, x.Outbox.Render(ctx, q, &o, values, compose.Layout{OrganizationName: row.OrganizationName, Rich: map[string]string{"note": note}})
	}
	onward, err := x.onward(ctx, q, row, n)
	if err != nil {
		return nil, err
	}
	o.Links, o.Inline, o.ReplyTo, o.Sender, o.Headers = onward.Links, onward.Inline, onward.ReplyTo, onward.author, onward.Headers
	return &o, x.Outbox.Render(ctx, q, &o, onward.values, compose.Layout{OrganizationName: row.OrganizationName, Rich: onward.rich})
}
