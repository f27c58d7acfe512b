package register_test

import (
	"context"
	"strings"
	"testing"

	"luvat/engine"
	"luvat/server/register"
	"luvat/server/register/ytjtest"
)

// TestShippedTerms holds that every shipped term that names a register as a source gets a value from it, for a company that has everything.
func TestShippedTerms(t *testing.T) {
	address, stop, err := ytjtest.New().Listen()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stop() }()
	pool := newPool(t, register.Config{StandIns: map[string]string{"ytj": address}})
	for _, b := range embedded().Bundles {
		terms := engine.BundlePrefill(b)
		clients := register.Named(pool.Of(b), terms)
		k := company("2646674-9", "fi")
		result := register.Gather(context.Background(), clients, k, patient)
		asked := 0
		for _, term := range terms {
			for i, s := range term.Sources {
				if !strings.HasPrefix(s.From, "registers.") {
					continue
				}
				asked++
				alone := &engine.Prefill{Term: term.Term, Sources: term.Sources[i : i+1]}
				filled, _ := register.Prefill([]*engine.Prefill{alone}, k, result, func(string, any) error { return nil })
				if len(filled) != 1 || filled[0].Source.Kind != register.FromRegister || !filled[0].Source.StandIn {
					t.Errorf("%s: %s gives nothing", term.Term.ID, term.Term.Prefill[i].Value)
				}
			}
		}
		if asked == 0 {
			t.Errorf("no term of %s takes anything from a register", b.ID)
		}
	}
}
