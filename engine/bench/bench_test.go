package bench

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"luvat/engine/bench/permit"
)

func TestTheGeneratedPermitsAreCurrent(t *testing.T) {
	want, err := permit.New().Go()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("permits_generated.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("permits_generated.go is not what the generator writes; run go generate ./engine/bench")
	}
}

func TestMeasureComparesTheSameRun(t *testing.T) {
	work := func(name string, n int) Way {
		return Way{Name: name, Cases: 7, Run: func(i int) {
			if i < 0 || i > 6 {
				t.Errorf("case %d of 7", i)
			}
			for range n {
				Sink++
			}
		}}
	}
	medians := Measure(Rounds{Count: 21, Slice: 200 * time.Microsecond}, work("short", 1000), work("long", 20_000))
	if ratio := float64(medians[1]) / float64(medians[0]); ratio < 5 || ratio > 80 {
		t.Errorf("twenty times the work takes %.1f times as long", ratio)
	}
}

func TestPrintSaysWhatIsMissed(t *testing.T) {
	var out strings.Builder
	err := Print(&out, []Row{
		{Name: "one", Median: 250 * time.Microsecond},
		{Name: "two", Against: "one", Median: 500 * time.Microsecond, Ratio: 2, Goal: Goal{AtMost: 1}},
		{Name: "ten", Against: "one", Median: 2500 * time.Microsecond, Ratio: 10, Goal: Goal{AtLeast: 10}},
	})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	if !strings.Contains(lines[1], "250.0") || !strings.Contains(lines[2], "≤ 1.00 MISSED") || strings.Contains(lines[3], "MISSED") || !strings.Contains(lines[3], "≥ 10") {
		t.Errorf("%s", out.String())
	}
}
