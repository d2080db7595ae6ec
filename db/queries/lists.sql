-- name: PlanByValues :exec
-- From here to the end of the transaction, Postgres plans each statement for the
-- values that it is given.
SELECT set_config('plan_cache_mode', 'force_custom_plan', true);
