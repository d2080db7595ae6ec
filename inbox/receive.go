package inbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/mail/receive"
)

// Inbound names a mail to a system address.
type Inbound struct {
	Org uuid.UUID `json:"o"`
	ID  uuid.UUID `json:"i"`
	At  time.Time `json:"t"`
	// Released is set when a person let a quarantined mail through: the sender
	// is believed then, and nothing else is waived.
	Released bool `json:"r,omitempty"`
	// Actor is who decided about a quarantined mail.
	Actor *uuid.UUID `json:"a,omitempty"`
}

// Verdict is what became of a mail: posted, filed (its file was shared),
// duplicate, ignored or quarantined, with a stable code as the reason.
type Verdict struct {
	State  string `json:"s"`
	Reason string `json:"r,omitempty"`
}

// Receive reads a stored mail, judges it, and does what follows: it posts
// the message with its files and sends the onward mail, or puts the mail aside
// with its reason. Repeating it sends what is missing.
func (x *Inbox) Receive(ctx context.Context, in Inbound) (Verdict, error) {
	row, known, err := x.inboundRow(ctx, in)
	if db.NoRow(err) {
		return x.receiveUnread(ctx, in)
	}
	if err != nil {
		return Verdict{}, err
	}
	if row.State != "received" && !(in.Released && row.State == "quarantined") {
		verdict := Verdict{State: row.State, Reason: row.Reason}
		return verdict, x.finishInbound(ctx, in, row.State)
	}
	verdict, err := x.receive(ctx, in, row, known)
	if err != nil {
		return Verdict{}, err
	}
	return verdict, x.finishInbound(ctx, in, verdict.State)
}

// receive reads the mail and settles it.
func (x *Inbox) receive(ctx context.Context, in Inbound, row rows.InboundMailGetRow, known []rows.AddressesOfRow) (Verdict, error) {
	select {
	case readSlots <- struct{}{}:
		defer func() { <-readSlots }()
	case <-ctx.Done():
		return Verdict{}, ctx.Err()
	}
	raw, err := x.Blobs.Get(ctx, row.RawKey)
	if err != nil {
		return Verdict{}, fmt.Errorf("read stored mail: %w", err)
	}
	letter, verdict := x.judge(in, row, known, raw)
	if verdict.State == "posted" && !in.Released {
		if verdict, err = x.slowDown(ctx, in, row); err != nil {
			return Verdict{}, err
		}
	}
	name, file, fault := shareOf(letter)
	if verdict.State == "posted" && file != nil {
		verdict, err = x.share(ctx, in, row, letter, name, file)
	} else if verdict.State == "posted" {
		verdict, err = x.post(ctx, in, row, letter, fault)
	} else {
		err = x.settle(ctx, in, row, letter, verdict)
	}
	if err != nil {
		return Verdict{}, err
	}
	return verdict, nil
}

// inboundRow reads a mail's row, and the addresses that its author is known by.
func (x *Inbox) inboundRow(ctx context.Context, in Inbound) (row rows.InboundMailGetRow, known []rows.AddressesOfRow, err error) {
	err = x.DB.InOrg(ctx, in.Org, func(q *rows.Queries) (err error) {
		if row, err = q.InboundMailGet(ctx, in.Org, in.ID); err != nil {
			return err
		}
		known, err = q.AddressesOf(ctx, in.Org, author(row))
		return err
	})
	return row, known, err
}

// author is the person whom the address belongs to, reader the other one.
func author(row rows.InboundMailGetRow) uuid.UUID {
	if row.Direction == "to_client" {
		return row.CoachID
	}
	return row.ClientID
}

func reader(row rows.InboundMailGetRow) uuid.UUID {
	if row.Direction == "to_client" {
		return row.ClientID
	}
	return row.CoachID
}

// judge reads the mail and decides what it is. What a machine sent for certain is
// told before the sender is looked at, since nothing may answer it; what mail of
// people can have, too, counts less where the address is the author's. A mail that
// cannot be read is put aside, never dropped.
func (x *Inbox) judge(in Inbound, row rows.InboundMailGetRow, known []rows.AddressesOfRow, raw []byte) (*receive.Inbound, Verdict) {
	if row.TooLarge {
		return receive.ReadHeader(raw), Verdict{"quarantined", "mail_too_large"}
	}
	letter, err := receive.ParseInbound(raw)
	var refusal *receive.Refusal
	if errors.As(err, &refusal) {
		return receive.ReadHeader(raw), Verdict{"quarantined", refusal.Code}
	}
	if err != nil {
		return receive.ReadHeader(raw), Verdict{"quarantined", "mail_unreadable"}
	}
	verdict := x.judgeSender(in, row, known, letter, raw)
	if refusal := letter.Refused(); verdict.State == "posted" && refusal != nil {
		return letter, Verdict{"quarantined", refusal.Code}
	}
	return letter, verdict
}

// judgeSender decides by who sent the mail. One that was let through is of a
// sender who is believed. theirs are the addresses of the expected author.
func (x *Inbox) judgeSender(in Inbound, row rows.InboundMailGetRow, theirs []rows.AddressesOfRow, letter *receive.Inbound, raw []byte) Verdict {
	signs := receive.ReadSigns(raw, x.Outbox.From.Addr)
	if signs.Proof != "" {
		return Verdict{"ignored", signs.Proof}
	}
	from, unclear := letter.SoleAuthor()
	isTheirs := func(a rows.AddressesOfRow) bool { return coaching.SameMailbox(a.Address, from.Addr) }
	known := in.Released || unclear == nil && slices.ContainsFunc(theirs, isTheirs)
	if reason, robot := signs.Automatic(known); robot {
		return Verdict{"ignored", reason}
	}
	if in.Released {
		return Verdict{State: "posted"}
	}
	if reason := x.doubt(row, unclear, known, raw); reason != "" {
		return Verdict{"quarantined", reason}
	}
	return Verdict{State: "posted"}
}

// doubt gives the reason why the sender is not believed to be the author; unclear
// is why the mail has no sole author, and known tells whether the address is the
// author's.
func (x *Inbox) doubt(row rows.InboundMailGetRow, unclear error, known bool, raw []byte) string {
	switch {
	case row.AddressRetired:
		return "address_retired"
	case unclear != nil:
		return "author_unclear"
	case !known:
		return "sender_unknown"
	}
	if verdict := receive.VerifySender(raw, x.AuthservID); !verdict.Pass {
		return verdict.Reason
	}
	return ""
}

// settle records a mail that is not posted. Of a doubtful one the person whom
// it claims to be from is told, never the sender.
func (x *Inbox) settle(ctx context.Context, in Inbound, row rows.InboundMailGetRow, letter *receive.Inbound, verdict Verdict) error {
	err := x.DB.InOrg(ctx, in.Org, func(q *rows.Queries) error {
		if err := settleRow(ctx, q, in, letter, verdict); err != nil {
			return err
		}
		if verdict.State != "quarantined" {
			return nil
		}
		if verdict.Reason == answersLikeAMachine {
			if err := planMachinesWord(ctx, q, in, row); err != nil {
				return err
			}
		}
		return x.planQuarantineWord(ctx, q, in, row, verdict)
	})
	return err
}

// settleRow ends a mail with its verdict and, where a person let it through,
// that person's name.
func settleRow(ctx context.Context, q *rows.Queries, in Inbound, letter *receive.Inbound, verdict Verdict) error {
	if in.Released && verdict.State != "quarantined" {
		release := rows.InboundMailReleaseParams{OrgID: in.Org, ID: in.ID, ReleasedBy: in.Actor, ReleasedAt: &in.At}
		if _, err := q.InboundMailRelease(ctx, release); err != nil {
			return fmt.Errorf("record release of mail: %w", err)
		}
	}
	if _, err := q.InboundMailSettle(ctx, settled(in, letter, verdict)); err != nil {
		return fmt.Errorf("settle mail: %w", err)
	}
	return nil
}

func settled(in Inbound, letter *receive.Inbound, verdict Verdict) rows.InboundMailSettleParams {
	set := rows.InboundMailSettleParams{OrgID: in.Org, ID: in.ID, State: verdict.State, Reason: verdict.Reason, SettledAt: &in.At,
		Subject: shorten(letter.Subject, 500)}
	if len(letter.From) > 0 {
		set.FromAddress = shorten(letter.From[0].Addr, 320)
	}
	return set
}

// readSlots bounds how many mails are held whole at once: each can be 30 MB, and
// several times that when it is parsed.
var readSlots = make(chan struct{}, 3)

func shorten(s string, most int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}

// Discard ends a quarantined mail that nobody wants. Its bytes stay.
func (x *Inbox) Discard(ctx context.Context, in Inbound) (Verdict, error) {
	err := x.DB.InOrg(ctx, in.Org, func(q *rows.Queries) error {
		_, err := q.InboundMailDiscard(ctx, rows.InboundMailDiscardParams{OrgID: in.Org, ID: in.ID, SettledAt: &in.At, ReleasedBy: in.Actor})
		return err
	})
	return Verdict{State: "discarded"}, err
}

var quarantineWords = map[string]string{
	"address_retired":   "the system address is not in use any more.",
	"author_unclear":    "it does not say clearly who wrote it.",
	"sender_unknown":    "it came from an address that is not one of yours.",
	"no_results":        "the receiving mail server could not confirm where it came from.",
	"results_malformed": "the receiving mail server could not confirm where it came from.",
	"dmarc_failed":      "it failed the check that protects your address from being forged (DMARC).",
	"not_authenticated": "nothing proves that it came from your address.",
	"mail_too_large":    "it is larger than 30 MB.",
	"mail_encrypted":    "it is encrypted, and nobody here can open it. Send it again without encryption; a signature may stay.",
	answersLikeAMachine: "it came at once as an answer, as several before it within the hour, as from a machine.",
	"repeats_itself":    "the same words came several times as an answer within an hour, as from a machine.",
	"message_id_reused": "another mail with the same Message-ID, but other contents, was posted before.",
}

// Postable reports whether a mail that was put aside for a reason can still
// become a message: one that could not be read cannot.
func Postable(reason string) bool { return !strings.HasPrefix(reason, "mail_") }

// QuarantineWord says in words why a mail was put aside.
func QuarantineWord(reason string) string {
	if words, known := quarantineWords[reason]; known {
		return words
	}
	return "it could not be read safely."
}

// quarantineAdvice says what the author can do about a mail that was put aside.
func quarantineAdvice(row rows.InboundMailGetRow) string {
	if Postable(row.Reason) {
		return "If it was you, ask an admin of " + row.OrganizationName + " to release it."
	}
	return "If it was you, send it again in another form: as it is, nobody can release it."
}
