-- The grants of this floor. A worker reads here what it must know to take away or to say that something is new; it notes what it mailed.
grant select on review_probecheck, review_drawn, review_sorting, review_conclusion, review_lead, review_leadend, review_candidateend,
  review_evidencekind, review_evidence, review_fixing, review_statement, review_edge, review_closing, review_holddecision,
  review_existingwarrant, review_rivalweighed, review_lineupform, review_lineupheld, review_papers, review_legalview, review_custody,
  review_recheck, review_release, review_countersignature, review_decision,
  review_outsidegate, review_disposition, review_noticesread, review_action, review_countersignaturetransition to app, auditor;
grant select on review_noticemailed to auditor;
grant select on review_countersignature, review_decision, review_lead, review_leadend, review_action, review_noticesread, review_outsidegate to worker;
grant select, insert on review_noticemailed to worker;
grant insert on review_probecheck, review_lead, review_leadend, review_candidateend, review_evidence, review_fixing, review_statement,
  review_edge, review_closing, review_holddecision, review_existingwarrant, review_rivalweighed, review_lineupform, review_lineupheld,
  review_papers, review_legalview, review_recheck, review_release, review_outsidegate, review_disposition, review_noticesread to app;
