package coaching

import (
	"slices"
)

// KindRules is all that differs between the kinds of items. What an item of any
// kind has in common stands in no table: it waits, goes out, is followed up, ends.
type KindRules struct {
	// HasForm: the item sends a form, and its answers can be looked at.
	HasForm bool
	// HasDescription: the item says in its own words what is to be done, as plain text
	// or, with Markdown, as such.
	HasDescription, Markdown bool
	// HasFiles: the item hands files over, each of which can be replaced.
	HasFiles bool
	// CarriesFiles: files can go with the item, and need not.
	CarriesFiles bool
	// NeedsAccount: the item is completed after a login, so that it cannot go to a
	// bare address, and waits for who has no account yet.
	NeedsAccount bool
	// HasLink: each recipient has a personal link, which works without a login.
	HasLink bool
	// Meets: the item is a meeting, which is scheduled with its recipients as attendees.
	Meets bool
	// Path is the page on which a recipient completes the item after a login, to
	// be followed by the item's id. Empty: there is none.
	Path string

	// CompletedEvent is the event of one recipient being done, and EventWords is
	// what the timeline says of it ("Kim Lee answered ...").
	CompletedEvent, EventWords string

	// Letters are the letters about items of the kind, where they are not those by its name.
	Letters ItemLetters

	// Words are how letters and pages speak of the kind.
	Words KindWords
}

// TakesFiles reports whether an item of the kind can have files.
func (r KindRules) TakesFiles() bool { return r.HasFiles || r.CarriesFiles }

// KindWords are the words for items of one kind. Each stands within a sentence;
// the comment has an example of it.
type KindWords struct {
	Noun    string // "Add a form to the program"
	Done    string // "By when it should be answered"
	Act     string // "Must answer"
	Past    string // "You answered on 4 March", "reminder to those who have not answered"
	Ticked  string // "✓ Answered 4 March"
	Missing string // "No answer yet"
	Status  string // the badge while it is open; empty: that of every open item
	Time    string // "Time to answer": the field for the time until it is due
	// Ask and Passed stand before the due date in letters, before and after it.
	Ask    string // "Please answer by"
	Passed string // "It was to be answered by"
	// Complete says when the item is complete.
	Complete string
	// Yours says to a recipient what there is to do, and YoursSince, where it is
	// not empty, says when the mail with the link came.
	Yours, YoursSince string
}

// ItemKind is what an item of a program is.
type ItemKind string

// The kinds of items. What differs between them stands in the table below.
const (
	SessionItem ItemKind = "session"
	FormItem    ItemKind = "form"
	FileItem    ItemKind = "file"
	TaskItem    ItemKind = "task"
)

// TaskPage is the page of an item that its recipients read after a login, and mark as
// complete there.
const TaskPage = "/tasks/"

// SessionPage is the page of a session for those who attend it, after a login.
const SessionPage = "/sessions/"

// NeedsAccount reports whether an item of this kind is completed after a login,
// so that it cannot go to a bare address, and waits for who has no account yet.
func (k ItemKind) NeedsAccount() bool { return k.Rules().NeedsAccount }

// KindsOn are the kinds whose items are completed on a page.
func KindsOn(path string) []ItemKind {
	return slices.DeleteFunc(slices.Clone(ItemKinds), func(k ItemKind) bool { return k.Rules().Path != path })
}

// KindOf are the rules of a kind; false: there is no such kind.
func KindOf(kind ItemKind) (KindRules, bool) {
	rules, known := itemKinds[kind]
	return rules, known
}

// Rules are the rules of a kind that was checked when it was stored. An unknown one
// is called an item, and has nothing that is not common to all.
func (k ItemKind) Rules() KindRules {
	if rules, known := itemKinds[k]; known {
		return rules
	}
	return KindRules{CompletedEvent: "item_done", EventWords: "completed", Words: actWords("item")}
}

// ItemKinds are all kinds, in the order in which pages offer them.
var ItemKinds = []ItemKind{FormItem, TaskItem, FileItem, SessionItem}

var itemKinds = map[ItemKind]KindRules{
	FormItem: {
		HasForm: true, HasLink: true,
		CompletedEvent: "form_answered", EventWords: "answered",
		Words: KindWords{Noun: "form", Done: "answered", Act: "answer", Past: "answered", Ticked: "Answered",
			Missing: "No answer yet", Time: "Time to answer", Ask: "Please answer by", Passed: "It was to be answered by",
			Complete: "The item is complete when everybody who must answer has answered.",
			Yours:    "It waits for your answers.", YoursSince: "The link to it is in the mail that you got on"},
	},
	TaskItem: {
		HasDescription: true, NeedsAccount: true, Path: TaskPage,
		CompletedEvent: "task_done", EventWords: "marked as complete",
		Words: actWords("task"),
	},
	FileItem: {
		HasFiles: true, HasDescription: true, Markdown: true, NeedsAccount: true, Path: TaskPage,
		CompletedEvent: "file_reviewed", EventWords: "reviewed",
		Words: KindWords{Noun: "file", Done: "reviewed", Act: "review it", Past: "reviewed it", Ticked: "Reviewed",
			Missing: "Not reviewed yet", Status: "to review", Time: "Time for it", Ask: "Please review it by", Passed: "It was to be reviewed by",
			Complete: "The item is complete when everybody who must has marked it as complete. They log in for that: a mail to somebody without an account is held until there is one.",
			Yours:    "It is yours to review."},
	},
	SessionItem: {
		HasDescription: true, Meets: true, CarriesFiles: true, Path: SessionPage,
		CompletedEvent: "session_held", EventWords: "held",
		Letters: ItemLetters{Request: SessionScheduledLetter, Reminder: "session_reminder", Escalation: "session_unbooked",
			Others: []NotificationKind{SessionRescheduledLetter, SessionCancelledLetter, SessionRemovedLetter, SessionChangeLetter, SessionTimeAskedLetter, SessionBookingLetter,
				SessionDeclinedLetter, SessionProposedLetter, ProposalRefusedLetter, ProposalExpiredLetter, SessionWordsLetter, SessionRatingLetter}},
		Words: KindWords{Noun: "session", Done: "held", Act: "attend", Past: "attended", Ticked: "Attended",
			Missing: "Not held yet", Status: "to schedule", Time: "Time for it", Ask: "Please attend by", Passed: "It was to be held by",
			Complete: "The item is complete when the session was held. Until then the next one waits.",
			Yours:    "It is yours to attend."},
	},
}

// actWords are the words for what somebody does and then marks as complete.
func actWords(noun string) KindWords {
	return KindWords{Noun: noun, Done: "done", Act: "complete it", Past: "completed it", Ticked: "Completed",
		Missing: "Not complete yet", Status: "to do", Time: "Time for it", Ask: "Please do it by", Passed: "It was to be done by",
		Complete: "The item is complete when everybody who must has marked it as complete. They log in for that: a mail to somebody without an account is held until there is one.",
		Yours:    "It is yours to do."}
}

// NotificationKind is what a mail is about. Each has its own letter.
type NotificationKind string

// ItemLetters are the letters about an item of some kind: the first mail, its
// reminders, the word to the coach when they have gone out in vain, and for kinds with
// files, else empty, the word that one was replaced.
type ItemLetters struct {
	Request, Reminder, Escalation, Replaced NotificationKind
	// Others are further letters about items of the kind.
	Others []NotificationKind
}

// The letters about sessions beyond their reminders.
const (
	SessionScheduledLetter   NotificationKind = "session_scheduled"
	SessionRescheduledLetter NotificationKind = "session_rescheduled"
	SessionCancelledLetter   NotificationKind = "session_cancelled"
	SessionRemovedLetter     NotificationKind = "session_removed"
	SessionChangeLetter      NotificationKind = "session_change_asked"
	SessionDeclinedLetter    NotificationKind = "session_declined"
	SessionProposedLetter    NotificationKind = "session_proposed"
	ProposalRefusedLetter    NotificationKind = "session_proposal_refused"
	ProposalExpiredLetter    NotificationKind = "session_proposal_expired"
	SessionWordsLetter       NotificationKind = "session_words"
	SessionBookingLetter     NotificationKind = "session_booking"
	SessionTimeAskedLetter   NotificationKind = "session_time_asked"
	SessionRatingLetter      NotificationKind = "session_rating"
)

// LettersOf are the letters about items of a kind, by name where its row has none:
// "form_request", "form_reminder", "form_escalation", "file_replaced".
func LettersOf(kind ItemKind) ItemLetters {
	if own := kind.Rules().Letters; own.Request != "" {
		return own
	}
	name := NotificationKind(kind)
	letters := ItemLetters{Request: name + "_request", Reminder: name + "_reminder", Escalation: name + "_escalation"}
	if kind.Rules().HasFiles {
		letters.Replaced = name + "_replaced"
	}
	return letters
}

// All are the letters that there are.
func (l ItemLetters) All() []NotificationKind {
	all := []NotificationKind{l.Request, l.Reminder}
	if l.Replaced != "" {
		all = append(all, l.Replaced)
	}
	return append(append(all, l.Others...), l.Escalation)
}

// Has reports whether a letter is one of these.
func (l ItemLetters) Has(letter NotificationKind) bool { return slices.Contains(l.All(), letter) }

// KindOfLetter is the kind of item that a letter is about; false: it is about no
// item.
func KindOfLetter(letter NotificationKind) (ItemKind, bool) {
	for _, kind := range ItemKinds {
		if LettersOf(kind).Has(letter) {
			return kind, true
		}
	}
	return "", false
}
