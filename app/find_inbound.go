package app

import (
	"context"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
)

// InboundMailFilter chooses mails that came to system addresses. Its orders are urgent
// (what is in quarantine, then the rest, the newest first) and newest; where something is
// searched for outside of the quarantine, newest alone.
type InboundMailFilter struct {
	ListQuery
	State string
}

// InboundMailRow is a mail that came in as lists show it: to whose address.
type InboundMailRow struct {
	InboundMail
	Address    string     `json:"address,omitempty" doc:"The system address that it came to; absent for that of a session, and for the one that nobody reads, which belongs to no conversation."`
	Direction  string     `json:"direction,omitempty" enum:"to_client,to_coach"`
	CoachID    *uuid.UUID `json:"coach_id,omitempty"`
	CoachName  string     `json:"coach_name,omitempty"`
	ClientID   *uuid.UUID `json:"client_id,omitempty"`
	ClientName string     `json:"client_name,omitempty"`
}

// FindInboundMails lists mails that came in. A search finds them by the coach and the
// client of the address that they came to, in quarantine also by sender and subject. The
// counts are by state; while something is searched for, there are none.
func (a *App) FindInboundMails(ctx context.Context, p Principal, in InboundMailFilter) (Listing[InboundMailRow], error) {
	if err := adminOnly(p); err != nil {
		return Listing[InboundMailRow]{}, err
	}
	var out Listing[InboundMailRow]
	err := a.list(ctx, p, func(q *rows.Queries) error {
		s, err := searchFor(ctx, q, in.Search)
		if err != nil {
			return err
		}
		if s.pattern != nil && in.State != string(coaching.InboundQuarantined) {
			out, err = a.findInboundOf(ctx, q, p, in)
			return err
		}
		if out, err = a.findInbound(ctx, q, p, in, s); err == nil && s.pattern == nil {
			out.Counts, err = countInbound(ctx, q, p)
		}
		return err
	})
	return out, err
}

func (a *App) findInbound(ctx context.Context, q *rows.Queries, p Principal, in InboundMailFilter, s search) (out Listing[InboundMailRow], err error) {
	at, err := in.place(UrgentFirst, NewestFirst)
	if err != nil {
		return out, err
	}
	at = at.among(in.State != "")
	list, err := q.InboundMailsFind(ctx, rows.InboundMailsFindParams{OrgID: p.Org, State: optional(in.State), Pattern: s.pattern,
		Part: at.part, Sort: at.sort, KeyFlag: at.Flag, KeyTime: at.Time, KeyID: at.ID, Most: at.most})
	return listing(at, list, inboundKey, a.inboundRow), wrap(err, "list inbound mails")
}

// findInboundOf reads the mails to the addresses of those whom a search finds.
func (a *App) findInboundOf(ctx context.Context, q *rows.Queries, p Principal, in InboundMailFilter) (out Listing[InboundMailRow], err error) {
	if in.Sort == "" || in.Sort == UrgentFirst {
		in.Sort = NewestFirst
	}
	at, err := in.place(NewestFirst)
	if err != nil {
		return out, err
	}
	streams, narrow, err := streamsFound(ctx, q, p, in.Search)
	if err != nil {
		return out, err
	}
	addresses, err := q.SystemAddressesOfStreams(ctx, p.Org, streams)
	if err != nil {
		return out, wrap(err, "list addresses of streams")
	}
	found, err := q.InboundMailsFindAt(ctx, rows.InboundMailsFindAtParams{OrgID: p.Org, Addresses: addresses, State: optional(in.State),
		Part: at.part, Sort: at.sort, KeyTime: at.Time, KeyID: at.ID, Most: at.most})
	list := make([]rows.InboundMailsFindRow, len(found))
	for i, r := range found {
		list[i] = rows.InboundMailsFindRow(r)
	}
	out = listing(at, list, inboundKey, a.inboundRow)
	out.Narrow = narrow
	return out, wrap(err, "list inbound mails of people")
}

func inboundKey(r rows.InboundMailsFindRow) cursor {
	return cursor{Flag: r.State == string(coaching.InboundQuarantined), Time: r.ReceivedAt, ID: r.ID}
}

func (a *App) inboundRow(r rows.InboundMailsFindRow) InboundMailRow {
	row := InboundMailRow{Direction: r.Direction, CoachID: r.CoachID, CoachName: r.CoachName, ClientID: r.ClientID, ClientName: r.ClientName,
		InboundMail: inboundMail(rows.InboundMailReadRow{ID: r.ID, SystemAddressID: r.SystemAddressID, SessionID: r.SessionID, State: r.State, Reason: r.Reason, FromAddress: r.FromAddress,
			Subject: r.Subject, TooLarge: r.TooLarge, ReceivedAt: r.ReceivedAt, SettledAt: r.SettledAt, ReleasedAt: r.ReleasedAt, Size: r.Size})}
	if r.LocalPart != "" {
		row.Address = r.LocalPart + "@" + a.Inbox.Domain
	}
	return row
}

func countInbound(ctx context.Context, q *rows.Queries, p Principal) (Counts, error) {
	counts := map[string]Count{}
	list, err := q.InboundMailsCount(ctx, p.Org, mostCounted+1)
	for _, r := range list {
		counts[r.Value] = count(r.Count)
	}
	return Counts{"state": counts}, wrap(err, "count inbound mails")
}
