package casefile

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"luvat/definitions"
	"luvat/forms"
	"luvat/server/store"
)

var update = flag.Bool("update", false, "write the golden files anew")

// counting is a source of numbers that are the same in every run.
type counting struct{ n byte }

func (c *counting) Read(b []byte) (int, error) {
	for i := range b {
		c.n++
		b[i] = c.n
	}
	return len(b), nil
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; go test -run %s -update writes it anew. Got:\n%s", path, t.Name(), got)
	}
}

// TestStory tells a case from the first answer to the last word, and holds its ledger and its export against golden files: what is in
// the ledger today must be readable for as long as there are cases.
func TestStory(t *testing.T) {
	w := newWorld(t, nil)
	w.random = &counting{}
	tick := func() { w.clock.move(time.Minute) }
	c := w.open(maija, 30)
	tick()
	at := w.clock.time()
	told := func(v string) Told {
		return Told{Value: v, Source: Source{ID: "ytj", Title: Texts{"fi": "Yritystietojärjestelmä", "sv": "Företagsdatasystemet", "en": "Business Information System"}, At: at}}
	}
	c = w.must(w.Prefill(w.ctx, maija, c.ID, Prefill{Values: map[string]Told{"term/organiser.name": told("Kyläyhdistys")},
		Outages: []Outage{{ID: "property", Title: Texts{"en": "Land register"}, At: at, Why: "slow"}}}))
	tick()
	c = w.must(w.Answer(w.ctx, maija, c.ID, Answers{Base: c.Seq, Answers: map[string]any{"visitors": 300.0}}))
	tick()
	c = w.must(w.Rename(w.ctx, maija, c.ID, "Kyläjuhla 2026"))
	c, token, err := w.Invite(w.ctx, maija, c.ID, Invite{Email: "olli@example.fi", Role: RoleRead, Lang: definitions.Finnish})
	w.must(c, err)
	tick()
	w.must(w.Accept(w.ctx, olli, token))
	c = w.must(w.SetRole(w.ctx, maija, c.ID, olli.Account, RoleEdit))
	tick()
	c = w.must(w.Save(w.ctx, olli, c.ID, Save{Base: c.Seq, Changes: forms.Data{"term/organiser.name": "Kyläyhdistys ry", "form/notice/summary": "Kyläjuhla rannassa", "form/rescue/exits": 4.0}}))
	c, draft, err := w.Attach(w.ctx, olli, c.ID, File{Slot: "site_map", Name: `C:\Kuvat\luonnos.png`, Type: "image/png", Size: 20, SHA256: strings.Repeat("ab", 32)})
	w.must(c, err)
	c = w.must(w.Detach(w.ctx, olli, c.ID, draft))
	c, _, err = w.Attach(w.ctx, olli, c.ID, File{Slot: "site_map", Name: "kartta.pdf", Type: "application/pdf", Size: 10, SHA256: sum})
	w.must(c, err)
	tick()
	c = w.send(maija, c).Case
	tick()
	for _, work := range w.works(DeliverQueue) {
		if err := w.RecordFailed(w.ctx, work, Failure{Why: "the address does not answer", Again: w.clock.time()}); err != nil {
			t.Fatal(err)
		}
	}
	for _, work := range w.works(DeliverQueue) {
		if err := w.RecordDelivered(w.ctx, work); err != nil {
			t.Fatal(err)
		}
	}
	tick()
	c = w.must(w.Read(w.ctx, maija, c.ID))
	police := Actor{Authority: "pol-lounais-suomi"}
	var notice string
	for _, f := range c.Filings {
		if f.Authority.ID == police.Authority {
			notice = f.ID
		}
	}
	w.must(w.Receive(w.ctx, police, c.ID, notice, "5500/R/77"))
	c = w.must(w.Message(w.ctx, police, c.ID, Send{Filing: notice, Text: "Tarkentakaa kuvausta."}))
	tick()
	c = w.must(w.Save(w.ctx, maija, c.ID, Save{Base: c.Seq, Changes: forms.Data{"form/notice/summary": "Kyläjuhla rannassa, tanssit lavalla"}}))
	c = w.must(w.Change(w.ctx, maija, c.ID, Change{Token: "change-1", Lang: definitions.Finnish}))
	tick()
	c = w.must(w.Withdraw(w.ctx, maija, c.ID, Withdraw{Filings: []string{notice}, Reason: "Juhla siirtyy."}))
	c = w.must(w.Revoke(w.ctx, maija, c.ID, olli.Account))
	w.must(w.View(w.ctx, maija, c.ID))
	w.verify(c)

	entries, err := w.store.Read(w.ctx, c.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	kinded := map[string]bool{}
	var ledger bytes.Buffer
	for _, e := range entries {
		kinded[e.Kind] = true
		fmt.Fprintf(&ledger, "%d %s %s by %s for %q under %s\n", e.Seq, e.Kind, e.At.Format(time.RFC3339), e.By, e.For, e.Edition)
		if err := json.Indent(&ledger, e.Data, "  ", "  "); err != nil {
			t.Fatal(err)
		}
		ledger.WriteString("\n")
	}
	golden(t, "ledger.txt", ledger.Bytes())
	for kind := range kinds {
		if !kinded[kind] && kind != "moved" { // TestMoveEdition has that
			t.Errorf("the story has no %q", kind)
		}
	}
	export, err := w.Export(w.ctx, maija, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(export, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "export.json", append(text, '\n'))
	var again Export
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	if err := store.VerifyChain(again.Entries); err != nil {
		t.Errorf("the exported ledger does not verify: %v", err)
	}
	for row := range strings.Lines(rowText(c)) {
		if strings.Contains(row, "olli@") {
			t.Errorf("an index row holds an address: %s", row)
		}
	}
}

func rowText(c *Case) string {
	var b strings.Builder
	for _, r := range Rows(c) {
		fmt.Fprintf(&b, "%s %s %s\n", r.Index, r.Key, r.Value)
	}
	return b.String()
}
