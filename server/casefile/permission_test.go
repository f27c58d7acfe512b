package casefile

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
)

// documented reads the table of permissions in docs/case.md: by action, the cells of its row.
func documented(t *testing.T) (columns []string, rows map[string][]string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/case.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "## Who may do what\n")
	if !found {
		t.Fatal("docs/case.md has no chapter \"Who may do what\"")
	}
	rows = map[string][]string{}
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, "## ") {
			break
		}
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.Trim(strings.TrimSpace(cells[i]), "`")
		}
		if columns == nil {
			columns = cells[1:]
			continue
		}
		rows[cells[0]] = cells[1:]
	}
	return columns, rows
}

// TestMatrix walks every action × every actor × every phase, and holds what may says against the table in docs/case.md.
func TestMatrix(t *testing.T) {
	columns, rows := documented(t)
	if want := []string{"read", "edit", "submit", "owner", "system", "authority", "phases"}; !slices.Equal(columns, want) {
		t.Fatalf("the columns are %v, not %v", columns, want)
	}
	for do := range rules {
		if rows[string(do)] == nil {
			t.Errorf("docs/case.md does not say who may %q", do)
		}
	}
	if len(rows) != len(rules) {
		t.Errorf("docs/case.md has %d actions, the code %d", len(rows), len(rules))
	}
	actors := map[string]Actor{
		"read": {Account: "r"}, "edit": {Account: "e"}, "submit": {Account: "s"}, "owner": {Account: "o"}, "system": {System: true},
		"authority": {Authority: "police"},
	}
	// To these the case must not exist.
	strangers := map[string]Actor{
		"nobody": {}, "another account": {Account: "x"}, "another party": {Account: "x", Party: "p"}, "another authority": {Authority: "lvv"},
		"an authority that is told directly": {Authority: "landowner"}, "somebody with an authority's name": {Account: "authority:police"},
		"somebody called system": {Account: "system"},
	}
	for _, phase := range []Phase{Draft, Sent, Closed} {
		c := newCase(0)
		c.ID, c.Seq, c.Phase, c.Holder = "case", 1, phase, Holder{Account: "o"}
		c.People = []*Person{{Account: "r", Role: RoleRead}, {Account: "e", Role: RoleEdit}, {Account: "s", Role: RoleSubmit}}
		c.Filings = []*Filing{{ID: "1", Authority: Recipient{ID: "police"}, Channel: Light}, {ID: "2", Authority: Recipient{ID: "landowner"}, Channel: Direct}}
		for do := range rules {
			cells := rows[string(do)]
			if cells == nil {
				continue
			}
			inPhase := slices.Contains(strings.Fields(cells[6]), string(phase))
			for i, column := range columns[:6] {
				err := may(actors[column], c, do)
				var forbidden *Forbidden
				var notNow *NotNow
				switch {
				case cells[i] == "yes" && inPhase:
					if err != nil {
						t.Errorf("%s, %s, in %s: %v", do, column, phase, err)
					}
				case cells[i] == "yes":
					if !errors.As(err, &notNow) {
						t.Errorf("%s, %s, in %s: %v, not that it is not possible now", do, column, phase, err)
					}
				case !errors.As(err, &forbidden):
					t.Errorf("%s, %s, in %s: %v, not that it is forbidden", do, column, phase, err)
				}
			}
			for who, a := range strangers {
				if err := may(a, c, do); !errors.Is(err, ErrNoCase) {
					t.Errorf("%s by %s in %s: %v, not that there is no such case", do, who, phase, err)
				}
			}
		}
	}
}

func TestWhoOwnsACase(t *testing.T) {
	for _, test := range []struct {
		name   string
		holder Holder
		actor  Actor
		want   Role
	}{
		{"one's own", Holder{Account: "a"}, Actor{Account: "a"}, RoleOwner},
		{"one's own, while acting for an organisation", Holder{Account: "a"}, Actor{Account: "a", Party: "p"}, RoleOwner},
		{"the organisation's", Holder{Account: "a", Party: "p"}, Actor{Account: "b", Party: "p"}, RoleOwner},
		{"the organisation's, opened by one who acts for it no more", Holder{Account: "a", Party: "p"}, Actor{Account: "a"}, NoRole},
		{"another organisation's", Holder{Account: "a", Party: "p"}, Actor{Account: "a", Party: "q"}, NoRole},
		{"a worker's", Holder{Account: "a"}, Actor{Account: "a", System: true}, NoRole},
		{"an authority's", Holder{Account: "a"}, Actor{Account: "a", Authority: "lvv"}, NoRole},
		{"nobody's", Holder{}, Actor{}, NoRole},
	} {
		c := newCase(0)
		c.Holder = test.holder
		if got := c.RoleOf(test.actor); got != test.want {
			t.Errorf("%s: the role is %q, not %q", test.name, got, test.want)
		}
	}
}

func TestNoCaseAndForeignCaseAreAlike(t *testing.T) {
	w := newWorld(t, nil)
	c := w.open(maija, 30)
	for name, id := range map[string]string{"a foreign case": c.ID, "no case": "0123456789abcdefghjk"} {
		_, err := w.Read(w.ctx, olli, id)
		if !errors.Is(err, ErrNoCase) {
			t.Errorf("%s: %v", name, err)
		}
		_, err = w.Save(w.ctx, olli, id, Save{Changes: map[string]any{"term/a": "x"}})
		if !errors.Is(err, ErrNoCase) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
