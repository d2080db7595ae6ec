package outbox

import "coachflow/coaching"

// CalendarFailing tells a coach that a calendar of theirs cannot be read.
const CalendarFailing coaching.NotificationKind = "calendar_failing"

var calendarLetters = []Letter{
	{
		Kind: CalendarFailing, Gate: coaching.WorkRow, Label: "Calendar that cannot be read", Standalone: true,
		When:    "When one of the other calendars of a coach could not be read for a day; once until it can be read again.",
		To:      "The coach whose calendar it is.",
		Subject: "Your calendar “{{calendar}}” cannot be read",
		Body: `Hello {{name}},

your calendar **{{calendar}}**, whose entries keep times from being offered to your clients, could not be read since {{since}}.

{{fault}}

{{stand}}

[Look at your calendars]({{page}})
`,
		Placeholders: []Placeholder{coachIsReader, organizationName, {"calendar", "Family"}, {"since", until.Sample},
			{"fault", "There is no calendar at this address any more. Copy its present address from your calendar."},
			{"stand", "Until it can be read again, what was in it on Thursday, 12 March 2026, 17:45 (Europe/Berlin) keeps times from being offered. What you have entered since does not."},
			{"page", "https://example.com/availability"}},
		Why: "You get this mail because you have named this calendar under Availability.",
	},
}
