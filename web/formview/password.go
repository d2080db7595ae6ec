package formview

import "strings"

// Names of the fields that a PasswordPage posts.
const (
	PasswordField = "password"
	AgainField    = "again"
)

// PasswordPage asks for a new password, twice. Nothing typed comes back on it.
type PasswordPage struct {
	Frame
	Title    string
	Body     string // paragraphs, parted by empty lines
	Address  string // to log in with; shown, and kept by password managers
	Action   string // URL that the form posts to
	Button   string
	Problems map[string]string // message by field
	Problem  string            // of the whole page
	Hint     string
}

func (p PasswordPage) fieldClass(field string) string {
	if p.Problems[field] != "" {
		return "question has-problem"
	}
	return "question"
}

// describedBy lists the ids of what belongs to a field beside its label.
func (p PasswordPage) describedBy(field, help string) string {
	ids := ""
	if help != "" {
		ids = field + "-help"
	}
	if p.Problems[field] != "" {
		ids += " " + field + "-problem"
	}
	return strings.TrimSpace(ids)
}
