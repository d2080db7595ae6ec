package receive

import (
	"regexp"
	"strings"
)

var shareSubject = regexp.MustCompile(`(?is)^\s*file\s*:(.*)$`)

// SharesFile tells by its subject whether a mail is to share a file instead of
// posting a message: "File: NAME". The name is cleaned as those of attached files
// are; it is empty where the subject gives none.
func SharesFile(subject string) (name string, shares bool) {
	m := shareSubject.FindStringSubmatch(subject)
	if m == nil {
		return "", false
	}
	// A slash in a name that a person typed begins no path: "Budget 2026/27".
	name = strings.NewReplacer("/", "-", `\`, "-").Replace(strings.Join(strings.Fields(m[1]), " "))
	return CleanFileName(name), true
}
