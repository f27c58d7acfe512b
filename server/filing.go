package server

import (
	"net/http"
	"regexp"
	"slices"

	"luvat/server/casefile"
)

// personalCode is the form of a Finnish personal identity code, with every separator in use (128/2010 2 §).
var personalCode = regexp.MustCompile(`(?i)\b[0-3][0-9][01][0-9]{3}[-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y]\b`)

// filingPage is one filing: where it stands, what was sent, and what can be done.
type filingPage struct {
	page
	ID, Name, Kind, Authority string
	State                     filingState
	Way                       string
	Due, OwnID, ReceivedAt    string
	Direct                    bool
	Email, Web                string
	PDF                       string
	DataTitle                 string
	Data                      []said
	Documents                 []filedPaper
	Versions                  []versionRow
	Attempts                  []attemptRow
	Messages                  []messageRow
	Amend, Withdraw, Message  string // addresses; "" when it cannot be done
}

// attemptRow is what became of sending something, in words.
type attemptRow struct{ At, What, Outcome string }

// filingOf returns the filing of the address.
func (v *caseVisit) filingOf(r *http.Request) (*casefile.Filing, error) {
	if f := v.c.Filing(r.PathValue("filing")); f != nil {
		return f, nil
	}
	return nil, pageError{http.StatusNotFound, "error.404"}
}

func (s *site) getFiling(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	f, err := v.filingOf(r)
	if err != nil {
		return err
	}
	t, c := v.texts, v.c
	say := s.teller(r.Context(), t)
	mask := valueTextOf(v).mask
	p := filingPage{page: s.casePage(r, v, f.Name.In(t.Lang)), ID: f.ID, Name: f.Name.In(t.Lang), Kind: t.Say("kind." + string(f.Kind)), Authority: v.authorityOf(f),
		State: v.stateOf(f), Way: v.wayText(f, say), Due: v.dueText(f), Direct: f.Channel == casefile.Direct, Email: f.Authority.Email, Web: f.Authority.URL,
		PDF: v.filingURL(f) + ".pdf", Documents: documents(f.Last().Attachments, t, v.url("attachments"))}
	p.DataTitle = v.dataTitle(f)
	if f.Received != nil {
		p.OwnID, p.ReceivedAt = f.Received.OwnID, say.moment(f.Received.At)
	}
	x, fields, err := s.sentData(t, c, f.Last(), mask)
	if err != nil {
		return err
	}
	p.Data = x.all(fields)
	if p.Versions, err = s.sentVersions(t, c, f, say, mask); err != nil {
		return err
	}
	for _, a := range slices.Backward(f.Deliveries) {
		p.Attempts = append(p.Attempts, v.attemptRow(a, say))
	}
	p.Messages = s.messageRows(t, c, say, v.url("attachments"), func(m *casefile.Message) bool { return m.Filing == f.ID || m.Filing == "" && m.Seq > f.Versions[0].Seq })
	if c.May(v.actor, casefile.Changing) && !f.Ended && !f.Withdrawn {
		p.Amend = v.url("amend")
	}
	if c.May(v.actor, casefile.Withdrawing) && v.standing.Edition.CanWithdraw(f) {
		p.Withdraw = v.url("withdraw") + "?filing=" + f.ID
	}
	if c.May(v.actor, casefile.Messaging) && f.Channel != casefile.Direct {
		p.Message = v.url("messages") + "?filing=" + f.ID + "#write"
	}
	return s.show(w, http.StatusOK, "filing", p)
}

func (v *caseVisit) attemptRow(a casefile.Attempt, say teller) attemptRow {
	t := v.texts
	row := attemptRow{At: say.moment(a.At)}
	switch {
	case a.Task.What == casefile.TaskMessage:
		row.What = t.Say("filing.what-message")
	case a.Task.What == casefile.TaskWithdrawal:
		row.What = t.Say("filing.what-withdrawal")
	case a.Task.Version > 1:
		row.What = t.Say("filing.what-version", a.Task.Version)
	default:
		row.What = t.Say("filing.what-first")
	}
	switch {
	case a.GaveUp:
		row.Outcome = t.Say("filing.outcome-gave-up")
	case a.Failed != "":
		row.Outcome = t.Say("filing.outcome-failed")
	case a.Channel == casefile.Integration:
		row.Outcome = t.Say("filing.outcome-integration")
	default:
		row.Outcome = t.Say("filing.outcome-light")
	}
	return row
}

// dataTitle is what stands above the data of a filing.
func (v *caseVisit) dataTitle(f *casefile.Filing) string {
	if f.Channel == casefile.Direct {
		return v.texts.Say("filing.data-direct")
	}
	return v.texts.Say("filing.data")
}
