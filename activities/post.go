package activities

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
)

// post makes a verified mail a message of its stream: the message, its files,
// the onward mail as a plan, and the end of the mail, in one transaction. fault is
// why it did not share the file that it was to share, if it was.
func (a *Activities) post(ctx context.Context, in Inbound, row rows.InboundMailGetRow, letter *receive.Inbound, fault string) (Verdict, error) {
	message := a.message(in, row, letter)
	files, err := a.storeFiles(ctx, in, row, message.ID, letter)
	if err != nil {
		return Verdict{}, err
	}
	var verdict Verdict
	err = a.DB.InOrg(ctx, in.Org, func(q *rows.Queries) (err error) {
		if message.RepliesToID, err = a.answered(ctx, q, message, letter); err != nil {
			return err
		}
		if verdict, err = a.admit(ctx, q, in, message, letter); err == nil && verdict.State == "posted" {
			verdict, err = insertMessage(ctx, q, message)
		}
		if err != nil {
			return err
		}
		if verdict.State == "posted" {
			if err := a.attach(ctx, q, row, message, files); err != nil {
				return err
			}
			if verdict.Reason = fault; fault != "" {
				if err := planNotShared(ctx, q, in, row, fault); err != nil {
					return err
				}
			}
		}
		if err := settleRow(ctx, q, in, letter, verdict); err != nil || verdict.State != "quarantined" {
			return err
		}
		return a.planQuarantineWord(ctx, q, in, row, verdict)
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
func (a *Activities) admit(ctx context.Context, q *rows.Queries, in Inbound, m rows.MessageInsertParams, letter *receive.Inbound) (Verdict, error) {
	if in.Released || !letter.Answers(a.mailDomain()) {
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
func (a *Activities) attach(ctx context.Context, q *rows.Queries, row rows.InboundMailGetRow, message rows.MessageInsertParams, files []rows.FileInsertParams) error {
	for _, f := range files {
		if err := q.FileInsert(ctx, f); err != nil {
			return fmt.Errorf("store file: %w", err)
		}
	}
	return a.planOnward(ctx, q, row, message, files)
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

// message reads the message out of the mail. Quoted text is folded away, and
// links of ours in it are blotted: they belong to whoever they were sent to.
// Messages stand in the order in which their mails arrived, whichever of them
// is read first; one that was let through stands where that was done.
func (a *Activities) message(in Inbound, row rows.InboundMailGetRow, letter *receive.Inbound) rows.MessageInsertParams {
	visible, quoted := bounded(letter), ""
	if !receive.Forwards(letter.Subject) {
		visible, quoted = receive.SplitQuote(visible)
	}
	key := receive.MessageKey(letter)
	if in.Released && row.Reason == "message_id_reused" {
		key = "released:" + receive.ContentHash(letter) // whoever let it through saw that it is another mail
	}
	m := rows.MessageInsertParams{
		OrgID: in.Org, ID: arrivalID(row), StreamID: row.StreamID, AuthorID: author(row), InboundMailID: &in.ID, SystemAddressID: &row.SystemAddressID,
		MailMessageID: shorten(letter.MessageID, 500), MessageKey: &key, ContentHash: receive.ContentHash(letter), Subject: shorten(letter.Subject, 500),
		Body: a.blot(strings.TrimSpace(visible)), Quoted: a.blot(quoted), PostedAt: row.ReceivedAt,
	}
	if in.Released {
		m.ID, m.PostedAt = db.NewID(), in.At
	}
	if letter.HTML != "" && len(letter.HTML) <= messageLimit && strings.TrimSpace(quoted) == "" {
		keep := func(id string) (string, bool) { return "cid:" + id, inlineByID(letter, id) }
		m.Html = a.blot(receive.SanitizeHTML(letter.HTML, keep))
	}
	return m
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
func (a *Activities) blot(text string) string {
	return tokenInText.ReplaceAllStringFunc(text, func(found string) string {
		at := strings.LastIndexAny(found, "/%")
		if found[at] == '%' {
			at += len("%2f") - 1
		}
		if _, ours := a.Links.Open(found[at+1:]); !ours {
			return found
		}
		return found[:at+1] + "…"
	})
}

// storeFiles puts the files of a mail into the blob store. Their ids come from
// the mail's, so a repeat stores them in the same places.
func (a *Activities) storeFiles(ctx context.Context, in Inbound, row rows.InboundMailGetRow, message uuid.UUID, letter *receive.Inbound) ([]rows.FileInsertParams, error) {
	files := make([]rows.FileInsertParams, 0, len(letter.Parts))
	for i, part := range letter.Parts {
		if part.Signs {
			continue // it stays with the raw mail
		}
		id := uuid.NewSHA1(in.ID, []byte{byte(i >> 8), byte(i)})
		f := rows.FileInsertParams{OrgID: in.Org, ID: id, ClientID: row.ClientID, MessageID: &message, UploadedBy: author(row),
			Name: part.Name, ContentType: part.ContentType, Size: int64(len(part.Data)), BlobKey: "files/" + in.Org.String() + "/" + id.String(),
			Inline: part.Inline, ContentID: part.ContentID, Position: int32(i), CreatedAt: in.At}
		if err := a.Blobs.Put(ctx, f.BlobKey, part.Data); err != nil {
			return nil, fmt.Errorf("store file of mail: %w", err)
		}
		files = append(files, f)
	}
	return files, nil
}

// planOnward plans the one mail by which the other side gets the message, and
// the links to its files.
func (a *Activities) planOnward(ctx context.Context, q *rows.Queries, row rows.InboundMailGetRow, m rows.MessageInsertParams, files []rows.FileInsertParams) error {
	to, err := q.ContactGet(ctx, m.OrgID, reader(row))
	if err != nil {
		return fmt.Errorf("read recipient of message: %w", err)
	}
	for _, f := range files {
		if f.Inline {
			continue
		}
		if err := insertFileLink(ctx, q, m.OrgID, f.ID, to.ID, m.PostedAt); err != nil {
			return err
		}
	}
	n := planTo(to, coaching.StreamMessage, messageKey+m.InboundMailID.String(), "a message in their stream")
	n.OrgID, n.MessageID, n.PlannedAt = m.OrgID, &m.ID, m.PostedAt
	return planOne(ctx, q, n)
}

// insertFileLink makes the link by which one reader opens a file.
func insertFileLink(ctx context.Context, q *rows.Queries, org, file, reader uuid.UUID, at time.Time) error {
	err := q.LinkInsert(ctx, rows.LinkInsertParams{OrgID: org, ID: coaching.LinkID(coaching.FileLink, file, reader), Purpose: coaching.FileLink.Name(),
		SubjectID: file, PersonID: &reader, ExpiresAt: at.Add(linkLife)})
	if err != nil {
		return fmt.Errorf("make file link: %w", err)
	}
	return nil
}

// planTo makes the row of a letter to a person outside of programs, through
// the gate.
func planTo(to rows.ContactGetRow, kind coaching.NotificationKind, key, reason string) rows.NotificationPlanParams {
	n := rows.NotificationPlanParams{ID: db.NewID(), Kind: string(kind), Step: stepRequest, Key: key, PersonID: &to.ID,
		Address: to.Address, RecipientName: to.Name, Reason: reason, State: "planned"}
	if gate := coaching.GateOf(kind, coaching.Standing(to.State), to.Blocked); gate.Gate != coaching.GateSend {
		n.State, n.StateReason = string(gate.Gate), gate.Reason
	}
	if n.State == string(coaching.GateRefuse) {
		n.State = "failed"
	}
	return n
}

// errBlocked refuses a mail by hand to an address that takes none.
func errBlocked(address string) error {
	return coaching.Problemf(coaching.Conflict, "address_blocked",
		"No mail goes to %s, because the address bounced or its owner complained. Correct the address, or clear the block first.", address)
}

// planToAdmins makes the rows of the same letter to every admin, each under the key
// with the admin's id behind it.
func planToAdmins(ctx context.Context, q *rows.Queries, org uuid.UUID, kind coaching.NotificationKind, key string, at time.Time) ([]rows.NotificationPlanParams, error) {
	admins, err := q.AdminsOf(ctx, org)
	if err != nil {
		return nil, fmt.Errorf("read admins: %w", err)
	}
	var plans []rows.NotificationPlanParams
	for _, admin := range admins {
		n := planTo(rows.ContactGetRow(admin), kind, key+"/"+admin.ID.String(), "admin of the organization")
		n.OrgID, n.PlannedAt = org, at
		plans = append(plans, n)
	}
	return plans, nil
}

func planOne(ctx context.Context, q *rows.Queries, n rows.NotificationPlanParams) error {
	return planAll(ctx, q, []rows.NotificationPlanParams{n})
}

func planAll(ctx context.Context, q *rows.Queries, list []rows.NotificationPlanParams) error {
	var failed error
	q.NotificationPlan(ctx, list).Exec(func(_ int, err error) {
		if err != nil && failed == nil {
			failed = fmt.Errorf("plan notification: %w", err)
		}
	})
	return failed
}

func (a *Activities) planQuarantineWord(ctx context.Context, q *rows.Queries, in Inbound, row rows.InboundMailGetRow, verdict Verdict) error {
	to, err := q.ContactGet(ctx, in.Org, author(row))
	if err != nil {
		return fmt.Errorf("read expected author: %w", err)
	}
	n := planTo(to, coaching.InboundMailQuarantined, quarantinedKey+in.ID.String(), "a mail in their name was put aside: "+verdict.Reason)
	n.OrgID, n.PlannedAt = in.Org, in.At
	since := in.At.Add(-quarantineWordEvery)
	recent, err := q.NotificationsRecent(ctx, rows.NotificationsRecentParams{OrgID: in.Org, PersonID: &to.ID, Kind: n.Kind, Since: since})
	if err != nil {
		return fmt.Errorf("count recent words: %w", err)
	}
	if recent > 0 {
		n.State, n.StateReason = "suppressed", "the person was told of another one within the hour; all are in the quarantine"
	}
	return planOne(ctx, q, n)
}

// quarantineWordEvery bounds how often a person is told, so that nobody can
// flood a coach through an address that was meant to receive mail.
const quarantineWordEvery = time.Hour

// The keys of the letters that a mail can lead to begin with these, and end with
// the mail's id.
const (
	messageKey     = "stream_message/"
	sharedKey      = "file_shared/"
	notSharedKey   = "file_not_shared/"
	quarantinedKey = "inbound_mail_quarantined/"
)

// lettersOfMail are the letters that a mail can lead to, by what became of it.
var lettersOfMail = map[string][]string{"posted": {messageKey, notSharedKey}, "filed": {sharedKey}, "quarantined": {quarantinedKey}}

// finishInbound hands over the letters that a settled mail leads to, if they have
// not left yet.
func (a *Activities) finishInbound(ctx context.Context, in Inbound, state string) error {
	var out []outbound
	for _, key := range lettersOfMail[state] {
		err := a.DB.InOrg(ctx, in.Org, func(q *rows.Queries) error {
			o, err := a.inboundLetter(ctx, q, in, key)
			if err == nil && o != nil {
				out = append(out, *o)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return a.handOverAll(ctx, out)
}

// inboundLetter prepares a letter that is planned; nil for none.
func (a *Activities) inboundLetter(ctx context.Context, q *rows.Queries, in Inbound, key string) (*outbound, error) {
	n, err := q.NotificationByKey(ctx, in.Org, key+in.ID.String())
	if err != nil || (n.State != "planned" && n.State != "sending") {
		return nil, ignoreNoRow(err)
	}
	if n, err = readAgain(ctx, q, n); err != nil || (n.State != "planned" && n.State != "sending") {
		return nil, err
	}
	o, err := a.prepareInbound(ctx, q, in, n)
	if err != nil {
		return nil, failUnwritten(ctx, q, n, err)
	}
	return o, nil
}

// readAgain asks once more who is written to, and whether: an address may have
// changed or bounced since the mail was planned.
func readAgain(ctx context.Context, q *rows.Queries, n rows.Notification) (rows.Notification, error) {
	if n.State != "planned" {
		return n, nil
	}
	to, err := q.ContactGet(ctx, n.OrgID, *n.PersonID)
	if err != nil {
		return n, fmt.Errorf("read recipient: %w", err)
	}
	n.Address, n.RecipientName = to.Address, to.Name
	gate := coaching.GateOf(coaching.NotificationKind(n.Kind), coaching.Standing(to.State), to.Blocked)
	if stopped, err := stopAtGate(ctx, q, n, gate); stopped || err != nil {
		n.State = string(gate.Gate)
		return n, err
	}
	return n, nil
}

func (a *Activities) prepareInbound(ctx context.Context, q *rows.Queries, in Inbound, n rows.Notification) (*outbound, error) {
	row, err := q.InboundMailGet(ctx, in.Org, in.ID)
	if err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	o := outbound{row: n, sender: row.OrganizationName}
	values := map[string]string{"name": n.RecipientName, "organization": row.OrganizationName, "subject": row.Subject}
	switch coaching.NotificationKind(n.Kind) {
	case coaching.InboundMailQuarantined:
		values["reason"] = QuarantineWord(row.Reason)
		return &o, a.renderOnce(ctx, q, &o, values, compose.Layout{OrganizationName: row.OrganizationName})
	case coaching.FileNotShared:
		values["reason"] = shareFaults[row.Reason]
		return &o, a.renderOnce(ctx, q, &o, values, compose.Layout{OrganizationName: row.OrganizationName})
	case coaching.FileShared:
		if values, err = a.sharedLetter(ctx, q, row, &o); err != nil {
			return nil, err
		}
		return &o, a.renderOnce(ctx, q, &o, values, compose.Layout{OrganizationName: row.OrganizationName})
	}
	onward, err := a.onward(ctx, q, row, n)
	if err != nil {
		return nil, err
	}
	o.links, o.inline, o.replyTo, o.sender, o.headers = onward.links, onward.inline, onward.replyTo, onward.author, onward.headers
	return &o, a.renderOnce(ctx, q, &o, onward.values, compose.Layout{OrganizationName: row.OrganizationName, Rich: onward.rich})
}

// renderOnce renders a letter and stores its copy, or takes the copy of an
// earlier try.
func (a *Activities) renderOnce(ctx context.Context, q *rows.Queries, o *outbound, values map[string]string, layout compose.Layout) error {
	if o.row.State == "sending" {
		o.letter = compose.Letter{Subject: o.row.Subject, HTML: o.row.Html, Text: o.row.Body, TemplateVersion: o.row.TemplateVersion}
		return nil
	}
	template, why, err := TemplateFor(ctx, q, o.row.OrgID, coaching.NotificationKind(o.row.Kind))
	if err != nil {
		return err
	}
	if o.letter, err = template.Render(values, why, layout); err != nil {
		return fmt.Errorf("render letter: %w", err)
	}
	return a.storeCopy(ctx, q, o)
}
