package server

import (
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// TestManyAtOnce asks for pages of all languages and for decisions at the same time: no page may speak another page's language.
func TestManyAtOnce(t *testing.T) {
	handler := newHandler(t)
	says := map[string]string{"/fi/fair/timeline": "Aikajana", "/sv/fair/timeline": "Tidslinje", "/en/fair/timeline": "Timeline", "/sv?q=marknad": "Marknad"}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for path, word := range says {
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
				lang := `<html lang="` + path[1:3] + `"`
				if !strings.Contains(w.Body.String(), lang) || !strings.Contains(w.Body.String(), word) {
					t.Errorf("%s does not speak its language", path)
				}
				w = httptest.NewRecorder()
				handler.ServeHTTP(w, httptest.NewRequest("POST", "/api/v1/bundles/fair/decide", strings.NewReader(`{"visitors":300}`)))
				if !strings.Contains(w.Body.String(), `"needed":["fair-permit"]`) {
					t.Errorf("decided: %s", w.Body)
				}
			}
		})
	}
	all.Wait()
}
