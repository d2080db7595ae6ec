package workflows_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"pgregory.net/rapid"

	"coachflow/coaching"
	"coachflow/program"
)

// bookingAct is one thing that is done with the session of one of a coach's engagements.
type bookingAct struct {
	Kind string
	Of   int // the engagement
	Slot int // half hours ahead
	Gap  int // minutes since the act before
}

// firstBookingActs begin each history, so that what matters most is done in every run.
var firstBookingActs = []bookingAct{{Kind: "schedule", Slot: 2}, {Kind: "move", Slot: 4}, {Kind: "cancel"}, {Kind: "book", Slot: 8}, {Kind: "schedule", Of: 1, Slot: 2}, {Kind: "remove coach", Of: 1}, {Kind: "add coach", Of: 1}}

func drawBookingActs(t *rapid.T) []bookingAct {
	often := []string{"schedule", "schedule", "book", "book", "move", "move myself", "longer", "cancel", "held", "no_show", "remove coach", "add coach"}
	kinds := slices.Concat(often, often, often, []string{"skip", "reopen", "reopen"})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) bookingAct {
		return bookingAct{rapid.SampledFrom(kinds).Draw(t, "kind"), rapid.IntRange(0, 2).Draw(t, "of"), rapid.IntRange(1, 8).Draw(t, "slot"), rapid.SampledFrom([]int{0, 5, 25}).Draw(t, "gap")}
	}), 12, 30).Draw(t, "acts")
}

// Whatever is done with the sessions of a coach in whatever order: what is booked are
// exactly those that are scheduled with the coach, at their times, and no two overlap.
func TestBookings_AreTheScheduledSessionsOfTheCoach(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec("UPDATE organizations SET session_notice_hours = 0")
	done := map[string]int{}
	number := 0
	rapid.Check(t, func(rt *rapid.T) {
		number++
		w.coach = w.person(fmt.Sprintf("Coach %d", number), "coach", fmt.Sprintf("coach%d@acme.test", number))
		w.offers()
		b := bookings{world: w, start: time.Now().UTC().Truncate(time.Hour).Add(time.Hour)}
		for range 3 {
			b.add()
		}
		at := b.start
		for _, a := range slices.Concat(firstBookingActs, drawBookingActs(rt)) {
			at = at.Add(time.Duration(a.Gap) * time.Minute)
			err := b.does(a, at)
			var refused *temporal.ApplicationError
			if err != nil && (!errors.As(err, &refused) || !refused.NonRetryable()) {
				rt.Fatalf("%+v: %v", a, err)
			}
			if err == nil {
				done[a.Kind]++
			}
			b.check(rt, a)
		}
		ends := bookingAct{Kind: "end"}
		require.NoError(t, b.does(ends, at))
		b.check(rt, ends)
	})
	for _, kind := range []string{"schedule", "book", "move", "cancel", "remove coach"} {
		require.Positive(t, done[kind], "%s was never done: %v", kind, done)
	}
}

// bookings are the engagements of one coach.
type bookings struct {
	*world
	start                     time.Time
	engagements, items        []uuid.UUID
	coachees, coachRecipients []uuid.UUID
}

// add makes an engagement whose session the coachee can book.
func (b *bookings) add() {
	b.Helper()
	e := b.engagement(sessionItem("Session", bookedByCoachee))
	p, err := b.app.GetProgram(b.Context(), b.world.admin, e.ID)
	require.NoError(b, err)
	item := p.Items[0]
	_, err = b.activities.TakeStep(b.Context(), program.CommandContext{Org: b.admin.Org, Engagement: e.ID, Item: item.ID, At: time.Now().UTC(), Key: "issue"})
	require.NoError(b, err)
	b.engagements, b.items = append(b.engagements, e.ID), append(b.items, item.ID)
	for _, to := range item.To {
		if *to.PersonID == b.coach.ID {
			b.coachRecipients = append(b.coachRecipients, to.ID)
		} else {
			b.coachees = append(b.coachees, to.ID)
		}
	}
}

func (b *bookings) does(a bookingAct, at time.Time) error {
	begins := at.Truncate(30 * time.Minute).Add(time.Duration(a.Slot) * 30 * time.Minute)
	wall, err := coaching.ParseLocalTime(begins.Format("2006-01-02T15:04"))
	require.NoError(b, err)
	act := coaching.SessionAct{At: &wall, Zone: "UTC"}
	command := program.CommandContext{Org: b.admin.Org, Engagement: b.engagements[a.Of], Item: b.items[a.Of], At: at, Key: uuid.NewString()}
	switch a.Kind {
	case "skip":
		_, err = b.activities.SkipItem(b.Context(), command)
		return err
	case "reopen":
		_, err = b.activities.ReopenItem(b.Context(), command)
		return err
	case "end":
		_, err = b.activities.EndEngagement(b.Context(), program.Ending{CommandContext: command, Status: "cancelled"})
		return err
	case "schedule":
		act.Kind = coaching.ScheduleSession
	case "move":
		act.Kind = coaching.RescheduleSession
	case "longer":
		act.Kind, act.Minutes = coaching.RescheduleSession, 90
	case "book":
		act = coaching.SessionAct{Kind: coaching.ScheduleSession, Start: begins, Recipient: b.coachees[a.Of]}
	case "move myself":
		act = coaching.SessionAct{Kind: coaching.RescheduleSession, Start: begins.AddDate(0, 0, 3), Recipient: b.coachees[a.Of]}
	case "remove coach":
		act = coaching.SessionAct{Kind: coaching.RemoveAttendee, Recipient: b.coachRecipients[a.Of]}
	case "add coach":
		act = coaching.SessionAct{Kind: coaching.AddAttendee, Attendee: &coaching.RecipientSpec{Role: "coach"}}
	default:
		act = coaching.SessionAct{Kind: coaching.SessionActKind(a.Kind)}
	}
	_, err = b.activities.ApplySession(b.Context(), program.SessionCommand{CommandContext: command, Act: b.stored(command.Item, act).ID})
	return err
}

const (
	// scheduledWithCoach are the sessions that are scheduled and that the coach of their
	// engagement attends.
	scheduledWithCoach = `SELECT s.org_id, s.id, e.coach_id, s.starts_at, s.starts_at + make_interval(mins => s.minutes)
		FROM item_sessions s JOIN items i ON i.id = s.item_id JOIN engagements e ON e.id = i.engagement_id
		WHERE s.state = 'scheduled' AND EXISTS (SELECT FROM item_recipients r WHERE r.item_id = i.id AND r.person_id = e.coach_id AND r.removed_at IS NULL)`
	bookedSessions = "SELECT org_id, session_id, coach_id, starts_at, ends_at FROM bookings"
	// overlapping are the bookings of one coach that overlap, found without the constraint.
	overlapping = `SELECT count(*) FROM bookings a JOIN bookings b ON a.coach_id = b.coach_id AND a.id < b.id AND a.starts_at < b.blocked_until AND b.starts_at < a.blocked_until`
)

func (b *bookings) check(rt *rapid.T, a bookingAct) {
	var wrong string // all at once, since it is asked after each act
	b.ask("SELECT (SELECT count(*) FROM ("+scheduledWithCoach+" EXCEPT "+bookedSessions+") AS m) || ' sessions without a booking, ' || (SELECT count(*) FROM ("+
		bookedSessions+" EXCEPT "+scheduledWithCoach+") AS x) || ' bookings without a session, ' || ("+overlapping+") || ' overlap'", &wrong)
	if wrong != "0 sessions without a booking, 0 bookings without a session, 0 overlap" {
		rt.Fatalf("after %+v: %s", a, wrong)
	}
}
