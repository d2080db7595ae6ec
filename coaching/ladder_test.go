package coaching

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// atAnyHour is a default ladder whose steps keep their moments.
func atAnyHour(kind LadderKind) Ladder {
	l := DefaultLadders[kind]
	l.KeepsMoment = true
	return l
}

// atMoments writes the steps of a layout as hours since from.
func atMoments(from time.Time, laid Layout) map[string]float64 {
	out := map[string]float64{}
	for _, s := range laid.Steps {
		out[s.Name] = s.At.Sub(from).Hours()
	}
	return out
}

func TestLadder_MomentsOfAnItem(t *testing.T) {
	t.Parallel()
	from := day(0)
	check := func(name string, dueAfter float64, want map[string]float64) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			due := time.Time{}
			if dueAfter != 0 {
				due = from.Add(time.Duration(dueAfter * float64(time.Hour)))
			}
			laid := atAnyHour(ItemLadder).Lay(LadderInput{Start: from, Due: due})
			require.Equal(t, want, atMoments(from, laid))
			require.Empty(t, laid.Dropped)
			for i, s := range laid.Steps {
				require.Equal(t, i+1, s.Number)
				require.Equal(t, i == len(laid.Steps)-1, s.End, "the last step, and no other, is the end")
				require.Equal(t, time.UTC, s.At.Location(), "two steps are compared with ==")
			}
			end := laid.Steps[len(laid.Steps)-1]
			require.Equal(t, ToCoach, end.To)
			require.Equal(t, Escalate, end.Does)
			require.Equal(t, end.At, end.Effect)
		})
	}
	openEnded := map[string]float64{"reminder-1": 72, "reminder-2": 144, "reminder-3": 216, "reminder-4": 288, "reminder-5": 360, "escalation": 432}
	check("no due date", 0, openEnded)
	check("a due date that has passed is none", -5, openEnded)
	check("due in ten days", 240, map[string]float64{"reminder-1": 120, "reminder-2": 180, "reminder-3": 216, "escalation": 240})
	check("due in a hundred days", 2400, map[string]float64{"reminder-1": 1200, "reminder-2": 1800, "reminder-3": 2376, "escalation": 2400})
	check("three quarters are the day before", 96, map[string]float64{"reminder-1": 48, "reminder-2": 72, "escalation": 96})
	check("the day before comes before three quarters", 72, map[string]float64{"reminder-1": 36, "reminder-2": 48, "reminder-3": 54, "escalation": 72})
	check("the day before is half of the time", 48, map[string]float64{"reminder-1": 24, "reminder-2": 36, "escalation": 48})
	check("the day before is before the issue", 20, map[string]float64{"reminder-1": 10, "reminder-2": 15, "escalation": 20})
	check("the last reminder is too close to the end", 12, map[string]float64{"reminder-1": 6, "escalation": 12})
	check("no time for a reminder", 7, map[string]float64{"escalation": 7})
	check("due in a minute", 1.0/60, map[string]float64{"escalation": 1.0 / 60})
	check("due in a thousand years is due in the longest time that can be reckoned", 24*366_000*0.2, map[string]float64{
		"reminder-1": 24 * 366_000 * 0.1, "reminder-2": 24 * 366_000 * 0.15, "reminder-3": 24*366_000*0.2 - 24, "escalation": 24 * 366_000 * 0.2})
}

func TestLadder_MomentsOfAnInvitation(t *testing.T) {
	t.Parallel()
	check := func(name, zoneName, sendAt string, want ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			where := zone(t, zoneName)
			start := local(t, sendAt).In(where)
			laid := atAnyHour(InvitationLadder).Lay(LadderInput{Start: start, Now: start, Zones: LadderZones{Reader: where}})
			var got []string
			for i, s := range laid.Steps {
				require.Equal(t, i+1, s.Number)
				require.Equal(t, time.UTC, s.At.Location(), "two steps are compared with ==")
				got = append(got, s.Name+" "+s.At.In(where).Format(wallLayout))
			}
			require.Equal(t, want, got)
		})
	}
	check("plain", "Europe/Berlin", "2026-05-04T09:30", "request 2026-05-04T09:30", "reminder-1 2026-05-07T09:30", "reminder-2 2026-05-11T09:30", "end 2026-05-18T09:30")
	check("over the change to summer time, at the same time of day", "Europe/Berlin", "2026-03-27T09:30", "request 2026-03-27T09:30", "reminder-1 2026-03-30T09:30", "reminder-2 2026-04-03T09:30", "end 2026-04-10T09:30")
	check("a reminder in the hour that is left out", "Europe/Berlin", "2026-03-26T02:30", "request 2026-03-26T02:30", "reminder-1 2026-03-29T03:30", "reminder-2 2026-04-02T02:30", "end 2026-04-09T02:30")
	check("over the end of a year", "Pacific/Auckland", "2026-12-29T23:59", "request 2026-12-29T23:59", "reminder-1 2027-01-01T23:59", "reminder-2 2027-01-05T23:59", "end 2027-01-12T23:59")
}

// layout is a case of laying out, in the words of the reader's clock. Coach and
// admins share the reader's zone unless the case says otherwise.
type layout struct {
	kind            LadderKind
	change          func(*Ladder)
	start, due, now string
	zone            string // Europe/Berlin
	coach           string
	hours           WorkingHours
}

func (c layout) lay(t testing.TB) (Layout, LadderZones) {
	t.Helper()
	reader := zone(t, "Europe/Berlin")
	if c.zone != "" {
		reader = zone(t, c.zone)
	}
	zones := LadderZones{reader, reader, reader}
	if c.coach != "" {
		zones.Coach = zone(t, c.coach)
	}
	moment := func(s string) time.Time {
		if s == "" {
			return time.Time{}
		}
		return local(t, s).In(reader)
	}
	in := LadderInput{Start: moment(c.start), Due: moment(c.due), Now: moment(c.start), Zones: zones, Hours: c.hours}
	if c.now != "" {
		in.Now = moment(c.now)
	}
	l := DefaultLadders[c.kind]
	if c.change != nil {
		c.change(&l)
		require.Nil(t, l.Check(""))
	}
	return l.Lay(in), zones
}

// lines writes a layout, each step on the clock of its reader.
func lines(laid Layout, zones LadderZones) []string {
	var out []string
	for _, s := range laid.Steps {
		out = append(out, fmt.Sprintf("%s %s %s", s.Name, s.To, s.At.In(zones.of(s.To)).Format("Mon 02 15:04")))
	}
	for _, s := range laid.Dropped {
		out = append(out, fmt.Sprintf("%s dropped: %s", s.Name, s.Reason))
	}
	for _, s := range laid.LeftOut {
		out = append(out, fmt.Sprintf("left out: %s", s.Reason))
	}
	return out
}

// 1 March 2026 is a Sunday.
func TestLadder_WorkingHours(t *testing.T) {
	t.Parallel()
	check := func(name string, c layout, want ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			laid, zones := c.lay(t)
			require.Equal(t, want, lines(laid, zones))
		})
	}
	item := func(start, due string) layout { return layout{kind: ItemLadder, start: start, due: due} }

	check("by night, to the next morning", item("2026-03-02T10:00", "2026-03-10T20:00"),
		"reminder-1 reader Fri 06 15:00", "reminder-2 reader Mon 09 09:00", "reminder-3 reader Tue 10 09:00", "escalation coach Wed 11 09:00")
	check("two of one day are one: the later one, at the earlier moment", item("2026-03-02T10:00", "2026-03-05T16:00"),
		"reminder-2 reader Wed 04 09:00", "reminder-3 reader Thu 05 09:00", "escalation coach Thu 05 16:00", "reminder-1 dropped: same_day")
	check("a weekend's are one on Monday", item("2026-03-05T10:00", "2026-03-09T20:00"),
		"reminder-2 reader Mon 09 09:00", "escalation coach Tue 10 09:00", "reminder-1 dropped: same_day", "left out: too_close")
	check("due on Saturday: the last hour of Friday, in one with what was planned on it", item("2026-03-02T10:00", "2026-03-07T23:00"),
		"reminder-1 reader Thu 05 09:00", "reminder-3 reader Fri 06 13:45", "escalation coach Mon 09 09:00", "reminder-2 dropped: same_day")
	check("due on Sunday: the last hour of Friday", item("2026-03-05T18:00", "2026-03-08T23:00"),
		"reminder-3 reader Fri 06 17:00", "escalation coach Mon 09 09:00", "reminder-1 dropped: same_day", "reminder-2 dropped: same_day")
	check("due on Monday at the begin: the last full hour is on Friday", item("2026-03-06T10:00", "2026-03-09T08:30"),
		"reminder-3 reader Fri 06 17:00", "escalation coach Mon 09 08:30", "reminder-1 dropped: same_day", "reminder-2 dropped: same_day")
	check("due on Monday at nine: a reminder at that very moment is none", item("2026-03-06T10:00", "2026-03-09T09:00"),
		"reminder-3 reader Mon 09 08:00", "escalation coach Mon 09 09:00", "reminder-1 dropped: same_day", "reminder-2 dropped: same_day")
	check("due on Monday after nine", item("2026-03-06T10:00", "2026-03-09T09:30"),
		"reminder-3 reader Mon 09 09:00", "escalation coach Mon 09 09:30", "reminder-1 dropped: same_day", "reminder-2 dropped: same_day")
	check("the last hour was too close to the issue", item("2026-03-06T15:00", "2026-03-08T12:00"),
		"escalation coach Mon 09 09:00", "reminder-1 dropped: too_close", "reminder-2 dropped: too_close", "left out: too_close")
	check("the last hour was before the issue", item("2026-03-06T17:30", "2026-03-08T12:00"),
		"escalation coach Mon 09 09:00", "reminder-1 dropped: no_hour_left", "reminder-2 dropped: no_hour_left", "left out: too_close")
	check("without a due date", item("2026-03-02T20:00", ""),
		"reminder-1 reader Fri 06 09:00", "reminder-2 reader Mon 09 09:00", "reminder-3 reader Thu 12 09:00", "reminder-4 reader Mon 16 09:00", "reminder-5 reader Wed 18 09:00", "escalation coach Mon 23 09:00")

	farCoach := item("2026-03-02T10:00", "2026-03-12T19:30")
	farCoach.coach = "Pacific/Auckland" // 12 hours ahead
	check("each on the clock of its own reader", farCoach,
		"reminder-1 reader Mon 09 09:00", "reminder-2 reader Tue 10 09:00", "reminder-3 reader Thu 12 09:00", "escalation coach Fri 13 09:00")
	check("over the change of the clocks, at nine of the new time", item("2026-03-26T10:00", "2026-03-31T10:00"),
		"reminder-3 reader Mon 30 09:00", "escalation coach Tue 31 10:00", "reminder-1 dropped: same_day", "reminder-2 dropped: same_day")
	sunday := item("2026-03-05T10:00", "2026-03-10T12:00")
	sunday.hours = hoursOf(t, "10:00-16:00", Sunday, Monday, Tuesday, Wednesday, Thursday)
	check("other working days, that begin after nine", sunday,
		"reminder-1 reader Sun 08 10:00", "reminder-3 reader Mon 09 10:00", "escalation coach Tue 10 12:00", "reminder-2 dropped: same_day")
}

func TestLadder_Defaults(t *testing.T) {
	t.Parallel()
	check := func(name string, c layout, want ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			laid, zones := c.lay(t)
			require.Equal(t, want, lines(laid, zones))
		})
	}
	// On a Wednesday morning, at an hour to which the days come back.
	const start = "2026-03-04T10:30"
	check("invitation", layout{kind: InvitationLadder, start: start},
		"request reader Wed 04 10:30", "reminder-1 reader Mon 09 09:00", "reminder-2 reader Wed 11 10:30", "end admins Wed 18 10:30")
	check("invitation by night: the request leaves at once", layout{kind: InvitationLadder, start: "2026-03-07T03:00"},
		"request reader Sat 07 03:00", "reminder-1 reader Tue 10 09:00", "reminder-2 reader Mon 16 09:00", "end admins Mon 23 09:00")
	check("start of matching", layout{kind: MatchingLadder, start: start},
		"reminder-1 reader Mon 09 09:00", "reminder-2 reader Wed 11 10:30", "end admins Mon 16 09:00")
	check("approval", layout{kind: ApprovalLadder, start: start},
		"reminder-1 admins Thu 05 10:30", "reminder-2 admins Fri 06 10:30", "end  Wed 11 10:30")
	check("approval asked for on a Saturday night", layout{kind: ApprovalLadder, start: "2026-03-07T23:00"},
		"reminder-1 admins Tue 10 09:00", "reminder-2 admins Wed 11 09:00", "end  Fri 13 23:00")
	check("answer to an interview request", layout{kind: InterviewLadder, start: start},
		"reminder-1 coach Fri 06 10:30", "end  Sun 08 10:30")
	check("selection of a coach", layout{kind: SelectionLadder, start: start},
		"reminder-1 reader Fri 06 10:30", "reminder-2 reader Mon 09 10:30", "end admins Wed 11 10:30")
	check("no session booked", layout{kind: NoSessionBookedLadder, start: start},
		"reminder-1 coach Mon 09 10:30", "end admins Mon 16 09:00")
	check("feedback on a goal", layout{kind: FeedbackLadder, start: start},
		"reminder-1 reader Wed 11 10:30", "reminder-2 reader Wed 18 10:30", "end  Wed 25 10:30", "left out: after_end")
	check("feedback that closes later", layout{kind: FeedbackLadder, start: start, change: endAfter(28)},
		"reminder-1 reader Wed 11 10:30", "reminder-2 reader Wed 18 10:30", "reminder-3 reader Wed 25 10:30", "end  Wed 01 10:30")
	check("session on a Sunday night", layout{kind: SessionLadder, start: start, due: "2026-03-15T23:30"},
		"reminder-1 reader Sat 14 23:30", "reminder-2 reader Sun 15 22:30")
	check("session over the change of the clocks: 24 hours are 24 hours", layout{kind: SessionLadder, start: start, due: "2026-03-29T12:00"},
		"reminder-1 reader Sat 28 11:00", "reminder-2 reader Sun 29 11:00")
	check("session of tomorrow morning", layout{kind: SessionLadder, start: "2026-03-04T10:30", due: "2026-03-05T09:00"},
		"reminder-1 reader Thu 05 08:00", "left out: passed")
	check("session in an hour and a half", layout{kind: SessionLadder, start: "2026-03-04T10:30", due: "2026-03-04T12:00"},
		"left out: passed", "left out: too_close")
	check("session that was", layout{kind: SessionLadder, start: start, due: "2026-03-03T12:00"}, "left out: passed", "left out: passed")
	check("session of no time", layout{kind: SessionLadder, start: start})
	check("milestone", layout{kind: MilestoneLadder, start: start, due: "2026-03-26T09:00"},
		"reminder-1 reader Thu 19 09:00", "reminder-2 reader Wed 25 09:00", "reminder-3 reader Thu 26 09:00", "reminder-4 reader Fri 27 09:00", "reminder-5 reader Thu 02 09:00", "end coach Thu 09 09:00")
	check("milestone on a Saturday: its day is Friday, and it is overdue on Monday", layout{kind: MilestoneLadder, start: start, due: "2026-03-21T09:00"},
		"reminder-1 reader Mon 16 09:00", "reminder-3 reader Fri 20 09:00", "reminder-4 reader Mon 23 09:00", "reminder-5 reader Mon 30 09:00", "end coach Mon 06 09:00", "reminder-2 dropped: same_day")
	check("milestone that is overdue when it is set", layout{kind: MilestoneLadder, start: "2026-03-21T12:00", due: "2026-03-20T09:00"},
		"reminder-1 reader Fri 27 09:00", "end coach Fri 03 09:00", "left out: passed", "left out: passed", "left out: passed", "left out: passed")
	check("invoice", layout{kind: InvoiceLadder, start: start, due: "2026-03-26T12:00"},
		"reminder-1 reader Mon 23 12:00", "reminder-2 reader Thu 26 12:00", "reminder-3 reader Thu 02 12:00", "reminder-4 reader Fri 10 12:00", "reminder-5 reader Mon 27 09:00", "end admins Mon 04 09:00")
}

func endAfter(days int) func(*Ladder) {
	return func(l *Ladder) { l.End = &LadderEnd{When: afterStart(days, Days), Does: l.End.Does, To: l.End.To} }
}

func TestR19_NeverTwoContactsWithinThreeDays(t *testing.T) {
	t.Parallel()
	// The reminder of Saturday moves to Monday; that of Tuesday, the due date, is too close to it.
	laid, zones := layout{kind: InvoiceLadder, start: "2026-03-04T10:30", due: "2026-03-24T12:00"}.lay(t)
	require.Equal(t, []string{"reminder-1 reader Mon 23 09:00", "reminder-3 reader Tue 31 12:00", "reminder-4 reader Wed 08 12:00", "reminder-5 reader Thu 23 12:00", "end admins Thu 30 12:00",
		"reminder-2 dropped: too_close"}, lines(laid, zones))
	// What is sent two days before it is due is not reminded of on the due date.
	laid, zones = layout{kind: InvoiceLadder, start: "2026-03-24T10:30", due: "2026-03-26T12:00"}.lay(t)
	require.Equal(t, []string{"reminder-1 reader Thu 02 12:00", "reminder-2 reader Fri 10 12:00", "reminder-3 reader Mon 27 09:00", "end admins Mon 04 09:00", "left out: passed", "left out: too_close"}, lines(laid, zones))
	// What is sent after it was due has its due date all the same.
	laid, zones = layout{kind: InvoiceLadder, start: "2026-04-04T10:30", due: "2026-03-26T12:00"}.lay(t)
	require.Equal(t, []string{"reminder-1 reader Fri 10 12:00", "reminder-2 reader Mon 27 09:00", "end admins Mon 04 09:00", "left out: passed", "left out: passed", "left out: passed"}, lines(laid, zones))
}

func TestLadder_EndTakesEffectAtItsMoment(t *testing.T) {
	t.Parallel()
	laid, zones := layout{kind: InvitationLadder, start: "2026-03-07T03:00"}.lay(t)
	end := laid.Steps[len(laid.Steps)-1]
	require.True(t, end.End)
	require.Equal(t, Expire, end.Does)
	require.Equal(t, "Sat 21 03:00", end.Effect.In(zones.Reader).Format("Mon 02 15:04"), "the link lives as long as it says")
	require.Equal(t, "Mon 23 09:00", end.At.In(zones.Admins).Format("Mon 02 15:04"), "the admins are told when they work")
}

func TestLadder_StepsOfSeveralReaders(t *testing.T) {
	t.Parallel()
	mixed := func(rungs ...Rung) func(*Ladder) { return func(l *Ladder) { l.Steps = rungs } }
	check := func(name string, change func(*Ladder), want ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			laid, zones := layout{kind: MatchingLadder, start: "2026-03-06T12:00", coach: "America/New_York", change: change}.lay(t)
			require.Equal(t, want, lines(laid, zones))
		})
	}
	check("one day, two readers, two mails", mixed(Rung{afterStart(4, Days), ToReader}, Rung{afterStart(4, Days), ToAdmins}),
		"reminder-1 reader Tue 10 12:00", "reminder-2 admins Tue 10 12:00", "end admins Mon 16 12:00")
	check("a step that moved holds up the next one, whoever reads it", mixed(Rung{afterStart(48, Hours), ToCoach}, Rung{afterStart(50, Hours), ToReader}),
		"reminder-1 coach Mon 09 09:00", "reminder-2 reader Mon 09 14:00", "end admins Mon 16 12:00")
	check("the end takes the place of a reminder of its day", mixed(Rung{afterStart(9, Days), ToAdmins}, Rung{afterStart(9, Days), ToReader}),
		"reminder-2 reader Mon 16 09:00", "end admins Mon 16 12:00", "reminder-1 dropped: same_day")
}

func TestR2_ALadderCountsFromItsStart(t *testing.T) {
	t.Parallel()
	for _, kind := range LadderKinds {
		c := layout{kind: kind, start: "2026-03-04T10:30", due: "2026-04-16T12:00"}
		first, _ := c.lay(t)
		c.now = "2026-03-04T18:00" // the plan is made again, from the same event
		again, _ := c.lay(t)
		require.Equal(t, first.Steps, again.Steps, kind)
	}
}

func TestR3_PassedStepsOfALadderAreDropped(t *testing.T) {
	t.Parallel()
	l := atAnyHour(ItemLadder) // reminders on days 5, 7.5 and 9
	check := func(plannedAt time.Time, followed int, wantDropped, wantPending []int) {
		t.Helper()
		laid := l.Lay(LadderInput{Start: day(0), Due: day(10), Now: plannedAt})
		left := laid.After(followed)
		require.Equal(t, wantDropped, droppedNumbers(left.Dropped))
		require.Equal(t, wantPending, stepNumbers(left.Steps))
		for _, s := range left.Dropped {
			require.Equal(t, DropPassed, s.Reason)
		}
		next, more := laid.Next(followed, time.Time{})
		require.Equal(t, len(wantPending) > 0, more)
		if more {
			require.Equal(t, left.Steps[0], next)
		}
	}
	check(day(0), 0, nil, []int{1, 2, 3, 4})
	check(day(5), 0, nil, []int{1, 2, 3, 4}) // at its very moment, it is in time
	check(day(5.01), 0, []int{1}, []int{2, 3, 4})
	check(day(8), 1, []int{2}, []int{3, 4})
	check(day(9.5), 3, nil, []int{4})
	check(day(11), 0, []int{1, 2, 3}, []int{4}) // the coach is told all the same
	check(day(11), 4, nil, nil)
}

func stepNumbers(steps []LadderStep) []int {
	var out []int
	for _, s := range steps {
		out = append(out, s.Number)
	}
	return out
}

func droppedNumbers(steps []DroppedStep) []int {
	var out []int
	for _, s := range steps {
		out = append(out, s.Number)
	}
	return out
}

func TestR3_WhatMovesIsPassedWhenItsHourIs(t *testing.T) {
	t.Parallel()
	check := func(name, now string, want ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			laid, zones := layout{kind: ItemLadder, start: "2026-02-27T10:00", due: "2026-03-09T08:30", now: now}.lay(t)
			require.Equal(t, want, lines(laid, zones))
		})
	}
	// Half of the time is on Wednesday, three quarters on Friday at 20:52, a day before is on Sunday.
	check("planned at the start", "2026-02-27T10:00", "reminder-1 reader Wed 04 09:15", "reminder-3 reader Fri 06 17:00", "escalation coach Mon 09 08:30", "reminder-2 dropped: same_day")
	check("planned on the last afternoon", "2026-03-06T16:00", "reminder-3 reader Fri 06 17:00", "escalation coach Mon 09 08:30", "reminder-1 dropped: passed", "reminder-2 dropped: same_day")
	check("planned after the last hour", "2026-03-06T17:01", "escalation coach Mon 09 08:30", "reminder-1 dropped: passed", "reminder-2 dropped: no_hour_left", "reminder-3 dropped: no_hour_left")
	check("planned after the end", "2026-03-14T12:00", "escalation coach Mon 16 09:00", "reminder-1 dropped: passed", "reminder-2 dropped: passed", "reminder-3 dropped: passed")
}

func TestR4_APauseLeavesEveryStepItsNumber(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l, in := anyLadder(t), anyInput(t)
		for i := range l.Steps { // a day is not always as long: pauses move the others
			l.Steps[i].When.Delay.Unit = Hours
		}
		if l.WithoutDue != nil {
			for i := range l.WithoutDue.Steps {
				l.WithoutDue.Steps[i].When.Delay.Unit = Hours
			}
			l.WithoutDue.End.When.Delay.Unit = Hours
		}
		if l.End != nil {
			l.End.When.Delay.Unit = Hours
		}
		length := time.Duration(rapid.Int64Range(1, 10_000_000).Draw(t, "pause")) * time.Second
		before := rungs(l.Lay(in))
		in.Start, in.Due, in.Now = in.Start.Add(length), shiftedDue(in.Due, length), in.Now.Add(length)
		require.Equal(t, before, rungs(l.Lay(in)))
	})
}

func shiftedDue(due time.Time, by time.Duration) time.Time {
	if due.IsZero() {
		return due
	}
	return due.Add(by)
}

// rungs are the places in the ladder that the numbered steps come from, whether
// they go out or not.
func rungs(laid Layout) map[int]int {
	out := map[int]int{}
	for _, s := range laid.Steps {
		out[s.Number] = s.Rung
	}
	for _, s := range laid.Dropped {
		out[s.Number] = s.Rung
	}
	return out
}

func TestR15_OfTwoStepsThatAreDueOneLeaves(t *testing.T) {
	t.Parallel()
	sent := day(0)
	laid := atAnyHour(InvitationLadder).Lay(LadderInput{Start: sent, Now: sent})
	check := func(name string, followed int, now time.Time, want string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			next, more := laid.Next(followed, now)
			require.Equal(t, want != "", more)
			require.Equal(t, want, next.Name)
		})
	}
	check("before the mail", 0, sent.Add(-30*time.Second), "request")
	check("the mail is due", 0, sent, "request")
	check("after the mail", 1, sent.Add(time.Second), "reminder-1")
	check("two are due, one leaves", 1, day(8), "reminder-2")
	check("all are due, and only the end is left", 0, day(20), "end")
	check("the end is due in this moment", 3, day(14), "end")
	check("all steps are behind", 4, day(15), "")
}

// Whatever the times at which somebody looks, the steps come in order, none
// twice, and the end comes.
func TestLadder_EveryWayLeadsToTheEnd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := DefaultLadders[rapid.SampledFrom(LadderKinds).Draw(t, "kind")]
		in := anyInput(t)
		if in.Due.IsZero() {
			in.Due = in.Start.AddDate(0, 0, 9)
		}
		laid := l.Lay(in)
		now, followed, seen := in.Start, 0, []string{}
		for {
			next, more := laid.Next(followed, now)
			if !more {
				break
			}
			if next.At.After(now) {
				now = now.Add(time.Duration(rapid.IntRange(1, 2000).Draw(t, "hours")) * time.Hour)
				continue
			}
			require.Greater(t, next.Number, followed)
			followed = next.Number
			seen = append(seen, next.Name)
		}
		if l.End != nil {
			require.Equal(t, ladderKinds[l.Kind].endName, seen[len(seen)-1])
		}
		require.LessOrEqual(t, len(seen), len(laid.Steps))
	})
}

func TestR1_OnlyWhatIsOpenHasSteps(t *testing.T) {
	t.Parallel()
	for _, s := range []ItemState{waiting(manual), sending(day(1)), completed(day(1)), ended(Skipped, day(0), day(1)), ended(Removed, day(0), day(1))} {
		s.FollowFrom, s.PlannedAt = day(0), day(0)
		require.Zero(t, DefaultLadders[ItemLadder].OfItem(s, LadderZones{}, WorkingHours{}))
	}
	item := open(day(0))
	item.DueAt, item.PlannedAt, item.Followed = day(10), day(8), 1
	laid := atAnyHour(ItemLadder).OfItem(item, LadderZones{}, WorkingHours{})
	require.Equal(t, []int{3, 4}, stepNumbers(laid.Steps))
	require.Equal(t, []int{2}, droppedNumbers(laid.Dropped))

	for _, status := range []InvitationStatus{InvitationAccepted, InvitationWithdrawn, InvitationReplaced, InvitationExpired, ""} {
		require.Zero(t, DefaultLadders[InvitationLadder].OfInvitation(InvitationState{Status: status, SendAt: day(0)}, LadderZones{}, WorkingHours{}))
	}
	laid = DefaultLadders[InvitationLadder].OfInvitation(InvitationState{Status: InvitationOpen, SendAt: day(0)}, LadderZones{}, WorkingHours{})
	require.Equal(t, []int{1, 2, 3, 4}, stepNumbers(laid.Steps))
	laid = DefaultLadders[InvitationLadder].OfInvitation(InvitationState{Status: InvitationOpen, SendAt: day(0), Followed: 2}, LadderZones{}, WorkingHours{})
	require.Equal(t, []int{3, 4}, stepNumbers(laid.Steps))
}

func TestLayout_Step(t *testing.T) {
	t.Parallel()
	laid, _ := layout{kind: ItemLadder, start: "2026-03-02T10:00", due: "2026-03-05T16:00"}.lay(t)
	require.Equal(t, []int{1}, droppedNumbers(laid.Dropped))
	for number, name := range map[int]string{0: "", 1: "", 2: "reminder-2", 3: "reminder-3", 4: "escalation", 5: ""} {
		s, found := laid.Step(number)
		require.Equal(t, name != "", found, "step %d", number)
		require.Equal(t, name, s.Name)
	}
	require.Empty(t, laid.After(4).Steps)
}

func TestDropReason_Words(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range []DropReason{DropPassed, DropNoHour, DropTooClose, DropSameDay, DropAfterEnd} {
		require.NotEqual(t, string(r), r.Words())
		require.False(t, seen[r.Words()])
		seen[r.Words()] = true
	}
	require.Equal(t, "new", DropReason("new").Words(), "an unknown reason is shown as it is")
}
