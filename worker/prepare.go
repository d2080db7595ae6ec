package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"coachflow/workflows"
)

// Engine is a namespace of Temporal that is to be prepared for the workflows.
type Engine struct {
	Temporal  client.Client
	Namespace string
	Log       *slog.Logger
}

const (
	prepareAgain = 2 * time.Second  // while Temporal does not answer
	prepareEvery = 10 * time.Minute // once it is prepared
	prepareCall  = 10 * time.Second // for one part of it
)

// KeepPrepared prepares the namespace, and looks every ten minutes whether it
// still is prepared, until ctx ends: the search attributes exist, and the
// recovery sweep runs. Any number of processes may do so side by side.
func KeepPrepared(ctx context.Context, e Engine) {
	for prepare(ctx, e) {
		pause(ctx, prepareEvery)
	}
}

// prepare prepares the namespace once. Temporal may be on its way up: it is
// asked until it answers. The result is false when ctx has ended before that.
func prepare(ctx context.Context, e Engine) bool {
	for ctx.Err() == nil {
		err := e.prepareOnce(ctx)
		if err == nil {
			return true
		}
		e.Log.WarnContext(ctx, "Temporal is not ready, will be asked again", "error", err)
		pause(ctx, prepareAgain)
	}
	return false
}

func (e Engine) prepareOnce(ctx context.Context) error {
	if err := errors.Join(e.addSearchAttributes(ctx), e.deleteSweepSchedule(ctx)); err != nil {
		return err
	}
	return e.startSweep(ctx)
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func (e Engine) addSearchAttributes(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, prepareCall)
	defer cancel()
	operator := e.Temporal.OperatorService()
	present, err := operator.ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: e.Namespace})
	if err != nil {
		return fmt.Errorf("list search attributes: %w", err)
	}
	missing := map[string]enums.IndexedValueType{}
	for name := range workflows.SearchAttributes {
		if _, is := present.CustomAttributes[name]; !is {
			missing[name] = enums.INDEXED_VALUE_TYPE_KEYWORD
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = operator.AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: e.Namespace, SearchAttributes: missing})
	if err != nil {
		return fmt.Errorf("add search attributes: %w", err)
	}
	return nil
}

// deleteSweepSchedule deletes the schedule by which versions before the running
// sweep started one sweep a minute. While such a version runs beside this one,
// its start makes the schedule again.
func (e Engine) deleteSweepSchedule(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, prepareCall)
	defer cancel()
	err := e.Temporal.ScheduleClient().GetHandle(ctx, workflows.SweepID).Delete(ctx)
	var none *serviceerror.NotFound
	if err != nil && !errors.As(err, &none) {
		return fmt.Errorf("delete the schedule of the sweep: %w", err)
	}
	return nil
}

// startSweep starts the recovery sweep, unless it runs.
func (e Engine) startSweep(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, prepareCall)
	defer cancel()
	return workflows.StartRecoverySweep().By(ctx, e.Temporal)
}
