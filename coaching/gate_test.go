package coaching

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// receives is who receives what, row by row: active, invited, internal, a bare
// email address, a coach without an account.
var receives = []struct {
	number                                          int
	row                                             GateRow
	active, invited, internal, bareEmail, bareCoach Gate
}{
	{1, InvitationRow, "refused", "send", "send", "refused", "refused"},
	{2, MatchingRow, "send", "held", "held", "refused", "refused"},
	{3, InterviewRow, "send", "held", "held", "refused", "send"},
	{4, SelectionRow, "send", "held", "held", "refused", "refused"},
	{5, ResourceRow, "send", "suppressed", "suppressed", "refused", "refused"},
	{6, SessionRow, "send", "send", "send", "send", "send"},
	{7, FormRow, "send", "send", "send", "send", "send"},
	{8, FileRow, "send", "held", "held", "refused", "refused"},
	{9, TaskRow, "send", "held", "held", "refused", "refused"},
	{10, MilestoneRow, "send", "suppressed", "suppressed", "refused", "refused"},
	{11, GoalFeedbackRow, "send", "send", "send", "send", "send"},
	{12, InvoiceRow, "send", "send", "send", "send", "send"},
	{13, StreamRow, "send", "send", "send", "refused", "refused"},
	{14, WorkRow, "send", "send", "send", "send", "send"},
	{15, PasswordRow, "send", "refused", "refused", "refused", "refused"},
}

var standings = []Standing{ActivePerson, InvitedPerson, InternalPerson, BareEmail, BareCoach}

func TestGate_WholeTable(t *testing.T) {
	t.Parallel()
	seen := map[GateRow]bool{}
	for _, row := range receives {
		seen[row.row] = true
		require.EqualValues(t, row.number, row.row, "a row has its number")
		check := func(standing Standing, want Gate) {
			t.Helper()
			got := row.row.Decide(standing, false)
			require.Equal(t, want, got.Gate, "row %d to %s", row.row, standing)
			require.Equal(t, want == GateSend, got.Reason == "", "row %d to %s: what is stopped has a reason", row.row, standing)
		}
		check(ActivePerson, row.active)
		check(InvitedPerson, row.invited)
		check(InternalPerson, row.internal)
		check(BareEmail, row.bareEmail)
		check(BareCoach, row.bareCoach)
	}
	require.Len(t, seen, len(receives), "every row stands once")
	for row := range gateRows {
		require.True(t, seen[row], "row %d is not in the test", row)
	}
}

func TestGate_BlockedAddressGetsNothing(t *testing.T) {
	t.Parallel()
	for _, row := range receives {
		for _, standing := range standings {
			open, blocked := row.row.Decide(standing, false), row.row.Decide(standing, true)
			require.NotEqual(t, GateSend, blocked.Gate, "row %d to %s", row.row, standing)
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

func TestGate_RefusesTheUnknown(t *testing.T) {
	t.Parallel()
	check := func(row GateRow, standing Standing) {
		t.Helper()
		for _, blocked := range []bool{false, true} {
			got := row.Decide(standing, blocked)
			require.Equal(t, GateRefuse, got.Gate)
			require.NotEmpty(t, got.Reason)
		}
	}
	check(0, ActivePerson)
	check(-1, ActivePerson)
	check(PasswordRow+1, BareEmail)
	check(FormRow, "")
	check(FormRow, "Active")
	check(InterviewRow, "coach")
}

func TestGate_InvitationToAnActivePersonSaysWhy(t *testing.T) {
	t.Parallel()
	require.Contains(t, InvitationRow.Decide(ActivePerson, false).Reason, "active account already")
	require.NotContains(t, PasswordRow.Decide(InvitedPerson, false).Reason, "active account already")
}
