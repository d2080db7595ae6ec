package workflows

import (
	"errors"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"

	"coachflow/coaching"
	"coachflow/matching"
)

// MatchingID is the id of the workflow of one attempt to find a coach for an engagement.
func MatchingID(engagement uuid.UUID, attempt int) string {
	return "matching/" + engagement.String() + "/" + strconv.Itoa(attempt)
}

// What may be said to a running matching: ReadAgainSignal says that its rows were changed
// beside it.
const ActUpdate = "act" // MatchingAct: carry a stored act out

// MatchingInput starts the workflow of an attempt.
type MatchingInput struct {
	Org        uuid.UUID `json:"org"`
	Matching   uuid.UUID `json:"matching"`
	Engagement uuid.UUID `json:"engagement"`
	Attempt    int       `json:"attempt"`
}

// MatchingAct names a stored act and its kind.
type MatchingAct struct {
	ID    uuid.UUID                `json:"id"`
	Kind  coaching.MatchingActKind `json:"kind"`
	Actor *uuid.UUID               `json:"actor,omitempty"`
}

// MatchingResult is the answer to an act.
type MatchingResult struct {
	Status coaching.MatchingStatus `json:"status"`
}

// Matching sees one attempt to find a coach through: whatever somebody does comes as an
// Update, whatever the time brings is done when its moment comes. It answers with how it
// ended. The states are drawn at coaching.MatchingStatus and coaching.InterviewState.
func Matching(ctx workflow.Context, in MatchingInput) (coaching.MatchingStatus, error) {
	m := &matchingRun{in: in}
	if err := m.setup(ctx); err != nil {
		return "", err
	}
	return m.run(ctx)
}

// matchingRun is one run of the workflow.
type matchingRun struct {
	in      MatchingInput
	state   matching.State
	loaded  bool
	live    int // signals and mails that are not done with
	started bool
	failed  error
}

func (m *matchingRun) setup(ctx workflow.Context) error {
	err := workflow.SetUpdateHandlerWithOptions(ctx, ActUpdate, m.act, workflow.UpdateHandlerOptions{Validator: m.mayAct})
	if err != nil {
		return err
	}
	m.listen(ctx)
	return m.execute(ctx, "read the matching", registered.ReadMatching, m.ref(ctx))
}

// run takes each step when its moment has come, until a coach is found or the search is
// cancelled.
func (m *matchingRun) run(ctx workflow.Context) (coaching.MatchingStatus, error) {
	for !m.state.Status.Over() {
		err := takeSteps(ctx, steps{next: m.next, stop: m.stop, take: m.takeStep, summary: func(coaching.NextStep) string { return "what comes next in the matching" }})
		if err = errors.Join(err, m.failed); err != nil {
			workflow.SetCurrentDetails(ctx, endedEarly)
			return "", err
		}
		if err := workflow.Await(ctx, func() bool { return m.state.Status.Over() || m.next().Step != coaching.NoStep || m.tooLong(ctx) }); err != nil {
			workflow.SetCurrentDetails(ctx, endedEarly)
			return "", err
		}
		if m.tooLong(ctx) && !m.state.Status.Over() {
			return "", m.continueAsNew(ctx)
		}
	}
	return m.state.Status, workflow.Await(ctx, m.quiet(ctx))
}

// quiet reports whether nothing is in flight.
func (m *matchingRun) quiet(ctx workflow.Context) func() bool {
	return func() bool { return m.live == 0 && workflow.AllHandlersFinished(ctx) }
}

func (m *matchingRun) tooLong(ctx workflow.Context) bool {
	info := workflow.GetInfo(ctx)
	return info.GetCurrentHistoryLength() > continueAfter || info.GetContinueAsNewSuggested()
}

// continueAsNew goes on in a new run, which reads the rows.
func (m *matchingRun) continueAsNew(ctx workflow.Context) error {
	if err := workflow.Await(ctx, m.quiet(ctx)); err != nil {
		return err
	}
	return workflow.NewContinueAsNewError(ctx, Matching, m.in)
}

// next is the next moment, as a step.
func (m *matchingRun) next() coaching.NextStep {
	if m.state.NextAt.IsZero() || m.state.Status.Over() {
		return coaching.NextStep{}
	}
	return coaching.NextStep{Step: coaching.IssueStep, At: m.state.NextAt}
}

func (m *matchingRun) stop() bool { return m.failed != nil || m.state.Status.Over() }

func (m *matchingRun) takeStep(ctx workflow.Context, _ coaching.NextStep) {
	m.failed = m.execute(ctx, "do what the time has brought", registered.TakeMatchingStep, m.ref(ctx))
}

// execute runs an activity on the rows, and takes over how the matching stands.
func (m *matchingRun) execute(ctx workflow.Context, summary string, activity, in any) error {
	var state matching.State
	if err := workflow.ExecuteActivity(withRows(ctx, summary), activity, in).Get(ctx, &state); err != nil {
		return err
	}
	m.settle(ctx, state)
	return nil
}

// settle takes over a state that is not older than the one that is known, sends what is
// to leave, and starts the program of who was found.
func (m *matchingRun) settle(ctx workflow.Context, state matching.State) {
	sendStandaloneMails(ctx, state.Mails)
	if !m.loaded || state.Revision >= m.state.Revision {
		if state.Status != m.state.Status {
			tellStage(ctx, string(state.Status))
		}
		m.state, m.loaded = state, true
		m.describe(ctx)
	}
	if state.Starts != uuid.Nil && !m.started {
		m.started = true
		if _, err := StartProgram(ProgramInput{Org: m.in.Org, Engagement: state.Starts}).child(ctx); err != nil {
			workflow.GetLogger(ctx).Error("program not started, the sweep will", "engagement", state.Starts, "error", err)
		}
	}
}

// describe shows how the matching stands to people who run the system.
func (m *matchingRun) describe(ctx workflow.Context) {
	words := "**" + string(m.state.Status) + "**"
	if len(m.state.Waits) > 0 {
		words += " – waiting for " + strings.Join(m.state.Waits, "; ")
	}
	if !m.state.NextAt.IsZero() {
		words += "; next on " + m.state.NextAt.Format("2 Jan 2006 15:04 MST")
	}
	workflow.SetCurrentDetails(ctx, words)
}

func (m *matchingRun) ref(ctx workflow.Context) matching.Ref {
	return matching.Ref{Org: m.in.Org, Matching: m.in.Matching, At: stamp(ctx)}
}

// act carries a stored act out.
func (m *matchingRun) act(ctx workflow.Context, in MatchingAct) (MatchingResult, error) {
	err := m.execute(ctx, "carry out: "+string(in.Kind), registered.ApplyMatchingAct, matching.Act{Ref: m.ref(ctx), Act: in.ID, Actor: in.Actor})
	return MatchingResult{Status: m.state.Status}, err
}

// mayAct refuses what has no sense any more.
func (m *matchingRun) mayAct(MatchingAct) error {
	if m.loaded && m.state.Status.Over() {
		return refusal("conflict", "matching_over", "This search for a coach has ended; nothing of it can be changed.")
	}
	return nil
}

// listen reads the rows again whenever they were changed beside the workflow.
func (m *matchingRun) listen(ctx workflow.Context) {
	signals := workflow.GetSignalChannel(ctx, ReadAgainSignal)
	workflow.GoNamed(ctx, "changes beside the workflow", func(ctx workflow.Context) {
		for signals.Receive(ctx, nil) {
			m.live++
			if err := m.execute(ctx, "read the matching again", registered.ReadMatching, m.ref(ctx)); err != nil {
				workflow.GetLogger(ctx).Error("matching not read again", "error", err)
			}
			m.live--
		}
	})
}
