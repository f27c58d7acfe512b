package server

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"luvat/definitions"
	"luvat/server/locale"
)

// pageError is shown to the customer as a page of its own.
type pageError struct {
	status int
	key    string // of the texts: key is the sentence
}

func (e pageError) Error() string { return fmt.Sprintf("%d %s", e.status, e.key) }

// errorPage says what went wrong and how to go on.
type errorPage struct {
	page
	Status  int
	Heading string
	Text    string
	Advice  string
	Cards   []card // the services there are, when one was asked for that is not
}

type handler func(http.ResponseWriter, *http.Request) error

// handle turns the error of a handler into a page.
func (s *site) handle(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	}
}

func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	var known pageError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		known = pageError{http.StatusRequestEntityTooLarge, "error.413"}
	case !errors.As(err, &known):
		s.log.Error("a page could not be made", "path", r.URL.Path, "error", err)
		known = pageError{http.StatusInternalServerError, "error.500"}
	}
	t := locale.In(languageOf(r))
	p := errorPage{page: s.page(r, t, t.Say("error.title", known.status)), Status: known.status, Heading: t.Say("error.heading." + headingOf(known.status)),
		Text: t.Say(known.key), Advice: t.Say("error.advice")}
	if known.status == http.StatusNotFound {
		v := &visit{texts: t, today: s.today(), on: s.today()}
		for _, program := range s.engine.Bundles(v.on) {
			p.Cards = append(p.Cards, v.card(program, nil))
		}
	}
	if err := s.show(w, known.status, "error", p); err != nil {
		s.log.Error("the error page could not be made", "path", r.URL.Path, "error", err)
		http.Error(w, t.Say(known.key), known.status)
	}
}

func headingOf(status int) string {
	switch status {
	case http.StatusNotFound:
		return "404"
	case http.StatusInternalServerError:
		return "500"
	}
	return "400"
}

// languageOf returns the language of the address, or what the browser prefers.
func languageOf(r *http.Request) definitions.Lang {
	part, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	for _, lang := range definitions.Languages {
		if part == string(lang) {
			return lang
		}
	}
	return preferred(r.Header.Get("Accept-Language"))
}

// noBundle tells a service that is not there from one that has no version on the day.
func (s *site) noBundle(v *visit, id string) error {
	for _, p := range s.engine.Programs() {
		if p.Bundle.ID == id {
			return pageError{http.StatusNotFound, "error.no-version"}
		}
	}
	return pageError{http.StatusNotFound, "error.404"}
}
