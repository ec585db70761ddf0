-- The grants of this floor. A worker reads here what it must know to take away or to say that something is new; it notes what it mailed.
grant select on review_probecheck, review_drawn, review_sorting, review_conclusion, review_nonmate, review_nonmateshown, review_nonmatesorting,
  review_setaside, review_lead, review_leadend, review_candidateend,
  review_evidencekind, review_evidence, review_fixing, review_statement, review_edge, review_closing, review_holddecision,
  review_existingwarrant, review_rivalweighed, review_lineupform, review_lineupheld, review_papers, review_legalview, review_custody,
  review_recheck, review_release, review_countersignature, review_decision,
  review_outsidegate, review_disposition, review_noticesread, review_action, review_countersignaturetransition to app, auditor;
grant select on review_noticemailed, review_nonmaterating, review_conclusionsetaside to auditor;
grant select on review_countersignature, review_decision, review_lead, review_leadend, review_action, review_noticesread, review_outsidegate to worker;
grant select, insert on review_noticemailed to worker;

-- The pages write every column but the number: where the newest row decides, nobody may write tomorrow's today.
do $$
declare t text;
begin
  foreach t in array array['cases_offencereport', 'review_probecheck', 'review_lead', 'review_leadend', 'review_candidateend',
      'review_evidence', 'review_fixing', 'review_statement', 'review_edge', 'review_closing', 'review_holddecision',
      'review_existingwarrant', 'review_rivalweighed', 'review_lineupform', 'review_lineupheld', 'review_papers', 'review_legalview',
      'review_recheck', 'review_release', 'review_outsidegate', 'review_disposition', 'review_noticesread'] loop
    execute format('revoke insert on %I from app', t);
    execute format('grant insert (%s) on %I to app', (select string_agg(quote_ident(attname), ', ') from pg_attribute
                     where attrelid = t::regclass and attnum > 0 and not attisdropped and attidentity = ''), t);
  end loop;
  execute format('grant insert (%s) on cases_screening to worker', (select string_agg(quote_ident(attname), ', ') from pg_attribute
                   where attrelid = 'cases_screening'::regclass and attnum > 0 and not attisdropped and attidentity = ''));
end $$;
