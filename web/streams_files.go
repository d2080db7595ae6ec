package web

import (
	"net/http"
	"strings"
	"time"

	"coachflow/app"
	"coachflow/mail/receive"
	"coachflow/web/parts"
	"coachflow/web/serve"
)

// downloadFile hands a file over, and counts the view. What a browser asks for ahead of its
// reader is no view, and gets nothing.
func downloadFile(v *request) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if strings.Contains(v.GetHeader("Sec-Purpose"), "prefetch") {
		v.Status(http.StatusServiceUnavailable)
		return nil
	}
	file, data, err := v.app().OpenFile(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	serve.Stream(v.Context, file.Name, file.ContentType, data, file.Size)
	return nil
}

func showImage(v *request) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	file, err := v.app().GetFile(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	if !file.Inline || !receive.Picture(file.ContentType) {
		return serve.ErrMissing
	}
	_, data, err := v.app().ReadFile(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	v.Writer.Header().Set("Content-Security-Policy", serve.FilePolicy)
	v.Data(http.StatusOK, serve.SafeType(file.ContentType), data)
	return nil
}

// viewsOf says who has opened a file.
func viewsOf(f app.File, zone *time.Location) string {
	if len(f.Views) == 0 {
		return "Not opened yet by the other side."
	}
	var views []string
	for _, view := range f.Views {
		text := view.Name + " opened it on " + parts.Short(view.FirstAt, zone)
		if view.Views > 1 {
			text += ", " + times(view.Views) + " in all, last on " + parts.Short(view.LastAt, zone)
		}
		views = append(views, text)
	}
	return strings.Join(views, "; ") + "."
}
