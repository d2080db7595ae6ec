package app_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

func requireBusy(t *testing.T, err error) {
	t.Helper()
	problem, told := coaching.AsProblem(err)
	require.True(t, told, "%v", err)
	require.Equal(t, "passwords_busy", problem.Code)
	require.Equal(t, coaching.Unavailable, problem.Class)
}

func refused(t *testing.T) func() error {
	return func() error {
		t.Error("it was refused, and must not be checked")
		return nil
	}
}

func TestLane_ServesInOrderAndNoMoreAtOnceThanItHasSlots(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		lane, release := app.NewLane(2, 10), make(chan struct{})
		served, atOnce, most := []int{}, 0, 0
		for i := range 12 {
			go func() {
				err := lane.Do(t.Context(), func() error {
					served, atOnce = append(served, i), atOnce+1
					most = max(most, atOnce)
					<-release
					atOnce--
					return nil
				})
				require.NoError(t, err)
			}()
			synctest.Wait() // it has its place before the next one comes
		}
		requireBusy(t, lane.Do(t.Context(), refused(t)))
		for range 12 {
			release <- struct{}{}
			synctest.Wait()
		}
		require.Equal(t, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, served)
		require.Equal(t, 2, most)
		require.NoError(t, lane.Do(t.Context(), func() error { return nil }), "and is free again")
	})
}

func TestLane_WhoWaitsLongerThanTheRequestLastsIsToldAndLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		lane, release := app.NewLane(1, 1), make(chan struct{})
		go func() { require.NoError(t, lane.Do(t.Context(), func() error { <-release; return nil })) }()
		synctest.Wait()
		for range 3 { // each leaves its place to the next
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			requireBusy(t, lane.Do(ctx, refused(t)))
			cancel()
		}
		close(release)
	})
}

// The right password from a known device is served while a hundred tries of
// strangers hold and fill their lane, and before any of them.
func TestLogin_OwnersDoNotWaitForStrangers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	device, err := w.app.KnownDevice(t.Context(), email("Clara"), w.app.KeepDevice(w.clara, nil))
	require.NoError(t, err)
	hold := make(chan struct{})
	refused, served := make(chan error, 100), make(chan struct{}, 100)
	for range 100 {
		go func() {
			refused <- w.app.Strangers.Do(context.Background(), func() error {
				<-hold
				served <- struct{}{}
				return nil
			})
		}()
	}
	requireBusy(t, <-refused) // answered at once only where the lane is full
	_, err = w.app.Login(t.Context(), email("Clara"), password, coaching.Device{})
	requireBusy(t, err)
	who, err := w.app.Login(t.Context(), email("Clara"), password, device)
	require.NoError(t, err)
	require.Equal(t, w.clara.Person, who.Person)
	require.Empty(t, served)
	close(hold)
	for range 99 {
		<-refused
	}
	_, err = w.app.Login(t.Context(), email("Clara"), password, coaching.Device{})
	require.NoError(t, err)
}
