package definitions

import (
	"encoding/json"
	"io"
)

// reportJSON is the shape of `luvat validate --format json`. It is a stable contract: fields are added, never changed.
type reportJSON struct {
	Diagnostics []diagnosticJSON `json:"diagnostics"`
	Errors      int              `json:"errors"`
	Warnings    int              `json:"warnings"`
	Notes       int              `json:"notes"`
}

type diagnosticJSON struct {
	positionJSON
	Severity   Severity      `json:"severity"`
	Rule       string        `json:"rule"`
	Message    string        `json:"message"`
	Suggestion string        `json:"suggestion,omitempty"`
	Related    []relatedJSON `json:"related"`
}

type relatedJSON struct {
	positionJSON
	Message string `json:"message"`
}

type positionJSON struct {
	File      string `json:"file"`
	Line      int    `json:"line"`                 // from 1; 0 when the finding is about the file as a whole
	Column    int    `json:"column"`               // from 1, in Unicode code points
	EndColumn int    `json:"end_column,omitempty"` // after the last code point, on the same line
}

func positionOf(p Position) positionJSON { return positionJSON{p.File, p.Line, p.Column, p.End} }

// WriteJSON writes findings as one JSON object: `diagnostics`, an array that is never null, and the counts by severity.
func WriteJSON(w io.Writer, ds Diagnostics) error {
	report := reportJSON{Diagnostics: make([]diagnosticJSON, 0, len(ds))}
	for _, d := range ds {
		switch d.Severity {
		case Error:
			report.Errors++
		case Warning:
			report.Warnings++
		case Note:
			report.Notes++
		}
		row := diagnosticJSON{positionOf(d.At), d.Severity, d.Rule, d.Message, d.Suggestion, []relatedJSON{}}
		for _, r := range d.Related {
			row.Related = append(row.Related, relatedJSON{positionOf(r.At), r.Message})
		}
		report.Diagnostics = append(report.Diagnostics, row)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(report)
}
