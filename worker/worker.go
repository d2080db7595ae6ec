// Package worker runs what runs by itself: the Temporal worker with the
// workflows and their activities, and the ingest that empties the mailbox.
package worker

import (
	"context"
	"fmt"
	"sync"
	"time"

	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"coachflow/activities"
	"coachflow/db"
	"coachflow/mail/receive"
	"coachflow/workflows"
)

// Config is what a worker needs.
type Config struct {
	Engine
	Domain *activities.Domain
	DB     *db.DB
	// MailsPerSecond is the mail provider's limit; 0 is none.
	MailsPerSecond float64
	// Mailbox is emptied by this worker; nil for none.
	Mailbox *receive.Mailbox
	// StopTimeout is how long a stop waits for what is under way.
	StopTimeout time.Duration
}

// Run works until ctx ends, and returns when everything under way is done or
// has been given back.
func Run(ctx context.Context, cfg Config) error {
	if !prepare(ctx, cfg.Engine) {
		return nil
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
			failed = cfg.DB.WithAdvisoryLock(ctx, db.IngestLock, empty)
		})
	}
	// One of the workers is enough.
	wait.Go(func() { _ = cfg.DB.WithAdvisoryLock(ctx, db.WatchLock, (&Watch{Engine: cfg.Engine, DB: cfg.DB}).Run) })
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

// mailWorker runs what sends mail, at the provider's pace.
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
	r.RegisterWorkflowWithOptions(workflows.MailRelease, workflow.RegisterOptions{Name: "MailRelease"})
	r.RegisterWorkflowWithOptions(workflows.Invitation, workflow.RegisterOptions{Name: "Invitation"})
	r.RegisterWorkflowWithOptions(workflows.StandaloneMail, workflow.RegisterOptions{Name: workflows.StandaloneMailType})
	r.RegisterWorkflowWithOptions(workflows.BusyCalendar, workflow.RegisterOptions{Name: "BusyCalendar"})
	r.RegisterWorkflowWithOptions(workflows.RecoverySweep, workflow.RegisterOptions{Name: "RecoverySweep"})
	r.RegisterWorkflowWithOptions(workflows.Sweep, workflow.RegisterOptions{Name: "Sweep"})
}
