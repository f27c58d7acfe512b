// Package delivery does the work that cases cause: it brings filings, changes, withdrawals and messages to authorities, and letters to
// people. What is to be done stands in the store, written with the entry that causes it; so whatever dies, nothing is forgotten, and
// what was done but not noted is done again under the same id, by which the receiver knows it.
//
//	store ──Claim──▶ work ──Parcel──▶ integration: event, signed, to the authority's system
//	                                  light:       letter to the authority; the filing waits in the portal
//	                 ◀──RecordDelivered, RecordFailed── taken, again at, given up
//
// Of one filing, one thing goes after another: each filing is a lane of the store.
package delivery
