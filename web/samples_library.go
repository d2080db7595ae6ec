package web

import (
	"net/url"

	"coachflow/app"
	"coachflow/coaching"
)

const inventedForm = `{"title": "Before your first session", "pages": [{"name": "you", "title": "You", "elements": [
	{"type": "text", "name": "role", "title": "What is your role?", "isRequired": true},
	{"type": "comment", "name": "why", "title": "What made you think of coaching now?", "description": "A few sentences are enough. Write as you would speak."},
	{"type": "checkbox", "name": "topics", "title": "Which topics matter to you, and which of them did you think of before anybody asked you whether there was one?", "choices": ["Delegating without losing the overview", "Conflicts in the team", "Time to think, and rest"]},
	{"type": "rating", "name": "energy", "title": "كيف طاقتك هذه الأيام؟", "rateMin": 1, "rateMax": 5}]}]}`

func (i invented) library() []Sample {
	forms := inventedPlace{title: "Forms", key: "forms", path: "/forms"}
	asCoach, nothing := forms, forms
	asCoach.who, nothing.query = i.coach, "q=Zoë"
	row := func(name string, version int) app.Form {
		return app.Form{ID: inventedID(name), Name: name, Version: version, CreatedAt: i.now.Add(-200 * day)}
	}
	list := app.Listing[app.Form]{Items: []app.Form{row("Before your first session", 3), row(longTitle, 1), row(arabicName, 1), row("Looking back", 14)}, Next: "next"}
	at := func(title string) inventedPlace {
		return inventedPlace{title: title, key: "forms", path: "/forms/one"}
	}
	form := app.Form{ID: inventedID("form"), Name: "Before your first session", Version: 3, Definition: []byte(inventedForm)}
	parsed, err := coaching.ParseForm(form.Definition)
	if err != nil {
		panic(err) // it is a text of this file
	}
	wrong := at("New form")
	wrong.alert = coaching.Problemf(coaching.Invalid, "invalid_form", "The definition cannot be used as it is.").WithField("pages[0].elements[2].type", "unsupported", "The type “matrix” is not supported.").
		WithField("pages[0].elements[3].choices", "missing", "A checkbox needs choices.")
	programs := inventedPlace{title: "Programs", key: "templates", path: "/templates"}
	noPrograms, program := programs, programs
	noPrograms.query, program.title, program.path = "q=Zoë", "Leadership, six months", "/templates/one"
	template := app.ProgramTemplate{ID: inventedID("template"), Name: "Leadership, six months", Version: 2}
	for _, item := range i.inventedItems() {
		item.Recipients = []coaching.RecipientSpec{{Role: "coachee"}, {Email: longAddress, Name: longName, Optional: true}}
		template.Items = append(template.Items, item.ItemSpec)
	}
	kinds := []coaching.ItemKind{coaching.FormItem, coaching.TaskItem}
	templates := app.Listing[app.ProgramTemplateRow]{Items: []app.ProgramTemplateRow{{ProgramTemplate: template, CreatedAt: i.now.Add(-90 * day), Kinds: kinds}, {ProgramTemplate: app.ProgramTemplate{ID: inventedID("long"), Name: longTitle, Version: 1}, CreatedAt: i.now.Add(-day), Kinds: kinds[:1]}}}
	return append(i.libraryFiles(), in("Library",
		i.page("forms", forms, formsPage(lay(i.request(forms), formsLook, list), true)), i.page("forms-coach", asCoach, formsPage(lay(i.request(asCoach), formsLook, list), false)),
		i.page("forms-none", forms, formsPage(lay(i.request(forms), formsLook, app.Listing[app.Form]{}), true)), i.page("forms-nothing-found", nothing, formsPage(lay(i.request(nothing), formsLook, app.Listing[app.Form]{}), true)),
		i.page("form", at(form.Name), formPage(form, parsed, true)), i.page("form-new", at("New form"), definitionPage(definitionForm{Values: url.Values{}})),
		i.page("form-replace", at("Replace a form"), definitionPage(definitionForm{Form: &form, Values: url.Values{"name": {form.Name}, "definition": {pretty(form.Definition)}}})),
		i.page("form-faults", wrong, definitionPage(definitionForm{Values: url.Values{"definition": {`{"pages": [`}}, Faults: map[string]string{"name": "A form needs a name.", "definition": "The definition has 2 faults; they are named above."}})),
		i.page("programs", programs, templatesPage(lay(i.request(programs), templatesLook, templates))), i.page("programs-none", programs, templatesPage(lay(i.request(programs), templatesLook, app.Listing[app.ProgramTemplateRow]{}))),
		i.page("programs-nothing-found", noPrograms, templatesPage(lay(i.request(noPrograms), templatesLook, app.Listing[app.ProgramTemplateRow]{}))), i.page("program-of-library", program, templatePage(template)))...)
}

func (i invented) libraryFiles() []Sample {
	at := inventedPlace{title: "Files", key: "files", path: "/files"}
	asCoach, nothing, refused := at, at, at
	asCoach.who, nothing.query = i.coach, "q=Zoë"
	refused.alert = coaching.Problemf(coaching.TooLarge, "file_too_large", "“Workshop.mov” is larger than 100 MB. Make it smaller, or share it where large files are kept and write the link.")
	row := func(name, contentType string, size int64, by string) app.UploadedFile {
		return app.UploadedFile{File: app.File{ID: inventedID(name), Name: name, ContentType: contentType, Size: size, CreatedAt: i.now.Add(-20 * day)}, UploadedBy: inventedID(by), UploaderName: by}
	}
	list := app.Listing[app.UploadedFile]{Items: []app.UploadedFile{row("Values.pdf", "application/pdf", 482_113, "Jonas Weber"), row(longTitle+".docx", "application/msword", 93_000_000, longName),
		row(arabicName+".png", "image/png", 812, arabicName)}, Next: "next"}
	page := func(name string, at inventedPlace, list app.Listing[app.UploadedFile], admin bool) Sample {
		return i.page(name, at, filesPage(lay(i.request(at), filesLook, list), admin))
	}
	none := app.Listing[app.UploadedFile]{}
	return in("Library", page("files", at, list, true), page("files-coach", asCoach, list, false), page("files-none", at, none, true), page("files-nothing-found", nothing, none, true),
		i.page("files-refused", refused, filesPage(lay(i.request(at), filesLook, list), true)))
}
