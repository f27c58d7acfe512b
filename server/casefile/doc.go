// Package casefile is the case: everything that one customer's undertaking needs from the authorities, from the first answer to the
// last word. A case is not stored; its ledger is, and the case is what its entries add up to:
//
//	entries ──Fold──▶ Case ──Rows──▶ index rows (folder, search, reference)
//
//	Service.Save, Submit …:  read entries ─▶ Fold ─▶ may(actor, case, action) ─▶ new entries ─▶ Fold again
//	                         ─▶ one store.Change: entries, rows that differ, work to do ─▶ Append
//	                            └─ somebody was faster: read again, merge, once more
//
// Whatever a page, an interface or a timer does to a case is one method of Service. Permission is decided by one function, may.
// The package knows accounts, parties and authorities by their ids only, reads no clock and sends nothing: what must be sent is work in
// the store's queues "deliver" and "mail", written in the same transaction as the entry that causes it.
//
// docs/case.md has the tables of entries and of permissions.
package casefile
