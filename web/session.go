package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
)

// How long a login lasts: without a request, and at all.
const (
	idleTime  = 12 * time.Hour
	loginTime = 7 * 24 * time.Hour
	// touchEvery is how often the idle time is pushed on, since it is a write.
	touchEvery = 5 * time.Minute
)

// The keys of a session's values.
const (
	orgKey    = "org"
	personKey = "person"
	seenKey   = "seen"
	sinceKey  = "since" // app.Principal.PasswordSet at the login
	flashKey  = "flash"
	toneKey   = "tone"
)

func newSessions(cfg Config) *scs.SessionManager {
	m := scs.New()
	m.IdleTimeout, m.Lifetime = idleTime, loginTime
	m.Store = &sessionStore{app: cfg.App, codec: m.Codec}
	m.Cookie.Name = "coachflow"
	if cfg.Secure {
		// The prefix makes browsers refuse the cookie from any other host.
		m.Cookie.Name = "__Host-coachflow"
	}
	m.Cookie.Secure, m.Cookie.HttpOnly, m.Cookie.SameSite, m.Cookie.Path = cfg.Secure, true, http.SameSiteLaxMode, "/"
	return m
}

// sessionStore keeps sessions in Postgres, by the hash of their token.
type sessionStore struct {
	app   *app.App
	codec scs.Codec
}

var _ scs.CtxStore = (*sessionStore)(nil)

// FindCtx reads a session.
func (s *sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	row, found, err := s.app.FindSession(ctx, app.KeyHash(token))
	return row.Data, found, err
}

// CommitCtx stores a session of somebody who is logged in; there are no others.
func (s *sessionStore) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	_, values, err := s.codec.Decode(data)
	if err != nil {
		return fmt.Errorf("read session: %w", err)
	}
	org, person, whole := whose(values[orgKey], values[personKey])
	if !whole {
		return errors.New("a session without a person is not stored")
	}
	return s.app.SaveSession(ctx, app.KeyHash(token), app.SessionRow{Org: org, Person: person, Data: data, Expires: expiry})
}

// DeleteCtx ends a session.
func (s *sessionStore) DeleteCtx(ctx context.Context, token string) error {
	return s.app.EndSession(ctx, app.KeyHash(token))
}

// Find, Commit and Delete are the same without a context, as scs wants them.

// Find reads a session.
func (s *sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit stores a session.
func (s *sessionStore) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete ends a session.
func (s *sessionStore) Delete(token string) error {
	return s.DeleteCtx(context.Background(), token)
}

func whose(org, person any) (orgID, personID uuid.UUID, whole bool) {
	orgText, _ := org.(string)
	personText, _ := person.(string)
	orgID, orgErr := uuid.Parse(orgText)
	personID, personErr := uuid.Parse(personText)
	return orgID, personID, orgErr == nil && personErr == nil
}

// load puts the session of a request into its context.
func (p *Pages) load(r *http.Request) (context.Context, error) {
	token := ""
	if cookie, err := r.Cookie(p.sessions.Cookie.Name); err == nil {
		token = cookie.Value
	}
	return p.sessions.Load(r.Context(), token)
}

// principal is who the session in ctx belongs to. Nobody is no error.
func (p *Pages) principal(ctx context.Context) (app.Principal, bool, error) {
	org, person, whole := whose(p.sessions.GetString(ctx, orgKey), p.sessions.GetString(ctx, personKey))
	if !whole {
		return app.Principal{}, false, nil
	}
	who, err := p.App.Principal(ctx, org, person)
	if problem, is := coaching.AsProblem(err); is && problem.Class == coaching.Unauthenticated {
		return app.Principal{}, false, nil
	}
	if err == nil && who.PasswordSet != p.sessions.GetInt64(ctx, sinceKey) {
		return app.Principal{}, false, nil // logged in with a password of before
	}
	return who, err == nil, err
}

// SessionPrincipal says who is logged in by the cookie of a request.
func (p *Pages) SessionPrincipal(r *http.Request) (app.Principal, bool) {
	ctx, err := p.load(r)
	if err != nil {
		p.Log.WarnContext(r.Context(), "session not read", "error", err)
		return app.Principal{}, false
	}
	who, in, err := p.principal(ctx)
	if err != nil {
		p.Log.WarnContext(ctx, "session's person not read", "error", err)
	}
	return who, in
}

// begin logs a person in. The token is a new one, so that one which somebody
// knew before is worth nothing.
func (p *Pages) begin(ctx context.Context, w http.ResponseWriter, who app.Principal) error {
	if err := p.sessions.Clear(ctx); err != nil {
		return fmt.Errorf("clear session: %w", err)
	}
	if err := p.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew session: %w", err)
	}
	p.sessions.Put(ctx, orgKey, who.Org.String())
	p.sessions.Put(ctx, personKey, who.Person.String())
	p.sessions.Put(ctx, sinceKey, who.PasswordSet)
	return p.save(ctx, w)
}

// save stores a session and sends its cookie.
func (p *Pages) save(ctx context.Context, w http.ResponseWriter) error {
	p.sessions.Put(ctx, seenKey, time.Now().Unix())
	token, expiry, err := p.sessions.Commit(ctx)
	if err != nil {
		return fmt.Errorf("store session: %w", err)
	}
	p.sessions.WriteSessionCookie(ctx, w, token, expiry)
	w.Header().Set("Cache-Control", "no-store") // scs has put a weaker one
	return nil
}

// finish ends the session and takes the cookie back.
func (p *Pages) finish(ctx context.Context, w http.ResponseWriter) error {
	if err := p.sessions.Destroy(ctx); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	p.sessions.WriteSessionCookie(ctx, w, "", time.Time{})
	w.Header().Set("Cache-Control", "no-store")
	return nil
}
