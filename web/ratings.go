package web

import (
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/parts"
	"coachflow/web/serve"
)

// What coachee and coach said of the sessions of an engagement, over time.

func (p *Pages) registerRatings(engine *gin.Engine) {
	p.get(engine, "/engagements/:id/ratings", ratingsPage)
}

// ratedSession is a session with what was said of it; nil: they were not asked, or it is
// not for the reader.
type ratedSession struct {
	Title          string
	StartsAt       time.Time
	Coachee, Coach *app.SessionRating
}

func ratingsPage(v *request) error {
	view, err := v.engagement("ratings")
	if err != nil {
		return err
	}
	if !view.RatingsSeen {
		return serve.ErrMissing
	}
	list, err := everyPage(func(at app.Paging) (app.Page[app.SessionRating], error) {
		return v.app().ListRatings(v.ctx, v.who, view.ID, at)
	})
	if err != nil {
		return err
	}
	return v.show("Ratings", "engagements", nil, ratingsContent(view, ratedSessions(list)))
}

// ratedSessions puts the ratings of one session together, the sessions in the order in which
// they were asked about.
func ratedSessions(list []app.SessionRating) []ratedSession {
	var out []ratedSession
	place := map[uuid.UUID]int{}
	for i, r := range list {
		at, known := place[r.SessionID]
		if !known {
			at = len(out)
			place[r.SessionID] = at
			out = append(out, ratedSession{Title: r.Session, StartsAt: r.StartsAt})
		}
		if r.Role == coaching.CoachRates {
			out[at].Coach = &list[i]
		} else {
			out[at].Coachee = &list[i]
		}
	}
	return out
}

// scoreLines are the lines of the picture.
func scoreLines(list []ratedSession) []parts.ScoreLine {
	lines := []parts.ScoreLine{{Label: "Coachee"}, {Label: "Coach"}}
	for _, s := range list {
		lines[0].Scores = append(lines[0].Scores, scoreOf(s.Coachee))
		lines[1].Scores = append(lines[1].Scores, scoreOf(s.Coach))
	}
	return lines
}

func scoreOf(r *app.SessionRating) int {
	if r == nil || r.Score == nil {
		return 0
	}
	return *r.Score
}

// ratingWords say what a rating is, or why there is none.
func ratingWords(r *app.SessionRating) string {
	switch {
	case r == nil:
		return "Not asked"
	case r.Score != nil:
		return strconv.Itoa(*r.Score) + " of 5"
	case r.Stand == coaching.RatingOpen:
		return "Not answered yet"
	case r.Stand == coaching.RatingEnded:
		return "Ended: the session was not held"
	}
	return "Closed, not answered"
}

// anyScore reports whether there is something to draw.
func anyScore(list []ratedSession) bool {
	for _, s := range list {
		if scoreOf(s.Coachee) > 0 || scoreOf(s.Coach) > 0 {
			return true
		}
	}
	return false
}

// ratingReadersWords say on the page of the ratings who else reads them.
func ratingReadersWords(list []ratedSession) string {
	widest := ""
	for _, s := range list {
		for _, r := range []*app.SessionRating{s.Coachee, s.Coach} {
			if r == nil {
				continue
			}
			switch coaching.RatingReaders(r.Readers) {
			case coaching.RatingsForEveryone:
				return "Read by admins, coach and coachee, as whoever answered was told."
			case coaching.RatingsForCoach:
				widest = "Read by admins and coach, as whoever answered was told."
			case coaching.RatingsForAdmins:
				if widest == "" {
					widest = "Read by admins alone, as whoever answered was told."
				}
			}
		}
	}
	return widest
}
