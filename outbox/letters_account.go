package outbox

import (
	"fmt"

	"coachflow/coaching"
)

// The letters about accounts: invitations, passwords, and what is held for somebody
// without one.
const (
	InvitationMail     coaching.NotificationKind = "invitation"
	InvitationReminder coaching.NotificationKind = "invitation_reminder"
	InvitationRanOut   coaching.NotificationKind = "invitation_expired"
	PasswordReset      coaching.NotificationKind = "password_reset"
	PasswordChanged    coaching.NotificationKind = "password_changed"
	HeldTooLong        coaching.NotificationKind = "held_too_long"
)

var accountLetters = []Letter{
	{
		Kind: InvitationMail, Gate: coaching.InvitationRow, Label: "Invitation",
		When:    "When an admin invites somebody, after the seconds in which it can be taken back.",
		To:      "The person who is invited.",
		Subject: "Your account with {{organization}}",
		Body: `Hello {{name}},

{{inviter}} invites you to create your account with {{organization}}. In it you find the programs, the messages and the files in one place.

[Create your account]({{link}})

You choose a password, and from then on you log in with {{address}}. The link is for you alone and works until {{until}}.

If you did not expect this mail, leave it: without you, nothing happens.
`,
		Placeholders: []Placeholder{readerName, organizationName, {"inviter", "Jonas Weber"}, readerAddress, personalLink, until},
		Why:          "You get this mail because you were invited to create an account.",
	},
	{
		Kind: InvitationReminder, Gate: coaching.InvitationRow, Label: "Reminder of the invitation",
		When:    "While the invitation is open, on the days that are set under Reminders.",
		To:      "The person who is invited.",
		Subject: "Reminder: your account with {{organization}}",
		Body: `Hello {{name}},

{{inviter}} has invited you to create your account with {{organization}}, and it is still waiting for you.

[Create your account]({{link}})

You choose a password, and from then on you log in with {{address}}. The link works until {{until}}.

If you do not want an account, you need not do anything.
`,
		Placeholders: []Placeholder{readerName, organizationName, {"inviter", "Jonas Weber"}, readerAddress, personalLink, until},
		Why:          "You get this reminder because you were invited to create an account.",
	},
	{
		Kind: InvitationRanOut, Gate: coaching.WorkRow, Label: "Invitation that has run out", Standalone: true,
		When:    "When an invitation has run out, after the time that is set under Reminders.",
		To:      "Every admin.",
		Subject: "{{invited}} has not created an account",
		Body: `Hello {{name}},

**{{invited}}** ({{address}}) was invited to {{organization}} and has not created an account. The link in the invitation has run out, and no more reminders go out.

[Invite them again]({{page}})
`,
		Placeholders: []Placeholder{coachIsReader, organizationName, {"invited", "Amara Okafor"}, readerAddress, personPage},
		Why:          "You get this mail because you are an admin of this organization.",
	},
	{
		Kind: PasswordReset, Gate: coaching.PasswordRow, Label: "Link to a new password", Standalone: true,
		When:    "At once when somebody asks for a new password on the login page.",
		To:      "The person whose address was entered, if they have an account.",
		Subject: "Choose a new password",
		Body: `Hello {{name}},

somebody, most likely you, has asked for a new password for your account with {{organization}}.

[Choose a new password]({{link}})

The link works until {{until}}, and once. Until you use it, your present password stays as it is.

If it was not you, leave this mail: nobody can do anything without it.
`,
		Placeholders: []Placeholder{readerName, organizationName, personalLink, until},
		Why:          "You get this mail because a new password was asked for with your address.",
	},
	{
		Kind: PasswordChanged, Gate: coaching.PasswordRow, Label: "Word about a new password", Standalone: true,
		When:    "At once when somebody who has an account chooses a new password.",
		To:      "The person whose password it is.",
		Subject: "Your password was changed",
		Body: `Hello {{name}},

the password of your account with {{organization}} was changed on {{when}}. Every login with the old password has ended.

If it was you, there is nothing to do. If it was not, [choose a new password]({{page}}) at once, and tell an admin of {{organization}}.
`,
		Placeholders: []Placeholder{readerName, organizationName, {"when", until.Sample}, {"page", "https://example.com/password"}},
		Why:          "You get this mail because the password of your account was changed.",
	},
	{
		Kind: HeldTooLong, Gate: coaching.WorkRow, Label: "Mails that are held for long", Standalone: true,
		When:    fmt.Sprintf("When mails to somebody without an account have been held for %d days; once for as long as any are held.", int(heldTooLong.Hours())/24),
		To:      "Every admin.",
		Subject: "Mails to {{person}} are still held",
		Body: `Hello {{name}},

mails of a coaching program to **{{person}}** ({{address}}) have been held for 14 days, because they can only be used with an account and there is none yet. They leave by themselves as soon as {{person}} has one.

[Look at the account, and invite {{person}}]({{page}})
`,
		Placeholders: []Placeholder{coachIsReader, organizationName, {"person", "Amara Okafor"}, readerAddress, personPage},
		Why:          "You get this mail because you are an admin of this organization.",
	},
}
