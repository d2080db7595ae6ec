package link

import (
	"net/http"

	"coachflow/coaching"
	"coachflow/web/formview"
	"coachflow/web/serve"
)

// giveFile hands the file over, and counts the view.
func (r *request) giveFile() error {
	if _, status := serve.Form(r.Context); status != http.StatusOK {
		return coaching.Problemf(coaching.TooLarge, "form_too_large", "Please open the link again and press the button.")
	}
	if !pressed(r.Request) {
		return r.offerFile("Please press the button to open the file.")
	}
	file, err := r.pages.App.ViewFile(r.ctx, r.ref)
	if err != nil {
		return err
	}
	serve.File(r.Context, file.Name, file.ContentType, file.Data)
	return nil
}

func (r *request) offerFile(notice string) error {
	file, err := r.pages.App.ReadFileLink(r.ctx, r.ref)
	if err != nil {
		return err
	}
	return r.render(http.StatusOK, formview.Confirm(formview.ConfirmPage{
		Frame: r.frame(file.Organization, file.Brand, file.Logo), Title: file.Name, Problem: notice, Body: "A file was shared with you.",
		Details: []formview.Detail{{Label: "Size", Value: serve.FileSize(file.Size)}, {Label: "Kind", Value: serve.FileKind(file.ContentType)}},
		Action:  r.Request.URL.Path, Button: "Open the file",
		Hint: "Your browser saves the file on your device. The person who shared it sees that you opened it.",
	}))
}
