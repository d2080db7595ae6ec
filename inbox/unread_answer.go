package inbox

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/mail/compose"
	"coachflow/outbox"
)

// The answer to a mail at the unread address. It goes to the address that was vouched
// for and tells no more than the owner of it knows.

// answerKey begins the key of the answer; the id of the mail follows.
const answerKey = "unread_answer/"

// planAnswer plans the answer to a sender, who need not be known.
func planAnswer(ctx context.Context, q *rows.Queries, in Inbound, from string) error {
	n := rows.NotificationPlanParams{OrgID: in.Org, ID: db.NewID(), Kind: string(outbox.UnreadAnswer), Step: outbox.StepRequest, Key: answerKey + in.ID.String(),
		Address: from, Reason: "they wrote to the address that nobody reads", State: "planned", PlannedAt: in.At}
	person, err := q.PersonByAddress(ctx, in.Org, from)
	if err == nil {
		contact, err := q.ContactGet(ctx, in.Org, person)
		if err != nil {
			return fmt.Errorf("read sender: %w", err)
		}
		n.PersonID, n.RecipientName = &person, contact.Name
	} else if !db.NoRow(err) {
		return fmt.Errorf("look sender up: %w", err)
	}
	return outbox.PlanOne(ctx, q, n)
}

// sendAnswer sends the answer, unless it has left or its address takes no mail.
func (x *Inbox) sendAnswer(ctx context.Context, in Inbound, mail unreadMail) error {
	var out []outbox.Draft
	err := x.DB.InOrg(ctx, in.Org, func(q *rows.Queries) error {
		n, err := q.NotificationByKey(ctx, in.Org, answerKey+in.ID.String())
		if err != nil || (n.State != "planned" && n.State != "sending") {
			return db.IgnoreNoRow(err)
		}
		if stopped, err := stopBlocked(ctx, q, n); stopped || err != nil {
			return err
		}
		d, err := x.writeAnswer(ctx, q, n, mail)
		if err != nil {
			return outbox.FailUnwritten(ctx, q, n, err)
		}
		out = append(out, d)
		return nil
	})
	if err != nil {
		return err
	}
	return x.Outbox.Send(ctx, out)
}

// stopBlocked takes an answer back whose address takes no mail.
func stopBlocked(ctx context.Context, q *rows.Queries, n rows.Notification) (bool, error) {
	if n.State != "planned" {
		return false, nil
	}
	blocked, err := q.AddressBlocked(ctx, n.OrgID, n.Address)
	if err != nil {
		return false, fmt.Errorf("look block up: %w", err)
	}
	return outbox.StopAtGate(ctx, q, n, outbox.GateOf(outbox.UnreadAnswer, coaching.BareEmail, blocked))
}

func (x *Inbox) writeAnswer(ctx context.Context, q *rows.Queries, n rows.Notification, mail unreadMail) (outbox.Draft, error) {
	organization, err := q.OrganizationGet(ctx, n.OrgID)
	if err != nil {
		return outbox.Draft{}, fmt.Errorf("read organization: %w", err)
	}
	contact, err := x.whomToWriteTo(ctx, q, organization, n.PersonID)
	if err != nil {
		return outbox.Draft{}, err
	}
	d := outbox.Draft{Row: n, Sender: organization.Name, Answers: true,
		Headers: compose.References(mail.MessageID, append(slices.Clone(mail.References), mail.MessageID, answerMark(x.Outbox, n.ID))...)}
	values := map[string]string{"name": n.RecipientName, "organization": organization.Name, "contact": contact, "login": x.Outbox.BaseURL + "/login"}
	if values["name"] == "" {
		values["name"] = "there"
	}
	return d, x.Outbox.Render(ctx, q, &d, values, compose.Layout{OrganizationName: organization.Name})
}

// whomToWriteTo says where a mail is read: at the addresses of the sender's coaches, or
// at the organization's reply address, where there are such.
func (x *Inbox) whomToWriteTo(ctx context.Context, q *rows.Queries, organization rows.Organization, sender *uuid.UUID) (string, error) {
	var lines []string
	if sender != nil {
		coaches, err := q.AddressesToCoachesOf(ctx, organization.OrgID, *sender)
		if err != nil {
			return "", fmt.Errorf("read addresses of coaches: %w", err)
		}
		for _, c := range coaches {
			lines = append(lines, "To write to "+c.CoachName+", send your mail to "+c.LocalPart+"@"+x.Domain+".")
		}
	}
	if organization.ReplyAddress != "" {
		lines = append(lines, "To write to "+organization.Name+", send your mail to "+coaching.ShowAddress(organization.ReplyAddress)+".")
	}
	if len(lines) == 0 {
		return "Write to the person at " + organization.Name + " whom you know, at their own address.", nil
	}
	return strings.Join(lines, "\n"), nil
}

// answerMark names an answer in its own References, as nothing else does: a mail that
// has it there answers an answer.
func answerMark(o *outbox.Outbox, id uuid.UUID) string { return id.String() + "@" + answerDomain(o) }

func answerDomain(o *outbox.Outbox) string { return "unread." + o.Domain() }
