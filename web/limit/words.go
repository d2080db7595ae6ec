package limit

import (
	"fmt"
	"strconv"
	"time"
)

// RetryAfter is a wait as the header Retry-After has it (RFC 9110, section 10.2.3).
func RetryAfter(wait time.Duration) string { return strconv.Itoa(roundUp(wait, time.Second)) }

// Words say a wait to people.
func Words(wait time.Duration) string {
	if wait <= time.Minute {
		return count(roundUp(wait, time.Second), "second")
	}
	return count(roundUp(wait, time.Minute), "minute")
}

func roundUp(wait, unit time.Duration) int { return int((wait + unit - 1) / unit) }

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
