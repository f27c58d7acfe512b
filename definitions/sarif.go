package definitions

import (
	"encoding/json"
	"io"
	"net/url"
	"strings"
)

// The shapes below are the part of SARIF 2.1.0 (OASIS, 27 March 2020) that is used here; section numbers are the standard's.
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	ColumnKind string        `json:"columnKind"` // 3.14.17
	Results    []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID      string        `json:"id"`
	Short   sarifText     `json:"shortDescription"`
	Full    *sarifText    `json:"fullDescription,omitempty"`
	Help    *sarifMessage `json:"help,omitempty"`
	Default sarifDefault  `json:"defaultConfiguration"`
}

type sarifDefault struct {
	Level Severity `json:"level"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifMessage struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	RuleIndex *int            `json:"ruleIndex,omitempty"`
	Level     Severity        `json:"level"` // "error", "warning" and "note" are SARIF's own words (3.27.10)
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations,omitempty"`
	Related   []sarifLocation `json:"relatedLocations,omitempty"`
}

type sarifLocation struct {
	ID       int           `json:"id,omitempty"`
	Physical sarifPhysical `json:"physicalLocation"`
	Message  *sarifText    `json:"message,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine   int        `json:"startLine"`
	StartColumn int        `json:"startColumn"`
	EndColumn   int        `json:"endColumn,omitempty"`
	Snippet     *sarifText `json:"snippet,omitempty"`
}

// WriteSARIF writes findings as a SARIF 2.1.0 log, for the code-scanning pages of forges and for editors.
// sources, by path, give the snippets and may be nil; version is the program's and may be empty.
// The rules that were met are described by their pages.
func WriteSARIF(w io.Writer, ds Diagnostics, sources map[string]*Source, version string) error {
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "luvat", Version: version, Rules: []sarifRule{}}},
		ColumnKind: "unicodeCodePoints",
		Results:    []sarifResult{},
	}
	index := map[string]int{}
	for _, r := range Rules {
		if !ds.mention(r.ID) {
			continue
		}
		index[r.ID] = len(run.Tool.Driver.Rules)
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(r))
	}
	for _, d := range ds {
		result := sarifResult{RuleID: d.Rule, Level: d.Severity, Message: sarifText{d.Message}}
		if i, ok := index[d.Rule]; ok {
			result.RuleIndex = &i
		}
		if d.Suggestion != "" {
			result.Message.Text += " (" + d.Suggestion + ")"
		}
		if d.At.File != "" {
			result.Locations = []sarifLocation{{Physical: sarifPlace(d.At, sources)}}
		}
		for i, rel := range d.Related {
			result.Related = append(result.Related, sarifLocation{i + 1, sarifPlace(rel.At, sources), &sarifText{rel.Message}})
		}
		run.Results = append(run.Results, result)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

func (ds Diagnostics) mention(rule string) bool {
	for _, d := range ds {
		if d.Rule == rule {
			return true
		}
	}
	return false
}

func sarifRuleOf(r RuleInfo) sarifRule {
	rule := sarifRule{ID: r.ID, Short: sarifText{r.Title}, Default: sarifDefault{r.Severity}}
	if page := r.Page(); page != "" {
		rule.Full = &sarifText{r.Meaning()}
		rule.Help = &sarifMessage{r.Meaning() + " `luvat explain " + r.ID + "` shows an example.", page}
	}
	return rule
}

func sarifPlace(at Position, sources map[string]*Source) sarifPhysical {
	place := sarifPhysical{Artifact: sarifArtifact{sarifURI(at.File)}}
	if !at.Valid() {
		return place
	}
	place.Region = &sarifRegion{StartLine: at.Line, StartColumn: max(1, at.Column), EndColumn: at.End}
	if src := sources[at.File]; src != nil && at.Line <= len(src.Lines) {
		if line := src.Lines[at.Line-1]; len(line) <= 4*shownColumns {
			place.Region.Snippet = &sarifText{strings.ToValidUTF8(line, "\uFFFD")}
		}
	}
	return place
}

// sarifURI makes a path a URI reference (3.4.3): relative paths stay relative, so that a forge finds them in the repository.
func sarifURI(path string) string {
	if strings.HasPrefix(path, "/") {
		return (&url.URL{Scheme: "file", Path: path}).String()
	}
	return (&url.URL{Path: path}).String()
}
