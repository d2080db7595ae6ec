package workflows

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"coachflow/booking"
)

// BusyCalendarID is the id of the workflow that fetches one of the other calendars of a
// coach. While it runs, LookAgainSignal tells it that somebody wants it fetched now, or has
// removed it.
func BusyCalendarID(calendar uuid.UUID) string { return "busy-calendar/" + calendar.String() }

// BusyCalendarInput starts the workflow of a busy calendar. After so many fetches a run
// ends and a new one goes on; it is an input, so that another number changes nothing for
// the run that is under way.
type BusyCalendarInput struct {
	Org      uuid.UUID `json:"o"`
	Calendar uuid.UUID `json:"c"`
	Fetches  int       `json:"n"`
}

// busyFetches is that of every new run: about two days, and some 2,000 events.
const busyFetches = 200

// BusyCalendar fetches a calendar again and again, until it is removed. When is decided
// where it is fetched.
func BusyCalendar(ctx workflow.Context, in BusyCalendarInput) error {
	changed := workflow.GetSignalChannel(ctx, LookAgainSignal)
	for range in.Fetches {
		for changed.ReceiveAsync(nil) {
		}
		fetched, err := in.fetch(ctx)
		if err != nil {
			workflow.SetCurrentDetails(ctx, endedEarly)
			return err
		}
		if fetched.Over {
			workflow.SetCurrentDetails(ctx, "done; the calendar is removed")
			return nil
		}
		in.tell(ctx, fetched)
		if err := waitFor(ctx, fetched.Next, "fetch the calendar", func() bool { return changed.Len() > 0 }); err != nil {
			workflow.SetCurrentDetails(ctx, endedEarly)
			return err
		}
	}
	in.Fetches = busyFetches
	return workflow.NewContinueAsNewError(ctx, BusyCalendar, in)
}

// fetch fetches the calendar, and sends what its coach is told of it.
func (in BusyCalendarInput) fetch(ctx workflow.Context) (out booking.CalendarFetched, err error) {
	due := booking.CalendarDue{Org: in.Org, Calendar: in.Calendar, At: stamp(ctx)}
	if err := workflow.ExecuteActivity(withFetch(ctx), registered.FetchCalendar, due).Get(ctx, &out); err != nil {
		return out, err
	}
	sendStandaloneMails(ctx, out.Mails)
	return out, nil
}

// withFetch sets the options for the fetch: it is bounded itself, and waits for its turn.
func withFetch(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 5 * time.Minute, HeartbeatTimeout: 12 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute}, Summary: "fetch the calendar"})
}

// tell shows people who run the system where the calendar stands.
func (in BusyCalendarInput) tell(ctx workflow.Context, fetched booking.CalendarFetched) {
	stage := "works"
	if !fetched.Works {
		stage = "fails"
	}
	tellStage(ctx, stage)
	workflow.SetCurrentDetails(ctx, fmt.Sprintf("**%s** – fetched again on %s", stage, fetched.Next.Format("2 Jan 2006 15:04 MST")))
}
