package casefile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"luvat/definitions"
	"luvat/forms"
	"luvat/server/store"
)

func TestSubmit(t *testing.T) {
	w := newWorld(t, nil)
	c := w.ready(maija, w.open(maija, 300, "lasers", "private_land"))
	sent := w.send(maija, c)
	w.verify(sent.Case)
	c = sent.Case
	var got []string
	for _, f := range sent.Filings {
		if !strings.HasPrefix(f.ID, c.Reference+"-") {
			t.Errorf("filing %s is not named after the reference %s", f.ID, c.Reference)
		}
		var attached []string
		for _, a := range f.Last().Attachments {
			attached = append(attached, a.Slot)
		}
		got = append(got, fmt.Sprintf("%s@%s %s %s/%s %s %v", f.Requirement, f.Authority.ID, f.Channel, f.State, f.Status, f.Last().Data, attached))
	}
	want := []string{
		`notice@pol-lounais-suomi integration submitted/sent {"organiser":"Kyläyhdistys ry","summary":"Kyläjuhla rannassa","visitors":300} [site_map]`,
		`rescue@pel-varsinais-suomi light submitted/sent {"exits":4,"organiser":"Kyläyhdistys ry"} [site_map]`,
		`beams@traficom light submitted/sent {"power":2.5} []`,
		`beams@fintraffic direct draft/draft {"power":2.5} []`,
		`land@landowner direct draft/draft {} []`,
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the filings are\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	works := w.works(DeliverQueue)
	if len(works) != 3 {
		t.Errorf("there are %d deliveries, not one for each of the three filings that a channel leads to", len(works))
	}
	for _, work := range works {
		p, err := w.Parcel(w.ctx, work)
		if err != nil {
			t.Fatal(err)
		}
		if work.Lane != c.ID+"/"+p.Filing.ID || work.ID != p.Filing.ID+"/1" || p.Version.Number != 1 {
			t.Errorf("work %s in lane %s sends version %d of %s", work.ID, work.Lane, p.Version.Number, p.Filing.ID)
		}
	}
	if mails := w.works(MailQueue); len(mails) != 1 {
		t.Errorf("there are %d letters, not one receipt", len(mails))
	}
	found, err := w.ByReference(w.ctx, maija, strings.ToLower(strings.ReplaceAll(c.Reference, "-", " ")))
	if err != nil || found.ID != c.ID {
		t.Errorf("by its reference the case is not found: %v", err)
	}
	if _, err := w.ByReference(w.ctx, olli, c.Reference); !errors.Is(err, ErrNoCase) {
		t.Errorf("by its reference a stranger finds %v", err)
	}
}

// TestNoUndeclaredField holds that an authority gets no field that the form of its requirement does not declare, by the very schema
// that goes with the data.
func TestNoUndeclaredField(t *testing.T) {
	w := newWorld(t, nil)
	c := w.ready(maija, w.open(maija, 300, "lasers"))
	c = w.must(w.Save(w.ctx, maija, c.ID, Save{Base: c.Seq, Changes: forms.Data{"form/notice/secret": "x", "form/rescue/power": 1, "term/organiser.phone": "+358401234567"}}))
	for _, f := range w.send(maija, c).Filings {
		edition, _ := w.editions.Edition(c.Edition)
		declared(t, f, edition)
	}
}

func declared(t tester, f *Filing, edition Edition) {
	form := edition.requirement(f.Requirement).Form.ID()
	var data map[string]json.RawMessage
	if err := json.Unmarshal(f.Last().Data, &data); err != nil {
		t.Errorf("the data of %s is no object: %v", f.ID, err)
	}
	var schema struct{ Properties map[string]json.RawMessage }
	if form != "" {
		text := edition.Book.Schema(form, definitions.Finnish)
		if err := json.Unmarshal(text, &schema); err != nil {
			t.Errorf("the schema of %s cannot be read: %v", form, err)
		}
		if got := f.Last().Schema[definitions.Finnish]; got != hash(text) {
			t.Errorf("filing %s names the schema %s", f.ID, got)
		}
	}
	for name := range data {
		if schema.Properties[name] == nil {
			t.Errorf("filing %s has the field %q, which form %q does not declare", f.ID, name, form)
		}
	}
}

func TestSubmitOnceOnly(t *testing.T) {
	w := newWorld(t, nil)
	c := w.ready(company, w.open(company, 300))
	colleague := company
	colleague.Account = "acc-aku"
	mine, _ := w.Check(w.ctx, company, c.ID, definitions.Finnish)
	theirs, _ := w.Check(w.ctx, colleague, c.ID, definitions.Finnish)
	const each = 8 // impatient clicks of two people
	receipts := make([]*Sending, 2*each)
	var wait sync.WaitGroup
	for i := range receipts {
		wait.Go(func() {
			who, ticket := company, mine.Ticket
			if i%2 == 1 {
				who, ticket = colleague, theirs.Ticket
			}
			sent, err := w.Submit(w.ctx, who, c.ID, Submit{Ticket: ticket, Lang: definitions.Finnish})
			if err != nil {
				t.Error(err)
			}
			receipts[i] = sent
		})
	}
	wait.Wait()
	first := 0
	for _, r := range receipts {
		if r == nil {
			continue
		}
		if !r.Again {
			first++
		}
		if !reflect.DeepEqual(r.Submission.Filings, receipts[0].Submission.Filings) || r.Case.Reference != receipts[0].Case.Reference {
			t.Errorf("two receipts differ: %v and %v", r.Submission, receipts[0].Submission)
		}
	}
	if first != 1 {
		t.Errorf("%d of %d were told that they were the first", first, len(receipts))
	}
	c = w.must(w.Read(w.ctx, company, c.ID))
	if len(c.Submissions) != 1 || len(c.Filings) != 2 || len(w.works(DeliverQueue)) != 2 || len(w.works(MailQueue)) != 1 {
		t.Errorf("there are %d submissions and %d filings", len(c.Submissions), len(c.Filings))
	}
	w.verify(c)
	check, err := w.Check(w.ctx, company, c.ID, definitions.Finnish)
	if err != nil || len(check.Planned) != 0 {
		t.Fatalf("after sending %v is planned (%v)", check.Planned, err)
	}
	if _, err := w.Submit(w.ctx, company, c.ID, Submit{Ticket: check.Ticket}); !errors.Is(err, ErrNothingToSend) {
		t.Errorf("sending when all is sent gives %v", err)
	}
}

func TestSubmitSendsOnlyWhatWasSeen(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(w *world, c *Case) error
		want   error
	}{
		{"a colleague's answer brings a requirement", func(w *world, c *Case) error {
			_, err := w.Answer(w.ctx, maija, c.ID, Answers{Base: c.Seq, Answers: map[string]any{"visitors": 300.0}})
			return err
		}, &NeedsChanged{New: []string{"rescue@pel-varsinais-suomi"}}},
		{"a colleague's answer takes one away", func(w *world, c *Case) error {
			_, err := w.Answer(w.ctx, maija, c.ID, Answers{Base: c.Seq, Answers: map[string]any{"lasers": false}})
			return err
		}, &NeedsChanged{Gone: []string{"beams@fintraffic", "beams@traficom"}}},
		{"a colleague's value", func(w *world, c *Case) error {
			_, err := w.Save(w.ctx, maija, c.ID, Save{Base: c.Seq, Changes: forms.Data{"form/notice/summary": "Another fête"}})
			return err
		}, &ChangedMeanwhile{Keys: []string{"form/notice/summary"}, By: maija.Account}},
		{"a colleague's document", func(w *world, c *Case) error {
			_, err := w.Detach(w.ctx, maija, c.ID, c.Attachments[0].ID)
			return err
		}, &ChangedMeanwhile{Keys: []string{"attachment/site_map"}, By: maija.Account}},
		{"a colleague's access", func(w *world, c *Case) error {
			_, _, err := w.Invite(w.ctx, maija, c.ID, Invite{Email: "a@b.fi", Role: RoleRead})
			return err
		}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, nil)
			c := w.ready(maija, w.open(maija, 30, "lasers"))
			check, err := w.Check(w.ctx, maija, c.ID, definitions.English)
			if err != nil {
				t.Fatal(err)
			}
			if err := test.change(w, check.Case); err != nil {
				t.Fatal(err)
			}
			_, err = w.Submit(w.ctx, maija, c.ID, Submit{Ticket: check.Ticket, Lang: definitions.English})
			var is, want *ChangedMeanwhile
			if errors.As(err, &is) && errors.As(test.want, &want) {
				is.At = want.At
			}
			if !reflect.DeepEqual(err, test.want) {
				t.Errorf("sending gives %v, not %v", err, test.want)
			}
			after := w.must(w.Read(w.ctx, maija, c.ID))
			if sent := len(after.Filings) > 0; sent != (test.want == nil) {
				t.Errorf("sent: %v", sent)
			}
			w.verify(after)
		})
	}
}

func TestIncomplete(t *testing.T) {
	w := newWorld(t, nil)
	answers := answersOf(300)
	delete(answers, "private_land")
	c, err := w.Service.Open(w.ctx, maija, Open{Bundle: "fete", Lang: definitions.Finnish, Title: "x", Answers: answers})
	w.must(c, err)
	check, err := w.Check(w.ctx, maija, c.ID, definitions.English)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Submit(w.ctx, maija, c.ID, Submit{Ticket: check.Ticket, Lang: definitions.English})
	var incomplete *Incomplete
	if !errors.As(err, &incomplete) {
		t.Fatalf("sending gives %v", err)
	}
	if !slices.Equal(incomplete.Questions, []string{"private_land"}) {
		t.Errorf("the questions left are %v", incomplete.Questions)
	}
	var keys []string
	for _, p := range incomplete.Problems {
		keys = append(keys, p.Key)
	}
	slices.Sort(keys)
	if want := []string{"form/notice/summary", "form/rescue/exits", "term/organiser.name"}; !slices.Equal(slices.Compact(keys), want) {
		t.Errorf("the problems are about %v, not %v", keys, want)
	}
	if len(incomplete.Missing) != 1 || incomplete.Missing[0].ID != "site_map" || !slices.Equal(incomplete.Missing[0].Requirements, []string{"notice", "rescue"}) && !slices.Equal(incomplete.Missing[0].Requirements, []string{"rescue", "notice"}) {
		t.Errorf("the documents missing are %+v", incomplete.Missing)
	}
	if !reflect.DeepEqual(check.InTheWay, incomplete) {
		t.Error("the check page did not show what is in the way")
	}
}

func TestMandateIsAskedAgain(t *testing.T) {
	w := newWorld(t, nil)
	c := w.ready(company, w.open(company, 30))
	check, _ := w.Check(w.ctx, company, c.ID, definitions.English)
	lapsed := errors.New("lapsed")
	_, err := w.Submit(w.ctx, company, c.ID, Submit{Ticket: check.Ticket, Mandate: func(context.Context) error { return lapsed }})
	var no *NoMandate
	if !errors.As(err, &no) || no.Party != company.Party || !errors.Is(err, lapsed) {
		t.Fatalf("without a mandate sending gives %v", err)
	}
	if _, err = w.Submit(w.ctx, company, c.ID, Submit{Ticket: check.Ticket, Mandate: func(context.Context) error { return nil }}); err != nil {
		t.Error(err)
	}
}

func TestTicketsAreRead(t *testing.T) {
	w := newWorld(t, nil)
	c := w.ready(maija, w.open(maija, 30))
	for _, s := range []string{"", "x", "e30", ticket{Token: strings.Repeat("x", 41)}.String()} {
		var invalid *Invalid
		if _, err := w.Submit(w.ctx, maija, c.ID, Submit{Ticket: s}); !errors.As(err, &invalid) || invalid.What != "ticket" {
			t.Errorf("the ticket %q gives %v", s, err)
		}
	}
}

func TestLaterAdditions(t *testing.T) {
	w := newWorld(t, nil)
	sent := w.send(maija, w.ready(maija, w.open(maija, 30)))
	c := sent.Case
	c = w.must(w.Answer(w.ctx, maija, c.ID, Answers{Base: c.Seq, Answers: map[string]any{"visitors": 300.0}}))
	// A field of what has been sent that is being rewritten is not in the way of what has not.
	c = w.must(w.Save(w.ctx, maija, c.ID, Save{Base: c.Seq, Changes: forms.Data{"form/notice/summary": nil}}))
	again := w.send(maija, c)
	c = again.Case
	if len(again.Filings) != 1 || again.Filings[0].Requirement != "rescue" || again.Filings[0].ID != c.Reference+"-2" || c.Reference != sent.Case.Reference {
		t.Errorf("what was sent later is %+v", again.Submission)
	}
	w.verify(c)
	if again.Again || len(c.Submissions) != 2 {
		t.Errorf("there are %d submissions", len(c.Submissions))
	}
}

func TestChange(t *testing.T) {
	w := newWorld(t, nil)
	c := w.send(maija, w.ready(maija, w.open(maija, 300))).Case
	token, _ := w.NewToken()
	if _, err := w.Change(w.ctx, maija, c.ID, Change{Token: token}); !errors.Is(err, ErrNothingToSend) {
		t.Errorf("without a change: %v", err)
	}
	c = w.must(w.Save(w.ctx, maija, c.ID, Save{Base: c.Seq, Changes: forms.Data{"form/rescue/tents": 2.0, "term/organiser.name": "Uusi ry", "form/rescue/exits": nil}}))
	_, err := w.Change(w.ctx, maija, c.ID, Change{Token: token, Lang: definitions.English})
	var incomplete *Incomplete
	if !errors.As(err, &incomplete) || len(incomplete.Problems) != 1 {
		t.Fatalf("an incomplete change gives %v", err)
	}
	c = w.must(w.Save(w.ctx, maija, c.ID, Save{Base: c.Seq, Changes: forms.Data{"form/rescue/exits": 5.0}}))
	c, added, err := w.Attach(w.ctx, maija, c.ID, File{Slot: "exits", Name: "ulos.pdf", Type: "application/pdf", Size: 1, SHA256: sum})
	w.must(c, err)
	st, err := w.Standing(c, definitions.English)
	if err != nil {
		t.Fatal(err)
	}
	amendments, err := st.Amendments(c)
	if err != nil || len(amendments) != 2 {
		t.Fatalf("the amendments are %v (%v)", amendments, err)
	}
	var rescue *Filing
	for _, f := range c.Filings {
		if f.Requirement == "rescue" {
			rescue = f
		}
	}
	for range 2 { // twice with one token is once
		c = w.must(w.Change(w.ctx, maija, c.ID, Change{Token: token, Filings: []string{rescue.ID}}))
	}
	w.verify(c)
	rescue = c.Filing(rescue.ID)
	if len(rescue.Versions) != 2 || rescue.State != "submitted" {
		t.Fatalf("the filing is %+v", rescue)
	}
	if want := (&Changes{Fields: []string{"/exits", "/organiser", "/tents"}, Added: []string{added}, Removed: []string{}}); !reflect.DeepEqual(rescue.Last().Changes, want) {
		t.Errorf("the changes are %+v, not %+v", rescue.Last().Changes, want)
	}
	works := w.works(DeliverQueue)
	for _, work := range works {
		if work.ID == rescue.ID+"/2" {
			t.Error("the second version overtakes the first")
		}
	}
	for _, work := range works {
		if err := w.RecordDelivered(w.ctx, work); err != nil {
			t.Fatal(err)
		}
	}
	works = w.works(DeliverQueue)
	if len(works) != 1 || works[0].ID != rescue.ID+"/2" {
		t.Errorf("after the first version comes %v", works)
	}
	var invalid *Invalid
	if _, err := w.Change(w.ctx, maija, c.ID, Change{Token: "other", Filings: []string{"nothing"}}); !errors.As(err, &invalid) {
		t.Errorf("a change of a filing that is not there gives %v", err)
	}
}

func TestWithdraw(t *testing.T) {
	w := newWorld(t, nil)
	c := w.send(maija, w.ready(maija, w.open(maija, 300))).Case
	first := c.Filings[0].ID
	for range 2 {
		c = w.must(w.Withdraw(w.ctx, maija, c.ID, Withdraw{Filings: []string{first}, Reason: "Sade"}))
	}
	f := c.Filing(first)
	if !f.Withdrawn || f.State != "withdrawn" || f.Status != "ready" || !f.Ended || c.Phase != Sent {
		t.Errorf("the filing is %+v, the case is %s", f, c.Phase)
	}
	var notNow *NotNow
	if _, err := w.Change(w.ctx, maija, c.ID, Change{Token: "x", Filings: []string{first}}); !errors.As(err, &notNow) {
		t.Errorf("a filing that was taken back is changed: %v", err)
	}
	c = w.must(w.Withdraw(w.ctx, maija, c.ID, Withdraw{}))
	if c.Phase != Closed {
		t.Errorf("the case is %s", c.Phase)
	}
	w.verify(c)
	if _, err := w.Save(w.ctx, maija, c.ID, Save{Changes: forms.Data{"term/a": 1}}); !errors.As(err, &notNow) {
		t.Errorf("a case that was taken back is filled in: %v", err)
	}
	kinds := map[string]int{}
	var settle func()
	settle = func() {
		works := w.works(DeliverQueue)
		for _, work := range works {
			p, err := w.Parcel(w.ctx, work)
			if err != nil {
				t.Fatal(err)
			}
			kinds[p.Task.What]++
			if err := w.RecordDelivered(w.ctx, work); err != nil {
				t.Fatal(err)
			}
		}
		if len(works) > 0 {
			settle()
		}
	}
	settle()
	if want := map[string]int{TaskFiling: 2, TaskWithdrawal: 2}; !reflect.DeepEqual(kinds, want) {
		t.Errorf("what was delivered is %v, not %v", kinds, want)
	}
	w.verify(w.must(w.Read(w.ctx, maija, c.ID)))
}

func TestADraftIsGivenUp(t *testing.T) {
	w := newWorld(t, nil)
	c := w.must(w.Withdraw(w.ctx, maija, w.open(maija, 30).ID, Withdraw{}))
	if c.Phase != Closed || len(w.works(DeliverQueue)) != 0 {
		t.Errorf("the case is %s", c.Phase)
	}
	w.verify(c)
}

func TestDeliveryIsRecordedOnce(t *testing.T) {
	w := newWorld(t, nil)
	c := w.send(maija, w.ready(maija, w.open(maija, 30))).Case
	work := w.works(DeliverQueue)[0]
	again := w.clock.time().Add(1)
	if err := w.RecordFailed(w.ctx, work, Failure{Why: "the address does not answer", Again: again}); err != nil {
		t.Fatal(err)
	}
	w.clock.move(1000)
	work = w.works(DeliverQueue)[0]
	if err := w.RecordFailed(w.ctx, work, Failure{Why: "the address does not answer", Again: again}); err != nil {
		t.Fatal(err)
	}
	work = w.works(DeliverQueue)[0]
	if work.Attempt != 3 {
		t.Errorf("this is attempt %d", work.Attempt)
	}
	c = w.must(w.Read(w.ctx, maija, c.ID))
	if f := c.Filings[0]; len(f.Deliveries) != 1 || f.Trouble() == nil || f.Reached(1) {
		t.Errorf("the deliveries are %+v", f.Deliveries)
	}
	if err := w.RecordDelivered(w.ctx, work); err != nil {
		t.Fatal(err)
	}
	if err := w.RecordDelivered(w.ctx, work); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("the same delivery again: %v", err)
	}
	c = w.must(w.Read(w.ctx, maija, c.ID))
	if f := c.Filings[0]; len(f.Deliveries) != 2 || f.Trouble() != nil || !f.Reached(1) || f.Reached(2) {
		t.Errorf("the deliveries are %+v", f.Deliveries)
	}
	w.verify(c)
}

func TestGivingUpIsRecorded(t *testing.T) {
	w := newWorld(t, nil)
	c := w.send(maija, w.ready(maija, w.open(maija, 30))).Case
	if err := w.RecordFailed(w.ctx, w.works(DeliverQueue)[0], Failure{Why: "gone"}); err != nil {
		t.Fatal(err)
	}
	dead, err := w.store.Dead(w.ctx, DeliverQueue, store.Page{})
	if err != nil || len(dead) != 1 {
		t.Fatalf("given up are %v (%v)", dead, err)
	}
	c = w.must(w.Read(w.ctx, maija, c.ID))
	if trouble := c.Filings[0].Trouble(); trouble == nil || !trouble.GaveUp {
		t.Errorf("the trouble is %+v", trouble)
	}
	w.verify(c)
}

func TestReceived(t *testing.T) {
	w := newWorld(t, nil)
	c := w.send(maija, w.ready(maija, w.open(maija, 300))).Case
	police := Actor{Authority: c.Filings[0].Authority.ID}
	for range 2 {
		c = w.must(w.Receive(w.ctx, police, c.ID, c.Filings[0].ID, "5500/R/1"))
	}
	if r := c.Filings[0].Received; r == nil || r.OwnID != "5500/R/1" || c.History[len(c.History)-1].By != "authority:"+police.Authority {
		t.Errorf("what was received is %+v", r)
	}
	w.verify(c)
	var invalid *Invalid
	if _, err := w.Receive(w.ctx, police, c.ID, c.Filings[1].ID, "1"); !errors.As(err, &invalid) {
		t.Errorf("an authority received another's filing: %v", err)
	}
}

func TestMessages(t *testing.T) {
	w := newWorld(t, nil)
	c := w.open(maija, 300)
	var notNow *NotNow
	if _, err := w.Message(w.ctx, maija, c.ID, Send{Text: "Hei"}); !errors.As(err, &notNow) {
		t.Errorf("a message of a draft gives %v", err)
	}
	c = w.send(maija, w.ready(maija, c)).Case
	w.works(MailQueue)
	for _, work := range w.works(DeliverQueue) {
		if err := w.RecordDelivered(w.ctx, work); err != nil {
			t.Fatal(err)
		}
	}
	c = w.must(w.Message(w.ctx, maija, c.ID, Send{Text: " Hei kaikille ", Attachments: []string{c.Attachments[0].ID}}))
	if m := c.Messages[0]; m.Text != "Hei kaikille" || m.From != maija.Account {
		t.Errorf("the message is %+v", m)
	}
	if works := w.works(DeliverQueue); len(works) != 2 {
		t.Errorf("a message to all goes %d ways", len(works))
	}
	police := Actor{Authority: c.Filings[0].Authority.ID}
	c = w.must(w.Message(w.ctx, police, c.ID, Send{Filing: c.Filings[0].ID, Text: "Kiitos"}))
	if mails := w.works(MailQueue); len(mails) != 1 || strings.Contains(string(mails[0].Data), "Kiitos") {
		t.Errorf("the letters are %v", mails)
	}
	w.verify(c)
	for _, in := range []Send{{}, {Text: "x", Filing: "nothing"}, {Text: "x", Attachments: []string{"nothing"}}, {Text: strings.Repeat("x", maxMessage+1)}} {
		var invalid *Invalid
		if _, err := w.Message(w.ctx, maija, c.ID, in); !errors.As(err, &invalid) {
			t.Errorf("%.20v gives %v", in, err)
		}
	}
	var invalid *Invalid
	if _, err := w.Message(w.ctx, police, c.ID, Send{Text: "to all"}); !errors.As(err, &invalid) {
		t.Errorf("an authority wrote to all: %v", err)
	}
	var forbidden *Forbidden
	if _, err := w.Message(w.ctx, police, c.ID, Send{Text: "x", Filing: c.Filings[1].ID}); !errors.As(err, &forbidden) {
		t.Errorf("an authority wrote about another's filing: %v", err)
	}
}
