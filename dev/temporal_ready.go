package dev

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
)

// temporalPatience is how long a start may take; two seconds are usual.
const temporalPatience = 60 * time.Second

// awaitReady returns once the server answers for the namespace through all of
// its services, and the search attributes are there.
func (t *Temporal) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, temporalPatience)
	defer cancel()
	if err := t.awaitPort(ctx); err != nil {
		return err
	}
	c, err := client.NewLazyClient(client.Options{
		HostPort:  t.HostPort(),
		Namespace: t.cfg.Namespace,
		Logger:    sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		return fmt.Errorf("client for Temporal: %w", err)
	}
	defer c.Close()
	return t.poll(ctx, func() error {
		if err := checkServices(ctx, c); err != nil {
			return err
		}
		return t.addSearchAttributes(ctx, c)
	})
}

// awaitPort waits for the port to open: gRPC's own first retry after a refused
// connection comes a second later.
func (t *Temporal) awaitPort(ctx context.Context) error {
	return t.poll(ctx, func() error {
		connection, err := net.DialTimeout("tcp", t.HostPort(), time.Second)
		if err != nil {
			return err
		}
		return connection.Close()
	})
}

// poll repeats check until it succeeds, the server ends, or ctx does.
func (t *Temporal) poll(ctx context.Context, check func() error) error {
	for {
		err := check()
		if err == nil {
			return nil
		}
		select {
		case <-t.proc.done:
			return setupErrorf("Temporal's dev server did not start (%s): %s. Its log is %s.",
				t.proc.outcome(), lastLogLine(t.path("temporal.log"), "rror"), t.path("temporal.log"))
		case <-ctx.Done():
			return fmt.Errorf("wait for Temporal's dev server: %w", errors.Join(ctx.Err(), err))
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// checkServices asks the frontend for its health, and the history and matching
// services through it for something that does not exist.
func checkServices(ctx context.Context, c client.Client) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if _, err := c.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return err
	}
	var notFound *serviceerror.NotFound
	if _, err := c.DescribeWorkflowExecution(ctx, "no-such-workflow", ""); err != nil && !errors.As(err, &notFound) {
		return err
	}
	_, err := c.DescribeTaskQueue(ctx, "no-such-queue", enumspb.TASK_QUEUE_TYPE_WORKFLOW)
	return err
}

// addSearchAttributes registers what is missing. The flag on the command line
// counts only when a namespace is made, so a database from an earlier version
// would never learn a new attribute.
func (t *Temporal) addSearchAttributes(ctx context.Context, c client.Client) error {
	if len(t.cfg.SearchAttributes) == 0 {
		return nil
	}
	operator := c.OperatorService()
	known, err := operator.ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: t.cfg.Namespace})
	if err != nil {
		return err
	}
	missing := make(map[string]enumspb.IndexedValueType)
	for name, kind := range t.cfg.SearchAttributes {
		if _, ok := known.GetCustomAttributes()[name]; ok {
			continue
		}
		if missing[name], err = enumspb.IndexedValueTypeFromString(kind); err != nil {
			return fmt.Errorf("search attribute %s: %w", name, err)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = operator.AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: t.cfg.Namespace, SearchAttributes: missing,
	})
	return err
}
