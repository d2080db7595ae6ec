package web

import (
	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/parts"
)

// addSessionFiles adds what was uploaded to a session.
func addSessionFiles(v *request) error {
	item, err := v.sessionItem()
	if err != nil {
		return err
	}
	err = v.refused
	if err == nil {
		v.takeUploads()
		_, err = v.app().AddItemFiles(v.ctx, v.who, item.ID, chosenFiles(v.form["file_ids"]))
	}
	if _, told := coaching.AsProblem(err); told {
		return v.showSession(item, sessionValues(item, v.zone.String()), err)
	}
	if err != nil {
		return err
	}
	return v.done(item.URL("session"), "Added. Those who attend find them on the session's page, and in the next mail about it.")
}

// canAddFiles reports whether files can be added to the session.
func (i itemView) canAddFiles() bool {
	return i.engagement.MayRun && !i.engagement.over() && !i.ended()
}

// fileURL is where somebody who has logged in gets a file.
func fileURL(f app.ItemFile) string { return "/files/" + f.FileID.String() + "/download" }

// upload is the field for files of a session. Nobody is mailed for them.
func (f sessionForm) upload() parts.UploadField {
	field := uploadField("files", "Add files")
	field.Chosen, field.Fault = "file_ids", or(f.Faults["file_ids"], f.Faults["item.file_ids"])
	field.Hint += " Everybody who attends can open them. Nothing is mailed for it."
	return field
}
