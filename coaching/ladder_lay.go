package coaching

import (
	"slices"
	"strconv"
	"time"
)

// laying is a ladder while it is laid out.
type laying struct {
	Ladder
	LadderInput
	rules ladderRules
	set   LadderSteps
	work  worktime
	zone  *time.Location // on which days are counted
	end   time.Time      // zero: none
	out   Layout
}

// Lay lays the ladder out. First the steps get their moments and numbers, and
// those are left out that are before the start, not before the end, or within
// the gap after another. Then each moves into the working hours of its reader:
//
//   - A step outside the hours leaves on the next morning of a working day. Where
//     that is not before the due moment (or the end), it leaves at the beginning
//     of the last full working hour before it. Without such an hour it is dropped.
//   - A step whose moment is before Now is dropped.
//   - Of two steps on the same day of the same reader the later one is kept, since
//     its words fit the state of things better. It leaves at the moment of the
//     earlier one, so that the reader has more of the day.
//   - A step that has come too close to the one before it is dropped.
//
// The end is never dropped. It takes effect at its own moment; only the mail about it
// waits for working hours. For a kind that may have no due date, a due moment
// that is not after the start counts as none.
func (l Ladder) Lay(in LadderInput) Layout {
	p := laying{Ladder: l, LadderInput: in, rules: ladderKinds[l.Kind], set: l.LadderSteps, work: in.Hours.orDefault().ready()}
	p.zone = in.Zones.of(p.rules.waits)
	p.choose()
	if p.set.End != nil {
		p.end, _ = p.moment(p.set.End.When, 1)
	}
	if p.rules.request {
		p.out.Steps = append(p.out.Steps, LadderStep{Number: 1, Name: "request", At: in.Start.UTC(), To: ToReader, Rung: -1, Request: true})
	}
	planned := p.numbered(p.wanted())
	for _, s := range planned {
		p.place(s)
	}
	p.placeEnd(len(planned) + len(p.out.requests()) + 1)
	slices.SortFunc(p.out.Dropped, func(a, b DroppedStep) int { return a.Number - b.Number })
	return p.out
}

// choose takes the steps for a wait with or without a due date.
func (p *laying) choose() {
	switch {
	case p.rules.due == neverDue:
		p.Due = time.Time{}
	case p.rules.due == mayBeDue && !p.Due.After(p.Start):
		p.Due = time.Time{}
		if p.WithoutDue != nil {
			p.set = *p.WithoutDue
		}
	}
}

func (l Layout) requests() []LadderStep {
	if len(l.Steps) > 0 && l.Steps[0].Request {
		return l.Steps[:1]
	}
	return nil
}

// moment is the moment of the nth time of a rule; there is none that counts from
// a due date where there is no due date.
func (p *laying) moment(w When, n int) (time.Time, bool) {
	switch w.Rule {
	case AfterStart, Every:
		return p.work.move(p.Start, Delay{n * w.Delay.Amount, w.Delay.Unit}, 1, p.zone), true
	case PartOfTime:
		return p.Start.Add(percentOf(p.Due.Sub(p.Start), w.Percent)), p.Due.After(p.Start)
	case BeforeDue:
		return p.work.move(p.Due, w.Delay, -1, p.zone), !p.Due.IsZero()
	case AtDue:
		return p.Due, !p.Due.IsZero()
	case AfterDue:
		return p.work.move(p.Due, w.Delay, 1, p.zone), !p.Due.IsZero()
	}
	return time.Time{}, false
}

// percentOf is exact, and does not overflow.
func percentOf(span time.Duration, percent int) time.Duration {
	p := time.Duration(percent)
	return span/100*p + span%100*p/100
}

// wanted are all reminders in the order of their moments.
func (p *laying) wanted() []LadderStep {
	wanted := make([]LadderStep, 0, len(p.set.Steps)+4)
	for i, rung := range p.set.Steps {
		times := 1
		if rung.When.Rule == Every {
			times = rung.When.Most
		}
		for n := 1; n <= times; n++ {
			if at, is := p.moment(rung.When, n); is {
				wanted = append(wanted, LadderStep{nominal: at, At: at.UTC(), To: rung.To, Rung: i})
			}
		}
	}
	slices.SortStableFunc(wanted, func(a, b LadderStep) int { return a.nominal.Compare(b.nominal) })
	return wanted
}

// numbered gives numbers to the steps for which there is room, and leaves the
// others out.
func (p *laying) numbered(wanted []LadderStep) []LadderStep {
	kept, reminder := wanted[:0], 1
	last := lastMails{}
	last.set(p.rules.waits, p.Start)
	for _, s := range wanted {
		if reason := p.noRoom(s, last.get(s.To)); reason != "" {
			p.out.LeftOut = append(p.out.LeftOut, DroppedStep{s, reason})
			continue
		}
		last.set(s.To, s.nominal)
		s.Number, s.Name = reminder+len(p.out.requests()), reminderName(reminder)
		reminder++
		kept = append(kept, s)
	}
	return kept
}

func (p *laying) noRoom(s LadderStep, last time.Time) DropReason {
	gap := p.gap()
	switch {
	case !s.nominal.After(p.Start):
		return DropPassed
	case !p.end.IsZero() && !s.nominal.Before(p.end):
		return DropAfterEnd
	case !p.end.IsZero() && p.end.Sub(s.nominal) < gap, s.nominal.Sub(last) < gap, s.nominal.Equal(last):
		return DropTooClose
	}
	return ""
}

func (p *laying) gap() time.Duration { return time.Duration(p.MinGapHours) * time.Hour }

// lastMails holds the moment of the last mail to each audience.
type lastMails [3]time.Time

func (l *lastMails) get(to Audience) time.Time     { return l[audienceIndex(to)] }
func (l *lastMails) set(to Audience, at time.Time) { l[audienceIndex(to)] = at }

func audienceIndex(to Audience) int {
	switch to {
	case ToCoach:
		return 1
	case ToAdmins:
		return 2
	}
	return 0
}

// place moves a reminder into working hours, and keeps or drops it.
func (p *laying) place(s LadderStep) {
	at, found := p.hourFor(s)
	if found {
		s.At = at.UTC()
	}
	switch {
	case s.At.Before(p.Now):
		p.drop(s, DropPassed)
	case !found:
		p.drop(s, DropNoHour)
	default:
		p.keep(s)
	}
}

// hourFor is when a reminder leaves: not before the one before it, whoever
// reads that.
func (p *laying) hourFor(s LadderStep) (time.Time, bool) {
	zone, limit, last := p.Zones.of(s.To), p.limit(s.nominal), p.lastKept()
	at, found := s.nominal, true
	if p.KeepsMoment {
		return at, true
	}
	if at.Before(last) {
		at = last
	}
	if at, found = p.work.next(at, zone); found && (limit.IsZero() || at.Before(limit) || at.Equal(s.nominal)) {
		return at, true
	}
	if limit.IsZero() {
		return at, false
	}
	at, found = p.work.lastBefore(limit, later(p.Start, p.Now), zone)
	if found && !at.Before(last) {
		return at, true
	}
	return last, last.After(later(p.Start, p.Now)) && last.Before(limit) && p.work.allows(last, zone)
}

// limit is the moment before which a reminder must leave; zero: none.
func (p *laying) limit(nominal time.Time) time.Time {
	if !p.Due.IsZero() && !nominal.After(p.Due) && (p.end.IsZero() || p.Due.Before(p.end)) {
		return p.Due
	}
	return p.end
}

// lastKept is the moment of the last reminder that goes out.
func (p *laying) lastKept() time.Time {
	if n := len(p.out.Steps); n > len(p.out.requests()) {
		return p.out.Steps[n-1].At
	}
	return time.Time{}
}

// keep adds a reminder in the place of one to the same reader on the same day,
// unless it has come too close to the one before it.
func (p *laying) keep(s LadderStep) {
	i := p.lastTo(s.To)
	switch {
	case p.KeepsMoment:
	case i >= 0 && sameDay(p.out.Steps[i].At, s.At, p.Zones.of(s.To)):
		old := p.out.Steps[i]
		p.drop(old, DropSameDay)
		p.out.Steps = slices.Delete(p.out.Steps, i, i+1)
		s.At = later(old.At, p.lastKept())
	case s.At.Sub(p.lastMail(s.To, i)) < p.gap():
		p.drop(s, DropTooClose)
		return
	}
	p.out.Steps = append(p.out.Steps, s)
}

// lastTo is the place of the last reminder to an audience, or -1.
func (p *laying) lastTo(to Audience) int {
	for i := len(p.out.Steps) - 1; i >= len(p.out.requests()); i-- {
		if p.out.Steps[i].To == to {
			return i
		}
	}
	return -1
}

func (p *laying) lastMail(to Audience, i int) time.Time {
	switch {
	case i >= 0:
		return p.out.Steps[i].At
	case to == p.rules.waits:
		return p.Start
	}
	return time.Time{}
}

func (p *laying) drop(s LadderStep, reason DropReason) {
	p.out.Dropped = append(p.out.Dropped, DroppedStep{s, reason})
}

// placeEnd adds the end; a reminder to the same reader on the same day gives way
// to it.
func (p *laying) placeEnd(number int) {
	if p.end.IsZero() {
		return
	}
	end := p.set.End
	s := LadderStep{Number: number, Name: p.rules.endName, At: later(p.end, later(p.Start, p.Now)).UTC(), To: end.To, Rung: -1, End: true, Does: end.Does, Effect: p.end.UTC()}
	if zone := p.Zones.of(end.To); end.To != "" && !p.KeepsMoment {
		if at, found := p.work.next(s.At, zone); found {
			s.At = at.UTC()
		}
		if i := p.lastTo(end.To); i >= 0 && sameDay(p.out.Steps[i].At, s.At, zone) {
			p.drop(p.out.Steps[i], DropSameDay)
			p.out.Steps = slices.Delete(p.out.Steps, i, i+1)
		}
	}
	p.out.Steps = append(p.out.Steps, s)
}

// reminderName is the name of the nth reminder.
func reminderName(n int) string { return "reminder-" + strconv.Itoa(n) }
