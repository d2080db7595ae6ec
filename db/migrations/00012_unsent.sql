-- +goose NO TRANSACTION
-- +goose Up

-- What of a program has not left yet is asked for with each change of it. The index is
-- made without keeping anybody from writing; what an earlier attempt did not finish is
-- made anew.
DROP INDEX CONCURRENTLY IF EXISTS notifications_unsent;
CREATE INDEX CONCURRENTLY notifications_unsent ON notifications (org_id, engagement_id) WHERE state IN ('planned', 'sending');

-- +goose Down
DROP INDEX CONCURRENTLY IF EXISTS notifications_unsent;
