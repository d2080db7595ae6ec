package app

import (
	"context"
	"time"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

// A proposal of another time as whoever is responsible decides about it, by the link in their
// mail and without a login.

// ProposalView is what the link to a proposal shows.
type ProposalView struct {
	Brand, Logo, Organization string
	Session, Asker, Decider   string // Decider is whose link it is
	StartsAt, EndsAt          time.Time
	Now                       time.Time // when the session is to begin
	Place, Words, Reason      string
	State                     coaching.ProposalState
	Zone                      *time.Location

	link rows.ProposalLinkGetRow
}

// ReadProposalLink reads what the link to a proposal shows.
func (a *App) ReadProposalLink(ctx context.Context, ref coaching.LinkRef) (ProposalView, error) {
	var r rows.ProposalLinkGetRow
	err := a.DB.InOrg(ctx, ref.Org, func(q *rows.Queries) (err error) {
		r, err = q.ProposalLinkGet(ctx, ref.Org, ref.ID)
		return err
	})
	if db.NoRow(err) || (err == nil && !live(ref, r.Purpose, r.RevokedAt, r.ExpiresAt)) {
		return ProposalView{}, errLink()
	}
	if err != nil {
		return ProposalView{}, wrap(err, "read proposal of link")
	}
	answer := r.SessionAnswer
	out := ProposalView{Brand: r.BrandColor, Logo: coaching.LogoPath(ref.Org, r.Logo), Organization: r.OrganizationName, Session: r.Title, Asker: r.Asker, Decider: r.Holder,
		StartsAt: *answer.StartsAt, EndsAt: answer.StartsAt.Add(time.Duration(*answer.Minutes) * time.Minute), Now: r.ItemSession.StartsAt, Place: r.ItemSession.Place,
		Words: answer.Words, Reason: answer.Reason, State: coaching.ProposalState(answer.State), Zone: coaching.ZoneOrUTC(r.Zone), link: r}
	if out.Asker == "" {
		out.Asker = coaching.ShowAddress(r.AskerAddress)
	}
	if out.State == coaching.ProposalOpen && out.proposed().mayDecide() != nil {
		out.State = coaching.ProposalExpired
	}
	return out, nil
}

func (v ProposalView) proposed() proposed {
	return proposed{rows.SessionAnswerGetRow{SessionAnswer: v.link.SessionAnswer, RecipientID: &v.link.RecipientID},
		rows.SessionMailItemRow{ItemSession: v.link.ItemSession, EngagementID: v.link.EngagementID, Title: v.link.Title}}
}

// TakeProposalByLink is TakeProposal for whoever is responsible. Doing it again shows the same.
func (a *App) TakeProposalByLink(ctx context.Context, ref coaching.LinkRef) (ProposalView, error) {
	v, err := a.ReadProposalLink(ctx, ref)
	if err != nil || v.State == coaching.ProposalTaken {
		return v, err
	}
	if err := a.takeProposal(ctx, ref.Org, v.proposed(), v.link.PersonID); err != nil {
		return v, err
	}
	return a.ReadProposalLink(ctx, ref)
}

// RefuseProposalByLink is RefuseProposal for whoever is responsible.
func (a *App) RefuseProposalByLink(ctx context.Context, ref coaching.LinkRef, reason string) (ProposalView, error) {
	v, err := a.ReadProposalLink(ctx, ref)
	if err != nil || v.State == coaching.ProposalRefused {
		return v, err
	}
	if err := a.refuseProposal(ctx, ref.Org, v.proposed(), reason, v.link.PersonID); err != nil {
		return v, err
	}
	return a.ReadProposalLink(ctx, ref)
}
