package api

import (
	"context"
	"net/http"

	"coachflow/app"
	"coachflow/coaching"
)

// ByKind is an operation on the letter of a kind.
type ByKind struct {
	Kind string `path:"kind" maxLength:"60" doc:"The kind of notification, like form_request."`
}

// SetLetterInput replaces the letter of a kind.
type SetLetterInput struct {
	ByKind
	Body coaching.LetterSpec
}

// notificationRoutes are the mails, planned and sent, and their letters.
func (s *server) notificationRoutes() {
	a := s.App
	route(s, http.MethodGet, "/notifications", "listNotifications", "Notifications", "List the mails that are planned, held or sent",
		func(ctx context.Context, p app.Principal, in *ListNotificationsInput) (*Plain[app.Listing[app.MailRow]], error) {
			return plain(a.FindMails(ctx, p, in.filter()))
		}, says(listSays("A search finds those to people by name and address, and to others by the beginning of the address. By default those come first that are held, bounced or failed, then the newest.")))
	route(s, http.MethodGet, "/notifications/{id}", "getNotification", "Notifications", "Read a mail as it was sent",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.Notification], error) {
			return plain(a.GetNotification(ctx, p, in.ID))
		})
	route(s, http.MethodGet, "/notification-templates", "listNotificationTemplates", "Notifications", "List the letters in force",
		func(ctx context.Context, p app.Principal, _ *None) (*Plain[app.Page[app.NotificationTemplate]], error) {
			return all(a.ListNotificationTemplates(ctx, p))
		})
	route(s, http.MethodPut, "/notification-templates/{kind}", "setNotificationTemplate", "Notifications", "Replace the letter of a kind",
		func(ctx context.Context, p app.Principal, in *SetLetterInput) (*Plain[app.NotificationTemplate], error) {
			return plain(a.SetNotificationTemplate(ctx, p, in.Kind, in.Body))
		})
	route(s, http.MethodDelete, "/notification-templates/{kind}", "resetNotificationTemplate", "Notifications", "Go back to the default letter",
		func(ctx context.Context, p app.Principal, in *ByKind) (*None, error) {
			return nil, a.ResetNotificationTemplate(ctx, p, in.Kind)
		})
}
