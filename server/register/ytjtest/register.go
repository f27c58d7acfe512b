package ytjtest

import (
	"encoding/json"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Path is where the interface is, on whatever host.
const Path = "/opendata-ytj-api/v3/companies"

const pageSize = 100

// Fault is a way in which the register fails.
type Fault string

// The faults. None is a register that works.
const (
	None         Fault = ""
	Slow         Fault = "slow"          // answers after Delay
	ServerError  Fault = "500"           // answers 500 with a page in HTML
	Busy         Fault = "429"           // answers 429 with Retry-After: 120
	Garbage      Fault = "garbage"       // answers something that is not JSON, and says it is
	HalfBody     Fault = "half body"     // closes the connection in the middle of the answer
	NoAnswer     Fault = "no answer"     // closes the connection before the answer
	WrongType    Fault = "wrong type"    // answers JSON and says that it is HTML
	OtherShape   Fault = "other shape"   // answers JSON of another shape
	OtherCompany Fault = "other company" // answers about another company than was asked
	Elsewhere    Fault = "elsewhere"     // leads to another host
	Huge         Fault = "huge"          // answers more than anybody wants to read
)

// Faults lists every fault.
var Faults = []Fault{Slow, ServerError, Busy, Garbage, HalfBody, NoAnswer, WrongType, OtherShape, OtherCompany, Elsewhere, Huge}

// Register is the stand-in. It is safe for concurrent use.
type Register struct {
	mu        sync.Mutex
	companies []Company
	fault     Fault
	delay     time.Duration
	asked     int
}

// New makes a register that knows these companies, or those of Companies when none are given.
func New(companies ...Company) *Register {
	if companies == nil {
		companies = Companies()
	}
	return &Register{companies: companies, delay: 10 * time.Second}
}

// Fail makes the register fail from now on; None mends it.
func (s *Register) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// Delay sets how long the fault Slow takes.
func (s *Register) Delay(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delay = d
}

// Asked returns how many questions have come.
func (s *Register) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

func (s *Register) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked++
	fault, delay, companies := s.fault, s.delay, s.companies
	s.mu.Unlock()
	if r.URL.Path != Path {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	found, wrong := search(companies, r)
	if wrong != "" {
		write(w, http.StatusBadRequest, map[string]any{"status": http.StatusBadRequest, "message": wrong})
		return
	}
	switch fault {
	case Slow:
		select {
		case <-time.After(delay):
		case <-r.Context().Done():
			return
		}
	case ServerError:
		http.Error(w, "<html><body>Internal error</body></html>", http.StatusInternalServerError)
		return
	case Busy:
		w.Header().Set("Retry-After", "120")
		write(w, http.StatusTooManyRequests, map[string]any{"status": http.StatusTooManyRequests, "message": "Too many requests"})
		return
	case Garbage:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`<!doctype html><title>Huoltokatko</title>`))
		return
	case NoAnswer:
		panic(http.ErrAbortHandler)
	case HalfBody:
		text, _ := json.Marshal(answer{len(found), found})
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		_, _ = w.Write(text[:len(text)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case WrongType:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = json.NewEncoder(w).Encode(answer{len(found), found})
		return
	case OtherShape:
		write(w, http.StatusOK, map[string]any{"results": []any{1, nil, "x"}, "companies": "none", "totalResults": "many"})
		return
	case OtherCompany:
		others := slices.DeleteFunc(slices.Clone(companies), func(c Company) bool { return c.BusinessID.Value == r.URL.Query().Get("businessId") })
		found = others[:min(len(others), 1)]
	case Elsewhere:
		http.Redirect(w, r, "https://elsewhere.invalid"+r.URL.RequestURI(), http.StatusFound)
		return
	case Huge:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"totalResults":1,"companies":["` + strings.Repeat("x", 2<<20) + `"]}`))
		return
	}
	write(w, http.StatusOK, answer{len(found), paged(found, r)})
}

var businessID = regexp.MustCompile(`^[0-9]{7}-[0-9]$`)

// search returns the companies that a question is about, or what is wrong with it.
func search(companies []Company, r *http.Request) (found []Company, wrong string) {
	q := r.URL.Query()
	if id := q.Get("businessId"); id != "" && !businessID.MatchString(id) {
		return nil, "Invalid business id"
	}
	if page := q.Get("page"); page != "" {
		if n, err := strconv.Atoi(page); err != nil || n < 1 || n > 1e6 {
			return nil, "Invalid page"
		}
	}
	found = []Company{}
	for _, c := range companies {
		if matches(c, q.Get("businessId"), q.Get("name"), q.Get("location"), q.Get("companyForm")) {
			found = append(found, c)
		}
	}
	return found, ""
}

func matches(c Company, id, name, location, form string) bool {
	within := func(s, part string) bool { return strings.Contains(strings.ToLower(s), strings.ToLower(part)) }
	return (id == "" || c.BusinessID.Value == id) &&
		(name == "" || slices.ContainsFunc(c.Names, func(n Name) bool { return within(n.Name, name) })) &&
		(form == "" || slices.ContainsFunc(c.CompanyForms, func(f Form) bool { return f.Type == form })) &&
		(location == "" || slices.ContainsFunc(c.Addresses, func(a Address) bool {
			return slices.ContainsFunc(a.PostOffices, func(p PostOffice) bool { return strings.EqualFold(p.City, location) })
		}))
}

func paged(found []Company, r *http.Request) []Company {
	page, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil {
		page = 1
	}
	from := min((page-1)*pageSize, len(found))
	return found[from:min(from+pageSize, len(found))]
}

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// Listen serves the register on a port of this machine, for the development environment. The address has the form
// "http://127.0.0.1:8123"; stop closes the port and every connection.
func (s *Register) Listen() (address string, stop func() error, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(l) }()
	return "http://" + l.Addr().String(), server.Close, nil
}
