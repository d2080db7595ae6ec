package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

// R20: replies to letters do not come back to us.
func TestR20_TheReplyAddressIsNoneOfOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	set := func(address string) (app.Organization, error) {
		return w.app.UpdateOrganization(t.Context(), w.admin, app.OrganizationInput{Name: "Own", TimeZone: "UTC", ReplyAddress: &address})
	}
	refused := func(address, code string) {
		t.Helper()
		_, err := set(address)
		problem, is := coaching.AsProblem(err)
		require.True(t, is, "%s: %v", address, err)
		require.Equal(t, code, problem.Code)
		require.Equal(t, "reply_address", problem.Fields[0].Path)
	}
	kept, err := set(" Office@BÜCHER.example ")
	require.NoError(t, err)
	require.Equal(t, "office@xn--bcher-kva.example", kept.ReplyAddress)
	for _, ours := range []string{"anything@" + w.app.Inbox.Domain, "ANYTHING@IN.Coachflow.TEST", "anything@below." + w.app.Inbox.Domain} {
		refused(ours, "reply_address_is_system_address")
	}
	for _, wrong := range []string{"office", "office@", "Office <office@acme.test>", "a@acme.test, b@acme.test", "office@acme.test\r\nBcc: x@evil.test"} {
		refused(wrong, "email_invalid")
	}
	kept, err = w.app.UpdateOrganization(t.Context(), w.admin, app.OrganizationInput{Name: "Own", TimeZone: "UTC"})
	require.NoError(t, err)
	require.Equal(t, "office@xn--bcher-kva.example", kept.ReplyAddress, "left out, it stays")
	require.Equal(t, 30, kept.OnwardPerHour)
	kept, err = set("")
	require.NoError(t, err)
	require.Empty(t, kept.ReplyAddress)
	for _, most := range []int{0, -1, 100001} {
		_, err = w.app.UpdateOrganization(t.Context(), w.admin, app.OrganizationInput{Name: "Own", TimeZone: "UTC", OnwardPerHour: &most})
		problem, _ := coaching.AsProblem(err)
		require.NotNil(t, problem)
		require.Equal(t, "onward_per_hour_invalid", problem.Code)
	}
}
