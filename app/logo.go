package app

import (
	"context"

	"github.com/google/uuid"

	"coachflow/db/rows"
	"coachflow/files"
)

// SetLogo takes a picture as the logo of the organization. It stands on its pages and in
// mails that are written from then on.
func (a *App) SetLogo(ctx context.Context, p Principal, picture []byte) error {
	if err := adminOnly(p); err != nil {
		return err
	}
	logo, err := files.MakeLogo(picture)
	if err != nil {
		return err
	}
	return a.inOrg(ctx, p, func(q *rows.Queries) error {
		if err := q.LogoInsert(ctx, rows.LogoInsertParams{OrgID: p.Org, ID: logo.ID, Picture: logo.Picture}); err != nil {
			return wrap(err, "store logo")
		}
		return wrap(q.OrganizationSetLogo(ctx, logo.ID, p.Org), "set logo")
	})
}

// RemoveLogo goes back to the first letter of the name. Mails that were sent keep theirs.
func (a *App) RemoveLogo(ctx context.Context, p Principal) error {
	if err := adminOnly(p); err != nil {
		return err
	}
	return a.inOrg(ctx, p, func(q *rows.Queries) error {
		return wrap(q.OrganizationSetLogo(ctx, "", p.Org), "remove logo")
	})
}

// Logo is the picture of a logo, as PNG. It is shown to whoever has its address: in mails,
// and on pages behind links.
func (a *App) Logo(ctx context.Context, org uuid.UUID, id string) (picture []byte, err error) {
	err = a.DB.InOrg(ctx, org, func(q *rows.Queries) error {
		picture, err = q.LogoGet(ctx, org, id)
		return found(err, "logo")
	})
	return picture, err
}
