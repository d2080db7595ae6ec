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

// CreateOrganization makes an organization with its first admin, who can log in
// at once. It is for whoever runs the system, not for people of an organization.
func (a *App) CreateOrganization(ctx context.Context, in NewOrganization) (Principal, error) {
	admin := PersonInput{Name: in.AdminName, Roles: []string{string(coaching.AdminRole)}, State: string(coaching.ActivePerson), TimeZone: in.TimeZone, Emails: []string{in.AdminEmail}}
	if err := a.checkPerson(&admin); err != nil {
		return Principal{}, err
	}
	var err error
	if in.Name, err = coaching.CleanName("An organization", in.Name); err != nil {
		return Principal{}, err
	}
	hash, err := a.newPasswordHash(ctx, in.AdminPassword, in.AdminPassword, admin.Emails...)
	if err != nil {
		return Principal{}, err
	}
	p := Principal{Org: db.NewID(), Person: db.NewID(), Name: admin.Name, Roles: admin.Roles}
	err = a.inOrg(ctx, p, func(q *rows.Queries) error {
		if err := q.OrganizationInsert(ctx, rows.OrganizationInsertParams{OrgID: p.Org, Name: in.Name, TimeZone: in.TimeZone, UndoSeconds: 30}); err != nil {
			return wrap(err, "insert organization")
		}
		_, err := q.PersonInsert(ctx, rows.PersonInsertParams{OrgID: p.Org, ID: p.Person, Name: admin.Name, Roles: admin.Roles, State: admin.State, TimeZone: in.TimeZone, PasswordHash: &hash})
		if err != nil {
			return wrap(err, "insert admin")
		}
		return setAddresses(ctx, q, p.Org, p.Person, admin.Emails)
	})
	return p, err
}
