package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/accounts"
	"coachflow/app"
	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/outbox"
	"coachflow/workflows"
)

// taskItem is a task of the coachee, after the item before it.
func taskItem(title string, change ...func(*coaching.ItemSpec)) coaching.ItemSpec {
	spec := coaching.ItemSpec{Kind: coaching.TaskItem, Title: title, Description: "Half an hour.\n\nWrite down what surprised you.",
		Release: coaching.ReleaseRule{Rule: coaching.AfterPrior}, Recipients: []coaching.RecipientSpec{{Role: "coachee"}}}
	for _, c := range change {
		c(&spec)
	}
	return spec
}

// active gives somebody an account.
func (w *world) active(who app.Person) app.Principal {
	w.Helper()
	require.NoError(w, w.app.SetPassword(w.Context(), w.admin, app.PasswordInput{Person: who.ID, Password: secret}))
	return app.Principal{Org: w.admin.Org, Person: who.ID, Name: who.Name, Roles: who.Roles}
}

// getsAccount gives the client an account at the moment of the story, and tells
// the program what the application would tell it.
func (r *run) getsAccount() {
	r.Helper()
	hash, err := app.HashPassword(secret)
	require.NoError(r, err)
	var done accounts.Activated
	err = r.db.InOrg(r.Context(), r.admin.Org, func(q *rows.Queries) (err error) {
		who := outbox.Addressee{Org: r.admin.Org, Person: r.client.ID, At: r.env.Now().UTC().Truncate(time.Microsecond)}
		done, err = accounts.Activate(r.Context(), q, who, hash)
		return err
	})
	require.NoError(r, err)
	for _, one := range done.Released {
		require.Equal(r, r.engagement.ID, one.Engagement)
		r.env.SignalWorkflow(workflows.ReadAgainSignal, nil)
	}
}

// completes marks a task as complete, and tells the program.
func (r *run) completes(who app.Principal, title string) {
	r.Helper()
	r.away.takeSignals()
	task, err := r.app.CompleteTask(r.Context(), who, r.item(title).ID)
	require.NoError(r, err)
	require.Equal(r, app.TaskPending, task.Stand, "the engine is away")
	for _, told := range r.away.takeSignals() {
		require.Equal(r, workflows.ProgramID(r.engagement.ID), told.workflow)
		r.env.SignalWorkflow(told.name, told.arg)
	}
}

func (r *run) taskMail(n int) string {
	r.Helper()
	list := r.mails.to(ben)
	require.Greater(r, len(list), n)
	return list[n].Text
}

func TestTask_GoesOutIsDoneAndReleasesTheNext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := w.active(w.client)
	r := w.program(w.engagement(w.formItem("Intake"), taskItem("Talk to the team", dueAfter(10, coaching.Days)), w.formItem("Review")))
	r.at(time.Hour, func() { r.answer("Intake", ben) })
	r.at(2*time.Hour, func() {
		text := r.taskMail(1)
		require.Contains(t, text, "http://coachflow.test/tasks/"+r.item("Talk to the team").ID.String())
		require.Contains(t, text, "Write down what surprised you.")
		require.Contains(t, text, "Please do it by ")
		require.NotContains(t, text, "/l/", "it is done after a login, so there is no link that lets its holder do it")
	})
	r.at(6*day, func() {
		r.completes(client, "Talk to the team")
	})
	r.at(6*day+time.Hour, func() {
		require.Equal(t, "completed", r.item("Talk to the team").Status)
		task, err := w.app.CompleteTask(t.Context(), client, r.item("Talk to the team").ID)
		require.NoError(t, err)
		require.Equal(t, app.TaskDone, task.Stand, "doing it again shows the same")
		r.answer("Review", ben)
	})
	r.execute()
	require.Equal(t, []string{"0d request Intake " + ben, "1h Talk to the team: a task for you " + ben, "5d1h reminder Talk to the team " + ben, "6d request Review " + ben}, r.sent())
	require.Equal(t, []string{"form_answered", "item_completed", "task_done", "item_completed", "form_answered", "item_completed"}, r.events("form_answered", "task_done", "item_completed"))
}

func TestTask_SilenceEndsWithTheCoach(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.active(w.client)
	r := w.program(w.engagement(taskItem("Talk", dueAfter(4, coaching.Days))))
	r.execute()
	require.Equal(t, []string{"0d Talk: a task for you " + ben, "2d reminder Talk " + ben, "3d reminder Talk " + ben, "4d escalation Talk " + clara}, r.sent())
	require.Contains(t, w.mails.to(clara)[0].Text, "marked as complete")
}

func TestHeld_LeavesByItselfWhenThePersonGetsAnAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(taskItem("Talk", dueAfter(20, coaching.Days))))
	r.at(day, func() {
		require.Empty(t, r.sent())
		require.Equal(t, 3, r.outcomes()["task_reminder held"])
		require.Equal(t, 1, r.outcomes()["task_request held"])
		require.Contains(t, r.item("Talk").To[0].Undelivered, "held until", "and the coach can see why")
	})
	r.at(2*day, func() { r.getsAccount() })
	r.at(12*day, func() { r.completes(app.Principal{Org: w.admin.Org, Person: w.client.ID}, "Talk") })
	r.execute()
	require.Equal(t, []string{"2d Talk: a task for you " + ben, "10d reminder Talk " + ben}, r.sent())
}

// The coach hears that nobody was reached, and why.
func TestHeld_TheWordToTheCoachSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(taskItem("Talk", dueAfter(4, coaching.Days))))
	r.execute()
	require.Equal(t, []string{"4d escalation Talk " + clara}, r.sent())
	require.Contains(t, w.mails.to(clara)[0].Text, "who has no account yet and has got none of the mails")
}

// An account releases no backlog: of a request and two reminders that were held,
// one mail leaves.
func TestR2_AnAccountReleasesNoBacklog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(taskItem("Talk", dueAfter(20, coaching.Days))))
	r.at(day, func() { r.update(workflows.SendUpdate, r.act("Talk")) }) // sent again while it is held
	r.at(16*day, func() { r.getsAccount() })
	r.at(17*day, func() {
		require.Equal(t, 3, r.count("SELECT count(*) FROM notifications WHERE state = 'dropped' AND state_reason LIKE 'its time had passed%'"))
		r.getsAccount() // a new password is no new account
	})
	r.execute()
	require.Equal(t, []string{"16d Talk: a task for you " + ben, "19d reminder Talk " + ben, "20d escalation Talk " + clara}, r.sent())
}

func TestR1_WhatIsOverIsNotReleased(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(taskItem("Talk"), taskItem("Walk", manual)))
	r.at(day, func() { r.update(workflows.SkipUpdate, r.act("Talk")) })
	r.at(2*day, func() { r.getsAccount() })
	r.execute()
	require.Empty(t, r.sent())
}

func TestR2_WhatWasHeldDuringAPauseLeavesWithTheResume(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(taskItem("Talk")))
	r.at(day, func() { r.update(workflows.PauseUpdate, workflows.ProgramCommand{}) })
	r.at(2*day, func() { r.getsAccount() })
	r.at(4*day, func() {
		require.Empty(t, r.sent())
		r.update(workflows.ResumeUpdate, workflows.ProgramCommand{})
	})
	r.at(4*day+time.Minute, func() { r.completesLater() })
	r.execute()
	require.Equal(t, []string{"4d Talk: a task for you " + ben}, r.sent())
}

// Whatever was skipped, reopened, sent again and taken back while nobody could be
// reached: the account brings one mail, and that one.
func TestHeld_OneMailWhateverHappenedBefore(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		before func(*run)
		want   []string
	}{
		"skipped and reopened": {func(r *run) {
			r.at(day, func() { r.update(workflows.SkipUpdate, r.act("Talk")) })
			r.at(2*day, func() { r.update(workflows.ReopenUpdate, r.act("Talk")) })
		}, []string{"5d Talk: a task for you " + ben}},
		"sent again, and taken back": {func(r *run) {
			r.at(day, func() { r.update(workflows.SendUpdate, r.act("Talk")) })
			r.at(day+10*time.Second, func() { r.update(workflows.TakeBackUpdate, r.act("Talk")) })
		}, []string{"5d Talk: a task for you " + ben}},
		"sent again a moment before": {func(r *run) {
			r.at(5*day-10*time.Second, func() { r.update(workflows.SendUpdate, r.act("Talk")) })
		}, []string{"5d Talk: a task for you " + ben}},
		"a new due date": {func(r *run) {
			r.at(day, func() {
				r.edit(func(list []app.EditItem) []app.EditItem {
					list[0].Due = &coaching.DueRule{After: &coaching.Delay{Amount: 40, Unit: coaching.Days}}
					return list
				})
			})
		}, []string{"5d Talk: a task for you " + ben}},
		"the program was paused": {func(r *run) {
			r.at(day, func() { r.update(workflows.PauseUpdate, workflows.ProgramCommand{}) })
			r.at(2*day, func() { r.update(workflows.ResumeUpdate, workflows.ProgramCommand{}) })
		}, []string{"5d Talk: a task for you " + ben}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			r := w.program(w.engagement(taskItem("Talk", dueAfter(20, coaching.Days))))
			test.before(r)
			r.at(5*day, func() { r.getsAccount() })
			r.at(6*day, func() { r.completes(app.Principal{Org: w.admin.Org, Person: w.client.ID}, "Talk") })
			r.execute()
			require.Equal(t, test.want, r.sent())
		})
	}
}

// Of a mail that was sent, and sent again and taken back while the account was
// closed, nothing leaves with the new account.
func TestHeld_WhatWasTakenBackStaysTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := w.active(w.client)
	r := w.program(w.engagement(taskItem("Talk", dueAfter(20, coaching.Days))))
	r.at(day, func() {
		_, err := w.app.UpdatePerson(t.Context(), w.admin, client.Person, w.version(client.Person), app.PersonInput{Name: w.client.Name, Roles: w.client.Roles, State: "internal", TimeZone: "Europe/Berlin", Emails: w.client.Emails})
		require.NoError(t, err)
		r.update(workflows.SendUpdate, r.act("Talk"))
	})
	r.at(day+10*time.Second, func() { r.update(workflows.TakeBackUpdate, r.act("Talk")) })
	r.at(2*day, func() { r.getsAccount() })
	r.at(3*day, func() { r.completes(client, "Talk") })
	r.execute()
	require.Equal(t, []string{"0d Talk: a task for you " + ben}, r.sent())
}

// The mail cannot be written with these words: that is recorded and shown, and
// nothing is tried for ever.
func TestHeld_ALetterThatCannotBeWrittenIsShownAsFailed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.app.SetNotificationTemplate(t.Context(), w.admin, "task_request", coaching.LetterSpec{Subject: "{{coach}}", Body: "{{link}}"})
	require.NoError(t, err)
	r := w.program(w.engagement(taskItem("Talk")))
	r.at(time.Hour, func() { r.exec("UPDATE people SET name = ' ' WHERE id = $1", w.coach.ID) })
	r.at(day, func() { r.getsAccount() })
	r.at(day+time.Minute, func() {
		require.Equal(t, 1, r.outcomes()["task_request failed"])
		require.Contains(t, r.item("Talk").To[0].Undelivered, "cannot be written")
		found, err := w.activities.FindUnprocessed(t.Context())
		require.NoError(t, err)
		require.Empty(t, found.Changed)
		r.completesLater()
	})
	r.execute()
	require.Empty(t, r.sent())
	_, err = w.app.SetNotificationTemplate(t.Context(), w.admin, "task_request", coaching.LetterSpec{Subject: "{{description}}", Body: "{{link}}"})
	requireProblem(t, err, "letter_description_in_subject")
}

func TestTask_ACoacheeSeesNoDescriptionOfOthersTasks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := w.active(w.client)
	coach := to(coaching.RecipientSpec{Role: "coach"})
	r := w.program(w.engagement(taskItem("Mine"), taskItem("Later", manual), taskItem("The coach's", manual, coach)))
	r.at(time.Hour, func() {
		p, err := w.app.GetProgram(t.Context(), client, r.engagement.ID)
		require.NoError(t, err)
		require.NotEmpty(t, p.Items[0].Description)
		require.Empty(t, p.Items[1].Description, "not sent yet")
		require.Len(t, p.Items, 2, "the third is somebody else's")
		whole, err := w.app.GetProgram(t.Context(), w.admin, r.engagement.ID)
		require.NoError(t, err)
		_, err = w.app.GetItem(t.Context(), client, whole.Items[2].ID)
		requireProblem(t, err, "item_not_found")
		r.completes(client, "Mine")
	})
	r.execute()
}

func (r *run) completesLater() {
	r.env.RegisterDelayedCallback(func() { r.completes(app.Principal{Org: r.admin.Org, Person: r.client.ID}, "Talk") }, time.Hour)
}

// A mail can be planned as held in the very moment in which the account comes.
func TestHeld_TheSweepReleasesWhatWasMissed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(taskItem("Talk")))
	r.at(day, func() {
		r.exec("UPDATE people SET state = 'active' WHERE id = $1", w.client.ID)
		_, err := w.activities.FindUnprocessed(t.Context())
		require.NoError(t, err)
		require.Zero(t, r.outcomes()["task_request held"])
		require.Equal(t, 1, r.outcomes()["task_request planned"])
		r.env.SignalWorkflow(workflows.ReadAgainSignal, nil)
		r.env.SignalWorkflow(workflows.ReadAgainSignal, nil) // told twice
		r.completesLater()
	})
	r.execute()
	require.Equal(t, []string{"1d Talk: a task for you " + ben}, r.sent())
}

func TestHeld_AfterFourteenDaysTheAdminsAreToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.engagement(taskItem("Talk"), taskItem("Walk", func(s *coaching.ItemSpec) {
		s.Release = coaching.ReleaseRule{Rule: coaching.Manual}
	}))
	r := w.program(e)
	r.at(time.Hour, func() {
		find := func() []outbox.StandaloneMail {
			found, err := w.activities.FindUnprocessed(t.Context())
			require.NoError(t, err)
			return found.StandaloneMails
		}
		require.Empty(t, find())
		r.exec("UPDATE notifications SET planned_at = planned_at - interval '15 days' WHERE state = 'held'")
		require.Empty(t, find(), "planned now, sent by the next sweep")
		r.exec("UPDATE notifications SET planned_at = planned_at - interval '1 minute' WHERE kind = 'held_too_long'")
		notices := find()
		require.Len(t, notices, 1)
		require.NoError(t, w.activities.SendNotice(t.Context(), notices[0]))
		require.NoError(t, w.activities.SendNotice(t.Context(), notices[0]))
		require.Empty(t, find(), "once")
		r.exec("INSERT INTO notifications SELECT (jsonb_populate_record(n, jsonb_build_object('id', gen_random_uuid(), 'key', 'another', 'held_told_at', null))).* FROM notifications n WHERE state = 'held' AND step = 'reminder-1'")
		require.Zero(t, r.count("SELECT count(*) FROM sweep_held(now(), 10)"), "not again for what was added")
		r.update(workflows.EndUpdate, workflows.ProgramEnd{Status: "cancelled"})
	})
	r.runToEnd()
	word := w.mails.to("ada@acme.test")
	require.Len(t, word, 1)
	require.Equal(t, "Mails to Ben Okri are still held", word[0].Subject)
	require.Contains(t, word[0].Text, "http://coachflow.test/people/"+w.client.ID.String())
}

// runToEnd is execute for a story whose mails are not all the engagement's.
func (r *run) runToEnd() {
	r.Helper()
	r.env.ExecuteWorkflow(workflows.Program, workflows.ProgramInput{Org: r.admin.Org, Engagement: r.engagement.ID})
	require.NoError(r, r.env.GetWorkflowError())
}

func TestTask_IsOnlyForItsRecipients(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client, coach := w.active(w.client), w.active(w.coach)
	e := w.engagement(taskItem("Talk"), taskItem("Later", manual))
	r := w.program(e)
	r.at(time.Hour, func() {
		for _, who := range []app.Principal{coach, w.admin} {
			_, err := w.app.GetTask(t.Context(), who, r.item("Talk").ID)
			requireProblem(t, err, "task_not_found")
			_, err = w.app.CompleteTask(t.Context(), who, r.item("Talk").ID)
			requireProblem(t, err, "task_not_found")
		}
		_, err := w.app.GetTask(t.Context(), client, r.item("Later").ID)
		requireProblem(t, err, "task_not_found")
		r.update(workflows.SkipUpdate, r.act("Talk"))
	})
	r.at(2*time.Hour, func() {
		task, err := w.app.GetTask(t.Context(), client, r.item("Talk").ID)
		require.NoError(t, err)
		require.Equal(t, app.TaskClosed, task.Stand)
		_, err = w.app.CompleteTask(t.Context(), client, r.item("Talk").ID)
		requireProblem(t, err, "task_closed")
	})
	r.execute()
}

func TestTask_ReopenedIsDoneInANewRound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := w.active(w.client)
	r := w.program(w.engagement(taskItem("Talk")))
	r.at(time.Hour, func() { r.completes(client, "Talk") })
	r.at(2*time.Hour, func() { r.update(workflows.ReopenUpdate, r.act("Talk")) })
	r.at(3*time.Hour, func() {
		task, err := w.app.GetTask(t.Context(), client, r.item("Talk").ID)
		require.NoError(t, err)
		require.Equal(t, app.TaskOpen, task.Stand)
		r.completes(client, "Talk")
	})
	r.at(4*time.Hour, func() {
		require.Equal(t, "completed", r.item("Talk").Status)
		answers, err := w.app.ListAnswers(t.Context(), w.admin, r.item("Talk").ID)
		require.NoError(t, err)
		require.Len(t, answers, 2)
		require.Nil(t, answers[0].FormID)
	})
	r.execute()
	require.Equal(t, []string{"0d Talk: a task for you " + ben}, r.sent())
}
