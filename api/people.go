package api

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"coachflow/app"
)

// ByAddress is an operation on an email address.
type ByAddress struct {
	Address string `path:"address" doc:"The email address, percent-encoded."`
}

// peopleRoutes are the people, for admins and, to read, for coaches.
func (s *server) peopleRoutes() {
	a := s.App
	route(s, http.MethodPost, "/people", "createPerson", "People", "Add a person",
		func(ctx context.Context, p app.Principal, in *With[app.PersonInput]) (*Created[app.Person], error) {
			out, err := a.CreatePerson(ctx, p, in.Body)
			return created("/people", out.ID, out.Version, out, err)
		}, creates)
	route(s, http.MethodGet, "/people", "listPeople", "People", "List the people",
		func(ctx context.Context, p app.Principal, in *ListPeopleInput) (*Plain[app.Listing[app.PersonRow]], error) {
			return plain(a.FindPeople(ctx, p, in.filter()))
		}, says(listSays("Lists show the primary address of each person only. A coach sees the people of their own engagements and conversations, and of the other coaches the name. By default those come first whose address is blocked, then the newest.")))
	route(s, http.MethodGet, "/people/{id}", "getPerson", "People", "Read a person",
		func(ctx context.Context, p app.Principal, in *ByID) (*Tagged[app.Person], error) {
			out, err := a.GetPerson(ctx, p, in.ID)
			return tagged(out, out.Version, err)
		}, says("A coach sees the people of their own engagements and conversations, and of the other coaches the name."))
	route(s, http.MethodPut, "/people/{id}", "updatePerson", "People", "Replace what is known of a person",
		func(ctx context.Context, p app.Principal, in *Change[app.PersonInput]) (*Tagged[app.Person], error) {
			version, err := ifMatch(in.IfMatch)
			if err != nil {
				return nil, err
			}
			out, err := a.UpdatePerson(ctx, p, in.ID, version, in.Body)
			return tagged(out, out.Version, err)
		})
	s.invitationRoutes()
	s.addressRoutes()
}

// ListInvitationsInput asks for invitations, of one person or all, in one state
// or any.
type ListInvitationsInput struct {
	Paged
	Person uuid.UUID `query:"person_id"`
	Status string    `query:"status" enum:"open,accepted,withdrawn,replaced,expired"`
}

func (s *server) invitationRoutes() {
	a := s.App
	route(s, http.MethodPost, "/invitations", "invitePerson", "People", "Invite a person to create an account",
		func(ctx context.Context, p app.Principal, in *With[app.InvitationInput]) (*Created[app.Invitation], error) {
			out, err := a.Invite(ctx, p, in.Body)
			return created("/invitations", out.ID, 0, out, err)
		}, creates, says("The mail leaves after the time in which it can be taken back. Inviting somebody again replaces the open invitation: its link dies."))
	route(s, http.MethodGet, "/invitations", "listInvitations", "People", "List the invitations",
		func(ctx context.Context, p app.Principal, in *ListInvitationsInput) (*Plain[app.Page[app.Invitation]], error) {
			return plain(a.ListInvitations(ctx, p, in.Person, in.Status, in.paging()))
		})
	route(s, http.MethodGet, "/invitations/{id}", "getInvitation", "People", "Read an invitation",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.Invitation], error) {
			return plain(a.GetInvitation(ctx, p, in.ID))
		})
	route(s, http.MethodPost, "/invitations/{id}/withdraw", "withdrawInvitation", "People", "Withdraw an open invitation",
		func(ctx context.Context, p app.Principal, in *ByID) (*Plain[app.Invitation], error) {
			return plain(a.WithdrawInvitation(ctx, p, in.ID))
		}, says("Its link dies, and nothing more is sent. Within the time to take a mail back, nothing was sent at all."))
}

func (s *server) addressRoutes() {
	a := s.App
	route(s, http.MethodGet, "/blocked-addresses", "listBlockedAddresses", "People", "List the addresses to which nothing is sent",
		func(ctx context.Context, p app.Principal, _ *None) (*Plain[app.Page[app.BlockedAddress]], error) {
			return all(a.ListBlockedAddresses(ctx, p))
		})
	route(s, http.MethodDelete, "/blocked-addresses/{address}", "clearBlockedAddress", "People", "Let mail go to an address again",
		func(ctx context.Context, p app.Principal, in *ByAddress) (*None, error) {
			return nil, a.ClearBlockedAddress(ctx, p, in.Address)
		})
}
