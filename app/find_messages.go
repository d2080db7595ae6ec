package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"coachflow/db/rows"
)

// MessageFilter chooses messages of all streams. Its orders are urgent (what waits for the
// coach's answer, then the rest, the newest first) and newest.
type MessageFilter struct {
	ListQuery
	Waits bool // only those that wait for the coach's answer
}

// MessageRow is a message as lists show it.
type MessageRow struct {
	ID         uuid.UUID `json:"id"`
	StreamID   uuid.UUID `json:"stream_id"`
	CoachID    uuid.UUID `json:"coach_id"`
	CoachName  string    `json:"coach_name"`
	ClientID   uuid.UUID `json:"client_id"`
	ClientName string    `json:"client_name"`
	AuthorID   uuid.UUID `json:"author_id"`
	AuthorName string    `json:"author_name"`
	Subject    string    `json:"subject"`
	Beginning  string    `json:"beginning" doc:"The first 200 letters of the text."`
	PostedAt   time.Time `json:"posted_at"`
	Waits      bool      `json:"waits" doc:"The client's, and the latest of its stream: the coach has not answered."`
	Files      int       `json:"files"`
}

// mostStreams is how many streams that an admin's search finds are read for one page, and
// mostOwnStreams how many of one's own, which is more than anybody has.
const (
	mostStreams    = 300
	mostOwnStreams = 100_000
)

// FindMessages lists messages of the streams that the principal may see. A search finds
// streams by the names of coach and client; whom the principal may read also by address.
// The counts are of what waits.
func (a *App) FindMessages(ctx context.Context, p Principal, in MessageFilter) (Listing[MessageRow], error) {
	var out Listing[MessageRow]
	err := a.list(ctx, p, func(q *rows.Queries) error {
		streams, narrow, err := streamsFound(ctx, q, p, in.Search)
		if err != nil {
			return err
		}
		if out, err = findMessages(ctx, q, p, in, streams); err != nil {
			return err
		}
		out.Narrow = narrow
		out.Counts, err = countMessages(ctx, q, p, streams)
		return err
	})
	return out, err
}

// streamsFound are the streams that the principal may see which a search has found; nil:
// all of the organization.
func streamsFound(ctx context.Context, q *rows.Queries, p Principal, typed string) (streams []uuid.UUID, narrow bool, err error) {
	s, err := searchFor(ctx, q, typed)
	switch {
	case err != nil:
		return nil, false, err
	case !p.Admin():
		streams, err = q.StreamsOfPerson(ctx, rows.StreamsOfPersonParams{OrgID: p.Org, Person: p.Person, Pattern: s.pattern, Most: mostOwnStreams})
		return streams, false, wrap(err, "list streams")
	case s.pattern == nil:
		return nil, false, nil
	default:
		var people []uuid.UUID
		if people, narrow, err = s.people(ctx, q, p.Org, mostPeople); err != nil {
			return nil, false, err
		}
		streams, err = q.StreamsOf(ctx, rows.StreamsOfParams{OrgID: p.Org, People: people, Most: mostStreams + 1})
	}
	if len(streams) > mostStreams {
		streams, narrow = streams[:mostStreams], true
	}
	return streams, narrow, wrap(err, "search streams")
}

func findMessages(ctx context.Context, q *rows.Queries, p Principal, in MessageFilter, streams []uuid.UUID) (out Listing[MessageRow], err error) {
	at, err := in.place(UrgentFirst, NewestFirst)
	if err != nil {
		return out, err
	}
	at = at.among(in.Waits)
	var list []rows.MessagesFindRow
	if streams == nil {
		list, err = q.MessagesFind(ctx, rows.MessagesFindParams{OrgID: p.Org, Waits: optional(in.Waits), Part: at.part, Sort: at.sort, KeyFlag: at.Flag, KeyID: at.ID, Most: at.most})
	} else {
		var some []rows.MessagesFindInRow
		some, err = q.MessagesFindIn(ctx, rows.MessagesFindInParams{OrgID: p.Org, Streams: streams, Waits: optional(in.Waits), Part: at.part, Sort: at.sort, KeyFlag: at.Flag, KeyID: at.ID, Most: at.most})
		for _, r := range some {
			list = append(list, rows.MessagesFindRow(r))
		}
	}
	return listing(at, list, func(r rows.MessagesFindRow) cursor { return cursor{Flag: r.Waits, ID: r.ID} }, messageRow), wrap(err, "list messages")
}

func messageRow(r rows.MessagesFindRow) MessageRow {
	return MessageRow{ID: r.ID, StreamID: r.StreamID, CoachID: r.CoachID, CoachName: r.CoachName, ClientID: r.ClientID, ClientName: r.ClientName, AuthorID: r.AuthorID,
		AuthorName: r.AuthorName, Subject: r.Subject, Beginning: r.Beginning, PostedAt: r.PostedAt, Waits: r.Waits, Files: int(r.Files)}
}

func countMessages(ctx context.Context, q *rows.Queries, p Principal, streams []uuid.UUID) (Counts, error) {
	if streams == nil {
		n, err := q.MessagesCount(ctx, p.Org, mostCounted+1)
		return Counts{"waits": {"": count(n.Everything), "true": count(n.Waiting)}}, wrap(err, "count messages")
	}
	n, err := q.MessagesCountIn(ctx, rows.MessagesCountInParams{OrgID: p.Org, Streams: streams, Most: mostCounted + 1})
	return Counts{"waits": {"": count(n.Everything), "true": count(n.Waiting)}}, wrap(err, "count messages of streams")
}
