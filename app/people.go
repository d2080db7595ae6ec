package app

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/program"
	"coachflow/workflows"
)

// Person is a person of an organization.
type Person struct {
	ID        uuid.UUID `json:"id"`
	Name      string    `json:"name"`
	Roles     []string  `json:"roles"`
	State     string    `json:"state" doc:"internal (a record only), invited, or active (has set a password)"`
	TimeZone  string    `json:"time_zone" doc:"IANA name"`
	Emails    []string  `json:"emails" doc:"All addresses of the person, the primary one first."`
	Version   int       `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	// Blocked are those of the addresses that get no mail.
	Blocked []BlockedAddress `json:"blocked,omitempty" doc:"Those of the addresses to which no mail goes, and why. Only where one person is read, and by an admin."`
}

// PersonInput is what an admin says of a person.
type PersonInput struct {
	Name     string   `json:"name" minLength:"1" maxLength:"200"`
	Roles    []string `json:"roles" minItems:"1" doc:"admin, coach, coachee"`
	State    string   `json:"state,omitempty" enum:"internal,invited,active" doc:"Where it is left out: internal of a new person, else as it was. Nobody becomes invited or active by it: invite the person. Setting internal closes the account."`
	TimeZone string   `json:"time_zone,omitempty" doc:"IANA name; the organization's where it is left out"`
	Emails   []string `json:"emails" minItems:"1" maxItems:"10" doc:"The first one is the primary address."`
}

func (in *PersonInput) check() (err error) {
	if in.Name, err = coaching.CleanName("A person", in.Name); err != nil {
		return err
	}
	slices.Sort(in.Roles)
	in.Roles = slices.Compact(in.Roles)
	for i, role := range in.Roles {
		if !slices.Contains(coaching.Roles, coaching.Role(role)) {
			return coaching.Problemf(coaching.Invalid, "role_unknown", "The roles are admin, coach and coachee.").
				WithField("roles["+itoa(i)+"]", "role_unknown", "%q is none of them", role)
		}
	}
	if len(in.Roles) == 0 || len(in.Emails) == 0 {
		return coaching.Problemf(coaching.Invalid, "person_incomplete", "A person needs at least one role and one email address.")
	}
	for i, address := range in.Emails {
		clean, err := coaching.EmailAddress(address)
		if err != nil {
			return coaching.AtPath(err, "emails["+itoa(i)+"]")
		}
		if slices.Contains(in.Emails[:i], clean) {
			return coaching.Problemf(coaching.Invalid, "email_twice", "The address %s is given twice.", clean).WithField("emails["+itoa(i)+"]", "email_twice", "given before")
		}
		in.Emails[i] = clean
	}
	if _, err := coaching.Zone(in.TimeZone); err != nil {
		if problem, is := coaching.AsProblem(err); is && len(problem.Fields) == 0 {
			return problem.WithField("time_zone", problem.Code, "%s", problem.Message)
		}
		return err
	}
	return nil
}

// checkPerson refuses a person that could not be written to.
func (a *App) checkPerson(in *PersonInput) error {
	if err := in.check(); err != nil {
		return err
	}
	for i, address := range in.Emails {
		if problem := coaching.CheckNotOwn(address, a.Programs.Own, "emails["+itoa(i)+"]"); problem != nil {
			return problem
		}
	}
	return nil
}

// keepsPart refuses to take a role from who has it in engagements that are not
// over: what the role may do there would be nobody's, or stay with them.
func keepsPart(ctx context.Context, q *rows.Queries, org uuid.UUID, old rows.Person, in PersonInput) error {
	lost := func(role string) bool { return slices.Contains(old.Roles, role) && !slices.Contains(in.Roles, role) }
	if !lost("coach") && !lost("coachee") {
		return nil
	}
	parts, err := q.EngagementParts(ctx, &old.ID, org)
	if err != nil {
		return wrap(err, "count engagements")
	}
	if lost("coach") && parts.AsCoach > 0 {
		return coaching.Problemf(coaching.Conflict, "role_in_use", "%s is the coach of %d engagements that are not over, so the role must stay. Give them another coach, or end them first.", old.Name, parts.AsCoach).
			WithField("roles", "role_in_use", "needed as coach")
	}
	if lost("coachee") && parts.AsCoachee > 0 {
		return coaching.Problemf(coaching.Conflict, "role_in_use", "%s is the coachee of %d engagements that are not over, so the role must stay. End them first.", old.Name, parts.AsCoachee).
			WithField("roles", "role_in_use", "needed as coachee")
	}
	return nil
}

// CreatePerson adds a person. An address that another person of the
// organization has is a conflict.
func (a *App) CreatePerson(ctx context.Context, p Principal, in PersonInput) (Person, error) {
	if err := adminOnly(p); err != nil {
		return Person{}, err
	}
	var out Person
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		if err := fillZone(ctx, q, p, &in); err != nil {
			return err
		}
		if in.State == "" {
			in.State = string(coaching.InternalPerson)
		}
		if err := a.checkPerson(&in); err != nil {
			return err
		}
		if in.State != string(coaching.InternalPerson) {
			return stateByHand()
		}
		row, err := q.PersonInsert(ctx, rows.PersonInsertParams{OrgID: p.Org, ID: db.NewID(), Name: in.Name, Roles: in.Roles, State: in.State, TimeZone: in.TimeZone})
		if err != nil {
			return wrap(err, "insert person")
		}
		out = person(row, in.Emails)
		return setAddresses(ctx, q, p.Org, row.ID, in.Emails)
	})
	return out, err
}

func fillZone(ctx context.Context, q *rows.Queries, p Principal, in *PersonInput) error {
	if in.TimeZone != "" {
		return nil
	}
	organization, err := q.OrganizationGet(ctx, p.Org)
	in.TimeZone = organization.TimeZone
	return wrap(err, "read organization")
}

func setAddresses(ctx context.Context, q *rows.Queries, org, id uuid.UUID, addresses []string) error {
	for i, address := range addresses {
		err := q.AddressInsert(ctx, rows.AddressInsertParams{OrgID: org, Address: address, PersonID: id, IsPrimary: i == 0})
		if db.Violates(err, "person_addresses_pkey") {
			return coaching.Problemf(coaching.Conflict, "email_taken", "Another person of the organization has the address %s.", address).
				WithField("emails["+itoa(i)+"]", "email_taken", "in use")
		}
		if err != nil {
			return wrap(err, "store address")
		}
	}
	return wrap(q.PersonFoundBy(ctx, org, id), "keep what the person is found by")
}

// GetPerson reads one person of the principal's circle. Of another coach, a coach
// reads the name and nothing else.
func (a *App) GetPerson(ctx context.Context, p Principal, id uuid.UUID) (Person, error) {
	var out Person
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		circle, err := circleOf(ctx, q, p)
		if err != nil {
			return err
		}
		row, err := q.PersonGet(ctx, p.Org, id)
		if err != nil {
			return found(err, "person")
		}
		addresses, err := q.AddressesOf(ctx, p.Org, id)
		if err != nil {
			return wrap(err, "read addresses")
		}
		emails := []string{}
		for _, address := range addresses {
			emails = append(emails, address.Address)
		}
		shown, may := circle.show(person(row.Person, emails))
		if !may {
			return notFound("person")
		}
		if out = shown; p.Admin() {
			out.Blocked, err = blockedOf(ctx, q, p.Org, id)
		}
		return err
	})
	return out, err
}

func blockedOf(ctx context.Context, q *rows.Queries, org, person uuid.UUID) (out []BlockedAddress, err error) {
	list, err := q.BlockedAddressesOf(ctx, org, person)
	for _, b := range list {
		out = append(out, BlockedAddress{Address: b.Address, Reason: b.Reason, BlockedAt: b.BlockedAt})
	}
	return out, wrap(err, "read blocked addresses")
}

// PeopleNames reads the names of people of the principal's circle by their ids. Who is
// not of it, or does not exist here, is left out.
func (a *App) PeopleNames(ctx context.Context, p Principal, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	if !p.Admin() && !p.Coach() {
		return nil, adminOnly(p)
	}
	names := map[uuid.UUID]string{}
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		circle, err := circleOf(ctx, q, p)
		if err != nil {
			return err
		}
		list, err := q.PersonNames(ctx, p.Org, slices.DeleteFunc(slices.Clone(ids), func(id uuid.UUID) bool { return !circle.knows(id) }))
		for _, row := range list {
			names[row.ID] = row.Name
		}
		return wrap(err, "read names")
	})
	return names, err
}

// ListPeople lists the people of the principal's circle, all or those of a role.
func (a *App) ListPeople(ctx context.Context, p Principal, role string, paging Paging) (Page[Person], error) {
	if !p.Admin() && !p.Coach() {
		return Page[Person]{}, adminOnly(p)
	}
	after, most, err := paging.read()
	if err != nil {
		return Page[Person]{}, err
	}
	var list []Person
	err = a.list(ctx, p, func(q *rows.Queries) error {
		circle, err := circleOf(ctx, q, p)
		if err != nil {
			return err
		}
		list, err = circle.list(ctx, q, rows.PersonListParams{OrgID: p.Org, After: after, Role: optional(role), Most: most + 1})
		return err
	})
	return page(list, most, func(p Person) uuid.UUID { return p.ID }, func(p Person) Person { return p }), err
}

// UpdatePerson replaces a person's data. version is the one that was read.
func (a *App) UpdatePerson(ctx context.Context, p Principal, id uuid.UUID, version int, in PersonInput) (Person, error) {
	if err := adminOnly(p); err != nil {
		return Person{}, err
	}
	var out Person
	var moved []uuid.UUID
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		if _, err := q.PersonLock(ctx, p.Org, id); err != nil {
			return found(err, "person")
		}
		old, err := q.PersonGet(ctx, p.Org, id)
		if err != nil {
			return found(err, "person")
		}
		if in.State == "" {
			in.State = old.Person.State
		}
		if err := fillZone(ctx, q, p, &in); err != nil {
			return err
		}
		if err := a.checkPerson(&in); err != nil {
			return err
		}
		if err := keepsAdmin(ctx, q, p.Org, old.Person, in); err != nil {
			return err
		}
		if err := keepsPart(ctx, q, p.Org, old.Person, in); err != nil {
			return err
		}
		row, err := q.PersonUpdate(ctx, rows.PersonUpdateParams{OrgID: p.Org, ID: id, Version: int32(version), Name: in.Name, Roles: in.Roles, State: in.State, TimeZone: in.TimeZone})
		if db.NoRow(err) {
			return stale("person")
		}
		if err != nil {
			return wrap(err, "update person")
		}
		if err := changeState(ctx, q, p, old.Person, in.State); err != nil {
			return err
		}
		before, err := q.ContactGet(ctx, p.Org, id)
		if err != nil {
			return wrap(err, "read address")
		}
		if err := q.AddressesClear(ctx, p.Org, id); err != nil {
			return wrap(err, "clear addresses")
		}
		out = person(row, in.Emails)
		if err := setAddresses(ctx, q, p.Org, id, in.Emails); err != nil {
			return err
		}
		if err := q.EngagementsFollowPerson(ctx, p.Org, id); err != nil {
			return wrap(err, "keep what engagements are found by")
		}
		// What is planned goes to where the person is now, and says so.
		follow := rows.NotificationsFollowPersonParams{OrgID: p.Org, PersonID: &id, Address: in.Emails[0], RecipientName: in.Name}
		if err := q.NotificationsFollowPerson(ctx, follow); err != nil {
			return wrap(err, "readdress planned mails")
		}
		if err := a.moveAddress(ctx, q, p, id, before, in.Emails[0]); err != nil || in.TimeZone == old.Person.TimeZone {
			return err
		}
		moved, err = a.moveReader(ctx, q, p, id)
		return err
	})
	if err != nil {
		return out, err
	}
	for _, engagement := range moved {
		a.signalProgram(ctx, engagement, workflows.ReadAgainSignal, nil)
	}
	return out, nil
}

// moveReader lets the programs of a reader follow their time zone, and answers with
// those whose workflows are to read their rows again.
func (a *App) moveReader(ctx context.Context, q *rows.Queries, p Principal, reader uuid.UUID) ([]uuid.UUID, error) {
	engagements, err := q.EngagementsOfReader(ctx, p.Org, reader)
	if err != nil {
		return nil, wrap(err, "list engagements of reader")
	}
	for _, engagement := range engagements {
		if err := program.SyncZones(ctx, q, a.command(p, engagement, uuid.Nil)); err != nil {
			return nil, err
		}
	}
	return engagements, nil
}

// moveAddress tells calendars of the new address of somebody who attends sessions.
func (a *App) moveAddress(ctx context.Context, q *rows.Queries, p Principal, reader uuid.UUID, before rows.ContactGetRow, after string) error {
	if coaching.SameMailbox(before.Address, after) {
		return nil
	}
	engagements, err := q.EngagementsOfReader(ctx, p.Org, reader)
	if err != nil {
		return wrap(err, "list engagements of reader")
	}
	for _, engagement := range engagements {
		if err := program.SyncAddress(ctx, q, a.command(p, engagement, uuid.Nil)); err != nil {
			return err
		}
	}
	return nil
}

// keepsAdmin refuses to take the last admin away: nobody could make another.
func keepsAdmin(ctx context.Context, q *rows.Queries, org uuid.UUID, old rows.Person, in PersonInput) error {
	admin := func(roles []string, state string) bool {
		return slices.Contains(roles, string(coaching.AdminRole)) && state == string(coaching.ActivePerson)
	}
	if !admin(old.Roles, old.State) || admin(in.Roles, in.State) {
		return nil
	}
	if err := q.OrganizationLock(ctx, org); err != nil { // two admins may do this to each other at once
		return wrap(err, "lock organization")
	}
	others, err := q.PersonOtherAdmins(ctx, org, old.ID)
	if err != nil {
		return wrap(err, "count admins")
	}
	if others == 0 {
		return coaching.Problemf(coaching.Conflict, "last_admin", "This is the only active admin of the organization. Make somebody else an admin first.").
			WithField("roles", "last_admin", "the only active admin")
	}
	return nil
}

func person(row rows.Person, emails []string) Person {
	return Person{ID: row.ID, Name: row.Name, Roles: row.Roles, State: row.State, TimeZone: row.TimeZone, Emails: emails, Version: int(row.Version), CreatedAt: row.CreatedAt}
}

func stale(what string) error {
	return coaching.Problemf(coaching.Stale, what+"_changed", "The %s was changed since you read it; read it again and repeat the change.", spaced(what))
}

// BlockedAddress is an address to which nothing is sent.
type BlockedAddress struct {
	Address   string    `json:"address"`
	Reason    string    `json:"reason"`
	BlockedAt time.Time `json:"blocked_at"`
}

// ListBlockedAddresses lists the addresses that bounced for good or complained.
func (a *App) ListBlockedAddresses(ctx context.Context, p Principal) ([]BlockedAddress, error) {
	if err := adminOnly(p); err != nil {
		return nil, err
	}
	out := []BlockedAddress{}
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		list, err := q.BlockedAddressList(ctx, p.Org)
		for _, row := range list {
			out = append(out, BlockedAddress{Address: row.Address, Reason: row.Reason, BlockedAt: row.BlockedAt})
		}
		return wrap(err, "list blocked addresses")
	})
	return out, err
}

// ClearBlockedAddress lets mail go to an address again.
func (a *App) ClearBlockedAddress(ctx context.Context, p Principal, address string) error {
	if err := adminOnly(p); err != nil {
		return err
	}
	return a.inOrg(ctx, p, func(q *rows.Queries) error {
		// One that is blocked as the mailbox of two people stands there as it is spelled.
		cleared, err := q.BlockedAddressDelete(ctx, p.Org, address)
		if err == nil && cleared == 0 {
			cleared, err = q.BlockedAddressDelete(ctx, p.Org, coaching.MailboxKey(address))
		}
		if err == nil && cleared == 0 {
			return notFound("blocked_address")
		}
		return wrap(err, "clear blocked address")
	})
}
