package web

import (
	"github.com/gin-gonic/gin"

	"coachflow/app"
	"coachflow/web/serve"
)

func (p *Pages) registerSearch(engine *gin.Engine) {
	p.get(engine, "/search", searchPage)
}

// searchPage shows the people and engagements that fit a search.
func searchPage(v *request) error {
	if !v.who.Admin() && !v.who.Coach() {
		return serve.ErrMissing
	}
	v.search = v.Query("q")
	found, err := v.app().Search(v.ctx, v.who, v.search)
	if err != nil {
		return err
	}
	v.crumbs = []crumb{}
	return v.show("Search", "", nil, searchContent(findings{found, v.search, v.who.Admin()}))
}

// findings are what a search has found, with what was searched for.
type findings struct {
	app.Findings
	Text  string
	Admin bool
}
