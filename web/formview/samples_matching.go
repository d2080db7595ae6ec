package formview

import "coachflow/coaching"

// matchingSamples are the pages on which coachee, coach and admin find each other.
func matchingSamples(frame Frame) []Sample {
	const when, later = "Monday, 9 March 2026, 10:00 (Europe/Berlin)", "Tuesday, 10 March 2026, 15:30 (Europe/Berlin)"
	words := "I lead a ward of 40 people since January, and would like to talk about difficult conversations. Afternoons suit me best."
	ask := StepsForm{ID: "ask", Act: coaching.AskInterview, Words: "What do you look for, and when do you have time? Jonas Weber reads this.", Button: "Ask for an interview", Primary: true}
	choose := StepsForm{ID: "choose", Act: coaching.SelectCoach, Button: "Choose Jonas Weber", Primary: true}
	drop := StepsForm{ID: "cancel", Act: coaching.CancelInterview, Words: "Why? Jonas Weber reads this. May be empty.", Button: "Cancel this interview", Danger: true}
	jonas := StepsPart{Heading: "Jonas Weber", Line: "Leads through change, with a nurse's calm", HTML: "<p>Twenty years in <strong>hospitals</strong>, ten of them as a coach of those who lead there.</p>",
		Details: []Detail{{"Languages", "German, English"}, {"Specialities", "Health care, First lead"}, {"Places", "Berlin"}}, Forms: []StepsForm{ask}}
	full := StepsPart{Heading: "Maria Magdalena Hohenstein-Rosenbaum", Line: "For teams that argue", Body: "No room for another client at the moment."}
	coachee := StepsPage{Frame: frame, Title: "Find your coach", Body: "Look at the coaches, and ask one for an interview.", Action: "/l/sample",
		Parts: []StepsPart{{HTML: "<p>Take your time, and talk with the <strong>one or two</strong> who speak to you most.</p>"}, jonas, full}}
	times := StepsPart{Heading: "Interview with Jonas Weber", Body: "Jonas Weber proposes these times.", Details: []Detail{{"You wrote", words}}, Forms: []StepsForm{
		{ID: "take", Act: coaching.TakeProposal, Choices: []StepsChoice{{"a", when}, {"b", later}}, Button: "Take this time", Primary: true},
		{ID: "again", Act: coaching.AskAgain, Words: "None of them suits you? Write when you have time. Jonas Weber reads this.", Button: "Ask for other times"}, drop}}
	proposed, selecting := coachee, coachee
	proposed.Body, proposed.Parts, proposed.Notice = "Here is where your interviews stand.", []StepsPart{times}, "That is noted. Whoever it concerns is told."
	jonas.Forms = []StepsForm{choose}
	selecting.Body, selecting.Parts = "Choose the coach whom you would like to work with.", []StepsPart{jonas}
	answer := StepsPage{Frame: frame, Title: "Interview with Amara Okafor", Action: "/l/sample", Problem: "Enter a date and a time for each time that you propose.",
		Body: "Amara Okafor would like to talk with you. Propose up to three times, on your clock (Europe/Berlin), or decline.",
		Parts: []StepsPart{{Details: []Detail{{"Amara Okafor wrote", words}, {"Until", later}}, Forms: []StepsForm{
			{ID: "propose", Act: coaching.ProposeInterview, Times: []string{"First time", "Second time (may be empty)", "Third time (may be empty)"}, Button: "Propose these times", Primary: true},
			{ID: "decline", Act: coaching.DeclineInterview, Words: "Why? Amara Okafor reads this. May be empty.", Button: "Decline"}}}}}
	facts := []Detail{{"Coachee", "Amara Okafor"}, {"Asks for", "an interview with Jonas Weber"}, {"Waits since", when}, {"When", later}, {"Until", later}}
	approval := StepsPage{Frame: frame, Title: "Decide: Amara Okafor and a coach", Body: "You decide as Elena Marin.", Action: "/l/sample", Parts: []StepsPart{{Details: facts, Forms: []StepsForm{
		{ID: "yes", Act: coaching.ApproveInterview, Button: "Approve", Primary: true},
		{ID: "no", Act: coaching.RejectInterview, Words: "Why not? Amara Okafor reads this.", Button: "Reject", Danger: true}}}}}
	decided := approval
	decided.Body, decided.Parts = "It is approved, and takes effect on "+when+". Until then it can be taken back.",
		[]StepsPart{{Details: facts, Forms: []StepsForm{{ID: "back", Act: coaching.TakeDecisionBack, Button: "Take the decision back"}}}}
	return []Sample{{"matching", Steps(coachee)}, {"matching-times", Steps(proposed)}, {"matching-select", Steps(selecting)}, {"matching-answer", Steps(answer)},
		{"matching-approval", Steps(approval)}, {"matching-decided", Steps(decided)}}
}
