-- What joins investigations, opens the road or brings a face result is dated after it has the investigation's lock (triggers run by
-- name), and by the database alone: a row that waited for a countersignature is not dated before it.
do $$
declare t record;
begin
  for t in select * from (values ('cases_screening', 'at'), ('cases_investigationlink', 'linked_at'), ('cases_candidatelist', 'received_at'),
      ('cases_offencereport', 'confirmed_at'), ('cases_policyproposal', 'at')) v(name, dated) loop
    execute format('create trigger w_dated_by_the_house before insert on %I for each row execute function dated_by_the_house(%L)', t.name, t.dated);
    execute format('alter table %I enable always trigger w_dated_by_the_house', t.name);
  end loop;
end $$;
