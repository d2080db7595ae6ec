package main

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"coachflow/coaching"
	"coachflow/mail/deliver"
	"coachflow/mail/receive"
)

// config is what serve, worker and migrate read from the environment. Every
// field that a command needs is checked at its start, and all problems are
// reported at once. There is no stand-in by default.
type config struct {
	DatabaseURL   string  `env:"DATABASE_URL"`
	Temporal      string  `env:"TEMPORAL_ADDRESS"`
	Namespace     string  `env:"TEMPORAL_NAMESPACE" envDefault:"default"`
	TemporalTLS   bool    `env:"TEMPORAL_TLS" envDefault:"false"`
	BaseURL       string  `env:"BASE_URL"`
	Listen        string  `env:"LISTEN" envDefault:":8080"`
	MetricsAddr   string  `env:"METRICS_ADDR"`
	BlobURL       string  `env:"BLOB_URL"`
	LinkKeys      string  `env:"LINK_KEYS"`
	LogLevel      string  `env:"LOG_LEVEL" envDefault:"info"`
	TrustedProxy  string  `env:"TRUSTED_PROXIES"`
	MailFrom      string  `env:"MAIL_FROM"`
	MailTransport string  `env:"MAIL_TRANSPORT"`
	MailRate      float64 `env:"MAILS_PER_SECOND" envDefault:"0"`

	SMTPAddr     string `env:"SMTP_ADDR"`
	SMTPUsername string `env:"SMTP_USERNAME"`
	SMTPPassword string `env:"SMTP_PASSWORD"`
	SMTPTLS      string `env:"SMTP_TLS" envDefault:"starttls"`

	ResendAPIKey        string `env:"RESEND_API_KEY"`
	ResendURL           string `env:"RESEND_URL" envDefault:"https://api.resend.com"`
	ResendWebhookSecret string `env:"RESEND_WEBHOOK_SECRET"`

	InboundDomain string `env:"INBOUND_DOMAIN"`
	AuthservID    string `env:"AUTHSERV_ID"`
	IMAPAddr      string `env:"IMAP_ADDR"`
	IMAPUsername  string `env:"IMAP_USERNAME"`
	IMAPPassword  string `env:"IMAP_PASSWORD"`
	IMAPTLS       string `env:"IMAP_TLS" envDefault:"tls"`
	KeepMailMB    int64  `env:"KEEP_MAIL_MB" envDefault:"150"`

	LateAfter   time.Duration `env:"LATE_AFTER" envDefault:"15m"`
	StopTimeout time.Duration `env:"STOP_TIMEOUT" envDefault:"15s"`
	Patience    time.Duration `env:"ACT_TIMEOUT" envDefault:"10s"`

	// CalendarsOnLoopback lets the calendars of coaches lie on this machine. Only dev sets
	// it: in production it would let people reach what listens on the loopback alone.
	CalendarsOnLoopback bool
}

// readConfig reads the environment and checks it for a command.
func readConfig(command string) (config, error) {
	c, err := env.ParseAs[config]()
	if err != nil {
		return c, fmt.Errorf("the environment cannot be read: %w", err)
	}
	return c, c.check(command)
}

// check names everything that is missing or wrong for a command.
func (c config) check(command string) error {
	faults := []error{needed("DATABASE_URL", c.DatabaseURL)}
	if command != "migrate" {
		faults = append(faults, needed("TEMPORAL_ADDRESS", c.Temporal), c.checkBaseURL(), c.checkMetricsAddr(), needed("BLOB_URL", c.BlobURL),
			c.checkLinkKeys(), c.checkFrom(), c.checkTransport(), needed("INBOUND_DOMAIN", c.InboundDomain), c.checkAuthserv(), c.checkWebhooks())
	}
	if command == "worker" {
		faults = append(faults, hostPort("IMAP_ADDR", c.IMAPAddr), needed("IMAP_USERNAME", c.IMAPUsername), needed("IMAP_PASSWORD", c.IMAPPassword),
			oneOf("IMAP_TLS", c.IMAPTLS, receive.MailboxTLS, receive.MailboxStartTLS, receive.MailboxPlain), c.checkKeepMail())
	}
	return errors.Join(faults...)
}

// trustedProxies are the addresses and networks of TRUSTED_PROXIES.
func (c config) trustedProxies() (list []string) {
	for proxy := range strings.SplitSeq(c.TrustedProxy, ",") {
		if proxy = strings.TrimSpace(proxy); proxy != "" {
			list = append(list, proxy)
		}
	}
	return list
}

func needed(name, value string) error {
	if value == "" {
		return fmt.Errorf("%s is not set", name)
	}
	return nil
}

func hostPort(name, value string) error {
	if _, _, err := net.SplitHostPort(value); err != nil {
		return fmt.Errorf("%s must be host:port of the mail server", name)
	}
	return nil
}

func oneOf(name, value string, allowed ...string) error {
	for _, a := range allowed {
		if value == a {
			return nil
		}
	}
	return fmt.Errorf("%s is %q; it must be one of %s", name, value, strings.Join(allowed, ", "))
}

func (c config) checkBaseURL() error {
	u, err := url.Parse(c.BaseURL)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || strings.HasSuffix(c.BaseURL, "/") {
		return errors.New("BASE_URL must be where people reach the pages, like https://coaching.example.com, without a slash at the end")
	}
	return nil
}

func (c config) checkMetricsAddr() error {
	if c.MetricsAddr == "" {
		return nil
	}
	if _, _, err := net.SplitHostPort(c.MetricsAddr); err != nil {
		return errors.New("METRICS_ADDR must be host:port, like 127.0.0.1:9090, or not set for no metrics")
	}
	return nil
}

func (c config) checkLinkKeys() error {
	if err := needed("LINK_KEYS", c.LinkKeys); err != nil {
		return fmt.Errorf("%w; make a key with: echo \"1:$(openssl rand -base64 32)\"", err)
	}
	if _, err := coaching.ParseLinkKeys(c.LinkKeys); err != nil {
		return fmt.Errorf("LINK_KEYS: %w", err)
	}
	return nil
}

func (c config) checkFrom() error {
	if _, err := mail.ParseAddress(c.MailFrom); err != nil {
		return errors.New("MAIL_FROM must be the sender of all mails, like: Acme Coaching <coaching@mail.acme.example>")
	}
	return nil
}

func (c config) checkTransport() error {
	if err := oneOf("MAIL_TRANSPORT", c.MailTransport, "smtp", "resend"); err != nil {
		return err
	}
	if c.MailTransport == "resend" {
		err := needed("RESEND_API_KEY", c.ResendAPIKey)
		if c.SMTPAddr == "" {
			return err
		}
		return errors.Join(err, c.checkSMTP()) // for calendar mail
	}
	return c.checkSMTP()
}

func (c config) checkSMTP() error {
	return errors.Join(hostPort("SMTP_ADDR", c.SMTPAddr), oneOf("SMTP_TLS", c.SMTPTLS, string(deliver.SMTPTLS), string(deliver.SMTPStartTLS), string(deliver.SMTPPlain)))
}

// largestKeepMailMB is a bound for what is a slip of the pen.
const largestKeepMailMB = 2000

func (c config) checkKeepMail() error {
	if c.KeepMailMB < receive.MaxMailSize>>20 || c.KeepMailMB > largestKeepMailMB {
		return fmt.Errorf("KEEP_MAIL_MB is %d; it must be between %d, up to which mails are read, and %d", c.KeepMailMB, receive.MaxMailSize>>20, largestKeepMailMB)
	}
	return nil
}

func (c config) checkAuthserv() error {
	if err := needed("AUTHSERV_ID", c.AuthservID); err != nil {
		return err
	}
	if err := receive.CheckAuthservID(c.AuthservID); err != nil {
		return fmt.Errorf("AUTHSERV_ID: %w", err)
	}
	return nil
}
