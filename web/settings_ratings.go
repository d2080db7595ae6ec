package web

import (
	"net/url"
	"strings"

	"coachflow/app"
	"coachflow/coaching"
)

// What is asked after each session is a form of its own on the page of the settings.

// settingRatings saves what is asked after sessions.
func settingRatings(v *request) error {
	ratings := coaching.RatingSettings{Asked: v.field("asked") == "yes", Question: v.field("question"), Low: v.field("low"), High: v.field("high"), Readers: coaching.RatingReaders(v.field("readers"))}
	in := app.OrganizationInput{Name: v.org.Name, TimeZone: v.org.TimeZone, UndoSeconds: v.org.UndoSeconds, Ratings: &ratings}
	if _, err := v.app().UpdateOrganization(v.ctx, v.who, in); err != nil {
		return v.showSettings(settingsForm{Values: v.orgValues(), Logo: v.org.Logo, Ratings: v.form, RatingFaults: ratingFaults(err)}, err)
	}
	return v.done("/settings#ratings", "The settings are saved.")
}

// ratingValues are the settings as the form has them.
func ratingValues(r coaching.RatingSettings) url.Values {
	return url.Values{"asked": {yesNo(r.Asked)}, "question": {r.Question}, "low": {r.Low}, "high": {r.High}, "readers": {string(r.Readers)}}
}

// ratingFaults are the faults of the form by its own fields.
func ratingFaults(err error) map[string]string {
	faults := map[string]string{}
	for path, message := range faultsOf(err) {
		faults[strings.TrimPrefix(path, "ratings.")] = message
	}
	return faults
}
