package app

import (
	"context"

	"github.com/alexedwards/argon2id"

	"coachflow/coaching"
)

// passwordParams are argon2id with 19 MiB, two passes, one lane.
var passwordParams = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// noHash is compared with where no person is found, so that the time of the
// answer does not tell whether an address is known.
const noHash = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// HashPassword makes the stored form of a password.
func HashPassword(password string) (string, error) {
	return argon2id.CreateHash(password, passwordParams)
}

func matches(password, hash string) bool {
	match, err := argon2id.ComparePasswordAndHash(password, hash)
	return err == nil && match
}

// isPassword compares a password of somebody who is known, by a link or a login.
func (a *App) isPassword(ctx context.Context, password, hash string) (is bool, err error) {
	err = a.Owners.Do(ctx, func() error {
		is = matches(password, hash)
		return nil
	})
	return is, err
}

// newPasswordHash checks a new password, and that it was typed twice the same. Who
// chooses one is known, by a link or a login.
func (a *App) newPasswordHash(ctx context.Context, password, again string, addresses ...string) (hash string, err error) {
	if err := coaching.CheckPassword(password, addresses...); err != nil {
		return "", err
	}
	if password != again {
		return "", coaching.Problemf(coaching.Invalid, "passwords_differ", "The two passwords are not the same; type them again.").
			WithField("again", "passwords_differ", "The two passwords are not the same; type them again.")
	}
	err = a.Owners.Do(ctx, func() (err error) {
		hash, err = HashPassword(password)
		return wrap(err, "hash password")
	})
	return hash, err
}
