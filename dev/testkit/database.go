package testkit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const templateDatabase = "coachflow_template"

var (
	migrateMu sync.Mutex
	migrate   func(ctx context.Context, url string) error
	template  = sync.OnceValue(makeTemplate)
)

// SetMigrate says how an empty database, given by a superuser's URL, becomes
// one with all tables. It is called before the first Database, and the
// function runs once in a test process.
func SetMigrate(f func(ctx context.Context, url string) error) {
	migrateMu.Lock()
	defer migrateMu.Unlock()
	migrate = f
}

// Database returns a superuser's URL of a fresh, migrated database that is the
// test's own. It is dropped when the test ends, with whoever is still in it.
func Database(t testing.TB) string {
	t.Helper()
	admin := Postgres(t)
	if err := template(); err != nil {
		t.Fatal(err)
	}
	name := databaseName(t.Name())
	// Copying files is twice as fast here as going through the log, since the
	// checkpoints that it takes cost nothing with fsync off.
	create := "CREATE DATABASE " + quote(name) + " TEMPLATE " + templateDatabase + " STRATEGY FILE_COPY"
	if err := execute(admin, create); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := execute(admin, "DROP DATABASE "+quote(name)+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return withDatabase(admin, name)
}

// makeTemplate makes the database that all others are copies of. Nobody may
// enter it afterwards, since a copy needs it to be empty of connections.
func makeTemplate() error {
	migrateMu.Lock()
	run := migrate
	migrateMu.Unlock()
	if run == nil {
		return errors.New("testkit: SetMigrate must be called before Database, best in TestMain")
	}
	p, err := shared.postgres()
	if err != nil {
		return err
	}
	if err := execute(p.URL(), "CREATE DATABASE "+templateDatabase); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if err := run(ctx, withDatabase(p.URL(), templateDatabase)); err != nil {
		return fmt.Errorf("migrate the template database: %w", err)
	}
	return execute(p.URL(), "ALTER DATABASE "+templateDatabase+" WITH ALLOW_CONNECTIONS false IS_TEMPLATE true")
}

// databaseName carries the test's name, for whoever looks at the server, within
// the 63 bytes that Postgres allows.
func databaseName(test string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, strings.ToLower(test))
	return clean[:min(len(clean), 45)] + "_" + strings.ToLower(rand.Text()[:12])
}

// execute runs one statement of an administrator. The time allowed covers many
// tests that ask at once.
func execute(adminURL, sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	connection, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return fmt.Errorf("connect to the tests' Postgres: %w", err)
	}
	_, err = connection.Exec(ctx, sql)
	if err := errors.Join(err, connection.Close(ctx)); err != nil {
		return fmt.Errorf("%s: %w", sql, err)
	}
	return nil
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

func withDatabase(adminURL, name string) string {
	u, err := url.Parse(adminURL)
	if err != nil {
		panic("testkit: our own URL does not parse: " + err.Error())
	}
	u.Path = "/" + name
	return u.String()
}
