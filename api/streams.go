package api

import (
	"context"
	"net/http"

	"coachflow/app"
)

// PagedByID asks for a list that belongs to one thing.
type PagedByID struct {
	ByID
	Paged
}

// streamRoutes are the messages of the pairs, and the addresses that lead there.
func (s *server) streamRoutes() {
	a := s.App
	route(s, http.MethodPost, "/streams", "openStream", "Streams", "Open the stream of a coach and a client",
		func(ctx context.Context, p app.Principal, in *With[app.StreamInput]) (*Created[app.Stream], error) {
			out, err := a.OpenStream(ctx, p, in.Body)
			return created("/streams", out.ID, 0, out, err)
		}, creates, says("Makes the two system addresses of the pair, too. Where the stream is there already, the answer is that one."))
	route(s, http.MethodGet, "/streams", "listStreams", "Streams", "List the streams that you may see",
		func(ctx context.Context, p app.Principal, in *Paged) (*Plain[app.Page[app.Stream]], error) {
			return plain(a.ListStreams(ctx, p, in.paging()))
		})
	route(s, http.MethodGet, "/streams/{id}", "getStream", "Streams", "Read a stream",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.Stream], error) {
			return plain(a.GetStream(ctx, p, in.ID))
		})
	route(s, http.MethodGet, "/streams/{id}/messages", "listMessages", "Streams", "List the messages of a stream, in order",
		func(ctx context.Context, p app.Principal, in *PagedByID) (*Plain[app.Page[app.Message]], error) {
			return plain(a.ListMessages(ctx, p, in.ID, in.paging()))
		})
	route(s, http.MethodGet, "/system-addresses", "listSystemAddresses", "Streams", "List the addresses in use",
		func(ctx context.Context, p app.Principal, in *ListSystemAddressesInput) (*Plain[app.Listing[app.SystemAddress]], error) {
			return plain(a.FindSystemAddresses(ctx, p, app.AddressFilter{ListQuery: in.query(app.NewestFirst), Coach: in.Coach, Direction: in.Direction}))
		}, says(listSays("A search finds them by coach and client. The newest come first.")))
	route(s, http.MethodPost, "/system-addresses/send-contacts", "sendContacts", "Streams", "Mail coaches the contacts of chosen clients, as vCards",
		func(ctx context.Context, p app.Principal, in *With[app.StreamsInput]) (*Plain[app.Page[app.Notification]], error) {
			return all(a.SendContacts(ctx, p, in.Body))
		}, says("One mail to each coach. It leaves after the time in which it can be taken back."))
	route(s, http.MethodPost, "/system-addresses/send-to-clients", "sendAddressesToClients", "Streams", "Mail chosen clients the address by which they write to their coach",
		func(ctx context.Context, p app.Principal, in *With[app.StreamsInput]) (*Plain[app.Page[app.Notification]], error) {
			return all(a.SendAddresses(ctx, p, in.Body))
		}, says("The mails leave after the time in which they can be taken back."))
	route(s, http.MethodPost, "/notifications/{id}/take-back", "takeBackNotification", "Notifications", "Take back a mail with contacts or an address that has not left",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.Notification], error) {
			return plain(a.TakeBackNotification(ctx, p, in.ID))
		})
	route(s, http.MethodPost, "/system-addresses/{id}/regenerate", "regenerateSystemAddress", "Streams", "Put a new address in the place of one, which dies at once",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.SystemAddress], error) {
			return plain(a.RegenerateSystemAddress(ctx, p, in.ID))
		})
}
