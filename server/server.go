package server

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the day changes at midnight in Helsinki, also on a machine without a time zone database

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"luvat/definitions"
	"luvat/engine"
)

// Config is what a server needs from outside.
type Config struct {
	Engine  *engine.Engine
	Clock   func() time.Time // nil: the clock of the machine
	Reload  bool             // read templates and static files from ./server, where there is one, anew for each page
	Version string
	Logger  *slog.Logger // nil: nothing is logged
	Cases   *Cases       // nil: the analyser only
}

// site is the server's state: all of it is made before the first request, and read-only from then on.
type site struct {
	engine    *engine.Engine
	clock     func() time.Time
	helsinki  *time.Location
	reload    bool
	files     fs.FS // where the templates and static files come from
	version   string
	log       *slog.Logger
	templates templates
	assets    string // the prefix of the addresses of the static files
	indexes   indexes
	deciders  deciders
	openAPI   []byte
	cases     *Cases // nil: the analyser only
}

// reserved are the first parts of addresses in a language that are not bundles.
var reserved = []string{"my", "login", "logout", "party", "profile", "invitation", "keep", "office"}

// New returns the handler of all pages and of the API. The error says what is missing in the configuration.
func New(c Config) (http.Handler, error) {
	if c.Engine == nil {
		return nil, errors.New("the server needs an engine")
	}
	for _, p := range c.Engine.Programs() {
		if slices.Contains(reserved, p.Bundle.ID) {
			return nil, fmt.Errorf("a bundle cannot have the id %q: the service has pages at that address; the ids that it needs itself are %s", p.Bundle.ID, strings.Join(reserved, ", "))
		}
	}
	s := &site{engine: c.Engine, clock: c.Clock, reload: c.Reload, version: c.Version, log: c.Logger, cases: c.Cases}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if s.helsinki, err = time.LoadLocation("Europe/Helsinki"); err != nil {
		return nil, err
	}
	if s.files = fs.FS(embedded); s.reload {
		if _, err := os.Stat("server/template/layout.html"); err == nil {
			s.files = os.DirFS("server")
		}
	}
	if s.templates, err = loadTemplates(s.files); err != nil {
		return nil, err
	}
	if s.openAPI, err = openAPIDocument(c.Version); err != nil {
		return nil, err
	}
	files, prefix, err := assets(s.files, s.reload)
	if err != nil {
		return nil, err
	}
	s.assets = prefix
	if s.cases != nil {
		s.cases.failed = s.fail
	}
	return s.routes(files), nil
}

func (s *site) today() definitions.Date { return definitions.DateOf(s.clock().In(s.helsinki)) }

func (s *site) routes(files http.Handler) http.Handler {
	// Programs that use the API pay for nothing that only pages need.
	api := chi.NewRouter()
	api.Use(s.access, limit, open)
	s.apiRoutes(api)

	r := chi.NewRouter()
	r.Use(s.access, secure, limit)
	if s.cases != nil {
		r.Use(s.remember) // also around what is not found: that page says who is logged in, too
	}

	r.Get("/healthz", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") })
	r.Get("/readyz", s.getReady)
	r.Get("/version", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, s.version+"\n") })
	r.Get("/robots.txt", func(w http.ResponseWriter, _ *http.Request) {
		plain(w, http.StatusOK, "User-agent: *\nDisallow: /*?a=\n")
	})
	r.Get("/favicon.ico", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, s.assets+"/favicon.svg", http.StatusMovedPermanently)
	})
	r.Handle(s.assets+"/*", files)
	r.Get("/api", s.handle(s.getAPI))

	r.Group(func(r chi.Router) {
		protection := http.NewCrossOriginProtection()
		protection.SetDenyHandler(s.handle(func(http.ResponseWriter, *http.Request) error {
			return pageError{http.StatusForbidden, "error.403"}
		}))
		if s.cases != nil {
			s.letBack(protection)
		}
		r.Use(middleware.Compress(5, "text/html", "image/svg+xml"), protection.Handler)
		if s.cases != nil {
			s.loginRoutes(r)  // login.go: who somebody is, and on whose behalf
			s.folderRoutes(r) // folder.go: all cases of somebody, access to a case, its history
			s.workRoutes(r)   // work.go: a case before it is sent
			s.sentRoutes(r)   // sent.go: a case after it was sent
			s.officeRoutes(r) // office.go: what authorities and operators see
		}
		r.Get("/", s.handle(s.getRoot))
		r.Get("/{lang:fi|sv|en}", s.handle(s.getHome))
		r.Get("/{lang:fi|sv|en}/", s.slashless)
		r.Route("/{lang:fi|sv|en}/{bundle}", func(r chi.Router) {
			r.Get("/", s.handle(s.getBundle))
			r.Get("/questions/{group}", s.handle(s.getQuestions))
			r.Post("/questions/{group}", s.handle(s.postQuestions))
			r.Get("/result", s.handle(s.getResult))
			r.Get("/timeline", s.handle(s.getTimeline))
			r.Get("/overview", s.handle(s.getOverview))
			r.Get("/answers", s.handle(s.getAnswers))
			r.Get("/print", s.handle(s.getPrint))
			r.Get("/deadlines.ics", s.handle(s.getCalendar))
			r.Get("/result.json", s.handle(s.getJSON))
		})
	})
	missing := s.handle(func(http.ResponseWriter, *http.Request) error { return pageError{http.StatusNotFound, "error.404"} })
	r.NotFound(missing)
	r.MethodNotAllowed(s.handle(func(http.ResponseWriter, *http.Request) error {
		return pageError{http.StatusMethodNotAllowed, "error.405"}
	}))
	api.NotFound(s.noRoute)
	api.MethodNotAllowed(s.noRoute)
	systems := s.systems()
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		switch {
		case strings.HasPrefix(q.URL.Path, "/api/"):
			api.ServeHTTP(w, q)
		case systems != nil && ofSystems(q):
			systems.ServeHTTP(w, q)
		default:
			r.ServeHTTP(w, q)
		}
	})
}

func (s *site) slashless(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, address("/"+r.PathValue("lang"), r.URL.Query()), http.StatusMovedPermanently)
}

// getReady says whether there is anything to serve today.
func (s *site) getReady(w http.ResponseWriter, _ *http.Request) {
	if len(s.engine.Bundles(s.today())) == 0 {
		plain(w, http.StatusServiceUnavailable, "no bundle is in force today\n")
		return
	}
	plain(w, http.StatusOK, "ready\n")
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // whoever asked went away; nothing is left to do
}
