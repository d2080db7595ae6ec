package web

import (
	"slices"
	"strings"

	"coachflow/app"
	"coachflow/coaching"
)

// personAccount is what there is about somebody's account: the open invitation,
// earlier ones, and the latest mails.
type personAccount struct {
	Person app.Person
	Open   *app.Invitation
	Past   []app.Invitation
	Mails  []app.Notification
}

func (v *request) account(person app.Person) (personAccount, error) {
	a := personAccount{Person: person}
	all, err := everyPage(func(at app.Paging) (app.Page[app.Invitation], error) {
		return v.app().ListInvitations(v.ctx, v.who, person.ID, "", at)
	})
	if err != nil {
		return a, err
	}
	for _, i := range slices.Backward(all) {
		if i.Status == "open" {
			a.Open = &i
		} else {
			a.Past = append(a.Past, i)
		}
	}
	a.Mails, err = v.app().NotificationsOf(v.ctx, v.who, person.ID)
	return a, err
}

func (a personAccount) url(act string) string { return "/people/" + a.Person.ID.String() + "/" + act }

// unsent reports whether the invitation's mail can still be taken back.
func (a personAccount) unsent() bool { return a.Open.Next != nil && a.Open.Next.Step == "request" }

// wentElsewhere is the address that the newest mail of an open invitation went
// to, if it is not the person's any more.
func (a personAccount) wentElsewhere() string {
	for _, n := range a.Mails {
		if strings.HasPrefix(n.Kind, "invitation") && n.SentAt != nil {
			if slices.ContainsFunc(a.Person.Emails, func(own string) bool { return coaching.SameMailbox(own, n.Address) }) {
				return ""
			}
			return n.Address
		}
	}
	return ""
}

// words say where an account stands.
func (a personAccount) words() string {
	switch {
	case a.Person.State == "active":
		return a.Person.Name + " has an account and can log in."
	case a.Open == nil:
		return a.Person.Name + " is a record only: without an account, without a login."
	case a.unsent():
		return "The invitation is about to leave."
	case a.wentElsewhere() != "":
		return "The invitation went to " + a.wentElsewhere() + ", which is not an address of " + a.Person.Name + " any more, so its link is dead. Send it again."
	}
	return a.Person.Name + " is invited and has not chosen a password yet."
}

// invitationNextWords say what happens next, before its time.
func invitationNextWords(step string) string {
	switch step {
	case "request":
		return "The mail leaves on"
	case "end":
		return "The admins are told on"
	}
	return "A reminder leaves on"
}

func (v *request) personOfPath() (app.Person, error) {
	id, err := v.id("id")
	if err != nil {
		return app.Person{}, err
	}
	v.back = "/people/" + id.String()
	return v.app().GetPerson(v.ctx, v.who, id)
}

func invitePerson(v *request) error {
	person, err := v.personOfPath()
	if err != nil {
		return err
	}
	if _, err := v.app().Invite(v.ctx, v.who, app.InvitationInput{PersonID: person.ID}); err != nil {
		return err
	}
	return v.done(v.back, "The invitation to "+first(person.Emails)+" is on its way.")
}

func withdrawInvitation(v *request) error {
	person, err := v.personOfPath()
	if err != nil {
		return err
	}
	a, err := v.account(person)
	switch {
	case err != nil:
		return err
	case a.Open == nil:
		return v.leave(v.back, flash{"There is no open invitation to withdraw.", "warning"})
	case !v.posted():
		return v.confirm("people", confirmation{Title: "Withdraw the invitation?", Action: a.url("withdraw"), Button: "Withdraw it", Back: v.back, Danger: true,
			Lines: []string{"The link in the mails to " + first(person.Emails) + " dies at once, and no reminders go out.", "You can invite " + person.Name + " again at any time."}})
	}
	if _, err := v.app().WithdrawInvitation(v.ctx, v.who, a.Open.ID); err != nil {
		return err
	}
	return v.done(v.back, "The invitation is withdrawn.")
}

func closeAccount(v *request) error {
	person, err := v.personOfPath()
	if err != nil {
		return err
	}
	if !v.posted() {
		return v.confirm("people", confirmation{Title: "Close the account of " + person.Name + "?", Action: v.back + "/close", Button: "Close it", Back: v.back, Danger: true,
			Lines: []string{person.Name + " is logged out everywhere and cannot log in any more. Everything that was written and sent stays.", "You can invite " + person.Name + " again at any time."}})
	}
	in := app.PersonInput{Name: person.Name, Roles: person.Roles, State: "internal", TimeZone: person.TimeZone, Emails: person.Emails}
	if _, err := v.app().UpdatePerson(v.ctx, v.who, person.ID, person.Version, in); err != nil {
		return err
	}
	return v.done(v.back, "The account is closed.")
}
