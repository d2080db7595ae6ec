package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

func itoa(i int) string { return strconv.Itoa(i) }

// Login finds the person with this address and password. Who asks from a known
// device (see KnownDevice) does not wait for strangers. Every failure is the same
// problem; what cannot be a password is not compared.
func (a *App) Login(ctx context.Context, address, password string, device coaching.Device) (who Principal, err error) {
	if !coaching.PossiblePassword(password) {
		return who, errLogin()
	}
	lane := a.Strangers
	if device.Known() {
		lane = a.Owners
	}
	// One turn for all accounts of the address: a try is decided whole, or not at all.
	err = lane.Do(ctx, func() (err error) {
		who, err = a.login(ctx, address, password)
		return err
	})
	return who, err
}

func (a *App) login(ctx context.Context, address, password string) (Principal, error) {
	accounts, err := a.DB.Across().LookupLogin(ctx, coaching.MailboxKey(address))
	if err != nil {
		return Principal{}, wrap(err, "look login up")
	}
	if len(accounts) == 0 {
		accounts = append(accounts, rows.LookupLoginRow{}) // nobody: takes as long as somebody
	}
	for _, account := range accounts {
		hash, err := a.passwordHash(ctx, account)
		if err != nil {
			return Principal{}, err
		}
		if !matches(password, hash) {
			continue
		}
		who, still, err := a.principal(ctx, account.OrgID, account.PersonID)
		if err == nil && still != hash {
			err = errLogin() // it was replaced while it was being compared
		}
		if err == nil {
			err = a.dropExpiredSessions(ctx, who.Org)
		}
		return who, err
	}
	return Principal{}, errLogin()
}

// dropExpiredSessions tidies up where nobody waits for much: each login of an
// organization drops some sessions that have run out.
func (a *App) dropExpiredSessions(ctx context.Context, org uuid.UUID) error {
	return a.DB.InOrg(ctx, org, func(q *rows.Queries) error {
		return wrap(q.SessionsDropExpired(ctx, org, now()), "drop expired sessions")
	})
}

// passwordHash reads the hash of an account's password; of an account that there
// is not, noHash.
func (a *App) passwordHash(ctx context.Context, account rows.LookupLoginRow) (string, error) {
	hash := noHash
	err := a.DB.InOrg(ctx, account.OrgID, func(q *rows.Queries) error {
		own, err := q.PersonPasswordHash(ctx, account.OrgID, account.PersonID)
		if err == nil {
			hash = own
		}
		return err
	})
	if db.NoRow(err) {
		err = nil
	}
	return hash, wrap(err, "read password")
}

func errLogin() error {
	return coaching.Problemf(coaching.Unauthenticated, "login_failed", "Address and password do not go together.")
}

// Principal reads who a person is, for a session or an API key.
func (a *App) Principal(ctx context.Context, org, person uuid.UUID) (Principal, error) {
	out, _, err := a.principal(ctx, org, person)
	return out, err
}

func (a *App) principal(ctx context.Context, org, person uuid.UUID) (out Principal, passwordHash string, err error) {
	active := false
	err = a.DB.InOrg(ctx, org, func(q *rows.Queries) error {
		row, err := q.PersonGet(ctx, org, person)
		out = Principal{Org: org, Person: person, Name: row.Person.Name, Roles: row.Person.Roles}
		if row.Person.PasswordSetAt != nil {
			out.PasswordSet = row.Person.PasswordSetAt.UnixMicro()
		}
		if row.Person.PasswordHash != nil {
			passwordHash = *row.Person.PasswordHash
		}
		active = row.Person.State == string(coaching.ActivePerson)
		return err
	})
	if db.NoRow(err) || (err == nil && !active) {
		return Principal{}, "", coaching.Problemf(coaching.Unauthenticated, "login_needed", "Log in first.")
	}
	return out, passwordHash, err
}

// APIKey is a key of an admin for scripts. Key is there once, when it is made.
type APIKey struct {
	ID        uuid.UUID  `json:"id"`
	Name      string     `json:"name"`
	Key       string     `json:"key,omitempty" doc:"Shown once, when the key is created."`
	CreatedAt time.Time  `json:"created_at"`
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
}

// KeyHash is what is stored of a secret that has 256 random bits of its own.
func KeyHash(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// NewSecret makes 32 random bytes with a prefix that tells what they are for.
func NewSecret(prefix string) string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails: crypto/rand ends the program first
	return prefix + base64.RawURLEncoding.EncodeToString(raw)
}

// CreateAPIKey makes a key that acts as the admin who made it.
func (a *App) CreateAPIKey(ctx context.Context, p Principal, name string) (APIKey, error) {
	if err := adminOnly(p); err != nil {
		return APIKey{}, err
	}
	name, err := coaching.CleanName("A key", name)
	if err != nil {
		return APIKey{}, err
	}
	key := APIKey{ID: db.NewID(), Name: name, Key: NewSecret("cfk_"), CreatedAt: now()}
	err = a.inOrg(ctx, p, func(q *rows.Queries) error {
		return wrap(q.APIKeyInsert(ctx, rows.APIKeyInsertParams{OrgID: p.Org, ID: key.ID, Name: name, KeyHash: KeyHash(key.Key), PersonID: p.Person}), "store API key")
	})
	return key, err
}

// ListAPIKeys lists the organization's keys, without their secrets.
func (a *App) ListAPIKeys(ctx context.Context, p Principal) ([]APIKey, error) {
	if err := adminOnly(p); err != nil {
		return nil, err
	}
	out := []APIKey{}
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		list, err := q.APIKeyList(ctx, p.Org)
		for _, row := range list {
			out = append(out, showAPIKey(rows.APIKeyGetRow(row)))
		}
		return wrap(err, "list API keys")
	})
	return out, err
}

func showAPIKey(row rows.APIKeyGetRow) APIKey {
	return APIKey{ID: row.ID, Name: row.Name, CreatedAt: row.CreatedAt, RevokedAt: row.RevokedAt}
}

// GetAPIKey reads one of the organization's keys, without its secret.
func (a *App) GetAPIKey(ctx context.Context, p Principal, id uuid.UUID) (APIKey, error) {
	if err := adminOnly(p); err != nil {
		return APIKey{}, err
	}
	var out APIKey
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		row, err := q.APIKeyGet(ctx, p.Org, id)
		out = showAPIKey(row)
		return found(err, "api_key")
	})
	return out, err
}

// RevokeAPIKey ends a key at once.
func (a *App) RevokeAPIKey(ctx context.Context, p Principal, id uuid.UUID) error {
	if err := adminOnly(p); err != nil {
		return err
	}
	at := now()
	return a.inOrg(ctx, p, func(q *rows.Queries) error {
		revoked, err := q.APIKeyRevoke(ctx, rows.APIKeyRevokeParams{OrgID: p.Org, ID: id, RevokedAt: &at})
		if err == nil && revoked == 0 {
			return notFound("api_key")
		}
		return wrap(err, "revoke API key")
	})
}

// WithAPIKey finds out who calls with a key.
func (a *App) WithAPIKey(ctx context.Context, key string) (Principal, error) {
	row, err := a.DB.Across().LookupAPIKey(ctx, KeyHash(key))
	if db.NoRow(err) {
		return Principal{}, coaching.Problemf(coaching.Unauthenticated, "api_key_invalid", "The API key is not known or was revoked; make a new one in the settings.")
	}
	if err != nil {
		return Principal{}, wrap(err, "look API key up")
	}
	return a.Principal(ctx, row.OrgID, row.PersonID)
}

// SessionRow is a stored login session as the session store needs it.
type SessionRow struct {
	Org, Person uuid.UUID
	Data        []byte
	Expires     time.Time
}

// FindSession reads a session by the hash of its token.
func (a *App) FindSession(ctx context.Context, tokenHash []byte) (SessionRow, bool, error) {
	row, err := a.DB.Across().LookupSession(ctx, tokenHash, now())
	if db.NoRow(err) {
		return SessionRow{}, false, nil
	}
	return SessionRow{Org: row.OrgID, Person: row.PersonID, Data: row.Data}, err == nil, wrap(err, "look session up")
}

// SaveSession stores a session.
func (a *App) SaveSession(ctx context.Context, tokenHash []byte, s SessionRow) error {
	return a.DB.InOrg(ctx, s.Org, func(q *rows.Queries) error {
		return wrap(q.SessionUpsert(ctx, rows.SessionUpsertParams{OrgID: s.Org, TokenHash: tokenHash, PersonID: s.Person, Data: s.Data, ExpiresAt: s.Expires}), "store session")
	})
}

// EndSession deletes a session.
func (a *App) EndSession(ctx context.Context, tokenHash []byte) error {
	s, is, err := a.FindSession(ctx, tokenHash)
	if err != nil || !is {
		return err
	}
	return a.DB.InOrg(ctx, s.Org, func(q *rows.Queries) error {
		return wrap(q.SessionDelete(ctx, s.Org, tokenHash), "end session")
	})
}

// ImportAPIKey stores a key that was made elsewhere, for set-ups that write the
// key down before there is an organization.
func (a *App) ImportAPIKey(ctx context.Context, p Principal, name, key string) error {
	if err := adminOnly(p); err != nil {
		return err
	}
	return a.inOrg(ctx, p, func(q *rows.Queries) error {
		return wrap(q.APIKeyInsert(ctx, rows.APIKeyInsertParams{OrgID: p.Org, ID: db.NewID(), Name: name, KeyHash: KeyHash(key), PersonID: p.Person}), "store API key")
	})
}
