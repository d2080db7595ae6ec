package workflows_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/program"
	"coachflow/workflows"
)

// upload uploads a file.
func (w *world) upload(who app.Principal, name string) uuid.UUID {
	w.Helper()
	begun := false
	list, err := w.app.UploadFiles(w.Context(), who, func() (string, io.Reader, error) {
		if begun {
			return "", nil, io.EOF
		}
		begun = true
		return name, strings.NewReader("the content of " + name), nil
	})
	require.NoError(w, err)
	return list[0].ID
}

// fileItem is a file for the coachee, after the item before it.
func (w *world) fileItem(title string, change ...func(*coaching.ItemSpec)) coaching.ItemSpec {
	w.Helper()
	spec := coaching.ItemSpec{Kind: coaching.FileItem, Title: title, Description: "Read **all** of it.\n\n- twice", FileIDs: []uuid.UUID{w.upload(w.admin, title+".pdf")},
		Release: coaching.ReleaseRule{Rule: coaching.AfterPrior}, Recipients: []coaching.RecipientSpec{{Role: "coachee"}}}
	for _, c := range change {
		c(&spec)
	}
	return spec
}

// replaces puts a new version in the place of the first file of an item, and tells the
// program as the application would.
func (r *run) replaces(title, name string) {
	r.Helper()
	item := r.item(title)
	r.replacesOne(title, item.FileIDs[0], name)
}

func (r *run) replacesOne(title string, old uuid.UUID, name string) {
	r.Helper()
	r.away.takeSignals()
	_, err := r.app.ReplaceItemFile(r.Context(), r.admin, r.item(title).ID, old, r.upload(r.admin, name))
	require.NoError(r, err)
	for _, told := range r.away.takeSignals() {
		require.Equal(r, workflows.ProgramID(r.engagement.ID), told.workflow)
		r.env.SignalWorkflow(told.name, told.arg)
	}
}

func (r *run) opened(who app.Principal, title string) app.Task {
	r.Helper()
	task, err := r.app.GetTask(r.Context(), who, r.item(title).ID)
	require.NoError(r, err)
	return task
}

// A file waits for somebody who has no account. With the account it goes out, it is
// downloaded and marked as complete after the login, no reminder follows, and the next
// item does.
func TestFile_ToSomebodyWhoActivates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := app.Principal{Org: w.admin.Org, Person: w.client.ID}
	r := w.program(w.engagement(w.fileItem("Values", dueAfter(20, coaching.Days)), w.formItem("Review")))
	r.at(day, func() {
		require.Empty(t, r.sent())
		require.Equal(t, 1, r.outcomes()["file_request held"])
		require.Equal(t, 3, r.outcomes()["file_reminder held"])
		require.Contains(t, r.item("Values").To[0].Undelivered, "held until", "and the coach can see why")
	})
	r.at(2*day, func() { r.getsAccount() })
	r.at(3*day, func() {
		mail := w.mails.to(ben)[0]
		require.Contains(t, mail.Text, "http://coachflow.test/tasks/"+r.item("Values").ID.String())
		require.Contains(t, mail.Text, "Values.pdf")
		require.Contains(t, mail.Text, "Please review it by ")
		require.Contains(t, mail.HTML, "Read <strong>all</strong> of it.")
		require.NotContains(t, mail.Text, "/l/", "it is read after a login")
		task := r.opened(client, "Values")
		require.Equal(t, "Values.pdf", task.Files[0].Name)
		_, data, err := w.app.ReadFile(t.Context(), client, task.Files[0].FileID)
		require.NoError(t, err)
		require.Equal(t, "the content of Values.pdf", string(data))
		seen := r.item("Values").Files[0].Views
		require.Len(t, seen, 1)
		require.Equal(t, "Ben Okri", seen[0].Name)
	})
	r.at(12*day, func() { r.completes(client, "Values") })
	r.at(13*day, func() {
		require.Equal(t, "completed", r.item("Values").Status)
		r.answer("Review", ben)
	})
	r.execute()
	require.Equal(t, []string{"2d Values: a file for you " + ben, "10d reminder Values " + ben, "12d request Review " + ben}, r.sent())
	require.Equal(t, []string{"file_reviewed", "item_completed", "form_answered", "item_completed"}, r.events("file_reviewed", "form_answered", "item_completed"))
}

func TestFile_SilenceEndsWithTheCoach(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.active(w.client)
	r := w.program(w.engagement(w.fileItem("Values", dueAfter(4, coaching.Days))))
	r.execute()
	require.Equal(t, []string{"0d Values: a file for you " + ben, "2d reminder Values " + ben, "3d reminder Values " + ben, "4d escalation Values " + clara}, r.sent())
}

// R1: who has completed it is reminded no more, although others are.
func TestR1_WhoHasReviewedAFileIsRemindedNoMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client, coach := w.active(w.client), w.active(w.coach)
	r := w.program(w.engagement(w.fileItem("Values", dueAfter(4, coaching.Days), to(coaching.RecipientSpec{Role: "coachee"}, coaching.RecipientSpec{Role: "coach"}))))
	r.at(day, func() { r.completes(client, "Values") })
	r.at(3*day+time.Hour, func() { r.completes(coach, "Values") })
	r.execute()
	for _, mail := range r.sent() {
		require.False(t, strings.Contains(mail, "reminder") && strings.HasSuffix(mail, ben), mail)
	}
	require.Contains(t, r.sent(), "2d reminder Values "+clara)
}

// A new version is told at once to who has not completed the item. Who has is left alone,
// and nobody is told twice.
func TestR15_ANewVersionIsToldOnceToWhoHasNotCompleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client, coach := w.active(w.client), w.active(w.coach)
	r := w.program(w.engagement(w.fileItem("Values", to(coaching.RecipientSpec{Role: "coachee"}, coaching.RecipientSpec{Role: "coach"}))))
	r.at(time.Hour, func() { r.completes(coach, "Values") })
	r.at(2*time.Hour, func() {
		r.replaces("Values", "Better values.pdf")
		r.env.SignalWorkflow(workflows.ReadAgainSignal, nil) // the sweep tells it again
	})
	r.at(3*time.Hour, func() {
		task := r.opened(client, "Values")
		require.Len(t, task.Files, 1)
		require.Equal(t, "Better values.pdf", task.Files[0].Name)
		require.Equal(t, 2, task.Files[0].Version)
		item := r.item("Values")
		require.Len(t, item.Files, 2, "who runs the program sees both")
		require.NotNil(t, item.Files[1].ReplacedAt)
		mail := w.mails.to(ben)[1]
		require.Contains(t, mail.Text, "new version of: Better values.pdf")
		r.completes(client, "Values")
	})
	r.execute()
	require.Equal(t, []string{"0d Values: a file for you " + ben, "0d Values: a file for you " + clara, "2h Values: there is a new version " + ben}, r.sent())
	require.Equal(t, []string{"item_file_replaced"}, r.events("item_file_replaced"))
}

// What is replaced while the program is paused is told with the resume, in one mail.
func TestR15_WhatIsReplacedDuringAPauseIsToldInOneMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := w.active(w.client)
	two := func(s *coaching.ItemSpec) { s.FileIDs = append(s.FileIDs, w.upload(w.admin, "Questions.docx")) }
	r := w.program(w.engagement(w.fileItem("Values", two)))
	r.at(day, func() { r.update(workflows.PauseUpdate, workflows.ProgramCommand{}) })
	r.at(day+time.Hour, func() {
		files := r.item("Values").FileIDs
		r.replacesOne("Values", files[0], "Values 2.pdf")
		r.replacesOne("Values", files[1], "Questions 2.docx")
		r.replaces("Values", "Values 3.pdf")
	})
	r.at(2*day, func() { r.update(workflows.ResumeUpdate, workflows.ProgramCommand{}) })
	r.at(2*day+time.Hour, func() {
		text := w.mails.to(ben)[1].Text
		require.Contains(t, text, "new version of: Values 3.pdf, Questions 2.docx.")
		require.Equal(t, 3, r.item("Values").Files[0].Version)
		r.completes(client, "Values")
	})
	r.execute()
	require.Equal(t, []string{"0d Values: a file for you " + ben, "2d Values: there is a new version " + ben}, r.sent())
}

// Who has got no mail yet gets one, and it leads to the new version.
func TestHeld_AReplacedFileIsNotToldBeforeTheFirstMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.fileItem("Values", dueAfter(20, coaching.Days))))
	r.at(day, func() {
		r.replaces("Values", "Better values.pdf")
		require.Equal(t, 1, r.outcomes()["file_replaced dropped"], "and that can be seen")
		require.Contains(t, r.item("Values").To[0].Undelivered, "held until")
	})
	r.at(2*day, func() { r.getsAccount() })
	r.at(3*day, func() {
		require.Contains(t, w.mails.to(ben)[0].Text, "Better values.pdf")
		r.completes(app.Principal{Org: w.admin.Org, Person: w.client.ID}, "Values")
	})
	r.execute()
	require.Equal(t, []string{"2d Values: a file for you " + ben}, r.sent())
}

// R1: who completes the item before the word of the new version leaves does not get it.
func TestR1_AFileThatIsCompletedIsNotToldOfAnyMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := w.active(w.client)
	r := w.program(w.engagement(w.fileItem("Values")))
	r.at(time.Hour, func() {
		r.away.takeSignals()
		_, err := w.app.CompleteTask(t.Context(), client, r.item("Values").ID) // saved, and the program has not heard of it
		require.NoError(t, err)
		old := r.item("Values").FileIDs[0]
		_, err = w.app.ReplaceItemFile(t.Context(), w.admin, r.item("Values").ID, old, w.upload(w.admin, "late.pdf"))
		requireProblem(t, err, "item_ended")
		for _, told := range r.away.takeSignals() {
			r.env.SignalWorkflow(told.name, told.arg)
		}
	})
	r.execute()
	require.Equal(t, []string{"0d Values: a file for you " + ben}, r.sent())
}

func TestFile_ReplacingIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client, coach := w.active(w.client), w.active(w.coach)
	theirs := w.upload(w.admin, "the admin's.pdf")
	r := w.program(w.engagement(w.fileItem("Values"), taskItem("Talk", manual), w.fileItem("Later", manual)))
	r.at(time.Hour, func() {
		replace := func(who app.Principal, title string, old, replacement uuid.UUID, code string) {
			_, err := w.app.ReplaceItemFile(t.Context(), who, r.item(title).ID, old, replacement)
			requireProblem(t, err, code)
		}
		values := r.item("Values").FileIDs[0]
		replace(client, "Values", values, theirs, "coach_only")
		replace(coach, "Values", values, theirs, "file_not_found")
		replace(w.admin, "Values", values, uuid.New(), "file_not_found")
		replace(w.admin, "Values", uuid.New(), theirs, "item_file_not_found")
		replace(w.admin, "Talk", values, theirs, "item_file_not_found")
		replace(w.admin, "Values", values, values, "item_file_twice")
		_, err := w.app.GetFile(t.Context(), client, r.item("Later").FileIDs[0])
		requireProblem(t, err, "file_not_found")
		r.replaces("Later", "Later 2.pdf")
		require.Len(t, r.item("Later").Files, 1, "it did not go out: nobody is told, and there is no version to keep")
		require.Equal(t, "Later 2.pdf", r.item("Later").Files[0].Name)
		own, err := w.app.GetFile(t.Context(), client, values)
		require.NoError(t, err)
		require.Empty(t, own.Views, "a recipient sees their own views alone")
		r.completes(client, "Values")
	})
	r.at(2*time.Hour, func() {
		r.update(workflows.SkipUpdate, r.act("Talk"))
		r.update(workflows.SkipUpdate, r.act("Later"))
		require.Equal(t, 0, r.outcomes()["file_replaced planned"]+r.outcomes()["file_replaced sent"])
	})
	r.execute()
}

// A replaced file is told by the program's own step: a worker that dies after the row was
// written leaves a plan, and the next attempt sends it once.
func TestFile_ANewVersionOutlivesACrash(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := w.active(w.client)
	r := w.program(w.engagement(w.fileItem("Values")))
	r.at(time.Hour, func() {
		r.away.takeSignals()
		old := r.item("Values").FileIDs[0]
		_, err := w.app.ReplaceItemFile(t.Context(), w.admin, r.item("Values").ID, old, w.upload(w.admin, "Better.pdf"))
		require.NoError(t, err, "saved, and nobody has told the program")
		found, err := w.activities.FindUnprocessed(t.Context())
		require.NoError(t, err)
		require.Empty(t, found.Programs, "the ordinary way has its chance first")
		w.exec("UPDATE engagements SET started_at = started_at - interval '1 hour'")
	})
	r.at(2*time.Hour, func() {
		found, err := w.activities.FindUnprocessed(t.Context())
		require.NoError(t, err)
		require.Len(t, found.Programs, 1, "the sweep finds it")
		for range 2 {
			_, err := w.activities.TakeStep(t.Context(), program.CommandContext{Org: w.admin.Org, Engagement: r.engagement.ID, Item: r.item("Values").ID, At: r.env.Now().UTC(), Key: "issue"})
			require.NoError(t, err)
		}
		r.env.SignalWorkflow(workflows.ReadAgainSignal, nil)
		r.completes(client, "Values")
	})
	r.execute()
	require.Equal(t, []string{"0d Values: a file for you " + ben, "2h Values: there is a new version " + ben}, r.sent())
}
