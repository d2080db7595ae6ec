package inbox

import (
	"strings"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/mail/receive"
)

// The reasons that this package gives, beside those of mail/receive.
const (
	answersLikeAMachine = "answers_like_a_machine"
	// looksLikeABounce is what mail of people can have, too, so a person may know better.
	looksLikeABounce = "looks_like_a_bounce"
	// mailLarge is over what is read, and kept whole; of mailTooLarge the header is kept.
	mailLarge    = "mail_large"
	mailTooLarge = "mail_too_large"
	// wordsTooOften bounds the mails that one attendee of a session can cause.
	wordsTooOften = coaching.WordsTooOften
)

// reason is why a mail was put aside or ignored, in words.
type reason struct {
	author string // to the person in whose name it came, behind "was put aside:"
	admin  string // to an admin
	never  string // to an admin: why it cannot be let through; empty where it can
}

// byHand is what is left to do with a mail that cannot become a message.
const byHand = "It cannot become a message. Download it, and pass on by hand what is needed of it."

// countByHand and nothingToCount are the same of a mail to the address of a session.
const (
	countByHand    = "It cannot count. Download it, and do by hand what is needed of it."
	nothingToCount = "There is nothing of it that could count."
)

var reasons = map[string]reason{
	"address_retired": {author: "the system address is not in use any more.",
		admin: "The address that it was sent to is not in use any more."},
	"author_unclear": {author: "it does not say clearly who wrote it.",
		admin: "It does not say clearly who wrote it."},
	"sender_unknown": {author: "it came from an address that is not one of yours.",
		admin: "It came from an address that is not known as the person's."},
	receive.SenderNoResults: {author: "the receiving mail server could not confirm where it came from.",
		admin: "The receiving mail server has not checked where it came from."},
	receive.SenderUnreadable: {author: "the receiving mail server could not confirm where it came from.",
		admin: "What the receiving mail server says about where it came from cannot be read."},
	receive.SenderDMARCFailed: {author: "it failed the check that protects your address from being forged (DMARC).",
		admin: "It failed the check that protects the sender's address from being forged (DMARC)."},
	receive.SenderNotAligned: {author: "nothing proves that it came from your address.",
		admin: "Nothing proves that it came from the sender's address."},
	answersLikeAMachine: {author: "it came at once as an answer, as several before it within the hour, as from a machine.",
		admin: "It came at once as an answer, as several before it within the hour, as from a machine that does not say that it is one."},
	"repeats_itself": {author: "the same words came several times as an answer within an hour, as from a machine.",
		admin: "The same words came several times as an answer within an hour, as from a machine that does not say that it is one."},
	"message_id_reused": {author: "another mail with the same Message-ID, but other contents, was posted before.",
		admin: "Another mail with the same Message-ID, but other contents, was posted before."},

	mailLarge: {author: "it is larger than 30 MB.",
		admin: "It is larger than 30 MB. It is kept whole.", never: byHand},
	mailTooLarge: {author: "it is larger than 30 MB.",
		admin: "It is too large to be kept here: what can be downloaded is its header. All of it is in the folder TooLarge of the mailbox.",
		never: "It cannot become a message. Whoever has access to the mailbox can pass on by hand what is needed of it."},
	receive.MailEncrypted: {author: "it is encrypted, and nobody here can open it. Send it again without encryption; a signature may stay.",
		admin: "It is encrypted, and nobody here can open it.", never: byHand},
	receive.MailUnreadable:  {admin: "It cannot be read.", never: byHand},
	"mail_too_deep":         {admin: "It has parts within parts within parts, deeper than is safe to read.", never: byHand},
	"mail_too_many_parts":   {admin: "It has more than 500 parts.", never: byHand},
	"mail_header_too_large": {admin: "Its header is larger than 256 kB.", never: byHand},

	receive.AutomaticReply: {admin: "It is an automatic reply."},
	receive.AutomaticList:  {admin: "It came through a mailing list, or was sent in bulk."},
	looksLikeABounce:       {admin: "It looks like a report that a mail did not arrive. A person's mail can look so, too, where a service sends it for them."},
	receive.AutomaticBounce: {admin: "It is a report that a mail did not arrive.",
		never: "Such a report is never passed on: nobody wrote it, and it could cause the next one. Which mail did not arrive stands under Mails."},
	receive.AutomaticOwn: {admin: "It is a mail of this system that came back.",
		never: "It is never passed on: it could go round in circles."},

	"answered_once":     {admin: "It answers a mail of ours whose answers nobody reads. Its sender was told so, and what to do."},
	"answered_before":   {admin: "It answers a mail of ours whose answers nobody reads. Its sender was told so within the 24 hours before."},
	"answers_an_answer": {admin: "It answers the mail that told its sender that nobody reads."},

	senderNotAttendee: {admin: "It was sent to the address of a session, from an address at which nobody attends that session."},
	calendarBroken:    {author: "the calendar in it cannot be read.", admin: "It was sent to the address of a session, and the calendar in it cannot be read.", never: countByHand},
	calendarSeveral:   {author: "the calendar in it is about several events.", admin: "The calendar in it is about several events.", never: countByHand},
	calendarRepeats:   {author: "the calendar in it is about an event that repeats.", admin: "The calendar in it is about an event that repeats. No session does.", never: countByHand},
	calendarNoAnswer: {author: "the calendar in it is no answer to an invitation.",
		admin: "The calendar in it is no answer to an invitation: somebody invites, cancels or announces something themselves. That changes no session.", never: countByHand},
	calendarOtherEvent: {author: "the calendar in it is about another event.", admin: "The calendar in it is about another event than the session to whose address it was sent.", never: countByHand},
	calendarOtherName:  {author: "the calendar in it answers for somebody else.", admin: "The calendar in it answers for somebody other than its sender.", never: countByHand},
	calendarDelegated: {author: "it sends somebody else to the session. Ask the coach to invite them.",
		admin: "Its sender sends somebody else to the session. Only who runs the engagement adds somebody.", never: countByHand},
	sessionWordsNone: {author: "there are no words in it, and no answer of a calendar.", admin: "There are no words in it, and no answer of a calendar.", never: countByHand},
	wordsTooOften:    {author: "there were too many within a day.", admin: "Its sender has written to the coach in this way many times within a day."},

	"session_accepted":  {admin: "An attendee has accepted the session."},
	"session_declined":  {admin: "An attendee has declined the session."},
	"session_tentative": {admin: "An attendee may come to the session."},
	"session_proposed":  {admin: "An attendee proposes another time for the session. The coach decides about it."},
	"session_words":     {admin: "An attendee has written about the session. The coach got their words by mail."},
	"answered_twice":    {admin: "The same mail counted before."},

	coaching.AnswerOutdated:  {admin: "It answers the invitation to an earlier time of the session, and says nothing about the present one.", never: nothingToCount},
	coaching.AnswerOvertaken: {admin: "A later answer of the same attendee counts.", never: nothingToCount},
	coaching.AnswerTooLate:   {admin: "The session has begun, is over or was cancelled, so there is nothing to answer any more.", never: nothingToCount},
	coaching.AnswerUninvited: {admin: "Its sender was taken off the session.", never: nothingToCount},
	coaching.AnswerEmpty:     {admin: "It says neither yes nor no.", never: nothingToCount},
	coaching.ProposalNoTime:  {admin: "It proposes another time, which cannot be read.", never: countByHand},
	coaching.ProposalSame:    {admin: "It proposes the time that the session has.", never: nothingToCount},
	coaching.ProposalPassed:  {admin: "It proposes a time that has passed.", never: nothingToCount},

	"posted_before":      {admin: "The same mail was posted before."},
	"share_without_file": {admin: "It was to share a file and had none, so it is an ordinary message."},
	"share_of_many":      {admin: "It was to share a file and had several, so it is an ordinary message."},
	"share_opaque":       {admin: "It was to share a file, which its signature or encryption hides, so it is an ordinary message."},
	"share_without_name": {admin: "It was to share a file without saying its name, so it is an ordinary message."},
}

// ReasonWords say to an admin why a mail was put aside or ignored; false for a reason
// without words.
func ReasonWords(code string) (words string, known bool) {
	r, known := reasons[code]
	return r.admin, known
}

// NotPostable says to an admin why a mail that was put aside or ignored for a reason
// cannot be let through; empty where it can. size is that of the mail, in bytes.
func NotPostable(code string, size int64) string {
	if never := reasons[code].never; never != "" {
		return never
	}
	if size > receive.MaxMailSize {
		return "It is larger than 30 MB. " + byHand
	}
	return ""
}

// postable tells whether a mail of a reason can become a message, as far as the reason goes.
func postable(code string) bool { return NotPostable(code, 0) == "" }

// quarantineWord says to the author why a mail was put aside.
func quarantineWord(code string) string {
	if words := reasons[code].author; words != "" {
		return words
	}
	return "it could not be read safely."
}

// quarantineAdvice says to the author what they can do about a mail that was put aside.
func quarantineAdvice(row rows.InboundMailGetRow) string {
	switch {
	case postable(row.Reason):
		return "If it was you, ask an admin of " + row.OrganizationName + " to release it."
	case row.Reason == mailLarge || row.Reason == mailTooLarge:
		return "If it was you, it cannot reach the other side as it is. Put the files where they can be downloaded and send a link to them, or send them in several mails with up to 20 MB of files each."
	case strings.HasPrefix(row.Reason, "mail_"):
		return "If it was you, send it again in another form: as it is, nobody can release it."
	}
	return ""
}
