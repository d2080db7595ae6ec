package app

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
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
	FormAnswered FormStand = "answered" // by this recipient, and acknowledged by the program
	FormPending  FormStand = "pending"  // submitted, being processed
	FormClosed   FormStand = "closed"   // skipped, removed, or the engagement is over
)

// FormLink is a form as the holder of its link sees it.
type FormLink struct {
	Brand        string // the colour of the organization
	Logo         string // the path of its logo
	Organization string
	Recipient    string
	Title        string
	Form         *coaching.Form
	Stand        FormStand
	Draft        coaching.Draft
	SavedAt      time.Time
	// Outdated: a newer draft was saved than the one that was filled out, so
	// nothing was written; Draft is the newer one.
	Outdated bool
	// Over: the engagement has ended, so that nobody can open the form again.
	Over        bool
	SubmittedAt time.Time
	Answer      []coaching.AnswerLine
	DueAt       time.Time
	Zone        *time.Location

	ref recipientRef
}

// DraftField is the field of a posted form that holds the FormLink.Version of when
// the form was shown, so that what is typed from there replaces no newer draft.
const DraftField = "started_from"

// Version names the draft that is saved; empty: there is none.
func (f FormLink) Version() string {
	if f.SavedAt.IsZero() {
		return ""
	}
	return strconv.FormatInt(f.SavedAt.UnixMicro(), 10)
}

// recipientRef is what a form's link names, resolved.
type recipientRef struct {
	org, engagement, item, recipient, form uuid.UUID
	version                                int32
	round                                  int
}

// OpenLink checks a token and says what it is for.
func (a *App) OpenLink(token string) (coaching.LinkRef, error) {
	ref, ok := a.Outbox.Links.Open(token)
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
	out := FormLink{Organization: r.OrganizationName, Brand: r.BrandColor, Logo: coaching.LogoPath(ref.Org, r.Logo), Recipient: r.DisplayName, Title: r.Title, Zone: coaching.ZoneOrUTC(r.Zone),
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
	f.Over = coaching.EngagementStatus(r.EngagementStatus).Over()
	if f.Over || status == coaching.Skipped || status == coaching.Removed {
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
	if f.Stand = FormPending; r.TakenUpAt != nil || f.Over {
		f.Stand = FormAnswered
	}
	var answer coaching.Answer
	if err := json.Unmarshal(r.Answer, &answer); err != nil {
		return wrap(err, "read answer")
	}
	f.Answer = f.Form.Summary(answer)
	return nil
}

// SaveDraft keeps everything typed, valid or not. Where the form was submitted,
// closed, or saved from another window in the meantime it changes nothing, and
// tells so by its stand or Outdated.
func (a *App) SaveDraft(ctx context.Context, ref coaching.LinkRef, values url.Values) (FormLink, error) {
	return a.enter(ctx, ref, values, func(q *rows.Queries, f *FormLink, entered entry) (bool, error) { return f.saveDraft(ctx, q, entered) })
}

// SubmitForm takes a form's answers. Faults are told beside their questions and
// nothing typed is lost. What is right is saved first and
// signalled to the program then; should that fail, the stand is FormPending and the
// recovery sweep signals it. What
// was submitted first counts: where something else was, or a newer draft was
// saved, what comes back is that.
func (a *App) SubmitForm(ctx context.Context, ref coaching.LinkRef, values url.Values) (FormLink, []coaching.FieldProblem, error) {
	var faults []coaching.FieldProblem
	out, err := a.enter(ctx, ref, values, func(q *rows.Queries, f *FormLink, entered entry) (bool, error) {
		answer, wrong := f.Form.Check(entered.draft)
		if len(wrong) > 0 {
			faults = wrong
			return f.saveDraft(ctx, q, entered)
		}
		return f.submit(ctx, q, entered, answer)
	})
	if out.Stand != FormOpen {
		faults = nil // what was submitted before had none
	}
	if err == nil && out.Stand == FormPending {
		a.tellAnswer(ctx, &out)
	}
	if out.Outdated || out.Stand != FormOpen {
		faults = nil
	}
	return out, faults, err
}

// entry is what was typed into a form, and when the draft was saved that the form
// showed before; nil: it showed none.
type entry struct {
	draft       coaching.Draft
	startedFrom *time.Time
}

func readEntry(form *coaching.Form, values url.Values) (entry, error) {
	draft, err := form.ReadDraft(values)
	out := entry{draft: draft}
	if micros, parseErr := strconv.ParseUint(values.Get(DraftField), 10, 52); parseErr == nil {
		at := time.UnixMicro(int64(micros)).UTC()
		out.startedFrom = &at
	}
	return out, err
}

// enter reads a form's link and what was typed, and has it written where the form
// is open. Where write finds that somebody was faster, the form is read again.
func (a *App) enter(ctx context.Context, ref coaching.LinkRef, values url.Values, write func(*rows.Queries, *FormLink, entry) (bool, error)) (FormLink, error) {
	var out FormLink
	err := a.DB.InOrg(ctx, ref.Org, func(q *rows.Queries) error {
		var err error
		if out, err = readFormLink(ctx, q, ref); err != nil || out.Stand != FormOpen {
			return err
		}
		entered, err := readEntry(out.Form, values)
		if err != nil {
			return err
		}
		if written, err := write(q, &out, entered); err != nil || written {
			return err
		}
		out, err = readFormLink(ctx, q, ref)
		out.Outdated = out.Stand == FormOpen
		return err
	})
	return out, err
}

func (f *FormLink) saveDraft(ctx context.Context, q *rows.Queries, entered entry) (bool, error) {
	draft, err := json.Marshal(entered.draft)
	if err != nil {
		return false, wrap(err, "write draft")
	}
	f.Draft, f.SavedAt = entered.draft, now()
	saved, err := q.AnswerSave(ctx, rows.AnswerSaveParams{OrgID: f.ref.org, ID: db.NewID(), RecipientID: f.ref.recipient, Round: int32(f.ref.round),
		FormID: &f.ref.form, FormVersion: &f.ref.version, Draft: draft, SavedAt: f.SavedAt, StartedFrom: entered.startedFrom})
	return saved == 1, wrap(err, "save draft")
}

func (f *FormLink) submit(ctx context.Context, q *rows.Queries, entered entry, answer coaching.Answer) (bool, error) {
	data, err := answer.JSON()
	if err != nil {
		return false, wrap(err, "write answer")
	}
	draft, err := json.Marshal(entered.draft)
	if err != nil {
		return false, wrap(err, "write draft")
	}
	f.Stand, f.Draft, f.SubmittedAt, f.Answer = FormPending, entered.draft, now(), f.Form.Summary(answer)
	submitted, err := q.AnswerSubmit(ctx, rows.AnswerSubmitParams{OrgID: f.ref.org, ID: db.NewID(), RecipientID: f.ref.recipient, Round: int32(f.ref.round),
		FormID: &f.ref.form, FormVersion: &f.ref.version, Draft: draft, Answer: data, SavedAt: f.SubmittedAt, StartedFrom: entered.startedFrom})
	return submitted == 1, wrap(err, "store answer")
}

func (a *App) tellAnswer(ctx context.Context, f *FormLink) {
	answer := workflows.ProgramAnswer{Item: f.ref.item, Recipient: f.ref.recipient, Round: f.ref.round}
	if a.signalProgram(ctx, f.ref.engagement, workflows.AnsweredSignal, answer) {
		f.Stand = FormAnswered
	}
}

// FileLink is a file as the holder of its link sees it.
type FileLink struct {
	Brand        string // the colour of the organization
	Logo         string // the path of its logo
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
	if out.Data, err = a.Inbox.Blobs.Get(ctx, file.BlobKey); err != nil {
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
		out = FileLink{Organization: organization.Name, Brand: organization.BrandColor, Logo: coaching.LogoPath(ref.Org, organization.Logo), Name: file.Name, ContentType: file.ContentType, Size: file.Size}
		return wrap(err, "read organization")
	})
	return link, file, out, err
}
