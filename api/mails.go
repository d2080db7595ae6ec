package api

import (
	"context"
	"net/http"

	"coachflow/app"
)

// mailRoutes are the mails that came to system addresses, for admins.
func (s *server) mailRoutes() {
	a := s.App
	route(s, http.MethodGet, "/inbound-mails", "listInboundMails", "Inbound mails", "List what came to system addresses",
		func(ctx context.Context, p app.Principal, in *ListMailsInput) (*Plain[app.Listing[app.InboundMailRow]], error) {
			return plain(a.FindInboundMails(ctx, p, app.InboundMailFilter{ListQuery: in.query(in.Sort), State: in.State}))
		}, says(listSays("A search finds them by coach and client of the address, in quarantine also by sender and subject. By default those in quarantine come first, then the newest.")))
	route(s, http.MethodGet, "/inbound-mails/{id}", "getInboundMail", "Inbound mails", "Read what became of a mail",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.InboundMail], error) {
			return plain(a.GetInboundMail(ctx, p, in.ID))
		})
	route(s, http.MethodGet, "/inbound-mails/{id}/raw", "getRawInboundMail", "Inbound mails", "Fetch a mail as it came",
		func(ctx context.Context, p app.Principal, in *ByID) (*Download, error) {
			raw, err := a.RawInboundMail(ctx, p, in.ID)
			if err != nil {
				return nil, err
			}
			return download(in.ID.String()+".eml", "message/rfc822", raw, raw.Size), nil
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
