package coaching

import (
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
)

// InterviewRule says whether interviews take place before a coach is selected.
type InterviewRule string

// The rules.
const (
	NoInterview       InterviewRule = "none"
	OptionalInterview InterviewRule = "optional"
	RequiredInterview InterviewRule = "required" // at least one was held with the coach who is selected
)

// InterviewRules are all of them.
var InterviewRules = []InterviewRule{NoInterview, OptionalInterview, RequiredInterview}

// MatchingSettings are the settings that one attempt goes by.
type MatchingSettings struct {
	// Welcome is what the coachee reads first, in Markdown.
	Welcome   string        `json:"welcome,omitempty"`
	Interview InterviewRule `json:"interview"`
	// InterviewMinutes is how long an interview lasts, InterviewText what it is for, in
	// Markdown.
	InterviewMinutes int    `json:"interview_minutes"`
	InterviewText    string `json:"interview_text,omitempty"`
	// MostInterviews is how many a coachee can have; those that came to nothing do not count.
	MostInterviews int `json:"most_interviews"`
	// ApproveInterviews and ApproveSelections let an admin decide.
	ApproveInterviews bool `json:"interview_approval"`
	ApproveSelections bool `json:"selection_approval"`
	// Approvers are the admins who decide; none: every admin.
	Approvers []uuid.UUID `json:"approvers,omitempty"`
	// TemplateID is the program that is laid out once the coach is found.
	TemplateID *uuid.UUID `json:"program_template_id,omitempty"`
	// StartsByItself starts the program then; otherwise the engagement is ready to start.
	StartsByItself bool `json:"starts_by_itself"`
}

// DefaultMatching are the settings of an organization that has chosen nothing.
var DefaultMatching = MatchingSettings{Interview: OptionalInterview, InterviewMinutes: 30, MostInterviews: 3, StartsByItself: true}

// MatchingChoices are the settings that are made at one place: the organization, a pool, an
// engagement. What is nil is taken from the place before.
type MatchingChoices struct {
	Welcome           *string        `json:"welcome,omitempty"`
	Interview         *InterviewRule `json:"interview,omitempty"`
	InterviewMinutes  *int           `json:"interview_minutes,omitempty"`
	InterviewText     *string        `json:"interview_text,omitempty"`
	MostInterviews    *int           `json:"most_interviews,omitempty"`
	ApproveInterviews *bool          `json:"interview_approval,omitempty"`
	ApproveSelections *bool          `json:"selection_approval,omitempty"`
	Approvers         *[]uuid.UUID   `json:"approvers,omitempty"`
	// TemplateID is the default program; the zero id: none.
	TemplateID     *uuid.UUID `json:"program_template_id,omitempty"`
	StartsByItself *bool      `json:"starts_by_itself,omitempty"`
}

// MatchingPlace is where a setting was made.
type MatchingPlace string

// The places, each after those that it overrides.
const (
	FromProduct      MatchingPlace = "product" // the default of coachflow
	FromOrganization MatchingPlace = "organization"
	FromPool         MatchingPlace = "pool"
	FromEngagement   MatchingPlace = "engagement"
)

// ChoicesAt are the choices of one place.
type ChoicesAt struct {
	Place   MatchingPlace
	Choices MatchingChoices
}

// ResolvedMatching are settings, and by their JSON names where each was made.
type ResolvedMatching struct {
	MatchingSettings
	From map[string]MatchingPlace `json:"from"`
}

// ResolveMatching applies the choices of places, the most general one first.
func ResolveMatching(places ...ChoicesAt) ResolvedMatching {
	out := ResolvedMatching{MatchingSettings: DefaultMatching, From: map[string]MatchingPlace{}}
	for _, name := range MatchingSettingNames {
		out.From[name] = FromProduct
	}
	for _, at := range places {
		out.apply(at)
	}
	return out
}

// MatchingSettingNames are the settings by their JSON names, in the order of pages.
var MatchingSettingNames = []string{"welcome", "interview", "interview_minutes", "interview_text", "most_interviews",
	"interview_approval", "selection_approval", "approvers", "program_template_id", "starts_by_itself"}

func (r *ResolvedMatching) apply(at ChoicesAt) {
	c := at.Choices
	choose(r, at.Place, "welcome", c.Welcome, &r.Welcome)
	choose(r, at.Place, "interview", c.Interview, &r.Interview)
	choose(r, at.Place, "interview_minutes", c.InterviewMinutes, &r.InterviewMinutes)
	choose(r, at.Place, "interview_text", c.InterviewText, &r.InterviewText)
	choose(r, at.Place, "most_interviews", c.MostInterviews, &r.MostInterviews)
	choose(r, at.Place, "interview_approval", c.ApproveInterviews, &r.ApproveInterviews)
	choose(r, at.Place, "selection_approval", c.ApproveSelections, &r.ApproveSelections)
	choose(r, at.Place, "approvers", c.Approvers, &r.Approvers)
	choose(r, at.Place, "starts_by_itself", c.StartsByItself, &r.StartsByItself)
	if c.TemplateID != nil {
		r.TemplateID, r.From["program_template_id"] = c.TemplateID, at.Place
		if *c.TemplateID == uuid.Nil {
			r.TemplateID = nil
		}
	}
}

func choose[T any](r *ResolvedMatching, place MatchingPlace, name string, chosen, setting *T) {
	if chosen != nil {
		*setting, r.From[name] = *chosen, place
	}
}

// Bounds of the settings.
const (
	maxMatchingText   = 20000
	maxInterviewCount = 20
	maxApprovers      = 20
)

// Check refuses choices that cannot be meant, with all faults at once. path is where they
// stand in the input.
func (c MatchingChoices) Check(path string) *Problem {
	p := Problemf(Invalid, "matching_settings_invalid", "The settings cannot be used as they are. Correct the places that are named.")
	checkMatchingText(p, c.Welcome, path+".welcome")
	checkMatchingText(p, c.InterviewText, path+".interview_text")
	if r := c.Interview; r != nil && *r != NoInterview && *r != OptionalInterview && *r != RequiredInterview {
		p.WithField(path+".interview", "interview_rule_unknown", "%q is none of none, optional, required", *r)
	}
	if v := c.InterviewMinutes; v != nil && (*v < minSessionMinutes || *v > 8*60) {
		p.WithField(path+".interview_minutes", "number_out_of_range", "%d is not between %d and %d", *v, minSessionMinutes, 8*60)
	}
	if v := c.MostInterviews; v != nil && (*v < 1 || *v > maxInterviewCount) {
		p.WithField(path+".most_interviews", "number_out_of_range", "%d is not between %d and %d", *v, 1, maxInterviewCount)
	}
	if c.Approvers != nil && len(*c.Approvers) > maxApprovers {
		p.WithField(path+".approvers", "too_many", "%d approvers are more than %d", len(*c.Approvers), maxApprovers)
	}
	if len(p.Fields) == 0 {
		return nil
	}
	return p
}

// checkMatchingText names the fault of a text of several lines that may be left out.
func checkMatchingText(p *Problem, text *string, path string) {
	if text == nil {
		return
	}
	unseen := func(r rune) bool { return isControl(r) && r != '\n' && r != '\t' && r != '\r' }
	if utf8.RuneCountInString(*text) > maxMatchingText || !utf8.ValidString(*text) || strings.ContainsFunc(*text, unseen) {
		p.WithField(path, "text_invalid", "at most %d characters, no control characters", maxMatchingText)
	}
}
