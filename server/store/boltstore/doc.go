// Package boltstore keeps cases in one file, with bbolt. See package store for what it promises.
//
//	caller ──prepare──▶ channel ──▶ one writer: drain, one transaction, one fsync ──▶ each caller its own result     (commit.go)
//	caller ──▶ read transaction ──▶ copy                                                                             (reads wait for nobody)
//
// # Layout of the file, format 1
//
// Buckets of bbolt, their keys and values. Numbers are big-endian so that byte order is their order; times are microseconds since 1970
// with the sign bit turned, for the same reason. Names hold no NUL, so that NUL ends them. (key.go, codec.go)
//
//	luvat     "format"                     the format's number, as text
//	cases     case NUL "e" seq             an entry: hash, prev, at, kind, by, for, edition, and its data or where that is
//	          case NUL "w"                 the sheet: all work of the case, in the order of adding; of done work the id
//	data      number                       data of an entry that is longer than a quarter of a page
//	rows      index NUL key                the row's value
//	due       queue NUL ready order        case NUL id
//	dead      queue NUL order              case NUL id
//	dead ids  id NUL case                  the key in dead
//	records   bucket NUL key               version, expires, value
//	expiries  expires bucket NUL key       nothing
//
// Why so: bbolt writes every page that a transaction changes, whole, so what counts is how many pages a submission touches.
//
//   - The entries of a case lie side by side: a case is read with one seek. There is no bucket of heads: the last key of a case has its
//     number, and its value begins with its hash.
//   - Long data is kept apart, numbered as it comes. There it is written once, beside what others write at the same time. In the entries
//     it would be written again whenever one of its neighbours in the page changes.
//   - The work of a case is one value beside its entries: what a submission adds is one write, and the lanes need no index, because they
//     are in the sheet. Done work leaves its id there: adding it once more must change nothing.
//   - A case's name that begins with the time of its opening would keep the cases that are being worked on in neighbouring pages.
//   - due holds nothing but what can be claimed, now or later: work under a lease stands there at the end of the lease, and of a lane only
//     the head is there. So Claim reads the sheets of what it takes and nothing else, however much is done, dead or waiting in lanes.
//   - order counts all work as it is added; it settles which is older.
//   - The data of entries and work is as it was given (see store.Canonical), so that the chain can be verified from the file alone.
//
// A backup (Backup) is such a file: put it in the place of the store's file while nobody has that open.
package boltstore
