package activities

import (
	"log/slog"
	"time"

	"coachflow/accounts"
	"coachflow/booking"
	"coachflow/calendar/fetch"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/files"
	"coachflow/inbox"
	"coachflow/mail/compose"
	"coachflow/mail/deliver"
	"coachflow/outbox"
	"coachflow/program"
)

// Blobs keeps raw mails and files.
type Blobs interface {
	inbox.Blobs
	files.Blobs
}

// Config is what the domain packages depend on.
type Config struct {
	DB    *db.DB
	Mail  deliver.Transport
	Pace  *outbox.Pace // the mail provider's limit; nil for none
	Blobs Blobs
	Links *coaching.LinkKeys
	Log   *slog.Logger
	// BaseURL is where links in mails lead, without a slash at the end.
	BaseURL string
	// From is the sender of every mail; its domain makes Message-IDs.
	From compose.Recipient
	// InboundDomain is the domain of the system addresses.
	InboundDomain string
	// AuthservID names the server whose Authentication-Results are believed.
	AuthservID string
	// LateAfter is how late a planned send may be before it is an alarm.
	LateAfter time.Duration
	// Late is told how many sends are late, for the metrics; nil for nobody.
	Late func(count int64)
	// Calendars says which calendars may be fetched.
	Calendars fetch.Config
}

// Domain holds the domain packages, wired with each other: app uses them directly, and
// workflows through the activities.
type Domain struct {
	Outbox     *outbox.Outbox
	Programs   *program.Programs
	Accounts   *accounts.Accounts
	Inbox      *inbox.Inbox
	Files      *files.Files
	Booking    *booking.Booking
	Activities *Activities
}

// NewDomain wires the domain packages.
func NewDomain(c Config) *Domain {
	out := &outbox.Outbox{DB: c.DB, Mail: c.Mail, Pace: c.Pace, Links: c.Links, Log: c.Log, BaseURL: c.BaseURL, From: c.From, InboundDomain: c.InboundDomain}
	d := &Domain{
		Outbox:   out,
		Programs: &program.Programs{DB: c.DB, Outbox: out, Own: coaching.OwnMail{Domain: c.InboundDomain, Sender: c.From.Addr}, CheckSlot: booking.CheckSlot},
		Accounts: &accounts.Accounts{DB: c.DB, Outbox: out},
		Inbox:    &inbox.Inbox{DB: c.DB, Outbox: out, Blobs: c.Blobs, Log: c.Log, Domain: c.InboundDomain, AuthservID: c.AuthservID},
		Files:    &files.Files{DB: c.DB, Blobs: c.Blobs, Log: c.Log},
		Booking:  &booking.Booking{DB: c.DB, Outbox: out, Fetch: fetch.New(c.Calendars), Log: c.Log},
	}
	d.Inbox.Sessions = d.Programs
	out.Use(d.Accounts.Writers())
	out.Use(d.Inbox.Writers())
	out.Use(d.Programs.Writers())
	out.Use(d.Booking.Writers())
	d.Activities = &Activities{programs: d.Programs, accounts: d.Accounts, inbox: d.Inbox, files: d.Files, booking: d.Booking, outbox: out, sweep: sweep{c.LateAfter, c.Late, c.Log}}
	return d
}
