package app_test

import (
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

// pool is a pool with Otto.
func (w *world) pool() app.Pool {
	w.Helper()
	pool, err := w.app.CreatePool(w.Context(), w.admin, app.PoolInput{Name: "Pool " + uuid.NewString(), Coaches: []uuid.UUID{w.otto.Person}})
	require.NoError(w, err)
	return pool
}

func (w *world) inPool() []any { return []any{w.pool().ID} }

// looking is an engagement of Ben's without a coach.
func (w *world) looking() uuid.UUID {
	w.Helper()
	e, err := w.app.CreateEngagement(w.Context(), w.admin, app.EngagementInput{Name: "Ben's", CoacheeID: w.ben.Person})
	require.NoError(w, err)
	return e.ID
}

// matching is one that has started for Ben.
func (w *world) matching() app.Matching {
	w.Helper()
	m, err := w.app.StartMatching(w.Context(), w.admin, w.looking(), app.MatchingStart{PoolID: w.pool().ID})
	require.NoError(w, err)
	return m
}

// What admins do to find a coach. Coachee and coach act by the links in their mails.
var matchingPermissions = []permission{
	// Before the foreign admin has made one.
	{"ListPools", "", func(w *world) []any {
		w.pool()
		return []any{paging}
	}, admins(nothing)},
	{"CreatePool", "", func(*world) []any { return []any{app.PoolInput{Name: "Pool " + uuid.NewString()}} }, admins(allowed)},
	{"GetPool", "", (*world).inPool, admins(missing("pool"))},
	{"UpdatePool", "", func(w *world) []any {
		pool := w.pool()
		return []any{pool.ID, pool.Version, app.PoolInput{Name: pool.Name}}
	}, admins(missing("pool"))},
	{"ArchivePool", "", (*world).inPool, admins(missing("pool"))},
	{"GetCoachProfile", "the coach's", func(w *world) []any { return []any{w.clara.Person} }, theCoachs},
	{"SetCoachProfile", "the coach's", func(w *world) []any {
		read, err := w.app.GetCoachProfile(w.Context(), w.clara, w.clara.Person)
		require.NoError(w, err)
		return []any{w.clara.Person, read.Version, coaching.CoachProfile{}}
	}, theCoachs},
	{"StartMatching", "", func(w *world) []any { return []any{w.looking(), app.MatchingStart{PoolID: w.pool().ID}} }, admins(missing("engagement"))},
	{"ListMatchings", "", func(w *world) []any { return []any{w.matching().EngagementID} }, admins(missing("engagement"))},
	{"ListOpenMatchings", "", func(w *world) []any {
		w.matching()
		return []any{paging}
	}, admins(nothing)},
	{"GetMatching", "", func(w *world) []any { return []any{w.matching().ID} }, admins(missing("matching"))},
	{"ActInMatching", "", func(w *world) []any {
		return []any{w.matching().ID, app.MatchingActInput{Kind: coaching.CancelMatching}}
	}, columns{engine, adminOnly, adminOnly, adminOnly, adminOnly, adminOnly, adminOnly, missing("matching")}},
}
