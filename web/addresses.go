package web

import (
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/parts"
	"coachflow/web/serve"
)

func (p *Pages) registerAddresses(engine *gin.Engine) {
	p.get(engine, "/addresses", listAddresses)
	p.both(engine, "/addresses/:id/regenerate", regenerateAddress)
	p.post(engine, "/addresses/send", sendContacts)
	p.post(engine, "/addresses/take-back/:id", takeContactsBack)
}

// writtenBy says who writes to an address and whom it reaches.
func writtenBy(a app.SystemAddress) string {
	if a.Direction == string(coaching.DirectionToClient) {
		return a.CoachName + " writes here, " + a.ClientName + " gets it"
	}
	return a.ClientName + " writes here, " + a.CoachName + " gets it"
}

// addressesLook is how system addresses can be looked at.
var addressesLook = listLook{Path: "/addresses", Search: "Search by name or address", Chips: []listChip{
	{"All", "direction", ""}, {"Coaches write to", "direction", string(coaching.DirectionToClient)}, {"Clients write to", "direction", string(coaching.DirectionToCoach)}}}

func listAddresses(v *request) error {
	list, err := v.app().FindSystemAddresses(v.ctx, v.who, app.AddressFilter{ListQuery: v.listQuery(), Direction: v.Query("direction")})
	if problem, told := coaching.AsProblem(err); told && problem.Class == coaching.Forbidden {
		return serve.ErrMissing
	}
	if err != nil {
		return err
	}
	pending, err := v.app().PendingContacts(v.ctx, v.who)
	if err != nil {
		return err
	}
	return v.show("System addresses", "addresses", nil, addressesPage(addressesView{listView: lay(v, addressesLook, list), Pending: pending, Admin: v.who.Admin()}))
}

// addressesView is the list of addresses with what is about to leave about them.
type addressesView struct {
	listView[app.SystemAddress]
	Pending []app.Notification
	Admin   bool
}

// pairs are the conversations of the list, each once.
func (a addressesView) pairs() []option {
	var out []option
	for _, address := range a.Items {
		pair := option{Value: address.StreamID.String(), Label: address.ClientName}
		if a.Admin {
			pair.Label += ", with " + address.CoachName
		}
		if !slices.Contains(out, pair) {
			out = append(out, pair)
		}
	}
	return out
}

func sendContacts(v *request) error {
	v.back = "/addresses"
	var in app.StreamsInput
	for _, text := range v.form["stream"] {
		if id := optionalID(text); id != nil {
			in.StreamIDs = append(in.StreamIDs, *id)
		}
	}
	if len(in.StreamIDs) == 0 {
		return coaching.Problemf(coaching.Invalid, "streams_not_chosen", "Choose at least one client.")
	}
	send, what := v.app().SendContacts, "contacts"
	if v.field("what") == "addresses" {
		send, what = v.app().SendAddresses, "addresses"
	}
	planned, err := send(v.ctx, v.who, in)
	if err != nil {
		return err
	}
	return v.done(v.back, upperFirst(parts.Count(len(planned), "mail", "mails"))+" with "+what+" will leave in "+strconv.Itoa(v.org.UndoSeconds)+" seconds. Until then you can take them back.")
}

func takeContactsBack(v *request) error {
	v.back = "/addresses"
	id, err := v.id("id")
	if err != nil {
		return err
	}
	n, err := v.app().TakeBackNotification(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	return v.done(v.back, "The mail to "+named(n.RecipientName, n.Address)+" is taken back. Nothing was sent.")
}

func regenerateAddress(v *request) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	a, err := v.app().GetSystemAddress(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	return v.regenerate(a)
}

func (v *request) regenerate(a app.SystemAddress) error {
	if !v.posted() {
		return v.confirm("addresses", confirmation{Title: "Replace this address?", Action: "/addresses/" + a.ID.String() + "/regenerate", Button: "Replace it",
			Back: "/addresses", Danger: true, Lines: []string{a.Address, writtenBy(a) + ".", "The address dies at once: mail to it goes nowhere from then on. Whoever has it in their contacts needs the new one."}})
	}
	v.back = "/addresses"
	fresh, err := v.app().RegenerateSystemAddress(v.ctx, v.who, a.ID)
	if err != nil {
		return err
	}
	return v.done("/addresses", "The new address is "+fresh.Address)
}
