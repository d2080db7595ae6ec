package link

import (
	"strings"
	"time"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/mail/compose"
	"coachflow/web/formview"
)

// coacheePage shows the coachee the coaches, the interviews, and what they can do.
func coacheePage(page *formview.StepsPage, v app.MatchingLinkView) {
	m := v.Matching
	page.Title, page.Body = "Find your coach", coacheeWords(v)
	if m.Settings.Welcome != "" && !m.Status.Over() {
		page.Parts = append(page.Parts, formview.StepsPart{HTML: compose.PageMarkdown(m.Settings.Welcome)})
	}
	for _, i := range m.Interviews {
		if i.State.Open() {
			page.Parts = append(page.Parts, ownInterview(i, v.Zone))
		}
	}
	if m.Status.Over() {
		return
	}
	for _, c := range m.Coaches {
		if !c.Gone {
			page.Parts = append(page.Parts, coachPart(m, c))
		}
	}
}

// coacheeWords say where the search stands.
func coacheeWords(v app.MatchingLinkView) string {
	m := v.Matching
	name := func() string {
		for _, c := range m.Coaches {
			if m.CoachID != nil && c.ID == *m.CoachID || m.Selection != nil && c.ID == m.Selection.Coach {
				return c.Name
			}
		}
		return "your coach"
	}
	switch m.Status {
	case coaching.MatchingMatched:
		return name() + " is your coach. There is nothing left to do here."
	case coaching.MatchingCancelled:
		return v.Organization + " has ended this search. There is nothing to do here any more."
	case coaching.MatchingApproving:
		return "You have chosen " + name() + ". " + v.Organization + " decides about it, and you get a mail then."
	case coaching.MatchingStalled:
		return "There is nobody to choose at the moment. " + v.Organization + " knows, and you get a mail as soon as there is."
	case coaching.MatchingInterviewing:
		return "Here is where your interviews stand."
	case coaching.MatchingSelecting:
		return "Choose the coach whom you would like to work with."
	}
	return "Look at the coaches, and ask one for an interview."
}

// ownInterview is an open interview as its coachee sees it.
func ownInterview(i app.MatchingInterview, zone *time.Location) formview.StepsPart {
	part := formview.StepsPart{Heading: "Interview with " + i.CoachName, Details: interviewDetails(i, zone, "You wrote")}
	of := func(f formview.StepsForm) formview.StepsForm {
		f.ID, f.Hidden = f.ID+i.ID.String(), map[string]string{formview.InterviewField: i.ID.String()}
		return f
	}
	switch i.State {
	case coaching.InterviewAsked:
		part.Body = i.CoachName + " was asked, and proposes times or declines. You get a mail."
	case coaching.InterviewProposed:
		part.Body = i.CoachName + " proposes these times."
		take := of(button("take", coaching.TakeProposal, "Take this time"))
		take.Primary = true
		for _, at := range i.Proposals {
			take.Choices = append(take.Choices, formview.StepsChoice{Value: at.UTC().Format(time.RFC3339), Label: coaching.ShowTime(at, zone)})
		}
		again := of(button("again", coaching.AskAgain, "Ask for other times"))
		again.Words = "None of them suits you? Write when you have time. " + i.CoachName + " reads this."
		part.Forms = append(part.Forms, take, again)
	case coaching.InterviewPending:
		part.Body = "It waits for an approval. The time is kept for you."
	case coaching.InterviewScheduled:
		part.Body = "It is scheduled. To move it, cancel it and ask again."
	}
	drop := of(button("cancel", coaching.CancelInterview, "Cancel this interview"))
	drop.Words, drop.Danger = "Why? "+i.CoachName+" reads this. May be empty.", true
	part.Forms = append(part.Forms, drop)
	return part
}

// coachPart is a coach of the pool with what the coachee can do.
func coachPart(m app.Matching, c app.MatchingCoach) formview.StepsPart {
	part := formview.StepsPart{Heading: c.Name, Line: c.Profile.Headline, HTML: compose.PageMarkdown(c.Profile.Biography)}
	add := func(label string, words []string) {
		if len(words) > 0 {
			part.Details = append(part.Details, formview.Detail{Label: label, Value: strings.Join(words, ", ")})
		}
	}
	add("Languages", c.Profile.Languages)
	add("Specialities", c.Profile.Specialities)
	add("Places", c.Profile.Places)
	hidden := map[string]string{formview.CoachField: c.ID.String()}
	ask, choose := m.MayAsk(c.ID), m.MaySelect(c.ID)
	if ask == nil {
		f := button("ask"+c.ID.String(), coaching.AskInterview, "Ask for an interview")
		f.Hidden, f.Primary, f.Words = hidden, choose != nil, "What do you look for, and when do you have time? "+c.Name+" reads this."
		part.Forms = append(part.Forms, f)
	}
	if choose == nil {
		f := button("choose"+c.ID.String(), coaching.SelectCoach, "Choose "+c.Name)
		f.Hidden, f.Primary = hidden, true
		part.Forms = append(part.Forms, f)
	}
	if c.Full {
		part.Body = "No room for another client at the moment."
	}
	return part
}
