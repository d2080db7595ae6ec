package program

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db"
	"coachflow/db/rows"
	"coachflow/outbox"
)

// The files of items. Of what went out, a file changes only by being replaced: that makes
// a version, and is told to those who have not completed the item.

// checkFiles refuses files that nobody has uploaded to the organization.
func (r *resolver) checkFiles(ctx context.Context, spec coaching.ItemSpec, i int) error {
	if len(spec.FileIDs) == 0 {
		return nil
	}
	known, err := r.p.FilesUploaded(ctx, rows.FilesUploadedParams{OrgID: r.p.command.Org, Ids: spec.FileIDs})
	if err != nil {
		return fmt.Errorf("look for files: %w", err)
	}
	return CheckFiles(spec, known, fmt.Sprintf("items[%d]", i))
}

// CheckFiles refuses an item with a file that is not among those that are known.
func CheckFiles(spec coaching.ItemSpec, known []uuid.UUID, path string) error {
	for n, id := range spec.FileIDs {
		if !slices.Contains(known, id) {
			return coaching.Problemf(coaching.Invalid, "file_not_found", "There is no such file among those that you can send. Upload it first.").
				WithField(fmt.Sprintf("%s.file_ids[%d]", path, n), "file_not_found", "no such file")
		}
	}
	return nil
}

// saveFiles keeps the files of an item in line with what it asks for.
func (p *locked) saveFiles(ctx context.Context, item coaching.ProgramItem) error {
	if !item.Spec.Kind.Rules().TakesFiles() {
		return nil
	}
	if err := p.ItemFilesClear(ctx, p.command.Org, item.State.ID); err != nil {
		return fmt.Errorf("clear files of item: %w", err)
	}
	err := p.ItemFilesPut(ctx, rows.ItemFilesPutParams{OrgID: p.command.Org, ItemID: item.State.ID, Files: item.Spec.FileIDs, AddedAt: p.command.At})
	if err != nil {
		return fmt.Errorf("store files of item: %w", err)
	}
	return nil
}

// presentFiles are the files of an item in the versions of now.
func (p *locked) presentFiles(ctx context.Context, item uuid.UUID) ([]rows.ItemFilesRow, error) {
	list, err := p.ItemFiles(ctx, p.command.Org, []uuid.UUID{item})
	if err != nil {
		return nil, fmt.Errorf("read files of item: %w", err)
	}
	return slices.DeleteFunc(list, func(f rows.ItemFilesRow) bool { return f.ReplacedAt != nil }), nil
}

// fileNames are the names of the files with these ids; without any, of all.
func (l itemLetters) fileNames(ids []uuid.UUID) string {
	var names []string
	for _, f := range l.files {
		if len(ids) == 0 || slices.Contains(ids, f.FileID) {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, ", ")
}

// Replacement names a file of an item that is replaced by another one.
type Replacement struct {
	CommandContext
	Old, New uuid.UUID
}

// ReplaceFile puts a new version in the place of a file, inside the caller's transaction,
// and plans the word of it. The workflow is to read the program again, and sends it.
func (s *Programs) ReplaceFile(ctx context.Context, q *rows.Queries, in Replacement) error {
	p, err := s.open(ctx, q, in.CommandContext)
	if err != nil {
		return err
	}
	if p.over() {
		return Over(p.engagement.Status)
	}
	// Who has just completed the item is not told.
	if err := p.takeAnswers(ctx); err != nil {
		return err
	}
	item, err := p.item()
	if err != nil {
		return err
	}
	place := slices.Index(item.Spec.FileIDs, in.Old)
	switch {
	case place < 0:
		return coaching.Problemf(coaching.NotFound, "item_file_not_found", "The item has no such file, or has a new version of it already.")
	case item.State.Ended():
		return coaching.Problemf(coaching.Conflict, "item_ended", "“%s” is %s. Reopen it before you replace its files.", item.Spec.Title, item.State.Status)
	}
	replaced, err := q.ItemFileReplace(ctx, rows.ItemFileReplaceParams{OrgID: in.Org, ItemID: in.Item, OldID: in.Old, NewID: in.New, At: in.At})
	if err != nil {
		return fmt.Errorf("replace file: %w", err)
	}
	if replaced == 0 {
		return coaching.Problemf(coaching.Conflict, "item_file_twice", "The item has, or had, this file already. Upload the new version as a file of its own.")
	}
	item.Spec.FileIDs = slices.Clone(item.Spec.FileIDs)
	item.Spec.FileIDs[place] = in.New
	p.put(item)
	if item.State.Status == coaching.Open && item.Spec.Kind.Rules().HasFiles {
		if err := p.planReplaced(ctx, item, in.New); err != nil {
			return err
		}
	}
	p.command.Key = in.New.String()
	if err := p.event(ctx, "item_file_replaced", &item.State); err != nil {
		return err
	}
	return p.saveUnread(ctx)
}

// AddFiles adds files to an item that carries some, inside the caller's transaction. Nobody
// is told for that: the item's page shows them, and the next mail about it names them.
func (s *Programs) AddFiles(ctx context.Context, q *rows.Queries, c CommandContext, files []uuid.UUID) error {
	p, err := s.open(ctx, q, c)
	if err != nil {
		return err
	}
	if p.over() {
		return Over(p.engagement.Status)
	}
	item, err := p.item()
	if err != nil {
		return err
	}
	rules := item.Spec.Kind.Rules()
	switch {
	case !rules.CarriesFiles:
		return coaching.Problemf(coaching.Invalid, "item_files_fixed", "What a %s item hands over is set when it is added; replace a file of it instead.", rules.Words.Noun)
	case item.State.Ended():
		return coaching.Problemf(coaching.Conflict, "item_ended", "“%s” is %s. Reopen it before you add files to it.", item.Spec.Title, item.State.Status)
	}
	item.Spec.FileIDs = append(slices.Clone(item.Spec.FileIDs), files...)
	if problem := item.Spec.CheckFiles(); problem != nil {
		return problem
	}
	p.put(item)
	if err := p.saveFiles(ctx, item); err != nil {
		return err
	}
	if err := p.event(ctx, "item_files_added", &item.State); err != nil {
		return err
	}
	return p.saveUnread(ctx)
}

// planReplaced plans the word that a file was replaced, to those who have got a mail about
// the item and have not completed it. What was to tell them of another one before and has
// not left becomes one word about both. Others are led to the new version by the mail
// that they get first.
func (p *locked) planReplaced(ctx context.Context, item coaching.ProgramItem, file uuid.UUID) error {
	letters := coaching.LettersOf(item.Spec.Kind)
	written, err := p.RecipientsWritten(ctx, rows.RecipientsWrittenParams{OrgID: p.command.Org, ItemID: &item.State.ID, Kind: string(letters.Request)})
	if err != nil {
		return fmt.Errorf("read who was written to: %w", err)
	}
	before, err := p.NotificationsTellReplaced(ctx, rows.NotificationsTellReplacedParams{OrgID: p.command.Org, ItemID: &item.State.ID, Kind: string(letters.Replaced),
		StateReason: "another file was replaced, too; one mail tells of both", OutcomeAt: &p.command.At})
	if err != nil {
		return fmt.Errorf("take back words of replaced files: %w", err)
	}
	to, err := p.recipientsOf(ctx, item.State.ID)
	if err != nil {
		return err
	}
	var plans []rows.NotificationPlanParams
	for _, r := range to {
		if r.AnsweredAt != nil {
			continue
		}
		n := p.planned(item, r, letters.Replaced, stepReplaced+file.String(), p.command.At)
		n.AboutIds = []uuid.UUID{file}
		for _, earlier := range before {
			if db.Deref(earlier.RecipientID) == r.ID {
				n.AboutIds = append(n.AboutIds, earlier.AboutIds...)
			}
		}
		if n.State == "held" || (n.State == "planned" && !slices.Contains(written, r.ID)) {
			n.State, n.StateReason = "dropped", "they have got no mail about the file yet; the first one leads to the new version"
		}
		plans = append(plans, n)
	}
	return outbox.PlanAll(ctx, p.Queries, plans)
}
