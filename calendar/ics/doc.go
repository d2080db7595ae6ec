// Package ics writes and reads calendars (iCalendar, RFC 5545): the part of a mail that
// puts a session into somebody's calendar (RFC 5546), the feed that a calendar subscribes
// to, the feed of a coach's own calendar, which tells when the coach is busy, and the
// answers of calendars.
//
// The writer is our own. The one library there is lets line breaks in names through,
// which adds lines, and escapes parameters in a way that readers do not know. The reader
// is our own as well, since feeds come from strangers: whatever it is given, its cost is
// bounded.
package ics
