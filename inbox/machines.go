package inbox

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/mail/compose"
	"coachflow/outbox"
)

// Two machines that answer each other are stopped, whatever they write: see
// coaching.AnswersLikeAMachine. The mail waits for a person's decision, and the
// admins are told once an hour.

// slowDown puts a mail aside whose side answers as machines do, also where it
// only shares a file: the other side is told of that by mail, too.
func (x *Inbox) slowDown(ctx context.Context, in Inbound, row rows.InboundMailGetRow) (Verdict, error) {
	next := coaching.StreamMail{At: row.ReceivedAt, ToCoach: row.Direction == "to_coach"}
	find := rows.StreamMailsRecentParams{OrgID: in.Org, StreamID: row.StreamID, Since: next.At.Add(-coaching.RoundsWithin - coaching.QuickAnswer)}
	var recent []rows.StreamMailsRecentRow
	err := x.DB.InOrg(ctx, in.Org, func(q *rows.Queries) (err error) {
		recent, err = q.StreamMailsRecent(ctx, find)
		return err
	})
	if err != nil {
		return Verdict{}, fmt.Errorf("read recent mails of stream: %w", err)
	}
	posted := make([]coaching.StreamMail, len(recent))
	for i, m := range recent {
		posted[i] = coaching.StreamMail{At: m.At, ToCoach: m.ToCoach}
	}
	if coaching.AnswersLikeAMachine(posted, next) {
		return Verdict{"quarantined", answersLikeAMachine}, nil
	}
	return Verdict{State: "posted"}, nil
}

// machinesWordEvery bounds how often the admins are told of one stream.
const machinesWordEvery = time.Hour

// planMachinesWord plans the word to the admins, for those who were not told of
// this stream within the hour. The recovery sweep sends it.
func planMachinesWord(ctx context.Context, q *rows.Queries, in Inbound, row rows.InboundMailGetRow) error {
	key := string(outbox.MachinesStopped) + "/" + in.ID.String()
	plans, err := outbox.PlanToAdmins(ctx, q, in.Org, outbox.MachinesStopped, key, func(*time.Location) time.Time { return in.At })
	if err != nil {
		return err
	}
	var untold []rows.NotificationPlanParams
	for _, n := range plans {
		told, err := q.NotificationsRecentAbout(ctx, rows.NotificationsRecentAboutParams{OrgID: in.Org, PersonID: n.PersonID, Kind: n.Kind,
			Since: in.At.Add(-machinesWordEvery), About: row.StreamID})
		if err != nil {
			return fmt.Errorf("count recent words to admins: %w", err)
		}
		if n.AboutIds = []uuid.UUID{row.StreamID, in.ID}; told == 0 {
			untold = append(untold, n)
		}
	}
	return outbox.PlanAll(ctx, q, untold)
}

// writeMachinesStopped writes the word to the admins, unless somebody has decided
// about the mail by now.
func (x *Inbox) writeMachinesStopped(ctx context.Context, q *rows.Queries, n rows.Notification) (*outbox.Draft, error) {
	row, err := q.InboundMailGet(ctx, n.OrgID, n.AboutIds[1])
	if err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	if row.State != "quarantined" && n.State == "planned" {
		return nil, outbox.TakeBack(ctx, q, n, "somebody has decided about the mail")
	}
	stream, err := q.StreamGet(ctx, n.OrgID, row.StreamID)
	if err != nil {
		return nil, fmt.Errorf("read stream: %w", err)
	}
	d := outbox.Draft{Row: n, Sender: row.OrganizationName}
	values := map[string]string{"name": n.RecipientName, "organization": row.OrganizationName, "coach": stream.CoachName, "coachee": stream.ClientName,
		"page": x.Outbox.BaseURL + "/quarantine"}
	return &d, x.Outbox.Render(ctx, q, &d, values, compose.Layout{OrganizationName: row.OrganizationName})
}
