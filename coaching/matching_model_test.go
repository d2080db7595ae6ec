package coaching

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// matchingModel plays random histories of a coachee, coaches and admins, with the calendars
// of the interviews beside them, and holds what must be true at every turn.
type matchingModel struct {
	*rapid.T
	m         *Matching
	clock     MatchingClock
	calendars map[uuid.UUID]SessionCalendar
	ids       byte
}

func newMatchingModel(t *rapid.T) *matchingModel {
	settings := DefaultMatching
	settings.Interview = rapid.SampledFrom(InterviewRules).Draw(t, "interview")
	settings.ApproveInterviews = rapid.Bool().Draw(t, "interview_approval")
	settings.ApproveSelections = rapid.Bool().Draw(t, "selection_approval")
	settings.MostInterviews = rapid.IntRange(1, 3).Draw(t, "most")
	r := &matchingModel{T: t, clock: MatchingClock{Now: matchingStart, Undo: 30 * time.Second, Ends: testLadderEnds}, calendars: map[uuid.UUID]SessionCalendar{}}
	var told []MatchingWord
	r.m, told = NewMatching(settings, []OfferedCoach{{ID: ada}, {ID: ben}}, r.clock)
	require.Equal(t, []MatchingWord{{Letter: MatchingStartedLetter, To: MatchingCoachee}}, told)
	return r
}

// act draws an act. Most make sense; some do not.
func (r *matchingModel) act() MatchingAct {
	a := MatchingAct{Kind: rapid.SampledFrom(MatchingActKinds).Draw(r.T, "act"), By: boss, Words: "words",
		Coach: rapid.SampledFrom([]uuid.UUID{ada, ben, cem}).Draw(r.T, "coach")}
	ahead := time.Duration(rapid.IntRange(1, 240).Draw(r.T, "hours")) * time.Hour
	a.At, a.Proposals = r.clock.Now.Add(ahead), []time.Time{r.clock.Now.Add(ahead), r.clock.Now.Add(2 * ahead)}
	switch {
	case a.Kind == AskInterview:
		r.ids++
		a.Interview = uuid.UUID{100, r.ids}
		if rapid.Bool().Draw(r.T, "memo") {
			a.At = time.Time{}
		}
	case len(r.m.Interviews) > 0:
		i := rapid.SampledFrom(r.m.Interviews).Draw(r.T, "which")
		a.Interview = i.ID
		if fitting := r.fitting(i); len(fitting) > 0 && rapid.IntRange(0, 2).Draw(r.T, "fits") > 0 {
			a.Kind = rapid.SampledFrom(fitting).Draw(r.T, "fitting act")
		}
		if a.Kind == TakeProposal && len(i.Proposals) > 0 {
			a.At = rapid.SampledFrom(i.Proposals).Draw(r.T, "proposal")
		}
	}
	if a.Kind == ApproveSelection || a.Kind == RejectSelection {
		a.Coach = uuid.Nil
	}
	if a.Kind == TakeDecisionBack && rapid.Bool().Draw(r.T, "of the selection") {
		a.Interview = uuid.Nil
	}
	return a
}

// fitting are the acts that the state of an interview allows.
func (r *matchingModel) fitting(i Interview) []MatchingActKind {
	var out []MatchingActKind
	for _, kind := range MatchingActKinds {
		if i.may(kind, r.clock.Now) == nil {
			out = append(out, kind)
		}
	}
	if i.Decision != nil || r.m.Selection != nil && r.m.Selection.Decision != nil {
		out = append(out, TakeDecisionBack)
	}
	return out
}

// step does one thing: time passes to the next moment or for a while, a coach fills up or
// leaves, or somebody acts.
func (r *matchingModel) step() {
	before := r.m.Copied()
	var told []MatchingWord
	switch rapid.IntRange(0, 14).Draw(r.T, "step") {
	case 0, 1:
		if next := r.m.NextChange(); next.After(r.clock.Now) {
			r.clock.Now = next
		}
		told = r.m.Settle(r.clock)
	case 2:
		r.passes(0, 100*time.Hour)
	case 4:
		r.passes(0, 40*time.Second)
	case 5:
		r.begin()
	case 3:
		who, gone, full := rapid.SampledFrom([]uuid.UUID{ada, ben}).Draw(r.T, "who"), rapid.IntRange(0, 9).Draw(r.T, "gone") == 0, rapid.Bool().Draw(r.T, "full")
		told = r.m.Refresh(func(c uuid.UUID) bool { return c == who && gone }, func(c uuid.UUID) bool { return c == who && full }, r.clock)
	default:
		a, kept := r.act(), r.json()
		words, p := r.m.Apply(a, r.clock)
		if p != nil {
			require.Equal(r.T, kept, r.json(), "a refused act changes nothing: %s", p.Code)
		}
		told = words
	}
	r.tell(before, told)
	r.holds()
}

func (r *matchingModel) passes(least, most time.Duration) {
	seconds := rapid.IntRange(int(least/time.Second), int(most/time.Second)).Draw(r.T, "seconds")
	r.clock.Now = r.clock.Now.Add(time.Duration(seconds) * time.Second)
}

// begin goes on to the time of an interview.
func (r *matchingModel) begin() {
	for _, i := range r.m.Interviews {
		if i.State == InterviewScheduled && i.Start.After(r.clock.Now) {
			r.clock.Now = i.Start
			return
		}
	}
}

func (r *matchingModel) json() string {
	text, err := json.Marshal(r.m)
	require.NoError(r.T, err)
	return string(text)
}

// tell checks the words of a turn, and brings the calendars in line.
func (r *matchingModel) tell(before Matching, told []MatchingWord) {
	for k, w := range told {
		require.False(r.T, slices.Contains(told[:k], w), "R15: %v goes out once", w)
		if i := r.m.Interview(w.Interview); i != nil && w.To == MatchingCoach {
			require.True(r.T, i.CoachKnows, "R10: %v tells a coach of what waits for an approval", w)
		}
	}
	for k := range r.m.Interviews {
		i, was := &r.m.Interviews[k], InterviewState("")
		if old := before.Interview(i.ID); old != nil {
			was = old.State
		}
		mails := r.bring(i)
		if i.State != was {
			require.True(r.T, r.isTold(i, was, told, len(mails) > 0), "R7: nobody is told that an interview is %s, after %q: %v", i.State, was, told)
		}
	}
	if r.m.Status == before.Status {
		return
	}
	turn := map[MatchingStatus]bool{MatchingApproving: true, MatchingStalled: true, MatchingMatched: true, MatchingCancelled: true}
	if turn[r.m.Status] {
		require.NotEmpty(r.T, told, "R7: nobody is told that the matching is %s", r.m.Status)
	}
}

// bring brings the calendars of an interview in line, as the process does.
func (r *matchingModel) bring(i *Interview) []CalendarMail {
	c, known := r.calendars[i.ID]
	if !known {
		c = SessionCalendar{UID: fmt.Sprintf("%x@example.org", i.ID[:2])}
	}
	people := []Attendee{{Address: "coachee@example.org"}, {Address: fmt.Sprintf("coach%d@example.org", i.Coach[0])}}
	now, mails := c.Update(CalendarSession{Status: i.CalendarStatus(), Appointment: Appointment{Start: i.Start, End: i.End()}, Attendees: people}, r.clock.Now)
	r.calendars[i.ID] = now
	if len(mails) > 0 && mails[0].Method == CalendarRequest {
		require.Equal(r.T, InterviewScheduled, i.State, "R10")
	}
	return mails
}

// isTold reports whether the coachee learns of a new state of an interview: by a letter, by
// their calendar, by the end of the whole; of held ones they were there.
func (r *matchingModel) isTold(i *Interview, was InterviewState, told []MatchingWord, calendar bool) bool {
	if calendar || i.State == InterviewHeld || i.State == InterviewAsked && was == InterviewProposed {
		return true
	}
	return slices.ContainsFunc(told, func(w MatchingWord) bool {
		return w.To == MatchingCoachee && (w.Interview == i.ID || w.Letter == MatchedLetter || w.Letter == MatchingCancelledLetter || w.Letter == CoachGoneLetter && w.Coach == i.Coach)
	})
}

// holds checks what is true of every matching at rest.
func (r *matchingModel) holds() {
	m, counted := r.m, 0
	require.Equal(r.T, m.statusNow(), m.Status)
	for _, i := range m.Interviews {
		if i.counts() {
			counted++
		}
		require.False(r.T, i.State.KeepsSlot() && i.Start.IsZero(), "an interview in a slot has a time")
		if i.State.Open() {
			require.False(r.T, m.Status.Over(), "nothing is open in what has ended")
			require.True(r.T, i.Decision != nil || !i.Until.IsZero(), "each open interview ends by itself: %s", i.State)
		}
	}
	require.Equal(r.T, m.Selection != nil, m.Status == MatchingApproving)
	if m.Selection == nil && !m.Status.Over() {
		require.Equal(r.T, m.anyOpen(), m.Status == MatchingInterviewing)
	}
	require.LessOrEqual(r.T, counted, m.Settings.MostInterviews)
	if m.Status.Over() {
		require.Empty(r.T, m.Waits(), "R1: nothing reminds of what is over")
		require.True(r.T, m.NextChange().IsZero())
		return
	}
	person := len(m.Waits()) > 0 || m.Status == MatchingStalled
	require.True(r.T, person || !m.NextChange().IsZero(), "no state without a way on: %s", m.Status)
	for _, w := range m.Waits() {
		require.False(r.T, w.Since.IsZero() || w.Since.After(r.clock.Now), "R2: what is waited for began")
	}
}

func TestMatching_RandomHistories(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newMatchingModel(t)
		for range rapid.IntRange(1, 60).Draw(t, "turns") {
			r.step()
		}
	})
}
