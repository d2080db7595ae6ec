package app

import (
	"context"
	"io"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/inbox"
	"coachflow/workflows"
)

// InboundMail is a mail that came to a system address, and what became of it.
type InboundMail struct {
	ID              uuid.UUID  `json:"id"`
	SystemAddressID *uuid.UUID `json:"system_address_id,omitempty" doc:"The address that it came to; none: that of a session, or the one that nobody reads, to which replies to letters go."`
	SessionID       *uuid.UUID `json:"session_id,omitempty" doc:"The session to whose address it came."`
	State           string     `json:"state" doc:"received, posted, filed (its file was shared, without a message), taken (an answer about a session, or words to its coach), duplicate, ignored, quarantined or discarded"`
	Reason          string     `json:"reason,omitempty"`
	From            string     `json:"from,omitempty"`
	Subject         string     `json:"subject,omitempty"`
	Size            int64      `json:"size" doc:"bytes"`
	HeaderOnly      bool       `json:"header_only,omitempty" doc:"The mail is too large to be kept: of it there is the header alone."`
	Releasable      bool       `json:"releasable" doc:"An admin can let it through: it is in quarantine or was ignored, and can become a message."`
	NotReleasable   string     `json:"not_releasable,omitempty" doc:"Why a mail that was put aside or ignored cannot be let through."`
	ReceivedAt      time.Time  `json:"received_at"`
	SettledAt       *time.Time `json:"settled_at,omitempty"`
	ReleasedAt      *time.Time `json:"released_at,omitempty" doc:"When an admin let it through. While its state is still quarantined or ignored, it is being posted."`
}

// Aside tells whether the mail is in quarantine or was ignored, and nobody has let it through.
func (m InboundMail) Aside() bool {
	return m.ReleasedAt == nil && (m.State == string(coaching.InboundQuarantined) || m.State == string(coaching.InboundIgnored))
}

// BeingPosted tells whether the mail was let through, and is not posted yet.
func (m InboundMail) BeingPosted() bool {
	return m.ReleasedAt != nil && (m.State == string(coaching.InboundQuarantined) || m.State == string(coaching.InboundIgnored))
}

// Discardable tells whether the mail can be put aside for good.
func (m InboundMail) Discardable() bool {
	return m.Aside() && m.State == string(coaching.InboundQuarantined)
}

func inboundMail(r rows.InboundMailReadRow) InboundMail {
	m := InboundMail{ID: r.ID, SystemAddressID: r.SystemAddressID, SessionID: r.SessionID, State: r.State, Reason: r.Reason, From: r.FromAddress, Subject: coaching.Visible(r.Subject),
		Size: r.Size, HeaderOnly: r.TooLarge, ReceivedAt: r.ReceivedAt, SettledAt: r.SettledAt, ReleasedAt: r.ReleasedAt}
	if m.Aside() {
		m.NotReleasable = inbox.NotPostable(m.Reason, m.Size)
		if m.SystemAddressID == nil && m.SessionID == nil {
			m.NotReleasable = "It was sent to the address that nobody reads, so there is no conversation that it belongs to."
		}
		m.Releasable = m.NotReleasable == ""
	}
	return m
}

// GetInboundMail reads one mail.
func (a *App) GetInboundMail(ctx context.Context, p Principal, id uuid.UUID) (InboundMail, error) {
	r, err := a.readInbound(ctx, p, id)
	if err != nil {
		return InboundMail{}, err
	}
	return inboundMail(r), nil
}

// RawMail is a mail as it came, to be read to its end and closed. It may be large.
type RawMail struct {
	io.ReadCloser
	Size int64 // in bytes
}

// RawInboundMail opens a mail as it came.
func (a *App) RawInboundMail(ctx context.Context, p Principal, id uuid.UUID) (RawMail, error) {
	r, err := a.readInbound(ctx, p, id)
	if err != nil {
		return RawMail{}, err
	}
	raw, size, err := a.Inbox.Blobs.Open(ctx, r.RawKey)
	return RawMail{raw, size}, wrap(err, "open stored mail")
}

func (a *App) readInbound(ctx context.Context, p Principal, id uuid.UUID) (row rows.InboundMailReadRow, err error) {
	if err := adminOnly(p); err != nil {
		return row, err
	}
	err = a.inOrg(ctx, p, func(q *rows.Queries) (err error) {
		row, err = q.InboundMailRead(ctx, p.Org, id)
		return found(err, "inbound_mail")
	})
	return row, err
}

// ReleaseInboundMail lets a mail through that is in quarantine or was ignored. It is
// posted once, however often this is asked for. The decision is saved first: where the
// process engine does not answer in time, the mail that is returned is still being posted.
func (a *App) ReleaseInboundMail(ctx context.Context, p Principal, id uuid.UUID) (InboundMail, error) {
	if err := adminOnly(p); err != nil {
		return InboundMail{}, err
	}
	pending, err := a.Inbox.Release(ctx, inbox.Inbound{Org: p.Org, ID: id, At: now(), Actor: &p.Person})
	if err != nil {
		return InboundMail{}, err
	}
	if pending {
		a.runSaved(ctx, workflows.StartMailRelease(workflows.InboundMailInput{Org: p.Org, ID: id}))
	}
	m, err := a.GetInboundMail(ctx, p, id)
	if err == nil && m.NotReleasable != "" {
		return m, coaching.Problemf(coaching.Conflict, "mail_not_postable", "The mail cannot be let through. %s", m.NotReleasable)
	}
	return m, err
}

// DiscardInboundMail keeps a quarantined mail aside for good.
func (a *App) DiscardInboundMail(ctx context.Context, p Principal, id uuid.UUID) (InboundMail, error) {
	if err := adminOnly(p); err != nil {
		return InboundMail{}, err
	}
	if _, err := a.Inbox.Discard(ctx, inbox.Inbound{Org: p.Org, ID: id, At: now(), Actor: &p.Person}); err != nil {
		return InboundMail{}, err
	}
	return a.GetInboundMail(ctx, p, id)
}
