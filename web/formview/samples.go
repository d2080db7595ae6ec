package formview

import (
	_ "embed"
	"fmt"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"coachflow/coaching"
)

// Sample is a page filled with invented data, for looking at and for tests.
type Sample struct {
	Name      string // usable in a URL
	Component templ.Component
}

//go:embed sample_form.json
var sampleForm []byte

// Samples are all pages in all their states.
func Samples() ([]Sample, error) {
	form, err := coaching.ParseForm(sampleForm)
	if err != nil {
		return nil, fmt.Errorf("read the sample form: %w", err)
	}
	frame := Frame{OrganizationName: "Northlight Coaching"}
	page := FormPage{
		Frame: frame, Form: form, State: StateOpen, RecipientName: "Amara Okafor", Action: "/l/sample",
		Intro:  "Your coach Jonas Weber asks you to fill this out before your first session.",
		Hidden: map[string]string{"csrf": "sample"}, DueAt: "Friday, 13 March 2026, 18:00 CET",
	}
	return slices.Concat(formSamples(page), messageSamples(frame), proposalSamples(frame), bookingSamples(frame), matchingSamples(frame)), nil
}

func formSamples(page FormPage) []Sample {
	draft, draftProblems := page, page
	draft.Draft = coaching.Draft{"role": {"Head of Operations"}, "topics": {"delegation", "rest"}, "energy": {"4"}}
	draft.SavedAt = "today at 14:05 CET"
	draft.Notice = "Your draft is saved. Come back any time with the same link."

	draftProblems.Draft = coaching.Draft{
		"role": {"Head of <Operations> & \"more\""}, "why": {"First line.\nSecond line."}, "format": {"room"},
		"years": {"about seven"}, "start": {"4 March"}, "topics": {"rest"},
	}
	_, problems := page.Form.Check(draftProblems.Draft)
	draftProblems.Problems = coaching.ProblemsByQuestion(problems)

	newer := page
	newer.Draft = coaching.Draft{"role": {"Head of Operations"}, "why": {"A new team."}, "topics": {"rest"}, "energy": {"4"}}
	newer.Saved = coaching.Draft{"role": {"Head of Operations"}, "why": {"A new team.\n\nAnd less firefighting."}, "topics": {"delegation", "rest"}, "years": {"7"}}
	newer.SavedAt = "today at 14:05 CET"

	answered := page
	answered.State, answered.AnsweredAt, answered.EditURL = StateAnswered, "today at 14:20 CET", "/l/sample?edit=1"
	answered.Answer = coaching.Answer{
		"role": "Head of Operations", "why": "A new team.\n\nAnd less firefighting.", "format": "room", "zone": "Europe",
		"topics": []string{"delegation", "rest"}, "energy": 4.0, "sure": 8.0, "years": 7.5, "start": "2026-03-09", "before": false,
	}
	pending, before, closed, closedEmpty := answered, answered, answered, page
	pending.State = StateSavedPending
	before.Typed = coaching.Draft{"role": {"Head of Operations"}, "why": {"Because my manager asked me to."}, "energy": {"2"}}
	before.ChangeText = "If what you have entered now is what should count, ask the person who sent you this form to open it again. Then send it once more with the same link."
	closed.State = StateClosed
	closedEmpty.State, closedEmpty.ClosedText = StateClosed, "It closed on 13 March 2026. Jonas Weber can open it again for you."
	return []Sample{
		{"form", Page(page)}, {"form-draft", Page(draft)}, {"form-problems", Page(draftProblems)}, {"form-newer-draft", Page(newer)},
		{"form-answered", Page(answered)}, {"form-pending", Page(pending)}, {"form-sent-before", Page(before)},
		{"form-closed", Page(closed)}, {"form-closed-unanswered", Page(closedEmpty)},
	}
}

func messageSamples(frame Frame) []Sample {
	confirm := ConfirmPage{
		Frame: frame, Title: "Approve this interview?", Action: "/l/sample", Button: "Approve the interview",
		Body:        "Amara Okafor has asked for an interview. The slot is kept until you decide.",
		Hidden:      map[string]string{"csrf": "sample"},
		Details:     []Detail{{"Coachee", "Amara Okafor"}, {"Coach", "Jonas Weber"}, {"When", "Monday, 9 March 2026, 10:00 to 10:30 CET"}},
		ReasonLabel: "A word to Amara (optional)",
		Hint:        "Nothing happens until you press the button.",
	}
	cancel := confirm
	cancel.Title, cancel.Button, cancel.Danger = "Cancel this session?", "Cancel the session", true
	cancel.Problem = "That did not work. Please press the button again."
	session := SessionPage{Frame: frame, Title: "Half-time", Body: "It takes place as planned.", Action: "/l/sample", CanAsk: true, CanCancel: true,
		Details: []SessionDetail{{Label: "When", Value: "Monday, 9 March 2026, 10:00 (Europe/Berlin)"}, {Label: "Where", Value: "Room 4, Hauptstraße 1"}},
		Hint:    "You can cancel it here until Sunday, 8 March 2026, 10:00 (Europe/Berlin)."}
	session.Files = []SessionFile{{"a", "Agenda for the second half.pdf", "PDF, 482 KB"}, {"b", "ملاحظات.docx", "Word document, 1.2 MB"}}
	late, refused := session, session
	late.CanCancel, late.Hint, late.Notice = false, "", "Your coach gets your words by mail. The session stays as it is until they change it."
	late.Body += "\n\nIt is too late to cancel it here. You can ask for another time, or write to your coach."
	refused.Problem, refused.Reason = "That did not work. Please press the button again.", "I am ill."
	password := PasswordPage{Frame: frame, Title: "Create your account", Button: "Create the account", Action: "/l/sample", Address: "amara@example.com",
		Body: "Hello Amara Okafor, choose a password for your account with Northlight Coaching.", Hint: "The link works until Friday, 13 March 2026, 18:00 (Europe/Berlin)."}
	again := password
	again.Problem = "The password is not set yet. Please type it again."
	again.Problems = map[string]string{PasswordField: "A password needs at least 12 characters."}
	rating := RatingPage{Frame: frame, Title: "A short rating", Session: "Half-time, Monday, 9 March 2026, 10:00 (Europe/Berlin)", Action: "/l/sample", Button: "Send",
		Question: coaching.DefaultRatings.Question, Low: coaching.DefaultRatings.Low, High: coaching.DefaultRatings.High,
		Readers: coaching.RatingsForCoach.Words(coaching.CoacheeRates, coaching.RatingNames{Organization: "Northlight Coaching", Coach: "Jonas Weber"}),
		Hint:    "You can send and change it until Monday, 23 March 2026, 11:00 (Europe/Berlin)."}
	rated, unrated, over := rating, rating, rating
	rated.Score, rated.Words, rated.Button, rated.Notice = "4", "The exercise with the calendar helped.\n\nMore of that, please.", "Change my answer", "Thank you. Your answer is saved."
	unrated.Problem, unrated.Problems, unrated.Words = "Choose a number from 1 to 5.", map[string]string{"score": "Choose a number from 1 to 5."}, rated.Words
	over.Score, over.Words, over.Button, over.Hint = rated.Score, rated.Words, "", ""
	over.Body = "Answers were taken until Monday, 23 March 2026, 11:00 (Europe/Berlin). This is what you said; it cannot be changed any more."
	ended := RatingPage{Frame: frame, Title: rating.Title, Session: rating.Session, Body: "This session was not held after all, so nothing is asked about it any more."}
	return []Sample{
		{"rating", Rating(rating)}, {"rating-given", Rating(rated)}, {"rating-problem", Rating(unrated)}, {"rating-closed", Rating(over)}, {"rating-ended", Rating(ended)},
		{"expired", Message(MessagePage{
			Tone: ToneWarning, Title: "This link does not work",
			Body: "It may have expired, been replaced by a newer one, or lost a part on its way to you.",
			Hint: "Look for a newer email and open the link in there.\n\nIf there is none, ask the person whom it is about, or your coach, for a new link.",
		})},
		{"thanks", Message(MessagePage{
			Frame: frame, Tone: ToneSuccess, Title: "Thank you, the interview is approved",
			Body: "Amara Okafor and Jonas Weber get the invitation by email in a moment.", Hint: "You can close this page.",
		})},
		{"confirm", Confirm(confirm)}, {"confirm-danger", Confirm(cancel)},
		{"password", Password(password)}, {"password-problem", Password(again)},
		{"session", Session(session)}, {"session-late", Session(late)}, {"session-problem", Session(refused)},
		{"session-cancelled", Session(SessionPage{Frame: frame, Title: "Half-time", Body: "This session was cancelled. If another time is found, you get a mail about that.", Details: session.Details[:1]})},
		{"retry", Retry(RetryPage{
			Title: "Your answers could not be saved just now", Action: "/l/sample", Button: "Try again",
			Body:   "Everything that you typed is still here: please try again in a moment.",
			Values: url.Values{"q.role": {"Head of <Operations>"}, "q.topics": {"delegation", "rest"}, "q.empty": {" "}, ActionField: {ActionSubmit}},
		})},
	}
}
