package workflows_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	sdk "go.temporal.io/sdk/worker"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/worker"
	"coachflow/workflows"
)

// The histories in testdata were made by TestRecordHistories and
// TestRecordMailHistories, with COACHFLOW_RECORD=1. A history that does not replay any more is never made
// anew instead of a version gate: programs of that time still run.
const historiesDir = "testdata"

func histories(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(historiesDir, "*.json"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 5)
	return files
}

func TestHistories_Replay(t *testing.T) {
	t.Parallel()
	for _, file := range histories(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			replayer := sdk.NewWorkflowReplayer()
			worker.Register(replayer)
			require.NoError(t, replayer.ReplayWorkflowHistoryFromJSONFile(nopLogger{}, file))
		})
	}
}

// secrets are what the recorded world knows of people. Histories are kept and
// shown to whoever runs the system, so they hold none of it.
var secrets = []string{"Ada", "Lovelace", "Clara", "Schumann", "Okri", "@", "acme", "client.test", "Leadership", "Recorded ", "form to fill out",
	"my answer", "Posted mail", "Quarantined mail", "Believe me", "Nora", "quiet green", "/l/", "token", "coachflow.test", "Family", "127.0.0.1", "Dentist"}

func TestHistories_HoldNothingPersonal(t *testing.T) {
	t.Parallel()
	for _, file := range histories(t) {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		var parsed any
		require.NoError(t, json.Unmarshal(raw, &parsed))
		var texts []string
		collect(parsed, &texts)
		require.Contains(t, strings.Join(texts, "\n"), `{"o":"`, "the payloads are among them")
		for _, text := range texts {
			for _, secret := range secrets {
				require.NotContains(t, text, secret, file)
			}
		}
	}
}

// collect gathers every string of a history, payloads decoded.
func collect(v any, out *[]string) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if text, is := value.(string); is && key == "data" {
				if decoded, err := base64.StdEncoding.DecodeString(text); err == nil {
					*out = append(*out, string(decoded))
					continue
				}
			}
			*out = append(*out, key)
			collect(value, out)
		}
	case []any:
		for _, value := range v {
			collect(value, out)
		}
	case string:
		*out = append(*out, v)
	}
}

func TestRecordHistories(t *testing.T) {
	if os.Getenv("COACHFLOW_RECORD") != "1" {
		return // made by hand, see above
	}
	s := serve(t)
	s.record(t, "program_happy", s.recordHappy(t))
	s.record(t, "program_edits_pause_reminders", s.recordEdits(t))
	s.record(t, "program_dates", s.recordDates(t))
	s.recordRun(t, "recovery_sweep", workflows.SweepID, s.recordSweep(t))
	for _, end := range []string{"accepted", "ran_out", "reminded"} {
		s.record(t, "invitation_"+end, s.recordInvitation(t, end))
	}
	s.record(t, "notice", s.recordNotice(t))
	s.record(t, "program_held_task", s.recordHeld(t))
}

func TestRecordMailHistories(t *testing.T) {
	if os.Getenv("COACHFLOW_RECORD") != "1" {
		return // made by hand, see above
	}
	s := serve(t)
	posted := s.takesIn(t, s.letter("Posted mail", "hello"))
	s.over(t, workflows.InboundMailID(posted))
	s.record(t, "inbound_posted", workflows.InboundMailID(posted))
	aside := s.quarantines(t, "Believe me")
	s.over(t, workflows.InboundMailID(aside))
	s.record(t, "inbound_quarantined", workflows.InboundMailID(aside))
	_, err := s.app.ReleaseInboundMail(t.Context(), s.admin, aside)
	require.NoError(t, err)
	s.over(t, workflows.MailReleaseID(aside))
	s.record(t, "mail_release", workflows.MailReleaseID(aside))
}

func (s *served) record(t *testing.T, name, id string) {
	t.Helper()
	s.recordRun(t, name, id, "")
}

func (s *served) recordRun(t *testing.T, name, id, run string) {
	t.Helper()
	events := s.temporal.GetWorkflowHistory(t.Context(), id, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	var all history.History
	for events.HasNext() {
		event, err := events.Next()
		require.NoError(t, err)
		all.Events = append(all.Events, event)
	}
	data, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(&all)
	require.NoError(t, err)
	machine, err := os.Hostname() // in the names of sticky queues
	require.NoError(t, err)
	data = bytes.ReplaceAll(data, []byte(`"`+machine+":"), []byte(`"worker:`))
	require.NoError(t, os.MkdirAll(historiesDir, 0o755))
	file := filepath.Join(historiesDir, name+".json")
	for n := 2; exists(file); n++ { // beside the old ones, which stay
		file = filepath.Join(historiesDir, fmt.Sprintf("%s_%d.json", name, n))
	}
	require.NoError(t, os.WriteFile(file, append(data, '\n'), 0o644))
	t.Logf("%s: %d events, %d bytes", name, len(all.Events), len(data))
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func (s *served) recordHappy(t *testing.T) string {
	p := s.story(t, s.formItem("Recorded one"), s.formItem("Recorded two"))
	for _, title := range []string{"Recorded one", "Recorded two"} {
		p.becomes(title, "open")
		p.answers(title)
	}
	p.does(s.app.CompleteEngagement(t.Context(), s.admin, p.run.engagement.ID))
	p.ends()
	return workflows.ProgramID(p.run.engagement.ID)
}

func (s *served) recordEdits(t *testing.T) string {
	ctx := t.Context()
	p := s.story(t, s.formItem("Recorded three"), s.formItem("Recorded four", delayed(2, coaching.BusinessDays)), s.formItem("Recorded five", manual))
	engagement := p.run.engagement.ID
	three := p.becomes("Recorded three", "open")
	p.does(s.app.HoldFollowUp(ctx, s.admin, three.ID, three.To[0].ID, false))
	p.remindsSoon(three.ID)
	require.Eventually(t, func() bool { return strings.Contains(fmt.Sprint(p.subjects()), "reminder Recorded three") }, 20*time.Second, 50*time.Millisecond)
	p.does(s.app.AddItem(ctx, s.admin, engagement, 1, s.formItem("Recorded six")))
	p.does(s.app.MoveItem(ctx, s.admin, p.run.item("Recorded five").ID, 1))
	p.does(s.app.PauseEngagement(ctx, s.admin, engagement))
	p.answers("Recorded three")
	p.does(s.app.ResumeEngagement(ctx, s.admin, engagement))
	five := p.run.item("Recorded five")
	p.does(s.app.SendItem(ctx, s.admin, five.ID))
	p.does(s.app.TakeItemBack(ctx, s.admin, five.ID))
	p.does(s.app.SendItem(ctx, s.admin, five.ID))
	p.becomes("Recorded five", "open")
	p.does(s.app.SkipItem(ctx, s.admin, five.ID))
	p.becomes("Recorded six", "open")
	p.does(s.app.ReopenItem(ctx, s.admin, five.ID))
	p.does(nil, s.app.RemoveItem(ctx, s.admin, p.run.item("Recorded six").ID))
	p.does(s.app.CancelEngagement(ctx, s.admin, engagement))
	p.ends()
	return workflows.ProgramID(engagement)
}

// recordDates moves the dates of several items in one task, in which their
// timers are cancelled and started in an order that must stay as it is.
func (s *served) recordDates(t *testing.T) string {
	ctx := t.Context()
	at := func(days int) func(*coaching.ItemSpec) {
		return releasedAt(time.Now().AddDate(0, 0, days).Format("2006-01-02T09:00"))
	}
	p := s.story(t, s.formItem("Recorded nine"), s.formItem("Recorded ten", at(30)), s.formItem("Recorded eleven", at(20)))
	engagement := p.run.engagement.ID
	p.becomes("Recorded nine", "open")
	p.does(s.app.AddItem(ctx, s.admin, engagement, 0, s.formItem("Recorded twelve", at(10))))
	p.does(s.app.PauseEngagement(ctx, s.admin, engagement))
	p.does(s.app.ResumeEngagement(ctx, s.admin, engagement))
	p.answers("Recorded nine")
	p.does(s.app.MoveItem(ctx, s.admin, p.run.item("Recorded eleven").ID, 0))
	p.does(s.app.SkipItem(ctx, s.admin, p.run.item("Recorded ten").ID))
	p.does(s.app.PauseEngagement(ctx, s.admin, engagement))
	p.does(s.app.ResumeEngagement(ctx, s.admin, engagement))
	p.does(s.app.CancelEngagement(ctx, s.admin, engagement))
	p.ends()
	return workflows.ProgramID(engagement)
}

// remindsSoon moves the issue of an open item into the past, so that its first
// reminder is due in two seconds, and lets its program know of it by a resend.
func (s *told) remindsSoon(item uuid.UUID) {
	s.Helper()
	s.exec("UPDATE notifications SET planned_at = now() + interval '3 seconds' WHERE item_id = $1 AND step = 'reminder-1' AND state = 'planned'", item)
	s.does(s.app.SendItem(s.Context(), s.admin, item))
}

// recordInvitation invites somebody twice, the second time while the first
// invitation waits for its reminder.
func (s *served) recordInvitation(t *testing.T, end string) string {
	ctx := t.Context()
	person := s.person("Nora Okri", "coach", end+"@acme.test")
	for range 2 {
		before := len(s.mails.to(end + "@acme.test"))
		_, err := s.app.Invite(ctx, s.admin, app.InvitationInput{PersonID: person.ID})
		require.NoError(t, err)
		require.Eventually(t, func() bool { return len(s.mails.to(end+"@acme.test")) > before }, 20*time.Second, 50*time.Millisecond)
	}
	r := &invited{world: s.world, who: person}
	if end == "reminded" {
		s.exec("UPDATE notifications SET planned_at = now() WHERE state = 'planned' AND step = 'reminder-1' AND invitation_id = (SELECT id FROM invitations WHERE status = 'open' AND person_id = $1)", person.ID)
		require.NoError(t, s.temporal.SignalWorkflow(ctx, workflows.InvitationID(person.ID), "", workflows.LookAgainSignal, nil))
		require.Eventually(t, func() bool { return len(s.mails.to(end+"@acme.test")) == 3 }, 20*time.Second, 50*time.Millisecond)
	}
	if end != "ran_out" {
		_, err := s.app.ChoosePassword(ctx, r.link(end+"@acme.test"), secret, secret)
		require.NoError(t, err)
	} else {
		s.exec("UPDATE invitations SET send_at = send_at - interval '15 days', expires_at = expires_at - interval '15 days' WHERE status = 'open' AND person_id = $1", person.ID)
		s.exec("UPDATE notifications SET planned_at = planned_at - interval '15 days' WHERE state = 'planned' AND invitation_id = (SELECT id FROM invitations WHERE status = 'open' AND person_id = $1)", person.ID)
		require.NoError(t, s.temporal.SignalWorkflow(ctx, workflows.InvitationID(person.ID), "", workflows.LookAgainSignal, nil))
	}
	require.NoError(t, s.temporal.GetWorkflow(ctx, workflows.InvitationID(person.ID), "").Get(ctx, nil))
	return workflows.InvitationID(person.ID)
}

// recordHeld is a task whose mail is held until its reader has an account.
func (s *served) recordHeld(t *testing.T) string {
	ctx := t.Context()
	p := s.story(t, taskItem("Recorded task"), s.formItem("Recorded after"))
	task := p.becomes("Recorded task", "open")
	require.Eventually(t, func() bool { return p.run.outcomes()["task_request held"] == 1 }, 20*time.Second, 20*time.Millisecond)
	client := s.active(s.client)
	require.Eventually(t, func() bool { return fmt.Sprint(p.subjects()) == "[Recorded task: a task for you]" }, 20*time.Second, 20*time.Millisecond)
	done, err := s.app.CompleteTask(ctx, client, task.ID)
	require.NoError(t, err)
	require.Equal(t, app.TaskDone, done.Stand)
	p.becomes("Recorded after", "open")
	p.does(s.app.CompleteEngagement(ctx, s.admin, p.run.engagement.ID))
	p.ends()
	return workflows.ProgramID(p.run.engagement.ID)
}

func (s *served) recordNotice(t *testing.T) string {
	require.NoError(t, s.app.AskNewPassword(t.Context(), "ada@acme.test"))
	var id string
	s.ask("SELECT id::text FROM notifications WHERE kind = 'password_reset'", &id)
	require.NoError(t, s.temporal.GetWorkflow(t.Context(), "notice/"+id, "").Get(t.Context(), nil))
	return "notice/" + id
}

// recordSweep lets the sweep find something of each kind, then nothing, and go
// on in a new run: two minutes. It returns the run that is over.
func (s *served) recordSweep(t *testing.T) (run string) {
	ctx := t.Context()
	p := s.story(t, s.formItem("Recorded seven"))
	p.becomes("Recorded seven", "open")
	person := s.person("Nora Okri", "coach", "swept@acme.test")
	_, err := s.app.Invite(ctx, s.admin, app.InvitationInput{PersonID: person.ID})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(s.mails.to("swept@acme.test")) == 1 }, 20*time.Second, 50*time.Millisecond)
	s.app.Temporal = &away{}
	answer := p.run.submit("Recorded seven", ben)
	missed := s.engagement(s.formItem("Recorded eight"))
	_, err = s.app.Invite(ctx, s.admin, app.InvitationInput{PersonID: person.ID})
	require.NoError(t, err)
	require.NoError(t, s.app.AskNewPassword(ctx, "ada@acme.test"))
	s.app.Temporal = s.temporal
	mails, err := s.domain.Inbox.Store(ctx, s.arrives(s.letter("Posted mail", "swept")))
	require.NoError(t, err)
	s.exec("UPDATE answers SET submitted_at = submitted_at - interval '1 minute' WHERE recipient_id = $1", answer.Recipient)
	s.exec("UPDATE engagements SET started_at = started_at - interval '1 minute' WHERE id = $1", missed.ID)
	s.exec("UPDATE inbound_mails SET received_at = received_at - interval '1 minute' WHERE id = $1", mails[0].ID)
	s.exec("UPDATE invitations SET invited_at = invited_at - interval '1 minute', send_at = send_at - interval '1 minute' WHERE taken_up_at IS NULL")
	s.exec("UPDATE notifications SET planned_at = planned_at - interval '1 minute' WHERE state = 'planned'")

	start := workflows.StartRecoverySweep()
	start.Input = workflows.SweepInput{Rounds: 2, Events: 4000, Started: 1000}
	require.NoError(t, start.By(ctx, s.temporal))
	first, err := s.temporal.DescribeWorkflow(ctx, workflows.SweepID, "")
	require.NoError(t, err)
	run = first.WorkflowExecution.RunID
	require.Eventually(t, func() bool {
		found, err := s.temporal.DescribeWorkflow(ctx, workflows.SweepID, run)
		return err == nil && found.Status == enums.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW
	}, 3*time.Minute, time.Second)
	require.NoError(t, s.temporal.TerminateWorkflow(ctx, workflows.SweepID, "", "recorded"))
	return run
}
