package server

import (
	"context"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"luvat/definitions"
	"luvat/server/casefile"
)

// everything is a festival for which nearly everything has to be asked for: the largest form of the bundle that is shipped.
func everything() map[string]any {
	a := festival()
	for q, v := range map[string]any{"municipality": []any{"853"}, "fire_show": true, "special_effects": true, "open_fire": true, "lpg_kg": 400.0, "diesel_l": 2000, "food_own": true,
		"street_use": true, "traffic_controllers": true, "camping_persons": 900, "indoor_accommodation_persons": 200, "tobacco_sale": true, "near_water": true, "animals": "show",
		"films": "public", "area_enclosed": true, "special_danger": true, "motor_terrain": true, "private_road_closed": true, "signs_by_road": true, "wastewater_to_sewer": true} {
		a[q] = v
	}
	return a
}

// BenchmarkSection is the whole request of the longest section of the largest case: session, ledger, analysis, form, page. Its ledger
// has four hundred saves.
func BenchmarkSection(b *testing.B) {
	w := newWorld(b)
	elina := w.actor("representative", aurajoki)
	c := w.open(elina, "Suuri festivaali", smallConcert())
	for q, v := range everything() { // what an edition does not take of it is left out
		if changed, err := w.cases.Service.Answer(context.Background(), elina, c.ID, casefile.Answers{Base: c.Seq, Answers: map[string]any{q: v}}); err == nil {
			c = changed
		}
	}
	v := w.loginFor("representative", aurajoki).get("/fi/my/"+c.ID, http.StatusOK)
	fillCase(w, elina, c.ID)
	for n := range 400 {
		c = w.read(elina, c.ID)
		if _, err := w.cases.Service.Save(context.Background(), elina, c.ID, casefile.Save{Base: c.Seq, Changes: map[string]any{"term/people.staff": float64(n)}}); err != nil {
			b.Fatal(err)
		}
	}
	st, err := w.cases.Service.Standing(w.read(elina, c.ID), definitions.Finnish)
	if err != nil {
		b.Fatal(err)
	}
	longest, size := "", 0
	for _, section := range st.Union.Sections {
		if v.get(sectionPath(c.ID, section.ID), http.StatusOK); v.one("fill") != nil && section.ID != answersSection && len(v.body) > size {
			longest, size = section.ID, len(v.body)
		}
	}
	b.Logf("%d needs, %d sections; the longest page is %s with %d kB", len(st.Needs), len(st.Union.Sections), longest, size/1000)
	for _, page := range []string{"form/" + longest, "", "check"} {
		b.Run("page="+page, func(b *testing.B) {
			began := cpuTime(b)
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, "/fi/my/"+c.ID+"/"+page, nil)
				if page == "" {
					r = httptest.NewRequest(http.MethodGet, "/fi/my/"+c.ID, nil)
				}
				answer := httptest.NewRecorder()
				v.handler.ServeHTTP(answer, r)
				if answer.Code != http.StatusOK {
					b.Fatal(answer.Code)
				}
			}
			b.ReportMetric(float64((cpuTime(b)-began).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// cpuTime is what the process has used of the processors: on a machine that is busy with other things it says more than the clock.
func cpuTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
