-- Of a hundred sampled numbers none or one ends as somebody seeks; the planner then takes one in a hundred for the share of all and reads
-- the newest cases, one after another, for an end that one in a thousand has. Of a thousand numbers the share is near enough.
alter index agency_cases_by_begin alter column 1 set statistics 1000;
alter index agency_cases_by_end alter column 1 set statistics 1000;
