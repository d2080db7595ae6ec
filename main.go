// Command coachflow is the process engine of a coaching organization.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/gin-gonic/gin"
	"golang.org/x/sync/errgroup"

	"coachflow/app"
	"coachflow/db"
	"coachflow/dev"
	"coachflow/worker"
)

type commands struct {
	Dev     devCommand     `cmd:"" help:"Run the whole system on this machine, with stand-ins and a demo organization."`
	Serve   serveCommand   `cmd:"" help:"Serve pages, API and webhooks. Configured by the environment."`
	Worker  workerCommand  `cmd:"" help:"Run the processes and empty the mailbox. Configured by the environment."`
	Migrate migrateCommand `cmd:"" help:"Bring the database to the newest version. Configured by the environment."`

	Organization organizationCommand `cmd:"" help:"Make an organization with its first admin. Configured by the environment, like serve."`
}

func main() {
	gin.SetMode(gin.ReleaseMode)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var cli commands
	command := kong.Parse(&cli, kong.Name("coachflow"), kong.Description("The process engine of a coaching organization."),
		kong.UsageOnError(), kong.BindTo(ctx, (*context.Context)(nil)))
	if err := command.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "coachflow: "+explain(err))
		os.Exit(1)
	}
}

// explain says an error in the words of whoever can do something about it.
func explain(err error) string {
	var setup *dev.SetupError
	if errors.As(err, &setup) {
		return setup.Sentence
	}
	return err.Error()
}

func newLog(level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: l}))
}

type serveCommand struct{}

// Run serves until it is told to stop.
func (serveCommand) Run(ctx context.Context) error {
	p, err := openFor(ctx, "serve")
	if err != nil {
		return err
	}
	defer p.close()
	handler, err := p.handler(pages{})
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return p.listen(ctx, "LISTEN", p.Listen, handler) })
	group.Go(func() error { return p.listenForMetrics(ctx) })
	group.Go(func() error {
		worker.KeepPrepared(ctx, p.engine())
		return nil
	})
	return group.Wait()
}

type workerCommand struct{}

// Run works until it is told to stop. It answers on LISTEN, too, with its
// health alone.
func (workerCommand) Run(ctx context.Context) error {
	p, err := openFor(ctx, "worker")
	if err != nil {
		return err
	}
	defer p.close()
	p.openMailbox()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return p.listen(ctx, "LISTEN", p.Listen, p.healthOnly()) })
	group.Go(func() error { return p.listenForMetrics(ctx) })
	group.Go(func() error { return p.work(ctx) })
	return group.Wait()
}

func openFor(ctx context.Context, command string) (*parts, error) {
	c, err := readConfig(command)
	if err != nil {
		return nil, fmt.Errorf("the configuration is not complete:\n  %s", strings.ReplaceAll(err.Error(), "\n", "\n  "))
	}
	log := newLog(c.LogLevel)
	slog.SetDefault(log)
	return openParts(ctx, c, log)
}

// listen answers on an address, which a variable of the environment has named.
func (p *parts) listen(ctx context.Context, variable, address string, handler http.Handler) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen on %s (%s): %w", address, variable, err)
	}
	p.log.InfoContext(ctx, "listening", "address", listener.Addr().String(), "for", variable)
	return serve(ctx, listener, handler, p.StopTimeout)
}

// listenForMetrics answers with the metrics, if an address is set for them.
func (p *parts) listenForMetrics(ctx context.Context) error {
	if p.MetricsAddr == "" {
		return nil
	}
	return p.listen(ctx, "METRICS_ADDR", p.MetricsAddr, p.metricsHandler())
}

type migrateCommand struct{}

// Run migrates the database.
func (migrateCommand) Run(ctx context.Context) error {
	c, err := readConfig("migrate")
	if err != nil {
		return err
	}
	return db.Migrate(ctx, c.DatabaseURL)
}

type organizationCommand struct {
	Name       string `required:"" help:"Name of the organization."`
	TimeZone   string `required:"" help:"IANA name, like Europe/Berlin."`
	AdminName  string `required:"" help:"Name of the first admin."`
	AdminEmail string `required:"" help:"Address that the first admin logs in with."`
}

// Run makes the organization and prints the first admin's password, once.
func (c organizationCommand) Run(ctx context.Context) error {
	p, err := openFor(ctx, "serve")
	if err != nil {
		return err
	}
	defer p.close()
	password := app.NewSecret("")[:20]
	_, err = p.app.CreateOrganization(ctx, app.NewOrganization{Name: c.Name, TimeZone: c.TimeZone, AdminName: c.AdminName, AdminEmail: c.AdminEmail, AdminPassword: password})
	if err != nil {
		return err
	}
	fmt.Printf("%s can log in at %s/login as %s with the password %s\n", c.AdminName, p.BaseURL, c.AdminEmail, password)
	return nil
}
