package casefile

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"luvat/definitions"
	"luvat/forms"
)

// TestAnySequenceOfActions lets several people, authorities and workers do anything in any order, with what they saw at any earlier
// time, on a clock that also runs backwards; and holds after every step that
//
//   - the case is what its ledger folds to, the chain verifies, the index rows are those made from scratch, times never decrease (verify);
//   - nobody did what may forbids, and what is refused changes nothing;
//   - no save is lost: each key has the last value that was reported as saved;
//   - there is one filing that stands for each requirement and authority, and none has a field that its form does not declare.
func TestAnySequenceOfActions(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(r, nil)
		c := w.open(company, rapid.SampledFrom([]int{10, 30, 300}).Draw(r, "visitors"))
		colleague := company
		colleague.Account = "acc-aku"
		people := []Actor{company, colleague, maija, olli, {Account: "acc-third"}}
		var tokens, tickets []string
		saved := map[string]any{}
		keys := []string{"term/organiser.name", "form/notice/summary", "form/rescue/exits", "form/rescue/tents", "form/beams/power"}
		values := map[string][]any{
			"term/organiser.name": {"Kyläyhdistys ry", "Toinen ry", nil}, "form/notice/summary": {"Juhla rannassa", "Juhla torilla", nil},
			"form/rescue/exits": {2.0, 3.0, nil}, "form/rescue/tents": {1.0, nil}, "form/beams/power": {1.5, nil},
		}
		step := func(name string, a Actor, do Action, f func() (*Case, error)) {
			before := w.must(w.load(w.ctx, c.ID))
			permitted := may(a, before, do)
			after, err := f()
			now := w.must(w.load(w.ctx, c.ID))
			if permitted != nil && err == nil {
				r.Fatalf("%s by %+v was done although %v", name, a, permitted)
			}
			if permitted != nil && now.Seq != before.Seq {
				r.Fatalf("%s by %+v was refused and changed the case", name, a)
			}
			var clash *MergeConflict
			if err != nil && !errors.As(err, &clash) && now.Seq != before.Seq {
				r.Fatalf("%s failed with %v and changed the case", name, err)
			}
			if err == nil && after.Seq != now.Seq {
				r.Fatalf("%s returned the case at entry %d, the ledger ends at %d", name, after.Seq, now.Seq)
			}
			c = now
		}
		base := func() uint64 { return uint64(rapid.IntRange(0, int(c.Seq)).Draw(r, "base")) }
		r.Repeat(map[string]func(*rapid.T){
			"save": func(r *rapid.T) {
				a := rapid.SampledFrom(people).Draw(r, "who")
				changes := forms.Data{}
				for _, key := range rapid.SliceOfNDistinct(rapid.SampledFrom(keys), 1, 3, rapid.ID[string]).Draw(r, "keys") {
					changes[key] = rapid.SampledFrom(values[key]).Draw(r, "value")
				}
				from := base()
				earlier := c.Values
				step("save", a, Saving, func() (*Case, error) {
					after, err := w.Save(w.ctx, a, c.ID, Save{Base: from, Changes: changes})
					var clash *MergeConflict
					if err != nil && !errors.As(err, &clash) {
						return after, err
					}
					for key, value := range changes {
						if clash != nil && slices.Contains(clash.Keys, key) {
							if old := earlier[key]; old == nil || old.Seq <= from || same(old.Value, value) && old.Cleared == (value == nil) {
								r.Fatalf("%s collided with nothing", key)
							}
							continue
						}
						if old := earlier[key]; old != nil && old.Seq > from && !same(old.Value, value) {
							r.Fatalf("%s was overwritten though its writer had seen entry %d only", key, from)
						}
						if value != nil || earlier[key] != nil { // to clear what was never there says nothing
							saved[key] = value
						}
					}
					return after, err
				})
			},
			"answer": func(r *rapid.T) {
				a := rapid.SampledFrom(people).Draw(r, "who")
				step("answer", a, Answering, func() (*Case, error) {
					return w.Answer(w.ctx, a, c.ID, Answers{Base: base(), Answers: map[string]any{
						"visitors": float64(rapid.SampledFrom([]int{10, 30, 300}).Draw(r, "visitors")), "lasers": rapid.Bool().Draw(r, "lasers")}})
				})
			},
			"prefill": func(r *rapid.T) {
				a := rapid.SampledFrom(people).Draw(r, "who")
				value := rapid.SampledFrom([]string{"Rekisteri ry", "Rekisteri oy"}).Draw(r, "value")
				step("prefill", a, Prefilling, func() (*Case, error) {
					after, err := w.Prefill(w.ctx, a, c.ID, Prefill{Values: map[string]Told{keys[0]: {Value: value, Source: Source{ID: "ytj"}}}})
					if _, typed := saved[keys[0]]; err == nil && typed && !same(after.Data[keys[0]], saved[keys[0]]) {
						r.Fatalf("a register overwrote %v with %v", saved[keys[0]], after.Data[keys[0]])
					}
					return after, err
				})
			},
			"attach": func(r *rapid.T) {
				a := rapid.SampledFrom(people).Draw(r, "who")
				file := File{Slot: rapid.SampledFrom([]string{"site_map", "exits"}).Draw(r, "slot"), Name: "a.pdf", Type: "application/pdf", Size: 1,
					SHA256: hash([]byte{byte(rapid.IntRange(0, 3).Draw(r, "content"))})}
				step("attach", a, Attaching, func() (*Case, error) {
					after, _, err := w.Attach(w.ctx, a, c.ID, file)
					return after, err
				})
			},
			"detach": func(r *rapid.T) {
				a := rapid.SampledFrom(people).Draw(r, "who")
				if len(c.Attachments) == 0 {
					return
				}
				id := rapid.SampledFrom(c.Attachments).Draw(r, "attachment").ID
				step("detach", a, Attaching, func() (*Case, error) { return w.Detach(w.ctx, a, c.ID, id) })
			},
			"invite": func(r *rapid.T) {
				a := rapid.SampledFrom(people).Draw(r, "who")
				step("invite", a, Inviting, func() (*Case, error) {
					after, token, err := w.Invite(w.ctx, a, c.ID, Invite{Email: "a@b.fi", Role: rapid.SampledFrom(Roles).Draw(r, "role")})
					if err == nil {
						tokens = append(tokens, token)
					}
					return after, err
				})
			},
			"accept": func(r *rapid.T) {
				if len(tokens) == 0 {
					return
				}
				a, token := rapid.SampledFrom(people).Draw(r, "who"), rapid.SampledFrom(tokens).Draw(r, "token")
				open := c.Invitation(invitationKey(token)) != nil
				after, err := w.Accept(w.ctx, a, token)
				if err == nil && !open {
					r.Fatal("an invitation that is not open was accepted")
				}
				if err == nil {
					c = after
				}
			},
			"revoke": func(r *rapid.T) {
				a, whom := rapid.SampledFrom(people).Draw(r, "who"), rapid.SampledFrom(people).Draw(r, "whom")
				do := Inviting
				if a.Account == whom.Account {
					do = Leaving
				}
				step("revoke", a, do, func() (*Case, error) { return w.Revoke(w.ctx, a, c.ID, whom.Account) })
			},
			"role": func(r *rapid.T) {
				a, whom := rapid.SampledFrom(people).Draw(r, "who"), rapid.SampledFrom(people).Draw(r, "whom")
				role := rapid.SampledFrom(Roles).Draw(r, "role")
				step("role", a, Inviting, func() (*Case, error) { return w.SetRole(w.ctx, a, c.ID, whom.Account, role) })
			},
			"check": func(r *rapid.T) {
				check, err := w.Check(w.ctx, company, c.ID, definitions.English)
				if err == nil {
					tickets = append(tickets, check.Ticket)
				}
			},
			"submit": func(r *rapid.T) {
				if len(tickets) == 0 {
					return
				}
				a, ticket := rapid.SampledFrom(people).Draw(r, "who"), rapid.SampledFrom(tickets[max(0, len(tickets)-2):]).Draw(r, "ticket")
				step("submit", a, Submitting, func() (*Case, error) {
					sent, err := w.Submit(w.ctx, a, c.ID, Submit{Ticket: ticket, Lang: definitions.English})
					if err != nil {
						return nil, err
					}
					return sent.Case, nil
				})
			},
			"ready and submit": func(r *rapid.T) {
				a := rapid.SampledFrom(people[:2]).Draw(r, "who")
				if may(a, c, Submitting) != nil {
					return
				}
				fill := forms.Data{keys[0]: "Valmis ry", keys[1]: "Valmis kuvaus", keys[2]: 4.0, keys[4]: 2.0}
				c = w.must(w.Save(w.ctx, a, c.ID, Save{Base: c.Seq, Changes: fill}))
				for key, value := range fill {
					saved[key] = value
				}
				c = w.ready(a, c)
				for key := range saved {
					saved[key] = c.Data[key]
				}
				check, err := w.Check(w.ctx, a, c.ID, definitions.English)
				if err != nil {
					r.Fatal(err)
				}
				step("submit", a, Submitting, func() (*Case, error) {
					sent, err := w.Submit(w.ctx, a, c.ID, Submit{Ticket: check.Ticket, Lang: definitions.English})
					if err != nil {
						if len(check.Planned) > 0 && check.InTheWay.Empty() {
							r.Fatalf("what is ready is not sent: %v", err)
						}
						return nil, err
					}
					return sent.Case, nil
				})
			},
			"change": func(r *rapid.T) {
				a := rapid.SampledFrom(people).Draw(r, "who")
				token := fmt.Sprint("change", rapid.IntRange(0, 5).Draw(r, "token"))
				step("change", a, Changing, func() (*Case, error) { return w.Change(w.ctx, a, c.ID, Change{Token: token}) })
			},
			"withdraw": func(r *rapid.T) {
				a := rapid.SampledFrom(people).Draw(r, "who")
				var in Withdraw
				if len(c.Filings) > 0 {
					in.Filings = []string{rapid.SampledFrom(c.Filings).Draw(r, "filing").ID}
				} else if rapid.IntRange(0, 9).Draw(r, "seldom") > 0 {
					return
				}
				step("withdraw", a, Withdrawing, func() (*Case, error) { return w.Withdraw(w.ctx, a, c.ID, in) })
			},
			"message": func(r *rapid.T) {
				a := rapid.SampledFrom(append(slices.Clone(people), Actor{Authority: "pol-lounais-suomi"}, Actor{Authority: "lvv"})).Draw(r, "who")
				in := Send{Text: "Hei"}
				if len(c.Filings) > 0 && rapid.Bool().Draw(r, "one") {
					in.Filing = rapid.SampledFrom(c.Filings).Draw(r, "filing").ID
				}
				step("message", a, Messaging, func() (*Case, error) { return w.Message(w.ctx, a, c.ID, in) })
			},
			"receive": func(r *rapid.T) {
				if len(c.Filings) == 0 {
					return
				}
				a := Actor{Authority: rapid.SampledFrom([]string{"pol-lounais-suomi", "lvv", "landowner"}).Draw(r, "who")}
				filing := rapid.SampledFrom(c.Filings).Draw(r, "filing").ID
				step("receive", a, Receiving, func() (*Case, error) { return w.Receive(w.ctx, a, c.ID, filing, "77") })
			},
			"work": func(r *rapid.T) {
				got, err := w.store.Claim(w.ctx, DeliverQueue, w.clock.time(), time.Minute, 1)
				if err != nil || len(got) == 0 {
					return
				}
				if rapid.Bool().Draw(r, "succeeds") {
					err = w.RecordDelivered(w.ctx, got[0])
				} else {
					err = w.RecordFailed(w.ctx, got[0], Failure{Why: "down", Again: w.clock.time().Add(time.Second)})
				}
				if err != nil {
					r.Fatal(err)
				}
				c = w.must(w.load(w.ctx, c.ID))
			},
			"clock": func(r *rapid.T) {
				w.clock.move(time.Duration(rapid.IntRange(-100, 200).Draw(r, "seconds")) * time.Second)
			},
			"": func(r *rapid.T) {
				w.verify(c)
				for key, value := range saved {
					if got := c.Data[key]; !same(got, value) {
						r.Fatalf("%s is %v; saved was %v", key, got, value)
					}
				}
				edition, _ := w.editions.Edition(c.Edition)
				standing := map[string]bool{}
				for _, f := range c.Filings {
					declared(r, f, edition)
					pair := f.Requirement + "@" + f.Authority.ID
					if !f.Withdrawn && standing[pair] {
						r.Fatalf("%s has been sent twice", pair)
					}
					standing[pair] = standing[pair] || !f.Withdrawn
				}
			},
		})
	})
}
