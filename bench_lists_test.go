package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
)

// The times are printed at once: of what a benchmark logs, go test shows ten lines.

// slowList is what no list may take.
const slowList = 50 * time.Millisecond

// BenchmarkLists tells how long each list takes with each of its filters, beside
// two million mails, and how Postgres went about those that take too long:
//
//	go test -run '^$' -bench Lists -benchtime 1x -timeout 60m .
//
// COACHFLOW_LISTS=1000 tries it with a thousand engagements, 20,000 mails and all
// else in proportion, instead of a hundred thousand engagements.
func BenchmarkLists(b *testing.B) {
	scale := 100_000
	if given := os.Getenv("COACHFLOW_LISTS"); given != "" {
		var err error
		scale, err = strconv.Atoi(given)
		require.NoError(b, err, "COACHFLOW_LISTS is the number of engagements")
	}
	began := time.Now()
	w := newListWorld(b, scale)
	fmt.Printf("%d engagements, %d people, %d mails, %d messages, made in %s\n", w.scale, w.people(), w.notifications(), w.messages(), time.Since(began).Round(time.Second))
	a, seen := w.open(b)
	plans := w.plans(b)
	var slowest time.Duration
	for b.Loop() {
		for _, c := range append(w.listCases(), sweepCases()...) {
			took := timeList(b, a, c)
			slowest = max(slowest, took)
			fmt.Printf("%8.2f ms  %s\n", milliseconds(took), c.name)
			if took < slowList {
				continue
			}
			seen.reset()
			require.NoError(b, c.read(b.Context(), a))
			for _, s := range seen.list() {
				fmt.Printf("%s\n%s\n", s.sql, plans.explain(b, s).text)
			}
		}
	}
	b.ReportMetric(milliseconds(slowest), "ms-slowest")
	b.ReportMetric(0, "ns/op") // a run is no unit of anything
}

// timeList is the median of a few times.
func timeList(b *testing.B, a *app.App, c listCase) time.Duration {
	b.Helper()
	var times []time.Duration
	for range 5 {
		began := time.Now()
		require.NoError(b, c.read(b.Context(), a), c.name)
		times = append(times, time.Since(began))
	}
	slices.Sort(times)
	return times[len(times)/2]
}

// sweepCases are what the recovery sweep asks every minute.
func sweepCases() []listCase {
	before, most := time.Now().Add(-time.Minute), int32(200)
	return []listCase{
		{"sweep: answers", func(ctx context.Context, a *app.App) error {
			return fault(a.DB.Across().SweepAnswers(ctx, before, most))
		}},
		{"sweep: inbound mails", func(ctx context.Context, a *app.App) error {
			return fault(a.DB.Across().SweepInboundMails(ctx, before, most))
		}},
		{"sweep: mails let through", func(ctx context.Context, a *app.App) error {
			return fault(a.DB.Across().SweepLetThrough(ctx, before, most))
		}},
		{"sweep: mails with a waiting run", func(ctx context.Context, a *app.App) error {
			return fault(a.DB.Across().SweepWaitingMails(ctx, before, most))
		}},
		{"sweep: late sends", func(ctx context.Context, a *app.App) error { return fault(a.DB.Across().SweepLateSends(ctx, before)) }},
		{"sweep: programs", func(ctx context.Context, a *app.App) error {
			return fault(a.DB.Across().SweepPrograms(ctx, before, most))
		}},
		{"sweep: invitations", func(ctx context.Context, a *app.App) error {
			return fault(a.DB.Across().SweepInvitations(ctx, before, most))
		}},
		{"sweep: releasable", func(ctx context.Context, a *app.App) error { return fault(a.DB.Across().SweepReleasable(ctx, most)) }},
		{"sweep: released", func(ctx context.Context, a *app.App) error {
			return fault(a.DB.Across().SweepReleased(ctx, before, most))
		}},
		{"sweep: held", func(ctx context.Context, a *app.App) error { return fault(a.DB.Across().SweepHeld(ctx, before, most)) }},
		{"sweep: notices", func(ctx context.Context, a *app.App) error {
			return fault(a.DB.Across().SweepNotices(ctx, before, most))
		}},
	}
}
