package web

import "github.com/gin-gonic/gin"

func (p *Pages) registerTemplates(engine *gin.Engine) {
	p.get(engine, "/templates", adminPage(listTemplates))
	p.get(engine, "/templates/:id", adminPage(showTemplate))
}

func listTemplates(v *request) error {
	list, err := v.app().ListProgramTemplates(v.ctx, v.who, v.paging())
	if err != nil {
		return err
	}
	return v.show("Programs", "templates", nil, templatesPage(list))
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
