// Package db keeps the facts in Postgres. Every tenant table is behind row
// level security: a connection sees rows only inside InOrg, and only those of
// the organization given there.
package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/puddle/v2"

	"coachflow/db/rows"
)

// appRole is the role that the program works as, whoever it logged in as. It
// owns no table and no policy lets it past its organization.
const appRole = "coachflow_app"

// DB is the way to the facts.
type DB struct{ pool *pgxpool.Pool }

// Option changes how Open connects.
type Option func(*pgxpool.Config)

// WithTracer lets a tracer see every statement.
func WithTracer(tracer pgx.QueryTracer) Option {
	return func(config *pgxpool.Config) { config.ConnConfig.Tracer = tracer }
}

// Open connects and takes on the application's role. It fails when that role
// could see past row level security.
func Open(ctx context.Context, url string, options ...Option) (*DB, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read database URL: %w", err)
	}
	config.MaxConns = max(config.MaxConns, 24)
	config.ConnConfig.ConnectTimeout = 5 * time.Second
	config.AfterConnect = becomeApp
	// Nearly every statement is a look-up by key, whose planning takes several
	// times as long as its execution: plan once for each connection. Lists, whose
	// best plan depends on what is asked for, go through List.
	config.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	config.ConnConfig.RuntimeParams["jit"] = "off"
	for _, change := range options {
		change(config)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reach database: %w", err)
	}
	return &DB{pool}, nil
}

func becomeApp(ctx context.Context, conn *pgx.Conn) error {
	if _, err := conn.Exec(ctx, "SET ROLE "+appRole); err != nil {
		return fmt.Errorf("take the role %s: %w", appRole, err)
	}
	var unsafe bool
	const check = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
	if err := conn.QueryRow(ctx, check).Scan(&unsafe); err != nil {
		return fmt.Errorf("check the role %s: %w", appRole, err)
	}
	if unsafe {
		return fmt.Errorf("the role %s may bypass row level security; take that right from it", appRole)
	}
	return nil
}

// Close ends all connections.
func (d *DB) Close() { d.pool.Close() }

// Ping reports whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.pool.Ping(ctx) }

// Lookups are the few questions that are asked across organizations. Each is a
// function of the database of its own that answers with ids.
type Lookups interface {
	LookupLogin(ctx context.Context, address string) ([]rows.LookupLoginRow, error)
	LookupAPIKey(ctx context.Context, keyHash []byte) (rows.LookupAPIKeyRow, error)
	LookupSession(ctx context.Context, tokenHash []byte, moment time.Time) (rows.LookupSessionRow, error)
	LookupSystemAddress(ctx context.Context, localPart string) (rows.LookupSystemAddressRow, error)
	LookupSessionAddress(ctx context.Context, localPart string) (rows.LookupSessionAddressRow, error)
	LookupOrganizations(ctx context.Context, address string) ([]uuid.UUID, error)
	LookupCalendarFeed(ctx context.Context, tokenHash []byte) (rows.LookupCalendarFeedRow, error)
	LookupProviderID(ctx context.Context, providerID string) ([]rows.LookupProviderIDRow, error)
	SweepAnswers(ctx context.Context, before time.Time, most int32) ([]rows.SweepAnswersRow, error)
	SweepInboundMails(ctx context.Context, before time.Time, most int32) ([]rows.SweepInboundMailsRow, error)
	SweepCalendars(ctx context.Context, arg rows.SweepCalendarsParams) ([]rows.SweepCalendarsRow, error)
	SweepUploads(ctx context.Context, before time.Time, most int32) ([]rows.SweepUploadsRow, error)
	SweepLetThrough(ctx context.Context, before time.Time, most int32) ([]rows.SweepLetThroughRow, error)
	SweepWaitingMails(ctx context.Context, before time.Time, most int32) ([]rows.SweepWaitingMailsRow, error)
	SweepLateSends(ctx context.Context, before time.Time) ([]rows.SweepLateSendsRow, error)
	SweepPrograms(ctx context.Context, before time.Time, most int32) ([]rows.SweepProgramsRow, error)
	SweepInvitations(ctx context.Context, before time.Time, most int32) ([]rows.SweepInvitationsRow, error)
	SweepReleasable(ctx context.Context, most int32) ([]rows.SweepReleasableRow, error)
	SweepReleased(ctx context.Context, before time.Time, most int32) ([]rows.SweepReleasedRow, error)
	SweepHeld(ctx context.Context, before time.Time, most int32) ([]rows.SweepHeldRow, error)
	SweepNotices(ctx context.Context, before time.Time, most int32) ([]rows.SweepNoticesRow, error)
	SweepUnreadEnds(ctx context.Context, before time.Time, most int32) ([]rows.SweepUnreadEndsRow, error)
	SweepRunningPrograms(ctx context.Context, after uuid.UUID, most int32) ([]rows.SweepRunningProgramsRow, error)
	SweepRunningInvitations(ctx context.Context, after uuid.UUID, most int32) ([]rows.SweepRunningInvitationsRow, error)
	SweepRunningSends(ctx context.Context, before time.Time, most int32) ([]rows.SweepRunningSendsRow, error)
	MailboxMailGet(ctx context.Context, arg rows.MailboxMailGetParams) (rows.MailboxMail, error)
	MailboxMailInsert(ctx context.Context, arg rows.MailboxMailInsertParams) (uuid.UUID, error)
}

// Across answers the questions that are asked before an organization is known.
func (d *DB) Across() Lookups { return rows.New(d.pool) }

// NoRow reports whether err means that a query found nothing.
func NoRow(err error) bool { return errors.Is(err, pgx.ErrNoRows) }

// Violates reports whether err is the violation of the named constraint or
// unique index.
func Violates(err error, constraint string) bool {
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && pgErr.ConstraintName == constraint
}

// Taken reports whether err says that a time to be booked is somebody else's: the
// exclusion constraint refuses it or, where two want it at the same moment and each waits
// for the other, Postgres ends one of them (23P01 and 40P01 in its list of errors).
func Taken(err error) bool {
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && (pgErr.Code == "23P01" || pgErr.Code == "40P01")
}

// Away reports whether err means that the database cannot be reached or lets
// nobody in, or is shutting down or full, so that trying again later can help.
func Away(err error) bool {
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return true // whatever the server's reason was not to let us in
	}
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) {
		class := pgErr.Code[:min(2, len(pgErr.Code))]
		return class == "08" || class == "57" || class == "53"
	}
	var network net.Error
	return errors.As(err, &network) || pgconn.SafeToRetry(err) || pgconn.Timeout(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, puddle.ErrClosedPool)
}

// NewID makes an id. Ids grow with time (RFC 9562, version 7), so lists by id
// are in the order of creation.
func NewID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
