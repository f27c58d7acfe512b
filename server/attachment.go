package server

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"luvat/forms"
	"luvat/server/casefile"
	"luvat/server/content"
)

// attachmentsPage is the documents of a case, one card for each that is asked for.
type attachmentsPage struct {
	page
	Heading   string
	Cards     []slotCard
	Errors    []fieldError
	Removed   *removed
	Required  int
	There     int
	Single    bool // the document of one field of the form
	MayChange bool
	Back      string
	Next      link
}

// removed is a document that was just taken away, which can be put back.
type removed struct{ ID, Name, Action string }

// slotCard is one document that is asked for, with the files that are there.
type slotCard struct {
	page      // its texts, where the card is renewed alone
	Slot      string
	Anchor    string
	Heading   string
	Help      string
	Required  bool
	For       []string // what it goes with
	Accept    string   // in words
	Kinds     string   // as file inputs take it: ".pdf,.png"
	Limit     int      // megabytes of one file
	Files     []fileLine
	Failed    []string // what is wrong with files that were just sent
	Action    string
	Remove    string
	MayChange bool
}

func (s *site) getAttachments(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	p, err := s.attachmentsPage(r, v, nil)
	if err != nil {
		return err
	}
	if id := r.URL.Query().Get("removed"); id != "" {
		if a := v.c.Attachment(id); a != nil && !slices.Contains(v.c.Attachments, a) {
			p.Removed = &removed{id, a.Name, v.url("attachments/restore")}
		}
	}
	return s.show(w, http.StatusOK, "attachments", p)
}

// attachmentsPage builds the page; failed says what is wrong with files that were just sent, by slot.
func (s *site) attachmentsPage(r *http.Request, v *caseVisit, failed map[string][]string) (*attachmentsPage, error) {
	t := v.texts
	p := &attachmentsPage{page: s.casePage(r, v, t.Say("attach.page-title", v.c.Title)), Heading: t.Say("attach.title"), Back: v.url(""),
		MayChange: v.c.May(v.actor, casefile.Attaching), Next: link{v.url("check"), t.Say("check.title")}}
	slots := v.standing.Slots
	if name := r.URL.Query().Get("slot"); strings.Contains(name, "/") { // the key of a field
		slot := v.slot(name)
		if slot == nil {
			return nil, pageError{http.StatusNotFound, "error.404"}
		}
		slots, p.Single, p.Heading = []*casefile.Slot{slot}, true, slot.Title.In(t.Lang)
		p.Title = p.Heading + " – " + v.c.Title
		p.Back = v.fieldURL(name)
	}
	for i, slot := range slots {
		card := s.slotCard(r.Context(), v, slot, i)
		card.Failed = failed[slot.ID]
		for _, text := range card.Failed {
			p.Errors = append(p.Errors, fieldError{slot.ID, card.Anchor + "-file", card.Heading, card.Heading + ": " + text})
		}
		if slot.Required {
			p.Required++
			p.There += min(1, len(slot.Files))
		}
		p.Cards = append(p.Cards, card)
	}
	if len(p.Errors) > 0 {
		p.Title = t.Say("error.title-prefix") + " " + p.Title
	}
	return p, nil
}

func (s *site) slotCard(ctx context.Context, v *caseVisit, slot *casefile.Slot, number int) slotCard {
	t := v.texts
	card := slotCard{page: page{T: t}, Slot: slot.ID, Anchor: "slot-" + strconv.Itoa(number+1), Heading: slot.Title.In(t.Lang), Help: slot.Help.In(t.Lang), Required: slot.Required,
		Accept: kindWords(acceptOf(slot.Accept)), Limit: content.Limit >> 20, MayChange: v.c.May(v.actor, casefile.Attaching),
		Action: address(v.url("attachments"), url.Values{"slot": {slot.ID}})}
	if card.MayChange {
		card.Remove = v.url("attachments/remove")
	}
	for _, id := range slot.Requirements {
		card.For = append(card.For, v.needTitle(id))
	}
	var ends []string
	for _, word := range acceptOf(slot.Accept) {
		if k, ok := content.KindOf(word); ok {
			ends = append(ends, k.Ext, k.MIME)
		}
	}
	card.Kinds = strings.Join(ends, ",")
	for _, a := range slot.Files {
		card.Files = append(card.Files, s.fileLine(v, a, func(by string) string { return s.nameOf(ctx, v, by) }))
	}
	return card
}

// acceptOf returns the kinds of file that are taken where the definitions say nothing: all.
func acceptOf(accept []string) []string {
	if len(accept) > 0 {
		return accept
	}
	var all []string
	for _, k := range content.Kinds {
		all = append(all, k.Word)
	}
	return all
}

// slot returns what a name of the address means: a document of the definitions, or a field of the form that takes a file. It is nil when
// neither is asked for.
func (v *caseVisit) slot(name string) *casefile.Slot {
	for _, slot := range v.standing.Slots {
		if slot.ID == name {
			return slot
		}
	}
	f := v.standing.Union.Field(name)
	if f == nil || f.Control != forms.FileControl {
		return nil
	}
	slot := &casefile.Slot{ID: name, Title: f.Title, Help: f.Help, Accept: f.Accept}
	for _, a := range v.c.Attachments {
		if a.Slot == name {
			slot.Files = append(slot.Files, a)
		}
	}
	for _, r := range f.Readers {
		if !slices.Contains(slot.Requirements, r.Requirement) {
			slot.Requirements = append(slot.Requirements, r.Requirement)
		}
	}
	return slot
}

// fieldURL leads to a field of the form by its key.
func (v *caseVisit) fieldURL(key string) string {
	f := v.standing.Union.Field(key)
	for _, section := range v.standing.Union.Sections {
		for _, top := range section.Fields {
			if f != nil && (top.Key == key || strings.HasPrefix(key, top.Key+"/")) {
				return v.sectionURL(section.ID) + "#" + f.Name
			}
		}
	}
	return v.url("")
}

func (s *site) fileLine(v *caseVisit, a *casefile.Attachment, name func(string) string) fileLine {
	f := fileLine{ID: a.ID, Name: a.Name, URL: v.url("attachments/" + a.ID), Size: sizeText(a.Size, v.texts.Lang), Who: name(a.By), At: s.moment(v.member, a.At)}
	for _, k := range content.Kinds {
		if k.MIME == a.Type {
			f.Kind, f.Viewed = strings.ToUpper(k.Word), k.Show
			f.Picture = k.Show && strings.HasPrefix(k.MIME, "image/")
		}
	}
	return f
}

// The limits of one upload. A connection may be slow, but not silent.
const (
	maxUpload   = 10 * content.Limit
	uploadPause = time.Minute // the longest silence of the sender
	uploadEnd   = 10 * time.Second
)

// upload reports whether a request sends documents, which may be large.
func upload(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/attachments") && strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data")
}

// patient is a body whose sender gets another minute with every piece that arrives. The server's own deadlines are for forms.
type patient struct {
	io.Reader
	control *http.ResponseController
}

func (p patient) Read(b []byte) (int, error) {
	// A connection that knows no deadline, as in tests, is read as it is.
	_ = p.control.SetReadDeadline(time.Now().Add(uploadPause))
	_ = p.control.SetWriteDeadline(time.Now().Add(uploadPause + uploadEnd))
	return p.Reader.Read(b)
}

// postAttachments takes documents into a slot, each as a stream. Those that are fine are added whatever is wrong with others. A script
// (the header X-Part) gets the card of the slot back.
func (s *site) postAttachments(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	slot := v.slot(r.URL.Query().Get("slot"))
	if slot == nil {
		return pageError{http.StatusNotFound, "error.404"}
	}
	if !v.c.May(v.actor, casefile.Attaching) {
		return pageError{http.StatusForbidden, "error.forbidden"}
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{patient{r.Body, http.NewResponseController(w)}, r.Body}
	parts, err := r.MultipartReader()
	if err != nil {
		return pageError{http.StatusBadRequest, "error.form"}
	}
	failed, err := s.receive(r.Context(), v, slot, parts)
	if err != nil {
		return err
	}
	if v.standing, err = s.cases.Service.Standing(v.c, v.texts.Lang); err != nil {
		return err
	}
	number := slices.IndexFunc(v.standing.Slots, func(other *casefile.Slot) bool { return other.ID == slot.ID })
	if r.Header.Get("X-Part") != "" {
		card := s.slotCard(r.Context(), v, v.slot(slot.ID), max(number, 0))
		card.Failed = failed
		return s.showPart(w, http.StatusOK, "attachments", "slot", card)
	}
	if len(failed) > 0 {
		p, err := s.attachmentsPage(r, v, map[string][]string{slot.ID: failed})
		if err != nil {
			return err
		}
		return s.show(w, http.StatusUnprocessableEntity, "attachments", p)
	}
	to := v.url("attachments")
	if number < 0 {
		to = address(to, url.Values{"slot": {slot.ID}})
	}
	http.Redirect(w, r, to+"#slot-"+strconv.Itoa(max(number, 0)+1), http.StatusSeeOther)
	return nil
}

// receive adds the files of an upload. failed says what is wrong with those that were not added.
func (s *site) receive(ctx context.Context, v *caseVisit, slot *casefile.Slot, parts *multipart.Reader) (failed []string, err error) {
	files := 0
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return append(failed, s.fileFault(v, "", err)), nil
		}
		if part.FormName() != "file" || part.FileName() == "" { // a file input in which nothing was chosen sends a part without a name
			continue
		}
		files++
		file, err := s.cases.Content.Put(ctx, part, slot.Accept)
		if err != nil {
			failed = append(failed, s.fileFault(v, part.FileName(), err))
			continue
		}
		if err := s.attach(ctx, v, casefile.File{Slot: slot.ID, Name: part.FileName(), Type: file.Kind.MIME, Size: file.Size, SHA256: file.Sum}); err != nil {
			var invalid *casefile.Invalid
			if !errors.As(err, &invalid) {
				return nil, err
			}
			failed = append(failed, v.texts.Say("attach.error-many", part.FileName(), invalid.Limit))
		}
	}
	if files == 0 && len(failed) == 0 {
		failed = append(failed, v.texts.Say("attach.error-none"))
	}
	return failed, nil
}

// attach adds a document to the case; one that belongs to a field of the form becomes its value.
func (s *site) attach(ctx context.Context, v *caseVisit, file casefile.File) error {
	c, id, err := s.cases.Service.Attach(ctx, v.actor, v.c.ID, file)
	if err != nil {
		return err
	}
	v.c = c
	return s.putFile(ctx, v, file.Slot, func(old any) any {
		list, _ := old.([]any)
		f := v.standing.Union.Field(file.Slot)
		switch {
		case f == nil || !f.Several():
			return id
		case slices.Contains(list, any(id)):
			return list
		}
		return append(slices.Clone(list), id)
	})
}

// putFile changes the value of a field that takes a file. A slot that is no field has no value.
func (s *site) putFile(ctx context.Context, v *caseVisit, key string, change func(old any) any) error {
	if !strings.Contains(key, "/") {
		return nil
	}
	for _, section := range v.standing.Union.Sections {
		for _, f := range section.Fields {
			if f.Key != key && !strings.HasPrefix(key, f.Key+"/") {
				continue
			}
			path := strings.FieldsFunc(strings.TrimPrefix(key, f.Key), func(r rune) bool { return r == '/' })
			value := changedAt(v.c.Data[f.Key], path, change)
			c, err := s.cases.Service.Save(ctx, v.actor, v.c.ID, casefile.Save{Base: v.c.Seq, Changes: forms.Data{f.Key: value}})
			if err != nil {
				return err
			}
			v.c = c
			return nil
		}
	}
	return nil
}

// changedAt returns a value with what is at a path in it changed; what is not there yet is made.
func changedAt(value any, path []string, change func(any) any) any {
	if len(path) == 0 {
		return change(value)
	}
	token := strings.ReplaceAll(strings.ReplaceAll(path[0], "~1", "/"), "~0", "~")
	if list, ok := value.([]any); ok {
		i, err := strconv.Atoi(token)
		if err != nil || i < 0 || i > len(list) {
			return value
		}
		list = slices.Clone(list)
		if i == len(list) {
			list = append(list, nil)
		}
		list[i] = changedAt(list[i], path[1:], change)
		return list
	}
	old, _ := value.(map[string]any)
	out := map[string]any{}
	for k, x := range old {
		out[k] = x
	}
	if next := changedAt(out[token], path[1:], change); next != nil {
		out[token] = next
	} else {
		delete(out, token)
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// fileFault says what is wrong with a file, and what to do.
func (s *site) fileFault(v *caseVisit, name string, err error) string {
	t := v.texts
	var kind *content.KindError
	var infected *content.InfectedError
	var large *content.TooLargeError
	var total *http.MaxBytesError
	switch {
	case errors.As(err, &total):
		return t.Say("attach.error-total", maxUpload>>20)
	case errors.As(err, &large):
		return t.Say("attach.error-large", name, content.Limit>>20)
	case errors.As(err, &kind) && kind.Found == "":
		return t.Say("attach.error-unknown", name, kindWords(kind.Accept))
	case errors.As(err, &kind):
		return t.Say("attach.error-kind", name, strings.ToUpper(kind.Found), kindWords(kind.Accept))
	case errors.As(err, &infected):
		return t.Say("attach.error-infected", name)
	case errors.Is(err, content.ErrEmpty):
		return t.Say("attach.error-empty", name)
	case errors.Is(err, content.ErrScanner):
		s.log.Error("documents cannot be scanned, so none is taken", "error", err)
		return t.Say("attach.error-scanner", name)
	case errors.Is(err, content.ErrFull):
		s.log.Error("there is no room for documents", "error", err)
		return t.Say("attach.error-full", name)
	case name == "":
		return t.Say("attach.error-broken")
	case !errors.Is(err, content.ErrCut):
		s.log.Error("a document could not be kept", "error", err)
	}
	return t.Say("attach.error-cut", name)
}

// postDetach takes a document away; the page then offers to put it back.
func (s *site) postDetach(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	a, err := v.postedDocument(r)
	if err != nil {
		return err
	}
	if v.c, err = s.cases.Service.Detach(r.Context(), v.actor, v.c.ID, a.ID); err != nil {
		return err
	}
	err = s.putFile(r.Context(), v, a.Slot, func(old any) any {
		list, many := old.([]any)
		if !many {
			return nil
		}
		list = slices.DeleteFunc(slices.Clone(list), func(x any) bool { return x == a.ID })
		if len(list) == 0 {
			return nil
		}
		return list
	})
	if err != nil {
		return err
	}
	return s.backToDocuments(w, r, v, a.Slot, url.Values{"removed": {a.ID}}, "removed")
}

// postRestore puts a document back that was taken away.
func (s *site) postRestore(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	a, err := v.postedDocument(r)
	if err != nil {
		return err
	}
	if err := s.attach(r.Context(), v, casefile.File{Slot: a.Slot, Name: a.Name, Type: a.Type, Size: a.Size, SHA256: a.SHA256}); err != nil {
		return err
	}
	return s.backToDocuments(w, r, v, a.Slot, url.Values{}, "")
}

func (s *site) backToDocuments(w http.ResponseWriter, r *http.Request, v *caseVisit, slot string, q url.Values, anchor string) error {
	if strings.Contains(slot, "/") {
		q.Set("slot", slot)
	}
	number := slices.IndexFunc(v.standing.Slots, func(other *casefile.Slot) bool { return other.ID == slot })
	if anchor == "" {
		anchor = "slot-" + strconv.Itoa(max(number, 0)+1)
	}
	http.Redirect(w, r, address(v.url("attachments"), q)+"#"+anchor, http.StatusSeeOther)
	return nil
}

// postedDocument returns the document that a form names.
func (v *caseVisit) postedDocument(r *http.Request) (*casefile.Attachment, error) {
	if err := readForm(r); err != nil {
		return nil, err
	}
	a := v.c.Attachment(r.PostForm.Get("id"))
	if a == nil {
		return nil, pageError{http.StatusNotFound, "error.404"}
	}
	return a, nil
}

// What a document may do in a browser that opens it: nothing. A PDF is shown by the browser's own viewer, which some browsers do not start
// in a sandbox; it runs apart from our pages in any case, and the policy lets it load nothing of ours.
const (
	documentPolicy = "default-src 'none'; sandbox"
	pdfPolicy      = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
)

// getDocument sends a document of the case: to be looked at in the browser where that runs nothing, to be kept otherwise.
func (s *site) getDocument(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	a := v.c.Attachment(r.PathValue("document"))
	if a == nil {
		return pageError{http.StatusNotFound, "error.404"}
	}
	return s.sendDocument(w, r, a)
}

func (s *site) sendDocument(w http.ResponseWriter, r *http.Request, a *casefile.Attachment) error {
	f, err := s.cases.Content.Get(a.SHA256)
	if errors.Is(err, content.ErrNotFound) {
		return pageError{http.StatusNotFound, "error.document"}
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	disposition := "attachment"
	if i := slices.IndexFunc(content.Kinds, func(k content.Kind) bool { return k.MIME == a.Type }); i >= 0 && content.Kinds[i].Show && !r.URL.Query().Has("save") {
		disposition = "inline"
	}
	h := w.Header()
	h.Set("Content-Type", a.Type)
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": a.Name}))
	h.Set("Content-Security-Policy", documentPolicy)
	if a.Type == "application/pdf" {
		h.Set("Content-Security-Policy", pdfPolicy)
	}
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", `"`+a.SHA256+`"`)
	// 100 MB over a slow line take longer than a page.
	if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Hour)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	http.ServeContent(w, r, "", a.At, f)
	return nil
}
