// Package register asks registers what they know of the customer, so that the customer need not write it. In go the registers that
// definitions declare, what the login and the questionnaire have told, and a deadline; out come values, each with its source and time.
//
//	definitions.Register ──engine──▶ expressions ──▶ Client ──Ask──▶ Reply ┐
//	                                  (one per register, with a cache        ├─Gather─▶ Result ──Prefill──▶ values of terms, with sources
//	                                   and a breaker)         …all at once   ┘
//
// A register is declared in YAML (docs/registers.md); this package knows none by name. Whatever a register does, slow, down or wrong, it
// costs the customer the deadline at most, and the reply says what happened. Nothing about a person gets into a log or an error: they name
// the register and what went wrong, never the address that was asked or a word of the answer.
package register
