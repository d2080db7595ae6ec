package program

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// Coach and coachee are asked for a rating when a session was held.

// RatingsOf reads what an organization asks after sessions; NULL is the default.
func RatingsOf(stored []byte) (coaching.RatingSettings, error) {
	settings := coaching.DefaultRatings
	if stored == nil {
		return settings, nil
	}
	if err := json.Unmarshal(stored, &settings); err != nil {
		return settings, fmt.Errorf("read what is asked after sessions: %w", err)
	}
	return settings, nil
}

// askForRatings asks those who took part in a session that was held, where the organization
// has set so. Who was asked about it before is not asked again (R15).
func (p *locked) askForRatings(ctx context.Context, item coaching.ProgramItem, s *rows.ItemSession) error {
	settings, err := RatingsOf(p.names.Ratings)
	if err != nil || !settings.Asked {
		return err
	}
	attend, err := p.recipientsOf(ctx, item.State.ID)
	if err != nil {
		return err
	}
	coachee := p.engagement.CoacheeID
	attends := slices.ContainsFunc(attend, func(r recipient) bool { return r.PersonID != nil && *r.PersonID == coachee })
	for _, role := range coaching.RatingAskedOf(p.engagement.CoachID != nil, attends) {
		person := coachee
		if role == coaching.CoachRates {
			person = *p.engagement.CoachID
		}
		if err := p.askForRating(ctx, item, s, settings, role, person); err != nil {
			return err
		}
	}
	return nil
}

func (p *locked) askForRating(ctx context.Context, item coaching.ProgramItem, s *rows.ItemSession, ask coaching.RatingSettings, role coaching.RatingRole, person uuid.UUID) error {
	id, at := db.NewID(), p.command.At
	asked, err := p.RatingInsert(ctx, rows.RatingInsertParams{OrgID: p.command.Org, ID: id, EngagementID: p.command.Engagement, SessionID: s.ID, PersonID: person, Role: string(role),
		CoachID: p.engagement.CoachID, Question: ask.Question, Low: ask.Low, High: ask.High, Readers: string(ask.Readers), AskedAt: at, ClosesAt: at.Add(coaching.RatingPeriod)})
	if err != nil {
		return fmt.Errorf("store that a rating is asked for: %w", err)
	}
	if asked == 0 {
		return nil
	}
	to, err := p.ContactGet(ctx, p.command.Org, person)
	if err != nil {
		return fmt.Errorf("read who is asked: %w", err)
	}
	n := outbox.PlanTo(to, coaching.SessionRatingLetter, fmt.Sprintf("%s/%s/%s", coaching.SessionRatingLetter, s.ID, person), string(role)+" of "+item.Spec.Title)
	n.OrgID, n.EngagementID, n.ItemID, n.Step, n.AboutIds, n.CalendarUid, n.PlannedAt = p.command.Org, &p.command.Engagement, &item.State.ID, "rating", []uuid.UUID{id}, s.Uid, at
	return p.planStandalone(ctx, []rows.NotificationPlanParams{n})
}

// endRatings ends what is asked about the session of an item, which was not held after all.
func (p *locked) endRatings(ctx context.Context, item uuid.UUID) error {
	s := p.sessions[item]
	if s == nil {
		return nil
	}
	if err := p.RatingsEnd(ctx, rows.RatingsEndParams{OrgID: p.command.Org, SessionID: s.ID, EndedAt: &p.command.At}); err != nil {
		return fmt.Errorf("end ratings: %w", err)
	}
	return nil
}

// writeRatingAsked writes the mail that asks for a rating, unless nothing is asked any more.
func (s *Programs) writeRatingAsked(ctx context.Context, q *rows.Queries, n rows.Notification) (*outbox.Draft, error) {
	p, err := s.openMail(ctx, q, n)
	if err != nil {
		return nil, err
	}
	session := p.sessions[*n.ItemID]
	r, err := q.RatingGet(ctx, n.OrgID, n.AboutIds[0])
	if err != nil {
		return nil, fmt.Errorf("read what is asked: %w", err)
	}
	if stand := RatingStandOf(r, p.engagement.Status, p.command.At); stand != coaching.RatingOpen {
		return nil, outbox.TakeBack(ctx, q, n, "the rating is not waited for any more")
	}
	l, err := s.mailLetters(ctx, p, n)
	if err != nil {
		return nil, err
	}
	to, err := q.ContactGet(ctx, n.OrgID, r.PersonID)
	if err != nil {
		return nil, fmt.Errorf("read who is asked: %w", err)
	}
	link := coaching.LinkRef{Purpose: coaching.RatingLink, Org: n.OrgID, ID: coaching.LinkID(coaching.RatingLink, r.ID, r.PersonID, n.Address)}
	err = q.LinkInsert(ctx, rows.LinkInsertParams{OrgID: n.OrgID, ID: link.ID, Purpose: link.Purpose.Name(), SubjectID: r.ID, PersonID: n.PersonID, Email: &n.Address, ExpiresAt: r.ClosesAt.Add(outbox.LinkLife)})
	if err != nil {
		return nil, fmt.Errorf("make link: %w", err)
	}
	d := &outbox.Draft{Row: n, Sender: p.names.OrganizationName, ReplyTo: l.replyTo(n), Links: []coaching.LinkRef{link}}
	template, why, err := p.template(ctx, coaching.SessionRatingLetter, nil)
	if err != nil {
		return nil, err
	}
	return d, s.Outbox.RenderWith(ctx, q, d, template, why, l.ratingValues(n, r, session, coaching.ZoneOrUTC(to.TimeZone), link), l.layout())
}

// ratingValues are the placeholders of a mail that asks for a rating.
func (l itemLetters) ratingValues(n rows.Notification, r rows.SessionRating, s *rows.ItemSession, zone *time.Location, link coaching.LinkRef) map[string]string {
	v := l.values(n)
	names := coaching.RatingNames{Organization: l.p.names.OrganizationName, Coach: l.p.names.CoachName, Coachee: l.p.names.CoacheeName}
	v["day"], v["question"] = s.StartsAt.In(zone).Format("Monday, 2 January 2006"), r.Question
	v["readers"] = coaching.RatingReaders(r.Readers).Words(coaching.RatingRole(r.Role), names)
	v["until"], v["link"] = coaching.ShowTime(r.ClosesAt, zone), l.outbox.LinkPlaceholder(link.Purpose, link.ID)
	return v
}

// RatingStandOf is how a rating stands in an engagement of some status.
func RatingStandOf(r rows.SessionRating, engagementStatus string, now time.Time) coaching.RatingStand {
	return coaching.RatingFacts{ClosesAt: r.ClosesAt, EndedAt: db.Deref(r.EndedAt), AnsweredAt: db.Deref(r.AnsweredAt), Now: now,
		Over: coaching.EngagementStatus(engagementStatus).Over()}.Stand()
}
