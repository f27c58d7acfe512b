package cmd

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"luvat/definitions"
	"luvat/engine"
)

// reportWidth is the width of the text report in columns.
const reportWidth = 100

// report writes an analysis for a person to read.
type report struct {
	strings.Builder
	lang  definitions.Lang
	words words
	title string
	on    string            // the day of handling, YYYY-MM-DD
	asks  map[string]string // questions in words, by id
}

// words are the fixed words of the report in one language.
type words struct {
	version, handled, nothing, complete                          string
	impossible, needed, ask, open, warnings, notNeeded, next     string // headings
	because, law, authority, due, recommended, fee, takes        string // labels
	dependsOn, attachments, change, after, item                  string
	late, workday, free, optional, ifNeeded, unverified, unknown string
	more                                                         string   // before a change that frees of a requirement
	passed                                                       string   // of a recommended day
	instructions, appeal, links                                  string   // labels
	freeWords                                                    []string // what a text says that speaks of no fee
	kinds                                                        map[definitions.Kind]string
}

var reportWords = map[definitions.Lang]words{
	definitions.Finnish: {
		version: "versio", handled: "käsittelypäivä",
		needed: "Tarvitset", ask: "Kysy viranomaiselta", open: "Voit vielä tarvita", impossible: "Ei ole mahdollista",
		notNeeded: "Et tarvitse", warnings: "Ota huomioon", next: "Seuraavat kysymykset",
		nothing: "Vastausten perusteella et tarvitse lupia etkä ilmoituksia.", complete: "Kaikki tarvittava on kysytty.",
		because: "Miksi", law: "Laki", authority: "Kenelle", due: "Viimeistään", late: "määräaika on mennyt", recommended: "Suositus",
		fee: "Maksu", takes: "Käsittely", dependsOn: "Riippuu", attachments: "Liitteet", change: "Muutos", after: "Ensin",
		free: "maksuton", optional: "vapaaehtoinen", ifNeeded: "tarvittaessa", unverified: "tarkistamaton tieto", unknown: "ei vastausta", item: "Kohde", more: "ei tarvita, jos", workday: "viimeinen työpäivä ennen sitä",
		passed: "päivä on jo mennyt", instructions: "Ohje", appeal: "Muutoksenhaku", links: "Linkit", freeWords: []string{"maksut"},
		kinds: map[definitions.Kind]string{definitions.Permit: "lupa", definitions.Notification: "ilmoitus", definitions.Registration: "rekisteröinti",
			definitions.Plan: "suunnitelma", definitions.Agreement: "sopimus", definitions.Report: "selvitys", definitions.Obligation: "velvoite",
			definitions.Inspection: "tarkastus"},
	},
	definitions.Swedish: {
		version: "version", handled: "handläggningsdag",
		needed: "Du behöver", ask: "Fråga myndigheten", open: "Kan ännu behövas", impossible: "Inte möjligt",
		notNeeded: "Du behöver inte", warnings: "Observera", next: "Följande frågor",
		nothing: "Enligt svaren behöver du inga tillstånd eller anmälningar.", complete: "Allt som behövs har frågats.",
		because: "Varför", law: "Lag", authority: "Till vem", due: "Senast", late: "tidsfristen har gått ut", recommended: "Rekommendation",
		fee: "Avgift", takes: "Handläggning", dependsOn: "Beror på", attachments: "Bilagor", change: "Ändring", after: "Först",
		free: "avgiftsfri", optional: "frivillig", ifNeeded: "vid behov", unverified: "ej kontrollerad uppgift", unknown: "inget svar", item: "Objekt", more: "behövs inte, om", workday: "sista arbetsdagen före det",
		passed: "dagen har redan passerat", instructions: "Så här gör du", appeal: "Ändringssökande", links: "Länkar", freeWords: []string{"avgiftsfri", "kostnadsfri", "gratis"},
		kinds: map[definitions.Kind]string{definitions.Permit: "tillstånd", definitions.Notification: "anmälan", definitions.Registration: "registrering",
			definitions.Plan: "plan", definitions.Agreement: "avtal", definitions.Report: "utredning", definitions.Obligation: "skyldighet",
			definitions.Inspection: "inspektion"},
	},
	definitions.English: {
		version: "version", handled: "handled on",
		needed: "You need", ask: "Ask the authority", open: "You may still need", impossible: "Not possible",
		notNeeded: "You do not need", warnings: "Please note", next: "Next questions",
		nothing: "On these answers you need no permits or notifications.", complete: "Everything that matters has been asked.",
		because: "Why", law: "Law", authority: "From whom", due: "No later than", late: "the deadline has passed", recommended: "Recommended",
		fee: "Fee", takes: "Handling", dependsOn: "Depends on", attachments: "Attachments", change: "Change", after: "First",
		free: "free of charge", optional: "optional", ifNeeded: "if needed", unverified: "not verified", unknown: "no answer", item: "Item", more: "not needed if", workday: "the last working day before it",
		passed: "it has already passed", instructions: "What to do", appeal: "Appeal", links: "Links", freeWords: []string{"free", "no fee", "no charge"},
		kinds: map[definitions.Kind]string{definitions.Permit: "permit", definitions.Notification: "notification", definitions.Registration: "registration",
			definitions.Plan: "plan", definitions.Agreement: "agreement", definitions.Report: "report", definitions.Obligation: "obligation",
			definitions.Inspection: "inspection"},
	},
}

// analysis writes the whole report: what matters most comes first.
func (r *report) analysis(a *engine.Analysis) {
	r.on = a.On
	fmt.Fprintf(r, "%s, %s %s · %s %s\n", r.title, r.words.version, a.Version, r.words.handled, r.day(a.On))
	r.findings(r.words.impossible, a.Impossible)
	needed := r.section(r.words.needed, a, engine.Needed)
	asked := r.section(r.words.ask, a, engine.Ask)
	open := r.section(r.words.open, a, engine.Open)
	if needed+asked+open+len(a.Impossible) == 0 {
		fmt.Fprintf(r, "\n%s\n", r.words.nothing)
	}
	r.findings(r.words.warnings, a.Warnings)
	r.notNeeded(a)
	r.next(a)
}

func (r *report) heading(text string, n int) {
	fmt.Fprintf(r, "\n%s (%d)\n%s\n", strings.ToUpper(text), n, strings.Repeat("─", len([]rune(text))+len(fmt.Sprint(n))+3))
}

func (r *report) section(title string, a *engine.Analysis, status engine.Status) int {
	var list []engine.Requirement
	for _, q := range a.Requirements {
		if q.Status == status {
			list = append(list, q)
		}
	}
	if len(list) == 0 {
		return 0
	}
	slices.SortStableFunc(list, func(x, y engine.Requirement) int { return x.Order - y.Order })
	names := map[string]string{}
	for _, q := range a.Requirements {
		names[q.ID] = q.Name
	}
	r.heading(title, len(list))
	for i, q := range list {
		if i > 0 {
			r.WriteByte('\n')
		}
		r.requirement(i+1, q, names)
	}
	return len(list)
}

func (r *report) requirement(n int, q engine.Requirement, names map[string]string) {
	w := r.words
	kind := w.kinds[q.Kind]
	if q.Unverified && q.Status != engine.Open {
		kind += ", " + w.unverified
	}
	r.wrap(fmt.Sprintf("%2d. ", n), "    ", fmt.Sprintf("%s (%s)", q.Name, kind))
	if q.Status == engine.Open {
		r.open(q)
		return
	}
	for _, g := range q.Grounds {
		r.row(w.because, g.Because)
		for _, c := range g.Answers {
			r.row("", "· "+r.condition(c))
		}
	}
	for _, item := range q.Items {
		if item.Status == q.Status {
			r.row(w.item, item.Label)
		}
	}
	r.laws(w.law, lawsOf(q))
	for _, a := range q.Authorities {
		text := a.Name
		if a.Role != "" && a.Role != a.Name {
			text += " (" + a.Role + ")"
		}
		if a.Email != "" {
			text += ", " + a.Email
		}
		r.row(w.authority, text)
		r.row("", a.Note)
	}
	r.row(w.authority, q.Unrouted)
	r.due(q)
	r.row(w.fee, r.fee(q.Fee))
	r.row(w.takes, q.Takes)
	r.row(w.instructions, q.Instructions)
	for i, t := range q.Attachments {
		r.row(once(w.attachments, i), t.Title+r.necessity(t.Required))
	}
	for i, id := range q.After {
		r.row(once(w.after, i), names[id])
	}
	if c := q.Change; c != nil {
		r.row(w.change, w.more+": "+labelled(c.Label, c.To))
	}
	r.row(w.appeal, q.Appeal)
	for i, l := range q.Links {
		r.row(once(w.links, i), strings.TrimSpace(l.Title+" "+l.URL))
	}
}

// lawsOf returns the laws of a requirement and of its grounds, each once.
func lawsOf(q engine.Requirement) []engine.Law {
	all := slices.Clone(q.Law)
	for _, g := range q.Grounds {
		for _, l := range g.Law {
			if !slices.ContainsFunc(all, func(x engine.Law) bool { return x.Ref == l.Ref }) {
				all = append(all, l)
			}
		}
	}
	return all
}

// open writes what may still be needed: in short, because most of it will not be.
func (r *report) open(q engine.Requirement) {
	for i, g := range q.Grounds {
		r.row(once(r.words.because, i), g.Because)
	}
	for i, id := range q.DependsOn {
		r.row(once(r.words.dependsOn, i), r.asks[id])
	}
	for _, a := range q.Authorities {
		r.row(r.words.authority, a.Name)
	}
	r.due(q)
}

// once gives a label to the first of several rows.
func once(label string, i int) string {
	if i > 0 {
		return ""
	}
	return label
}

func (r *report) due(q engine.Requirement) {
	w := r.words
	if q.Due != nil {
		text := r.day(*q.Due)
		if q.DueAt != "" {
			text = r.day(q.DueAt)
		}
		if q.Late {
			text += " – " + w.late
		}
		if q.DueRule != "" {
			text += " (" + q.DueRule + ")"
		}
		r.row(w.due, text)
		if !q.Late && q.OpenDay != "" && q.OpenDay != *q.Due {
			r.row("", w.workday+" "+r.day(q.OpenDay))
		}
		r.row("", q.DueNote)
	}
	if day := q.Recommended; day != nil && !q.Late && (q.Due == nil || *day < *q.Due) {
		text := r.day(*day)
		if *day < r.on {
			text += " – " + w.passed
		}
		r.row(w.recommended, text)
	}
	r.row("", q.LateAdvice)
}

func (r *report) fee(f *engine.Fee) string {
	if f == nil {
		return ""
	}
	text := f.Text
	if f.Amount != nil && !r.saysFee(f.Text, *f.Amount) {
		text = r.euro(*f.Amount)
		if *f.Amount == 0 {
			text = r.words.free
		}
		if f.Text != "" {
			text += " – " + f.Text
		}
	}
	if f.Unverified {
		text += " (" + r.words.unverified + ")"
	}
	return text
}

// saysFee reports whether a text names an amount itself, so that nothing is said twice.
func (r *report) saysFee(text string, amount float64) bool {
	text = strings.ToLower(strings.ReplaceAll(text, "\u00a0", " "))
	if amount == 0 {
		return slices.ContainsFunc(r.words.freeWords, func(word string) bool { return strings.Contains(text, word) })
	}
	at := strings.Index(text, r.euro(amount))
	return at == 0 || at > 0 && (text[at-1] < '0' || text[at-1] > '9')
}

func (r *report) euro(x float64) string {
	text := strconv.FormatFloat(x, 'f', 2, 64)
	text = strings.TrimSuffix(text, ".00")
	if r.lang == definitions.English {
		return "€" + text
	}
	return strings.Replace(text, ".", ",", 1) + " €"
}

func (r *report) necessity(required *bool) string {
	switch {
	case required == nil:
		return " (" + r.words.ifNeeded + ")"
	case !*required:
		return " (" + r.words.optional + ")"
	}
	return ""
}

func (r *report) condition(c engine.Condition) string {
	answer := c.Answer
	if answer == "" {
		answer = r.words.unknown
	}
	text := labelled(c.Label, answer)
	if c.Test != "" && !repeats(c.Test, c.Answer) {
		text += " (" + c.Test + ")"
	}
	return text
}

var straightQuotes = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`)

// repeats reports whether a test says only what the answer says already.
func repeats(test, answer string) bool {
	bare := func(s string) string { return strings.Trim(straightQuotes.Replace(s), `"`) }
	return strings.EqualFold(bare(test), bare(answer))
}

// labelled puts an answer behind a question, or behind the name of a fact.
func labelled(label, answer string) string {
	if strings.HasSuffix(label, "?") {
		return label + " " + answer
	}
	return label + ": " + answer
}

func (r *report) laws(label string, laws []engine.Law) {
	for i, l := range laws {
		text := l.Ref
		if l.Name != "" && l.Name != l.Ref {
			text = l.Name + ", " + l.Ref
		}
		if l.Unverified {
			text += " (" + r.words.unverified + ")"
		}
		r.row(once(label, i), text)
		if l.URL != "" {
			r.row("", l.URL)
		}
	}
}

func (r *report) findings(title string, list []engine.Finding) {
	if len(list) == 0 {
		return
	}
	r.heading(title, len(list))
	for i, f := range list {
		if i > 0 {
			r.WriteByte('\n')
		}
		r.wrap(fmt.Sprintf("%2d. ", i+1), "    ", f.Because)
		for _, c := range f.Answers {
			r.row("", "· "+r.condition(c))
		}
		r.laws(r.words.law, f.Law)
		for _, a := range f.Authorities {
			r.row(r.words.authority, a.Name)
		}
	}
}

func (r *report) notNeeded(a *engine.Analysis) {
	var list []engine.Requirement
	for _, q := range a.Requirements {
		if q.Status == engine.NotNeeded {
			list = append(list, q)
		}
	}
	if len(list) == 0 {
		return
	}
	r.heading(r.words.notNeeded, len(list))
	for _, q := range list {
		fmt.Fprintf(r, "  – %s\n", q.Name)
		if q.WhyNot == nil {
			continue
		}
		r.wrap("      ", "      ", q.WhyNot.Because) // which says the conditions too
	}
}

func (r *report) next(a *engine.Analysis) {
	if len(a.Next) == 0 {
		fmt.Fprintf(r, "\n%s\n", r.words.complete)
		return
	}
	r.heading(r.words.next, len(a.Next))
	for i, id := range a.Next {
		r.wrap(fmt.Sprintf("%2d. ", i+1), "    ", fmt.Sprintf("%s [%s]", r.asks[id], id))
	}
}

// row writes a label and a text beside it; nothing when there is no text.
func (r *report) row(label, text string) {
	if text == "" {
		return
	}
	const column = 16 // the longest label and a space
	r.wrap("    "+label+strings.Repeat(" ", max(1, column-len([]rune(label)))), strings.Repeat(" ", 4+column), text)
}

// wrap writes text in lines of the report's width, the first after head and the others after indent.
func (r *report) wrap(head, indent, text string) {
	line := head
	used, empty := len([]rune(head)), true
	for word := range strings.FieldsSeq(text) {
		n := len([]rune(word))
		if !empty && used+1+n > reportWidth {
			r.WriteString(strings.TrimRight(line, " ") + "\n")
			line, used, empty = indent, len([]rune(indent)), true
		}
		if !empty {
			line, used = line+" ", used+1
		}
		line, used, empty = line+word, used+n, false
	}
	r.WriteString(strings.TrimRight(line, " ") + "\n")
}

var monthNames = [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}

// day writes "2026-07-05" or "2026-07-05T18:00" as the language does: 5.7.2026 klo 18.00, 5 July 2026 at 18:00.
func (r *report) day(iso string) string {
	date, clock, hasClock := strings.Cut(iso, "T")
	d, ok := definitions.ParseDate(date)
	if !ok {
		return iso
	}
	y, m, n := d.Time().Date()
	text := fmt.Sprintf("%d.%d.%d", n, m, y)
	if r.lang == definitions.English {
		text = fmt.Sprintf("%d %s %d", n, monthNames[m-1], y)
	}
	if !hasClock {
		return text
	}
	switch r.lang {
	case definitions.Finnish:
		return text + " klo " + strings.Replace(clock, ":", ".", 1)
	case definitions.Swedish:
		return text + " kl. " + strings.Replace(clock, ":", ".", 1)
	}
	return text + " at " + clock
}
