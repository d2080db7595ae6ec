-- +goose Up

-- Whether those who attend a session are told who else does: in calendars and in letters.
ALTER TABLE organizations ADD COLUMN attendees_see_each_other boolean NOT NULL DEFAULT false;

-- +goose Down
ALTER TABLE organizations DROP COLUMN attendees_see_each_other;
