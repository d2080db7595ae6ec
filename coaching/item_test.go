package coaching

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// aForm is a valid item for the coachee; change says what matters in a test.
func aForm(change ...func(*ItemSpec)) ItemSpec {
	form := uuid.MustParse("00000000-0000-4000-8000-00000000000f")
	spec := ItemSpec{
		Kind: FormItem, Title: "Goals", FormID: &form,
		Release:    ReleaseRule{Rule: Manual},
		Recipients: []RecipientSpec{{Role: "coachee"}},
	}
	for _, c := range change {
		c(&spec)
	}
	return spec
}

func TestItemSpec_Check(t *testing.T) {
	t.Parallel()
	check := func(name string, change func(*ItemSpec), code, path string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := aForm(change).Check("items[3]")
			if code == "" {
				require.Nil(t, p)
				return
			}
			require.NotNil(t, p)
			require.Equal(t, Invalid, p.Class)
			requireProblem(t, p, code, "items[3]"+path)
		})
	}
	kind := func(k ItemKind) func(*ItemSpec) { return func(s *ItemSpec) { s.Kind = k } }
	title := func(title string) func(*ItemSpec) { return func(s *ItemSpec) { s.Title = title } }

	check("valid", func(*ItemSpec) {}, "", "")
	session := func(change func(*ItemSpec)) func(*ItemSpec) {
		return func(s *ItemSpec) {
			s.Kind, s.FormID, s.Due, s.Minutes, s.Place = SessionItem, nil, nil, 60, "https://meet.example.com/room"
			change(s)
		}
	}
	check("session", session(func(*ItemSpec) {}), "", "")
	check("session with a form", session(func(s *ItemSpec) { s.FormID = &uuid.UUID{1} }), "item_form_misplaced", ".form_id")
	check("session without a length", session(func(s *ItemSpec) { s.Minutes = 0 }), "session_minutes_invalid", ".minutes")
	check("session of two days", session(func(s *ItemSpec) { s.Minutes = 2880 }), "session_minutes_invalid", ".minutes")
	check("session with a due date", session(func(s *ItemSpec) { s.Due = &DueRule{After: &Delay{1, Days}} }), "item_due_misplaced", ".due")
	check("session in a place of two lines", session(func(s *ItemSpec) { s.Place = "Room 1\r\nRoom 2" }), "session_place_invalid", ".place")
	check("session at a script", session(func(s *ItemSpec) { s.Place = "javascript://x/%0aalert(1)" }), "session_place_invalid", ".place")
	check("session at an address with a password", session(func(s *ItemSpec) { s.Place = "https://a:b@example.com/" }), "session_place_invalid", ".place")
	check("form with a length", func(s *ItemSpec) { s.Minutes = 60 }, "item_session_misplaced", ".minutes")
	check("no kind", kind(""), "item_kind_unknown", ".kind")
	check("another kind", kind("Form"), "item_kind_unknown", ".kind")
	check("no form", func(s *ItemSpec) { s.FormID = nil }, "item_form_missing", ".form_id")

	check("form with a description", func(s *ItemSpec) { s.Description = "Do it" }, "item_description_misplaced", ".description")
	task := func(change func(*ItemSpec)) func(*ItemSpec) {
		return func(s *ItemSpec) {
			s.Kind, s.FormID = TaskItem, nil
			s.Recipients = []RecipientSpec{{Role: "coachee"}}
			change(s)
		}
	}
	description := func(text string) func(*ItemSpec) { return func(s *ItemSpec) { s.Description = text } }
	check("task", task(description("First.\n\nThen:\t😀")), "", "")
	check("task without a description", task(description("")), "", "")
	check("task with a form", task(func(s *ItemSpec) { id := uuid.New(); s.FormID = &id }), "item_form_misplaced", ".form_id")
	check("task of 10,000 characters", task(description(strings.Repeat("ä", 10_000))), "", "")
	check("task of 10,001 characters", task(description(strings.Repeat("ä", 10_001))), "item_description_invalid", ".description")
	check("task with a control character", task(description("a\x00b")), "item_description_invalid", ".description")
	check("task that is not UTF-8", task(description("a\xffb")), "item_description_invalid", ".description")
	check("task for a bare address", task(func(s *ItemSpec) { s.Recipients = []RecipientSpec{{Role: "coach"}, {Email: "a@example.com"}} }), "recipient_without_account", ".recipients[1].email")

	file := func(change func(*ItemSpec)) func(*ItemSpec) {
		return func(s *ItemSpec) {
			s.Kind, s.FormID, s.FileIDs, s.Recipients = FileItem, nil, []uuid.UUID{uuid.New()}, []RecipientSpec{{Role: "coachee"}}
			change(s)
		}
	}
	check("file", file(description("# Read\n\n**All** of it.")), "", "")
	check("file without files", file(func(s *ItemSpec) { s.FileIDs = nil }), "item_files_missing", ".file_ids")
	check("file with a form", file(func(s *ItemSpec) { id := uuid.New(); s.FormID = &id }), "item_form_misplaced", ".form_id")
	check("file twice", file(func(s *ItemSpec) { s.FileIDs = append(s.FileIDs, uuid.New(), s.FileIDs[0]) }), "item_file_twice", ".file_ids[2]")
	check("too many files", file(func(s *ItemSpec) {
		for range MostFiles {
			s.FileIDs = append(s.FileIDs, uuid.New())
		}
	}), "item_files_too_many", ".file_ids")
	check("file for a bare address", file(func(s *ItemSpec) { s.Recipients = []RecipientSpec{{Role: "coach"}, {Email: "a@example.com"}} }), "recipient_without_account", ".recipients[1].email")
	check("task with files", task(func(s *ItemSpec) { s.FileIDs = []uuid.UUID{uuid.New()} }), "item_files_misplaced", ".file_ids")

	check("no title", title(""), "item_title_invalid", ".title")
	check("blank title", title(" \t "), "item_title_invalid", ".title")
	check("header injection", title("Goals\r\nBcc: all@example.com"), "item_title_invalid", ".title")
	check("line break at the end", title("Goals\n"), "item_title_invalid", ".title")
	check("Unicode line separator", title("Goals\u2028two"), "item_title_invalid", ".title")
	check("control of Latin-1", title("Goals\u0085two"), "item_title_invalid", ".title")
	check("NUL", title("Goals\x00"), "item_title_invalid", ".title")
	check("201 characters", title(strings.Repeat("x", 201)), "item_title_invalid", ".title")
	check("200 characters of four bytes", title(strings.Repeat("😀", 200)), "", "")
}

func TestItemSpec_CheckRelease(t *testing.T) {
	t.Parallel()
	moment := local(t, "2026-03-04T09:00")
	check := func(name string, rule ReleaseRule, code, path string) {
		t.Helper()
		p := aForm(func(s *ItemSpec) { s.Release = rule }).Check("i")
		if code == "" {
			require.Nil(t, p, name)
			return
		}
		require.NotNil(t, p, name)
		requireProblem(t, p, code, "i.release"+path)
	}
	check("manual", ReleaseRule{Rule: Manual}, "", "")
	check("manual with time", ReleaseRule{Rule: Manual, At: &moment}, "release_rule_invalid", "")
	check("manual with delay", ReleaseRule{Rule: Manual, Delay: &Delay{1, Days}}, "release_rule_invalid", "")
	check("at", ReleaseRule{Rule: At, At: &moment}, "", "")
	check("at nothing", ReleaseRule{Rule: At}, "release_rule_invalid", "")
	check("at the zero time", ReleaseRule{Rule: At, At: &LocalTime{}}, "release_rule_invalid", "")
	check("at with delay", ReleaseRule{Rule: At, At: &moment, Delay: &Delay{1, Days}}, "release_rule_invalid", "")
	check("after prior", ReleaseRule{Rule: AfterPrior}, "", "")
	check("after prior, no delay", ReleaseRule{Rule: AfterPrior, Delay: &Delay{0, Hours}}, "", "")
	check("after prior with time", ReleaseRule{Rule: AfterPrior, At: &moment}, "release_rule_invalid", "")
	check("after prior with both", ReleaseRule{Rule: AfterPrior, At: &moment, Delay: &Delay{1, Days}}, "release_rule_invalid", "")
	check("negative delay", ReleaseRule{Rule: AfterPrior, Delay: &Delay{-1, Days}}, "delay_out_of_range", ".delay.amount")
	check("unknown unit", ReleaseRule{Rule: AfterPrior, Delay: &Delay{1, "weeks"}}, "delay_unit_unknown", ".delay.unit")
	check("no rule", ReleaseRule{}, "release_rule_unknown", ".rule")
	check("another rule", ReleaseRule{Rule: "AT", At: &moment}, "release_rule_unknown", ".rule")
}

func TestItemSpec_CheckDue(t *testing.T) {
	t.Parallel()
	moment := local(t, "2026-03-04T09:00")
	check := func(due *DueRule, code, path string) {
		t.Helper()
		p := aForm(func(s *ItemSpec) { s.Due = due }).Check("i")
		if code == "" {
			require.Nil(t, p)
			return
		}
		require.NotNil(t, p)
		requireProblem(t, p, code, "i.due"+path)
	}
	check(nil, "", "")
	check(&DueRule{At: &moment}, "", "")
	check(&DueRule{After: &Delay{5, BusinessDays}}, "", "")
	check(&DueRule{}, "due_rule_invalid", "")
	check(&DueRule{At: &moment, After: &Delay{1, Days}}, "due_rule_invalid", "")
	check(&DueRule{After: &Delay{0, Days}}, "due_rule_invalid", ".after.amount")
	check(&DueRule{After: &Delay{-3, Days}}, "delay_out_of_range", ".after.amount")
	check(&DueRule{After: &Delay{1, ""}}, "delay_unit_unknown", ".after.unit")
}

func TestItemSpec_CheckRecipients(t *testing.T) {
	t.Parallel()
	person := uuid.New()
	check := func(name string, to []RecipientSpec, code, path string) {
		t.Helper()
		p := aForm(func(s *ItemSpec) { s.Recipients = to }).Check("i")
		if code == "" {
			require.Nil(t, p, name)
			return
		}
		require.NotNil(t, p, name)
		requireProblem(t, p, code, "i.recipients"+path)
	}
	fine := RecipientSpec{Role: "coach"}
	check("every way", []RecipientSpec{fine, {PersonID: &person}, {Email: "Boss@Example.com", Name: "The boss", Optional: true}}, "", "")
	check("none", nil, "recipient_missing", "")
	check("too many", make([]RecipientSpec, 51), "recipients_too_many", "")
	check("all optional", []RecipientSpec{{Role: "coachee", Optional: true}}, "recipient_required_missing", "")
	check("no way", []RecipientSpec{fine, {Name: "Nobody"}}, "recipient_invalid", "[1]")
	check("two ways", []RecipientSpec{{Role: "coach", Email: "a@example.com"}}, "recipient_invalid", "[0]")
	check("three ways", []RecipientSpec{{Role: "coach", Email: "a@example.com", PersonID: &person}}, "recipient_invalid", "[0]")
	check("unknown role", []RecipientSpec{fine, {Role: "admin"}}, "recipient_role_unknown", "[1].role")
	check("name with line break", []RecipientSpec{{Email: "a@example.com", Name: "A\nB"}}, "recipient_name_invalid", "[0].name")
	check("long name", []RecipientSpec{{Email: "a@example.com", Name: strings.Repeat("ä", 201)}}, "recipient_name_invalid", "[0].name")
	check("name of 200 umlauts", []RecipientSpec{{Email: "a@example.com", Name: strings.Repeat("ä", 200)}}, "", "")
	check("bad address", []RecipientSpec{fine, {Email: "nobody"}}, "email_invalid", "[1].email")
}

func TestItemState_DoneAndEnded(t *testing.T) {
	t.Parallel()
	issued := at(t, "2026-03-04T09:00:00Z")
	check := func(status ItemStatus, issuedAt time.Time, done, ended bool) {
		t.Helper()
		s := ItemState{Status: status, IssuedAt: issuedAt}
		require.Equal(t, done, s.Done(), status)
		require.Equal(t, ended, s.Ended(), status)
	}
	check(Waiting, time.Time{}, false, false)
	check(Sending, time.Time{}, false, false)
	check(Open, issued, false, false)
	check(Completed, issued, true, true)
	check(Skipped, time.Time{}, true, true)
	check(Skipped, issued, true, true)
	check(Removed, issued, true, true)
	check(Removed, time.Time{}, false, true)
}
