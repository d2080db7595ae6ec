// Package demo makes the organization that `dev` shows: people, forms, a
// program template, and one engagement that is ready to start. It uses the
// same use cases as everybody.
package demo

import (
	"context"
	"embed"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"coachflow/app"
	"coachflow/coaching"
)

// The people of the demo.
const (
	AdminEmail  = "ada@northwind.example"
	CoachEmail  = "clara@northwind.example"
	ClientEmail = "ben@contoso.example"
	PeerEmail   = "paul@contoso.example"
)

// zone is where the demo's people are.
const zone = "Europe/Berlin"

//go:embed forms/*.json
var forms embed.FS

// Demo is what the demo consists of, by id and address.
type Demo struct {
	Admin      app.Principal
	Engagement uuid.UUID
	ToClient   string // the coach writes to it
	ToCoach    string // the client writes to it
}

// Make makes the demo organization. Passwords are the same for admin, coach
// and client.
func Make(ctx context.Context, a *app.App, password string) (Demo, error) {
	admin, err := a.CreateOrganization(ctx, app.NewOrganization{Name: "Northwind Coaching", TimeZone: zone,
		AdminName: "Ada Admin", AdminEmail: AdminEmail, AdminPassword: password})
	if err != nil {
		return Demo{}, fmt.Errorf("make demo organization: %w", err)
	}
	// A load can be tried on the demo: none of its messages waits for there being many.
	many := 100_000
	if _, err := a.UpdateOrganization(ctx, admin, app.OrganizationInput{Name: "Northwind Coaching", TimeZone: zone, UndoSeconds: 30, OnwardPerHour: &many}); err != nil {
		return Demo{}, fmt.Errorf("set up demo organization: %w", err)
	}
	m := maker{App: a, ctx: ctx, admin: admin, password: password}
	coach := m.person("Clara Coach", "coach", CoachEmail)
	client := m.person("Ben Bergmann", "coachee", ClientEmail)
	template := m.template()
	m.engagement(coach, client, template)
	m.stream(coach, client)
	if m.err != nil {
		return Demo{}, fmt.Errorf("make demo: %w", m.err)
	}
	return Find(ctx, a, admin)
}

// Find reads the demo's ids again.
func Find(ctx context.Context, a *app.App, admin app.Principal) (Demo, error) {
	d := Demo{Admin: admin}
	engagements, err := a.ListEngagements(ctx, admin, app.Paging{})
	if err != nil {
		return d, fmt.Errorf("find demo engagement: %w", err)
	}
	addresses, err := a.ListSystemAddresses(ctx, admin, nil, app.Paging{})
	if err != nil {
		return d, fmt.Errorf("find demo addresses: %w", err)
	}
	if len(engagements.Items) == 0 || len(addresses.Items) == 0 {
		return d, errors.New("the demo organization is not complete")
	}
	first := engagements.Items[0]
	d.Engagement = first.ID
	for _, address := range addresses.Items {
		if address.ClientID != first.CoacheeID {
			continue
		}
		if address.Direction == "to_client" {
			d.ToClient = address.Address
		} else {
			d.ToCoach = address.Address
		}
	}
	return d, nil
}

// maker makes one thing after the other and keeps the first error.
type maker struct {
	*app.App
	ctx      context.Context
	admin    app.Principal
	password string
	err      error
}

func (m *maker) person(name, role, email string) uuid.UUID {
	if m.err != nil {
		return uuid.Nil
	}
	made, err := m.CreatePerson(m.ctx, m.admin, app.PersonInput{Name: name, Roles: []string{role}, TimeZone: zone, Emails: []string{email}})
	if err == nil {
		err = m.SetPassword(m.ctx, m.admin, app.PasswordInput{Person: made.ID, Password: m.password})
	}
	m.err = err
	return made.ID
}

func (m *maker) form(name, file string) *uuid.UUID {
	if m.err != nil {
		return nil
	}
	definition, err := forms.ReadFile("forms/" + file)
	if err != nil {
		m.err = err
		return nil
	}
	made, err := m.CreateForm(m.ctx, m.admin, app.FormInput{Name: name, Definition: definition})
	m.err = err
	return &made.ID
}

func (m *maker) template() uuid.UUID {
	after := coaching.ReleaseRule{Rule: coaching.AfterPrior}
	coachee := []coaching.RecipientSpec{{Role: "coachee"}}
	due := func(days int) *coaching.DueRule {
		return &coaching.DueRule{After: &coaching.Delay{Amount: days, Unit: coaching.Days}}
	}
	items := []coaching.ItemSpec{
		{Kind: coaching.FormItem, Title: "Getting to know you", FormID: m.form("Getting to know you", "intake.json"), Release: after, Due: due(7), Recipients: coachee},
		{Kind: coaching.FormItem, Title: "Your goals", FormID: m.form("Your goals", "goals.json"), Release: after, Due: due(7), Recipients: coachee},
		{Kind: coaching.FormItem, Title: "A view from your peers", FormID: m.form("A view from your peers", "peers.json"), Release: after, Due: due(14),
			Recipients: []coaching.RecipientSpec{{Email: PeerEmail, Name: "Paul Peer"}, {Role: "coach", Optional: true}}},
		{Kind: coaching.FormItem, Title: "Looking back", FormID: m.form("Looking back", "closing.json"),
			Release: coaching.ReleaseRule{Rule: coaching.Manual}, Recipients: coachee},
	}
	if m.err != nil {
		return uuid.Nil
	}
	made, err := m.CreateProgramTemplate(m.ctx, m.admin, app.ProgramTemplateInput{Name: "Leadership coaching", Items: items})
	m.err = err
	return made.ID
}

func (m *maker) engagement(coach, client, template uuid.UUID) {
	if m.err != nil {
		return
	}
	_, m.err = m.CreateEngagement(m.ctx, m.admin, app.EngagementInput{Name: "Leadership coaching for Ben", CoacheeID: client, CoachID: &coach, TemplateID: &template})
}

func (m *maker) stream(coach, client uuid.UUID) {
	if m.err != nil {
		return
	}
	_, m.err = m.OpenStream(m.ctx, m.admin, app.StreamInput{CoachID: coach, ClientID: client})
}
