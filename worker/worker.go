// Package worker runs what runs by itself: the Temporal worker with the
// workflows and their activities, and the ingest that empties the mailbox.
package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"coachflow/activities"
	"coachflow/db"
	"coachflow/mail/receive"
	"coachflow/workflows"
)

// Config is what a worker needs.
type Config struct {
	Temporal  client.Client
	Namespace string
	Domain    *activities.Domain
	DB        *db.DB
	// MailsPerSecond is the mail provider's limit; 0 is none.
	MailsPerSecond float64
	// Mailbox is emptied by this worker; nil for none.
	Mailbox *receive.Mailbox
	Log     *slog.Logger
	// StopTimeout is how long a stop waits for what is under way.
	StopTimeout time.Duration
}

// Run works until ctx ends, and returns when everything under way is done or
// has been given back.
func Run(ctx context.Context, cfg Config) error {
	if !prepare(ctx, cfg) {
		return nil // stopped while Temporal was away
	}
	queues := []sdk.Worker{rowsWorker(cfg), mailWorker(cfg)}
	for _, w := range queues {
		if err := w.Start(); err != nil {
			return fmt.Errorf("start worker: %w", err)
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wait sync.WaitGroup
	var failed error
	if cfg.Mailbox != nil {
		empty := func(ctx context.Context) error { return cfg.Mailbox.Run(ctx, (&ingest{cfg}).take) }
		// More than one worker at the mailbox would do no harm, only the work twice.
		wait.Go(func() {
			defer cancel() // a mailbox that cannot work ends the process, loudly
			failed = cfg.DB.Alone(ctx, db.IngestLock, empty)
		})
	}
	<-ctx.Done()
	for _, w := range queues {
		wait.Go(w.Stop)
	}
	wait.Wait()
	return failed
}

// rowsWorker runs workflows and what touches rows alone.
func rowsWorker(cfg Config) sdk.Worker {
	w := sdk.New(cfg.Temporal, workflows.TaskQueue, sdk.Options{
		// The default of 5 s is how long an Update waits for a worker that died.
		StickyScheduleToStartTimeout: time.Second,
		WorkerStopTimeout:            cfg.StopTimeout,
	})
	Register(w)
	w.RegisterActivity(cfg.Domain.Activities)
	return w
}

// mailsAtOnce is how many mails one worker handles at the same time.
const mailsAtOnce = 16

// mailWorker runs what hands over mail, at the provider's pace.
func mailWorker(cfg Config) sdk.Worker {
	w := sdk.New(cfg.Temporal, workflows.MailTaskQueue, sdk.Options{
		TaskQueueActivitiesPerSecond: cfg.MailsPerSecond,
		DisableWorkflowWorker:        true,
		WorkerStopTimeout:            cfg.StopTimeout,
		// Mails are read whole: what is under way at once bounds the memory.
		MaxConcurrentActivityExecutionSize: mailsAtOnce,
		// The default would let a heartbeat through only every ten seconds.
		MaxHeartbeatThrottleInterval: 3 * time.Second,
	})
	w.RegisterActivity(cfg.Domain.Activities)
	return w
}

// Register registers the workflows.
func Register(r sdk.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(workflows.Program, workflow.RegisterOptions{Name: "Program"})
	r.RegisterWorkflowWithOptions(workflows.InboundMail, workflow.RegisterOptions{Name: "InboundMail"})
	r.RegisterWorkflowWithOptions(workflows.Invitation, workflow.RegisterOptions{Name: "Invitation"})
	r.RegisterWorkflowWithOptions(workflows.Notice, workflow.RegisterOptions{Name: "Notice"})
	r.RegisterWorkflowWithOptions(workflows.Sweep, workflow.RegisterOptions{Name: "Sweep"})
}

// prepare makes the search attributes and the sweep's schedule. Temporal may
// be on its way up: it is asked until it answers. False: ctx ended before it did.
func prepare(ctx context.Context, cfg Config) (ready bool) {
	for ctx.Err() == nil {
		err := errors.Join(addSearchAttributes(ctx, cfg), scheduleSweep(ctx, cfg))
		if err == nil {
			return true
		}
		cfg.Log.WarnContext(ctx, "Temporal is not ready, will be asked again", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(2 * time.Second):
		}
	}
	return false
}

func addSearchAttributes(ctx context.Context, cfg Config) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	operator := cfg.Temporal.OperatorService()
	present, err := operator.ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: cfg.Namespace})
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
	_, err = operator.AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: cfg.Namespace, SearchAttributes: missing})
	if err != nil {
		return fmt.Errorf("add search attributes: %w", err)
	}
	return nil
}

func scheduleSweep(ctx context.Context, cfg Config) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	_, err := cfg.Temporal.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID:      workflows.SweepID,
		Spec:    client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: workflows.SweepEvery}}},
		Overlap: enums.SCHEDULE_OVERLAP_POLICY_SKIP,
		Action:  &client.ScheduleWorkflowAction{ID: workflows.SweepID, Workflow: "Sweep", TaskQueue: workflows.TaskQueue},
	})
	if err != nil && !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return fmt.Errorf("schedule sweep: %w", err)
	}
	return nil
}
