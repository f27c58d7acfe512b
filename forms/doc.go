// Package forms is about the data of its own that a requirement asks for. In go the forms and terms of a library; out come
// compiled JSON Schemas (2020-12) and findings about those that cannot be compiled.
//
//	definitions.Value ──schema──▶ plain JSON Schema, every pointer with its place ──Compile──▶ Schema ──Validate──▶ faults
//
// What YAML adds to JSON Schema is taken away first: `$ref: term:<id>` becomes the term's schema, `x-answer: <question>` becomes
// the schema of that question's answer, and annotations written by language become text of one language.
package forms
