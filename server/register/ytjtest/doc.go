// Package ytjtest stands in for the open data interface of the Finnish Business Information System (PRH, version 3): the shapes of its
// answers, a handful of companies, and the ways in which it fails. It is an http.Handler, for tests and for the development environment,
// where pages say that a stand-in answered.
//
// What it imitates: GET /opendata-ytj-api/v3/companies by businessId, name, location and companyForm, in pages of a hundred; codes for
// languages (1 Finnish, 2 Swedish, 3 English), names (type 1 is the name in force when it has no endDate) and addresses (1 visiting,
// 2 postal); 200 with an empty list when nothing is found; 400 for a malformed question. What the real service says in the body of a 400
// or 429 is not documented and is not imitated exactly.
package ytjtest
