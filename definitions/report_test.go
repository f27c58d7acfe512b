package definitions

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

var reported = Diagnostics{
	{At: Position{"bundles/päätös 1.yaml", 2, 3, 7}, Severity: Error, Rule: Rules[0].ID, Message: "there is no <b> & \"c\"", Suggestion: "did you mean `d`?",
		Related: []Related{{Position{"b.yaml", 1, 1, 0}, "first here"}}},
	{At: Position{File: "big.yaml"}, Severity: Warning, Rule: "not-registered", Message: "is too large"},
	{Severity: Note, Rule: Rules[0].ID, Message: "nowhere"},
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := WriteJSON(&b, reported); err != nil {
		t.Fatal(err)
	}
	want := `{
  "diagnostics": [
    {
      "file": "bundles/päätös 1.yaml",
      "line": 2,
      "column": 3,
      "end_column": 7,
      "severity": "error",
      "rule": "RULE",
      "message": "there is no <b> & \"c\"",
      "suggestion": "did you mean ~d~?",
      "related": [
        {
          "file": "b.yaml",
          "line": 1,
          "column": 1,
          "message": "first here"
        }
      ]
    },
    {
      "file": "big.yaml",
      "line": 0,
      "column": 0,
      "severity": "warning",
      "rule": "not-registered",
      "message": "is too large",
      "related": []
    },
    {
      "file": "",
      "line": 0,
      "column": 0,
      "severity": "note",
      "rule": "RULE",
      "message": "nowhere",
      "related": []
    }
  ],
  "errors": 1,
  "warnings": 1,
  "notes": 1
}
`
	want = strings.NewReplacer("RULE", Rules[0].ID, "~", "`").Replace(want)
	if b.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
	b.Reset()
	if err := WriteJSON(&b, nil); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `"diagnostics": []`) {
		t.Errorf("without findings the array must be there and empty:\n%s", b.String())
	}
}

// The parts of SARIF 2.1.0 that a reader relies on, by the section that demands each.
func TestSARIF(t *testing.T) {
	sources := sourcesOf("bundles/päätös 1.yaml", "a: b\n  cccc: d")
	var b bytes.Buffer
	if err := WriteSARIF(&b, reported, sources, "1.2.3"); err != nil {
		t.Fatal(err)
	}
	var log struct {
		Schema  string `json:"$schema"`
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct {
					Name, Version string
					Rules         []struct {
						ID                   string
						ShortDescription     struct{ Text string }
						FullDescription      struct{ Text string }
						Help                 struct{ Text, Markdown string }
						HelpURI              *string
						DefaultConfiguration struct{ Level string }
					}
				}
			}
			ColumnKind string
			Results    []struct {
				RuleID    string
				RuleIndex *int
				Level     string
				Message   struct{ Text string }
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           *struct {
							StartLine, StartColumn, EndColumn int
							Snippet                           struct{ Text string }
						}
					}
				}
				RelatedLocations []struct {
					ID      int
					Message struct{ Text string }
				}
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || !strings.Contains(log.Schema, "sarif") || len(log.Runs) != 1 {
		t.Fatalf("3.13: version %q, schema %q, %d runs", log.Version, log.Schema, len(log.Runs))
	}
	run := log.Runs[0]
	if run.Tool.Driver.Name != "luvat" || run.Tool.Driver.Version != "1.2.3" || run.ColumnKind != "unicodeCodePoints" {
		t.Errorf("3.14, 3.19: driver %+v, columns %q", run.Tool.Driver, run.ColumnKind)
	}
	if len(run.Tool.Driver.Rules) != 1 {
		t.Fatalf("3.19.23: %d rules are described, want the one that was met and is registered", len(run.Tool.Driver.Rules))
	}
	rule := run.Tool.Driver.Rules[0]
	if rule.ID != Rules[0].ID || rule.ShortDescription.Text == "" || rule.FullDescription.Text == "" || rule.Help.Text == "" ||
		!strings.HasPrefix(rule.Help.Markdown, "# "+rule.ID) || rule.HelpURI != nil || rule.DefaultConfiguration.Level != string(Rules[0].Severity) {
		t.Errorf("3.49: %+v", rule)
	}
	if len(run.Results) != 3 {
		t.Fatalf("%d results", len(run.Results))
	}
	var levels []string
	for _, r := range run.Results {
		levels = append(levels, r.Level)
		if r.Message.Text == "" {
			t.Errorf("3.11: no message: %+v", r)
		}
	}
	if !slices.Equal(levels, []string{"error", "warning", "note"}) {
		t.Errorf("3.27.10: levels %v", levels)
	}
	first := run.Results[0]
	if first.RuleIndex == nil || *first.RuleIndex != 0 || run.Results[1].RuleIndex != nil {
		t.Errorf("3.27.6: the index is given exactly for rules that are described")
	}
	if first.Message.Text != "there is no <b> & \"c\" (did you mean `d`?)" {
		t.Errorf("message %q", first.Message.Text)
	}
	place := first.Locations[0].PhysicalLocation
	if place.ArtifactLocation.URI != "bundles/p%C3%A4%C3%A4t%C3%B6s%201.yaml" {
		t.Errorf("3.4.3: uri %q", place.ArtifactLocation.URI)
	}
	if g := place.Region; g == nil || g.StartLine != 2 || g.StartColumn != 3 || g.EndColumn != 7 || g.Snippet.Text != "  cccc: d" {
		t.Errorf("3.30: region %+v", place.Region)
	}
	if l := first.RelatedLocations; len(l) != 1 || l[0].ID != 1 || l[0].Message.Text != "first here" {
		t.Errorf("3.27.22: related %+v", l)
	}
	if run.Results[1].Locations[0].PhysicalLocation.Region != nil || len(run.Results[2].Locations) != 0 {
		t.Errorf("a place that is not known must be left out")
	}
}

func TestSARIFURI(t *testing.T) {
	for path, want := range map[string]string{
		"a/b.yaml": "a/b.yaml", "/srv/a b.yaml": "file:///srv/a%20b.yaml", "a:b.yaml": "./a:b.yaml", "a#b?.yaml": "a%23b%3F.yaml",
	} {
		if got := sarifURI(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}
