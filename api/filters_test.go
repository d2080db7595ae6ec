package api

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"coachflow/app"
	"coachflow/coaching"
)

// What can be asked for by state is what there is.
func TestFilters_NameEveryState(t *testing.T) {
	t.Parallel()
	check := func(in reflect.Type, field string, want any) {
		t.Helper()
		f, found := in.FieldByName(field)
		require.True(t, found)
		var names []string
		for i := range reflect.ValueOf(want).Len() {
			names = append(names, reflect.ValueOf(want).Index(i).String())
		}
		require.ElementsMatch(t, names, strings.Split(f.Tag.Get("enum"), ","), in.Name())
	}
	check(reflect.TypeFor[ListMailsInput](), "State", coaching.InboundMailStates)
	check(reflect.TypeFor[ListNotificationsInput](), "State", coaching.NotificationStates)
	check(reflect.TypeFor[ListInvitationsInput](), "Status", coaching.InvitationStatuses)
	check(reflect.TypeFor[ListPeopleInput](), "Role", coaching.Roles)
	check(reflect.TypeFor[ListPeopleInput](), "State", coaching.PersonStates)
	check(reflect.TypeFor[ListEngagementsInput](), "Status", coaching.EngagementStatuses)
	check(reflect.TypeFor[ListSystemAddressesInput](), "Direction", coaching.Directions)
	check(reflect.TypeFor[app.PersonInput](), "State", coaching.PersonStates)
}
