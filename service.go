package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"coachflow/activities"
	"coachflow/api"
	"coachflow/app"
	"coachflow/calendar/fetch"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/mail/compose"
	"coachflow/mail/deliver"
	"coachflow/mail/receive"
	"coachflow/outbox"
	"coachflow/web"
	"coachflow/worker"
)

// parts are what serve and worker are made of, opened once.
type parts struct {
	config
	log      *slog.Logger
	db       *db.DB
	blobs    *db.Blobs
	temporal client.Client
	mail     deliver.Transport
	mailbox  *receive.Mailbox // nil where this process has none
	domain   *activities.Domain
	app      *app.App
	metrics  *prometheus.Registry
	after    []func() // waits for what requests have left behind
}

func openParts(ctx context.Context, c config, log *slog.Logger) (_ *parts, err error) {
	p := &parts{config: c, log: log, metrics: newMetrics()}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	if p.db, err = db.Open(ctx, c.DatabaseURL); err != nil {
		return nil, err
	}
	if p.blobs, err = db.OpenBlobs(ctx, c.BlobURL); err != nil {
		return nil, err
	}
	if p.temporal, err = dialTemporal(c, p.metrics, log); err != nil {
		return nil, err
	}
	if p.mail, err = openTransport(c, p.log); err != nil {
		return nil, err
	}
	if err := p.makeDomain(); err != nil {
		return nil, err
	}
	p.app = app.New(p.domain, p.temporal, log, c.Patience)
	return p, nil
}

// dialTemporal makes a client that connects when it is first used, so that a
// process can start before Temporal does.
func dialTemporal(c config, registry *prometheus.Registry, log *slog.Logger) (client.Client, error) {
	metrics, err := temporalMetrics(registry, log)
	if err != nil {
		return nil, err
	}
	options := client.Options{HostPort: c.Temporal, Namespace: c.Namespace, Logger: sdklog.NewStructuredLogger(log), MetricsHandler: metrics}
	// Most messages are smaller than what it costs to compress them.
	options.ConnectionOptions.GrpcCompression = &client.GrpcCompressionNone{}
	if c.TemporalTLS {
		options.ConnectionOptions.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	temporal, err := client.NewLazyClient(options)
	if err != nil {
		return nil, fmt.Errorf("make Temporal client: %w", err)
	}
	return temporal, nil
}

// openTransport opens what mails leave by. Calendar mail needs SMTP: beside Resend it goes
// by a server of its own or, with a warning, as a file that not every program shows as an
// invitation.
func openTransport(c config, log *slog.Logger) (deliver.Transport, error) {
	if c.MailTransport != "resend" {
		return openSMTP(c)
	}
	resend, err := deliver.NewResend(deliver.ResendConfig{APIKey: c.ResendAPIKey, BaseURL: c.ResendURL})
	if err != nil {
		return nil, err
	}
	if c.SMTPAddr == "" {
		log.Warn("invitations to sessions go by Resend's API, which sends calendars as mere files: some mail programs show no invitation. Set SMTP_ADDR, for instance to smtp.resend.com:587")
		return resend, nil
	}
	smtp, err := openSMTP(c)
	if err != nil {
		return nil, err
	}
	return deliver.WithCalendar{Transport: resend, Calendar: smtp}, nil
}

func openSMTP(c config) (*deliver.SMTP, error) {
	return deliver.NewSMTP(deliver.SMTPConfig{Addr: c.SMTPAddr, Username: c.SMTPUsername, Password: c.SMTPPassword, TLSMode: deliver.SMTPSecurity(c.SMTPTLS)})
}

func (p *parts) makeDomain() error {
	keys, err := coaching.ParseLinkKeys(p.LinkKeys)
	if err != nil {
		return err
	}
	from, err := netmail.ParseAddress(p.MailFrom)
	if err != nil {
		return fmt.Errorf("MAIL_FROM: %w", err)
	}
	late := prometheus.NewGauge(prometheus.GaugeOpts{Name: "coachflow_late_sends", Help: "Planned mails that are late, as of the last sweep."})
	p.metrics.MustRegister(late)
	p.domain = activities.NewDomain(activities.Config{
		DB: p.db, Mail: p.mail, Pace: outbox.NewPace(p.MailRate), Blobs: p.blobs, Links: keys, Log: p.log, BaseURL: p.BaseURL,
		From: compose.Recipient{Name: from.Name, Addr: from.Address}, InboundDomain: p.InboundDomain, AuthservID: p.AuthservID,
		LateAfter: p.LateAfter, Late: func(count int64) { late.Set(float64(count)) },
		Calendars: fetch.Config{Loopback: p.CalendarsOnLoopback},
	})
	return p.domain.Outbox.Check()
}

func (p *parts) openMailbox() {
	p.mailbox = receive.NewMailbox(receive.MailboxConfig{Addr: p.IMAPAddr, Username: p.IMAPUsername, Password: p.IMAPPassword, TLSMode: p.IMAPTLS,
		KeepSize: p.KeepMailMB << 20}, p.log)
	p.metrics.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "coachflow_mailbox_oldest_seconds",
		Help: "Age of the oldest mail that waits in the mailbox."}, func() float64 { return p.mailbox.OldestUnfiled().Seconds() }))
}

func (p *parts) close() {
	for _, wait := range p.after {
		wait()
	}
	if p.mail != nil {
		_ = p.mail.Close()
	}
	if p.temporal != nil {
		p.temporal.Close()
	}
	if p.blobs != nil {
		_ = p.blobs.Close()
	}
	if p.db != nil {
		p.db.Close()
	}
}

// oldestMail is how long a mail may wait in the mailbox before the worker
// counts as not ready.
const oldestMail = 10 * time.Minute

// ready checks what this process depends on.
func (p *parts) ready(ctx context.Context) []api.Check {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, temporalErr := p.temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
	checks := []api.Check{{Name: "database", Err: p.db.Ping(ctx)}, {Name: "temporal", Err: temporalErr}, {Name: "migrations", Err: p.migrated(ctx)}}
	if p.mailbox != nil {
		checks = append(checks, api.Check{Name: "mailbox", Err: p.mailboxFault()})
	}
	return checks
}

func (p *parts) migrated(ctx context.Context) error {
	done, err := db.Migrated(ctx, p.DatabaseURL)
	if err == nil && !done {
		err = errors.New("migrations are pending; run coachflow migrate")
	}
	return err
}

func (p *parts) mailboxFault() error {
	if !p.mailbox.Running() {
		return nil // another worker empties it; this one stands by
	}
	if !p.mailbox.Connected() {
		return errors.New("not connected")
	}
	if age := p.mailbox.OldestUnfiled(); age > oldestMail {
		return fmt.Errorf("a mail has been waiting for %s", age.Round(time.Second))
	}
	return nil
}

// healthOnly is what a worker answers over HTTP.
func (p *parts) healthOnly() http.Handler {
	return api.Health(api.Config{Ready: p.ready, Log: p.log})
}

// pages are the parts of the web that only dev has.
type pages struct {
	mail       http.Handler
	samples    http.Handler
	temporalUI string
}

// handler is all that answers over HTTP.
func (p *parts) handler(extra pages) (http.Handler, error) {
	site, err := web.New(web.Config{App: p.app, Log: p.log, Secure: strings.HasPrefix(p.BaseURL, "https:"), DevMail: extra.mail != nil, TemporalUI: extra.temporalUI})
	if err != nil {
		return nil, err
	}
	p.after = append(p.after, site.Wait)
	return api.New(api.Config{
		App: p.app, Log: p.log, Webhooks: p.webhooks(), TrustedProxies: p.trustedProxies(), Ready: p.ready,
		SessionPrincipal: site.SessionPrincipal, CrossOriginPage: site.CrossOriginPage,
		Pages: func(engine *gin.Engine) {
			site.Register(engine)
			if extra.mail != nil {
				engine.Any("/dev/mail", gin.WrapH(extra.mail))
				engine.Any("/dev/mail/*rest", gin.WrapH(extra.mail))
				engine.GET("/dev/samples", gin.WrapH(extra.samples))
				engine.GET("/dev/samples/*rest", gin.WrapH(extra.samples))
			}
		},
	})
}

// serve answers on a listener until ctx ends, then lets requests under way
// finish.
func serve(ctx context.Context, listener net.Listener, handler http.Handler, stop time.Duration) error {
	server := api.Server(listener.Addr().String(), handler)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stop)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return fmt.Errorf("stop serving: %w", err)
	}
	return nil
}

// work runs the worker until ctx ends.
func (p *parts) work(ctx context.Context) error {
	return worker.Run(ctx, worker.Config{Engine: p.engine(), Domain: p.domain, DB: p.db, MailsPerSecond: p.MailRate,
		Mailbox: p.mailbox, StopTimeout: p.StopTimeout})
}

func (p *parts) engine() worker.Engine {
	return worker.Engine{Temporal: p.temporal, Namespace: p.Namespace, Log: p.log}
}
