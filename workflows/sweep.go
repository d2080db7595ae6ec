package workflows

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"coachflow/activities"
)

// SweepID is the id of the one recovery sweep, and SweepEvery the time between
// two of its rounds.
const (
	SweepID    = "sweep"
	SweepEvery = time.Minute
)

// LastRoundQuery asks the recovery sweep for its last SweepRound.
const LastRoundQuery = "last-round"

// SweepRound is how one round of the recovery sweep went.
type SweepRound struct {
	N      int                    `json:"n"` // of this run, from 1; 0: there was none yet
	At     time.Time              `json:"at"`
	Failed bool                   `json:"failed,omitempty"` // the log says why
	Found  activities.Unprocessed `json:"found"`
}

// SweepInput says when a run of the recovery sweep ends and a new one goes on.
// It is an input so that another default changes nothing for the run that is
// under way.
type SweepInput struct {
	Rounds  int `json:"rounds"`  // after so many rounds,
	Events  int `json:"events"`  // or so many events in its history,
	Started int `json:"started"` // or so many started workflows
}

// sweepInput is the input of every new run. A quiet round has 11 events. The
// server bounds the children of one run that are under way to 2,000, and one
// round starts 1,000 at most.
var sweepInput = SweepInput{Rounds: 300, Events: 4000, Started: 1000}

// RecoverySweep tells workflows again what was saved and not acknowledged: once
// a minute it starts those that are missing and signals those that run. It also
// raises the alarm for sends that are late. A person does not try again; this
// does it for them. There is one, which never ends: a round that fails is
// followed by the next.
func RecoverySweep(ctx workflow.Context, in SweepInput) error {
	s := &sweep{limits: in}
	if err := workflow.SetQueryHandler(ctx, LastRoundQuery, func() (SweepRound, error) { return s.last, nil }); err != nil {
		return err
	}
	for !s.longEnough(ctx) {
		s.round(ctx)
		options := workflow.TimerOptions{Summary: "time to the next round"}
		if err := workflow.NewTimerWithOptions(ctx, SweepEvery, options).Get(ctx, nil); err != nil {
			workflow.SetCurrentDetails(ctx, "**cancelled**: nothing is swept until the next start of a worker")
			return err
		}
	}
	return workflow.NewContinueAsNewError(ctx, RecoverySweep, sweepInput)
}

// sweep is one run of the recovery sweep.
type sweep struct {
	limits  SweepInput
	last    SweepRound
	started int
}

func (s *sweep) longEnough(ctx workflow.Context) bool {
	info := workflow.GetInfo(ctx)
	return s.last.N >= s.limits.Rounds || s.started >= s.limits.Started ||
		info.GetCurrentHistoryLength() > s.limits.Events || info.GetContinueAsNewSuggested()
}

// round looks for what was not acknowledged, and sees to it: first what starts
// workflows, then what tells workflows, among them those.
func (s *sweep) round(ctx workflow.Context) {
	round := SweepRound{N: s.last.N + 1, At: stamp(ctx)}
	look := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Second, ScheduleToCloseTimeout: SweepEvery, RetryPolicy: rowRetry, Summary: "look for what was not acknowledged"})
	if err := workflow.ExecuteActivity(look, registered.FindUnprocessed).Get(ctx, &round.Found); err != nil {
		round.Failed = true
		workflow.GetLogger(ctx).Error("round of the recovery sweep failed", "error", err)
	}
	found := round.Found
	s.started += doAll(ctx, slices.Concat(startPrograms(found, ReadAgainSignal), startMails(found), startInvitations(found), startStandaloneMails(found),
		startReleases(found), endWaitingMails(found), startCalendars(ctx, found)))
	doAll(ctx, slices.Concat(tellAnswers(found), tellChanges(found, ReadAgainSignal)))
	s.last = round
	workflow.SetCurrentDetails(ctx, s.words())
}

// words say how the last round went, for people who run the system. They also
// say what this is: the summary of a start does not pass on to the next run.
func (s *sweep) words() string {
	when := fmt.Sprintf("Recovery sweep, round %d of this run, on %s: ", s.last.N, s.last.At.Format("2 Jan 2006 15:04:05 MST"))
	if s.last.Failed {
		return when + "**failed**, see the log. The next one comes in a minute."
	}
	f := s.last.Found
	var words []string
	for _, part := range []struct {
		count int
		what  string
	}{
		{len(f.Programs), "programs without a workflow"}, {len(f.Mails), "received mails without a workflow"}, {len(f.LetThrough), "mails let through and not posted"},
		{len(f.Waiting), "mails whose run of before may wait"}, {len(f.Calendars), "calendars to fetch"}, {len(f.Invitations), "invitations to look at"},
		{len(f.StandaloneMails), "single mails that did not leave"}, {len(f.Answers), "answers that were not acknowledged"}, {len(f.Changed), "programs to read again"},
		{int(f.Late), "**mails that are late**"},
	} {
		if part.count > 0 {
			words = append(words, fmt.Sprintf("%d %s", part.count, part.what))
		}
	}
	if len(words) == 0 {
		return when + "nothing was left over."
	}
	return when + strings.Join(words, ", ") + "."
}
