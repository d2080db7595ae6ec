package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/coaching"
	"coachflow/workflows"
)

func (r *run) pauseFrom(from, until time.Duration) {
	act := workflows.ProgramCommand{Actor: &r.coach.ID}
	r.at(from, func() { r.update(workflows.PauseUpdate, act) })
	r.at(until, func() { r.update(workflows.ResumeUpdate, act) })
}

func TestProgram_PauseShiftsWhatIsOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := berlin("2030-06-03T10:00")
	r := w.program(w.engagementFrom(start, w.formItem("Intake", dueAfter(8, coaching.Days)), w.formItem("Fixed", releasedAt("2030-06-10T09:00"))))
	r.pauseFrom(2*day, 22*day) // over the due date and the fixed date
	r.at(10*day, func() { require.Len(t, r.sent(), 1, "a paused program sends nothing") })
	r.at(22*day+time.Minute, func() {
		require.Equal(t, []string{"24d reminder " + ben, "26d reminder " + ben, "27d reminder " + ben, "28d escalation " + clara}, r.pending())
		require.Equal(t, "28d", short(r.item("Intake").DueAt.Sub(start)))
	})
	r.at(40*day, func() { r.answer("Fixed", ben) })
	r.execute()
	require.Equal(t, []string{"0d request Intake " + ben, "24d reminder Intake " + ben, "26d reminder Intake " + ben,
		"26d23h request Fixed " + ben, "27d reminder Intake " + ben, "28d escalation Intake " + clara}, r.sent()[:6])
}

func TestR2_ResumingSendsNoBacklog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake")))
	r.pauseFrom(2*day, 30*day)
	r.at(30*day+time.Hour, func() { require.Len(t, r.sent(), 1) })
	r.at(32*day, func() { r.answer("Intake", ben) })
	r.execute()
	require.Equal(t, []string{"0d request Intake " + ben, "31d reminder Intake " + ben}, r.sent())
}

// Answers are taken while a program is paused; what they release waits.
func TestR17_AnAnswerDuringThePauseReleasesAfterIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake"), w.formItem("Goals"), w.formItem("Later", delayed(2, coaching.Days))))
	r.pauseFrom(day, 10*day)
	r.at(2*day, func() { r.answer("Intake", ben) })
	r.at(3*day, func() { require.Equal(t, "waiting", r.item("Goals").Status) })
	r.at(11*day, func() { r.answer("Goals", ben) })
	r.at(14*day, func() { r.answer("Later", ben) })
	r.execute()
	require.Equal(t, []string{"0d request Intake " + ben, "10d request Goals " + ben, "13d request Later " + ben}, r.sent())
}

// What was asked for by hand leaves when the program goes on.
func TestProgram_SendNowWhilePaused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake", manual)))
	r.pauseFrom(day, 3*day)
	r.at(2*day, func() { r.update(workflows.SendUpdate, r.act("Intake")) })
	r.at(4*day, func() { r.answer("Intake", ben) })
	r.execute()
	require.Equal(t, []string{"3d request Intake " + ben}, r.sent())
}

func TestProgram_PauseInTheUndoTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake", manual)))
	r.at(time.Hour, func() { r.update(workflows.SendUpdate, r.act("Intake")) })
	r.pauseFrom(time.Hour+10*time.Second, 3*day)
	r.at(2*day, func() { r.update(workflows.TakeBackUpdate, r.act("Intake")) })
	r.execute()
	require.Empty(t, r.sent())
}

func TestProgram_PauseTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake")))
	act := workflows.ProgramCommand{}
	r.at(time.Hour, func() { r.refused(workflows.ResumeUpdate, act, "engagement_not_paused") })
	r.pauseFrom(2*day, 4*day)
	r.at(3*day, func() { r.refused(workflows.PauseUpdate, act, "engagement_not_active") })
	r.pauseFrom(5*day-time.Hour, 6*day)
	r.at(7*day, func() { r.answer("Intake", ben) })
	r.execute()
	// Three days of waiting: two before the first pause, one less an hour
	// before the second, and an hour after it.
	require.Equal(t, []string{"0d request Intake " + ben, "6d1h reminder Intake " + ben}, r.sent())
}
