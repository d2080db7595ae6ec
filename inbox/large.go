package inbox

import (
	"context"
	"fmt"
	"io"

	"coachflow/db/rows"
	"coachflow/mail/receive"
)

// A mail over receive.MaxMailSize is not parsed: that takes more than its size in memory,
// and how much more is up to its sender. It is stored as it comes, piece by piece, and
// judged by its header. It never becomes a message, and its author is told what to do
// instead.

// large tells whether a mail is over what is read.
func large(row rows.InboundMailGetRow) bool { return row.TooLarge || row.Size > receive.MaxMailSize }

// receiveLarge settles a large mail. What its header shows to be a machine's is ignored
// as any other is.
func (x *Inbox) receiveLarge(ctx context.Context, in Inbound, row rows.InboundMailGetRow, theirs []rows.AddressesOfRow) (Verdict, error) {
	header, err := x.headerOf(ctx, row.RawKey)
	if err != nil {
		return Verdict{}, err
	}
	letter, verdict := receive.ReadHeader(header), Verdict{"quarantined", mailLarge}
	if row.TooLarge {
		verdict.Reason = mailTooLarge
	}
	known, _ := isOf(theirs, letter)
	if reason, robot := receive.ReadSigns(header, x.Outbox.From.Addr).Automatic(known); robot {
		verdict = Verdict{"ignored", reason}
	}
	return verdict, x.settle(ctx, in, row, letter, verdict, x.isAuthors(theirs, letter, header))
}

// headerOf reads so much of a stored mail as its header may have.
func (x *Inbox) headerOf(ctx context.Context, key string) ([]byte, error) {
	mail, _, err := x.Blobs.Open(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("open stored mail: %w", err)
	}
	header, err := io.ReadAll(io.LimitReader(mail, receive.MaxHeaderSize))
	_ = mail.Close() // what was read was read
	if err != nil {
		return nil, fmt.Errorf("read header of stored mail: %w", err)
	}
	return header, nil
}
