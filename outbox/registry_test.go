package outbox_test

import (
	"context"
	"regexp"
	"slices"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// receives is who receives what, letter by letter: active, invited, internal, a
// bare email address, a coach without an account.
var receives = []struct {
	kind                                            coaching.NotificationKind
	active, invited, internal, bareEmail, bareCoach coaching.Gate
}{
	{outbox.InvitationMail, "refused", "send", "send", "refused", "refused"},
	{outbox.InvitationReminder, "refused", "send", "send", "refused", "refused"},
	{outbox.FormRequest, "send", "send", "send", "send", "send"},
	{outbox.FormReminder, "send", "send", "send", "send", "send"},
	{outbox.TaskRequest, "send", "held", "held", "refused", "refused"},
	{outbox.FileRequest, "send", "held", "held", "refused", "refused"},
	{outbox.FileReplaced, "send", "held", "held", "refused", "refused"},
	{outbox.TaskReminder, "send", "held", "held", "refused", "refused"},
	{outbox.StreamMessage, "send", "send", "send", "refused", "refused"},
	{outbox.FileShared, "send", "send", "send", "refused", "refused"},
	{outbox.FileNotShared, "send", "send", "send", "refused", "refused"},
	{outbox.ContactsForCoach, "send", "send", "send", "refused", "refused"},
	{outbox.AddressForClient, "send", "send", "send", "refused", "refused"},
	{outbox.FormEscalation, "send", "send", "send", "send", "send"},
	{outbox.InboundMailQuarantined, "send", "send", "send", "send", "send"},
	{outbox.TaskEscalation, "send", "send", "send", "send", "send"},
	{outbox.HeldTooLong, "send", "send", "send", "send", "send"},
	{outbox.InvitationRanOut, "send", "send", "send", "send", "send"},
	{outbox.PasswordChanged, "send", "refused", "refused", "refused", "refused"},
	{outbox.PasswordReset, "send", "refused", "refused", "refused", "refused"},
}

// A letter that comes new names its row, which coaching has in a table; it need not
// stand here, where the first ones are held to what they were.
func TestGateOf_WholeTable(t *testing.T) {
	t.Parallel()
	seen := map[coaching.NotificationKind]bool{}
	for _, row := range receives {
		seen[row.kind] = true
		check := func(standing coaching.Standing, want coaching.Gate) {
			t.Helper()
			got := outbox.GateOf(row.kind, standing, false)
			require.Equal(t, want, got.Gate, "%s to %s", row.kind, standing)
			require.Equal(t, want == coaching.GateSend, got.Reason == "", "%s to %s: what is stopped has a reason", row.kind, standing)
		}
		check(coaching.ActivePerson, row.active)
		check(coaching.InvitedPerson, row.invited)
		check(coaching.InternalPerson, row.internal)
		check(coaching.BareEmail, row.bareEmail)
		check(coaching.BareCoach, row.bareCoach)
	}
	require.Len(t, seen, len(receives), "every kind has one row")
	for kind := range seen {
		_, registered := outbox.LetterOf(kind)
		require.True(t, registered, "%s is in the test and not registered", kind)
	}
}

func TestGateOf_BlockedAddressGetsNothing(t *testing.T) {
	t.Parallel()
	for _, letter := range outbox.Letters() {
		for _, standing := range []coaching.Standing{coaching.ActivePerson, coaching.InvitedPerson, coaching.InternalPerson, coaching.BareEmail, coaching.BareCoach} {
			open, blocked := outbox.GateOf(letter.Kind, standing, false), outbox.GateOf(letter.Kind, standing, true)
			require.NotEqual(t, coaching.GateSend, blocked.Gate, "%s to %s", letter.Kind, standing)
			require.NotEmpty(t, blocked.Reason)
			if open.Gate == coaching.GateSend {
				require.Equal(t, coaching.GateSuppress, blocked.Gate)
				require.Contains(t, blocked.Reason, "bounced")
			}
		}
	}
}

func TestGateOf_RefusesTheUnknown(t *testing.T) {
	t.Parallel()
	check := func(kind coaching.NotificationKind, standing coaching.Standing) {
		t.Helper()
		for _, blocked := range []bool{false, true} {
			got := outbox.GateOf(kind, standing, blocked)
			require.Equal(t, coaching.GateRefuse, got.Gate)
			require.NotEmpty(t, got.Reason)
		}
	}
	check("", coaching.ActivePerson)
	check("newsletter", coaching.ActivePerson)
	check("Form_Request", coaching.BareEmail)
	check("session", coaching.ActivePerson)
	check(outbox.FormRequest, "")
	check(outbox.FormRequest, "Active")
}

func TestGateOf_InvitationToAnActivePersonSaysWhy(t *testing.T) {
	t.Parallel()
	for _, kind := range []coaching.NotificationKind{outbox.InvitationMail, outbox.InvitationReminder} {
		require.Contains(t, outbox.GateOf(kind, coaching.ActivePerson, false).Reason, "active account already")
	}
}

func TestLetters_AreRegisteredWhole(t *testing.T) {
	t.Parallel()
	labels, kinds := map[string]bool{}, map[coaching.NotificationKind]bool{}
	for _, letter := range outbox.Letters() {
		require.Regexp(t, `^[a-z_]+$`, letter.Kind)
		require.False(t, kinds[letter.Kind], "%s is registered twice", letter.Kind)
		require.False(t, labels[letter.Label], "%s shares its label", letter.Kind)
		kinds[letter.Kind], labels[letter.Label] = true, true
		require.Regexp(t, `^[A-Z][^.]*$`, letter.Label, "%s is named in lists", letter.Kind)
		require.Regexp(t, `^[A-Z].*\.$`, letter.When, "%s says when it is sent", letter.Kind)
		require.Regexp(t, `^[A-Z].*\.$`, letter.To, "%s says to whom it is sent", letter.Kind)
		require.Contains(t, []coaching.Gate{coaching.GateSend, coaching.GateRefuse}, letter.Gate.Decide(coaching.ActivePerson, false).Gate)
		require.NotContains(t, letter.Gate.Decide(coaching.ActivePerson, false).Reason, "unknown", "%s has a row of the gate table", letter.Kind)
		found, registered := outbox.LetterOf(letter.Kind)
		require.True(t, registered)
		require.Equal(t, letter, found)
	}
	require.NotEmpty(t, kinds)
}

var placeholder = regexp.MustCompile(`{{(.*?)}}`)

func TestLetters_UseOnlyTheirPlaceholders(t *testing.T) {
	t.Parallel()
	for _, letter := range outbox.Letters() {
		kind := letter.Kind
		require.NotEmpty(t, letter.Subject, kind)
		require.NotEmpty(t, letter.Body, kind)
		require.Regexp(t, `^You get this .*\.$`, letter.Why, "%s says in its footer why", kind)
		require.NotContains(t, letter.Why, "{{", kind)
		require.False(t, slices.ContainsFunc([]rune(letter.Subject), unicode.IsControl), "%s has a subject on one line", kind)
		for _, text := range []string{letter.Subject, letter.Body} {
			for _, found := range placeholder.FindAllStringSubmatch(text, -1) {
				require.Contains(t, letter.Names(), found[1], "%s uses a placeholder that nobody fills", kind)
			}
			rest := placeholder.ReplaceAllString(text, "")
			require.NotContains(t, rest, "{{", kind)
			require.NotContains(t, rest, "}}", kind)
		}
		sorted := slices.Sorted(slices.Values(letter.Names()))
		require.Equal(t, sorted, slices.Compact(slices.Clone(sorted)), "%s names a placeholder twice", kind)
	}
}

// Some placeholders are there for the words of organizations alone.
func TestLetters_UseAllTheirPlaceholders(t *testing.T) {
	t.Parallel()
	offered := map[string]bool{"name": true, "organization": true, "coach": true, "coachee": true, "engagement": true, "description": true}
	for _, letter := range outbox.Letters() {
		for _, name := range letter.Names() {
			if !offered[name] {
				require.Contains(t, letter.Subject+letter.Body, "{{"+name+"}}", "%s has no use for %s", letter.Kind, name)
			}
		}
	}
}

func TestLetters_MailsToAnswerCarryTheirLink(t *testing.T) {
	t.Parallel()
	for _, kind := range []coaching.NotificationKind{outbox.FormRequest, outbox.FormReminder, outbox.InvitationMail, outbox.InvitationReminder, outbox.PasswordReset,
		outbox.TaskRequest, outbox.TaskReminder, outbox.FileRequest, outbox.FileReminder, outbox.FileReplaced, outbox.FileShared} {
		letter, _ := outbox.LetterOf(kind)
		require.Contains(t, letter.Body, "({{link}})", kind)
	}
	for _, kind := range []coaching.NotificationKind{outbox.FormEscalation, outbox.StreamMessage, outbox.InboundMailQuarantined, outbox.InvitationRanOut, outbox.TaskEscalation,
		outbox.HeldTooLong, outbox.FileNotShared, outbox.ContactsForCoach, outbox.AddressForClient, outbox.PasswordChanged} {
		letter, registered := outbox.LetterOf(kind)
		require.True(t, registered, kind)
		require.NotContains(t, letter.Names(), "link", "%s goes to somebody who must not act for the reader", kind)
	}
}

func TestLetters_DeliveredItemsHaveTheirs(t *testing.T) {
	t.Parallel()
	for _, kind := range coaching.ItemKinds {
		letters := coaching.LettersOf(kind)
		for _, letter := range letters.All() {
			_, registered := outbox.LetterOf(letter)
			require.True(t, registered, letter)
		}
		refused := outbox.GateOf(letters.Request, coaching.BareEmail, false).Gate == coaching.GateRefuse
		require.Equal(t, kind.Rules().NeedsAccount, refused, kind)
	}
}

func TestSample_ShowsEveryLetter(t *testing.T) {
	t.Parallel()
	for _, letter := range outbox.Letters() {
		sample, err := letter.Sample(letter.Default(), "Acme Coaching")
		require.NoError(t, err, letter.Kind)
		require.Contains(t, sample.Text, letter.Why)
		require.NotContains(t, sample.Subject+sample.Text+sample.HTML, "{{", letter.Kind)
	}
}

func TestSample_HasAValueForEveryPlaceholder(t *testing.T) {
	t.Parallel()
	for _, letter := range outbox.Letters() {
		for _, name := range letter.Names() {
			sample, err := letter.Sample(coaching.LetterSpec{Subject: "About", Body: "Before {{" + name + "}} after"}, "Acme Coaching")
			require.NoError(t, err)
			require.NotContains(t, sample.Text, "Before after", "%s of %s", name, letter.Kind)
			require.NotContains(t, sample.Text, "Before  after", "%s of %s", name, letter.Kind)
			require.NotContains(t, sample.Text, "{{", "%s of %s", name, letter.Kind)
			if name == "organization" {
				require.Contains(t, sample.Text, "Before Acme Coaching after")
			}
		}
	}
	letter, _ := outbox.LetterOf(outbox.FormRequest)
	_, err := letter.Sample(coaching.LetterSpec{Subject: "About", Body: "{{nothing}}"}, "Acme Coaching")
	require.Error(t, err)
}

func writes(context.Context, *rows.Queries, rows.Notification) (*outbox.Draft, error) {
	return nil, nil
}

func TestCheck_AsksForAWriterOfEachStandaloneLetter(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, new(outbox.Outbox).Check(), "no writer")
	whole := func() map[coaching.NotificationKind]outbox.Writer {
		writers := map[coaching.NotificationKind]outbox.Writer{}
		for _, letter := range outbox.Letters() {
			if letter.Standalone || letter.MayWait {
				writers[letter.Kind] = writes
			}
		}
		delete(writers, outbox.HeldTooLong) // its writer is the outbox's own
		return writers
	}
	check := func(fault string, change func(map[coaching.NotificationKind]outbox.Writer)) {
		t.Helper()
		writers, o := whole(), new(outbox.Outbox)
		change(writers)
		o.Use(writers)
		if fault == "" {
			require.NoError(t, o.Check())
			return
		}
		require.ErrorContains(t, o.Check(), fault)
	}
	check("", func(map[coaching.NotificationKind]outbox.Writer) {})
	for kind := range whole() {
		check(`no writer for letters of kind "`+string(kind)+`"`, func(w map[coaching.NotificationKind]outbox.Writer) { delete(w, kind) })
	}
	check(`"newsletter"`, func(w map[coaching.NotificationKind]outbox.Writer) { w["newsletter"] = writes })
	check(`"form_request"`, func(w map[coaching.NotificationKind]outbox.Writer) { w[outbox.FormRequest] = writes })
}

// The refusal comes before anything is asked of the database.
func TestPlan_RefusesWhatIsNotRegistered(t *testing.T) {
	t.Parallel()
	to := rows.ContactGetRow{Name: "Ada", Address: "ada@acme.test", State: string(coaching.ActivePerson)}
	for _, kind := range []coaching.NotificationKind{"", "newsletter", "session", "Form_Request", "goal_milestone"} {
		n := outbox.PlanTo(to, kind, "key", "reason")
		require.Equal(t, "failed", n.State, kind)
		require.ErrorContains(t, outbox.PlanOne(t.Context(), nil, n), `no letter of kind "`+string(kind)+`" is registered`)
		require.ErrorContains(t, outbox.PlanAll(t.Context(), nil, []rows.NotificationPlanParams{outbox.PlanTo(to, outbox.FormRequest, "k", "r"), n}), "is registered")
	}
	require.Equal(t, "planned", outbox.PlanTo(to, outbox.FormRequest, "key", "reason").State)
}

// A letter to the coach of an engagement or to the admins leads to the page that it is
// about, and its words are there to be replaced with the link in them.
func TestLetters_ThoseAboutTheWorkLeadToTheirPage(t *testing.T) {
	t.Parallel()
	found := 0
	for _, letter := range outbox.Letters() {
		if regexp.MustCompile(`^(Every admin|The coach of the engagement)`).MatchString(letter.To) {
			found++
			require.Contains(t, letter.Body, "]({{page}})", string(letter.Kind))
		}
	}
	require.Greater(t, found, 3)
}
