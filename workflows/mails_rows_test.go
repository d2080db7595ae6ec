package workflows_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/workflow"
	"pgregory.net/rapid"

	"coachflow/app"
	"coachflow/outbox"
	"coachflow/workflows"
)

// Invitations and received mails, started from their rows alone in every state: what
// program_rows_test.go does for programs.

// shown are all mails of the organization, as they are shown.
func (w *world) shown() []app.Notification {
	w.Helper()
	page, err := w.app.ListNotifications(w.Context(), w.admin, nil, "", app.Paging{Most: 200})
	require.NoError(w, err)
	require.Empty(w, page.Next)
	return page.Items
}

func TestR15_InvitationsFromRowsAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		v := &losingInvitation{invited: w.invite(), unknown: map[string]int{}}
		for i, end := 0, rapid.IntRange(0, 3).Draw(rt, "acts"); i < end; i++ {
			v.acts = append(v.acts, act{Kind: rapid.SampledFrom([]string{"invite", "withdraw", "accept"}).Draw(rt, "kind"),
				Gap: time.Duration(rapid.SampledFrom([]int{1, 30, 80, 200, 400}).Draw(rt, "gap"))*time.Hour + 7*time.Minute})
		}
		v.executeLosing(drawLosses(rt))
		w.balance(w.shown(), v.unknown)
		v.faults = append(v.faults, w.handedOver(v.unknown)...)
		v.neverAfterTheEnd()
		if len(v.faults) > 0 {
			rt.Fatalf("%v", v.faults)
		}
	})
}

// losingInvitation is an invitation whose workflow is lost again and again.
type losingInvitation struct {
	*invited
	acts    []act
	ended   map[string]time.Time // by invitation, when a person ended it
	faults  []string
	unknown map[string]int
}

// executeLosing runs the workflow until it has ended and nobody does anything more. Each
// act is told to the workflow; what is done while nothing runs is found in the rows.
func (v *losingInvitation) executeLosing(losses []loss) {
	v.Helper()
	v.ended = map[string]time.Time{}
	begun, at := time.Duration(0), time.Duration(0)
	for i := range v.acts {
		at += v.acts[i].Gap
		v.acts[i].Gap = at // from here on, its moment
	}
	for {
		next := loss{}
		if len(losses) > 0 {
			next, losses = losses[0], losses[1:]
		}
		if loses(func() { v.runOnce(begun, next) }) {
			begun = v.env.Now().Sub(v.start) + next.Outage
		} else if len(v.acts) > 0 {
			begun = v.acts[0].Gap
		} else {
			break
		}
		for len(v.acts) > 0 && v.acts[0].Gap <= begun {
			v.does(v.start.Add(v.acts[0].Gap))
		}
		v.outage()
		v.env = v.environment(v.start.Add(begun))
		v.env.RegisterWorkflow(workflows.Invitation)
		v.env.RegisterWorkflowWithOptions(workflows.StandaloneMail, workflow.RegisterOptions{Name: workflows.StandaloneMailType})
	}
	v.sweeps()
}

func (v *losingInvitation) runOnce(begun time.Duration, l loss) {
	for _, a := range v.acts {
		v.env.RegisterDelayedCallback(func() {
			v.does(v.env.Now())
			v.tells()
		}, a.Gap-begun)
	}
	v.lose(v.env, l, v.unknown)
	v.env.ExecuteWorkflow(workflows.Invitation, workflows.InvitationInput{Org: v.admin.Org, Person: v.who.ID})
	require.NoError(v, v.env.GetWorkflowError())
}

// does takes the next act, at a moment of the story.
func (v *losingInvitation) does(at time.Time) {
	v.Helper()
	a := v.acts[0]
	v.acts = v.acts[1:]
	open, left := "", v.mails.to(ben)
	v.ask("SELECT coalesce((SELECT id::text FROM invitations WHERE person_id = $1 AND status = 'open' AND expires_at > $2), '')", &open, v.who.ID, at)
	var err error
	switch {
	case a.Kind == "invite" && v.state() != "active":
		var made app.Invitation
		if made, err = v.app.Invite(v.Context(), v.admin, app.InvitationInput{PersonID: v.who.ID}); err == nil {
			v.moves(made, at)
		}
	case open != "" && a.Kind == "withdraw":
		_, err = v.app.WithdrawInvitation(v.Context(), v.admin, uuid.MustParse(open))
	case open != "" && a.Kind == "accept" && len(left) > 0:
		_, err = v.app.ChoosePassword(v.Context(), v.link(ben), secret, secret)
	default:
		return
	}
	require.NoError(v, err)
	if open != "" {
		v.ended[open] = at
	}
}

// moves puts an invitation that was made now at a moment of the story.
func (v *losingInvitation) moves(made app.Invitation, at time.Time) {
	v.Helper()
	by := fmt.Sprintf("%d microseconds", at.Sub(made.InvitedAt).Microseconds())
	v.exec("UPDATE invitations SET invited_at = invited_at + $1::interval, send_at = send_at + $1::interval, expires_at = expires_at + $1::interval WHERE id = $2", by, made.ID)
	v.exec("UPDATE notifications SET planned_at = planned_at + $1::interval WHERE state = 'planned' AND invitation_id = $2", by, made.ID)
}

// sweeps sends the single mails that the story left behind, as the recovery sweep does.
func (v *losingInvitation) sweeps() {
	v.Helper()
	v.outage()
	v.mails.dies(nil)
	for _, n := range v.shown() {
		if n.Kind == "invitation_expired" && (n.State == "planned" || n.State == "sending") {
			require.NoError(v, v.activities.SendNotice(v.Context(), outbox.StandaloneMail{Org: v.admin.Org, ID: n.ID}))
		}
	}
}

// neverAfterTheEnd holds that nothing of an invitation was sent after a person had ended
// it, and that its words to the admins followed no such end.
func (v *losingInvitation) neverAfterTheEnd() {
	for _, m := range v.mails.all() {
		var id string
		v.ask("SELECT invitation_id::text FROM notifications WHERE key = $1", &id, m.IdempotencyKey)
		if end, is := v.ended[id]; is && m.at.After(end) {
			v.faults = append(v.faults, fmt.Sprintf("%s left %s after the end", m.IdempotencyKey, m.at.Sub(end)))
		}
	}
}

func TestR15_ReceivedMailsFromRowsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	letters := map[string]func() []byte{
		"posted": func() []byte { return w.letter("Hello", uuid.NewString()) },
		"quarantined": func() []byte {
			return w.mail("Forged", uuid.NewString()).set(results, "mx.coachflow.test; dmarc=fail").bytes()
		},
		"ignored": func() []byte { return w.mail("Away", uuid.NewString()).set("Auto-Submitted", "auto-replied").bytes() },
		"filed":   func() []byte { return w.shares("File: Plan", encoded(attached, []byte(uuid.NewString()))).bytes() },
	}
	rapid.Check(t, func(rt *rapid.T) {
		w.mails.clear()
		w.exec("DELETE FROM notifications")
		kind := rapid.SampledFrom([]string{"posted", "quarantined", "ignored", "filed"}).Draw(rt, "kind")
		m := &losingMail{world: w, decision: rapid.SampledFrom([]string{"", "release", "discard"}).Draw(rt, "decision"), unknown: map[string]int{}}
		before := len(w.messages())
		m.id = w.stores(letters[kind]()).ID
		m.executeLosing(drawLosses(rt))

		want := map[string]string{"posted": "posted", "quarantined": "quarantined dmarc_failed", "ignored": "ignored auto_reply", "filed": "filed"}[kind]
		if kind == "quarantined" && m.decision != "" {
			want = map[string]string{"release": "posted", "discard": "discarded dmarc_failed"}[m.decision]
		} else if kind == "ignored" && m.decision == "release" {
			want = "posted"
		}
		require.Equal(t, want, w.mailState(m.id))
		posts := 0
		if want == "posted" {
			posts = 1
		}
		require.Len(t, w.messages(), before+posts)
		w.balance(w.shown(), m.unknown)
		if faults := w.handedOver(m.unknown); len(faults) > 0 {
			rt.Fatalf("%v", faults)
		}
	})
}

// losingMail is a received mail whose workflow is lost again and again.
type losingMail struct {
	*world
	id       uuid.UUID
	decision string
	unknown  map[string]int
}

// executeLosing runs the workflow to its end, and then the one that posts what was let
// through.
func (m *losingMail) executeLosing(losses []loss) {
	m.Helper()
	input := workflows.InboundMailInput{Org: m.admin.Org, ID: m.id}
	losses = m.runLosing(workflows.InboundMail, input, losses)
	for range 2 { // who is not answered decides again
		switch m.decision {
		case "release":
			_, _ = m.app.ReleaseInboundMail(m.Context(), m.admin, m.id) // of one that is posted already it is refused
		case "discard":
			_, _ = m.app.DiscardInboundMail(m.Context(), m.admin, m.id) // and so is this
		}
	}
	m.runLosing(workflows.MailRelease, input, losses)
	m.mails.dies(nil)
}

// runLosing runs one workflow until it is not lost, and returns the losses that are left.
func (m *losingMail) runLosing(run any, input workflows.InboundMailInput, losses []loss) []loss {
	m.Helper()
	for at := time.Now(); ; {
		next := loss{}
		if len(losses) > 0 {
			next, losses = losses[0], losses[1:]
		}
		env := m.environment(at)
		env.RegisterWorkflow(run)
		m.lose(env, next, m.unknown)
		if !loses(func() { env.ExecuteWorkflow(run, input) }) {
			require.NoError(m, env.GetWorkflowError())
			return losses
		}
		at = env.Now().Add(next.Outage)
		m.outage()
	}
}
