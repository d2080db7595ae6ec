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
	// Released lets the mail through first, as runs of the version before ask for it.
	Released bool `json:"r,omitempty"`
	// Actor is who decides about the mail.
	Actor *uuid.UUID `json:"a,omitempty"`
	// RunEnds says that the run of the mail ends when this is done. Runs of the
	// version before wait for a decision.
	RunEnds bool `json:"e,omitempty"`
}

// Verdict is what became of a mail: posted, filed (its file was shared),
// duplicate, ignored or quarantined, with a stable code as the reason.
type Verdict struct {
	State  string `json:"s"`
	Reason string `json:"r,omitempty"`
}

// Receive reads a stored mail, judges it, and does what follows: it posts
// the message with its files and sends the onward mail, or puts the mail aside
// with its reason. A mail that was let through is posted. Repeating it sends what is
// missing.
func (x *Inbox) Receive(ctx context.Context, in Inbound) (Verdict, error) {
	if in.Released {
		if _, err := x.Release(ctx, in); err != nil {
			return Verdict{}, err
		}
	}
	verdict, err := x.receiveOnce(ctx, in)
	if errors.Is(err, errOvertaken) {
		verdict, err = x.receiveOnce(ctx, in)
	}
	if err != nil {
		return Verdict{}, err
	}
	return verdict, x.finishInbound(ctx, in, verdict.State)
}

// errOvertaken says that a mail was settled or decided about while it was read.
var errOvertaken = errors.New("the mail was settled meanwhile")

// receiveOnce settles a mail, unless that is done, and says what became of it.
func (x *Inbox) receiveOnce(ctx context.Context, in Inbound) (verdict Verdict, err error) {
	row, known, err := x.inboundRow(ctx, in)
	if db.NoRow(err) {
		return x.receiveOther(ctx, in)
	}
	if err != nil {
		return Verdict{}, err
	}
	in.Released = letThrough(row)
	verdict = Verdict{State: row.State, Reason: row.Reason}
	if row.State == string(coaching.InboundReceived) || in.Released {
		if verdict, err = x.receive(ctx, in, row, known); err != nil {
			return Verdict{}, err
		}
	}
	if in.RunEnds && !row.RunEnded && (verdict.State == string(coaching.InboundQuarantined) || row.ReleasedBy != nil) {
		return verdict, x.noteRunEnded(ctx, in)
	}
	return verdict, nil
}

// letThrough tells whether a person has let a mail through that is not posted yet. Its
// sender is believed then, and nothing else is waived.
func letThrough(row rows.InboundMailGetRow) bool {
	return row.ReleasedAt != nil && aside(row.State)
}

// aside tells whether a mail was put aside and can still be let through.
func aside(state string) bool {
	return state == string(coaching.InboundQuarantined) || state == string(coaching.InboundIgnored)
}

// noteRunEnded notes that no run waits for a decision about the mail.
func (x *Inbox) noteRunEnded(ctx context.Context, in Inbound) error {
	return x.DB.InOrg(ctx, in.Org, func(q *rows.Queries) error {
		if err := q.InboundMailRunEnded(ctx, in.Org, in.ID); err != nil {
			return fmt.Errorf("note the end of the mail's run: %w", err)
		}
		return nil
	})
}

// receive reads the mail and settles it.
func (x *Inbox) receive(ctx context.Context, in Inbound, row rows.InboundMailGetRow, known []rows.AddressesOfRow) (Verdict, error) {
	if large(row) {
		return x.receiveLarge(ctx, in, row, known)
	}
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
		return x.share(ctx, in, row, letter, name, file)
	}
	if verdict.State == "posted" {
		return x.post(ctx, in, row, letter, fault)
	}
	return verdict, x.settle(ctx, in, row, letter, verdict, x.isAuthors(known, letter, raw))
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

// judgeSender decides by who sent the mail. theirs are the addresses of the expected
// author. Of one that was let through the sender is believed, and signs of a machine
// count only where it must never be passed on.
func (x *Inbox) judgeSender(in Inbound, row rows.InboundMailGetRow, theirs []rows.AddressesOfRow, letter *receive.Inbound, raw []byte) Verdict {
	signs := receive.ReadSigns(raw, x.Outbox.From.Addr)
	if signs.Proof != "" && !(in.Released && postable(signs.Proof)) {
		return Verdict{"ignored", signs.Proof}
	}
	if in.Released {
		return Verdict{State: "posted"}
	}
	known, unclear := isOf(theirs, letter)
	if reason, robot := signs.Automatic(known); robot {
		if reason == receive.AutomaticBounce {
			reason = looksLikeABounce
		}
		return Verdict{"ignored", reason}
	}
	if reason := x.doubt(row, unclear, known, raw); reason != "" {
		return Verdict{"quarantined", reason}
	}
	return Verdict{State: "posted"}
}

// isOf tells whether the one author of a mail writes from one of these addresses;
// unclear is why there is no one author.
func isOf(theirs []rows.AddressesOfRow, letter *receive.Inbound) (known bool, unclear error) {
	from, unclear := letter.SoleAuthor()
	return unclear == nil && slices.ContainsFunc(theirs, func(a rows.AddressesOfRow) bool { return coaching.SameMailbox(a.Address, from.Addr) }), unclear
}

// isAuthors tells whether a mail is the expected author's for certain, to whichever
// address of theirs.
func (x *Inbox) isAuthors(theirs []rows.AddressesOfRow, letter *receive.Inbound, raw []byte) bool {
	known, _ := isOf(theirs, letter)
	return known && receive.VerifySender(raw, x.AuthservID).Pass
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
// it claims to be from is told, never the sender; theirs says that it is their own.
func (x *Inbox) settle(ctx context.Context, in Inbound, row rows.InboundMailGetRow, letter *receive.Inbound, verdict Verdict, theirs bool) error {
	return x.DB.InOrg(ctx, in.Org, func(q *rows.Queries) error {
		if err := settleRow(ctx, q, in, row, letter, verdict); err != nil {
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
		return x.planQuarantineWord(ctx, q, in, author(row), verdict, theirs)
	})
}

// settleRow ends a mail with its verdict, if it still is as it was read. One that was
// let through is not in quarantine any more, so nobody needs to be told that it is.
func settleRow(ctx context.Context, q *rows.Queries, in Inbound, row rows.InboundMailGetRow, letter *receive.Inbound, verdict Verdict) error {
	took, err := q.InboundMailSettle(ctx, settled(in, row, letter, verdict))
	if err != nil {
		return fmt.Errorf("settle mail: %w", err)
	}
	if took == 0 {
		return errOvertaken
	}
	if in.Released && !aside(verdict.State) {
		return takeQuarantineWordBack(ctx, q, in, "somebody has let the mail through")
	}
	return nil
}

func settled(in Inbound, row rows.InboundMailGetRow, letter *receive.Inbound, verdict Verdict) rows.InboundMailSettleParams {
	set := rows.InboundMailSettleParams{OrgID: in.Org, ID: in.ID, State: verdict.State, Reason: verdict.Reason, SettledAt: &in.At,
		Subject: shorten(letter.Subject, 500), Was: row.State, WasReleasedAt: row.ReleasedAt}
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
