package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"coachflow/accounts"
	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
	"coachflow/workflows"
)

// Accounts: how a person comes to a password, and to a new one. No link alone
// logs anybody in.

// AccountStand says what a link to choose a password can do now.
type AccountStand string

// The stands of such a link.
const (
	AccountOpen AccountStand = "open"
	AccountDone AccountStand = "done" // a password was set since, by this link or in another way
	AccountOver AccountStand = "over" // the invitation was withdrawn or sent again, or the account closed
)

// AccountLink is a link to choose a password as its holder sees it.
type AccountLink struct {
	Brand        string // the colour of the organization
	Logo         string // the path of its logo
	Organization string
	Name         string
	Address      string // to log in with
	First        bool   // it creates the account; else it chooses a new password
	Stand        AccountStand
	Set          bool // the password is the one that was sent just now
	ExpiresAt    time.Time
	Zone         *time.Location
	Person       uuid.UUID

	setAt time.Time // when the present password was set
}

// ReadAccountLink reads what a link to choose a password shows.
func (a *App) ReadAccountLink(ctx context.Context, ref coaching.LinkRef) (AccountLink, error) {
	var out AccountLink
	err := a.DB.InOrg(ctx, ref.Org, func(q *rows.Queries) (err error) {
		out, err = readAccountLink(ctx, q, ref)
		return err
	})
	return out, err
}

func readAccountLink(ctx context.Context, q *rows.Queries, ref coaching.LinkRef) (AccountLink, error) {
	r, err := q.AccountLinkGet(ctx, ref.Org, ref.ID)
	if db.NoRow(err) || (err == nil && !live(ref, r.Purpose, nil, r.ExpiresAt)) {
		return AccountLink{}, errLink()
	}
	if err != nil {
		return AccountLink{}, wrap(err, "read account of link")
	}
	out := AccountLink{Organization: r.OrganizationName, Brand: r.BrandColor, Logo: coaching.LogoPath(ref.Org, r.Logo), Name: r.PersonName, Address: r.Email, First: ref.Purpose == coaching.InvitationLink,
		ExpiresAt: r.ExpiresAt, Zone: coaching.ZoneOrUTC(r.TimeZone), Person: r.PersonID}
	if r.PasswordSetAt != nil {
		out.setAt = *r.PasswordSetAt
	}
	out.Stand = accountStand(r)
	return out, nil
}

func accountStand(r rows.AccountLinkGetRow) AccountStand {
	if r.Purpose == coaching.PasswordLink.Name() {
		switch {
		case r.PersonState != string(coaching.ActivePerson):
			return AccountOver
		case r.RevokedAt != nil:
			return AccountDone
		}
		return AccountOpen
	}
	switch status := coaching.InvitationStatus(r.InvitationStatus); {
	case status == coaching.InvitationOpen:
		return AccountOpen
	case status == coaching.InvitationAccepted && r.PersonState == string(coaching.ActivePerson):
		return AccountDone
	}
	return AccountOver
}

// ChoosePassword sets the password of the person whom a link belongs to, and says
// by Set whether it is the one that counts. On a link that is over, also one that
// another has ended meanwhile, it changes nothing.
func (a *App) ChoosePassword(ctx context.Context, ref coaching.LinkRef, password, again string) (AccountLink, error) {
	out, err := a.ReadAccountLink(ctx, ref)
	if err != nil || out.Stand != AccountOpen {
		return a.pressedTwice(ctx, ref, out, password, err)
	}
	hash, err := a.newPasswordHash(ctx, password, again, out.Address)
	if err != nil {
		return out, err
	}
	var done accounts.Activated
	err = a.DB.InOrg(ctx, ref.Org, func(q *rows.Queries) error {
		if _, err := q.PersonLock(ctx, ref.Org, out.Person); err != nil {
			return wrap(err, "lock person")
		}
		// Read again: the same link may have been used in another window.
		if out, err = readAccountLink(ctx, q, ref); err != nil || out.Stand != AccountOpen {
			return err
		}
		out.Stand, out.Set = AccountDone, true
		done, err = accounts.Activate(ctx, q, invitee(ref.Org, out.Person), hash)
		return err
	})
	if err != nil || !out.Set {
		return a.pressedTwice(ctx, ref, out, password, wrapUnlessTold(err, "set password"))
	}
	if out.First {
		a.tellInvitationEnded(ctx, out.Person)
	}
	a.tellActivated(ctx, done)
	return out, nil
}

// twice is how long after a password was set the same one, sent again, counts as a
// button that was pressed twice. Later none is compared: a link that is over is no
// way to try passwords.
const twice = time.Minute

// pressedTwice finds out whether what was sent to a link that is over is the
// password that was set a moment ago.
func (a *App) pressedTwice(ctx context.Context, ref coaching.LinkRef, out AccountLink, password string, err error) (AccountLink, error) {
	if err != nil || out.Stand != AccountDone || !coaching.PossiblePassword(password) || now().Sub(out.setAt) > twice {
		return out, err
	}
	hash := noHash
	err = a.DB.InOrg(ctx, ref.Org, func(q *rows.Queries) error {
		own, err := q.PersonPasswordHash(ctx, ref.Org, out.Person)
		if db.NoRow(err) {
			return nil
		}
		hash = own
		return wrap(err, "read password")
	})
	if err == nil {
		out.Set, err = a.isPassword(ctx, password, hash)
	}
	return out, err
}

// AskNewPassword sends the person of an address a link to choose a new
// password. Its answer tells nothing, but its time tells whether there is such a
// person: who asked is to be answered first.
func (a *App) AskNewPassword(ctx context.Context, address string) error {
	found, err := a.DB.Across().LookupLogin(ctx, coaching.MailboxKey(address))
	if err != nil {
		return wrap(err, "look account up")
	}
	for _, account := range found {
		var notice outbox.StandaloneMail
		planned := false
		err := a.DB.InOrg(ctx, account.OrgID, func(q *rows.Queries) (err error) {
			notice, planned, err = accounts.AskNewPassword(ctx, q, invitee(account.OrgID, account.PersonID))
			return err
		})
		if err != nil {
			return wrap(err, "ask for a new password")
		}
		if planned {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.Patience)
			a.tellStandaloneMail(ctx, notice, time.Time{})
			cancel()
		}
	}
	return nil
}

// tellStandaloneMail starts the workflow that sends a single mail, at once or at a time.
// Should that fail, the sweep does it.
func (a *App) tellStandaloneMail(ctx context.Context, n outbox.StandaloneMail, at time.Time) {
	err := workflows.StartStandaloneMail(workflows.StandaloneMailInput{Org: n.Org, ID: n.ID, SendAt: at}).By(ctx, a.Temporal)
	if err != nil {
		a.Log.WarnContext(ctx, "mail planned, its workflow will be started later", "notification", n.ID, "error", err)
	}
}

// ChangePassword sets a new password for who is logged in and knows the present
// one. All logins of the person end, also the one that asks.
func (a *App) ChangePassword(ctx context.Context, p Principal, present, password, again string) error {
	var hash string
	var addresses []string
	err := a.inOrg(ctx, p, func(q *rows.Queries) (err error) {
		if hash, err = q.PersonPasswordHash(ctx, p.Org, p.Person); err != nil && !db.NoRow(err) {
			return wrap(err, "read password")
		}
		list, err := q.AddressesOf(ctx, p.Org, p.Person)
		for _, a := range list {
			addresses = append(addresses, a.Address)
		}
		return wrap(err, "read addresses")
	})
	if err != nil {
		return err
	}
	if hash == "" || !coaching.PossiblePassword(present) {
		return errWrongPassword()
	}
	if is, err := a.isPassword(ctx, present, hash); err != nil {
		return err
	} else if !is {
		return errWrongPassword()
	}
	fresh, err := a.newPasswordHash(ctx, password, again, addresses...)
	if err != nil {
		return err
	}
	var done accounts.Activated
	err = a.inOrg(ctx, p, func(q *rows.Queries) error {
		if _, err := q.PersonLock(ctx, p.Org, p.Person); err != nil {
			return wrap(err, "lock person")
		}
		// Hashing takes its time: meanwhile the account may have been closed, or the
		// password replaced.
		if still, err := q.PersonPasswordHash(ctx, p.Org, p.Person); db.NoRow(err) || (err == nil && still != hash) {
			return errWrongPassword()
		} else if err != nil {
			return wrap(err, "read password")
		}
		done, err = accounts.Activate(ctx, q, invitee(p.Org, p.Person), fresh)
		return wrap(err, "set password")
	})
	if err == nil {
		a.tellActivated(ctx, done)
	}
	return err
}

// PasswordWrong is the code of the problem that the present password is another one.
const PasswordWrong = "password_wrong"

func errWrongPassword() error {
	const words = "That is not your present password."
	return coaching.Problemf(coaching.Invalid, PasswordWrong, words).WithField("present", PasswordWrong, words)
}

// SetPassword gives a person a password for set-ups, in which nobody can open a
// mail yet. People choose theirs by a link.
func (a *App) SetPassword(ctx context.Context, p Principal, in PasswordInput) error {
	if err := adminOnly(p); err != nil {
		return err
	}
	hash, err := a.newPasswordHash(ctx, in.Password, in.Password)
	if err != nil {
		return err
	}
	var done accounts.Activated
	err = a.inOrg(ctx, p, func(q *rows.Queries) error {
		if _, err := q.PersonGet(ctx, p.Org, in.Person); err != nil {
			return found(err, "person")
		}
		done, err = accounts.Activate(ctx, q, invitee(p.Org, in.Person), hash)
		return wrap(err, "set password")
	})
	if err == nil {
		a.tellActivated(ctx, done)
	}
	return err
}

// tellActivated lets programs send what was held for somebody who has an
// account now, and sends what else a new password brings about. Should that fail,
// the sweep does it.
func (a *App) tellActivated(ctx context.Context, done accounts.Activated) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.Patience)
	defer cancel()
	for _, n := range done.StandaloneMails {
		a.tellStandaloneMail(ctx, n, time.Time{})
	}
	told := map[uuid.UUID]bool{}
	for _, r := range done.Released {
		if !told[r.Engagement] {
			told[r.Engagement] = a.signalProgram(ctx, r.Engagement, workflows.ReadAgainSignal, nil)
		}
	}
}

// PasswordInput is a new password for a person.
type PasswordInput struct {
	Person   uuid.UUID
	Password string
}

// changeState follows a change of a person's state by an admin: an account can
// be closed, an invitation be taken back. Nobody becomes invited or active that
// way.
func changeState(ctx context.Context, q *rows.Queries, p Principal, old rows.Person, wanted string) error {
	if wanted == old.State {
		return nil
	}
	if wanted != string(coaching.InternalPerson) {
		return stateByHand()
	}
	who := invitee(p.Org, old.ID)
	if old.State == string(coaching.ActivePerson) {
		return accounts.Close(ctx, q, who)
	}
	return accounts.EndInvitation(ctx, q, who, coaching.InvitationWithdrawn, "the invitation was withdrawn")
}

func stateByHand() error {
	return coaching.Problemf(coaching.Invalid, "state_not_settable", "A person becomes invited by an invitation, and active by setting a password; neither can be set by hand.").
		WithField("state", "state_not_settable", "only internal can be set")
}
