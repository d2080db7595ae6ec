package coaching

import (
	"errors"
	"fmt"
)

// Properties that the SurveyJS Creator writes and that only change how
// SurveyJS draws. They are accepted, and not kept: coachflow draws its own page.
// Everything that changes what is asked, who sees it, or what an answer means
// is read by name in this file, or refused.
var (
	formCosmetics = []string{
		"$schema", "sjsVersion",
		"logoPosition", "logoFit", "logoWidth", "logoHeight",
		"widthMode", "width", "fitToContainer", "headerView",
		"showTitle", "showPageTitles", "showPageNumbers", "showBrandInfo", "showTOC", "tocLocation",
		"showQuestionNumbers", "questionStartIndex", "requiredText", "requiredMark", "questionTitlePattern",
		"questionTitleLocation", "questionDescriptionLocation", "questionErrorLocation",
		"questionsOnPageMode", "checkErrorsMode", "textUpdateMode", "autoGrowComment", "allowResizeComment",
		"showProgressBar", "progressBarType", "progressBarLocation", "progressBarShowPageTitles",
		"progressBarShowPageNumbers", "progressBarInheritWidthFrom",
		"showNavigationButtons", "navigationButtonsLocation", "showPrevButton",
		"focusFirstQuestionAutomatic", "autoFocusFirstQuestion", "focusOnFirstError", "autoFocusFirstError",
	}
	pageCosmetics = []string{
		"questionTitleLocation", "questionTitleWidth", "questionErrorLocation", "showQuestionNumbers",
		"navigationButtonsVisibility", "showNavigationButtons", "width", "minWidth", "maxWidth",
	}
	questionCosmetics = []string{
		"startWithNewLine", "width", "minWidth", "maxWidth", "indent", "rightIndent", "titleLocation",
		"descriptionLocation", "errorLocation", "hideNumber", "showNumber",
	}
	textCosmetics     = []string{"size", "textUpdateMode"}
	commentCosmetics  = []string{"cols", "autoGrow", "allowResize", "textUpdateMode"}
	choiceCosmetics   = []string{"colCount"}
	dropdownCosmetics = []string{"allowClear", "searchEnabled", "searchMode", "renderAs"}
	ratingCosmetics   = []string{"rateType", "rateColorMode", "scaleColorMode", "rateDisplayMode", "displayMode", "displayRateDescriptionsAsExtremeItems"}
	booleanCosmetics  = []string{"swapOrder", "renderAs", "useTitleAsLabel"}
)

type formParser struct {
	problems  []FieldProblem
	total     int
	names     map[string]string // question name to the path where it stands
	pages     map[string]bool
	questions int
}

// ParseForm reads a form definition in the subset of SurveyJS JSON that
// coachflow can show without script. The error is a *Problem: form_too_large,
// or form_invalid with every place that is wrong, at most MaxFormProblems.
//
// Translated texts ({"default": "…"}) are taken when "default" is their only
// language. Properties that only change how SurveyJS draws are accepted and
// dropped; everything else outside the subset is refused by its path.
func ParseForm(data []byte) (*Form, error) {
	if len(data) > MaxFormBytes {
		return nil, Problemf(TooLarge, "form_too_large", "The form definition is larger than %d KB.", MaxFormBytes>>10)
	}
	tree, err := readFormTree(data)
	if err != nil {
		return nil, notJSON(err)
	}
	parser := &formParser{names: map[string]string{}, pages: map[string]bool{}}
	form := parser.form(tree)
	if parser.total > 0 {
		return nil, parser.refusal()
	}
	return form, nil
}

func notJSON(err error) *Problem {
	problem := Problemf(Invalid, "form_invalid", "The form definition cannot be read.")
	if errors.Is(err, errFormDepth) {
		return problem.WithField("", "form_too_deep", "The definition is nested more than %d levels deep.", maxFormDepth)
	}
	return problem.WithField("", "form_not_json", "The definition is not valid JSON: %s.", err.Error())
}

func (p *formParser) refusal() *Problem {
	message := "The form definition has a problem."
	if p.total > 1 {
		message = fmt.Sprintf("The form definition has %d problems.", p.total)
	}
	if p.total > len(p.problems) {
		message += fmt.Sprintf(" The first %d are listed.", len(p.problems))
	}
	return &Problem{Class: Invalid, Code: "form_invalid", Message: message, Fields: p.problems}
}

func (p *formParser) form(node *formNode) *Form {
	object, ok := p.object(node, "")
	if !ok {
		return nil
	}
	form := &Form{Title: object.line("title", maxLabelRunes), Description: object.words("description", maxHelpRunes)}
	object.ignore(formCosmetics)
	p.locale(object)
	before := p.total
	form.Pages = p.sections(object)
	object.end()
	if p.questions == 0 && p.total == before {
		p.problem("", "form_empty", "The form has no question. Add at least one.")
	}
	return form
}

// locale accepts English, which the page's own words are in.
func (p *formParser) locale(object *formObject) {
	if locale := object.name("locale", maxNameRunes); locale != "" && locale != "en" && locale != "default" {
		object.problem("locale", "form_language_unsupported", "Pages are in English; the locale cannot be set.")
	}
}

// sections reads pages, or the elements of a definition without pages.
func (p *formParser) sections(object *formObject) []FormSection {
	pages, hasPages := object.list("pages", MaxFormPages)
	elements, hasElements := object.list("elements", MaxFormQuestions)
	if hasPages && hasElements {
		object.problem("elements", "form_value_invalid", "Give either pages or elements, not both.")
		return nil
	}
	if hasElements {
		return []FormSection{{Questions: p.elements(elements, "elements")}}
	}
	var sections []FormSection
	for i, page := range pages {
		if section, ok := p.section(page, formItemPath("pages", i)); ok {
			sections = append(sections, section)
		}
	}
	return sections
}

func (p *formParser) section(node *formNode, path string) (FormSection, bool) {
	object, ok := p.object(node, path)
	if !ok {
		return FormSection{}, false
	}
	section := FormSection{
		Name:        object.name("name", maxNameRunes),
		Title:       object.words("title", maxTitleRunes),
		Description: object.words("description", maxHelpRunes),
	}
	if p.pages[section.Name] && section.Name != "" {
		object.problem("name", "form_name_duplicate", "Another page has this name.")
	}
	p.pages[section.Name] = true
	object.ignore(pageCosmetics)
	if elements, ok := object.list("elements", MaxFormQuestions); ok {
		section.Questions = p.elements(elements, formPath(path, "elements"))
	}
	object.end()
	// An empty page says nothing; the Creator leaves one behind easily.
	return section, len(section.Questions) > 0 || section.Title != "" || section.Description != ""
}

func (p *formParser) elements(nodes []*formNode, path string) []Question {
	var questions []Question
	for i, node := range nodes {
		p.questions++
		if p.questions == MaxFormQuestions+1 {
			p.problem(formItemPath(path, i), "form_too_many", "A form can have at most %d questions.", MaxFormQuestions)
		}
		if question, ok := p.question(node, formItemPath(path, i)); ok {
			questions = append(questions, question)
		}
	}
	return questions
}

func (p *formParser) question(node *formNode, path string) (Question, bool) {
	object, ok := p.object(node, path)
	if !ok {
		return Question{}, false
	}
	typ := object.name("type", maxNameRunes)
	read, known := questionReaders[typ]
	if !known {
		p.unknownType(object, typ)
		return Question{}, false
	}
	question := Question{
		Name:     object.name("name", maxNameRunes),
		Title:    object.words("title", maxTitleRunes),
		Help:     object.words("description", maxHelpRunes),
		Required: object.flag("isRequired"),
	}
	if question.Title == "" {
		question.Title = question.Name
	}
	p.claimName(object, question.Name)
	read(object, &question)
	object.ignore(questionCosmetics)
	object.end()
	return question, true
}

func (p *formParser) unknownType(object *formObject, typ string) {
	if typ == "" {
		object.problem("type", "form_property_missing", "Every question needs a type.")
		return
	}
	object.problem("type", "form_type_unsupported",
		"Questions of type %q are not supported. Use text, comment, radiogroup, dropdown, checkbox, rating or boolean.", typ)
}

// claimName refuses a name that is missing or taken. Its other faults were
// reported when it was read, and left it empty.
func (p *formParser) claimName(object *formObject, name string) {
	if name == "" {
		if !p.reported(formPath(object.path, "name")) {
			object.problem("name", "form_property_missing", "Every question needs a name.")
		}
		return
	}
	if first, taken := p.names[name]; taken {
		object.problem("name", "form_name_duplicate", "The question at %s has this name already.", first)
		return
	}
	p.names[name] = object.path
}
