package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

// proposal is the address of a time that the admin proposes for a session which they attend,
// by an answer of their calendar.
func (w *extremesWorld) proposal() string {
	w.Helper()
	item := w.session(true)
	type entry struct {
		ID       string
		ItemID   string `json:"item_id"`
		Calendar string
	}
	var invitation entry
	w.eventually(30*time.Second, "the invitation is sent", func() bool {
		for _, n := range list[entry](w.outside, "/notifications?state=sent&engagement_id="+w.last) {
			invitation = get[entry](w.outside, "/notifications/"+n.ID)
		}
		return invitation.Calendar != ""
	})
	raw := strings.ReplaceAll(invitation.Calendar, "\r\n ", "")
	field := func(name, until string) string {
		_, rest, found := strings.Cut(raw, name)
		require.True(w, found, name)
		value, _, _ := strings.Cut(rest, until)
		return value
	}
	organizer := strings.TrimPrefix(field("ORGANIZER", "\r\n")[strings.LastIndex(field("ORGANIZER", "\r\n"), "mailto:"):], "mailto:")
	*w.made++
	counter := strings.Join([]string{"BEGIN:VCALENDAR", "METHOD:COUNTER", "BEGIN:VEVENT", "UID:" + field("UID:", "\r\n"), "SEQUENCE:0", "DTSTAMP:20260101T000000Z",
		"DTSTART:20300305T090000Z", "DTEND:20300305T100000Z", "ATTENDEE;PARTSTAT=TENTATIVE:mailto:" + w.AdminEmail, "END:VEVENT", "END:VCALENDAR"}, "\r\n")
	mail := fmt.Sprintf("From: %s\nTo: %s\nSubject: New time\nDate: %s\nMessage-ID: <extreme%d@calendar.example>\nMIME-Version: 1.0\nContent-Type: text/calendar; method=COUNTER; charset=utf-8\n\n%s\n",
		w.AdminEmail, organizer, time.Now().Format(time.RFC1123Z), *w.made, counter)
	w.outside.send(w.AdminEmail, organizer, mail)
	proposal := ""
	w.eventually(30*time.Second, "the proposal waits", func() bool {
		shown := get[struct {
			Session struct{ Proposals []thing }
		}](w.outside, "/items/"+item)
		if len(shown.Session.Proposals) > 0 {
			proposal = shown.Session.Proposals[0].ID
		}
		return proposal != ""
	})
	return "/items/" + item + "/proposals/" + proposal
}
