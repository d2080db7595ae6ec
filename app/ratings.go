package app

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/program"
)

// Ratings of sessions: given by the link in a mail, without a login, and shown to those
// whom the question named as its readers.

// RatingLink is what the link to a rating shows.
type RatingLink struct {
	Session  string // its title
	StartsAt time.Time
	Question string
	Low      string // what 1 means
	High     string // what 5 means
	Readers  string // the sentence that says who reads the answer (R27)
	Stand    coaching.RatingStand
	Over     bool // the engagement has ended
	ClosesAt time.Time
	Given    *coaching.Rating // as it is stored; nil: not yet

	Organization, Brand, Logo string
	Zone                      *time.Location

	id, engagement uuid.UUID
}

// ReadRatingLink reads what the link to a rating shows.
func (a *App) ReadRatingLink(ctx context.Context, ref coaching.LinkRef) (RatingLink, error) {
	var out RatingLink
	err := a.DB.InOrg(ctx, ref.Org, func(q *rows.Queries) (err error) {
		out, err = readRatingLink(ctx, q, ref)
		return err
	})
	return out, err
}

func readRatingLink(ctx context.Context, q *rows.Queries, ref coaching.LinkRef) (RatingLink, error) {
	r, err := q.RatingLinkGet(ctx, ref.Org, ref.ID)
	if db.NoRow(err) || (err == nil && !live(ref, r.Purpose, r.RevokedAt, r.ExpiresAt)) {
		return RatingLink{}, errLink()
	}
	if err != nil {
		return RatingLink{}, wrap(err, "read rating of link")
	}
	asked := r.SessionRating
	names := coaching.RatingNames{Organization: r.OrganizationName, Coach: r.CoachName, Coachee: r.CoacheeName}
	return RatingLink{Session: r.Title, StartsAt: r.StartsAt, Question: asked.Question, Low: asked.Low, High: asked.High,
		Readers: coaching.RatingReaders(asked.Readers).Words(coaching.RatingRole(asked.Role), names),
		Stand:   program.RatingStandOf(asked, r.EngagementStatus, now()), Over: coaching.EngagementStatus(r.EngagementStatus).Over(), ClosesAt: asked.ClosesAt, Given: ratingOf(asked.Score, asked.Words),
		Organization: r.OrganizationName, Brand: r.BrandColor, Logo: coaching.LogoPath(ref.Org, r.Logo), Zone: coaching.ZoneOrUTC(r.Zone),
		id: asked.ID, engagement: asked.EngagementID}, nil
}

func ratingOf(score *int32, words string) *coaching.Rating {
	if score == nil {
		return nil
	}
	return &coaching.Rating{Score: int(*score), Words: words}
}

// RateByLink stores a rating, or changes it, for as long as it is asked for. What comes
// back is how it stands then.
func (a *App) RateByLink(ctx context.Context, ref coaching.LinkRef, rating coaching.Rating) (RatingLink, error) {
	out, err := a.ReadRatingLink(ctx, ref)
	if err != nil {
		return out, err
	}
	err = a.DB.InOrg(ctx, ref.Org, func(q *rows.Queries) error {
		// The end of the engagement waits, or has come.
		if _, err := q.EngagementLock(ctx, ref.Org, out.engagement); err != nil {
			return wrap(err, "lock engagement")
		}
		if out, err = readRatingLink(ctx, q, ref); err != nil {
			return err
		}
		if !out.Stand.Takes() {
			return errRatingOver()
		}
		if problem := rating.Clean(); problem != nil {
			return problem
		}
		at := now()
		stored, err := q.RatingAnswer(ctx, rows.RatingAnswerParams{OrgID: ref.Org, ID: out.id, Score: new(int32(rating.Score)), Words: rating.Words, ChangedAt: &at})
		if err == nil && stored == 0 {
			return errRatingOver()
		}
		if err != nil {
			return wrap(err, "store rating")
		}
		out, err = readRatingLink(ctx, q, ref)
		return err
	})
	return out, err
}

func errRatingOver() error {
	return coaching.Problemf(coaching.Conflict, "rating_closed", "No rating of this session is taken any more. Nothing was changed.")
}

// SessionRating is what somebody was asked about a session, and said.
type SessionRating struct {
	ID         uuid.UUID            `json:"id"`
	ItemID     uuid.UUID            `json:"item_id"`
	SessionID  uuid.UUID            `json:"session_id" doc:"A session that is scheduled again is another one."`
	Session    string               `json:"session" doc:"The title of the session's item."`
	StartsAt   time.Time            `json:"starts_at" doc:"When the session began."`
	Role       coaching.RatingRole  `json:"role" doc:"coachee or coach: who was asked"`
	Person     string               `json:"person"`
	Question   string               `json:"question"`
	Low        string               `json:"low" doc:"What 1 means."`
	High       string               `json:"high" doc:"What 5 means."`
	Readers    string               `json:"readers" doc:"Who reads the answer: admins, coach (the admins and the coach) or everyone."`
	Stand      coaching.RatingStand `json:"stand" doc:"open, answered (it can still be changed), closed, or ended: the session was not held after all"`
	Score      *int                 `json:"score,omitempty" doc:"From 1 to 5; absent while there is no answer."`
	Words      string               `json:"words,omitempty"`
	AskedAt    time.Time            `json:"asked_at"`
	ClosesAt   time.Time            `json:"closes_at" doc:"Until when the answer can be given and changed."`
	AnsweredAt *time.Time           `json:"answered_at,omitempty"`
	ChangedAt  *time.Time           `json:"changed_at,omitempty"`
}

// ListRatings lists the ratings of an engagement's sessions that the principal reads, in
// the order in which they were asked for. A coach reads those of their own time as its
// coach.
func (a *App) ListRatings(ctx context.Context, p Principal, engagement uuid.UUID, paging Paging) (Page[SessionRating], error) {
	after, most, err := paging.read()
	if err != nil {
		return Page[SessionRating]{}, err
	}
	var list []rows.RatingsOfEngagementRow
	status := ""
	err = a.list(ctx, p, func(q *rows.Queries) error {
		e, err := engagementFor(ctx, q, p, engagement)
		if err != nil {
			return err
		}
		readers, ofCoach := readsRatings(p, e)
		status = e.Status
		list, err = q.RatingsOfEngagement(ctx, rows.RatingsOfEngagementParams{OrgID: p.Org, EngagementID: engagement, After: after, Readers: readers, OfCoach: ofCoach, Most: most + 1})
		return wrap(err, "list ratings")
	})
	return page(list, most, func(r rows.RatingsOfEngagementRow) uuid.UUID { return r.ID }, func(r rows.RatingsOfEngagementRow) SessionRating {
		return sessionRating(r, status)
	}), err
}

// readsRatings are the choices of readers with which the principal reads an answer of an
// engagement, and the coach to whom alone they belong.
func readsRatings(p Principal, e rows.Engagement) (readers []string, ofCoach *uuid.UUID) {
	coach := e.CoachID != nil && *e.CoachID == p.Person
	for _, r := range coaching.ReadBy(p.Admin(), coach) {
		readers = append(readers, string(r))
	}
	if coach && !p.Admin() {
		ofCoach = e.CoachID
	}
	return readers, ofCoach
}

func sessionRating(r rows.RatingsOfEngagementRow, engagementStatus string) SessionRating {
	out := SessionRating{ID: r.ID, ItemID: r.ItemID, SessionID: r.SessionID, Session: r.Title, StartsAt: r.StartsAt, Role: coaching.RatingRole(r.Role), Person: r.PersonName, Question: r.Question, Low: r.Low, High: r.High,
		Readers: r.Readers, Words: r.Words, AskedAt: r.AskedAt, ClosesAt: r.ClosesAt, AnsweredAt: r.AnsweredAt, ChangedAt: r.ChangedAt,
		Stand: program.RatingStandOf(rows.SessionRating{ClosesAt: r.ClosesAt, EndedAt: r.EndedAt, AnsweredAt: r.AnsweredAt}, engagementStatus, now())}
	if r.Score != nil {
		out.Score = new(int(*r.Score))
	}
	return out
}

// ratingsSeen reports whether the ratings of an engagement are of interest to the
// principal: some can be read, or are asked for so that they will be.
func ratingsSeen(ctx context.Context, q *rows.Queries, p Principal, e rows.Engagement, stored []byte) (bool, error) {
	settings, err := program.RatingsOf(stored)
	if err != nil {
		return false, err
	}
	readers, ofCoach := readsRatings(p, e)
	if settings.Asked && slices.Contains(readers, string(settings.Readers)) {
		return true, nil
	}
	seen, err := q.RatingsAreThere(ctx, rows.RatingsAreThereParams{OrgID: p.Org, EngagementID: e.ID, Readers: readers, OfCoach: ofCoach})
	return seen, wrap(err, "look for ratings")
}

// CoachRating is what coachees said of the sessions of a coach.
type CoachRating struct {
	Answers int     `json:"answers"`
	Average float64 `json:"average" doc:"From 1 to 5; 0 while there is no answer."`
}

// RatingOfCoach is the average of what coachees said of a coach's sessions, for admins.
func (a *App) RatingOfCoach(ctx context.Context, p Principal, coach uuid.UUID) (CoachRating, error) {
	if err := adminOnly(p); err != nil {
		return CoachRating{}, err
	}
	var out CoachRating
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		if _, err := q.PersonGet(ctx, p.Org, coach); err != nil {
			return found(err, "person")
		}
		row, err := q.RatingOfCoach(ctx, p.Org, &coach)
		out = CoachRating{Answers: int(row.Answers), Average: row.Average}
		return wrap(err, "read ratings of coach")
	})
	return out, err
}
