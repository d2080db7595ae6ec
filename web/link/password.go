package link

import (
	"net/http"
	"time"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/web/formview"
	"coachflow/web/limit"
	"coachflow/web/serve"
)

// What a link to choose a password opens. It sets the password and does no
// more: nobody is logged in by a link alone.

func (r *request) showAccount() error {
	account, err := r.pages.App.ReadAccountLink(r.ctx, r.ref)
	if err != nil {
		return err
	}
	return r.accountPage(account, nil)
}

func (r *request) choosePassword() error {
	form, status := serve.Form(r.Context)
	if status != http.StatusOK {
		return coaching.Problemf(coaching.TooLarge, "form_too_large", "What was sent is too long for a password. Please open the link again.")
	}
	if !pressed(r.Request) {
		return r.accountRefused(errNotPressed)
	}
	claim := r.pages.chosen.Of(r.ref.ID.String())
	if wait := r.pages.limits.Take(claim); wait > 0 {
		r.Header("Retry-After", limit.RetryAfter(wait))
		return r.accountRefused(coaching.Problemf(coaching.TooMany, "too_many_attempts", "Nothing has been set: this link was used many times in a row. Wait %s, then try again.", limit.Words(wait)))
	}
	account, err := r.pages.App.ChoosePassword(r.ctx, r.ref, form.Get(formview.PasswordField), form.Get(formview.AgainField))
	if problem, told := coaching.AsProblem(err); told && (problem.Class == coaching.Invalid || problem.Class == coaching.Unavailable) {
		r.pages.limits.GiveBack(claim) // nothing was hashed
		serve.RetryLater(r.Context, problem)
		return r.accountRefused(problem)
	}
	switch {
	case err != nil:
		return err
	case account.Stand == app.AccountDone && !account.Set:
		return r.render(http.StatusConflict, formview.Message(r.passwordNotSet(account)))
	case account.Set && r.pages.PasswordChosen != nil:
		r.pages.PasswordChosen(r.Context, r.ref.Org, account.Person)
	}
	return r.accountPage(account, nil)
}

// How many passwords one link can set, or compare with the one that it has set.
var chosenRate = limit.Rate{Burst: 5, Every: 12 * time.Second}

// mostBuckets bounds the memory of that limit.
const mostBuckets = 20000

// accountRefused shows the page of the link again, with the reason why what was sent
// was not taken.
func (r *request) accountRefused(problem *coaching.Problem) error {
	account, err := r.pages.App.ReadAccountLink(r.ctx, r.ref)
	if err != nil {
		return err
	}
	return r.accountPage(account, problem)
}

// errNotPressed is why what came without a press of the button is not taken.
var errNotPressed = coaching.Problemf(coaching.Invalid, "not_pressed", "Nothing has been set yet. Please type the password and press the button below.")

func (r *request) accountPage(account app.AccountLink, problem *coaching.Problem) error {
	switch account.Stand {
	case app.AccountOpen:
		return r.askPassword(account, problem)
	case app.AccountDone:
		return r.render(http.StatusOK, formview.Message(r.accountDone(account)))
	}
	return r.render(http.StatusOK, formview.Message(r.accountOver(account)))
}

func (r *request) askPassword(account app.AccountLink, problem *coaching.Problem) error {
	page := formview.PasswordPage{Frame: r.frame(account.Organization, account.Brand, account.Logo), Title: "Create your account", Button: "Create the account", Action: r.Request.URL.Path,
		Address: account.Address, Body: "Hello " + account.Name + ", choose a password for your account with " + account.Organization + ".",
		Hint: "The link works until " + coaching.ShowTime(account.ExpiresAt, account.Zone) + "."}
	if !account.First {
		page.Title, page.Button = "Choose a new password", "Set the password"
		page.Body = "Hello " + account.Name + ", choose a new password for your account with " + account.Organization + ". Wherever you are logged in with the present one, you are logged out."
	}
	if problem == nil {
		return r.render(http.StatusOK, formview.Password(page))
	}
	page.Problem, page.Problems = "The password is not set yet. Please type it again.", coaching.ProblemsByQuestion(problem.Fields)
	if len(problem.Fields) == 0 {
		page.Problem = problem.Message
	}
	return r.render(serve.StatusOf(problem.Class), formview.Password(page))
}

// accountDone is the page of a link that has done its work, or that was ended by
// another: what it says is true of both, but after a password was set by it.
func (r *request) accountDone(account app.AccountLink) formview.MessagePage {
	page := r.loginNext(account, formview.ToneSuccess)
	switch {
	case account.First:
		page.Title, page.Body = "Your account is ready", "The password is set. You log in with "+account.Address+"."
	case account.Set:
		page.Title, page.Body = "The new password is set", "This link has done its work. You log in with "+account.Address+" and the new password."
	default:
		page.Title, page.Body = "This link is over", "The password was changed after the link was sent. You log in with "+account.Address+" and the newest password."
	}
	return page
}

// passwordNotSet is the page for who came second, by the same link or by another.
func (r *request) passwordNotSet(account app.AccountLink) formview.MessagePage {
	page := r.loginNext(account, formview.ToneWarning)
	page.Title = "Your password was not set"
	if account.First {
		page.Title = "Your account is ready, with another password"
	}
	page.Body = "Another one was chosen before, in another window or by another link, and that one counts. What you have typed now was not set. You log in with " + account.Address + "."
	return page
}

func (r *request) loginNext(account app.AccountLink, tone formview.Tone) formview.MessagePage {
	return formview.MessagePage{Frame: r.frame(account.Organization, account.Brand, account.Logo), Tone: tone, LinkText: "Log in", LinkURL: "/login",
		Hint: "If you do not know the password any more, choose “Forgot your password?” on the page on which you log in."}
}

func (r *request) accountOver(account app.AccountLink) formview.MessagePage {
	page := formview.MessagePage{Frame: r.frame(account.Organization, account.Brand, account.Logo), Tone: formview.ToneWarning, Title: "This invitation is not valid any more",
		Body: "It was taken back, or a newer one was sent.", Hint: "Look for a newer email about your account, and open the link in there.\n\nIf there is none, ask the person who invited you."}
	if !account.First {
		page.Title, page.Body, page.Hint = "The account is closed", "There is no password to choose.", "If you think that this is a mistake, ask your contact at "+account.Organization+"."
	}
	return page
}
