package web

import (
	"github.com/gin-gonic/gin"

	"coachflow/app"
)

func (p *Pages) registerTemplates(engine *gin.Engine) {
	p.get(engine, "/templates", adminPage(listTemplates))
	p.get(engine, "/templates/:id", adminPage(showTemplate))
}

// templatesLook is how programs can be looked at.
var templatesLook = listLook{Path: "/templates", Search: "Search by name", Sorts: []option{newestFirst, byName}}

func listTemplates(v *request) error {
	list, err := v.app().FindProgramTemplates(v.ctx, v.who, app.LibraryFilter{ListQuery: v.listQuery()})
	if err != nil {
		return err
	}
	return v.show("Programs", "templates", nil, templatesPage(lay(v, templatesLook, list)))
}

func showTemplate(v *request) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	t, err := v.app().GetProgramTemplate(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	return v.show(t.Name, "templates", nil, templatePage(t))
}
