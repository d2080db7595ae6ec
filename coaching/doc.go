// Package coaching holds the rules of coachflow: who may receive what, which
// item of a program goes out next, when a reminder is due, what a form may
// contain. The rules are pure: they take the time, the zone and the settings
// as arguments and return a decision, so that a workflow, a page and a preview
// that ask the same question get the same answer.
//
// The package imports no other package of this module.
package coaching
