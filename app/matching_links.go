package app

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
)

// What coachee, coach and admin see and do in a matching by the links in their mails,
// without a login.

// MatchingLinkView is what a link about a matching shows its holder.
type MatchingLinkView struct {
	Brand, Logo, Organization, Holder string
	Zone                              *time.Location
	Matching                          Matching
	// Interview is the one that the link is about; nil: it is about the whole, or about the
	// selection.
	Interview *MatchingInterview

	person uuid.UUID
}

// ReadMatchingLink reads what the link of a coachee, of a coach, or of an admin shows.
func (a *App) ReadMatchingLink(ctx context.Context, ref coaching.LinkRef) (MatchingLinkView, error) {
	var out MatchingLinkView
	err := a.DB.InOrg(ctx, ref.Org, func(q *rows.Queries) error {
		r, err := q.MatchingLinkGet(ctx, ref.Org, ref.ID)
		if _, ours := linkActs[ref.Purpose]; !ours || db.NoRow(err) || (err == nil && !live(ref, r.Purpose, r.RevokedAt, r.ExpiresAt)) {
			return errLink()
		}
		if err != nil {
			return wrap(err, "read link")
		}
		out = MatchingLinkView{Brand: r.BrandColor, Logo: coaching.LogoPath(ref.Org, r.Logo), Organization: r.OrganizationName, Holder: r.Holder, Zone: coaching.ZoneOrUTC(r.Zone), person: r.PersonID}
		if err := out.find(ctx, q, ref, r.SubjectID); err != nil {
			return err
		}
		if !out.mayHold(ref.Purpose, r.IsAdmin) {
			return errLink()
		}
		return nil
	})
	return out, err
}

// find reads the matching that a link is about, and the interview.
func (v *MatchingLinkView) find(ctx context.Context, q *rows.Queries, ref coaching.LinkRef, subject uuid.UUID) error {
	id, interview := subject, uuid.Nil
	if ref.Purpose != coaching.MatchingLink {
		row, err := q.InterviewGet(ctx, ref.Org, subject)
		switch {
		case err == nil:
			id, interview = row.MatchingID, row.ID
		case !db.NoRow(err):
			return wrap(err, "read interview")
		}
	}
	m, err := readMatching(ctx, q, ref.Org, id)
	if err != nil {
		return err
	}
	v.Matching = m
	for k := range m.Interviews {
		if m.Interviews[k].ID == interview {
			v.Interview = &m.Interviews[k]
		}
	}
	return nil
}

// mayHold reports whether the holder is still who the link is for.
func (v *MatchingLinkView) mayHold(purpose coaching.LinkPurpose, admin bool) bool {
	switch purpose {
	case coaching.MatchingLink:
		return v.Matching.CoacheeID == v.person
	case coaching.InterviewLink:
		return v.Interview != nil && v.Interview.CoachID == v.person
	case coaching.ApprovalLink:
		approvers := v.Matching.Settings.Approvers
		return admin && (len(approvers) == 0 || slices.Contains(approvers, v.person))
	}
	return false
}

// linkActs are what each link lets its holder do.
var linkActs = map[coaching.LinkPurpose][]coaching.MatchingActKind{
	coaching.MatchingLink:  {coaching.AskInterview, coaching.TakeProposal, coaching.AskAgain, coaching.CancelInterview, coaching.SelectCoach},
	coaching.InterviewLink: {coaching.ProposeInterview, coaching.DeclineInterview, coaching.CancelInterview, coaching.HoldInterview, coaching.MissInterview},
	coaching.ApprovalLink:  {coaching.ApproveInterview, coaching.RejectInterview, coaching.ApproveSelection, coaching.RejectSelection, coaching.TakeDecisionBack},
}

// ActByMatchingLink does what the holder of a link asks for. Coaches and admins act on what
// their link is about alone.
func (a *App) ActByMatchingLink(ctx context.Context, ref coaching.LinkRef, in MatchingActInput) (MatchingLinkView, error) {
	v, err := a.ReadMatchingLink(ctx, ref)
	if err != nil {
		return v, err
	}
	if !slices.Contains(linkActs[ref.Purpose], in.Kind) {
		return v, coaching.Problemf(coaching.Invalid, "matching_act_unknown", "Nothing of that kind can be done here.")
	}
	if v.Interview != nil {
		in.InterviewID = v.Interview.ID
	}
	if err := a.applyToMatching(ctx, ref.Org, v.Matching.names.Matching, in.act(), &v.person); err != nil {
		return v, err
	}
	return a.ReadMatchingLink(ctx, ref)
}

// MayAsk refuses a request for an interview with a coach that cannot be made.
func (m Matching) MayAsk(coach uuid.UUID) *coaching.Problem { return m.rules.MayAsk(coach) }

// MaySelect refuses the selection of a coach that cannot be made.
func (m Matching) MaySelect(coach uuid.UUID) *coaching.Problem { return m.rules.MaySelect(coach) }
