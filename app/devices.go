package app

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
)

// A browser in which somebody has proved to know their password keeps a token of
// that, also after a logout. It logs nobody in: with it, the tries of strangers do not
// slow the person down, and they do not wait behind them.

// DeviceLife is how long a device is known after the last login in it.
const DeviceLife = 365 * 24 * time.Hour

// mostDevicePeople is how many people a browser keeps tokens of, for a computer that a
// family shares.
const mostDevicePeople = 4

// KeepDevice gives the tokens that a browser keeps after somebody has proved there to
// know their password: theirs first, then those of others that it had before.
func (a *App) KeepDevice(p Principal, before []string) []string {
	d := coaching.Device{Org: p.Org, Person: p.Person, ID: uuid.New(), PasswordSet: p.PasswordSet, Until: now().Add(DeviceLife)}
	tokens := []string{""}
	for _, token := range before {
		old, good := a.Outbox.Links.OpenDevice(token, now())
		switch {
		case good && old.Org == p.Org && old.Person == p.Person:
			d.ID = old.ID
		case good && len(tokens) < mostDevicePeople:
			tokens = append(tokens, token)
		}
	}
	tokens[0] = a.Outbox.Links.SignDevice(d)
	return tokens
}

// KnownDevice finds the one of a browser's tokens whose person logs in with this
// address, by the password that was proved. Without one the device is not known.
func (a *App) KnownDevice(ctx context.Context, address string, tokens []string) (coaching.Device, error) {
	for _, token := range tokens[:min(len(tokens), mostDevicePeople)] {
		d, good := a.Outbox.Links.OpenDevice(token, now())
		if !good {
			continue
		}
		if known, err := a.logsIn(ctx, d, address); err != nil {
			return coaching.Device{}, err
		} else if known {
			return d, nil
		}
	}
	return coaching.Device{}, nil
}

// logsIn reports whether the person of a device logs in with an address, by the
// password of then.
func (a *App) logsIn(ctx context.Context, d coaching.Device, address string) (bool, error) {
	accounts, err := a.DB.Across().LookupLogin(ctx, coaching.MailboxKey(address))
	if err != nil {
		return false, wrap(err, "look login up")
	}
	if !slices.Contains(accounts, rows.LookupLoginRow{OrgID: d.Org, PersonID: d.Person}) {
		return false, nil
	}
	who, err := a.Principal(ctx, d.Org, d.Person)
	if problem, told := coaching.AsProblem(err); told && problem.Class == coaching.Unauthenticated {
		return false, nil // the account was closed a moment ago
	}
	return err == nil && who.PasswordSet == d.PasswordSet, err
}
