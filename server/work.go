package server

import (
	"errors"
	"net/http"

	"github.com/go-chi/chi/v5"
)

// workRoutes are the pages of a case before it is sent.
func (s *site) workRoutes(r chi.Router) {
	const in = inLanguage + "/my/{case}"
	r.Get(in, s.viewing(s.getWorkspace))
	r.Post(in+"/title", s.inCase(s.postTitle))
	r.Post(in+"/prefill", s.inCase(s.postPrefill))
	r.Get(in+"/form/{section}", s.viewing(s.getSection))
	r.Post(in+"/form/{section}", s.inCase(s.postSection))
	r.Get(in+"/attachments", s.viewing(s.getAttachments))
	r.Post(in+"/attachments", s.inCase(s.postAttachments))
	r.Post(in+"/attachments/remove", s.inCase(s.postDetach))
	r.Post(in+"/attachments/restore", s.inCase(s.postRestore))
	r.Get(in+"/attachments/{document}", s.inCase(s.getDocument))
	r.Get(in+"/check", s.viewing(s.getCheck))
	r.Post(in+"/check", s.inCase(s.postCheck))
}

// viewing is inCase for a page that shows what is in the case: it leaves a line in the log of readers.
func (s *site) viewing(do func(http.ResponseWriter, *http.Request, *caseVisit) error) http.HandlerFunc {
	return s.asMember(func(w http.ResponseWriter, r *http.Request, m *member) error {
		c, err := s.cases.Service.View(r.Context(), m.actor, r.PathValue("case"))
		if err != nil {
			return caseError(err)
		}
		v := &caseVisit{member: *m, c: c}
		if v.standing, err = s.cases.Service.Standing(c, m.texts.Lang); err != nil {
			return err
		}
		return caseError(do(w, r, v))
	})
}

// readForm reads a posted form. The error is a page's: the form is too large, or cannot be read.
func readForm(r *http.Request) error {
	err := r.ParseForm()
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &large):
		return pageError{http.StatusRequestEntityTooLarge, "error.413"}
	}
	return pageError{http.StatusBadRequest, "error.form"}
}
