package workflows_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
	"coachflow/outbox"
)

// setPace sets how many messages go on within an hour.
func (w *world) setPace(perHour int) {
	w.Helper()
	_, err := w.app.UpdateOrganization(w.Context(), w.admin, app.OrganizationInput{Name: "Acme Coaching", TimeZone: "Europe/Berlin", OnwardPerHour: &perHour})
	require.NoError(w, err)
}

// waiting are the mails that wait to go on, in the order in which they leave.
func (w *world) waiting() []app.Notification {
	w.Helper()
	page, err := w.app.ListNotifications(w.Context(), w.admin, nil, "planned", app.Paging{Most: 200})
	require.NoError(w, err)
	return page.Items
}

// R12: of very many messages at once some wait to go on by mail, each with its moment and
// its reason; all are in the stream at once; and each leaves by itself, in its order.
func TestR12_ManyMessagesAtOnceLeaveOneByOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.setPace(3)
	at := time.Now().UTC().Truncate(time.Second)
	for n := range 8 {
		moment, d := at.Add(time.Duration(n)*time.Second), w.mail(fmt.Sprint("Number ", n), "Words")
		if n == 5 {
			d = w.shares("File: Plan", "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=plan.pdf\r\n\r\n%PDF-1.4")
		}
		in, state := w.receivesAt(moment, d)
		require.Contains(t, []string{"posted", "filed"}, state)
		w.reads(in) // read again, as after a crash: it is not sent for that
	}
	require.Len(t, w.messages(), 7)
	require.Len(t, w.mails.to(ben), 3)
	list := w.waiting()
	require.Len(t, list, 5)
	for i, n := range list {
		require.Equal(t, at.Add(3*time.Second+time.Duration(i+1)*coaching.OnwardGap), n.PlannedAt.UTC())
		require.Equal(t, "waits: many messages at once", n.StateReason)
	}

	// The recovery sweep finds each when its moment has come, and not before.
	across := w.db.Across()
	for i, n := range list {
		due, err := across.SweepNotices(t.Context(), n.PlannedAt, 100)
		require.NoError(t, err)
		require.Empty(t, due)
		due, err = across.SweepNotices(t.Context(), n.PlannedAt.Add(time.Millisecond), 100)
		require.NoError(t, err)
		require.Len(t, due, 1)
		w.leaves(n, func() { require.Len(t, w.mails.to(ben), 3+i) })
		require.Len(t, w.mails.to(ben), 4+i)
	}
	for n, mail := range w.mails.to(ben) {
		want := fmt.Sprint("Number ", n)
		if n == 5 {
			want = "Clara Schumann shared a file: Plan"
		}
		require.Equal(t, want, mail.Subject)
		require.NotEmpty(t, mail.ReplyTo.Addr)
	}
}

// Each side of each pair counts for itself, and after an hour anew.
func TestPace_CountsEachSideForItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.setPace(2)
	at := time.Now().UTC().Truncate(time.Second).Add(-2 * time.Hour)
	writes := func(after time.Duration) {
		t.Helper()
		_, state := w.receivesAt(at.Add(after), w.mail("Hello", "Words "+after.String()))
		require.Equal(t, "posted", state)
	}
	writes(0)
	writes(time.Minute)
	_, state := w.receivesAt(at.Add(5*time.Minute), w.answers(true, w.newest(ben), uuid.NewString()+"@client.test"))
	require.Equal(t, "posted", state)
	require.Len(t, w.mails.to(clara), 1, "the other side goes on")
	writes(60*time.Minute + 30*time.Second) // of the two one counts still
	require.Equal(t, 3, len(w.mails.to(ben)))
	writes(60*time.Minute + 40*time.Second)
	require.Equal(t, 3, len(w.mails.to(ben)))
	require.Len(t, w.waiting(), 1)

	zoe := w.pair(w.coach, "Zoë Quist", "zoe@client.test")
	list, err := w.app.ListSystemAddresses(t.Context(), w.admin, nil, app.Paging{})
	require.NoError(t, err)
	for _, a := range list.Items {
		if a.ClientID == zoe.ClientID && a.Direction == "to_client" {
			_, state := w.receivesAt(at.Add(61*time.Minute), w.mail("Hello", "Zoë").set("To", a.Address))
			require.Equal(t, "posted", state)
		}
	}
	require.Len(t, w.mails.to("zoe@client.test"), 1, "and so does another pair")
}

// R1: what waited is asked for again when it leaves.
func TestR1_AMessageThatWaitedIsReadAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.setPace(1)
	w.receives(w.letter("One", "x"))
	w.receives(w.letter("Two", "x"))
	w.receives(w.letter("Three", "x"))
	list := w.waiting()
	require.Len(t, list, 2)
	_, err := w.app.UpdatePerson(t.Context(), w.admin, w.client.ID, w.version(w.client.ID), app.PersonInput{Name: "Ben Okri", Roles: []string{"coachee"}, TimeZone: "UTC", Emails: []string{"ben@new.test"}})
	require.NoError(t, err)
	w.leaves(list[0], nil)
	require.Len(t, w.mails.to("ben@new.test"), 1)
	w.exec("INSERT INTO blocked_addresses VALUES ($1, 'ben@new.test', 'it bounced', now())", w.admin.Org)
	w.leaves(list[1], nil)
	require.Len(t, w.mails.all(), 2)
	require.Equal(t, 1, w.count("SELECT count(*) FROM notifications WHERE state = 'suppressed' AND kind = $1", string(outbox.StreamMessage)))
}

// Mails that are posted at the same moment do not all take the last free place.
func TestPace_AtTheSameMoment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.setPace(3)
	var wait sync.WaitGroup
	for n := range 10 {
		in := w.stores(w.letter(fmt.Sprint("Number ", n), "Words"))
		wait.Go(func() {
			_, err := w.activities.ReceiveMail(t.Context(), in)
			require.NoError(t, err)
		})
	}
	wait.Wait()
	require.Len(t, w.mails.to(ben), 3)
	moments := map[time.Time]bool{}
	for _, n := range w.waiting() {
		moments[n.PlannedAt] = true
	}
	require.Len(t, moments, 7, "each has a moment of its own")
}
