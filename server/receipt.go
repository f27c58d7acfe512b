package server

import (
	"cmp"
	"context"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"time"

	"luvat/forms"
	"luvat/server/casefile"
	"luvat/server/receipt"
)

// receiptPage confirms one sending: what went where, and what happens next.
type receiptPage struct {
	page
	Reference string
	CaseTitle string
	Holder    string
	SentAt    string
	SentBy    string
	Sent      []receiptRow
	Direct    []filingCard
	Kept      []string
	Later     []laterDuty
	PDF       string
	Case      string
	Messages  string
}

type receiptRow struct{ Name, Authority, Number, Way, URL string }

func (v *caseVisit) receiptURL(sub *casefile.Submission) string {
	return v.url("receipt/" + strconv.FormatUint(sub.Seq, 10))
}

// sending returns what the receipt of the address is of.
func (v *caseVisit) sending(r *http.Request) (*casefile.Sending, error) {
	seq, err := strconv.ParseUint(r.PathValue("seq"), 10, 64)
	if err == nil {
		if sent := v.c.Sending(seq); sent != nil {
			return sent, nil
		}
	}
	return nil, pageError{http.StatusNotFound, "error.404"}
}

func (s *site) getReceipt(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	sent, err := v.sending(r)
	if err != nil {
		return err
	}
	t, c, say := v.texts, v.c, s.teller(r.Context(), v.texts)
	p := receiptPage{page: s.casePage(r, v, t.Say("receipt.title", c.Reference)), Reference: c.Reference, CaseTitle: c.Title, Holder: c.Holder.Name,
		SentAt: say.moment(sent.Submission.At), SentBy: say.name(sent.Submission.By), PDF: v.receiptURL(sent.Submission) + ".pdf", Case: v.url(""), Messages: v.url("messages")}
	for _, f := range sent.Filings {
		if f.Channel == casefile.Direct {
			p.Direct = append(p.Direct, v.filingCard(f, say))
			continue
		}
		p.Sent = append(p.Sent, receiptRow{f.Name.In(t.Lang), v.authorityOf(f), f.ID, v.channelText(f), v.filingURL(f)})
	}
	for _, id := range v.standing.Kept {
		p.Kept = append(p.Kept, v.needTitle(id))
	}
	for _, id := range v.standing.Duties {
		p.Later = append(p.Later, v.laterDuty(id))
	}
	return s.show(w, http.StatusOK, "receipt", p)
}

// channelText says by which way a filing goes.
func (v *caseVisit) channelText(f *casefile.Filing) string {
	switch f.Channel {
	case casefile.Integration:
		return v.texts.Say("receipt.way-integration")
	case casefile.Light:
		return v.texts.Say("receipt.way-light")
	}
	return v.texts.Say("receipt.way-direct")
}

func (s *site) getReceiptPDF(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	sent, err := v.sending(r)
	if err != nil {
		return err
	}
	d, err := s.receiptDocument(r.Context(), v, sent)
	if err != nil {
		return err
	}
	return sendPDF(w, v.c.Reference+"-"+strconv.FormatUint(sent.Submission.Seq, 10)+".pdf", d)
}

func sendPDF(w http.ResponseWriter, name string, d receipt.Document) error {
	pdf, err := d.PDF()
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": name}))
	h.Set("Content-Length", strconv.Itoa(len(pdf)))
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(pdf) // the customer went away; nothing is left to do
	return nil
}

// paper begins a document about the case. It is handed on, so it holds no personal identity code.
func (v *caseVisit) paper(title, foot string, at time.Time) receipt.Document {
	return receipt.Document{Lang: string(v.texts.Lang), Title: title, Foot: foot, Made: at, Page: func(n int) string { return v.texts.Say("receipt.page", n) }}
}

// receiptDocument writes what was sent as it was sent then, whatever has been changed since.
func (s *site) receiptDocument(ctx context.Context, v *caseVisit, sent *casefile.Sending) (receipt.Document, error) {
	t, c, say := v.texts, v.c, s.teller(ctx, v.texts)
	sub := sent.Submission
	d := v.paper(t.Say("receipt.heading"), c.Reference, sub.At)
	d.Lead = []string{t.Say("receipt.lead", c.Title)}
	d.Key = []receipt.Row{{Label: t.Say("sent.reference"), Value: c.Reference}}
	d.Sections = append(d.Sections, receipt.Section{Title: t.Say("receipt.about"), Rows: []receipt.Row{
		{Label: t.Say("receipt.sent-at"), Value: say.moment(sub.At)}, {Label: t.Say("receipt.sent-by"), Value: say.name(sub.By)},
		{Label: t.Say("receipt.holder"), Value: c.Holder.Name}, {Label: t.Say("receipt.case"), Value: withoutCodes(c.Title)},
		{Label: t.Say("receipt.edition"), Value: c.EditionAt(sub.Seq)}}})
	filings := receipt.Section{Title: t.Say("receipt.sent"), Intro: t.Say("receipt.sent-intro")}
	direct := receipt.Section{Title: t.Say("receipt.direct"), Intro: t.Say("receipt.direct-intro")}
	for _, f := range sent.Filings {
		row := receipt.Row{Label: f.Name.In(t.Lang), Value: v.authorityOf(f) + "\n" + f.ID + "\n" + v.channelText(f)}
		if f.Channel == casefile.Direct {
			for _, line := range []string{f.Authority.Email, f.Authority.URL} {
				if line != "" {
					row.Value += "\n" + line
				}
			}
			direct.Rows = append(direct.Rows, row)
			continue
		}
		filings.Rows = append(filings.Rows, row)
	}
	for _, section := range []receipt.Section{filings, direct} {
		if len(section.Rows) > 0 {
			d.Sections = append(d.Sections, section)
		}
	}
	values, err := s.sentValues(v, sent)
	if err != nil {
		return d, err
	}
	d.Sections = append(d.Sections, values...)
	var attached []*casefile.Attachment
	for _, f := range sent.Filings {
		for _, a := range f.Versions[0].Attachments {
			if !slices.Contains(attached, a) {
				attached = append(attached, a)
			}
		}
	}
	d.Sections = append(d.Sections, v.attachedSection(attached))
	return d, nil
}

// attachedSection lists documents with their checksums, by which anybody can tell whether they have the same.
func (v *caseVisit) attachedSection(attached []*casefile.Attachment) receipt.Section {
	t := v.texts
	section := receipt.Section{Title: t.Say("receipt.documents"), Intro: t.Say("receipt.documents-intro")}
	if len(attached) == 0 {
		section.Intro = t.Say("receipt.documents-none")
	}
	for _, a := range attached {
		section.Rows = append(section.Rows, receipt.Row{Label: withoutCodes(a.Name), Value: sizeText(a.Size, t.Lang) + "\nSHA-256 " + a.SHA256})
	}
	return section
}

// sentValues writes each value that was sent once, in the sections in which it was filled in, whichever filings it went with.
func (s *site) sentValues(v *caseVisit, sent *casefile.Sending) ([]receipt.Section, error) {
	t, c := v.texts, v.c
	values := map[string]forms.Filed{} // by key
	var needs []forms.Need
	var x saying
	for _, f := range sent.Filings {
		say, fields, err := s.sentData(t, c, &f.Versions[0], false)
		if err != nil {
			return nil, err
		}
		x = say
		for _, field := range fields {
			values[field.Field.Key] = field
		}
		if !slices.ContainsFunc(needs, func(n forms.Need) bool { return n.Requirement == f.Requirement }) {
			n := forms.Need{Requirement: f.Requirement, Form: f.Versions[0].Form}
			n.Title.By = f.Name
			needs = append(needs, n)
		}
	}
	ed, err := s.cases.Editions.Edition(c.EditionAt(sent.Submission.Seq))
	if err != nil {
		return nil, err
	}
	var out []receipt.Section
	for _, section := range ed.Book.Union(needs).Sections {
		written := receipt.Section{Title: section.Title.In(t.Lang)}
		for _, field := range section.Fields {
			if value, ok := values[field.Key]; ok {
				if text := paperLines(x.lines(field, value.Value)); text != "" {
					written.Rows = append(written.Rows, receipt.Row{Label: field.Title.In(t.Lang), Value: text})
				}
			}
		}
		if len(written.Rows) > 0 {
			out = append(out, written)
		}
	}
	return out, nil
}

// getFilingPDF is one filing on paper, in the language of the page: to give to an authority that has not joined, or to keep.
func (s *site) getFilingPDF(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	f, err := v.filingOf(r)
	if err != nil {
		return err
	}
	t, c, say := v.texts, v.c, s.teller(r.Context(), v.texts)
	last := f.Last()
	d := v.paper(f.Name.In(t.Lang), f.ID, last.At)
	d.Lead = []string{withoutCodes(c.Title)}
	d.Key = []receipt.Row{{Label: t.Say("receipt.to"), Value: v.authorityOf(f)}}
	about := receipt.Section{Title: t.Say("receipt.about"), Rows: []receipt.Row{{Label: t.Say("filing.number"), Value: f.ID},
		{Label: t.Say("filing.made-at"), Value: say.moment(last.At)}, {Label: t.Say("receipt.sent-by"), Value: say.name(last.By)}, {Label: t.Say("receipt.holder"), Value: c.Holder.Name}}}
	if last.Number > 1 {
		about.Rows = append(about.Rows, receipt.Row{Label: t.Say("filing.version"), Value: strconv.Itoa(last.Number)})
	}
	d.Sections = append(d.Sections, about)
	x, fields, err := s.sentData(t, c, last, false)
	if err != nil {
		return err
	}
	section := receipt.Section{Title: v.dataTitle(f)}
	for _, one := range x.all(fields) {
		if one.Head != "" && len(section.Rows) > 0 {
			d.Sections = append(d.Sections, section)
			section = receipt.Section{}
		}
		section.Title = cmp.Or(one.Head, section.Title)
		section.Rows = append(section.Rows, receipt.Row{Label: one.Title, Value: paperLines(one.Lines)})
	}
	if len(section.Rows) > 0 {
		d.Sections = append(d.Sections, section)
	}
	d.Sections = append(d.Sections, v.attachedSection(last.Attachments))
	return sendPDF(w, f.ID+".pdf", d)
}
