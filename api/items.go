package api

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
)

// MoveInput puts an item at another place.
type MoveInput struct {
	ByID
	Body struct {
		Position int `json:"position" minimum:"0" maximum:"1000" doc:"Counts from 0."`
	}
}

// PreviewLetterInput asks for a letter; without a body for the first one.
type PreviewLetterInput struct {
	ByID
	Body *app.PreviewInput
}

// ByRecipient is an operation on a recipient of an item.
type ByRecipient struct {
	ByID
	Recipient uuid.UUID `path:"rid"`
}

// itemRoutes are the items of programs.
func (s *server) itemRoutes() {
	a := s.App
	route(s, http.MethodGet, "/items/{id}", "getItem", "Items", "Read an item",
		func(ctx context.Context, p app.Principal, in *ByID) (*Tagged[app.Item], error) {
			return s.item(ctx, p, in.ID)
		}, says("The ETag is that of the program."))
	route(s, http.MethodPut, "/items/{id}", "changeItem", "Items", "Replace what is asked of an item",
		func(ctx context.Context, p app.Principal, in *Change[coaching.ItemSpec]) (*Tagged[app.Item], error) {
			revision, err := ifMatch(in.IfMatch)
			if err != nil {
				return nil, err
			}
			if _, err := a.ChangeItem(ctx, p, in.ID, revision, in.Body); err != nil {
				return nil, withinItem(err)
			}
			return s.item(ctx, p, in.ID)
		})
	route(s, http.MethodDelete, "/items/{id}", "removeItem", "Items", "Take an item out of its program; what was sent stays sent",
		func(ctx context.Context, p app.Principal, in *ByID) (*None, error) {
			return nil, a.RemoveItem(ctx, p, in.ID)
		})
	route(s, http.MethodPost, "/items/{id}/move", "moveItem", "Items", "Put an item at another place",
		func(ctx context.Context, p app.Principal, in *MoveInput) (*Plain[app.Item], error) {
			return plain(a.MoveItem(ctx, p, in.ID, in.Body.Position))
		})
	s.itemAct("send", "send", "Send an item now, or again", a.SendItem)
	s.itemAct("take-back", "takeBack", "Undo a send that has not left", a.TakeItemBack)
	s.itemAct("skip", "skip", "End an item as it is", a.SkipItem)
	s.itemAct("reopen", "reopen", "Open an item that has ended", a.ReopenItem)
	s.followUpRoutes()
	s.taskRoutes()
	s.itemFileRoutes()
	s.sessionRoutes()
	route(s, http.MethodPost, "/items/{id}/preview", "previewItem", "Items", "Show a letter of an item as it would be sent now",
		func(ctx context.Context, p app.Principal, in *PreviewLetterInput) (*Plain[app.Letter], error) {
			wanted := app.PreviewInput{}
			if in.Body != nil {
				wanted = *in.Body
			}
			return plain(a.PreviewItem(ctx, p, in.ID, wanted))
		}, says("Sends nothing. Links in it lead nowhere."))
	route(s, http.MethodGet, "/items/{id}/answers", "listAnswers", "Items", "List the answers to an item",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.Page[app.Answer]], error) {
			return all(a.ListAnswers(ctx, p, in.ID))
		})
}

func (s *server) itemAct(verb, id, summary string, act func(context.Context, app.Principal, uuid.UUID) (app.Item, error)) {
	route(s, http.MethodPost, "/items/{id}/"+verb, id+"Item", "Items", summary,
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.Item], error) {
			return plain(act(ctx, p, in.ID))
		})
}

func (s *server) taskRoutes() {
	a := s.App
	route(s, http.MethodGet, "/tasks/{id}", "getTask", "Items", "Read a task that was sent to you",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.Task], error) {
			return plain(a.GetTask(ctx, p, in.ID))
		}, says("The id is that of the item."))
	route(s, http.MethodPost, "/tasks/{id}/complete", "completeTask", "Items", "Mark a task that was sent to you as complete",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.Task], error) {
			return plain(a.CompleteTask(ctx, p, in.ID))
		}, says("Doing it again changes nothing."))
	route(s, http.MethodPost, "/items/{id}/complete", "completeItem", "Items", "Mark an item that was sent to you as complete: a task, a file",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.Task], error) {
			return plain(a.CompleteTask(ctx, p, in.ID))
		}, says("Doing it again changes nothing."))
}

// ReplaceFileInput names the new version of a file.
type ReplaceFileInput struct {
	ByID
	File uuid.UUID `path:"fid"`
	Body struct {
		FileID uuid.UUID `json:"file_id" doc:"The new version, which was uploaded."`
	}
}

// AddFilesInput adds files to an item.
type AddFilesInput struct {
	ByID
	Body struct {
		FileIDs []uuid.UUID `json:"file_ids" minItems:"1" maxItems:"20" doc:"Files that were uploaded."`
	}
}

func (s *server) itemFileRoutes() {
	route(s, http.MethodPost, "/items/{id}/files", "addItemFiles", "Items", "Add files to a session",
		func(ctx context.Context, p app.Principal, in *AddFilesInput) (*Plain[app.Item], error) {
			return plain(s.App.AddItemFiles(ctx, p, in.ID, in.Body.FileIDs))
		}, says("Its attendees find them on its page, and in the mails about it from then on. Nothing is mailed for it."))
	route(s, http.MethodPost, "/items/{id}/files/{fid}/replace", "replaceItemFile", "Items", "Replace a file of an item by a new version",
		func(ctx context.Context, p app.Principal, in *ReplaceFileInput) (*Plain[app.Item], error) {
			return plain(s.App.ReplaceItemFile(ctx, p, in.ID, in.File, in.Body.FileID))
		}, says("Who has got a mail about the item and has not completed it is told, once for each replacement. Who has completed it is left alone."))
}

func (s *server) followUpRoutes() {
	hold := func(held bool) func(context.Context, app.Principal, *ByRecipient) (*Plain[app.Item], error) {
		return func(ctx context.Context, p app.Principal, in *ByRecipient) (*Plain[app.Item], error) {
			return plain(s.App.HoldFollowUp(ctx, p, in.ID, in.Recipient, held))
		}
	}
	route(s, http.MethodPost, "/items/{id}/recipients/{rid}/hold", "holdFollowUp", "Items", "Hold the reminders to one recipient", hold(true))
	route(s, http.MethodPost, "/items/{id}/recipients/{rid}/resume-follow-up", "resumeFollowUp", "Items", "Resume the reminders to one recipient", hold(false))
}

// item reads an item with the revision of its program. The revision is read
// before the item in one go, so that it is never newer than what it stands for.
func (s *server) item(ctx context.Context, p app.Principal, id uuid.UUID) (*Tagged[app.Item], error) {
	out, err := s.App.GetItem(ctx, p, id)
	if err != nil {
		return nil, err
	}
	program, err := s.App.GetProgram(ctx, p, out.EngagementID)
	if err != nil {
		return nil, err
	}
	for _, item := range program.Items {
		if item.ID == id {
			return tagged(item, program.Revision, nil)
		}
	}
	return nil, coaching.Problemf(coaching.NotFound, "item_not_found", "There is no such item.") // removed in between
}
