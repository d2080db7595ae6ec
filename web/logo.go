package web

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/files"
)

func (p *Pages) registerLogo(engine *gin.Engine) {
	engine.POST("/settings/logo", p.answer(adminPage(setLogo), func(*request) error { return nil })) // it reads its file itself
	p.post(engine, "/settings/logo/remove", adminPage(removeLogo))
	engine.GET("/logo/:org/:file", p.showLogo)
	engine.HEAD("/logo/:org/:file", p.showLogo)
}

// setLogo takes the picture that was chosen.
func setLogo(v *request) error {
	v.back = "/settings"
	v.Request.Body = http.MaxBytesReader(v.Writer, v.Request.Body, files.LargestLogo+64<<10)
	chosen, _, err := v.Request.FormFile("logo")
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return coaching.Problemf(coaching.TooLarge, "logo_too_large", "A logo is a picture of at most 2 MB. Save it smaller, and choose it again.")
	case err != nil:
		return coaching.Problemf(coaching.Invalid, "logo_missing", "Choose the picture of the logo first.")
	}
	defer chosen.Close() //nolint:errcheck // it was only read
	picture, err := io.ReadAll(chosen)
	if err != nil {
		return err
	}
	if err := v.app().SetLogo(v.ctx, v.who, picture); err != nil {
		return err
	}
	return v.done("/settings", "The logo is set. It stands on all pages, and in mails from now on.")
}

func removeLogo(v *request) error {
	v.back = "/settings"
	if err := v.app().RemoveLogo(v.ctx, v.who); err != nil {
		return err
	}
	return v.done("/settings", "The logo is removed. Mails that were sent keep theirs.")
}

// showLogo gives a logo to anybody: mails load it, and pages behind links. It never
// changes, since its address is that of its content.
func (p *Pages) showLogo(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'")
	picture, err := p.logo(c)
	switch _, told := coaching.AsProblem(err); {
	case err == nil:
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		c.Data(http.StatusOK, "image/png", picture)
	case told:
		h.Set("Cache-Control", "no-store")
		c.String(http.StatusNotFound, "There is no such logo.")
	default:
		p.Log.Error("show a logo", "error", err)
		c.String(http.StatusInternalServerError, "The logo cannot be shown now.")
	}
}

func (p *Pages) logo(c *gin.Context) ([]byte, error) {
	org, err := uuid.Parse(c.Param("org"))
	id, is := strings.CutSuffix(c.Param("file"), ".png")
	if err != nil || !is {
		return nil, coaching.Problemf(coaching.NotFound, "logo_not_found", "There is no such logo.")
	}
	return p.App.Logo(c.Request.Context(), org, id)
}
