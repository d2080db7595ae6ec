package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/parts"
)

// The calendar of a person, for calendar programs: the address on the page of the account,
// and the feed itself, which needs no login.

func (p *Pages) registerCalendarFeed(engine *gin.Engine) {
	p.post(engine, "/account/calendar", newCalendarFeed)
	p.both(engine, "/account/calendar/new", askNewCalendarFeed)
	p.post(engine, "/account/calendar/remove", removeCalendarFeed)
	engine.GET(app.CalendarPath+":file", p.calendarFeed)
	engine.HEAD(app.CalendarPath+":file", p.calendarFeed)
}

// newCalendarFeed makes the first address, and shows it once.
func newCalendarFeed(v *request) error {
	feed, err := v.app().NewCalendarFeed(v.ctx, v.who)
	if err != nil {
		return err
	}
	return v.showAccount(feed, nil)
}

// askNewCalendarFeed asks before the address that there is dies.
func askNewCalendarFeed(v *request) error {
	if v.posted() {
		return newCalendarFeed(v)
	}
	return v.show("A new address", "account", nil, parts.Confirm(newAddress))
}

var newAddress = parts.Confirmation{Title: "A new address for your calendar?", Action: "/account/calendar/new", Button: "Make a new address", Back: "/account#calendar",
	Lines: []string{"The present address is dead at once: calendar programs that use it show nothing new any more, until you give them the new one."}}

func removeCalendarFeed(v *request) error {
	if err := v.app().RemoveCalendarFeed(v.ctx, v.who); err != nil {
		return err
	}
	return v.done("/account#calendar", "The address of your calendar is dead. Calendar programs that use it show nothing new any more.")
}

// calendarFeed gives a calendar to whoever has its address.
func (p *Pages) calendarFeed(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Cache-Control", "no-store")
	token, is := strings.CutSuffix(c.Param("file"), app.CalendarEnding)
	if !is {
		c.String(http.StatusNotFound, "There is no such calendar.")
		return
	}
	feed, err := p.App.OpenCalendar(c.Request.Context(), token)
	switch _, told := coaching.AsProblem(err); {
	case told:
		c.String(http.StatusNotFound, "There is no such calendar.")
		return
	case err != nil:
		p.Log.ErrorContext(c.Request.Context(), "calendar feed failed", "error", err)
		c.String(http.StatusServiceUnavailable, "The calendar cannot be read now. Try again later.")
		return
	}
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", feed.ETag)
	if hasETag(c.GetHeader("If-None-Match"), feed.ETag) {
		c.Status(http.StatusNotModified)
		return
	}
	c.Data(http.StatusOK, "text/calendar; charset=utf-8", feed.Body)
}

// hasETag reports whether a program has what an ETag names (RFC 9110, 13.1.2).
func hasETag(has, etag string) bool {
	for one := range strings.SplitSeq(has, ",") {
		if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == etag {
			return true
		}
	}
	return false
}
