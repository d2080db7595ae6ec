package coaching

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	check := func(password, code string) {
		t.Helper()
		err := CheckPassword(password, "Amara@Example.com")
		if code == "" {
			require.NoError(t, err, password)
			return
		}
		problem, is := AsProblem(err)
		require.True(t, is, password)
		require.Equal(t, code, problem.Code, password)
		require.Equal(t, "password", problem.Fields[0].Path)
		require.NotContains(t, problem.Error(), password+"\x01", "it is not repeated")
	}
	check("seven quiet lamps", "")
	check("пароль на всю жизнь", "")
	check("密码密碼パスワード암호비밀번호", "")
	check("   leading and trailing   ", "")
	check("", "password_too_short")
	check("elevenchars", "password_too_short")
	check("ééééééééééé", "password_too_short") // eleven characters in 22 bytes
	check(strings.Repeat("long pass ", 103), "password_too_long")
	check("aaaaaaaaaaaaaaaa", "password_too_simple")
	check("121212121212", "password_too_simple")
	check("amara@example.com", "password_too_simple")
	check("Qwertyuiop12", "password_too_simple")
	check("123456789012", "password_too_simple")
	check("password1234!", "password_too_simple")
	check("password1234 and something of my own", "")
	check("has a \x00 in the middle", "password_unreadable")
	check("not UTF-8 \xff\xfe at all", "password_unreadable")
}
