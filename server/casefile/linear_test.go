package casefile

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"luvat/definitions"
	"luvat/forms"
	"luvat/server/store/boltstore"
)

// What concurrent clients ask of one case, and what they are told.
type request struct {
	do     string // "save", "read", "check", "submit", "withdraw"
	key    string
	value  string
	base   uint64
	ticket string
	shown  uint64 // the last entry that the ticket's page showed
}

type reply struct {
	said string // "ok", "clash", "again", "changed", "nothing", "not now"
	seq  uint64
	text string // of read: the values and the phase
}

// sheet is a case as the model knows it: two fields, sent or not, withdrawn or not.
type sheet struct {
	seq    uint64
	values [2]string
	seqs   [2]uint64
	sent   uint64 // the entry by which it was sent
	ticket string
	closed bool
}

var fields = [2]string{"form/notice/summary", "term/organiser.name"}

func (s sheet) text() string { return fmt.Sprint(s.values, s.sent > 0, s.closed) }

// step is the whole promise of the actions in one place: what each may answer, and what the case is then.
func (s sheet) step(in request) (reply, sheet) {
	switch in.do {
	case "read":
		return reply{"ok", s.seq, s.text()}, s
	case "save":
		k := 0
		if in.key == fields[1] {
			k = 1
		}
		switch {
		case s.closed:
			return reply{said: "not now"}, s
		case s.values[k] == in.value:
			return reply{"ok", s.seq, ""}, s
		case s.seqs[k] > in.base:
			return reply{"clash", s.seq, ""}, s
		}
		s.seq++
		s.values[k], s.seqs[k] = in.value, s.seq
		return reply{"ok", s.seq, ""}, s
	case "submit":
		switch {
		case s.closed:
			return reply{said: "not now"}, s
		case s.sent > 0 && (s.ticket == in.ticket || s.sent > in.shown):
			return reply{"again", s.seq, ""}, s
		case max(s.seqs[0], s.seqs[1]) > in.shown:
			return reply{said: "changed"}, s
		case s.sent > 0:
			return reply{said: "nothing"}, s
		}
		s.seq++
		s.sent, s.ticket = s.seq, in.ticket
		return reply{"ok", s.seq, ""}, s
	case "withdraw":
		if s.closed {
			return reply{said: "not now"}, s
		}
		s.seq++
		s.closed = true
		return reply{"ok", s.seq, ""}, s
	}
	panic(in.do)
}

// TestLinearizable lets clients save, read, send and withdraw one case at the same time on the embedded store, and holds that what they
// were told is what one after another would have been told in some order that agrees with the clock.
func TestLinearizable(t *testing.T) {
	for round := range 4 {
		st, err := boltstore.Open(filepath.Join(t.TempDir(), "cases.db"))
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t, st)
		c := w.ready(company, w.open(company, 300))
		c = w.must(w.Save(w.ctx, company, c.ID, Save{Base: c.Seq, Changes: forms.Data{fields[0]: "the first text", fields[1]: "the first name"}}))
		start := sheet{seq: c.Seq, values: [2]string{"the first text", "the first name"}, seqs: [2]uint64{c.Seq, c.Seq}}
		const clients, each = 6, 15
		operations := make([][]porcupine.Operation, clients)
		began := time.Now()
		var wait sync.WaitGroup
		for client := range clients {
			wait.Go(func() {
				random := rand.New(rand.NewPCG(uint64(round), uint64(client)))
				seen, ticket, shown := c.Seq, "", uint64(0)
				for range each {
					in := request{do: "save", key: fields[random.IntN(2)], value: fmt.Sprintf("a text of number %d", random.IntN(1000)), base: seen}
					switch n := random.IntN(20); {
					case n < 5:
						in = request{do: "read"}
					case n < 8:
						check, err := w.Check(w.ctx, company, c.ID, definitions.English)
						if err == nil {
							ticket, shown = check.Ticket, check.Case.Seq
						}
						continue
					case n < 11 && ticket != "":
						in = request{do: "submit", ticket: ticket, shown: shown}
					case n == 11 && random.IntN(6) == 0:
						in = request{do: "withdraw"}
					}
					op := porcupine.Operation{ClientId: client, Input: in, Call: int64(time.Since(began))}
					out, last := w.ask(c.ID, in)
					op.Return, op.Output = int64(time.Since(began)), out
					operations[client] = append(operations[client], op)
					if last > 0 {
						seen = last
					}
				}
			})
		}
		wait.Wait()
		var all []porcupine.Operation
		for _, list := range operations {
			all = append(all, list...)
		}
		model := porcupine.Model{
			Init: func() any { return start },
			Step: func(state, input, output any) (bool, any) {
				want, next := state.(sheet).step(input.(request))
				return want == output.(reply), next
			},
			DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v → %+v", input, output) },
		}
		if result := porcupine.CheckOperationsTimeout(model, all, 20*time.Second); result != porcupine.Ok {
			for _, op := range all {
				t.Logf("%d %d–%d %s", op.ClientId, op.Call, op.Return, model.DescribeOperation(op.Input, op.Output))
			}
			t.Errorf("round %d is %s: no order of the actions explains what the clients were told", round, result)
		}
		w.verify(w.must(w.Read(w.ctx, company, c.ID)))
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// ask does one request and puts what it was told into words. last is the last entry that the client knows of then.
func (w *world) ask(id string, in request) (out reply, last uint64) {
	var c *Case
	var err error
	out.said = "ok"
	switch in.do {
	case "read":
		c, err = w.Read(w.ctx, company, id)
		if err == nil {
			out.text = fmt.Sprint([2]string{fmt.Sprint(c.Data[fields[0]]), fmt.Sprint(c.Data[fields[1]])}, len(c.Submissions) > 0, c.Phase == Closed)
		}
	case "save":
		c, err = w.Save(w.ctx, company, id, Save{Base: in.base, Changes: forms.Data{in.key: in.value}})
	case "submit":
		var sent *Sending
		if sent, err = w.Submit(w.ctx, company, id, Submit{Ticket: in.ticket, Lang: definitions.English}); err == nil {
			if c = sent.Case; sent.Again {
				out.said = "again"
			}
		}
	case "withdraw":
		c, err = w.Withdraw(w.ctx, company, id, Withdraw{})
	}
	var clash *MergeConflict
	var changed *ChangedMeanwhile
	var notNow *NotNow
	switch {
	case errors.As(err, &clash):
		out.said, out.seq = "clash", clash.Seq
		return out, clash.Seq
	case errors.As(err, &changed):
		out.said = "changed"
	case errors.As(err, &notNow):
		out.said = "not now"
	case errors.Is(err, ErrNothingToSend):
		out.said = "nothing"
	case err != nil:
		out.said = err.Error()
	default:
		out.seq = c.Seq
		return out, c.Seq
	}
	return out, 0
}
