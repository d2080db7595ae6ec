package coaching

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// receives is who receives what, row by row: active, invited, internal, a bare
// email address, a coach without an account.
var receives = []struct {
	kind                                            NotificationKind
	active, invited, internal, bareEmail, bareCoach Gate
}{
	{InvitationMail, "refused", "send", "send", "refused", "refused"},
	{InvitationReminder, "refused", "send", "send", "refused", "refused"},
	{MatchingStarted, "send", "held", "held", "refused", "refused"},
	{InterviewMail, "send", "held", "held", "refused", "send"},
	{SelectCoach, "send", "held", "held", "refused", "refused"},
	{ResourceShared, "send", "suppressed", "suppressed", "refused", "refused"},
	{SessionMail, "send", "send", "send", "send", "send"},
	{FormRequest, "send", "send", "send", "send", "send"},
	{FormReminder, "send", "send", "send", "send", "send"},
	{FileRequest, "send", "held", "held", "refused", "refused"},
	{FileReminder, "send", "held", "held", "refused", "refused"},
	{TaskRequest, "send", "held", "held", "refused", "refused"},
	{TaskReminder, "send", "held", "held", "refused", "refused"},
	{MilestoneReminder, "send", "suppressed", "suppressed", "refused", "refused"},
	{GoalFeedbackRequest, "send", "send", "send", "send", "send"},
	{InvoiceMail, "send", "send", "send", "send", "send"},
	{StreamMessage, "send", "send", "send", "refused", "refused"},
	{FileShared, "send", "send", "send", "refused", "refused"},
	{FileNotShared, "send", "send", "send", "refused", "refused"},
	{ContactsForCoach, "send", "send", "send", "refused", "refused"},
	{AddressForClient, "send", "send", "send", "refused", "refused"},
	{FormEscalation, "send", "send", "send", "send", "send"},
	{InboundMailQuarantined, "send", "send", "send", "send", "send"},
	{TaskEscalation, "send", "send", "send", "send", "send"},
	{HeldTooLong, "send", "send", "send", "send", "send"},
	{InvitationRanOut, "send", "send", "send", "send", "send"},
	{PasswordChanged, "send", "refused", "refused", "refused", "refused"},
	{PasswordReset, "send", "refused", "refused", "refused", "refused"},
}

func TestGateOf_WholeTable(t *testing.T) {
	t.Parallel()
	seen := map[NotificationKind]bool{}
	for _, row := range receives {
		seen[row.kind] = true
		check := func(standing Standing, want Gate) {
			t.Helper()
			got := GateOf(row.kind, standing, false)
			require.Equal(t, want, got.Gate, "%s to %s", row.kind, standing)
			require.Equal(t, want == GateSend, got.Reason == "", "%s to %s: what is stopped has a reason", row.kind, standing)
		}
		check(ActivePerson, row.active)
		check(InvitedPerson, row.invited)
		check(InternalPerson, row.internal)
		check(BareEmail, row.bareEmail)
		check(BareCoach, row.bareCoach)
	}
	require.Len(t, seen, len(receives), "every kind has one row")
	for kind := range gates {
		require.True(t, seen[kind], "%s has no row in the test", kind)
	}
	for kind := range Letters {
		require.True(t, seen[kind], "%s has a letter, but no gate", kind)
	}
}

func TestGateOf_BlockedAddressGetsNothing(t *testing.T) {
	t.Parallel()
	for _, row := range receives {
		for standing := range standingColumn {
			open, blocked := GateOf(row.kind, standing, false), GateOf(row.kind, standing, true)
			require.NotEqual(t, GateSend, blocked.Gate, "%s to %s", row.kind, standing)
			require.NotEmpty(t, blocked.Reason)
			if open.Gate != GateSend {
				require.Equal(t, open, blocked, "a held or refused one stays what it is")
				continue
			}
			require.Equal(t, GateSuppress, blocked.Gate)
			require.Contains(t, blocked.Reason, "bounced")
		}
	}
}

func TestGateOf_RefusesTheUnknown(t *testing.T) {
	t.Parallel()
	check := func(kind NotificationKind, standing Standing) {
		t.Helper()
		for _, blocked := range []bool{false, true} {
			got := GateOf(kind, standing, blocked)
			require.Equal(t, GateRefuse, got.Gate)
			require.NotEmpty(t, got.Reason)
		}
	}
	check("", ActivePerson)
	check("newsletter", ActivePerson)
	check("Form_Request", BareEmail)
	check(FormRequest, "")
	check(FormRequest, "Active")
	check(InterviewMail, "coach")
}

func TestGateOf_InvitationToAnActivePersonSaysWhy(t *testing.T) {
	t.Parallel()
	require.Contains(t, GateOf(InvitationMail, ActivePerson, false).Reason, "active account already")
}
