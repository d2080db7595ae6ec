package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"coachflow/app"
)

// The cookie by which a browser is known in which somebody has logged in before (see
// App.KeepDevice). A logout leaves it.

// deviceTokenEnd is between the tokens of several people.
const deviceTokenEnd = "."

func (p *Pages) deviceCookie() string { return p.sessions.Cookie.Name + "-device" }

func (p *Pages) deviceTokens(r *http.Request) []string {
	cookie, err := r.Cookie(p.deviceCookie())
	if err != nil {
		return nil
	}
	return strings.Split(cookie.Value, deviceTokenEnd)
}

// keepDevice lets the browser be known from now on.
func (p *Pages) keepDevice(c *gin.Context, who app.Principal) {
	tokens := p.App.KeepDevice(who, p.deviceTokens(c.Request))
	http.SetCookie(c.Writer, &http.Cookie{Name: p.deviceCookie(), Value: strings.Join(tokens, deviceTokenEnd), Path: "/", MaxAge: int(app.DeviceLife.Seconds()),
		Secure: p.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// keepChooser lets the browser be known in which somebody has chosen their password by
// a link: that way somebody gets in whom strangers keep out of a new browser.
func (p *Pages) keepChooser(c *gin.Context, org, person uuid.UUID) {
	who, err := p.App.Principal(c.Request.Context(), org, person)
	if err != nil {
		p.Log.WarnContext(c.Request.Context(), "device is not kept", "error", err)
		return
	}
	p.keepDevice(c, who)
}
