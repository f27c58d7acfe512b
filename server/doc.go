// Package server shows the engine to people and programs. In go HTTP requests that carry the answers themselves; out come pages,
// calendars and JSON. It holds no rule of any permit and keeps nothing between requests.
//
//	request ──visit──▶ language, bundle, day, answers ──engine──▶ Analysis ──page structs──▶ templates ──▶ HTML, SVG
//	                                                             └──────────▶ JSON, iCalendar
//
// A page is a struct of its own, checked against its template by a test. A handler returns an error. Answers travel in the address
// (see pack.go), so that going back, sharing and reloading just work, with and without scripts.
package server
