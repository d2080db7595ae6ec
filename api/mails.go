package api

import (
	"context"
	"net/http"

	"coachflow/app"
)

// ListMailsInput asks for mails in one state, or all.
type ListMailsInput struct {
	Paged
	State string `query:"state" enum:"received,posted,filed,duplicate,ignored,quarantined,discarded"`
}

// mailRoutes are the mails that came to system addresses, for admins.
func (s *server) mailRoutes() {
	a := s.App
	route(s, http.MethodGet, "/inbound-mails", "listInboundMails", "Inbound mails", "List what came to system addresses",
		func(ctx context.Context, p app.Principal, in *ListMailsInput) (*Plain[app.Page[app.InboundMail]], error) {
			return plain(a.ListInboundMails(ctx, p, in.State, in.paging()))
		})
	route(s, http.MethodGet, "/inbound-mails/{id}", "getInboundMail", "Inbound mails", "Read what became of a mail",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.InboundMail], error) {
			return plain(a.GetInboundMail(ctx, p, in.ID))
		})
	route(s, http.MethodGet, "/inbound-mails/{id}/raw", "getRawInboundMail", "Inbound mails", "Fetch a mail as it came",
		func(ctx context.Context, p app.Principal, in *ByID) (*Streamed, error) {
			raw, err := a.RawInboundMail(ctx, p, in.ID)
			if err != nil {
				return nil, err
			}
			return streamed(in.ID.String()+".eml", "message/rfc822", raw, raw.Size), nil
		}, bytesAre("message/rfc822"))
	route(s, http.MethodPost, "/inbound-mails/{id}/release", "releaseInboundMail", "Inbound mails", "Let a mail through that is in quarantine or was ignored, once",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.InboundMail], error) {
			return plain(a.ReleaseInboundMail(ctx, p, in.ID))
		})
	route(s, http.MethodPost, "/inbound-mails/{id}/discard", "discardInboundMail", "Inbound mails", "Keep a quarantined mail aside for good",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.InboundMail], error) {
			return plain(a.DiscardInboundMail(ctx, p, in.ID))
		})
}
