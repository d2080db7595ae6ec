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
const slowList = 100 * time.Millisecond

// BenchmarkLists tells how long each list takes with each of its filters and orders, in
// the middle and while it is searched, beside two million mails and five million
// messages: the median and, which other work on the machine touches least, the fastest;
// and how Postgres went about those that take too long:
//
//	go test -run '^$' -bench Lists -benchtime 20x -timeout 90m .
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
	cases := append(w.listCases(), sweepCases()...)
	times := make([][]time.Duration, len(cases))
	for b.Loop() {
		for i, c := range cases {
			began := time.Now()
			require.NoError(b, c.read(b.Context(), a), c.name)
			times[i] = append(times[i], time.Since(began))
		}
	}
	var slowest time.Duration
	fmt.Println("| list | median | fastest |\n|---|---|---|")
	for i, c := range cases {
		slices.Sort(times[i])
		median := times[i][len(times[i])/2]
		slowest = max(slowest, median)
		fmt.Printf("| %s | %.1f ms | %.1f ms |\n", c.name, milliseconds(median), milliseconds(times[i][0]))
		if median < slowList {
			continue
		}
		seen.reset()
		require.NoError(b, c.read(b.Context(), a))
		for _, s := range seen.list() {
			fmt.Printf("%s\n%s\n", s.sql, plans.explain(b, s).text)
		}
	}
	b.ReportMetric(milliseconds(slowest), "ms-slowest")
	b.ReportMetric(0, "ns/op") // a run is no unit of anything
}

// sweepCases are what the recovery sweep asks every minute.
func sweepCases() []listCase {
	before, most := time.Now().Add(-time.Minute), int32(200)
	return []listCase{
		{name: "sweep: answers", read: func(ctx context.Context, a *app.App) error {
			return fault(a.DB.Across().SweepAnswers(ctx, before, most))
		}},
		{name: "sweep: inbound mails", read: func(ctx context.Context, a *app.App) error {
			return fault(a.DB.Across().SweepInboundMails(ctx, before, most))
		}},
		{name: "sweep: mails let through", read: func(ctx context.Context, a *app.App) error {
			return fault(a.DB.Across().SweepLetThrough(ctx, before, most))
		}},
		{name: "sweep: mails with a waiting run", read: func(ctx context.Context, a *app.App) error {
			return fault(a.DB.Across().SweepWaitingMails(ctx, before, most))
		}},
		{name: "sweep: late sends", read: func(ctx context.Context, a *app.App) error { return fault(a.DB.Across().SweepLateSends(ctx, before)) }},
		{name: "sweep: programs", read: func(ctx context.Context, a *app.App) error {
			return fault(a.DB.Across().SweepPrograms(ctx, before, most))
		}},
		{name: "sweep: invitations", read: func(ctx context.Context, a *app.App) error {
			return fault(a.DB.Across().SweepInvitations(ctx, before, most))
		}},
		{name: "sweep: releasable", read: func(ctx context.Context, a *app.App) error { return fault(a.DB.Across().SweepReleasable(ctx, most)) }},
		{name: "sweep: released", read: func(ctx context.Context, a *app.App) error {
			return fault(a.DB.Across().SweepReleased(ctx, before, most))
		}},
		{name: "sweep: held", read: func(ctx context.Context, a *app.App) error { return fault(a.DB.Across().SweepHeld(ctx, before, most)) }},
		{name: "sweep: notices", read: func(ctx context.Context, a *app.App) error {
			return fault(a.DB.Across().SweepNotices(ctx, before, most))
		}},
	}
}
