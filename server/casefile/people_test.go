package casefile

import (
	"errors"
	"strings"
	"testing"
	"time"

	"luvat/forms"
)

func TestInvitation(t *testing.T) {
	w := newWorld(t, nil)
	c := w.open(maija, 30)
	c, token, err := w.Invite(w.ctx, maija, c.ID, Invite{Email: "olli.laine@example.fi", Role: RoleEdit, Lang: "sv"})
	w.must(c, err)
	if c.Invitations[0].Hint != "o…@e….fi" {
		t.Errorf("the hint is %q", c.Invitations[0].Hint)
	}
	entries, _ := w.store.Read(w.ctx, c.ID, 0)
	if text := string(entries[1].Data); strings.Contains(text, "olli") || strings.Contains(text, token) {
		t.Errorf("the ledger has the address or the token: %s", text)
	}
	mails := w.works(MailQueue)
	mail, err := ReadMail(mails[0])
	if err != nil || len(mails) != 1 || mail.What != MailInvitation || mail.Lang != "sv" {
		t.Fatalf("the letters are %v (%v)", mails, err)
	}
	record, err := w.InvitationByKey(w.ctx, mail.Key)
	if err != nil || record.Email != "olli.laine@example.fi" || record.Token != token || record.By != maija.Name {
		t.Errorf("the record is %+v (%v)", record, err)
	}
	if _, err := w.Accept(w.ctx, maija, token); err == nil {
		t.Error("the owner accepted a lesser role")
	}
	c = w.must(w.Accept(w.ctx, olli, token))
	if p := c.Person(olli.Account); p == nil || p.Role != RoleEdit || p.By != maija.Account || len(c.Invitations) != 0 {
		t.Errorf("who joined is %+v", p)
	}
	if _, err := w.Accept(w.ctx, Actor{Account: "acc-third"}, token); !errors.Is(err, ErrNoInvitation) {
		t.Errorf("the second use of an invitation gives %v", err)
	}
	c = w.must(w.Save(w.ctx, olli, c.ID, Save{Base: c.Seq, Changes: forms.Data{"term/a": "x"}}))
	w.verify(c)
	c = w.must(w.SetRole(w.ctx, maija, c.ID, olli.Account, RoleRead))
	w.verify(c)
	var forbidden *Forbidden
	if _, err := w.Save(w.ctx, olli, c.ID, Save{Base: c.Seq, Changes: forms.Data{"term/a": "y"}}); !errors.As(err, &forbidden) {
		t.Errorf("a reader saved: %v", err)
	}
	if _, _, err := w.Invite(w.ctx, olli, c.ID, Invite{Email: "a@b.fi", Role: RoleRead}); !errors.As(err, &forbidden) {
		t.Errorf("a reader invited: %v", err)
	}
	c = w.must(w.Revoke(w.ctx, olli, c.ID, olli.Account))
	w.verify(c)
	if _, err := w.Read(w.ctx, olli, c.ID); !errors.Is(err, ErrNoCase) {
		t.Errorf("who left reads on: %v", err)
	}
}

func TestAnInvitationTakesNothingAway(t *testing.T) {
	w := newWorld(t, nil)
	c := w.open(maija, 30)
	for _, step := range []struct{ offered, want Role }{{RoleSubmit, RoleSubmit}, {RoleRead, RoleSubmit}} {
		c, token, err := w.Invite(w.ctx, maija, c.ID, Invite{Email: "olli@example.fi", Role: step.offered})
		w.must(c, err)
		c = w.must(w.Accept(w.ctx, olli, token))
		if p := c.Person(olli.Account); p.Role != step.want || len(c.People) != 1 {
			t.Errorf("after accepting %q the role is %q, not %q", step.offered, p.Role, step.want)
		}
	}
}

func TestAnInvitationEnds(t *testing.T) {
	for name, end := range map[string]func(w *world, c *Case){
		"in time": func(w *world, _ *Case) { w.clock.move(InvitationLife) },
		"by its owner": func(w *world, c *Case) {
			w.must(w.RevokeInvitation(w.ctx, maija, c.ID, c.Invitations[0].Key))
		},
	} {
		w := newWorld(t, nil)
		c, token, err := w.Invite(w.ctx, maija, w.open(maija, 30).ID, Invite{Email: "olli@example.fi", Role: RoleRead})
		w.must(c, err)
		end(w, c)
		if _, err := w.Accept(w.ctx, olli, token); !errors.Is(err, ErrNoInvitation) {
			t.Errorf("an invitation that ended %s: %v", name, err)
		}
		w.verify(w.must(w.Read(w.ctx, maija, c.ID)))
	}
}

func TestInviteRefuses(t *testing.T) {
	w := newWorld(t, nil)
	c := w.open(maija, 30)
	for _, in := range []Invite{{Email: "", Role: RoleRead}, {Email: "olli", Role: RoleRead}, {Email: "Olli <a@b.fi>", Role: RoleRead}, {Email: "a@b.fi", Role: RoleOwner}, {Email: "a@b.fi", Role: "all"}} {
		var invalid *Invalid
		if _, _, err := w.Invite(w.ctx, maija, c.ID, in); !errors.As(err, &invalid) {
			t.Errorf("%+v gives %v", in, err)
		}
	}
}

func TestReadersAreLoggedOnceAnHour(t *testing.T) {
	w := newWorld(t, nil)
	c := w.open(maija, 30)
	for range 3 {
		w.must(w.View(w.ctx, maija, c.ID))
	}
	w.clock.move(time.Hour)
	w.must(w.View(w.ctx, maija, c.ID))
	if _, err := w.View(w.ctx, olli, c.ID); !errors.Is(err, ErrNoCase) {
		t.Errorf("a stranger sees %v", err)
	}
	// Another process on the same store has not seen what this one wrote.
	other := New(w.store, w.editions, w.channels, w.clock.time, w.random)
	w.must(other.View(w.ctx, maija, c.ID))
	first, next, err := w.Readers(w.ctx, maija, c.ID, "", 1)
	if err != nil || len(first) != 1 || next == "" || first[0].By != maija.Account || first[0].Role != RoleOwner {
		t.Fatalf("the first page is %+v, next %q (%v)", first, next, err)
	}
	second, next, err := w.Readers(w.ctx, maija, c.ID, next, 10)
	if err != nil || len(second) != 1 || next != "" || !second[0].Hour.Equal(first[0].Hour.Add(time.Hour)) {
		t.Errorf("the second page is %+v, next %q (%v)", second, next, err)
	}
	if _, _, err := w.Readers(w.ctx, olli, c.ID, "", 1); !errors.Is(err, ErrNoCase) {
		t.Errorf("a stranger sees who reads: %v", err)
	}
}
