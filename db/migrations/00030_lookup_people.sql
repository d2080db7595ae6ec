-- +goose Up

-- The organizations to whose people an address belongs, the oldest person first: a mail of
-- somebody known to an address that there is not belongs to the organization of its sender.
-- +goose StatementBegin
CREATE FUNCTION lookup_organizations(address_key text) RETURNS TABLE (org_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT p.org_id FROM person_addresses a JOIN people p ON p.org_id = a.org_id AND p.id = a.person_id
   WHERE a.address = address_key ORDER BY p.created_at, p.id $$;
-- +goose StatementEnd
CALL reserve('lookup_organizations(text)');

-- +goose Down
DROP FUNCTION lookup_organizations(text);
