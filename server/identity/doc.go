// Package identity knows who somebody is and on whose behalf they may act. In go a browser and what an identification service says of
// it; out come an account, a party and a session.
//
//	page ──Begin──▶ Provider (personas, OpenID Connect, …) ──callback──▶ Complete ──▶ Account + Session
//	                                                                        Mandates ──▶ Party ──Check──▶ Evidence
//
// Ports. A Provider identifies a person; Mandates says for which organisations that person may act. Both have a development
// implementation (Personas) that cannot be made outside development, and a real one (OIDC, Authorizations). Another way to identify,
// such as SAML 2.0, is one more Provider: Begin may answer with a redirect or with a page, and the callback may come by GET or POST.
//
// What is kept, in the buckets of the store:
//
//	account         opaque account id          → name, e-mail, language … (Account as JSON)
//	account-secret  the same id                → subject, personal identity code; sealed
//	account-link    HMAC of provider+subject   → account id
//	grant           account id/business id     → an organisation that an invitation gave
//	mandate         account id                 → what the mandate register answered, with its session; sealed
//	login           SHA-256 of the state       → a login under way; sealed, 10 minutes
//	session         SHA-256 of the token       → Session; sealed, until it expires and 24 hours beyond (see Sessions.Keep)
//	kept            SHA-256 of token and place → a form that was posted too late; sealed with the browser's token, 1 hour
//
// Sealed means AES-256-GCM under a key derived from Config.Keys for that one purpose and bound to the record's key, so that a copy of
// the database gives away neither personal identity codes nor tokens, and no record can be passed off as another.
//
// Time is the machine's: a session that ends by an invented clock protects nobody.
package identity
