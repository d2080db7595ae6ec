package db

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"coachflow/coaching"
)

// Rows from before one mailbox had one spelling hold addresses as they were typed, as
// with a domain in Unicode. They are rewritten once, after the migration that asks for
// it: SQL writes no domain in ASCII. Where two people, or two recipients of one item,
// turn out to be the same mailbox, nothing is lost and nothing is guessed: the second
// keeps its spelling, no mail goes there until an admin gives it another address, and
// the block says why.

// oneSpelling is the name of the step in unfinished_migrations.
const oneSpelling = "one_spelling_of_addresses"

// spellingBatch is how many addresses are rewritten in one transaction.
const spellingBatch = 200

// spellAddresses does the step, unless it was done. Of several at once one does it, the
// others wait for the lock as for that of a migration.
func spellAddresses(ctx context.Context, url string, lock time.Duration) (err error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("read database URL: %w", err)
	}
	config.RuntimeParams["lock_timeout"] = strconv.FormatInt(lock.Milliseconds(), 10)
	guard, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("reach database: %w", err)
	}
	defer func() { err = errors.Join(err, guard.Close(context.WithoutCancel(ctx))) }()
	return pgx.BeginFunc(ctx, guard, func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, "DELETE FROM unfinished_migrations WHERE name = $1", oneSpelling)
		if err != nil || done.RowsAffected() == 0 {
			return err
		}
		conn, err := pgx.ConnectConfig(ctx, config)
		if err != nil {
			return fmt.Errorf("reach database: %w", err)
		}
		return errors.Join(spellAll(ctx, conn), conn.Close(context.WithoutCancel(ctx)))
	})
}

func spellAll(ctx context.Context, conn *pgx.Conn) error {
	orgs, err := everyOrg(ctx, conn)
	if err != nil {
		return fmt.Errorf("list organizations: %w", err)
	}
	for _, org := range orgs {
		if err := (&spelling{conn: conn, org: org}).all(ctx); err != nil {
			return fmt.Errorf("write the addresses of organization %s in one spelling: %w", org, err)
		}
	}
	return nil
}

// everyOrg lists the organizations, which the owner of the tables cannot see: each has
// people, whom the look-up role sees.
func everyOrg(ctx context.Context, conn *pgx.Conn) (orgs []uuid.UUID, err error) {
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL ROLE coachflow_lookup"); err != nil {
			return err
		}
		found, err := tx.Query(ctx, "SELECT DISTINCT org_id FROM people ORDER BY org_id")
		if err != nil {
			return err
		}
		orgs, err = pgx.CollectRows(found, pgx.RowTo[uuid.UUID])
		return err
	})
	return orgs, err
}

// spelling rewrites the addresses of one organization.
type spelling struct {
	conn *pgx.Conn
	org  uuid.UUID
}

func (s *spelling) inOrg(ctx context.Context, do func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, s.conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT set_config('app.org_id', $1, true)", s.org.String()); err != nil {
			return err
		}
		return do(tx)
	})
}

// doubtful finds every address, wherever it stands, that may be spelled otherwise than
// coaching.MailboxKey writes it: those of people who have been here longer come first.
const doubtful = `
SELECT address FROM (
  SELECT a.address, p.created_at FROM person_addresses a JOIN people p ON p.org_id = a.org_id AND p.id = a.person_id WHERE a.org_id = $1
  UNION ALL SELECT address, NULL FROM blocked_addresses WHERE org_id = $1
  UNION ALL SELECT email, NULL FROM item_recipients WHERE org_id = $1 AND email IS NOT NULL
  UNION ALL SELECT email, NULL FROM links WHERE org_id = $1 AND email IS NOT NULL
  UNION ALL SELECT address, NULL FROM notifications WHERE org_id = $1 AND state IN ('planned', 'held')
) AS every (address, known_since)
WHERE octet_length(address) <> char_length(address) OR address <> lower(address) OR address <> btrim(address)
GROUP BY address ORDER BY min(known_since), address`

func (s *spelling) all(ctx context.Context) error {
	var list []string
	err := s.inOrg(ctx, func(tx pgx.Tx) error {
		found, err := tx.Query(ctx, doubtful, s.org)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(found, pgx.RowTo[string])
		return err
	})
	if err != nil {
		return err
	}
	for len(list) > 0 {
		batch := list[:min(spellingBatch, len(list))]
		list = list[len(batch):]
		if err := s.inOrg(ctx, func(tx pgx.Tx) error { return s.rewrite(ctx, tx, batch) }); err != nil {
			return err
		}
	}
	return nil
}

// rewrite does a batch: first what must stay unique, address by address, then what
// follows it, all at once.
func (s *spelling) rewrite(ctx context.Context, tx pgx.Tx, batch []string) error {
	var olds, keys []string
	for _, old := range batch {
		key := coaching.MailboxKey(old)
		if key == old {
			continue
		}
		olds, keys = append(olds, old), append(keys, key)
		args := pgx.NamedArgs{"org": s.org, "old": old, "key": key}
		if err := execAll(ctx, tx, respell, args); err != nil {
			return err
		}
		if err := s.doubled(ctx, tx, args); err != nil {
			return err
		}
	}
	return execAll(ctx, tx, follow, pgx.NamedArgs{"org": s.org, "olds": olds, "keys": keys})
}

func execAll(ctx context.Context, tx pgx.Tx, statements []string, args pgx.NamedArgs) error {
	for _, statement := range statements {
		if _, err := tx.Exec(ctx, statement, args); err != nil {
			return err
		}
	}
	return nil
}

// respell writes an address (@old) in its other spelling (@key), wherever that is free.
var respell = []string{
	// A block stays one, under the new name; not one of an earlier attempt of this step.
	`INSERT INTO blocked_addresses (org_id, address, reason, blocked_at) SELECT org_id, @key, reason, blocked_at FROM blocked_addresses
     WHERE org_id = @org AND address = @old AND reason NOT LIKE 'it is the mailbox of another %' ON CONFLICT DO NOTHING`,
	`DELETE FROM blocked_addresses WHERE org_id = @org AND address = @old AND reason NOT LIKE 'it is the mailbox of another %'`,
	// One person with both spellings has one of them too many.
	`DELETE FROM person_addresses o USING person_addresses n
     WHERE o.org_id = @org AND o.address = @old AND n.org_id = @org AND n.address = @key AND n.person_id = o.person_id`,
	`UPDATE person_addresses n SET is_primary = true WHERE n.org_id = @org AND n.address = @key
     AND NOT EXISTS (SELECT FROM person_addresses o WHERE o.org_id = @org AND o.person_id = n.person_id AND o.is_primary)`,
	`UPDATE person_addresses o SET address = @key WHERE o.org_id = @org AND o.address = @old
     AND NOT EXISTS (SELECT FROM person_addresses n WHERE n.org_id = @org AND n.address = @key)`,
	`UPDATE item_recipients o SET email = @key WHERE o.org_id = @org AND o.email = @old
     AND NOT EXISTS (SELECT FROM item_recipients n WHERE n.org_id = @org AND n.item_id = o.item_id AND n.email = @key)`,
}

// follow writes addresses (@olds) as those whose they are have them now (@keys). What is
// for somebody who kept the spelling stays with it.
var follow = []string{
	`UPDATE links l SET email = s.key FROM unnest(@olds::text[], @keys::text[]) AS s (old, key) WHERE l.org_id = @org AND l.email = s.old
     AND NOT EXISTS (SELECT FROM person_addresses o WHERE o.org_id = @org AND o.address = s.old AND o.person_id = l.person_id)`,
	`UPDATE notifications n SET address = s.key FROM unnest(@olds::text[], @keys::text[]) AS s (old, key) WHERE n.org_id = @org AND n.address = s.old AND n.state IN ('planned', 'held')
     AND NOT EXISTS (SELECT FROM person_addresses o WHERE o.org_id = @org AND o.address = s.old AND o.person_id = n.person_id)
     AND NOT EXISTS (SELECT FROM item_recipients o WHERE o.org_id = @org AND o.email = s.old AND o.id = n.recipient_id)`,
}

// doubled blocks an address that could not be rewritten, and says so. Who stands in the
// way has an address of their own and is written to.
func (s *spelling) doubled(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) error {
	const block = `INSERT INTO blocked_addresses (org_id, address, reason, blocked_at)
SELECT @org, @old, CASE WHEN bool_or(person) THEN 'it is the mailbox of another person, too: give one of the two another address'
  ELSE 'it is the mailbox of another recipient of the same item, too: take one of the two out' END, now()
FROM (SELECT true FROM person_addresses WHERE org_id = @org AND address = @old
  UNION ALL SELECT false FROM item_recipients WHERE org_id = @org AND email = @old) AS kept (person)
HAVING count(*) > 0 ON CONFLICT DO NOTHING`
	blocked, err := tx.Exec(ctx, block, args)
	if err != nil || blocked.RowsAffected() == 0 {
		return err
	}
	var people []uuid.UUID
	const who = "SELECT coalesce(array_agg(person_id), '{}') FROM person_addresses WHERE org_id = @org AND address = @old"
	if err := tx.QueryRow(ctx, who, args).Scan(&people); err != nil {
		return err
	}
	slog.WarnContext(ctx, "two people, or two recipients of an item, are one mailbox: an admin is to give one of them another address", "organization", s.org, "people", people)
	return nil
}
