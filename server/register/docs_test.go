package register_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"luvat/definitions"
)

var yamlExample = regexp.MustCompile("(?ms)^```yaml example\n(.*?)^```$")

// TestPage reads the examples of docs/registers.md as definitions and holds that the page names every key of a register.
func TestPage(t *testing.T) {
	text, err := os.ReadFile("../../docs/registers.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := yamlExample.FindAllStringSubmatch(string(text), -1)
	if len(examples) < 2 {
		t.Fatalf("the page has %d examples", len(examples))
	}
	for _, m := range examples {
		if b := written(t, m[1]); len(b.Shared.Registers) == 0 {
			t.Errorf("no register is declared in\n%s", m[1])
		}
	}
	var schema struct {
		Defs map[string]struct {
			Properties map[string]any
		} `json:"$defs"`
	}
	if err := json.Unmarshal(definitions.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	for key := range schema.Defs["a-register"].Properties {
		if !strings.Contains(string(text), "| `"+key+"` |") && key != "unverified" && key != "note" && key != "sources" {
			t.Errorf("the page does not say what `%s` is", key)
		}
	}
	if len(schema.Defs["a-register"].Properties) < 10 {
		t.Errorf("the grammar has no register: %v", schema.Defs["a-register"])
	}
}
