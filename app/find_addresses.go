package app

import (
	"context"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
)

// AddressFilter chooses system addresses in use. Its only order is newest.
type AddressFilter struct {
	ListQuery
	Coach     uuid.UUID
	Direction string
}

// FindSystemAddresses lists the addresses in use: for an admin all or a coach's, for a
// coach their own. A search finds them by coach and client. The counts are by direction.
func (a *App) FindSystemAddresses(ctx context.Context, p Principal, in AddressFilter) (Listing[SystemAddress], error) {
	if !p.Admin() && (!p.Coach() || (in.Coach != uuid.Nil && in.Coach != p.Person)) {
		return Listing[SystemAddress]{}, adminOnly(p)
	}
	if !p.Admin() {
		in.Coach = p.Person
	}
	var out Listing[SystemAddress]
	err := a.list(ctx, p, func(q *rows.Queries) error {
		var streams []uuid.UUID // nil: all
		var narrow bool
		var err error
		if typedWords(in.Search) != "" {
			if streams, narrow, err = streamsFound(ctx, q, p, in.Search); err != nil {
				return err
			}
		}
		if out, err = a.findAddresses(ctx, q, p, in, streams); err != nil {
			return err
		}
		out.Narrow = narrow
		out.Counts, err = countAddresses(ctx, q, p, in, streams)
		return err
	})
	return out, err
}

func (a *App) findAddresses(ctx context.Context, q *rows.Queries, p Principal, in AddressFilter, streams []uuid.UUID) (out Listing[SystemAddress], err error) {
	at, err := in.place(NewestFirst)
	if err != nil {
		return out, err
	}
	list, err := q.SystemAddressesFind(ctx, rows.SystemAddressesFindParams{OrgID: p.Org, Coach: optional(in.Coach), Direction: optional(in.Direction), Streams: streams,
		Part: at.part, Sort: at.sort, KeyID: at.ID, Most: at.most})
	return listing(at, list, func(r rows.SystemAddressesFindRow) cursor { return cursor{ID: r.ID} }, func(r rows.SystemAddressesFindRow) SystemAddress {
		return SystemAddress{ID: r.ID, StreamID: r.StreamID, Direction: r.Direction, Address: r.LocalPart + "@" + a.Inbox.Domain,
			CoachID: r.CoachID, CoachName: r.CoachName, ClientID: r.ClientID, ClientName: r.ClientName, CreatedAt: r.CreatedAt}
	}), wrap(err, "list system addresses")
}

func countAddresses(ctx context.Context, q *rows.Queries, p Principal, in AddressFilter, streams []uuid.UUID) (Counts, error) {
	counts, directions := map[string]Count{}, make([]string, len(coaching.Directions))
	for i, direction := range coaching.Directions {
		directions[i] = string(direction)
	}
	list, err := q.SystemAddressesCount(ctx, rows.SystemAddressesCountParams{OrgID: p.Org, Coach: optional(in.Coach), Streams: streams, Directions: directions, Most: mostCounted + 1})
	for _, r := range list {
		counts[r.Value] = count(r.Count)
	}
	return Counts{"direction": counts}, wrap(err, "count system addresses")
}
