package app

import (
	"context"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

// NewOrganization says what a new organization begins with.
type NewOrganization struct {
	Name          string
	TimeZone      string
	AdminName     string
	AdminEmail    string
	AdminPassword string
}

// shortestPassword is the least number of characters of a password.
const shortestPassword = 12

// CreateOrganization makes an organization with its first admin, who can log in
// at once. It is for whoever runs the system, not for people of an organization.
func (a *App) CreateOrganization(ctx context.Context, in NewOrganization) (Principal, error) {
	admin := PersonInput{Name: in.AdminName, Roles: []string{"admin"}, State: "active", TimeZone: in.TimeZone, Emails: []string{in.AdminEmail}}
	if err := admin.check(); err != nil {
		return Principal{}, err
	}
	var err error
	if in.Name, err = coaching.CleanName("An organization", in.Name); err != nil {
		return Principal{}, err
	}
	if len(in.AdminPassword) < shortestPassword {
		return Principal{}, coaching.Problemf(coaching.Invalid, "password_too_short", "A password needs at least %d characters.", shortestPassword)
	}
	hash, err := HashPassword(in.AdminPassword)
	if err != nil {
		return Principal{}, wrap(err, "hash password")
	}
	p := Principal{Org: db.NewID(), Person: db.NewID(), Name: admin.Name, Roles: admin.Roles}
	err = a.inOrg(ctx, p, func(q *rows.Queries) error {
		if err := q.OrganizationInsert(ctx, rows.OrganizationInsertParams{OrgID: p.Org, Name: in.Name, TimeZone: in.TimeZone, UndoSeconds: 30}); err != nil {
			return wrap(err, "insert organization")
		}
		_, err := q.PersonInsert(ctx, rows.PersonInsertParams{OrgID: p.Org, ID: p.Person, Name: admin.Name, Roles: admin.Roles, State: "active", TimeZone: in.TimeZone, PasswordHash: &hash})
		if err != nil {
			return wrap(err, "insert admin")
		}
		return setAddresses(ctx, q, p.Org, p.Person, admin.Emails)
	})
	return p, err
}

// SetPassword gives a person of the principal's organization a password, which
// makes them active.
func (a *App) SetPassword(ctx context.Context, p Principal, in PasswordInput) error {
	if err := adminOnly(p); err != nil && in.Person != p.Person {
		return err
	}
	if len(in.Password) < shortestPassword {
		return coaching.Problemf(coaching.Invalid, "password_too_short", "A password needs at least %d characters.", shortestPassword).
			WithField("password", "password_too_short", "at least %d characters", shortestPassword)
	}
	hash, err := HashPassword(in.Password)
	if err != nil {
		return wrap(err, "hash password")
	}
	return a.inOrg(ctx, p, func(q *rows.Queries) error {
		if _, err := q.PersonGet(ctx, p.Org, in.Person); err != nil {
			return found(err, "person")
		}
		if err := q.PersonSetPassword(ctx, rows.PersonSetPasswordParams{OrgID: p.Org, ID: in.Person, PasswordHash: &hash}); err != nil {
			return wrap(err, "set password")
		}
		// Whoever is logged in with the old password is not any more.
		return wrap(q.SessionDeleteOfPerson(ctx, p.Org, in.Person), "end sessions")
	})
}
