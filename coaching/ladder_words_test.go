package coaching

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDescribe_Defaults(t *testing.T) {
	t.Parallel()
	check := func(kind LadderKind, want ...string) {
		t.Helper()
		require.Equal(t, want, Describe(DefaultLadders[kind]), kind)
	}
	check(InvitationLadder, "3 days after the invitation.", "7 days after the invitation.", "14 days after the invitation, it expires, and the admins are told.")
	check(MatchingLadder, "3 days after the start of matching.", "7 days after the start of matching.", "10 days after the start of matching, the admins are told.")
	check(ApprovalLadder, "1 working day after the request.", "2 working days after the request.", "5 working days after the request, it expires.")
	check(InterviewLadder, "2 days after the request.", "4 days after the request, it counts as declined.")
	check(SelectionLadder, "2 days after the question.", "5 days after the question.", "7 days after the question, the admins are told.")
	check(ItemLadder, "With a due date:", "After half of the time.", "After three quarters of the time.", "1 day before it is due.", "When it is due, the coach is told.",
		"Without a due date:", "Every 3 days, 5 times at most.", "18 days after it was sent, the coach is told.")
	check(FeedbackLadder, "Every 7 days, 3 times at most.", "21 days after the request, it is closed.")
	check(SessionLadder, "24 hours before it begins.", "1 hour before it begins.")
	check(NoSessionBookedLadder, "5 days after it could be scheduled.", "10 days after it could be scheduled, the admins are told.")
	check(MilestoneLadder, "7 days before it is due.", "1 day before it is due.", "When it is due.", "1 day after it is due.", "7 days after it is due.", "14 days after it is due, the coach is told.")
	check(InvoiceLadder, "3 days before it is due.", "When it is due.", "7 days after it is due.", "15 days after it is due.", "30 days after it is due.",
		"37 days after it is due, the admins are told, and decide what happens next.")
}

func TestDescribe_WhatAnOrganizationSets(t *testing.T) {
	t.Parallel()
	l := Ladder{Kind: ApprovalLadder, LadderSteps: LadderSteps{
		Steps: []Rung{{every(1, BusinessDays, 1), ToAdmins}, {afterStart(26, Hours), ToReader}, {afterStart(3, Days), ToCoach}},
		End:   &LadderEnd{afterStart(1, Days), Expire, ToReader}}}
	require.Equal(t, []string{"Every working day, once at most.", "26 hours after the request, to the recipient.", "3 days after the request, to the coach.",
		"1 day after the request, it expires, and the recipient is told."}, Describe(l))
	l.Steps = nil
	require.Equal(t, []string{"Nobody is reminded.", "1 day after the request, it expires, and the recipient is told."}, Describe(l))

	require.Equal(t, "after 60% of the time", ItemLadder.StepWords(part(60)))
	require.Equal(t, "after a quarter of the time", ItemLadder.StepWords(part(25)))
	require.Equal(t, "2 working days before it begins", SessionLadder.StepWords(beforeDue(2, BusinessDays)))
	for rule, words := range map[WhenRule]string{AfterStart: "after it was sent", Every: "after it was sent", BeforeDue: "before it is due", AtDue: "when it is due", AfterDue: "after it is due", PartOfTime: "part"} {
		require.Equal(t, words, ItemLadder.RuleWords(rule))
	}
	require.Equal(t, "a reminder after half of the time, then after three quarters of the time, then 1 day before it is due", ItemLadder.ReminderWords(DefaultLadders[ItemLadder].LadderSteps))
	require.Equal(t, "a reminder every 3 days, 5 times at most", ItemLadder.ReminderWords(*DefaultLadders[ItemLadder].WithoutDue))
	require.Equal(t, "no reminder", ItemLadder.ReminderWords(LadderSteps{}))
	require.Equal(t, "it expires, and the admins are told", InvitationLadder.EndWords(*DefaultLadders[InvitationLadder].End))
	invoice := LadderEnd{When{Rule: AtDue}, HandOver, ToCoach}
	require.Equal(t, "the coach is told, and decides what happens next", ladderWords{ladderKinds[InvoiceLadder]}.endWords(invoice))
}
