package app

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/workflows"
)

// What the holder of a link may do, without a login. Reading a link's page
// changes nothing, however often and by whom.

// errLink is the one answer to a token that is forged, foreign or over: it
// tells nothing.
func errLink() error {
	return coaching.Problemf(coaching.NotFound, "link_invalid",
		"This link does not work, or not any more. Open the newest mail that you have about this, or ask the person who sent it to send it again.")
}

// FormStand says what a form's link can do now.
type FormStand string

// The stands of a form behind a link.
const (
	FormOpen     FormStand = "open"
	FormAnswered FormStand = "answered" // by this recipient, taken up
	FormPending  FormStand = "pending"  // submitted, being processed
	FormClosed   FormStand = "closed"   // skipped, removed, or the engagement is over
)

// FormLink is a form as the holder of its link sees it.
type FormLink struct {
	Organization string
	Recipient    string
	Title        string
	Form         *coaching.Form
	Stand        FormStand
	Draft        coaching.Draft
	SavedAt      time.Time
	SubmittedAt  time.Time
	Answer       []coaching.AnswerLine
	DueAt        time.Time
	Zone         *time.Location

	ref recipientRef
}

// recipientRef is what a form's link names, resolved.
type recipientRef struct {
	org, engagement, item, recipient, form uuid.UUID
	version                                int32
	round                                  int
}

// OpenLink checks a token and says what it is for.
func (a *App) OpenLink(token string) (coaching.LinkRef, error) {
	ref, ok := a.Deeds.Links.Open(token)
	if !ok {
		return ref, errLink()
	}
	return ref, nil
}

// ReadFormLink reads what a form's link shows.
func (a *App) ReadFormLink(ctx context.Context, ref coaching.LinkRef) (FormLink, error) {
	var out FormLink
	err := a.DB.InOrg(ctx, ref.Org, func(q *rows.Queries) (err error) {
		out, err = readFormLink(ctx, q, ref)
		return err
	})
	return out, err
}

func liveLink(ctx context.Context, q *rows.Queries, ref coaching.LinkRef) (rows.Link, error) {
	link, err := q.LinkGet(ctx, ref.Org, ref.ID)
	if db.NoRow(err) || (err == nil && !live(ref, link.Purpose, link.RevokedAt, link.ExpiresAt)) {
		return link, errLink()
	}
	return link, wrap(err, "read link")
}

// live reports whether a link is for what its token says, and still works.
func live(ref coaching.LinkRef, purpose string, revoked *time.Time, expires time.Time) bool {
	return purpose == ref.Purpose.Name() && revoked == nil && expires.After(now())
}

func readFormLink(ctx context.Context, q *rows.Queries, ref coaching.LinkRef) (FormLink, error) {
	r, err := q.FormLinkGet(ctx, ref.Org, ref.ID)
	if db.NoRow(err) || (err == nil && !live(ref, r.Purpose, r.RevokedAt, r.ExpiresAt)) {
		return FormLink{}, errLink()
	}
	if err != nil {
		return FormLink{}, wrap(err, "read form of link")
	}
	out := FormLink{Organization: r.OrganizationName, Recipient: r.DisplayName, Title: r.Title, Zone: coaching.ZoneOrUTC(r.Zone),
		ref: recipientRef{org: ref.Org, engagement: r.EngagementID, item: r.ItemID, recipient: r.RecipientID, form: r.FormID, version: r.FormVersion, round: int(r.Round)}}
	if r.DueAt != nil {
		out.DueAt = *r.DueAt
	}
	if out.Form, err = coaching.ParseForm(r.Definition); err != nil {
		return out, err
	}
	return out, out.readAnswer(r)
}

// readAnswer finds out what the recipient has entered so far, and whether more
// can be entered.
func (f *FormLink) readAnswer(r rows.FormLinkGetRow) error {
	f.Stand = FormOpen
	status := coaching.ItemStatus(r.ItemStatus)
	over := coaching.EngagementStatus(r.EngagementStatus).Over()
	if over || status == coaching.Skipped || status == coaching.Removed {
		f.Stand = FormClosed
	}
	if r.SavedAt == nil {
		return nil
	}
	f.SavedAt = *r.SavedAt
	if err := json.Unmarshal(r.Draft, &f.Draft); err != nil {
		return wrap(err, "read draft")
	}
	if r.SubmittedAt == nil {
		return nil
	}
	f.SubmittedAt = *r.SubmittedAt
	if f.Stand = FormPending; r.TakenUpAt != nil || over {
		f.Stand = FormAnswered
	}
	var answer coaching.Answer
	if err := json.Unmarshal(r.Answer, &answer); err != nil {
		return wrap(err, "read answer")
	}
	f.Answer = f.Form.Summary(answer)
	return nil
}

// SaveDraft keeps everything typed, valid or not. On a form that was submitted
// or closed in the meantime it changes nothing and tells so by its stand.
func (a *App) SaveDraft(ctx context.Context, ref coaching.LinkRef, values url.Values) (FormLink, error) {
	return a.enter(ctx, ref, values, func(q *rows.Queries, f *FormLink) error { return f.saveDraft(ctx, q) })
}

// SubmitForm takes a form's answers. Faults are told beside their questions and
// nothing typed is lost. What is right is saved first and told to the program
// then; should that fail, the stand is FormPending and the sweep tells it.
func (a *App) SubmitForm(ctx context.Context, ref coaching.LinkRef, values url.Values) (FormLink, []coaching.FieldProblem, error) {
	var faults []coaching.FieldProblem
	out, err := a.enter(ctx, ref, values, func(q *rows.Queries, f *FormLink) error {
		var answer coaching.Answer
		if answer, faults = f.Form.Check(f.Draft); len(faults) > 0 {
			return f.saveDraft(ctx, q)
		}
		return f.submit(ctx, q, answer)
	})
	if out.Stand != FormOpen {
		faults = nil // what was submitted before had none
	}
	if err == nil && out.Stand == FormPending {
		a.tellAnswer(ctx, &out)
	}
	return out, faults, err
}

// enter reads a form's link and what was typed, and does something with it
// where the form is open.
func (a *App) enter(ctx context.Context, ref coaching.LinkRef, values url.Values, do func(*rows.Queries, *FormLink) error) (FormLink, error) {
	var out FormLink
	err := a.DB.InOrgPipelined(ctx, ref.Org, func(q *rows.Queries) error {
		var err error
		if out, err = readFormLink(ctx, q, ref); err != nil || out.Stand != FormOpen {
			return err
		}
		if out.Draft, err = out.Form.ReadDraft(values); err != nil {
			return err
		}
		if err = do(q, &out); db.NoRow(err) {
			// Submitted in another window, a moment ago: that is what counts.
			out, err = readFormLink(ctx, q, ref)
		}
		return err
	})
	return out, err
}

func (f *FormLink) saveDraft(ctx context.Context, q *rows.Queries) error {
	draft, err := json.Marshal(f.Draft)
	if err != nil {
		return wrap(err, "write draft")
	}
	f.SavedAt = now()
	_, err = q.AnswerSave(ctx, rows.AnswerSaveParams{OrgID: f.ref.org, ID: db.NewID(), RecipientID: f.ref.recipient, Round: int32(f.ref.round),
		FormID: &f.ref.form, FormVersion: &f.ref.version, Draft: draft, SavedAt: f.SavedAt})
	return wrap(err, "save draft")
}

func (f *FormLink) submit(ctx context.Context, q *rows.Queries, answer coaching.Answer) error {
	data, err := answer.JSON()
	if err != nil {
		return wrap(err, "write answer")
	}
	draft, err := json.Marshal(f.Draft)
	if err != nil {
		return wrap(err, "write draft")
	}
	f.Stand, f.SubmittedAt, f.Answer = FormPending, now(), f.Form.Summary(answer)
	_, err = q.AnswerSubmit(ctx, rows.AnswerSubmitParams{OrgID: f.ref.org, ID: db.NewID(), RecipientID: f.ref.recipient, Round: int32(f.ref.round),
		FormID: &f.ref.form, FormVersion: &f.ref.version, Draft: draft, Answer: data, SavedAt: f.SubmittedAt})
	return wrap(err, "store answer")
}

func (a *App) tellAnswer(ctx context.Context, f *FormLink) {
	arg := workflows.ProgramAnswer{Item: f.ref.item, Recipient: f.ref.recipient, Round: f.ref.round}
	if a.answerTakenUp(ctx, f.ref.org, f.ref.engagement, arg) {
		f.Stand = FormAnswered
	}
}

// answerTakenUp tells a program of an answer that is saved, and says whether it
// has taken it up. If not, the sweep tells it again.
func (a *App) answerTakenUp(ctx context.Context, org, engagement uuid.UUID, answer workflows.ProgramAnswer) bool {
	id := "answer/" + answer.Recipient.String() + "/" + itoa(answer.Round)
	if err := a.tell(ctx, org, engagement, workflows.AnswerUpdate, id, answer); err != nil {
		a.Log.WarnContext(ctx, "answer saved, its program will be told later", "item", answer.Item, "error", err)
		return false
	}
	return true
}

// FileLink is a file as the holder of its link sees it.
type FileLink struct {
	Organization string
	Name         string
	ContentType  string
	Size         int64
	Data         []byte
}

// ReadFileLink says what a file's link is about, and counts no view.
func (a *App) ReadFileLink(ctx context.Context, ref coaching.LinkRef) (FileLink, error) {
	_, _, out, err := a.fileLink(ctx, ref)
	return out, err
}

// ViewFile gives the file itself and counts the view.
func (a *App) ViewFile(ctx context.Context, ref coaching.LinkRef) (FileLink, error) {
	link, file, out, err := a.fileLink(ctx, ref)
	if err != nil {
		return out, err
	}
	if out.Data, err = a.Deeds.Blobs.Get(ctx, file.BlobKey); err != nil {
		return out, wrap(err, "read file")
	}
	err = a.DB.InOrg(ctx, ref.Org, func(q *rows.Queries) error {
		if link.PersonID == nil {
			return nil
		}
		return wrap(q.FileViewed(ctx, rows.FileViewedParams{OrgID: ref.Org, FileID: file.ID, PersonID: *link.PersonID, At: now()}), "count view")
	})
	return out, err
}

func (a *App) fileLink(ctx context.Context, ref coaching.LinkRef) (link rows.Link, file rows.File, out FileLink, err error) {
	err = a.DB.InOrg(ctx, ref.Org, func(q *rows.Queries) error {
		var err error
		if link, err = liveLink(ctx, q, ref); err != nil {
			return err
		}
		row, err := q.FileGet(ctx, ref.Org, link.SubjectID)
		if db.NoRow(err) {
			return errLink()
		}
		if err != nil {
			return wrap(err, "read file")
		}
		file = row.File
		organization, err := q.OrganizationGet(ctx, ref.Org)
		out = FileLink{Organization: organization.Name, Name: file.Name, ContentType: file.ContentType, Size: file.Size}
		return wrap(err, "read organization")
	})
	return link, file, out, err
}
