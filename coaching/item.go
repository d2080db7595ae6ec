package coaching

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
)

// ItemStatus is where an item stands:
//
//	waiting ──release──▶ open ──answered by all required──▶ completed
//	   │ send now ▲ take back       ▲──────────reopen──────────┘
//	   ▼          │
//	 sending ─undo time over─▶ open        skip, remove: from every status before completed
type ItemStatus string

// The states of an item.
const (
	Waiting   ItemStatus = "waiting"
	Sending   ItemStatus = "sending" // sent by hand, can still be taken back
	Open      ItemStatus = "open"
	Completed ItemStatus = "completed"
	Skipped   ItemStatus = "skipped"
	Removed   ItemStatus = "removed"
)

// ItemStatuses are all of them.
var ItemStatuses = []ItemStatus{Waiting, Sending, Open, Completed, Skipped, Removed}

// ReleaseKind says what releases an item.
type ReleaseKind string

// The release rules.
const (
	Manual     ReleaseKind = "manual"
	At         ReleaseKind = "at"
	AfterPrior ReleaseKind = "after_prior"
)

// ReleaseRule says when an item goes out. At belongs to rule "at" and is a
// time of the recipient's zone; Delay belongs to "after_prior".
type ReleaseRule struct {
	Rule  ReleaseKind `json:"rule"`
	At    *LocalTime  `json:"at,omitempty"`
	Delay *Delay      `json:"delay,omitempty"`
}

// DueRule says by when an item should be done: at a local time, or a delay
// after it went out.
type DueRule struct {
	At    *LocalTime `json:"at,omitempty"`
	After *Delay     `json:"after,omitempty"`
}

// LetterSpec replaces the organization's template for one item.
type LetterSpec struct {
	Subject string `json:"subject"`
	Body    string `json:"body"`
}

// RecipientSpec names one recipient, in exactly one way: a role of the
// engagement, a person of the organization, or a bare email address.
type RecipientSpec struct {
	Role     string     `json:"role,omitempty"` // "coachee" or "coach"
	PersonID *uuid.UUID `json:"person_id,omitempty"`
	Email    string     `json:"email,omitempty"`
	Name     string     `json:"name,omitempty"`
	Optional bool       `json:"optional,omitempty"`
}

// ItemSpec is what an organization asks an item to be.
type ItemSpec struct {
	Kind   ItemKind   `json:"kind"`
	Title  string     `json:"title"`
	FormID *uuid.UUID `json:"form_id,omitempty"`
	// FileIDs are the files of an item that hands files over, in order.
	FileIDs []uuid.UUID `json:"file_ids,omitempty"`
	// Description says what is to be done, for a kind that has one: in plain text, or in
	// Markdown beside files.
	Description string `json:"description,omitempty"`
	// Minutes is how long a session lasts, Place where it is held: a place, or an address
	// to join. Both are proposed when it is scheduled.
	Minutes int    `json:"minutes,omitempty"`
	Place   string `json:"place,omitempty"`
	// BookedBy is who gives a session its time; empty: coach or admin.
	BookedBy   BookedBy        `json:"booked_by,omitempty" doc:"Who chooses the time of a session: coach, by hand (so may an admin), as where it is left out; or coachee, among the free times of the coach, with whom they both attend it."`
	Release    ReleaseRule     `json:"release"`
	Due        *DueRule        `json:"due,omitempty"`
	Recipients []RecipientSpec `json:"recipients"`
	Letter     *LetterSpec     `json:"letter,omitempty"`
}

// maxTitle and maxRecipients bound an item.
const (
	maxTitle       = maxName
	maxRecipients  = 50
	maxDescription = 10_000 // characters
)

// Check refuses a specification that could not be delivered, and names all that is wrong.
// path is where the item stands in the input.
func (s ItemSpec) Check(path string) *Problem {
	var all *Problem
	for _, check := range []func(string) *Problem{s.checkKind, s.checkTitle, s.checkSession, s.checkRelease, s.checkDue, s.checkRecipients} {
		switch p := check(path); {
		case p == nil:
		case all == nil:
			all = p
		default:
			all.Message += " " + p.Message
			all.Fields = append(all.Fields, p.Fields...)
		}
	}
	return all
}

// CheckChange is Check for what takes the place of old, the zero value for what is new.
// What stays as it was is not asked about again: it was stored when less was refused,
// and of what is sent already only the due date can change.
func (s ItemSpec) CheckChange(old ItemSpec, path string) *Problem {
	same := s
	same.Due = old.Due
	if reflect.DeepEqual(same, old) {
		return s.checkDue(path)
	}
	return s.Check(path)
}

func (s ItemSpec) checkKind(path string) *Problem {
	rules, known := KindOf(s.Kind)
	switch noun := rules.Words.Noun; {
	case !known:
		return Problemf(Invalid, "item_kind_unknown", "An item is of one of these kinds: %s.", kindList(ItemKinds, ", ")).
			WithField(path+".kind", "item_kind_unknown", "%q is no kind of item", s.Kind)
	case rules.HasForm && s.FormID == nil:
		return Problemf(Invalid, "item_form_missing", "A %s item names the form that it sends.", noun).
			WithField(path+".form_id", "item_form_missing", "needed for kind %s", s.Kind)
	case !rules.HasForm && s.FormID != nil:
		return Problemf(Invalid, "item_form_misplaced", "A %s sends no form.", noun).
			WithField(path+".form_id", "item_form_misplaced", "not for kind %s", s.Kind)
	case !rules.HasDescription && s.Description != "":
		return Problemf(Invalid, "item_description_misplaced", "A %s says itself what it is about, and has no description.", noun).
			WithField(path+".description", "item_description_misplaced", "not for kind %s", s.Kind)
	}
	if p := s.checkFiles(path, rules); p != nil {
		return p
	}
	return s.checkDescription(path, rules.Words.Noun)
}

// CheckFiles refuses files that an item cannot have.
func (s ItemSpec) CheckFiles() *Problem { return s.checkFiles("item", s.Kind.Rules()) }

func (s ItemSpec) checkFiles(path string, rules KindRules) *Problem {
	path += ".file_ids"
	for i, id := range s.FileIDs {
		if slices.Contains(s.FileIDs[:i], id) {
			return Problemf(Invalid, "item_file_twice", "An item has each file once.").WithField(indexed(path, i), "item_file_twice", "named twice")
		}
	}
	switch count := len(s.FileIDs); {
	case rules.HasFiles && count == 0:
		return Problemf(Invalid, "item_files_missing", "A %s item names at least one file that was uploaded.", rules.Words.Noun).
			WithField(path, "item_files_missing", "needed for kind %s", s.Kind)
	case !rules.TakesFiles() && count > 0:
		return Problemf(Invalid, "item_files_misplaced", "A %s has no files.", rules.Words.Noun).
			WithField(path, "item_files_misplaced", "not for kind %s", s.Kind)
	case count > MostFiles:
		return Problemf(Invalid, "item_files_too_many", "An item has at most %d files.", MostFiles).
			WithField(path, "item_files_too_many", "%d given", count)
	}
	return nil
}

// checkSession checks what only a session has.
func (s ItemSpec) checkSession(path string) *Problem {
	rules := s.Kind.Rules()
	switch {
	case !rules.Meets && (s.Minutes != 0 || s.Place != "" || s.BookedBy != ""):
		return Problemf(Invalid, "item_session_misplaced", "A %s has neither a length nor a place, and nobody books it.", rules.Words.Noun).
			WithField(path+".minutes", "item_session_misplaced", "not for kind %s", s.Kind)
	case !rules.Meets:
		return nil
	case s.Due != nil:
		return Problemf(Invalid, "item_due_misplaced", "A session has the time for which it is scheduled, and no due date.").
			WithField(path+".due", "item_due_misplaced", "not for kind %s", s.Kind)
	}
	if p := checkMinutes(s.Minutes, path+".minutes"); p != nil {
		return p
	}
	if p := CheckPlace(s.Place, path+".place"); p != nil {
		return p
	}
	return s.checkBookedBy(path)
}

// kindList names kinds, each in quotation marks.
func kindList(kinds []ItemKind, between string) string {
	var names []string
	for _, kind := range kinds {
		names = append(names, strconv.Quote(string(kind)))
	}
	return strings.Join(names, between)
}

func (s ItemSpec) checkDescription(path, noun string) *Problem {
	unseen := func(r rune) bool { return isControl(r) && r != '\n' && r != '\t' }
	if utf8.RuneCountInString(s.Description) > maxDescription || !utf8.ValidString(s.Description) || strings.ContainsFunc(s.Description, unseen) {
		return Problemf(Invalid, "item_description_invalid", "The description of a %s has at most %d characters, and no control characters.", noun, maxDescription).
			WithField(path+".description", "item_description_invalid", "at most %d characters, no control characters", maxDescription)
	}
	return nil
}

func (s ItemSpec) checkTitle(path string) *Problem {
	// The title goes into subjects as it is, so a line break at its end counts, too.
	if strings.TrimSpace(s.Title) == "" || tooLong(s.Title) || strings.ContainsFunc(s.Title, isControl) {
		return Problemf(Invalid, "item_title_invalid", "An item needs a title of 1 to %d characters on one line.", maxTitle).
			WithField(path+".title", "item_title_invalid", "1 to %d characters, no line breaks", maxTitle)
	}
	if p := CheckVisible("The title", s.Title, path+".title"); p != nil {
		return p
	}
	if s.Letter != nil {
		return CheckVisible("The subject", s.Letter.Subject, path+".letter.subject")
	}
	return nil
}

func (s ItemSpec) checkRelease(path string) *Problem {
	r, path := s.Release, path+".release"
	switch r.Rule {
	case Manual:
		return exclusive(path, r.At == nil && r.Delay == nil, "A manual item has neither a time nor a delay.")
	case At:
		return exclusive(path, r.At != nil && !r.At.IsZero() && r.Delay == nil, "Rule \"at\" needs \"at\", a local date and time, and no delay.")
	case AfterPrior:
		if r.Delay != nil && r.At == nil {
			return r.Delay.Check(path + ".delay")
		}
		return exclusive(path, r.At == nil, "Rule \"after_prior\" takes a delay, not a time.")
	}
	return Problemf(Invalid, "release_rule_unknown", "A release rule is manual, at or after_prior.").
		WithField(path+".rule", "release_rule_unknown", "%q is none of manual, at, after_prior", r.Rule)
}

func exclusive(path string, fine bool, message string) *Problem {
	if fine {
		return nil
	}
	return Problemf(Invalid, "release_rule_invalid", "%s", message).WithField(path, "release_rule_invalid", "%s", message)
}

func (s ItemSpec) checkDue(path string) *Problem {
	if s.Due == nil {
		return nil
	}
	if (s.Due.At == nil) == (s.Due.After == nil) {
		return Problemf(Invalid, "due_rule_invalid", "A due date is either \"at\" or \"after\".").
			WithField(path+".due", "due_rule_invalid", "give exactly one of at, after")
	}
	if s.Due.After == nil {
		return nil
	}
	if s.Due.After.Amount == 0 {
		return Problemf(Invalid, "due_rule_invalid", "An item cannot be due the moment that it is sent.").
			WithField(path+".due.after.amount", "due_rule_invalid", "at least 1")
	}
	return s.Due.After.Check(path + ".due.after")
}

func (s ItemSpec) checkRecipients(path string) *Problem {
	path += ".recipients"
	if len(s.Recipients) == 0 {
		return Problemf(Invalid, "recipient_missing", "An item needs a recipient before it can be scheduled or sent.").
			WithField(path, "recipient_missing", "at least one")
	}
	if len(s.Recipients) > maxRecipients {
		return Problemf(Invalid, "recipients_too_many", "An item has at most %d recipients.", maxRecipients).
			WithField(path, "recipients_too_many", "%d given", len(s.Recipients))
	}
	required := false
	for i, r := range s.Recipients {
		if p := r.check(indexed(path, i)); p != nil {
			return p
		}
		if s.Kind.NeedsAccount() && r.Email != "" {
			return Problemf(Invalid, "recipient_without_account", "A %s can only go to people of the organization: they log in to complete it.", s.Kind).
				WithField(indexed(path, i)+".email", "recipient_without_account", "not for kind %s", s.Kind)
		}
		required = required || !r.Optional
	}
	if !required {
		return Problemf(Invalid, "recipient_required_missing", "At least one recipient must be required, or the item could never complete.").
			WithField(path, "recipient_required_missing", "all are optional")
	}
	return nil
}

func (r RecipientSpec) check(path string) *Problem {
	ways := 0
	for _, given := range []bool{r.Role != "", r.PersonID != nil, r.Email != ""} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		return Problemf(Invalid, "recipient_invalid", "A recipient is named by exactly one of role, person_id, email.").
			WithField(path, "recipient_invalid", "exactly one of role, person_id, email")
	}
	if r.Role != "" && r.Role != "coachee" && r.Role != "coach" {
		return Problemf(Invalid, "recipient_role_unknown", "The roles of recipients are coachee and coach.").
			WithField(path+".role", "recipient_role_unknown", "%q is neither coachee nor coach", r.Role)
	}
	if tooLong(r.Name) || strings.ContainsFunc(r.Name, isControl) {
		return Problemf(Invalid, "recipient_name_invalid", "A recipient's name is at most %d characters on one line.", maxTitle).
			WithField(path+".name", "recipient_name_invalid", "too long, or with line breaks")
	}
	if p := CheckVisible("The name of a recipient", r.Name, path+".name"); p != nil || r.Email == "" {
		return p
	}
	_, err := EmailAddress(r.Email)
	return AtPath(err, path+".email")
}

// CheckNotOwn refuses an item that would go to an address of ours.
func (s ItemSpec) CheckNotOwn(own OwnMail, path string) *Problem {
	for i, r := range s.Recipients {
		if r.Email == "" {
			continue
		}
		if p := CheckNotOwn(r.Email, own, indexed(path+".recipients", i)+".email"); p != nil {
			return p
		}
	}
	return nil
}

// isControl finds what breaks a line or hides in it: the control characters of
// ASCII and Latin-1, and Unicode's own line and paragraph separators.
func isControl(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }

func tooLong(s string) bool { return utf8.RuneCountInString(s) > maxTitle }

// ItemState is what the rules need to know of an item of a running program,
// and all that a workflow keeps of it: ids, states and times, nothing personal.
type ItemState struct {
	ID uuid.UUID `json:"id"`
	// Revision counts the changes of the item; a state with a lower one is old.
	Revision int         `json:"v,omitempty"`
	Kind     ItemKind    `json:"k,omitempty"`
	Status   ItemStatus  `json:"s"`
	Release  ReleaseRule `json:"r,omitzero"`
	// Zone is the IANA name of the recipient's zone.
	Zone string `json:"z,omitempty"`
	// ReleaseAt overrides the reckoning of the rule: the moment of rule "at",
	// or of an after_prior delay that a pause has shifted.
	ReleaseAt time.Time `json:"ra,omitzero"`
	SendAt    time.Time `json:"sa,omitzero"`
	IssuedAt  time.Time `json:"ia,omitzero"`
	DueAt     time.Time `json:"du,omitzero"`
	DoneAt    time.Time `json:"do,omitzero"`
	// HeldAt is when a scheduled session counts as held by itself.
	HeldAt time.Time `json:"ha,omitzero"`
	Round  int       `json:"n,omitempty"`
	// Plan counts the plans of reminders; PlannedAt is when this one was made,
	// FollowFrom the moment that it counts from (the issue, pauses added), and
	// Followed how many of its steps are behind.
	Plan       int       `json:"p,omitempty"`
	PlannedAt  time.Time `json:"pa,omitzero"`
	FollowFrom time.Time `json:"ff,omitzero"`
	Followed   int       `json:"fd,omitempty"`
	// Next is the step that comes next, as it was decided with the last change.
	Next NextStep `json:"x,omitzero"`
}

// FollowedAll is the number of steps that are behind when the follow-up has come to
// its end.
const FollowedAll = 1000

// Done reports whether the item no longer blocks the one after it: completed,
// skipped, or removed after it was issued.
func (i ItemState) Done() bool {
	return i.Status == Completed || i.Status == Skipped || (i.Status == Removed && !i.IssuedAt.IsZero())
}

// Ended reports whether nothing more happens with the item by itself.
func (i ItemState) Ended() bool {
	return i.Status == Completed || i.Status == Skipped || i.Status == Removed
}
