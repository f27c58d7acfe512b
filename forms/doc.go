// Package forms is about the data of its own that a requirement asks for. In go the forms and terms of a bundle, the answers of a case
// and what was typed; out come the one form of the case, what is wrong with it, and the data of each filing.
//
//	definitions.Form ──Compile──▶ Book ──Union(needs)──▶ Union ──Show──▶ fields shown and required now
//	                                                          ──Decode──▶ what was typed, as JSON values
//	                                                          ──Check───▶ problems, in the customer's language
//	                                                          ──Filing──▶ exactly what one authority may read
//	                      Book.Schema: plain JSON Schema 2020-12 in one language, sent with the data
//
// What YAML adds to JSON Schema is taken away first: `$ref: term:<id>` becomes the term's schema, `x-answer: <question>` becomes
// the schema of that question's answer, and annotations written by language become text of one language.
//
// A field that is not shown has no value: it is not checked, not sent, and none to the conditions of other fields. docs/forms.md has
// the table of cases.
package forms
