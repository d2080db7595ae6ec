package workflows_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	"pgregory.net/rapid"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/program"
	"coachflow/workflows"
)

// act is one thing that happens to a program, drawn at random.
type act struct {
	Kind string
	Item int           // its place in the program, modulo its length
	Gap  time.Duration // since the act before
	With int           // whatever the kind needs
}

var actKinds = []string{"answer", "answer", "answer", "send", "send and take back", "skip", "reopen", "add", "remove", "move", "due", "pause", "resume", "hold", "replace", "wait"}

func drawActs(t *rapid.T) []act {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) act {
		return act{Kind: rapid.SampledFrom(actKinds).Draw(t, "kind"), Item: rapid.IntRange(0, 5).Draw(t, "item"), With: rapid.IntRange(0, 5).Draw(t, "with"),
			Gap: time.Duration(rapid.SampledFrom([]int{1, 3, 26, 80, 500}).Draw(t, "gap")) * time.Hour}
	}), 4, 14).Draw(t, "acts")
}

// Whatever happens in whatever order: nothing that is due stays behind, nothing
// goes out before its turn, nothing twice, and what is planned is what will be
// sent.
func TestR17_OverAnyOrderOfEvents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.active(w.client)

	items := []coaching.ItemSpec{w.formItem("A"), w.formItem("B", delayed(2, coaching.Hours)), w.fileItem("C"), w.formItem("D", manual), taskItem("E")}
	overAnyOrder(t, w, items)
}

// The same with sessions among the items, whose acts go on beside the others.
func TestR17_OverAnyOrderOfEventsWithSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.active(w.client)
	mine := to(coaching.RecipientSpec{Role: "coachee"})
	overAnyOrder(t, w, []coaching.ItemSpec{sessionItem("A", mine), w.formItem("B", delayed(2, coaching.Hours)), sessionItem("C", mine), sessionItem("D", mine, manual)})
}

// The same where sessions count as held by themselves and are rated then, beside files.
func TestR17_OverAnyOrderOfEventsHeldByThemselves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.active(w.client)
	w.asksForRatings(coaching.RatingsForCoach, true)
	mine := to(coaching.RecipientSpec{Role: "coachee"})
	overAnyOrder(t, w, []coaching.ItemSpec{sessionItem("A", mine), w.fileItem("B"), sessionItem("C", mine), w.formItem("D", manual)})
}

func overAnyOrder(t *testing.T, w *world, items []coaching.ItemSpec) {
	rapid.Check(t, func(rt *rapid.T) {
		w.mails.clear()

		p := &playing{run: w.program(w.engagement(items...))}
		at := time.Minute
		for i, a := range drawActs(rt) {
			at += a.Gap + 7*time.Minute // so that no act comes at the moment of a release
			p.at(at, func() {
				p.looks(fmt.Sprintf("before act %d", i))
				p.plays(i, a)
			})
			p.at(at+2*time.Minute, func() { p.looks(fmt.Sprintf("after act %d, %s of item %d (%d)", i, a.Kind, a.Item, a.With)) })
		}
		p.at(at+time.Hour, func() { p.update(workflows.EndUpdate, workflows.ProgramEnd{Status: "completed"}) })
		p.execute()
		p.countsKeys()
		if len(p.faults) > 0 {
			rt.Fatalf("%v", p.faults)
		}
	})
}

type playing struct {
	*run
	faults []string
	seen   map[string]time.Time // issued items by id, and when
}

func (p *playing) fault(format string, args ...any) {
	p.faults = append(p.faults, fmt.Sprintf(format, args...))
}

// asks sends an Update that the state may refuse, but only with a code.
func (p *playing) asks(name string, arg any) {
	p.tryUpdate(name, arg, func(err error) {
		var refusal *temporal.ApplicationError
		if err != nil && (!errors.As(err, &refusal) || refusal.Type() == "") {
			p.fault("%s: %v", name, err)
		}
	})
}

func (p *playing) plays(i int, a act) {
	items := p.listed()
	if len(items) == 0 && a.Kind != "add" {
		return
	}
	var item app.Item
	if len(items) > 0 {
		item = p.item(items[a.Item%len(items)].Title)
	}
	who := workflows.ProgramCommand{Item: item.ID}
	switch a.Kind {
	case "answer":
		switch {
		case item.Kind == coaching.SessionItem:
			p.actsOnSession(item, a)
		case item.Status != "open":
		case item.Kind.NeedsAccount():
			p.completes(app.Principal{Org: p.admin.Org, Person: p.client.ID}, item.Title)
		default:
			p.answer(item.Title, ben)
		}
	case "send", "send and take back":
		p.asks(workflows.SendUpdate, who)
		if a.Kind != "send" {
			p.env.RegisterDelayedCallback(func() { p.asks(workflows.TakeBackUpdate, who) }, 10*time.Second)
		}
	case "replace":
		program, err := p.app.GetProgram(p.Context(), p.admin, p.engagement.ID)
		if err != nil {
			p.fault("%v", err)
		}
		if len(item.FileIDs) > 0 && item.Status == "open" && program.Status == "active" {
			p.replaces(item.Title, fmt.Sprintf("Version %d.pdf", i))
		}
	case "skip":
		p.asks(workflows.SkipUpdate, who)
	case "reopen":
		p.asks(workflows.ReopenUpdate, who)
	case "pause":
		p.asks(workflows.PauseUpdate, workflows.ProgramCommand{})
	case "resume":
		p.asks(workflows.ResumeUpdate, workflows.ProgramCommand{})
	case "hold":
		p.asks(workflows.HoldUpdate, workflows.ProgramHold{Item: item.ID, Recipient: item.To[0].ID, Held: a.With%2 == 0})
	default:
		p.edits(i, a, items)
	}
}

// actsOnSession schedules a session, moves, cancels or holds it, as it stands.
func (p *playing) actsOnSession(item app.Item, a act) {
	ctx, id := p.Context(), item.ID
	after := p.env.Now().Sub(p.start) + time.Duration(1+a.With*20)*time.Hour
	time := app.SessionTime{At: p.localAt(after), TimeZone: "Europe/Berlin"}
	p.away.take()
	var err error
	switch s := item.Session; {
	case item.Status != "open" && item.Status != "waiting":
		return
	case s.State != coaching.SessionScheduled:
		_, err = p.app.ScheduleSession(ctx, p.admin, id, time)
	case !s.StartsAt.After(p.env.Now()) && a.With%3 == 0:
		_, err = p.app.MarkSessionNoShow(ctx, p.admin, id)
	case !s.StartsAt.After(p.env.Now()):
		_, err = p.app.MarkSessionHeld(ctx, p.admin, id)
	case a.With%3 == 0:
		_, err = p.app.CancelSession(ctx, p.admin, id, "")
	default:
		_, err = p.app.RescheduleSession(ctx, p.admin, id, time)
	}
	if problem, is := coaching.AsProblem(err); !is || problem.Code != "engine_unavailable" {
		p.fault("session: %v", err)
		return
	}
	p.asks(workflows.SessionUpdate, p.away.take()[0].Args[0])
}

// expectsOfSession lists what is to come of the session of an open item by the rules.
func (p *playing) expectsOfSession(item coaching.ItemState) []string {
	var out []string
	berlin := coaching.ZoneOrUTC("Europe/Berlin")
	add := func(at time.Time, what string) {
		out = append(out, short(at.Sub(p.start))+" "+what)
	}
	var start, invited *time.Time
	p.ask("SELECT max(s.starts_at) FROM item_sessions s WHERE s.item_id = $1 AND s.state = 'scheduled'", &start, item.ID)
	p.ask("SELECT max(a.invited_at) FROM item_sessions s JOIN session_attendees a ON a.session_id = s.id WHERE s.item_id = $1 AND s.state = 'scheduled'", &invited, item.ID)
	if start == nil {
		ladder := coaching.DefaultLadders[coaching.NoSessionBookedLadder]
		ladder.KeepsMoment = true
		for _, f := range ladder.OfItem(item, coaching.LadderZones{Reader: berlin, Coach: berlin, Admins: berlin}, coaching.WorkingHours{}).Steps {
			add(f.At, "session_unbooked "+map[bool]string{true: "ada@acme.test", false: clara}[f.End])
		}
		return out
	}
	since := *invited
	if item.FollowFrom.After(since) {
		since = item.FollowFrom
	}
	for _, f := range coaching.DefaultLadders[coaching.SessionLadder].OfAttendee(*start, since, item.PlannedAt, berlin).After(item.Followed).Steps {
		add(f.At, "session_reminder "+ben)
	}
	return out
}

func (p *playing) edits(i int, a act, items []app.EditItem) {
	at := 0
	if len(items) > 0 {
		at = a.Item % len(items)
	}
	switch a.Kind {
	case "add":
		added := p.formItem(fmt.Sprintf("New %d", i))
		if a.With%2 == 1 {
			added = p.fileItem(fmt.Sprintf("New %d", i))
		}
		items = slices.Insert(items, min(a.Item, len(items)), app.EditItem{ItemSpec: added})
	case "remove":
		items = slices.Delete(items, at, at+1)
	case "move":
		moved := items[at]
		items = slices.Insert(slices.Delete(items, at, at+1), a.With%len(items), moved)
	case "due":
		dueAfter(30+10*a.With, coaching.Days)(&items[at].ItemSpec)
	default:
		return
	}
	p.away.take()
	_, err := p.app.EditProgram(p.Context(), p.admin, p.engagement.ID, 0, items)
	if problem, is := coaching.AsProblem(err); !is {
		p.fault("edit: %v", err)
	} else if problem.Code == "engine_unavailable" {
		p.asks(workflows.EditUpdate, p.away.take()[0].Args[0])
	}
}

// looks holds the rules against the rows, some time after an act.
func (p *playing) looks(when string) {
	rows, err := p.activities.LoadProgram(p.Context(), program.CommandContext{Org: p.admin.Org, Engagement: p.engagement.ID, At: p.start})
	if err != nil {
		p.fault("%s: %v", when, err)
		return
	}
	now := p.env.Now()
	var expected []string
	for i, item := range rows.Items {
		if r := coaching.ReleaseOf(rows.Items, i, rows.Started); rows.Status == "active" && r.Known() && r.At.Before(now.Add(-time.Minute)) {
			p.fault("%s: item %d (%s) should have gone out at %s", when, i, item.Status, short(r.At.Sub(p.start)))
		}
		p.wasDue(when, rows.Items, i)
		expected = append(expected, p.expects(item)...)
	}
	planned := p.followUp()
	slices.Sort(expected)
	slices.Sort(planned)
	if !slices.Equal(expected, planned) {
		p.fault("%s: planned is %q, to come is %q", when, planned, expected)
	}
}

// followUp is what is pending, whatever the kinds of the items, but for the word that a
// file was replaced, which is no part of a plan.
func (p *playing) followUp() []string {
	planned := slices.DeleteFunc(p.pending(), func(mail string) bool { return strings.Contains(mail, " file_replaced ") })
	for i, mail := range planned {
		planned[i] = strings.NewReplacer(" file_", " ", " task_", " ").Replace(mail)
	}
	return planned
}

// wasDue holds that an item that went out since the last look did so in its
// turn: by hand, or after the one before it was done.
func (p *playing) wasDue(when string, items []coaching.ItemState, i int) {
	item := items[i]
	if p.seen == nil {
		p.seen = map[string]time.Time{}
	}
	last, known := p.seen[item.ID.String()]
	if item.IssuedAt.IsZero() {
		return
	}
	p.seen[item.ID.String()] = item.IssuedAt
	switch {
	case known && !last.Equal(item.IssuedAt):
		p.fault("%s: item %d went out twice", when, i)
	case known || item.Release.Rule == coaching.Manual || slices.Contains(p.byHand(), item.ID.String()):
	default:
		prior, is := coaching.Prior(items, i)
		if is && (!items[prior].Done() || items[prior].DoneAt.After(item.IssuedAt)) {
			p.fault("%s: item %d went out before its turn", when, i)
		}
	}
}

// byHand lists the items that somebody asked to send.
func (p *playing) byHand() []string {
	shown, err := p.app.GetTimeline(p.Context(), p.admin, p.engagement.ID, app.Paging{Most: 200})
	if err != nil {
		p.fault("%v", err)
	}
	var out []string
	for _, e := range shown.Events {
		if e.Kind == "item_send_asked" || e.Kind == "session_scheduled" {
			out = append(out, e.ItemID.String())
		}
	}
	return out
}

// expects lists what is to come of an item by the rules.
func (p *playing) expects(item coaching.ItemState) []string {
	var out []string
	if item.Status != coaching.Open {
		return out
	}
	if item.Kind == coaching.SessionItem {
		return p.expectsOfSession(item)
	}
	if !item.SendAt.IsZero() {
		out = append(out, short(item.SendAt.Sub(p.start))+" request "+ben)
	}
	ladder := coaching.DefaultLadders[coaching.ItemLadder]
	ladder.KeepsMoment = true
	berlin := coaching.ZoneOrUTC("Europe/Berlin") // of everybody here: a day is one of their calendar
	for _, f := range ladder.OfItem(item, coaching.LadderZones{Reader: berlin, Coach: berlin, Admins: berlin}, coaching.WorkingHours{}).Steps {
		if f.End {
			out = append(out, short(f.At.Sub(p.start))+" escalation "+clara)
		} else {
			out = append(out, short(f.At.Sub(p.start))+" reminder "+ben)
		}
	}
	return out
}

// countsKeys holds that no mail was sent twice, and no item sent twice.
func (p *playing) countsKeys() {
	for key, tries := range p.mails.tries {
		if len(tries) != 1 {
			p.fault("%s was sent %d times", key, len(tries))
		}
	}
	sent := p.count("SELECT coalesce(max(n), 0) FROM (SELECT count(*) n FROM notifications WHERE engagement_id = $1 AND step = 'request' AND state = 'sent' GROUP BY recipient_id) c", p.engagement.ID)
	if sent > 1 {
		p.fault("a first mail was sent %d times", sent)
	}
}
