package files

import (
	"context"
	"fmt"
	"time"

	"coachflow/db"
	"coachflow/db/rows"
)

// uploadLife is how long an upload may take. What has begun before was broken off.
const uploadLife = 24 * time.Hour

// Sweep looks across organizations for uploads that were broken off, and removes what
// they have stored. most bounds a round.
func (f *Files) Sweep(ctx context.Context, most int32) error {
	list, err := f.DB.Across().SweepUploads(ctx, db.Now().Add(-uploadLife), most)
	if err != nil {
		return fmt.Errorf("sweep uploads: %w", err)
	}
	for _, row := range list {
		err := f.DB.InOrg(ctx, row.OrgID, func(q *rows.Queries) error {
			ended, err := q.UploadEnd(ctx, row.OrgID, row.ID)
			if err != nil || ended == 0 { // it was kept in this moment
				return err
			}
			return f.Blobs.DeleteAll(ctx, row.BlobKey)
		})
		if err != nil { // one upload's trouble does not hold up the others
			f.Log.ErrorContext(ctx, "upload that was broken off not removed", "upload", row.ID, "error", err)
		}
	}
	return nil
}
