package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"coachflow/app"
	"coachflow/db"
	"coachflow/dev"
	"coachflow/dev/demo"
	"coachflow/mail/receive"
	"coachflow/workflows"
)

type devCommand struct {
	Data string `help:"Directory for everything that is kept." default:"data" type:"path"`
	Port int    `help:"First of a block of nine ports." default:"8400"`
}

// Run runs the whole system until Ctrl-C.
func (c devCommand) Run(ctx context.Context) error {
	began := time.Now()
	s, err := startDev(ctx, devOptions{Data: c.Data, Port: c.Port, Progress: func(line string) { fmt.Println("  " + line) }})
	if err != nil {
		return err
	}
	s.print(time.Since(began))
	err = s.wait(ctx)
	fmt.Println("\nstopping …")
	return errors.Join(err, s.stop())
}

// devOptions say where a dev system keeps its data and listens.
type devOptions struct {
	Data     string
	Port     int
	Progress func(string)
	Fast     bool // for tests: a database that does not wait for the disk
	NoWorker bool // for tests that run a worker of their own
	Change   func(*config)
}

// devStack is the whole system on one machine. The command and the end-to-end
// tests start the same.
type devStack struct {
	info     devInfo
	data     *dev.DataDir
	postgres *dev.Postgres // nil where DATABASE_URL names another
	temporal *dev.Temporal
	sandbox  *dev.Sandbox
	parts    *parts
	config   config
	cancel   context.CancelFunc
	running  sync.WaitGroup
	failed   chan error
}

// devInfo is what dev.json tells.
type devInfo struct {
	Web           string `json:"web"`
	API           string `json:"api"`
	Temporal      string `json:"temporal"`
	TemporalUI    string `json:"temporal_ui"`
	Metrics       string `json:"metrics"`
	SMTP          string `json:"smtp"`
	IMAP          string `json:"imap"`
	IMAPUser      string `json:"imap_user"`
	IMAPPassword  string `json:"imap_password"`
	InboundDomain string `json:"inbound_domain"`
	DatabaseURL   string `json:"database_url"`
	AdminEmail    string `json:"admin_email"`
	AdminPassword string `json:"admin_password"`
	APIKey        string `json:"api_key"`
	CoachEmail    string `json:"demo_coach_email"`
	ClientEmail   string `json:"demo_client_email"`
	ToClient      string `json:"demo_to_client_address"`
	ToCoach       string `json:"demo_to_coach_address"`
	Engagement    string `json:"demo_engagement_id"`
}

// devSecrets are made once and kept beside the data.
type devSecrets struct {
	LinkKeys string `json:"link_keys"`
	Password string `json:"password"`
	IMAP     string `json:"imap_password"`
	APIKey   string `json:"api_key"`
}

const (
	devInboundDomain = "in.coachflow.example"
	devAuthserv      = "mx.coachflow.example"
	devFrom          = "coachflow <no-reply@mail.coachflow.example>"
)

func startDev(ctx context.Context, o devOptions) (_ *devStack, err error) {
	s := &devStack{failed: make(chan error, 3)}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.stop())
		}
	}()
	if s.data, err = dev.OpenDataDir(o.Data); err != nil {
		return s, err
	}
	if err := s.data.StopLeftovers(ctx, o.Port); err != nil {
		return s, err
	}
	ports, err := dev.Block(o.Port)
	if err != nil {
		return s, err
	}
	secrets, err := s.secrets()
	if err != nil {
		return s, err
	}
	if err := s.startServers(ctx, o, ports, secrets); err != nil {
		return s, err
	}
	log := slog.New(slog.NewTextHandler(s.logFile(), &slog.HandlerOptions{Level: slog.LevelInfo}))
	s.config = s.devConfig(ports, secrets)
	if o.Change != nil {
		o.Change(&s.config)
	}
	if s.parts, err = openParts(ctx, s.config, log); err != nil {
		return s, err
	}
	if err := s.demo(ctx, secrets); err != nil {
		return s, err
	}
	return s, s.run(ctx, o, ports)
}

// startServers starts what the system stands on: Postgres, Temporal, mail.
func (s *devStack) startServers(ctx context.Context, o devOptions, ports dev.Ports, secrets devSecrets) error {
	url := os.Getenv("DATABASE_URL")
	if url == "" {
		var err error
		if s.postgres, err = dev.StartPostgres(ctx, dev.PostgresConfig{Dir: s.data.Path, Port: ports.Postgres, Fast: o.Fast, Progress: o.Progress}); err != nil {
			return err
		}
		url = s.postgres.URL()
	}
	if err := db.Migrate(ctx, url); err != nil {
		return err
	}
	var err error
	s.temporal, err = dev.StartTemporal(ctx, dev.TemporalConfig{Dir: s.data.Path, Port: ports.Temporal, UIPort: ports.TemporalUI,
		HTTPPort: ports.TemporalHTTP, MetricsPort: ports.TemporalMetrics, SearchAttributes: workflows.SearchAttributes, Progress: o.Progress})
	if err != nil {
		return err
	}
	s.sandbox, err = dev.StartSandbox(ctx, dev.SandboxConfig{SMTPAddr: local(ports.SMTP), IMAPAddr: local(ports.IMAP), Dir: filepath.Join(s.data.Path, "sandbox"),
		InboundDomain: devInboundDomain, AuthservID: devAuthserv, Username: "inbound", Password: secrets.IMAP})
	s.info = devInfo{Web: "http://" + local(ports.Web), API: "http://" + local(ports.Web) + "/api/v1", Temporal: local(ports.Temporal), TemporalUI: "http://" + local(ports.TemporalUI), Metrics: "http://" + local(ports.Metrics) + "/metrics",
		SMTP: local(ports.SMTP), IMAP: local(ports.IMAP), IMAPUser: "inbound", IMAPPassword: secrets.IMAP, InboundDomain: devInboundDomain, DatabaseURL: url,
		AdminEmail: demo.AdminEmail, AdminPassword: secrets.Password, APIKey: secrets.APIKey, CoachEmail: demo.CoachEmail, ClientEmail: demo.ClientEmail}
	return err
}

func local(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

// devConfig is the configuration that serve and worker would read from the
// environment.
func (s *devStack) devConfig(ports dev.Ports, secrets devSecrets) config {
	return config{
		DatabaseURL: s.info.DatabaseURL, Temporal: s.info.Temporal, Namespace: "default", BaseURL: s.info.Web, Listen: local(ports.Web), MetricsAddr: local(ports.Metrics),
		BlobURL: "file://" + filepath.ToSlash(filepath.Join(s.data.Path, "blobs")), LinkKeys: secrets.LinkKeys, LogLevel: "info",
		MailFrom: devFrom, MailTransport: "smtp", SMTPAddr: s.info.SMTP, SMTPTLS: "none", InboundDomain: devInboundDomain, AuthservID: devAuthserv,
		IMAPAddr: s.info.IMAP, IMAPUsername: s.info.IMAPUser, IMAPPassword: s.info.IMAPPassword, IMAPTLS: "none", KeepMailMB: receive.DefaultKeepSize >> 20,
		LateAfter: 15 * time.Minute, StopTimeout: 10 * time.Second, Patience: 10 * time.Second,
		CalendarsOnLoopback: true,
	}
}

// run starts serving and working.
func (s *devStack) run(ctx context.Context, o devOptions, ports dev.Ports) error {
	shown, err := samples()
	if err != nil {
		return err
	}
	handler, err := s.parts.handler(pages{mail: s.sandbox.Handler(), samples: shown, temporalUI: s.info.TemporalUI})
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", local(ports.Web))
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	s.running.Go(func() { s.failed <- serve(ctx, listener, handler, s.config.StopTimeout) })
	s.running.Go(func() { s.failed <- s.parts.listenForMetrics(ctx) })
	if o.NoWorker {
		return nil
	}
	s.parts.openMailbox()
	s.running.Go(func() { s.failed <- s.parts.work(ctx) })
	return nil
}

// demo makes the demo organization, or finds the one that is there.
func (s *devStack) demo(ctx context.Context, secrets devSecrets) error {
	a := s.parts.app
	admin, err := a.WithAPIKey(ctx, secrets.APIKey)
	var d demo.Demo
	if err == nil {
		d, err = demo.Find(ctx, a, admin)
	} else {
		d, err = s.makeDemo(ctx, a, secrets)
	}
	if err != nil {
		return err
	}
	s.info.Engagement, s.info.ToClient, s.info.ToCoach = d.Engagement.String(), d.ToClient, d.ToCoach
	data, err := json.MarshalIndent(s.info, "", "  ")
	if err != nil {
		return fmt.Errorf("write dev.json: %w", err)
	}
	return os.WriteFile(filepath.Join(s.data.Path, "dev.json"), append(data, '\n'), 0o600)
}

func (s *devStack) makeDemo(ctx context.Context, a *app.App, secrets devSecrets) (demo.Demo, error) {
	d, err := demo.Make(ctx, a, secrets.Password)
	if err != nil {
		return d, err
	}
	return d, a.ImportAPIKey(ctx, d.Admin, "dev.json", secrets.APIKey)
}

// secrets reads the secrets of this data directory, or makes them.
func (s *devStack) secrets() (devSecrets, error) {
	var out devSecrets
	path := filepath.Join(s.data.Path, "secrets.json")
	data, err := os.ReadFile(path)
	if err == nil {
		return out, json.Unmarshal(data, &out)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return out, fmt.Errorf("read secrets: %w", err)
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails: crypto/rand ends the program first
	out = devSecrets{LinkKeys: "1:" + base64.StdEncoding.EncodeToString(key), Password: "demo-" + app.NewSecret("")[:12], IMAP: app.NewSecret(""), APIKey: app.NewSecret("cfk_")}
	if data, err = json.MarshalIndent(out, "", "  "); err != nil {
		return out, err
	}
	return out, os.WriteFile(path, data, 0o600)
}

// logFile is where the system writes its log, so that the terminal stays
// readable.
func (s *devStack) logFile() *os.File {
	f, err := os.OpenFile(filepath.Join(s.data.Path, "coachflow.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return os.Stderr
	}
	return f
}

// wait returns when the system is told to stop, or when a part of it fails.
func (s *devStack) wait(ctx context.Context) error {
	var gone <-chan struct{}
	if s.postgres != nil {
		gone = s.postgres.Done()
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.failed:
		return err
	case <-gone:
		return errors.New("the database server has stopped; see postgres.log in the data directory")
	case <-s.temporal.Done():
		return errors.New("the Temporal server has stopped; see temporal.log in the data directory")
	}
}

// stop stops everything, in the order in which it depends on each other.
func (s *devStack) stop() error {
	if s.cancel != nil {
		s.cancel()
	}
	s.running.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	var faults []error
	if s.parts != nil {
		s.parts.close()
	}
	if s.sandbox != nil {
		faults = append(faults, s.sandbox.Close())
	}
	if s.temporal != nil {
		faults = append(faults, s.temporal.Stop(ctx))
	}
	if s.postgres != nil {
		faults = append(faults, s.postgres.Stop(ctx))
	}
	if s.data != nil {
		faults = append(faults, s.data.Close())
	}
	return errors.Join(faults...)
}

func (s *devStack) print(took time.Duration) {
	i := s.info
	fmt.Printf(`
coachflow is ready (%s).

  Pages        %s          log in as %s / %s
  Mail         %s/dev/mail    every mail that was sent; write one as coach or client
  API          %s   docs at %s/docs
  Samples      %s/dev/samples    every page and letter with invented data
  Temporal UI  %s
  Data         %s         (addresses and keys: dev.json, log: coachflow.log)

The demo engagement is ready to start: %s/engagements/%s
Coach and client log in as %s and %s with the same password.
Ctrl-C stops everything; the next start finds it again.
`, took.Round(100*time.Millisecond), i.Web, i.AdminEmail, i.AdminPassword, i.Web, i.API, i.Web, i.Web, i.TemporalUI, s.data.Path, i.Web, i.Engagement,
		i.CoachEmail, strings.TrimSpace(i.ClientEmail))
}
