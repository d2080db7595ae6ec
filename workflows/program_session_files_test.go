package workflows_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

// Files ride on the invitation, and each attendee opens them on the page behind their link;
// what is added or replaced later stands there, and is not mailed by itself.
func TestSessionFiles_RideOnTheInvitation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	agenda := w.upload(w.admin, "Agenda.pdf")
	spec := sessionItem("First session", to(coaching.RecipientSpec{Role: "coachee"}, coaching.RecipientSpec{Email: sam, Name: "Sam"}))
	spec.FileIDs = []uuid.UUID{agenda}
	r := w.program(w.engagement(spec))
	r.at(time.Hour, func() { r.schedules("First session", 5*day) })
	r.at(2*time.Hour, func() {
		for _, address := range []string{ben, sam} {
			require.Contains(t, w.mails.to(address)[0].Text, "Files: Agenda.pdf", address)
			require.Contains(t, w.mails.to(address)[0].Text, "#files", address)
		}
		id := r.item("First session").ID
		notes := w.upload(w.admin, "Notes.pdf")
		_, err := w.app.AddItemFiles(t.Context(), w.admin, id, []uuid.UUID{notes})
		require.NoError(t, err)
		_, err = w.app.AddItemFiles(t.Context(), w.admin, id, []uuid.UUID{notes})
		requireProblem(t, err, "item_file_twice")
		better := w.upload(w.admin, "Agenda 2.pdf")
		_, err = w.app.ReplaceItemFile(t.Context(), w.admin, id, agenda, better)
		require.NoError(t, err)
		require.Len(t, w.mails.all(), 2, "nobody is mailed for that")
		for _, address := range []string{ben, sam} {
			link := w.sessionLink(address)
			for range 2 { // looking counts nothing
				s, err := w.app.ReadSessionLink(t.Context(), link)
				require.NoError(t, err)
				require.Equal(t, []string{"Agenda 2.pdf", "Notes.pdf"}, namesOf(s.Files))
				require.Empty(t, s.Files[0].Views)
			}
			file, err := w.app.SessionFileByLink(t.Context(), link, better)
			require.NoError(t, err)
			require.Equal(t, "the content of Agenda 2.pdf", string(file.Data))
			_, err = w.app.SessionFileByLink(t.Context(), link, agenda)
			requireProblem(t, err, "session_file_gone")
		}
		views := r.item("First session").Files[0].Views
		require.Len(t, views, 1, "of a person; who has no account is nobody to count")
		require.Equal(t, w.client.ID, views[0].PersonID)
		r.does(func() error { return r.sendAgain("First session") })
	})
	r.at(3*time.Hour, func() {
		require.Contains(t, w.mails.to(ben)[1].Text, "Files: Agenda 2.pdf, Notes.pdf")
		r.skips("First session")
	})
	r.execute()
}

func namesOf(list []app.ItemFile) []string {
	var names []string
	for _, f := range list {
		names = append(names, f.Name)
	}
	return names
}
