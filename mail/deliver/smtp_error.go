package deliver

import (
	"errors"
	"fmt"

	"github.com/emersion/go-smtp"
)

// smtpStage is how far a mail had come on a connection.
type smtpStage int

const (
	stageHello smtpStage = iota // connect, greeting, EHLO, STARTTLS
	stageAuth
	stageMail // the envelope's sender: us
	stageRcpt // the recipient
	stageData // asked to take the data
	stageBody // the server said "go ahead", the data is under way or done
)

// failed turns an error of the connection's current stage into a SendError.
func (c *smtpConn) failed(err error) error {
	var done *SendError
	if errors.As(err, &done) {
		return done
	}
	if answer, ok := asSMTP(err); ok {
		return classifyAnswer(c.stage, answer, err)
	}
	if c.stage == stageBody {
		return &SendError{Code: "smtp_outcome_unknown", Doubtful: true, Err: err}
	}
	return &SendError{Code: "smtp_connection", Err: err}
}

// classifyAnswer reads a server's refusal (RFC 5321, 4.2; RFC 3463). 4xx is
// temporary. 5xx is permanent where it is about the mail or its recipient; in
// the stages before, it is about us (a wrong password, a sender that the relay
// does not allow): the mail is good and waits until somebody mends that.
func classifyAnswer(stage smtpStage, answer *smtp.SMTPError, err error) *SendError {
	out := &SendError{Code: "smtp_deferred", Err: fmt.Errorf("%03d %s: %w", answer.Code, enhanced(answer), err)}
	aboutUs := stage < stageRcpt && answer.EnhancedCode != smtp.EnhancedCode{5, 3, 4}
	switch {
	case aboutUs:
		out.Code = [...]string{stageHello: "smtp_greeting", stageAuth: "smtp_auth", stageMail: "smtp_sender"}[stage]
	case answer.Code/100 == 5:
		out.Permanent = true
		out.Code = refusalCode(stage, answer)
		out.BadAddress = out.Code == "smtp_bad_address"
	}
	return out
}

// refusalCode names a permanent refusal. Only an answer to RCPT that speaks of
// the address condemns the address: a full mailbox empties, and a policy is
// about us.
func refusalCode(stage smtpStage, answer *smtp.SMTPError) string {
	code := answer.EnhancedCode
	switch {
	case code == smtp.EnhancedCode{5, 2, 2}, code[1] <= 0 && answer.Code == 552:
		return "smtp_mailbox_full"
	case code == smtp.EnhancedCode{5, 3, 4}, code == smtp.EnhancedCode{5, 2, 3}:
		return "message_too_large"
	case code[1] == 7:
		return "smtp_policy"
	case stage == stageRcpt && (code[1] == 1 || code[1] <= 0 && (answer.Code == 550 || answer.Code == 551 || answer.Code == 553)):
		return "smtp_bad_address"
	}
	return "smtp_refused"
}

func enhanced(answer *smtp.SMTPError) string {
	c := answer.EnhancedCode
	if c[0] <= 0 {
		return "(no enhanced code)"
	}
	return fmt.Sprintf("%d.%d.%d", c[0], c[1], c[2])
}

// replaceable is true where the mail can go over a new connection at once: the
// connection is an old one that broke, or that the server was about to close,
// and the server had not agreed to take the data.
func (c *smtpConn) replaceable(err error) bool {
	if c.used == 0 || c.stage >= stageBody || IsPermanent(err) {
		return false
	}
	answer, ok := asSMTP(err)
	if !ok {
		return true
	}
	// 421 announces that the server closes (RFC 5321, 3.8). At MAIL, any refusal
	// may be a limit on mails per connection.
	return answer.Code == 421 || c.stage == stageMail
}
