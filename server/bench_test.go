package server

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"luvat/definitions"
	"luvat/engine"
	"luvat/engine/bench"
	"luvat/engine/bench/event"
)

// BenchmarkAgainstEcho compares the rate of requests to the API with that of a handler which sends the body back, over real
// connections in one run, taking turns. Its figures are the shares of the echo's rate.
func BenchmarkAgainstEcho(b *testing.B) {
	lib, _ := definitions.Load(definitions.Embedded())
	compiled, found := engine.Compile(lib)
	if found.HasErrors() {
		b.Fatal(found[0])
	}
	day, _ := definitions.ParseDate(event.Day)
	program, err := compiled.Bundle("events", day)
	if err != nil {
		b.Fatal(err)
	}
	cases, err := bench.NewEvents(program, 2048)
	if err != nil {
		b.Fatal(err)
	}
	h, err := New(Config{Engine: compiled, Clock: day.Time, Version: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	api := httptest.NewServer(h)
	defer api.Close()
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		if _, err := body.ReadFrom(r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body.Bytes())
	}))
	defer echo.Close()
	post := func(name, url string) bench.Way {
		return bench.Way{Name: name, Cases: len(cases.Documents), Run: func(i int) {
			response, err := http.Post(url, "application/json", bytes.NewReader(cases.Documents[i]))
			if err != nil {
				b.Fatal(err)
			}
			_, err = io.Copy(io.Discard, response.Body)
			if response.Body.Close(); err != nil || response.StatusCode != http.StatusOK {
				b.Fatal(response.Status, err)
			}
		}}
	}
	ways := []bench.Way{
		post("echo", echo.URL),
		post("decide", api.URL+"/api/v1/bundles/events/decide"),
		post("analyse", api.URL+"/api/v1/bundles/events/analyse"),
	}
	for b.Loop() {
		medians := bench.Measure(bench.Rounds{Count: 101, Slice: 10 * time.Millisecond}, ways...)
		for i, w := range ways {
			b.ReportMetric(float64(medians[i])/float64(time.Millisecond), w.Name+"-µs")
			b.ReportMetric(float64(medians[0])/float64(medians[i]), w.Name+"/echo")
		}
	}
}
