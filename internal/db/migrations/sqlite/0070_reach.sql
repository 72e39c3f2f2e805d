-- +goose Up

-- directory: whom a role reaches is asked of the roles of a person, of an organisation and of an authority, and answered from these indexes alone.
DROP INDEX role_by_person;
DROP INDEX role_by_organisation;
DROP INDEX person_by_merged_into;
CREATE INDEX role_by_person ON role (person_id, organisation_id, role, programme, from_on, to_on);
CREATE INDEX role_by_organisation ON role (organisation_id, role, programme, person_id, from_on, to_on);
CREATE INDEX role_by_authority ON role (authority_id, person_id);
CREATE INDEX person_by_merged_into ON person (merged_into, id);

-- register: which organisations have a round that is planned or running.
CREATE INDEX round_open ON round (organisation_id, last_on, programme) WHERE ended_how IS NULL;

-- round: in which organisations a hub's rounds go on.
DROP INDEX round_by_hub;
CREATE INDEX round_by_hub ON round (hub_id, first_on, id, last_on, programme, variant, ended_how, organisation_id);

-- +goose Down
DROP INDEX round_by_hub;
CREATE INDEX round_by_hub ON round (hub_id, first_on, id, last_on, programme, variant, ended_how);
DROP INDEX round_open;
DROP INDEX person_by_merged_into;
DROP INDEX role_by_authority;
DROP INDEX role_by_organisation;
DROP INDEX role_by_person;
CREATE INDEX person_by_merged_into ON person (merged_into);
CREATE INDEX role_by_organisation ON role (organisation_id, role);
CREATE INDEX role_by_person ON role (person_id);
