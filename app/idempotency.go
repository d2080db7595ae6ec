package app

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"time"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

// A POST that carries a key is carried out once: whoever repeats it gets the
// answer of the first one.

// requestKeyLife is how long a key and its answer are kept.
const requestKeyLife = 24 * time.Hour

// maxRequestKey bounds a key, in bytes.
const maxRequestKey = 200

// StoredResponse is the answer to a request that was carried out.
type StoredResponse struct {
	Status int
	Header map[string]string
	Body   []byte
}

// ClaimRequest takes a key for a request, told apart by its hash. Without an
// answer to replay the request is the caller's to carry out, and the caller
// ends the claim by FinishRequest or ReleaseRequest. Keys are the principal's
// own. A key of another request is idempotency_key_reused, one whose request
// has no answer yet is idempotency_in_progress.
func (a *App) ClaimRequest(ctx context.Context, p Principal, key string, requestHash []byte) (replay *StoredResponse, err error) {
	if !validRequestKey(key) {
		return nil, coaching.Problemf(coaching.Invalid, "idempotency_key_invalid", "An Idempotency-Key is 1 to %d printable ASCII characters.", maxRequestKey)
	}
	err = a.inOrg(ctx, p, func(q *rows.Queries) error {
		claim := rows.IdempotencyClaimParams{OrgID: p.Org, PrincipalID: p.Person, Key: key, RequestHash: requestHash}
		claimed, err := q.IdempotencyClaim(ctx, claim)
		if err != nil {
			return wrap(err, "claim request key")
		}
		if claimed == 1 {
			return pruneRequests(ctx, q, p)
		}
		replay, err = answered(ctx, q, claim)
		return err
	})
	return replay, err
}

func validRequestKey(key string) bool {
	for i := range len(key) {
		if key[i] < ' ' || key[i] > '~' {
			return false
		}
	}
	return key != "" && len(key) <= maxRequestKey
}

// pruneRequests forgets old keys, at about every fiftieth request: which one pays
// for it does not matter.
func pruneRequests(ctx context.Context, q *rows.Queries, p Principal) error {
	if rand.IntN(50) != 0 {
		return nil
	}
	return wrap(q.IdempotencyPrune(ctx, p.Org, now().Add(-requestKeyLife)), "forget old request keys")
}

// answered says what became of the request that has the key already; nothing,
// where that was so long ago that the key could be claimed anew.
func answered(ctx context.Context, q *rows.Queries, claim rows.IdempotencyClaimParams) (*StoredResponse, error) {
	row, err := q.IdempotencyGet(ctx, rows.IdempotencyGetParams{OrgID: claim.OrgID, PrincipalID: claim.PrincipalID, Key: claim.Key})
	if db.NoRow(err) {
		return nil, inProgress() // released a moment ago: trying again works
	}
	if err != nil {
		return nil, wrap(err, "read request key")
	}
	oldest := now().Add(-requestKeyLife)
	if row.CreatedAt.Before(oldest) {
		return nil, reclaim(ctx, q, claim, oldest)
	}
	if !bytes.Equal(row.RequestHash, claim.RequestHash) {
		return nil, coaching.Problemf(coaching.Invalid, "idempotency_key_reused", "This Idempotency-Key was used for another request; take a new one for each request.")
	}
	if row.Status == nil {
		return nil, inProgress()
	}
	out := &StoredResponse{Status: int(*row.Status), Body: row.Body}
	return out, wrap(json.Unmarshal(row.Headers, &out.Header), "read stored headers")
}

func inProgress() error {
	return coaching.Problemf(coaching.Conflict, "idempotency_in_progress",
		"The first request with this Idempotency-Key has no answer yet. Try again in a moment; should it have been cut off, look whether it took effect before you send it with a new key.")
}

func reclaim(ctx context.Context, q *rows.Queries, claim rows.IdempotencyClaimParams, oldest time.Time) error {
	if err := q.IdempotencyPrune(ctx, claim.OrgID, oldest); err != nil {
		return wrap(err, "forget old request keys")
	}
	claimed, err := q.IdempotencyClaim(ctx, claim)
	if err == nil && claimed == 0 {
		return inProgress() // somebody else was faster
	}
	return wrap(err, "claim request key")
}

// FinishRequest stores the answer to a claimed request.
func (a *App) FinishRequest(ctx context.Context, p Principal, key string, answer StoredResponse) error {
	headers, err := json.Marshal(answer.Header)
	if err != nil {
		return wrap(err, "write headers")
	}
	status := int32(answer.Status)
	return a.inOrg(ctx, p, func(q *rows.Queries) error {
		return wrap(q.IdempotencyFinish(ctx, rows.IdempotencyFinishParams{OrgID: p.Org, PrincipalID: p.Person, Key: key,
			Status: &status, Headers: headers, Body: answer.Body}), "store answer")
	})
}

// ReleaseRequest gives a key back whose request failed for a passing reason, so
// that it can be tried again.
func (a *App) ReleaseRequest(ctx context.Context, p Principal, key string) error {
	return a.inOrg(ctx, p, func(q *rows.Queries) error {
		return wrap(q.IdempotencyRelease(ctx, rows.IdempotencyReleaseParams{OrgID: p.Org, PrincipalID: p.Person, Key: key}), "release request key")
	})
}
