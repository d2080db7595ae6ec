package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/mail/compose"
	"coachflow/outbox"
	"coachflow/web/serve"
)

func (p *Pages) registerSettings(engine *gin.Engine) {
	p.both(engine, "/settings", adminPage(settings))
	p.post(engine, "/settings/ratings", adminPage(settingRatings))
	p.get(engine, "/settings/letters", adminPage(listLetters))
	p.both(engine, "/settings/letters/:kind", adminPage(changeLetter))
	p.post(engine, "/settings/letters/:kind/reset", adminPage(resetLetter))
	p.both(engine, "/settings/api-keys", adminPage(apiKeys))
	p.both(engine, "/settings/api-keys/:id/revoke", adminPage(revokeKey))
}

// settingsForm are the settings as they are typed: those of the first form, and what is
// asked after sessions.
type settingsForm struct {
	Values       url.Values
	Faults       map[string]string
	Logo         string
	Ratings      url.Values
	RatingFaults map[string]string
}

func settings(v *request) error {
	form := settingsForm{Values: v.form, Logo: v.org.Logo, Ratings: ratingValues(v.org.Ratings)}
	if !v.posted() {
		form.Values = v.orgValues()
		return v.showSettings(form, nil)
	}
	in, err := organizationInput(v)
	if err == nil {
		_, err = v.app().UpdateOrganization(v.ctx, v.who, in)
	}
	if err != nil {
		form.Faults = faultsOf(err)
		return v.showSettings(form, err)
	}
	return v.done("/settings", "The settings are saved.")
}

func (v *request) showSettings(form settingsForm, problem error) error {
	return v.show("Settings", "settings", problem, settingsPage(form))
}

// orgValues are the settings of the first form as they are stored.
func (v *request) orgValues() url.Values {
	return url.Values{"name": {v.org.Name}, "time_zone": {v.org.TimeZone}, "undo_seconds": {strconv.Itoa(v.org.UndoSeconds)}, "contact_suffix": {v.org.ContactSuffix}, "brand_color": {v.org.BrandColor},
		"reply_address": {coaching.ShowAddress(v.org.ReplyAddress)}, "onward_per_hour": {strconv.Itoa(v.org.OnwardPerHour)}, "session_notice_hours": {strconv.Itoa(v.org.SessionNoticeHours)}, "sessions_held_by_themselves": {yesNo(v.org.SessionsHeldByThemselves)},
		"attendees_see_each_other": {yesNo(v.org.AttendeesSeeEachOther)}}
}

// organizationInput reads the form. What it does not have stays as it is.
func organizationInput(v *request) (in app.OrganizationInput, err error) {
	in = app.OrganizationInput{Name: v.field("name"), TimeZone: v.field("time_zone"), ContactSuffix: v.optional("contact_suffix"), BrandColor: v.optional("brand_color"), ReplyAddress: v.optional("reply_address")}
	if in.UndoSeconds, err = strconv.Atoi(v.field("undo_seconds")); err != nil {
		return in, wrong("undo_seconds", "undo_seconds_invalid", "Enter a whole number of seconds, 0 to 3600.")
	}
	if v.form.Has("onward_per_hour") {
		most, err := strconv.Atoi(v.field("onward_per_hour"))
		if err != nil {
			return in, wrong("onward_per_hour", "onward_per_hour_invalid", "Enter a whole number of messages, 1 to 100000.")
		}
		in.OnwardPerHour = &most
	}
	if v.form.Has("session_notice_hours") {
		hours, err := strconv.Atoi(v.field("session_notice_hours"))
		if err != nil {
			return in, wrong("session_notice_hours", "session_notice_hours_invalid", "Enter a whole number of hours, 0 to 720.")
		}
		in.SessionNoticeHours = &hours
	}
	if v.form.Has("sessions_held_by_themselves") {
		in.SessionsHeldByThemselves = new(v.field("sessions_held_by_themselves") == "yes")
	}
	if v.form.Has("attendees_see_each_other") {
		in.AttendeesSeeEachOther = new(v.field("attendees_see_each_other") == "yes")
	}
	return in, nil
}

// yesNo is a setting that is on or off, as a field has it.
func yesNo(on bool) string {
	if on {
		return "yes"
	}
	return "no"
}

// optional is a field that the form may be without.
func (v *request) optional(name string) *string {
	if !v.form.Has(name) {
		return nil
	}
	return new(v.field(name))
}

func listLetters(v *request) error {
	list, err := v.app().ListNotificationTemplates(v.ctx, v.who)
	if err != nil {
		return err
	}
	return v.show("Letters", "letters", nil, lettersPage(list))
}

// letterForm is the form for a letter, with what was typed and how it would
// look.
type letterForm struct {
	app.NotificationTemplate
	Values url.Values
	Sample *compose.Letter
}

func changeLetter(v *request) error {
	list, err := v.app().ListNotificationTemplates(v.ctx, v.who)
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.Kind == v.Param("kind") {
			return v.changeLetter(letterForm{NotificationTemplate: t, Values: v.form})
		}
	}
	return serve.ErrMissing
}

func (v *request) changeLetter(form letterForm) error {
	if !v.posted() {
		form.Values = url.Values{"subject": {form.Subject}, "body": {form.Body}}
	}
	spec := coaching.LetterSpec{Subject: trimmed(form.Values.Get("subject")), Body: strings.ReplaceAll(form.Values.Get("body"), "\r\n", "\n")}
	letter, _ := outbox.LetterOf(coaching.NotificationKind(form.Kind))
	sample, err := letter.Sample(spec, v.org.Name)
	if err == nil {
		form.Sample = &sample
	}
	if err == nil && v.posted() && v.form.Get("action") == "save" {
		if _, err = v.app().SetNotificationTemplate(v.ctx, v.who, form.Kind, spec); err == nil {
			return v.done("/settings/letters", "The letter is saved. Mails that leave from now on use it.")
		}
	}
	return v.show(kindWords(form.Kind), "letters", err, letterPage(form))
}

func resetLetter(v *request) error {
	v.back = "/settings/letters"
	if err := v.app().ResetNotificationTemplate(v.ctx, v.who, v.Param("kind")); err != nil {
		return err
	}
	return v.done("/settings/letters", "The letter is the default one again.")
}

func apiKeys(v *request) error {
	var made *app.APIKey
	var failed error
	if v.posted() {
		key, err := v.app().CreateAPIKey(v.ctx, v.who, v.field("name"))
		if failed = err; err == nil {
			made = &key
			v.form.Del("name")
		}
	}
	list, err := v.app().ListAPIKeys(v.ctx, v.who)
	if err != nil {
		return err
	}
	// The key is shown once and stored nowhere, so this answer is no redirect.
	return v.show("API keys", "api-keys", failed, apiKeysPage(list, made, v.form.Get("name"), faultsOf(failed)))
}

func revokeKey(v *request) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	key, err := v.app().GetAPIKey(v.ctx, v.who, id)
	if err != nil {
		return err
	}
	v.back = "/settings/api-keys"
	if key.RevokedAt != nil {
		return v.leave(v.back, flash{"The key “" + key.Name + "” was revoked before.", "warning"})
	}
	if !v.posted() {
		return v.confirm("settings", confirmation{Title: "Revoke the API key “" + key.Name + "”?", Action: v.back + "/" + id.String() + "/revoke", Button: "Revoke it", Back: v.back,
			Danger: true, Lines: []string{"Whatever uses the key stops working at once. This cannot be undone."}})
	}
	if err := v.app().RevokeAPIKey(v.ctx, v.who, id); err != nil {
		return err
	}
	return v.done(v.back, "The key “"+key.Name+"” is revoked.")
}

// brandWords say how a colour is used, and when another one is used instead.
func brandWords(color string) string {
	words := "Buttons, links and what is chosen, on pages and in mails."
	if palette := coaching.PaletteOf(color); palette.Darkened {
		words += " " + color + " is too bright for words on it to be read, so the darker " + palette.Light.Button + " is used."
	}
	return words
}
